// SPDX-License-Identifier: Apache-2.0
//! What is stored of a disputed report, and what whoever shows parts of a release sends.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    pallet_prelude::ConstU32, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use openledger_primitives::{
    attestation::WorkerKey, fixed::release::Place, money::Balance, report::MAX_REPORT_ENTRIES,
    traits::MAX_SOURCES, ContributionId, DatanetId, RequestId, Tick, VersionId,
};
use scale_info::TypeInfo;
use sp_core::H256;

pub use openledger_primitives::shown::{
    HeadFile, RangeProof, ShownRelease, MAX_HEAD_BYTES, MAX_PROOF_HASHES,
};

/// Most classes of a model whose reports can be challenged: as many logits as an answer holds.
pub const MAX_CLASSES: u32 = 256;
/// Most values of a query vector.
pub const MAX_FEATURES: u32 = 1024;
/// Most bytes of rows that one call opens: one row of the largest model, or many small ones.
pub const MAX_OPENED_BYTES: u32 = 2 * MAX_CLASSES * (MAX_FEATURES + 1) + 12 + 8 * MAX_CLASSES + 4;
/// Rows for each of which whoever opens them has a part of a tick more.
pub const ROWS_A_TICK: Tick = 16;

/// What a challenge is about: one contribution in the report of one request.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ChallengeKey {
    /// The request.
    pub request: RequestId,
    /// The datanet of the contribution.
    pub datanet: DatanetId,
    /// The contribution inside it.
    pub contribution: ContributionId,
}

/// An entry of a release's table: see [`Place`].
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ShownPlace {
    /// The datanet.
    pub datanet: DatanetId,
    /// The contribution inside it.
    pub contribution: ContributionId,
    /// Tick in which it was registered, as the release says.
    pub registered: Tick,
    /// Its first row.
    pub first: u32,
    /// How many rows it has.
    pub rows: u32,
}

impl From<ShownPlace> for Place {
    fn from(shown: ShownPlace) -> Self {
        Place {
            datanet: shown.datanet,
            contribution: shown.contribution,
            registered: shown.registered,
            first: shown.first,
            rows: shown.rows,
        }
    }
}

/// The contribution's own entry, or the one or two beside where it would be.
pub type ShownPlaces = BoundedVec<ShownPlace, ConstU32<2>>;
/// Rows as they lie in the index, one after the other.
pub type OpenedRows = BoundedVec<u8, ConstU32<MAX_OPENED_BYTES>>;

/// How far the rows of a challenged contribution are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Progress {
    /// Not even where they lie.
    #[codec(index = 0)]
    Unplaced,
    /// Up to `next`.
    #[codec(index = 1)]
    Rows {
        /// Root over the release's rows.
        root: H256,
        /// How many the release has.
        width: u32,
        /// The first row that is not open.
        next: u32,
        /// The row after the contribution's last.
        end: u32,
        /// Sum of the scores of those that are open.
        score: i64,
    },
}

/// An open challenge.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Challenge<AccountId> {
    /// Who says that the report is wrong.
    pub challenger: AccountId,
    /// What it put down, planck.
    pub bond: Balance,
    /// The last tick in which the rows can be shown.
    pub deadline: Tick,
    /// How far they are.
    pub progress: Progress,
}

/// Where money of an answer lies, and goes back to.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Pot {
    /// Pending pay of a contribution under the answer's model.
    #[codec(index = 0)]
    Contribution {
        /// The datanet.
        datanet: DatanetId,
        /// The contribution.
        contribution: ContributionId,
    },
    /// The pool of a datanet version.
    #[codec(index = 1)]
    Version {
        /// The datanet.
        datanet: DatanetId,
        /// The version.
        version: VersionId,
    },
    /// The next pool of the answer's model.
    #[codec(index = 2)]
    NextPool,
}

/// Money of an answer that nobody gets while its report is disputed.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Withheld {
    /// Where it goes when the last challenge ends.
    pub pot: Pot,
    /// Planck.
    pub amount: Balance,
}

/// The most places that an answer's money lies in.
pub const MAX_WITHHELD: u32 = MAX_REPORT_ENTRIES + MAX_SOURCES + 1;

/// A report of which contributions are challenged.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
#[codec(mel_bound())]
pub struct Dispute<T: Config> {
    /// The worker whose report it is.
    pub author: WorkerKey<T::AccountId>,
    /// What the model's release committed to.
    pub root: H256,
    /// The direction of the answer's gradient, from the revealed output.
    pub delta: BoundedVec<i16, ConstU32<MAX_CLASSES>>,
    /// The revealed query vector.
    pub query: BoundedVec<i16, ConstU32<MAX_FEATURES>>,
    /// Challenges that are open.
    pub open: u32,
    /// The contributors' money of the answer, as far as it was there when the first challenge came.
    pub withheld: BoundedVec<Withheld, ConstU32<MAX_WITHHELD>>,
}
