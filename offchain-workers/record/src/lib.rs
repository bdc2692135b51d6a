// SPDX-License-Identifier: Apache-2.0
//! Audit records: who was paid for an answer and why, as a file that anybody can check without the chain.
//!
//! A [`Record`] holds the raw storage of one block that an answer's payment rests on, a proof that leads from each of
//! these bytes to the block's state root, what they say in JSON as people read it, and the signature of whoever wrote
//! it. [`verify()`] needs the record and the block's header from a light client, and no network.
//!
//! * [`reasons`]: which storage a payment rests on, read the same way from a node's state and from a proof.
//! * [`stored`]: keys and layouts of that storage.
//! * [`view`]: what it says in JSON.
//! * [`attestation`]: the representative's signed reveal.
//! * [`canonical`]: the one form of a JSON value that is signed.
//! * [`mod@verify`]: every check, each with an error of its own name.
//!
//! The format is written down in `docs/audit-records.md`.
#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod attestation;
pub mod canonical;
pub mod error;
pub mod reasons;
pub mod record;
pub mod stored;
pub mod verify;
pub mod view;

mod proof;

pub use attestation::Attestation;
pub use error::RecordError;
pub use proof::Trusted;
pub use reasons::{read, Found, ReadError, State};
pub use record::{Header, Record, Source};
pub use verify::{verify, Verified};
