// SPDX-License-Identifier: Apache-2.0
//! Whether a released index is what its features and head make it: row by row, by whoever has the three files.
//!
//! The influence of a row is checked in the integers of [`openledger_fixed::curvature`], which allow what rounding
//! explains and nothing more. What that finds wrong is wrong whoever computes it.

use openledger_fixed::{
    curvature::{curvature, curvature_allowance, gradient, gradient_allowance, regulariser, LAMBDA_BITS},
    logits, ShapeMismatch, FEATURE_BITS, WEIGHT_BITS,
};
use openledger_trainer::{
    features::{FeatureRow, Features},
    head::Head,
};

use crate::{clusters::clusters, index::Index};

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
}

/// An index beside what it was made of.
#[derive(Debug)]
pub struct Auditor<'a> {
    index: &'a Index,
    head: &'a Head,
    rows: Vec<FeatureRow<'a>>,
    logits: Vec<Vec<i32>>,
    leaders: Vec<u32>,
    lambda: f64,
}

impl<'a> Auditor<'a> {
    /// Prepares an audit of the release of `index`, which was trained with `lambda`. O(n·C·d), and the search for
    /// near-duplicates.
    ///
    /// # Errors
    /// [`AuditError::Shape`], [`AuditError::Contributions`].
    pub fn new(
        index: &'a Index,
        features: &'a Features,
        head: &'a Head,
        lambda: f64,
    ) -> Result<Self, AuditError> {
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
        if !index.contributions().eq(features.contributions().iter().copied()) {
            return Err(AuditError::Contributions);
        }
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
            lambda,
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
        let (n, bits) = (self.rows.len() as i128, self.index.row_bits());
        let lambda = (self.lambda * 2f64.powi(LAMBDA_BITS as i32)).round() as u32;
        let own = &self.rows[row];
        let mut sides: Vec<i128> = gradient(own.label, own.features, &self.logits[row], bits)?
            .into_iter()
            .zip(regulariser(influence, lambda))
            .map(|(gradient, regulariser)| n * (regulariser - gradient))
            .collect();
        let mut allowed: Vec<i128> = gradient_allowance(own.features, bits, lambda)
            .into_iter()
            .map(|allowed| n * allowed)
            .collect();
        for (other, logits) in self.rows.iter().zip(&self.logits) {
            let term = curvature(influence, other.features, logits)?;
            sides.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
            let more = curvature_allowance(influence, other.features, logits.len())?;
            allowed.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        let parts = sides.iter().zip(allowed.iter().cycle());
        Ok(parts
            .map(|(side, allowed)| side.abs() as f64 / *allowed as f64)
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
