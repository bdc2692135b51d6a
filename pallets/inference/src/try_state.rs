// SPDX-License-Identifier: Apache-2.0
//! What has to be true of the stored requests after every block.

use crate::{
    pallet::*,
    types::{Lane, Stage},
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use openledger_primitives::{money::Balance, RequestId};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet's storage.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::check_escrow()?;
        Self::check_calendars()?;
        Self::check_queues()?;
        for (request, record) in Requests::<T>::iter() {
            ensure!(
                request < NextRequest::<T>::get(),
                "a request has an id that was not given out"
            );
            ensure!(Inputs::<T>::contains_key(request), "a request has no input");
            let settled = matches!(record.stage, Stage::Settled { .. });
            ensure!(
                Answers::<T>::contains_key(request) == settled,
                "an answer is not a settled request's"
            );
            Self::check_committee(request, &record)?;
        }
        Self::check_orphans()
    }

    fn check_escrow() -> Result<(), TryRuntimeError> {
        let mut open: BTreeMap<T::AccountId, (Balance, u32)> = BTreeMap::new();
        for record in Requests::<T>::iter_values() {
            let (fees, count) = open.entry(record.consumer.clone()).or_default();
            if record.stage.is_open() {
                *fees = fees.saturating_add(record.fee);
                *count = count.saturating_add(1);
            }
        }
        for (consumer, (fees, count)) in &open {
            let held = T::Currency::balance_on_hold(&HoldReason::Escrow.into(), consumer);
            ensure!(
                held == *fees,
                "a consumer's escrow is not the sum of its open requests' fees"
            );
            ensure!(
                OpenRequests::<T>::get(consumer) == *count,
                "open requests are not counted right"
            );
        }
        for (consumer, count) in OpenRequests::<T>::iter() {
            ensure!(count > 0, "a count of open requests is zero");
            ensure!(
                open.contains_key(&consumer),
                "a consumer without requests has a count"
            );
        }
        Ok(())
    }

    fn check_calendars() -> Result<(), TryRuntimeError> {
        for (request, record) in Requests::<T>::iter() {
            let open = record.stage.is_open();
            let (due, kept) = (
                Deadlines::<T>::contains_key(record.deadline, request),
                Retained::<T>::contains_key(record.deadline, request),
            );
            ensure!(
                due == open && kept != open,
                "a request is not in the calendar of its stage"
            );
        }
        let (mut due, mut kept) = (0usize, 0usize);
        for (tick, request, ()) in Deadlines::<T>::iter() {
            let record = Requests::<T>::get(request).ok_or("a deadline is of no request")?;
            ensure!(record.deadline == tick, "a request has two deadlines");
            ensure!(
                tick >= DeadlinesFrom::<T>::get(),
                "a deadline would never be seen"
            );
            due = due.saturating_add(1);
        }
        for (tick, request, ()) in Retained::<T>::iter() {
            let record = Requests::<T>::get(request).ok_or("a forgotten request is kept")?;
            ensure!(record.deadline == tick, "a request is kept twice");
            ensure!(
                tick >= RetainedFrom::<T>::get(),
                "a request would never be forgotten"
            );
            kept = kept.saturating_add(1);
        }
        let stored = Requests::<T>::iter_keys().count();
        ensure!(
            due.saturating_add(kept) == stored,
            "the calendars do not hold every request once"
        );
        Ok(())
    }

    fn check_queues() -> Result<(), TryRuntimeError> {
        for (lane, place, _) in Queue::<T>::iter() {
            let (first, next) = QueueEnds::<T>::get(lane);
            ensure!(
                first <= place && place < next,
                "a queue's entry is beyond its ends"
            );
        }
        let times = |lane, request| {
            Queue::<T>::iter_prefix_values(lane)
                .filter(|other| *other == request)
                .count()
        };
        for (request, record) in Requests::<T>::iter() {
            match record.stage {
                Stage::Waiting => ensure!(
                    times(Lane::Draw, request) == 1,
                    "a waiting request is not queued once"
                ),
                Stage::Revealed => {
                    ensure!(
                        times(Lane::Settle, request) == 1,
                        "a complete request is not queued once"
                    )
                }
                _ => (),
            }
        }
        Ok(())
    }

    fn check_committee(request: RequestId, record: &RequestOf<T>) -> Result<(), TryRuntimeError> {
        let (mut drawn, mut committed, mut revealed) = (0u8, 0u8, 0u8);
        for (account, seat) in Committee::<T>::iter_prefix(request) {
            drawn = drawn.saturating_add(1);
            committed = committed.saturating_add(u8::from(seat.commitment.is_some()));
            revealed = revealed.saturating_add(u8::from(seat.revealed));
            ensure!(account == seat.worker.account, "a seat is under another account");
            ensure!(
                seat.place < record.verification.committee(),
                "a seat is beyond the committee"
            );
            ensure!(
                !seat.revealed || seat.commitment.is_some(),
                "a worker revealed without a commitment"
            );
            ensure!(
                Reveals::<T>::contains_key(request, &account) == seat.revealed,
                "a seat and its reveal do not agree"
            );
            ensure!(
                Duties::<T>::contains_key(&account, request) == record.stage.is_open(),
                "a duty is not an open request's"
            );
        }
        ensure!(
            (committed, revealed) == (record.committed, record.revealed),
            "commitments or reveals are not counted right"
        );
        let due = match record.stage {
            Stage::Waiting => drawn == 0,
            Stage::Refunded { .. } => drawn == 0 || drawn == record.verification.committee(),
            _ => drawn == record.verification.committee(),
        };
        ensure!(due, "a committee has not the size that was asked for");
        Ok(())
    }

    fn check_orphans() -> Result<(), TryRuntimeError> {
        let known = |request: RequestId| Requests::<T>::contains_key(request);
        ensure!(Inputs::<T>::iter_keys().all(known), "an input is of no request");
        ensure!(Answers::<T>::iter_keys().all(known), "an answer is of no request");
        ensure!(
            Committee::<T>::iter_keys().all(|(request, _)| known(request)),
            "a seat is of no request"
        );
        ensure!(
            Reveals::<T>::iter_keys().all(|(request, who)| Committee::<T>::contains_key(request, who)),
            "a reveal is of no seat"
        );
        ensure!(
            Duties::<T>::iter_keys().all(|(who, request)| Committee::<T>::contains_key(request, who)),
            "a duty is of no seat"
        );
        Ok(())
    }
}
