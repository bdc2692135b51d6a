// SPDX-License-Identifier: Apache-2.0
//! What whoever shows parts of a release sends to the chain: roots, proofs, windows of a text, and the head's file.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use openledger_fixed::{
    release::{release_root, Hash, HEADER_BYTES},
    spans::{self, text_root},
};
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

/// What the root of a text's release is made of.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ShownText {
    /// The header: [`spans::TextShape`].
    pub header: [u8; spans::HEADER_BYTES],
    /// Root over the table of contributions.
    pub table: H256,
    /// Root over the text.
    pub text: H256,
    /// Root over the counts of tokens.
    pub counts: H256,
}

impl ShownText {
    /// The release's root.
    pub fn root(&self, hash: impl Fn(&[u8]) -> Hash) -> H256 {
        H256(text_root(
            hash,
            &self.header,
            &self.table.0,
            &self.text.0,
            &self.counts.0,
        ))
    }
}

/// Most bytes of a window of a text: two leaves.
pub const MAX_WINDOW_BYTES: u32 = 4 * spans::LEAF_TOKENS;

/// One or two neighbouring leaves of a text.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ShownWindow {
    /// Number of the first leaf.
    pub first_leaf: u32,
    /// The leaves' tokens, little endian.
    pub bytes: BoundedVec<u8, ConstU32<MAX_WINDOW_BYTES>>,
    /// That the text has them.
    pub proof: RangeProof,
}

/// Most bytes of a question that is shown: the longest input of a model whose reports rest on passages.
pub const MAX_QUESTION_BYTES: u32 = 4_096;
/// What was asked: little-endian tokens.
pub type Question = BoundedVec<u8, ConstU32<MAX_QUESTION_BYTES>>;

/// A proof's siblings as plain hashes.
pub fn hashes_of(proof: &[H256]) -> Vec<Hash> {
    proof.iter().map(|hash| hash.0).collect()
}
