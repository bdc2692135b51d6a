// SPDX-License-Identifier: Apache-2.0
//! Disputes of released rows, both sides: [`author`] answers for a model owner's releases, [`challenger`] plays a dispute
//! from its first move to its end. Both compute all of it from the release's public files ([`files`]); nothing is kept that
//! a restart would lose, because the chain says whose turn it is.

pub mod author;
pub mod challenger;
pub mod files;

use crate::{
    artifacts::Artifacts,
    chain::{Adapter, Attribution},
    jobs::Stop,
    shelf::fetch,
};
use files::Files;
use std::sync::Arc;

/// Something that has the files of releases.
#[async_trait::async_trait]
pub trait Library: Send + Sync + 'static {
    /// The files of an adapter's release, checked against what is registered.
    async fn files(&self, adapter: &Adapter) -> Result<Arc<Files>, Stop>;
}

#[async_trait::async_trait]
impl Library for Artifacts {
    async fn files(&self, adapter: &Adapter) -> Result<Arc<Files>, Stop> {
        let Some(Attribution {
            index,
            features,
            root,
            ..
        }) = adapter.attribution.clone()
        else {
            return Err(Stop::Invalid("the model has no attribution".into()));
        };
        let head = fetch(self, adapter.head).await?;
        let index = fetch(self, index).await?;
        let features = fetch(self, features).await?;
        // millions of rows may have to be hashed
        let reading =
            tokio::task::spawn_blocking(move || Files::read(head.to_vec(), index.to_vec(), &features));
        let files = reading
            .await
            .map_err(|error| Stop::Invalid(format!("the release could not be read: {error}")))?
            .map_err(|error| Stop::Invalid(error.to_string()))?;
        match files.root() == root {
            true => Ok(Arc::new(files)),
            false => Err(Stop::Invalid(format!(
                "the index has the root {:?}, {root:?} is registered",
                files.root()
            ))),
        }
    }
}

#[cfg(test)]
mod tests;
