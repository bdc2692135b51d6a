// SPDX-License-Identifier: Apache-2.0
//! The chain's types as JSON. Amounts are text: they do not fit a JavaScript number.

use openledger_primitives::{
    apis::{InputView, OpenRequest, WorkerDuty},
    attestation::WorkerKey,
    explain::{Explanation, Reason},
    membership::{ContributionLeaf, MembershipProof},
    report::{Evidence, ReportEntry},
    signature::AccountId,
    ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId,
};
use serde::Serialize;
use sp_core::H256;

/// A worker in one registration.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerView {
    account: AccountId,
    epoch: u32,
}

impl From<WorkerKey<AccountId>> for WorkerView {
    fn from(key: WorkerKey<AccountId>) -> Self {
        Self {
            account: key.account,
            epoch: key.epoch,
        }
    }
}

/// One contribution's signed part in an answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    datanet: DatanetId,
    contribution: ContributionId,
    weight: i32,
    /// Larger than what JSON readers keep exactly.
    score: String,
    evidence: &'static str,
}

impl From<ReportEntry> for EntryView {
    fn from(entry: ReportEntry) -> Self {
        let Evidence::Influence = entry.evidence;
        Self {
            datanet: entry.datanet,
            contribution: entry.contribution,
            weight: entry.weight,
            score: entry.score.to_string(),
            evidence: "influence",
        }
    }
}

/// Why an amount went where it went.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ReasonView {
    /// The platform's share.
    Treasury,
    /// A worker of the agreeing cluster.
    Worker,
    /// The owner of the model that answered.
    ModelOwner,
    /// The owner of an ancestor.
    Royalty {
        /// The ancestor.
        model: ModelId,
    },
    /// A contribution that shaped the answer.
    Contribution {
        /// The datanet.
        datanet: DatanetId,
        /// The contribution.
        contribution: ContributionId,
        /// Its weight.
        weight: i32,
    },
    /// Kept for the model's next answer.
    NextPool,
    /// Left by rounding.
    Dust,
    /// The contributors' part of an answer of a model that was trained on no data.
    Unattributed,
    /// All contributions of a datanet version, by their data points.
    Standing {
        /// The datanet.
        datanet: DatanetId,
        /// The version.
        version: VersionId,
    },
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Treasury => Self::Treasury,
            Reason::Worker => Self::Worker,
            Reason::ModelOwner => Self::ModelOwner,
            Reason::Royalty { model } => Self::Royalty { model },
            Reason::Contribution {
                datanet,
                contribution,
                weight,
            } => Self::Contribution {
                datanet,
                contribution,
                weight,
            },
            Reason::NextPool => Self::NextPool,
            Reason::Dust => Self::Dust,
            Reason::Unattributed => Self::Unattributed,
            Reason::Standing { datanet, version } => Self::Standing { datanet, version },
        }
    }
}

/// One part of a payment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartView {
    to: Option<AccountId>,
    amount: String,
    reason: ReasonView,
}

/// What a negative entry took back.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenBackView {
    datanet: DatanetId,
    contribution: ContributionId,
    amount: String,
}

/// Every part of one request's payment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplanationView {
    request: RequestId,
    model: ModelId,
    consumer: AccountId,
    fee: String,
    from_pool: String,
    representative: WorkerView,
    report: Vec<EntryView>,
    parts: Vec<PartView>,
    taken_back: Vec<TakenBackView>,
    settled_at: Tick,
}

impl From<Explanation<AccountId>> for ExplanationView {
    fn from(explanation: Explanation<AccountId>) -> Self {
        let parts = explanation.parts.into_iter().map(|part| PartView {
            to: part.to,
            amount: part.amount.to_string(),
            reason: part.reason.into(),
        });
        let taken_back = explanation.taken_back.into_iter().map(|taken| TakenBackView {
            datanet: taken.datanet,
            contribution: taken.contribution,
            amount: taken.amount.to_string(),
        });
        Self {
            request: explanation.request,
            model: explanation.model,
            consumer: explanation.consumer,
            fee: explanation.fee.to_string(),
            from_pool: explanation.from_pool.to_string(),
            representative: explanation.representative.into(),
            report: explanation.report.into_iter().map(Into::into).collect(),
            parts: parts.collect(),
            taken_back: taken_back.collect(),
            settled_at: explanation.settled_at,
        }
    }
}

/// A contribution's leaf and its path to a version's root.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipView {
    leaf: LeafView,
    /// The leaf's hash.
    leaf_hash: H256,
    proof: ProofView,
}

/// A leaf of a version.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeafView {
    datanet: DatanetId,
    contribution: ContributionId,
    owner: AccountId,
    content: H256,
    size: u64,
    leaf_count: u32,
}

/// A path in a version.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProofView {
    leaf_index: u64,
    leaf_count: u64,
    items: Vec<H256>,
}

impl From<(ContributionLeaf<AccountId>, MembershipProof)> for MembershipView {
    fn from((leaf, proof): (ContributionLeaf<AccountId>, MembershipProof)) -> Self {
        Self {
            leaf_hash: leaf.hash(),
            leaf: LeafView {
                datanet: leaf.datanet,
                contribution: leaf.contribution,
                owner: leaf.owner,
                content: leaf.content,
                size: leaf.size,
                leaf_count: leaf.leaf_count,
            },
            proof: ProofView {
                leaf_index: proof.leaf_index,
                leaf_count: proof.leaf_count,
                items: proof.items,
            },
        }
    }
}

/// An open request as one of its workers sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenRequestView {
    request: RequestId,
    model: ModelId,
    model_version: H256,
    input: InputJson,
    worker: WorkerView,
    duty: &'static str,
    deadline: Tick,
}

/// A request's input: the bytes, or the content id of bytes that are stored elsewhere.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum InputJson {
    /// Hexadecimal.
    Inline(String),
    /// Content id.
    Stored(H256),
}

impl From<OpenRequest<AccountId>> for OpenRequestView {
    fn from(open: OpenRequest<AccountId>) -> Self {
        Self {
            request: open.request,
            model: open.model,
            model_version: open.model_version,
            input: match open.input {
                InputView::Inline(bytes) => InputJson::Inline(sp_core::bytes::to_hex(&bytes, false)),
                InputView::Stored(id) => InputJson::Stored(id),
            },
            worker: open.worker.into(),
            duty: match open.duty {
                WorkerDuty::Commit => "commit",
                WorkerDuty::Committed => "committed",
                WorkerDuty::Reveal => "reveal",
                WorkerDuty::Revealed => "revealed",
            },
            deadline: open.deadline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openledger_primitives::explain::{Part, TakenBack};

    #[test]
    fn amounts_above_a_javascript_number_are_written_as_text() {
        let account = AccountId::from([1u8; 32]);
        let fee = 1_000_000_000 * 10u128.pow(18);
        let view = ExplanationView::from(Explanation {
            request: 7,
            model: 2,
            consumer: account.clone(),
            fee,
            from_pool: 0,
            representative: WorkerKey {
                account: account.clone(),
                epoch: 3,
            },
            report: vec![ReportEntry {
                datanet: 0,
                contribution: 4,
                weight: -5,
                score: -7,
                evidence: Evidence::Influence,
            }],
            parts: vec![
                Part {
                    to: None,
                    amount: 1,
                    reason: Reason::Dust,
                },
                Part {
                    to: Some(account),
                    amount: fee,
                    reason: Reason::Royalty { model: 1 },
                },
            ],
            taken_back: vec![TakenBack {
                datanet: 0,
                contribution: 4,
                amount: 9,
            }],
            settled_at: 11,
        });
        let json = serde_json::to_value(view).unwrap();
        assert_eq!(json["fee"], "1000000000000000000000000000");
        assert_eq!(json["parts"][0]["reason"]["kind"], "dust");
        assert_eq!(
            json["parts"][1]["reason"],
            serde_json::json!({ "kind": "royalty", "model": 1 })
        );
        assert_eq!(json["report"][0]["weight"], -5);
        assert_eq!(json["report"][0]["score"], "-7");
        assert_eq!(json["takenBack"][0]["amount"], "9");
        assert_eq!(json["settledAt"], 11);
    }
}
