// SPDX-License-Identifier: Apache-2.0
//! What is shown of a release is what the runtime's own check accepts, and nothing else is.

mod common;

use openledger_attribution::{
    build_index,
    merkle::{blake2_256, Tree},
    ContributionKey, Index, Release,
};
use openledger_fixed::{
    delta, logits,
    release::{leaf, release_root, row_bytes, row_score, verify_range, Hash, IndexShape, Place},
};
use openledger_trainer::head::{train_head, Head, LAMBDA};
use proptest::prelude::*;

/// An index with three rows a contribution, and its head.
fn trained(rows: usize) -> (Index, Head) {
    let features = common::features(3, &common::clusters(rows), 3);
    let training = train_head(&features, LAMBDA).unwrap();
    let index = build_index(&features, &training.optimum, LAMBDA).unwrap();
    (index, training.optimum.quantise().unwrap())
}

fn place_leaves(places: &[Place]) -> Vec<Hash> {
    places
        .iter()
        .map(|place| leaf(blake2_256, &place.to_bytes()))
        .collect()
}

fn row_leaves(index: &Index, rows: std::ops::Range<usize>) -> Vec<Hash> {
    rows.map(|row| leaf(blake2_256, &index.leaf(row).unwrap()))
        .collect()
}

#[test]
fn a_root_is_that_of_its_header_table_and_rows() {
    let (index, _) = trained(30);
    let release = Release::of(&index);
    let header = release.header();
    let whole = release_root(
        blake2_256,
        &header,
        &release.table_root(),
        &Tree::of_index(&index).root(),
    );
    assert_eq!(release.root(), whole);
    let shape = IndexShape::read(&header).unwrap();
    assert_eq!((shape.classes, shape.dims, shape.rows), (3, 4, 30));
    assert_eq!(shape.contributions, 10);
    assert_eq!(shape.row_bits, index.row_bits());
    assert_eq!(shape.threshold, index.threshold());
    assert_eq!(shape.row_bytes(), index.leaf(0).unwrap().len());
    let mut other = header;
    other[21] ^= 1;
    assert_ne!(
        release_root(blake2_256, &other, &release.table_root(), &release.rows_root()),
        whole
    );
}

#[test]
fn a_header_of_another_file_or_version_is_not_read() {
    let (index, _) = trained(9);
    let header = Release::of(&index).header();
    for at in [0, 4] {
        let mut other = header;
        other[at] ^= 1;
        assert_eq!(IndexShape::read(&other), None);
    }
}

#[test]
fn every_contributions_score_follows_from_its_shown_rows_alone() {
    let (index, head) = trained(60);
    let release = Release::of(&index);
    let features = vec![900, -700, 2_000, 4];
    let delta = delta(&logits(&head.weight, &head.bias, &features).unwrap());
    for (key, expected) in index.query(&features, &head).unwrap() {
        let place = release.place(key).unwrap();
        let shown = release.show(key);
        assert_eq!(shown.places, [place]);
        assert!(verify_range(
            blake2_256,
            &release.table_root(),
            20,
            shown.ordinal,
            place_leaves(&shown.places),
            &shown.proof
        ));
        let score = (place.first..place.first + place.rows).fold(0i64, |sum, number| {
            sum.saturating_add(
                row_score(&index.leaf(number as usize).unwrap(), number, &delta, &features).unwrap(),
            )
        });
        assert_eq!(score, expected);
    }
}

#[test]
fn a_contribution_that_is_not_there_is_shown_by_its_neighbours() {
    let (index, _) = trained(30);
    let release = Release::of(&index);
    let keys: Vec<ContributionKey> = index.contributions().collect();
    let (first, last) = (keys[0], keys[keys.len() - 1]);
    let after = ContributionKey {
        contribution: last.contribution + 1,
        ..last
    };
    assert_eq!(release.place(after), None);
    let shown = release.show(after);
    assert_eq!((shown.ordinal, shown.places.len()), (9, 1));
    assert_eq!(shown.places[0].key(), (last.datanet, last.contribution));
    let before = ContributionKey {
        datanet: 0,
        contribution: 0,
    };
    assert_ne!(before, first);
    let shown = release.show(before);
    assert_eq!((shown.ordinal, shown.places.len()), (0, 1));
    assert!(verify_range(
        blake2_256,
        &release.table_root(),
        10,
        0,
        place_leaves(&shown.places),
        &shown.proof
    ));
}

#[test]
fn a_row_of_another_length_has_no_score() {
    let (index, _) = trained(9);
    let row = index.leaf(0).unwrap();
    assert_eq!(row.len(), row_bytes(3, 4));
    assert!(row_score(&row, 0, &[1, 2, 3], &[1, 2, 3]).is_err());
    assert!(row_score(&row[1..], 0, &[1, 2, 3], &[1, 2, 3, 4]).is_err());
}

#[test]
fn a_near_duplicate_has_no_score() {
    let (index, _) = trained(9);
    let mut row = index.leaf(1).unwrap();
    let score = |row: &[u8]| row_score(row, 1, &[1, -2, 1], &[500, 2, 3, 4]).unwrap();
    row[6..8].copy_from_slice(&u16::MAX.to_le_bytes());
    assert_ne!(score(&row), 0);
    row[8..12].copy_from_slice(&0u32.to_le_bytes());
    assert_eq!(score(&row), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_run_of_rows_is_proved_and_no_other(
        rows in 1usize..40,
        first in 0usize..40,
        count in 0usize..40,
        spoiled in any::<prop::sample::Index>(),
    ) {
        let (index, _) = trained(rows.max(3));
        let width = index.len() as u32;
        let release = Release::of(&index);
        let proof = release.prove_rows(first as u32, count as u32);
        prop_assert_eq!(proof.is_some(), count > 0 && first + count <= index.len());
        let Some(proof) = proof else { return Ok(()) };
        let root = release.rows_root();
        let leaves = row_leaves(&index, first..first + count);
        let check = |width, first: usize, leaves: &[Hash], proof: &[Hash]| {
            verify_range(blake2_256, &root, width, first as u32, leaves.to_vec(), proof)
        };
        prop_assert!(check(width, first, &leaves, &proof));
        prop_assert!(!check(width, first + 1, &leaves, &proof));
        prop_assert!(!check(width, first, &leaves[1..], &proof));
        prop_assert!(!check(width, first, &leaves, &[proof.clone(), vec![[0; 32]]].concat()));
        let mut other = leaves.clone();
        spoiled.get_mut(&mut other)[0] ^= 1;
        prop_assert!(!check(width, first, &other, &proof));
        if !proof.is_empty() {
            prop_assert!(!check(width, first, &leaves, &proof[1..]));
            let mut other = proof.clone();
            spoiled.get_mut(&mut other)[0] ^= 1;
            prop_assert!(!check(width, first, &leaves, &other));
        }
    }
}
