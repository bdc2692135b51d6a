// SPDX-License-Identifier: Apache-2.0
//! The ∞-gram model beside its definition.

use openledger_attribution::spans::{continuation, Token, MAX_CONTEXT_TOKENS, SEPARATOR};
use openledger_trainer::random::SplitMix64;
use proptest::prelude::*;

use crate::{generated, oracle::some_texts, shard, texts, Text};

const NONE: [Token; 0] = [];

/// The next token by its definition, every suffix looked for in every document.
fn next_token(texts: &[Text], words: &[Token]) -> Option<Token> {
    let closed: Vec<Vec<Token>> = texts
        .iter()
        .map(|text| text.tokens.iter().copied().chain([SEPARATOR]).collect())
        .collect();
    for len in (1..=words.len().min(MAX_CONTEXT_TOKENS)).rev() {
        let suffix = &words[words.len() - len..];
        let mut follows: Vec<Token> = closed
            .iter()
            .flat_map(|text| text.windows(len + 1))
            .filter(|window| window[..len] == *suffix)
            .map(|window| window[len])
            .collect();
        follows.sort_unstable();
        let best = follows.chunk_by(Token::eq).rev().max_by_key(|group| group.len());
        if let Some(group) = best {
            return Some(group[0]);
        }
    }
    None
}

fn by_definition(texts: &[Text], prompt: &[Token], most: usize) -> Vec<Token> {
    let mut words = prompt.to_vec();
    while words.len() < prompt.len() + most {
        match next_token(texts, &words) {
            Some(token) if token != SEPARATOR => words.push(token),
            _ => break,
        }
    }
    words.split_off(prompt.len())
}

#[test]
fn a_passage_is_continued_to_the_end_of_its_text() {
    let texts = texts(&[&[1, 2, 3, 4, 5, 6], &[9, 8, 3, 4, 7]]);
    let shard = shard(&texts);
    assert_eq!(continuation(&shard, &[1, 2], 10), [3, 4, 5, 6]);
    assert_eq!(continuation(&shard, &[1, 2], 3), [3, 4, 5]);
    assert_eq!(continuation(&shard, &[8, 3], 10), [4, 7]);
    assert_eq!(continuation(&shard, &[6], 10), NONE, "here the text ends");
}

#[test]
fn the_most_frequent_token_follows_and_of_equal_ones_the_lowest() {
    let texts = texts(&[&[1, 7], &[1, 9], &[1, 9], &[2, 7], &[2, 5], &[3], &[3], &[3, 4]]);
    let shard = shard(&texts);
    assert_eq!(continuation(&shard, &[1], 1), [9]);
    assert_eq!(continuation(&shard, &[2], 1), [5]);
    assert_eq!(continuation(&shard, &[3], 1), NONE, "most often the text ends");
}

#[test]
fn words_that_the_text_lacks_are_passed_over_unless_they_are_the_last() {
    let shard = shard(&texts(&[&[1, 2, 3]]));
    assert_eq!(continuation(&shard, &[40, 41, 1], 9), [2, 3]);
    assert_eq!(continuation(&shard, &[1, 2, 40], 9), NONE);
    assert_eq!(continuation(&shard, &[], 9), NONE);
    assert_eq!(continuation(&shard, &[1], 0), NONE);
}

#[test]
fn nothing_before_a_separator_is_looked_for() {
    let shard = shard(&texts(&[&[5, 5, 2], &[1, 3], &[1, 3]]));
    assert_eq!(continuation(&shard, &[5, 5, SEPARATOR, 1], 9), [3]);
    assert_eq!(continuation(&shard, &[5, 5, SEPARATOR], 9), NONE);
}

#[test]
fn no_more_than_the_last_64_tokens_decide() {
    // what 64 tokens leave open 65 would settle
    let same: Vec<Token> = (100..164).collect();
    let one = [&[1], &same[..], &[7]].concat();
    let two = [&[2], &same[..], &[8]].concat();
    let texts = texts(&[&one, &two, &two]);
    let shard = shard(&texts);
    assert_eq!(MAX_CONTEXT_TOKENS, 64);
    assert_eq!(continuation(&shard, &one[..65], 9), [8]);
    assert_eq!(continuation(&shard, &one[..64], 9), [&same[63..], &[8]].concat());
}

#[test]
fn generated_texts_are_continued_by_the_definition() {
    let texts = generated::texts(5, 40, 120);
    let shard = shard(&texts);
    let mut random = SplitMix64::new(6);
    for _ in 0..30 {
        let text = &texts[random.below(texts.len())].tokens;
        let from = random.below(text.len());
        let prompt = &text[from..text.len().min(from + random.below(4))];
        let wanted = by_definition(&texts, prompt, 90);
        assert_eq!(continuation(&shard, prompt, 90), wanted);
    }
}

proptest! {
    #[test]
    fn answers_are_those_of_the_definition(
        texts in some_texts(),
        prompt in prop::collection::vec(0..4u16, 0..80),
        most in 0..90usize,
    ) {
        let prompt: Vec<Token> = prompt.into_iter().map(crate::oracle::of_digit).collect();
        let wanted = by_definition(&texts, &prompt, most);
        prop_assert_eq!(continuation(&shard(&texts), &prompt, most), wanted);
    }
}
