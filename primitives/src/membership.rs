// SPDX-License-Identifier: Apache-2.0
//! Proof that a contribution belongs to a published version of a datanet.
//!
//! A version is the root of an append-only Merkle mountain range over the accepted contributions, in the order in
//! which they were accepted. Leaves are `H(0x00 ‖ SCALE(leaf))`, inner nodes `H(0x01 ‖ left ‖ right)`, peaks are
//! bagged from right to left with the same inner rule; `H` is BLAKE2b-256.

use crate::ids::{ContentId, ContributionId, DatanetId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use mmr_lib::Merge;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// What a version commits to for one contribution.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ContributionLeaf<AccountId> {
    /// The datanet, so that a proof of one datanet is worth nothing in another.
    pub datanet: DatanetId,
    /// The contribution inside it.
    pub contribution: ContributionId,
    /// Who registered it first.
    pub owner: AccountId,
    /// BLAKE2b-256 of its bytes.
    pub content: ContentId,
    /// Length in bytes.
    pub size: u64,
    /// Data points in it.
    pub leaf_count: u32,
}

impl<AccountId: Encode> ContributionLeaf<AccountId> {
    /// The leaf's hash in the mountain range.
    pub fn hash(&self) -> H256 {
        let mut bytes = alloc::vec![0u8];
        self.encode_to(&mut bytes);
        H256(blake2_256(&bytes))
    }
}

/// The inner-node rule of the mountain range.
pub struct Blake2Merge;

impl Merge for Blake2Merge {
    type Item = H256;

    fn merge(left: &H256, right: &H256) -> mmr_lib::Result<H256> {
        let mut bytes = [0u8; 65];
        let (tag, rest) = bytes.split_at_mut(1);
        tag.fill(1);
        let (l, r) = rest.split_at_mut(32);
        l.copy_from_slice(left.as_bytes());
        r.copy_from_slice(right.as_bytes());
        Ok(H256(blake2_256(&bytes)))
    }
}

/// A contribution's path to a version's root.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct MembershipProof {
    /// The leaf's place among the accepted contributions, from 0.
    pub leaf_index: u64,
    /// Leaves that the version commits to.
    pub leaf_count: u64,
    /// Sibling hashes.
    pub items: Vec<H256>,
}

/// Why a membership proof could not be made or does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum MembershipError {
    /// The datanet, version or contribution does not exist.
    NotFound,
    /// The contribution was accepted after the version was published, or never.
    NotInVersion,
    /// The proof does not lead to the version's root.
    InvalidProof,
}

/// The most siblings and peaks a proof may have; a range of 2^32 leaves needs fewer.
pub const MAX_PROOF_ITEMS: usize = 128;

/// Checks that `leaf` is at its place under `root`.
pub fn verify(root: H256, leaf: H256, proof: &MembershipProof) -> Result<(), MembershipError> {
    if proof.leaf_index >= proof.leaf_count
        || proof.leaf_count > u64::from(u32::MAX)
        || proof.items.len() > MAX_PROOF_ITEMS
    {
        return Err(MembershipError::InvalidProof);
    }
    let position = mmr_lib::leaf_index_to_pos(proof.leaf_index);
    let size = mmr_lib::leaf_index_to_mmr_size(proof.leaf_count.saturating_sub(1));
    let merkle = mmr_lib::MerkleProof::<H256, Blake2Merge>::new(size, proof.items.clone());
    match merkle.verify(root, alloc::vec![(position, leaf)]) {
        Ok(true) => Ok(()),
        _ => Err(MembershipError::InvalidProof),
    }
}
