// SPDX-License-Identifier: Apache-2.0
//! Heads and their influence indexes, checked against what the chain has registered before they answer anything.

use crate::{
    artifacts::Artifacts,
    chain::{Adapter, Attribution},
    jobs::Stop,
    shelf::{fetch, Shelf},
};
use openledger_attribution::{Index, IndexError, Release};
use openledger_blobs::Bytes;
use openledger_trainer::{
    adapter::{Adapter as AdapterFile, AdapterError},
    head::Head,
};
use sp_core::H256;
use std::sync::Arc;

/// Why a head cannot be used as it is registered. None of these gets better by waiting.
#[derive(Debug, thiserror::Error)]
pub enum AdapterFault {
    /// The head's file is not canonical.
    #[error("HeadInvalid: {0}")]
    HeadInvalid(#[from] AdapterError),
    /// The index's file is damaged.
    #[error("IndexInvalid: {0}")]
    IndexInvalid(#[from] IndexError),
    /// The chain's root is not that of the index which the chain names: challenges against it could not be judged.
    #[error("AttributionRootMismatch: index {index:?} has the root {found:?}, {registered:?} is registered")]
    RootMismatch {
        /// Content id of the index.
        index: H256,
        /// Root over its header, table and rows.
        found: H256,
        /// The model's attribution root.
        registered: H256,
    },
    /// The chain counts other rows than the index has.
    #[error("AttributionRowsMismatch: index {index:?} has {found} rows, {registered} are registered")]
    RowsMismatch {
        /// Content id of the index.
        index: H256,
        /// Its rows.
        found: usize,
        /// The model's rows.
        registered: u32,
    },
    /// The index is of another head.
    #[error("AttributionShapeMismatch: index {index:?} is of {found:?} classes and features, the head of {head:?}")]
    ShapeMismatch {
        /// Content id of the index.
        index: H256,
        /// Its classes and features.
        found: (usize, usize),
        /// The head's.
        head: (usize, usize),
    },
}

/// A head and its index, checked to fit each other and the registration.
#[derive(Debug)]
pub struct Loaded {
    /// The head.
    pub head: Head,
    /// Its influence index; none for a head without attribution.
    pub index: Option<Index>,
    /// What the index's release committed to; there when the index is.
    pub release: Option<Release>,
}

impl Loaded {
    /// Reads and checks a head's file, and its index with what is registered about it. O(bytes): the whole index is
    /// hashed.
    ///
    /// # Errors
    /// Every variant of [`AdapterFault`].
    pub fn check(head: &[u8], index: Option<(&Attribution, Vec<u8>)>) -> Result<Self, AdapterFault> {
        let file = AdapterFile::from_bytes(head)?;
        let shape = (file.optimum().classes, file.optimum().dims);
        let index = index
            .map(|(registered, bytes)| checked_index(registered, bytes, shape))
            .transpose()?;
        let (index, release) = index.unzip();
        Ok(Self {
            head: file.head().clone(),
            index,
            release,
        })
    }
}

fn checked_index(
    registered: &Attribution,
    bytes: Vec<u8>,
    head: (usize, usize),
) -> Result<(Index, Release), AdapterFault> {
    let index = Index::from_bytes(bytes)?;
    let id = registered.index;
    let release = Release::of(&index);
    let found = H256(release.root());
    if found != registered.root {
        let registered = registered.root;
        return Err(AdapterFault::RootMismatch {
            index: id,
            found,
            registered,
        });
    }
    if u32::try_from(index.len()) != Ok(registered.rows) {
        return Err(AdapterFault::RowsMismatch {
            index: id,
            found: index.len(),
            registered: registered.rows,
        });
    }
    let found = (index.classes(), index.dims());
    if found != head {
        return Err(AdapterFault::ShapeMismatch {
            index: id,
            found,
            head,
        });
    }
    Ok((index, release))
}

/// The heads in use, and those that are refused until the worker starts again.
#[derive(Debug, Default)]
pub struct Adapters(Shelf<Adapter, Loaded>);

impl Adapters {
    /// The head and index of `adapter`, from memory or from `artifacts`. One that failed its check is not fetched
    /// again.
    ///
    /// # Errors
    /// [`Stop::Invalid`] for a fault, [`Stop::Unavailable`] while bytes are missing.
    pub async fn get(&self, adapter: &Adapter, artifacts: &Artifacts) -> Result<Arc<Loaded>, Stop> {
        let files = async {
            let head = fetch(artifacts, adapter.head).await?;
            let index = match &adapter.attribution {
                Some(registered) => Some(fetch(artifacts, registered.index).await?),
                None => None,
            };
            Ok((head, index))
        };
        let registered = adapter.attribution.clone();
        let check = move |(head, index): (Bytes, Option<Bytes>)| {
            let index = registered.as_ref().zip(index);
            Loaded::check(
                &head,
                index.map(|(registered, bytes)| (registered, bytes.to_vec())),
            )
        };
        self.0.get(adapter, files, check).await
    }

    /// What is wrong with `adapter`, if its check failed.
    pub fn fault(&self, adapter: &Adapter) -> Option<String> {
        self.0.fault(adapter)
    }
}

#[cfg(test)]
#[path = "adapters_tests.rs"]
pub(crate) mod tests;
