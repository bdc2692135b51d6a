// SPDX-License-Identifier: Apache-2.0
//! Retrieval: who is cited, what a log proves, and what is refused.

use openledger_attribution::{
    retrieval::{
        log::{MAGIC, VERSION},
        Document, Library, Log, LogError, RetrievalError, MAX_PASSAGES, MAX_QUESTION_WORDS,
    },
    ContributionKey,
};
use openledger_fixed::{blend, BlendWeights, EvidenceKind};
use proptest::prelude::*;

fn key(contribution: u64) -> ContributionKey {
    ContributionKey {
        datanet: 7,
        contribution,
    }
}

fn document(contribution: u64, registered: u64, text: &str) -> Document<'_> {
    Document {
        key: key(contribution),
        registered,
        text: text.as_bytes(),
    }
}

const TEXTS: [&str; 4] = [
    "A mill race brings the water to the wheel; the wheel turns the shaft, the shaft the stones.",
    "The miller dresses the stones twice a year, so that the grain is cut and not crushed.",
    "Where the race is steep the wheel is overshot; where it is flat the wheel is undershot.",
    "Bakers buy flour by the sack.",
];

fn library() -> Library {
    Library::build(
        (0..)
            .zip(TEXTS)
            .map(|(number, text)| document(number, number, text)),
    )
    .unwrap()
}

fn refused(question: &str, limit: usize) -> RetrievalError {
    library().retrieve(question, limit).unwrap_err()
}

#[test]
fn the_passage_with_the_rarest_words_comes_first_and_is_cited() {
    let log = library()
        .retrieve("When are the stones dressed? Who dresses them?", 3)
        .unwrap();
    assert_eq!(log.hits[0].passage.key, key(1));
    assert_eq!(log.citations()[0], "[1] datanet 7, contribution 1, bytes 0 to 84");
    assert!(log.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
    let scores = log.scores();
    let first = scores.iter().find(|(found, _)| *found == key(1)).unwrap();
    assert_eq!(first.1, log.hits[0].score);
}

#[test]
fn equal_passages_rank_by_registration_and_exact_copies_are_not_there() {
    let other = "Grain and bran and meal are weighed.";
    let copy = "grain and bran -- and MEAL are weighed";
    let equal = "Meal and bran and grain are weighed.";
    let documents = [document(1, 5, copy), document(2, 4, other), document(3, 9, equal)];
    let library = Library::build(documents).unwrap();
    assert_eq!(library.passages().len(), 2);
    let log = library.retrieve("meal", 5).unwrap();
    let cited: Vec<u64> = log.hits.iter().map(|hit| hit.passage.key.contribution).collect();
    assert_eq!(cited, [2, 3]);
    assert_eq!(log.hits[0].score, log.hits[1].score);
}

#[test]
fn the_order_in_which_documents_are_given_changes_nothing() {
    let mut documents: Vec<Document<'_>> = (0..)
        .zip(TEXTS)
        .map(|(number, text)| document(number, 9 - number, text))
        .collect();
    let one = Library::build(documents.clone()).unwrap();
    documents.reverse();
    let two = Library::build(documents).unwrap();
    assert_eq!(one.id(), two.id());
    assert_eq!(one.retrieve("the wheel", 4), two.retrieve("the wheel", 4));
    assert_ne!(one.id(), library().id(), "another order of registration");
}

#[test]
fn a_log_is_proved_by_the_library_alone() {
    let (library, question) = (library(), "the wheel of the race");
    let log = library.retrieve(question, 2).unwrap();
    assert_eq!(library.verify(&log, question), Ok(()));
    let changed = |change: &dyn Fn(&mut Log)| {
        let mut log = log.clone();
        change(&mut log);
        library.verify(&log, question).unwrap_err()
    };
    assert_eq!(
        changed(&|log| log.hits.swap(0, 1)),
        RetrievalError::WrongEntry { entry: 0 }
    );
    assert_eq!(
        changed(&|log| log.hits[1].score += 1),
        RetrievalError::WrongEntry { entry: 1 }
    );
    assert_eq!(
        changed(&|log| {
            log.hits.remove(0);
        }),
        RetrievalError::WrongEntry { entry: 0 }
    );
    assert_eq!(changed(&|log| log.library[0] ^= 1), RetrievalError::WrongLibrary);
    assert_eq!(
        changed(&|log| log.hits.clear()),
        RetrievalError::WrongLimit { asked: 0 }
    );
    assert_eq!(
        library.verify(&log, "another question"),
        Err(RetrievalError::WrongQuestion)
    );
}

#[test]
fn what_cannot_be_answered_is_refused_by_name() {
    assert_eq!(refused(" ?! ", 1), RetrievalError::EmptyQuestion);
    let long = "word ".repeat(MAX_QUESTION_WORDS + 1);
    let found = MAX_QUESTION_WORDS + 1;
    assert_eq!(refused(&long, 1), RetrievalError::QuestionTooLong { found });
    assert_eq!(refused("wheel", 0), RetrievalError::WrongLimit { asked: 0 });
    let asked = MAX_PASSAGES + 1;
    assert_eq!(refused("wheel", asked), RetrievalError::WrongLimit { asked });
    assert_eq!(refused("helicopter", 1), RetrievalError::NothingFound);
    let build = |documents: &[Document<'_>]| Library::build(documents.iter().copied()).unwrap_err();
    assert_eq!(build(&[]), RetrievalError::NoPassages);
    assert_eq!(build(&[document(1, 1, " -- ")]), RetrievalError::NoPassages);
    assert_eq!(
        build(&[document(1, 1, "a"), document(1, 2, "b")]),
        RetrievalError::DuplicateContribution {
            datanet: 7,
            contribution: 1
        }
    );
    let bytes = Document {
        text: &[b'a', 0xff],
        ..document(4, 1, "")
    };
    assert_eq!(
        build(&[bytes]),
        RetrievalError::NotUtf8 {
            datanet: 7,
            contribution: 4,
            valid_up_to: 1
        }
    );
}

#[test]
fn bytes_that_are_no_log_are_refused_by_name() {
    let log = library().retrieve("wheel", 2).unwrap();
    let good = log.to_bytes();
    assert_eq!(Log::from_bytes(&good), Ok(log));
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        Log::from_bytes(&bytes).unwrap_err()
    };
    assert!(good.starts_with(&MAGIC));
    assert_eq!(changed(&|bytes| bytes[0] = 0), LogError::WrongMagic);
    assert_eq!(
        changed(&|bytes| bytes[4] += 1),
        LogError::WrongVersion { found: VERSION + 1 }
    );
    assert_eq!(changed(&|bytes| bytes[6] = 0), LogError::WrongCount { found: 0 });
    assert_eq!(
        changed(&|bytes| bytes[6] = 17),
        LogError::WrongCount { found: 17 }
    );
    assert!(matches!(
        changed(&|bytes| bytes.truncate(60)),
        LogError::WrongLength { .. }
    ));
    assert!(matches!(
        changed(&|bytes| bytes.push(0)),
        LogError::WrongLength { .. }
    ));
    let score = good.len() - 8;
    assert_eq!(
        changed(&|bytes| bytes[score..].fill(0)),
        LogError::EmptyEntry { entry: 1 }
    );
}

#[test]
fn used_passages_are_evidence_of_a_blended_report() {
    let log = library().retrieve("the wheel of the race", 2).unwrap();
    let governed = BlendWeights {
        influence: 3,
        spans: 2,
        retrieval: 1,
    };
    let (influence, retrieval) = ([(key(3), 40), (key(0), -10)], log.scores());
    let evidence = [
        (EvidenceKind::Influence, &influence[..]),
        (EvidenceKind::Retrieval, &retrieval),
    ];
    let report = blend(&governed, &evidence, 16).unwrap();
    let sum: i32 = report.iter().map(|entry| entry.weight.max(0)).sum();
    assert_eq!(sum, 1_000_000_000);
    assert!(report.iter().any(|entry| entry
        .parts
        .iter()
        .any(|part| part.kind == EvidenceKind::Retrieval)));
}

/// BM25 by its formula, over whole texts.
fn by_formula(texts: &[String], question: &[&str]) -> Vec<f64> {
    let words: Vec<Vec<&str>> = texts.iter().map(|text| text.split(' ').collect()).collect();
    let n = texts.len() as f64;
    let mean = words.iter().map(Vec::len).sum::<usize>() as f64 / n;
    let score = |text: &Vec<&str>| -> f64 {
        let of = |word: &&str| {
            let with = words.iter().filter(|text| text.contains(word)).count() as f64;
            let times = text.iter().filter(|other| *other == word).count() as f64;
            let idf = (1.0 + (n - with + 0.5) / (with + 0.5)).log2();
            idf * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * text.len() as f64 / mean))
        };
        question.iter().map(of).sum()
    };
    words.iter().map(score).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn ranking_is_that_of_the_formula(
        texts in prop::collection::vec(prop::collection::vec(0u8..12, 1..30), 1..20),
        question in prop::collection::btree_set(0u8..12, 1..5),
    ) {
        let text = |words: &Vec<u8>, number: usize| {
            let words: Vec<String> = words.iter().map(|word| format!("w{word}")).collect();
            // one word of its own, so that no text is another's copy
            format!("{} own{number}", words.join(" "))
        };
        let texts: Vec<String> = texts.iter().enumerate().map(|(number, words)| text(words, number)).collect();
        let library = Library::build((0..).zip(&texts).map(|(n, text)| document(n, n, text))).unwrap();
        let question: Vec<String> = question.iter().map(|word| format!("w{word}")).collect();
        let words: Vec<&str> = question.iter().map(String::as_str).collect();
        let due = by_formula(&texts, &words);
        match library.retrieve(&question.join(" "), MAX_PASSAGES) {
            Ok(log) => for hit in &log.hits {
                let score = hit.score as f64 / 65536.0;
                prop_assert!((score - due[hit.passage.key.contribution as usize]).abs() < 1e-3);
            },
            Err(error) => {
                prop_assert_eq!(error, RetrievalError::NothingFound);
                prop_assert!(due.iter().all(|score| *score == 0.0));
            }
        }
    }
}
