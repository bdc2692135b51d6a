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
mod functions;
#[cfg(test)]
mod mock;
pub mod mountain_range;
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

/// A datanet as this runtime stores it.
pub type DatanetOf<T> = Datanet<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;
/// A contribution as this runtime stores it.
pub type ContributionOf<T> =
    Contribution<<T as frame_system::Config>::AccountId, <T as Config>::Consideration>;

// what the macros expand to converts with `as` and expects; the calls themselves only hand over
#[allow(clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, Consideration, Footprint},
    };
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{
        licence::LicenceTerms,
        money::Balance,
        traits::{DatanetVersion, Ticks},
        ContentId, ContributionId, DatanetId, Tick, VersionId,
    };
    use sp_core::H256;

    /// The pallet.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The token of quality bonds.
        type Currency: fungible::Mutate<Self::AccountId, Balance = Balance>
            + fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>;

        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// Takes storage deposits. `try_state` expects a `HoldConsideration` over [`HoldReason::Storage`]: a ticket
        /// that encodes as the amount on hold.
        type Consideration: Consideration<Self::AccountId, Footprint>;

        /// Chain time for expiries.
        type Ticks: Ticks;

        /// Who gets forfeited quality bonds: the treasury. The account must exist.
        type ForfeitTo: Get<Self::AccountId>;

        /// The largest contribution, bytes.
        #[pallet::constant]
        type MaxContributionBytes: Get<u64>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Why the pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Deposit for the bytes that datanets, grants, versions and contributions occupy.
        #[codec(index = 0)]
        Storage,
        /// Quality bond of a contribution that waits for a judgement.
        #[codec(index = 1)]
        Contribution,
    }

    /// The next datanet's id. Ids are never reused.
    #[pallet::storage]
    pub type NextDatanetId<T: Config> = StorageValue<_, DatanetId, ValueQuery>;

    /// Every datanet. Never removed: models refer to it.
    // Twox64: the key is our own counter.
    #[pallet::storage]
    pub type Datanets<T: Config> = StorageMap<_, Twox64Concat, DatanetId, DatanetOf<T>>;

    /// How far each datanet has been filled; apart from [`Datanets`] because every contribution writes it.
    #[pallet::storage]
    pub type Fillings<T: Config> = StorageMap<_, Twox64Concat, DatanetId, Counters, ValueQuery>;

    /// Every contribution. Removed by rejection and withdrawal; accepted and revoked ones stay.
    #[pallet::storage]
    pub type Contributions<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, ContributionId, ContributionOf<T>>;

    /// Which contribution registered some content in a datanet. Removed together with the contribution.
    // Blake2: users choose content ids.
    #[pallet::storage]
    pub type ContentIndex<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Blake2_128Concat, ContentId, ContributionId>;

    /// The accepted contribution behind each leaf of the mountain range. Never removed.
    #[pallet::storage]
    pub type LeafIndex<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, u64, ContributionId>;

    /// Nodes of the mountain range by position. Never removed nor changed.
    #[pallet::storage]
    pub type Nodes<T: Config> = StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, u64, H256>;

    /// Published versions. Never removed.
    #[pallet::storage]
    pub type Versions<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, VersionId, DatanetVersion>;

    /// Who holds a grant, expired ones included. Removed by `revoke_access`.
    // Blake2: users choose accounts.
    #[pallet::storage]
    pub type Grants<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Blake2_128Concat, T::AccountId, Grant>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A datanet was created.
        DatanetCreated {
            /// The datanet.
            datanet: DatanetId,
            /// Its owner.
            owner: T::AccountId,
            /// Its name.
            name: Name,
            /// What it collects.
            modality: Modality,
            /// Its licence terms.
            terms: LicenceTerms,
            /// What a model's registration has to accept.
            terms_hash: H256,
            /// Who may contribute and who decides.
            policy: AcceptancePolicy,
            /// Quality bond of a contribution, planck.
            contribution_deposit: Balance,
            /// Who judges beside the owner.
            curators: Curators<T::AccountId>,
        },
        /// A contribution was registered.
        Contributed {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionId,
            /// Who registered it.
            owner: T::AccountId,
            /// Its bytes' hash.
            content: ContentId,
            /// Their length.
            size: u64,
            /// How to read them.
            media_type: MediaType,
            /// Data points in them.
            leaf_count: u32,
            /// Quality bond on hold, planck.
            bond: Balance,
        },
        /// A contribution was accepted.
        ContributionAccepted {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionId,
            /// Its place in the mountain range.
            leaf_index: u64,
            /// Who accepted it; nobody in an open datanet.
            by: Option<T::AccountId>,
            /// How much of it is new, if whoever accepted it said so.
            novelty: Option<Novelty>,
        },
        /// A contribution was rejected and removed.
        ContributionRejected {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionId,
            /// Who rejected it.
            by: T::AccountId,
            /// Why.
            reason: RejectReason,
            /// How much of the quality bond went to the treasury, planck.
            forfeited: Balance,
        },
        /// A contribution was taken back before it was judged.
        ContributionWithdrawn {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionId,
        },
        /// An accepted contribution is neither trained on nor paid any more.
        ContributionRevoked {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionId,
            /// Who revoked it.
            by: T::AccountId,
        },
        /// A version was published.
        VersionPublished {
            /// The datanet.
            datanet: DatanetId,
            /// The version.
            version: VersionId,
            /// Root of the mountain range.
            root: H256,
            /// Contributions that it commits to.
            leaves: u64,
            /// Data points of those that were not revoked.
            points: u64,
        },
        /// Access was granted, or a grant's expiry was changed.
        AccessGranted {
            /// The datanet.
            datanet: DatanetId,
            /// To whom.
            who: T::AccountId,
            /// The first tick at which the grant no longer holds.
            expires_at: Option<Tick>,
        },
        /// A grant was removed.
        AccessRevoked {
            /// The datanet.
            datanet: DatanetId,
            /// Whose grant.
            who: T::AccountId,
            /// Who removed it.
            by: T::AccountId,
        },
        /// The ownership was offered to somebody, or the offer was taken back.
        OwnershipOffered {
            /// The datanet.
            datanet: DatanetId,
            /// To whom; nobody any more when none.
            to: Option<T::AccountId>,
        },
        /// The ownership was taken over, and the storage deposit with it.
        OwnershipTransferred {
            /// The datanet.
            datanet: DatanetId,
            /// The owner before.
            from: T::AccountId,
            /// The owner now.
            to: T::AccountId,
        },
        /// The datanet was paused or resumed.
        PausedSet {
            /// The datanet.
            datanet: DatanetId,
            /// Whether it is paused now.
            paused: bool,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// There is no such datanet, contribution, grant or offer. Check the ids.
        NotFound,
        /// The caller may not do this: it is reserved to the owner, a curator or the holder of a grant.
        NotAuthorized,
        /// This content is registered in the datanet already; the first registered owner stands.
        AlreadyExists,
        /// The name is longer than 64 bytes. Shorten it.
        NameTooLong,
        /// The name is empty or not UTF-8.
        NameNotText,
        /// More than 16 curators.
        TooManyCurators,
        /// A curator is named twice.
        DuplicateCurator,
        /// The chain does not know a licence of this name. See `KNOWN_LICENCES` in the primitives.
        UnknownLicence,
        /// The terms allow more than the named licence does, for example paid use of non-commercial data.
        LicenceTooWide,
        /// The terms expire at a tick that has passed.
        LicenceExpired,
        /// The media type is longer than 64 bytes.
        MediaTypeTooLong,
        /// The media type is not printable ASCII like `text/csv`.
        InvalidMediaType,
        /// The contribution has no bytes.
        ZeroSize,
        /// The contribution is larger than `MaxContributionBytes`. Split it.
        ContributionTooLarge,
        /// The contribution has no data points.
        ZeroLeafCount,
        /// The declared size is a lie: a data point takes at least one byte.
        LeafCountAboveSize,
        /// The datanet is paused. Wait until its owner resumes it.
        Paused,
        /// The contribution was judged already.
        NotPending,
        /// The contribution was not accepted, or was revoked already.
        NotAccepted,
        /// Nothing was accepted since the last version.
        NothingToPublish,
        /// The expiry is not in the future.
        ExpiryPassed,
        /// The datanet is full: a counter has reached its end.
        TooManyContributions,
        /// The mountain range lacks a node. This is a bug: please report it.
        CorruptedRange,
        /// The novelty was measured against more contributions than were accepted so far. Name how many there were.
        NoveltyAgainstUnknown,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                T::MaxContributionBytes::get() > 0,
                "no contribution could ever be made"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call(weight(<T as Config>::WeightInfo))]
    impl<T: Config> Pallet<T> {
        /// Creates a datanet that the caller owns.
        ///
        /// Holds a storage deposit of the caller by the datanet's footprint. The terms are fixed for ever, because
        /// contributors agreed to them.
        ///
        /// Errors: `NameTooLong`, `NameNotText`, `TooManyCurators`, `DuplicateCurator`, `UnknownLicence`,
        /// `LicenceTooWide`, `LicenceExpired`. Emits `DatanetCreated`.
        #[pallet::call_index(0)]
        pub fn create(
            origin: OriginFor<T>,
            name: TextArgument,
            modality: Modality,
            terms: LicenceTerms,
            policy: AcceptancePolicy,
            contribution_deposit: Balance,
            curators: AccountsArgument<T::AccountId>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_create(
                owner,
                name,
                modality,
                terms,
                policy,
                contribution_deposit,
                curators,
            )?;
            Ok(())
        }

        /// Registers content in a datanet. The first account to register some content stands as its owner.
        ///
        /// An open datanet accepts it at once. Otherwise it waits for a judgement and the datanet's contribution
        /// deposit is held as a quality bond; a permissioned datanet takes contributions from its owner and the
        /// holders of grants only. Holds a storage deposit by the footprint.
        ///
        /// Errors: `NotFound`, `Paused`, `NotAuthorized`, `ZeroSize`, `ContributionTooLarge`, `ZeroLeafCount`,
        /// `LeafCountAboveSize`, `MediaTypeTooLong`, `InvalidMediaType`, `AlreadyExists`, `TooManyContributions`.
        /// Emits `Contributed`, and `ContributionAccepted` in an open datanet.
        #[pallet::call_index(1)]
        pub fn contribute(
            origin: OriginFor<T>,
            datanet: DatanetId,
            content: ContentId,
            size: u64,
            media_type: TextArgument,
            leaf_count: u32,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_contribute(who, datanet, content, size, media_type, leaf_count)?;
            Ok(())
        }

        /// Accepts a waiting contribution, by the datanet's owner or a curator.
        ///
        /// Returns the quality bond; the storage deposit stays on hold, because the record does. `novelty` is how much of
        /// the contribution is new, as the caller measured it: it is kept with the contribution and decides nothing.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `NotPending`, `NoveltyAgainstUnknown`, `TooManyContributions`. Emits
        /// `ContributionAccepted`.
        #[pallet::call_index(2)]
        pub fn accept(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionId,
            novelty: Option<Novelty>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_accept(who, datanet, contribution, novelty)
        }

        /// Rejects a waiting contribution, by the datanet's owner or a curator.
        ///
        /// Removes it and returns its storage deposit. `Duplicate` and `Junk` forfeit the quality bond to the
        /// treasury, never to the judge; other reasons return it.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `NotPending`. Emits `ContributionRejected`.
        #[pallet::call_index(3)]
        pub fn reject(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionId,
            reason: RejectReason,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_reject(who, datanet, contribution, reason)
        }

        /// Takes a waiting contribution back, by its owner. Removes it and returns both deposits.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `NotPending`. Emits `ContributionWithdrawn`.
        #[pallet::call_index(4)]
        pub fn withdraw(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionId,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_withdraw(who, datanet, contribution)
        }

        /// Ends training on and pay for an accepted contribution, by its owner or the datanet's.
        ///
        /// The record, its content's registration and its leaf stay; so does the storage deposit.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `NotAccepted`. Emits `ContributionRevoked`.
        #[pallet::call_index(5)]
        pub fn revoke(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionId,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_revoke(who, datanet, contribution)
        }

        /// Publishes everything accepted so far as the next version, by the datanet's owner.
        ///
        /// Raises the owner's storage deposit by the version's footprint.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `NothingToPublish`, `TooManyContributions`. Emits
        /// `VersionPublished`.
        #[pallet::call_index(6)]
        pub fn publish_version(origin: OriginFor<T>, datanet: DatanetId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_publish_version(who, datanet)?;
            Ok(())
        }

        /// Lets `who` train on the datanet (and contribute, where it is permissioned) until `expires_at`, by the
        /// datanet's owner. Granting again changes the expiry.
        ///
        /// Raises the owner's storage deposit by the grant's footprint.
        ///
        /// Errors: `NotFound`, `NotAuthorized`, `ExpiryPassed`, `TooManyContributions`. Emits `AccessGranted`.
        #[pallet::call_index(7)]
        pub fn grant_access(
            origin: OriginFor<T>,
            datanet: DatanetId,
            who: T::AccountId,
            expires_at: Option<Tick>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_grant_access(owner, datanet, who, expires_at)
        }

        /// Removes a grant, by the datanet's owner, its holder, or anybody once it has expired.
        ///
        /// Lowers the owner's storage deposit by the grant's footprint.
        ///
        /// Errors: `NotFound`, `NotAuthorized`. Emits `AccessRevoked`.
        #[pallet::call_index(8)]
        pub fn revoke_access(origin: OriginFor<T>, datanet: DatanetId, who: T::AccountId) -> DispatchResult {
            let by = ensure_signed(origin)?;
            Self::do_revoke_access(by, datanet, who)
        }

        /// Offers the ownership to `to`, by the datanet's owner. Offering it to oneself takes an offer back.
        ///
        /// Nothing changes until `to` accepts.
        ///
        /// Errors: `NotFound`, `NotAuthorized`. Emits `OwnershipOffered`.
        #[pallet::call_index(9)]
        pub fn transfer_ownership(
            origin: OriginFor<T>,
            datanet: DatanetId,
            to: T::AccountId,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_transfer_ownership(who, datanet, to)
        }

        /// Takes an offered ownership over, by the account that it was offered to.
        ///
        /// Holds the datanet's storage deposit of the caller and returns the former owner's.
        ///
        /// Errors: `NotFound`, `NotAuthorized`. Emits `OwnershipTransferred`.
        #[pallet::call_index(10)]
        pub fn accept_ownership(origin: OriginFor<T>, datanet: DatanetId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_accept_ownership(who, datanet)
        }

        /// Pauses or resumes the datanet, by its owner.
        ///
        /// A paused datanet takes no contributions and no new model is trained on it. Judging, withdrawing and
        /// publishing go on, and models trained before keep paying.
        ///
        /// Errors: `NotFound`, `NotAuthorized`. Emits `PausedSet`.
        #[pallet::call_index(11)]
        pub fn set_paused(origin: OriginFor<T>, datanet: DatanetId, paused: bool) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_set_paused(who, datanet, paused)
        }
    }
}
