// SPDX-License-Identifier: Apache-2.0
//! What has to be true of the stored powers after every block.

use crate::pallet::*;
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Get};
use openledger_primitives::traits::Datanets;
use sp_runtime::{traits::Zero, TryRuntimeError};

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet's storage.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        ensure!(
            Delegates::<T>::count() <= T::MaxDelegates::get(),
            "too many accounts have powers"
        );
        for (_, powers) in Delegates::<T>::iter() {
            ensure!(!powers.is_empty(), "an account is listed without a power");
            ensure!(
                powers.fee_split.is_none_or(|bounds| bounds.can_be_met()),
                "no split meets the bounds of a power"
            );
            if let Some(allowance) = powers.treasury_spend {
                ensure!(!allowance.period.is_zero(), "a period of no blocks");
                let blocks = || allowance.spends.iter().map(|spend| spend.at);
                ensure!(
                    blocks()
                        .zip(blocks().skip(1))
                        .all(|(earlier, later)| earlier < later),
                    "spends are not in the order of their blocks"
                );
            }
        }
        let featured = Featured::<T>::get();
        let distinct: BTreeSet<_> = featured.iter().collect();
        ensure!(distinct.len() == featured.len(), "a datanet is featured twice");
        ensure!(
            featured
                .iter()
                .all(|datanet| T::Datanets::owner(*datanet).is_some()),
            "a featured datanet does not exist"
        );
        Ok(())
    }
}
