// SPDX-License-Identifier: Apache-2.0
//! Text that is made here, with the token frequencies of a language.

use openledger_attribution::spans::Token;
use openledger_trainer::random::SplitMix64;

use crate::{key, Text};

/// Draws tokens below its size; the token at rank `r` about as often as `1 / r`.
pub struct Zipf {
    /// Sums of the weights up to each token.
    sums: Vec<u64>,
}

impl Zipf {
    pub fn new(tokens: Token) -> Self {
        let weights = (1..=u64::from(tokens)).map(|rank| (1 << 40) / rank);
        let sums = weights.scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    pub fn draw(&self, random: &mut SplitMix64) -> Token {
        let all = self.sums[self.sums.len() - 1];
        let at = ((u128::from(random.next_u64()) * u128::from(all)) >> 64) as u64;
        self.sums.partition_point(|sum| *sum <= at) as Token
    }

    pub fn draw_many(&self, random: &mut SplitMix64, tokens: usize) -> Vec<Token> {
        (0..tokens).map(|_| self.draw(random)).collect()
    }
}

/// Documents of about `tokens` tokens from a vocabulary of 5,000.
pub fn texts(seed: u64, documents: u64, tokens: usize) -> Vec<Text> {
    let (mut random, zipf) = (SplitMix64::new(seed), Zipf::new(5_000));
    (0..documents)
        .map(|number| {
            let tokens = tokens / 2 + random.below(tokens + 1);
            Text {
                key: key(number),
                registered: 100 + number / 3,
                tokens: zipf.draw_many(&mut random, tokens),
            }
        })
        .collect()
}
