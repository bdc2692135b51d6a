// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs: what the node's `openledger_*` RPC methods and the workers read.

use crate::{
    attestation::WorkerKey,
    explain::Explanation,
    ids::{ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId},
    membership::{ContributionLeaf, MembershipError, MembershipProof},
    money::Balance,
    report::Blend,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;

/// What a drawn worker has to do next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum WorkerDuty {
    /// Commit before the deadline.
    Commit,
    /// Wait for the others' commitments.
    Committed,
    /// Reveal before the deadline.
    Reveal,
    /// Wait for the others' reveals.
    Revealed,
}

/// A request's input.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum InputView {
    /// The bytes themselves.
    Inline(Vec<u8>),
    /// BLAKE2b-256 of bytes that are stored elsewhere.
    Stored(H256),
}

/// An open request as one of its workers sees it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct OpenRequest<AccountId> {
    /// The request.
    pub request: RequestId,
    /// The model to run.
    pub model: ModelId,
    /// The model's version hash, for the commitment's domain.
    pub model_version: H256,
    /// What to run it on.
    pub input: InputView,
    /// How much each kind of evidence counts in its report.
    pub blend: Blend,
    /// The worker's key in this draw.
    pub worker: WorkerKey<AccountId>,
    /// What it has to do.
    pub duty: WorkerDuty,
    /// Until when, in ticks.
    pub deadline: Tick,
}

/// What a challenge of a report waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum ChallengeDuty {
    /// Where the contribution's rows lie, or that there are none.
    ShowPlace,
    /// Its rows.
    OpenRows {
        /// The first one that is not open.
        next: u32,
        /// The row after the contribution's last.
        end: u32,
    },
}

/// An open challenge as the report's author sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct OpenChallenge {
    /// The request whose report is challenged.
    pub request: RequestId,
    /// The model that answered it.
    pub model: ModelId,
    /// The datanet of the contribution.
    pub datanet: DatanetId,
    /// The contribution that the report is said to be wrong about.
    pub contribution: ContributionId,
    /// What has to be shown next.
    pub duty: ChallengeDuty,
    /// The last tick for it.
    pub deadline: Tick,
}

/// What the dispute of a released row waits for.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum RowStage {
    /// The author's sums over all rows.
    Claim,
    /// The author's commitments to the sums inside an interval.
    Split {
        /// The interval's first row.
        low: u32,
        /// The row after its last.
        high: u32,
    },
    /// The challenger's choice of a part.
    Choose {
        /// The interval's first row.
        low: u32,
        /// The row after its last.
        high: u32,
        /// The author's commitments to the sums at each part's end.
        ends: Vec<H256>,
    },
    /// The challenger's proof that the author's step over one row is wrong.
    Prove {
        /// The row.
        row: u32,
    },
}

/// An open dispute of a released row.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct OpenRowDispute<AccountId> {
    /// The model.
    pub model: ModelId,
    /// The disputed row.
    pub row: u32,
    /// Who disputes it.
    pub challenger: AccountId,
    /// Who answers for the release.
    pub author: AccountId,
    /// What has to be done next.
    pub stage: RowStage,
    /// The last tick for it.
    pub deadline: Tick,
    /// Whether the release was refuted meanwhile, so that the dispute only has to be closed.
    pub moot: bool,
}

sp_api::decl_runtime_apis! {
    /// Proofs about datanets.
    pub trait DatanetsApi<AccountId> where AccountId: codec::Codec {
        /// The leaf of a contribution and its path to the root of a version.
        fn membership_proof(
            datanet: DatanetId,
            version: VersionId,
            contribution: ContributionId,
        ) -> Result<(ContributionLeaf<AccountId>, MembershipProof), MembershipError>;
        /// Checks a path against the published root.
        fn verify_membership(
            version: VersionId,
            leaf: ContributionLeaf<AccountId>,
            proof: MembershipProof,
        ) -> Result<(), MembershipError>;
    }

    /// Open work.
    pub trait InferenceApi<AccountId> where AccountId: codec::Codec {
        /// The requests that `worker` was drawn for and that wait for it.
        fn open_requests(worker: AccountId) -> Vec<OpenRequest<AccountId>>;
        /// The chain's tick.
        fn tick() -> Tick;
    }

    /// Payments and their reasons.
    pub trait AttributionApi<AccountId> where AccountId: codec::Codec {
        /// Every part of a settled request's payment.
        fn explain(request: RequestId) -> Option<Explanation<AccountId>>;
        /// What `account` could claim now, planck, counting pending pay that has vested.
        fn claimable(account: AccountId) -> Balance;
        /// What is pending for a contribution under a model, planck.
        fn pending(model: ModelId, datanet: DatanetId, contribution: ContributionId) -> Balance;
        /// What a contribution has earned by its standing in a version and nobody has collected, planck.
        fn standing(datanet: DatanetId, version: VersionId, contribution: ContributionId) -> Balance;
        /// The challenges of `author`'s reports that wait for an answer, the most urgent first.
        fn open_challenges(author: AccountId) -> Vec<OpenChallenge>;
    }

    /// Disputes of released rows.
    pub trait ReleasesApi<AccountId> where AccountId: codec::Codec {
        /// The disputes of rows of `author`'s models, the most urgent first.
        fn row_disputes(author: AccountId) -> Vec<OpenRowDispute<AccountId>>;
        /// One dispute, while it is open.
        fn row_dispute(model: ModelId, row: u32, challenger: AccountId) -> Option<OpenRowDispute<AccountId>>;
    }
}
