// SPDX-License-Identifier: Apache-2.0
//! Division of a whole into shares that sum to it exactly.

use alloc::vec::Vec;

/// Splits `amount` in proportion to `weights`; the parts sum to `amount` exactly.
///
/// Each part is rounded down; the units left over go one each to the largest remainders, ties to the lowest index.
/// Without a positive weight there is nobody to give to: every part is zero and the amount stays with the caller.
/// O(n log n).
pub fn split_by_weights(amount: u128, weights: &[u32]) -> Vec<u128> {
    let total = weights
        .iter()
        .fold(0u128, |sum, weight| sum.saturating_add(u128::from(*weight)));
    let weights: Vec<u128> = weights.iter().map(|weight| u128::from(*weight)).collect();
    apportion(amount, &weights, total)
}

/// Largest-remainder shares `floor(amount · part / total)` of `parts`, topped up so that they sum to
/// `floor(amount · sum(parts) / total)`. `sum(parts)` is at most `total`, and `total · max(parts)` below 2^128.
pub(crate) fn apportion(amount: u128, parts: &[u128], total: u128) -> Vec<u128> {
    let (Some(whole), Some(rest)) = (amount.checked_div(total), amount.checked_rem(total)) else {
        return parts.iter().map(|_| 0).collect();
    };
    // amount · part / total, without a product that could exceed 128 bits
    let share_of = |part: u128| {
        let product = rest.saturating_mul(part);
        let share = whole
            .saturating_mul(part)
            .saturating_add(product.checked_div(total).unwrap_or(0));
        (share, product.checked_rem(total).unwrap_or(0))
    };
    let (mut shares, remainders): (Vec<u128>, Vec<u128>) = parts.iter().map(|part| share_of(*part)).unzip();
    let (target, _) = share_of(parts.iter().fold(0u128, |sum, part| sum.saturating_add(*part)));
    let given = shares.iter().fold(0u128, |sum, share| sum.saturating_add(*share));
    let left = usize::try_from(target.saturating_sub(given)).unwrap_or(usize::MAX);

    let mut order: Vec<(core::cmp::Reverse<u128>, usize)> = remainders
        .into_iter()
        .enumerate()
        .map(|(index, rest)| (core::cmp::Reverse(rest), index))
        .collect();
    order.sort_unstable();
    for (_, index) in order.into_iter().take(left) {
        if let Some(share) = shares.get_mut(index) {
            *share = share.saturating_add(1);
        }
    }
    shares
}
