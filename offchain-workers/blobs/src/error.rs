// SPDX-License-Identifier: Apache-2.0
//! What can go wrong with a stored object, each case by its own name.

use std::time::Duration;

use crate::ContentId;

/// Why bytes could not be stored or fetched.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The location is no URL that a back end of this build understands.
    #[error("cannot open the blob store `{url}`: {reason}; use a folder, file:///path or memory:///")]
    UnknownStore {
        /// What was given.
        url: String,
        /// Why it was refused.
        reason: String,
    },
    /// Nothing is stored under this id.
    #[error("no object {id} in {place}")]
    NotFound {
        /// The id asked for.
        id: ContentId,
        /// The store that was asked.
        place: String,
    },
    /// The bytes found do not hash to the id. They are never returned; storing the true bytes again heals the object.
    #[error("the object {id} in {place} is corrupt: its bytes hash to {found}; fetch it again from another source")]
    Corrupt {
        /// The id asked for.
        id: ContentId,
        /// What the bytes hash to.
        found: ContentId,
        /// The store that gave the bytes.
        place: String,
    },
    /// The object's length differs from the one that was promised. Its bytes were not read.
    #[error("the object {id} in {place} has {found} bytes where {expected} were promised")]
    SizeMismatch {
        /// The id asked for.
        id: ContentId,
        /// The promised length in bytes.
        expected: u64,
        /// The stored length in bytes.
        found: u64,
        /// The store that was asked.
        place: String,
    },
    /// The object is over the cap of this store. Its bytes were not read or written.
    #[error("the object {id} has {size} bytes, over the cap of {limit}")]
    TooLarge {
        /// The id of the object.
        id: ContentId,
        /// Its length in bytes.
        size: u64,
        /// The cap in bytes.
        limit: u64,
    },
    /// The other source did not answer in time.
    #[error("fetching {id} took longer than {after:?}")]
    TimedOut {
        /// The id asked for.
        id: ContentId,
        /// How long was waited.
        after: Duration,
    },
    /// A source of another kind failed (for example a node's RPC).
    #[error("fetching {id} failed: {reason}")]
    Source {
        /// The id asked for.
        id: ContentId,
        /// What the source said.
        reason: String,
    },
    /// The back end failed: disk full, no permission, no network.
    #[error("{action} failed in {place}")]
    Backend {
        /// What was tried.
        action: String,
        /// The store.
        place: String,
        /// The back end's error.
        #[source]
        source: object_store::Error,
    },
}
