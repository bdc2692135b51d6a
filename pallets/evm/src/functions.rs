// SPDX-License-Identifier: Apache-2.0
//! What the calls do: check the terms, execute inside `pallet-revive`, tell.

use crate::{
    logs::Logs,
    pallet::*,
    types::{Creation, Log, Terms},
    AddressMapping, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{DispatchErrorWithPostInfo, DispatchResult, DispatchResultWithPostInfo},
    ensure,
    storage::with_transaction,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::Preservation,
        Get,
    },
    weights::Weight,
};
use frame_system::RawOrigin;
use pallet_revive::{
    evm::fees::InfoT, tracing::trace, BalanceOf, Code, ContractResult, EthTxInfo, ExecConfig,
    TransactionLimits, TransactionMeter, WeightInfo as _,
};
use sp_core::{H160, H256};
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchError, SaturatedConversion, TransactionOutcome,
};

/// What an execution came to.
struct Ended {
    succeeded: bool,
    weight: Weight,
}

/// Who executes, within what, and how.
type Checked<T> = (
    <T as frame_system::Config>::AccountId,
    TransactionLimits<T>,
    ExecConfig<T>,
);

impl<T: Config> Pallet<T> {
    /// What a call weighs at most.
    pub(crate) fn weight_of_call(gas_limit: u64) -> Weight {
        let base = Self::base_of_call();
        base.saturating_add(Self::weight_to_execute(gas_limit, base))
    }

    /// What a creation weighs at most.
    pub(crate) fn weight_of_creation(gas_limit: u64, init_bytes: usize) -> Weight {
        let base = Self::base_of_creation(init_bytes);
        base.saturating_add(Self::weight_to_execute(gas_limit, base))
    }

    fn base_of_call() -> Weight {
        <T as Config>::WeightInfo::call().saturating_add(<T as pallet_revive::Config>::WeightInfo::call())
    }

    fn base_of_creation(init_bytes: usize) -> Weight {
        let bytes = init_bytes.saturated_into();
        // Of a native creation, which is not more than one by EVM bytecode.
        <T as Config>::WeightInfo::create(bytes).saturating_add(
            <T as pallet_revive::Config>::WeightInfo::instantiate_with_code(bytes, 0),
        )
    }

    /// What gas buys besides `base`, as far as one transaction may go. Gas above that still buys storage deposits.
    fn weight_to_execute(gas_limit: u64, base: Weight) -> Weight {
        let scale: BalanceOf<T> = <T as pallet_revive::Config>::GasScale::get().into();
        let fee = scale.saturating_mul(gas_limit.saturated_into());
        T::FeeInfo::fee_to_weight(fee)
            .min(pallet_revive::Pallet::<T>::evm_max_extrinsic_weight())
            .saturating_sub(base)
    }

    pub(crate) fn do_withdraw(
        address: &H160,
        destination: &T::AccountId,
        value: BalanceOf<T>,
    ) -> DispatchResult {
        let waiting = T::WithdrawMapping::into_account_id(*address);
        ensure!(
            waiting != *destination && !value.is_zero(),
            Error::<T>::WithdrawFailed
        );
        let there = T::Currency::total_balance(&waiting);
        ensure!(there >= value, Error::<T>::WithdrawFailed);
        T::Currency::transfer(&waiting, destination, value, Preservation::Expendable)?;
        Ok(())
    }

    pub(crate) fn do_call(
        source: H160,
        target: H160,
        input: Vec<u8>,
        terms: Terms,
    ) -> DispatchResultWithPostInfo {
        let base = Self::base_of_call();
        let (account, limits, config) = Self::check(source, &terms, base)?;
        let limit = Self::weight_to_execute(terms.gas_limit, base);
        let ended = Self::execute(base, limit, || {
            pallet_revive::Pallet::<T>::bare_call(
                RawOrigin::Signed(account).into(),
                target,
                terms.value,
                limits,
                input,
                &config,
            )
            .map_result(|output| output.did_revert())
        })?;
        Self::deposit_event(if ended.succeeded {
            Event::Executed { address: target }
        } else {
            Event::ExecutedFailed { address: target }
        });
        Ok(Some(ended.weight).into())
    }

    pub(crate) fn do_create(creation: Creation, terms: Terms) -> DispatchResultWithPostInfo {
        let Creation { source, init, salt } = creation;
        let base = Self::base_of_creation(init.len());
        let (account, limits, config) = Self::check(source, &terms, base)?;
        let limit = Self::weight_to_execute(terms.gas_limit, base);
        let address = match &salt {
            Some(salt) => pallet_revive::create2(&source, &init, &[], salt),
            None => pallet_revive::create1(&source, Self::own_nonce(&account)),
        };
        let ended = Self::execute(base, limit, || {
            pallet_revive::Pallet::<T>::bare_instantiate(
                RawOrigin::Signed(account).into(),
                terms.value,
                limits,
                Code::Upload(init),
                Vec::new(),
                salt,
                &config,
            )
            .map_result(|output| output.result.did_revert())
        })?;
        Self::deposit_event(if ended.succeeded {
            Event::Created { address }
        } else {
            Event::CreatedFailed { address }
        });
        Ok(Some(ended.weight).into())
    }

    /// The number of the transaction that is being executed: `CheckNonce` counted it already.
    fn own_nonce(account: &T::AccountId) -> u64 {
        let next: u64 = frame_system::Pallet::<T>::account_nonce(account).saturated_into();
        next.saturating_sub(1)
    }

    /// Checks what Frontier checks before it executes; what was used until then is only `base`.
    fn check(source: H160, terms: &Terms, base: Weight) -> Result<Checked<T>, DispatchErrorWithPostInfo> {
        let refused = |error: DispatchError| DispatchErrorWithPostInfo {
            post_info: Some(base).into(),
            error,
        };
        Self::check_terms(source, terms, base).map_err(refused)
    }

    fn check_terms(source: H160, terms: &Terms, base: Weight) -> Result<Checked<T>, DispatchError> {
        let account = T::AddressMapping::into_account_id(source);
        let code = pallet_revive::Pallet::<T>::code(&source);
        ensure!(code.is_empty(), Error::<T>::TransactionMustComeFromEOA);
        if let Some(nonce) = terms.nonce {
            ensure!(
                nonce == Self::own_nonce(&account).into(),
                Error::<T>::InvalidNonce
            );
        }

        let price = pallet_revive::Pallet::<T>::evm_base_fee();
        let priority = terms.max_priority_fee_per_gas.unwrap_or_default();
        ensure!(
            terms.max_fee_per_gas >= price && terms.max_fee_per_gas >= priority,
            Error::<T>::GasPriceTooLow
        );
        let fee = terms
            .max_fee_per_gas
            .checked_mul(terms.gas_limit.into())
            .ok_or(Error::<T>::FeeOverflow)?;
        fee.checked_add(terms.value).ok_or(Error::<T>::PaymentOverflow)?;
        // The fee was taken with the transaction.
        let balance = pallet_revive::Pallet::<T>::evm_balance(&source);
        ensure!(balance >= terms.value, Error::<T>::BalanceLow);

        let limits = TransactionLimits::EthereumGas {
            eth_gas_limit: terms.gas_limit.saturated_into(),
            weight_limit: Self::weight_to_execute(terms.gas_limit, base),
            // Of the transaction's length the native fee takes care.
            eth_tx_info: EthTxInfo::new(0, base),
        };
        TransactionMeter::new(limits.clone()).map_err(|_| Error::<T>::GasLimitTooLow)?;
        let config = ExecConfig {
            effective_gas_price: Some(price),
            ..ExecConfig::new_substrate_tx()
        };
        Ok((account, limits, config))
    }

    /// Executes, undoes everything if it failed, and tells the logs if it did not. The execution says whether it was
    /// reverted.
    fn execute(
        base: Weight,
        limit: Weight,
        run: impl FnOnce() -> ContractResult<bool, BalanceOf<T>>,
    ) -> Result<Ended, DispatchError> {
        let mut logs = Logs::default();
        let (succeeded, weight) = with_transaction(|| {
            let output = trace(&mut logs, run);
            let told = Self::weight_of_logs(&logs.written);
            let used = output.weight_consumed.saturating_add(told);
            // Telling costs gas too; if there is none left it is as if the contract had run out of it.
            let succeeded = output.result == Ok(false) && used.all_lte(limit);
            let ended = (succeeded, base.saturating_add(used.min(limit)));
            if succeeded {
                TransactionOutcome::Commit(Ok::<_, DispatchError>(ended))
            } else {
                TransactionOutcome::Rollback(Ok(ended))
            }
        })?;
        if succeeded {
            for log in logs.written {
                Self::deposit_event(Event::Log { log });
            }
        }
        Ok(Ended { succeeded, weight })
    }

    fn weight_of_logs(logs: &[Log]) -> Weight {
        logs.iter().fold(Weight::zero(), |sum, log| {
            let bytes = log.data.len().saturating_add(log.topics.len().saturating_mul(32));
            sum.saturating_add(<T as Config>::WeightInfo::log(bytes.saturated_into()))
        })
    }

    pub(crate) fn storage_at(address: H160, index: H256) -> H256 {
        let value = pallet_revive::Pallet::<T>::get_storage(address, index.to_fixed_bytes());
        let bytes = value.ok().flatten().unwrap_or_default();
        // Solidity's values have 32 bytes; others belong to contracts that are not Solidity's.
        <[u8; 32]>::try_from(bytes).map(H256::from).unwrap_or_default()
    }
}
