// SPDX-License-Identifier: Apache-2.0
//! Retrieval: passages of contributions that a question calls for, ranked in integers, and the log of those that an
//! answer was made with, which is evidence of its own.
//!
//! A *library* is the texts of datanet versions, cut into passages. A question's words rank them by BM25 (Robertson,
//! Zaragoza 2009) on a grid of 2^-16, with ties by registration: every machine gets the same list, so a log can be
//! checked by whoever has the texts. A passage that stands word for word in an earlier registered one is not in the
//! library: its earlier owner is cited.
//!
//! ```
//! use openledger_attribution::{retrieval::{Document, Library}, ContributionKey};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let texts = ["The wheel of the mill turns the shaft.", "The miller dresses the stones twice a year."];
//! let documents = texts.iter().zip(0..).map(|(text, number)| Document {
//!     key: ContributionKey { datanet: 7, contribution: number },
//!     registered: number,
//!     text: text.as_bytes(),
//! });
//! let library = Library::build(documents)?;
//! let log = library.retrieve("Who dresses the stones?", 3)?;
//! assert_eq!(log.hits[0].passage.key.contribution, 1);
//! assert_eq!(log.citations()[0], "[1] datanet 7, contribution 1, bytes 0 to 42");
//! library.verify(&log, "Who dresses the stones?")?;
//! # Ok(())
//! # }
//! ```
//!
//! * [`bm25`]: the score.
//! * [`passages`]: documents to passages.
//! * [`library`]: the index in memory.
//! * [`log`]: what was used: bytes, citations, evidence.
//! * `on_disk` with the Cargo feature `tantivy`: the same answers from an index of the `tantivy` crate.

pub mod bm25;
pub mod library;
pub mod log;
#[cfg(feature = "tantivy")]
pub mod on_disk;
pub mod passages;

pub use library::{Library, RetrievalError};
pub use log::{Hit, Log, LogError};
pub use passages::{Document, Passage};

/// Most passages that an answer may be made with.
pub const MAX_PASSAGES: usize = 16;

/// Longest question, in words.
pub const MAX_QUESTION_WORDS: usize = 256;
