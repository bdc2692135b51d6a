// SPDX-License-Identifier: Apache-2.0
//! Prefix sums of a row's equation: their bytes, their divisions, and sums that somebody made up.

use openledger_fixed::{
    equation::{boundary, parts, Claim, Sums},
    release::{features_row, row_bytes, FeaturesRow, IndexShape, Place, ReleasedRow, HEADER_BYTES},
};

#[test]
fn an_interval_is_divided_into_parts_that_are_never_empty() {
    for (low, high) in [(0, 1), (0, 2), (5, 21), (7, 24), (0, u32::MAX), (3, 1_003)] {
        let count = parts(low, high);
        assert_eq!((boundary(low, high, 0), boundary(low, high, count)), (low, high));
        let lengths: Vec<u32> = (0..count)
            .map(|part| boundary(low, high, part + 1) - boundary(low, high, part))
            .collect();
        let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
        assert!(*least > 0 && most - least <= 1, "{low} to {high}: {lengths:?}");
    }
    assert_eq!(parts(4, 4), 0);
    assert_eq!(boundary(4, 4, 3), 4);
}

#[test]
fn sums_are_their_bytes() {
    let mut sums = Sums::zero(2, 1);
    sums.add(&[5, -3, 2, 9], &[700], &[1 << 16, 0]).unwrap();
    let bytes = sums.to_bytes();
    assert_eq!(bytes.len(), Sums::bytes(2, 1));
    assert_eq!(Sums::from_bytes(&bytes, 2, 1), Some(sums));
    assert_eq!(Sums::from_bytes(&bytes, 3, 1), None);
    assert_eq!(Sums::from_bytes(&bytes[1..], 2, 1), None);
}

#[test]
fn sums_of_another_shape_are_refused_and_unchanged() {
    let mut sums = Sums::zero(2, 2);
    assert!(sums.add(&[5, -3, 2, 9], &[700], &[1 << 16, 0]).is_err());
    assert!(sums.add(&[5, -3, 2], &[700], &[1 << 16, 0]).is_err());
    assert_eq!(sums, Sums::zero(2, 2));
}

#[test]
fn sums_that_somebody_made_up_saturate() {
    let mut sums = Sums {
        terms: vec![i128::MAX; 4],
        allowed: vec![i128::MAX; 2],
    };
    sums.add(&[i16::MAX, 0, i16::MIN, 0], &[i16::MAX], &[0, 0])
        .unwrap();
    assert_eq!((sums.terms[0], sums.allowed[0]), (i128::MAX, i128::MAX));
    let claim = Claim {
        influence: &[1, 2, 3, 4],
        label: 1,
        features: &[5],
        logits: &[0, 0],
        row_bits: 30,
        lambda: u32::MAX,
        rows: u32::MAX,
    };
    assert_eq!(claim.is_met_by(&sums), Ok(true));
    // an allowance below nothing allows nothing
    sums.allowed = vec![i128::MIN; 2];
    sums.terms = vec![i128::MIN; 4];
    assert_eq!(claim.is_met_by(&sums), Ok(false));
    assert!(claim.is_met_by(&Sums::zero(3, 1)).is_err());
    assert!(Claim { label: 2, ..claim }.is_met_by(&sums).is_err());
}

#[test]
fn rows_are_read_at_their_own_length_only() {
    let bytes = features_row(7, 2, &[-1, 300]);
    let row = FeaturesRow::read(&bytes, 2).unwrap();
    assert_eq!(
        (row.ordinal, row.label, row.features.as_slice()),
        (7, 2, &[-1, 300][..])
    );
    assert_eq!(FeaturesRow::read(&bytes, 3), None);
    assert_eq!(FeaturesRow::read(&bytes[..5], 2), None);
    let link = [&[4, 0, 0, 0][..], &[0xfe; 8], &5i64.to_le_bytes()].concat();
    let bytes = [&[9, 0, 0, 0, 1, 0, 2, 0, 3, 0, 0, 0][..], &[0xff; 8], &link].concat();
    assert_eq!(bytes.len(), row_bytes(2, 1));
    let row = ReleasedRow::read(&bytes, 2, 1).unwrap();
    assert_eq!((row.next, row.sums), (4, vec![-0x0101_0101_0101_0102, 5]));
    assert_eq!((row.ordinal, row.label, row.loo, row.leader), (9, 1, 2, 3));
    assert_eq!(row.influence, [-1; 4]);
    assert_eq!(ReleasedRow::read(&bytes, 2, 2), None);
    assert_eq!(ReleasedRow::read(&bytes[1..], 2, 1), None);
    assert_eq!(ReleasedRow::read(&bytes[..20], 2, 1), None);
}

#[test]
fn a_place_is_read_as_it_was_written() {
    let place = Place {
        datanet: 1 << 40,
        contribution: 2,
        registered: 3,
        first: 4,
        rows: 5,
    };
    assert_eq!(Place::read(&place.to_bytes()), Some(place));
}

#[test]
fn a_header_without_a_sound_scale_or_regulariser_is_none() {
    let mut header = [0; HEADER_BYTES];
    header[..6].copy_from_slice(b"OLIX\x04\0");
    header[22] = 5;
    header[26..].fill(8);
    let shape = IndexShape::read(&header).unwrap();
    assert_eq!((shape.lambda, shape.features), (5, [8; 32]));
    for (at, byte) in [(0, b'o'), (4, 3), (11, 1), (10, 31), (22, 0)] {
        let mut wrong = header;
        wrong[at] = byte;
        assert_eq!(IndexShape::read(&wrong), None, "{at}");
    }
}
