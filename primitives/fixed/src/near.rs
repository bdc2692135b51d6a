// SPDX-License-Identifier: Apache-2.0
//! When a row is a near-duplicate of the row that leads its cluster.

/// Fraction bits of a threshold, which is a squared distance over a squared length.
pub const THRESHOLD_BITS: u32 = 16;

/// Whether `row [d]` is near enough to `leader [d]` to be its duplicate: `|row - leader|² · 2^16 ≤ threshold · |leader|²`,
/// the right side's quotient rounded down. Exact for fewer than 2^16 features. O(d).
pub fn is_near(leader: &[i16], row: &[i16], threshold: u16) -> bool {
    let square = |number: u16| u64::from(number).saturating_mul(u64::from(number));
    // below 2^48
    let sum = |numbers: &mut dyn Iterator<Item = u16>| {
        numbers.fold(0u64, |sum, number| sum.saturating_add(square(number)))
    };
    let length = sum(&mut leader.iter().map(|x| x.unsigned_abs()));
    let distance = sum(&mut leader.iter().zip(row).map(|(a, b)| a.abs_diff(*b)));
    leader.len() == row.len() && distance <= length.saturating_mul(u64::from(threshold)) >> THRESHOLD_BITS
}
