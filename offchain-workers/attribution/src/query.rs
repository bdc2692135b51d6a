// SPDX-License-Identifier: Apache-2.0
//! What contributions did for one answer.

use openledger_fixed::{delta, help, logits, pay_score, report, ShapeMismatch, REPORT_ENTRIES};
use openledger_trainer::{features::ContributionKey, head::Head};

use crate::index::Index;

/// The gradient of an answer's own loss in two factors, `delta [C] ⊗ [features [d], 1]`, checked to fit an index.
#[derive(Clone, Debug)]
struct Gradient<'a> {
    delta: Vec<i16>,
    features: &'a [i16],
}

impl Index {
    /// Scores of all contributions, in the order of the table, for the answer that `head` gives to
    /// `features [d]`: the sum over a contribution's rows of
    /// [`pay_score`]`(`[`help`]`, loo)`. O(n·C·d), one pass over the file.
    ///
    /// # Errors
    /// [`ShapeMismatch`] if features or head have another shape than the index.
    pub fn query(&self, features: &[i16], head: &Head) -> Result<Vec<(ContributionKey, i64)>, ShapeMismatch> {
        let mut scores: Vec<(ContributionKey, i64)> = self.contributions().map(|key| (key, 0)).collect();
        self.for_each_score(features, head, |ordinal, score| {
            let sum = &mut scores[ordinal as usize].1;
            *sum = sum.saturating_add(score);
        })?;
        Ok(scores)
    }

    /// Scores of all rows, in order: what [`Index::query`] sums up.
    ///
    /// # Errors
    /// As [`Index::query`].
    pub fn query_rows(&self, features: &[i16], head: &Head) -> Result<Vec<i64>, ShapeMismatch> {
        let mut scores = Vec::with_capacity(self.len());
        self.for_each_score(features, head, |_, score| scores.push(score))?;
        Ok(scores)
    }

    /// The report of an answer: at most [`REPORT_ENTRIES`] weights of either sign, as [`report`] makes them.
    ///
    /// # Errors
    /// As [`Index::query`].
    pub fn report(
        &self,
        features: &[i16],
        head: &Head,
    ) -> Result<Vec<(ContributionKey, i32)>, ShapeMismatch> {
        Ok(report(&self.query(features, head)?, REPORT_ENTRIES))
    }

    fn for_each_score(
        &self,
        features: &[i16],
        head: &Head,
        mut take: impl FnMut(u32, i64),
    ) -> Result<(), ShapeMismatch> {
        let gradient = self.gradient(features, head)?;
        let mut influence = Vec::with_capacity(self.classes() * (self.dims() + 1));
        for row in self.rows() {
            row.read_influence(&mut influence);
            let help = help(&influence, &gradient.delta, gradient.features)?;
            take(row.ordinal, pay_score(help, row.loo));
        }
        Ok(())
    }

    fn gradient<'a>(&self, features: &'a [i16], head: &Head) -> Result<Gradient<'a>, ShapeMismatch> {
        let check = |what, expected, found| {
            (expected == found).then_some(()).ok_or(ShapeMismatch {
                what,
                expected,
                found,
            })
        };
        check("features", self.dims(), features.len())?;
        check("head", self.classes(), head.bias.len())?;
        Ok(Gradient {
            delta: delta(&logits(&head.weight, &head.bias, features)?),
            features,
        })
    }
}
