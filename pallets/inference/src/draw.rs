// SPDX-License-Identifier: Apache-2.0
//! The draw of a committee: a pure function of a seed and the stakes.

use alloc::vec::Vec;
use openledger_primitives::money::Balance;
use sp_core::{H256, U256};
use sp_io::hashing::blake2_256;

/// Draws up to `k` different places of `stakes`, each with a chance that is proportional to its stake among those that
/// are left. Returns them in the order in which they were drawn; fewer than `k` when fewer stakes are above zero.
///
/// Round `n` takes `BLAKE2b-256(seed ‖ n) mod total` as a point on the line of the stakes that are left. The stakes
/// must not sum to more than 2^128; a sum that does is cut, so that the last places are drawn less often.
///
/// Time: `O(k · stakes)`.
pub fn draw(seed: H256, stakes: &[Balance], k: u8) -> Vec<usize> {
    let mut left: Vec<(usize, Balance)> = stakes
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, stake)| *stake > 0)
        .collect();
    let mut drawn = Vec::new();
    for round in 0..k {
        let total = left
            .iter()
            .fold(0u128, |sum, (_, stake)| sum.saturating_add(*stake));
        let Some(mut point) = point_below(seed, round, total) else {
            break;
        };
        let chosen = left
            .iter()
            .position(|(_, stake)| match point.checked_sub(*stake) {
                Some(rest) => {
                    point = rest;
                    false
                }
                None => true,
            });
        let Some(chosen) = chosen else { break };
        drawn.push(left.remove(chosen).0);
    }
    drawn
}

/// A point of `0..total` for a round of a draw. `None` when there is nothing to draw from.
fn point_below(seed: H256, round: u8, total: Balance) -> Option<Balance> {
    let mut bytes = Vec::from(seed.as_bytes());
    bytes.push(round);
    let hash = U256::from_big_endian(&blake2_256(&bytes));
    // 256 bits modulo at most 128 bits: no point is favoured by more than one in 2^128.
    hash.checked_rem(U256::from(total))
        .and_then(|point| point.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seed(n: u32) -> H256 {
        H256(blake2_256(&n.to_le_bytes()))
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        assert!(draw(seed(0), &[], 3).is_empty());
        assert!(draw(seed(0), &[0, 0], 1).is_empty());
        assert!(draw(seed(0), &[5], 0).is_empty());
    }

    #[test]
    fn the_whole_list_is_drawn_when_it_is_no_longer_than_the_committee() {
        let mut drawn = draw(seed(1), &[1, u128::MAX / 2, 7, 0], 7);
        drawn.sort_unstable();
        assert_eq!(drawn, vec![0, 1, 2]);
    }

    #[test]
    fn a_draw_is_a_function_of_its_seed() {
        let stakes = [10, 20, 30, 40, 50];
        assert_eq!(draw(seed(3), &stakes, 3), draw(seed(3), &stakes, 3));
        assert!((0..20).any(|n| draw(seed(n), &stakes, 3) != draw(seed(n + 1), &stakes, 3)));
    }

    #[test]
    fn chances_follow_the_stakes_in_the_first_round() {
        let stakes = [1_000u128, 3_000, 6_000];
        let rounds = 20_000u32;
        let mut hits = [0u32; 3];
        for n in 0..rounds {
            hits[draw(seed(n), &stakes, 1)[0]] += 1;
        }
        for (hit, share) in hits.iter().zip([0.1, 0.3, 0.6]) {
            // five standard deviations of the least certain one
            let expected = f64::from(rounds) * share;
            assert!((f64::from(*hit) - expected).abs() < 350.0, "{hits:?}");
        }
    }

    #[test]
    fn chances_follow_the_stakes_that_are_left_in_the_second_round() {
        let stakes = [5_000u128, 2_500, 2_500];
        let rounds = 20_000u32;
        // place 0 is drawn second when another was first: (0.25 * 0.5 / 0.75) * 2
        let second = (0..rounds).filter(|n| draw(seed(*n), &stakes, 2)[1] == 0).count() as f64;
        assert!((second - f64::from(rounds) / 3.0).abs() < 350.0, "{second}");
    }

    proptest! {
        #[test]
        fn drawn_places_are_different_and_have_stakes(
            n: u32,
            stakes in proptest::collection::vec(0u128..1 << 90, 0..70),
            k in 0u8..=7,
        ) {
            let drawn = draw(seed(n), &stakes, k);
            let staked = stakes.iter().filter(|stake| **stake > 0).count();
            prop_assert_eq!(drawn.len(), staked.min(usize::from(k)));
            for (i, place) in drawn.iter().enumerate() {
                prop_assert!(stakes[*place] > 0);
                prop_assert!(!drawn[..i].contains(place));
            }
        }
    }
}
