// SPDX-License-Identifier: Apache-2.0
//! When two workers' outputs are the same answer.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A model's rule for comparing outputs.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Comparator {
    /// Equal bytes.
    Exact,
    /// Little-endian `i32` vectors of equal length, `|a - b| <= absolute + relative_ppm * max(|a|, |b|) / 1,000,000`
    /// in every place.
    Tolerance {
        /// In units of the output's last place.
        absolute: u32,
        /// Parts per million of the larger magnitude.
        relative_ppm: u32,
    },
}

impl Comparator {
    /// Whether an output of `bytes` bytes can be read by this rule.
    pub fn accepts_length(&self, bytes: usize) -> bool {
        match self {
            Comparator::Exact => true,
            Comparator::Tolerance { .. } => bytes.is_multiple_of(4) && bytes > 0,
        }
    }

    /// Whether two outputs agree. Outputs that the rule cannot read never do.
    pub fn agree(&self, a: &[u8], b: &[u8]) -> bool {
        match self {
            Comparator::Exact => a == b,
            Comparator::Tolerance {
                absolute,
                relative_ppm,
            } => {
                if a.len() != b.len() || !self.accepts_length(a.len()) {
                    return false;
                }
                a.chunks_exact(4).zip(b.chunks_exact(4)).all(|(x, y)| {
                    let (x, y) = (read_i32(x), read_i32(y));
                    let difference = x.saturating_sub(y).unsigned_abs();
                    let larger = x.unsigned_abs().max(y.unsigned_abs());
                    // at most 2^32 * 2^32, so nothing saturates
                    let relative = larger.saturating_mul(u64::from(*relative_ppm)) / 1_000_000;
                    difference <= u64::from(*absolute).saturating_add(relative)
                })
            }
        }
    }
}

fn read_i32(bytes: &[u8]) -> i64 {
    let mut four = [0u8; 4];
    four.copy_from_slice(bytes);
    i64::from(i32::from_le_bytes(four))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(values: &[i32]) -> Vec<u8> {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    #[test]
    fn exact_means_equal_bytes() {
        assert!(Comparator::Exact.agree(b"7", b"7"));
        assert!(!Comparator::Exact.agree(b"7", b"77"));
    }

    #[test]
    fn tolerance_is_absolute_plus_relative() {
        let rule = Comparator::Tolerance {
            absolute: 2,
            relative_ppm: 10_000,
        };
        assert!(rule.agree(&vector(&[1000, -5]), &vector(&[1012, -3])));
        assert!(!rule.agree(&vector(&[1000]), &vector(&[1013])));
        assert!(!rule.agree(&vector(&[0]), &vector(&[-3])));
        assert!(rule.agree(&vector(&[i32::MAX]), &vector(&[i32::MAX])));
        assert!(!rule.agree(&vector(&[i32::MAX]), &vector(&[i32::MIN])));
    }

    #[test]
    fn unreadable_outputs_never_agree() {
        let rule = Comparator::Tolerance {
            absolute: u32::MAX,
            relative_ppm: u32::MAX,
        };
        assert!(!rule.agree(b"", b""));
        assert!(!rule.agree(b"abc", b"abc"));
        assert!(!rule.agree(&vector(&[1]), &vector(&[1, 1])));
    }
}
