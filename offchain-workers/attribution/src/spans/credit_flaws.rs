// SPDX-License-Identifier: Apache-2.0
//! What is wrong with the credits of an answer.

use std::{cmp::Reverse, ops::Range};

use openledger_fixed::spans::{rank, Credit, Token, NOBODY};

use super::{
    flaws::Flaw,
    text_release::{TextRelease, LEAF_BYTES, MAX_SHOWN_LEAVES},
};

/// Credits beside those that are due.
pub(super) struct Credited<'a> {
    pub release: &'a TextRelease,
    pub output: &'a [Token],
    pub credited: &'a [Credit],
    /// As many as `credited`.
    pub due: &'a [Credit],
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

impl Credited<'_> {
    /// The longest stretch of tokens that one alignment improves or that has no claim, and the credits without it.
    pub fn position_flaw(&self) -> Option<(Flaw, Vec<Credit>)> {
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
    pub fn count_flaw(&self) -> Option<(Flaw, Vec<Credit>)> {
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
