// SPDX-License-Identifier: Apache-2.0
//! The leave-one-out probability of every row, those that do not lead a cluster included: for curators and measurements.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

use openledger_fixed::{
    cluster::{add, leave_one_out},
    logits, FEATURE_BITS,
};
use openledger_trainer::{features::Features, head::Head};

use crate::{
    audit::{same_release, AuditError},
    index::Index,
};

impl Index {
    /// Of each row, the probability that the head without the row's whole cluster gives to the row's label, with 16
    /// fraction bits: for rows that lead, what the index says. O(n·C·d); memory 8 bytes for each parameter and cluster with
    /// more than one row.
    ///
    /// # Errors
    /// [`AuditError`] if features or head are of another release.
    pub fn leave_one_out(&self, features: &Features, head: &Head) -> Result<Vec<u16>, AuditError> {
        same_release(self, features, head)?;
        let width = self.dims() + 1;
        let led: BTreeSet<u32> = (0u32..)
            .zip(self.rows())
            .filter(|(number, row)| row.leader != *number)
            .map(|(_, row)| row.leader)
            .collect();
        // what the rows of each cluster with more than one add up to `[C, d + 1]`
        let mut influence: BTreeMap<u32, Vec<i64>> = led
            .into_iter()
            .map(|leader| (leader, vec![0; self.classes() * width]))
            .collect();
        let mut numbers = Vec::new();
        for row in self.rows() {
            if let Some(sum) = influence.get_mut(&row.leader) {
                row.read_influence(&mut numbers);
                let row: Vec<i64> = numbers.iter().map(|r| i64::from(*r)).collect();
                add(sum, &row);
            }
        }
        self.rows()
            .zip(features.rows())
            .map(|(row, own)| {
                let Some(influence) = influence.get(&row.leader) else {
                    return Ok(row.loo);
                };
                let inputs = || {
                    own.features
                        .iter()
                        .map(|x| i64::from(*x))
                        .chain([1 << FEATURE_BITS])
                };
                let sums: Vec<i64> = influence
                    .chunks_exact(width)
                    .map(|class| {
                        iter::zip(class, inputs())
                            .fold(0i64, |sum, (r, x)| sum.saturating_add(r.saturating_mul(x)))
                    })
                    .collect();
                let logits = logits(&head.weight, &head.bias, own.features)?;
                // fewer than 2^32 rows
                let rows = self.len() as u32;
                Ok(leave_one_out(&logits, &sums, own.label, self.row_bits(), rows)?)
            })
            .collect()
    }
}
