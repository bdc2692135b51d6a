// SPDX-License-Identifier: Apache-2.0
//! The ∞-gram model (Liu and others 2024, arXiv 2401.17377), greedy: what a text says most often after the longest
//! passage of it that the words so far end with.

use std::ops::Range;

use super::{search::Pattern, search::Searcher, shard::Shard, Token, SEPARATOR};

/// Tokens at the end of prompt and answer that are looked for, at most.
pub const MAX_CONTEXT_TOKENS: usize = 64;

/// The answer to a prompt: at most `most` tokens, none of them [`SEPARATOR`].
///
/// Each next token is found so: of prompt and answer so far, the longest suffix of at most [`MAX_CONTEXT_TOKENS`] tokens
/// that stands in the text; of all that follows where it stands the most frequent token, of equally frequent ones the
/// lowest. The answer ends with `most` tokens, where that token is the separator, or if not even the last token of the
/// prompt stands in the text. What precedes a separator in the prompt is left out.
///
/// O(log n) reads a token for each different continuation; the first token takes a binary search over the lengths as well.
/// A shard whose suffix array is wrong ([`Shard::verify`]) gives a wrong answer, but no panic.
pub fn continuation(shard: &Shard, prompt: &[Token], most: usize) -> Vec<Token> {
    let own = prompt
        .rsplit(|token| *token == SEPARATOR)
        .next()
        .unwrap_or_default();
    let mut words = own[own.len().saturating_sub(MAX_CONTEXT_TOKENS)..].to_vec();
    let searcher = Searcher::new(shard);
    let (mut answer, mut context) = (Vec::new(), None);
    while answer.len() < most {
        let Some((ranks, len)) = context.take().or_else(|| longest_context(&searcher, &words)) else {
            break;
        };
        let Some((next, follows)) = searcher.most_frequent_after(ranks, len) else {
            break;
        };
        if next == SEPARATOR {
            break;
        }
        answer.push(next);
        words.push(next);
        if words.len() > MAX_CONTEXT_TOKENS {
            words.remove(0);
        }
        // what was just read stands there, and nothing longer does: the passage before it was the longest
        context = (len < MAX_CONTEXT_TOKENS).then_some((follows, len + 1));
    }
    answer
}

/// Ranks and length of the longest suffix of `words` that stands in the text. A part of what stands there does too, so
/// the lengths that do are all up to some length.
fn longest_context(searcher: &Searcher<'_>, words: &[Token]) -> Option<(Range<usize>, usize)> {
    let pattern = Pattern::new(words);
    let (mut none, mut from) = (0, words.len());
    let mut found = None;
    while none < from {
        let middle = none.midpoint(from);
        let longest = searcher.longest(&pattern, middle);
        if middle + longest.len == words.len() {
            (from, found) = (middle, Some(longest));
        } else {
            none = middle + 1;
        }
    }
    let len = words.len() - from;
    Some((searcher.range(&pattern, from, found?, len), len))
}
