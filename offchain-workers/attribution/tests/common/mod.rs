// SPDX-License-Identifier: Apache-2.0
//! Problems and statistics that several test files use.
#![allow(dead_code)]

use openledger_trainer::{
    base::{self, BaseNetwork, Recipe},
    digits::{self, DigitRow, CLASSES},
    features::{quantise_features, ContributionKey, Features},
    random::SplitMix64,
};

/// A training row: label and features.
pub type Row = (u16, Vec<i16>);

/// Rows as a problem, `per_contribution` of them in each contribution.
pub fn features(classes: u16, rows: &[Row], per_contribution: usize) -> Features {
    let mut features = Features::new(classes, rows[0].1.len() as u16).unwrap();
    for (contribution, rows) in rows.chunks(per_contribution).enumerate() {
        let key = ContributionKey {
            datanet: 4,
            contribution: contribution as u64,
        };
        features.push_contribution(key, rows).unwrap();
    }
    features
}

/// Three blurred clusters in four dimensions from a linear congruential generator (Knuth's MMIX constants, upper
/// 16 bits), so that the input does not depend on any library.
pub fn clusters(rows: usize) -> Vec<Row> {
    let mut state = 20_261_121u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 48) as i64
    };
    let centres = [[3000, -1000, 500, 0], [-2500, 2500, 0, 700], [0, 0, -3000, -2000]];
    let mut row = || {
        let label = (next() % 3) as usize;
        (
            label as u16,
            centres[label]
                .iter()
                .map(|centre| (centre + (next() - 32768) / 8) as i16)
                .collect(),
        )
    };
    (0..rows).map(|_| row()).collect()
}

/// Digits as a base network trained on the first 700 of them sees them, from the 700th on.
pub fn digits() -> Vec<Row> {
    let mut rows = digits::load_gz(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv.gz")).unwrap();
    digits::shuffle(&mut rows, 7);
    let network = base::train(&rows[..700], &Recipe::default()).unwrap();
    let row = |row: &DigitRow| feature_row(&network, row);
    rows[700..].iter().map(row).collect()
}

fn feature_row(network: &BaseNetwork, row: &DigitRow) -> Row {
    (
        row.label.into(),
        quantise_features(&network.features(&row.input())).unwrap(),
    )
}

/// Gives every fifth row, chosen at random, another label; says which.
pub fn flip_fifth(rows: &mut [Row], seed: u64) -> Vec<bool> {
    let mut random = SplitMix64::new(seed);
    let mut flipped: Vec<bool> = (0..rows.len()).map(|row| row % 5 == 0).collect();
    random.shuffle(&mut flipped);
    for ((label, _), _) in rows.iter_mut().zip(&flipped).filter(|(_, flipped)| **flipped) {
        *label = (*label + 1 + random.below(CLASSES - 1) as u16) % CLASSES as u16;
    }
    flipped
}

/// Spearman's rank correlation (ties share their mean rank).
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum() };
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

/// Area under the ROC curve of `scores` as a sign of `positive`.
pub fn auc(scores: &[f64], positive: &[bool]) -> f64 {
    let ranks = ranks(scores);
    let count = positive.iter().filter(|p| **p).count() as f64;
    let sum: f64 = ranks
        .iter()
        .zip(positive)
        .filter(|(_, p)| **p)
        .map(|(rank, _)| rank)
        .sum();
    (sum - count * (count - 1.0) / 2.0) / (count * (positive.len() as f64 - count))
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        below as f64 + (equal as f64 - 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}
