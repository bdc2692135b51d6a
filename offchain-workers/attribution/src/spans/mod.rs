// SPDX-License-Identifier: Apache-2.0
//! Text spans: which contributions an answer quotes, and what each quoted token is worth, in integers.
//!
//! A datanet version is tokenised and becomes a *shard*: its tokens with a suffix array over them, one file that is
//! unique for a text, so that its Merkle root can be agreed on. A *corpus* is the shards that a model was trained on;
//! how texts are divided into shards changes no answer. For an answer the corpus gives all maximal spans of tokens
//! that stand in some document, and pays each token of the answer at most once, to the earliest registered document
//! that has it in a passage of [`Rules::copy_tokens`]: a later copy earns nothing. `docs/attribution.md` has the formulas.
//!
//! ```
//! use openledger_attribution::{spans::{ByteTokenizer, Corpus, Rules, Shard, ShardBuilder, Tokenizer}, ContributionKey};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut shard = ShardBuilder::new(ByteTokenizer.id());
//! for (contribution, text) in ["To be, or not to be", "that is the question"].iter().enumerate() {
//!     let key = ContributionKey { datanet: 7, contribution: contribution as u64 };
//!     shard.push(key, contribution as u64, &ByteTokenizer.encode(text.as_bytes())?)?;
//! }
//! let corpus = Corpus::new(vec![Shard::from_bytes(shard.finish()?.to_bytes())?])?;
//! let found = corpus.attribute_text(&ByteTokenizer, b"What is the question?", &Rules::default())?;
//! assert_eq!(found.spans[0].output, 1..20);
//! assert_eq!(found.scores()[0].0, ContributionKey { datanet: 7, contribution: 1 });
//! # Ok(())
//! # }
//! ```
//!
//! * [`tokenizer`]: text to tokens.
//! * [`build`]: documents to a shard; merging shards.
//! * [`shard`]: the OLSA file.
//! * [`corpus`]: several shards as one text.
//! * [`query`]: spans, credits and scores of an answer.
//! * [`text_release`]: what a model of a text commits to, and how parts of it are shown.
//! * [`flaws`]: what is wrong with a report that rests on a text, and everything that proves it.
//! * [`continuation()`]: the answer of the ∞-gram model over a text.
//!
//! What a token is worth, and which of two claims to it is better, is [`openledger_fixed::spans`]: the chain judges by
//! the same code.

pub mod build;
mod claims;
mod continuation;
pub mod corpus;
mod credit_flaws;
pub mod flaws;
mod log_flaws;
mod minima;
pub mod query;
mod search;
pub mod shard;
pub mod text_release;
#[cfg(feature = "tokenizer")]
mod text_tokenizer;
pub mod tokenizer;
mod word_tokenizer;

pub use build::{merge, merge_from, BuildError, ShardBuilder};
pub use claims::{credits, scores};
pub use continuation::{continuation, CITED_CONTEXT_TOKENS, MAX_CONTEXT_TOKENS};
pub use corpus::{Corpus, CorpusError, Source};
pub use flaws::{Answer, Flaw, FlawError, Refutation, Retrieved};
pub use query::{Attribution, Credit, QueryError, Rules, Span};
pub use shard::{Shard, ShardError};
pub use text_release::{TextRelease, TextReleaseError};
#[cfg(feature = "tokenizer")]
pub use text_tokenizer::TextTokenizer;
pub use tokenizer::{ByteTokenizer, Tokenizer, TokenizerError};
pub use word_tokenizer::WordTokenizer;

pub use openledger_fixed::spans::{Token, SEPARATOR};

/// The most entries that a vocabulary may have: all tokens but the separator.
pub const MAX_VOCABULARY: usize = SEPARATOR as usize;
