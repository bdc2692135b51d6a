// SPDX-License-Identifier: Apache-2.0
//! What is stored of a disputed row, and what the parties send.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use openledger_primitives::{
    fixed::equation::PARTS,
    money::Balance,
    shown::{RangeProof, MAX_HEAD_PARAMETERS},
    ModelId, Tick,
};
use scale_info::TypeInfo;
use sp_core::H256;

/// Most bytes of a row of an index with its link: the sums have 8 bytes for each class, of which there is at most one for
/// two parameters.
pub const MAX_ROW_BYTES: u32 = 2 * MAX_HEAD_PARAMETERS + 12 + 4 * MAX_HEAD_PARAMETERS + 4;
/// Most bytes of sums: a number of 16 bytes for each parameter, and at most half as many for what is allowed.
pub const MAX_SUMS_BYTES: u32 = 16 * (MAX_HEAD_PARAMETERS + MAX_HEAD_PARAMETERS / 2);

/// A row of an index with its link, or one as it lies in a file of features.
pub type RowBytes = BoundedVec<u8, ConstU32<MAX_ROW_BYTES>>;
/// Prefix sums: see [`openledger_primitives::fixed::equation::Sums`].
pub type SumsBytes = BoundedVec<u8, ConstU32<MAX_SUMS_BYTES>>;
/// Commitments to the sums at the inner ends of an interval's parts.
pub type InnerSums = BoundedVec<H256, ConstU32<{ PARTS - 1 }>>;

/// What a dispute is about: one row of one model's release, as one account disputes it. Others can dispute the same row at
/// the same time, so that nobody keeps them away by a sham dispute.
#[derive(
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct RowKey<AccountId> {
    /// The model.
    pub model: ModelId,
    /// The row's number in the index.
    pub row: u32,
    /// Who says that it is wrong.
    pub challenger: AccountId,
}

/// A row of the index and the row of the features that it was computed from, both with proofs.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ShownRow {
    /// The row of the index, with its link.
    pub released: RowBytes,
    /// Proof under the root of the index's rows.
    pub released_proof: RangeProof,
    /// The row of the same number as it lies in the features.
    pub features: RowBytes,
    /// Proof under the root of the features that the header names.
    pub features_proof: RangeProof,
}

/// An interval of rows: both parties have the same sums before its first row, and different ones after its last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Interval {
    /// Its first row.
    pub low: u32,
    /// The row after its last.
    pub high: u32,
    /// Commitment to the sums of the rows before it.
    pub start: H256,
    /// The author's commitment to the sums up to its end.
    pub end: H256,
    /// Root over the rows of the features.
    pub features: H256,
    /// How many there are.
    pub rows: u32,
    /// The disputed row's leaf.
    pub leaf: H256,
}

/// Whose turn it is, and for what.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Stage {
    /// The author has to say what the sums come to.
    #[codec(index = 0)]
    Claim,
    /// The author has to commit to the sums inside the interval.
    #[codec(index = 1)]
    Split(Interval),
    /// The challenger has to choose the first part after which its sums differ.
    #[codec(index = 2)]
    Choose(Interval, InnerSums),
    /// The interval is one row, which the challenger has to prove wrong.
    #[codec(index = 3)]
    Prove(Interval),
}

/// An open dispute.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct RowDispute<AccountId> {
    /// Who answers for the release.
    pub author: AccountId,
    /// What the challenger put down, planck.
    pub bond: Balance,
    /// The last tick for what the stage waits for.
    pub deadline: Tick,
    /// Whose turn it is.
    pub stage: Stage,
}
