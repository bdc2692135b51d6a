// SPDX-License-Identifier: Apache-2.0
//! The chain's clock, which stands still while nobody could act in time.

use crate::pallet::*;
use frame_support::{dispatch::DispatchClass, migrations::MultiStepMigrator, traits::Get};
use openledger_primitives::{traits::Ticks, Tick};

impl<T: Config> Pallet<T> {
    /// One tick, unless the block is full or extrinsics are stopped by a migration.
    pub(crate) fn turn_clock() {
        if T::MultiBlockMigrator::ongoing() || Self::is_full_block() {
            return;
        }
        CurrentTick::<T>::mutate(|tick| *tick = tick.saturating_add(1));
    }

    fn is_full_block() -> bool {
        let limits = T::BlockWeights::get();
        let most = limits
            .get(DispatchClass::Normal)
            .max_total
            .unwrap_or(limits.max_block);
        let used = *frame_system::Pallet::<T>::block_weight().get(DispatchClass::Normal);
        let part = T::FullBlock::get();
        used.ref_time() > part.mul_floor(most.ref_time())
            || used.proof_size() > part.mul_floor(most.proof_size())
    }
}

impl<T: Config> Ticks for Pallet<T> {
    fn now() -> Tick {
        CurrentTick::<T>::get()
    }

    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn set(tick: Tick) {
        CurrentTick::<T>::put(tick);
    }
}
