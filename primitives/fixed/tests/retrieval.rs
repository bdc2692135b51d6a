// SPDX-License-Identifier: Apache-2.0
//! The score of passages, and the log.

use openledger_fixed::{
    retrieval::{
        is_passage, passage, query_numbers, score, term_score, terms, Cited, Log, MAX_PASSAGES, MAX_TERMS,
        PASSAGE_TOKENS, SCORE_BITS,
    },
    spans::{NOBODY, SEPARATOR},
};
use proptest::prelude::*;

fn cited(position: u32, score: u32) -> Cited {
    Cited { position, score }
}

fn float(total: u64, count: u32, times: u32, tokens: u32) -> f64 {
    let rarity = (total as f64 / f64::from(count)).log2();
    let length = f64::from(tokens) / f64::from(PASSAGE_TOKENS);
    rarity * f64::from(times) * 2.2 / (f64::from(times) + 1.2 * (0.25 + 0.75 * length))
}

#[test]
fn terms_are_the_last_different_tokens_from_the_end_on() {
    assert_eq!(terms(&[5, 7, SEPARATOR, 5, 9, 9]), [9, 5, 7]);
    assert_eq!(terms(&[]), []);
    let many: Vec<u16> = (0..100).collect();
    let found = terms(&many);
    assert_eq!((found.len(), found[0], found[MAX_TERMS - 1]), (MAX_TERMS, 99, 68));
}

#[test]
fn a_passage_scores_the_sum_of_its_terms() {
    let (terms, counts) = ([3, 4, 5], [8, 2, 0]);
    let text = [4, 3, 3, 1, 5];
    let due = term_score(1_000, 8, 2, 5) + term_score(1_000, 2, 1, 5);
    assert_eq!(score(&terms, &counts, 1_000, &text), due);
    assert_eq!(term_score(1_000, 0, 3, 5), 0, "a term that the text lacks");
    assert_eq!(term_score(1_000, 8, 0, 5), 0, "a term that the passage lacks");
}

#[test]
fn documents_are_cut_from_their_first_token_on() {
    let found: Vec<_> = (0..4).map(|number| passage(1_000, 300, number)).collect();
    assert_eq!(
        found,
        [Some((1_000, 128)), Some((1_128, 128)), Some((1_256, 44)), None]
    );
    assert!(is_passage(1_000, 300, 1_256));
    for position in [999, 1_001, 1_300, 1_384] {
        assert!(!is_passage(1_000, 300, position), "{position}");
    }
    assert_eq!(passage(u32::MAX - 1, 500, 1), None);
}

#[test]
fn equal_scores_are_cited_once_where_they_were_registered_first() {
    let found = [
        cited(900, 5),
        cited(20, 7),
        cited(10, 5),
        cited(30, 0),
        cited(NOBODY, 9),
    ];
    let log = Log::new(vec![], found, 4);
    assert_eq!(log.cited, [cited(20, 7), cited(10, 5)]);
    assert_eq!(log.with(cited(900, 5), 4), log, "the later of two equals");
    assert_eq!(log.with(cited(1, 5), 4).cited, [cited(20, 7), cited(1, 5)]);
    assert_eq!(log.with(cited(40, 6), 2).cited, [cited(20, 7), cited(40, 6)]);
    assert_eq!(log.with(cited(20, 4), 4).cited, [cited(10, 5), cited(20, 4)]);
    assert_eq!(log.with(cited(20, 0), 4), log.without(20));
    assert_eq!(
        (log.score_of(0, 20), log.score_of(10, 11), log.score_of(21, 900)),
        (5, 12, 0)
    );
}

#[test]
fn a_query_vector_has_numbers_for_each_token_passage_and_term() {
    assert_eq!(query_numbers(32, 0), Some(128));
    assert_eq!(query_numbers(32, 4), Some(128 + 16 + 64));
    assert_eq!(query_numbers(32, MAX_PASSAGES + 1), None);
    assert_eq!(query_numbers(usize::MAX, 1), None);
    assert_eq!(Log::of_query(&[0; 79], 4, 3), None);
    assert_eq!(Log::of_query(&[0; 81], 4, 3), None);
}

proptest! {
    #[test]
    fn integers_are_the_formula_to_the_last_bits(
        total in 1u64..1 << 31, count in any::<prop::sample::Index>(), times in 1u32..129, more in 0u32..128,
    ) {
        let count = count.index(total as usize) as u32 + 1;
        let tokens = (times + more).min(PASSAGE_TOKENS);
        let found = f64::from(term_score(total, count, times, tokens)) / f64::from(1u32 << SCORE_BITS);
        prop_assert!((found - float(total, count, times, tokens)).abs() < 2e-4);
    }

    #[test]
    fn more_of_a_term_or_a_rarer_one_is_worth_no_less(
        total in 1u64..1 << 31, count in 1u32..10_000, times in 1u32..128, tokens in 1u32..128,
    ) {
        let found = term_score(total, count, times, tokens);
        prop_assert!(term_score(total, count, times + 1, tokens) >= found);
        prop_assert!(term_score(total, count + 1, times, tokens) <= found);
        prop_assert!(term_score(total, count, times, tokens + 1) <= found);
    }

    #[test]
    fn no_passage_changes_a_log_that_has_seen_it(
        scores in prop::collection::vec(0u32..6, 1..40), most in 1usize..=MAX_PASSAGES, shown in any::<prop::sample::Index>(),
    ) {
        let all: Vec<Cited> = (0u32..).zip(&scores).map(|(n, score)| cited(n * PASSAGE_TOKENS, *score)).collect();
        let log = Log::new(vec![], all.clone(), most);
        prop_assert_eq!(log.with(all[shown.index(all.len())], most), log);
    }

    #[test]
    fn any_lie_is_led_to_the_true_log_by_showing_passages(
        scores in prop::collection::vec(0u32..6, 1..20), most in 1usize..=MAX_PASSAGES,
        lies in prop::collection::vec((0u32..25, 0u32..9), 0..=MAX_PASSAGES),
    ) {
        let all: Vec<Cited> = (0u32..).zip(&scores).map(|(n, score)| cited(n, *score)).collect();
        let truth = Log::new(vec![], all.clone(), most);
        let mut log = Log::new(vec![], lies.into_iter().map(|(position, score)| cited(position, score)), most);
        // what is no passage is taken off, then each cited one is shown, then each true one
        let no_passages: Vec<u32> =
            log.cited.iter().map(|cited| cited.position).filter(|position| *position as usize >= all.len()).collect();
        for position in no_passages {
            log = log.without(position);
        }
        for shown in log.cited.clone() {
            log = log.with(all[shown.position as usize], most);
        }
        for shown in &truth.cited {
            log = log.with(*shown, most);
        }
        prop_assert_eq!(log, truth);
    }

    #[test]
    fn a_log_is_read_back_from_its_query_vector(
        counts in prop::collection::vec(any::<u32>(), 0..=MAX_TERMS),
        found in prop::collection::vec((0..NOBODY, 1u32..), 0..9), most in 1usize..=MAX_PASSAGES,
    ) {
        let log = Log::new(counts, found.into_iter().map(|(position, score)| cited(position, score)), most);
        let query = log.to_query(most);
        prop_assert_eq!(Some(query.len()), query_numbers(0, most));
        prop_assert_eq!(Log::of_query(&query, most, log.counts.len()), Some(log));
    }
}
