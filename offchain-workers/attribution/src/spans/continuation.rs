// SPDX-License-Identifier: Apache-2.0
//! The ∞-gram model (Liu and others 2024, arXiv 2401.17377), greedy: what a text says most often after the longest
//! passage of it that the words so far end with. With cited passages, what these say.

use std::ops::Range;

use super::{search::Pattern, search::Searcher, shard::Shard, Token, SEPARATOR};

/// Tokens at the end of prompt and answer that are looked for, at most.
pub const MAX_CONTEXT_TOKENS: usize = 64;
/// So many tokens of a cited passage decide what follows, however many the words so far share with the rest of the text.
pub const CITED_CONTEXT_TOKENS: usize = 4;

/// The answer to a prompt that is made with `passages` of the text, positions of it, the best first: at most `most`
/// tokens, none of them [`SEPARATOR`].
///
/// Each next token is found so: of prompt and answer so far, the longest suffix of at most [`MAX_CONTEXT_TOKENS`] tokens
/// that stands in the text, and the longest that stands in one of the passages before another token of it. If the second
/// is as long as the first or has [`CITED_CONTEXT_TOKENS`] tokens, the passages decide, otherwise the text: of all that
/// follows where it stands there, the most frequent token, of equally frequent ones the lowest. What follows the last
/// token of a passage is not the passage's to say, unless its document ends there: then the separator does.
///
/// The answer ends with `most` tokens, where that token is the separator, or if not even the last token stands in the text.
/// If it is the prompt's, an answer with passages begins as the best of them does. What precedes a separator in the prompt
/// is left out.
///
/// O(log n) reads a token for each different continuation; the first token, and each after one that passages decided, takes
/// a binary search over the lengths as well, and the passages' tokens are compared each time. A shard whose suffix array is
/// wrong ([`Shard::verify`]) gives a wrong answer, but no panic.
pub fn continuation(shard: &Shard, prompt: &[Token], most: usize, passages: &[Range<usize>]) -> Vec<Token> {
    let own = prompt
        .rsplit(|token| *token == SEPARATOR)
        .next()
        .unwrap_or_default();
    let mut words = own[own.len().saturating_sub(MAX_CONTEXT_TOKENS)..].to_vec();
    let searcher = Searcher::new(shard);
    let cited: Vec<Vec<Token>> = passages.iter().map(|passage| read(shard, passage)).collect();
    let (mut answer, mut context) = (Vec::new(), None);
    while answer.len() < most {
        let (next, follows) = match context.take().or_else(|| longest_context(&searcher, &words)) {
            Some((ranks, len)) => match most_frequent_in(&cited, &words, len) {
                // the ranks of what the passages say are looked up when they are needed
                Some(next) => (next, None),
                None => {
                    let Some((next, follows)) = searcher.most_frequent_after(ranks, len) else {
                        break;
                    };
                    // what was just read stands there, and nothing longer does: the passage before it was the longest
                    let longer = len < MAX_CONTEXT_TOKENS;
                    (next, longer.then_some((follows, len + 1)))
                }
            },
            None => match cited.first().and_then(|best| best.first()) {
                Some(first) if answer.is_empty() => (*first, None),
                _ => break,
            },
        };
        if next == SEPARATOR {
            break;
        }
        answer.push(next);
        words.push(next);
        if words.len() > MAX_CONTEXT_TOKENS {
            words.remove(0);
        }
        context = follows;
    }
    answer
}

/// The tokens of a passage, with the separator if its document ends there.
fn read(shard: &Shard, passage: &Range<usize>) -> Vec<Token> {
    let end = shard.len().min(passage.end + 1);
    let mut tokens: Vec<Token> = shard.tokens(passage.start.min(end)..end).collect();
    if tokens.len() > passage.len() && tokens.last() != Some(&SEPARATOR) {
        tokens.pop();
    }
    tokens
}

/// What follows most often, of equal ones the lowest, the longest suffix of `words` that stands in one of `passages` before
/// another token; `None` if that suffix is too short beside the `longest` that stands in the text.
fn most_frequent_in(passages: &[Vec<Token>], words: &[Token], longest: usize) -> Option<Token> {
    let shared = |before: &[Token]| {
        let pairs = words.iter().rev().zip(before.iter().rev());
        pairs.take_while(|(word, token)| word == token).count()
    };
    let places: Vec<(usize, Token)> = passages
        .iter()
        .flat_map(|passage| (0..passage.len()).map(|at| (shared(&passage[..at]), passage[at])))
        .collect();
    let len = places.iter().map(|(len, _)| *len).max()?;
    if len < longest.min(CITED_CONTEXT_TOKENS) {
        return None;
    }
    let of_longest = places.iter().filter(|(shared, _)| *shared == len);
    let mut follows: Vec<Token> = of_longest.map(|(_, next)| *next).collect();
    follows.sort_unstable();
    // of equally frequent ones the last is taken, so they are looked at from the highest on
    let most = follows.chunk_by(Token::eq).rev().max_by_key(|same| same.len());
    most.map(|same| same[0])
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
