// SPDX-License-Identifier: Apache-2.0
//! The sums that a dispute about a released row comes down to, and how it is divided.
//!
//! The equation of [`crate::curvature`] times the number of rows `n` is a sum over all rows and two terms of the disputed
//! row alone. [`Sums`] are its *prefix sums*: the first `m` rows' terms and allowances added up, in the order of the rows.
//! Whoever defends a row says what all of them come to, which has to satisfy the equation ([`Claim::is_met_by`]); then
//! two parties that differ find the first row after which they do ([`boundary`]), and that row's step is computed anew.

use alloc::{vec, vec::Vec};

use crate::{
    curvature::{curvature, curvature_allowance, gradient, gradient_allowance, regulariser},
    release::Hash,
    ShapeMismatch,
};

/// Parts that an interval is divided into at a time, unless it has fewer rows.
pub const PARTS: u32 = 16;
/// Bytes of a number.
const NUMBER_BYTES: usize = 16;
/// First byte of what a commitment to sums hashes; the ones below are those of Merkle trees.
const SUMS_TAG: u8 = 3;

/// Terms of the first rows added up, and what rounding allows of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// The terms' sum `[C, d + 1]`, with the fraction bits of [`crate::curvature`].
    pub terms: Vec<i128>,
    /// The allowances' sum `[d + 1]`, the same for all classes.
    pub allowed: Vec<i128>,
}

impl Sums {
    /// Those of no rows, for `classes` and `dims`.
    pub fn zero(classes: usize, dims: usize) -> Self {
        let width = dims.saturating_add(1);
        Self {
            terms: vec![0; classes.saturating_mul(width)],
            allowed: vec![0; width],
        }
    }

    /// Bytes of sums for `classes` and `dims`.
    pub fn bytes(classes: usize, dims: usize) -> usize {
        classes
            .saturating_add(1)
            .saturating_mul(dims.saturating_add(1))
            .saturating_mul(NUMBER_BYTES)
    }

    /// Adds the step of one more training row with `features [d]` and `logits [C]` for the disputed row's `influence`.
    /// Saturating, so that it has one result for sums that somebody made up. O(C·d).
    ///
    /// # Errors
    /// [`ShapeMismatch`], with nothing added.
    pub fn add(&mut self, influence: &[i16], features: &[i16], logits: &[i32]) -> Result<(), ShapeMismatch> {
        let terms = curvature(influence, features, logits)?;
        let allowed = curvature_allowance(influence, features, logits.len())?;
        if terms.len() != self.terms.len() || allowed.len() != self.allowed.len() {
            return Err(ShapeMismatch {
                what: "sums",
                expected: terms.len(),
                found: self.terms.len(),
            });
        }
        let add = |sums: &mut [i128], more: Vec<i128>| {
            sums.iter_mut()
                .zip(more)
                .for_each(|(sum, more)| *sum = sum.saturating_add(more));
        };
        add(&mut self.terms, terms);
        add(&mut self.allowed, allowed);
        Ok(())
    }

    /// The numbers, little endian: first the terms, then what is allowed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = self.terms.iter().chain(&self.allowed);
        numbers.flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Reads [`Sums::to_bytes`]; `None` if the length is not that for `classes` and `dims`.
    pub fn from_bytes(bytes: &[u8], classes: usize, dims: usize) -> Option<Self> {
        if bytes.len() != Self::bytes(classes, dims) {
            return None;
        }
        let mut numbers = bytes
            .chunks_exact(NUMBER_BYTES)
            .filter_map(|number| Some(i128::from_le_bytes(number.try_into().ok()?)));
        let count = classes.saturating_mul(dims.saturating_add(1));
        Some(Self {
            terms: numbers.by_ref().take(count).collect(),
            allowed: numbers.collect(),
        })
    }

    /// What commits to them: the hash of a three byte and [`Sums::to_bytes`].
    pub fn commitment(&self, hash: impl Fn(&[u8]) -> Hash) -> Hash {
        let mut bytes = vec![SUMS_TAG];
        bytes.extend(self.to_bytes());
        hash(&bytes)
    }
}

/// What a release says of one training row.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Influence as it was released `[C, d + 1]`.
    pub influence: &'a [i16],
    /// The class that it is labelled with.
    pub label: u16,
    /// The row's own features `[d]`.
    pub features: &'a [i16],
    /// What the head gives for them `[C]`.
    pub logits: &'a [i32],
    /// Fraction bits of an influence number.
    pub row_bits: i16,
    /// Weight of the regulariser, [`crate::curvature::LAMBDA_BITS`].
    pub lambda: u32,
    /// Training rows.
    pub rows: u32,
}

impl Claim<'_> {
    /// `sums` of all rows and `n·(λR − g)`, which should be near zero, and how near: `[C, d + 1]` both. O(C·d).
    ///
    /// # Errors
    /// [`ShapeMismatch`] if the lengths do not fit each other or the label is no class.
    pub fn residual(&self, sums: &Sums) -> Result<Vec<(i128, i128)>, ShapeMismatch> {
        let width = self.features.len().saturating_add(1);
        let expected = self.logits.len().saturating_mul(width);
        let fits = [sums.terms.len(), self.influence.len()] == [expected; 2] && sums.allowed.len() == width;
        if !fits {
            return Err(ShapeMismatch {
                what: "sums",
                expected,
                found: sums.terms.len(),
            });
        }
        let rows = i128::from(self.rows);
        let gradient = gradient(self.label, self.features, self.logits, self.row_bits)?;
        let allowed: Vec<i128> = gradient_allowance(self.features, self.row_bits, self.lambda)
            .into_iter()
            .zip(&sums.allowed)
            .map(|(own, sum)| sum.saturating_add(rows.saturating_mul(own)))
            .collect();
        let own = regulariser(self.influence, self.lambda)
            .into_iter()
            .zip(gradient)
            .map(|(regulariser, gradient)| rows.saturating_mul(regulariser.saturating_sub(gradient)));
        let sides = sums
            .terms
            .iter()
            .zip(own)
            .map(|(sum, own)| sum.saturating_add(own));
        Ok(sides.zip(allowed.into_iter().cycle()).collect())
    }

    /// Whether `sums` of all rows satisfy the row's equation within what rounding allows. O(C·d).
    ///
    /// # Errors
    /// As [`Claim::residual`].
    pub fn is_met_by(&self, sums: &Sums) -> Result<bool, ShapeMismatch> {
        let near =
            |(side, allowed): &(i128, i128)| *allowed >= 0 && side.unsigned_abs() <= allowed.unsigned_abs();
        Ok(self.residual(sums)?.iter().all(near))
    }
}

/// Into how many parts the interval from `low` to `high` is divided: [`PARTS`], or as many as it has rows.
pub fn parts(low: u32, high: u32) -> u32 {
    high.saturating_sub(low).min(PARTS)
}

/// Where part `part` of the interval from `low` to `high` begins, and the part before it ends. The parts differ by at
/// most one row.
pub fn boundary(low: u32, high: u32, part: u32) -> u32 {
    let length = u64::from(high.saturating_sub(low)).saturating_mul(u64::from(part));
    let offset = length.checked_div(u64::from(parts(low, high))).unwrap_or(0);
    low.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX))
        .min(high)
}
