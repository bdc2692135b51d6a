// SPDX-License-Identifier: Apache-2.0
//! Integer arithmetic of answers and attribution, the same bytes in a worker, in a challenger and in the runtime.
//!
//! Floats end at the feature vector: a base model's output is rounded once to the grid of [`FEATURE_BITS`] and
//! everything after it is a pure function of integers. Symbols: `C` classes, `d` features. Every matrix is row
//! major. Every rounding is to the nearest value, halves away from zero, unless a function says otherwise.
//!
//! | number | type | fraction bits |
//! | --- | --- | --- |
//! | feature | `i16` | [`FEATURE_BITS`] |
//! | head weight, bias | `i32` | [`WEIGHT_BITS`] |
//! | logit | `i32` | [`LOGIT_BITS`] |
//! | probability | `u32` | [`PROB_BITS`] |
//! | gradient of the answer | `i16` | its largest number has [`DELTA_BITS`] bits |
//! | leave-one-out probability | `u16` | [`LOO_BITS`] |
//! | report weight | `i32` | parts of [`WEIGHT_ONE`] |
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

extern crate alloc;

mod answer;
mod blend;
pub mod cluster;
pub mod curvature;
pub mod equation;
mod exponential;
pub mod flaws;
pub mod head;
mod influence;
mod near;
pub mod release;
mod report;
pub mod retrieval;
mod shares;
pub mod spans;

pub use answer::{argmax, delta, logits};
pub use blend::{blend, Kind};
pub use exponential::{exp_neg, softmax};
pub use influence::{help, pay_score};
pub use near::{is_near, THRESHOLD_BITS};
pub use report::{report, weighed, Weighed};
pub use shares::split_by_weights;

/// Fraction bits of a feature.
pub const FEATURE_BITS: u32 = 12;
/// Fraction bits of a head's weights and biases.
pub const WEIGHT_BITS: u32 = 16;
/// Fraction bits of a logit.
pub const LOGIT_BITS: u32 = 16;
/// Fraction bits of a probability: one is `1 << 30`.
pub const PROB_BITS: u32 = 30;
/// Bits of the largest number in the gradient of an answer with respect to its logits.
pub const DELTA_BITS: u32 = 14;
/// Fraction bits of a leave-one-out probability. The largest one, `u16::MAX`, stands for one.
pub const LOO_BITS: u32 = 16;
/// The sum of the positive weights of a report that has any.
pub const WEIGHT_ONE: u32 = 1_000_000_000;
/// Most entries of either sign in a report.
pub const REPORT_ENTRIES: usize = 16;

/// The constant feature that multiplies the bias: one, on the features' grid.
pub(crate) const BIAS_FEATURE: i16 = 1 << FEATURE_BITS;

/// Slices whose lengths do not fit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapeMismatch {
    /// The argument at fault.
    pub what: &'static str,
    /// Length that the other arguments call for.
    pub expected: usize,
    /// Length found.
    pub found: usize,
}

impl core::fmt::Display for ShapeMismatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "{} has {} numbers where the shapes call for {}",
            self.what, self.found, self.expected
        )
    }
}

impl core::error::Error for ShapeMismatch {}

/// `value / 2^bits`, rounded to the nearest, halves away from zero. `bits` is 1 to 62.
pub(crate) fn shift_round(value: i64, bits: u32) -> i64 {
    let half = 1i64.checked_shl(bits.saturating_sub(1)).unwrap_or(0);
    let magnitude = i64::try_from(value.unsigned_abs())
        .unwrap_or(i64::MAX)
        .saturating_add(half);
    let rounded = magnitude.checked_shr(bits).unwrap_or(0);
    if value < 0 {
        rounded.saturating_neg()
    } else {
        rounded
    }
}
