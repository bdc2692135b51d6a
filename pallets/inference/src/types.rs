// SPDX-License-Identifier: Apache-2.0
//! What is stored of a request.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::ConstU32, BoundedVec};
use openledger_primitives::{
    attestation::WorkerKey,
    comparator::Comparator,
    money::Balance,
    report::{Blend, Evidence, ReportEntry, MAX_REPORT_ENTRIES},
    traits::{Service, MAX_ROYALTIES, MAX_SOURCES},
    DatanetId, ModelId, Tick, VersionId,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::Permill;

/// The most workers that are drawn for one request. Agreement is found by trying every subset.
pub const MAX_COMMITTEE: u8 = 7;
/// Longest input inside a request, bytes. Longer ones are stored elsewhere and named by their hash.
pub const MAX_INPUT_BYTES: u32 = 4096;
/// Longest output of a model that can be asked, bytes.
pub const MAX_OUTPUT_BYTES: u32 = 1024;
/// Longest query vector of a model that can be asked, values.
pub const MAX_QUERY_VALUES: u32 = 1024;

/// What the model is asked about.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Input {
    /// The bytes themselves.
    #[codec(index = 0)]
    Inline(BoundedVec<u8, ConstU32<MAX_INPUT_BYTES>>),
    /// BLAKE2b-256 of bytes that are stored elsewhere.
    #[codec(index = 1)]
    Stored(H256),
}

impl Input {
    /// BLAKE2b-256 of what is asked.
    pub fn hash(&self) -> H256 {
        match self {
            Input::Inline(bytes) => H256(blake2_256(bytes)),
            Input::Stored(hash) => *hash,
        }
    }
}

/// How sure the consumer wants to be of the answer. It pays the model's price once for each worker.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Verification {
    /// One worker's answer.
    #[codec(index = 0)]
    Single,
    /// An answer on which `threshold` of `k` workers agree.
    #[codec(index = 1)]
    Quorum {
        /// Workers that are drawn, at most [`MAX_COMMITTEE`].
        k: u8,
        /// Workers that have to agree, from 1 to `k`.
        threshold: u8,
    },
}

impl Verification {
    /// How many workers are drawn.
    pub fn committee(&self) -> u8 {
        match self {
            Verification::Single => 1,
            Verification::Quorum { k, .. } => *k,
        }
    }

    /// How many of them have to agree.
    pub fn threshold(&self) -> u8 {
        match self {
            Verification::Single => 1,
            Verification::Quorum { threshold, .. } => *threshold,
        }
    }

    /// Whether such a committee can be drawn and can agree.
    pub fn is_possible(&self) -> bool {
        self.committee() <= MAX_COMMITTEE && (1..=self.committee()).contains(&self.threshold())
    }
}

/// Where a request is on its way.
///
/// Indices 4 to 7 are kept for the stages of a second draw and of a dispute, which lie between the last reveal and the
/// settlement.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Stage<AccountId> {
    /// For a committee to be drawn, in a block after the request's.
    #[codec(index = 0)]
    Waiting,
    /// For the committee's commitments.
    #[codec(index = 1)]
    Committing,
    /// For the reveals of those that committed.
    #[codec(index = 2)]
    Revealing,
    /// Everybody that committed revealed; it is settled in a block after the last reveal's.
    #[codec(index = 3)]
    Revealed,
    /// Closed: answered and paid.
    #[codec(index = 8)]
    Settled {
        /// The worker of the agreeing cluster whose output and report count.
        representative: WorkerKey<AccountId>,
    },
    /// Closed: the consumer has the whole fee back.
    #[codec(index = 9)]
    Refunded {
        /// Why.
        reason: RefundReason,
    },
}

impl<AccountId> Stage<AccountId> {
    /// Whether the fee is still held.
    pub fn is_open(&self) -> bool {
        !matches!(self, Stage::Settled { .. } | Stage::Refunded { .. })
    }
}

/// Why a request was refunded.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum RefundReason {
    /// The consumer changed its mind before a committee was drawn.
    #[codec(index = 0)]
    Cancelled,
    /// Too few live workers host the model.
    #[codec(index = 1)]
    TooFewWorkers,
    /// Too few workers committed in time.
    #[codec(index = 2)]
    TooFewCommitments,
    /// Too few workers revealed in time.
    #[codec(index = 3)]
    TooFewReveals,
    /// Enough workers revealed, but too few of them agree. Nobody is at fault by that alone.
    #[codec(index = 4)]
    Inconclusive,
    /// The payment could not be made; the treasury or the ledger refused it.
    #[codec(index = 5)]
    PaymentFailed,
}

/// The model's terms when the request was made: later changes do not touch it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Terms<AccountId> {
    /// What commitments name.
    pub model_version: H256,
    /// How outputs are compared.
    pub comparator: Comparator,
    /// Exact length of an output, bytes.
    pub output_bytes: u32,
    /// Exact number of values of a query vector; 0 for a model without attribution.
    pub query_len: u32,
    /// What its reports rest on; none for a model without attribution.
    pub evidence: Option<Evidence>,
    /// Most passages that an answer is made with; 0 for a model without retrieval.
    pub passages: u8,
    /// How much each kind of evidence counts in a report.
    pub blend: Blend,
    /// The model's owner.
    pub owner: AccountId,
    /// Ancestors, their owners and their parts of the lineage's part.
    pub royalties: BoundedVec<(ModelId, AccountId, Permill), ConstU32<MAX_ROYALTIES>>,
    /// The datanet versions that the model was trained on.
    pub sources: BoundedVec<(DatanetId, VersionId), ConstU32<MAX_SOURCES>>,
}

impl<AccountId> Terms<AccountId> {
    /// The terms of a service while the kinds of evidence count as `blend` says, or `None` when its outputs or lists are
    /// longer than a request can hold.
    pub fn new(service: Service<AccountId>, blend: Blend) -> Option<Self> {
        let readable = usize::try_from(service.output_bytes).ok()?;
        let fits = service.output_bytes <= MAX_OUTPUT_BYTES
            && service.query_len <= MAX_QUERY_VALUES
            && service.comparator.accepts_length(readable);
        if !fits {
            return None;
        }
        Some(Terms {
            model_version: service.version_hash,
            comparator: service.comparator,
            output_bytes: service.output_bytes,
            query_len: service.query_len,
            evidence: service.evidence,
            passages: service.passages,
            blend,
            owner: service.owner,
            royalties: service.royalties.try_into().ok()?,
            sources: service.sources.try_into().ok()?,
        })
    }
}

/// A paid request, from `request` until it is forgotten.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Request<AccountId, BlockNumber, Ticket> {
    /// Who pays.
    pub consumer: AccountId,
    /// The model that is asked.
    pub model: ModelId,
    /// The model's terms.
    pub terms: Terms<AccountId>,
    /// How sure the consumer wants to be.
    pub verification: Verification,
    /// Price times committee, planck; held under `HoldReason::Escrow` while the request is open.
    pub fee: Balance,
    /// The deposit for everything that is stored of the request.
    pub deposit: Ticket,
    /// Where it is on its way.
    pub stage: Stage<AccountId>,
    /// The block in which it got there.
    pub since: BlockNumber,
    /// The last tick of the stage. Of a closed request: the last tick that it is kept.
    pub deadline: Tick,
    /// How many workers committed.
    pub committed: u8,
    /// How many workers revealed.
    pub revealed: u8,
}

/// A drawn worker's place in a request's committee.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Seat<AccountId> {
    /// The worker and its registration.
    pub worker: WorkerKey<AccountId>,
    /// In which round it was drawn, from 0.
    pub place: u8,
    /// Its bond at the draw, planck.
    pub stake: Balance,
    /// What it committed to.
    pub commitment: Option<H256>,
    /// Whether it revealed.
    pub revealed: bool,
}

/// What a worker revealed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Reveal {
    /// The model's output.
    pub output: BoundedVec<u8, ConstU32<MAX_OUTPUT_BYTES>>,
    /// The query vector from which the report follows.
    pub query: BoundedVec<i16, ConstU32<MAX_QUERY_VALUES>>,
    /// The report.
    pub entries: BoundedVec<ReportEntry, ConstU32<MAX_REPORT_ENTRIES>>,
}

/// A queue of requests that a coming block takes one step further.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Lane {
    /// Those that wait for a committee.
    #[codec(index = 0)]
    Draw,
    /// Those whose reveals are complete.
    #[codec(index = 1)]
    Settle,
}
