// SPDX-License-Identifier: Apache-2.0
//! Keys and layouts of the storage that a payment rests on.
//!
//! Each layout is read as far as it is needed; fields that later runtimes add behind it do no harm.

use codec::{Decode, Encode};
use openledger_primitives::{
    attestation::WorkerKey,
    comparator::Comparator,
    explain::{Part, TakenBack},
    membership::ContributionLeaf,
    money::Balance,
    report::{Blend, Evidence, ReportEntry},
    signature::AccountId,
    ContentId, ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId,
};
use sp_core::H256;
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};
use sp_runtime::Permill;

/// An item of storage: its name for people, and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `Pallet.Item(keys)`.
    pub name: String,
    /// The key in the state.
    pub key: Vec<u8>,
}

fn twox(key: impl Encode) -> Vec<u8> {
    key.using_encoded(|bytes| [&twox_64(bytes), bytes].concat())
}

fn blake2(key: impl Encode) -> Vec<u8> {
    key.using_encoded(|bytes| [&blake2_128(bytes), bytes].concat())
}

fn item(pallet: &str, name: &str, shown: String, keys: &[Vec<u8>]) -> Item {
    let mut key = [twox_128(pallet.as_bytes()), twox_128(name.as_bytes())].concat();
    keys.iter().for_each(|part| key.extend_from_slice(part));
    Item {
        name: format!("{pallet}.{name}({shown})"),
        key,
    }
}

impl Item {
    /// The hash of the genesis block, which the chain keeps for good.
    pub fn genesis() -> Self {
        item("System", "BlockHash", "0".into(), &[twox(0u32)])
    }

    /// A settled request's payment.
    pub fn settlement(request: RequestId) -> Self {
        item(
            "Attribution",
            "Settlements",
            request.to_string(),
            &[twox(request)],
        )
    }

    /// The open dispute about a report.
    pub fn dispute(request: RequestId) -> Self {
        item("Attribution", "Disputes", request.to_string(), &[twox(request)])
    }

    /// A request, until it is forgotten.
    pub fn request(request: RequestId) -> Self {
        item("Inference", "Requests", request.to_string(), &[twox(request)])
    }

    /// What a request asks.
    pub fn input(request: RequestId) -> Self {
        item("Inference", "Inputs", request.to_string(), &[twox(request)])
    }

    /// A worker's place in a request's committee.
    pub fn seat(request: RequestId, worker: &AccountId) -> Self {
        let shown = format!("{request}, {worker}");
        item("Inference", "Committee", shown, &[twox(request), blake2(worker)])
    }

    /// What a worker revealed.
    pub fn reveal(request: RequestId, worker: &AccountId) -> Self {
        let shown = format!("{request}, {worker}");
        item("Inference", "Reveals", shown, &[twox(request), blake2(worker)])
    }

    /// A registered model.
    pub fn model(model: ModelId) -> Self {
        item("ModelRegistry", "Models", model.to_string(), &[twox(model)])
    }

    /// A contribution.
    pub fn contribution(datanet: DatanetId, contribution: ContributionId) -> Self {
        let shown = format!("{datanet}, {contribution}");
        item(
            "Datanets",
            "Contributions",
            shown,
            &[twox(datanet), twox(contribution)],
        )
    }

    /// A published version.
    pub fn version(datanet: DatanetId, version: VersionId) -> Self {
        let shown = format!("{datanet}, {version}");
        item("Datanets", "Versions", shown, &[twox(datanet), twox(version)])
    }
}

/// `Attribution.Settlements`.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Settled {
    /// The model that answered.
    pub model: ModelId,
    /// Who paid.
    pub consumer: AccountId,
    /// The fee, planck.
    pub fee: Balance,
    /// What the model's pool of earlier answers added, planck.
    pub from_pool: Balance,
    /// The worker whose reveal gave the report.
    pub representative: WorkerKey<AccountId>,
    /// The report.
    pub report: Vec<ReportEntry>,
    /// How much each kind of evidence counts in it.
    pub blend: Blend,
    /// Every payment.
    pub parts: Vec<Part<AccountId>>,
    /// What negative entries took back.
    pub taken_back: Vec<TakenBack>,
    /// When it was settled.
    pub settled_at: Tick,
    /// The model's count of attributed answers then.
    pub answer: u64,
    /// Its output was refuted.
    pub void: bool,
}

/// How sure the consumer wanted to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub enum Verification {
    /// One worker's answer.
    #[codec(index = 0)]
    Single,
    /// Agreement of several.
    #[codec(index = 1)]
    Quorum {
        /// Workers that were drawn.
        k: u8,
        /// How many had to agree.
        threshold: u8,
    },
}

/// Where a request is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub enum Stage {
    /// For a committee.
    #[codec(index = 0)]
    Waiting,
    /// For commitments.
    #[codec(index = 1)]
    Committing,
    /// For reveals.
    #[codec(index = 2)]
    Revealing,
    /// Everybody revealed.
    #[codec(index = 3)]
    Revealed,
    /// Answered and paid.
    #[codec(index = 8)]
    Settled(WorkerKey<AccountId>),
    /// The fee went back.
    #[codec(index = 9)]
    Refunded(u8),
}

/// `Inference.Requests`, with the terms that hold for it.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Request {
    /// Who pays.
    pub consumer: AccountId,
    /// The model.
    pub model: ModelId,
    /// What commitments name.
    pub model_version: H256,
    /// How outputs are compared.
    pub comparator: Comparator,
    /// Length of an output, bytes.
    pub output_bytes: u32,
    /// Values of a query vector.
    pub query_len: u32,
    /// What reports rest on.
    pub evidence: Option<Evidence>,
    /// Most passages that an answer is made with.
    pub passages: u8,
    /// How much each kind of evidence counts in a report.
    pub blend: Blend,
    /// The model's owner.
    pub owner: AccountId,
    /// Ancestors, their owners and their parts.
    pub royalties: Vec<(ModelId, AccountId, Permill)>,
    /// What the model was trained on.
    pub sources: Vec<(DatanetId, VersionId)>,
    /// How sure the consumer wanted to be.
    pub verification: Verification,
    /// The fee, planck.
    pub fee: Balance,
    /// The deposit, planck.
    pub deposit: Balance,
    /// Where it is on its way.
    pub stage: Stage,
    /// The block in which it got there.
    pub since: u32,
}

/// `Inference.Inputs`.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub enum Input {
    /// The bytes themselves.
    #[codec(index = 0)]
    Inline(Vec<u8>),
    /// BLAKE2b-256 of bytes that are stored elsewhere.
    #[codec(index = 1)]
    Stored(H256),
}

/// `Inference.Committee`.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Seat {
    /// The worker and its registration.
    pub worker: WorkerKey<AccountId>,
    /// In which round it was drawn.
    pub place: u8,
    /// Its bond at the draw, planck.
    pub stake: Balance,
    /// What it committed to.
    pub commitment: Option<H256>,
    /// Whether it revealed.
    pub revealed: bool,
}

/// `Inference.Reveals`.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Reveal {
    /// The model's output.
    pub output: Vec<u8>,
    /// The query vector.
    pub query: Vec<i16>,
    /// The report as it was revealed.
    pub entries: Vec<ReportEntry>,
}

/// `ModelRegistry.Models`, up to what its answers are paid by.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Model {
    /// Who sells its answers.
    pub owner: AccountId,
    /// Who may take it over.
    pub offered_to: Option<AccountId>,
    /// 0 a base, 1 an adapter.
    pub kind: u8,
    /// What it is.
    pub spec: Spec,
    /// What it runs on top of.
    pub parents: Vec<ModelId>,
    /// What it was trained on.
    pub sources: Vec<Source>,
    /// Steps to its farthest ancestor.
    pub depth: u32,
    /// What each ancestor gets of the lineage's part.
    pub royalties: Vec<(ModelId, Permill)>,
    /// Their sum.
    pub cumulative_royalty: Permill,
    /// Whether it may be sold.
    pub commercial: bool,
    /// What commitments name.
    pub version_hash: H256,
}

/// What a model is.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Spec {
    /// The weights.
    pub artifact: ContentId,
    /// How to run them.
    pub config: ContentId,
    /// 0 ONNX, 1 safetensors, 2 a corpus.
    pub format: u8,
    /// The input's type and width.
    pub input: (u8, u32),
    /// Bytes of an output, values of a query vector, classes.
    pub output: (u32, u32, u32),
    /// How outputs are compared.
    pub comparator: Comparator,
    /// What descendants pay.
    pub royalty: Permill,
    /// How it was trained.
    pub training_config: H256,
    /// What attribution needs.
    pub attribution: Option<Release>,
    /// How good it is: data, right answers in millionths, points.
    pub evaluation: Option<(ContentId, u32, u32)>,
}

/// What a release committed to for attribution.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Release {
    /// Root over the influence index, or over the text's release.
    pub root: H256,
    /// The index, or the corpus.
    pub index: ContentId,
    /// The training features, or the tokenizer.
    pub features: ContentId,
    /// Rows in both, or documents.
    pub rows: u32,
    /// What reports rest on.
    pub evidence: Evidence,
    /// Most passages of its text that an answer is made with.
    pub passages: u8,
}

/// A datanet version that a model was trained on.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Source {
    /// The datanet.
    pub datanet: DatanetId,
    /// Its version.
    pub version: VersionId,
    /// The terms that were accepted.
    pub licence_hash: H256,
    /// The largest contributors' share that was accepted.
    pub max_share: Permill,
}

/// `Datanets.Contributions`.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Contribution {
    /// Who registered it first.
    pub owner: AccountId,
    /// BLAKE2b-256 of its bytes.
    pub content: ContentId,
    /// Length in bytes.
    pub size: u64,
    /// How to read them.
    pub media_type: Vec<u8>,
    /// Data points.
    pub leaf_count: u32,
    /// When it was registered.
    pub registered_at: Tick,
    /// Quality bond, planck.
    pub bond: Balance,
    /// Where it stands.
    pub state: Standing,
    /// How much of it was new, as whoever accepted it says.
    pub novelty: Option<Novelty>,
}

/// What whoever accepted a contribution said of how much was new.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Novelty {
    /// The new part.
    pub share: Permill,
    /// How it was measured.
    pub method: NoveltyMethod,
    /// Compared with so many contributions.
    pub against: u64,
    /// What was found.
    pub evidence: Option<ContentId>,
}

/// How novelty was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum NoveltyMethod {
    /// Runs of words.
    #[codec(index = 0)]
    Shingles,
    /// Rows of numbers.
    #[codec(index = 1)]
    Rows,
}

/// Where a contribution stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Standing {
    /// Not judged yet.
    Pending,
    /// Part of the datanet.
    Accepted {
        /// Its place in the mountain range.
        leaf_index: u64,
        /// Who accepted it; nobody in an open datanet.
        by: Option<AccountId>,
    },
    /// Not paid any more.
    Revoked {
        /// Its place in the mountain range.
        leaf_index: u64,
        /// Who revoked it.
        by: AccountId,
        /// The newest version by then.
        after: VersionId,
    },
}

impl Contribution {
    /// Its place in the mountain range, once accepted.
    pub fn leaf_index(&self) -> Option<u64> {
        match self.state {
            Standing::Pending => None,
            Standing::Accepted { leaf_index, .. } | Standing::Revoked { leaf_index, .. } => Some(leaf_index),
        }
    }

    /// What versions commit to.
    pub fn leaf(&self, datanet: DatanetId, contribution: ContributionId) -> ContributionLeaf<AccountId> {
        ContributionLeaf {
            datanet,
            contribution,
            owner: self.owner.clone(),
            content: self.content,
            size: self.size,
            leaf_count: self.leaf_count,
        }
    }
}
