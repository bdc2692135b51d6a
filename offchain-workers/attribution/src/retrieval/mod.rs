// SPDX-License-Identifier: Apache-2.0
//! Retrieval: which passages of a text a question calls for.
//!
//! What a passage is, how it is scored and which of them are cited is [`openledger_fixed::retrieval`]: the chain judges by
//! the same code. A [`Library`] is an inverted index over the passages of one text, so that a question reads only those that
//! have one of its terms; what it gives is the log by definition.
//!
//! ```
//! use openledger_attribution::{retrieval::Library, spans::{ByteTokenizer, Shard, ShardBuilder, Tokenizer}, ContributionKey};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut shard = ShardBuilder::new(ByteTokenizer.id());
//! for (contribution, text) in ["The mill turns.", "The miller dresses stones."].iter().enumerate() {
//!     let key = ContributionKey { datanet: 7, contribution: contribution as u64 };
//!     shard.push(key, contribution as u64, &ByteTokenizer.encode(text.as_bytes())?)?;
//! }
//! let shard = Shard::from_bytes(shard.finish()?.to_bytes())?;
//! let log = Library::of(&shard)?.retrieve(&ByteTokenizer.encode(b"dress")?, 1)?;
//! assert_eq!(log.cited[0].position, 16, "the second document begins after the first and its separator");
//! # Ok(())
//! # }
//! ```

#[cfg(not(feature = "tantivy"))]
mod postings;
#[cfg(feature = "tantivy")]
mod tantivy;

use std::{cmp::Reverse, collections::BTreeMap, fmt, ops::Range};

use openledger_fixed::{
    retrieval::{passage, term_score, terms, Cited, Log, MAX_PASSAGES, PASSAGE_TOKENS},
    spans::Token,
};

#[cfg(not(feature = "tantivy"))]
use self::postings::Postings;
#[cfg(feature = "tantivy")]
use self::tantivy::Postings;
use crate::{spans::Shard, ContributionKey};

/// Sizes that a passage can have, with none.
const SIZES: usize = PASSAGE_TOKENS as usize + 1;

/// Why nothing can be retrieved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetrievalError {
    /// All documents are empty.
    #[error("the text has no passages: all of its documents are empty")]
    NoPassages,
    /// No number of passages, or more than an answer may be made with.
    #[error("{asked} passages were asked for: an answer is made with 1 to {MAX_PASSAGES}")]
    WrongLimit {
        /// Passages asked for.
        asked: usize,
    },
    /// The inverted index failed.
    #[error("the index of passages failed: {0}")]
    Index(String),
}

/// The passages of a text, and for each token those that have it.
pub struct Library {
    /// Position and tokens of each passage, ascending.
    passages: Vec<(u32, u32)>,
    postings: Postings,
    /// The different tokens of the text, ascending, with how often each stands in it.
    counts: Vec<(Token, u32)>,
    /// Tokens of the text without its separators.
    total: u64,
}

impl Library {
    /// Indexes the passages of a text. O(n).
    ///
    /// # Errors
    /// [`RetrievalError::NoPassages`] and [`RetrievalError::Index`].
    pub fn of(shard: &Shard) -> Result<Self, RetrievalError> {
        let passages: Vec<(u32, u32)> = (0..shard.documents())
            .flat_map(|index| {
                let Range { start, end } = shard.document(index).tokens;
                // a text has fewer than 2^31 tokens
                let (first, rows) = (start as u32, (end - start) as u32);
                (0..).map_while(move |number| passage(first, rows, number))
            })
            .collect();
        if passages.is_empty() {
            return Err(RetrievalError::NoPassages);
        }
        let tokens = |(position, tokens): &(u32, u32)| {
            let position = *position as usize;
            shard.tokens(position..position + *tokens as usize).collect()
        };
        Ok(Self {
            postings: Postings::of(passages.iter().map(tokens))?,
            passages,
            counts: shard.counts().collect(),
            total: (shard.len() - shard.documents()) as u64,
        })
    }

    /// Passages of the text.
    pub fn passages(&self) -> usize {
        self.passages.len()
    }

    /// Positions of the passage that begins at `position`; `None` if none does. O(log passages).
    pub fn passage(&self, position: u32) -> Option<Range<usize>> {
        let found = self.passages.binary_search_by_key(&position, |(first, _)| *first);
        let (first, tokens) = self.passages[found.ok()?];
        Some(first as usize..first as usize + tokens as usize)
    }

    /// The log of an answer to `question` that is made with at most `most` passages. A token that the text lacks is a term
    /// that stands nowhere; a question without others has a log without passages. O(passages with a term of it).
    ///
    /// # Errors
    /// [`RetrievalError::WrongLimit`] and [`RetrievalError::Index`].
    pub fn retrieve(&self, question: &[Token], most: usize) -> Result<Log, RetrievalError> {
        if !(1..=MAX_PASSAGES).contains(&most) {
            return Err(RetrievalError::WrongLimit { asked: most });
        }
        let terms = terms(question);
        let counts: Vec<u32> = terms.iter().map(|term| self.count(*term)).collect();
        let mut scores = vec![0u32; self.passages.len()];
        // what a term adds, by how often it stands in a passage and how many tokens that has
        let mut known: Vec<Option<u32>> = Vec::new();
        for (term, count) in terms.into_iter().zip(&counts) {
            known.clear();
            known.resize(SIZES * SIZES, None);
            self.postings.each(term, |passage, times| {
                let (_, tokens) = self.passages[passage as usize];
                let part = known[times as usize * SIZES + tokens as usize]
                    .get_or_insert_with(|| term_score(self.total, *count, times, tokens));
                // a question has at most MAX_TERMS terms of less than 2^24 each
                scores[passage as usize] += *part;
            })?;
        }
        let best = self.best(&scores, most);
        Ok(Log::new(counts, best, most))
    }

    /// How often a token stands in the text.
    fn count(&self, token: Token) -> u32 {
        let found = self.counts.binary_search_by_key(&token, |(token, _)| *token);
        found.map_or(0, |index| self.counts[index].1)
    }

    /// The `most` highest scores with the lowest position that has each.
    fn best(&self, scores: &[u32], most: usize) -> impl Iterator<Item = Cited> {
        let mut best: BTreeMap<Reverse<u32>, u32> = BTreeMap::new();
        for (score, (position, _)) in scores.iter().zip(&self.passages) {
            let full = best.len() == most;
            let worst = best
                .last_key_value()
                .filter(|_| full)
                .map_or(0, |(score, _)| score.0);
            if *score > worst {
                // passages ascend, so what is there stands lower
                best.entry(Reverse(*score)).or_insert(*position);
                if best.len() > most {
                    best.pop_last();
                }
            }
        }
        best.into_iter().map(|(score, position)| Cited {
            position,
            score: score.0,
        })
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passages = self.passages.len();
        f.debug_struct("Library")
            .field("passages", &passages)
            .finish_non_exhaustive()
    }
}

/// What a log, right or wrong, gives each contribution of a text: the sum of the scores of its passages, ascending by key,
/// without zeros.
pub fn scores(log: &Log, shard: &Shard) -> Vec<(ContributionKey, i64)> {
    let mut scores: BTreeMap<ContributionKey, i64> = BTreeMap::new();
    for cited in &log.cited {
        let position = cited.position as usize;
        if position < shard.len() {
            let document = shard.document(shard.document_at(position));
            if document.tokens.contains(&position) {
                *scores.entry(document.key).or_default() += i64::from(cited.score);
            }
        }
    }
    scores.into_iter().collect()
}
