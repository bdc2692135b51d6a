// SPDX-License-Identifier: Apache-2.0
//! Bytes named by what they are: every object is stored under the BLAKE2b-256 hash of its content and checked
//! against that name each time it is read.
//!
//! ```
//! # async fn example() -> Result<(), openledger_blobs::BlobError> {
//! let blobs = openledger_blobs::Blobs::open("memory:///")?;
//! let id = blobs.put(&b"0,1,2\n"[..]).await?;
//! assert_eq!(blobs.get(id).await?, &b"0,1,2\n"[..]);
//! # Ok(())
//! # }
//! ```

mod error;
mod id;
mod source;
mod store;

pub use bytes::Bytes;
pub use error::BlobError;
pub use id::{ContentId, InvalidContentId};
pub use source::{Layered, Source};
pub use store::{Blobs, DEFAULT_MAX_BYTES};
