// SPDX-License-Identifier: Apache-2.0
//! A model that answers with tokens: three contributions, what each token of an answer is worth, and proofs of all of it.

use super::{
    world::{Tree, CHALLENGER},
    *,
};
use crate::{
    dispute::{ShownPlace, ShownPlaces},
    spans::{Flaw, ShownDocument},
};
use frame_support::dispatch::DispatchResultWithPostInfo;
use openledger_primitives::{
    fixed::{
        release::Place,
        retrieval::{self, passage, terms, Cited, Log},
        spans::{
            count_leaf, credits_to_query, output_bytes, prices, score, Credit, TextShape, Token, LEAF_TOKENS,
            NOBODY, SEPARATOR,
        },
    },
    report::{blended, Blend, Evidence, ReportEntry, Scored},
    shown::{Question, RangeProof, ShownText, ShownWindow},
    traits::{Release, RevealedAnswer},
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::collections::BTreeMap;

/// Tokens of an output.
pub const TOKENS: usize = 32;
/// Contribution 0 tells 1 to 20, contribution 1 copies ten of them and goes on by itself, contribution 2 says 50 to 70
/// after so much else that it stands in another leaf.
const FILLER: Token = 40_000;

/// The model's text and one answer.
pub struct Text {
    pub text: Vec<Token>,
    pub places: Vec<ShownPlace>,
    pub output: Vec<Token>,
    /// What was asked, in tokens.
    pub question: Vec<Token>,
    /// Most passages that the answer is made with.
    pub passages: u8,
}

impl Text {
    pub fn new() -> Self {
        let copied = (1..=10).chain(30..=39).collect();
        let long = core::iter::repeat_n(FILLER, 600).chain(50..=70).collect();
        let (mut text, mut places) = (Vec::new(), Vec::new());
        let documents: [Vec<Token>; 3] = [(1..=20).collect(), copied, long];
        for (contribution, document) in (0..).zip(documents) {
            places.push(ShownPlace {
                datanet: DATANET,
                contribution,
                registered: 3,
                first: text.len() as u32,
                rows: document.len() as u32,
            });
            text.extend(document);
            text.push(SEPARATOR);
        }
        // ten tokens of contribution 0, of which 1 has a copy, eleven of contribution 2, and one of nobody
        let output = (1..=10).chain(50..=60).chain([99]).collect();
        let world = Text {
            text,
            places,
            output,
            question: Vec::new(),
            passages: 0,
        };
        world.install();
        world
    }

    /// The same with a model that looks two passages up: for a token of contributions 0 and 1, one of 1 alone, one of the
    /// end of 2, and one that nobody has.
    pub fn with_passages() -> Self {
        let world = Text {
            question: vec![3, 35, 50, 777],
            passages: 2,
            ..Text::new()
        };
        world.install();
        world
    }

    fn install(&self) {
        let points: Vec<_> = self.places.iter().map(|place| (place.contribution, 1)).collect();
        Registry::publish(DATANET, 1, &points);
        let release = Release {
            evidence: Evidence::Spans,
            passages: self.passages,
            root: self.shown().root(blake2_256),
            sources: vec![(DATANET, 1)],
            head: None,
        };
        Releases::mutate(|all| all.insert(MODEL, release));
        let _ = Balances::force_set_balance(RuntimeOrigin::root(), CHALLENGER, 10_000);
    }

    fn counted(&self) -> BTreeMap<Token, u32> {
        let mut counts = BTreeMap::new();
        self.text
            .iter()
            .for_each(|token| *counts.entry(*token).or_default() += 1);
        counts
    }

    fn table(&self) -> Tree {
        let leaves: Vec<_> = self
            .places
            .iter()
            .map(|place| Place::from(*place).to_bytes())
            .collect();
        Tree::of(leaves.iter().map(|leaf| leaf.as_slice()))
    }

    fn leaves(&self) -> Vec<Vec<u8>> {
        self.text
            .chunks(LEAF_TOKENS as usize)
            .map(|leaf| leaf.iter().flat_map(|token| token.to_le_bytes()).collect())
            .collect()
    }

    fn counts(&self) -> Tree {
        let leaves: Vec<_> = self
            .counted()
            .into_iter()
            .map(|(token, count)| count_leaf(token, count))
            .collect();
        Tree::of(leaves.iter().map(|leaf| leaf.as_slice()))
    }

    pub fn shape(&self) -> TextShape {
        TextShape {
            tokens: self.text.len() as u32,
            documents: self.places.len() as u32,
            distinct: self.counted().len() as u32,
            min_tokens: 5,
            copy_tokens: 8,
            tokenizer: [9; 32],
        }
    }

    pub fn shown(&self) -> ShownText {
        ShownText {
            header: self.shape().to_bytes(),
            table: H256(self.table().root()),
            text: H256(Tree::of(self.leaves().iter().map(Vec::as_slice)).root()),
            counts: H256(self.counts().root()),
        }
    }

    /// `count` leaves from `first` on.
    pub fn window(&self, first: usize, count: usize) -> ShownWindow {
        let leaves = self.leaves();
        let tree = Tree::of(leaves.iter().map(Vec::as_slice));
        ShownWindow {
            first_leaf: first as u32,
            bytes: leaves[first..first + count].concat().try_into().unwrap(),
            proof: tree.prove(first, count),
        }
    }

    pub fn count(&self, token: Token) -> u32 {
        self.counted().get(&token).copied().unwrap_or(0)
    }

    /// The number of a token among the distinct ones, and the proof of its count.
    pub fn counted_as(&self, token: Token) -> (u32, RangeProof) {
        let ordinal = self.counted().keys().position(|found| *found == token).unwrap();
        (ordinal as u32, self.counts().prove(ordinal, 1))
    }

    /// The flaw that the count of the output's token `at` is another one than `count`.
    pub fn count_flaw(&self, at: u16, count: u32) -> Flaw {
        let (ordinal, proof) = self.counted_as(self.output[usize::from(at)]);
        Flaw::Count {
            token: at,
            count,
            ordinal,
            proof,
        }
    }

    pub fn document(&self, contribution: ContributionId) -> ShownDocument {
        let range = match self
            .places
            .binary_search_by_key(&contribution, |place| place.contribution)
        {
            Ok(ordinal) => ordinal..ordinal + 1,
            Err(before) => before.saturating_sub(1)..(before + 1).min(self.places.len()),
        };
        ShownDocument {
            datanet: DATANET,
            contribution,
            ordinal: range.start as u32,
            places: ShownPlaces::truncate_from(self.places[range.clone()].to_vec()),
            proof: self.table().prove(range.start, range.len()),
        }
    }

    /// Where `token` first stands at or after contribution `of`.
    pub fn position(&self, of: usize, token: Token) -> u32 {
        let first = self.places[of].first as usize;
        (first
            + self.text[first..]
                .iter()
                .position(|found| *found == token)
                .unwrap()) as u32
    }

    /// The right credits.
    pub fn credits(&self) -> Vec<Credit> {
        let of = |token: Token| match token {
            1..=10 => self.position(0, token),
            50..=60 => self.position(2, token),
            _ => NOBODY,
        };
        let mut credits: Vec<_> = self
            .output
            .iter()
            .map(|token| Credit {
                position: of(*token),
                count: self.count(*token),
            })
            .collect();
        credits.resize(TOKENS, Credit::NONE);
        credits
    }

    /// The question's bytes.
    pub fn question(&self) -> Question {
        let bytes: Vec<_> = self
            .question
            .iter()
            .flat_map(|token| token.to_le_bytes())
            .collect();
        bytes.try_into().unwrap()
    }

    /// The position and the true score of every passage.
    pub fn all_passages(&self) -> Vec<Cited> {
        let terms = terms(&self.question);
        let counts: Vec<_> = terms.iter().map(|term| self.count(*term)).collect();
        let cut = |place: &ShownPlace| {
            let (first, rows) = (place.first, place.rows);
            (0..).map_while(move |number| passage(first, rows, number))
        };
        self.places
            .iter()
            .flat_map(cut)
            .map(|(position, tokens)| {
                let passage = &self.text[position as usize..(position + tokens) as usize];
                let score = retrieval::score(&terms, &counts, self.shape().total(), passage);
                Cited { position, score }
            })
            .collect()
    }

    /// The right log.
    pub fn log(&self) -> Log {
        let counts = terms(&self.question)
            .iter()
            .map(|term| self.count(*term))
            .collect();
        Log::new(counts, self.all_passages(), self.passages.into())
    }

    /// The report of an honest worker with such credits.
    pub fn report(&self, credits: &[Credit]) -> Vec<ReportEntry> {
        self.report_with(credits, &self.log())
    }

    /// The report of an honest worker with such credits and log.
    pub fn report_with(&self, credits: &[Credit], log: &Log) -> Vec<ReportEntry> {
        let prices = prices(&self.output, self.shape().total(), |at| credits[at].count.into());
        let scored = |place: &ShownPlace, evidence, score| Scored {
            datanet: place.datanet,
            contribution: place.contribution,
            evidence,
            score,
        };
        let scores: Vec<_> = self
            .places
            .iter()
            .flat_map(|place| {
                let spans = score(credits, &prices, place.first, place.rows);
                let passages = log.score_of(place.first, place.rows);
                [
                    scored(place, Evidence::Spans, spans),
                    scored(place, Evidence::Retrieval, passages),
                ]
            })
            .filter(|scored| scored.score > 0)
            .collect();
        blended(&scores, &Blend::DEFAULT)
    }

    /// Settles an answer with these credits and this report.
    pub fn settle(&self, credits: &[Credit], report: &[ReportEntry]) {
        self.settle_with(credits, &self.log(), report);
    }

    /// Settles an answer with these credits, this log and this report.
    pub fn settle_with(&self, credits: &[Credit], log: &Log, report: &[ReportEntry]) {
        let mut query = credits_to_query(credits);
        if self.passages > 0 {
            query.extend(log.to_query(self.passages.into()));
        }
        Revealed::set(Some(RevealedAnswer {
            output: output_bytes(&self.output, TOKENS).unwrap(),
            query,
            input: H256(blake2_256(&self.question())),
        }));
        world::settle_with(0, report);
    }

    pub fn refute(&self, flaw: Flaw, contributions: &[ContributionId]) -> DispatchResultWithPostInfo {
        let documents: Vec<_> = contributions.iter().map(|n| self.document(*n)).collect();
        self.refute_by(CHALLENGER, flaw, documents)
    }

    pub fn refute_by(
        &self,
        who: AccountId,
        flaw: Flaw,
        documents: Vec<ShownDocument>,
    ) -> DispatchResultWithPostInfo {
        let documents = documents.try_into().unwrap();
        Attribution::refute_spans(RuntimeOrigin::signed(who), 0, self.shown(), flaw, documents)
    }
}

/// The report is the honest one now, and everybody has what it says.
pub fn assert_made_right(text: &Text) {
    let truth = text.report(&text.credits());
    assert_eq!(Attribution::explain(0).unwrap().report, truth);
    for contribution in 0..3 {
        let entries = truth.iter().filter(|entry| entry.contribution == contribution);
        let weight: u32 = entries.map(|entry| entry.weight.unsigned_abs()).sum();
        let (due, found) = (500 * u128::from(weight) / 1_000_000_000, stored(contribution));
        assert!(
            found.abs_diff(due) <= 2,
            "{contribution} has {found} instead of {due}"
        );
    }
    assert_eq!((0..3).map(stored).sum::<u128>() + next_pool(), 500);
    assert!(!world::is_disputed(0));
}
