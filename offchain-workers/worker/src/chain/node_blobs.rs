// SPDX-License-Identifier: Apache-2.0
//! Bytes by content id from a node's RPC.

use openledger_blobs::{BlobError, Bytes, ContentId, Source};
use subxt::rpcs::{client::rpc_params, RpcClient};

/// The blobs that a node gives out by `openledger_getBlob`.
#[derive(Clone)]
pub struct NodeBlobs {
    rpc: RpcClient,
}

impl NodeBlobs {
    /// Asks over `rpc`.
    pub fn new(rpc: RpcClient) -> Self {
        Self { rpc }
    }
}

#[async_trait::async_trait]
impl Source for NodeBlobs {
    async fn fetch(&self, id: ContentId) -> Result<Bytes, BlobError> {
        let answer: Result<Option<String>, _> = self
            .rpc
            .request("openledger_getBlob", rpc_params![format!("0x{id}")])
            .await;
        match answer {
            Ok(Some(text)) => read(id, &text),
            Ok(None) => Err(BlobError::NotFound {
                id,
                place: "the node".into(),
            }),
            Err(error) => Err(BlobError::Source {
                id,
                reason: error.to_string(),
            }),
        }
    }
}

/// The bytes of a `0x…` answer. Whether they are the bytes of `id` is checked by the caller.
fn read(id: ContentId, text: &str) -> Result<Bytes, BlobError> {
    array_bytes::hex2bytes(text)
        .map(Bytes::from)
        .map_err(|error| BlobError::Source {
            id,
            reason: format!("the node's answer is not hexadecimal: {error:?}"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_hexadecimal_is_an_error_of_the_source() {
        let id = ContentId::of(b"x");
        assert_eq!(read(id, "0x0102").unwrap(), vec![1, 2]);
        assert!(matches!(read(id, "0xzz"), Err(BlobError::Source { .. })));
    }
}
