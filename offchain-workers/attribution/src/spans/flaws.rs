// SPDX-License-Identifier: Apache-2.0
//! What is wrong with a report that rests on the spans of a text, and everything that proves it to whoever knows the
//! release's root, the output, the revealed credits and the reported scores.
//!
//! A [`Refutation`] is one call's worth. Whoever applies it to the credits and scores and looks again, until nothing is
//! found, arrives at the credits and scores that are right: each claim sets at least one token right and none wrong.

use std::{cmp::Reverse, collections::BTreeMap, ops::Range};

use openledger_fixed::{
    release::Hash,
    spans::{rank, Credit, Token, MAX_OUTPUT_TOKENS, NOBODY},
    weighed, REPORT_ENTRIES,
};

use super::{
    claims::{credits, scores},
    query::QueryError,
    text_release::{ShownWindow, TextRelease, LEAF_BYTES, MAX_SHOWN_LEAVES},
};
use crate::{release::Shown, ContributionKey};

/// Most contributions whose sums one refutation corrects.
pub const MAX_PLACES: usize = 4;

/// Something wrong with credits. Tokens are numbered from the output's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// No credit is wrong, but an entry's score is not the sum of its contribution's credits.
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
}

/// A flaw, and the contributions whose sums it makes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// What is wrong with the credits.
    pub flaw: Flaw,
    /// The places of at most [`MAX_PLACES`] contributions whose scores are wrong once the flaw is gone, those that are
    /// wrong by most first. Empty if the credits were wrong and the scores are right all the same.
    pub places: Vec<(ContributionKey, Shown)>,
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
}

impl TextRelease {
    /// What is wrong with a report on `output`, its tokens up to the end: `credited` are the revealed credits, at least as
    /// many as tokens, and `reported` the scores by contribution. `None` if everything is right. O(L² + L · log n) for
    /// `L` tokens.
    ///
    /// # Errors
    /// Every variant of [`FlawError`].
    pub fn find_flaw(
        &self,
        output: &[Token],
        credited: &[Credit],
        reported: &[(ContributionKey, i64)],
    ) -> Result<Option<Refutation>, FlawError> {
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
        let judged = Judged {
            release: self,
            output,
            credited,
            due: &due,
        };
        let found = judged.position_flaw().or_else(|| judged.count_flaw());
        let (flaw, corrected) = found.unwrap_or_else(|| (Flaw::Sums, credited.to_vec()));
        let wrong = judged.wrong_sums(&corrected, reported);
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

/// A report beside the credits that are due.
struct Judged<'a> {
    release: &'a TextRelease,
    output: &'a [Token],
    credited: &'a [Credit],
    /// As many as `credited`.
    due: &'a [Credit],
}

/// Tokens that one flaw corrects.
struct Stretch {
    tokens: Range<usize>,
    /// The better position of the first; [`NOBODY`] if none has a claim.
    position: u32,
    /// Positions of the text that prove it: around the better ones, and around the credited ones.
    ours: Option<Range<u32>>,
    theirs: Option<Range<u32>>,
    /// Whether the credited positions are part of the proof, even if they all lie beyond the text.
    needs_theirs: bool,
}

impl Judged<'_> {
    /// The longest stretch of tokens that one alignment improves or that has no claim, and the credits without it.
    fn position_flaw(&self) -> Option<(Flaw, Vec<Credit>)> {
        let is_wrong = |at: &usize| self.credited[*at].position != self.due[*at].position;
        let stretches = (0..self.credited.len()).filter(is_wrong);
        let stretch = stretches
            .filter_map(|at| self.stretch(at))
            .max_by_key(|stretch| (stretch.tokens.len(), Reverse(stretch.tokens.start)))?;
        let mut corrected = self.credited.to_vec();
        let position = |index: u32| match stretch.position {
            NOBODY => NOBODY,
            first => first + index,
        };
        for (index, credit) in (0..).zip(&mut corrected[stretch.tokens.clone()]) {
            credit.position = position(index);
        }
        // an output has at most MAX_OUTPUT_TOKENS tokens
        let (from, count) = (stretch.tokens.start as u16, stretch.tokens.len() as u16);
        let window = |positions: Range<u32>| self.release.window(positions);
        // any window shows that nothing stands beyond the text
        let theirs = stretch
            .needs_theirs
            .then(|| window(stretch.theirs.clone().unwrap_or(0..1)))
            .flatten();
        let flaw = match stretch.ours {
            None => Flaw::Passage {
                from,
                count,
                theirs: theirs?,
            },
            Some(ours) => Flaw::Claim {
                from,
                count,
                position: stretch.position,
                ours: window(ours)?,
                theirs,
            },
        };
        Some((flaw, corrected))
    }

    /// The longest stretch around a token by its best claim, or around one that has none, whose windows can be shown.
    fn stretch(&self, at: usize) -> Option<Stretch> {
        let due = self.due[at].position;
        let aligned = |token: usize| match due {
            NOBODY => Some(NOBODY),
            // text and output both have fewer than 2^31 tokens
            _ => u32::try_from(i64::from(due) + token as i64 - at as i64).ok(),
        };
        let mut stretch = Stretch {
            tokens: at..at + 1,
            position: due,
            ours: None,
            theirs: None,
            needs_theirs: false,
        };
        if !self.take_in(&mut stretch, at, due) {
            return None;
        }
        for token in at + 1..self.credited.len() {
            match aligned(token) {
                Some(position) if self.take_in(&mut stretch, token, position) => {
                    stretch.tokens.end = token + 1
                }
                _ => break,
            }
        }
        for token in (0..at).rev() {
            match aligned(token) {
                Some(position) if self.take_in(&mut stretch, token, position) => {
                    stretch.tokens.start = token;
                    stretch.position = position;
                }
                _ => break,
            }
        }
        Some(stretch)
    }

    /// Widens the windows of a stretch by what proves that `position` is better for a token than what is credited, or
    /// that it has no claim; false if that is not so, or the windows would be too long.
    fn take_in(&self, stretch: &mut Stretch, token: usize, position: u32) -> bool {
        let credited = self.credited[token].position;
        if credited == position {
            return false;
        }
        let theirs = self.run(token, credited);
        let (ours, needed) = match position {
            NOBODY => {
                // a token that has a claim is left to it
                if self.due[token].position != NOBODY {
                    return false;
                }
                (None, true)
            }
            _ => {
                let copy = self.release.shape().copy_tokens;
                let run = self.run(token, position);
                if run < self.release.shape().min_tokens || rank(run, position) <= rank(theirs, credited) {
                    return false;
                }
                let evident = credited == NOBODY || run == copy && position < credited;
                (Some(self.around(token, position)), !evident)
            }
        };
        let theirs = (needed && credited < self.release.shape().tokens).then(|| self.around(token, credited));
        let (ours, theirs) = (
            joined(stretch.ours.clone(), ours),
            joined(stretch.theirs.clone(), theirs),
        );
        if !can_be_shown(&ours) || !can_be_shown(&theirs) {
            return false;
        }
        (stretch.ours, stretch.theirs) = (ours, theirs);
        stretch.needs_theirs |= needed;
        true
    }

    /// The run of a token's claim to a position, at most `copy_tokens`; zero beyond an end.
    fn run(&self, token: usize, position: u32) -> u16 {
        let shape = self.release.shape();
        if token >= self.output.len() || position >= shape.tokens {
            return 0;
        }
        let around = self.around(token, position);
        let text: Vec<Token> = self
            .release
            .shard()
            .tokens(around.start as usize..around.end as usize)
            .collect();
        let here = (position - around.start) as usize;
        let same = |(a, b): &(&Token, &Token)| a == b;
        let after = self.output[token..].iter().zip(&text[here..]);
        let before = self.output[..token].iter().rev().zip(text[..here].iter().rev());
        match after.take_while(same).count() {
            0 => 0,
            // the shorter one is a number of 16 bits
            after => (after + before.take_while(same).count()).min(usize::from(shape.copy_tokens)) as u16,
        }
    }

    /// The positions of the text that a run of at most `copy_tokens` around a token depends on.
    fn around(&self, token: usize, position: u32) -> Range<u32> {
        let shape = self.release.shape();
        // an output has at most MAX_OUTPUT_TOKENS tokens
        let reach = |tokens: usize| (tokens as u32).min(u32::from(shape.copy_tokens));
        let (before, after) = (reach(token), reach(self.output.len().saturating_sub(token + 1)));
        position.saturating_sub(before)..(position + after + 1).min(shape.tokens)
    }

    /// The first token whose count is wrong, and the credits with the right one.
    fn count_flaw(&self) -> Option<(Flaw, Vec<Credit>)> {
        let counts = self.credited.iter().zip(self.due).zip(self.output);
        let wrong = counts
            .enumerate()
            .filter(|(_, ((credited, due), _))| credited.count != due.count);
        // what the text lacks is credited to nobody, whatever its count
        let (at, token, shown) = wrong
            .filter_map(|(at, (_, token))| Some((at, *token, self.release.count(*token)?)))
            .next()?;
        let mut corrected = self.credited.to_vec();
        for (credit, _) in corrected
            .iter_mut()
            .zip(self.output)
            .filter(|(_, found)| **found == token)
        {
            credit.count = shown.count;
        }
        let flaw = Flaw::Count {
            // an output has at most MAX_OUTPUT_TOKENS tokens
            token: at as u16,
            count: shown.count,
            ordinal: shown.ordinal,
            proof: shown.proof,
        };
        Some((flaw, corrected))
    }

    /// The contributions about which a report is wrong, given the credits: those listed with another score, and those
    /// left out that it would list. Those that are wrong by most first.
    fn wrong_sums(&self, credits: &[Credit], reported: &[(ContributionKey, i64)]) -> Vec<ContributionKey> {
        let mut sums: BTreeMap<ContributionKey, (i64, Option<i64>)> =
            scores(self.output, credits, self.release.shard())
                .into_iter()
                .map(|(key, sum)| (key, (sum, None)))
                .collect();
        for (key, score) in reported {
            sums.entry(*key).or_default().1 = Some(*score);
        }
        let is_wrong = |key: &ContributionKey, sum: i64, score: Option<i64>| match score {
            Some(score) => score != sum,
            None => {
                let mut with = reported.to_vec();
                with.push((*key, sum));
                weighed(&with, REPORT_ENTRIES)
                    .iter()
                    .any(|entry| entry.key == *key)
            }
        };
        let mut wrong: Vec<(Reverse<u64>, ContributionKey)> = sums
            .into_iter()
            .filter(|(key, (sum, score))| is_wrong(key, *sum, *score))
            .map(|(key, (sum, score))| (Reverse(sum.abs_diff(score.unwrap_or(0))), key))
            .collect();
        wrong.sort_unstable();
        wrong.into_iter().map(|(_, key)| key).collect()
    }
}

/// The shortest range that contains both.
fn joined(a: Option<Range<u32>>, b: Option<Range<u32>>) -> Option<Range<u32>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.start.min(b.start)..a.end.max(b.end)),
        (one, other) => one.or(other),
    }
}

fn can_be_shown(positions: &Option<Range<u32>>) -> bool {
    let leaf = LEAF_BYTES as u32 / 2;
    positions
        .as_ref()
        .is_none_or(|range| range.end.div_ceil(leaf) - range.start / leaf <= MAX_SHOWN_LEAVES)
}
