// SPDX-License-Identifier: Apache-2.0
//! Memberships and open work as JSON; payments are in `openledger_record::view`.

use openledger_primitives::{
    apis::{InputView, OpenRequest, WorkerDuty},
    membership::{ContributionLeaf, MembershipProof},
    signature::AccountId,
    ContributionId, DatanetId, ModelId, RequestId, Tick,
};
use openledger_record::view::WorkerView;
use serde::Serialize;
use sp_core::H256;

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
