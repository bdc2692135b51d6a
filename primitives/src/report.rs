// SPDX-License-Identifier: Apache-2.0
//! The attribution report that travels with an answer.

use crate::ids::{ContributionId, DatanetId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most entries of a report: 16 positive and 16 negative.
pub const MAX_REPORT_ENTRIES: u32 = 32;

/// What an entry's weight rests on.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Evidence {
    /// Influence of training rows on a convex head.
    Influence,
}

/// One contribution's signed part in an answer.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct ReportEntry {
    /// The datanet.
    pub datanet: DatanetId,
    /// The contribution inside it.
    pub contribution: ContributionId,
    /// Signed parts of [`openledger_fixed::WEIGHT_ONE`]; never zero.
    pub weight: i32,
    /// What the weight rests on.
    pub evidence: Evidence,
}

/// Why a list of entries is not a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportError {
    /// Entries are not strictly ascending by (datanet, contribution).
    NotSorted,
    /// An entry weighs nothing.
    ZeroWeight,
    /// The positive weights are there but do not sum to one.
    PositiveNotOne,
    /// The negative weights sum to more than one, or stand without positive ones.
    NegativeAboveOne,
}

/// Checks the shape that every report must have: sorted, no zero weights, positive weights sum to exactly one (or
/// the report is empty), negative ones to at most one.
pub fn check(entries: &[ReportEntry]) -> Result<(), ReportError> {
    let (mut positive, mut negative) = (0u64, 0u64);
    let mut last = None;
    for entry in entries {
        let key = (entry.datanet, entry.contribution);
        if last.is_some_and(|before| before >= key) {
            return Err(ReportError::NotSorted);
        }
        last = Some(key);
        let magnitude = u64::from(entry.weight.unsigned_abs());
        match entry.weight {
            0 => return Err(ReportError::ZeroWeight),
            w if w > 0 => positive = positive.saturating_add(magnitude),
            _ => negative = negative.saturating_add(magnitude),
        }
    }
    let one = u64::from(openledger_fixed::WEIGHT_ONE);
    if entries.is_empty() {
        return Ok(());
    }
    if positive != one {
        return Err(ReportError::PositiveNotOne);
    }
    if negative > one {
        return Err(ReportError::NegativeAboveOne);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(contribution: u64, weight: i32) -> ReportEntry {
        ReportEntry {
            datanet: 0,
            contribution,
            weight,
            evidence: Evidence::Influence,
        }
    }

    #[test]
    fn a_whole_report_passes() {
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(
            check(&[
                entry(0, 400_000_000),
                entry(1, -1_000_000_000),
                entry(2, 600_000_000)
            ]),
            Ok(())
        );
    }

    #[test]
    fn each_defect_is_named() {
        assert_eq!(check(&[entry(1, 1), entry(1, 1)]), Err(ReportError::NotSorted));
        assert_eq!(check(&[entry(1, 0)]), Err(ReportError::ZeroWeight));
        assert_eq!(check(&[entry(1, 999_999_999)]), Err(ReportError::PositiveNotOne));
        assert_eq!(check(&[entry(1, -5)]), Err(ReportError::PositiveNotOne));
        assert_eq!(
            check(&[entry(1, 1_000_000_000), entry(2, -1_000_000_000), entry(3, -1)]),
            Err(ReportError::NegativeAboveOne)
        );
    }
}
