// SPDX-License-Identifier: Apache-2.0
//! What both parties of a dispute about a released row compute: the prefix sums of its equation, and their commitments.
//!
//! The definitions are [`openledger_fixed::equation`], which the runtime judges by.

use openledger_fixed::{
    equation::{boundary, parts, Claim, Sums},
    logits,
    release::Hash,
};
use openledger_trainer::{
    features::{FeatureRow, Features},
    head::Head,
};

use crate::{
    audit::{same_release, AuditError},
    index::Index,
    merkle::blake2_256,
};

/// The equation of one released row over its training rows.
#[derive(Debug)]
pub struct RowSums<'a> {
    features: &'a Features,
    head: &'a Head,
    row: usize,
    influence: Vec<i16>,
    row_bits: i16,
    lambda: u32,
}

impl<'a> RowSums<'a> {
    /// Of row `row` of `index`. O(n·d): the features are hashed.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn new(
        index: &Index,
        features: &'a Features,
        head: &'a Head,
        row: usize,
    ) -> Result<Self, AuditError> {
        same_release(index, features, head)?;
        let rows = index.len();
        let released = index.row(row).ok_or(AuditError::NoSuchRow { row, rows })?;
        let mut influence = Vec::new();
        released.read_influence(&mut influence);
        Ok(Self {
            features,
            head,
            row,
            influence,
            row_bits: index.row_bits(),
            lambda: index.lambda(),
        })
    }

    /// The sums of the first `rows` rows; of all if there are fewer. O(rows·C·d).
    ///
    /// # Errors
    /// None for files that [`RowSums::new`] took.
    pub fn upto(&self, rows: u32) -> Result<Sums, AuditError> {
        let mut sums = self.zero();
        for row in self.features.rows().take(rows as usize) {
            self.add(&mut sums, row)?;
        }
        Ok(sums)
    }

    /// Commitments to the sums up to each of `ends`, which ascend. O(last end·C·d).
    ///
    /// # Errors
    /// As [`RowSums::upto`].
    pub fn commitments(&self, ends: &[u32]) -> Result<Vec<Hash>, AuditError> {
        let (mut sums, mut done) = (self.zero(), 0);
        let mut rows = self.features.rows();
        let mut commitments = Vec::with_capacity(ends.len());
        for end in ends {
            for row in rows.by_ref().take((*end as usize).saturating_sub(done)) {
                self.add(&mut sums, row)?;
            }
            done = done.max(*end as usize);
            commitments.push(sums.commitment(blake2_256));
        }
        Ok(commitments)
    }

    /// Commitments to the sums at the end of each part of the interval from `low` to `high`.
    ///
    /// # Errors
    /// As [`RowSums::upto`].
    pub fn part_ends(&self, low: u32, high: u32) -> Result<Vec<Hash>, AuditError> {
        let ends: Vec<u32> = (1..=parts(low, high))
            .map(|part| boundary(low, high, part))
            .collect();
        self.commitments(&ends)
    }

    /// Whether `sums` of all rows satisfy the row's equation within what rounding allows.
    ///
    /// # Errors
    /// As [`RowSums::upto`].
    pub fn is_met_by(&self, sums: &Sums) -> Result<bool, AuditError> {
        let rows = self.features.len();
        let row = self.row;
        let own = self
            .features
            .rows()
            .nth(row)
            .ok_or(AuditError::NoSuchRow { row, rows })?;
        let claim = Claim {
            influence: &self.influence,
            label: own.label,
            features: own.features,
            logits: &logits(&self.head.weight, &self.head.bias, own.features)?,
            row_bits: self.row_bits,
            lambda: self.lambda,
            // a file of features has fewer than 2^32 rows
            rows: rows as u32,
        };
        Ok(claim.is_met_by(sums)?)
    }

    fn zero(&self) -> Sums {
        Sums::zero(self.features.classes(), self.features.dims())
    }

    fn add(&self, sums: &mut Sums, row: FeatureRow<'_>) -> Result<(), AuditError> {
        let answer = logits(&self.head.weight, &self.head.bias, row.features)?;
        Ok(sums.add(&self.influence, row.features, &answer)?)
    }
}
