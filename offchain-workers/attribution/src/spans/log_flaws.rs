// SPDX-License-Identifier: Apache-2.0
//! What is wrong with the log of the passages that an answer was made with.

use openledger_fixed::{
    release::Place,
    retrieval::{is_passage, passage, score, terms, Cited, Log, PASSAGE_TOKENS},
    spans::{tokens_of, Token},
};

use super::{
    flaws::{Flaw, Retrieved, ShownContribution},
    text_release::TextRelease,
};
use crate::{retrieval::RetrievalError, ContributionKey};

/// A log beside the one that is due.
pub(super) struct Logged<'a> {
    release: &'a TextRelease,
    said: Retrieved<'a>,
    terms: Vec<Token>,
    due: Log,
}

impl<'a> Logged<'a> {
    /// Ranks the passages anew.
    pub fn new(release: &'a TextRelease, said: Retrieved<'a>) -> Result<Self, RetrievalError> {
        let question = tokens_of(said.question);
        Ok(Self {
            release,
            said,
            terms: terms(&question),
            due: said.library.retrieve(&question, said.most)?,
        })
    }

    /// The first thing that is wrong, and the log without it: a count, then what is no passage, then a passage with
    /// another score, then one that is missing. Once all that is cited is true, whatever is due has its place.
    pub fn flaw(&self) -> Option<(Flaw, Log)> {
        self.wrong_count()
            .or_else(|| self.no_passage())
            .or_else(|| self.wrong_score())
            .or_else(|| self.missing())
    }

    /// What the text lacks scores nothing, whatever its count.
    fn wrong_count(&self) -> Option<(Flaw, Log)> {
        let counts = self.said.log.counts.iter().zip(&self.due.counts).zip(&self.terms);
        let (term, shown) = (0..)
            .zip(counts)
            .filter(|(_, ((said, due), _))| said != due)
            .find_map(|(term, (_, token))| Some((term, self.release.count(*token)?)))?;
        let mut corrected = self.said.log.clone();
        corrected.counts[usize::from(term)] = shown.count;
        let flaw = Flaw::Term {
            question: self.said.question.to_vec(),
            term,
            count: shown.count,
            ordinal: shown.ordinal,
            proof: shown.proof,
        };
        Some((flaw, corrected))
    }

    fn no_passage(&self) -> Option<(Flaw, Log)> {
        let mut cited = self.said.log.cited.iter();
        cited.find_map(|Cited { position, .. }| {
            let document = match self.place_at(*position) {
                Some(place) if is_passage(place.first, place.rows, *position) => return None,
                Some(place) => Some(self.shown(&place)),
                None => None,
            };
            let flaw = Flaw::Cited {
                position: *position,
                document,
            };
            Some((flaw, self.said.log.without(*position)))
        })
    }

    fn wrong_score(&self) -> Option<(Flaw, Log)> {
        let mut cited = self.said.log.cited.iter();
        cited.find_map(|cited| {
            let right = self.scored(cited.position)?;
            (right != *cited).then(|| self.shown_passage(right)).flatten()
        })
    }

    fn missing(&self) -> Option<(Flaw, Log)> {
        let mut due = self.due.cited.iter();
        due.find(|due| !self.said.log.cited.contains(due))
            .and_then(|due| self.shown_passage(*due))
    }

    /// The passage that begins at a position, with its score.
    fn scored(&self, position: u32) -> Option<Cited> {
        let place = self.place_at(position)?;
        let inside = position.checked_sub(place.first)?;
        let (_, tokens) = passage(place.first, place.rows, inside / PASSAGE_TOKENS)?;
        let from = position as usize;
        let tokens: Vec<Token> = self
            .release
            .shard()
            .tokens(from..from + tokens as usize)
            .collect();
        let total = self.release.shape().total();
        let score = score(&self.terms, &self.due.counts, total, &tokens);
        Some(Cited { position, score })
    }

    /// That a passage has its score.
    fn shown_passage(&self, right: Cited) -> Option<(Flaw, Log)> {
        let place = self.place_at(right.position)?;
        let number = right.position.checked_sub(place.first)? / PASSAGE_TOKENS;
        let (position, tokens) = passage(place.first, place.rows, number)?;
        let flaw = Flaw::Retrieved {
            question: self.said.question.to_vec(),
            document: self.shown(&place),
            number,
            window: self.release.window(position..position + tokens)?,
        };
        Some((flaw, self.said.log.with(right, self.said.most)))
    }

    /// Where the contribution stands whose tokens, or the separator behind them, are at a position; `None` beyond the text.
    fn place_at(&self, position: u32) -> Option<Place> {
        let shard = self.release.shard();
        let position = position as usize;
        if position >= shard.len() {
            return None;
        }
        self.release
            .place(shard.document(shard.document_at(position)).key)
    }

    fn shown(&self, place: &Place) -> ShownContribution {
        let (datanet, contribution) = place.key();
        let key = ContributionKey {
            datanet,
            contribution,
        };
        (key, self.release.show(key))
    }
}
