// SPDX-License-Identifier: Apache-2.0
//! The money of an answer whose report is disputed: withheld, shared anew when the report was wrong, let go again.

use crate::{
    book::Book,
    dispute::{Dispute, Pot, Withheld},
    netting::Clock,
    pallet::*,
    types::{ModelBook, PendingKey, Settled},
    verdict::debits,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get, BoundedVec};
use openledger_primitives::{
    explain::{Part, Reason, TakenBack},
    fixed::split_by_weights,
    money::Balance,
    report::ReportEntry,
    traits::{Datanets, Models as _, Ticks},
    ContributionId, DatanetId, ModelId, RequestId,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Takes what the answer paid to contributors out of where it lies, as far as it is still there: later answers may
    /// have taken some of it back.
    pub(crate) fn withhold(
        request: RequestId,
        settled: &Settled<T>,
        dispute: &mut Dispute<T>,
        book: &mut Book<T>,
    ) -> DispatchResult {
        let mut withheld = Vec::new();
        for part in &settled.parts {
            let (pot, amount) = match part.reason {
                Reason::Contribution {
                    datanet,
                    contribution,
                    ..
                } => {
                    let key = pending_key(settled.model, datanet, contribution);
                    let pot = Pot::Contribution {
                        datanet,
                        contribution,
                    };
                    (pot, book.withhold(&key, settled.settled_at, part.amount))
                }
                Reason::Standing { datanet, version } => {
                    let pot = Pot::Version { datanet, version };
                    let tick = settled.settled_at;
                    (pot, book.withhold_standing((datanet, version), tick, part.amount))
                }
                Reason::NextPool => (Pot::NextPool, Self::withhold_pool(settled, part.amount, book)),
                _ => continue,
            };
            if amount > 0 {
                withheld.push(Withheld { pot, amount });
            }
        }
        dispute.withheld = withheld.try_into().map_err(|_| Error::<T>::TooManyParts)?;
        Self::deposit_event(Event::PayWithheld {
            request,
            shares: dispute.withheld.to_vec(),
        });
        Ok(())
    }

    /// What an answer left in its model's next pool, unless a later answer has shared that.
    fn withhold_pool(settled: &Settled<T>, at_most: Balance, book: &mut Book<T>) -> Balance {
        Models::<T>::mutate(settled.model, |model| {
            if model.answers != settled.answer {
                return 0;
            }
            let amount = at_most.min(model.next_pool);
            model.next_pool = model.next_pool.saturating_sub(amount);
            book.withhold_pool(amount);
            amount
        })
    }

    /// Puts `report` in the place of a wrong one and shares the withheld money by it. What negative entries took and
    /// should not have taken is given back out of `slashed`; returns what is left of that.
    pub(crate) fn correct(
        settled: &mut Settled<T>,
        dispute: &mut Dispute<T>,
        report: Vec<ReportEntry>,
        slashed: Balance,
        book: &mut Book<T>,
    ) -> Result<Balance, DispatchError> {
        let mut model = Models::<T>::get(settled.model);
        if settled.report.is_empty() {
            Self::count_answer(settled, &mut model)?;
        }
        let pool_before = model.next_pool;
        let left = Self::correct_debits(settled, &report, slashed, &mut model, book);
        book.move_pool(pool_before, model.next_pool);
        Models::<T>::insert(settled.model, model);

        let whole = contributors_whole(settled);
        let pot = dispute
            .withheld
            .iter()
            .fold(0, |sum: Balance, share| sum.saturating_add(share.amount));
        let (shares, mut parts) = Self::shared_anew(&report, pot);
        // what is not there any more went to the model's pool when later answers took it back
        let pooled = parts.iter().position(|part| part.reason == Reason::NextPool);
        let gone = whole.saturating_sub(pot);
        match pooled.and_then(|place| parts.get_mut(place)) {
            Some(part) => part.amount = part.amount.saturating_add(gone),
            None if gone > 0 => parts.push(Part {
                to: None,
                amount: gone,
                reason: Reason::NextPool,
            }),
            None => (),
        }
        let fixed = settled.parts.iter().filter(|part| !is_contributors(&part.reason));
        let parts: Vec<_> = fixed.cloned().chain(parts).collect();
        settled.parts = parts.try_into().map_err(|_| Error::<T>::TooManyParts)?;
        settled.report = report.try_into().map_err(|_| Error::<T>::TooManyParts)?;
        dispute.withheld = shares.try_into().map_err(|_| Error::<T>::TooManyParts)?;
        Ok(left)
    }

    /// An answer that named nobody names somebody now.
    fn count_answer(settled: &mut Settled<T>, model: &mut ModelBook) -> DispatchResult {
        let release = T::Models::release(settled.model).ok_or(Error::<T>::NotAttributed)?;
        model.answers = model.answers.saturating_add(1);
        model.attributed_at = model.attributed_at.max(settled.settled_at);
        model.sources = Self::listed(&release.sources)?;
        settled.answer = model.answers;
        Ok(())
    }

    /// Nets the earlier pay of contributions by the corrected report.
    fn correct_debits(
        settled: &mut Settled<T>,
        report: &[ReportEntry],
        slashed: Balance,
        model: &mut ModelBook,
        book: &mut Book<T>,
    ) -> Balance {
        let contributors = contributors_whole(settled).saturating_sub(settled.from_pool);
        let mut debits = debits(&settled.report, report, &settled.taken_back, contributors);
        let now = Clock {
            tick: T::Ticks::now(),
            answers: model.answers,
        };
        let (mut taken, mut left): (Balance, Balance) = (0, slashed);
        for debit in debits.iter_mut().filter(|debit| debit.more > 0) {
            let key = pending_key(settled.model, debit.key.0, debit.key.1);
            let more = book.take_back(&key, debit.more, &now);
            debit.taken = debit.taken.saturating_add(more);
            taken = taken.saturating_add(more);
        }
        for debit in debits.iter_mut().filter(|debit| debit.owed > 0) {
            let of_taken = debit.owed.min(taken);
            let of_slash = debit.owed.saturating_sub(of_taken).min(left);
            let amount = of_taken.saturating_add(of_slash);
            let (datanet, contribution) = debit.key;
            let owner = Self::owner_of(datanet, contribution);
            let key = pending_key(settled.model, datanet, contribution);
            book.restore(&key, &owner, amount, &paid_at(settled));
            debit.taken = debit.taken.saturating_sub(amount);
            taken = taken.saturating_sub(of_taken);
            left = left.saturating_sub(of_slash);
        }
        model.next_pool = model.next_pool.saturating_add(taken);
        let taken_back = debits
            .into_iter()
            .filter(|debit| debit.taken > 0)
            .map(|debit| TakenBack {
                datanet: debit.key.0,
                contribution: debit.key.1,
                amount: debit.taken,
            })
            .collect();
        // never more than the entries of a report, unless bonds were too small to give back what several lies took
        settled.taken_back = BoundedVec::truncate_from(taken_back);
        left
    }

    /// Shares of the withheld money by a corrected report, and the parts that explain them.
    fn shared_anew(report: &[ReportEntry], pot: Balance) -> (Vec<Withheld>, Vec<Part<T::AccountId>>) {
        let positive: Vec<&ReportEntry> = report.iter().filter(|entry| entry.weight > 0).collect();
        let weights: Vec<u32> = positive.iter().map(|entry| entry.weight.unsigned_abs()).collect();
        let (mut shares, mut parts, mut pooled) = (Vec::new(), Vec::new(), pot);
        for (entry, amount) in positive.into_iter().zip(split_by_weights(pot, &weights)) {
            let (datanet, contribution) = entry.key();
            let known = T::Datanets::contribution(datanet, contribution).filter(|found| found.payable);
            let Some(found) = known.filter(|_| amount > 0) else {
                continue;
            };
            pooled = pooled.saturating_sub(amount);
            let pot = Pot::Contribution {
                datanet,
                contribution,
            };
            shares.push(Withheld { pot, amount });
            parts.push(Part {
                to: Some(found.owner),
                amount,
                reason: Reason::Contribution {
                    datanet,
                    contribution,
                    weight: entry.weight,
                    evidence: entry.evidence,
                },
            });
        }
        if pooled > 0 {
            shares.push(Withheld {
                pot: Pot::NextPool,
                amount: pooled,
            });
            parts.push(Part {
                to: None,
                amount: pooled,
                reason: Reason::NextPool,
            });
        }
        (shares, parts)
    }

    /// Lets the withheld money go where it belongs now. It vests as if it had been there all the time.
    pub(crate) fn end_dispute(
        request: RequestId,
        settled: &Settled<T>,
        dispute: &Dispute<T>,
        book: &mut Book<T>,
    ) {
        for Withheld { pot, amount } in &dispute.withheld {
            book.settle_dispute(*amount);
            match *pot {
                Pot::Contribution {
                    datanet,
                    contribution,
                } => {
                    let key = pending_key(settled.model, datanet, contribution);
                    let owner = Self::owner_of(datanet, contribution);
                    book.restore(&key, &owner, *amount, &paid_at(settled));
                }
                Pot::Version { datanet, version } => {
                    let at = Clock {
                        answers: 0,
                        ..paid_at(settled)
                    };
                    book.restore_standing((datanet, version), *amount, &at);
                }
                Pot::NextPool => {
                    Models::<T>::mutate(settled.model, |model| {
                        model.next_pool = model.next_pool.saturating_add(*amount);
                    });
                    book.restore_pool(*amount);
                }
            }
        }
        Self::deposit_event(Event::PayReleased {
            request,
            shares: dispute.withheld.to_vec(),
        });
    }

    /// Who is paid for a contribution; it exists, because reports name no other.
    fn owner_of(datanet: DatanetId, contribution: ContributionId) -> T::AccountId {
        T::Datanets::contribution(datanet, contribution).map_or_else(T::DustSink::get, |found| found.owner)
    }

    /// Refuses what would pull a settlement from under an open dispute.
    pub(crate) fn ensure_undisputed(request: RequestId) -> DispatchResult {
        ensure!(!Disputes::<T>::contains_key(request), Error::<T>::ReportDisputed);
        Ok(())
    }
}

/// Where the time of a settlement's model stood.
fn paid_at<T: Config>(settled: &Settled<T>) -> Clock {
    Clock {
        tick: settled.settled_at,
        answers: settled.answer,
    }
}

/// What an answer paid to contributors with what the pool added, planck.
fn contributors_whole<T: Config>(settled: &Settled<T>) -> Balance {
    settled
        .parts
        .iter()
        .filter(|part| is_contributors(&part.reason))
        .fold(0, |sum: Balance, part| sum.saturating_add(part.amount))
}

fn is_contributors(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Contribution { .. } | Reason::NextPool | Reason::Standing { .. }
    )
}

fn pending_key(model: ModelId, datanet: DatanetId, contribution: ContributionId) -> PendingKey {
    PendingKey {
        model,
        datanet,
        contribution,
    }
}
