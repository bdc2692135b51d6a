// SPDX-License-Identifier: Apache-2.0
//! Time of one attribution query over 100,000 rows of 330 numbers, the largest head of ten digits that is expected.
//!
//! The index is made of random numbers: a query reads every row whatever it holds.

use std::{error::Error, time::Instant};

use openledger_attribution::{
    index::{MAGIC, VERSION},
    Index,
};
use openledger_trainer::{head::Head, random::SplitMix64};

const ROWS: u32 = 100_000;
const ROWS_OF_CONTRIBUTION: u32 = 15;
const CLASSES: u16 = 10;
const FEATURES: u16 = 32;
const ROW_BITS: i16 = 10;
const ROUNDS: usize = 21;

fn main() -> Result<(), Box<dyn Error>> {
    let mut random = SplitMix64::new(20_261_121);
    let index = Index::from_bytes(index(&mut random))?;
    let head = Head {
        weight: (0..CLASSES * FEATURES).map(|_| weight(&mut random)).collect(),
        bias: (0..CLASSES).map(|_| weight(&mut random)).collect(),
    };
    let features: Vec<i16> = (0..FEATURES)
        .map(|_| (random.next_u64() >> 51) as i16 - 4096)
        .collect();
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        std::hint::black_box(index.report(std::hint::black_box(&features), &head)?);
        times.push(start.elapsed().as_micros());
    }
    times.sort_unstable();
    println!(
        r#"{{"rows":{ROWS},"numbers":{},"index_bytes":{},"rounds":{ROUNDS},"median_us":{},"slowest_us":{}}}"#,
        CLASSES * (FEATURES + 1),
        index.as_bytes().len(),
        times[ROUNDS / 2],
        times[ROUNDS - 1],
    );
    Ok(())
}

/// A weight below one in absolute value, with 16 fraction bits.
fn weight(random: &mut SplitMix64) -> i32 {
    (random.next_u64() >> 47) as i32 - (1 << 16)
}

/// An index as its format says, of random influence.
fn index(random: &mut SplitMix64) -> Vec<u8> {
    let contributions = ROWS.div_ceil(ROWS_OF_CONTRIBUTION);
    let mut bytes = MAGIC.to_vec();
    for number in [VERSION, CLASSES, FEATURES] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&ROW_BITS.to_le_bytes());
    for count in [ROWS, contributions] {
        bytes.extend_from_slice(&count.to_le_bytes());
    }
    for contribution in 0..u64::from(contributions) {
        bytes.extend_from_slice(&0u64.to_le_bytes());
        bytes.extend_from_slice(&contribution.to_le_bytes());
    }
    for row in 0..ROWS {
        bytes.extend_from_slice(&(row / ROWS_OF_CONTRIBUTION).to_le_bytes());
        bytes.extend_from_slice(&((row % u32::from(CLASSES)) as u16).to_le_bytes());
        bytes.extend_from_slice(&(random.next_u64() as u16).to_le_bytes());
        for _ in 0..CLASSES * (FEATURES + 1) {
            bytes.extend_from_slice(&(random.next_u64() as i16).to_le_bytes());
        }
    }
    bytes
}
