// SPDX-License-Identifier: Apache-2.0
//! What is wrong with the log of the passages that an answer was made with: pure checks, by the rule of
//! [`openledger_primitives::fixed::retrieval`].

use crate::{
    dispute::RangeProof,
    spans::{Case, ShownDocument, Unproved},
};
use alloc::vec::Vec;
use openledger_primitives::{
    fixed::{
        retrieval::{is_passage, passage, score, terms, Cited, Log},
        spans::{tokens_of, Token, Window},
    },
    shown::ShownWindow,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;

impl Case<'_> {
    /// The log after a term was counted anew. The scores of its passages stay until they are shown.
    pub(crate) fn recounted(
        &self,
        log: &Log,
        question: &[u8],
        term: u16,
        (count, ordinal, proof): (u32, u32, &RangeProof),
    ) -> Result<Log, Unproved> {
        let index = usize::from(term);
        let token = self.terms_of(question)?.get(index).copied();
        self.check_count(token.ok_or(Unproved::OutOfRange)?, count, ordinal, proof)?;
        let mut counted = log.clone();
        let before = counted.counts.get_mut(index).ok_or(Unproved::OutOfRange)?;
        if *before == count {
            return Err(Unproved::Right);
        }
        *before = count;
        Ok(counted)
    }

    /// The log after one passage was scored by it.
    pub(crate) fn ranked(
        &self,
        log: &Log,
        question: &[u8],
        (document, number): (&ShownDocument, u32),
        window: &ShownWindow,
    ) -> Result<Log, Unproved> {
        let terms = self.terms_of(question)?;
        let place = self.place_of(document)?.ok_or(Unproved::OutOfRange)?;
        let (position, tokens) = passage(place.first, place.rows, number).ok_or(Unproved::OutOfRange)?;
        let window = self.window(window)?;
        let passage = tokens_at(&window, position, tokens).ok_or(Unproved::WindowTooShort)?;
        let score = score(&terms, &log.counts, self.shape.total(), passage);
        let ranked = log.with(Cited { position, score }, usize::from(self.passages));
        match ranked == *log {
            true => Err(Unproved::Right),
            false => Ok(ranked),
        }
    }

    /// The log without something that is no passage.
    pub(crate) fn struck(
        &self,
        log: &Log,
        position: u32,
        document: Option<&ShownDocument>,
    ) -> Result<Log, Unproved> {
        let struck = log.without(position);
        if struck == *log {
            return Err(Unproved::OutOfRange);
        }
        if position >= self.shape.tokens {
            return Ok(struck);
        }
        let place = document.map(|document| self.place_of(document)).transpose()?;
        let place = place.flatten().ok_or(Unproved::OutOfRange)?;
        let inside = position.checked_sub(place.first);
        if inside.is_none_or(|inside| inside > place.rows) {
            return Err(Unproved::OutOfRange);
        }
        match is_passage(place.first, place.rows, position) {
            true => Err(Unproved::Right),
            false => Ok(struck),
        }
    }

    /// The terms of what was asked, once it is shown.
    fn terms_of(&self, question: &[u8]) -> Result<Vec<Token>, Unproved> {
        match H256(blake2_256(question)) == self.asked {
            true => Ok(terms(&tokens_of(question))),
            false => Err(Unproved::Question),
        }
    }
}

/// So many tokens of a text from `position` on, if the window has all of them.
fn tokens_at(window: &Window, position: u32, tokens: u32) -> Option<&[Token]> {
    let from = usize::try_from(position.checked_sub(window.first)?).ok()?;
    let end = from.checked_add(usize::try_from(tokens).ok()?)?;
    window.tokens.get(from..end)
}
