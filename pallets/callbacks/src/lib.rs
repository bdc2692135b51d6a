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

mod calldata;
mod delivery;
mod functions;
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

pub use calldata::result_selector;
pub use pallet::*;
pub use types::{Callback, Failure, Outcome, MAX_REVERT_BYTES};
pub use weights::WeightInfo;

/// Calls contracts back when their requests ended.
// What FRAME's macros write does both.
#[allow(clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, weights::WeightMeter};
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{money::Balance, RequestId};
    use sp_core::H160;

    /// A callback with this chain's types.
    pub type CallbackOf<T> = Callback<<T as frame_system::Config>::AccountId, <T as Config>::MaxOutputBytes>;

    /// The callbacks of the chain.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides for this pallet.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<RuntimeEvent: From<Event<Self>>>
        + pallet_revive::Config<Balance = Balance, RuntimeHoldReason: From<HoldReason>>
    {
        /// The address that calls: `msg.sender` and `tx.origin` of every callback. No contract and nobody's key.
        type Caller: Get<H160>;

        /// Gets what callbacks cost.
        type FeeDestination: Get<Self::AccountId>;

        /// What is held for the storage of a callback, planck. At least the existential deposit.
        #[pallet::constant]
        type RecordDeposit: Get<Balance>;

        /// The longest answer that is passed on, bytes. At least the longest that there is.
        #[pallet::constant]
        type MaxOutputBytes: Get<u32>;

        /// The most weight that callbacks use in a block, and what one of them may use with its delivery.
        #[pallet::constant]
        type HookWeight: Get<Weight>;

        /// Weights of what this pallet does around the contracts.
        type WeightInfo: WeightInfo;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// What a callback may cost, what it may store, and what its record takes. The rest comes back with the call.
        #[codec(index = 0)]
        Prepaid,
    }

    /// The callbacks that were paid for and not made yet, by their request.
    //
    // Twox64Concat: request ids are the chain's own counter. As many as there are open requests of contracts, and those
    // of closed ones that no block had room for yet.
    #[pallet::storage]
    pub type Waiting<T: Config> = StorageMap<_, Twox64Concat, RequestId, CallbackOf<T>>;

    /// The requests that ended, in that order, and whose callbacks are to be made. An entry whose callback was delivered
    /// by a transaction meanwhile is passed over.
    //
    // Twox64Concat: the key is our own counter. Each entry is paid for by the deposit of its callback.
    #[pallet::storage]
    pub type Queue<T: Config> = StorageMap<_, Twox64Concat, u64, RequestId>;

    /// The first place of the queue and the place after its last.
    #[pallet::storage]
    pub type QueueEnds<T: Config> = StorageValue<_, (u64, u64), ValueQuery>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A contract paid for being called back.
        Registered {
            /// The request.
            request: RequestId,
            /// Who is called.
            contract: H160,
            /// The gas of the call.
            gas_limit: u64,
            /// What the call may store, planck of storage deposits.
            deposit_limit: Balance,
            /// What is held for all of it, planck.
            held: Balance,
        },
        /// A contract was called back and the call ended well.
        Delivered {
            /// The request.
            request: RequestId,
            /// Who was called.
            contract: H160,
            /// Gas that was used, with that of the delivery.
            gas_used: u64,
            /// What was paid for it, planck.
            fee: Balance,
            /// What came back to the contract's account, planck.
            returned: Balance,
        },
        /// A contract was called back and the call failed. What it did is undone; nobody calls again.
        Failed {
            /// The request.
            request: RequestId,
            /// Who was called.
            contract: H160,
            /// How it failed.
            failure: Failure,
            /// Gas that was used, with that of the delivery.
            gas_used: u64,
            /// What was paid for it, planck.
            fee: Balance,
            /// What came back to the contract's account, planck.
            returned: Balance,
        },
        /// The contract took its request back, so it is not called.
        Dropped {
            /// The request.
            request: RequestId,
            /// What came back to the contract's account: all of it, planck.
            returned: Balance,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// No callback waits for this request. It was never paid for, or it was delivered.
        NotFound,
        /// The request has a callback already.
        AlreadyExists,
        /// The request has not ended yet.
        NotEnded,
        /// Only a contract can be called back. One that is being constructed is none yet.
        NotAContract,
        /// A callback needs gas.
        GasLimitTooLow,
        /// More gas than a block gives to callbacks.
        GasLimitTooHigh,
        /// The callback may use more weight than this. Its limit is in its record.
        WeightLimitTooLow,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Calls back, first come first served, with what is left of the block and at most `HookWeight`.
        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            let mut budget = WeightMeter::with_limit(T::HookWeight::get().min(remaining));
            Self::deliver_due(&mut budget);
            budget.consumed()
        }

        fn integrity_test() {
            use frame_support::traits::fungible::Inspect;
            assert!(
                T::RecordDeposit::get() >= T::Currency::minimum_balance(),
                "the account that calls has to exist while it does"
            );
            assert!(
                Self::max_gas() >= 1_000_000,
                "a block has to have room for a callback"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Calls a contract back whose request ended, should blocks have no weight left for it.
        ///
        /// Origin: any signed one. Free when the call was made, whether it ended well or not: the contract paid for it.
        /// `weight_limit` is at least the callback's `weight`. Errors: `NotFound`, `NotEnded`, `WeightLimitTooLow`.
        /// Events: `Delivered` or `Failed`.
        #[pallet::call_index(0)]
        #[pallet::weight(Pallet::<T>::delivery_weight().saturating_add(*weight_limit))]
        pub fn deliver(
            origin: OriginFor<T>,
            request: RequestId,
            weight_limit: Weight,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let used = Self::do_deliver(request, weight_limit)?;
            Ok((Some(Self::delivery_weight().saturating_add(used)), Pays::No).into())
        }
    }
}
