// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]
#![cfg_attr(
    not(any(test, feature = "runtime-benchmarks")),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bonds;
mod functions;
pub mod lineage;
#[cfg(test)]
mod mock;
mod queries;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
// derived codecs convert with `as`
#[allow(clippy::as_conversions)]
pub mod types;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// A model as this runtime stores it.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;

// what the macros expand to converts with `as` and expects; the calls themselves only hand over
#[allow(clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::boxed::Box;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, Consideration, Footprint},
    };
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{
        money::Balance,
        traits::{Datanets, Ticks},
        ModelId, Tick,
    };
    use sp_core::H256;
    use sp_runtime::Permill;

    /// The pallet.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The token of deposits.
        type Currency: fungible::Mutate<Self::AccountId, Balance = Balance>
            + fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>;

        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// Takes storage deposits. `try_state` expects a `HoldConsideration` over [`HoldReason::Storage`]: a ticket
        /// that encodes as the amount on hold.
        type Consideration: Consideration<Self::AccountId, Footprint>;

        /// What models are trained on.
        type Datanets: Datanets<Self::AccountId>;

        /// Chain time for licences' expiries.
        type Ticks: Ticks;

        /// The contributors' share of a fee: no licence that wants more can be accepted.
        type ContributorsShare: Get<Permill>;

        /// The most that all ancestors of a model get of the lineage's share.
        type MaxCumulativeRoyalty: Get<Permill>;

        /// The lowest price of an answer, planck; at least 1.
        type MinPrice: Get<Balance>;

        /// What the owner of a model with attribution puts down for its release, planck.
        type ReleaseBond: Get<Balance>;

        /// Ticks after a model's end in which its release can still be disputed. At least as long as its last report can be
        /// challenged.
        type ReleaseTicks: Get<Tick>;

        /// The most steps from a model to its farthest ancestor.
        #[pallet::constant]
        type MaxDepth: Get<u32>;

        /// The largest input, bytes. At most what a request can carry.
        #[pallet::constant]
        type MaxInputBytes: Get<u32>;

        /// The largest output, bytes. At most what a reveal can carry.
        #[pallet::constant]
        type MaxOutputBytes: Get<u32>;

        /// The longest query vector, values. At most what a reveal can carry.
        #[pallet::constant]
        type MaxQueryLen: Get<u32>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Why the pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Deposit for the bytes that a model's record occupies.
        #[codec(index = 0)]
        Storage,
        /// What answers for the rows of a model's release. It comes back after the model's end, and is lost when a row is
        /// proved wrong.
        #[codec(index = 1)]
        Release,
    }

    /// The next model's id. Ids are never reused.
    #[pallet::storage]
    pub type NextModelId<T: Config> = StorageValue<_, ModelId, ValueQuery>;

    /// Every model. Never removed: descendants and settled requests refer to it.
    // Twox64: the key is our own counter.
    #[pallet::storage]
    pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelOf<T>>;

    /// The bonds of models with attribution. One is removed when its owner takes it back; that of a refuted release stays.
    // Twox64: the key is our own counter. One fixed-size entry a model, paid for by the bond.
    #[pallet::storage]
    pub type Bonds<T: Config> = StorageMap<_, Twox64Concat, ModelId, ReleaseBond>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A model was registered.
        ModelRegistered {
            /// The model.
            model: ModelId,
            /// Its owner.
            owner: T::AccountId,
            /// Whether it stands alone.
            kind: ModelKind,
            /// What it is.
            spec: Box<ModelSpec>,
            /// What it runs on top of.
            parents: Parents,
            /// What it was trained on.
            sources: Sources,
            /// What its ancestors get of the lineage's part.
            royalties: Royalties,
            /// What commitments name.
            version_hash: H256,
            /// Planck for one answer; none while it is not for sale.
            price: Option<Balance>,
        },
        /// A model's price was set.
        PriceSet {
            /// The model.
            model: ModelId,
            /// Planck for one answer; none when it is not for sale any more.
            price: Option<Balance>,
        },
        /// A model was paused or resumed.
        PausedSet {
            /// The model.
            model: ModelId,
            /// Whether it is paused now.
            paused: bool,
        },
        /// A model answers no more.
        ModelDeprecated {
            /// The model.
            model: ModelId,
        },
        /// The ownership was offered to somebody, or the offer was taken back.
        OwnershipOffered {
            /// The model.
            model: ModelId,
            /// To whom; nobody any more when none.
            to: Option<T::AccountId>,
        },
        /// The ownership was taken over, and the storage deposit with it.
        OwnershipTransferred {
            /// The model.
            model: ModelId,
            /// The owner before.
            from: T::AccountId,
            /// The owner now.
            to: T::AccountId,
        },
        /// A model's owner put down what answers for the rows of its release.
        ReleaseBonded {
            /// The model.
            model: ModelId,
            /// Planck.
            amount: Balance,
        },
        /// A model's owner has what answered for its release back. It cannot be disputed any more.
        ReleaseBondReturned {
            /// The model.
            model: ModelId,
            /// Planck.
            amount: Balance,
        },
        /// A row of a model's release was proved wrong: the model answers no more.
        ReleaseRefuted {
            /// The model.
            model: ModelId,
            /// What its owner lost, planck.
            slashed: Balance,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// There is no such model or offer. Check the ids.
        NotFound,
        /// The caller does not own the model, or may not train on one of the datanets: ask its owner for a grant.
        NotAuthorized,
        /// Every model id has been given out.
        TooManyModels,
        /// The input has no numbers, or more bytes than `MaxInputBytes`.
        InvalidInputSchema,
        /// The output has no bytes or more than `MaxOutputBytes`, the query vector is longer than `MaxQueryLen`, or
        /// a classifier's output is not 4 bytes a class.
        InvalidOutputSchema,
        /// The comparator cannot read outputs of this length.
        ComparatorMismatch,
        /// Attribution needs sources, rows and a query vector; a query vector needs attribution. A corpus needs
        /// attribution by spans and nothing else has it: index and features that are its artifact and config, text as
        /// input, outputs of at most 256 tokens of 2 bytes, no classes, 4 values of the query vector for each token,
        /// and the comparator `Exact`.
        InvalidAttribution,
        /// The evaluation has no samples, or more right answers than samples.
        InvalidEvaluation,
        /// An adapter needs a parent.
        NoParent,
        /// More than 4 parents.
        TooManyParents,
        /// The model itself is among its parents, or one parent is named twice.
        LineageCycle,
        /// A parent does not exist.
        ParentNotFound,
        /// A parent is paused or deprecated.
        ParentNotActive,
        /// The model is more than `MaxDepth` steps away from its farthest ancestor.
        LineageTooDeep,
        /// More than 8 ancestors want a royalty.
        TooManyAncestors,
        /// The royalty, or those of all ancestors together, is above `MaxCumulativeRoyalty`.
        RoyaltyCapExceeded,
        /// More than 8 sources.
        TooManySources,
        /// A datanet is named twice. A later version contains the earlier ones.
        DuplicateSource,
        /// A source's datanet does not exist.
        DatanetNotFound,
        /// A source's version was not published.
        VersionNotFound,
        /// The datanet's licence terms are not those that were accepted. Read them again.
        LicenceChanged,
        /// The datanet's licence terms do not allow training.
        LicenceForbidsTraining,
        /// The datanet's licence terms have expired.
        LicenceExpired,
        /// A source or an ancestor does not allow paid answers: the model cannot have a price.
        LicenceForbidsCommercialUse,
        /// The datanet's contributors want more than the accepted share.
        ShareAboveBound,
        /// The datanet's contributors want more than the network pays to contributors.
        ShareUnpayable,
        /// The price is below `MinPrice`. A model without a price is not for sale.
        PriceTooLow,
        /// The model is paused by its owner.
        Paused,
        /// The model was deprecated, which is final.
        Deprecated,
        /// The model has no price.
        NotForSale,
        /// A row of the model's release was proved wrong, so its attribution is void and it answers no more.
        ReleaseRefuted,
        /// A row of the model's release is disputed. Wait until that has ended.
        ReleaseDisputed,
        /// The bond still answers for the release: deprecate the model, and wait until `ReleaseTicks` have passed.
        BondLocked,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::MaxDepth::get() > 0, "no adapter could ever be registered");
            assert!(
                T::MaxInputBytes::get() >= DataType::F32.bytes(),
                "no input would fit"
            );
            assert!(T::MaxOutputBytes::get() > 0, "no output would fit");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call(weight(<T as Config>::WeightInfo))]
    impl<T: Config> Pallet<T> {
        /// Registers a model that stands alone. Without a price it is not for sale.
        ///
        /// Each source names a datanet version, the version hash of the licence terms that the caller accepts, and
        /// the largest contributors' share. Holds a storage deposit of the caller by the record's footprint, and
        /// `ReleaseBond` for a model with attribution.
        ///
        /// Errors: `InvalidInputSchema`, `InvalidOutputSchema`, `ComparatorMismatch`, `InvalidAttribution`,
        /// `InvalidEvaluation`, `RoyaltyCapExceeded`, `TooManySources`, `DuplicateSource`, `DatanetNotFound`,
        /// `VersionNotFound`, `LicenceChanged`, `LicenceForbidsTraining`, `LicenceExpired`, `ShareAboveBound`,
        /// `ShareUnpayable`, `NotAuthorized`, `PriceTooLow`, `LicenceForbidsCommercialUse`, `TooManyModels`. Emits
        /// `ModelRegistered`, and `ReleaseBonded` for a model with attribution.
        #[pallet::call_index(0)]
        pub fn register_base(
            origin: OriginFor<T>,
            spec: Box<ModelSpec>,
            sources: SourcesArgument,
            price: Option<Balance>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_register(
                owner,
                ModelKind::Base,
                *spec,
                ParentsArgument::new(),
                sources,
                price,
            )?;
            Ok(())
        }

        /// Registers a model that runs on top of its parents and pays them the royalties that they declared.
        ///
        /// Errors: those of `register_base`, and `NoParent`, `TooManyParents`, `LineageCycle`, `ParentNotFound`,
        /// `ParentNotActive`, `LineageTooDeep`, `TooManyAncestors`. Emits `ModelRegistered`.
        #[pallet::call_index(1)]
        pub fn register_adapter(
            origin: OriginFor<T>,
            spec: Box<ModelSpec>,
            parents: ParentsArgument,
            sources: SourcesArgument,
            price: Option<Balance>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_register(owner, ModelKind::Adapter, *spec, parents, sources, price)?;
            Ok(())
        }

        /// Sets the price of an answer, by the model's owner; none takes it off sale.
        ///
        /// Requests that were made before keep their price.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `Deprecated`, `PriceTooLow`, `LicenceForbidsCommercialUse`. Emits
        /// `PriceSet`.
        #[pallet::call_index(2)]
        pub fn set_price(origin: OriginFor<T>, model: ModelId, price: Option<Balance>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_set_price(who, model, price)
        }

        /// Pauses or resumes a model, by its owner. A paused model takes no requests and no children.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `Deprecated`. Emits `PausedSet`.
        #[pallet::call_index(3)]
        pub fn set_paused(origin: OriginFor<T>, model: ModelId, paused: bool) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_set_paused(who, model, paused)
        }

        /// Ends a model for ever, by its owner: no requests, no children, no hosting.
        ///
        /// The record stays, because descendants refer to it and keep paying its royalty; so does the storage
        /// deposit. The release's bond can be taken back after `ReleaseTicks`.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `Deprecated`. Emits `ModelDeprecated`.
        #[pallet::call_index(4)]
        pub fn deprecate(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_deprecate(who, model)
        }

        /// Offers the ownership to `to`, by the model's owner. Offering it to oneself takes an offer back.
        ///
        /// Errors: `NotFound`, `NotAuthorized`. Emits `OwnershipOffered`.
        #[pallet::call_index(5)]
        pub fn transfer_ownership(origin: OriginFor<T>, model: ModelId, to: T::AccountId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_transfer_ownership(who, model, to)
        }

        /// Takes an offered ownership over, by the account that it was offered to; later royalties go to it.
        ///
        /// Holds the model's storage deposit and its release's bond of the caller, and returns the former owner's.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `ReleaseDisputed`. Emits `OwnershipTransferred`.
        #[pallet::call_index(6)]
        pub fn accept_ownership(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_accept_ownership(who, model)
        }

        /// Takes back the bond of a model's release, by the model's owner: `ReleaseTicks` after the model was deprecated,
        /// and with no open dispute of a row.
        ///
        /// Errors: `NotFound` (no bond: none was needed, or it is gone), `NotAuthorized`, `ReleaseDisputed`, `BondLocked`.
        /// Emits `ReleaseBondReturned`.
        #[pallet::call_index(7)]
        pub fn reclaim_bond(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_reclaim_bond(who, model)
        }
    }
}
