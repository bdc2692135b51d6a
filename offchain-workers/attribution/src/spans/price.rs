// SPDX-License-Identifier: Apache-2.0
//! What a token of an answer is worth: how many bits it tells.
//!
//! A span's weight is its length times its mean rarity, that is the sum of its tokens' prices: the negative logarithm
//! of the product of unigram probabilities, by which infini-gram ranks spans. It adds up, so nobody gains by cutting
//! text into pieces. A token that the answer itself has repeated is worth no more than the answer so far makes it
//! unlikely; an answer of one token over and over is worth one token.

use std::collections::BTreeMap;

use super::Token;

/// Fraction bits of a logarithm, a price and a score.
pub const PRICE_BITS: u32 = 16;

/// `log2(x)` with [`PRICE_BITS`] fraction bits, rounded down in each of 16 squarings; never falls as `x` grows, exact
/// for powers of two. Zero for `x = 0`.
pub fn log2(x: u64) -> u32 {
    let Some(whole) = x.checked_ilog2() else {
        return 0;
    };
    // in [1, 2) with 63 fraction bits
    let mut mantissa = x << (63 - whole);
    let mut result = whole;
    for _ in 0..PRICE_BITS {
        // below 2^128, so below 2^65 after the shift
        let square = (u128::from(mantissa) * u128::from(mantissa)) >> 63;
        let above_two = (square >> 64) as u32;
        mantissa = (square >> above_two) as u64;
        result = result << 1 | above_two;
    }
    result
}

/// Bits of an event that was seen `times` times in `total`; zero if it was never seen.
fn bits(times: u64, total: u64) -> u32 {
    match times {
        0 => 0,
        _ => log2(total).saturating_sub(log2(times)),
    }
}

/// Price of every token of `output`, with [`PRICE_BITS`] fraction bits.
///
/// `count` says how often a token stands in the corpus and `total` how many tokens that has. The price of the token
/// at `i` that stands `k` times before `i` is `log2(total / count)`, or `log2(i / k)` if that is less and `k` is not
/// zero; of a token that the corpus lacks it is zero. O(L log L).
pub fn prices(output: &[Token], total: u64, count: impl Fn(Token) -> u64) -> Vec<u32> {
    let mut seen: BTreeMap<Token, (u64, u32)> = BTreeMap::new();
    let mut prices = Vec::with_capacity(output.len());
    for (position, token) in (0u64..).zip(output) {
        let (times, rarity) = seen
            .entry(*token)
            .or_insert_with(|| (0, bits(count(*token), total)));
        prices.push(match *times {
            0 => *rarity,
            times => (*rarity).min(bits(times, position)),
        });
        *times += 1;
    }
    prices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_exact_for_powers_of_two_and_never_fall() {
        for power in 0..64 {
            assert_eq!(log2(1 << power), power << PRICE_BITS);
        }
        assert_eq!(log2(0), 0);
        let mut last = 0;
        for x in (1..100_000).chain([u64::MAX / 3, u64::MAX - 1, u64::MAX]) {
            let log = log2(x);
            assert!(log >= last);
            last = log;
        }
    }

    #[test]
    fn logarithms_are_right_to_their_last_bits() {
        for x in [3u64, 5, 7, 10, 1000, 65_535, 1_000_003, u64::MAX] {
            let wanted = (x as f64).log2() * f64::from(1u32 << PRICE_BITS);
            assert!((f64::from(log2(x)) - wanted).abs() <= 1.0, "{x}");
        }
    }

    #[test]
    fn a_rare_token_is_worth_more_than_a_frequent_one() {
        let count = |token| if token == 1 { 4 } else { 512 };
        assert_eq!(prices(&[1, 2], 1024, count), [8 << 16, 1 << 16]);
    }

    #[test]
    fn a_token_that_the_corpus_lacks_is_worth_nothing() {
        assert_eq!(prices(&[1, 1], 1024, |_| 0), [0, 0]);
    }

    #[test]
    fn one_token_repeated_is_worth_one_token() {
        let all: u64 = prices(&[9; 256], 1 << 20, |_| 1).into_iter().map(u64::from).sum();
        assert_eq!(all, 20 << 16);
    }

    #[test]
    fn two_tokens_in_turn_are_soon_worth_a_bit_each() {
        let output: Vec<Token> = (0..256).map(|position| position % 2).collect();
        let prices = prices(&output, 1 << 20, |_| 1);
        assert_eq!(prices[..2], [20 << 16, 20 << 16]);
        assert!(prices[2..].iter().all(|price| *price <= 2 << 16));
        assert!(prices[16..].iter().all(|price| *price < 5 << 14));
    }
}
