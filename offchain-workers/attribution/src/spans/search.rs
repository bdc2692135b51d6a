// SPDX-License-Identifier: Apache-2.0
//! Longest matches and their ranks by binary search in one shard's suffix array.

use std::ops::Range;

use super::{
    minima::{Levels, Numbers},
    shard::Shard,
    Token, SEPARATOR,
};

/// An output's tokens as they would lie in a shard.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
    bytes: Vec<u8>,
}

impl Pattern {
    pub fn new(output: &[Token]) -> Self {
        Self {
            tokens: output.to_vec(),
            bytes: output.iter().flat_map(|token| token.to_le_bytes()).collect(),
        }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }
}

/// Where an output's longest prefix from some position stands in a shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Match {
    /// Tokens that match; zero if not even the first does.
    pub len: usize,
    /// Rank of one suffix that matches.
    pub rank: usize,
}

/// The parts of a shard that a search reads.
#[derive(Debug)]
pub(super) struct Searcher<'a> {
    pub shard: &'a Shard,
    pub levels: Levels<'a>,
    text: &'a [u8],
    suffixes: Numbers<'a>,
}

impl<'a> Searcher<'a> {
    pub fn new(shard: &'a Shard) -> Self {
        Self {
            shard,
            levels: shard.levels(),
            text: shard.text(),
            suffixes: shard.suffixes(),
        }
    }

    /// The longest prefix of `pattern[from..]` that stands in the text. The last step of a search for the whole of it
    /// leaves the two suffixes between which it would stand, and one of these shares the most with it (infini-gram's
    /// `attribute`). O(len + log n) reads as a rule, as what two bounds share is not compared again.
    pub fn longest(&self, pattern: &Pattern, from: usize) -> Match {
        let bucket = self.shard.bucket(pattern.tokens[from]);
        if bucket.is_empty() {
            return Match::default();
        }
        let (mut low, mut high) = (bucket.start, bucket.end);
        // of the last suffix found below and above the pattern; all of the bucket share the first token
        let (mut below, mut above) = (1, 1);
        let mut best = Match { len: 1, rank: low };
        while low < high {
            let rank = low.midpoint(high);
            let (len, is_below) = self.compare(rank, pattern, from, below.min(above));
            if len > best.len {
                best = Match { len, rank };
            }
            if from + len == pattern.len() {
                break;
            }
            if is_below {
                (low, below) = (rank + 1, len);
            } else {
                (high, above) = (rank, len);
            }
        }
        best
    }

    /// Ranks of all suffixes that start with the `len` first tokens of a match, found outwards from it: O(log of
    /// their number) comparisons.
    pub fn range(&self, pattern: &Pattern, from: usize, found: Match, len: usize) -> Range<usize> {
        let bucket = self.shard.bucket(pattern.tokens[from]);
        let bytes = &pattern.bytes[2 * from..2 * (from + len)];
        let starts_with = |rank: usize| {
            let start = 2 * self.suffixes.get(rank) as usize;
            self.text
                .get(start..)
                .is_some_and(|suffix| suffix.starts_with(bytes))
        };
        let before = reach(found.rank - bucket.start, |steps| starts_with(found.rank - steps));
        let after = reach(bucket.end - 1 - found.rank, |steps| {
            starts_with(found.rank + steps)
        });
        found.rank - before..found.rank + after + 1
    }

    /// Of the tokens that stand `len` tokens after the start of the suffixes of `ranks`, which share what is before, the
    /// most frequent one, of equally frequent ones the lowest, and the ranks that have it. `None` for no ranks. O(log n)
    /// reads for each different token.
    pub fn most_frequent_after(&self, ranks: Range<usize>, len: usize) -> Option<(Token, Range<usize>)> {
        let after = |rank: usize| {
            let position = self.suffixes.get(rank) as usize + len;
            token(self.text, position).unwrap_or(SEPARATOR)
        };
        let mut best: Option<(Token, Range<usize>)> = None;
        let mut from = ranks.start;
        while from < ranks.end {
            // what is left cannot be more frequent, and its tokens are higher
            if best
                .as_ref()
                .is_some_and(|(_, best)| best.len() >= ranks.end - from)
            {
                break;
            }
            let next = after(from);
            let end = from + 1 + reach(ranks.end - 1 - from, |steps| after(from + steps) == next);
            if best.as_ref().is_none_or(|(_, best)| end - from > best.len()) {
                best = Some((next, from..end));
            }
            from = end;
        }
        best
    }

    /// How many tokens the suffix of a rank shares with `pattern[from..]`, `known` of which are known, and whether it
    /// is below.
    fn compare(&self, rank: usize, pattern: &Pattern, from: usize, known: usize) -> (usize, bool) {
        let start = 2 * (self.suffixes.get(rank) as usize + known);
        let suffix = self.text.get(start..).unwrap_or_default();
        let wanted = &pattern.bytes[2 * (from + known)..];
        let same = same_bytes(suffix, wanted) / 2;
        let is_below = match (token(suffix, same), token(wanted, same)) {
            (Some(found), Some(wanted)) => found < wanted,
            (found, _) => found.is_none(),
        };
        (known + same, is_below)
    }
}

/// The most steps up to `limit` that can be taken, where `holds` is true up to some number of steps and false after.
fn reach(limit: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut good, mut step) = (0, 1);
    while step <= limit && holds(step) {
        good = step;
        step = step.saturating_mul(2);
    }
    let mut bad = step.min(limit.saturating_add(1));
    while bad - good > 1 {
        let middle = good.midpoint(bad);
        if holds(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good
}

fn token(bytes: &[u8], index: usize) -> Option<Token> {
    let pair = bytes.get(2 * index..2 * index + 2)?;
    Some(Token::from_le_bytes([pair[0], pair[1]]))
}

/// Length of the common prefix, eight bytes at a time.
fn same_bytes(a: &[u8], b: &[u8]) -> usize {
    let len = a.len().min(b.len());
    let (a, b) = (&a[..len], &b[..len]);
    let mut same = 0;
    for (x, y) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        let differ = word(x) ^ word(y);
        if differ != 0 {
            return same + differ.trailing_zeros() as usize / 8;
        }
        same += 8;
    }
    same + a[same..]
        .iter()
        .zip(&b[same..])
        .take_while(|(x, y)| x == y)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaching_finds_the_last_step_that_holds() {
        for limit in 0..40 {
            for last in 0..=limit {
                assert_eq!(reach(limit, |steps| steps <= last), last);
            }
        }
    }

    #[test]
    fn common_prefixes_are_counted_in_bytes() {
        let a: Vec<u8> = (0..40).collect();
        for len in 0..40 {
            for same in 0..len {
                let mut b = a[..len].to_vec();
                b[same] = 99;
                assert_eq!(same_bytes(&a, &b), same);
            }
            assert_eq!(same_bytes(&a, &a[..len]), len);
        }
    }
}
