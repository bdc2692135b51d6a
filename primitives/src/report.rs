// SPDX-License-Identifier: Apache-2.0
//! The attribution report that travels with an answer.

use crate::ids::{content_id, ContentId, ContributionId, DatanetId};
use alloc::vec::Vec;
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
    #[codec(index = 0)]
    Influence,
    /// Passages of contributions that an answer of tokens quotes ([`openledger_fixed::spans`]).
    #[codec(index = 1)]
    Spans,
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
    /// Signed parts of [`openledger_fixed::WEIGHT_ONE`]: the score's share. Zero for a score that is nothing beside
    /// the others.
    pub weight: i32,
    /// The raw score by the evidence, in units that compare within one report only; never zero. What a challenge
    /// disputes.
    pub score: i64,
    /// What the weight rests on.
    pub evidence: Evidence,
}

impl ReportEntry {
    /// What the entry is about: what reports are ordered by.
    pub fn key(&self) -> (DatanetId, ContributionId) {
        (self.datanet, self.contribution)
    }
}

/// The id by which a report is known outside the chain's state: BLAKE2b-256 of its SCALE-encoded entries.
pub fn report_id(entries: &[ReportEntry]) -> ContentId {
    content_id(&entries.encode())
}

/// Why a list of entries is not a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportError {
    /// Entries are not strictly ascending by (datanet, contribution).
    NotSorted,
    /// An entry's score is zero: it says nothing.
    ZeroScore,
    /// More entries of one sign than a report holds.
    TooMany,
    /// The positive weights do not sum to one.
    PositiveNotOne,
    /// The negative weights sum to more than one.
    NegativeAboveOne,
    /// The weights are not the shares of the scores.
    WeightsNotOfScores,
}

/// Checks what every report must be: strictly ascending, no zero scores, positive weights that sum to exactly one (or
/// the report is empty), negative ones to at most one, and each of them the share of its score
/// ([`openledger_fixed::weighed`]).
pub fn check(entries: &[ReportEntry]) -> Result<(), ReportError> {
    let (mut positive, mut negative) = (0u64, 0u64);
    let mut last = None;
    for entry in entries {
        let key = entry.key();
        if last.is_some_and(|before| before >= key) {
            return Err(ReportError::NotSorted);
        }
        last = Some(key);
        if entry.score == 0 {
            return Err(ReportError::ZeroScore);
        }
        let magnitude = u64::from(entry.weight.unsigned_abs());
        if entry.weight > 0 {
            positive = positive.saturating_add(magnitude);
        } else {
            negative = negative.saturating_add(magnitude);
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
    let scores: Vec<_> = entries.iter().map(|entry| (entry.key(), entry.score)).collect();
    let weighed = openledger_fixed::weighed(&scores, openledger_fixed::REPORT_ENTRIES);
    if weighed.len() != entries.len() {
        return Err(ReportError::TooMany);
    }
    let follows = weighed
        .iter()
        .zip(entries)
        .all(|(due, entry)| due.weight == entry.weight);
    if !follows {
        return Err(ReportError::WeightsNotOfScores);
    }
    Ok(())
}

/// The report that follows from `scores`, one of each key: empty unless a score is positive, because harm alone earns
/// nothing and takes nothing back.
pub fn from_scores(scores: &[((DatanetId, ContributionId), i64)], evidence: Evidence) -> Vec<ReportEntry> {
    let weighed = openledger_fixed::weighed(scores, openledger_fixed::REPORT_ENTRIES);
    if !weighed.iter().any(|entry| entry.score > 0) {
        return Vec::new();
    }
    weighed
        .into_iter()
        .map(|entry| ReportEntry {
            datanet: entry.key.0,
            contribution: entry.key.1,
            weight: entry.weight,
            score: entry.score,
            evidence,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(contribution: u64, weight: i32) -> ReportEntry {
        ReportEntry {
            datanet: 0,
            contribution,
            weight,
            score: i64::from(weight),
            evidence: Evidence::Influence,
        }
    }

    fn scored(contribution: u64, weight: i32, score: i64) -> ReportEntry {
        ReportEntry {
            score,
            ..entry(contribution, weight)
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
        assert_eq!(check(&[entry(1, 0)]), Err(ReportError::ZeroScore));
        assert_eq!(check(&[entry(1, 999_999_999)]), Err(ReportError::PositiveNotOne));
        assert_eq!(check(&[entry(1, -5)]), Err(ReportError::PositiveNotOne));
        assert_eq!(
            check(&[entry(1, 1_000_000_000), entry(2, -1_000_000_000), entry(3, -1)]),
            Err(ReportError::NegativeAboveOne)
        );
        assert_eq!(
            check(&[scored(1, 500_000_000, 1), scored(2, 500_000_000, 2)]),
            Err(ReportError::WeightsNotOfScores)
        );
        assert_eq!(
            check(&[scored(1, 1_000_000_000, 3), scored(2, -5, 4)]),
            Err(ReportError::WeightsNotOfScores),
            "a weight has its score's sign"
        );
        let many: Vec<_> = (0..17)
            .map(|n| scored(n, if n == 0 { 1_000_000_000 } else { 0 }, 1))
            .collect();
        assert_eq!(check(&many), Err(ReportError::TooMany));
    }

    #[test]
    fn a_report_follows_from_its_scores() {
        let scores = [((0, 4), 30), ((0, 2), 10), ((1, 0), -8)];
        let report = from_scores(&scores, Evidence::Influence);
        assert_eq!(check(&report), Ok(()));
        let weights: Vec<_> = report.iter().map(|entry| (entry.key(), entry.weight)).collect();
        assert_eq!(
            weights,
            [
                ((0, 2), 250_000_000),
                ((0, 4), 750_000_000),
                ((1, 0), -200_000_000)
            ]
        );
        assert!(from_scores(&[((0, 0), -1)], Evidence::Influence).is_empty());
    }

    #[test]
    fn a_score_that_is_nothing_beside_the_others_is_listed_with_no_weight() {
        let report = from_scores(&[((0, 0), i64::MAX / 2), ((0, 1), 1)], Evidence::Influence);
        assert_eq!(
            report.iter().map(|entry| entry.weight).collect::<Vec<_>>(),
            [1_000_000_000, 0]
        );
        assert_eq!(check(&report), Ok(()));
    }
}
