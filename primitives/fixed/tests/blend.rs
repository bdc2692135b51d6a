// SPDX-License-Identifier: Apache-2.0
//! Conservation, order and meaning of blended reports.

use openledger_fixed::*;
use proptest::prelude::*;

type Scores = Vec<(u32, i64)>;

fn kind(weight: u16, scores: &[(u32, i64)]) -> Kind<'_, u32> {
    Kind { weight, scores }
}

fn weights(entries: &[Weighed<u32>]) -> Vec<(u32, i32)> {
    entries.iter().map(|entry| (entry.key, entry.weight)).collect()
}

#[test]
fn each_kind_divides_its_part_and_keeps_its_raw_scores() {
    let influence = [(1, 300), (2, 100), (3, -100)];
    let spans = [(1, 7 << 16), (9, 7 << 16)];
    let report = blend(&[kind(1, &influence), kind(3, &spans)], 16);
    assert_eq!(
        weights(&report[0]),
        [(1, 187_500_000), (2, 62_500_000), (3, -62_500_000)]
    );
    assert_eq!(weights(&report[1]), [(1, 375_000_000), (9, 375_000_000)]);
    assert_eq!((report[0][2].score, report[1][0].score), (-100, 7 << 16));
}

#[test]
fn weights_divide_between_kinds_and_absent_kinds_give_way() {
    let (a, b, c) = ([(1, 5)], [(2, 5)], [(3, 5)]);
    let alone = |kinds: &[Kind<'_, u32>]| -> Vec<Vec<(u32, i32)>> {
        blend(kinds, 16).iter().map(|entries| weights(entries)).collect()
    };
    assert_eq!(
        alone(&[kind(6, &a), kind(3, &b), kind(1, &c)]),
        [[(1, 600_000_000)], [(2, 300_000_000)], [(3, 100_000_000)]]
    );
    assert_eq!(
        alone(&[kind(6, &a), kind(3, &b), kind(1, &[])]),
        [vec![(1, 666_666_667)], vec![(2, 333_333_333)], vec![]]
    );
    let harm = [(1, -5)];
    assert_eq!(
        alone(&[kind(6, &harm), kind(1, &c)]),
        [vec![], vec![(3, 1_000_000_000)]]
    );
}

#[test]
fn a_kind_of_no_weight_counts_only_where_nothing_else_does() {
    let (a, b) = ([(1, 5)], [(1, 9), (2, 9)]);
    let report = blend(&[kind(1, &a), kind(0, &b)], 16);
    assert_eq!(
        (weights(&report[0]), report[1].len()),
        (vec![(1, 1_000_000_000)], 0)
    );
    let report = blend(&[kind(1, &[]), kind(0, &b)], 16);
    assert_eq!(weights(&report[1]), [(1, 500_000_000), (2, 500_000_000)]);
    assert!(blend::<u32>(&[], 16).is_empty());
}

fn scores() -> impl Strategy<Value = Scores> {
    let score = prop_oneof![
        -1000i64..1000,
        any::<i32>().prop_map(i64::from),
        Just(i64::MAX / 64)
    ];
    prop::collection::vec((0u32..30, score), 0..40)
}

proptest! {
    #[test]
    fn positives_sum_to_one_exactly_and_negatives_to_at_most_one(
        governed in any::<[u16; 3]>(), given in [scores(), scores(), scores()], k in 1usize..20,
    ) {
        let kinds: Vec<_> = governed.iter().zip(&given).map(|(weight, scores)| kind(*weight, scores)).collect();
        let report = blend(&kinds, k);
        let sum = |sign: i64| -> i64 {
            report.iter().flatten().map(|entry| (sign * i64::from(entry.weight)).max(0)).sum()
        };
        if report.iter().any(|entries| !entries.is_empty()) {
            prop_assert_eq!(sum(1), i64::from(WEIGHT_ONE));
        }
        prop_assert!(sum(-1) <= i64::from(WEIGHT_ONE));
        for entries in &report {
            prop_assert!(entries.windows(2).all(|pair| pair[0].key < pair[1].key));
            prop_assert!(entries.iter().filter(|entry| entry.score > 0).count() <= k);
            prop_assert!(entries.iter().all(|entry| entry.score != 0));
        }
        // what the chain checks of a report: weights are the shares of the scores
        let again: Vec<Scores> = report
            .iter()
            .map(|entries| entries.iter().map(|entry| (entry.key, entry.score)).collect())
            .collect();
        let kinds: Vec<_> = governed.iter().zip(&again).map(|(weight, scores)| kind(*weight, scores)).collect();
        prop_assert_eq!(report, blend(&kinds, k));
    }

    #[test]
    fn one_kind_alone_gives_its_own_report(weight in any::<u16>(), scores in scores(), k in 1usize..20) {
        let blended = blend(&[kind(weight, &scores), kind(3, &[])], k);
        let alone = weighed(&scores, k);
        if alone.iter().any(|entry| entry.score > 0) {
            prop_assert_eq!(&blended[0], &alone);
        } else {
            prop_assert!(blended[0].is_empty());
        }
    }

    #[test]
    fn the_order_of_scores_changes_nothing(
        governed in any::<[u16; 2]>(), a in scores(), b in scores(), k in 1usize..20,
    ) {
        let one = blend(&[kind(governed[0], &a), kind(governed[1], &b)], k);
        let (mut c, mut d) = (a.clone(), b.clone());
        c.reverse();
        d.reverse();
        prop_assert_eq!(one, blend(&[kind(governed[0], &c), kind(governed[1], &d)], k));
    }

    #[test]
    fn a_kind_that_counts_more_never_has_less(
        governed in any::<[u16; 2]>(), a in 1i64..1000, b in prop::collection::vec(1i64..1000, 1..9), more in 0u16..1000,
    ) {
        let others: Scores = (1..).zip(b).collect();
        let share = |weight: u16| -> i64 {
            let report = blend(&[kind(weight, &[(0, a)]), kind(governed[1], &others)], 16);
            report[0].iter().map(|entry| i64::from(entry.weight)).sum()
        };
        // a first weight of zero counts where the other's is zero too
        if governed != [0, 0] {
            prop_assert!(share(governed[0].saturating_add(more)) >= share(governed[0]));
        }
    }
}
