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
/// that stands in the text; of all that follows where it stands the most frequent token, of equally frequent ones the
/// lowest. The answer ends with `most` tokens, where that token is the separator, or if not even the last token of the
/// prompt stands in the text. What precedes a separator in the prompt is left out.
///
/// Passages come first. Where the longest suffix that stands in one of them before another token of it is as long as the
/// one that stands in the text, or has [`CITED_CONTEXT_TOKENS`] tokens, the answer goes on as the best passage with it
/// does, after its first place there. What follows the last token of a passage is not the passage's to say, unless its
/// document ends there: then the separator does. A question is answered, not continued: if none of the passages has its
/// last [`CITED_CONTEXT_TOKENS`] tokens, the answer begins as the best passage does, and the question decides nothing more.
///
/// O(log n) reads a token for each different continuation; the first token, and each after one that a passage decided, takes
/// a binary search over the lengths as well, and passages are compared token by token. A shard whose suffix array is wrong
/// ([`Shard::verify`]) gives a wrong answer, but no panic.
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
        let (known, quoted) = (context.take(), quoted(&cited, &words));
        let begins = cited.first().filter(|_| answer.is_empty());
        let next = match (begins.and_then(|best| best.first()), quoted) {
            (Some(first), None | Some((..CITED_CONTEXT_TOKENS, _))) => {
                words.clear();
                *first
            }
            (_, Some((CITED_CONTEXT_TOKENS.., next))) => next,
            _ => {
                let longest = known.or_else(|| longest_context(&searcher, &words));
                let Some((ranks, len)) = longest else {
                    break;
                };
                match quoted.filter(|(quoted, _)| *quoted == len) {
                    Some((_, next)) => next,
                    None => {
                        let Some((next, follows)) = searcher.most_frequent_after(ranks, len) else {
                            break;
                        };
                        // what was just read stands there, and nothing longer does: the passage before it was the longest
                        context = (len < MAX_CONTEXT_TOKENS).then_some((follows, len + 1));
                        next
                    }
                }
            }
        };
        if next == SEPARATOR {
            break;
        }
        answer.push(next);
        words.push(next);
        if words.len() > MAX_CONTEXT_TOKENS {
            words.remove(0);
        }
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

/// Length of the longest suffix of `words` that stands in one of `passages` before another token, and the token after its
/// first place in the best of these; `None` if not even the last word stands there.
fn quoted(passages: &[Vec<Token>], words: &[Token]) -> Option<(usize, Token)> {
    let shared = |before: &[Token]| {
        let pairs = words.iter().rev().zip(before.iter().rev());
        pairs.take_while(|(word, token)| word == token).count()
    };
    let mut best: Option<(usize, Token)> = None;
    for passage in passages {
        for (at, next) in passage.iter().enumerate() {
            let len = shared(&passage[..at]);
            if len > best.map_or(0, |(len, _)| len) {
                best = Some((len, *next));
            }
        }
    }
    best
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
