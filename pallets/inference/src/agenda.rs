// SPDX-License-Identifier: Apache-2.0
//! What a block does by itself, as far as its weight goes, and where the next one goes on.

use crate::{pallet::*, types::Lane, WeightInfo};
use frame_support::{
    traits::Get,
    weights::{Weight, WeightMeter},
};
use openledger_primitives::{RequestId, Tick};

impl<T: Config> Pallet<T> {
    /// Puts a request at the end of a queue.
    pub(crate) fn enqueue(lane: Lane, request: RequestId) {
        let (first, next) = QueueEnds::<T>::get(lane);
        Queue::<T>::insert(lane, next, request);
        QueueEnds::<T>::insert(lane, (first, next.saturating_add(1)));
    }

    /// Settles complete requests, takes overdue ones further, and draws committees, in this order: what frees money
    /// comes first, and draws come last because those that fail are tried again in every block.
    pub(crate) fn advance_requests(budget: &mut WeightMeter) {
        if budget.try_consume(T::WeightInfo::advance_base()).is_err() {
            return;
        }
        Self::run_queue(
            Lane::Settle,
            Self::conclude_weight(),
            budget,
            Self::settle_complete,
        );
        Self::run_deadlines(budget);
        Self::run_queue(
            Lane::Draw,
            T::WeightInfo::draw(T::MaxHosts::get()),
            budget,
            Self::draw_committee,
        );
    }

    /// Forgets closed requests that are kept no longer.
    pub(crate) fn forget_requests(budget: &mut WeightMeter) {
        if budget.try_consume(T::WeightInfo::calendar_step()).is_err() {
            return;
        }
        let from = RetainedFrom::<T>::get();
        let upto = Self::run_calendar(
            from,
            T::WeightInfo::forget(),
            budget,
            |tick| Retained::<T>::iter_key_prefix(tick).next(),
            |tick, request| {
                Retained::<T>::remove(tick, request);
                if let Some(record) = Requests::<T>::get(request) {
                    Self::forget(request, record);
                }
            },
        );
        if upto != from {
            RetainedFrom::<T>::put(upto);
        }
    }

    fn run_deadlines(budget: &mut WeightMeter) {
        let from = DeadlinesFrom::<T>::get();
        let upto = Self::run_calendar(
            from,
            Self::conclude_weight(),
            budget,
            |tick| Deadlines::<T>::iter_key_prefix(tick).next(),
            |tick, request| {
                Deadlines::<T>::remove(tick, request);
                if let Some(record) = Requests::<T>::get(request) {
                    Self::expire(request, record);
                }
            },
        );
        if upto != from {
            DeadlinesFrom::<T>::put(upto);
        }
    }

    /// Takes each request that is in the queue now once, first come first served. `act` may put it back at the end.
    fn run_queue(lane: Lane, step: Weight, budget: &mut WeightMeter, act: impl Fn(RequestId)) {
        let (mut place, end) = QueueEnds::<T>::get(lane);
        while place < end && budget.try_consume(step).is_ok() {
            let request = Queue::<T>::take(lane, place);
            place = place.saturating_add(1);
            QueueEnds::<T>::mutate(lane, |(first, _)| *first = place);
            if let Some(request) = request {
                act(request);
            }
        }
    }

    /// Takes every request of the ticks before the present one. `first` finds one of a tick; `act` has to remove it.
    /// Returns the earliest tick that may still have one.
    fn run_calendar(
        from: Tick,
        step: Weight,
        budget: &mut WeightMeter,
        first: impl Fn(Tick) -> Option<RequestId>,
        act: impl Fn(Tick, RequestId),
    ) -> Tick {
        let now = CurrentTick::<T>::get();
        let mut tick = from;
        while tick < now && budget.try_consume(T::WeightInfo::calendar_step()).is_ok() {
            match first(tick) {
                None => tick = tick.saturating_add(1),
                Some(request) if budget.try_consume(step).is_ok() => act(tick, request),
                Some(_) => break,
            }
        }
        tick
    }
}
