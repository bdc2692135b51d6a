// SPDX-License-Identifier: Apache-2.0
//! What is wrong with a report that rests on a text, and everything that proves it to whoever knows the release's root,
//! the question, the output, what was revealed of both, and the reported scores.
//!
//! A [`Refutation`] is one call's worth. Whoever applies it to what was revealed and to the scores and looks again, until
//! nothing is found, arrives at what is right: each claim sets at least one token right and none wrong, and once the
//! terms are counted each passage that is shown has its place or leaves it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use openledger_fixed::{
    blend,
    release::Hash,
    retrieval::Log,
    spans::{Credit, Token, MAX_OUTPUT_TOKENS},
    Kind, REPORT_ENTRIES,
};

use super::{
    claims::{credits, scores},
    credit_flaws::Credited,
    log_flaws::Logged,
    query::QueryError,
    shard::Shard,
    text_release::{ShownWindow, TextRelease},
};
use crate::{
    release::Shown,
    retrieval::{self, Library, RetrievalError},
    ContributionKey,
};

/// Most contributions whose sums one refutation corrects.
pub const MAX_PLACES: usize = 4;

/// An answer as it stands: revealed, or corrected since.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// Its tokens up to the end.
    pub output: &'a [Token],
    /// Who is credited with each; at least as many.
    pub credits: &'a [Credit],
    /// What its report says by spans.
    pub scores: &'a [(ContributionKey, i64)],
    /// What it was made with, for a model that retrieves.
    pub retrieved: Option<Retrieved<'a>>,
}

/// What an answer was made with, as it stands.
#[derive(Clone, Copy)]
pub struct Retrieved<'a> {
    /// The passages of the release's text.
    pub library: &'a Library,
    /// What was asked: tokens, little endian.
    pub question: &'a [u8],
    /// Most passages that the model's answers are made with.
    pub most: usize,
    /// Its log.
    pub log: &'a Log,
    /// What its report says by retrieval.
    pub scores: &'a [(ContributionKey, i64)],
    /// How much spans and retrieval count in the report.
    pub weights: [u16; 2],
}

/// Where a contribution stands in a release's table, or that it does not.
pub type ShownContribution = (ContributionKey, Shown);

/// Something wrong with what a report rests on. Tokens are numbered from the output's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing, but an entry's score is not the sum of its contribution's credits or passages.
    Sums,
    /// Tokens are credited to positions whose runs are too short for a claim.
    Passage {
        /// The first of them.
        from: u16,
        /// How many.
        count: u16,
        /// The text around the credited positions.
        theirs: ShownWindow,
    },
    /// Tokens have a better claim than the one that was credited.
    Claim {
        /// The first of them.
        from: u16,
        /// How many.
        count: u16,
        /// The better position of the first; of each next one it is the next.
        position: u32,
        /// The text around the better positions.
        ours: ShownWindow,
        /// The text around the credited ones, where it matters: if one of them is lower, or the better claim's run shorter
        /// than a copy.
        theirs: Option<ShownWindow>,
    },
    /// A token stands more or less often in the text than was credited, wherever it stands in the output.
    Count {
        /// A token of the output.
        token: u16,
        /// How often it stands in the text.
        count: u32,
        /// Its number among the different tokens of the text.
        ordinal: u32,
        /// For [`openledger_fixed::release::verify_range`] against [`TextRelease::counts_root`].
        proof: Vec<Hash>,
    },
    /// A term of the question stands more or less often in the text than the log says.
    Term {
        /// What was asked: tokens, little endian.
        question: Vec<u8>,
        /// The term, by its number among the question's.
        term: u16,
        /// How often it stands in the text.
        count: u32,
        /// Its number among the different tokens of the text.
        ordinal: u32,
        /// As that of [`Flaw::Count`].
        proof: Vec<Hash>,
    },
    /// A passage has another score than the log says, or is missing there.
    Retrieved {
        /// What was asked: tokens, little endian.
        question: Vec<u8>,
        /// Whose it is.
        document: ShownContribution,
        /// Its number among that contribution's passages.
        number: u32,
        /// The text around it.
        window: ShownWindow,
    },
    /// The log cites what is no passage.
    Cited {
        /// Its position.
        position: u32,
        /// The contribution whose tokens, or the separator behind them, stand there; none beyond the text.
        document: Option<ShownContribution>,
    },
}

/// A flaw, and the contributions whose sums it makes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// What is wrong with the credits or the log.
    pub flaw: Flaw,
    /// The places of at most [`MAX_PLACES`] contributions whose scores are wrong once the flaw is gone, those that are
    /// wrong by most first. Empty if the scores are right all the same.
    pub places: Vec<ShownContribution>,
}

/// Why a report cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlawError {
    /// The output is none that is attributed.
    #[error(transparent)]
    Output(#[from] QueryError),
    /// The output is longer than those that are judged.
    #[error("an output of {found} tokens is longer than {MAX_OUTPUT_TOKENS}")]
    OutputTooLong {
        /// Its tokens.
        found: usize,
    },
    /// There are fewer credits than tokens.
    #[error("an output of {tokens} tokens has {credits} credits")]
    CreditsMissing {
        /// Tokens of the output.
        tokens: usize,
        /// Credits.
        credits: usize,
    },
    /// The passages cannot be ranked.
    #[error(transparent)]
    Retrieval(#[from] RetrievalError),
}

impl TextRelease {
    /// What is wrong with an answer's report; `None` if everything is right. Counts come first, as scores rest on them, then
    /// what is cited, then what is credited. O(L² + L · log n) for `L` tokens, and the time of [`Library::retrieve`].
    ///
    /// # Errors
    /// Every variant of [`FlawError`].
    pub fn find_flaw(&self, answer: &Answer<'_>) -> Result<Option<Refutation>, FlawError> {
        let Answer {
            output,
            credits: credited,
            scores,
            retrieved,
        } = *answer;
        if output.len() > MAX_OUTPUT_TOKENS {
            return Err(FlawError::OutputTooLong { found: output.len() });
        }
        if credited.len() < output.len() {
            return Err(FlawError::CreditsMissing {
                tokens: output.len(),
                credits: credited.len(),
            });
        }
        let mut due = credits(output, self.shard(), self.rules())?;
        due.resize(credited.len(), Credit::NONE);
        let of_credits = Credited {
            release: self,
            output,
            credited,
            due: &due,
        };
        let mut stands = Grounds {
            output,
            credits: credited.to_vec(),
            log: retrieved.map_or_else(Log::default, |retrieved| retrieved.log.clone()),
        };
        let of_log = retrieved
            .map(|retrieved| Logged::new(self, retrieved))
            .transpose()?;
        let flaw = if let Some((flaw, corrected)) = of_credits.count_flaw() {
            stands.credits = corrected;
            flaw
        } else if let Some((flaw, corrected)) = of_log.and_then(|logged| logged.flaw()) {
            stands.log = corrected;
            flaw
        } else if let Some((flaw, corrected)) = of_credits.position_flaw() {
            stands.credits = corrected;
            flaw
        } else {
            Flaw::Sums
        };
        let (cited, weights) = match retrieved {
            Some(retrieved) => (retrieved.scores, retrieved.weights),
            None => (&[][..], [1, 0]),
        };
        let reported = [scores, cited].map(|scores| scores.iter().copied().collect());
        let wrong = stands.wrong_sums(self.shard(), &reported, weights);
        if flaw == Flaw::Sums && wrong.is_empty() {
            return Ok(None);
        }
        let places = wrong
            .into_iter()
            .take(MAX_PLACES)
            .map(|key| (key, self.show(key)))
            .collect();
        Ok(Some(Refutation { flaw, places }))
    }
}

/// Scores by spans, and those by retrieval.
type Scores = [BTreeMap<ContributionKey, i64>; 2];

/// What a report rests on.
struct Grounds<'a> {
    output: &'a [Token],
    credits: Vec<Credit>,
    log: Log,
}

impl Grounds<'_> {
    /// The contributions about which a report is wrong: whose scores change it. Those that are wrong by most first.
    fn wrong_sums(&self, shard: &Shard, reported: &Scores, weights: [u16; 2]) -> Vec<ContributionKey> {
        let due = self.scores(shard);
        let keys: BTreeSet<ContributionKey> = due
            .iter()
            .chain(reported)
            .flat_map(BTreeMap::keys)
            .copied()
            .collect();
        let score = |scores: &BTreeMap<ContributionKey, i64>, key| scores.get(&key).copied().unwrap_or(0);
        let mut wrong: Vec<(Reverse<u64>, ContributionKey)> = keys
            .into_iter()
            .filter_map(|key| {
                let right = [0, 1].map(|kind| score(&due[kind], key));
                let by = [0, 1].map(|kind| right[kind].abs_diff(score(&reported[kind], key)));
                let changes = by != [0, 0] && judged(reported, key, right, weights) != *reported;
                changes.then_some((Reverse(by[0].saturating_add(by[1])), key))
            })
            .collect();
        wrong.sort_unstable();
        wrong.into_iter().map(|(_, key)| key).collect()
    }

    /// The scores that follow.
    fn scores(&self, shard: &Shard) -> Scores {
        let spans = scores(self.output, &self.credits, shard);
        let cited = retrieval::scores(&self.log, shard);
        [spans, cited].map(|scores| scores.into_iter().collect())
    }
}

/// The reported scores after a contribution was judged, by spans first: what the runtime does with each that is shown.
fn judged(reported: &Scores, key: ContributionKey, right: [i64; 2], weights: [u16; 2]) -> Scores {
    let mut stands = reported.clone();
    for (kind, right) in right.into_iter().enumerate() {
        let before = stands[kind].get(&key).copied();
        if before == Some(right) {
            continue;
        }
        let mut with = stands.clone();
        with[kind].insert(key, right);
        let listed = listed(&with, weights);
        // one that was left out and would be listed neither way was left out rightly
        if before.is_some() || listed[kind].contains_key(&key) {
            stands = listed;
        }
    }
    stands
}

/// What a report lists of scores.
fn listed(scores: &Scores, weights: [u16; 2]) -> Scores {
    let scores = scores.each_ref().map(|scores| {
        let scores: Vec<(ContributionKey, i64)> = scores.iter().map(|(key, score)| (*key, *score)).collect();
        scores
    });
    let kinds = [0, 1].map(|kind| Kind {
        weight: weights[kind],
        scores: &scores[kind],
    });
    let mut listed = blend(&kinds, REPORT_ENTRIES).into_iter().map(|entries| {
        let entries = entries.into_iter();
        entries.map(|entry| (entry.key, entry.score)).collect()
    });
    [0, 1].map(|_| listed.next().unwrap_or_default())
}
