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
mod challenge;
mod correction;
// the codec's derive macros cast the indices of variants
#[allow(clippy::as_conversions)]
pub mod dispute;
mod events;
mod functions;
pub mod netting;
mod output;
mod passages;
pub mod places;
mod quotes;
// the codec's derive macros cast the indices of variants
#[allow(clippy::as_conversions)]
pub mod spans;
pub mod standing;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
pub mod types;
pub mod verdict;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use dispute::{ChallengeKey, OpenedRows, RangeProof, ShownPlace, ShownPlaces, ShownRelease};
pub use pallet::*;
pub use spans::{Flaw, ShownDocument, ShownDocuments};
pub use types::{ClaimEntries, CollectEntries, PendingKey, StandingKey};
pub use weights::WeightInfo;

// the code that the macros write casts, expects and has items without docs
#[allow(clippy::as_conversions, clippy::expect_used, missing_docs)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
    use crate::{
        dispute::*,
        spans::{Corrected, Flaw, ShownDocuments},
        standing::StandingPool,
        types::*,
        weights::WeightInfo,
    };
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::fungible, PalletId};
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{
        attestation::WorkerKey,
        explain::Reason,
        money::Balance,
        report::ReportEntry,
        shown::ShownText,
        traits::{Answers, Bonds, Datanets, Models as Registry, Ticks},
        ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId,
    };
    use sp_runtime::{traits::SaturatedConversion, Permill};

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// OPEN.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The runtime's reasons to hold money.
        type RuntimeHoldReason: From<HoldReason>;

        /// Who owns a contribution and whether it is still paid.
        type Datanets: Datanets<Self::AccountId>;

        /// What the models' releases committed to.
        type Models: Registry<Self::AccountId>;

        /// What workers revealed. They have to be kept for at least `ChallengeTicks` after the settlement.
        type Answers: Answers<Self::AccountId>;

        /// The bonds of the workers whose reports are wrong.
        type Workers: Bonds<Self::AccountId>;

        /// The chain's clock for waiting times.
        type Ticks: Ticks;

        /// Whose claimable balance rounding and unattributable pay go to, usually the treasury's account. Must not be
        /// the ledger's own account.
        type DustSink: Get<Self::AccountId>;

        /// Answers of a model after which what it paid earlier has vested.
        type VestAnswers: Get<u32>;

        /// Ticks after which pay has vested though the model gave no further answers.
        type VestTicks: Get<Tick>;

        /// Ticks in which a report can be challenged. No pay vests earlier, whatever the other two say.
        type ChallengeTicks: Get<Tick>;

        /// What a challenge of a report costs if it is wrong, planck. It also covers the storage of a dispute.
        type ChallengeBond: Get<Balance>;

        /// What it costs more for each data point of the contribution: the author's fee for showing its rows.
        type ChallengePointBond: Get<Balance>;

        /// Ticks in which the author of a challenged report has to show what it rests on. At least 1.
        type AnswerTicks: Get<Tick>;

        /// What the author of a wrong report loses of its bond for each wrong entry, planck.
        type ReportSlash: Get<Balance>;

        /// The challenger's part of what a slash leaves when wrong debits are given back, less than one; the dust sink
        /// gets the rest.
        type ChallengerShare: Get<Permill>;

        /// Ticks after which anybody may remove a settlement's explanation. Give explanations more time than pay
        /// needs to vest, which is at most twice the longer of `VestTicks` and `ChallengeTicks`.
        type RetentionTicks: Get<Tick>;

        /// Ticks without an attributed answer after which anybody may release a model's next pool.
        type PoolTicks: Get<Tick>;

        /// The least that one claim pays out, planck. At the existential deposit or above, no account is too poor for it.
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

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A challenger's bond. It comes back when the report was wrong and goes to the author when it was right.
        #[codec(index = 0)]
        Challenge,
    }

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

    /// The reports that are challenged. Made by the first challenge, removed with the last one.
    // The key is a counter of our own; one bounded entry a disputed request, paid for by the challenger's bond.
    #[pallet::storage]
    pub type Disputes<T: Config> = StorageMap<_, Twox64Concat, RequestId, Dispute<T>>;

    /// The open challenges, by request, datanet and contribution. Removed when they end.
    // The keys are counters of our own; each is paid for by its bond.
    #[pallet::storage]
    pub type Challenges<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        RequestId,
        Twox64Concat,
        (DatanetId, ContributionId),
        Challenge<T::AccountId>,
    >;

    /// The keys of [`Challenges`] by the account whose report it is, for workers. The chain never iterates over it.
    // As many entries as `Challenges`, added and removed with them.
    #[pallet::storage]
    pub type ChallengesAgainst<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, ChallengeKey, ()>;

    /// What the reports of answers that quote rest on, after somebody showed that what was revealed is wrong. Goes with
    /// the settlement's explanation.
    // The key is a counter of our own; one bounded entry a refuted request, paid for by its author's slash.
    #[pallet::storage]
    pub type Corrections<T: Config> = StorageMap<_, Twox64Concat, RequestId, Corrected>;

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
            let endowed = Pallet::<T>::endow_account();
            assert!(endowed.is_ok(), "the account takes an existential deposit");
        }
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
        /// There is no settlement of that request, or no challenge of it, or it was removed.
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
        /// The report is not sorted, has a zero score or weights that are not its scores' shares.
        InvalidReport,
        /// The report was settled longer than the challenge window ago, so its money may be paid.
        WindowClosed,
        /// This contribution of the report is challenged already. Its end decides for everybody.
        AlreadyChallenged,
        /// The model has no attribution, so its reports are empty and cannot be wrong.
        NotAttributed,
        /// The contribution is in none of the datanet versions that the model was trained on.
        ForeignContribution,
        /// What the worker revealed is not kept any more.
        AnswerForgotten,
        /// The deadline of the challenge is over. Anybody may close it.
        DeadlinePassed,
        /// The rows can still be shown. Wait until the deadline of the challenge has passed.
        DeadlineNotPassed,
        /// What is shown is of another release or version than the model's.
        WrongRelease,
        /// The place is not the contribution's, nor beside where it would be.
        WrongPlace,
        /// The place was shown already. Open the rows.
        AlreadyPlaced,
        /// Show first where the contribution's rows lie.
        NotPlaced,
        /// The row is not the next one of the contribution, or beyond its last, or the place beyond the table.
        RowOutOfRange,
        /// What is sent is not a whole number of rows of the release's length.
        RowsWrongLength,
        /// The proof does not lead to the release's root.
        ProofInvalid,
        /// A challenge of the report is open. Wait until it has ended.
        ReportDisputed,
        /// The output is what the head gives for the query vector, so there is nothing to refute.
        OutputRight,
        /// The answer's output was refuted, so its report is void and cannot be challenged.
        ReportVoid,
        /// The model's reports rest on other evidence: influence is challenged, spans are refuted.
        WrongEvidence,
        /// The answer's output has no such tokens.
        TokenOutOfRange,
        /// Whether the claim is better is decided outside of the windows that are shown. Show both leaves around it, and
        /// the credited positions as well.
        WindowTooShort,
        /// What is shown agrees with what the answer's report rests on, or is a worse claim.
        SpansRight,
        /// The bytes that are shown as the question are not what was asked.
        WrongQuestion,
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
        /// Origin: signed, anybody. All else as for [`Pallet::claim`].
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

        /// Removes the explanation of a request that was settled more than `RetentionTicks` ago, and no money.
        ///
        /// Origin: signed, anybody; a successful call is free. Events: [`Event::Pruned`]. Errors:
        /// [`Error::NotFound`], [`Error::RetentionNotOver`], [`Error::ReportDisputed`]. Deposit: none; the explanation was paid for by the fee.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::prune())]
        pub fn prune(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_prune(request)?;
            Ok(Pays::No.into())
        }

        /// Makes claimable what contributions have earned by their standing in versions of their datanets.
        ///
        /// Each share becomes claimable for the contribution's owner, whoever calls, or for the dust sink if it was
        /// revoked. Entries that are unknown, or that earned nothing since the last time, are passed over.
        ///
        /// Origin: signed, anybody. Events: [`Event::StandingPaid`] for each share. Errors:
        /// [`Error::NothingToCollect`]. Deposit: none.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::collect_standing(entries.len().saturated_into()))]
        pub fn collect_standing(origin: OriginFor<T>, entries: CollectEntries) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_collect_standing(&entries)
        }

        /// Pays out the next pool of a model that has named no contribution for `PoolTicks`, for whatever reason: to the
        /// datanet versions that it was trained on, by standing.
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

        /// Says that the report of a request is wrong about a contribution: that its score is another one, or that it
        /// is missing.
        ///
        /// Origin: signed, anybody. Events: [`Event::PayWithheld`] with the first challenge of a report,
        /// [`Event::Challenged`]. Errors: [`Error::NotFound`], [`Error::WindowClosed`], [`Error::AlreadyChallenged`],
        /// [`Error::NotAttributed`], [`Error::ForeignContribution`], [`Error::AnswerForgotten`], or the currency's own.
        /// Deposit: `ChallengeBond`, and `ChallengePointBond` for each data point of the contribution.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::challenge())]
        pub fn challenge(origin: OriginFor<T>, key: ChallengeKey) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_challenge(who, key)
        }

        /// Shows where a challenged contribution's rows lie in the model's release: its entry of the table, or the
        /// entries on both sides of where it would be, which ends the challenge with a score of zero.
        ///
        /// Origin: signed, anybody. Events: [`Event::PlaceShown`], and those of the end. Errors: [`Error::NotFound`],
        /// [`Error::DeadlinePassed`], [`Error::AlreadyPlaced`], [`Error::WrongRelease`], [`Error::RowOutOfRange`],
        /// [`Error::ProofInvalid`], [`Error::WrongPlace`]. Deposit: none.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::show_place().saturating_add(T::WeightInfo::conclude()))]
        pub fn show_place(
            origin: OriginFor<T>,
            key: ChallengeKey,
            release: ShownRelease,
            ordinal: u32,
            places: ShownPlaces,
            proof: RangeProof,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_show_place(key, release, ordinal, &places, &proof)
        }

        /// Opens rows of a challenged contribution, `first` being the first one that is not open. The last ones end the
        /// challenge.
        ///
        /// Origin: signed, anybody. Events: [`Event::RowsOpened`], and with the last row [`Event::ReportUpheld`] or
        /// [`Event::ReportCorrected`]. Errors: [`Error::NotFound`], [`Error::DeadlinePassed`], [`Error::NotPlaced`],
        /// [`Error::RowOutOfRange`], [`Error::RowsWrongLength`], [`Error::ProofInvalid`]. Deposit: none.
        #[pallet::call_index(7)]
        #[pallet::weight(
            T::WeightInfo::open_rows(rows.len().saturated_into()).saturating_add(T::WeightInfo::conclude())
        )]
        pub fn open_rows(
            origin: OriginFor<T>,
            key: ChallengeKey,
            first: u32,
            rows: OpenedRows,
            proof: RangeProof,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_open_rows(key, first, &rows, &proof)
        }

        /// Ends a challenge whose rows were not shown in time: the report counts as wrong.
        ///
        /// Origin: signed, anybody; a successful call is free. Events: [`Event::ReportCorrected`]. Errors:
        /// [`Error::NotFound`], [`Error::DeadlineNotPassed`]. Deposit: none.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::conclude())]
        pub fn close_challenge(origin: OriginFor<T>, key: ChallengeKey) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_close_challenge(key)?;
            Ok(Pays::No.into())
        }

        /// Proves that the output of an answer is not what the model's head gives for its query vector: by the head's
        /// file, which the chain multiplies with it. The report that follows from such an output is void.
        ///
        /// Origin: signed, anybody; a successful call is free. Events: [`Event::OutputRefuted`], and as for a
        /// challenge [`Event::PayWithheld`] and [`Event::PayReleased`]. Errors: [`Error::NotFound`],
        /// [`Error::WindowClosed`], [`Error::ReportVoid`], [`Error::NotAttributed`], [`Error::WrongRelease`],
        /// [`Error::AnswerForgotten`], [`Error::OutputRight`]. Deposit: none; the file is the whole proof.
        #[pallet::call_index(9)]
        #[pallet::weight(
            T::WeightInfo::refute_output(head.len().saturated_into()).saturating_add(T::WeightInfo::conclude())
        )]
        pub fn refute_output(
            origin: OriginFor<T>,
            request: RequestId,
            head: HeadFile,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_refute_output(who, request, &head)?;
            Ok(Pays::No.into())
        }

        /// Shows what is wrong with the credits of an answer that quotes, with the log of the passages that it was made
        /// with, or with the sums of its report, by parts of the text that its model was released with. Credits and log are
        /// corrected, then the entries of the contributions that are shown; their money follows at once.
        ///
        /// Origin: signed, anybody; the first successful call about a request is free. Events: [`Event::SpansRefuted`],
        /// and where the report changes [`Event::PayWithheld`] and [`Event::PayReleased`]. Errors: [`Error::NotFound`],
        /// [`Error::WindowClosed`], [`Error::NotAttributed`], [`Error::WrongEvidence`], [`Error::WrongRelease`],
        /// [`Error::AnswerForgotten`], [`Error::TokenOutOfRange`], [`Error::WindowTooShort`], [`Error::RowOutOfRange`],
        /// [`Error::ProofInvalid`], [`Error::WrongPlace`], [`Error::ForeignContribution`], [`Error::WrongQuestion`],
        /// [`Error::SpansRight`]; nothing changes then. Deposit: none; what is shown is the whole proof.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::refute_spans().saturating_add(T::WeightInfo::conclude()))]
        pub fn refute_spans(
            origin: OriginFor<T>,
            request: RequestId,
            release: ShownText,
            flaw: Flaw,
            documents: ShownDocuments,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_refute_spans(who, request, &release, &flaw, &documents)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            Self::assert_sound();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
