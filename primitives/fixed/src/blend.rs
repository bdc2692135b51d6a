// SPDX-License-Identifier: Apache-2.0
//! One report from several kinds of evidence.

use alloc::vec::Vec;

use crate::{report::weighed_within, shares::apportion, weighed, Weighed, WEIGHT_ONE};

/// What one kind of evidence says.
#[derive(Clone, Copy, Debug)]
pub struct Kind<'a, K> {
    /// How much it counts, in parts of the sum over the kinds that say something.
    pub weight: u16,
    /// Raw scores in the kind's own unit; those of equal keys are added up.
    pub scores: &'a [(K, i64)],
}

/// The entries of a report by several kinds of evidence, for each kind its own: the `k` strongest scores of either sign,
/// ordered by key.
///
/// Scores of two kinds have different units and do not add up. So one is divided between the kinds by their weights
/// first, with largest remainders, and a kind's part between its scores as [`weighed`] does. Over all kinds the positive
/// weights sum to [`WEIGHT_ONE`] exactly, and the negative ones to at most that.
///
/// * A kind without a positive score says nothing: harm alone earns nothing and takes nothing back. The others have its
///   part in proportion.
/// * Nor does a kind of no weight, unless no other says anything. So one kind alone gives its own report, whatever it
///   counts.
/// * Each kind's weights follow from the chosen scores alone: what this gives of its own result is the result.
///   O(n log n).
pub fn blend<K: Ord + Copy>(kinds: &[Kind<'_, K>], k: usize) -> Vec<Vec<Weighed<K>>> {
    let helps = |kind: &Kind<'_, K>| weighed(kind.scores, k).iter().any(|entry| entry.score > 0);
    let mut parts: Vec<u128> = kinds
        .iter()
        .map(|kind| match helps(kind) {
            true => u128::from(kind.weight),
            false => 0,
        })
        .collect();
    if parts.iter().all(|part| *part == 0) {
        parts = kinds.iter().map(|kind| u128::from(helps(kind))).collect();
    }
    let total = parts.iter().fold(0u128, |sum, part| sum.saturating_add(*part));
    let shares = apportion(u128::from(WEIGHT_ONE), &parts, total);
    kinds
        .iter()
        .zip(parts.iter().zip(shares))
        .map(|(kind, (part, share))| match part {
            0 => Vec::new(),
            _ => weighed_within(kind.scores, k, u32::try_from(share).unwrap_or(WEIGHT_ONE)),
        })
        .collect()
}
