// SPDX-License-Identifier: Apache-2.0
//! What the pallet stores and what its calls take.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use openledger_primitives::{
    licence::LicenceTerms, money::Balance, ContentId, ContributionId, DatanetId, Tick, VersionId,
};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// Longest name of a datanet, bytes.
pub const MAX_NAME_BYTES: u32 = 64;
/// Longest media type of a contribution, bytes.
pub const MAX_MEDIA_TYPE_BYTES: u32 = 64;
/// Longest free text of a rejection, bytes.
pub const MAX_REASON_BYTES: u32 = 128;
/// The most curators of a datanet.
pub const MAX_CURATORS: u32 = 16;

// Arguments may be longer than what is stored, so that a name that is somewhat too long is answered with an error
// that says so instead of a transaction that cannot be decoded.
/// Bytes of a call's text argument before its length is checked.
pub type TextArgument = BoundedVec<u8, ConstU32<256>>;
/// Accounts of a call's list argument before its length is checked.
pub type AccountsArgument<AccountId> = BoundedVec<AccountId, ConstU32<64>>;

/// A datanet's name: UTF-8.
pub type Name = BoundedVec<u8, ConstU32<MAX_NAME_BYTES>>;
/// A contribution's media type: printable ASCII with a slash.
pub type MediaType = BoundedVec<u8, ConstU32<MAX_MEDIA_TYPE_BYTES>>;
/// The accounts that judge a datanet's contributions beside its owner.
pub type Curators<AccountId> = BoundedVec<AccountId, ConstU32<MAX_CURATORS>>;

/// What kind of data a datanet collects.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Modality {
    /// Text.
    Text,
    /// Pictures.
    Image,
    /// Sound.
    Audio,
    /// Rows of numbers or categories.
    Tabular,
}

/// Who may contribute and who decides what is accepted.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum AcceptancePolicy {
    /// Anybody contributes and is accepted at once; anybody may train.
    Open,
    /// Anybody contributes; the owner or a curator decides; training needs a grant.
    Curated,
    /// Only holders of a grant contribute; the owner or a curator decides; training needs a grant.
    Permissioned,
}

/// Why a contribution was rejected.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RejectReason {
    /// The same data, in other bytes, was contributed before. The quality bond is forfeited.
    Duplicate,
    /// Not what the datanet collects, or noise. The quality bond is forfeited.
    Junk,
    /// The bytes are not of the declared size, or hold another number of data points.
    SizeMismatch,
    /// The bytes cannot be read as the declared media type.
    WrongFormat,
    /// Something else.
    Other(BoundedVec<u8, ConstU32<MAX_REASON_BYTES>>),
}

impl RejectReason {
    /// Whether the contributor loses the quality bond.
    pub fn forfeits(&self) -> bool {
        matches!(self, RejectReason::Duplicate | RejectReason::Junk)
    }
}

/// A collection of contributions under one licence.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Datanet<AccountId, Ticket> {
    /// Who manages it and holds its storage deposit.
    pub owner: AccountId,
    /// Who may take the ownership over, if it was offered.
    pub offered_to: Option<AccountId>,
    /// Its name.
    pub name: Name,
    /// What it collects.
    pub modality: Modality,
    /// The licence terms, fixed at creation.
    pub terms: LicenceTerms,
    /// Who may contribute and who decides.
    pub policy: AcceptancePolicy,
    /// Quality bond of a contribution that waits for a judgement, planck.
    pub contribution_deposit: Balance,
    /// Who judges beside the owner.
    pub curators: Curators<AccountId>,
    /// While set, it takes no contributions and no new model is trained on it.
    pub paused: bool,
    /// How many grants it has; the owner's deposit pays for them.
    pub grants: u32,
    /// The owner's deposit for the datanet, its grants and its versions.
    pub ticket: Ticket,
}

/// How far a datanet has been filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Counters {
    /// Contributions ever made: the next contribution's id.
    pub contributions: ContributionId,
    /// Contributions ever accepted: the next leaf's index in the mountain range.
    pub accepted: u64,
    /// Data points of the accepted contributions that were not revoked.
    pub points: u64,
    /// Versions ever published: the newest version's id, 0 before the first.
    pub versions: VersionId,
}

/// Where a contribution stands.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum ContributionState<AccountId> {
    /// Waits for the owner or a curator. Its owner can withdraw it.
    Pending,
    /// Part of the datanet: trained on and paid.
    Accepted {
        /// Its place in the mountain range.
        leaf_index: u64,
        /// Who accepted it; nobody in an open datanet.
        by: Option<AccountId>,
    },
    /// Was accepted. Stays in the mountain range, but is neither trained on nor paid any more.
    Revoked {
        /// Its place in the mountain range.
        leaf_index: u64,
        /// Who revoked it.
        by: AccountId,
        /// The newest version by then, 0 before the first: later ones do not count its data points.
        after: VersionId,
    },
}

/// How a contribution was compared with others: algorithm and parameters, so that anybody who has the bytes gets the same
/// share. Other parameters are another method.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum NoveltyMethod {
    /// Text: the part of its runs of five words that no earlier contribution has and that it does not repeat.
    #[codec(index = 0)]
    Shingles,
    /// Rows of numbers with a label: the part of its rows that no earlier contribution has, moved or relabelled either,
    /// and that it does not repeat.
    #[codec(index = 1)]
    Rows,
}

/// How much of a contribution was new when it was accepted, as whoever accepted it says. A statement, not a verdict:
/// anybody who has the bytes can compute it again.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Novelty {
    /// The new part.
    pub share: Permill,
    /// How it was measured.
    pub method: NoveltyMethod,
    /// Compared with so many contributions: the first ones of the mountain range, in the order of acceptance.
    pub against: u64,
    /// What was found, if its bytes are stored somewhere.
    pub evidence: Option<ContentId>,
}

/// Bytes that somebody registered in a datanet.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Contribution<AccountId, Ticket> {
    /// Who registered it first, holds its deposits and is paid for it.
    pub owner: AccountId,
    /// BLAKE2b-256 of its bytes.
    pub content: ContentId,
    /// Length in bytes.
    pub size: u64,
    /// How to read the bytes.
    pub media_type: MediaType,
    /// Data points in it.
    pub leaf_count: u32,
    /// When it was registered.
    pub registered_at: Tick,
    /// Quality bond on hold, planck; zero once it is judged.
    pub bond: Balance,
    /// Where it stands.
    pub state: ContributionState<AccountId>,
    /// How much of it was new, if whoever accepted it said so; nobody does in an open datanet.
    pub novelty: Option<Novelty>,
    /// The contributor's deposit for the record.
    pub ticket: Ticket,
}

impl<AccountId, Ticket> Contribution<AccountId, Ticket> {
    /// Its place in the mountain range, once accepted.
    pub fn leaf_index(&self) -> Option<u64> {
        match self.state {
            ContributionState::Pending => None,
            ContributionState::Accepted { leaf_index, .. }
            | ContributionState::Revoked { leaf_index, .. } => Some(leaf_index),
        }
    }

    /// Whether a version that commits to `leaves` contributions counts its data points: it is one of them, and was
    /// not revoked before the version was published.
    pub fn stands_in(&self, version: VersionId, leaves: u64) -> bool {
        match self.state {
            ContributionState::Pending => false,
            ContributionState::Accepted { leaf_index, .. } => leaf_index < leaves,
            ContributionState::Revoked {
                leaf_index, after, ..
            } => leaf_index < leaves && version <= after,
        }
    }

    /// Accepted and not revoked.
    pub fn is_payable(&self) -> bool {
        matches!(self.state, ContributionState::Accepted { .. })
    }
}

/// Leave to train on a datanet that is not open, and to contribute to a permissioned one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Grant {
    /// The first tick at which it no longer holds; none for a grant without end.
    pub expires_at: Option<Tick>,
}

impl Grant {
    /// Whether the grant holds at `now`.
    pub fn holds(&self, now: Tick) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Bytes of keys and values, the unit of storage deposits. Hashes in front of keys are not counted.
pub mod footprint {
    use super::*;
    use frame_support::traits::Footprint;
    use openledger_primitives::traits::DatanetVersion;
    use sp_core::H256;

    fn bytes_of<E: MaxEncodedLen>() -> u64 {
        u64::try_from(E::max_encoded_len()).unwrap_or(u64::MAX)
    }

    /// What a datanet with so many grants and versions occupies at most.
    pub fn datanet<AccountId: MaxEncodedLen, Ticket: MaxEncodedLen>(
        grants: u32,
        versions: VersionId,
    ) -> Footprint {
        let record = bytes_of::<(DatanetId, Datanet<AccountId, Ticket>)>();
        let counters = bytes_of::<(DatanetId, Counters)>();
        let grant = bytes_of::<(DatanetId, AccountId, Grant)>();
        let version = bytes_of::<(DatanetId, VersionId, DatanetVersion)>();
        let size = record
            .saturating_add(counters)
            .saturating_add(grant.saturating_mul(grants.into()))
            .saturating_add(version.saturating_mul(versions.into()));
        Footprint { count: 1, size }
    }

    /// What a contribution occupies at most: the record, its two index entries and its nodes in the mountain range,
    /// of which there are fewer than two to a leaf.
    pub fn contribution<AccountId: MaxEncodedLen, Ticket: MaxEncodedLen>() -> Footprint {
        let record = bytes_of::<(DatanetId, ContributionId, Contribution<AccountId, Ticket>)>();
        let indexes = bytes_of::<(
            DatanetId,
            ContentId,
            ContributionId,
            DatanetId,
            u64,
            ContributionId,
        )>();
        let nodes = bytes_of::<(DatanetId, u64, H256)>().saturating_mul(2);
        Footprint {
            count: 1,
            size: record.saturating_add(indexes).saturating_add(nodes),
        }
    }
}
