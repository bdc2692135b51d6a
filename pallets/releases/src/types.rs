// SPDX-License-Identifier: Apache-2.0
//! What is stored of a disputed row, and what the parties send.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use openledger_primitives::{
    fixed::{equation::PARTS, release::PLACE_BYTES},
    money::Balance,
    shown::{HeadFile, RangeProof, MAX_HEAD_PARAMETERS},
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

/// A row of the index with its link, or a row of the features, with a proof.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ShownLeaf {
    /// The row.
    pub bytes: RowBytes,
    /// Proof under the root of the index's rows, or of the features.
    pub proof: RangeProof,
}

/// An entry of the table of contributions, with a proof: for the tick of its registration.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ShownEntry {
    /// The leaf: see [`openledger_primitives::fixed::release::Place`].
    pub place: [u8; PLACE_BYTES],
    /// Proof under the table's root.
    pub proof: RangeProof,
}

/// What is wrong with a row beside its influence, and the rows that show it: see
/// [`openledger_primitives::fixed::flaws`].
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RowFlaw {
    /// What the row and its features alone show: another contribution or label; numbers that are not there; a next row
    /// of a lower number; a leader with sums of its own making; a leave-one-out probability of a row that does not lead.
    #[codec(index = 0)]
    Itself,
    /// The row that it names as its leader has another label, leads no cluster, or is not near.
    #[codec(index = 1)]
    Leader(ShownRow),
    /// An earlier leader of its label is near than the one that it names, which may be itself; or the row itself came
    /// before the one that it names.
    #[codec(index = 2)]
    Earlier {
        /// The earlier row's number.
        number: u32,
        /// The earlier row.
        other: ShownRow,
        /// The row of the index that it names as its leader.
        leader: ShownLeaf,
        /// The entries of the contributions of the earlier row and of that leader.
        entries: [ShownEntry; 2],
    },
    /// The row that it names as the next of its cluster is of another one, or has other sums than follow.
    #[codec(index = 3)]
    Link {
        /// The next row of the index.
        next: ShownLeaf,
        /// The leader's row of the features.
        leader: ShownLeaf,
    },
    /// The list of its cluster goes past another row of the cluster.
    #[codec(index = 4)]
    Skipped {
        /// That row's number.
        number: u32,
        /// That row of the index.
        other: ShownLeaf,
    },
    /// It leads its cluster, and its leave-one-out probability is another one.
    #[codec(index = 5)]
    Probability {
        /// The number of the last row of the cluster's list.
        number: u32,
        /// That row of the index.
        last: ShownLeaf,
        /// The model's head.
        head: HeadFile,
    },
}

impl ShownRow {
    /// Bytes of both rows.
    pub fn bytes(&self) -> usize {
        self.released.len().saturating_add(self.features.len())
    }
}

impl RowFlaw {
    /// Bytes of the rows that are shown.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Itself => 0,
            Self::Leader(leader) => leader.bytes(),
            Self::Earlier { other, leader, .. } => other.bytes().saturating_add(leader.bytes.len()),
            Self::Link { next, leader } => next.bytes.len().saturating_add(leader.bytes.len()),
            Self::Skipped { other, .. } => other.bytes.len(),
            Self::Probability { last, .. } => last.bytes.len(),
        }
    }
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
