// SPDX-License-Identifier: Apache-2.0
//! Reports that lie, and what refutes them: applied as the runtime applies it, by nothing but the release's roots.

use std::sync::Arc;

use openledger_attribution::{
    merkle::{blake2_256, Hash},
    spans::{
        credits,
        flaws::{Flaw, FlawError, Refutation},
        scores,
        text_release::ShownWindow,
        Rules, TextRelease, Token,
    },
    ContributionKey,
};
use openledger_fixed::{
    release::{leaf, verify_range, Place},
    spans::{
        count_leaf, prices, rank, run, score, Credit, TextShape, Window, LEAF_TOKENS, MAX_OUTPUT_TOKENS,
        NOBODY,
    },
    weighed, REPORT_ENTRIES,
};
use openledger_trainer::random::SplitMix64;
use proptest::prelude::*;

use crate::{
    generated, key,
    oracle::{some_output, some_rules, some_texts},
    shard, texts, Text,
};

type Entries = Vec<(ContributionKey, i64)>;

/// What the chain knows: roots, the output, and credits and scores as they stand.
#[derive(Clone, Debug)]
struct Chain {
    shape: TextShape,
    table: Hash,
    text: Hash,
    counts: Hash,
    output: Vec<Token>,
    credits: Vec<Credit>,
    entries: Entries,
}

fn listed(scores: &[(ContributionKey, i64)]) -> Entries {
    let entries = weighed(scores, REPORT_ENTRIES).into_iter();
    entries.map(|entry| (entry.key, entry.score)).collect()
}

impl Chain {
    /// An honest report.
    fn honest(release: &TextRelease, output: &[Token]) -> Self {
        let credits = credits(output, release.shard(), release.rules()).unwrap();
        Self {
            shape: TextShape::read(&release.header()).unwrap(),
            table: release.table_root(),
            text: release.text_root(),
            counts: release.counts_root(),
            output: output.to_vec(),
            entries: listed(&scores(output, &credits, release.shard())),
            credits,
        }
    }

    fn find(&self, release: &TextRelease) -> Option<Refutation> {
        release
            .find_flaw(&self.output, &self.credits, &self.entries)
            .unwrap()
    }

    fn window(&self, shown: &ShownWindow) -> Window {
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

    /// Applies what is proved; panics if anything is not.
    fn apply(&mut self, refutation: &Refutation) {
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
            Flaw::Count {
                token,
                count,
                ordinal,
                proof,
            } => {
                let token = self.output[usize::from(*token)];
                let leaves = vec![leaf(blake2_256, &count_leaf(token, *count))];
                let width = self.shape.distinct;
                assert!(verify_range(
                    blake2_256,
                    &self.counts,
                    width,
                    *ordinal,
                    leaves,
                    proof
                ));
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
        for (key, shown) in &refutation.places {
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
            let own = shown
                .places
                .iter()
                .find(|place| place.key() == (key.datanet, key.contribution));
            self.judge(*key, own);
        }
        let same = |a: &Self, b: &Self| a.credits == b.credits && a.entries == b.entries;
        assert!(
            !same(&before, self),
            "a refutation changes something: {refutation:?}"
        );
    }

    fn judge(&mut self, key: ContributionKey, place: Option<&Place>) {
        let count = |index: usize| u64::from(self.credits[index].count);
        let prices = prices(&self.output, self.shape.total(), count);
        let sum = place.map_or(0, |place| score(&self.credits, &prices, place.first, place.rows));
        let mut entries = self.entries.clone();
        entries.retain(|(of, _)| *of != key);
        entries.push((key, sum));
        self.entries = listed(&entries);
    }

    /// Refutes until nothing is found: in how many calls.
    fn refute(&mut self, release: &TextRelease) -> usize {
        for steps in 0..2_000 {
            match self.find(release) {
                Some(refutation) => self.apply(&refutation),
                None => return steps,
            }
        }
        panic!("there is no end of it");
    }
}

/// Ways to lie. Each changes something, or is not possible.
#[derive(Clone, Copy, Debug)]
enum Lie {
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

const LIES: [Lie; 9] = [
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
    fn tell(self, chain: &mut Chain, release: &TextRelease, random: &mut SplitMix64) {
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
        match (self, chain.entries.len()) {
            (Lie::Inflated, 1..) => chain.entries[0].1 += 1,
            (Lie::Omitted, entries @ 1..) => {
                chain.entries.remove(random.below(entries));
            }
            (Lie::Foreign, _) => {
                let foreign = ContributionKey {
                    datanet: 8,
                    contribution: 1,
                };
                chain.entries.push((foreign, 1 << 40));
                chain.entries = listed(&chain.entries);
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

fn release(texts: &[Text], rules: &Rules) -> TextRelease {
    TextRelease::of(Arc::new(shard(texts)), rules).unwrap()
}

/// Texts over several leaves, with a later copy of the third, and an output that quotes some of them.
fn quoting(seed: u64) -> (TextRelease, Vec<Token>) {
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
    chain.entries.retain(|(of, _)| *of != key(3));
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
    chain.entries = listed(&scores(&output, &chain.credits, release.shard()));
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
    chain.entries = listed(&scores(&output, &chain.credits, release.shard()));
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
    chain.entries = listed(&scores(&output, &chain.credits, release.shard()));
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
    assert_eq!(honest.entries.len(), REPORT_ENTRIES);
    assert_eq!(honest.find(&release), None);
    for omitted in 0..REPORT_ENTRIES {
        let mut chain = honest.clone();
        chain.entries.remove(omitted);
        let found = chain.find(&release).unwrap();
        assert_eq!(found.flaw, Flaw::Sums);
        chain.refute(&release);
        assert_eq!(chain.entries, honest.entries);
    }
}

#[test]
fn what_cannot_be_judged_is_named() {
    let release = release(&texts(&[&[1, 2, 3, 4, 5]]), &Rules::default());
    let refused = |output: &[Token], credits: &[Credit]| release.find_flaw(output, credits, &[]).unwrap_err();
    assert_eq!(
        refused(&[1, 2], &[Credit::NONE]),
        FlawError::CreditsMissing {
            tokens: 2,
            credits: 1
        }
    );
    let found = MAX_OUTPUT_TOKENS + 1;
    assert_eq!(
        refused(&vec![1; found], &vec![Credit::NONE; found]),
        FlawError::OutputTooLong { found }
    );
    assert!(matches!(
        refused(&[Token::MAX], &[Credit::NONE]),
        FlawError::Output(_)
    ));
    assert_eq!(release.find_flaw(&[], &[], &[]), Ok(None));
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
