// SPDX-License-Identifier: Apache-2.0
//! Conservation, order and meaning of blended reports.

use openledger_fixed::{EvidenceKind::*, *};
use proptest::prelude::*;

const EVEN: BlendWeights = BlendWeights {
    influence: 1,
    spans: 1,
    retrieval: 1,
};

type Scores = Vec<(u32, i64)>;

fn weights(report: &[Blended<u32>]) -> Vec<(u32, i32)> {
    report.iter().map(|entry| (entry.key, entry.weight)).collect()
}

#[test]
fn every_entry_names_what_it_rests_on() {
    let influence = [(1, 300), (2, 100), (3, -100)];
    let spans = [(1, 7 << 16), (9, 7 << 16)];
    let report = blend(&EVEN, &[(Spans, &spans[..]), (Influence, &influence)], 16).unwrap();
    assert_eq!(
        weights(&report),
        [
            (1, 625_000_000),
            (2, 125_000_000),
            (3, -125_000_000),
            (9, 250_000_000)
        ]
    );
    let part = |kind, score, weight| EvidencePart { kind, score, weight };
    assert_eq!(
        report[0].parts,
        [
            part(Influence, 300, 750_000_000),
            part(Spans, 7 << 16, 500_000_000)
        ]
    );
    assert_eq!(report[2].parts, [part(Influence, -100, -250_000_000)]);
    assert_eq!(report[3].parts, [part(Spans, 7 << 16, 500_000_000)]);
}

#[test]
fn governed_weights_divide_between_kinds_and_absent_kinds_give_way() {
    let governed = BlendWeights {
        influence: 6,
        spans: 3,
        retrieval: 1,
    };
    let (a, b, c) = ([(1, 5)], [(2, 5)], [(3, 5)]);
    let all = blend(
        &governed,
        &[(Influence, &a[..]), (Spans, &b), (Retrieval, &c)],
        16,
    )
    .unwrap();
    assert_eq!(
        weights(&all),
        [(1, 600_000_000), (2, 300_000_000), (3, 100_000_000)]
    );
    let two = blend(
        &governed,
        &[(Influence, &a[..]), (Spans, &b), (Retrieval, &[])],
        16,
    )
    .unwrap();
    assert_eq!(weights(&two), [(1, 666_666_667), (2, 333_333_333)]);
    let harm = [(1, -5)];
    let rest = blend(&governed, &[(Influence, &harm[..]), (Retrieval, &c)], 16).unwrap();
    assert_eq!(weights(&rest), [(3, 1_000_000_000)]);
}

#[test]
fn a_kind_that_does_not_count_is_not_named() {
    let governed = BlendWeights { retrieval: 0, ..EVEN };
    let (a, b) = ([(1, 5)], [(1, 9), (2, 9)]);
    let report = blend(&governed, &[(Influence, &a[..]), (Retrieval, &b)], 16).unwrap();
    assert_eq!((report.len(), report[0].parts.len()), (1, 1));
}

#[test]
fn unsound_inputs_have_named_errors() {
    let nothing = BlendWeights {
        influence: 0,
        spans: 0,
        retrieval: 0,
    };
    assert_eq!(blend::<u32>(&nothing, &[], 16), Err(BlendError::NoWeights));
    let twice = [(Spans, &[(1u32, 5i64)][..]), (Spans, &[(2, 5)])];
    assert_eq!(blend(&EVEN, &twice, 16), Err(BlendError::DuplicateKind(Spans)));
    assert_eq!(blend::<u32>(&EVEN, &[], 16), Ok(vec![]));
    assert!(BlendError::DuplicateKind(Spans).to_string().contains("Spans"));
    assert!(BlendError::NoWeights.to_string().contains("zero"));
}

fn scores() -> impl Strategy<Value = Scores> {
    let score = prop_oneof![
        -1000i64..1000,
        any::<i32>().prop_map(i64::from),
        Just(i64::MAX / 64)
    ];
    prop::collection::vec((0u32..30, score), 0..40)
}

fn governed() -> impl Strategy<Value = BlendWeights> {
    (any::<u16>(), any::<u16>(), 1..=u16::MAX).prop_map(|(influence, spans, retrieval)| BlendWeights {
        influence,
        spans,
        retrieval,
    })
}

proptest! {
    #[test]
    fn positives_sum_to_one_exactly_and_negatives_to_at_most_one(
        governed in governed(), a in scores(), b in scores(), c in scores(), k in 1usize..20,
    ) {
        let report = blend(&governed, &[(Influence, &a[..]), (Spans, &b), (Retrieval, &c)], k).unwrap();
        let sum = |sign: i64| -> i64 {
            report.iter().map(|entry| (sign * i64::from(entry.weight)).max(0)).sum()
        };
        if !report.is_empty() {
            prop_assert_eq!(sum(1), i64::from(WEIGHT_ONE));
        }
        prop_assert!(sum(-1) <= i64::from(WEIGHT_ONE));
        prop_assert!(report.windows(2).all(|pair| pair[0].key < pair[1].key));
        prop_assert!(report.iter().filter(|entry| entry.score > 0).count() <= k);
        for entry in &report {
            prop_assert!(entry.score != 0 && !entry.parts.is_empty());
            let due: i64 = entry
                .parts
                .iter()
                .map(|part| i64::from(part.weight) * i64::from(governed.of(part.kind)))
                .sum();
            prop_assert_eq!(entry.score, due);
        }
        // what the chain checks of a report: weights are the shares of the scores
        let again: Scores = report.iter().map(|entry| (entry.key, entry.score)).collect();
        let follows: Vec<(u32, i32)> = weighed(&again, k).iter().map(|e| (e.key, e.weight)).collect();
        prop_assert_eq!(weights(&report), follows);
    }

    #[test]
    fn one_kind_alone_gives_its_own_report(governed in governed(), scores in scores(), k in 1usize..20) {
        let blended = blend(&governed, &[(Retrieval, &scores[..])], k).unwrap();
        let alone: Vec<(u32, i32)> = report(&scores, k);
        if scores_help(&scores, k) {
            prop_assert_eq!(weights(&blended), alone);
        } else {
            prop_assert!(blended.is_empty());
        }
    }

    #[test]
    fn order_of_kinds_and_scores_changes_nothing(
        governed in governed(), a in scores(), b in scores(), k in 1usize..20,
    ) {
        let one = blend(&governed, &[(Influence, &a[..]), (Retrieval, &b)], k);
        let (mut c, mut d) = (a.clone(), b.clone());
        c.reverse();
        d.reverse();
        prop_assert_eq!(one, blend(&governed, &[(Retrieval, &d[..]), (Influence, &c)], k));
    }

    #[test]
    fn a_kind_that_counts_more_never_lowers_what_only_it_credits(
        governed in governed(), a in 1i64..1000, b in prop::collection::vec(1i64..1000, 1..9), more in 0u16..1000,
    ) {
        let others: Scores = (1..).zip(b).collect();
        let share = |governed: &BlendWeights| {
            let report = blend(governed, &[(Spans, &[(0, a)][..]), (Retrieval, &others)], 16).unwrap();
            report.iter().find(|entry| entry.key == 0).map_or(0, |entry| entry.weight)
        };
        let raised = BlendWeights { spans: governed.spans.saturating_add(more), ..governed };
        prop_assert!(share(&raised) >= share(&governed));
    }
}

fn scores_help(scores: &[(u32, i64)], k: usize) -> bool {
    weighed(scores, k).iter().any(|entry| entry.score > 0)
}
