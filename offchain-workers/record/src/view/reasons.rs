// SPDX-License-Identifier: Apache-2.0
//! Everything that a payment rests on.

use super::{all, decimal, whole, EntryView, EvidenceView, PaymentView, WorkerView};
use crate::{
    reasons::{Found, Paid},
    stored::{Input, NoveltyMethod, Verification},
};
use openledger_primitives::{explain::Explanation, signature::AccountId};
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// What a worker did for its part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnswerView {
    /// The worker.
    pub worker: WorkerView,
    /// Its bond at the draw, planck.
    #[serde(with = "decimal")]
    pub stake: u128,
    /// What it committed to.
    pub commitment: Option<H256>,
    /// The output that it revealed.
    #[serde(with = "sp_core::bytes")]
    pub output: Vec<u8>,
    /// The query vector.
    pub query: Vec<i16>,
    /// The report as it was revealed. The payment's differs when a challenge corrected it.
    pub report: Vec<EntryView>,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuestionView {
    /// The bytes, if they are on the chain.
    pub input: Option<String>,
    /// BLAKE2b-256 of the bytes, if they are elsewhere.
    pub input_hash: Option<H256>,
    /// Workers that were drawn.
    pub committee: u8,
    /// How many had to agree.
    pub threshold: u8,
    /// What commitments name.
    pub model_version: H256,
}

/// A model that answered, or that is paid as an ancestor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelView {
    /// The model.
    #[serde(with = "whole")]
    pub model: u64,
    /// Who owns it.
    pub owner: AccountId,
    /// Hash of everything that decides its answers and their attribution.
    pub version_hash: H256,
    /// BLAKE2b-256 of its weights.
    pub artifact: H256,
    /// What its release committed to; none for a model without attribution.
    pub release: Option<ReleaseView>,
    /// What each descendant pays it, millionths of the lineage's part.
    pub royalty: u32,
}

/// What a release committed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseView {
    /// Root over the influence index, or over the text's release.
    pub root: H256,
    /// BLAKE2b-256 of the index, or of the corpus.
    pub index: H256,
    /// BLAKE2b-256 of the training features, or of the tokenizer.
    pub features: H256,
    /// Rows in both, or documents.
    pub rows: u32,
    /// What reports rest on.
    pub evidence: EvidenceView,
    /// Most passages of its text that an answer is made with.
    pub passages: u8,
}

/// A version of a datanet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VersionView {
    /// The datanet.
    #[serde(with = "whole")]
    pub datanet: u64,
    /// The version.
    pub version: u32,
    /// Root over its contributions.
    pub root: H256,
    /// How many contributions it commits to.
    #[serde(with = "whole")]
    pub leaves: u64,
    /// Their data points.
    #[serde(with = "whole")]
    pub points: u64,
}

/// A contribution that is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContributionView {
    /// The datanet.
    #[serde(with = "whole")]
    pub datanet: u64,
    /// The contribution.
    #[serde(with = "whole")]
    pub contribution: u64,
    /// Who registered it first.
    pub owner: AccountId,
    /// BLAKE2b-256 of its bytes.
    pub content: H256,
    /// Their length.
    #[serde(with = "whole")]
    pub size: u64,
    /// Data points.
    pub leaf_count: u32,
    /// `accepted`, or `revoked` since.
    pub state: String,
    /// How much of it was new when it was accepted, if whoever accepted it said so.
    pub novelty: Option<NoveltyView>,
}

/// What whoever accepted a contribution said of how much was new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoveltyView {
    /// The new part, millionths.
    pub share: u32,
    /// `shingles` or `rows`.
    pub method: String,
    /// Compared with so many contributions, the first ones of the datanet.
    #[serde(with = "whole")]
    pub against: u64,
    /// BLAKE2b-256 of what was found.
    pub evidence: Option<H256>,
}

/// Everything that a payment rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReasonsView {
    /// The payment.
    pub payment: PaymentView,
    /// Its output was refuted.
    pub void: bool,
    /// Its report is challenged at this block.
    pub disputed: bool,
    /// What was asked; none once the request is forgotten.
    pub question: Option<QuestionView>,
    /// What the paid workers answered; none once the request is forgotten.
    pub answers: Vec<AnswerView>,
    /// The model that answered, then the ancestors that were paid.
    pub models: Vec<ModelView>,
    /// The versions that the model was trained on, or that were paid.
    pub versions: Vec<VersionView>,
    /// The contributions that the report or a payment names.
    pub contributions: Vec<ContributionView>,
}

impl From<&Found> for ReasonsView {
    fn from(found: &Found) -> Self {
        let settled = &found.settled;
        Self {
            payment: Explanation {
                request: found.request,
                model: settled.model,
                consumer: settled.consumer.clone(),
                fee: settled.fee,
                from_pool: settled.from_pool,
                representative: settled.representative.clone(),
                report: settled.report.clone(),
                blend: settled.blend,
                parts: settled.parts.clone(),
                taken_back: settled.taken_back.clone(),
                settled_at: settled.settled_at,
            }
            .into(),
            void: settled.void,
            disputed: found.disputed,
            question: question(found),
            answers: answers(found),
            models: models(found),
            versions: versions(found),
            contributions: contributions(found),
        }
    }
}

fn question(found: &Found) -> Option<QuestionView> {
    let kept = found.kept.as_ref()?;
    let (committee, threshold) = match kept.verification {
        Verification::Single => (1, 1),
        Verification::Quorum { k, threshold } => (k, threshold),
    };
    let (input, input_hash) = match &found.input {
        Some(Input::Inline(bytes)) => (Some(sp_core::bytes::to_hex(bytes, false)), None),
        Some(Input::Stored(hash)) => (None, Some(*hash)),
        None => (None, None),
    };
    Some(QuestionView {
        input,
        input_hash,
        committee,
        threshold,
        model_version: kept.model_version,
    })
}

fn answers(found: &Found) -> Vec<AnswerView> {
    let view = |paid: &Paid| AnswerView {
        worker: paid.seat.worker.clone().into(),
        stake: paid.seat.stake,
        commitment: paid.seat.commitment,
        output: paid.reveal.output.clone(),
        query: paid.reveal.query.clone(),
        report: all(paid.reveal.entries.clone()),
    };
    found.workers.iter().map(view).collect()
}

fn models(found: &Found) -> Vec<ModelView> {
    let models = found.models.iter().map(|(id, model)| ModelView {
        model: *id,
        owner: model.owner.clone(),
        version_hash: model.version_hash,
        artifact: model.spec.artifact,
        release: model.spec.attribution.as_ref().map(|release| ReleaseView {
            root: release.root,
            index: release.index,
            features: release.features,
            rows: release.rows,
            evidence: release.evidence.into(),
            passages: release.passages,
        }),
        royalty: model.spec.royalty.deconstruct(),
    });
    models.collect()
}

fn versions(found: &Found) -> Vec<VersionView> {
    let versions = found
        .versions
        .iter()
        .map(|((datanet, version), what)| VersionView {
            datanet: *datanet,
            version: *version,
            root: what.root,
            leaves: what.leaves,
            points: what.points,
        });
    versions.collect()
}

fn contributions(found: &Found) -> Vec<ContributionView> {
    let contributions = found
        .contributions
        .iter()
        .map(|((datanet, contribution), what)| ContributionView {
            datanet: *datanet,
            contribution: *contribution,
            owner: what.owner.clone(),
            content: what.content,
            size: what.size,
            leaf_count: what.leaf_count,
            state: what.standing().into(),
            novelty: what.novelty.as_ref().map(|novelty| NoveltyView {
                share: novelty.share.deconstruct(),
                method: match novelty.method {
                    NoveltyMethod::Shingles => "shingles".into(),
                    NoveltyMethod::Rows => "rows".into(),
                },
                against: novelty.against,
                evidence: novelty.evidence,
            }),
        });
    contributions.collect()
}
