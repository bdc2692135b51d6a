// SPDX-License-Identifier: Apache-2.0
//! What a text's release shows, checked as the runtime checks it.

use std::sync::Arc;

use openledger_attribution::{
    merkle::{blake2_256, Hash},
    release::Shown,
    spans::{
        credits, scores, Corpus, QueryError, Rules, Shard, TextRelease, TextReleaseError, Token, SEPARATOR,
    },
    ContributionKey,
};
use openledger_fixed::{
    release::{leaf, verify_range},
    spans::{count_leaf, text_root, Credit, TextShape, LEAF_TOKENS, NOBODY},
};
use openledger_trainer::random::SplitMix64;
use proptest::prelude::*;

use crate::{
    generated, key,
    oracle::{some_output, some_rules, some_texts},
    shard, texts, Text, TOKENIZER,
};

fn release(texts: &[Text]) -> TextRelease {
    TextRelease::of(Arc::new(shard(texts)), &Rules::default()).unwrap()
}

/// Whether these bytes are the leaves from `first` on of a tree of `width`.
fn accepted<'b>(
    root: Hash,
    width: u32,
    first: u32,
    bytes: impl IntoIterator<Item = &'b [u8]>,
    proof: &[Hash],
) -> bool {
    let leaves = bytes.into_iter().map(|bytes| leaf(blake2_256, bytes)).collect();
    verify_range(blake2_256, &root, width, first, leaves, proof)
}

fn place_accepted(release: &TextRelease, shown: &Shown) -> bool {
    let bytes: Vec<_> = shown.places.iter().map(|place| place.to_bytes()).collect();
    let (root, width) = (release.table_root(), release.shape().documents);
    accepted(
        root,
        width,
        shown.ordinal,
        bytes.iter().map(|bytes| &bytes[..]),
        &shown.proof,
    )
}

#[test]
fn a_root_is_that_of_its_header_and_three_trees() {
    let texts = generated::texts(1, 20, 300);
    let release = release(&texts);
    let header = release.header();
    let parts = [release.table_root(), release.text_root(), release.counts_root()];
    let [table, text, counts] = &parts;
    assert_eq!(
        release.root(),
        text_root(blake2_256, &header, table, text, counts)
    );
    let shape = TextShape::read(&header).unwrap();
    assert_eq!(shape, release.shape());
    assert_eq!((shape.tokenizer, shape.documents), (TOKENIZER, 20));
    assert_eq!((shape.min_tokens, shape.copy_tokens), (5, 8));
    let tokens: usize = texts.iter().map(|text| text.tokens.len()).sum();
    assert_eq!(
        (shape.tokens as usize, shape.total() as usize),
        (tokens + 20, tokens)
    );
}

#[test]
fn every_place_is_shown_and_none_that_is_not_there() {
    let mut texts = generated::texts(2, 20, 60);
    // the order of registration is not that of the table
    for (number, text) in (0..).zip(&mut texts) {
        text.key = ContributionKey {
            datanet: 1 + number % 3,
            contribution: 100 - number,
        };
        text.registered = number;
    }
    let release = release(&texts);
    for text in &texts {
        let place = release.place(text.key).unwrap();
        let shown = release.show(text.key);
        assert_eq!(shown.places, [place]);
        assert!(place_accepted(&release, &shown));
        let tokens = place.first as usize..(place.first + place.rows) as usize;
        assert!(release.shard().tokens(tokens).eq(text.tokens.iter().copied()));
        let mut other = shown.clone();
        other.places[0].first += 1;
        assert!(!place_accepted(&release, &other));
        other = shown;
        other.ordinal ^= 1;
        assert!(!place_accepted(&release, &other));
    }
    for (datanet, contribution) in [(0, 0), (1, 0), (2, 91), (2, 101), (9, 9)] {
        let key = ContributionKey {
            datanet,
            contribution,
        };
        let shown = release.show(key);
        assert_eq!(release.place(key), None);
        assert!(place_accepted(&release, &shown));
        let keys: Vec<_> = shown.places.iter().map(|place| place.key()).collect();
        let between = match keys[..] {
            [left, right] => left < (datanet, contribution) && (datanet, contribution) < right,
            [one] if shown.ordinal == 0 => (datanet, contribution) < one,
            [one] => shown.ordinal == 19 && one < (datanet, contribution),
            _ => false,
        };
        assert!(between, "{keys:?}");
    }
}

#[test]
fn counts_are_shown_and_no_others_are_accepted() {
    let release = release(&generated::texts(3, 10, 200));
    let (root, width) = (release.counts_root(), release.shape().distinct);
    for (token, count) in release.shard().counts() {
        let shown = release.count(token).unwrap();
        assert_eq!(shown.count, count);
        let is_accepted = |token, count, ordinal| {
            accepted(
                root,
                width,
                ordinal,
                [&count_leaf(token, count)[..]],
                &shown.proof,
            )
        };
        assert!(is_accepted(token, count, shown.ordinal));
        assert!(!is_accepted(token, count + 1, shown.ordinal));
        assert!(!is_accepted(token ^ 1, count, shown.ordinal));
        assert!(!is_accepted(token, count, shown.ordinal ^ 1));
    }
    assert_eq!(release.count(SEPARATOR).unwrap().count, 10);
    assert_eq!(release.count(6_000), None);
}

#[test]
fn what_lies_beyond_the_text_or_in_three_leaves_is_not_shown() {
    let release = release(&generated::texts(4, 5, 700));
    let tokens = release.shape().tokens;
    assert!(release.window(tokens - 1..tokens).is_some());
    assert_eq!(release.window(tokens - 1..tokens + 1), None);
    assert_eq!(release.window(7..7), None);
    let leaves = |first: u32, end: u32| first * LEAF_TOKENS..end * LEAF_TOKENS;
    assert!(release.window(leaves(1, 3)).is_some());
    assert_eq!(release.window(leaves(1, 3).start..leaves(1, 3).end + 1), None);
}

#[test]
fn rules_and_texts_that_cannot_be_released_are_named() {
    let one = || Arc::new(shard(&texts(&[&[1, 2, 3]])));
    let rules = |min_tokens, copy_tokens| Rules {
        min_tokens,
        copy_tokens,
        documents: 1,
    };
    let refused = |shard, rules| TextRelease::of(shard, &rules).unwrap_err();
    assert_eq!(
        refused(one(), rules(1, 8)),
        TextReleaseError::Rules(QueryError::SpansTooShort(1))
    );
    assert_eq!(
        refused(one(), rules(5, 4)),
        TextReleaseError::Rules(QueryError::CopiesTooShort {
            copy_tokens: 4,
            min_tokens: 5
        })
    );
    let copy_tokens = 1 << 16;
    assert_eq!(
        refused(one(), rules(5, copy_tokens)),
        TextReleaseError::CopiesTooLong { copy_tokens }
    );
    let empty = Arc::new(shard(&texts(&[&[], &[]])));
    assert_eq!(refused(empty, Rules::default()), TextReleaseError::NoTokens);
}

#[test]
fn a_contribution_with_two_documents_cannot_be_released() {
    let mut bytes = shard(&texts(&[&[1, 2], &[3]])).as_bytes().to_vec();
    // the second document's contribution becomes that of the first
    let at = Shard::from_bytes(bytes.clone()).unwrap().document_bytes(1).start + 16;
    bytes[at] = 0;
    let twice = Arc::new(Shard::from_bytes(bytes).unwrap());
    assert_eq!(
        TextRelease::of(twice, &Rules::default()).unwrap_err(),
        TextReleaseError::DuplicateContribution {
            datanet: 1,
            contribution: 0
        }
    );
}

#[test]
fn an_output_without_tokens_has_no_credits() {
    let shard = shard(&texts(&[&[1, 2, 3]]));
    assert_eq!(credits(&[], &shard, &Rules::default()), Ok(vec![]));
    assert_eq!(
        credits(&[1, SEPARATOR], &shard, &Rules::default()),
        Err(QueryError::SeparatorInOutput { index: 1 })
    );
}

#[test]
fn credits_outside_of_the_documents_are_worth_nothing() {
    let texts = texts(&[&[1, 2, 3, 4, 5], &[6]]);
    let shard = shard(&texts);
    let at = |position| [Credit { position, count: 1 }];
    assert_eq!(
        scores(&[3], &at(4), &shard),
        [(key(0), i64::from(openledger_fixed::spans::log2(6)))]
    );
    assert_eq!(scores(&[3], &at(6), &shard)[0].0, key(1));
    for position in [5, 7, 8, NOBODY] {
        assert_eq!(scores(&[3], &at(position), &shard), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_window_is_accepted_and_none_with_other_bytes(
        seed in 0..1_000u64,
        documents in 1..8u64,
        spoiled in any::<prop::sample::Index>(),
    ) {
        let release = release(&generated::texts(seed, documents, 600));
        let (root, width, tokens) =
            (release.text_root(), release.shape().leaves(), release.shape().tokens);
        let mut random = SplitMix64::new(seed);
        for _ in 0..10 {
            let from = random.below(tokens as usize) as u32;
            let to = tokens.min(from + 1 + random.below(400) as u32);
            let shown = release.window(from..to).unwrap();
            let window = shown.window();
            prop_assert!(window.first <= from && to as usize <= window.first as usize + window.tokens.len());
            prop_assert!(window.tokens.len() <= 2 * LEAF_TOKENS as usize);
            let first = window.first as usize;
            let text: Vec<Token> = release.shard().tokens(first..first + window.tokens.len()).collect();
            prop_assert_eq!(&window.tokens, &text);
            let is_accepted = |first: u32, bytes: &[u8], proof: &[Hash]| {
                accepted(root, width, first, bytes.chunks(2 * LEAF_TOKENS as usize), proof)
            };
            prop_assert!(is_accepted(shown.first_leaf, &shown.bytes, &shown.proof));
            let mut bytes = shown.bytes.clone();
            *spoiled.get_mut(&mut bytes) ^= 1;
            prop_assert!(!is_accepted(shown.first_leaf, &bytes, &shown.proof));
            prop_assert!(!is_accepted(shown.first_leaf + 1, &shown.bytes, &shown.proof));
            let mut proof = shown.proof.clone();
            if !proof.is_empty() {
                spoiled.get_mut(&mut proof)[0] ^= 1;
                prop_assert!(!is_accepted(shown.first_leaf, &shown.bytes, &proof));
            }
        }
    }

    #[test]
    fn credits_are_those_of_the_corpus_and_so_are_their_scores(
        texts in some_texts(),
        output in some_output(),
        rules in some_rules(),
    ) {
        let shard = shard(&texts);
        let found = credits(&output, &shard, &rules).unwrap();
        let sums = scores(&output, &found, &shard);
        let starts: Vec<_> = (0..shard.documents()).map(|index| shard.document(index)).collect();
        let counts: Vec<u64> = output.iter().map(|token| shard.count(*token)).collect();
        let corpus = Corpus::new(vec![shard]).unwrap();
        let wanted = corpus.attribute(&output, &rules).unwrap();
        let mut positions = vec![NOBODY; output.len()];
        for credit in &wanted.credits {
            let document = starts.iter().find(|document| document.key == credit.source.key).unwrap();
            for (index, at) in credit.output.clone().enumerate() {
                positions[at] = (document.tokens.start + credit.source.token + index) as u32;
            }
        }
        prop_assert_eq!(found.iter().map(|credit| credit.position).collect::<Vec<_>>(), positions);
        prop_assert_eq!(found.iter().map(|credit| u64::from(credit.count)).collect::<Vec<_>>(), counts);
        prop_assert_eq!(sums, wanted.scores());
    }
}
