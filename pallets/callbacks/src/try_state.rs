// SPDX-License-Identifier: Apache-2.0
//! What has to be true after every block.

use crate::pallet::*;
use alloc::collections::btree_map::BTreeMap;
use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use openledger_primitives::{money::Balance, RequestId};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks that what is held is what was paid for, and that every callback that is due is queued once.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut held = BTreeMap::<T::AccountId, Balance>::new();
        let (first, next) = QueueEnds::<T>::get();
        let mut queued = BTreeMap::<RequestId, u32>::new();
        for (place, request) in Queue::<T>::iter() {
            ensure!(
                first <= place && place < next,
                "a queue's entry is beyond its ends"
            );
            let times = queued.entry(request).or_default();
            *times = times.saturating_add(1);
        }
        for (request, callback) in Waiting::<T>::iter() {
            let sum = held.entry(callback.account.clone()).or_default();
            *sum = sum.saturating_add(callback.held);
            let least = callback.deposit_limit.saturating_add(T::RecordDeposit::get());
            ensure!(callback.held > least, "a callback is not paid for");
            let times = queued.get(&request).copied().unwrap_or_default();
            ensure!(
                times == u32::from(callback.ended.is_some()),
                "a callback that is due is not queued once"
            );
        }
        for (account, sum) in held {
            let on_hold = T::Currency::balance_on_hold(&HoldReason::Prepaid.into(), &account);
            ensure!(on_hold == sum, "what was paid for callbacks is not what is held");
        }
        Ok(())
    }
}
