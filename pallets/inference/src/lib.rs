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

mod agenda;
pub mod agreement;
pub mod draw;
mod functions;
mod lifecycle;
pub mod split;
mod ticks;
// The codec's derive macros cast the indices of variants.
#[allow(clippy::as_conversions)]
mod types;
mod views;
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
pub use types::{
    Input, Lane, RefundReason, Request, Reveal, Seat, Stage, Terms, Verification, MAX_COMMITTEE,
    MAX_INPUT_BYTES, MAX_OUTPUT_BYTES, MAX_QUERY_VALUES,
};
pub use weights::WeightInfo;

/// Paid inference requests, from the consumer's money to the answer.
// What FRAME's macros write does both.
#[allow(clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, Consideration, Footprint},
        weights::WeightMeter,
    };
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{
        attestation::WorkerKey,
        input::BadInput,
        money::{Balance, FeeShares},
        report::{Blend, ReportEntry, ReportError, MAX_REPORT_ENTRIES},
        traits::{Datanets, DrawSeed, Models, OnRequestEnd, RewardLedger, WorkerPool},
        ModelId, RequestId, Tick,
    };
    use sp_core::H256;
    use sp_runtime::Perbill;

    /// A request with this chain's types.
    pub type RequestOf<T> =
        Request<<T as frame_system::Config>::AccountId, BlockNumberFor<T>, <T as Config>::Consideration>;
    /// A seat with this chain's account type.
    pub type SeatOf<T> = Seat<<T as frame_system::Config>::AccountId>;
    /// A worker's key with this chain's account type.
    pub type WorkerKeyOf<T> = WorkerKey<<T as frame_system::Config>::AccountId>;

    /// The inference market of the chain.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides for this pallet.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256> {
        /// Where fees are held.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The runtime's reasons to hold money.
        type RuntimeHoldReason: From<HoldReason>;

        /// Takes the deposit for what is stored of a request, and gives it back when that is forgotten.
        type Consideration: Consideration<Self::AccountId, Footprint>;

        /// Sells the models' answers.
        type Models: Models<Self::AccountId>;

        /// Knows the contributions that reports name.
        type Datanets: Datanets<Self::AccountId>;

        /// The workers that can be drawn.
        type Workers: WorkerPool<Self::AccountId>;

        /// Credits everybody who is paid for an answer. Its account has to exist before the first settlement.
        type Ledger: RewardLedger<Self::AccountId>;

        /// Is told how each request ended.
        type OnEnd: OnRequestEnd;

        /// The seed of committee draws. It must not be known before the block in which it is used.
        type Seed: DrawSeed;

        /// How a fee is split.
        type FeeShares: Get<FeeShares>;

        /// How much each kind of evidence counts in the reports of requests that are made now.
        type Blend: Get<Blend>;

        /// Gets the platform's part. Has to exist before the first settlement.
        type TreasuryAccount: Get<Self::AccountId>;

        /// The most requests that one consumer has open at a time. At least 1.
        #[pallet::constant]
        type MaxOpenRequests: Get<u32>;

        /// The most hosts that `Workers` lists for a model; a draw's weight counts on it.
        #[pallet::constant]
        type MaxHosts: Get<u32>;

        /// Ticks for which a request waits for enough live workers. At least 1.
        #[pallet::constant]
        type DrawTicks: Get<Tick>;

        /// Ticks that a committee has for its commitments: time to fetch the model and to run it. At least 1.
        #[pallet::constant]
        type CommitTicks: Get<Tick>;

        /// Ticks that a committee has for its reveals. At least 1.
        #[pallet::constant]
        type RevealTicks: Get<Tick>;

        /// Ticks for which a closed request is kept for its reader, with the committee's reveals.
        #[pallet::constant]
        type RetentionTicks: Get<Tick>;

        /// A block is full, and the clock stands still, when its normal extrinsics used more than this part of what
        /// they may use.
        #[pallet::constant]
        type FullBlock: Get<Perbill>;

        /// The most weight that draws, settlements and deadlines use in a block, and again the most that forgetting
        /// closed requests uses. Enough for at least one settlement and one draw.
        #[pallet::constant]
        type HookWeight: Get<Weight>;

        /// Weights of the calls and hooks.
        type WeightInfo: WeightInfo;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// The fee of an open request. It is paid out or comes back when the request closes.
        #[codec(index = 0)]
        Escrow,
        /// The deposit for a stored request. It comes back when the request is forgotten.
        #[codec(index = 1)]
        Deposit,
    }

    /// Chain time: counts the blocks that were not full. See [`openledger_primitives::traits::Ticks`].
    #[pallet::storage]
    pub type CurrentTick<T: Config> = StorageValue<_, Tick, ValueQuery>;

    /// The id of the next request. Never goes back.
    #[pallet::storage]
    pub type NextRequest<T: Config> = StorageValue<_, RequestId, ValueQuery>;

    /// The requests. Made by `request`, forgotten `RetentionTicks` after they closed.
    //
    // Twox64Concat: request ids are our own counter.
    #[pallet::storage]
    pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, RequestOf<T>>;

    /// What the requests ask. Beside [`Requests`], so that a commitment does not read it.
    #[pallet::storage]
    pub type Inputs<T: Config> = StorageMap<_, Twox64Concat, RequestId, Input>;

    /// The outputs of settled requests. Forgotten with the request.
    #[pallet::storage]
    pub type Answers<T: Config> =
        StorageMap<_, Twox64Concat, RequestId, BoundedVec<u8, ConstU32<MAX_OUTPUT_BYTES>>>;

    /// The workers that were drawn for a request. Forgotten with the request.
    //
    // Blake2_128Concat: accounts are chosen by users. At most MAX_COMMITTEE a request.
    #[pallet::storage]
    pub type Committee<T: Config> =
        StorageDoubleMap<_, Twox64Concat, RequestId, Blake2_128Concat, T::AccountId, SeatOf<T>>;

    /// What the workers revealed. Forgotten with the request.
    #[pallet::storage]
    pub type Reveals<T: Config> =
        StorageDoubleMap<_, Twox64Concat, RequestId, Blake2_128Concat, T::AccountId, Reveal>;

    /// The open requests that a worker was drawn for: [`Committee`] the other way round. Cleared when they close.
    //
    // The worker pool bounds how many a worker has.
    #[pallet::storage]
    pub type Duties<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, RequestId, ()>;

    /// How many requests a consumer has open, at most `MaxOpenRequests`.
    #[pallet::storage]
    pub type OpenRequests<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

    /// Requests that the next block takes further, in the order in which they came. An entry whose request went
    /// another way meanwhile is passed over.
    //
    // Twox64Concat: both keys are our own. Unbounded, but each entry is taken once a block and paid for by a deposit.
    #[pallet::storage]
    pub type Queue<T: Config> = StorageDoubleMap<_, Twox64Concat, Lane, Twox64Concat, u64, RequestId>;

    /// The first place of a queue and the place after its last.
    #[pallet::storage]
    pub type QueueEnds<T: Config> = StorageMap<_, Twox64Concat, Lane, (u64, u64), ValueQuery>;

    /// The open requests by the tick of their deadline. Every open request is in it exactly once.
    #[pallet::storage]
    pub type Deadlines<T: Config> = StorageDoubleMap<_, Twox64Concat, Tick, Twox64Concat, RequestId, ()>;

    /// The earliest tick that may be in [`Deadlines`]: where the next block goes on.
    #[pallet::storage]
    pub type DeadlinesFrom<T: Config> = StorageValue<_, Tick, ValueQuery>;

    /// The closed requests by the last tick that they are kept. Every closed request is in it exactly once.
    #[pallet::storage]
    pub type Retained<T: Config> = StorageDoubleMap<_, Twox64Concat, Tick, Twox64Concat, RequestId, ()>;

    /// The earliest tick that may be in [`Retained`]: where the next block goes on.
    #[pallet::storage]
    pub type RetainedFrom<T: Config> = StorageValue<_, Tick, ValueQuery>;

    /// What happened. Together the events tell the state of every request.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A request was made and its fee is held.
        Requested {
            /// The request.
            request: RequestId,
            /// Who pays.
            consumer: T::AccountId,
            /// The model that is asked.
            model: ModelId,
            /// The model's version hash.
            model_version: H256,
            /// BLAKE2b-256 of the input.
            input: H256,
            /// How sure the consumer wants to be.
            verification: Verification,
            /// Price times committee, planck.
            fee: Balance,
            /// The last tick at which a committee is drawn.
            deadline: Tick,
        },
        /// A committee was drawn.
        Drawn {
            /// The request.
            request: RequestId,
            /// The committee in the order of the draw.
            workers: Vec<WorkerKeyOf<T>>,
            /// The last tick for commitments.
            deadline: Tick,
        },
        /// A worker committed to its answer.
        Committed {
            /// The request.
            request: RequestId,
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// The commitment.
            commitment: H256,
        },
        /// Those that committed can reveal now.
        RevealingStarted {
            /// The request.
            request: RequestId,
            /// How many committed.
            committed: u8,
            /// The last tick for reveals.
            deadline: Tick,
        },
        /// A worker revealed its answer.
        Revealed {
            /// The request.
            request: RequestId,
            /// The worker.
            worker: WorkerKeyOf<T>,
        },
        /// The committee agreed, and the fee was paid out.
        Settled {
            /// The request.
            request: RequestId,
            /// The worker whose output and report count.
            representative: WorkerKeyOf<T>,
            /// The agreeing workers in the order of the draw.
            cluster: Vec<WorkerKeyOf<T>>,
            /// The answer.
            output: BoundedVec<u8, ConstU32<MAX_OUTPUT_BYTES>>,
            /// The fee, planck.
            fee: Balance,
        },
        /// The consumer has its fee back.
        Refunded {
            /// The request.
            request: RequestId,
            /// Why.
            reason: RefundReason,
            /// The fee, planck.
            fee: Balance,
        },
        /// A closed request was removed and its deposit returned.
        Forgotten {
            /// The request.
            request: RequestId,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// There is no such request. It was never made, or it closed so long ago that it was forgotten.
        NotFound,
        /// Only the request's consumer may do this.
        NotAuthorized,
        /// The committee is larger than `MAX_COMMITTEE`, or the threshold is zero or above the committee.
        InvalidVerification,
        /// The input is longer than the model allows. Its limit is in the model's schema.
        InputTooLarge,
        /// The input is shorter than the model's numbers or has one that is not finite, or is no text in UTF-8 where the
        /// model takes text. Inputs that are stored elsewhere are not checked: no worker can answer a bad one, and the
        /// request is refunded.
        InputInvalid,
        /// The model's outputs, query vectors, ancestors or sources are more than a request can hold.
        UnsupportedModel,
        /// The model's price times the committee is above the maximum that the consumer gave.
        PriceAboveMaximum,
        /// The consumer has as many requests open as it may. Wait until one closes.
        TooManyOpenRequests,
        /// The request is beyond waiting for its committee, so it cannot be cancelled.
        AlreadyDrawn,
        /// The account was not drawn for this request.
        NotDrawn,
        /// The worker committed already. A commitment cannot be changed.
        AlreadyCommitted,
        /// The stage that this belongs to is over.
        DeadlinePassed,
        /// The worker did not commit, so it has nothing to reveal.
        NotCommitted,
        /// The others' commitments are still awaited. Reveal when `RevealingStarted` is there.
        TooEarly,
        /// The worker revealed already.
        AlreadyRevealed,
        /// The output is longer than `MAX_OUTPUT_BYTES`.
        OutputTooLarge,
        /// The output has not the length that the model's schema says.
        OutputWrongLength,
        /// The query vector has not the length that the model says.
        QueryWrongLength,
        /// What is revealed is not what was committed to.
        CommitmentMismatch,
        /// The report has too many entries, or one that rests on other evidence than the model's, which may have none.
        ReportInvalid,
        /// The report names a contribution that is in none of the versions that the model was trained on.
        EntryNotInSources,
        /// Nothing about the request is overdue.
        NotDue,
        /// The report names a contribution twice, or is not ascending by datanet and contribution.
        EntriesNotAscending,
        /// An entry of the report has a score of zero. Leave it out.
        ScoreIsZero,
        /// The report's positive weights do not sum to 1,000,000,000, or its negative ones to more.
        WeightsDoNotSum,
        /// The report's weights are not the shares of its scores, rounded as all workers round them.
        WeightsNotOfScores,
    }

    impl<T> From<BadInput> for Error<T> {
        fn from(bad: BadInput) -> Self {
            match bad {
                BadInput::TooLarge => Error::InputTooLarge,
                BadInput::Invalid => Error::InputInvalid,
            }
        }
    }

    impl<T> From<ReportError> for Error<T> {
        fn from(error: ReportError) -> Self {
            match error {
                ReportError::NotSorted => Error::EntriesNotAscending,
                ReportError::ZeroScore => Error::ScoreIsZero,
                ReportError::TooMany => Error::ReportInvalid,
                ReportError::PositiveNotOne | ReportError::NegativeAboveOne => Error::WeightsDoNotSum,
                ReportError::WeightsNotOfScores => Error::WeightsNotOfScores,
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            T::WeightInfo::on_finalize()
        }

        /// Settles, closes what is overdue, and draws, as far as `HookWeight` goes. The rest is left for the next block.
        fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
            let mut budget = WeightMeter::with_limit(T::HookWeight::get().min(meter.remaining()));
            Self::advance_requests(&mut budget);
            meter.consume(budget.consumed());
        }

        /// Forgets closed requests whose time is over.
        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            let mut budget = WeightMeter::with_limit(T::HookWeight::get().min(remaining));
            Self::forget_requests(&mut budget);
            budget.consumed()
        }

        fn on_finalize(_: BlockNumberFor<T>) {
            Self::turn_clock();
        }

        fn integrity_test() {
            assert!(T::MaxOpenRequests::get() > 0, "a consumer has to have a request");
            assert!(
                T::DrawTicks::get() > 0,
                "a draw is in a later block than its request"
            );
            assert!(
                T::CommitTicks::get() > 0,
                "a commitment is in a later block than the draw"
            );
            assert!(T::RevealTicks::get() > 0, "a reveal needs time");
            assert!(
                T::FeeShares::get().is_whole(),
                "the shares of a fee have to sum to one"
            );
            let least = T::WeightInfo::advance_base()
                .saturating_add(T::WeightInfo::calendar_step())
                .saturating_add(Self::conclude_weight())
                .saturating_add(T::WeightInfo::draw(T::MaxHosts::get()))
                .saturating_add(T::WeightInfo::forget());
            assert!(
                T::HookWeight::get().all_gte(least),
                "a block has to settle and to draw a request"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Asks `model` about `input`.
        ///
        /// Origin: signed. The model's price times the committee is held until the request closes, and a deposit for
        /// what is stored of it until `RetentionTicks` later. A committee is drawn in a later block. Whatever
        /// happens, the request ends settled or refunded without another call.
        ///
        /// Errors: `InvalidVerification`, the registry's own when the model cannot be asked, `InputTooLarge`,
        /// `InputInvalid`, `UnsupportedModel`, `PriceAboveMaximum`, `TooManyOpenRequests`, or the currency's own when there is not
        /// enough money. Event: `Requested`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::request())]
        pub fn request(
            origin: OriginFor<T>,
            model: ModelId,
            input: Input,
            max_fee: Balance,
            verification: Verification,
        ) -> DispatchResult {
            let consumer = ensure_signed(origin)?;
            Self::do_request(consumer, model, input, max_fee, verification).map(|_| ())
        }

        /// Takes back a request that still waits for its committee.
        ///
        /// Origin: the request's consumer. Errors: `NotFound`, `NotAuthorized`, `AlreadyDrawn`. Event: `Refunded`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::cancel().saturating_add(T::OnEnd::weight()))]
        pub fn cancel(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_cancel(&who, request)
        }

        /// Commits to an answer: `commitment` is [`openledger_primitives::attestation::commitment`] of it.
        ///
        /// Origin: a worker that was drawn for the request. Free when it succeeds. Errors: `NotFound`, `NotDrawn`,
        /// `AlreadyCommitted`, `DeadlinePassed`. Events: `Committed`, and `RevealingStarted` after the last one.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::commit())]
        pub fn commit(
            origin: OriginFor<T>,
            request: RequestId,
            commitment: H256,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_commit(&who, request, commitment)?;
            Ok(Pays::No.into())
        }

        /// Reveals the answer that was committed to: the model's output, the query vector and the report.
        ///
        /// Origin: a worker that committed. Free when it succeeds. Entries of contributions that are no longer paid
        /// are allowed; the ledger passes them over. Errors: `NotFound`, `NotDrawn`, `NotCommitted`,
        /// `AlreadyRevealed`, `TooEarly`, `DeadlinePassed`, `OutputTooLarge`, `OutputWrongLength`,
        /// `QueryWrongLength`, `CommitmentMismatch`, `ReportInvalid`, `EntriesNotAscending`, `ScoreIsZero`,
        /// `WeightsDoNotSum`, `WeightsNotOfScores`, `EntryNotInSources`. Event: `Revealed`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::reveal(
            u32::try_from(entries.len()).unwrap_or(u32::MAX).min(MAX_REPORT_ENTRIES)
        ))]
        pub fn reveal(
            origin: OriginFor<T>,
            request: RequestId,
            output: Vec<u8>,
            query: Vec<i16>,
            entries: Vec<ReportEntry>,
            salt: [u8; 32],
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_reveal(&who, request, output, query, entries, salt)?;
            Ok(Pays::No.into())
        }

        /// Takes an overdue request one step further, or forgets a closed one whose time is over.
        ///
        /// Origin: any signed one. Free when it succeeds. Blocks do this by themselves; the call is for the case that
        /// they have no weight left for it. Errors: `NotFound`, `NotDue`. Events: those of the step.
        #[pallet::call_index(4)]
        #[pallet::weight(
            T::WeightInfo::poke()
                .saturating_add(T::Ledger::settle_weight())
                .saturating_add(T::OnEnd::weight())
        )]
        pub fn poke(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_poke(request)?;
            Ok(Pays::No.into())
        }
    }
}
