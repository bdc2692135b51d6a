// SPDX-License-Identifier: Apache-2.0
//! Identifiers. None of them is ever used twice.

use sp_core::H256;

/// A datanet, counted from 0.
pub type DatanetId = u64;
/// A contribution inside its datanet, counted from 0.
pub type ContributionId = u64;
/// A published version of a datanet, counted from 1.
pub type VersionId = u32;
/// A base model or an adapter, counted from 0.
pub type ModelId = u64;
/// A paid inference request, counted from 0.
pub type RequestId = u64;
/// Chain time that stops while blocks are full; one tick per block that is not.
pub type Tick = u64;
/// BLAKE2b-256 of the bytes it names.
pub type ContentId = H256;

/// The content id of `bytes`.
pub fn content_id(bytes: &[u8]) -> ContentId {
    H256(sp_io::hashing::blake2_256(bytes))
}
