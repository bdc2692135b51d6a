// SPDX-License-Identifier: Apache-2.0
//! Whether a released index is what its features and head make it: row by row, by whoever has the three files.
//!
//! The influence of a row is checked in the integers of [`openledger_fixed::equation`], which allow what rounding
//! explains and nothing more: what that finds wrong, a dispute on the chain finds wrong.

use openledger_fixed::{
    equation::{Claim, Sums},
    logits, ShapeMismatch, FEATURE_BITS, WEIGHT_BITS,
};
use openledger_trainer::{
    features::{FeatureRow, Features},
    head::Head,
};

use crate::{clusters::clusters, index::Index, merkle::features_root};

/// What is wrong with a released row.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Its contribution or label is not that of the features' row.
    OtherRow,
    /// Its influence does not satisfy its equation.
    Influence {
        /// The largest difference of the two sides, in parts of what rounding allows: above one.
        excess: f64,
    },
    /// Its leave-one-out probability, with 16 fraction bits, is another one.
    LeaveOneOut {
        /// What is released.
        released: u16,
        /// What follows from head and influence.
        due: f64,
    },
    /// It is said to be a near-duplicate of another row than it is.
    Leader {
        /// What is released.
        released: u32,
        /// What follows from the features.
        due: u32,
    },
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
    head: &'a Head,
    rows: Vec<FeatureRow<'a>>,
    logits: Vec<Vec<i32>>,
    leaders: Vec<u32>,
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
        same_release(index, features, head)?;
        let rows: Vec<FeatureRow<'_>> = features.rows().collect();
        let answers: Result<Vec<_>, _> = rows
            .iter()
            .map(|row| logits(&head.weight, &head.bias, row.features))
            .collect();
        let registered: Vec<u64> = (0..features.contributions().len())
            .map(|ordinal| index.registered(ordinal))
            .collect();
        Ok(Self {
            index,
            head,
            logits: answers?,
            leaders: clusters(features, &registered, index.threshold()),
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
        let own = &self.rows[row];
        if (own.ordinal, own.label) != (released.ordinal, released.label) {
            return Ok(vec![Fault::OtherRow]);
        }
        let mut influence = Vec::new();
        released.read_influence(&mut influence);
        let mut faults = Vec::new();
        let excess = self.excess(row, &influence)?;
        if excess > 1.0 {
            faults.push(Fault::Influence { excess });
        }
        let (due, allowed) = self.leave_one_out(row);
        if (f64::from(released.loo) - due).abs() > allowed {
            let released = released.loo;
            faults.push(Fault::LeaveOneOut { released, due });
        }
        if self.leaders[row] != released.leader {
            let (released, due) = (released.leader, self.leaders[row]);
            faults.push(Fault::Leader { released, due });
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

    /// The probability that the head without the row and its near-duplicates gives to its label, with 16 fraction bits,
    /// and by how much rounding may change it.
    fn leave_one_out(&self, row: usize) -> (f64, f64) {
        let own = &self.rows[row];
        let (mut left_out, mut numbers) = (
            vec![0i64; self.index.classes() * (self.index.dims() + 1)],
            Vec::new(),
        );
        let mut members = 0.0;
        for (other, leader) in self.index.rows().zip(&self.leaders) {
            if *leader == self.leaders[row] {
                members += 1.0;
                other.read_influence(&mut numbers);
                left_out
                    .iter_mut()
                    .zip(&numbers)
                    .for_each(|(sum, r)| *sum += i64::from(*r));
            }
        }
        let unit = |bits: u32| 2f64.powi(-(bits as i32));
        let place = 2f64.powi(-i32::from(self.index.row_bits()));
        let inputs: Vec<f64> = own
            .features
            .iter()
            .map(|x| f64::from(*x) * unit(FEATURE_BITS))
            .chain([1.0])
            .collect();
        let n = self.rows.len() as f64;
        let logits: Vec<f64> = left_out
            .chunks_exact(inputs.len())
            .zip(self.head.weight.chunks_exact(inputs.len() - 1))
            .zip(&self.head.bias)
            .map(|((left_out, weight), bias)| {
                let weights = weight
                    .iter()
                    .chain([bias])
                    .map(|w| f64::from(*w) * unit(WEIGHT_BITS));
                let moved = left_out.iter().map(|r| *r as f64 * place / n);
                weights
                    .zip(moved)
                    .zip(&inputs)
                    .map(|((w, moved), x)| (w + moved) * x)
                    .sum()
            })
            .collect();
        let top = logits.iter().copied().fold(f64::MIN, f64::max);
        let powers: Vec<f64> = logits.iter().map(|logit| (logit - top).exp()).collect();
        let due = powers[usize::from(own.label)] / powers.iter().sum::<f64>();
        let norm: f64 = inputs.iter().map(|x| x.abs()).sum();
        // half a last place of every number, and a probability moves by at most half of what the logits do
        let error = norm * (members * place / n + unit(WEIGHT_BITS)) / 4.0;
        (due * 65_536.0, error * 65_536.0 + 1.0)
    }
}
