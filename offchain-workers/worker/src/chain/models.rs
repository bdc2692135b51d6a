// SPDX-License-Identifier: Apache-2.0
//! Models, registrations and what is asked of workers, read by the names of their fields: fields that later runtimes add do no harm.

use super::{
    client::{within, Block},
    ChainError, Registration, WorkerRules,
};
use openledger_primitives::{ModelId, Tick};
use sp_core::{crypto::AccountId32, H256};
use subxt::{
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
    storage::DynamicAddress,
    utils,
};

/// Bytes of a token.
const TOKEN_BYTES: usize = 2;

/// What answers for a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Model {
    /// A base network, and perhaps a head on it.
    Network(Network),
    /// A text that continues what it is asked.
    Text(Text),
}

impl Model {
    /// Content id of the file that answers begin with: the base network's, or the text's.
    pub fn artifact(&self) -> H256 {
        match self {
            Self::Network(network) => network.base,
            Self::Text(text) => text.corpus,
        }
    }

    /// The head on a base network.
    pub fn adapter(&self) -> Option<&Adapter> {
        match self {
            Self::Network(network) => network.adapter.as_ref(),
            Self::Text(_) => None,
        }
    }
}

impl From<Network> for Model {
    fn from(network: Network) -> Self {
        Self::Network(network)
    }
}

impl From<Text> for Model {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

/// What a text is asked in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Asked {
    /// Text in UTF-8.
    #[default]
    Text,
    /// Tokens of its own tokenizer, little endian.
    Tokens,
}

/// A text that continues what it is asked, with attribution by what an answer quotes, and by the passages that it is made
/// with.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Text {
    /// Content id of its tokens with their suffix array (OLSA).
    pub corpus: H256,
    /// Content id of the tokenizer's file.
    pub tokenizer: H256,
    /// What its release committed to.
    pub root: H256,
    /// How many documents it has.
    pub documents: u32,
    /// What a prompt is.
    pub asked: Asked,
    /// Most bytes of a prompt.
    pub prompt_bytes: usize,
    /// Most passages that an answer is made with; none for a text that only continues.
    pub passages: usize,
    /// Bytes of an answer, two a token.
    pub output_bytes: usize,
    /// Values of an answer's query vector.
    pub query_len: usize,
}

/// A base network, and what runs on top of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Network {
    /// Content id of the base network's ONNX file.
    pub base: H256,
    /// Numbers that the base network takes.
    pub inputs: usize,
    /// Numbers that the base network gives.
    pub features: usize,
    /// What runs on top of it.
    pub adapter: Option<Adapter>,
}

/// A head on a base network, and what attribution needs.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Adapter {
    /// Content id of the head's safetensors file.
    pub head: H256,
    /// What its release committed to; none for a head without attribution.
    pub attribution: Option<Attribution>,
}

/// What a release committed to for attribution.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Attribution {
    /// Content id of the influence index.
    pub index: H256,
    /// Content id of the features that it was built from.
    pub features: H256,
    /// Merkle root of the index's rows.
    pub root: H256,
    /// How many rows it has.
    pub rows: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum KindRecord {
    Base,
    Adapter,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum FormatRecord {
    Onnx,
    Safetensors,
    Corpus,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum DataTypeRecord {
    F32,
    Utf8,
    Token,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum EvidenceRecord {
    Influence,
    Spans,
    Retrieval,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct InputRecord {
    dtype: DataTypeRecord,
    width: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct OutputRecord {
    output_bytes: u32,
    query_len: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct AttributionRecord {
    root: [u8; 32],
    index: [u8; 32],
    features: [u8; 32],
    rows: u32,
    evidence: EvidenceRecord,
    passages: u8,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct SpecRecord {
    artifact: [u8; 32],
    config: [u8; 32],
    format: FormatRecord,
    input: InputRecord,
    output: OutputRecord,
    attribution: Option<AttributionRecord>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct ModelRecord {
    pub kind: KindRecord,
    pub spec: SpecRecord,
    pub parents: Vec<u64>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct BondRecord {
    pub refuted: bool,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum StandingRecord {
    Active,
    Chilled,
    Unbonding,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WorkerRecord {
    epoch: u32,
    standing: StandingRecord,
    hosted: Vec<u64>,
    heard_at: u64,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum ParameterRecord {
    Workers(WorkersParameterRecord),
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum WorkersParameterRecord {
    HeartbeatTicks(u64),
}

/// The ids of all registered models, ascending.
pub(super) async fn models(block: &Block) -> Result<Vec<ModelId>, ChainError> {
    let address = dynamic::storage::<(u64,), ModelRecord>("ModelRegistry", "Models");
    let mut entries = within(block.storage().iter(address, ())).await?;
    let mut models = Vec::new();
    while let Some(entry) = entries.next().await {
        let entry = entry.map_err(|error| ChainError::Unreachable(error.to_string()))?;
        let key = entry.key().and_then(|key| key.decode());
        let (model,) = key.map_err(|error| unreadable("model ids", error))?;
        models.push(model);
    }
    models.sort_unstable();
    Ok(models)
}

/// What to run for `model`.
pub(super) async fn model(block: &Block, model: ModelId) -> Result<Model, ChainError> {
    let own = record(block, model).await?;
    if let KindRecord::Base = own.kind {
        return base(&own.spec);
    }
    for parent in &own.parents {
        let parent = record(block, *parent).await?;
        if let KindRecord::Base = parent.kind {
            return on_top(&own.spec, base(&parent.spec)?, model);
        }
    }
    Err(ChainError::NotFound(format!(
        "base network under model {model}; adapters of adapters cannot be run"
    )))
}

/// A head on a base.
pub(super) fn on_top(head: &SpecRecord, base: Model, model: ModelId) -> Result<Model, ChainError> {
    match base {
        Model::Network(base) => Ok(Model::Network(Network {
            adapter: Some(adapter(head)?),
            ..base
        })),
        Model::Text(_) => Err(ChainError::NotFound(format!(
            "base network under model {model}; adapters of texts cannot be run"
        ))),
    }
}

/// The head of an adapter's record.
fn adapter(spec: &SpecRecord) -> Result<Adapter, ChainError> {
    let attribution = match &spec.attribution {
        None => None,
        Some(a) if matches!(a.evidence, EvidenceRecord::Influence) => Some(Attribution {
            index: H256(a.index),
            features: H256(a.features),
            root: H256(a.root),
            rows: a.rows,
        }),
        Some(_) => return Err(unreadable("model", "a head is attributed by influence only")),
    };
    Ok(Adapter {
        head: H256(spec.artifact),
        attribution,
    })
}

/// The network or the text of a base's record.
pub(super) fn base(spec: &SpecRecord) -> Result<Model, ChainError> {
    let size = |n: u32| usize::try_from(n).map_err(|error| unreadable("model's schema", error));
    match (&spec.format, &spec.input.dtype, &spec.attribution) {
        (FormatRecord::Corpus, DataTypeRecord::Utf8 | DataTypeRecord::Token, Some(a))
            if matches!(a.evidence, EvidenceRecord::Spans) =>
        {
            let (asked, token_bytes) = match spec.input.dtype {
                DataTypeRecord::Token => (Asked::Tokens, TOKEN_BYTES),
                _ => (Asked::Text, 1),
            };
            Ok(Model::Text(Text {
                corpus: H256(spec.artifact),
                tokenizer: H256(spec.config),
                root: H256(a.root),
                documents: a.rows,
                asked,
                prompt_bytes: size(spec.input.width)?.saturating_mul(token_bytes),
                passages: usize::from(a.passages),
                output_bytes: size(spec.output.output_bytes)?,
                query_len: size(spec.output.query_len)?,
            }))
        }
        (FormatRecord::Onnx | FormatRecord::Safetensors, DataTypeRecord::F32, _) => {
            Ok(Model::Network(Network {
                base: H256(spec.artifact),
                inputs: size(spec.input.width)?,
                // four bytes for each number
                features: size(spec.output.output_bytes / 4)?,
                adapter: None,
            }))
        }
        _ => Err(unreadable(
            "model",
            "texts alone take text or tokens, and are attributed by spans",
        )),
    }
}

async fn record(block: &Block, model: ModelId) -> Result<ModelRecord, ChainError> {
    let address = dynamic::storage::<(u64,), ModelRecord>("ModelRegistry", "Models");
    within(block.storage().try_fetch(address, (model,)))
        .await?
        .ok_or_else(|| ChainError::NotFound(format!("model {model}")))?
        .decode()
        .map_err(|error| unreadable("model", error))
}

/// Whether a row of the model's release was proved wrong.
pub(super) async fn is_refuted(block: &Block, model: ModelId) -> Result<bool, ChainError> {
    let address = dynamic::storage::<(u64,), BondRecord>("ModelRegistry", "Bonds");
    let Some(value) = within(block.storage().try_fetch(address, (model,))).await? else {
        return Ok(false);
    };
    let record = value.decode();
    record
        .map(|record| record.refuted)
        .map_err(|error| unreadable("release's bond", error))
}

/// The registration of `worker`, if it has one.
pub(super) async fn registration(
    block: &Block,
    worker: &AccountId32,
) -> Result<Option<Registration>, ChainError> {
    let account = utils::AccountId32(*AsRef::<[u8; 32]>::as_ref(worker));
    let address = dynamic::storage::<(utils::AccountId32,), WorkerRecord>("Workers", "Workers");
    let Some(value) = within(block.storage().try_fetch(address, (account,))).await? else {
        return Ok(None);
    };
    let record = value
        .decode()
        .map_err(|error| unreadable("registration", error))?;
    Ok(Some(registered(record)))
}

/// The registration of a worker's record.
pub(super) fn registered(record: WorkerRecord) -> Registration {
    Registration {
        epoch: record.epoch,
        hosted: record.hosted,
        chilled: matches!(record.standing, StandingRecord::Chilled),
        leaving: matches!(record.standing, StandingRecord::Unbonding),
        heard_at: record.heard_at,
    }
}

/// What is asked of workers. What a referendum can change is among the parameters once one has changed it, else at
/// its default among the constants; both are read anew each time, the constants of the runtime that is in force.
pub(super) async fn worker_rules(block: &Block) -> Result<WorkerRules, ChainError> {
    let constants = block.constants();
    let max_hosted = constants
        .entry(dynamic::constant::<u32>("Workers", "MaxHosted"))
        .map_err(|error| unreadable("constants", error))?;
    let governed = within(block.storage().try_fetch(parameters(), (heartbeat_parameter(),))).await?;
    let heartbeat_ticks = match governed {
        Some(value) => heartbeat_ticks(value.decode().map_err(|error| unreadable("parameters", error))?),
        None => constants
            .entry(dynamic::constant::<Tick>("Workers", "HeartbeatTicks"))
            .map_err(|error| unreadable("constants", error))?,
    };
    Ok(WorkerRules {
        heartbeat_ticks,
        max_hosted,
    })
}

/// The storage of what a referendum can change.
pub(super) fn parameters() -> DynamicAddress<(Value,), ParameterRecord> {
    dynamic::storage("Parameters", "Parameters")
}

/// The name of the heartbeat's ticks among the parameters.
pub(super) fn heartbeat_parameter() -> Value {
    let name = Value::unnamed_variant("HeartbeatTicks", [Value::unnamed_composite([])]);
    Value::unnamed_variant("Workers", [name])
}

/// The heartbeat's ticks of a parameter.
pub(super) fn heartbeat_ticks(record: ParameterRecord) -> Tick {
    let ParameterRecord::Workers(WorkersParameterRecord::HeartbeatTicks(ticks)) = record;
    ticks
}

pub(super) fn unreadable(what: &'static str, error: impl std::fmt::Display) -> ChainError {
    ChainError::Unreadable {
        what,
        why: error.to_string(),
    }
}
