// SPDX-License-Identifier: Apache-2.0
//! Places that can give bytes by id, and the cache that asks the near one first.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{store::verify, BlobError, Blobs, ContentId};

/// Anything that can give the bytes of an id: a store, a node's RPC, another worker.
///
/// An implementation caps what it reads. It need not verify: [`Layered`] does.
#[async_trait]
pub trait Source: Send + Sync {
    /// The bytes of `id`.
    async fn fetch(&self, id: ContentId) -> Result<Bytes, BlobError>;
}

#[async_trait]
impl Source for Blobs {
    async fn fetch(&self, id: ContentId) -> Result<Bytes, BlobError> {
        self.get(id).await
    }
}

#[async_trait]
impl<S: Source + ?Sized> Source for Arc<S> {
    async fn fetch(&self, id: ContentId) -> Result<Bytes, BlobError> {
        (**self).fetch(id).await
    }
}

/// A local store in front of another source: what the other gives is verified, stored, then returned.
#[derive(Clone, Debug)]
pub struct Layered<S> {
    local: Blobs,
    remote: S,
    timeout: Duration,
}

impl<S: Source> Layered<S> {
    /// Puts `local` in front of `remote`; a fetch from `remote` may take `timeout`.
    pub fn new(local: Blobs, remote: S, timeout: Duration) -> Self {
        Self {
            local,
            remote,
            timeout,
        }
    }

    /// The store in front.
    pub fn local(&self) -> &Blobs {
        &self.local
    }
}

#[async_trait]
impl<S: Source> Source for Layered<S> {
    /// # Errors
    /// The remote's errors; [`BlobError::Corrupt`] when its bytes are not those of `id`; [`BlobError::TooLarge`] when
    /// they are over the local cap; [`BlobError::TimedOut`]. A missing or damaged local object is replaced.
    async fn fetch(&self, id: ContentId) -> Result<Bytes, BlobError> {
        match self.local.get(id).await {
            Err(BlobError::NotFound { .. }) => {}
            Err(error @ BlobError::Corrupt { .. }) => {
                tracing::warn!(target: "blobs", %error, "replacing a damaged object");
            }
            answer => return answer,
        }
        let bytes = tokio::time::timeout(self.timeout, self.remote.fetch(id))
            .await
            .map_err(|_| BlobError::TimedOut {
                id,
                after: self.timeout,
            })??;
        let bytes = verify(id, bytes, "the remote source")?;
        self.local.store_as(id, bytes.clone()).await?;
        Ok(bytes)
    }
}
