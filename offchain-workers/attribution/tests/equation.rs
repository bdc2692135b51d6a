// SPDX-License-Identifier: Apache-2.0
//! Released rows satisfy their equation in the referee's integers, and false ones do not.

mod common;

use openledger_attribution::{build_index, Index};
use openledger_fixed::{
    curvature::{
        curvature, curvature_allowance, gradient, gradient_allowance, regulariser, EQUATION_BITS, LAMBDA_BITS,
    },
    logits,
};
use openledger_trainer::{
    features::Features,
    head::{train_head, Head, LAMBDA},
};

struct Released {
    features: Features,
    head: Head,
    index: Index,
}

fn released() -> Released {
    let features = common::features(3, &common::clusters(90), 3);
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    Released {
        head: optimum.quantise().unwrap(),
        index: build_index(&features, &optimum, LAMBDA).unwrap(),
        features,
    }
}

fn influence(released: &Released, row: usize) -> Vec<i16> {
    let mut numbers = Vec::new();
    released.index.row(row).unwrap().read_influence(&mut numbers);
    numbers
}

/// By how much the two sides of a row's equation differ at most, as parts of what their rounding allows.
fn residual(released: &Released, row: usize, influence: &[i16]) -> f64 {
    let Released {
        features,
        head,
        index,
    } = released;
    let (n, bits) = (features.len() as i128, index.row_bits());
    let answers = |x: &[i16]| logits(&head.weight, &head.bias, x).unwrap();
    let mut sum = vec![0i128; influence.len()];
    let mut allowed = vec![0i128; features.dims() + 1];
    for other in features.rows() {
        let term = curvature(influence, other.features, &answers(other.features)).unwrap();
        sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
        let more = curvature_allowance(influence, other.features, features.classes()).unwrap();
        allowed.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
    let lambda = (LAMBDA * f64::from(1u32 << 31) * 2.0).round() as u32;
    let own = features.rows().nth(row).unwrap();
    let gradient = gradient(own.label, own.features, &answers(own.features), bits).unwrap();
    let more = gradient_allowance(own.features, bits, lambda);
    allowed
        .iter_mut()
        .zip(more)
        .for_each(|(sum, more)| *sum += n * more);
    let sides = sum.into_iter().zip(gradient).zip(regulariser(influence, lambda));
    sides
        .zip(allowed.iter().cycle())
        .map(|(((sum, gradient), own), allowed)| {
            (sum + n * own - n * gradient).abs() as f64 / *allowed as f64
        })
        .fold(0.0, f64::max)
}

#[test]
fn every_released_row_satisfies_its_equation_within_what_rounding_allows() {
    let released = released();
    let worst = (0..released.features.len())
        .map(|row| residual(&released, row, &influence(&released, row)))
        .fold(0.0, f64::max);
    assert!(worst <= 1.0, "{worst}");
}

#[test]
fn a_row_that_is_another_ones_or_scaled_is_found_out() {
    let released = released();
    let size = |row: usize| {
        influence(&released, row)
            .iter()
            .map(|r| r.unsigned_abs())
            .max()
            .unwrap()
    };
    let mut rows: Vec<usize> = (0..released.features.len()).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(size(*row)));
    // the rows that matter are those with influence
    for pair in rows[..10].windows(2) {
        let own = influence(&released, pair[0]);
        assert!(residual(&released, pair[0], &influence(&released, pair[1])) > 1.0);
        for scaled in [9, 11] {
            let scaled: Vec<i16> = own
                .iter()
                .map(|r| (i32::from(*r) * scaled / 10).clamp(-32_768, 32_767) as i16)
                .collect();
            assert!(residual(&released, pair[0], &scaled) > 1.0);
        }
        assert!(residual(&released, pair[0], &vec![0; own.len()]) > 1.0);
    }
}

#[test]
fn a_term_is_the_rounded_real_number() {
    let (r, x, z) = (
        [900i16, -400, 77, 1_234, -9, 5],
        [3_000i16, -1_000],
        [70_000i32, -20_000],
    );
    let row_bits = 6;
    let real = |i: i16, bits: u32| f64::from(i) / f64::from(1u32 << bits);
    let inputs = [real(x[0], 12), real(x[1], 12), 1.0];
    let exps = z.map(|z| (f64::from(z) / 65_536.0).exp());
    let p = exps.map(|e| e / (exps[0] + exps[1]));
    let slope = |k: usize| {
        (0..3)
            .map(|a| real(r[3 * k + a], row_bits) * inputs[a])
            .sum::<f64>()
    };
    let mean = p[0] * slope(0) + p[1] * slope(1);
    let unit = f64::from(2u32).powi(row_bits as i32 + EQUATION_BITS as i32);
    for (at, term) in curvature(&r, &x, &z).unwrap().into_iter().enumerate() {
        let (k, a) = (at / 3, at % 3);
        let expected = p[k] * (slope(k) - mean) * inputs[a];
        assert!((term as f64 / unit - expected).abs() < 1e-5, "{at}");
    }
    let unit = f64::from(2u32).powi(row_bits as i32 + EQUATION_BITS as i32);
    for (at, term) in gradient(1, &x, &z, row_bits as i16)
        .unwrap()
        .into_iter()
        .enumerate()
    {
        let (k, a) = (at / 3, at % 3);
        let expected = (p[k] - f64::from(u8::from(k == 1))) * inputs[a];
        assert!((term as f64 / unit - expected).abs() < 1e-6, "{at}");
    }
    for (term, r) in regulariser(&r, 1 << (LAMBDA_BITS - 2)).into_iter().zip(r) {
        assert_eq!(term as f64 / unit, real(r, row_bits) / 4.0);
    }
}

#[test]
fn wrong_shapes_and_labels_are_refused() {
    assert!(curvature(&[1, 2, 3], &[1], &[1, 2]).is_err());
    assert!(curvature(&[], &[1], &[]).is_err());
    assert!(curvature_allowance(&[1, 2, 3], &[1], 2).is_err());
    assert!(gradient(2, &[1], &[1, 2], 0).is_err());
}

#[test]
fn the_largest_inputs_do_not_wrap() {
    let (r, x) = (vec![i16::MIN; 2 * 1_025], vec![i16::MAX; 1_024]);
    let terms = curvature(&r, &x, &[i32::MAX, i32::MIN]).unwrap();
    assert_eq!(terms.len(), 2 * 1_025);
    let allowed = curvature_allowance(&r, &x, 2).unwrap();
    assert!(allowed.iter().all(|allowed| *allowed > 0));
    let terms = gradient(0, &x, &[i32::MIN, i32::MAX], 30).unwrap();
    assert!(terms[0] < 0 && terms[1_025] > 0);
}
