// SPDX-License-Identifier: Apache-2.0
//! Which reveals are the same answer: pure functions.

use crate::types::{Reveal, MAX_COMMITTEE};
use alloc::vec::Vec;
use openledger_primitives::{comparator::Comparator, money::Balance};

/// How far two workers' query vectors may be apart in each place, in steps of the grid. Rounding the same features
/// after another kernel's last bits moves a value by one step at most.
pub const QUERY_TOLERANCE_STEPS: u16 = 1;

/// Whether two reveals are the same answer: their outputs agree by the model's rule, their query vectors are within
/// [`QUERY_TOLERANCE_STEPS`], and when these are equal so are the reports, which follow from them bit for bit.
pub fn agree(comparator: &Comparator, a: &Reveal, b: &Reveal) -> bool {
    let near = a.query.len() == b.query.len()
        && a.query
            .iter()
            .zip(b.query.iter())
            .all(|(x, y)| x.abs_diff(*y) <= QUERY_TOLERANCE_STEPS);
    let same_report = a.query != b.query || a.entries == b.entries;
    near && same_report && comparator.agree(&a.output, &b.output)
}

/// The largest set of places that all agree with each other, ascending.
///
/// `stakes` are in the order of the draw. Of two sets of equal size the one with more stake is taken, and of equal
/// stake the one that holds the place drawn earliest among those in which they differ. At most [`MAX_COMMITTEE`] places
/// are looked at. `agree` is asked for pairs `a < b` and has to be symmetric.
///
/// Time: `O(2^n · n)` for `n` places.
pub fn largest_cluster(stakes: &[Balance], agree: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let count = stakes.len().min(usize::from(MAX_COMMITTEE));
    // For each place, the later ones that agree with it, as bits.
    let friends: Vec<u8> = (0..count)
        .map(|a| {
            (a.saturating_add(1)..count)
                .filter(|b| agree(a, *b))
                .fold(0, |bits, b| bits | bit(b))
        })
        .collect();
    let members = |set: u8| (0..count).filter(move |place| set & bit(*place) != 0);

    (1..=u8::MAX >> 1)
        // nobody beyond the last place
        .filter(|set| members(*set).fold(0, |bits, place| bits | bit(place)) == *set)
        .filter(|set| {
            members(*set).all(|place| {
                // every later member is a friend
                let later = set & !(bit(place) | bit(place).wrapping_sub(1));
                friends.get(place).is_some_and(|friends| later & !friends == 0)
            })
        })
        .max_by_key(|set| {
            let stake = members(*set)
                .filter_map(|place| stakes.get(place))
                .fold(0u128, |sum, stake| sum.saturating_add(*stake));
            // with reversed bits the set that holds the earliest place is the larger number
            (set.count_ones(), stake, set.reverse_bits())
        })
        .map(|set| members(set).collect())
        .unwrap_or_default()
}

/// The bit of a place below eight.
fn bit(place: usize) -> u8 {
    u32::try_from(place)
        .ok()
        .and_then(|place| 1u8.checked_shl(place))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use openledger_primitives::report::{Evidence, ReportEntry};
    use proptest::prelude::*;

    fn clusters(values: &[i64], stakes: &[Balance], tolerance: u64) -> Vec<usize> {
        largest_cluster(stakes, |a, b| values[a].abs_diff(values[b]) <= tolerance)
    }

    #[test]
    fn nobody_agrees_with_nobody() {
        assert!(largest_cluster(&[], |_, _| true).is_empty());
    }

    #[test]
    fn one_reveal_agrees_with_itself() {
        assert_eq!(largest_cluster(&[5], |_, _| false), vec![0]);
    }

    #[test]
    fn a_dissenter_is_left_out() {
        assert_eq!(clusters(&[1, 9, 1], &[1, 100, 1], 0), vec![0, 2]);
    }

    #[test]
    fn agreement_has_to_be_mutual() {
        // a chain: each agrees with its neighbour only
        assert_eq!(clusters(&[0, 10, 20, 30], &[1, 1, 5, 1], 10), vec![1, 2]);
    }

    #[test]
    fn of_equal_clusters_the_one_with_more_stake_wins() {
        assert_eq!(clusters(&[1, 2, 1, 2], &[10, 11, 10, 10], 0), vec![1, 3]);
    }

    #[test]
    fn of_equal_clusters_with_equal_stake_the_one_drawn_first_wins() {
        assert_eq!(clusters(&[1, 2, 2, 1], &[5, 5, 5, 5], 0), vec![0, 3]);
        assert_eq!(clusters(&[0, 10, 20], &[5, 5, 5], 10), vec![0, 1]);
    }

    #[test]
    fn a_full_committee_can_agree() {
        assert_eq!(clusters(&[3; 7], &[1; 7], 0), (0..7).collect::<Vec<_>>());
    }

    fn reveal(output: &[u8], query: &[i16], weights: &[i32]) -> Reveal {
        let entries: Vec<_> = weights
            .iter()
            .zip(0u64..)
            .map(|(weight, contribution)| ReportEntry {
                datanet: 0,
                contribution,
                weight: *weight,
                score: (*weight).into(),
                evidence: Evidence::Influence,
            })
            .collect();
        Reveal {
            output: output.to_vec().try_into().unwrap(),
            query: query.to_vec().try_into().unwrap(),
            entries: entries.try_into().unwrap(),
        }
    }

    #[test]
    fn query_vectors_one_step_apart_are_the_same_answer() {
        let a = reveal(b"7", &[100, i16::MIN], &[1]);
        assert!(agree(
            &Comparator::Exact,
            &a,
            &reveal(b"7", &[101, i16::MIN + 1], &[2])
        ));
        assert!(!agree(
            &Comparator::Exact,
            &a,
            &reveal(b"7", &[102, i16::MIN], &[1])
        ));
        assert!(!agree(
            &Comparator::Exact,
            &a,
            &reveal(b"7", &[100, i16::MAX], &[1])
        ));
        assert!(!agree(&Comparator::Exact, &a, &reveal(b"7", &[100], &[1])));
    }

    #[test]
    fn one_query_vector_has_one_report() {
        let a = reveal(b"7", &[100], &[1]);
        assert!(agree(&Comparator::Exact, &a, &a.clone()));
        assert!(!agree(&Comparator::Exact, &a, &reveal(b"7", &[100], &[2])));
    }

    #[test]
    fn another_output_is_another_answer() {
        assert!(!agree(
            &Comparator::Exact,
            &reveal(b"7", &[], &[]),
            &reveal(b"8", &[], &[])
        ));
    }

    proptest! {
        #[test]
        fn no_larger_set_agrees(
            pairs in proptest::collection::vec(any::<bool>(), 49),
            stakes in proptest::collection::vec(1u128..100, 1..=7),
        ) {
            let agree = |a: usize, b: usize| pairs[a.min(b) * 7 + a.max(b)];
            let is_clique = |set: &[usize]| {
                set.iter().enumerate().all(|(i, a)| set[i + 1..].iter().all(|b| agree(*a, *b)))
            };
            let found = largest_cluster(&stakes, agree);
            prop_assert!(!found.is_empty());
            prop_assert!(is_clique(&found));
            let stake = |set: &[usize]| set.iter().map(|place| stakes[*place]).sum::<u128>();
            for bits in 1u32..1 << stakes.len() {
                let set: Vec<usize> = (0..stakes.len()).filter(|place| bits & (1 << place) != 0).collect();
                if is_clique(&set) {
                    prop_assert!((set.len(), stake(&set)) <= (found.len(), stake(&found)));
                }
            }
        }
    }
}
