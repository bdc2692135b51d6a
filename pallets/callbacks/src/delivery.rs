// SPDX-License-Identifier: Apache-2.0
//! The call: once, within what was paid for, and whatever the contract does, nothing else is touched.

use crate::{
    calldata::encode,
    pallet::*,
    types::{Failure, Outcome},
    WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
    defensive, ensure,
    storage::{with_storage_layer, with_transaction},
    traits::{
        fungible::{Inspect, Mutate, MutateHold},
        tokens::{Fortitude, Precision, Preservation, Restriction},
        Get,
    },
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{money::Balance, RequestId};
use pallet_revive::{ExecConfig, TransactionLimits};
use sp_core::U256;
use sp_runtime::{DispatchError, SaturatedConversion, TransactionOutcome};

/// What a call came to.
struct Made {
    failure: Option<Failure>,
    weight: Weight,
    fee: Balance,
    returned: Balance,
}

impl<T: Config> Pallet<T> {
    /// Makes the calls that are due, as far as the budget goes.
    pub(crate) fn deliver_due(budget: &mut WeightMeter) {
        if budget
            .try_consume(<T as Config>::WeightInfo::deliver_base())
            .is_err()
        {
            return;
        }
        let (mut place, end) = QueueEnds::<T>::get();
        while place < end && budget.can_consume(Self::delivery_weight()) {
            let callback = Queue::<T>::get(place).and_then(Waiting::<T>::get);
            let most = callback
                .as_ref()
                .map_or(Weight::zero(), |callback| callback.weight);
            // Reading the entry costs a delivery, even if there is no room for the call itself.
            if !budget.can_consume(Self::delivery_weight().saturating_add(most)) {
                budget.consume(<T as Config>::WeightInfo::deliver_base());
                break;
            }
            let request = Queue::<T>::take(place);
            place = place.saturating_add(1);
            // Before the call, in which a contract may end and queue other requests.
            QueueEnds::<T>::mutate(|(first, _)| *first = place);
            budget.consume(Self::delivery_weight());
            if let (Some(request), Some(callback)) = (request, callback) {
                budget.consume(Self::make(request, callback));
            }
        }
    }

    /// Makes one call that is due. Returns what the contract used.
    pub(crate) fn do_deliver(request: RequestId, weight_limit: Weight) -> Result<Weight, DispatchError> {
        let callback = Waiting::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        ensure!(callback.ended.is_some(), Error::<T>::NotEnded);
        ensure!(
            callback.weight.all_lte(weight_limit),
            Error::<T>::WeightLimitTooLow
        );
        Ok(Self::make(request, callback))
    }

    /// Calls the contract and settles what it paid. Returns the weight that it used.
    fn make(request: RequestId, callback: CallbackOf<T>) -> Weight {
        Waiting::<T>::remove(request);
        let Some(outcome) = &callback.ended else {
            defensive!("a callback is queued when its request ended");
            Self::release(&callback.account, callback.held);
            return Weight::zero();
        };
        let made = with_storage_layer(|| Self::call_and_pay(request, &callback, outcome));
        let made = made.unwrap_or_else(|error| {
            Self::release(&callback.account, callback.held);
            Made {
                failure: Some(Failure::Undeliverable { error }),
                // the contract may have been called before the payment failed
                weight: callback.weight,
                fee: 0,
                returned: callback.held,
            }
        });
        let contract = callback.contract;
        let gas_used = Self::gas_of(Self::delivery_weight().saturating_add(made.weight)).saturated_into();
        let (fee, returned) = (made.fee, made.returned);
        Self::deposit_event(match made.failure {
            None => Event::Delivered {
                request,
                contract,
                gas_used,
                fee,
                returned,
            },
            Some(failure) => Event::Failed {
                request,
                contract,
                failure,
                gas_used,
                fee,
                returned,
            },
        });
        made.weight
    }

    /// Moves the money to the account that calls, calls, pays, and brings back what is left.
    fn call_and_pay(
        request: RequestId,
        callback: &CallbackOf<T>,
        outcome: &Outcome<T::MaxOutputBytes>,
    ) -> Result<Made, DispatchError> {
        let caller = Self::caller();
        let others = T::Currency::balance(&caller);
        T::Currency::transfer_on_hold(
            &HoldReason::Prepaid.into(),
            &callback.account,
            &caller,
            callback.held,
            Precision::Exact,
            Restriction::Free,
            Fortitude::Force,
        )?;
        let (failure, weight) = Self::call(callback, encode(request, outcome));

        // Storage that the call freed gives its deposit back, to the account that called.
        let left = T::Currency::balance(&caller).saturating_sub(others);
        let gas = Self::gas_of(Self::delivery_weight().saturating_add(weight));
        let fee = gas
            .min(Self::most_gas(callback.gas_limit))
            .saturating_mul(callback.gas_price)
            .min(left);
        T::Currency::transfer(&caller, &T::FeeDestination::get(), fee, Preservation::Expendable)?;
        let returned = left.saturating_sub(fee);
        T::Currency::transfer(&caller, &callback.account, returned, Preservation::Expendable)?;
        Ok(Made {
            failure,
            weight,
            fee,
            returned,
        })
    }

    /// The contract's turn. What it did is undone if it fails.
    fn call(callback: &CallbackOf<T>, data: Vec<u8>) -> (Option<Failure>, Weight) {
        let run = || {
            let limits = TransactionLimits::WeightAndDeposit {
                weight_limit: callback.weight,
                deposit_limit: callback.deposit_limit,
            };
            let config = ExecConfig {
                effective_gas_price: Some(callback.gas_price.into()),
                ..ExecConfig::new_substrate_tx()
            };
            let output = pallet_revive::Pallet::<T>::bare_call(
                RawOrigin::Signed(Self::caller()).into(),
                callback.contract,
                U256::zero(),
                limits,
                data,
                &config,
            );
            let failure = match output.result {
                Ok(returned) if returned.did_revert() => Some(Failure::Reverted {
                    data: BoundedVec::truncate_from(returned.data),
                }),
                Ok(_) => None,
                Err(error) => Some(Failure::Trapped { error }),
            };
            let ended = (failure, output.weight_consumed.min(callback.weight));
            if ended.0.is_none() {
                TransactionOutcome::Commit(Ok::<_, DispatchError>(ended))
            } else {
                TransactionOutcome::Rollback(Ok(ended))
            }
        };
        with_transaction(run).unwrap_or_else(|error| (Some(Failure::Trapped { error }), Weight::zero()))
    }
}
