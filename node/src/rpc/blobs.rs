// SPDX-License-Identifier: Apache-2.0
//! Blobs over RPC: small ones, as text. Large ones go through the store itself.

use super::RpcError;
use base64::{prelude::BASE64_STANDARD, Engine};
use openledger_blobs::{BlobError, Blobs, ContentId};
use serde::{Deserialize, Serialize};

/// The largest blob that one RPC call carries, in bytes. As hexadecimal it is twice as long, well below the RPC
/// server's own limit of 15 MiB a message.
pub const MAX_BLOB_RPC_BYTES: u64 = 4 << 20;

/// How bytes are written as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal after `0x`.
    #[default]
    Hex,
    /// Standard base64 with padding.
    Base64,
}

impl Encoding {
    fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => sp_core::bytes::to_hex(bytes, false),
            Self::Base64 => BASE64_STANDARD.encode(bytes),
        }
    }
}

/// Reads bytes from `0x` hexadecimal or base64. The length is checked before anything is decoded.
fn read(text: &str, limit: u64) -> Result<Vec<u8>, RpcError> {
    let size = match text.strip_prefix("0x") {
        Some(digits) => digits.len() / 2,
        None => text.trim_end_matches('=').len() * 3 / 4,
    };
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    if size > limit {
        return Err(RpcError::BlobTooLarge { size, limit });
    }
    if text.starts_with("0x") {
        // The decoder of sp-core would take half a byte for a whole one.
        if !text.len().is_multiple_of(2) {
            return Err(RpcError::BlobMalformed("an odd number of digits".into()));
        }
        sp_core::bytes::from_hex(text).map_err(|error| RpcError::BlobMalformed(error.to_string()))
    } else {
        BASE64_STANDARD
            .decode(text)
            .map_err(|error| RpcError::BlobMalformed(error.to_string()))
    }
}

/// The two methods, over a store.
pub struct BlobRpc {
    blobs: Blobs,
    write: bool,
}

impl BlobRpc {
    /// Over `blobs`; storing only if `write`.
    pub fn new(blobs: Blobs, write: bool) -> Self {
        Self {
            blobs: blobs.with_max_bytes(MAX_BLOB_RPC_BYTES),
            write,
        }
    }

    /// Stores what `text` says and returns its content id.
    pub async fn put(&self, text: &str) -> Result<String, RpcError> {
        if !self.write {
            return Err(RpcError::BlobWriteDenied);
        }
        let bytes = read(text, self.blobs.max_bytes())?;
        Ok(format!("0x{}", self.blobs.put(bytes).await?))
    }

    /// The bytes of a content id as text, or nothing if this node does not have them.
    pub async fn get(&self, id: &str, encoding: Encoding) -> Result<Option<String>, RpcError> {
        let id: ContentId = id.parse()?;
        match self.blobs.get(id).await {
            Ok(bytes) => Ok(Some(encoding.write(&bytes))),
            Err(BlobError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rpc() -> BlobRpc {
        BlobRpc::new(Blobs::open("memory:///").unwrap(), true)
    }

    #[tokio::test]
    async fn what_is_put_comes_back_in_both_encodings() {
        let rpc = rpc();
        let id = rpc.put("0x00ff10").await.unwrap();
        assert_eq!(rpc.put("AP8Q").await.unwrap(), id);
        assert_eq!(
            id,
            sp_core::bytes::to_hex(&sp_crypto_hashing::blake2_256(&[0, 0xff, 0x10]), false)
        );
        assert_eq!(
            rpc.get(&id, Encoding::Hex).await.unwrap().as_deref(),
            Some("0x00ff10")
        );
        assert_eq!(
            rpc.get(&id, Encoding::Base64).await.unwrap().as_deref(),
            Some("AP8Q")
        );
    }

    #[tokio::test]
    async fn a_blob_of_exactly_the_cap_is_taken() {
        let text = Encoding::Base64.write(&vec![7; MAX_BLOB_RPC_BYTES as usize]);
        assert!(rpc().put(&text).await.is_ok());
    }

    #[tokio::test]
    async fn a_blob_above_the_cap_is_refused_in_both_encodings() {
        let bytes = vec![7; MAX_BLOB_RPC_BYTES as usize + 1];
        for encoding in [Encoding::Hex, Encoding::Base64] {
            let error = rpc().put(&encoding.write(&bytes)).await.unwrap_err();
            assert!(
                matches!(
                    error,
                    RpcError::BlobTooLarge {
                        limit: MAX_BLOB_RPC_BYTES,
                        ..
                    }
                ),
                "{error}"
            );
            assert_eq!(error.code(), 7001);
        }
    }

    #[tokio::test]
    async fn a_stored_blob_above_the_cap_is_not_read() {
        let blobs = Blobs::open("memory:///").unwrap();
        let id = blobs.put(vec![7; MAX_BLOB_RPC_BYTES as usize + 1]).await.unwrap();
        let error = BlobRpc::new(blobs, true)
            .get(&id.to_string(), Encoding::Hex)
            .await
            .unwrap_err();
        assert_eq!(error.name(), "BlobTooLarge");
    }

    #[tokio::test]
    async fn a_read_only_node_takes_nothing() {
        let rpc = BlobRpc::new(Blobs::open("memory:///").unwrap(), false);
        assert_eq!(rpc.put("0x00").await.unwrap_err().name(), "BlobWriteDenied");
    }

    #[tokio::test]
    async fn text_that_is_no_encoding_is_refused() {
        for text in ["0xzz", "0x123", "not base64!", "A"] {
            assert_eq!(
                rpc().put(text).await.unwrap_err().name(),
                "BlobMalformed",
                "{text}"
            );
        }
    }

    #[tokio::test]
    async fn an_unknown_blob_is_null_and_a_malformed_id_an_error() {
        let unknown = format!("0x{}", "11".repeat(32));
        assert_eq!(rpc().get(&unknown, Encoding::Hex).await.unwrap(), None);
        assert_eq!(
            rpc().get("0x11", Encoding::Hex).await.unwrap_err().name(),
            "ContentIdMalformed"
        );
    }

    #[tokio::test]
    async fn the_empty_blob_is_a_blob() {
        let rpc = rpc();
        let id = rpc.put("0x").await.unwrap();
        assert_eq!(rpc.put("").await.unwrap(), id);
        assert_eq!(rpc.get(&id, Encoding::Hex).await.unwrap().as_deref(), Some("0x"));
    }
}
