// SPDX-License-Identifier: Apache-2.0
//! Whether a released index is what its features and head make it: row by row, by whoever has the three files.
//!
//! The influence of a row is checked in the integers of [`openledger_fixed::equation`], which allow what rounding
//! explains and nothing more: what that finds wrong, a dispute on the chain finds wrong. All else follows exactly
//! ([`crate::flaws`]), and is proved to the chain in one call.

use openledger_fixed::{
    equation::{Claim, Sums},
    flaws::Itself,
    logits, ShapeMismatch,
};
use openledger_trainer::{
    features::{FeatureRow, Features},
    head::Head,
};

use crate::{
    flaws::{Examiner, Flaw, Found},
    index::Index,
    merkle::features_root,
};

/// What is wrong with a released row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Its influence does not satisfy its equation.
    Influence {
        /// The largest difference of the two sides, in parts of what rounding allows: above one.
        excess: f64,
    },
    /// Something else is false, about it or about the row before it in its cluster's list.
    Flaw(Found),
}

/// Features, head and index are not of one release.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// They have different shapes.
    #[error("features, head and index are not of one release: {0}")]
    Shape(#[from] ShapeMismatch),
    /// There is no such row.
    #[error("the index has {rows} rows, so none with number {row}")]
    NoSuchRow {
        /// Asked for.
        row: usize,
        /// There are.
        rows: usize,
    },
    /// The tables of contributions differ.
    #[error("features and index name different contributions")]
    Contributions,
    /// The index names the root of other features.
    #[error("these are not the features that the index was built from")]
    Features,
}

/// An index beside what it was made of.
#[derive(Debug)]
pub struct Auditor<'a> {
    index: &'a Index,
    examiner: Examiner<'a>,
    rows: Vec<FeatureRow<'a>>,
    logits: Vec<Vec<i32>>,
}

/// Refuses files that are not of one release. O(n·d): the features are hashed.
pub(crate) fn same_release(index: &Index, features: &Features, head: &Head) -> Result<(), AuditError> {
    let same = |what, expected: usize, found: usize| match expected == found {
        true => Ok(()),
        false => Err(ShapeMismatch {
            what,
            expected,
            found,
        }),
    };
    same("features' rows", index.len(), features.len())?;
    same("features", index.dims(), features.dims())?;
    same("features' classes", index.classes(), features.classes())?;
    same("head", index.classes(), head.bias.len())?;
    if !index.contributions().eq(features.contributions()) {
        return Err(AuditError::Contributions);
    }
    if index.features_root() != features_root(features) {
        return Err(AuditError::Features);
    }
    Ok(())
}

impl<'a> Auditor<'a> {
    /// Prepares an audit of the release of `index`. O(n·C·d), and the search for near-duplicates.
    ///
    /// # Errors
    /// [`AuditError`] except [`AuditError::NoSuchRow`].
    pub fn new(index: &'a Index, features: &'a Features, head: &'a Head) -> Result<Self, AuditError> {
        let examiner = Examiner::new(index, features, head)?;
        let rows: Vec<FeatureRow<'_>> = features.rows().collect();
        let answers: Result<Vec<_>, _> = rows
            .iter()
            .map(|row| logits(&head.weight, &head.bias, row.features))
            .collect();
        Ok(Self {
            index,
            examiner,
            logits: answers?,
            rows,
        })
    }

    /// What is wrong with row `row`. O(n·C·d).
    ///
    /// # Errors
    /// [`AuditError::NoSuchRow`].
    pub fn row(&self, row: usize) -> Result<Vec<Fault>, AuditError> {
        let rows = self.index.len();
        let released = self.index.row(row).ok_or(AuditError::NoSuchRow { row, rows })?;
        // fewer than 2^32 rows
        let found = self.examiner.row(row as u32)?;
        let mut faults: Vec<Fault> = found.iter().copied().map(Fault::Flaw).collect();
        // without a contribution and a label that are its own it has no equation
        if matches!(
            found[..],
            [Found {
                flaw: Flaw::Itself(Itself::OtherRow | Itself::OutOfRange),
                ..
            }]
        ) {
            return Ok(faults);
        }
        let mut influence = Vec::new();
        released.read_influence(&mut influence);
        let excess = self.excess(row, &influence)?;
        if excess > 1.0 {
            faults.push(Fault::Influence { excess });
        }
        Ok(faults)
    }

    /// The largest difference of the two sides of a row's equation, in parts of what rounding allows.
    fn excess(&self, row: usize, influence: &[i16]) -> Result<f64, ShapeMismatch> {
        let own = &self.rows[row];
        let mut sums = Sums::zero(self.index.classes(), self.index.dims());
        for (other, logits) in self.rows.iter().zip(&self.logits) {
            sums.add(influence, other.features, logits)?;
        }
        let claim = Claim {
            influence,
            label: own.label,
            features: own.features,
            logits: &self.logits[row],
            row_bits: self.index.row_bits(),
            lambda: self.index.lambda(),
            rows: self.rows.len() as u32,
        };
        let parts = claim.residual(&sums)?;
        Ok(parts
            .into_iter()
            .map(|(side, allowed)| side.unsigned_abs() as f64 / allowed as f64)
            .fold(0.0, f64::max))
    }
}
