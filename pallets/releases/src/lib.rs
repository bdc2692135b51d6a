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
mod functions;
mod refutation;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
// the codec's derive macros cast the indices of variants
#[allow(clippy::as_conversions)]
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

// the code that the macros write casts and expects
#[allow(clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::boxed::Box;
    use frame_support::{pallet_prelude::*, traits::fungible};
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{
        money::Balance,
        shown::{HeadFile, RangeProof, ShownRelease},
        traits::{ReleaseBonds, Ticks},
        ModelId, Tick,
    };
    use sp_core::H256;
    use sp_runtime::{traits::SaturatedConversion, Permill};

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// OPEN.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The runtime's reasons to hold money.
        type RuntimeHoldReason: From<HoldReason>;

        /// The models' releases and what answers for them.
        type Models: ReleaseBonds<Self::AccountId>;

        /// The chain's clock for deadlines.
        type Ticks: Ticks;

        /// What a dispute of a row costs if the row is right, planck. It also covers the storage of a dispute.
        type RowBond: Get<Balance>;

        /// Ticks that either party has for each of its moves. At least 1.
        type AnswerTicks: Get<Tick>;

        /// The challenger's part of the bond of a release that is wrong, less than one; the dust sink gets the rest.
        type ChallengerShare: Get<Permill>;

        /// Where the rest of a lost bond goes, usually the treasury's account.
        type DustSink: Get<Self::AccountId>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A challenger's bond. It comes back when the row was wrong and goes to the model's owner when it was right.
        #[codec(index = 0)]
        RowDispute,
    }

    /// The open disputes, by model, row and challenger. Removed when they end.
    // Model and row are counters of our own, the challenger is chosen by users. Each entry is bounded and paid for by its
    // bond.
    #[pallet::storage]
    pub type Disputes<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Twox64Concat, ModelId>,
            NMapKey<Twox64Concat, u32>,
            NMapKey<Blake2_128Concat, T::AccountId>,
        ),
        RowDispute<T::AccountId>,
    >;

    /// The keys of [`Disputes`] by the account that answers for the release, for its software. The chain never iterates
    /// over it.
    // As many entries as `Disputes`, added and removed with them.
    #[pallet::storage]
    pub type DisputesAgainst<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, RowKey<T::AccountId>, ()>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Somebody says that a row of a release is wrong. The author has to claim its sums until `deadline`.
        RowDisputed {
            /// What is disputed, and by whom.
            key: RowKey<T::AccountId>,
            /// Who answers for the release.
            author: T::AccountId,
            /// What the challenger put down, planck.
            bond: Balance,
            /// The last tick for the claim.
            deadline: Tick,
        },
        /// The author said what the sums over all rows come to, and they satisfy the row's equation.
        SumsClaimed {
            /// The dispute.
            key: RowKey<T::AccountId>,
            /// Commitment to them.
            sums: H256,
            /// The last tick for the next move.
            deadline: Tick,
        },
        /// The author committed to the sums at the inner ends of an interval's parts.
        SumsSplit {
            /// The dispute.
            key: RowKey<T::AccountId>,
            /// The last tick for the challenger's choice.
            deadline: Tick,
        },
        /// The challenger chose the part after which the sums differ first.
        PartChosen {
            /// The dispute.
            key: RowKey<T::AccountId>,
            /// The part's first row.
            low: u32,
            /// The row after its last.
            high: u32,
            /// The last tick for the next move.
            deadline: Tick,
        },
        /// A row was wrong, or its author did not stand by it in time. The model answers no more; the challenger got
        /// `reward` and its bond back, the dust sink `rest`.
        RowRefuted {
            /// The dispute.
            key: RowKey<T::AccountId>,
            /// Who answered for the release.
            author: T::AccountId,
            /// Planck.
            reward: Balance,
            /// Planck.
            rest: Balance,
        },
        /// A disputed row was right, or the challenger did not go on in time. The author got the challenger's bond.
        RowUpheld {
            /// The dispute.
            key: RowKey<T::AccountId>,
            /// Who answers for the release.
            author: T::AccountId,
            /// Planck.
            bond: Balance,
        },
        /// A dispute ended without a verdict, because the release was refuted meanwhile. The challenger has its bond back.
        DisputeMoot {
            /// The dispute.
            key: RowKey<T::AccountId>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// There is no such dispute, or it has ended.
        NotFound,
        /// It is the other party's turn, or the caller owns the model itself.
        NotAuthorized,
        /// The caller disputes this row already.
        AlreadyExists,
        /// The model has no release that answers: it has no attribution or no head, its head has more than 16,384
        /// parameters, its release was refuted, or its bond was taken back.
        NotDisputable,
        /// The release has no such row.
        RowOutOfRange,
        /// The deadline is over. Anybody may close the dispute.
        DeadlinePassed,
        /// The party whose turn it is still has time. Wait until the deadline has passed.
        DeadlineNotPassed,
        /// Something else is waited for: read the dispute's stage.
        WrongStage,
        /// Header and roots are not those of the model's release.
        WrongRelease,
        /// The file is not the model's head.
        WrongHead,
        /// A row has not the length of the release's.
        RowWrongLength,
        /// A proof does not lead to its root, or the row is not the disputed one.
        ProofInvalid,
        /// The sums are not a number for each parameter and each input.
        SumsWrongLength,
        /// The sums are not those that both parties agreed on.
        WrongSums,
        /// The row in the index and the row in the features name different contributions or labels. Such a release is
        /// wrong.
        RowsDiffer,
        /// The sums do not satisfy the row's equation within what rounding allows.
        EquationNotMet,
        /// There has to be one commitment for each inner end of the interval's parts.
        WrongNumberOfSums,
        /// The interval has fewer parts.
        PartOutOfRange,
        /// What is shown is as it should be, so there is nothing to refute.
        RowRight,
        /// The row leads its cluster itself, so no other row leads it.
        NotItsLeader,
        /// The row leads no cluster, or the row that is shown is not the last of the cluster's list.
        NotItsLast,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Says that a released row is wrong: that it does not satisfy its equation.
        ///
        /// Dispute only what your own computation from the public files finds wrong (`openledger-worker audit-release`),
        /// and be there for your moves: each has a deadline of `AnswerTicks`.
        ///
        /// Origin: signed, anybody but the model's owner. Events: [`Event::RowDisputed`]. Errors:
        /// [`Error::NotDisputable`], [`Error::RowOutOfRange`], [`Error::NotAuthorized`], [`Error::AlreadyExists`], or
        /// the currency's own. Deposit: `RowBond`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::dispute_row())]
        pub fn dispute_row(origin: OriginFor<T>, model: ModelId, row: u32) -> DispatchResult {
            let challenger = ensure_signed(origin)?;
            Self::do_dispute(RowKey {
                model,
                row,
                challenger,
            })
        }

        /// Opens a disputed row and says what the terms of its equation add up to over all training rows. The chain
        /// checks that the row's equation holds for them.
        ///
        /// Origin: signed, the model's owner. Events: [`Event::SumsClaimed`]. Errors: [`Error::NotFound`],
        /// [`Error::NotDisputable`], [`Error::NotAuthorized`], [`Error::DeadlinePassed`], [`Error::WrongStage`],
        /// [`Error::WrongRelease`], [`Error::RowWrongLength`], [`Error::ProofInvalid`], [`Error::RowsDiffer`],
        /// [`Error::WrongHead`], [`Error::SumsWrongLength`], [`Error::EquationNotMet`]. Deposit: none.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::claim_sums(parameters(sums.len(), head.len())))]
        pub fn claim_sums(
            origin: OriginFor<T>,
            key: RowKey<T::AccountId>,
            release: ShownRelease,
            row: ShownRow,
            sums: SumsBytes,
            head: HeadFile,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_claim(who, key, release, &row, &sums, &head)
        }

        /// Commits to the sums at the inner ends of the parts of the disputed interval.
        ///
        /// Origin: signed, the model's owner. Events: [`Event::SumsSplit`]. Errors: [`Error::NotFound`],
        /// [`Error::NotDisputable`], [`Error::NotAuthorized`], [`Error::DeadlinePassed`], [`Error::WrongStage`],
        /// [`Error::WrongNumberOfSums`]. Deposit: none.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::split())]
        pub fn split(origin: OriginFor<T>, key: RowKey<T::AccountId>, inner: InnerSums) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_split(who, key, inner)
        }

        /// Chooses the first part whose end's sums are not the challenger's own.
        ///
        /// Origin: signed, the challenger. Events: [`Event::PartChosen`]. Errors: [`Error::NotFound`],
        /// [`Error::NotDisputable`], [`Error::NotAuthorized`], [`Error::DeadlinePassed`], [`Error::WrongStage`],
        /// [`Error::PartOutOfRange`]. Deposit: none.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::choose())]
        pub fn choose(origin: OriginFor<T>, key: RowKey<T::AccountId>, part: u32) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_choose(who, key, part)
        }

        /// Computes the step of the one training row that a dispute came down to, from the sums before it, and compares
        /// the result with the sums that the author committed to. Ends the dispute.
        ///
        /// Origin: signed, anybody; to be made by the challenger, who loses by silence. Events: [`Event::RowRefuted`]
        /// or [`Event::RowUpheld`]. Errors: [`Error::NotFound`], [`Error::NotDisputable`],
        /// [`Error::DeadlinePassed`], [`Error::WrongStage`], [`Error::SumsWrongLength`], [`Error::WrongSums`],
        /// [`Error::RowWrongLength`], [`Error::ProofInvalid`], [`Error::WrongHead`]. Deposit: none.
        #[pallet::call_index(4)]
        #[pallet::weight(
            T::WeightInfo::prove_term(parameters(sums.len(), head.len())).saturating_add(T::WeightInfo::conclude())
        )]
        pub fn prove_term(
            origin: OriginFor<T>,
            key: RowKey<T::AccountId>,
            sums: SumsBytes,
            released: RowBytes,
            features: RowBytes,
            features_proof: RangeProof,
            head: HeadFile,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_prove(key, &sums, &released, &features, &features_proof, &head)
        }

        /// Ends a dispute whose deadline has passed, against whoever was silent; or one whose release was refuted
        /// meanwhile, at any time and against nobody.
        ///
        /// Origin: signed, anybody; a successful call is free. Events: [`Event::RowRefuted`], [`Event::RowUpheld`] or
        /// [`Event::DisputeMoot`]. Errors: [`Error::NotFound`], [`Error::DeadlineNotPassed`]. Deposit: none.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::conclude())]
        pub fn close(origin: OriginFor<T>, key: RowKey<T::AccountId>) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_close(key)?;
            Ok(Pays::No.into())
        }

        /// Proves at once that a row is wrong by what it says beside its influence: of its contribution and label, of the
        /// row that leads its cluster, of the next row and the sums in its cluster's list, or of its leave-one-out
        /// probability. Which, and by what other rows: [`RowFlaw`].
        ///
        /// Origin: signed, anybody; a successful call is free. Events: [`Event::RowRefuted`]. Errors:
        /// [`Error::NotDisputable`], [`Error::WrongRelease`], [`Error::RowWrongLength`], [`Error::ProofInvalid`],
        /// [`Error::NotItsLeader`], [`Error::NotItsLast`], [`Error::WrongHead`], [`Error::RowRight`]. Deposit: none;
        /// what is shown is the whole proof.
        #[pallet::call_index(6)]
        #[pallet::weight(refutation::<T>(row, flaw).saturating_add(T::WeightInfo::conclude()))]
        pub fn refute_row(
            origin: OriginFor<T>,
            model: ModelId,
            number: u32,
            release: ShownRelease,
            row: ShownRow,
            flaw: Box<RowFlaw>,
        ) -> DispatchResultWithPostInfo {
            let challenger = ensure_signed(origin)?;
            let key = RowKey {
                model,
                row: number,
                challenger,
            };
            Self::do_refute(key, release, &row, &flaw)?;
            Ok(Pays::No.into())
        }
    }

    /// What it takes to look at a row and what shows that it is wrong.
    fn refutation<T: Config>(row: &ShownRow, flaw: &RowFlaw) -> Weight {
        let bytes = row.bytes().saturating_add(flaw.bytes());
        let rows = T::WeightInfo::refute_row(bytes.saturated_into());
        match flaw {
            RowFlaw::Probability { head, .. } => {
                rows.saturating_add(T::WeightInfo::refute_probability(parameters(0, head.len())))
            }
            _ => rows,
        }
    }

    /// Parameters that a call of so many bytes of sums and of a head's file can be about, at most.
    fn parameters(sums: usize, head: usize) -> u32 {
        let of_sums = sums.saturating_div(16);
        let of_head = head.saturating_div(12);
        of_sums.max(of_head).saturated_into()
    }
}
