// SPDX-License-Identifier: Apache-2.0
//! Answers, exponentials and influence scores against floating point and by hand.

use openledger_fixed::*;
use proptest::prelude::*;

const UNIT: f64 = (1u64 << PROB_BITS) as f64;

#[test]
fn logits_of_a_head_worked_out_by_hand() {
    // 0.5·1.0 + (-2.0)·0.25 + 3.0 = 3.0 and 1.0·1.0 + 1.0·0.25 - 4.0 = -2.75
    let weight = [1 << 15, -(2 << 16), 1 << 16, 1 << 16];
    let bias = [3 << 16, -(4 << 16)];
    assert_eq!(
        logits(&weight, &bias, &[1 << 12, 1 << 10]),
        Ok(vec![3 << 16, -(11 << 14)])
    );
}

#[test]
fn logits_round_halves_away_from_zero() {
    assert_eq!(logits(&[1], &[0], &[1 << 11]), Ok(vec![1]));
    assert_eq!(logits(&[-1], &[0], &[1 << 11]), Ok(vec![-1]));
    assert_eq!(logits(&[1], &[0], &[(1 << 11) - 1]), Ok(vec![0]));
}

#[test]
fn logits_clip_instead_of_wrapping() {
    let (weight, features) = ([i32::MAX; 64], [i16::MAX; 64]);
    assert_eq!(logits(&weight, &[i32::MAX], &features), Ok(vec![i32::MAX]));
    assert_eq!(
        logits(&[i32::MIN; 64], &[i32::MIN], &features),
        Ok(vec![i32::MIN])
    );
}

#[test]
fn logits_refuse_shapes_that_do_not_fit() {
    let mismatch = ShapeMismatch {
        what: "weight",
        expected: 4,
        found: 3,
    };
    assert_eq!(logits(&[1, 2, 3], &[0, 0], &[1, 1]), Err(mismatch));
    assert_eq!(
        mismatch.to_string(),
        "weight has 3 numbers where the shapes call for 4"
    );
    assert!(logits(&[], &[], &[1]).is_err());
    assert!(logits(&[], &[1], &[]).is_err());
}

#[test]
fn argmax_takes_the_first_of_equals() {
    assert_eq!(argmax(&[1, 7, 7, 3]), Some(1));
    assert_eq!(argmax(&[i32::MIN]), Some(0));
    assert_eq!(argmax(&[]), None);
}

#[test]
fn exponential_keeps_its_documented_error_and_never_rises() {
    assert_eq!(exp_neg(0), 1 << PROB_BITS);
    let (mut worst, mut last) = (0f64, u32::MAX);
    for x in 0..(23u32 << LOGIT_BITS) {
        let value = exp_neg(x);
        assert!(value <= last, "rises at {x}");
        last = value;
        let exact = libm::exp(-f64::from(x) / f64::from(1u32 << LOGIT_BITS)) * UNIT;
        worst = worst.max((f64::from(value) - exact).abs());
    }
    assert!(worst < 1.1, "error of {worst} units");
    assert_eq!(last, 0);
    assert_eq!(exp_neg(u32::MAX), 0);
}

#[test]
fn softmax_of_nothing_is_nothing_and_of_one_logit_is_one() {
    assert_eq!(softmax(&[]), Vec::<u32>::new());
    assert_eq!(softmax(&[-5]), vec![1 << PROB_BITS]);
    assert_eq!(softmax(&[i32::MAX, i32::MIN]), vec![1 << PROB_BITS, 0]);
}

#[test]
fn delta_of_two_equal_logits_pulls_towards_the_first() {
    assert_eq!(delta(&[0, 0]), vec![-(1 << 14), 1 << 14]);
    assert_eq!(delta(&[]), Vec::<i16>::new());
}

#[test]
fn delta_of_a_sure_answer_is_as_sharp_as_that_of_a_doubtful_one() {
    // 14 and 15 nats below the answer: probabilities of about a millionth, in the ratio e
    let sure = delta(&[0, -14 << 16, -15 << 16]);
    let ratio = f64::from(sure[1]) / f64::from(sure[2]);
    assert!((ratio - 1f64.exp()).abs() < 0.02, "{sure:?}");
    for nats in 0..18 {
        let sharpest = delta(&[0, -nats << 16])[1];
        assert!(
            sharpest >= if nats < 10 { 1 << 13 } else { 16 },
            "{nats}: {sharpest}"
        );
    }
    // a probability of one at 30 bits has no gradient
    assert_eq!(delta(&[0, -30 << 16]), vec![0, 0]);
}

#[test]
fn help_worked_out_by_hand_counts_the_bias_last() {
    // class 0: 2·3 + 5·4096, class 1: 7·3 + 11·4096
    let expected = (6 + 5 * 4096) * 10 - (21 + 11 * 4096) * 20;
    assert_eq!(help(&[2, 5, 7, 11], &[10, -20], &[3]), Ok(expected));
}

#[test]
fn help_refuses_a_row_of_another_shape() {
    let mismatch = ShapeMismatch {
        what: "influence row",
        expected: 4,
        found: 3,
    };
    assert_eq!(help(&[1, 2, 3], &[1, 1], &[1]), Err(mismatch));
    assert!(help(&[], &[], &[1]).is_err());
}

#[test]
fn only_help_is_discounted_and_harm_stays_whole() {
    assert_eq!(pay_score(1000, 1 << 15), 500);
    assert_eq!(pay_score(3, 1 << 15), 1);
    assert_eq!(pay_score(-1000, 0), -1000);
    assert_eq!(pay_score(i64::MAX, 0), 0);
    assert_eq!(
        pay_score(i64::MAX, u16::MAX),
        ((i128::from(i64::MAX) * 65535) >> 16) as i64
    );
}

proptest! {
    #[test]
    fn softmax_is_near_the_real_one(logits in prop::collection::vec(-2_000_000i32..2_000_000, 1..40)) {
        let got = softmax(&logits);
        let top = f64::from(*logits.iter().max().unwrap());
        let powers: Vec<f64> = logits.iter().map(|l| libm::exp((f64::from(*l) - top) / 65536.0)).collect();
        let sum: f64 = powers.iter().sum();
        for (got, power) in got.iter().zip(&powers) {
            prop_assert!((f64::from(*got) - power / sum * UNIT).abs() < 4.0);
        }
        let total: u64 = got.iter().map(|p| u64::from(*p)).sum();
        prop_assert!(total.abs_diff(1 << PROB_BITS) <= logits.len() as u64);
    }

    #[test]
    fn delta_is_negative_only_at_the_answer(logits in prop::collection::vec(any::<i32>(), 1..20)) {
        let answer = argmax(&logits).unwrap();
        for (class, value) in delta(&logits).into_iter().enumerate() {
            prop_assert_eq!(value < 0, class == answer && value != 0);
        }
    }

    #[test]
    fn logits_are_the_rounded_products(
        (weight, bias, features) in (1usize..6, 1usize..40).prop_flat_map(|(c, d)| (
            prop::collection::vec(-1_000_000i32..1_000_000, c * d),
            prop::collection::vec(-1_000_000i32..1_000_000, c),
            prop::collection::vec(any::<i16>(), d),
        ))
    ) {
        let got = logits(&weight, &bias, &features).unwrap();
        for ((row, bias), got) in weight.chunks(features.len()).zip(&bias).zip(got) {
            let exact: f64 = row.iter().zip(&features).map(|(w, x)| f64::from(*w) * f64::from(*x)).sum::<f64>() / 4096.0
                + f64::from(*bias);
            prop_assert_eq!(f64::from(got), exact.round());
        }
    }

    #[test]
    fn help_is_the_product_with_the_outer_product(
        (row, delta, features) in (1usize..6, 1usize..40).prop_flat_map(|(c, d)| (
            prop::collection::vec(any::<i16>(), c * (d + 1)),
            prop::collection::vec(-16384i16..=16384, c),
            prop::collection::vec(any::<i16>(), d),
        ))
    ) {
        let mut inputs = features.clone();
        inputs.push(4096);
        let gradient = delta.iter().flat_map(|d| inputs.iter().map(move |x| i128::from(*d) * i128::from(*x)));
        let exact: i128 = gradient.zip(&row).map(|(g, r)| g * i128::from(*r)).sum();
        prop_assert_eq!(i128::from(help(&row, &delta, &features).unwrap()), exact);
    }

    #[test]
    fn nothing_panics_on_extreme_numbers(
        weight in prop::collection::vec(any::<i32>(), 0..30),
        bias in prop::collection::vec(any::<i32>(), 0..6),
        features in prop::collection::vec(any::<i16>(), 0..6),
        row in prop::collection::vec(any::<i16>(), 0..40),
    ) {
        if let Ok(logits) = logits(&weight, &bias, &features) {
            let _ = help(&row, &delta(&logits), &features);
        }
        let _ = softmax(&weight);
    }
}
