// SPDX-License-Identifier: Apache-2.0
//! The attribution report that travels with an answer.

use crate::ids::{content_id, ContentId, ContributionId, DatanetId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most entries of a report: 16 positive and 16 negative by influence, or 16 by spans and one for each passage.
pub const MAX_REPORT_ENTRIES: u32 = 32;

/// What an entry's weight rests on.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Evidence {
    /// Influence of training rows on a convex head.
    #[codec(index = 0)]
    Influence,
    /// Passages of contributions that an answer of tokens quotes ([`openledger_fixed::spans`]).
    #[codec(index = 1)]
    Spans,
    /// Passages of contributions that an answer was made with ([`openledger_fixed::retrieval`]).
    #[codec(index = 2)]
    Retrieval,
}

impl Evidence {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Influence, Self::Spans, Self::Retrieval];

    /// Whether an entry of this kind may stand in a report of a model with `own` evidence that answers with at most
    /// `passages` passages.
    pub fn is_of(self, own: Self, passages: u8) -> bool {
        self == own || (self == Self::Retrieval && passages > 0)
    }
}

/// How much each kind of evidence counts in a report that rests on several, in parts of the sum over those that say
/// something. What governance sets; a request is judged by what was in force when it was made.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Blend {
    /// Of [`Evidence::Influence`].
    pub influence: u16,
    /// Of [`Evidence::Spans`].
    pub spans: u16,
    /// Of [`Evidence::Retrieval`].
    pub retrieval: u16,
}

impl Blend {
    /// A word that is in the answer counts three times as much as one that was only looked at.
    pub const DEFAULT: Self = Self {
        influence: 3,
        spans: 3,
        retrieval: 1,
    };

    /// What one kind counts.
    pub fn of(&self, evidence: Evidence) -> u16 {
        match evidence {
            Evidence::Influence => self.influence,
            Evidence::Spans => self.spans,
            Evidence::Retrieval => self.retrieval,
        }
    }
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
    /// The raw score by the evidence, in units that compare with the same kind in the same report only; never zero.
    /// What a challenge disputes.
    pub score: i64,
    /// What the weight rests on.
    pub evidence: Evidence,
}

impl ReportEntry {
    /// What the entry is about.
    pub fn key(&self) -> (DatanetId, ContributionId) {
        (self.datanet, self.contribution)
    }

    /// What reports are ordered by.
    pub fn place(&self) -> (DatanetId, ContributionId, Evidence) {
        (self.datanet, self.contribution, self.evidence)
    }

    /// The entry without its weight.
    pub fn scored(&self) -> Scored {
        Scored {
            datanet: self.datanet,
            contribution: self.contribution,
            evidence: self.evidence,
            score: self.score,
        }
    }
}

/// What one kind of evidence says of one contribution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scored {
    /// The datanet.
    pub datanet: DatanetId,
    /// The contribution inside it.
    pub contribution: ContributionId,
    /// The kind.
    pub evidence: Evidence,
    /// The raw score.
    pub score: i64,
}

/// The id by which a report is known outside the chain's state: BLAKE2b-256 of its SCALE-encoded entries.
pub fn report_id(entries: &[ReportEntry]) -> ContentId {
    content_id(&entries.encode())
}

/// Why a list of entries is not a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportError {
    /// Entries are not strictly ascending by (datanet, contribution, evidence).
    NotSorted,
    /// An entry's score is zero: it says nothing.
    ZeroScore,
    /// More entries of one sign and kind than a report holds.
    TooMany,
    /// The positive weights do not sum to one.
    PositiveNotOne,
    /// The negative weights sum to more than one.
    NegativeAboveOne,
    /// The weights are not the shares of the scores.
    WeightsNotOfScores,
}

/// Checks what every report must be: strictly ascending, no zero scores, positive weights that sum to exactly one (or
/// the report is empty), negative ones to at most one, and each of them the share of its score when the kinds of evidence
/// count as `blend` says ([`openledger_fixed::blend`]).
pub fn check(entries: &[ReportEntry], blend: &Blend) -> Result<(), ReportError> {
    let (mut positive, mut negative) = (0u64, 0u64);
    let mut last = None;
    for entry in entries {
        let place = entry.place();
        if last.is_some_and(|before| before >= place) {
            return Err(ReportError::NotSorted);
        }
        last = Some(place);
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
    let scores: Vec<Scored> = entries.iter().map(ReportEntry::scored).collect();
    let due = blended(&scores, blend);
    if due.len() != entries.len() {
        return Err(ReportError::TooMany);
    }
    match due == entries {
        true => Ok(()),
        false => Err(ReportError::WeightsNotOfScores),
    }
}

/// The report that follows from `scores` by one kind of evidence, one of each contribution: [`blended`] of them alone,
/// whatever kinds count.
pub fn from_scores(scores: &[((DatanetId, ContributionId), i64)], evidence: Evidence) -> Vec<ReportEntry> {
    let scores: Vec<Scored> = scores
        .iter()
        .map(|((datanet, contribution), score)| Scored {
            datanet: *datanet,
            contribution: *contribution,
            evidence,
            score: *score,
        })
        .collect();
    blended(&scores, &Blend::DEFAULT)
}

/// The report that follows from `scores`, one of each contribution and kind: empty unless a score is positive, because
/// harm alone earns nothing and takes nothing back.
pub fn blended(scores: &[Scored], blend: &Blend) -> Vec<ReportEntry> {
    let of_kind = |evidence: Evidence| -> Vec<_> {
        scores
            .iter()
            .filter(|scored| scored.evidence == evidence)
            .map(|scored| ((scored.datanet, scored.contribution), scored.score))
            .collect()
    };
    let by_kind = Evidence::ALL.map(|evidence| (evidence, of_kind(evidence)));
    let kinds: Vec<_> = by_kind
        .iter()
        .map(|(evidence, scores)| openledger_fixed::Kind {
            weight: blend.of(*evidence),
            scores,
        })
        .collect();
    let blended = openledger_fixed::blend(&kinds, openledger_fixed::REPORT_ENTRIES);
    let mut entries: Vec<ReportEntry> = Evidence::ALL
        .into_iter()
        .zip(blended)
        .flat_map(|(evidence, weighed)| {
            weighed.into_iter().map(move |entry| ReportEntry {
                datanet: entry.key.0,
                contribution: entry.key.1,
                weight: entry.weight,
                score: entry.score,
                evidence,
            })
        })
        .collect();
    entries.sort_unstable_by_key(ReportEntry::place);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLEND: Blend = Blend::DEFAULT;

    fn check(entries: &[ReportEntry]) -> Result<(), ReportError> {
        super::check(entries, &BLEND)
    }

    fn of_kind(contribution: u64, evidence: Evidence, score: i64) -> Scored {
        Scored {
            datanet: 0,
            contribution,
            evidence,
            score,
        }
    }

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

    #[test]
    fn kinds_of_evidence_divide_a_report_by_the_blend_and_are_listed_apart() {
        let both = [
            of_kind(2, Evidence::Spans, 40),
            of_kind(4, Evidence::Retrieval, 9),
            of_kind(4, Evidence::Spans, 20),
        ];
        let report = blended(&both, &BLEND);
        let listed: Vec<_> = report
            .iter()
            .map(|entry| (entry.contribution, entry.evidence, entry.score, entry.weight))
            .collect();
        assert_eq!(
            listed,
            [
                (2, Evidence::Spans, 40, 500_000_000),
                (4, Evidence::Spans, 20, 250_000_000),
                (4, Evidence::Retrieval, 9, 250_000_000),
            ]
        );
        assert_eq!(check(&report), Ok(()));
        let other = Blend {
            retrieval: 3,
            ..BLEND
        };
        assert_eq!(
            super::check(&report, &other),
            Err(ReportError::WeightsNotOfScores)
        );
        let mut twice = report.clone();
        twice.swap(1, 2);
        assert_eq!(check(&twice), Err(ReportError::NotSorted));
    }

    #[test]
    fn retrieval_is_evidence_only_for_a_model_with_passages() {
        assert!(Evidence::Spans.is_of(Evidence::Spans, 0));
        assert!(!Evidence::Influence.is_of(Evidence::Spans, 4));
        assert!(!Evidence::Retrieval.is_of(Evidence::Spans, 0));
        assert!(Evidence::Retrieval.is_of(Evidence::Spans, 1));
    }
}
