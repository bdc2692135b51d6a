// SPDX-License-Identifier: Apache-2.0
//! Every part of a payment, as `openledger_explain` answers it.

use super::{all, decimal, whole};
use openledger_primitives::{
    attestation::WorkerKey,
    explain::{Explanation, Part, Reason, TakenBack},
    report::{Blend, Evidence, ReportEntry},
    signature::AccountId,
};
use serde::{Deserialize, Serialize};

/// A worker in one registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkerView {
    /// Its account.
    pub account: AccountId,
    /// Counted up at each registration.
    pub epoch: u32,
}

impl From<WorkerKey<AccountId>> for WorkerView {
    fn from(key: WorkerKey<AccountId>) -> Self {
        Self {
            account: key.account,
            epoch: key.epoch,
        }
    }
}

/// What an entry's weight rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EvidenceView {
    /// Influence of training rows on a convex head.
    Influence,
    /// Passages of contributions that an answer of tokens quotes.
    Spans,
    /// Passages of contributions that an answer was made with.
    Retrieval,
}

impl From<Evidence> for EvidenceView {
    fn from(evidence: Evidence) -> Self {
        match evidence {
            Evidence::Influence => Self::Influence,
            Evidence::Spans => Self::Spans,
            Evidence::Retrieval => Self::Retrieval,
        }
    }
}

/// How much each kind of evidence counts in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BlendView {
    /// Of influence.
    pub influence: u16,
    /// Of spans.
    pub spans: u16,
    /// Of retrieval.
    pub retrieval: u16,
}

impl From<Blend> for BlendView {
    fn from(blend: Blend) -> Self {
        Self {
            influence: blend.influence,
            spans: blend.spans,
            retrieval: blend.retrieval,
        }
    }
}

/// One contribution's signed part in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryView {
    /// The datanet.
    #[serde(with = "whole")]
    pub datanet: u64,
    /// The contribution.
    #[serde(with = "whole")]
    pub contribution: u64,
    /// Its weight.
    pub weight: i32,
    /// Larger than what JSON readers keep exactly.
    #[serde(with = "decimal")]
    pub score: i64,
    /// What the weight rests on.
    pub evidence: EvidenceView,
}

impl From<ReportEntry> for EntryView {
    fn from(entry: ReportEntry) -> Self {
        Self {
            datanet: entry.datanet,
            contribution: entry.contribution,
            weight: entry.weight,
            score: entry.score,
            evidence: entry.evidence.into(),
        }
    }
}

/// Why an amount went where it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        #[serde(with = "whole")]
        model: u64,
    },
    /// A contribution that shaped the answer.
    Contribution {
        /// The datanet.
        #[serde(with = "whole")]
        datanet: u64,
        /// The contribution.
        #[serde(with = "whole")]
        contribution: u64,
        /// Its weight.
        weight: i32,
        /// What the weight rests on.
        evidence: EvidenceView,
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
        #[serde(with = "whole")]
        datanet: u64,
        /// The version.
        version: u32,
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
                evidence,
            } => Self::Contribution {
                datanet,
                contribution,
                weight,
                evidence: evidence.into(),
            },
            Reason::NextPool => Self::NextPool,
            Reason::Dust => Self::Dust,
            Reason::Unattributed => Self::Unattributed,
            Reason::Standing { datanet, version } => Self::Standing { datanet, version },
        }
    }
}

/// One part of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartView {
    /// Who was credited; none for a pool or dust.
    pub to: Option<AccountId>,
    /// Planck.
    #[serde(with = "decimal")]
    pub amount: u128,
    /// Why.
    pub reason: ReasonView,
}

impl From<Part<AccountId>> for PartView {
    fn from(part: Part<AccountId>) -> Self {
        Self {
            to: part.to,
            amount: part.amount,
            reason: part.reason.into(),
        }
    }
}

/// What a negative entry took back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TakenBackView {
    /// The datanet.
    #[serde(with = "whole")]
    pub datanet: u64,
    /// The contribution.
    #[serde(with = "whole")]
    pub contribution: u64,
    /// Planck.
    #[serde(with = "decimal")]
    pub amount: u128,
}

impl From<TakenBack> for TakenBackView {
    fn from(taken: TakenBack) -> Self {
        Self {
            datanet: taken.datanet,
            contribution: taken.contribution,
            amount: taken.amount,
        }
    }
}

/// Every part of one request's payment: the answer of `openledger_explain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentView {
    /// The request.
    #[serde(with = "whole")]
    pub request: u64,
    /// The model that answered.
    #[serde(with = "whole")]
    pub model: u64,
    /// Who paid.
    pub consumer: AccountId,
    /// Planck.
    #[serde(with = "decimal")]
    pub fee: u128,
    /// What the model's pool added, planck.
    #[serde(with = "decimal")]
    pub from_pool: u128,
    /// The worker whose reveal gave the report.
    pub representative: WorkerView,
    /// The report.
    pub report: Vec<EntryView>,
    /// How much each kind of evidence counts in it.
    pub blend: BlendView,
    /// Every payment.
    pub parts: Vec<PartView>,
    /// What negative entries took back.
    pub taken_back: Vec<TakenBackView>,
    /// The tick in which it was settled.
    #[serde(with = "whole")]
    pub settled_at: u64,
}

impl From<Explanation<AccountId>> for PaymentView {
    fn from(explanation: Explanation<AccountId>) -> Self {
        Self {
            request: explanation.request,
            model: explanation.model,
            consumer: explanation.consumer,
            fee: explanation.fee,
            from_pool: explanation.from_pool,
            representative: explanation.representative.into(),
            report: all(explanation.report),
            blend: explanation.blend.into(),
            parts: all(explanation.parts),
            taken_back: all(explanation.taken_back),
            settled_at: explanation.settled_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_above_a_javascript_number_are_written_as_text() {
        let account = AccountId::from([1u8; 32]);
        let fee = 1_000_000_000 * 10u128.pow(18);
        let view = PaymentView::from(Explanation {
            request: 7,
            model: u64::MAX,
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
                evidence: Evidence::Spans,
            }],
            blend: Blend::DEFAULT,
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
        let json = serde_json::to_value(&view).unwrap();
        assert_eq!(json["fee"], "1000000000000000000000000000");
        assert_eq!(json["model"], "18446744073709551615");
        assert_eq!(json["parts"][0]["reason"]["kind"], "dust");
        assert_eq!(
            json["parts"][1]["reason"],
            serde_json::json!({ "kind": "royalty", "model": 1 })
        );
        assert_eq!(json["report"][0]["weight"], -5);
        assert_eq!(json["report"][0]["score"], "-7");
        assert_eq!(json["report"][0]["evidence"], "spans");
        assert_eq!(
            json["blend"],
            serde_json::json!({ "influence": 3, "spans": 3, "retrieval": 1 })
        );
        assert_eq!(json["takenBack"][0]["amount"], "9");
        assert_eq!(json["settledAt"], 11);
        assert_eq!(serde_json::from_value::<PaymentView>(json).unwrap(), view);
    }
}
