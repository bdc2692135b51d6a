// SPDX-License-Identifier: Apache-2.0
//! Settling, claiming, pruning and explaining.

use crate::{
    book::Book,
    netting::{debit_limit, Clock, VestingRules},
    types::{ModelBook, PendingKey, Settled},
    Claimable, Config, Corrections, Error, Event, Models, Pallet, Pending, PendingOf, Settlements,
    WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::{DepositConsequence, Preservation, Provenance},
        Get,
    },
    weights::Weight,
};
use openledger_primitives::{
    explain::{Explanation, Part, Reason, TakenBack},
    fixed::split_by_weights,
    money::Balance,
    report::{self, ReportEntry, MAX_REPORT_ENTRIES},
    traits::{Datanets, RewardLedger, Settlement, Ticks},
    ContributionId, DatanetId, ModelId, RequestId,
};
use sp_runtime::{traits::AccountIdConversion, DispatchError, DispatchResult, Permill};

impl<T: Config> RewardLedger<T::AccountId> for Pallet<T> {
    fn account() -> T::AccountId {
        Self::account_id()
    }

    fn settle(settlement: Settlement<T::AccountId>) -> Result<(), DispatchError> {
        with_storage_layer(|| Self::do_settle(settlement))
    }

    fn settle_weight() -> Weight {
        let half = MAX_REPORT_ENTRIES / 2;
        T::WeightInfo::settle(half, half)
    }
}

/// What the contributors' part of one answer came to.
struct ContributorsPay {
    from_pool: Balance,
    taken_back: Vec<TakenBack>,
}

impl<T: Config> Pallet<T> {
    /// The account that holds the ledger's money.
    pub fn account_id() -> T::AccountId {
        T::PalletId::get().into_account_truncating()
    }

    /// When pending pay vests, by the parameters in force.
    pub fn vesting_rules() -> VestingRules {
        VestingRules {
            answers: u64::from(T::VestAnswers::get()),
            ticks: T::VestTicks::get(),
            challenge_ticks: T::ChallengeTicks::get(),
        }
    }

    /// Asserts what has to be true of the configuration.
    pub(crate) fn assert_sound() {
        assert!(
            T::MaxWorkers::get() > 0,
            "an answer is paid to one worker at least"
        );
        assert!(
            T::DustSink::get() != Self::account_id(),
            "the ledger cannot pay dust to itself"
        );
        assert!(T::AnswerTicks::get() > 0, "a challenge needs time to be answered");
        assert!(
            T::ChallengerShare::get() < Permill::one(),
            "nobody may get its own slash back"
        );
    }

    /// Mints an existential deposit for the ledger's account unless it exists.
    pub(crate) fn endow_account() -> DispatchResult {
        let account = Self::account_id();
        if T::Currency::total_balance(&account) < T::Currency::minimum_balance() {
            T::Currency::mint_into(&account, T::Currency::minimum_balance())?;
        }
        Ok(())
    }

    /// Takes over the money of a settled request: credits workers, model owner and royalties, nets and accrues the
    /// contributors' pay, and records all of it. On an error the caller rolls back.
    pub(crate) fn do_settle(settlement: Settlement<T::AccountId>) -> DispatchResult {
        let incoming = Self::incoming(&settlement).ok_or(Error::<T>::UnbalancedSettlement)?;
        report::check(&settlement.report, &settlement.blend).map_err(|_| Error::<T>::InvalidReport)?;
        ensure!(
            !Settlements::<T>::contains_key(settlement.request),
            Error::<T>::AlreadyExists
        );
        let mut book = Book::<T>::open();
        let owed = book.receive(incoming)?;
        ensure!(
            T::Currency::balance(&Self::account_id()) >= owed,
            Error::<T>::UnfundedSettlement
        );

        let mut parts = Self::fixed_parts(&settlement);
        let before = Models::<T>::get(settlement.model);
        let pool_before = before.next_pool;
        let (after, pay) = Self::pay_contributors(&settlement, before, &mut book, &mut parts)?;
        if settlement.dust > 0 {
            parts.push(Part {
                to: Some(T::DustSink::get()),
                amount: settlement.dust,
                reason: Reason::Dust,
            });
        }
        Self::credit_parts(settlement.request, &parts, &mut book);

        let (next_pool, answers) = (after.next_pool, after.answers);
        book.move_pool(pool_before, next_pool);
        book.close();
        Models::<T>::insert(settlement.model, after);
        Self::record(settlement, pay, parts, next_pool, answers)
    }

    /// What the ledger's account was given for a settlement. `None` if its parts do not sum to its fee.
    fn incoming(settlement: &Settlement<T::AccountId>) -> Option<Balance> {
        let workers = settlement.workers.iter().map(|(_, amount)| *amount);
        let royalties = settlement.royalties.iter().map(|(_, _, amount)| *amount);
        let incoming = [settlement.model_owner.1, settlement.contributors, settlement.dust]
            .into_iter()
            .chain(workers)
            .chain(royalties)
            .try_fold(0, |sum: Balance, amount| sum.checked_add(amount))?;
        let fee = incoming.checked_add(settlement.treasury.1)?;
        (fee == settlement.fee).then_some(incoming)
    }

    /// The parts that do not depend on the report.
    fn fixed_parts(settlement: &Settlement<T::AccountId>) -> Vec<Part<T::AccountId>> {
        let part = |to: &T::AccountId, amount: Balance, reason: Reason| Part {
            to: Some(to.clone()),
            amount,
            reason,
        };
        let (treasury, platform) = &settlement.treasury;
        let (owner, lineage) = &settlement.model_owner;
        let workers = settlement
            .workers
            .iter()
            .map(|(who, amount)| part(who, *amount, Reason::Worker));
        let royalties = settlement
            .royalties
            .iter()
            .map(|(model, who, amount)| part(who, *amount, Reason::Royalty { model: *model }));
        core::iter::once(part(treasury, *platform, Reason::Treasury))
            .chain(workers)
            .chain(core::iter::once(part(owner, *lineage, Reason::ModelOwner)))
            .chain(royalties)
            .filter(|part| part.amount > 0)
            .collect()
    }

    /// Nets the negative entries, then shares the contributors' part and the model's pool among the positive ones.
    fn pay_contributors(
        settlement: &Settlement<T::AccountId>,
        before: ModelBook,
        book: &mut Book<T>,
        parts: &mut Vec<Part<T::AccountId>>,
    ) -> Result<(ModelBook, ContributorsPay), Error<T>> {
        if settlement.report.is_empty() {
            let kept = Self::keep_unattributed(settlement, before, book, parts);
            return Ok((
                kept,
                ContributorsPay {
                    from_pool: 0,
                    taken_back: Vec::new(),
                },
            ));
        }
        let taken_back = Self::take_back(settlement, before.answers, book);
        let taken = taken_back
            .iter()
            .fold(0, |sum: Balance, entry| sum.saturating_add(entry.amount));

        let answers = before.answers.saturating_add(1);
        let pool = settlement.contributors.saturating_add(before.next_pool);
        let unpaid = Self::share(settlement, pool, answers, book, parts);
        if unpaid > 0 {
            parts.push(Part {
                to: None,
                amount: unpaid,
                reason: Reason::NextPool,
            });
        }
        let after = ModelBook {
            next_pool: taken.saturating_add(unpaid),
            answers,
            attributed_at: T::Ticks::now(),
            sources: Self::listed(&settlement.sources)?,
        };
        Ok((
            after,
            ContributorsPay {
                from_pool: before.next_pool,
                taken_back,
            },
        ))
    }

    /// An answer whose report names nobody. A model that has named contributions keeps their part for its next
    /// answer. One that never did has no attributable data: the contributions of the datanet versions that it was
    /// trained on share it by their standing. One that was trained on nothing pays it to the dust sink, because its
    /// owner must not gain by having no contributors.
    fn keep_unattributed(
        settlement: &Settlement<T::AccountId>,
        before: ModelBook,
        book: &mut Book<T>,
        parts: &mut Vec<Part<T::AccountId>>,
    ) -> ModelBook {
        let amount = settlement.contributors;
        if amount == 0 {
            return before;
        }
        if before.answers == 0 {
            let request = Some(settlement.request);
            let nobodys = Self::accrue_standing(
                request,
                settlement.model,
                amount,
                &settlement.sources,
                book,
                parts,
            );
            if nobodys > 0 {
                parts.push(Part {
                    to: Some(T::DustSink::get()),
                    amount: nobodys,
                    reason: Reason::Unattributed,
                });
            }
            return before;
        }
        parts.push(Part {
            to: None,
            amount,
            reason: Reason::NextPool,
        });
        ModelBook {
            next_pool: before.next_pool.saturating_add(amount),
            ..before
        }
    }

    /// Lets each negative entry take back from its own contribution's pending pay.
    fn take_back(settlement: &Settlement<T::AccountId>, answers: u64, book: &mut Book<T>) -> Vec<TakenBack> {
        let now = Clock {
            tick: T::Ticks::now(),
            answers,
        };
        let mut taken_back = Vec::new();
        for entry in settlement.report.iter().filter(|entry| entry.weight < 0) {
            let key = key_of(settlement.model, entry);
            let amount = book.take_back(&key, debit_limit(entry.weight, settlement.contributors), &now);
            if amount == 0 {
                continue;
            }
            taken_back.push(TakenBack {
                datanet: entry.datanet,
                contribution: entry.contribution,
                amount,
            });
            Self::deposit_event(Event::TakenBack {
                request: settlement.request,
                model: key.model,
                datanet: key.datanet,
                contribution: key.contribution,
                amount,
            });
        }
        taken_back
    }

    /// Accrues `pool` to the positive entries by their weights and returns what belongs to contributions that are not
    /// paid any more.
    fn share(
        settlement: &Settlement<T::AccountId>,
        pool: Balance,
        answers: u64,
        book: &mut Book<T>,
        parts: &mut Vec<Part<T::AccountId>>,
    ) -> Balance {
        let now = Clock {
            tick: T::Ticks::now(),
            answers,
        };
        let positive: Vec<&ReportEntry> = settlement
            .report
            .iter()
            .filter(|entry| entry.weight > 0)
            .collect();
        let weights: Vec<u32> = positive.iter().map(|entry| entry.weight.unsigned_abs()).collect();
        let mut unpaid: Balance = 0;
        for (entry, amount) in positive.into_iter().zip(split_by_weights(pool, &weights)) {
            let known = T::Datanets::contribution(entry.datanet, entry.contribution);
            let Some(contribution) = known.filter(|contribution| contribution.payable) else {
                unpaid = unpaid.saturating_add(amount);
                continue;
            };
            if amount == 0 {
                continue;
            }
            let key = key_of(settlement.model, entry);
            book.accrue(&key, &contribution.owner, amount, &now);
            Self::deposit_event(Event::Accrued {
                request: settlement.request,
                model: key.model,
                datanet: key.datanet,
                contribution: key.contribution,
                owner: contribution.owner.clone(),
                amount,
            });
            parts.push(Part {
                to: Some(contribution.owner),
                amount,
                reason: Reason::Contribution {
                    datanet: entry.datanet,
                    contribution: entry.contribution,
                    weight: entry.weight,
                    evidence: entry.evidence,
                },
            });
        }
        unpaid
    }

    /// Makes claimable every part that does not have to vest. The treasury has its part already.
    fn credit_parts(request: RequestId, parts: &[Part<T::AccountId>], book: &mut Book<T>) {
        for part in parts {
            let Some(to) = &part.to else { continue };
            if matches!(part.reason, Reason::Treasury | Reason::Contribution { .. }) {
                continue;
            }
            book.credit(to, part.amount);
            Self::deposit_event(Event::Credited {
                request,
                to: to.clone(),
                amount: part.amount,
                reason: part.reason.clone(),
            });
        }
    }

    /// Stores the explanation.
    fn record(
        settlement: Settlement<T::AccountId>,
        pay: ContributorsPay,
        parts: Vec<Part<T::AccountId>>,
        next_pool: Balance,
        answer: u64,
    ) -> DispatchResult {
        let report = settlement.report.clone();
        let settled = Settled::<T> {
            model: settlement.model,
            consumer: settlement.consumer.clone(),
            fee: settlement.fee,
            from_pool: pay.from_pool,
            representative: settlement.representative,
            report: settlement
                .report
                .try_into()
                .map_err(|_| Error::<T>::TooManyParts)?,
            blend: settlement.blend,
            parts: parts.try_into().map_err(|_| Error::<T>::TooManyParts)?,
            taken_back: pay.taken_back.try_into().map_err(|_| Error::<T>::TooManyParts)?,
            settled_at: T::Ticks::now(),
            answer,
            void: false,
        };
        Settlements::<T>::insert(settlement.request, settled);
        Self::deposit_event(Event::Settled {
            request: settlement.request,
            model: settlement.model,
            consumer: settlement.consumer,
            fee: settlement.fee,
            from_pool: pay.from_pool,
            next_pool,
            report,
        });
        Ok(())
    }

    pub(crate) fn do_claim(
        account: T::AccountId,
        by: T::AccountId,
        entries: &[PendingKey],
    ) -> DispatchResult {
        let mut book = Book::<T>::open();
        entries.iter().for_each(|key| book.vest(key));

        let amount = Claimable::<T>::take(&account);
        ensure!(amount > 0, Error::<T>::NothingToClaim);
        ensure!(amount >= T::MinimumClaim::get(), Error::<T>::BelowMinimumClaim);
        match T::Currency::can_deposit(&account, amount, Provenance::Extant) {
            DepositConsequence::BelowMinimum => return Err(Error::<T>::ClaimBelowExistentialDeposit.into()),
            consequence => consequence.into_result()?,
        }
        // the account's own existential deposit is not owed to anybody and stays
        T::Currency::transfer(&Self::account_id(), &account, amount, Preservation::Preserve)?;
        book.pay_out(amount);
        book.close();
        Self::deposit_event(Event::Claimed { account, by, amount });
        Ok(())
    }

    pub(crate) fn do_prune(request: RequestId) -> DispatchResult {
        let settled = Settlements::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        let age = T::Ticks::now().saturating_sub(settled.settled_at);
        ensure!(age >= T::RetentionTicks::get(), Error::<T>::RetentionNotOver);
        Self::ensure_undisputed(request)?;
        Settlements::<T>::remove(request);
        Corrections::<T>::remove(request);
        Self::deposit_event(Event::Pruned { request });
        Ok(())
    }

    /// Every part of a settled request's payment; for the runtime API.
    pub fn explain(request: RequestId) -> Option<Explanation<T::AccountId>> {
        let settled = Settlements::<T>::get(request)?;
        Some(Explanation {
            request,
            model: settled.model,
            consumer: settled.consumer,
            fee: settled.fee,
            from_pool: settled.from_pool,
            representative: settled.representative,
            report: settled.report.into_inner(),
            blend: settled.blend,
            parts: settled.parts.into_inner(),
            taken_back: settled.taken_back.into_inner(),
            settled_at: settled.settled_at,
        })
    }

    /// What `account` could claim now, with the entries that have vested; for the runtime API. Goes through all of the
    /// account's entries, so never call it on-chain.
    pub fn claimable(account: &T::AccountId) -> Balance {
        let rules = Self::vesting_rules();
        PendingOf::<T>::iter_key_prefix(account)
            .filter_map(|key| {
                Some((
                    key,
                    Pending::<T>::get((key.model, key.datanet, key.contribution))?,
                ))
            })
            .map(|(key, pay)| pay.windows.vested(&rules, &Self::clock(key.model)))
            .fold(Claimable::<T>::get(account), Balance::saturating_add)
    }

    /// What is pending for a contribution under a model and has not vested; for the runtime API.
    pub fn pending(model: ModelId, datanet: DatanetId, contribution: ContributionId) -> Balance {
        Pending::<T>::get((model, datanet, contribution)).map_or(0, |pay| {
            let vested = pay.windows.vested(&Self::vesting_rules(), &Self::clock(model));
            pay.windows.total().saturating_sub(vested)
        })
    }

    /// Where `model`'s time stands.
    pub(crate) fn clock(model: ModelId) -> Clock {
        Clock {
            tick: T::Ticks::now(),
            answers: Models::<T>::get(model).answers,
        }
    }
}

fn key_of(model: ModelId, entry: &ReportEntry) -> PendingKey {
    PendingKey {
        model,
        datanet: entry.datanet,
        contribution: entry.contribution,
    }
}
