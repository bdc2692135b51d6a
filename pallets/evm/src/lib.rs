// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]
#![cfg_attr(
    not(any(test, feature = "runtime-benchmarks")),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

extern crate alloc;

mod functions;
mod logs;
mod origins;
// The codec's derive macros cast the indices of variants.
#[allow(clippy::as_conversions)]
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;

pub use origins::{
    AddressMapping, EnsureAddressMapped, EnsureAddressNever, EnsureAddressOrigin, EnsureAddressRoot,
    FallbackAddress, MappedAddress,
};
pub use pallet::*;
pub use types::Log;
pub use weights::WeightInfo;

/// Frontier's surface of the EVM.
// What FRAME's macros write does both. The arguments are Frontier's.
#[allow(clippy::as_conversions, clippy::expect_used, clippy::too_many_arguments)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use pallet_revive::BalanceOf;
    use sp_core::{H160, H256, U256};
    use types::{Creation, Terms};

    /// The calls, without storage.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides for this pallet.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> + pallet_revive::Config {
        /// Who may act for an address.
        type CallOrigin: EnsureAddressOrigin<OriginFor<Self>>;

        /// Who may take what belongs to an address, and gets it.
        type WithdrawOrigin: EnsureAddressOrigin<OriginFor<Self>, Success = Self::AccountId>;

        /// The account that acts for an address.
        type AddressMapping: AddressMapping<Self::AccountId>;

        /// The account where money waits that was sent to an address before it had its account.
        type WithdrawMapping: AddressMapping<Self::AccountId>;

        /// What the calls cost besides what is executed.
        type WeightInfo: WeightInfo;
    }

    /// What the calls tell.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A contract wrote a log.
        Log {
            /// Where, about what, and what.
            log: Log,
        },
        /// A contract was created.
        Created {
            /// Its address.
            address: H160,
        },
        /// A contract could not be created; what its constructor did is undone, and the fee is paid.
        CreatedFailed {
            /// The address that it would have had.
            address: H160,
        },
        /// A call ended well.
        Executed {
            /// Who was called.
            address: H160,
        },
        /// A call failed; what it did is undone, and the fee is paid.
        ExecutedFailed {
            /// Who was called.
            address: H160,
        },
    }

    /// Why a call was refused. Nothing is executed then.
    #[pallet::error]
    pub enum Error<T> {
        /// The sender has less than the value it wants to send: send less, or deposit first.
        BalanceLow,
        /// Gas times its price does not fit a number: give a smaller gas limit.
        FeeOverflow,
        /// Gas times its price plus the value does not fit a number: give a smaller value.
        PaymentOverflow,
        /// There is nothing to withdraw: the address never had money of its own besides its account's.
        WithdrawFailed,
        /// `max_fee_per_gas` is below the chain's price of gas (`eth_gasPrice`), or below `max_priority_fee_per_gas`.
        GasPriceTooLow,
        /// `nonce` is not the number of this transaction: take the account's next one, or leave it out.
        InvalidNonce,
        /// The gas does not even pay for the start of the execution: take what `eth_estimateGas` says.
        GasLimitTooLow,
        /// The sender is a contract.
        TransactionMustComeFromEOA,
    }

    // Frontier's arguments in Frontier's order.
    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Takes money that was sent to an address before the address had its account.
        ///
        /// An account of a Polkadot.js key has an Ethereum address from the first time it has money. What was sent to
        /// that address earlier waits on an account that nobody has a key of; this call brings it home.
        #[pallet::call_index(0)]
        #[pallet::weight(<T as Config>::WeightInfo::withdraw())]
        pub fn withdraw(origin: OriginFor<T>, address: H160, value: BalanceOf<T>) -> DispatchResult {
            let destination = T::WithdrawOrigin::ensure_address_origin(&address, origin)?;
            Self::do_withdraw(&address, &destination, value)
        }

        /// Calls a contract, or sends money to an address.
        ///
        /// `source` has to be the sender's own address. The events are `Log` for each log, then `Executed`, or
        /// `ExecutedFailed` alone.
        #[pallet::call_index(1)]
        #[pallet::weight(Pallet::<T>::weight_of_call(*gas_limit))]
        pub fn call(
            origin: OriginFor<T>,
            source: H160,
            target: H160,
            input: Vec<u8>,
            value: U256,
            gas_limit: u64,
            max_fee_per_gas: U256,
            max_priority_fee_per_gas: Option<U256>,
            nonce: Option<U256>,
            access_list: Vec<(H160, Vec<H256>)>,
        ) -> DispatchResultWithPostInfo {
            T::CallOrigin::ensure_address_origin(&source, origin)?;
            drop(access_list);
            let terms = Terms {
                value,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                nonce,
            };
            Self::do_call(source, target, input, terms)
        }

        /// Creates a contract at the address that Ethereum gives the sender's next contract.
        ///
        /// `init` is the constructor with its arguments. The events are `Log` for each log, then `Created`, or
        /// `CreatedFailed` alone.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::weight_of_creation(*gas_limit, init.len()))]
        pub fn create(
            origin: OriginFor<T>,
            source: H160,
            init: Vec<u8>,
            value: U256,
            gas_limit: u64,
            max_fee_per_gas: U256,
            max_priority_fee_per_gas: Option<U256>,
            nonce: Option<U256>,
            access_list: Vec<(H160, Vec<H256>)>,
        ) -> DispatchResultWithPostInfo {
            T::CallOrigin::ensure_address_origin(&source, origin)?;
            drop(access_list);
            let terms = Terms {
                value,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                nonce,
            };
            Self::do_create(
                Creation {
                    source,
                    init,
                    salt: None,
                },
                terms,
            )
        }

        /// Creates a contract at an address that depends on the sender, `init` and `salt` only.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::weight_of_creation(*gas_limit, init.len()))]
        pub fn create2(
            origin: OriginFor<T>,
            source: H160,
            init: Vec<u8>,
            salt: H256,
            value: U256,
            gas_limit: u64,
            max_fee_per_gas: U256,
            max_priority_fee_per_gas: Option<U256>,
            nonce: Option<U256>,
            access_list: Vec<(H160, Vec<H256>)>,
        ) -> DispatchResultWithPostInfo {
            T::CallOrigin::ensure_address_origin(&source, origin)?;
            drop(access_list);
            let terms = Terms {
                value,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                nonce,
            };
            let salt = Some(salt.to_fixed_bytes());
            Self::do_create(Creation { source, init, salt }, terms)
        }
    }

    // What Frontier has as storage: here it belongs to pallet-revive, under other keys.
    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// The code at an address, as `eth_getCode`; empty where there is no contract.
        pub fn account_codes(address: H160) -> Vec<u8> {
            pallet_revive::Pallet::<T>::code(&address)
        }

        /// A contract's storage at an index, as `eth_getStorageAt`; zero where there is nothing.
        pub fn account_storages(address: H160, index: H256) -> H256 {
            Self::storage_at(address, index)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            // A gas limit that pays for a plain transfer has to be one that a client would think of.
            let base = Self::weight_of_call(0);
            let limit = pallet_revive::Pallet::<T>::evm_max_extrinsic_weight();
            assert!(
                base.all_lt(limit),
                "a call without any gas has to fit into what one Ethereum transaction may weigh"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
