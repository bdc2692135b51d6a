// SPDX-License-Identifier: Apache-2.0
//! What the pallet stores and what its calls take.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use openledger_primitives::{
    comparator::Comparator,
    fixed::{retrieval, spans},
    input::InputRule,
    money::Balance,
    report::Evidence,
    shown::MAX_QUESTION_BYTES,
    traits::{MAX_ROYALTIES, MAX_SOURCES},
    ContentId, DatanetId, ModelId, Tick, VersionId,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::Permill;

/// The most parents of an adapter.
pub const MAX_PARENTS: u32 = 4;

/// Tag in front of what a version hash is made of.
pub const VERSION_TAG: &[u8] = b"openledger/model/version/v1";

// Arguments may be longer than what is stored, so that a list that is somewhat too long is answered with an error
// that says so instead of a transaction that cannot be decoded.
/// A call's list of parents before its length is checked.
pub type ParentsArgument = BoundedVec<ModelId, ConstU32<32>>;
/// A call's list of sources before its length is checked.
pub type SourcesArgument = BoundedVec<Source, ConstU32<32>>;

/// Parents of an adapter.
pub type Parents = BoundedVec<ModelId, ConstU32<MAX_PARENTS>>;
/// Datanet versions that a model was trained on.
pub type Sources = BoundedVec<Source, ConstU32<MAX_SOURCES>>;
/// Ancestors and their parts of the lineage's part of a fee.
pub type Royalties = BoundedVec<(ModelId, Permill), ConstU32<MAX_ROYALTIES>>;

/// Whether a model stands alone.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum ModelKind {
    /// A whole network.
    Base,
    /// Weights that run on top of its parents.
    Adapter,
}

/// How to read an artifact.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum ArtifactFormat {
    /// An ONNX graph.
    Onnx,
    /// Named tensors.
    Safetensors,
    /// A text's tokens with their suffix array, which answer by continuing what is asked.
    Corpus,
}

/// The type of an input's values.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum DataType {
    /// IEEE 754 single precision, little endian, 4 bytes.
    F32,
    /// Text in UTF-8, 1 byte each.
    Utf8,
    /// Tokens of the model's tokenizer, little endian, 2 bytes each.
    Token,
}

impl DataType {
    /// Bytes of one value.
    pub const fn bytes(self) -> u32 {
        match self {
            DataType::F32 => 4,
            DataType::Utf8 => 1,
            DataType::Token => 2,
        }
    }
}

/// What a request carries.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct InputSchema {
    /// The values' type.
    pub dtype: DataType,
    /// How many values one input has: numbers exactly, of a text the most bytes or tokens.
    pub width: u32,
}

impl InputSchema {
    /// What an input of a request has to be.
    pub const fn rule(&self) -> InputRule {
        match self.dtype {
            DataType::F32 => InputRule::Numbers { bytes: self.bytes() },
            DataType::Utf8 => InputRule::Text { most: self.bytes() },
            DataType::Token => InputRule::Tokens { most: self.bytes() },
        }
    }

    /// Bytes of the longest input.
    pub const fn bytes(&self) -> u32 {
        self.width.saturating_mul(self.dtype.bytes())
    }
}

/// What an answer carries.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct OutputSchema {
    /// Exact length of an output, bytes.
    pub output_bytes: u32,
    /// Values of the query vector in a reveal; 0 for a model without attribution.
    pub query_len: u32,
    /// Classes of a classifier, whose output is one little-endian `i32` logit for each; 0 for other models.
    pub classes: u32,
}

/// A datanet version that a model was trained on, and what its owner accepted to do so.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Source {
    /// The datanet.
    pub datanet: DatanetId,
    /// Its version.
    pub version: VersionId,
    /// The version hash of the licence terms that are accepted.
    pub licence_hash: H256,
    /// The largest contributors' share that is accepted.
    pub max_share: Permill,
}

/// The files and the commitment that attribution needs.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Attribution {
    /// Root over the header, table and rows of the index, or over the text's release.
    pub root: H256,
    /// The influence index (OLIX); of a text the corpus (OLSA), which is the artifact.
    pub index: ContentId,
    /// The training features (OLFX); of a text the tokenizer's file, which is the config.
    pub features: ContentId,
    /// Rows in both; of a text its documents.
    pub rows: u32,
    /// What reports rest on.
    pub evidence: Evidence,
    /// Most passages of its text that an answer is made with, which are evidence too; 0 for a model without retrieval.
    pub passages: u8,
}

/// How good the model is, as its owner says.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Evaluation {
    /// The held-out data.
    pub dataset: ContentId,
    /// Right answers, parts per million.
    pub accuracy_ppm: u32,
    /// How many points the data has.
    pub samples: u32,
}

/// What a model is, apart from what it descends from and was trained on. Never changes.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ModelSpec {
    /// The weights.
    pub artifact: ContentId,
    /// How to run them: for an adapter its `adapter_config.json`.
    pub config: ContentId,
    /// How to read the weights.
    pub format: ArtifactFormat,
    /// What a request carries.
    pub input: InputSchema,
    /// What an answer carries.
    pub output: OutputSchema,
    /// When two outputs are the same answer.
    pub comparator: Comparator,
    /// The part of the lineage's share that each descendant pays to this model's owner.
    pub royalty: Permill,
    /// How it was trained.
    pub training_config: H256,
    /// What attribution needs; none for a model without.
    pub attribution: Option<Attribution>,
    /// How good it is; none when its owner does not say.
    pub evaluation: Option<Evaluation>,
}

impl ModelSpec {
    /// Whether a corpus is attributed by spans, and nothing else is: its own corpus with its tokenizer, an output of
    /// whole tokens, no classes, a query vector with a credit for each token and the log of its passages, and outputs that
    /// are equal or not. A question that passages are looked up for is asked in tokens and short, so that the chain
    /// can read it.
    pub fn spans_fit(&self) -> bool {
        let by_spans = self
            .attribution
            .filter(|attribution| attribution.evidence == Evidence::Spans);
        let text = self.format == ArtifactFormat::Corpus;
        let passages = self.attribution.map_or(0, |attribution| attribution.passages);
        let Some(attribution) = by_spans.filter(|_| text) else {
            return by_spans.is_none() && !text && passages == 0 && self.input.dtype == DataType::F32;
        };
        let asked_in_words = match self.input.dtype {
            DataType::F32 => false,
            DataType::Utf8 => passages == 0,
            DataType::Token => passages == 0 || self.input.bytes() <= MAX_QUESTION_BYTES,
        };
        let tokens = usize::try_from(self.output.output_bytes / 2).ok();
        let numbers = tokens
            .filter(|tokens| *tokens <= spans::MAX_OUTPUT_TOKENS)
            .and_then(|tokens| retrieval::query_numbers(tokens, usize::from(passages)));
        self.output.output_bytes.is_multiple_of(2)
            && numbers.is_some()
            && usize::try_from(self.output.query_len).ok() == numbers
            && self.output.classes == 0
            && asked_in_words
            && self.comparator == Comparator::Exact
            && attribution.index == self.artifact
            && attribution.features == self.config
    }

    /// What a commitment names: everything that decides an answer and its attribution, and nothing of price or
    /// owner. BLAKE2b-256 of the SCALE encoding of tag, artifact, config, format, the parents' version hashes,
    /// schemas, comparator, attribution root and sources.
    pub fn version_hash(&self, parents: &[H256], sources: &[Source]) -> H256 {
        let root = self.attribution.map(|attribution| attribution.root);
        let what = (self.artifact, self.config, self.format, parents);
        let how = (self.input, self.output, self.comparator, root, sources);
        H256(blake2_256(&(VERSION_TAG, what, how).encode()))
    }
}

/// Whether a model answers.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum ModelStatus {
    /// It answers, when it has a price, and may be a parent.
    Active,
    /// It takes no requests and no children until its owner resumes it.
    Paused,
    /// It takes no requests and no children any more. Final.
    Deprecated,
}

/// A registered model.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Model<AccountId, Ticket> {
    /// Who sells its answers, gets its royalties and holds its storage deposit.
    pub owner: AccountId,
    /// Who may take the ownership over, if it was offered.
    pub offered_to: Option<AccountId>,
    /// Whether it stands alone.
    pub kind: ModelKind,
    /// What it is.
    pub spec: ModelSpec,
    /// What it runs on top of.
    pub parents: Parents,
    /// What it was trained on.
    pub sources: Sources,
    /// Steps to its farthest ancestor; 0 for a base.
    pub depth: u32,
    /// What each ancestor gets of the lineage's part, without those that ask for nothing.
    pub royalties: Royalties,
    /// The sum of `royalties`.
    pub cumulative_royalty: Permill,
    /// Whether its sources' terms and its ancestors' allow paid answers.
    pub commercial: bool,
    /// See [`ModelSpec::version_hash`].
    pub version_hash: H256,
    /// Planck for one answer; none while it is not for sale.
    pub price: Option<Balance>,
    /// Whether it answers.
    pub status: ModelStatus,
    /// When it was registered.
    pub registered_at: Tick,
    /// The owner's deposit for the record.
    pub ticket: Ticket,
}

/// What a model's owner put down for its release, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ReleaseBond {
    /// Planck on hold of the owner.
    pub amount: Balance,
    /// Disputes of rows that are open.
    pub accused: u32,
    /// When the model was deprecated.
    pub ended_at: Option<Tick>,
    /// Whether a row was proved wrong. Final.
    pub refuted: bool,
}
