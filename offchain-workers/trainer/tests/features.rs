// SPDX-License-Identifier: Apache-2.0
//! The features grid and every way in which a features file can lie.

mod common;

use std::{ops::Range, sync::Arc};

use openledger_trainer::features::*;
use proptest::prelude::*;

fn key(contribution: u64) -> ContributionKey {
    ContributionKey {
        datanet: 3,
        contribution,
    }
}

/// Two contributions, three rows of two features.
fn small() -> Features {
    let mut features = Features::new(2, 2).unwrap();
    features
        .push_contribution(key(0), &[(0, [1i16, -2]), (1, [3, 4])])
        .unwrap();
    features
        .push_contribution(key(5), &[(1, [i16::MIN, i16::MAX])])
        .unwrap();
    features
}

/// A file as numbers, and whether there is half of one more.
#[derive(Debug)]
struct Numbers(Vec<i16>, bool);

impl Words for Numbers {
    fn bytes(&self) -> u64 {
        2 * self.0.len() as u64 + u64::from(self.1)
    }

    fn words(&self, range: Range<usize>) -> &[i16] {
        &self.0[range]
    }
}

/// Reads a file into memory and where it lies: the outcomes are the same.
fn read(bytes: &[u8]) -> Result<Features, FeaturesError> {
    let pairs = bytes.chunks_exact(2);
    let numbers = pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let held = Features::from_bytes(bytes);
    let lying = Features::from_words(Arc::new(Numbers(numbers, bytes.len() % 2 == 1)));
    // half a number at the end of what is too short for the magic is not seen
    if bytes.len() < MAGIC.len() {
        assert!(held.is_err() && lying.is_err());
    } else {
        assert_eq!(lying, held);
    }
    held
}

#[test]
fn rows_read_where_they_lie_can_be_added_to() {
    let file = small().to_bytes();
    let numbers = file
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let lying = Features::from_words(Arc::new(Numbers(numbers, false))).unwrap();
    assert_eq!(lying.to_bytes(), file);
    let (mut more, mut expected) = (lying.clone(), small());
    for features in [&mut more, &mut expected] {
        features.push_contribution(key(8), &[(0, [7i16, 8])]).unwrap();
    }
    assert_eq!(more, expected);
    assert_eq!(lying, small(), "a clone is another set of rows");
}

fn changed(at: usize, bytes: &[u8]) -> Result<Features, FeaturesError> {
    let mut file = small().to_bytes();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    read(&file)
}

const TABLE: usize = HEADER_BYTES;
const ROWS: usize = HEADER_BYTES + 2 * KEY_BYTES;
const ROW: usize = 10;

#[test]
fn quantising_rounds_halves_away_from_zero_and_clips() {
    let features = [
        0.5 / 4096.0,
        -0.5 / 4096.0,
        0.49 / 4096.0,
        1.0,
        -1.0,
        1e30,
        -1e30,
        f32::MAX,
    ];
    let expected = vec![1, -1, 0, 4096, -4096, i16::MAX, i16::MIN, i16::MAX];
    assert_eq!(quantise_features(&features), Ok(expected));
    assert_eq!(quantise_features(&[]), Ok(vec![]));
}

#[test]
fn quantising_refuses_what_is_not_finite() {
    assert_eq!(quantise_features(&[0.0, f32::NAN]), Err(NotFinite { index: 1 }));
    assert_eq!(quantise_features(&[f32::INFINITY]), Err(NotFinite { index: 0 }));
    assert_eq!(
        quantise_features(&[f32::NEG_INFINITY]),
        Err(NotFinite { index: 0 })
    );
}

#[test]
fn file_has_the_documented_bytes() {
    let mut features = Features::new(2, 1).unwrap();
    features.push_contribution(key(9), &[(1, [-2i16])]).unwrap();
    let expected = [
        b"OLFX".as_slice(),
        &[1, 0, 2, 0, 1, 0, 12, 0, 1, 0, 0, 0, 1, 0, 0, 0],
        &[3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0],
        &[0, 0, 0, 0, 1, 0, 0xfe, 0xff],
    ];
    assert_eq!(features.to_bytes(), expected.concat());
}

#[test]
fn file_reads_back() {
    assert_eq!(read(&small().to_bytes()), Ok(small()));
    let clusters = common::clusters(30);
    assert_eq!(read(&clusters.to_bytes()), Ok(clusters));
}

#[test]
fn every_cut_of_a_file_is_truncated() {
    let file = small().to_bytes();
    for length in 0..file.len() {
        let cut = read(&file[..length]);
        assert!(
            matches!(cut, Err(FeaturesError::Truncated { .. })),
            "{length}: {cut:?}"
        );
    }
}

#[test]
fn trailing_bytes_are_refused() {
    let mut file = small().to_bytes();
    file.push(0);
    let (expected, found) = (file.len() as u64 - 1, file.len() as u64);
    assert_eq!(read(&file), Err(FeaturesError::TrailingBytes { expected, found }));
}

#[test]
fn wrong_magic_version_grid_and_shape_are_named() {
    assert_eq!(changed(0, b"PK"), Err(FeaturesError::WrongMagic));
    assert_eq!(read(b"junk"), Err(FeaturesError::WrongMagic));
    assert_eq!(changed(4, &[2]), Err(FeaturesError::UnsupportedVersion(2)));
    assert_eq!(
        changed(6, &[1]),
        Err(FeaturesError::NothingToLearn { classes: 1, dims: 2 })
    );
    assert_eq!(
        changed(8, &[0]),
        Err(FeaturesError::NothingToLearn { classes: 2, dims: 0 })
    );
    assert_eq!(changed(10, &[11]), Err(FeaturesError::WrongGrid(11)));
}

#[test]
fn counts_that_lie_are_refused_before_anything_is_allocated() {
    let rows = changed(12, &[0xff; 4]);
    assert!(matches!(rows, Err(FeaturesError::Truncated { expected, .. }) if expected > 1 << 32));
    let contributions = changed(16, &[0xff; 4]);
    assert!(matches!(contributions, Err(FeaturesError::Truncated { expected, .. }) if expected > 1 << 32));
    assert!(matches!(
        changed(8, &[0xff, 0xff]),
        Err(FeaturesError::Truncated { .. })
    ));
    assert!(matches!(
        changed(12, &[2]),
        Err(FeaturesError::TrailingBytes { .. })
    ));
}

#[test]
fn table_must_ascend() {
    assert_eq!(
        changed(TABLE + 8, &[5]),
        Err(FeaturesError::ContributionsNotAscending { index: 1 })
    );
    assert_eq!(
        changed(TABLE + 8, &[6]),
        Err(FeaturesError::ContributionsNotAscending { index: 1 })
    );
    assert_eq!(
        changed(TABLE, &[4]),
        Err(FeaturesError::ContributionsNotAscending { index: 1 })
    );
}

#[test]
fn rows_must_name_contributions_in_order_and_classes_that_exist() {
    assert_eq!(
        changed(ROWS, &[2]),
        Err(FeaturesError::OrdinalOutOfRange { row: 0, ordinal: 2 })
    );
    assert_eq!(changed(ROWS, &[1]), Err(FeaturesError::RowsOutOfOrder { row: 1 }));
    assert_eq!(
        changed(ROWS + ROW + 4, &[2]),
        Err(FeaturesError::LabelOutOfRange { row: 1, label: 2 })
    );
}

#[test]
fn contributions_that_do_not_fit_are_refused_and_leave_nothing_behind() {
    let mut features = small();
    let one = [(0u16, [1i16, 2])];
    let repeated = features.push_contribution(key(5), &one);
    assert_eq!(
        repeated,
        Err(FeaturesError::ContributionsNotAscending { index: 2 })
    );
    let wide = features.push_contribution(key(6), &[(0, vec![1, 2]), (0, vec![1, 2, 3])]);
    assert_eq!(
        wide,
        Err(FeaturesError::WrongDims {
            row: 4,
            expected: 2,
            found: 3
        })
    );
    let label = features.push_contribution(key(6), &[(2, [1i16, 2])]);
    assert_eq!(label, Err(FeaturesError::LabelOutOfRange { row: 3, label: 2 }));
    assert_eq!(features, small());
    assert_eq!(
        Features::new(1, 1),
        Err(FeaturesError::NothingToLearn { classes: 1, dims: 1 })
    );
}

proptest! {
    #[test]
    fn no_bytes_panic_the_reader(mut bytes in prop::collection::vec(any::<u8>(), 0..200), keep in any::<bool>()) {
        if keep && bytes.len() >= 12 {
            bytes[..12].copy_from_slice(b"OLFX\x01\0\x02\0\x01\0\x0c\0");
        }
        let _ = read(&bytes);
    }

    #[test]
    fn a_flipped_byte_is_an_error_or_another_set_of_rows(at in 0usize..82, flip in 1u8..=255) {
        let mut file = small().to_bytes();
        file[at] ^= flip;
        if let Ok(read) = read(&file) {
            prop_assert_ne!(&read, &small());
            prop_assert_eq!(read.to_bytes(), file);
        }
    }
}
