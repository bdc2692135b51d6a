// SPDX-License-Identifier: Apache-2.0
//! The index's bytes, which are a promise, the files that are no index, and proofs of rows.

mod common;

use std::io::Cursor;

use blake2::{digest::consts::U32, Blake2b, Digest};
use openledger_attribution::{
    build::BuildError,
    build_index,
    features_file::{self, OpenError},
    index::{Index, IndexError, ENTRY_BYTES, HEADER_BYTES, ROW_HEADER_BYTES},
    merkle::{features_root, verify, Tree},
    write_index, ContributionKey, Settings,
};
use openledger_trainer::{
    curvature::CurvatureKind,
    features::Features,
    head::{train_head, HeadError, LAMBDA},
};
use proptest::prelude::*;

/// BLAKE2b-256 of the index over `common::clusters(120)`, three rows a contribution, first computed by this test
/// itself. It may change only with a change of the definition of influence or of the file.
const GOLDEN_INDEX: &str = "f8149b7523540ed5e4b9a5c7dd3ac14cb6d50d57e4184626e22ff6aeab724961";
/// Root of the Merkle tree over the rows of the same index.
const GOLDEN_ROOT: &str = "733b80521892118b06f38f11ab7c4742316ece70bd53219418b8b60139c69978";

const ROWS: usize = HEADER_BYTES + 40 * ENTRY_BYTES;
const ROW: usize = ROW_HEADER_BYTES + 2 * 3 * 5;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn index_of(features: &Features) -> Index {
    build_index(features, &train_head(features, LAMBDA).unwrap().optimum, LAMBDA).unwrap()
}

fn index() -> Index {
    index_of(&common::features(3, &common::clusters(120), 3))
}

fn changed(at: usize, bytes: &[u8]) -> IndexError {
    let mut file = index().as_bytes().to_vec();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    Index::from_bytes(file).unwrap_err()
}

#[test]
fn same_features_give_the_same_index_bytes_and_root() {
    let index = index();
    assert_eq!(hex(&Blake2b::<U32>::digest(index.as_bytes())), GOLDEN_INDEX);
    assert_eq!(hex(&Tree::of_index(&index).root()), GOLDEN_ROOT);
}

#[test]
fn index_has_the_shape_and_order_of_its_features() {
    let features = common::features(3, &common::clusters(120), 3);
    let index = index_of(&features);
    assert_eq!((index.classes(), index.dims(), index.len()), (3, 4, 120));
    assert!(index.contributions().eq(features.contributions()));
    let pairs = index.rows().zip(features.rows());
    assert!(pairs
        .into_iter()
        .all(|(a, b)| (a.ordinal, a.label) == (b.ordinal, b.label)));
}

#[test]
fn scale_uses_the_whole_range_without_clipping() {
    let index = index();
    let mut numbers = Vec::new();
    let mut largest = 0;
    for row in index.rows() {
        row.read_influence(&mut numbers);
        largest = numbers
            .iter()
            .fold(largest, |largest, r| r.unsigned_abs().max(largest));
    }
    assert!((1 << 14..1 << 15).contains(&largest), "{largest}");
}

#[test]
fn file_mapped_from_disk_equals_the_one_in_memory() {
    let index = index();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), index.as_bytes()).unwrap();
    let mapped = Index::open(file.path()).unwrap();
    assert_eq!(mapped.as_bytes(), index.as_bytes());
    assert!(mapped.rows().eq(index.rows()));
}

#[test]
fn features_mapped_from_disk_equal_those_in_memory() {
    // 5 MB: more than stays in memory
    let rows: Vec<common::Row> = common::clusters(100).into_iter().cycle().take(250_000).collect();
    let features = common::features(3, &rows, 3);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), features.to_bytes()).unwrap();
    let mapped = features_file::open(file.path()).unwrap();
    assert_eq!(mapped, features);
    for row in (0..rows.len())
        .step_by(7_919)
        .chain((0..rows.len()).rev().step_by(20_011))
    {
        assert_eq!(mapped.row(row), features.row(row));
    }
    assert_eq!(features_root(&mapped), Tree::of_features(&features).root());
}

#[test]
fn missing_empty_and_foreign_features_files_are_refused() {
    assert!(matches!(
        features_file::open("/nonexistent"),
        Err(OpenError::Io(_))
    ));
    let file = tempfile::NamedTempFile::new().unwrap();
    for bytes in [&b""[..], b"OLFX\x01\0\x02\0", index().as_bytes()] {
        std::fs::write(file.path(), bytes).unwrap();
        let expected = Features::from_bytes(bytes).unwrap_err();
        let found = features_file::open(file.path());
        assert!(matches!(found, Err(OpenError::Features(error)) if error == expected));
    }
}

#[test]
fn missing_and_empty_files_are_refused() {
    assert!(matches!(Index::open("/nonexistent"), Err(IndexError::Io(_))));
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(
        Index::open(file.path()),
        Err(IndexError::Truncated { found: 0, .. })
    ));
}

#[test]
fn every_cut_of_a_file_is_truncated() {
    let index = index();
    for length in 0..index.as_bytes().len() {
        let cut = Index::from_bytes(index.as_bytes()[..length].to_vec());
        assert!(matches!(cut, Err(IndexError::Truncated { .. })), "{length}");
    }
}

#[test]
fn wrong_magic_version_shape_and_scale_are_named() {
    assert!(matches!(changed(0, b"OLFX"), IndexError::WrongMagic));
    assert!(matches!(
        Index::from_bytes(b"PK".to_vec()),
        Err(IndexError::WrongMagic)
    ));
    assert!(matches!(changed(4, &[1]), IndexError::UnsupportedVersion(1)));
    assert!(matches!(
        changed(6, &[1]),
        IndexError::WrongShape { classes: 1, .. }
    ));
    assert!(matches!(changed(8, &[0]), IndexError::WrongShape { dims: 0, .. }));
    assert!(matches!(changed(6, &[0xff; 4]), IndexError::WrongShape { .. }));
    assert!(matches!(
        changed(12, &[0; 4]),
        IndexError::WrongShape { rows: 0, .. }
    ));
    assert!(matches!(changed(10, &[31, 0]), IndexError::RowBitsOutOfRange(31)));
    assert!(matches!(
        changed(10, &[0, 0x80]),
        IndexError::RowBitsOutOfRange(i16::MIN)
    ));
    assert!(matches!(changed(22, &[0; 4]), IndexError::NoRegulariser));
}

#[test]
fn counts_that_lie_are_refused() {
    assert!(matches!(changed(12, &[0xff; 4]), IndexError::Truncated { expected, .. } if expected > 1 << 32));
    assert!(matches!(changed(16, &[0xff; 4]), IndexError::Truncated { expected, .. } if expected > 1 << 32));
    assert!(matches!(changed(12, &[119]), IndexError::TrailingBytes { .. }));
    let lenient = Index::as_released(index().as_bytes()[1..].to_vec());
    assert!(matches!(lenient, Err(IndexError::WrongMagic)));
    assert!(matches!(changed(8, &[3]), IndexError::TrailingBytes { .. }));
    let mut file = index().as_bytes().to_vec();
    file.push(0);
    assert!(matches!(
        Index::from_bytes(file),
        Err(IndexError::TrailingBytes { .. })
    ));
}

#[test]
fn table_and_rows_out_of_order_are_refused() {
    let second = HEADER_BYTES + ENTRY_BYTES + 8;
    assert!(matches!(
        changed(second, &[0]),
        IndexError::ContributionsNotAscending { index: 1 }
    ));
    assert!(matches!(
        changed(ROWS, &[40]),
        IndexError::OrdinalOutOfRange { row: 0, ordinal: 40 }
    ));
    assert!(matches!(
        changed(ROWS, &[1]),
        IndexError::RowsOutOfOrder { row: 1 }
    ));
    assert!(matches!(
        changed(ROWS + 2 * ROW + 4, &[3]),
        IndexError::LabelOutOfRange { row: 2, label: 3 }
    ));
}

#[test]
fn optimum_of_another_problem_is_refused() {
    let features = common::features(3, &common::clusters(30), 3);
    let mut optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let unsound = build_index(&features, &optimum, 0.0);
    assert!(matches!(
        unsound,
        Err(BuildError::Head(HeadError::InvalidLambda(_)))
    ));
    let unrecorded = build_index(&features, &optimum, 1.0);
    assert!(matches!(unrecorded, Err(BuildError::Lambda(lambda)) if lambda == 1.0));
    optimum.classes = 2;
    let other = build_index(&features, &optimum, LAMBDA);
    assert!(matches!(
        other,
        Err(BuildError::Head(HeadError::InvalidParameters))
    ));
}

#[test]
fn query_refuses_features_and_heads_of_another_shape() {
    let features = common::features(3, &common::clusters(30), 3);
    let head = train_head(&features, LAMBDA).unwrap().optimum.quantise().unwrap();
    let index = index_of(&features);
    assert!(index.query(&[0; 3], &head).is_err());
    let mut narrow = head.clone();
    narrow.bias.pop();
    assert!(index.query(&[0; 4], &narrow).is_err());
    let mut ragged = head.clone();
    ragged.weight.pop();
    assert!(index.query(&[0; 4], &ragged).is_err());
    assert!(index.query(&[0; 4], &head).is_ok());
}

#[test]
fn scores_of_contributions_are_the_sums_of_their_rows() {
    let features = common::features(3, &common::clusters(120), 3);
    let head = train_head(&features, LAMBDA).unwrap().optimum.quantise().unwrap();
    let index = index_of(&features);
    let question = [1500, -500, 300, 100];
    let rows = index.query_rows(&question, &head).unwrap();
    let sums: Vec<i64> = rows.chunks(3).map(|rows| rows.iter().sum()).collect();
    let scores = index.query(&question, &head).unwrap();
    assert_eq!(scores.iter().map(|(_, score)| *score).collect::<Vec<_>>(), sums);
    let report = index.report(&question, &head).unwrap();
    assert_eq!(
        report
            .iter()
            .map(|(_, weight)| i64::from(*weight).max(0))
            .sum::<i64>(),
        1_000_000_000
    );
    let best = scores.iter().max_by_key(|(_, score)| *score).unwrap().0;
    assert_eq!(report.iter().max_by_key(|(_, weight)| *weight).unwrap().0, best);
    assert!(report.iter().all(|(key, _)| *key
        >= ContributionKey {
            datanet: 4,
            contribution: 0
        }));
}

#[test]
fn every_row_of_trees_of_every_small_size_is_proved() {
    for rows in 1..20 {
        let index = index_of(&common::features(3, &common::clusters(rows), 3));
        let tree = Tree::of_index(&index);
        for row in 0..rows {
            let (proof, leaf) = (tree.prove(row).unwrap(), index.leaf(row).unwrap());
            assert!(verify(&tree.root(), rows, row, &leaf, &proof), "{row} of {rows}");
        }
        assert_eq!(index.leaf(rows), None);
        assert_eq!(tree.prove(rows), None);
    }
}

#[test]
fn tampered_proofs_are_rejected() {
    let index = index_of(&common::features(3, &common::clusters(13), 3));
    let tree = Tree::of_index(&index);
    let (root, leaves): (_, Vec<Vec<u8>>) =
        (tree.root(), (0..13).map(|row| index.leaf(row).unwrap()).collect());
    let rows: Vec<&[u8]> = leaves.iter().map(Vec::as_slice).collect();
    for row in 0..13 {
        let proof = tree.prove(row).unwrap();
        let other = (row + 1) % 13;
        assert!(!verify(&root, 13, other, rows[row], &proof), "another position");
        assert!(!verify(&root, 13, row, rows[other], &proof), "another row");
        assert!(
            !verify(&root, 13, 13 + row, rows[row], &proof),
            "a position that is not there"
        );
        assert!(!verify(&[7; 32], 13, row, rows[row], &proof), "another root");
        assert!(!verify(&root, 13, row, rows[row], &proof[1..]), "a shorter proof");
        assert!(
            !verify(
                &root,
                13,
                row,
                rows[row],
                &[proof.clone(), vec![[0; 32]]].concat()
            ),
            "a longer proof"
        );
        for (level, byte) in (0..proof.len()).flat_map(|level| [(level, 0), (level, 31)]) {
            let mut changed = proof.clone();
            changed[level][byte] ^= 1;
            assert!(!verify(&root, 13, row, rows[row], &changed), "another sibling");
        }
        for byte in 0..rows[row].len() {
            let mut changed = rows[row].to_vec();
            changed[byte] ^= 0x80;
            assert!(!verify(&root, 13, row, &changed, &proof), "another number");
        }
    }
    let inner = [
        [1].as_slice(),
        &tree.prove(1).unwrap()[0],
        &tree.prove(0).unwrap()[0],
    ]
    .concat();
    assert!(
        !verify(&root, 7, 0, &inner, &tree.prove(0).unwrap()[1..]),
        "a node in the place of a leaf"
    );
}

proptest! {
    #[test]
    fn no_bytes_panic_the_reader(mut bytes in prop::collection::vec(any::<u8>(), 0..200), keep in any::<bool>()) {
        if keep && bytes.len() >= 26 {
            bytes[..26].copy_from_slice(b"OLIX\x04\0\x02\0\x01\0\x0c\0\x02\0\0\0\x01\0\0\0\0\x01\x01\0\0\0");
        }
        if let Ok(index) = Index::from_bytes(bytes) {
            prop_assert!(Tree::of_index(&index).prove(0).is_some());
        }
    }
}

#[test]
fn an_index_by_a_kronecker_product_is_another_one_and_the_same_every_time() {
    let features = common::features(3, &common::clusters(120), 3);
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let build = |curvature| {
        let settings = Settings {
            curvature,
            ..Settings::new(LAMBDA)
        };
        let mut file = Cursor::new(Vec::new());
        write_index(&features, &optimum, &settings, &mut file).unwrap();
        Index::from_bytes(file.into_inner()).unwrap()
    };
    let product = build(Some(CurvatureKind::Kronecker));
    assert_eq!(
        product.as_bytes(),
        build(Some(CurvatureKind::Kronecker)).as_bytes()
    );
    assert_eq!(index().as_bytes(), build(None).as_bytes());
    assert_eq!(index().as_bytes(), build(Some(CurvatureKind::Exact)).as_bytes());
    let head = optimum.quantise().unwrap();
    let question = [1500, -400, 900, 100];
    let scores = |index: &Index| -> Vec<f64> {
        let scores = index.query_rows(&question, &head).unwrap();
        scores.into_iter().map(|score| score as f64).collect()
    };
    let agreement = common::spearman(&scores(&product), &scores(&index()));
    assert!((0.7..1.0).contains(&agreement), "{agreement}");
}
