// SPDX-License-Identifier: Apache-2.0
//! Signatures of rows of numbers: rows in nearly one direction have nearly one signature.

use openledger_trainer::random::SplitMix64;

/// Bits of a signature.
pub const BITS: u32 = 256;

/// On which side of each of [`BITS`] random planes a row lies (Charikar 2002).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimHash([u64; 4]);

impl SimHash {
    /// Bits that differ: about [`BITS`] times the angle between the rows, in half turns.
    pub fn distance(&self, other: &Self) -> u32 {
        self.0
            .iter()
            .zip(&other.0)
            .map(|(a, b)| (a ^ b).count_ones())
            .sum()
    }
}

/// The planes for rows of one width; they depend on nothing else and never change.
#[derive(Clone, Debug)]
pub struct Planes {
    /// By column, one bit for the sign in each plane.
    signs: Vec<[u64; 4]>,
}

impl Planes {
    /// Planes for rows `[width]`.
    pub fn new(width: usize) -> Self {
        let mut random = SplitMix64::new(0);
        Self {
            signs: (0..width).map(|_| [(); 4].map(|()| random.next_u64())).collect(),
        }
    }

    /// The signature of a row `[width]`, such as features with their mean taken away. O([`BITS`] · width).
    pub fn hash(&self, row: &[i32]) -> SimHash {
        let mut sums = [0i64; BITS as usize];
        for (x, signs) in row.iter().zip(&self.signs) {
            for (place, sum) in sums.iter_mut().enumerate() {
                let negative = signs[place / 64] >> (place % 64) & 1 == 1;
                // a row has fewer than 2^31 numbers
                *sum += if negative { -i64::from(*x) } else { i64::from(*x) };
            }
        }
        let mut bits = [0u64; 4];
        for (place, sum) in sums.iter().enumerate() {
            bits[place / 64] |= u64::from(*sum > 0) << (place % 64);
        }
        SimHash(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_the_angle() {
        let planes = Planes::new(40);
        let mut random = SplitMix64::new(4);
        let mut row = || -> Vec<i32> { (0..40).map(|_| (random.symmetric() * 4096.0) as i32).collect() };
        let (a, b) = (row(), row());
        let (hash, opposite): (_, Vec<i32>) = (planes.hash(&a), a.iter().map(|x| -x).collect());
        assert_eq!(hash.distance(&planes.hash(&a)), 0);
        assert!(hash.distance(&planes.hash(&opposite)) > 250);
        let scaled: Vec<i32> = a.iter().map(|x| 3 * x).collect();
        assert_eq!(hash.distance(&planes.hash(&scaled)), 0);
        let cosine = |a: &[i32], b: &[i32]| {
            let dot = |a: &[i32], b: &[i32]| -> f64 {
                a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
            };
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        let expected = f64::from(BITS) * cosine(&a, &b).acos() / std::f64::consts::PI;
        assert!((f64::from(hash.distance(&planes.hash(&b))) - expected).abs() < 32.0);
    }
}
