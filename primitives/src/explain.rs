// SPDX-License-Identifier: Apache-2.0
//! The answer to "who was paid for this request, and why".

use crate::{
    attestation::WorkerKey,
    ids::{ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId},
    money::Balance,
    report::{Blend, Evidence, ReportEntry},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Why an amount went where it went.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Reason {
    /// The platform's share.
    Treasury,
    /// A worker of the agreeing cluster.
    Worker,
    /// The owner of the model that answered.
    ModelOwner,
    /// The owner of an ancestor, by royalty.
    Royalty {
        /// The ancestor.
        model: ModelId,
    },
    /// A contribution that shaped the answer; pending until it vests.
    Contribution {
        /// The datanet.
        datanet: DatanetId,
        /// The contribution.
        contribution: ContributionId,
        /// Its weight, parts of `WEIGHT_ONE`.
        weight: i32,
        /// What the weight rests on.
        evidence: Evidence,
    },
    /// Kept for the model's next answer: nobody could be paid for this part.
    NextPool,
    /// Left by rounding.
    Dust,
    /// The contributors' part of an answer of a model that was trained on no data; to the dust sink.
    Unattributed,
    /// All contributions of a datanet version, by their data points: the model has no attributable data.
    Standing {
        /// The datanet.
        datanet: DatanetId,
        /// The version that the model was trained on.
        version: VersionId,
    },
}

/// One part of a payment.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Part<AccountId> {
    /// Who was credited; none for a pool or dust.
    pub to: Option<AccountId>,
    /// Planck.
    pub amount: Balance,
    /// Why.
    pub reason: Reason,
}

/// What a negative entry took back from earlier pending pay.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct TakenBack {
    /// The datanet.
    pub datanet: DatanetId,
    /// The contribution.
    pub contribution: ContributionId,
    /// Planck, moved to the model's next pool.
    pub amount: Balance,
}

/// Every part of one request's payment.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Explanation<AccountId> {
    /// The request.
    pub request: RequestId,
    /// The model that answered.
    pub model: ModelId,
    /// Who paid.
    pub consumer: AccountId,
    /// The fee that was split. The parts' amounts minus `from_pool` sum to it.
    pub fee: Balance,
    /// What the model's pool of earlier answers added to the contributors' part.
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
}
