// SPDX-License-Identifier: Apache-2.0
//! What disputes do to the workers' bonds.

use crate::pallet::*;
use frame_support::traits::{
    fungible::MutateHold,
    tokens::{Fortitude, Precision, Restriction},
};
use openledger_primitives::{money::Balance, traits::Bonds};

impl<T: Config> Bonds<T::AccountId> for Pallet<T> {
    fn accuse(worker: &WorkerKeyOf<T>) {
        Accusations::<T>::mutate(worker, |count| *count = count.saturating_add(1));
    }

    fn acquit(worker: &WorkerKeyOf<T>) {
        Accusations::<T>::mutate_exists(worker, |count| {
            *count = count.unwrap_or_default().checked_sub(1).filter(|left| *left > 0);
        });
    }

    fn slash(worker: &WorkerKeyOf<T>, amount: Balance, to: &T::AccountId) -> Balance {
        let Some(mut registration) = Self::registration(worker) else {
            return 0;
        };
        let moved = T::Currency::transfer_on_hold(
            &HoldReason::Bond.into(),
            &worker.account,
            to,
            amount.min(registration.bond),
            Precision::BestEffort,
            Restriction::Free,
            Fortitude::Force,
        )
        .unwrap_or(0);
        if moved == 0 {
            return 0;
        }
        registration.bond = registration.bond.saturating_sub(moved);
        Self::deposit_event(Event::Slashed {
            worker: worker.clone(),
            amount: moved,
            bond: registration.bond,
        });
        Workers::<T>::insert(&worker.account, registration);
        moved
    }
}
