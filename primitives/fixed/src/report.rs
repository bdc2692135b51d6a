// SPDX-License-Identifier: Apache-2.0
//! From scores of contributions to the weights that a report carries.

use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::{shares::apportion, WEIGHT_ONE};

/// A score that is strong enough for a report, and its weight there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed<K> {
    /// What has the score.
    pub key: K,
    /// Never zero.
    pub score: i64,
    /// Signed parts of [`WEIGHT_ONE`]; zero for a score that is nothing beside the others.
    pub weight: i32,
}

/// The `k` highest positive and the `k` lowest negative scores with their weights in parts of [`WEIGHT_ONE`], ordered
/// by key.
///
/// * Scores of equal keys are added up first. Of equal scores the lower key goes first.
/// * Positive weights are shares of the chosen positive scores' sum; they add up to [`WEIGHT_ONE`] exactly, unless
///   no score is positive.
/// * Negative weights have the same denominator, or the chosen negative scores' own sum if that is larger, so their
///   absolute values add up to at most [`WEIGHT_ONE`].
/// * Rounding is by largest remainder, ties to the lower key. O(n log n).
///
/// The weights follow from the chosen scores alone: what this gives of its own result is the result.
pub fn weighed<K: Ord + Copy>(scores: &[(K, i64)], k: usize) -> Vec<Weighed<K>> {
    weighed_within(scores, k, WEIGHT_ONE)
}

/// [`weighed`] in parts of `whole`.
pub(crate) fn weighed_within<K: Ord + Copy>(scores: &[(K, i64)], k: usize, whole: u32) -> Vec<Weighed<K>> {
    let scores = merged(scores);
    let positive = strongest(&scores, k, |score| score > 0);
    let negative = strongest(&scores, k, |score| score < 0);
    let (gained, lost) = (sum(&positive), sum(&negative));

    let mut entries: Vec<Weighed<K>> = weights_of(&positive, gained, whole).collect();
    entries.extend(
        weights_of(&negative, gained.max(lost), whole).map(|entry| Weighed {
            score: entry.score.saturating_neg(),
            weight: entry.weight.saturating_neg(),
            ..entry
        }),
    );
    entries.sort_unstable_by_key(|entry| entry.key);
    entries
}

/// The weights of [`weighed`] alone, without zeros.
pub fn report<K: Ord + Copy>(scores: &[(K, i64)], k: usize) -> Vec<(K, i32)> {
    weighed(scores, k)
        .into_iter()
        .filter(|entry| entry.weight != 0)
        .map(|entry| (entry.key, entry.weight))
        .collect()
}

/// One entry a key, ordered by key.
fn merged<K: Ord + Copy>(scores: &[(K, i64)]) -> Vec<(K, i64)> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<(K, i64)> = Vec::with_capacity(sorted.len());
    for (key, score) in sorted {
        match merged.last_mut() {
            Some((last, sum)) if *last == key => *sum = sum.saturating_add(score),
            _ => merged.push((key, score)),
        }
    }
    merged
}

/// The `k` entries of the wanted sign with the largest absolute scores, ordered by key.
fn strongest<K: Ord + Copy>(scores: &[(K, i64)], k: usize, wanted: impl Fn(i64) -> bool) -> Vec<(K, u128)> {
    let mut chosen: Vec<(Reverse<u64>, K)> = scores
        .iter()
        .filter(|(_, score)| wanted(*score))
        .map(|(key, score)| (Reverse(score.unsigned_abs()), *key))
        .collect();
    chosen.sort_unstable();
    chosen.truncate(k);
    let mut chosen: Vec<(K, u128)> = chosen
        .into_iter()
        .map(|(Reverse(size), key)| (key, u128::from(size)))
        .collect();
    chosen.sort_unstable_by_key(|(key, _)| *key);
    chosen
}

fn sum<K>(entries: &[(K, u128)]) -> u128 {
    entries
        .iter()
        .fold(0u128, |sum, (_, size)| sum.saturating_add(*size))
}

/// Sizes with their weights, all positive.
fn weights_of<K: Copy>(
    entries: &[(K, u128)],
    total: u128,
    whole: u32,
) -> impl Iterator<Item = Weighed<K>> + '_ {
    let sizes: Vec<u128> = entries.iter().map(|(_, size)| *size).collect();
    let shares = apportion(u128::from(whole), &sizes, total);
    entries.iter().zip(shares).map(|((key, size), share)| Weighed {
        key: *key,
        // `i64::MIN` alone does not fit; no sum of rows is ever near it
        score: i64::try_from(*size).unwrap_or(i64::MAX),
        weight: i32::try_from(share).unwrap_or(i32::MAX),
    })
}
