// SPDX-License-Identifier: Apache-2.0
//! What has to be true of the stored workers after every block.

use crate::{pallet::*, types::Standing};
use frame_support::{ensure, traits::fungible::InspectHold};
use openledger_primitives::attestation::WorkerKey;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet's storage.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::check_registrations()?;
        Self::check_hosts()?;
        Self::check_assignments()
    }

    fn check_registrations() -> Result<(), TryRuntimeError> {
        for (account, registration) in Workers::<T>::iter() {
            let held = T::Currency::balance_on_hold(&HoldReason::Bond.into(), &account);
            ensure!(
                held == registration.bond,
                "a worker's held bond is not the recorded one"
            );
            ensure!(
                Epochs::<T>::get(&account) == registration.epoch && registration.epoch > 0,
                "a registration is not its account's last one"
            );
            let leaving = matches!(registration.standing, Standing::Unbonding { .. });
            ensure!(
                !leaving || registration.hosted.is_empty(),
                "a leaving worker hosts a model"
            );
            ensure!(
                registration
                    .hosted
                    .iter()
                    .zip(registration.hosted.iter().skip(1))
                    .all(|(a, b)| a < b),
                "a worker's models are not strictly ascending"
            );
            let worker = WorkerKey {
                account,
                epoch: registration.epoch,
            };
            ensure!(
                registration
                    .hosted
                    .iter()
                    .all(|model| Hosts::<T>::get(model).contains(&worker)),
                "a hosted model does not list its host"
            );
            let assigned = Assignments::<T>::iter_key_prefix(&worker).count();
            ensure!(
                u32::try_from(assigned) == Ok(registration.assignments),
                "a worker's assignments are not counted right"
            );
        }
        Ok(())
    }

    fn check_hosts() -> Result<(), TryRuntimeError> {
        for (model, hosts) in Hosts::<T>::iter() {
            ensure!(!hosts.is_empty(), "a list of hosts is empty");
            for (place, worker) in hosts.iter().enumerate() {
                let registration = Workers::<T>::get(&worker.account).ok_or("a host is not registered")?;
                ensure!(
                    registration.epoch == worker.epoch,
                    "a host is of an ended registration"
                );
                ensure!(
                    registration.hosted.contains(&model),
                    "a model lists a worker that does not host it"
                );
                ensure!(
                    !hosts
                        .iter()
                        .skip(place.saturating_add(1))
                        .any(|other| other == worker),
                    "a host is listed twice"
                );
            }
        }
        Ok(())
    }

    fn check_assignments() -> Result<(), TryRuntimeError> {
        for (worker, count) in Accusations::<T>::iter() {
            ensure!(count > 0, "a count of accusations is zero");
            ensure!(
                Epochs::<T>::get(&worker.account) >= worker.epoch,
                "a worker that never registered is accused"
            );
        }
        for (worker, _, ()) in Assignments::<T>::iter() {
            let registration = Workers::<T>::get(&worker.account).ok_or("an assigned worker left")?;
            ensure!(
                registration.epoch == worker.epoch,
                "an assigned worker registered anew"
            );
        }
        Ok(())
    }
}
