// SPDX-License-Identifier: Apache-2.0
//! Reports that lie, and what refutes them: applied as the runtime applies it, by nothing but the release's roots.

use std::sync::Arc;

use openledger_attribution::{
    merkle::{blake2_256, Hash},
    release::Shown,
    retrieval::Library,
    spans::{
        credits,
        flaws::{Answer, Flaw, FlawError, Refutation, Retrieved},
        scores,
        text_release::ShownWindow,
        Rules, TextRelease, Token,
    },
    ContributionKey,
};
use openledger_fixed::{
    blend,
    release::{leaf, verify_range, Place},
    retrieval::Log,
    spans::{
        count_leaf, prices, rank, run, score, Credit, TextShape, Window, LEAF_TOKENS, MAX_OUTPUT_TOKENS,
        NOBODY,
    },
    weighed, Kind, REPORT_ENTRIES,
};
use openledger_trainer::random::SplitMix64;
use proptest::prelude::*;

use crate::{
    generated, key,
    oracle::{some_output, some_rules, some_texts},
    shard, texts, Text,
};

pub type Entries = Vec<(ContributionKey, i64)>;

/// What the chain knows: roots, the question, the output, and what was revealed and reported as it stands.
#[derive(Clone, Debug)]
pub struct Chain {
    pub shape: TextShape,
    table: Hash,
    text: Hash,
    counts: Hash,
    pub output: Vec<Token>,
    pub credits: Vec<Credit>,
    /// By spans, and by retrieval.
    pub entries: [Entries; 2],
    /// What was asked, of a model that retrieves.
    pub asked: Option<Asked>,
}

/// A question and what its answer was made with.
#[derive(Clone, Debug)]
pub struct Asked {
    pub question: Vec<u8>,
    pub most: usize,
    pub log: Log,
    pub weights: [u16; 2],
}

fn listed(scores: &[(ContributionKey, i64)]) -> Entries {
    let entries = weighed(scores, REPORT_ENTRIES).into_iter();
    entries.map(|entry| (entry.key, entry.score)).collect()
}

/// A report of both kinds.
pub fn both_listed(scores: &[Entries; 2], weights: [u16; 2]) -> [Entries; 2] {
    let kinds = [0, 1].map(|kind| Kind {
        weight: weights[kind],
        scores: &scores[kind],
    });
    let listed = blend(&kinds, REPORT_ENTRIES);
    [0, 1].map(|kind| {
        let entries = listed[kind].iter();
        entries.map(|entry| (entry.key, entry.score)).collect()
    })
}

impl Chain {
    /// An honest report.
    pub fn honest(release: &TextRelease, output: &[Token]) -> Self {
        let credits = credits(output, release.shard(), release.rules()).unwrap();
        Self {
            shape: TextShape::read(&release.header()).unwrap(),
            table: release.table_root(),
            text: release.text_root(),
            counts: release.counts_root(),
            output: output.to_vec(),
            entries: [listed(&scores(output, &credits, release.shard())), vec![]],
            credits,
            asked: None,
        }
    }

    fn find(&self, release: &TextRelease) -> Option<Refutation> {
        self.find_with(release, None)
    }

    pub fn find_with(&self, release: &TextRelease, library: Option<&Library>) -> Option<Refutation> {
        let retrieved = self.asked.as_ref().zip(library);
        let answer = Answer {
            output: &self.output,
            credits: &self.credits,
            scores: &self.entries[0],
            retrieved: retrieved.map(|(asked, library)| Retrieved {
                library,
                question: &asked.question,
                most: asked.most,
                log: &asked.log,
                scores: &self.entries[1],
                weights: asked.weights,
            }),
        };
        release.find_flaw(&answer).unwrap()
    }

    pub fn window(&self, shown: &ShownWindow) -> Window {
        assert!(shown.bytes.len() <= 4 * LEAF_TOKENS as usize);
        let leaves = shown.bytes.chunks(2 * LEAF_TOKENS as usize);
        let leaves = leaves.map(|bytes| leaf(blake2_256, bytes)).collect();
        let width = self.shape.leaves();
        assert!(verify_range(
            blake2_256,
            &self.text,
            width,
            shown.first_leaf,
            leaves,
            &shown.proof
        ));
        shown.window()
    }

    /// A run that is long enough, or all of it.
    fn run(&self, at: usize, window: &Window, position: u32, most: u16, all: bool) -> u16 {
        match run(&self.output, at, window, position, self.shape.tokens, most) {
            Some(run) => {
                assert!(run.whole || !all, "the window is too short");
                run.tokens
            }
            None => 0,
        }
    }

    /// Whether the text has `token` so often.
    pub fn check_count(&self, token: Token, count: u32, ordinal: u32, proof: &[Hash]) {
        let leaves = vec![leaf(blake2_256, &count_leaf(token, count))];
        let width = self.shape.distinct;
        assert!(verify_range(
            blake2_256,
            &self.counts,
            width,
            ordinal,
            leaves,
            proof
        ));
    }

    /// A contribution's place, once it is proved.
    pub fn place(&self, (key, shown): &(ContributionKey, Shown)) -> Option<Place> {
        let leaves = shown
            .places
            .iter()
            .map(|place| leaf(blake2_256, &place.to_bytes()));
        let width = self.shape.documents;
        assert!(verify_range(
            blake2_256,
            &self.table,
            width,
            shown.ordinal,
            leaves.collect(),
            &shown.proof
        ));
        let mut places = shown.places.iter();
        places
            .find(|place| place.key() == (key.datanet, key.contribution))
            .copied()
    }

    /// Applies what is proved; panics if anything is not.
    pub fn apply(&mut self, refutation: &Refutation) {
        let before = self.clone();
        let (min, copy) = (self.shape.min_tokens, self.shape.copy_tokens);
        match &refutation.flaw {
            Flaw::Sums => {}
            Flaw::Passage { from, count, theirs } => {
                let theirs = self.window(theirs);
                assert!(*count > 0);
                for at in usize::from(*from)..usize::from(from + count) {
                    let credited = self.credits[at].position;
                    assert!(credited != NOBODY && self.run(at, &theirs, credited, min, true) < min);
                    self.credits[at].position = NOBODY;
                }
            }
            Flaw::Claim {
                from,
                count,
                position,
                ours,
                theirs,
            } => {
                let ours = self.window(ours);
                let theirs = theirs.as_ref().map(|theirs| self.window(theirs));
                assert!(*count > 0);
                for (at, position) in (usize::from(*from)..usize::from(from + count)).zip(*position..) {
                    let found = self.run(at, &ours, position, copy, false);
                    let credited = self.credits[at].position;
                    assert!(found >= min);
                    if credited != NOBODY && !(found == copy && position < credited) {
                        let theirs = self.run(at, theirs.as_ref().unwrap(), credited, copy, true);
                        assert!(rank(found, position) > rank(theirs, credited));
                    }
                    self.credits[at].position = position;
                }
            }
            Flaw::Term { .. } | Flaw::Retrieved { .. } | Flaw::Cited { .. } => {
                self.correct_log(&refutation.flaw);
            }
            Flaw::Count {
                token,
                count,
                ordinal,
                proof,
            } => {
                let token = self.output[usize::from(*token)];
                self.check_count(token, *count, *ordinal, proof);
                for (credit, _) in self
                    .credits
                    .iter_mut()
                    .zip(&self.output)
                    .filter(|(_, of)| **of == token)
                {
                    credit.count = *count;
                }
            }
        }
        assert!(refutation.places.len() <= 4);
        for shown in &refutation.places {
            let place = self.place(shown);
            self.judge(shown.0, place.as_ref());
        }
        let log = |chain: &Self| chain.asked.as_ref().map(|asked| asked.log.clone());
        let same = |a: &Self, b: &Self| a.credits == b.credits && a.entries == b.entries && log(a) == log(b);
        assert!(
            !same(&before, self),
            "a refutation changes something: {refutation:?}"
        );
    }

    /// Each kind of evidence about a contribution, spans first.
    fn judge(&mut self, key: ContributionKey, place: Option<&Place>) {
        let count = |index: usize| u64::from(self.credits[index].count);
        let prices = prices(&self.output, self.shape.total(), count);
        let spans = place.map_or(0, |place| score(&self.credits, &prices, place.first, place.rows));
        let mut found = vec![spans];
        let mut weights = [1, 0];
        if let Some(asked) = &self.asked {
            found.push(place.map_or(0, |place| asked.log.score_of(place.first, place.rows)));
            weights = asked.weights;
        }
        for (kind, sum) in found.into_iter().enumerate() {
            let before = self.entries[kind].iter().find(|(of, _)| *of == key).copied();
            let mut with = self.entries.clone();
            with[kind].retain(|(of, _)| *of != key);
            with[kind].push((key, sum));
            let right = both_listed(&with, weights);
            let wrong = match before {
                Some((_, score)) => score != sum,
                None => right[kind].iter().any(|(of, _)| *of == key),
            };
            if wrong {
                self.entries = right;
            }
        }
    }

    /// Refutes until nothing is found: in how many calls.
    fn refute(&mut self, release: &TextRelease) -> usize {
        self.refute_with(release, None)
    }

    pub fn refute_with(&mut self, release: &TextRelease, library: Option<&Library>) -> usize {
        for steps in 0..2_000 {
            match self.find_with(release, library) {
                Some(refutation) => self.apply(&refutation),
                None => return steps,
            }
        }
        panic!("there is no end of it");
    }
}

/// Ways to lie. Each changes something, or is not possible.
#[derive(Clone, Copy, Debug)]
pub enum Lie {
    Shifted,
    LaterCopy,
    Uncredited,
    Unfounded,
    BeyondTheText,
    Count,
    Inflated,
    Omitted,
    Foreign,
}

pub const LIES: [Lie; 9] = [
    Lie::Shifted,
    Lie::LaterCopy,
    Lie::Uncredited,
    Lie::Unfounded,
    Lie::BeyondTheText,
    Lie::Count,
    Lie::Inflated,
    Lie::Omitted,
    Lie::Foreign,
];

impl Lie {
    /// Lies about a few tokens or one entry.
    pub fn tell(self, chain: &mut Chain, release: &TextRelease, random: &mut SplitMix64) {
        let from = random.below(chain.credits.len());
        let to = chain.credits.len().min(from + 1 + random.below(20));
        let shape = chain.shape;
        for (credit, token) in chain.credits[from..to].iter_mut().zip(&chain.output[from..to]) {
            let quoted = credit.position != NOBODY;
            match self {
                Lie::Shifted if quoted => credit.position ^= 1 << random.below(3),
                Lie::LaterCopy if quoted => {
                    let mut copies = (credit.position + 1..shape.tokens).filter(|at| {
                        release
                            .shard()
                            .tokens(*at as usize..*at as usize + 1)
                            .eq([*token])
                    });
                    if let Some(copy) = copies.next_back() {
                        credit.position = copy;
                    }
                }
                Lie::Uncredited => credit.position = NOBODY,
                Lie::Unfounded => credit.position = random.below(shape.tokens as usize) as u32,
                Lie::BeyondTheText => credit.position = shape.tokens + random.below(9) as u32,
                Lie::Count => credit.count += u32::from(release.shard().count(*token) > 0),
                _ => {}
            }
        }
        let spans = &mut chain.entries[0];
        match (self, spans.len()) {
            (Lie::Inflated, 1..) => spans[0].1 += 1,
            (Lie::Omitted, entries @ 1..) => {
                spans.remove(random.below(entries));
            }
            (Lie::Foreign, _) => {
                let foreign = ContributionKey {
                    datanet: 8,
                    contribution: 1,
                };
                spans.push((foreign, 1 << 40));
                *spans = listed(spans);
            }
            _ => {}
        }
    }
}

/// Tells lies, refutes them, and checks that the honest report is what is left. Gives the calls that it took.
fn lie_and_refute(release: &TextRelease, output: &[Token], lies: &[Lie], seed: u64) -> usize {
    let honest = Chain::honest(release, output);
    assert_eq!(honest.find(release), None, "an honest report is right");
    let mut chain = honest.clone();
    let mut random = SplitMix64::new(seed);
    lies.iter()
        .for_each(|lie| lie.tell(&mut chain, release, &mut random));
    let wrong = |a: &Chain| {
        let credits = a.credits.iter().zip(&honest.credits);
        credits.filter(|(a, b)| a != b).count()
    };
    let (lied, entries) = (wrong(&chain), chain.entries.clone());
    let steps = chain.refute(release);
    assert_eq!(chain.credits, honest.credits);
    assert_eq!(chain.entries, honest.entries);
    assert_eq!(
        steps > 0,
        lied > 0 || entries != honest.entries,
        "every lie is found"
    );
    assert!(steps <= lied + REPORT_ENTRIES, "{steps} calls for {lied} tokens");
    steps
}

pub fn release(texts: &[Text], rules: &Rules) -> TextRelease {
    TextRelease::of(Arc::new(shard(texts)), rules).unwrap()
}

/// Texts over several leaves, with a later copy of the third, and an output that quotes some of them.
pub fn quoting(seed: u64) -> (TextRelease, Vec<Token>) {
    let mut texts = generated::texts(seed, 12, 500);
    let copy = texts[3].tokens.clone();
    texts.push(Text {
        key: key(90),
        registered: 1_000,
        tokens: copy,
    });
    let quotes = [
        &texts[3].tokens[20..80],
        &texts[9].tokens[100..130],
        &[5_000; 20],
        &texts[6].tokens[..70],
    ];
    (release(&texts, &Rules::default()), quotes.concat())
}

#[test]
fn a_quote_that_is_credited_to_nobody_is_refuted_by_one_claim() {
    let (release, output) = quoting(1);
    let mut chain = Chain::honest(&release, &output);
    chain.credits[..60]
        .iter_mut()
        .for_each(|credit| credit.position = NOBODY);
    chain.entries[0].retain(|(of, _)| *of != key(3));
    let found = chain.find(&release).unwrap();
    assert!(matches!(
        found.flaw,
        Flaw::Claim {
            from: 0,
            count: 60,
            theirs: None,
            ..
        }
    ));
    assert_eq!(found.places.len(), 1);
    assert_eq!(found.places[0].0, key(3));
    assert_eq!(chain.refute(&release), 1);
}

#[test]
fn a_later_copy_is_refuted_by_the_earlier_passage_alone() {
    let (release, output) = quoting(2);
    let mut chain = Chain::honest(&release, &output);
    let moved = release.place(key(90)).unwrap().first - release.place(key(3)).unwrap().first;
    chain.credits[..60]
        .iter_mut()
        .for_each(|credit| credit.position += moved);
    chain.entries[0] = listed(&scores(&output, &chain.credits, release.shard()));
    let found = chain.find(&release).unwrap();
    assert!(matches!(
        found.flaw,
        Flaw::Claim {
            from: 0,
            count: 60,
            theirs: None,
            ..
        }
    ));
    let keys: Vec<u64> = found.places.iter().map(|(key, _)| key.contribution).collect();
    assert_eq!(keys, [3, 90], "who is owed and who was paid");
    assert_eq!(chain.refute(&release), 1);
}

#[test]
fn a_passage_that_is_none_is_shown_with_its_text() {
    let (release, output) = quoting(3);
    let mut chain = Chain::honest(&release, &output);
    let foreign = release.place(key(5)).unwrap().first;
    (0..)
        .zip(&mut chain.credits[95..105])
        .for_each(|(at, credit)| credit.position = foreign + at);
    chain.entries[0] = listed(&scores(&output, &chain.credits, release.shard()));
    let found = chain.find(&release).unwrap();
    assert!(matches!(
        found.flaw,
        Flaw::Passage {
            from: 95,
            count: 10,
            ..
        }
    ));
    assert_eq!(chain.refute(&release), 1);
}

#[test]
fn a_wrong_count_is_shown_once_for_all_places_of_its_token() {
    let (release, output) = quoting(4);
    let mut chain = Chain::honest(&release, &output);
    // the first token of a quote that stands in the output again
    let times = |token: &Token| output.iter().filter(|other| *other == token).count();
    let at = output.iter().position(|token| times(token) > 1).unwrap();
    let same = |(_, token): &(&mut Credit, &Token)| **token == output[at];
    for (credit, _) in chain.credits.iter_mut().zip(&output).filter(same) {
        credit.count = 1;
    }
    chain.entries[0] = listed(&scores(&output, &chain.credits, release.shard()));
    let found = chain.find(&release).unwrap();
    assert!(matches!(found.flaw, Flaw::Count { token, .. } if usize::from(token) == at));
    assert_eq!(chain.refute(&release), 1);
}

#[test]
fn credits_after_the_end_of_an_output_are_refuted() {
    let (release, output) = quoting(5);
    let mut chain = Chain::honest(&release, &output);
    chain.credits.extend([
        Credit::NONE,
        Credit {
            position: 7,
            count: 0,
        },
    ]);
    let found = chain.find(&release).unwrap();
    assert!(matches!(found.flaw, Flaw::Passage { count: 1, .. }));
    assert_eq!(found.places, []);
    assert_eq!(chain.refute(&release), 1);
    assert_eq!(chain.credits[output.len() + 1], Credit::NONE);
}

#[test]
fn a_report_of_more_contributions_than_it_lists_is_right_and_each_omission_wrong() {
    let texts = generated::texts(6, 30, 60);
    let release = release(&texts, &Rules::default());
    let quotes: Vec<&[Token]> = texts.iter().map(|text| &text.tokens[3..11]).collect();
    let output = quotes.concat();
    let honest = Chain::honest(&release, &output);
    assert_eq!(honest.entries[0].len(), REPORT_ENTRIES);
    assert_eq!(honest.find(&release), None);
    for omitted in 0..REPORT_ENTRIES {
        let mut chain = honest.clone();
        chain.entries[0].remove(omitted);
        let found = chain.find(&release).unwrap();
        assert_eq!(found.flaw, Flaw::Sums);
        chain.refute(&release);
        assert_eq!(chain.entries, honest.entries);
    }
}

#[test]
fn what_cannot_be_judged_is_named() {
    let release = release(&texts(&[&[1, 2, 3, 4, 5]]), &Rules::default());
    let refused = |output: &[Token], credits: &[Credit]| {
        let answer = Answer {
            output,
            credits,
            scores: &[],
            retrieved: None,
        };
        release.find_flaw(&answer)
    };
    assert_eq!(
        refused(&[1, 2], &[Credit::NONE]),
        Err(FlawError::CreditsMissing {
            tokens: 2,
            credits: 1
        })
    );
    let found = MAX_OUTPUT_TOKENS + 1;
    assert_eq!(
        refused(&vec![1; found], &vec![Credit::NONE; found]),
        Err(FlawError::OutputTooLong { found })
    );
    assert!(matches!(
        refused(&[Token::MAX], &[Credit::NONE]),
        Err(FlawError::Output(_))
    ));
    assert_eq!(refused(&[], &[]), Ok(None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn lies_about_small_texts_are_refuted_until_the_truth_is_left(
        texts in some_texts(),
        output in some_output(),
        rules in some_rules(),
        lies in prop::collection::vec(prop::sample::select(&LIES), 0..4),
        seed in any::<u64>(),
    ) {
        prop_assume!(texts.iter().any(|text| !text.tokens.is_empty()));
        lie_and_refute(&release(&texts, &rules), &output, &lies, seed);
    }

    #[test]
    fn lies_about_texts_of_many_leaves_are_refuted_until_the_truth_is_left(
        lies in prop::collection::vec(prop::sample::select(&LIES), 1..6),
        seed in 0..1_000u64,
    ) {
        let (release, output) = quoting(seed % 7);
        lie_and_refute(&release, &output, &lies, seed);
    }
}
