// SPDX-License-Identifier: Apache-2.0
//! Signatures of sets: two agree in about as many places as the sets have items in common.

use openledger_trainer::random::SplitMix64;

/// Places of a signature.
pub const PLACES: usize = 128;

/// For each of [`PLACES`] orders of all items, the first item of a set (Broder 1997). A kibibyte.
///
/// The expected share of equal places of two signatures is the sets' Jaccard similarity, with a standard deviation of
/// at most `1 / (2·√128)`, 4.4 %.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinHash {
    places: Vec<u64>,
}

impl MinHash {
    /// The signature of a set of hashes; `None` of an empty one. O([`PLACES`] · items).
    pub fn of(items: &[u64]) -> Option<Self> {
        // the orders are those of a mixing function after a key; the keys never change
        let mut keys = SplitMix64::new(0);
        let first = |key: u64| items.iter().map(|item| mix(item ^ key)).min();
        let places: Option<Vec<u64>> = (0..PLACES).map(|_| first(keys.next_u64())).collect();
        places.map(|places| Self { places })
    }

    /// In how many of [`PLACES`] places two signatures agree.
    pub fn matches(&self, other: &Self) -> u32 {
        self.places
            .iter()
            .zip(&other.places)
            .map(|(a, b)| u32::from(a == b))
            .sum()
    }

    /// The places, little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.places.iter().flat_map(|place| place.to_le_bytes()).collect()
    }
}

/// The finaliser of SplitMix64: every bit of the result depends on every bit of `x`, and no two `x` share a result.
fn mix(x: u64) -> u64 {
    SplitMix64::new(x.wrapping_sub(0x9e37_79b9_7f4a_7c15)).next_u64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn items(range: std::ops::Range<u64>) -> Vec<u64> {
        range.map(|n| crate::signals::hash(&n.to_le_bytes())).collect()
    }

    #[test]
    fn equal_places_estimate_the_similarity_of_sets() {
        let one = MinHash::of(&items(0..3000)).unwrap();
        for (other, similarity) in [
            (0..3000, 1.0),
            (1000..4000, 0.5),
            (2000..5000, 0.2),
            (3000..6000, 0.0),
        ] {
            let found = f64::from(one.matches(&MinHash::of(&items(other)).unwrap())) / PLACES as f64;
            assert!((found - similarity).abs() < 0.13, "{found} for {similarity}");
        }
        assert_eq!(MinHash::of(&[]), None);
    }

    #[test]
    fn signatures_never_change() {
        // made by this code once: evidence of earlier contributions must stay comparable
        let bytes = MinHash::of(&items(0..100)).unwrap().to_bytes();
        assert_eq!(bytes.len(), 8 * PLACES);
        assert_eq!(
            crate::signals::hash(&bytes),
            GOLDEN,
            "{:#x}",
            crate::signals::hash(&bytes)
        );
    }

    const GOLDEN: u64 = 0xe3f9_4e4e_aabc_6ad5;

    proptest! {
        #[test]
        fn a_union_has_the_lesser_of_both_places(
            a in prop::collection::vec(any::<u64>(), 1..40),
            b in prop::collection::vec(any::<u64>(), 1..40),
        ) {
            let union = MinHash::of(&[a.clone(), b.clone()].concat()).unwrap();
            let (a, b) = (MinHash::of(&a).unwrap(), MinHash::of(&b).unwrap());
            let least = a.places.iter().zip(&b.places).map(|(a, b)| *a.min(b));
            prop_assert!(union.places.iter().copied().eq(least));
        }
    }
}
