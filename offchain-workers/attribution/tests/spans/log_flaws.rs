// SPDX-License-Identifier: Apache-2.0
//! Answers that lie about the passages that they were made with, and what refutes them: applied as the runtime applies it.

use openledger_attribution::{
    retrieval::Library,
    spans::{Flaw, TextRelease, Token},
    ContributionKey,
};
use openledger_fixed::{
    retrieval::{is_passage, passage, score, terms, Cited, Log, MAX_PASSAGES},
    spans::{tokens_of, LEAF_TOKENS},
    REPORT_ENTRIES,
};
use openledger_trainer::random::SplitMix64;
use proptest::prelude::*;

use crate::{
    flaws::{both_listed, quoting, release, Asked, Chain, Lie, LIES},
    generated, key, texts,
};

impl Chain {
    /// An honest report of both kinds.
    fn asked(
        release: &TextRelease,
        library: &Library,
        question: &[Token],
        output: &[Token],
        (most, weights): (usize, [u16; 2]),
    ) -> Self {
        let mut chain = Self::honest(release, output);
        chain.asked = Some(Asked {
            question: question.iter().flat_map(|token| token.to_le_bytes()).collect(),
            most,
            log: library.retrieve(question, most).unwrap(),
            weights,
        });
        chain.report_log(release);
        chain
    }

    /// Reports what the log says.
    fn report_log(&mut self, release: &TextRelease) {
        let asked = self.asked.as_ref().unwrap();
        let shard = release.shard();
        let documents = (0..shard.documents()).map(|index| shard.document(index));
        let scores = documents.map(|document| {
            let (first, rows) = (document.tokens.start as u32, document.tokens.len() as u32);
            (document.key, asked.log.score_of(first, rows))
        });
        let weights = asked.weights;
        self.entries[1] = scores.collect();
        self.entries = both_listed(&self.entries, weights);
    }

    /// Applies a flaw of the log; panics if it is not proved.
    pub fn correct_log(&mut self, flaw: &Flaw) {
        let asked = self.asked.clone().expect("a model that retrieves");
        let terms = |question: &[u8]| {
            assert_eq!(*question, asked.question, "what was asked");
            terms(&tokens_of(question))
        };
        let log = match flaw {
            Flaw::Term {
                question,
                term,
                count,
                ordinal,
                proof,
            } => {
                let index = usize::from(*term);
                self.check_count(terms(question)[index], *count, *ordinal, proof);
                let mut log = asked.log.clone();
                log.counts[index] = *count;
                log
            }
            Flaw::Retrieved {
                question,
                document,
                number,
                window,
            } => {
                let place = self.place(document).expect("a contribution of the text");
                let (position, tokens) = passage(place.first, place.rows, *number).expect("a passage");
                let window = self.window(window);
                let from = (position - window.first) as usize;
                let shown = &window.tokens[from..from + tokens as usize];
                let score = score(&terms(question), &asked.log.counts, self.shape.total(), shown);
                asked.log.with(Cited { position, score }, asked.most)
            }
            Flaw::Cited { position, document } => {
                match document {
                    None => assert!(*position >= self.shape.tokens),
                    Some(document) => {
                        let place = self.place(document).expect("a contribution of the text");
                        assert!((place.first..=place.first + place.rows).contains(position));
                        assert!(!is_passage(place.first, place.rows, *position));
                    }
                }
                asked.log.without(*position)
            }
            _ => panic!("not of the log"),
        };
        assert_ne!(log, asked.log, "a flaw of the log changes it");
        self.asked = Some(Asked { log, ..asked });
    }

    fn log(&mut self) -> &mut Log {
        &mut self.asked.as_mut().expect("a model that retrieves").log
    }
}

/// Ways to lie about a log, or about the report of it.
#[derive(Clone, Copy, Debug)]
enum LogLie {
    Count,
    Score,
    Missing,
    Other,
    BetweenPassages,
    BeyondTheText,
    Empty,
    Inflated,
    Omitted,
    Foreign,
}

const LOG_LIES: [LogLie; 10] = [
    LogLie::Count,
    LogLie::Score,
    LogLie::Missing,
    LogLie::Other,
    LogLie::BetweenPassages,
    LogLie::BeyondTheText,
    LogLie::Empty,
    LogLie::Inflated,
    LogLie::Omitted,
    LogLie::Foreign,
];

impl LogLie {
    fn tell(self, chain: &mut Chain, release: &TextRelease, random: &mut SplitMix64) {
        let (tokens, most) = (chain.shape.tokens, chain.asked.as_ref().unwrap().most);
        let score = 1 + random.below(1 << 22) as u32;
        let shard = release.shard();
        let document = shard.document(random.below(shard.documents())).tokens;
        let said = chain.log().clone();
        let cite = |position: usize| {
            let position = position as u32;
            said.with(Cited { position, score }, most)
        };
        match (self, said.cited.len(), said.counts.len()) {
            (LogLie::Count, _, counts @ 1..) => {
                chain.log().counts[random.below(counts)] ^= 1 << random.below(8)
            }
            (LogLie::Score, cited @ 1.., _) => {
                let position = said.cited[random.below(cited)].position;
                *chain.log() = cite(position as usize);
            }
            (LogLie::Missing, cited @ 1.., _) => {
                *chain.log() = said.without(said.cited[random.below(cited)].position);
            }
            (LogLie::Other, _, _) => *chain.log() = cite(document.start),
            (LogLie::BetweenPassages, _, _) => {
                *chain.log() = cite(document.start + random.below(document.len() + 1));
            }
            (LogLie::BeyondTheText, _, _) => *chain.log() = cite(tokens as usize + random.below(9)),
            (LogLie::Empty, _, _) => chain.log().cited.clear(),
            _ => {}
        }
        // the report follows from the lie, or is one of its own
        chain.report_log(release);
        let cited = &mut chain.entries[1];
        match (self, cited.len()) {
            (LogLie::Inflated, 1..) => cited[0].1 += 1,
            (LogLie::Omitted, entries @ 1..) => {
                cited.remove(random.below(entries));
            }
            (LogLie::Foreign, _) => {
                let foreign = ContributionKey {
                    datanet: 8,
                    contribution: 1,
                };
                cited.push((foreign, 1 << 40));
            }
            _ => {}
        }
    }
}

/// Counts of terms that the text lacks prove nothing and score nothing.
fn without_strangers(chain: &Chain, release: &TextRelease) -> Log {
    let asked = chain.asked.clone().unwrap();
    let mut log = asked.log;
    for (count, term) in log.counts.iter_mut().zip(terms(&tokens_of(&asked.question))) {
        if release.shard().count(term) == 0 {
            *count = 0;
        }
    }
    log
}

/// Lies about both kinds of evidence and checks that what is left is honest. Gives the calls that it took.
fn lie_and_refute(
    release: &TextRelease,
    honest: &Chain,
    (lies, log_lies): (&[Lie], &[LogLie]),
    seed: u64,
) -> usize {
    let library = Library::of(release.shard()).unwrap();
    assert_eq!(
        honest.find_with(release, Some(&library)),
        None,
        "an honest report is right"
    );
    let mut chain = honest.clone();
    let mut random = SplitMix64::new(seed);
    for lie in lies {
        lie.tell(&mut chain, release, &mut random);
    }
    for lie in log_lies {
        lie.tell(&mut chain, release, &mut random);
    }
    let credits = chain.credits.iter().zip(&honest.credits);
    let lied = credits.filter(|(a, b)| a != b).count();
    let steps = chain.refute_with(release, Some(&library));
    assert_eq!(chain.credits, honest.credits);
    assert_eq!(
        without_strangers(&chain, release),
        without_strangers(honest, release)
    );
    assert_eq!(chain.entries, honest.entries);
    // a count for each term, and each passage that is cited goes and one comes
    let log = honest.asked.as_ref().unwrap().log.counts.len() + 2 * MAX_PASSAGES;
    assert!(
        steps <= lied + log + 2 * REPORT_ENTRIES,
        "{steps} calls for {lied} tokens"
    );
    steps
}

/// A question about a text of several leaves, with an answer that quotes it.
fn asking(seed: u64) -> (TextRelease, Library, Chain) {
    let (release, output) = quoting(seed);
    let library = Library::of(release.shard()).unwrap();
    let document = release.shard().document(5).tokens;
    let mut question: Vec<Token> = release
        .shard()
        .tokens(document.start + 30..document.start + 42)
        .collect();
    question.push(60_000);
    let chain = Chain::asked(&release, &library, &question, &output, (4, [3, 1]));
    (release, library, chain)
}

#[test]
fn a_passage_that_was_left_out_is_shown_with_its_text() {
    let (release, library, honest) = asking(1);
    let mut chain = honest.clone();
    let best = chain.log().cited[0];
    *chain.log() = chain.log().without(best.position);
    chain.report_log(&release);
    let found = chain.find_with(&release, Some(&library)).unwrap();
    let Flaw::Retrieved { window, .. } = &found.flaw else {
        panic!("{:?}", found.flaw)
    };
    assert!(window.bytes.len() <= 4 * LEAF_TOKENS as usize);
    assert_eq!(chain.refute_with(&release, Some(&library)), 1);
    assert_eq!(chain.entries, honest.entries);
}

#[test]
fn a_count_comes_before_the_scores_that_rest_on_it() {
    let (release, library, honest) = asking(2);
    let mut chain = honest.clone();
    // the liar's scores are right by its own counts
    chain.log().counts[3] += 40;
    let found = chain.find_with(&release, Some(&library)).unwrap();
    assert!(matches!(found.flaw, Flaw::Term { term: 3, .. }));
    assert_eq!(found.places, [], "the scores are right as they stand");
    assert_eq!(chain.refute_with(&release, Some(&library)), 1);
}

#[test]
fn the_count_of_a_term_that_the_text_lacks_changes_nothing_and_is_no_flaw() {
    let (release, library, mut chain) = asking(3);
    // the last token is the first term
    assert_eq!(chain.log().counts[0], 0);
    chain.log().counts[0] = 77;
    assert_eq!(chain.find_with(&release, Some(&library)), None);
}

#[test]
fn what_is_no_passage_is_struck_first() {
    let (release, library, honest) = asking(4);
    let beyond = honest.shape.tokens + 3;
    let inside = honest.asked.as_ref().unwrap().log.cited[0].position + 1;
    for position in [beyond, inside] {
        let mut chain = honest.clone();
        let log = chain.log();
        *log = log.with(
            Cited {
                position,
                score: 1 << 25,
            },
            4,
        );
        chain.report_log(&release);
        let found = chain.find_with(&release, Some(&library)).unwrap();
        let Flaw::Cited {
            position: of,
            document,
        } = &found.flaw
        else {
            panic!("{:?}", found.flaw)
        };
        assert_eq!((*of, document.is_none()), (position, position == beyond));
        chain.refute_with(&release, Some(&library));
        assert_eq!(chain.entries, honest.entries);
    }
}

#[test]
fn a_later_copy_that_is_cited_gives_way_to_the_earlier_one() {
    let words = [[1; 30], [7; 30]].concat();
    let texts = texts(&[&[1; 200], &words, &words]);
    let release = release(&texts, &Default::default());
    let library = Library::of(release.shard()).unwrap();
    let honest = Chain::asked(&release, &library, &[7, 7], &[1, 1, 1], (1, [3, 1]));
    let mut chain = honest.clone();
    chain.log().cited[0].position += 61;
    chain.report_log(&release);
    assert_eq!(chain.entries[1][0].0, key(2));
    assert_eq!(chain.refute_with(&release, Some(&library)), 1);
    assert_eq!(chain.entries, honest.entries);
    assert_eq!(chain.entries[1][0].0, key(1));
}

#[test]
fn a_kind_of_no_weight_is_not_listed_beside_another_and_its_log_is_judged_all_the_same() {
    let (release, library, honest) = asking(5);
    let asked = honest.asked.clone().unwrap();
    let question = tokens_of(&asked.question);
    let mut chain = Chain::asked(&release, &library, &question, &honest.output, (4, [3, 0]));
    assert_eq!(chain.entries[1], []);
    assert_eq!(chain.find_with(&release, Some(&library)), None);
    chain.log().cited.clear();
    assert_eq!(chain.refute_with(&release, Some(&library)), asked.log.cited.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lies_about_logs_and_credits_are_refuted_until_the_truth_is_left(
        lies in prop::collection::vec(prop::sample::select(&LIES), 0..3),
        log_lies in prop::collection::vec(prop::sample::select(&LOG_LIES), 1..6),
        most in 1..=MAX_PASSAGES,
        weights in prop::sample::select(&[[3u16, 1], [1, 1], [0, 1], [1, 0], [0, 0]]),
        question in prop::collection::vec(0..400u16, 1..40),
        seed in 0..1_000u64,
    ) {
        let (release, output) = quoting(seed % 7);
        let library = Library::of(release.shard()).unwrap();
        let honest = Chain::asked(&release, &library, &question, &output, (most, weights));
        lie_and_refute(&release, &honest, (&lies, &log_lies), seed);
    }

    #[test]
    fn lies_about_short_documents_are_refuted_until_the_truth_is_left(
        log_lies in prop::collection::vec(prop::sample::select(&LOG_LIES), 1..6),
        documents in 1..30u64,
        question in prop::collection::vec(0..60u16, 0..9),
        seed in 0..1_000u64,
    ) {
        let release = release(&generated::texts(seed, documents, 20), &Default::default());
        let library = Library::of(release.shard()).unwrap();
        let output: Vec<Token> = release.shard().tokens(0..9.min(release.shard().len() - 1)).collect();
        prop_assume!(!output.contains(&Token::MAX));
        let honest = Chain::asked(&release, &library, &question, &output, (4, [3, 1]));
        lie_and_refute(&release, &honest, (&[], &log_lies), seed);
    }
}
