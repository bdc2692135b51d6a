// SPDX-License-Identifier: Apache-2.0
//! Which passages of a text a question calls for: BM25 in integers, and the log of the passages that an answer was made
//! with.
//!
//! The documents of a text ([`crate::spans`]) are cut into *passages* of [`PASSAGE_TOKENS`] tokens from their first on; the
//! last of a document may be shorter. A question's [`terms`] rank them by [`score`]. Of passages with equal scores the one
//! at the lowest position counts, which was registered earliest, and the others do not: whoever registers the same words
//! again takes nobody's place. The best few are the *log*, highest score first.
//!
//! So a log is refuted by one passage: its tokens, its place, and how often the terms stand in the text, which the reveal
//! says and the release commits to. Nobody needs to look at all other passages.
//!
//! The score is that of Robertson and Zaragoza 2009, *The Probabilistic Relevance Framework*, with `k1 = 1.2`,
//! `b = 0.75`. Two of its quantities are taken from what a text's release commits to: a term is rare by how often it stands
//! in the text (Kwok 1990), not by how many passages have it, and the usual length is that of a whole passage.

use alloc::{collections::BTreeSet, vec::Vec};
use core::cmp::Reverse;

use crate::spans::{log2, Token, NOBODY, NUMBERS_A_TOKEN, PRICE_BITS, SEPARATOR};

/// Tokens of a passage; the last of a document may have fewer.
pub const PASSAGE_TOKENS: u32 = 128;
/// Most passages that an answer is made with.
pub const MAX_PASSAGES: usize = 4;
/// Most terms of a question.
pub const MAX_TERMS: usize = 32;
/// Fraction bits of a score.
pub const SCORE_BITS: u32 = PRICE_BITS;
/// Numbers of a query vector for each passage: position and score, two of 16 bits each.
const NUMBERS_A_PASSAGE: usize = 4;
/// Numbers of a query vector for each term: its count, two of 16 bits.
const NUMBERS_A_TERM: usize = 2;

/// The terms of a question: its last [`MAX_TERMS`] different tokens, from its end on.
pub fn terms(question: &[Token]) -> Vec<Token> {
    let mut seen = BTreeSet::new();
    question
        .iter()
        .rev()
        .copied()
        .filter(|token| *token != SEPARATOR && seen.insert(*token))
        .take(MAX_TERMS)
        .collect()
}

/// What a term that stands `count` times among the `total` tokens of a text adds to the score of a passage of `tokens`
/// tokens, `times` of which it is; in bits with [`SCORE_BITS`] fraction bits, rounded down:
///
/// `log2(total / count) · f · 2.2 / (f + 1.2 · (1/4 + 3/4 · l / 128))`
///
/// Zero for a term that the text lacks. Below 2^24.
pub fn term_score(total: u64, count: u32, times: u32, tokens: u32) -> u32 {
    let rarity = match count {
        0 => 0,
        count => log2(total).saturating_sub(log2(u64::from(count))),
    };
    let (whole, times) = (u128::from(PASSAGE_TOKENS), u128::from(times));
    let numerator = u128::from(rarity)
        .saturating_mul(22)
        .saturating_mul(times)
        .saturating_mul(whole);
    let denominator = whole
        .saturating_mul(times.saturating_mul(10).saturating_add(3))
        .saturating_add(u128::from(tokens).saturating_mul(9));
    let score = numerator.checked_div(denominator).unwrap_or(0);
    u32::try_from(score).unwrap_or(u32::MAX)
}

/// The score of `passage` for `terms`, which stand `counts` times in a text of `total` tokens: the sum of what each
/// adds. O(terms · passage).
pub fn score(terms: &[Token], counts: &[u32], total: u64, passage: &[Token]) -> u32 {
    let tokens = u32::try_from(passage.len()).unwrap_or(u32::MAX);
    terms.iter().zip(counts).fold(0, |sum: u32, (term, count)| {
        let times = passage.iter().filter(|token| *token == term).count();
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        sum.saturating_add(term_score(total, *count, times, tokens))
    })
}

/// Position and tokens of a document's passage, counted from zero; the document has `rows` tokens from `first` on.
/// `None` if it has no such passage.
pub fn passage(first: u32, rows: u32, number: u32) -> Option<(u32, u32)> {
    let inside = number
        .checked_mul(PASSAGE_TOKENS)
        .filter(|inside| *inside < rows)?;
    Some((
        first.checked_add(inside)?,
        rows.saturating_sub(inside).min(PASSAGE_TOKENS),
    ))
}

/// Whether a passage of that document begins at `position`.
pub fn is_passage(first: u32, rows: u32, position: u32) -> bool {
    position
        .checked_sub(first)
        .is_some_and(|inside| inside < rows && inside.is_multiple_of(PASSAGE_TOKENS))
}

/// A passage that an answer was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cited {
    /// Position of its first token in the text.
    pub position: u32,
    /// Its [`score`].
    pub score: u32,
}

/// What an answer was made with, as its reveal says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// How often each of the question's [`terms`] stands in the text, in their order.
    pub counts: Vec<u32>,
    /// The passages, highest score first; no two have the same score.
    pub cited: Vec<Cited>,
}

impl Log {
    /// The log of those of `passages` that an answer with at most `most` of them cites. O(n log n).
    pub fn new(counts: Vec<u32>, passages: impl IntoIterator<Item = Cited>, most: usize) -> Self {
        let mut cited: Vec<Cited> = passages
            .into_iter()
            .filter(|cited| cited.position != NOBODY && cited.score > 0)
            .collect();
        cited.sort_unstable_by_key(|cited| (Reverse(cited.score), cited.position));
        cited.dedup_by_key(|cited| cited.score);
        let mut positions = BTreeSet::new();
        cited.retain(|cited| positions.insert(cited.position));
        cited.truncate(most);
        Self { counts, cited }
    }

    /// The log after `passage` was found to have that score, whatever it said before.
    #[must_use]
    pub fn with(&self, passage: Cited, most: usize) -> Self {
        let others = self.without(passage.position).cited;
        Self::new(
            self.counts.clone(),
            others.into_iter().chain(core::iter::once(passage)),
            most,
        )
    }

    /// The log without what it says of `position`.
    #[must_use]
    pub fn without(&self, position: u32) -> Self {
        let mut log = self.clone();
        log.cited.retain(|cited| cited.position != position);
        log
    }

    /// The log as the end of a query vector: `most` passages, position before score, and [`MAX_TERMS`] counts, all
    /// numbers of 32 bits with their low halves first. What is missing is position [`NOBODY`] with no score, and no count.
    pub fn to_query(&self, most: usize) -> Vec<i16> {
        let nothing = Cited {
            position: NOBODY,
            score: 0,
        };
        let cited = self.cited.iter().copied().chain(core::iter::repeat(nothing));
        let counts = self.counts.iter().copied().chain(core::iter::repeat(0));
        cited
            .take(most)
            .flat_map(|cited| [cited.position, cited.score])
            .chain(counts.take(MAX_TERMS))
            .flat_map(|number| {
                let [a, b, c, d] = number.to_le_bytes();
                [i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d])]
            })
            .collect()
    }

    /// Reads what [`Log::to_query`] wrote for a question with `terms` terms, as the log that it stands for: passages that
    /// a log cannot have in that order are put in it, and those that it cannot have are left out. `None` for numbers of
    /// another length.
    pub fn of_query(query: &[i16], most: usize, terms: usize) -> Option<Self> {
        let (cited, counts) = query.split_at_checked(most.checked_mul(NUMBERS_A_PASSAGE)?)?;
        if counts.len() != MAX_TERMS.checked_mul(NUMBERS_A_TERM)? {
            return None;
        }
        let cited: Option<Vec<Cited>> = cited
            .chunks(NUMBERS_A_PASSAGE)
            .map(|chunk| match *chunk {
                [a, b, c, d] => Some(Cited {
                    position: number(a, b),
                    score: number(c, d),
                }),
                _ => None,
            })
            .collect();
        let counts = counts
            .chunks(NUMBERS_A_TERM)
            .filter_map(|chunk| match *chunk {
                [low, high] => Some(number(low, high)),
                _ => None,
            })
            .take(terms)
            .collect();
        Some(Self::new(counts, cited?, most))
    }

    /// The sum of the scores of the passages that begin in the `rows` positions from `first` on: the raw score of the
    /// contribution that stands there.
    pub fn score_of(&self, first: u32, rows: u32) -> i64 {
        self.cited
            .iter()
            .filter(|cited| {
                cited
                    .position
                    .checked_sub(first)
                    .is_some_and(|inside| inside < rows)
            })
            .fold(0, |sum: i64, cited| sum.saturating_add(i64::from(cited.score)))
    }
}

/// Numbers of the query vector of an answer of `tokens` tokens that is made with at most `passages` passages: a credit
/// for each token ([`crate::spans::credits_to_query`]), then the log, if there is one. `None` if there are too many.
pub fn query_numbers(tokens: usize, passages: usize) -> Option<usize> {
    let credits = tokens.checked_mul(NUMBERS_A_TOKEN)?;
    match passages {
        0 => Some(credits),
        1..=MAX_PASSAGES => passages
            .checked_mul(NUMBERS_A_PASSAGE)?
            .checked_add(MAX_TERMS.checked_mul(NUMBERS_A_TERM)?)?
            .checked_add(credits),
        _ => None,
    }
}

fn number(low: i16, high: i16) -> u32 {
    let ([a, b], [c, d]) = (low.to_le_bytes(), high.to_le_bytes());
    u32::from_le_bytes([a, b, c, d])
}
