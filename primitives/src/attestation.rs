// SPDX-License-Identifier: Apache-2.0
//! What a worker commits to before it reveals.
//!
//! Every payload carries its whole domain, so that a commitment or a reveal is worth nothing on another chain, in
//! another pallet, for another request, model version or worker, nor after the worker registered again.

use crate::{ids::RequestId, report::ReportEntry};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// Tag in front of every commitment.
pub const COMMIT_TAG: &[u8] = b"openledger/inference/commit/v1";

/// A worker in one registration: ids are not reused because the epoch never is.
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
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct WorkerKey<AccountId> {
    /// The worker's account.
    pub account: AccountId,
    /// Counted up at each registration of that account, from 1.
    pub epoch: u32,
}

/// Where a commitment belongs.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Domain<AccountId> {
    /// Hash of the chain's genesis block.
    pub genesis: H256,
    /// The request.
    pub request: RequestId,
    /// The exact artifact, price-independent: see the model registry's version hash.
    pub model_version: H256,
    /// The worker and its registration.
    pub worker: WorkerKey<AccountId>,
}

/// The commitment to a reveal: BLAKE2b-256 of tag, domain, output, query vector, report entries and salt, each SCALE
/// encoded (so that lengths are part of the hash).
pub fn commitment<AccountId: Encode>(
    domain: &Domain<AccountId>,
    output: &[u8],
    query: &[i16],
    entries: &[ReportEntry],
    salt: &[u8; 32],
) -> H256 {
    H256(blake2_256(
        &(COMMIT_TAG, domain, output, query, entries, salt).encode(),
    ))
}
