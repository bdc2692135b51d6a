// SPDX-License-Identifier: Apache-2.0
//! What one committed training row did for one answer.

use crate::{ShapeMismatch, BIAS_FEATURE, LOO_BITS};

/// How much training on a row lowered the loss of the model's own answer; negative if it raised it.
///
/// The inner product of the row's committed influence `row [C, d + 1]` (bias last) with the query's gradient, the
/// outer product of `delta [C]` and `[features [d], 1]`. The unit is the row's scale times that of the delta times
/// `2^-12`: only scores of rows of one index for one answer compare.
///
/// # Errors
/// [`ShapeMismatch`] if `row` is not `C·(d + 1)` long, or if `C` is zero.
pub fn help(row: &[i16], delta: &[i16], features: &[i16]) -> Result<i64, ShapeMismatch> {
    let width = features.len().saturating_add(1);
    let expected = delta.len().saturating_mul(width);
    if delta.is_empty() || row.len() != expected {
        return Err(ShapeMismatch {
            what: "influence row",
            expected: expected.max(width),
            found: row.len(),
        });
    }
    Ok(slopes(row, features)
        .zip(delta)
        .fold(0i64, |sum, (slope, delta)| {
            sum.saturating_add(slope.saturating_mul(i64::from(*delta)))
        }))
}

/// `R·x` of each class: the inner products of a row's influence `[C, d + 1]` (bias last) with `[features [d], 1]`. With
/// [`crate::FEATURE_BITS`] beside those of the row; below 2^46.
pub(crate) fn slopes<'a>(row: &'a [i16], features: &'a [i16]) -> impl Iterator<Item = i64> + 'a {
    row.chunks_exact(features.len().saturating_add(1)).map(|class| {
        let inputs = features.iter().chain(core::iter::once(&BIAS_FEATURE));
        // exact: a product is at most 2^30 and no slice has 2^33 numbers, so neither operation can wrap
        class.iter().zip(inputs).fold(0i64, |dot, (r, x)| {
            dot.wrapping_add(i64::from(i32::from(*r).wrapping_mul(i32::from(*x))))
        })
    })
}

/// The score that pays: a positive `help` is multiplied by the row's leave-one-out probability and rounded down, so
/// that a row whose label the other rows do not believe earns little; a negative one stays whole.
pub fn pay_score(help: i64, loo: u16) -> i64 {
    if help <= 0 {
        return help;
    }
    let product = i128::from(help).saturating_mul(i128::from(loo)) >> LOO_BITS;
    i64::try_from(product).unwrap_or(i64::MAX)
}
