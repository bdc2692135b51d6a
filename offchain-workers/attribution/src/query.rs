// SPDX-License-Identifier: Apache-2.0
//! What contributions did for one answer.

use openledger_fixed::{delta, logits, pay_score, report, ShapeMismatch, REPORT_ENTRIES};
use openledger_trainer::{features::ContributionKey, head::Head};

use crate::{
    index::{Index, ROW_HEADER_BYTES},
    kernel::{Gradient, Kernel},
};

/// Rows whose inner products are computed together; their first bytes are still in the cache afterwards.
const BLOCK: usize = 64;

impl Index {
    /// Scores of all contributions, in the order of the table, for the answer that `head` gives to
    /// `features [d]`: the sum of [`pay_score`]`(`[`help`](openledger_fixed::help)`, loo)` over the contribution's
    /// rows that lead their cluster, which for most rows is a cluster of one. O(n·C·d), one pass over the file.
    ///
    /// # Errors
    /// [`ShapeMismatch`] if features or head have another shape than the index.
    pub fn query(&self, features: &[i16], head: &Head) -> Result<Vec<(ContributionKey, i64)>, ShapeMismatch> {
        self.query_with(Kernel::best(), features, head)
    }

    /// [`Index::query`] by a kernel of the caller's choice; all give the same scores.
    ///
    /// # Errors
    /// As [`Index::query`].
    pub fn query_with(
        &self,
        kernel: Kernel,
        features: &[i16],
        head: &Head,
    ) -> Result<Vec<(ContributionKey, i64)>, ShapeMismatch> {
        let mut scores: Vec<(ContributionKey, i64)> = self.contributions().map(|key| (key, 0)).collect();
        self.for_each_score(kernel, features, head, |ordinal, score| {
            let sum = &mut scores[ordinal as usize].1;
            *sum = sum.saturating_add(score);
        })?;
        Ok(scores)
    }

    /// Scores of all rows, in order: what [`Index::query`] sums up. Zero for near-duplicates of an earlier row.
    ///
    /// # Errors
    /// As [`Index::query`].
    pub fn query_rows(&self, features: &[i16], head: &Head) -> Result<Vec<i64>, ShapeMismatch> {
        let mut scores = Vec::with_capacity(self.len());
        self.for_each_score(Kernel::best(), features, head, |_, score| scores.push(score))?;
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

    /// Gives each row's score, with the ordinal of its contribution.
    fn for_each_score(
        &self,
        kernel: Kernel,
        features: &[i16],
        head: &Head,
        mut take: impl FnMut(u32, i64),
    ) -> Result<(), ShapeMismatch> {
        let mut gradient = self.gradient(kernel, features, head)?;
        let (mut rows, mut helps) = (self.rows().enumerate(), [0; BLOCK]);
        for start in (0..self.len()).step_by(BLOCK) {
            let helps = &mut helps[..BLOCK.min(self.len() - start)];
            let from = self.row_start(start) + ROW_HEADER_BYTES;
            gradient.helps(self.as_bytes(), from, self.row_length(), helps)?;
            for (help, (number, row)) in helps.iter().zip(rows.by_ref()) {
                // a cluster is one row, and it is its leader's
                let leads = row.leader as usize == number;
                take(row.ordinal, if leads { pay_score(*help, row.loo) } else { 0 });
            }
        }
        Ok(())
    }

    fn gradient(&self, kernel: Kernel, features: &[i16], head: &Head) -> Result<Gradient, ShapeMismatch> {
        let check = |what, expected, found| {
            (expected == found).then_some(()).ok_or(ShapeMismatch {
                what,
                expected,
                found,
            })
        };
        check("features", self.dims(), features.len())?;
        check("head", self.classes(), head.bias.len())?;
        let delta = delta(&logits(&head.weight, &head.bias, features)?);
        Ok(Gradient::new(kernel, delta, features))
    }
}
