// SPDX-License-Identifier: Apache-2.0
//! The errors of `openledger_*`, each with a code of its own that clients can rely on.

use jsonrpsee::types::ErrorObjectOwned;
use openledger_blobs::{BlobError, InvalidContentId};
use openledger_primitives::membership::MembershipError;

/// Why a method of ours did not answer.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    /// More bytes than travel through RPC in one piece.
    #[error("the blob has {size} bytes, over the cap of {limit} for one RPC call; move larger ones through the store")]
    BlobTooLarge {
        /// What was sent or asked for, in bytes.
        size: u64,
        /// The cap in bytes.
        limit: u64,
    },
    /// Neither hexadecimal nor base64.
    #[error("the blob is neither hexadecimal after `0x` nor base64: {0}")]
    BlobMalformed(String),
    /// Not the name of a blob.
    #[error(transparent)]
    ContentIdMalformed(#[from] InvalidContentId),
    /// Storing is off.
    #[error("this node takes no blobs over RPC: its operator can allow it with --blob-write")]
    BlobWriteDenied,
    /// The store failed.
    #[error("the blob store failed: {0}")]
    BlobStore(String),
    /// No settled request of that number.
    #[error("request {0} does not exist, or is not settled yet")]
    NotSettled(u64),
    /// No such block.
    #[error("this node does not have the block {0}")]
    UnknownBlock(sp_core::H256),
    /// A record cannot be signed.
    #[error("the record cannot be signed: {0}")]
    AuditKey(String),
    /// No proof of membership.
    #[error("no proof of membership: {}", membership_reason(.0))]
    NoMembership(MembershipError),
    /// The runtime could not be asked.
    #[error("the runtime did not answer: {0}")]
    Runtime(String),
}

fn membership_reason(error: &MembershipError) -> &'static str {
    match error {
        MembershipError::NotFound => "no such datanet, version or contribution",
        MembershipError::NotInVersion => {
            "the contribution was accepted after the version was published, or never"
        }
        MembershipError::InvalidProof => "the proof does not lead to the version's root",
    }
}

impl RpcError {
    /// The JSON-RPC error code. Codes are part of the interface and are never reused.
    pub fn code(&self) -> i32 {
        match self {
            Self::BlobTooLarge { .. } => 7001,
            Self::BlobMalformed(_) => 7002,
            Self::ContentIdMalformed(_) => 7003,
            Self::BlobWriteDenied => 7004,
            Self::BlobStore(_) => 7005,
            Self::NotSettled(_) => 7011,
            Self::UnknownBlock(_) => 7012,
            Self::AuditKey(_) => 7013,
            Self::NoMembership(MembershipError::NotFound) => 7021,
            Self::NoMembership(MembershipError::NotInVersion) => 7022,
            Self::NoMembership(MembershipError::InvalidProof) => 7023,
            Self::Runtime(_) => 7031,
        }
    }

    /// The error's name, given as the error object's data.
    pub fn name(&self) -> &'static str {
        match self {
            Self::BlobTooLarge { .. } => "BlobTooLarge",
            Self::BlobMalformed(_) => "BlobMalformed",
            Self::ContentIdMalformed(_) => "ContentIdMalformed",
            Self::BlobWriteDenied => "BlobWriteDenied",
            Self::BlobStore(_) => "BlobStore",
            Self::NotSettled(_) => "NotSettled",
            Self::UnknownBlock(_) => "UnknownBlock",
            Self::AuditKey(_) => "AuditKey",
            Self::NoMembership(MembershipError::NotFound) => "NotFound",
            Self::NoMembership(MembershipError::NotInVersion) => "NotInVersion",
            Self::NoMembership(MembershipError::InvalidProof) => "InvalidProof",
            Self::Runtime(_) => "Runtime",
        }
    }
}

impl From<BlobError> for RpcError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::TooLarge { size, limit, .. } => Self::BlobTooLarge { size, limit },
            other => Self::BlobStore(other.to_string()),
        }
    }
}

impl From<sp_api::ApiError> for RpcError {
    fn from(error: sp_api::ApiError) -> Self {
        Self::Runtime(error.to_string())
    }
}

impl From<sp_blockchain::Error> for RpcError {
    fn from(error: sp_blockchain::Error) -> Self {
        Self::Runtime(error.to_string())
    }
}

impl From<RpcError> for ErrorObjectOwned {
    fn from(error: RpcError) -> Self {
        Self::owned(error.code(), error.to_string(), Some(error.name()))
    }
}
