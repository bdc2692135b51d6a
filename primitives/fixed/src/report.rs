// SPDX-License-Identifier: Apache-2.0
//! From scores of contributions to the weights that a report carries.

use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::{shares::apportion, WEIGHT_ONE};

/// The `k` highest positive and the `k` lowest negative scores as weights in parts of [`WEIGHT_ONE`], ordered by
/// key, without zeros.
///
/// * Scores of equal keys are added up first. Of equal scores the lower key goes first.
/// * Positive weights are shares of the chosen positive scores' sum; they add up to [`WEIGHT_ONE`] exactly, unless
///   no score is positive.
/// * Negative weights have the same denominator, or the chosen negative scores' own sum if that is larger, so their
///   absolute values add up to at most [`WEIGHT_ONE`].
/// * Rounding is by largest remainder, ties to the lower key. O(n log n).
pub fn report<K: Ord + Copy>(scores: &[(K, i64)], k: usize) -> Vec<(K, i32)> {
    let scores = merged(scores);
    let positive = strongest(&scores, k, |score| score > 0);
    let negative = strongest(&scores, k, |score| score < 0);
    let (gained, lost) = (sum(&positive), sum(&negative));

    let mut weights: Vec<(K, i32)> = weights_of(&positive, gained).collect();
    weights
        .extend(weights_of(&negative, gained.max(lost)).map(|(key, weight)| (key, weight.saturating_neg())));
    weights.retain(|(_, weight)| *weight != 0);
    weights.sort_unstable_by_key(|(key, _)| *key);
    weights
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

fn weights_of<K: Copy>(entries: &[(K, u128)], total: u128) -> impl Iterator<Item = (K, i32)> + '_ {
    let sizes: Vec<u128> = entries.iter().map(|(_, size)| *size).collect();
    let shares = apportion(u128::from(WEIGHT_ONE), &sizes, total);
    entries
        .iter()
        .zip(shares)
        .map(|((key, _), share)| (*key, i32::try_from(share).unwrap_or(i32::MAX)))
}
