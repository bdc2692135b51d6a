// SPDX-License-Identifier: Apache-2.0
//! Conservation, order and bounds of reports and of splits of money.

use openledger_fixed::*;
use proptest::prelude::*;

fn sums(report: &[(u32, i32)]) -> (i64, i64) {
    let positive = report
        .iter()
        .filter(|(_, w)| *w > 0)
        .map(|(_, w)| i64::from(*w))
        .sum();
    let negative = report
        .iter()
        .filter(|(_, w)| *w < 0)
        .map(|(_, w)| i64::from(*w))
        .sum();
    (positive, negative)
}

#[test]
fn report_of_thirds_gives_the_odd_part_to_the_lowest_key() {
    let report = report(&[(9u32, 5), (3, 5), (7, 5)], 16);
    assert_eq!(report, vec![(3, 333_333_334), (7, 333_333_333), (9, 333_333_333)]);
}

#[test]
fn report_keeps_the_strongest_of_each_sign_and_the_lower_key_of_equals() {
    let report = report(&[(1u32, 10), (2, 30), (3, 10), (4, -5), (5, -20), (6, -20)], 2);
    assert_eq!(
        report,
        vec![
            (1, 250_000_000),
            (2, 750_000_000),
            (5, -500_000_000),
            (6, -500_000_000)
        ]
    );
}

#[test]
fn negatives_share_the_denominator_of_the_positives() {
    assert_eq!(
        report(&[(1u32, 100), (2, -25)], 16),
        vec![(1, 1_000_000_000), (2, -250_000_000)]
    );
}

#[test]
fn report_without_a_positive_score_has_only_negatives() {
    assert_eq!(
        report(&[(1u32, -1), (2, -3)], 16),
        vec![(1, -250_000_000), (2, -750_000_000)]
    );
    assert_eq!(report(&[(1u32, 0)], 16), vec![]);
    assert_eq!(report::<u32>(&[], 16), vec![]);
}

#[test]
fn scores_of_one_key_are_added_up_before_anything_else() {
    assert_eq!(
        report(&[(1u32, 4), (2, 4), (1, -4)], 16),
        vec![(2, 1_000_000_000)]
    );
}

#[test]
fn split_gives_left_over_units_to_the_largest_remainders() {
    assert_eq!(split_by_weights(10, &[1, 1, 1]), vec![4, 3, 3]);
    assert_eq!(split_by_weights(5, &[1, 2]), vec![2, 3]);
    assert_eq!(split_by_weights(5, &[0, 7, 0]), vec![0, 5, 0]);
}

#[test]
fn split_without_a_weight_gives_nothing() {
    assert_eq!(split_by_weights(5, &[]), Vec::<u128>::new());
    assert_eq!(split_by_weights(5, &[0, 0]), vec![0, 0]);
}

#[test]
fn split_of_the_largest_amount_neither_wraps_nor_loses_a_unit() {
    let parts = split_by_weights(u128::MAX, &[u32::MAX, 1, u32::MAX]);
    assert_eq!(
        parts.iter().try_fold(0u128, |sum, part| sum.checked_add(*part)),
        Some(u128::MAX)
    );
}

proptest! {
    #[test]
    fn positives_sum_to_one_and_negatives_to_at_most_one(
        scores in prop::collection::vec((any::<u32>(), prop_oneof![any::<i64>(), -50i64..50]), 0..80),
        k in 0usize..20,
    ) {
        let got = report(&scores, k);
        let (positive, negative) = sums(&got);
        prop_assert!(positive == i64::from(WEIGHT_ONE) || positive == 0);
        prop_assert!(negative >= -i64::from(WEIGHT_ONE));
        prop_assert!(got.iter().all(|(_, weight)| *weight != 0));
        prop_assert!(got.windows(2).all(|pair| pair[0].0 < pair[1].0));
        prop_assert!(got.iter().filter(|(_, weight)| *weight > 0).count() <= k);
        prop_assert!(got.iter().filter(|(_, weight)| *weight < 0).count() <= k);
    }

    #[test]
    fn the_weights_of_the_chosen_scores_are_those_of_all_scores(
        scores in prop::collection::vec((any::<u32>(), prop_oneof![-i64::MAX..i64::MAX, -50i64..50]), 0..80),
        k in 0usize..20,
    ) {
        let chosen = weighed(&scores, k);
        let again: Vec<(u32, i64)> = chosen.iter().map(|entry| (entry.key, entry.score)).collect();
        prop_assert_eq!(&weighed(&again, k), &chosen);
        prop_assert!(chosen.iter().all(|entry| entry.score != 0));
        prop_assert!(chosen.iter().all(|entry| entry.weight == 0 || (entry.weight > 0) == (entry.score > 0)));
        let listed: Vec<(u32, i32)> =
            chosen.iter().filter(|entry| entry.weight != 0).map(|entry| (entry.key, entry.weight)).collect();
        prop_assert_eq!(listed, report(&scores, k));
    }

    #[test]
    fn report_does_not_depend_on_the_order_of_the_scores(
        scores in prop::collection::vec((0u32..30, -1_000_000i64..1_000_000), 0..60),
        seed in any::<u64>(),
    ) {
        let mut shuffled = scores.clone();
        shuffled.sort_by_key(|(key, score)| (u64::from(*key) ^ score.unsigned_abs()).wrapping_mul(seed | 1));
        prop_assert_eq!(report(&scores, 16), report(&shuffled, 16));
    }

    #[test]
    fn higher_scores_never_get_lower_weights(scores in prop::collection::btree_map(any::<u32>(), 1i64..10_000, 1..16)) {
        let scores: Vec<(u32, i64)> = scores.into_iter().collect();
        let got: std::collections::BTreeMap<u32, i32> = report(&scores, 16).into_iter().collect();
        for (a, score_a) in &scores {
            for (b, score_b) in &scores {
                prop_assert!(score_a <= score_b || got.get(a) >= got.get(b));
            }
        }
    }

    #[test]
    fn split_conserves_to_the_unit(
        amount in prop_oneof![any::<u128>(), 0u128..1000],
        weights in prop::collection::vec(prop_oneof![any::<u32>(), 0u32..4], 0..50),
    ) {
        let parts = split_by_weights(amount, &weights);
        let expected = if weights.iter().any(|weight| *weight > 0) { amount } else { 0 };
        prop_assert_eq!(parts.iter().try_fold(0u128, |sum, part| sum.checked_add(*part)), Some(expected));
        prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| *weight > 0 || *part == 0));
    }

    #[test]
    fn split_differs_from_the_exact_share_by_less_than_one_unit(
        amount in 0u128..1_000_000_000_000,
        weights in prop::collection::vec(0u32..1000, 1..30),
    ) {
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        for (part, weight) in split_by_weights(amount, &weights).into_iter().zip(&weights) {
            if total > 0 {
                prop_assert!((part * total).abs_diff(amount * u128::from(*weight)) < total);
            }
        }
    }
}
