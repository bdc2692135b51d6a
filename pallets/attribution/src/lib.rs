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

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod book;
mod functions;
pub mod netting;
pub mod standing;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{ClaimEntries, CollectEntries, PendingKey, StandingKey};
pub use weights::WeightInfo;

// the code that the macros write casts, expects and has items without docs
#[allow(clippy::as_conversions, clippy::expect_used, missing_docs)]
#[frame_support::pallet]
pub mod pallet {
    use crate::{
        standing::StandingPool,
        types::{ClaimEntries, CollectEntries, LedgerTotals, ModelBook, PendingKey, PendingPay, Settled},
        weights::WeightInfo,
    };
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::fungible, PalletId};
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{
        explain::Reason,
        money::Balance,
        report::ReportEntry,
        traits::{Datanets, Ticks},
        ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId,
    };
    use sp_runtime::traits::SaturatedConversion;

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// OPEN.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::Mutate<Self::AccountId>;

        /// Who owns a contribution and whether it is still paid.
        type Datanets: Datanets<Self::AccountId>;

        /// The chain's clock for waiting times.
        type Ticks: Ticks;

        /// Whose claimable balance rounding and unattributable pay go to, usually the treasury's account. Must not be
        /// the ledger's own account.
        type DustSink: Get<Self::AccountId>;

        /// Answers of a model after which what it paid earlier has vested.
        type VestAnswers: Get<u32>;

        /// Ticks after which pay has vested though the model gave no further answers.
        type VestTicks: Get<Tick>;

        /// Ticks in which a report can be challenged. No pay vests earlier, whatever `VestAnswers` and `VestTicks`
        /// say.
        type ChallengeTicks: Get<Tick>;

        /// Ticks after which anybody may remove a settlement's explanation. Give explanations more time than pay
        /// needs to vest, which is at most twice the longer of `VestTicks` and `ChallengeTicks`.
        type RetentionTicks: Get<Tick>;

        /// Ticks without an attributed answer after which anybody may release a model's next pool.
        type PoolTicks: Get<Tick>;

        /// The least that one claim pays out, planck. With at least the existential deposit here, no claim can fail
        /// for the receiving account's sake.
        type MinimumClaim: Get<Balance>;

        /// The most workers that share one answer's pay: the largest committee.
        #[pallet::constant]
        type MaxWorkers: Get<u32>;

        /// Names the ledger's account.
        #[pallet::constant]
        type PalletId: Get<PalletId>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Planck that each account can claim. An entry appears with the first credit and goes with the claim.
    // Accounts are chosen by users: a hash that cannot be steered. One entry an account that was ever paid, so bounded by
    // the fees that were paid for them.
    #[pallet::storage]
    pub type Claimable<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Balance, ValueQuery>;

    /// Pay that later answers can still take back, by model, datanet and contribution. An entry goes when it has
    /// vested or was taken back whole.
    // All keys are counters of our own. At most 16 entries an answer, paid for by its fee; all of a fixed size.
    #[pallet::storage]
    pub type Pending<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Twox64Concat, ModelId>,
            NMapKey<Twox64Concat, DatanetId>,
            NMapKey<Twox64Concat, ContributionId>,
        ),
        PendingPay<T::AccountId>,
    >;

    /// The keys of an account's entries in [`Pending`], for clients that look for what to claim. The chain never
    /// iterates over it.
    // As many entries as `Pending`, added and removed with them.
    #[pallet::storage]
    pub type PendingOf<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, PendingKey, ()>;

    /// Next pool and count of attributed answers of each model that was ever paid for. Stays.
    // The key is a counter of our own; one entry a model.
    #[pallet::storage]
    pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelBook, ValueQuery>;

    /// What the contributions of each datanet version earn together by their standing. Stays.
    // The keys are counters of our own; one entry a version that was ever paid.
    #[pallet::storage]
    pub type StandingPools<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, VersionId, StandingPool>;

    /// What a data point of the version had earned when a contribution's share was last collected, planck. Stays, so
    /// that nothing is paid twice.
    // The keys are counters of our own; one entry a contribution and version that was ever paid.
    #[pallet::storage]
    pub type StandingCollected<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Twox64Concat, DatanetId>,
            NMapKey<Twox64Concat, VersionId>,
            NMapKey<Twox64Concat, ContributionId>,
        ),
        Balance,
        ValueQuery,
    >;

    /// Every part of each settled request's payment. Anybody may remove one after `RetentionTicks`.
    // The key is a counter of our own; one bounded entry a paid request.
    #[pallet::storage]
    pub type Settlements<T: Config> = StorageMap<_, Twox64Concat, RequestId, Settled<T>>;

    /// The ledger's sums. Stays.
    // One fixed-size value.
    #[pallet::storage]
    pub type Totals<T: Config> = StorageValue<_, LedgerTotals, ValueQuery>;

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        /// Gives the ledger's account an existential deposit unless the balances' genesis did, so that it can take
        /// any payment, however small, and pay out the last planck that it owes.
        fn build(&self) {
            assert!(
                Pallet::<T>::endow_account().is_ok(),
                "the ledger's account takes an existential deposit"
            );
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An account can claim a part of a request's payment.
        Credited {
            request: RequestId,
            to: T::AccountId,
            amount: Balance,
            reason: Reason,
        },
        /// A contribution earned a part of a request's payment. It is pending until it vests.
        Accrued {
            request: RequestId,
            model: ModelId,
            datanet: DatanetId,
            contribution: ContributionId,
            owner: T::AccountId,
            amount: Balance,
        },
        /// A negative entry of a request's report took pending pay back into the model's next pool.
        TakenBack {
            request: RequestId,
            model: ModelId,
            datanet: DatanetId,
            contribution: ContributionId,
            amount: Balance,
        },
        /// Pending pay has vested: its owner can claim it.
        Vested {
            model: ModelId,
            datanet: DatanetId,
            contribution: ContributionId,
            owner: T::AccountId,
            amount: Balance,
        },
        /// The contributions of a datanet version earned a part of a request's payment by their standing, or of a
        /// released pool if there is no request.
        StandingAccrued {
            request: Option<RequestId>,
            model: ModelId,
            datanet: DatanetId,
            version: VersionId,
            amount: Balance,
        },
        /// A contribution's share of what its datanet version earned can be claimed: by its owner, or by the dust sink
        /// for one that was revoked.
        StandingPaid {
            datanet: DatanetId,
            version: VersionId,
            contribution: ContributionId,
            to: T::AccountId,
            amount: Balance,
        },
        /// A model's next pool went to the datanet versions that it was trained on, but for `dust` that went to the
        /// sink because none of them has data points.
        PoolReleased {
            model: ModelId,
            amount: Balance,
            dust: Balance,
        },
        /// A request's payment was recorded. `from_pool` came out of the model's pool into this answer, `next_pool`
        /// is what the next one will find there.
        Settled {
            request: RequestId,
            model: ModelId,
            consumer: T::AccountId,
            fee: Balance,
            from_pool: Balance,
            next_pool: Balance,
            report: Vec<ReportEntry>,
        },
        /// An account was paid what it could claim, by its own call or somebody else's.
        Claimed {
            account: T::AccountId,
            by: T::AccountId,
            amount: Balance,
        },
        /// The explanation of an old settlement was removed.
        Pruned { request: RequestId },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The account can claim nothing: it earned nothing yet, claimed it already, or its pay is still pending. Name
        /// the entries that have vested in the claim.
        NothingToClaim,
        /// The account can claim less than the minimum. Wait until more is claimable, or name more vested entries.
        BelowMinimumClaim,
        /// The account does not exist and the claim is less than the existential deposit that it needs. Fund it
        /// first, or wait until more is claimable. Nothing is lost.
        ClaimBelowExistentialDeposit,
        /// There is no settlement of that request, or it was removed.
        NotFound,
        /// No entry has earned anything by its standing, or it was collected, or it is still in the challenge window.
        NothingToCollect,
        /// The model has no next pool.
        NothingToRelease,
        /// The model named contributions not long ago, so the next answer may still share its pool: wait until
        /// `PoolTicks` have passed without one.
        PoolNotIdle,
        /// The settlement is too young to be removed: wait until the retention time is over.
        RetentionNotOver,
        /// The parts of the settlement do not sum to its fee.
        UnbalancedSettlement,
        /// The ledger's account does not hold the money of the settlement: move it there first.
        UnfundedSettlement,
        /// The request was settled before.
        AlreadyExists,
        /// The settlement has more workers, royalties, sources or report entries than the ledger keeps.
        TooManyParts,
        /// The report is not sorted, has a zero weight or weights that do not sum.
        InvalidReport,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Pays the caller all that it can claim.
        ///
        /// Vests the pending pay of `entries` first, as far as its time has come; entries that are unknown, empty or
        /// too young are passed over. They need not be the caller's: pay always vests for its owner.
        ///
        /// Origin: signed. Events: [`Event::Vested`] for each entry that vested, [`Event::Claimed`]. Errors:
        /// [`Error::NothingToClaim`], [`Error::BelowMinimumClaim`], [`Error::ClaimBelowExistentialDeposit`]; nothing
        /// changes then. Deposit: none.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::claim(entries.len().saturated_into()))]
        pub fn claim(origin: OriginFor<T>, entries: ClaimEntries) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_claim(who.clone(), who, &entries)
        }

        /// Pays `account` all that it can claim, as [`Pallet::claim`] does for the caller.
        ///
        /// For helpers who pay the transaction for others, and for accounts that cannot call, such as the dust sink.
        ///
        /// Origin: signed, anybody. Events, errors and deposit as for [`Pallet::claim`].
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::claim(entries.len().saturated_into()))]
        pub fn claim_for(
            origin: OriginFor<T>,
            account: T::AccountId,
            entries: ClaimEntries,
        ) -> DispatchResult {
            let by = ensure_signed(origin)?;
            Self::do_claim(account, by, &entries)
        }

        /// Removes the explanation of a request that was settled more than `RetentionTicks` ago. Its money is not
        /// touched.
        ///
        /// Origin: signed, anybody; a successful call is free. Events: [`Event::Pruned`]. Errors:
        /// [`Error::NotFound`], [`Error::RetentionNotOver`]. Deposit: none; the explanation was paid for by the fee.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::prune())]
        pub fn prune(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_prune(request)?;
            Ok(Pays::No.into())
        }

        /// Makes claimable what contributions have earned by their standing in versions of their datanets.
        ///
        /// Each share becomes claimable for the contribution's owner, whoever calls, or for the dust sink if the
        /// contribution was revoked. Entries that are unknown, or that earned nothing since the last time, are passed
        /// over.
        ///
        /// Origin: signed, anybody. Events: [`Event::StandingPaid`] for each share. Errors:
        /// [`Error::NothingToCollect`]. Deposit: none.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::collect_standing(entries.len().saturated_into()))]
        pub fn collect_standing(origin: OriginFor<T>, entries: CollectEntries) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_collect_standing(&entries)
        }

        /// Pays out the next pool of a model that has named no contribution for `PoolTicks`, because it was deprecated,
        /// is not asked any more or has nobody left to name: to the datanet versions that it was trained on, by
        /// standing.
        ///
        /// Origin: signed, anybody; a successful call is free. Events: [`Event::StandingAccrued`] for each version,
        /// [`Event::PoolReleased`]. Errors: [`Error::NothingToRelease`], [`Error::PoolNotIdle`]. Deposit: none.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::release_pool())]
        pub fn release_pool(origin: OriginFor<T>, model: ModelId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_release_pool(model)?;
            Ok(Pays::No.into())
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                T::MaxWorkers::get() > 0,
                "an answer is paid to one worker at least"
            );
            assert!(
                T::DustSink::get() != Self::account_id(),
                "the ledger cannot pay dust to itself"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
