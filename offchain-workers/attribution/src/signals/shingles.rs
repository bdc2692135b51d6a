// SPDX-License-Identifier: Apache-2.0
//! A text as hashed runs of words.

use super::hash;

/// Words of a shingle: two texts on one subject share few runs of five words, and a copy with some words changed keeps
/// most of them.
pub const WORDS: usize = 5;

/// Hashes of all runs of [`WORDS`] words of a text, in order, equal ones as often as they stand there. A text of fewer
/// words is one run, and one without words has none. O(n).
///
/// A word is a longest run of ASCII letters, ASCII digits and characters outside ASCII. ASCII letters count as lower
/// case: what spacing, punctuation and capitals hide is seen. Other alphabets' capitals stay as they are, because their
/// rules change with versions of Unicode.
pub fn shingles(text: &str) -> Vec<u64> {
    let words: Vec<String> = text
        .split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let run = |words: &[String]| hash(words.join(" ").as_bytes());
    match words.len() {
        0 => Vec::new(),
        len if len < WORDS => vec![run(&words)],
        _ => words.windows(WORDS).map(run).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_punctuation_and_capitals_change_nothing() {
        let text = "The wheel turns the shaft, the shaft turns the stones.";
        assert_eq!(shingles(text).len(), 6);
        assert_eq!(
            shingles(text),
            shingles("the WHEEL\n\nturns the (shaft) the shaft -- turns the stones")
        );
        assert_ne!(
            shingles(text),
            shingles("the wheels turn the shaft the shaft turns the stones")
        );
    }

    #[test]
    fn short_texts_are_one_run_and_empty_ones_none() {
        assert_eq!(shingles("Two words").len(), 1);
        assert_eq!(shingles("two, words"), shingles("Two words!"));
        assert!(shingles(" ...\n").is_empty());
    }
}
