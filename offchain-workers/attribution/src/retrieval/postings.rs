// SPDX-License-Identifier: Apache-2.0
//! The inverted index in memory: five bytes for each different token of a passage.

use std::collections::HashMap;

use openledger_fixed::spans::Token;

use super::RetrievalError;

/// For each token the passages that have it.
pub struct Postings(HashMap<Token, List>);

/// Passages with a token, ascending, and how often each has it.
#[derive(Default)]
struct List {
    passages: Vec<u32>,
    times: Vec<u8>,
}

impl Postings {
    /// Indexes passages, which are numbered from zero.
    ///
    /// # Errors
    /// None of this index.
    pub fn of(passages: impl Iterator<Item = Vec<Token>>) -> Result<Self, RetrievalError> {
        let mut lists: HashMap<Token, List> = HashMap::new();
        for (number, passage) in (0..).zip(passages) {
            for (token, times) in frequencies(passage) {
                let list = lists.entry(token).or_default();
                list.passages.push(number);
                list.times.push(times);
            }
        }
        Ok(Self(lists))
    }

    /// Calls `found` with the number of each passage that has `token`, ascending, and how often it has it.
    ///
    /// # Errors
    /// None of this index.
    pub fn each(&self, token: Token, mut found: impl FnMut(u32, u32)) -> Result<(), RetrievalError> {
        let Some(list) = self.0.get(&token) else {
            return Ok(());
        };
        for (passage, times) in list.passages.iter().zip(&list.times) {
            found(*passage, u32::from(*times));
        }
        Ok(())
    }
}

/// The different tokens of a passage, ascending, and how often each stands in it.
fn frequencies(mut passage: Vec<Token>) -> Vec<(Token, u8)> {
    passage.sort_unstable();
    passage
        .chunk_by(Token::eq)
        // a passage has at most PASSAGE_TOKENS tokens
        .map(|same| (same[0], same.len() as u8))
        .collect()
}
