// SPDX-License-Identifier: Apache-2.0
//! Lists of clusters, and what leaving them out does to a probability.

use openledger_fixed::{
    cluster::{add, goes_on, leave_one_out, skips, step, without},
    softmax,
};
use proptest::prelude::*;

#[test]
fn a_step_is_the_rows_influence_on_the_leaders_logits() {
    assert_eq!(step(&[3, -2, 1, 5, 7, -1], &[10, -20]), [70 + 4_096, -90 - 4_096]);
    let most = step(&[i16::MIN; 4], &[i16::MIN; 3]);
    assert_eq!(most, [3 * (1 << 30) - (1 << 27)]);
    let mut sums = [i64::MAX - 1, 4];
    add(&mut sums, &[5, -9]);
    assert_eq!(sums, [i64::MAX, -5]);
}

#[test]
fn a_list_goes_from_the_leader_through_the_others_ascending_and_back() {
    // 5, 2, 4, 8 and back
    for (row, next) in [(5, 2), (2, 4), (4, 8), (8, 5), (5, 5)] {
        assert!(goes_on(5, row, next), "{row} {next}");
    }
    for (row, next) in [(4, 2), (4, 4), (8, 7)] {
        assert!(!goes_on(5, row, next), "{row} {next}");
    }
    for (row, next, other) in [
        (5, 2, 1),
        (2, 4, 3),
        (4, 8, 6),
        (8, 5, 9),
        (5, 5, 0),
        (5, 8, 2),
        (2, 5, 8),
    ] {
        assert!(skips(5, row, next, other), "{row} {next} {other}");
    }
    for (row, next, other) in [
        (5, 2, 2),
        (5, 2, 3),
        (2, 4, 1),
        (2, 4, 4),
        (2, 4, 8),
        (8, 5, 4),
        (8, 5, 5),
    ] {
        assert!(!skips(5, row, next, other), "{row} {next} {other}");
    }
}

#[test]
fn sums_move_logits_by_their_share_rounded_once() {
    // 4 fraction bits fewer than a logit's: 12 of a feature and none of the row
    assert_eq!(without(&[7, 7, 7], &[5, -5, 0], 0, 32), Ok(vec![10, 4, 7]));
    // halves away from zero
    assert_eq!(without(&[0, 0, 0], &[1, -1, 3], 4, 2), Ok(vec![1, -1, 2]));
    assert_eq!(without(&[0, 0], &[7, -9], 7, 1), Ok(vec![1, -1]));
    // every scale, whatever the sums
    for bits in [-30, -1, 0, 4, 5, 30, i16::MIN, i16::MAX] {
        for sum in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert!(without(&[i32::MIN, i32::MAX], &[sum; 2], bits, u32::MAX).is_ok());
        }
    }
    assert_eq!(
        without(&[1, -1], &[i64::MAX, i64::MIN], 4, 1),
        Ok(vec![i32::MAX, i32::MIN])
    );
    assert!(without(&[1, 2], &[3], 0, 1).is_err());
    assert!(without(&[1, 2], &[3, 4], 0, 0).is_err());
}

#[test]
fn a_probability_is_that_of_the_label_and_one_is_the_largest_number() {
    assert_eq!(leave_one_out(&[0, 0], &[0, 0], 1, 3, 9), Ok(1 << 15));
    assert_eq!(leave_one_out(&[0, 0, 0], &[0; 3], 0, 3, 9), Ok(21_845));
    assert_eq!(leave_one_out(&[40 << 16, 0], &[0, 0], 0, 3, 9), Ok(u16::MAX));
    assert_eq!(leave_one_out(&[40 << 16, 0], &[0, 0], 1, 3, 9), Ok(0));
    // the label's own rows vouched for it
    assert_eq!(
        leave_one_out(&[1 << 20, 0], &[-(1 << 20), 0], 0, 4, 1),
        Ok(1 << 15)
    );
    assert!(leave_one_out(&[0, 0], &[0, 0], 2, 3, 9).is_err());
    assert!(leave_one_out(&[], &[], 0, 3, 9).is_err());
}

proptest! {
    #[test]
    fn a_probability_is_that_of_floats(
        (logits, sums) in (2usize..6).prop_flat_map(|classes| (
            prop::collection::vec(-(1i32 << 19)..1 << 19, classes),
            prop::collection::vec(-(1i64 << 40)..1 << 40, classes),
        )),
        bits in 10i16..24,
        rows in 100u32..1_000_000,
    ) {
        let moved: Vec<f64> = logits
            .iter()
            .zip(&sums)
            .map(|(logit, sum)| {
                let unit = 2f64.powi(i32::from(bits) + 12) * f64::from(rows);
                f64::from(*logit) / 65_536.0 + *sum as f64 / unit
            })
            .collect();
        let top = moved.iter().copied().fold(f64::MIN, f64::max);
        prop_assume!(top.abs() < 30_000.0);
        let powers: Vec<f64> = moved.iter().map(|logit| (logit - top).exp()).collect();
        for label in 0..logits.len() {
            let due = powers[label] / powers.iter().sum::<f64>() * 65_536.0;
            let found = leave_one_out(&logits, &sums, label as u16, bits, rows).unwrap();
            prop_assert!((f64::from(found) - due.min(65_535.0)).abs() < 1.6, "{found} for {due}");
        }
        let whole: u64 = softmax(&without(&logits, &sums, bits, rows).unwrap()).into_iter().map(u64::from).sum();
        prop_assert!(whole.abs_diff(1 << 30) < 6);
    }
}
