// SPDX-License-Identifier: Apache-2.0
//! Which part of a contribution is new.

use openledger_trainer::features::ContributionKey;

use super::{millionths, MinHash};

/// Contributions that are registered already, as sets of hashes.
#[derive(Clone, Debug, Default)]
pub struct Registered {
    contributions: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    key: ContributionKey,
    /// Ascending, each once.
    items: Vec<u64>,
    signature: Option<MinHash>,
}

/// How much of a contribution is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Novelty {
    /// Items, equal ones counted as often as they are there.
    pub items: u64,
    /// Different items.
    pub distinct: u64,
    /// Different items that no registered contribution has.
    pub new: u64,
    /// `new / items`, in millionths: what was registered before and what the contribution repeats of itself is not new.
    pub novelty: u32,
    /// Its signature; `None` of a contribution without items.
    pub signature: Option<MinHash>,
    /// Registered contributions that have most of it, those with most in common first, equal ones by key.
    pub nearest: Vec<Nearest>,
}

/// A registered contribution that has items in common with the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// Which one.
    pub key: ContributionKey,
    /// Different items that both have.
    pub shared: u64,
    /// The same as a part of the new contribution's different items, in millionths.
    pub contained: u32,
    /// Equal places of both signatures, of [`super::minhash::PLACES`].
    pub matches: u32,
}

impl Registered {
    /// Adds a contribution, whose items are given in any order.
    pub fn push(&mut self, key: ContributionKey, items: &[u64]) {
        let items = distinct(items);
        self.contributions.push(Known {
            key,
            signature: MinHash::of(&items),
            items,
        });
    }

    /// Compares a new contribution with all registered ones and names up to `most` of those that share items with it.
    /// O(m · c · log n) for `m` items and `c` contributions of `n` items.
    pub fn compare(&self, items: &[u64], most: usize) -> Novelty {
        let (count, items) = (items.len() as u64, distinct(items));
        let signature = MinHash::of(&items);
        let mut known = vec![false; items.len()];
        let mut nearest = Vec::new();
        for contribution in &self.contributions {
            let mut shared = 0;
            for (item, known) in items.iter().zip(&mut known) {
                if contribution.items.binary_search(item).is_ok() {
                    *known = true;
                    shared += 1;
                }
            }
            if shared > 0 {
                let signatures = contribution.signature.as_ref().zip(signature.as_ref());
                nearest.push(Nearest {
                    key: contribution.key,
                    shared,
                    contained: millionths(shared, items.len() as u64),
                    matches: signatures.map_or(0, |(a, b)| a.matches(b)),
                });
            }
        }
        nearest.sort_by_key(|near| (std::cmp::Reverse(near.shared), near.key));
        nearest.truncate(most);
        let new = known.iter().filter(|known| !**known).count() as u64;
        Novelty {
            items: count,
            distinct: items.len() as u64,
            new,
            novelty: millionths(new, count),
            signature,
            nearest,
        }
    }
}

fn distinct(items: &[u64]) -> Vec<u64> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items.dedup();
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::shingles;
    use proptest::prelude::*;

    fn key(contribution: u64) -> ContributionKey {
        ContributionKey {
            datanet: 2,
            contribution,
        }
    }

    const MILL: &str = "A mill race brings the water to the wheel and the wheel turns the shaft";
    const STONES: &str =
        "The miller dresses the stones twice a year so that the grain is cut and not crushed";

    fn registered() -> Registered {
        let mut registered = Registered::default();
        registered.push(key(0), &shingles(STONES));
        registered.push(key(1), &shingles(MILL));
        registered
    }

    #[test]
    fn a_copy_is_not_new_and_names_what_it_copies() {
        let novelty = registered().compare(&shingles(MILL), 5);
        assert_eq!((novelty.new, novelty.novelty), (0, 0));
        let [near] = novelty.nearest.as_slice() else {
            panic!("one contribution shares anything")
        };
        assert_eq!((near.key, near.contained, near.matches), (key(1), 1_000_000, 128));
    }

    #[test]
    fn fresh_text_is_new_and_what_it_repeats_of_itself_is_not() {
        let fresh = "Where the race is steep the wheel is overshot and where it is flat undershot";
        let once = registered().compare(&shingles(fresh), 5);
        assert_eq!((once.novelty, once.nearest.len()), (1_000_000, 0));
        let thrice = registered().compare(&shingles(&[fresh; 3].join(" ")), 5);
        assert!((320_000..450_000).contains(&thrice.novelty), "{}", thrice.novelty);
    }

    #[test]
    fn half_a_copy_is_about_half_new() {
        let fresh = "where the race is steep the wheel is overshot and where it is flat undershot";
        let novelty = registered().compare(&shingles(&format!("{MILL} {fresh}")), 5);
        assert!(
            (450_000..650_000).contains(&novelty.novelty),
            "{}",
            novelty.novelty
        );
        assert_eq!(novelty.nearest[0].key, key(1));
    }

    #[test]
    fn nothing_is_neither_new_nor_near() {
        let novelty = registered().compare(&[], 5);
        assert_eq!((novelty.items, novelty.novelty, novelty.signature), (0, 0, None));
        assert!(novelty.nearest.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_registered_later_never_makes_anything_newer(
            first in prop::collection::vec(0u64..50, 0..30),
            second in prop::collection::vec(0u64..50, 0..30),
            new in prop::collection::vec(0u64..50, 0..30),
        ) {
            let mut registered = Registered::default();
            registered.push(key(0), &first);
            let before = registered.compare(&new, 9);
            registered.push(key(1), &second);
            let after = registered.compare(&new, 9);
            prop_assert!(after.novelty <= before.novelty && before.novelty <= 1_000_000);
            let absent = distinct(&new).into_iter().filter(|item| !first.contains(item)).count();
            prop_assert_eq!(before.new, absent as u64);
        }
    }
}
