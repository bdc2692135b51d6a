// SPDX-License-Identifier: Apache-2.0
//! What whoever shows parts of a release sends to the chain: roots, proofs, and the head's file.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use openledger_fixed::release::{release_root, Hash, HEADER_BYTES};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

/// Most siblings of a Merkle proof: two on each level of a tree of 2^32 leaves.
pub const MAX_PROOF_HASHES: u32 = 64;
/// Siblings for [`openledger_fixed::release::verify_range`].
pub type RangeProof = BoundedVec<H256, ConstU32<MAX_PROOF_HASHES>>;

/// Most parameters of a head whose file the chain reads, and whose rows can be disputed.
pub const MAX_HEAD_PARAMETERS: u32 = 16_384;
/// Most bytes of a head's file: so many parameters and a header.
pub const MAX_HEAD_BYTES: u32 = 200 * 1024;
/// A head's file.
pub type HeadFile = BoundedVec<u8, ConstU32<MAX_HEAD_BYTES>>;

/// What a release's root is made of.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ShownRelease {
    /// The index's header.
    pub header: [u8; HEADER_BYTES],
    /// Root over the table of contributions.
    pub table: H256,
    /// Root over the rows.
    pub rows: H256,
}

impl ShownRelease {
    /// The release's root.
    pub fn root(&self, hash: impl Fn(&[u8]) -> Hash) -> H256 {
        H256(release_root(hash, &self.header, &self.table.0, &self.rows.0))
    }
}

/// A proof's siblings as plain hashes.
pub fn hashes_of(proof: &[H256]) -> Vec<Hash> {
    proof.iter().map(|hash| hash.0).collect()
}
