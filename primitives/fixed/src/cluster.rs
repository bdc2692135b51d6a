// SPDX-License-Identifier: Apache-2.0
//! The list of a cluster's rows, and the leave-one-out probability of the row that leads it.
//!
//! A cluster of near-duplicates is one row, its leader, whose leave-one-out probability `ℓ` is what the head *without the
//! whole cluster* gives to the leader's label. One row does not show which rows that are. So every row of an index has a
//! *link*: the cluster's list goes from the leader through the other rows, ascending, and back to the leader, and each
//! row carries a sum over the list up to itself. With `x` the **leader's** features:
//!
//! ```text
//! next[last] = leader          sums[leader] = R_leader · x          sums[next[a]] = sums[a] + R_next[a] · x
//! ```
//!
//! for each class. So the last row has the cluster's sum, and each link is checked with the two rows that it joins and the
//! leader's features: see [`crate::flaws`].
//!
//! With `n` rows, first order: `w₋ = w + Σ R / n`, so leaving the cluster out moves the leader's logits by `sums / n`.

use alloc::vec::Vec;

use crate::{
    answer::clip_i32, exponential::softmax, influence::slopes, ShapeMismatch, FEATURE_BITS, LOGIT_BITS,
    LOO_BITS, PROB_BITS,
};

/// What one row adds to its cluster's sums: `R·x` of each class, exact, for the row's `influence [C, d + 1]` and the
/// `leader`'s features `[d]`. With [`FEATURE_BITS`] beside those of the row. O(C·d).
pub fn step(influence: &[i16], leader: &[i16]) -> Vec<i64> {
    slopes(influence, leader).collect()
}

/// Adds a row's [`step`] to the sums of the rows before it. Saturating, so that it has one result for whatever a release
/// says; no cluster of fewer than 2^16 rows comes near.
pub fn add(sums: &mut [i64], step: &[i64]) {
    sums.iter_mut()
        .zip(step)
        .for_each(|(sum, step)| *sum = sum.saturating_add(*step));
}

/// Whether the list of `leader`'s cluster could go on from `row` to `next`: the leader goes to any row, the others to one
/// with a higher number or back to the leader.
pub fn goes_on(leader: u32, row: u32, next: u32) -> bool {
    row == leader || next == leader || next > row
}

/// Whether `other`, a row of the same cluster, would stand between `row` and `next` in the list.
pub fn skips(leader: u32, row: u32, next: u32, other: u32) -> bool {
    let after = row == leader || other > row;
    let before = next == leader || other < next;
    other != leader && other != row && other != next && after && before
}

/// What the logits `[C]` of a row become when rows are left out whose [`step`]s add up to `sums [C]`: `logits + sums / n`
/// for an index of `n = rows` and `row_bits`, rounded once to [`LOGIT_BITS`], halves away from zero, and clipped to `i32`.
///
/// # Errors
/// [`ShapeMismatch`] if there are not as many sums as logits, or no rows.
pub fn without(logits: &[i32], sums: &[i64], row_bits: i16, rows: u32) -> Result<Vec<i32>, ShapeMismatch> {
    if sums.len() != logits.len() || rows == 0 {
        return Err(ShapeMismatch {
            what: "sums",
            expected: logits.len(),
            found: sums.len(),
        });
    }
    // from the sums' fraction bits to those of a logit; between 34 and -26 for any index
    let up = i32::from(row_bits)
        .saturating_add_unsigned(FEATURE_BITS)
        .saturating_neg()
        .saturating_add_unsigned(LOGIT_BITS);
    let power = |bits: i32| 1i128.checked_shl(bits.max(0).unsigned_abs()).unwrap_or(i128::MAX);
    let (times, over) = (
        power(up),
        i128::from(rows).saturating_mul(power(up.saturating_neg())),
    );
    Ok(logits
        .iter()
        .zip(sums)
        .map(|(logit, sum)| {
            let size = i128::from(*sum).saturating_abs().saturating_mul(times);
            let moved = size
                .saturating_add(over >> 1)
                .checked_div(over)
                .unwrap_or(0)
                .saturating_mul(i128::from(sum.signum()));
            let moved = i64::try_from(moved).unwrap_or(if *sum < 0 { i64::MIN } else { i64::MAX });
            clip_i32(moved.saturating_add(i64::from(*logit)))
        })
        .collect())
}

/// The leave-one-out probability of a row with `label`: that of its label in the softmax of [`without`], rounded once to
/// [`LOO_BITS`], halves up; one becomes `u16::MAX`.
///
/// # Errors
/// As [`without`], or if `label` is not a class.
pub fn leave_one_out(
    logits: &[i32],
    sums: &[i64],
    label: u16,
    row_bits: i16,
    rows: u32,
) -> Result<u16, ShapeMismatch> {
    const SHIFT: u32 = PROB_BITS - LOO_BITS;
    let probability = softmax(&without(logits, sums, row_bits, rows)?)
        .get(usize::from(label))
        .copied()
        .ok_or(ShapeMismatch {
            what: "classes",
            expected: usize::from(label).saturating_add(1),
            found: logits.len(),
        })?;
    let rounded = probability.saturating_add(1 << (SHIFT - 1)) >> SHIFT;
    Ok(u16::try_from(rounded).unwrap_or(u16::MAX))
}
