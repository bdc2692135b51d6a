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

/// Direction `[C]` of the gradient of the cross-entropy of the model's own answer with respect to the logits:
/// `softmax(logits) - onehot(argmax)`, divided by the power of two at which its largest number keeps [`DELTA_BITS`]
/// bits. All zero only if the answer's probability is one at [`PROB_BITS`].
///
/// The surer a model, the shorter its gradient; what of it is known does not shrink, so that a sure answer's
/// contributions are told apart as well as a doubtful one's. Scores of one answer are compared with each other only.
///
/// A query's full gradient is the outer product of this and `[features, 1]`; it is never built.
pub fn delta(logits: &[i32]) -> Vec<i16> {
    let answer = argmax(logits);
    let differences: Vec<i64> = softmax(logits)
        .into_iter()
        .enumerate()
        .map(|(class, probability)| {
            let target = if Some(class) == answer {
                1i64 << PROB_BITS
            } else {
                0
            };
            i64::from(probability).saturating_sub(target)
        })
        .collect();
    let largest = differences
        .iter()
        .map(|difference| difference.unsigned_abs())
        .max()
        .unwrap_or(0);
    // the least shift at which the largest is at most 2^DELTA_BITS
    let bits = u64::BITS.saturating_sub(largest.saturating_sub(1).leading_zeros());
    let shift = bits.saturating_sub(DELTA_BITS);
    differences
        .into_iter()
        .map(|difference| {
            let rounded = match shift {
                0 => difference,
                shift => shift_round(difference, shift),
            };
            i16::try_from(rounded).unwrap_or(if rounded < 0 { i16::MIN } else { i16::MAX })
        })
        .collect()
}

pub(crate) fn clip_i32(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}
