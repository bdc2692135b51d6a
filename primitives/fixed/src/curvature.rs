// SPDX-License-Identifier: Apache-2.0
//! The equation that a released influence row has to satisfy, one training row at a time.
//!
//! A release says of training row `i` that `(H + λ)·R = g`: with `n` rows, `H` the mean over them of
//! `(diag(p) − p·pᵀ) ⊗ x·xᵀ`, `p` the head's probabilities for a row, `x` the row's features with one for the bias, and
//! `g = (p − onehot(label)) ⊗ x` of row `i` itself. Multiplied by `n` that is a sum of `n` vectors and two more, so a
//! dispute about it comes down to one of them. Each follows here from committed integers alone: features on their grid,
//! the logits of the integer head, and the row `R` as it was released.
//!
//! All vectors are `[C, d + 1]`, bias last, with [`EQUATION_BITS`] fraction bits beside those of the row. The two sides
//! agree but for the rounding of `R`, which is half of its last place, and of the head's integers: by at most the
//! *allowance*, a sum over the same rows. A release is wrong about a row where they differ by more.

use alloc::vec::Vec;

use crate::{exponential::softmax, influence::slopes, ShapeMismatch, BIAS_FEATURE, FEATURE_BITS, PROB_BITS};

/// Fraction bits of a term of the equation, beside those of the influence row.
pub const EQUATION_BITS: u32 = SLOPE_BITS + 2 * FEATURE_BITS;
/// Fraction bits of a row's slope, beside those of the influence row and of a feature.
const SLOPE_BITS: u32 = 14;
/// From a probability, a slope and a feature to the equation.
const HEAD_SHIFT: u32 = PROB_BITS + 2 * FEATURE_BITS - EQUATION_BITS;
/// Fraction bits of the regulariser's weight.
pub const LAMBDA_BITS: u32 = 32;
/// The largest absolute number of an influence row.
const LARGEST_INFLUENCE: i128 = 1 << 15;

/// What one training row adds to `n·H·R`: `(diag(p) − p·pᵀ)·(R·x) ⊗ x`, with `R` the released `influence [C, d + 1]`,
/// `features [d]` and `logits [C]` those of the training row. Rounded once, halves away from zero. O(C·d).
///
/// # Errors
/// [`ShapeMismatch`] if `influence` is not `C·(d + 1)` long, or if `C` is zero.
pub fn curvature(influence: &[i16], features: &[i16], logits: &[i32]) -> Result<Vec<i128>, ShapeMismatch> {
    let width = features.len().saturating_add(1);
    let expected = logits.len().saturating_mul(width);
    if logits.is_empty() || influence.len() != expected {
        return Err(ShapeMismatch {
            what: "influence row",
            expected: expected.max(width),
            found: influence.len(),
        });
    }
    let probabilities: Vec<i128> = softmax(logits).into_iter().map(i128::from).collect();
    let slopes: Vec<i128> = slopes(influence, features).map(i128::from).collect();
    let mean = probabilities
        .iter()
        .zip(&slopes)
        .fold(0, |sum: i128, (p, slope)| {
            sum.saturating_add(p.saturating_mul(*slope))
        });
    let one = 1i128 << PROB_BITS;
    let terms = probabilities.iter().zip(&slopes).flat_map(|(p, slope)| {
        let apart = slope.saturating_mul(one).saturating_sub(mean);
        let term = shift_round(p.saturating_mul(apart), 2 * PROB_BITS - SLOPE_BITS);
        inputs(features).map(move |x| term.saturating_mul(x))
    });
    Ok(terms.collect())
}

/// `g` of a training row: `(p − onehot(label)) ⊗ x`, for a released row of `row_bits`. Rounded once where the row has few
/// fraction bits.
///
/// # Errors
/// [`ShapeMismatch`] if `label` is not a class.
pub fn gradient(
    label: u16,
    features: &[i16],
    logits: &[i32],
    row_bits: i16,
) -> Result<Vec<i128>, ShapeMismatch> {
    let label = usize::from(label);
    if label >= logits.len() {
        return Err(ShapeMismatch {
            what: "classes",
            expected: label.saturating_add(1),
            found: logits.len(),
        });
    }
    let terms = softmax(logits)
        .into_iter()
        .enumerate()
        .flat_map(|(class, probability)| {
            let target = if class == label { 1i128 << PROB_BITS } else { 0 };
            let difference = i128::from(probability).saturating_sub(target);
            inputs(features).map(move |x| difference.saturating_mul(x))
        });
    Ok(terms.map(|term| rescaled(term, row_bits)).collect())
}

/// What one training row adds to the allowance, for each feature and the bias `[d + 1]` alike in all classes.
///
/// With `|x|` the sum of the row's absolute features: half a last place of each number of `R` moves the row's term by at
/// most `|x|·x_a / 4` of it, because `Σ |diag(p) − p·pᵀ|` is at most one half in each class; half a last place of each
/// weight and of the logit moves a probability by at most `(|x| + 1)·2⁻¹⁸`, and that the term by as much of
/// `(C + 1)·(max − min)(R·x)·x_a`. O(C·d).
///
/// # Errors
/// As [`curvature`].
pub fn curvature_allowance(
    influence: &[i16],
    features: &[i16],
    classes: usize,
) -> Result<Vec<i128>, ShapeMismatch> {
    let width = features.len().saturating_add(1);
    let expected = classes.saturating_mul(width);
    if classes == 0 || influence.len() != expected {
        return Err(ShapeMismatch {
            what: "influence row",
            expected: expected.max(width),
            found: influence.len(),
        });
    }
    let slopes: Vec<i128> = slopes(influence, features).map(i128::from).collect();
    let spread = slopes
        .iter()
        .max()
        .zip(slopes.iter().min())
        .map_or(0, |(most, least)| most.saturating_sub(*least));
    let (norm, moved) = probability_error(features);
    let classes = i128::try_from(classes).unwrap_or(i128::MAX).saturating_add(1);
    let by_head = moved.saturating_mul(spread).saturating_mul(classes);
    Ok(inputs(features)
        .map(|x| {
            let x = x.abs();
            let by_row = norm.saturating_mul(x).saturating_mul(1 << (SLOPE_BITS - 2));
            // one more for what the shift drops, and the rounding of the term itself
            let by_head = (by_head.saturating_mul(x) >> HEAD_SHIFT).saturating_add(1);
            by_row.saturating_add(by_head).saturating_add(x)
        })
        .collect())
}

/// What `g` and `λ·R` of the released row add to the allowance, for each feature and the bias `[d + 1]`: half a last
/// place of `R` and of `λ`.
pub fn gradient_allowance(features: &[i16], row_bits: i16, lambda: u32) -> Vec<i128> {
    let (_, moved) = probability_error(features);
    let of_row = i128::from(lambda)
        .saturating_add(LARGEST_INFLUENCE)
        .saturating_mul(1 << (EQUATION_BITS - LAMBDA_BITS - 1));
    inputs(features)
        .map(|x| {
            rescaled(moved.saturating_mul(x.abs()), row_bits)
                .saturating_add(of_row)
                .saturating_add(1)
        })
        .collect()
}

/// The sum of absolute features with the bias's one, and by how much the head's rounding moves a probability, with
/// [`PROB_BITS`].
fn probability_error(features: &[i16]) -> (i128, i128) {
    let norm = inputs(features).fold(0, |sum: i128, x| sum.saturating_add(x.abs()));
    // 2^-18 with the 12 fraction bits of a feature is 2^-30
    (norm, norm.saturating_add(BIAS_FEATURE.into()))
}

/// From the fraction bits of a probability and a feature to those of the equation.
fn rescaled(value: i128, row_bits: i16) -> i128 {
    let scale = i32::from(row_bits)
        .saturating_add_unsigned(EQUATION_BITS)
        .saturating_sub_unsigned(PROB_BITS + FEATURE_BITS);
    match u32::try_from(scale) {
        Ok(up) => value.saturating_mul(1i128.checked_shl(up).unwrap_or(i128::MAX)),
        Err(_) => shift_round(value, scale.unsigned_abs()),
    }
}

/// `λ·R`, with `lambda` of [`LAMBDA_BITS`]; exact.
pub fn regulariser(influence: &[i16], lambda: u32) -> Vec<i128> {
    let up = 1i128 << (EQUATION_BITS - LAMBDA_BITS);
    influence
        .iter()
        .map(|r| {
            i128::from(*r)
                .saturating_mul(i128::from(lambda))
                .saturating_mul(up)
        })
        .collect()
}

/// Features and the one that multiplies the bias.
fn inputs(features: &[i16]) -> impl Iterator<Item = i128> + '_ {
    features
        .iter()
        .chain(core::iter::once(&BIAS_FEATURE))
        .map(|x| i128::from(*x))
}

/// `value / 2^bits`, rounded to the nearest, halves away from zero.
fn shift_round(value: i128, bits: u32) -> i128 {
    let half = 1u128.checked_shl(bits.saturating_sub(1)).unwrap_or(0);
    let half = if bits == 0 { 0 } else { half };
    let rounded = value
        .unsigned_abs()
        .saturating_add(half)
        .checked_shr(bits)
        .unwrap_or(0);
    let magnitude = i128::try_from(rounded).unwrap_or(i128::MAX);
    if value < 0 {
        magnitude.saturating_neg()
    } else {
        magnitude
    }
}
