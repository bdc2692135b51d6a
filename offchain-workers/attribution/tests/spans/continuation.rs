// SPDX-License-Identifier: Apache-2.0
//! The ∞-gram model beside its definition.

use std::{ops::Range, slice};

use openledger_attribution::spans::{
    continuation, Shard, Token, CITED_CONTEXT_TOKENS, MAX_CONTEXT_TOKENS, SEPARATOR,
};
use openledger_trainer::random::SplitMix64;
use proptest::prelude::*;

use crate::{generated, oracle::some_texts, shard, texts, Text};

const NONE: [Token; 0] = [];

/// Without passages.
fn continued(shard: &Shard, prompt: &[Token], most: usize) -> Vec<Token> {
    continuation(shard, prompt, most, &[])
}

/// From one passage.
fn answered(shard: &Shard, prompt: &[Token], most: usize, passage: Range<usize>) -> Vec<Token> {
    continuation(shard, prompt, most, slice::from_ref(&passage))
}

/// All texts, each with its separator.
fn closed(texts: &[Text]) -> Vec<Vec<Token>> {
    let tokens = texts.iter().map(|text| text.tokens.iter());
    tokens
        .map(|tokens| tokens.copied().chain([SEPARATOR]).collect())
        .collect()
}

/// What some texts say next, every suffix looked for everywhere, and how long the suffix is.
fn next_in(texts: &[Vec<Token>], words: &[Token]) -> Option<(usize, Token)> {
    for len in (1..=words.len().min(MAX_CONTEXT_TOKENS)).rev() {
        let suffix = &words[words.len() - len..];
        let mut follows: Vec<Token> = texts
            .iter()
            .flat_map(|text| text.windows(len + 1))
            .filter(|window| window[..len] == *suffix)
            .map(|window| window[len])
            .collect();
        follows.sort_unstable();
        let best = follows.chunk_by(Token::eq).rev().max_by_key(|group| group.len());
        if let Some(group) = best {
            return Some((len, group[0]));
        }
    }
    None
}

/// How long the longest suffix is that a passage continues, and how the first one at its first place does.
fn quoted(passages: &[Vec<Token>], words: &[Token]) -> Option<(usize, Token)> {
    (1..=words.len().min(MAX_CONTEXT_TOKENS)).rev().find_map(|len| {
        let mut windows = passages.iter().flat_map(|passage| passage.windows(len + 1));
        let found = windows.find(|window| words.ends_with(&window[..len]))?;
        Some((len, found[len]))
    })
}

/// The answer by its definition.
fn by_definition(texts: &[Text], prompt: &[Token], most: usize, passages: &[Range<usize>]) -> Vec<Token> {
    let closed = closed(texts);
    let all = closed.concat();
    let cited: Vec<Vec<Token>> = passages
        .iter()
        .map(|passage| match all[passage.end] {
            SEPARATOR => all[passage.start..=passage.end].to_vec(),
            _ => all[passage.clone()].to_vec(),
        })
        .collect();
    let (mut words, mut answer) = (prompt.to_vec(), Vec::new());
    while answer.len() < most {
        let (quoted, found) = (quoted(&cited, &words), next_in(&closed, &words));
        let next = match quoted {
            Some((len, next)) if len >= CITED_CONTEXT_TOKENS => next,
            _ if answer.is_empty() && !cited.is_empty() => {
                words.clear();
                cited[0][0]
            }
            Some((len, next)) if found.is_some_and(|(longest, _)| longest == len) => next,
            _ => match found {
                Some((_, next)) => next,
                None => break,
            },
        };
        if next == SEPARATOR {
            break;
        }
        words.push(next);
        answer.push(next);
    }
    answer
}

#[test]
fn a_passage_is_continued_to_the_end_of_its_text() {
    let texts = texts(&[&[1, 2, 3, 4, 5, 6], &[9, 8, 3, 4, 7]]);
    let shard = shard(&texts);
    assert_eq!(continued(&shard, &[1, 2], 10), [3, 4, 5, 6]);
    assert_eq!(continued(&shard, &[1, 2], 3), [3, 4, 5]);
    assert_eq!(continued(&shard, &[8, 3], 10), [4, 7]);
    assert_eq!(continued(&shard, &[6], 10), NONE, "here the text ends");
}

#[test]
fn the_most_frequent_token_follows_and_of_equal_ones_the_lowest() {
    let texts = texts(&[&[1, 7], &[1, 9], &[1, 9], &[2, 7], &[2, 5], &[3], &[3], &[3, 4]]);
    let shard = shard(&texts);
    assert_eq!(continued(&shard, &[1], 1), [9]);
    assert_eq!(continued(&shard, &[2], 1), [5]);
    assert_eq!(continued(&shard, &[3], 1), NONE, "most often the text ends");
}

#[test]
fn words_that_the_text_lacks_are_passed_over_unless_they_are_the_last() {
    let shard = shard(&texts(&[&[1, 2, 3]]));
    assert_eq!(continued(&shard, &[40, 41, 1], 9), [2, 3]);
    assert_eq!(continued(&shard, &[1, 2, 40], 9), NONE);
    assert_eq!(continued(&shard, &[], 9), NONE);
    assert_eq!(continued(&shard, &[1], 0), NONE);
}

#[test]
fn nothing_before_a_separator_is_looked_for() {
    let shard = shard(&texts(&[&[5, 5, 2], &[1, 3], &[1, 3]]));
    assert_eq!(continued(&shard, &[5, 5, SEPARATOR, 1], 9), [3]);
    assert_eq!(continued(&shard, &[5, 5, SEPARATOR], 9), NONE);
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
    assert_eq!(continued(&shard, &one[..65], 9), [8]);
    assert_eq!(continued(&shard, &one[..64], 9), [&same[63..], &[8]].concat());
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
        let wanted = by_definition(&texts, prompt, 90, &[]);
        assert_eq!(continued(&shard, prompt, 90), wanted);
    }
}

#[test]
fn a_passage_goes_on_where_the_prompt_ends_with_four_of_its_tokens() {
    let texts = texts(&[&[1, 2, 3, 4, 5, 6], &[9, 2, 3, 4, 5, 7], &[8, 3, 4, 5, 0]]);
    let shard = shard(&texts);
    let prompt = [1, 2, 3, 4, 5];
    assert_eq!(CITED_CONTEXT_TOKENS, 4);
    assert_eq!(continued(&shard, &prompt, 1), [6]);
    assert_eq!(
        answered(&shard, &prompt, 1, 7..13),
        [7],
        "four tokens of it, where the text has five"
    );
    assert_eq!(
        answered(&shard, &prompt, 9, 14..19),
        [8, 3, 4, 5, 0],
        "three are no beginning of an answer"
    );
}

#[test]
fn a_question_is_answered_by_the_best_passage_from_its_start_on() {
    let texts = texts(&[&[1, 2, 3, 2, 9], &[5, 6, 7, 8]]);
    let shard = shard(&texts);
    assert_eq!(continuation(&shard, &[40, 2], 9, &[6..10, 0..5]), [5, 6, 7, 8]);
    assert_eq!(continuation(&shard, &[], 9, &[0..5, 6..10]), [1, 2, 3, 2, 9]);
    assert_eq!(
        answered(&shard, &[40], 9, 6..8),
        [5, 6, 7, 8],
        "where the passage ends the text goes on"
    );
    assert_eq!(answered(&shard, &[40], 0, 0..5), NONE);
}

#[test]
fn where_passages_know_less_than_the_text_the_text_goes_on() {
    let texts = texts(&[&[1, 2, 3], &[7, 1, 2, 5], &[7, 1, 2, 5]]);
    let shard = shard(&texts);
    // 7, 1, 2 stands in the text, and only 1, 2 in the second passage
    assert_eq!(continuation(&shard, &[40], 9, &[4..5, 0..3]), [7, 1, 2, 5]);
    assert_eq!(continuation(&shard, &[40], 9, &[4..5, 9..13]), [7, 1, 2, 5]);
    // 1, 2 is all there is, and the better of two passages says what follows
    assert_eq!(continuation(&shard, &[40], 9, &[5..7, 0..3, 9..13]), [1, 2, 3]);
}

proptest! {
    #[test]
    fn answers_with_passages_are_those_of_the_definition(
        texts in some_texts(),
        prompt in prop::collection::vec(0..5u16, 0..20),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..9usize), 0..4),
        most in 0..60usize,
    ) {
        let prompt: Vec<Token> = prompt
            .into_iter()
            .map(|digit| match digit {
                4 => 700,
                digit => crate::oracle::of_digit(digit),
            })
            .collect();
        let mut places = Vec::new();
        let mut first = 0;
        for text in &texts {
            places.push(first..first + text.tokens.len());
            first += text.tokens.len() + 1;
        }
        places.retain(|place| !place.is_empty());
        prop_assume!(!places.is_empty());
        let passages: Vec<Range<usize>> = cuts
            .iter()
            .map(|(document, from, len)| {
                let place = &places[document.index(places.len())];
                let start = place.start + from.index(place.len());
                start..place.end.min(start + len)
            })
            .collect();
        let wanted = by_definition(&texts, &prompt, most, &passages);
        prop_assert_eq!(continuation(&shard(&texts), &prompt, most, &passages), wanted);
    }

    #[test]
    fn answers_are_those_of_the_definition(
        texts in some_texts(),
        prompt in prop::collection::vec(0..4u16, 0..80),
        most in 0..90usize,
    ) {
        let prompt: Vec<Token> = prompt.into_iter().map(crate::oracle::of_digit).collect();
        let wanted = by_definition(&texts, &prompt, most, &[]);
        prop_assert_eq!(continued(&shard(&texts), &prompt, most), wanted);
    }
}
