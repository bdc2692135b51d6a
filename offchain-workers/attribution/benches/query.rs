// SPDX-License-Identifier: Apache-2.0
//! Time of one attribution query over 100,000 rows, by every kernel that the machine has, one core.
//!
//! Without an argument: all of [`SHAPES`], each beside the time in which the same core reads as many bytes and does
//! nothing else with them, which is the least that a query can take. With classes, features and a folder: writes the
//! numbers there for another program and then answers each line `round` on its input with the times of one round, so
//! that a script can run both in turns.
//!
//! The index is made of random numbers: a query reads every row whatever it holds.

use std::{
    error::Error,
    hint::black_box,
    io::{stdin, BufRead, Write},
    time::Instant,
};

use openledger_attribution::{
    clusters::THRESHOLD,
    index::{MAGIC, VERSION},
    Index, Kernel,
};
use openledger_fixed::release::link_bytes;
use openledger_trainer::{head::Head, random::SplitMix64};

const ROWS: u32 = 100_000;
const ROWS_OF_CONTRIBUTION: u32 = 15;
const ROW_BITS: i16 = 10;
const ROUNDS: usize = 21;
/// Classes and features: the digits' base network, raw digits (p = 650), and p = 2,048.
const SHAPES: [(u16, u16); 3] = [(10, 32), (10, 64), (16, 127)];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    if let [classes, dims, folder] = arguments.as_slice() {
        return serve(Problem::new(classes.parse()?, dims.parse()?)?, folder);
    }
    for (classes, dims) in SHAPES {
        let problem = Problem::new(classes, dims)?;
        let memory = median(|| {
            black_box(read(problem.scored()));
        });
        for kernel in Kernel::available() {
            let query = median(|| {
                black_box(problem.query(kernel));
            });
            println!(
                r#"{{"rows":{ROWS},"numbers":{},"index_bytes":{},"kernel":"{kernel:?}","query_us":{query},"read_us":{memory},"of_bandwidth":{:.2}}}"#,
                classes * (dims + 1),
                problem.index.as_bytes().len(),
                memory as f64 / query as f64,
            );
        }
    }
    Ok(())
}

/// An index of random influence and a question to it.
struct Problem {
    index: Index,
    head: Head,
    features: Vec<i16>,
}

impl Problem {
    fn new(classes: u16, dims: u16) -> Result<Self, Box<dyn Error>> {
        let mut random = SplitMix64::new(20_261_121);
        let index = Index::from_bytes(index(&mut random, classes, dims))?;
        let head = Head {
            weight: (0..classes * dims).map(|_| weight(&mut random)).collect(),
            bias: (0..classes).map(|_| weight(&mut random)).collect(),
        };
        let features = (0..dims)
            .map(|_| (random.next_u64() >> 51) as i16 - 4096)
            .collect();
        Ok(Self {
            index,
            head,
            features,
        })
    }

    /// What a query reads: all but the links at the end.
    fn scored(&self) -> &[u8] {
        let links = self.index.len() * link_bytes(self.index.classes());
        let bytes = self.index.as_bytes();
        &bytes[..bytes.len() - links]
    }

    fn query(&self, kernel: Kernel) -> i64 {
        let scores = self.index.query_with(kernel, &self.features, &self.head);
        scores.map_or(0, |scores| {
            scores.iter().map(|(_, score)| *score).fold(0, i64::wrapping_add)
        })
    }
}

/// Answers a script: writes its problem into `folder`, then one time for each line.
fn serve(problem: Problem, folder: &str) -> Result<(), Box<dyn Error>> {
    let mut influence = Vec::with_capacity(problem.index.as_bytes().len());
    let mut loo = Vec::new();
    for row in problem.index.rows() {
        influence.extend_from_slice(row.influence);
        loo.extend_from_slice(&row.loo.to_le_bytes());
    }
    let little = |numbers: Vec<i16>| {
        numbers
            .into_iter()
            .flat_map(i16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let logits = openledger_fixed::logits(&problem.head.weight, &problem.head.bias, &problem.features)?;
    for (name, bytes) in [
        ("influence", influence),
        ("loo", loo),
        ("delta", little(openledger_fixed::delta(&logits))),
        ("features", little(problem.features.clone())),
    ] {
        std::fs::write(format!("{folder}/{name}"), bytes)?;
    }
    let scores = problem.index.query_rows(&problem.features, &problem.head)?;
    let sum = scores.into_iter().fold(0, i64::wrapping_add);
    println!(r#"{{"ready":true,"sum":{sum}}}"#);
    for line in stdin().lock().lines() {
        if line? != "round" {
            break;
        }
        let mut line = String::from("{");
        line += &format!(
            r#""read":{}"#,
            median(|| {
                black_box(read(problem.scored()));
            })
        );
        for kernel in Kernel::available() {
            let time = median(|| {
                black_box(problem.query(kernel));
            });
            line += &format!(r#","{kernel:?}":{time}"#);
        }
        println!("{line}}}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// Microseconds of the middle one of [`ROUNDS`] runs, after one that is not counted.
fn median(mut run: impl FnMut()) -> u128 {
    run();
    let mut times: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

/// Reads every byte once: eight sums of 64-bit words, which the memory limits and not the arithmetic.
fn read(bytes: &[u8]) -> u64 {
    let mut sums = [0u64; 8];
    for words in bytes.chunks_exact(64) {
        for (sum, word) in sums.iter_mut().zip(words.chunks_exact(8)) {
            *sum ^= u64::from_le_bytes(word.try_into().expect("eight bytes"));
        }
    }
    sums.into_iter().fold(0, |all, sum| all ^ sum)
}

/// A weight below one in absolute value, with 16 fraction bits.
fn weight(random: &mut SplitMix64) -> i32 {
    (random.next_u64() >> 47) as i32 - (1 << 16)
}

/// An index as its format says, of random influence and without duplicates.
fn index(random: &mut SplitMix64, classes: u16, dims: u16) -> Vec<u8> {
    let contributions = ROWS.div_ceil(ROWS_OF_CONTRIBUTION);
    let mut bytes = MAGIC.to_vec();
    for number in [VERSION, classes, dims] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&ROW_BITS.to_le_bytes());
    for count in [ROWS, contributions] {
        bytes.extend_from_slice(&count.to_le_bytes());
    }
    bytes.extend_from_slice(&THRESHOLD.to_le_bytes());
    // a regulariser, and the root of features that nobody reads
    bytes.extend_from_slice(&1u32.to_le_bytes());
    bytes.extend_from_slice(&[0; 32]);
    for contribution in 0..u64::from(contributions) {
        for number in [0, contribution, 0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
    for row in 0..ROWS {
        bytes.extend_from_slice(&(row / ROWS_OF_CONTRIBUTION).to_le_bytes());
        bytes.extend_from_slice(&((row % u32::from(classes)) as u16).to_le_bytes());
        bytes.extend_from_slice(&(random.next_u64() as u16).to_le_bytes());
        bytes.extend_from_slice(&row.to_le_bytes());
        for _ in 0..classes * (dims + 1) {
            bytes.extend_from_slice(&(random.next_u64() as i16).to_le_bytes());
        }
    }
    // links of rows that are alone, which no query reads
    for row in 0..ROWS {
        bytes.extend_from_slice(&row.to_le_bytes());
        bytes.extend(vec![0; 8 * usize::from(classes)]);
    }
    bytes
}
