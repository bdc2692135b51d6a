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

pub use pallet::*;
pub use types::{Allowance, FeeBounds, Power, PowerKind, Powers, Spend};
pub use weights::WeightInfo;

use openledger_primitives::money::FeeShares;

/// How every fee is split, as the runtime's parameters say.
pub trait FeeSplit {
    /// The shares in force.
    fn in_force() -> FeeShares;
    /// Puts whole shares in force.
    fn set(shares: FeeShares) -> sp_runtime::DispatchResult;
}

/// Powers of accounts, and what they have been used for.
// What FRAME's macros write does both.
#[allow(clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, traits::fungible};
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{money::Balance, traits::Datanets, DatanetId};

    /// A power with this chain's block numbers.
    pub type PowerOf<T> = Power<BlockNumberFor<T>>;
    /// An account's powers with this chain's bounds.
    pub type PowersOf<T> = Powers<BlockNumberFor<T>, <T as Config>::MaxSpends>;
    /// A list of datanets to be shown first.
    pub type FeaturedOf<T> = BoundedVec<DatanetId, <T as Config>::MaxFeatured>;

    /// What the runtime has to say.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// OPEN.
        type Currency: fungible::Mutate<Self::AccountId, Balance = Balance>;

        /// The treasury's account. It is never emptied below the existential deposit.
        type TreasuryAccount: Get<Self::AccountId>;

        /// How fees are split.
        type FeeSplit: FeeSplit;

        /// Which datanets there are.
        type Datanets: Datanets<Self::AccountId>;

        /// Who delegates powers: a referendum.
        type DelegateOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Who takes them back. Taking is no danger, so this may be quicker than a referendum.
        type RevokeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// The most accounts that have powers.
        #[pallet::constant]
        type MaxDelegates: Get<u32>;

        /// The most spends that are remembered of an account, and so can be made within one period.
        #[pallet::constant]
        type MaxSpends: Get<u32>;

        /// The most datanets that are featured.
        #[pallet::constant]
        type MaxFeatured: Get<u32>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The accounts that have powers. Written by `delegate`, cleared by `revoke` when the last power goes.
    // The hasher: an account is chosen by its owner. At most `MaxDelegates`.
    #[pallet::storage]
    pub type Delegates<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, T::AccountId, PowersOf<T>, OptionQuery>;

    /// The datanets that clients show first, in this order. Replaced by `feature`.
    #[pallet::storage]
    pub type Featured<T: Config> = StorageValue<_, FeaturedOf<T>, ValueQuery>;

    /// The pallet.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An account has a power from now on.
        Delegated {
            /// The account.
            account: T::AccountId,
            /// The power, which replaces one of the same kind.
            power: PowerOf<T>,
        },
        /// An account has a power no longer.
        Revoked {
            /// The account.
            account: T::AccountId,
            /// The power.
            kind: PowerKind,
        },
        /// The treasury paid.
        Spent {
            /// Who had the power to say so.
            by: T::AccountId,
            /// Who got it.
            beneficiary: T::AccountId,
            /// Planck.
            amount: Balance,
            /// What is left of the cap in the present window, planck.
            left: Balance,
        },
        /// Fees are split in other parts from now on.
        FeesSplit {
            /// Who had the power to say so.
            by: T::AccountId,
            /// The parts.
            shares: FeeShares,
        },
        /// The list of featured datanets was replaced.
        DatanetsFeatured {
            /// Who had the power to do so; nobody when it was a referendum.
            by: Option<T::AccountId>,
            /// The list.
            datanets: FeaturedOf<T>,
        },
    }

    /// Why a call failed. Nothing changed then.
    #[pallet::error]
    pub enum Error<T> {
        /// The account does not have this power. A referendum delegates it, and may have taken it back.
        NotAuthorized,
        /// There is no such power to revoke, or no such datanet to feature.
        NotFound,
        /// As many accounts as there can be have powers. Revoke one first.
        TooManyDelegates,
        /// A period of no blocks bounds nothing. Give at least one.
        PeriodTooShort,
        /// No split that sums to one lies within these bounds. Lower `least` or raise `most`.
        BoundsImpossible,
        /// A spend of nothing.
        NothingToSpend,
        /// More than is left of the cap in this period. Spend less, or wait until earlier spends are a period old.
        CapExceeded,
        /// As many spends as can be remembered were made within the period. Wait until the oldest is a period old.
        TooManySpends,
        /// The parts do not sum to exactly one.
        SharesNotWhole,
        /// A part is outside of the bounds of the power.
        SharesOutOfBounds,
        /// A datanet is named twice in the list.
        AlreadyExists,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::MaxDelegates::get() > 0, "nobody could have a power");
            assert!(T::MaxSpends::get() > 0, "no spend could be remembered");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call(weight(<T as Config>::WeightInfo))]
    impl<T: Config> Pallet<T> {
        /// Gives an account a power, in the place of one of the same kind that it has.
        ///
        /// What was spent under the replaced power still counts for its window.
        ///
        /// Origin: `DelegateOrigin`. Errors: `PeriodTooShort`, `BoundsImpossible`, `TooManyDelegates`. Event:
        /// `Delegated`. Deposit: none, governance bounds the number.
        #[pallet::call_index(0)]
        pub fn delegate(origin: OriginFor<T>, account: T::AccountId, power: PowerOf<T>) -> DispatchResult {
            T::DelegateOrigin::ensure_origin(origin)?;
            Self::do_delegate(account, power)
        }

        /// Takes a power from an account, at once.
        ///
        /// Origin: `RevokeOrigin`. Errors: `NotFound`. Event: `Revoked`.
        #[pallet::call_index(1)]
        pub fn revoke(origin: OriginFor<T>, account: T::AccountId, kind: PowerKind) -> DispatchResult {
            T::RevokeOrigin::ensure_origin(origin)?;
            Self::do_revoke(account, kind)
        }

        /// Pays from the treasury.
        ///
        /// Origin: signed by an account with the power `TreasurySpend`. Errors: `NotAuthorized`, `NothingToSpend`,
        /// `CapExceeded`, `TooManySpends`, or the currency's own when the treasury has too little. Event: `Spent`.
        #[pallet::call_index(2)]
        pub fn spend(origin: OriginFor<T>, beneficiary: T::AccountId, amount: Balance) -> DispatchResult {
            let by = ensure_signed(origin)?;
            Self::do_spend(by, beneficiary, amount)
        }

        /// Splits every fee from now on in other parts.
        ///
        /// Origin: signed by an account with the power `FeeSplit`. Errors: `NotAuthorized`, `SharesNotWhole`,
        /// `SharesOutOfBounds`. Event: `FeesSplit`, beside the one of the parameter.
        #[pallet::call_index(3)]
        pub fn split_fees(origin: OriginFor<T>, shares: FeeShares) -> DispatchResult {
            let by = ensure_signed(origin)?;
            Self::do_split_fees(by, shares)
        }

        /// Replaces the list of datanets that clients show first.
        ///
        /// Origin: `DelegateOrigin`, or signed by an account with the power `FeaturedDatanets`. Errors:
        /// `NotAuthorized`, `NotFound`, `AlreadyExists`. Event: `DatanetsFeatured`. Deposit: none.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::feature(u32::try_from(datanets.len()).unwrap_or(u32::MAX)))]
        pub fn feature(origin: OriginFor<T>, datanets: FeaturedOf<T>) -> DispatchResult {
            let by = match T::DelegateOrigin::try_origin(origin) {
                Ok(_) => None,
                Err(origin) => Some(ensure_signed(origin)?),
            };
            Self::do_feature(by, datanets)
        }
    }
}
