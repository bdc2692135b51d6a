// SPDX-License-Identifier: Apache-2.0
//! Exponential and softmax in fixed point.

use alloc::vec::Vec;

use crate::{LOGIT_BITS, PROB_BITS};

/// `log2(e)` with 31 fraction bits.
const LOG2_E_Q31: u64 = 3_098_164_009;
/// `ln(2)` with 32 fraction bits.
const LN_2_Q32: u64 = 2_977_044_472;
const ONE_Q32: u64 = 1 << 32;
/// Fraction bits of a logit times `log2(e)`.
const EXPONENT_BITS: u32 = LOGIT_BITS + 31;
/// Terms of the Taylor series: the first one left out is below 2^-40.
const TERMS: u64 = 12;

/// `e^(-x)` for `x` with [`LOGIT_BITS`], as a number with [`PROB_BITS`]; `exp_neg(0)` is exactly one.
///
/// The largest error is below `1.1 · 2^-30`; the function never rises. Method: `2^-n · e^(-f·ln 2)` with whole `n`
/// and `f` in `[0, 1)`, and the Taylor series of the second factor in nested form at 32 fraction bits.
pub fn exp_neg(x: u32) -> u32 {
    let exponent = u64::from(x).saturating_mul(LOG2_E_Q31);
    let whole = u32::try_from(exponent >> EXPONENT_BITS).unwrap_or(u32::MAX);
    let fraction = (exponent & ((1 << EXPONENT_BITS) - 1)) >> (EXPONENT_BITS - 32);
    let y = fraction.saturating_mul(LN_2_Q32) >> 32;
    // 1 - y/1·(1 - y/2·(1 - y/3·(…))): every bracket is in (0, 1], so nothing wraps
    let power = (1..=TERMS).rev().fold(ONE_Q32, |inner, k| {
        let product = y.saturating_mul(inner) >> 32;
        ONE_Q32.saturating_sub(product.checked_div(k).unwrap_or(0))
    });
    let shift = whole.saturating_add(32 - PROB_BITS);
    let half = 1u64.checked_shl(shift.saturating_sub(1)).unwrap_or(0);
    let rounded = power.saturating_add(half).checked_shr(shift).unwrap_or(0);
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

/// Probabilities `[C]` with [`PROB_BITS`] of logits `[C]` with [`LOGIT_BITS`]; empty for no logits.
///
/// Each is rounded on its own: the sum differs from one by at most `C` units of `2^-30`.
pub fn softmax(logits: &[i32]) -> Vec<u32> {
    let Some(top) = logits.iter().max() else {
        return Vec::new();
    };
    let powers: Vec<u64> = logits
        .iter()
        .map(|logit| u64::from(exp_neg(top.abs_diff(*logit))))
        .collect();
    // never zero: the largest logit adds one
    let sum = powers.iter().fold(0u64, |sum, power| sum.saturating_add(*power));
    powers
        .into_iter()
        .map(|power| {
            let scaled = (power << PROB_BITS).saturating_add(sum >> 1);
            u32::try_from(scaled.checked_div(sum).unwrap_or(0)).unwrap_or(u32::MAX)
        })
        .collect()
}
