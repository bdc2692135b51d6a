// SPDX-License-Identifier: Apache-2.0
//! What is paid for, and when it is due.

use crate::{
    pallet::*,
    types::{Callback, Outcome},
    WeightInfo,
};
use frame_support::{
    defensive, ensure,
    traits::{fungible::MutateHold, tokens::Precision, Get},
    weights::Weight,
    BoundedVec,
};
use openledger_primitives::{
    money::Balance,
    report::report_id,
    traits::{Ending, OnRequestEnd},
    RequestId,
};
use pallet_revive::{evm::fees::InfoT, AccountInfo, AddressMapper, WeightInfo as _};
use sp_core::H160;
use sp_runtime::{DispatchError, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// Pays for calling `contract` back when `request` ends, with `gas_limit` gas and at most `deposit_limit` planck for
    /// what the call stores. Returns what is held of the contract's money.
    ///
    /// The caller has made the request for this contract in the same transaction.
    pub fn register(
        request: RequestId,
        contract: H160,
        gas_limit: u64,
        deposit_limit: Balance,
    ) -> Result<Balance, DispatchError> {
        ensure!(AccountInfo::<T>::is_contract(&contract), Error::<T>::NotAContract);
        ensure!(!Waiting::<T>::contains_key(request), Error::<T>::AlreadyExists);
        let held = Self::quote(gas_limit, deposit_limit)?;
        let account = T::AddressMapper::to_account_id(&contract);
        T::Currency::hold(&HoldReason::Prepaid.into(), &account, held)?;
        Waiting::<T>::insert(
            request,
            Callback {
                contract,
                account,
                gas_limit,
                weight: Self::weight_of(gas_limit),
                gas_price: Self::gas_price(),
                deposit_limit,
                held,
                ended: None,
            },
        );
        Self::deposit_event(Event::Registered {
            request,
            contract,
            gas_limit,
            deposit_limit,
            held,
        });
        Ok(held)
    }

    /// What is held for a callback at the present price of gas, planck. What it does not use comes back.
    pub fn quote(gas_limit: u64, deposit_limit: Balance) -> Result<Balance, DispatchError> {
        ensure!(gas_limit > 0, Error::<T>::GasLimitTooLow);
        ensure!(gas_limit <= Self::max_gas(), Error::<T>::GasLimitTooHigh);
        Ok(Self::most_gas(gas_limit)
            .saturating_mul(Self::gas_price())
            .saturating_add(deposit_limit)
            .saturating_add(T::RecordDeposit::get()))
    }

    /// The most gas that a callback can have.
    pub fn max_gas() -> u64 {
        let most = T::HookWeight::get()
            .saturating_sub(Self::delivery_weight())
            .saturating_sub(<T as Config>::WeightInfo::deliver_base());
        let scale = Self::scale();
        // The dimension of which there is less bounds the gas; a fee goes by the one of which more is used.
        let of_time = T::FeeInfo::weight_to_fee(&Weight::from_parts(most.ref_time(), 0));
        let of_proof = T::FeeInfo::weight_to_fee(&Weight::from_parts(0, most.proof_size()));
        let fee = of_time.min(of_proof);
        fee.checked_div(scale).unwrap_or_default().saturated_into()
    }

    /// What a delivery weighs besides the contract.
    pub(crate) fn delivery_weight() -> Weight {
        <T as Config>::WeightInfo::deliver().saturating_add(<T as pallet_revive::Config>::WeightInfo::call())
    }

    /// Gas at its limit, with that of the delivery.
    pub(crate) fn most_gas(gas_limit: u64) -> Balance {
        Self::gas_of(Self::delivery_weight()).saturating_add(gas_limit.into())
    }

    /// The weight that gas buys.
    pub(crate) fn weight_of(gas: u64) -> Weight {
        T::FeeInfo::fee_to_weight(Self::scale().saturating_mul(gas.into()))
    }

    /// The gas that a weight costs.
    pub(crate) fn gas_of(weight: Weight) -> Balance {
        T::FeeInfo::weight_to_fee(&weight).div_ceil(Self::scale().max(1))
    }

    fn scale() -> Balance {
        <T as pallet_revive::Config>::GasScale::get().into()
    }

    pub(crate) fn gas_price() -> Balance {
        pallet_revive::Pallet::<T>::evm_base_fee()
            .try_into()
            .unwrap_or(Balance::MAX)
    }

    /// The account of the address that calls.
    pub(crate) fn caller() -> T::AccountId {
        T::AddressMapper::to_account_id(&T::Caller::get())
    }

    /// Gives everything back.
    pub(crate) fn release(account: &T::AccountId, held: Balance) {
        let released =
            T::Currency::release(&HoldReason::Prepaid.into(), account, held, Precision::BestEffort);
        if released != Ok(held) {
            defensive!("what was paid for a callback is held");
        }
    }

    fn enqueue(request: RequestId) {
        let (first, next) = QueueEnds::<T>::get();
        Queue::<T>::insert(next, request);
        QueueEnds::<T>::put((first, next.saturating_add(1)));
    }
}

impl<T: Config> OnRequestEnd for Pallet<T> {
    fn request_ended(request: RequestId, ending: Ending<'_>) {
        let Some(mut callback) = Waiting::<T>::get(request) else {
            return;
        };
        let outcome = match ending {
            Ending::Answered { output, report } => Outcome::Answered {
                output: BoundedVec::truncate_from(output.to_vec()),
                report: report_id(report),
            },
            Ending::Failed => Outcome::Refunded,
            Ending::Cancelled => {
                Waiting::<T>::remove(request);
                Self::release(&callback.account, callback.held);
                Self::deposit_event(Event::Dropped {
                    request,
                    returned: callback.held,
                });
                return;
            }
        };
        callback.ended = Some(outcome);
        Waiting::<T>::insert(request, callback);
        Self::enqueue(request);
    }

    fn weight() -> Weight {
        <T as Config>::WeightInfo::request_ended()
    }
}
