// SPDX-License-Identifier: Apache-2.0
//! How a request goes from stage to stage and closes, once.

use crate::{
    agreement,
    draw::draw,
    pallet::*,
    split::split,
    types::{Lane, RefundReason, Reveal, Seat, Stage},
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_support::{
    defensive,
    storage::with_storage_layer,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
        Consideration, Get,
    },
};
use openledger_primitives::{
    attestation::WorkerKey,
    money::Balance,
    traits::{DrawSeed, Ending, Host, OnRequestEnd, RewardLedger, Settlement, WorkerPool},
    RequestId, Tick,
};
use sp_runtime::{DispatchError, DispatchResult};

/// Tag of the seed that draws a committee.
const COMMITTEE_TAG: &[u8] = b"openledger/inference/committee/v1";
/// Tag of the seed that draws a cluster's representative.
const REPRESENTATIVE_TAG: &[u8] = b"openledger/inference/representative/v1";

/// The largest set of reveals that agree, and the one of them that counts.
struct Agreement<AccountId> {
    cluster: Vec<WorkerKey<AccountId>>,
    representative: WorkerKey<AccountId>,
    reveal: Reveal,
}

impl<T: Config> Pallet<T> {
    /// Draws a committee for a waiting request, or puts it at the queue's end when there are too few workers.
    pub(crate) fn draw_committee(request: RequestId) {
        let Some(record) = Requests::<T>::get(request) else {
            return;
        };
        if record.stage != Stage::Waiting {
            return;
        }
        let drawn = Self::is_later_block(record.since)
            && with_storage_layer(|| Self::try_draw(request, record)).is_ok();
        if !drawn {
            Self::enqueue(Lane::Draw, request);
        }
    }

    fn try_draw(request: RequestId, mut record: RequestOf<T>) -> DispatchResult {
        let size = record.verification.committee();
        let hosts = T::Workers::hosts(record.model);
        let stakes: Vec<Balance> = hosts.iter().map(|host| host.stake).collect();
        let seed = T::Seed::seed(&(COMMITTEE_TAG, request).encode());
        let places = draw(seed, &stakes, size);
        if places.len() < usize::from(size) {
            return Err(DispatchError::Unavailable);
        }
        let mut workers = Vec::new();
        for (round, place) in (0..size).zip(places) {
            let Host { worker, stake } = hosts.get(place).ok_or(DispatchError::Corruption)?.clone();
            T::Workers::assign(&worker, request)?;
            Duties::<T>::insert(&worker.account, request, ());
            let seat = Seat {
                worker: worker.clone(),
                place: round,
                stake,
                commitment: None,
                revealed: false,
            };
            Committee::<T>::insert(request, &worker.account, seat);
            workers.push(worker);
        }
        record.stage = Stage::Committing;
        let deadline = Self::move_deadline(request, record, T::CommitTicks::get());
        Self::deposit_event(Event::Drawn {
            request,
            workers,
            deadline,
        });
        Ok(())
    }

    /// Lets those that committed reveal.
    pub(crate) fn start_revealing(request: RequestId, mut record: RequestOf<T>) {
        record.stage = Stage::Revealing;
        let committed = record.committed;
        let deadline = Self::move_deadline(request, record, T::RevealTicks::get());
        Self::deposit_event(Event::RevealingStarted {
            request,
            committed,
            deadline,
        });
    }

    /// Settles a request whose reveals are complete. One whose last reveal was in this very block waits for the next.
    pub(crate) fn settle_complete(request: RequestId) {
        let Some(record) = Requests::<T>::get(request) else {
            return;
        };
        if record.stage != Stage::Revealed {
            return;
        }
        if Self::is_later_block(record.since) {
            Self::conclude(request, record);
        } else {
            Self::enqueue(Lane::Settle, request);
        }
    }

    /// Takes an open request further whose stage is over.
    pub(crate) fn expire(request: RequestId, record: RequestOf<T>) {
        match record.stage {
            Stage::Waiting => Self::refund(request, record, RefundReason::TooFewWorkers),
            Stage::Committing if record.committed >= record.verification.threshold() => {
                Self::start_revealing(request, record)
            }
            Stage::Committing => Self::refund(request, record, RefundReason::TooFewCommitments),
            Stage::Revealing | Stage::Revealed => Self::conclude(request, record),
            Stage::Settled { .. } | Stage::Refunded { .. } => {
                defensive!("a closed request has no deadline");
            }
        }
    }

    /// Settles a request on which enough workers agree and refunds any other.
    ///
    /// The seed is the present block's. Nobody knew it when the last reveal was made, because that was in an earlier
    /// block.
    fn conclude(request: RequestId, record: RequestOf<T>) {
        let threshold = usize::from(record.verification.threshold());
        if record.revealed < record.verification.threshold() {
            return Self::refund(request, record, RefundReason::TooFewReveals);
        }
        let agreement = match Self::agreement(request, &record) {
            Some(agreement) if agreement.cluster.len() >= threshold => agreement,
            _ => return Self::refund(request, record, RefundReason::Inconclusive),
        };
        // Both or neither: a payment that fails half way is undone and the whole fee goes back.
        if let Err(error) = with_storage_layer(|| Self::pay(request, &record, &agreement)) {
            log::error!(target: "runtime::inference", "request {request} could not be paid: {error:?}");
            return Self::refund(request, record, RefundReason::PaymentFailed);
        }
        let Agreement {
            cluster,
            representative,
            reveal,
        } = agreement;
        let fee = record.fee;
        Answers::<T>::insert(request, &reveal.output);
        Self::close(
            request,
            record,
            Stage::Settled {
                representative: representative.clone(),
            },
        );
        T::OnEnd::request_ended(
            request,
            Ending::Answered {
                output: &reveal.output,
                report: &reveal.entries,
            },
        );
        Self::deposit_event(Event::Settled {
            request,
            representative,
            cluster,
            output: reveal.output,
            fee,
        });
    }

    /// The largest agreeing cluster of the request's reveals with its representative.
    fn agreement(request: RequestId, record: &RequestOf<T>) -> Option<Agreement<T::AccountId>> {
        let mut seats: Vec<SeatOf<T>> = Committee::<T>::iter_prefix_values(request).collect();
        seats.sort_by_key(|seat| seat.place);
        let mut revealed: Vec<(SeatOf<T>, Reveal)> = seats
            .into_iter()
            .filter_map(|seat| {
                let reveal = Reveals::<T>::get(request, &seat.worker.account)?;
                Some((seat, reveal))
            })
            .collect();
        let stakes: Vec<Balance> = revealed.iter().map(|(seat, _)| seat.stake).collect();
        let places = agreement::largest_cluster(&stakes, |a, b| match (revealed.get(a), revealed.get(b)) {
            (Some((_, a)), Some((_, b))) => agreement::agree(&record.terms.comparator, a, b),
            _ => false,
        });

        let seed = T::Seed::seed(&(REPRESENTATIVE_TAG, request).encode());
        // every member has the same chance
        let member = *draw(seed, &vec![1; places.len()], 1).first()?;
        let chosen = *places.get(member)?;
        let cluster = places
            .iter()
            .filter_map(|place| revealed.get(*place).map(|(seat, _)| seat.worker.clone()))
            .collect();
        let (seat, reveal) = revealed.swap_remove(chosen);
        Some(Agreement {
            cluster,
            representative: seat.worker,
            reveal,
        })
    }

    /// Moves the fee out of escrow: the platform's part to the treasury, the rest to the ledger with a list of who is
    /// to be credited with it.
    fn pay(request: RequestId, record: &RequestOf<T>, agreement: &Agreement<T::AccountId>) -> DispatchResult {
        let accounts: Vec<_> = agreement
            .cluster
            .iter()
            .map(|worker| worker.account.clone())
            .collect();
        let parts = split(
            record.fee,
            &T::FeeShares::get(),
            &accounts,
            &record.terms.royalties,
        )
        .ok_or(DispatchError::Unavailable)?;
        let treasury = T::TreasuryAccount::get();
        let rest = record.fee.saturating_sub(parts.treasury);
        Self::move_held(&record.consumer, &treasury, parts.treasury)?;
        Self::move_held(&record.consumer, &T::Ledger::account(), rest)?;
        T::Ledger::settle(Settlement {
            request,
            model: record.model,
            consumer: record.consumer.clone(),
            fee: record.fee,
            treasury: (treasury, parts.treasury),
            workers: parts.workers,
            model_owner: (record.terms.owner.clone(), parts.owner),
            royalties: parts.royalties,
            contributors: parts.contributors,
            dust: parts.dust,
            sources: record.terms.sources.to_vec(),
            representative: agreement.representative.clone(),
            report: agreement.reveal.entries.to_vec(),
            blend: record.terms.blend,
        })
    }

    fn move_held(from: &T::AccountId, to: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        T::Currency::transfer_on_hold(
            &HoldReason::Escrow.into(),
            from,
            to,
            amount,
            Precision::Exact,
            Restriction::Free,
            Fortitude::Force,
        )
        .map(|_| ())
    }

    /// Gives the whole fee back and closes the request.
    pub(crate) fn refund(request: RequestId, record: RequestOf<T>, reason: RefundReason) {
        let fee = record.fee;
        let escrow = HoldReason::Escrow.into();
        let released = T::Currency::release(&escrow, &record.consumer, fee, Precision::BestEffort);
        if released != Ok(fee) {
            defensive!("an open request's fee is held");
        }
        Self::close(request, record, Stage::Refunded { reason });
        let ending = match reason {
            RefundReason::Cancelled => Ending::Cancelled,
            _ => Ending::Failed,
        };
        T::OnEnd::request_ended(request, ending);
        Self::deposit_event(Event::Refunded { request, reason, fee });
    }

    /// Ends a request: its workers are released and it is kept for `RetentionTicks`.
    fn close(request: RequestId, mut record: RequestOf<T>, stage: Stage<T::AccountId>) {
        for seat in Committee::<T>::iter_prefix_values(request) {
            // Those that committed to a request which then had too few commitments could not reveal.
            let served = match record.stage {
                Stage::Committing => seat.commitment.is_some(),
                _ => seat.revealed,
            };
            Duties::<T>::remove(&seat.worker.account, request);
            T::Workers::release(&seat.worker, request, served);
        }
        OpenRequests::<T>::mutate_exists(&record.consumer, |open| {
            *open = open.unwrap_or_default().checked_sub(1).filter(|left| *left > 0);
        });
        Deadlines::<T>::remove(record.deadline, request);
        record.deadline = CurrentTick::<T>::get().saturating_add(T::RetentionTicks::get());
        record.since = Self::block();
        record.stage = stage;
        Retained::<T>::insert(record.deadline, request, ());
        Requests::<T>::insert(request, record);
    }

    /// Removes a closed request with all that is stored of it and returns the deposit.
    pub(crate) fn forget(request: RequestId, record: RequestOf<T>) {
        let seats: Vec<_> = Committee::<T>::iter_key_prefix(request).collect();
        for account in seats {
            Committee::<T>::remove(request, &account);
            Reveals::<T>::remove(request, &account);
        }
        Inputs::<T>::remove(request);
        Answers::<T>::remove(request);
        Retained::<T>::remove(record.deadline, request);
        Requests::<T>::remove(request);
        if record.deposit.drop(&record.consumer).is_err() {
            defensive!("a stored request's deposit is held");
        }
        Self::deposit_event(Event::Forgotten { request });
    }

    /// Begins a stage of `ticks` in this block. Returns its deadline.
    fn move_deadline(request: RequestId, mut record: RequestOf<T>, ticks: Tick) -> Tick {
        Deadlines::<T>::remove(record.deadline, request);
        let deadline = CurrentTick::<T>::get().saturating_add(ticks);
        Deadlines::<T>::insert(deadline, request, ());
        record.deadline = deadline;
        record.since = Self::block();
        Requests::<T>::insert(request, record);
        deadline
    }
}
