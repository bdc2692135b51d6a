// SPDX-License-Identifier: Apache-2.0
//! Problems that several test files train on.
#![allow(dead_code)]

use openledger_trainer::{
    base::{self, BaseNetwork, Recipe},
    digits::{self, DigitRow, CLASSES},
    features::{quantise_features, ContributionKey, Features},
};

/// Rows of the shipped digits table, shuffled.
pub fn digits() -> Vec<DigitRow> {
    let mut rows = digits::load_gz(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv.gz")).unwrap();
    digits::shuffle(&mut rows, 7);
    rows
}

/// A base network trained on the first 700 digits.
pub fn base_network() -> BaseNetwork {
    base::train(&digits()[..700], &Recipe::default()).unwrap()
}

/// Features of digits by the plain forward pass, 25 rows a contribution.
pub fn digits_features(network: &BaseNetwork, rows: &[DigitRow]) -> Features {
    let mut features = Features::new(CLASSES as u16, base::FEATURES as u16).unwrap();
    for (contribution, rows) in rows.chunks(25).enumerate() {
        let rows: Vec<(u16, Vec<i16>)> = rows
            .iter()
            .map(|row| {
                (
                    row.label.into(),
                    quantise_features(&network.features(&row.input())).unwrap(),
                )
            })
            .collect();
        let key = ContributionKey {
            datanet: 1,
            contribution: contribution as u64,
        };
        features.push_contribution(key, &rows).unwrap();
    }
    features
}

/// Three blurred clusters in four dimensions from a linear congruential generator (Knuth's MMIX constants, upper
/// 16 bits), so that the input does not depend on any library.
pub fn clusters(rows: usize) -> Features {
    let mut state = 20_261_121u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 48) as i64
    };
    let centres = [[3000, -1000, 500, 0], [-2500, 2500, 0, 700], [0, 0, -3000, -2000]];
    let mut features = Features::new(3, 4).unwrap();
    for contribution in 0..rows.div_ceil(4) {
        let batch: Vec<(u16, Vec<i16>)> = (contribution * 4..rows.min(contribution * 4 + 4))
            .map(|_| {
                let label = (next() % 3) as usize;
                let values = centres[label]
                    .iter()
                    .map(|centre| (centre + (next() - 32768) / 8) as i16)
                    .collect();
                (label as u16, values)
            })
            .collect();
        let key = ContributionKey {
            datanet: 7,
            contribution: contribution as u64,
        };
        features.push_contribution(key, &batch).unwrap();
    }
    features
}
