// SPDX-License-Identifier: Apache-2.0
//! The shard's bytes, which are a promise, what builds no shard, and the files that are none.

use blake2::{digest::consts::U32, Blake2b, Digest};
use openledger_attribution::{
    merkle,
    spans::{
        merge, merge_from,
        shard::{ShardError, DOCUMENT_BYTES, HEADER_BYTES, LEAF_BYTES},
        BuildError, Corpus, CorpusError, Shard, ShardBuilder, SEPARATOR,
    },
    ContributionKey,
};

use crate::{builder, generated, key, shard, texts, Text, TOKENIZER};

/// BLAKE2b-256 of the shard of `generated::texts(5, 40, 100)` and its root, first computed by this test itself. They
/// may change only with a change of the file.
const GOLDEN_SHARD: &str = "11e505dc43ab0454f787a2535e65fbfe9e46ac9b0d51c61abf0050c5894bebb5";
const GOLDEN_ROOT: &str = "cea7f12ef8eab8386d668e967625b5db515c1c9d8e060cef926a80d3971849d9";
/// Root of the shard of `generated::texts(6, 200, 1_000)`, which has two levels of minima.
const GOLDEN_LARGE_ROOT: &str = "4121bd402d2ad3090bc57d831a63d0ad092fe2d092b76b4370c086603c95f812";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file() -> Vec<u8> {
    builder(&generated::texts(5, 40, 100))
        .finish()
        .unwrap()
        .to_bytes()
}

fn changed(at: usize, bytes: &[u8]) -> ShardError {
    let mut file = file();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    Shard::from_bytes(file).unwrap_err()
}

#[test]
fn same_documents_give_the_same_bytes_and_root() {
    let file = file();
    let shard = Shard::from_bytes(file.clone()).unwrap();
    assert_eq!(hex(&Blake2b::<U32>::digest(&file)), GOLDEN_SHARD);
    assert_eq!(hex(&shard.root()), GOLDEN_ROOT);
    shard.verify().unwrap();
}

#[test]
fn writing_gives_the_root_that_the_file_states() {
    let mut file = Vec::new();
    let root = builder(&generated::texts(5, 40, 100))
        .finish()
        .unwrap()
        .write(&mut file)
        .unwrap();
    assert_eq!(root, Shard::from_bytes(file).unwrap().root());
}

#[test]
fn a_shard_gives_back_its_documents() {
    let texts = generated::texts(5, 40, 100);
    let shard = shard(&texts);
    assert_eq!((shard.documents(), shard.tokenizer()), (40, TOKENIZER));
    for (index, text) in texts.iter().enumerate() {
        let document = shard.document(index);
        assert_eq!((document.key, document.registered), (text.key, text.registered));
        assert!(shard
            .tokens(document.tokens.clone())
            .eq(text.tokens.iter().copied()));
        for position in document.tokens.start..=document.tokens.end {
            assert_eq!(shard.document_at(position), index);
        }
    }
    let all = || texts.iter().flat_map(|text| &text.tokens);
    for token in all() {
        assert_eq!(
            shard.count(*token),
            all().filter(|other| *other == token).count() as u64
        );
    }
    assert_eq!(shard.count(SEPARATOR), 40);
    assert_eq!(shard.count(SEPARATOR - 1), 0);
}

#[test]
fn a_mapped_file_is_the_same_shard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shard");
    std::fs::write(&path, file()).unwrap();
    let shard = Shard::open(&path).unwrap();
    assert_eq!(shard.as_bytes(), file());
    shard.verify().unwrap();
    assert!(matches!(
        Shard::open(folder.path().join("none")),
        Err(ShardError::Io(_))
    ));
}

#[test]
fn a_large_shard_is_a_little_over_six_bytes_a_token() {
    let texts = generated::texts(6, 200, 1_000);
    let shard = shard(&texts);
    let bytes = shard.as_bytes().len();
    assert!(bytes * 10 < 200_000 * 65, "{bytes}");
    assert_eq!(hex(&shard.root()), GOLDEN_LARGE_ROOT);
    shard.verify().unwrap();
}

#[test]
fn a_passage_is_proved_by_its_leaves() {
    let shard = shard(&generated::texts(5, 40, 100));
    let document = shard.document(17);
    let passage = shard.token_bytes(document.tokens.start + 10..document.tokens.start + 20);
    let (tree, leaves) = (shard.tree(), shard.leaves().len());
    for bytes in [passage, shard.document_bytes(17)] {
        for number in bytes.start / LEAF_BYTES..=(bytes.end - 1) / LEAF_BYTES {
            let leaf = shard.leaves().nth(number).unwrap();
            let proof = tree.prove(number).unwrap();
            assert!(merkle::verify(&shard.root(), leaves, number, leaf, &proof));
            assert!(!merkle::verify(&shard.root(), leaves, number, &leaf[1..], &proof));
        }
    }
}

#[test]
fn documents_out_of_order_build_no_shard() {
    let mut builder = ShardBuilder::new(TOKENIZER);
    builder.push(key(5), 10, &[1]).unwrap();
    assert_eq!(builder.push(key(6), 9, &[1]), Err(BuildError::OutOfOrder));
    assert_eq!(builder.push(key(4), 10, &[1]), Err(BuildError::OutOfOrder));
    builder.push(key(6), 10, &[1]).unwrap();
}

#[test]
fn a_contribution_given_twice_builds_no_shard() {
    let mut builder = builder(&texts(&[&[1, 2]]));
    assert_eq!(
        builder.push(key(0), 5, &[3]),
        Err(BuildError::DuplicateContribution {
            datanet: 1,
            contribution: 0
        })
    );
}

#[test]
fn a_document_above_the_vocabulary_builds_no_shard() {
    let mut builder = ShardBuilder::new(TOKENIZER);
    assert_eq!(
        builder.push(key(0), 0, &[1, SEPARATOR]),
        Err(BuildError::SeparatorInDocument { index: 1 })
    );
    builder.push(key(0), 0, &[1, SEPARATOR - 1]).unwrap();
}

#[test]
fn no_documents_build_no_shard() {
    assert!(matches!(
        ShardBuilder::new(TOKENIZER).finish(),
        Err(BuildError::NoDocuments)
    ));
    assert!(matches!(merge(&[]), Err(BuildError::NoDocuments)));
}

#[test]
fn empty_documents_are_documents() {
    let shard = shard(&texts(&[&[], &[4], &[]]));
    assert_eq!(shard.len(), 4);
    assert!(shard.document(0).tokens.is_empty() && shard.document(2).tokens.is_empty());
    shard.verify().unwrap();
}

#[test]
fn shards_of_two_tokenizers_are_not_joined() {
    let ours = shard(&texts(&[&[1]]));
    let mut other = ShardBuilder::new([8; 32]);
    other.push(key(9), 9, &[1]).unwrap();
    let other = Shard::from_bytes(other.finish().unwrap().to_bytes()).unwrap();
    assert!(matches!(merge(&[&ours, &other]), Err(BuildError::WrongTokenizer)));
    assert!(matches!(
        Corpus::new(vec![ours, other]),
        Err(CorpusError::WrongTokenizer { index: 1 })
    ));
}

#[test]
fn shards_with_a_contribution_in_common_are_not_joined() {
    let (one, two) = (shard(&texts(&[&[1], &[2]])), shard(&texts(&[&[3]])));
    assert!(matches!(
        merge(&[&one, &two]),
        Err(BuildError::DuplicateContribution {
            datanet: 1,
            contribution: 0
        })
    ));
    assert!(matches!(
        Corpus::new(vec![one, two]),
        Err(CorpusError::DuplicateContribution {
            datanet: 1,
            contribution: 0
        })
    ));
    assert!(matches!(Corpus::new(vec![]), Err(CorpusError::NoShards)));
}

#[test]
fn merging_keeps_shards_few_and_tokens_seldom_sorted() {
    assert_eq!(merge_from(&[]), None);
    assert_eq!(merge_from(&[5]), None);
    assert_eq!(merge_from(&[100, 9]), None);
    assert_eq!(merge_from(&[100, 9, 9]), Some(1));
    assert_eq!(merge_from(&[100, 60, 50]), Some(0));
    let (mut sizes, mut sorted) = (Vec::new(), 0);
    for version in 0..10_000usize {
        sizes.push(1 + version % 7);
        sorted += 1 + version % 7;
        if let Some(from) = merge_from(&sizes) {
            let merged = sizes.drain(from..).sum();
            sorted += merged;
            sizes.push(merged);
        }
        assert!(sizes.len() <= 17);
    }
    assert!(sorted <= 17 * sizes.iter().sum::<usize>());
}

#[test]
fn a_truncated_file_is_refused_at_every_length() {
    let file = file();
    for length in (0..HEADER_BYTES).chain((HEADER_BYTES..file.len()).step_by(97)) {
        let error = Shard::from_bytes(file[..length].to_vec()).unwrap_err();
        assert!(matches!(error, ShardError::Truncated { found, .. } if found == length as u64));
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    let mut file = file();
    file.push(0);
    assert!(matches!(
        Shard::from_bytes(file),
        Err(ShardError::TrailingBytes { .. })
    ));
}

#[test]
fn a_foreign_file_is_refused() {
    assert!(matches!(changed(0, b"OLIX"), ShardError::WrongMagic));
    assert!(matches!(changed(4, &[2, 0]), ShardError::UnsupportedVersion(2)));
}

#[test]
fn impossible_sizes_are_refused() {
    let shapes = [
        changed(6, &[1]),
        changed(8, &[0; 4]),
        changed(8, &[0, 0, 0, 0x80]),
        changed(12, &[0; 4]),
        changed(12, &[0xff; 4]),
        changed(16, &[0; 4]),
        changed(16, &[0xff; 4]),
    ];
    for error in shapes {
        assert!(matches!(error, ShardError::WrongShape { .. }), "{error}");
    }
}

#[test]
fn documents_out_of_order_are_refused() {
    let third = HEADER_BYTES + 3 * DOCUMENT_BYTES;
    for (at, bytes) in [(third, [0; 4]), (third + 24, [0; 4]), (third + 24, [0xff; 4])] {
        assert!(matches!(
            changed(at, &bytes),
            ShardError::DocumentsOutOfOrder { index: 3 }
        ));
    }
    assert!(matches!(
        changed(HEADER_BYTES + 24, &[1]),
        ShardError::DocumentsOutOfOrder { index: 0 }
    ));
}

#[test]
fn tokens_out_of_order_are_refused() {
    let tokens = HEADER_BYTES + 40 * DOCUMENT_BYTES;
    assert!(matches!(
        changed(tokens + 2, &[0, 0]),
        ShardError::TokensOutOfOrder { index: 1 }
    ));
    let distinct = u32::from_le_bytes(file()[16..20].try_into().unwrap()) as usize;
    assert!(matches!(
        changed(tokens + 2 * (distinct - 1), &[0xfe, 0xff]),
        ShardError::TokensOutOfOrder { index } if index == distinct - 1
    ));
    assert!(matches!(
        changed(tokens + 2 * distinct, &[1]),
        ShardError::TokensOutOfOrder { index: 0 }
    ));
    assert!(matches!(
        changed(tokens + 2 * distinct + 8, &[0xff; 4]),
        ShardError::TokensOutOfOrder { index: 2 }
    ));
}

#[test]
fn damage_anywhere_is_found_by_the_root_and_panics_nowhere() {
    let (file, texts) = (file(), generated::texts(5, 40, 100));
    let mut found = 0;
    for at in (HEADER_BYTES..file.len()).step_by(41) {
        let mut damaged = file.clone();
        damaged[at] ^= 0x91;
        let Ok(shard) = Shard::from_bytes(damaged) else {
            continue;
        };
        assert!(matches!(shard.verify(), Err(ShardError::WrongRoot)), "byte {at}");
        found += 1;
        if let Ok(corpus) = Corpus::new(vec![shard]) {
            corpus.attribute(&texts[20].tokens, &Default::default()).unwrap();
        }
    }
    assert!(found > 100);
}

#[test]
fn keys_order_documents_of_one_moment() {
    let of = |datanet, contribution| Text {
        key: ContributionKey {
            datanet,
            contribution,
        },
        registered: 3,
        tokens: vec![1, 2, 3],
    };
    let shard = shard(&[of(1, 8), of(1, 9), of(2, 0)]);
    assert_eq!(shard.document(2).key.datanet, 2);
}
