// SPDX-License-Identifier: Apache-2.0
//! How the pallets meet. Each trait is implemented by one pallet and used by the others.

use crate::{
    attestation::WorkerKey,
    comparator::Comparator,
    ids::{ContentId, ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId},
    input::InputRule,
    licence::LicenceTerms,
    money::Balance,
    report::{Blend, Evidence, ReportEntry},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::Weight;
use sp_runtime::{DispatchError, Permill};

/// Chain time that stops while blocks are full. Implemented by `pallet-inference`.
pub trait Ticks {
    /// The current tick.
    fn now() -> Tick;

    /// Moves the clock, for tests and benchmarks.
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    fn set(_tick: Tick) {}
}

/// A published version of a datanet.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct DatanetVersion {
    /// Root of the mountain range over the contributions accepted so far.
    pub root: H256,
    /// How many contributions it commits to.
    pub leaves: u64,
    /// Data points of those of them that were not revoked by then: the whole that standing weights are parts of.
    pub points: u64,
    /// When it was published.
    pub published_at: Tick,
}

/// What settlement needs to know of a contribution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContributionInfo<AccountId> {
    /// Who registered it first and is paid for it.
    pub owner: AccountId,
    /// Its bytes.
    pub content: ContentId,
    /// Its place in the mountain range, once accepted.
    pub leaf_index: Option<u64>,
    /// Accepted and not revoked.
    pub payable: bool,
}

/// A contribution's weight in a version of its datanet, whatever any answer says of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing<AccountId> {
    /// Who registered it first and is paid for it.
    pub owner: AccountId,
    /// Its data points, counted in the version's.
    pub points: u32,
    /// Accepted and not revoked.
    pub payable: bool,
}

/// What other pallets ask of datanets.
pub trait Datanets<AccountId> {
    /// The datanet's owner.
    fn owner(datanet: DatanetId) -> Option<AccountId>;
    /// The licence terms in force.
    fn licence(datanet: DatanetId) -> Option<LicenceTerms>;
    /// A published version.
    fn version(datanet: DatanetId, version: VersionId) -> Option<DatanetVersion>;
    /// Whether `who` may train on the datanet now: it is not paused, and it is open or `who` holds a grant that has
    /// not expired or owns it.
    fn may_train(datanet: DatanetId, who: &AccountId) -> bool;
    /// A contribution.
    fn contribution(datanet: DatanetId, contribution: ContributionId) -> Option<ContributionInfo<AccountId>>;
    /// A contribution's standing weight in a version: none for one that is not in it or was revoked before it was
    /// published. Over all contributions the points sum to the version's, at all times.
    fn standing(
        datanet: DatanetId,
        version: VersionId,
        contribution: ContributionId,
    ) -> Option<Standing<AccountId>>;

    /// Makes a datanet with the given terms, one accepted contribution by `owner` and version 1.
    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(owner: &AccountId, terms: LicenceTerms) -> DatanetId;
}

/// The most datanet versions that a model is trained on.
pub const MAX_SOURCES: u32 = 8;
/// The most ancestors that a model pays royalties to.
pub const MAX_ROYALTIES: u32 = 8;

/// What inference needs to know to sell a model's answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Service<AccountId> {
    /// Planck for one answer.
    pub price: Balance,
    /// How two outputs are compared.
    pub comparator: Comparator,
    /// Exact length of an output, bytes.
    pub output_bytes: u32,
    /// What an input is.
    pub input: InputRule,
    /// Exact number of values of the query vector in a reveal; 0 for a model without attribution.
    pub query_len: u32,
    /// What its reports rest on; none for a model without attribution.
    pub evidence: Option<Evidence>,
    /// Most passages that an answer is made with; 0 for a model without retrieval.
    pub passages: u8,
    /// What a commitment names: hash of artifact, parents, schemas and attribution root.
    pub version_hash: H256,
    /// Who gets what of the lineage's part the royalties leave.
    pub owner: AccountId,
    /// Ancestors' owners and their parts of the lineage's part; they sum to at most one.
    pub royalties: Vec<(ModelId, AccountId, Permill)>,
    /// The datanet versions it was trained on.
    pub sources: Vec<(DatanetId, VersionId)>,
}

/// What a model's release committed to for attribution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Release {
    /// What reports of it rest on.
    pub evidence: Evidence,
    /// Most passages that an answer is made with; 0 for a model without retrieval.
    pub passages: u8,
    /// Root over the influence index ([`openledger_fixed::release`]) or the text ([`openledger_fixed::spans`]).
    pub root: H256,
    /// The datanet versions that it was trained on.
    pub sources: Vec<(DatanetId, VersionId)>,
    /// The head's file ([`openledger_fixed::head`]); none for a model whose logits come out of another network.
    pub head: Option<ContentId>,
}

/// What other pallets ask of the model registry.
pub trait Models<AccountId> {
    /// The model's terms of service, or why it cannot be asked (unknown, paused, deprecated).
    fn service(model: ModelId) -> Result<Service<AccountId>, DispatchError>;
    /// Whether the model exists and may be hosted.
    fn can_host(model: ModelId) -> bool;
    /// What the model's release committed to; none for a model without attribution.
    fn release(model: ModelId) -> Option<Release>;

    /// Registers a servable model without sources.
    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(owner: &AccountId) -> ModelId;
    /// Registers a model with attribution and the most sources: one contribution each, version 1.
    #[cfg(feature = "runtime-benchmarks")]
    fn create_released_for_benchmark(owner: &AccountId) -> ModelId;
}

/// A release whose rows somebody answers for, as far as a dispute about one needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BondedRelease<AccountId> {
    /// Who answers for it: the model's owner.
    pub author: AccountId,
    /// Root over the influence index: see [`openledger_fixed::release`].
    pub root: H256,
    /// The head's file ([`openledger_fixed::head`]).
    pub head: ContentId,
    /// Classes of the head.
    pub classes: u32,
    /// Features of the head.
    pub dims: u32,
    /// Rows of the index.
    pub rows: u32,
}

/// What disputes of released rows ask of the models' bonds. Implemented by `pallet-model-registry`.
pub trait ReleaseBonds<AccountId> {
    /// The release of a model that has a head and attribution, unless it was refuted or its bond was taken back.
    fn bonded(model: ModelId) -> Option<BondedRelease<AccountId>>;
    /// Notes that a row of the release is disputed: bond and ownership stay where they are until it was acquitted as
    /// often.
    fn accuse(model: ModelId);
    /// Notes that one dispute of a row ended, whichever way.
    fn acquit(model: ModelId);
    /// Ends the model's service for good and takes the bond, all of it: `share` of it goes to `challenger`, free, and the
    /// rest to `sink`. Returns both amounts. Either all of it happens or nothing.
    fn refute(
        model: ModelId,
        challenger: &AccountId,
        share: Permill,
        sink: &AccountId,
    ) -> Result<(Balance, Balance), DispatchError>;

    /// Registers a model of `release.author` with this release, and funds the author.
    #[cfg(feature = "runtime-benchmarks")]
    fn create_bonded_for_benchmark(release: BondedRelease<AccountId>) -> ModelId;
}

/// A worker that can be drawn for a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host<AccountId> {
    /// The worker and its registration.
    pub worker: WorkerKey<AccountId>,
    /// Its bond, planck; its weight in the draw.
    pub stake: Balance,
}

/// What inference asks of the workers pallet.
pub trait WorkerPool<AccountId> {
    /// The workers that host `model`, are not chilled and were heard of lately, in a fixed order; a bounded list.
    fn hosts(model: ModelId) -> Vec<Host<AccountId>>;
    /// Whether this registration is still there.
    fn is_registered(worker: &WorkerKey<AccountId>) -> bool;
    /// Notes that a worker was drawn for a request: it cannot finish unbonding until it is released.
    fn assign(worker: &WorkerKey<AccountId>, request: RequestId) -> Result<(), DispatchError>;
    /// Notes that the request no longer needs the worker. `served` says whether it revealed in time.
    fn release(worker: &WorkerKey<AccountId>, request: RequestId, served: bool);

    /// Registers a live worker that hosts `model`.
    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(account: &AccountId, model: ModelId) -> WorkerKey<AccountId>;
}

/// What disputes ask of the workers' bonds. Implemented by `pallet-workers`.
pub trait Bonds<AccountId> {
    /// Notes that a worker has to answer for something: it cannot withdraw its bond until it was acquitted as often.
    fn accuse(worker: &WorkerKey<AccountId>);
    /// Notes that one accusation of a worker ended, whichever way.
    fn acquit(worker: &WorkerKey<AccountId>);
    /// Moves up to `amount` of a worker's bond to `to`, free, and returns how much. Nothing from a registration that
    /// ended.
    fn slash(worker: &WorkerKey<AccountId>, amount: Balance, to: &AccountId) -> Balance;
}

/// A worker's revealed answer, as far as disputes need it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevealedAnswer {
    /// The model's output.
    pub output: Vec<u8>,
    /// The query vector.
    pub query: Vec<i16>,
    /// BLAKE2b-256 of what was asked.
    pub input: H256,
}

/// What disputes ask of answered requests. Implemented by `pallet-inference`.
pub trait Answers<AccountId> {
    /// What `worker` revealed for a request, until that is forgotten.
    fn revealed(request: RequestId, worker: &WorkerKey<AccountId>) -> Option<RevealedAnswer>;

    /// Lets `worker` have revealed an answer to `request` in which all lengths are at their maximum.
    #[cfg(feature = "runtime-benchmarks")]
    fn reveal_for_benchmark(request: RequestId, worker: &WorkerKey<AccountId>);
}

/// A settled request, as the reward ledger takes it over.
///
/// Before the call the inference pallet has moved `workers`, `lineage`, `contributors` and `dust` to the ledger's
/// account and `treasury` to the treasury; `treasury + workers + lineage + contributors + dust` is `fee`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlement<AccountId> {
    /// The request.
    pub request: RequestId,
    /// The model that answered.
    pub model: ModelId,
    /// Who paid.
    pub consumer: AccountId,
    /// The whole fee.
    pub fee: Balance,
    /// The treasury's account and what it got.
    pub treasury: (AccountId, Balance),
    /// Each agreeing worker's part.
    pub workers: Vec<(AccountId, Balance)>,
    /// The model's owner and its part.
    pub model_owner: (AccountId, Balance),
    /// Ancestors' owners and their parts.
    pub royalties: Vec<(ModelId, AccountId, Balance)>,
    /// The contributors' pool.
    pub contributors: Balance,
    /// What rounding left.
    pub dust: Balance,
    /// The datanet versions that the model was trained on; at most [`MAX_SOURCES`].
    pub sources: Vec<(DatanetId, VersionId)>,
    /// The worker whose reveal gave the report.
    pub representative: WorkerKey<AccountId>,
    /// The report: already checked for shape and against the model's sources.
    pub report: Vec<ReportEntry>,
    /// How much each kind of evidence counts in it.
    pub blend: Blend,
}

/// Where the money of settled requests waits to be claimed. Implemented by `pallet-attribution`.
pub trait RewardLedger<AccountId> {
    /// The account that holds the ledger's money.
    fn account() -> AccountId;
    /// Credits every part. Either all of it happens or nothing.
    fn settle(settlement: Settlement<AccountId>) -> Result<(), DispatchError>;
    /// The most that a settlement weighs.
    fn settle_weight() -> Weight;
}

/// A seed that nobody knew when the commitments before it were made.
pub trait DrawSeed {
    /// The seed of this block, bound to `subject`.
    fn seed(subject: &[u8]) -> H256;
}

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending<'a> {
    /// It was answered and paid.
    Answered {
        /// The answer.
        output: &'a [u8],
        /// The attribution report that was paid.
        report: &'a [ReportEntry],
    },
    /// The chain gave the fee back.
    Failed,
    /// Its consumer took it back.
    Cancelled,
}

/// Is told how each request ended, once, in the block in which it did. Cannot refuse.
pub trait OnRequestEnd {
    /// A request ended.
    fn request_ended(request: RequestId, ending: Ending<'_>);
    /// The most that being told weighs.
    fn weight() -> Weight;
}

impl OnRequestEnd for () {
    fn request_ended(_: RequestId, _: Ending<'_>) {}
    fn weight() -> Weight {
        Weight::zero()
    }
}
