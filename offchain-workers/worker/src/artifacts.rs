// SPDX-License-Identifier: Apache-2.0
//! The bytes of models, indexes and inputs: from the worker's own store, else from the node, verified either way.

use crate::chain::{Connection, NodeBlobs};
use openledger_blobs::{BlobError, Blobs, Bytes, ContentId, Layered, Source};
use sp_core::H256;
use std::{sync::Arc, time::Duration};

/// The longest wait for one object from the node.
const FETCH_TIMEOUT: Duration = Duration::from_secs(60);

/// Where artifacts come from. Cheap to clone.
#[derive(Clone)]
pub struct Artifacts(Arc<Layered<Arc<dyn Source>>>);

impl Artifacts {
    /// `local` in front of `remote`.
    pub fn new(local: Blobs, remote: Arc<dyn Source>) -> Self {
        Self(Arc::new(Layered::new(local, remote, FETCH_TIMEOUT)))
    }

    /// `local` in front of the node at the other end of a connection.
    pub fn in_front_of(connection: &Connection, local: Blobs) -> Self {
        Self::new(local, Arc::new(NodeBlobs::new(connection.rpc().clone())))
    }

    /// The bytes of `id`. What the node gave is kept.
    pub async fn get(&self, id: H256) -> Result<Bytes, BlobError> {
        self.0.fetch(ContentId(id.0)).await
    }
}

/// A worker without a node to fetch from.
pub struct NoSource;

#[async_trait::async_trait]
impl Source for NoSource {
    async fn fetch(&self, id: ContentId) -> Result<Bytes, BlobError> {
        Err(BlobError::NotFound {
            id,
            place: "the local store".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Node(Bytes);

    #[async_trait::async_trait]
    impl Source for Node {
        async fn fetch(&self, _: ContentId) -> Result<Bytes, BlobError> {
            Ok(self.0.clone())
        }
    }

    #[tokio::test]
    async fn what_the_node_gave_is_verified_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let local = Blobs::open_folder(folder.path()).unwrap();
        let bytes = Bytes::from_static(b"model");
        let id = H256(ContentId::of(&bytes).0);
        let artifacts = Artifacts::new(local.clone(), Arc::new(Node(bytes.clone())));
        assert_eq!(artifacts.get(id).await.unwrap(), bytes);
        let alone = Artifacts::new(local, Arc::new(NoSource));
        assert_eq!(alone.get(id).await.unwrap(), bytes);
    }

    #[tokio::test]
    async fn a_node_that_gives_other_bytes_is_caught() {
        let folder = tempfile::tempdir().unwrap();
        let local = Blobs::open_folder(folder.path()).unwrap();
        let artifacts = Artifacts::new(local, Arc::new(Node(Bytes::from_static(b"lie"))));
        let id = H256(ContentId::of(b"model").0);
        assert!(matches!(artifacts.get(id).await, Err(BlobError::Corrupt { .. })));
    }
}
