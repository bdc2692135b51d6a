// SPDX-License-Identifier: Apache-2.0
//! One report from several kinds of evidence.

use alloc::vec::Vec;

use crate::{weighed, Weighed};

/// A kind of evidence that a contribution made an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// Influence of training rows on the answer.
    Influence,
    /// Spans of the answer that stand in a contribution.
    Spans,
    /// Passages of a contribution that the answer was made with.
    Retrieval,
}

/// How much each kind of evidence counts, in parts of their sum: what governance sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlendWeights {
    /// Part of [`EvidenceKind::Influence`].
    pub influence: u16,
    /// Part of [`EvidenceKind::Spans`].
    pub spans: u16,
    /// Part of [`EvidenceKind::Retrieval`].
    pub retrieval: u16,
}

impl BlendWeights {
    /// The part of one kind.
    pub fn of(&self, kind: EvidenceKind) -> u16 {
        match kind {
            EvidenceKind::Influence => self.influence,
            EvidenceKind::Spans => self.spans,
            EvidenceKind::Retrieval => self.retrieval,
        }
    }
}

/// What one kind of evidence says of one contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidencePart {
    /// The kind.
    pub kind: EvidenceKind,
    /// The raw score, in the kind's own unit; never zero.
    pub score: i64,
    /// The weight that it has in a report by this kind alone, in parts of [`crate::WEIGHT_ONE`].
    pub weight: i32,
}

/// An entry of a blended report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blended<K> {
    /// What is credited or debited.
    pub key: K,
    /// Sum over the parts of governed weight times weight; never zero.
    pub score: i64,
    /// Signed parts of [`crate::WEIGHT_ONE`]: what [`weighed`] makes of the scores.
    pub weight: i32,
    /// What it rests on, by kind; never empty.
    pub parts: Vec<EvidencePart>,
}

/// Why there is no blend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlendError {
    /// No kind counts.
    NoWeights,
    /// A kind of evidence was given twice.
    DuplicateKind(EvidenceKind),
}

impl core::fmt::Display for BlendError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoWeights => f.write_str("the governed weights of all kinds of evidence are zero"),
            Self::DuplicateKind(kind) => write!(f, "evidence of kind {kind:?} was given twice"),
        }
    }
}

impl core::error::Error for BlendError {}

/// The report of several kinds of evidence, each with its raw scores: at most `k` entries of either sign, ordered by
/// key.
///
/// Raw scores of two kinds have different units and do not add up. So every kind is first made a report of its own, of
/// `k` entries of either sign ([`weighed`]), and its weights, which are shares of one in every kind, are added up times
/// the kind's governed weight. The sums are scores of the blend, and [`weighed`] makes its weights: positive ones sum to
/// [`crate::WEIGHT_ONE`] exactly, negative ones to at most that.
///
/// * A kind without a positive score says nothing: harm alone earns nothing and takes nothing back. What it would have
///   had goes to the others in proportion, and one kind alone gives its own report, whatever its governed weight is.
/// * The order of the kinds and of their scores changes nothing. O(n log n).
///
/// # Errors
/// [`BlendError`].
pub fn blend<K: Ord + Copy>(
    weights: &BlendWeights,
    evidence: &[(EvidenceKind, &[(K, i64)])],
    k: usize,
) -> Result<Vec<Blended<K>>, BlendError> {
    if [weights.influence, weights.spans, weights.retrieval] == [0; 3] {
        return Err(BlendError::NoWeights);
    }
    let mut parts: Vec<(K, EvidencePart)> = Vec::new();
    let mut seen: Vec<EvidenceKind> = Vec::new();
    for (kind, scores) in evidence {
        if seen.contains(kind) {
            return Err(BlendError::DuplicateKind(*kind));
        }
        seen.push(*kind);
        let alone = weighed(scores, k);
        if weights.of(*kind) == 0 || !alone.iter().any(|entry| entry.score > 0) {
            continue;
        }
        parts.extend(alone.into_iter().filter(|entry| entry.weight != 0).map(
            |Weighed { key, score, weight }| {
                let kind = *kind;
                (key, EvidencePart { kind, score, weight })
            },
        ));
    }
    parts.sort_unstable_by_key(|(key, part)| (*key, part.kind));
    let scores: Vec<(K, i64)> = parts
        .iter()
        .map(|(key, part)| {
            // below 2^46 and at most three of a key, so sums are exact
            let counted = i64::from(part.weight).saturating_mul(i64::from(weights.of(part.kind)));
            (*key, counted)
        })
        .collect();
    let entries = weighed(&scores, k);
    if !entries.iter().any(|entry| entry.score > 0) {
        return Ok(Vec::new());
    }
    Ok(entries
        .into_iter()
        .map(|Weighed { key, score, weight }| Blended {
            key,
            score,
            weight,
            parts: parts
                .iter()
                .filter(|(of, _)| *of == key)
                .map(|(_, part)| *part)
                .collect(),
        })
        .collect())
}
