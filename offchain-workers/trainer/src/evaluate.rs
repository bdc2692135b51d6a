// SPDX-License-Identifier: Apache-2.0
//! Accuracy of a head, by the integers that answers are made of.

use openledger_fixed::{argmax, logits, ShapeMismatch};

use crate::{features::Features, head::Head};

/// Right answers among all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuracy {
    /// Rows whose answer is their label.
    pub right: usize,
    /// Rows.
    pub total: usize,
}

impl Accuracy {
    /// The share of right answers; zero of nothing.
    pub fn share(&self) -> f64 {
        if self.total == 0 {
            0.0
        } else {
            self.right as f64 / self.total as f64
        }
    }
}

/// Answers every row of `features` with `head` through [`openledger_fixed`] and counts the right ones. O(n·C·d).
///
/// # Errors
/// [`ShapeMismatch`] if the head has another number of features.
pub fn accuracy(head: &Head, features: &Features) -> Result<Accuracy, ShapeMismatch> {
    let mut accuracy = Accuracy {
        right: 0,
        total: features.len(),
    };
    for row in features.rows() {
        let answer = argmax(&logits(&head.weight, &head.bias, row.features)?);
        accuracy.right += usize::from(answer == Some(usize::from(row.label)));
    }
    Ok(accuracy)
}
