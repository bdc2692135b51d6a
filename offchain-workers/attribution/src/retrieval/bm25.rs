// SPDX-License-Identifier: Apache-2.0
//! BM25 in integers, with `k1 = 1.2` and `b = 0.75`.

use openledger_fixed::spans::{log2, PRICE_BITS};

/// Fraction bits of a score.
pub const SCORE_BITS: u32 = PRICE_BITS;

/// Sizes that a score depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Passages of the library; at least one.
    pub passages: u64,
    /// Words of all of them; at least one.
    pub words: u64,
}

/// What one word of the question adds to a passage's score, in bits with [`SCORE_BITS`] fraction bits, rounded down.
///
/// With `N` passages, of which `n` have the word, `T` words in all, and the word `f` times in a passage of `l` words:
///
/// `log2((N + 1) / (n + 1/2)) · f · 2.2 / (f + 1.2 · (1/4 + 3/4 · l · N / T))`
///
/// The logarithm is that of [`log2`], so it is the same on every machine; it is the `ln(1 + (N - n + ½) / (n + ½))` of
/// other software in bits.
pub fn term(sizes: Sizes, passages_with: u64, times: u32, passage_words: u32) -> u64 {
    let rarity = log2(2 * sizes.passages + 2).saturating_sub(log2(2 * passages_with + 1));
    let (all, times) = (u128::from(sizes.words), u128::from(times));
    let numerator = u128::from(rarity) * 22 * times * all;
    let denominator = 10 * times * all + 3 * all + 9 * u128::from(passage_words) * u128::from(sizes.passages);
    // at most 2.2 times a rarity of less than 2^22
    numerator.checked_div(denominator).unwrap_or(0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn float(sizes: Sizes, with: u64, times: u32, words: u32) -> f64 {
        let (n, with, times) = (sizes.passages as f64, with as f64, f64::from(times));
        let idf = (1.0 + (n - with + 0.5) / (with + 0.5)).log2();
        let length = f64::from(words) / (sizes.words as f64 / n);
        idf * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length))
    }

    proptest! {
        #[test]
        fn integers_are_the_formula_to_the_last_bits(
            passages in 1u64..1_000_000, mean in 1u64..300, with in 0u64..1_000_000, times in 1u32..50, extra in 0u32..500,
        ) {
            let sizes = Sizes { passages, words: passages * mean };
            let (with, words) = (with.min(passages), times + extra);
            let found = term(sizes, with, times, words) as f64 / f64::from(1u32 << SCORE_BITS);
            prop_assert!((found - float(sizes, with, times, words)).abs() < 2e-4);
        }

        #[test]
        fn more_of_a_word_or_a_rarer_word_is_worth_no_less(
            passages in 1u64..10_000, mean in 1u64..300, with in 0u64..9_999, times in 1u32..50, words in 1u32..500,
        ) {
            let sizes = Sizes { passages, words: passages * mean };
            prop_assert!(term(sizes, with, times + 1, words) >= term(sizes, with, times, words));
            prop_assert!(term(sizes, with, times, words) >= term(sizes, with + 1, times, words));
            prop_assert!(term(sizes, with, times, words) >= term(sizes, with, times, words + 1));
        }
    }
}
