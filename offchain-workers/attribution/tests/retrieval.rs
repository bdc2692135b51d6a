// SPDX-License-Identifier: Apache-2.0
//! What is retrieved, beside its definition: all passages of all documents, scored one by one.

use std::ops::Range;

use openledger_attribution::{
    retrieval::{Library, RetrievalError},
    spans::{Shard, ShardBuilder, Token, SEPARATOR},
    ContributionKey,
};
use openledger_fixed::retrieval::{score, terms, Cited, Log, MAX_PASSAGES, PASSAGE_TOKENS};
use openledger_trainer::random::SplitMix64;
use proptest::prelude::*;

fn shard(documents: &[Vec<Token>]) -> Shard {
    let mut builder = ShardBuilder::new([7; 32]);
    for (contribution, tokens) in (0..).zip(documents) {
        let key = ContributionKey {
            datanet: 1,
            contribution,
        };
        builder.push(key, contribution, tokens).unwrap();
    }
    Shard::from_bytes(builder.finish().unwrap().to_bytes()).unwrap()
}

/// The log by its definition.
fn by_definition(documents: &[Vec<Token>], question: &[Token], most: usize) -> Log {
    let terms = terms(question);
    let all = || documents.iter().flatten();
    let counts: Vec<u32> = terms
        .iter()
        .map(|term| all().filter(|token| *token == term).count() as u32)
        .collect();
    let (mut first, mut found) = (0, Vec::new());
    for document in documents {
        for (number, passage) in (0..).zip(document.chunks(PASSAGE_TOKENS as usize)) {
            found.push(Cited {
                position: first + number * PASSAGE_TOKENS,
                score: score(&terms, &counts, all().count() as u64, passage),
            });
        }
        first += document.len() as u32 + 1;
    }
    Log::new(counts, found, most)
}

/// Documents of up to `tokens` tokens of a small vocabulary, low ones more often.
fn documents(seed: u64, documents: usize, tokens: usize) -> Vec<Vec<Token>> {
    let mut random = SplitMix64::new(seed);
    let mut token = || {
        let below = 1 + random.below(60);
        random.below(below) as Token
    };
    let lengths: Vec<usize> = (0..documents)
        .map(|_| usize::from(token()) * tokens / 60)
        .collect();
    lengths
        .into_iter()
        .map(|tokens| (0..tokens).map(|_| token()).collect())
        .collect()
}

#[test]
fn the_passage_with_the_rarest_words_is_first_and_a_copy_is_not_cited() {
    let filler: Vec<Token> = [1; 130].to_vec();
    let documents = [
        filler.clone(),
        [&filler[..], &[8, 9]].concat(),
        [&filler[..], &[8, 9]].concat(),
        [&filler[..], &[9]].concat(),
    ];
    let log = Library::of(&shard(&documents))
        .unwrap()
        .retrieve(&[9, 8], 3)
        .unwrap();
    assert_eq!(log.counts, [2, 3]);
    let positions: Vec<u32> = log.cited.iter().map(|cited| cited.position).collect();
    // second passages of the second and the fourth document; the third says the same as the second, later
    assert_eq!(positions, [131 + 128, 131 + 133 + 133 + 128]);
    assert_eq!(log, by_definition(&documents, &[9, 8], 3));
}

#[test]
fn terms_that_the_text_lacks_stand_nowhere() {
    let documents = [vec![1, 2, 3], vec![], vec![4, 2]];
    let library = Library::of(&shard(&documents)).unwrap();
    assert_eq!(library.passages(), 2, "an empty document has none");
    let log = library.retrieve(&[60_000, SEPARATOR, 4], 4).unwrap();
    assert_eq!((log.counts.as_slice(), log.cited.len()), (&[1, 0][..], 1));
    let nothing = library.retrieve(&[60_000], 4).unwrap();
    assert_eq!((nothing.counts.as_slice(), nothing.cited.len()), (&[0][..], 0));
    assert_eq!(library.retrieve(&[], 4), Ok(Log::default()));
}

#[test]
fn what_cannot_be_retrieved_is_named() {
    let empty = Library::of(&shard(&[vec![], vec![]]));
    assert_eq!(empty.err(), Some(RetrievalError::NoPassages));
    let library = Library::of(&shard(&[vec![1]])).unwrap();
    for asked in [0, MAX_PASSAGES + 1] {
        let refused = library.retrieve(&[1], asked);
        assert_eq!(refused, Err(RetrievalError::WrongLimit { asked }));
    }
}

proptest! {
    #[test]
    fn the_log_is_that_of_a_scan_of_all_passages(
        seed in any::<u64>(),
        many in 1..12usize,
        tokens in 1..700usize,
        question in prop::collection::vec(0..70u16, 0..50),
        most in 1..=MAX_PASSAGES,
    ) {
        let documents = documents(seed, many, tokens);
        prop_assume!(documents.iter().any(|document| !document.is_empty()));
        let library = Library::of(&shard(&documents)).unwrap();
        prop_assert_eq!(library.retrieve(&question, most).unwrap(), by_definition(&documents, &question, most));
    }

    #[test]
    fn copies_of_a_document_change_no_citation_but_their_rarity(
        seed in any::<u64>(),
        question in prop::collection::vec(0..60u16, 1..9),
    ) {
        let mut documents = documents(seed, 5, 400);
        documents.push(vec![59; 3]);
        let end: Range<u32> = 0..documents.iter().map(|document| document.len() as u32 + 1).sum();
        documents.extend(documents.clone());
        let log = Library::of(&shard(&documents)).unwrap().retrieve(&question, 4).unwrap();
        prop_assert!(log.cited.iter().all(|cited| end.contains(&cited.position)), "nobody gains by a copy");
    }
}
