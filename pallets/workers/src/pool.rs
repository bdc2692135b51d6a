// SPDX-License-Identifier: Apache-2.0
//! What committee draws see of the workers.

use crate::{
    pallet::*,
    types::{ChillReason, Standing},
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use openledger_primitives::{
    traits::{Host, Ticks, WorkerPool},
    ModelId, RequestId, Tick,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Whether a draw at `now` may choose the worker.
    pub(crate) fn can_be_drawn(registration: &RegistrationOf<T>, now: Tick) -> bool {
        registration.standing == Standing::Active
            && registration.bond >= T::MinBond::get()
            && registration.assignments < T::MaxAssignments::get()
            && now.saturating_sub(registration.heard_at) <= T::HeartbeatTicks::get()
    }

    /// The registration that `worker` names, unless it ended.
    pub(crate) fn registration(worker: &WorkerKeyOf<T>) -> Option<RegistrationOf<T>> {
        Workers::<T>::get(&worker.account).filter(|registration| registration.epoch == worker.epoch)
    }
}

impl<T: Config> WorkerPool<T::AccountId> for Pallet<T> {
    /// In the order in which the workers began to host the model. Left out are workers that are chilled, leaving,
    /// silent for longer than `HeartbeatTicks`, below `MinBond`, or drawn for `MaxAssignments` requests.
    fn hosts(model: ModelId) -> Vec<Host<T::AccountId>> {
        let now = T::Ticks::now();
        Hosts::<T>::get(model)
            .into_iter()
            .filter_map(|worker| {
                let registration = Self::registration(&worker)?;
                Self::can_be_drawn(&registration, now).then_some(Host {
                    worker,
                    stake: registration.bond,
                })
            })
            .collect()
    }

    fn is_registered(worker: &WorkerKeyOf<T>) -> bool {
        Self::registration(worker).is_some()
    }

    fn assign(worker: &WorkerKeyOf<T>, request: RequestId) -> Result<(), DispatchError> {
        let mut registration = Self::registration(worker).ok_or(Error::<T>::NotFound)?;
        let known = Assignments::<T>::contains_key(worker, request);
        ensure!(!known, Error::<T>::AlreadyAssigned);
        let full = registration.assignments >= T::MaxAssignments::get();
        ensure!(!full, Error::<T>::TooManyAssignments);

        registration.assignments = registration.assignments.saturating_add(1);
        Workers::<T>::insert(&worker.account, registration);
        Assignments::<T>::insert(worker, request, ());
        Ok(())
    }

    /// A request that was served counts as a heartbeat. One that was missed counts towards `MaxMissed`. A leaving worker
    /// stays for `LiableTicks` after a request that it served.
    fn release(worker: &WorkerKeyOf<T>, request: RequestId, served: bool) {
        if Assignments::<T>::take(worker, request).is_none() {
            return;
        }
        // There is one: it cannot end while the worker is assigned.
        let Some(mut registration) = Self::registration(worker) else {
            return;
        };
        registration.assignments = registration.assignments.saturating_sub(1);
        if served {
            registration.missed = 0;
            registration.heard_at = T::Ticks::now();
            if let Standing::Unbonding { until } = &mut registration.standing {
                *until = T::Ticks::now().saturating_add(T::LiableTicks::get()).max(*until);
            }
        } else {
            registration.missed = registration.missed.saturating_add(1);
            if registration.missed >= T::MaxMissed::get() && registration.standing == Standing::Active {
                registration.standing = Standing::Chilled;
                Self::deposit_event(Event::Chilled {
                    worker: worker.clone(),
                    reason: ChillReason::Missed,
                });
            }
        }
        Workers::<T>::insert(&worker.account, registration);
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(account: &T::AccountId, model: ModelId) -> WorkerKeyOf<T> {
        crate::benchmarking::live_host::<T>(account, model)
    }
}
