// SPDX-License-Identifier: Apache-2.0
//! From features to logits, to the answer and to the gradient of the answer.

use alloc::vec::Vec;

use crate::{
    exponential::softmax, shift_round, ShapeMismatch, DELTA_BITS, FEATURE_BITS, LOGIT_BITS, PROB_BITS,
    WEIGHT_BITS,
};

/// Logits `[C]` of a head: `weight [C, d] · features [d] + bias [C]`.
///
/// Products are summed in `i64` at 28 fraction bits (saturating, in the order of the features, so the result has
/// one definition whatever the input), the bias is added, and the sum is rounded once to [`LOGIT_BITS`] and clipped
/// to `i32`. `C` is `bias.len()`, `d` is `features.len()`. O(C·d).
///
/// # Errors
/// [`ShapeMismatch`] if `weight` is not `C·d` long, or if `C` or `d` is zero.
pub fn logits(weight: &[i32], bias: &[i32], features: &[i16]) -> Result<Vec<i32>, ShapeMismatch> {
    if features.is_empty() {
        return Err(ShapeMismatch {
            what: "features",
            expected: 1,
            found: 0,
        });
    }
    let expected = bias.len().saturating_mul(features.len());
    if bias.is_empty() || weight.len() != expected {
        return Err(ShapeMismatch {
            what: "weight",
            expected: expected.max(1),
            found: weight.len(),
        });
    }
    const SHIFT: u32 = FEATURE_BITS + WEIGHT_BITS - LOGIT_BITS;
    let rows = weight.chunks_exact(features.len());
    Ok(rows
        .zip(bias)
        .map(|(row, bias)| {
            let start = i64::from(*bias).saturating_mul(1 << FEATURE_BITS);
            let sum = row.iter().zip(features).fold(start, |sum, (w, x)| {
                sum.saturating_add(i64::from(*w).saturating_mul(i64::from(*x)))
            });
            clip_i32(shift_round(sum, SHIFT))
        })
        .collect())
}

/// The answer: index of the largest logit, the first of equals. `None` for no logits.
pub fn argmax(logits: &[i32]) -> Option<usize> {
    let mut best: Option<(usize, i32)> = None;
    for (index, logit) in logits.iter().enumerate() {
        if best.is_none_or(|(_, top)| *logit > top) {
            best = Some((index, *logit));
        }
    }
    best.map(|(index, _)| index)
}

/// Gradient `[C]` of the cross-entropy of the model's own answer with respect to the logits:
/// `softmax(logits) - onehot(argmax)`, with [`DELTA_BITS`].
///
/// A query's full gradient is the outer product of this and `[features, 1]`; it is never built.
pub fn delta(logits: &[i32]) -> Vec<i16> {
    let answer = argmax(logits);
    softmax(logits)
        .into_iter()
        .enumerate()
        .map(|(class, probability)| {
            let target = if Some(class) == answer {
                1i64 << PROB_BITS
            } else {
                0
            };
            let difference = i64::from(probability).saturating_sub(target);
            let rounded = shift_round(difference, PROB_BITS - DELTA_BITS);
            i16::try_from(rounded).unwrap_or(if rounded < 0 { i16::MIN } else { i16::MAX })
        })
        .collect()
}

fn clip_i32(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}
