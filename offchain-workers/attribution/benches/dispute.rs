// SPDX-License-Identifier: Apache-2.0
//! What judging a disputed row costs: the chain's last computation, and what each party computes for a pass over all rows.
//!
//! Native code; inside the chain the same runs as WebAssembly. Its own figure is the benchmark `prove_term` of
//! `pallet-releases` (`make weights`).

use std::{error::Error, hint::black_box, time::Instant};

use openledger_attribution::merkle::{blake2_256, leaf};
use openledger_fixed::{
    equation::Sums,
    head::read_head,
    logits,
    release::{features_row, verify_range, FeaturesRow},
};
use openledger_trainer::random::SplitMix64;

const ROUNDS: usize = 21;
/// Classes and features: the digits' head, p = 2,048, and the largest head whose rows can be disputed.
const SHAPES: [(usize, usize); 3] = [(10, 32), (16, 127), (16, 1023)];
/// Two seconds of execution, of which three quarters are for ordinary transactions.
const BLOCK_MS: f64 = 1_500.0;

fn main() -> Result<(), Box<dyn Error>> {
    println!("| parameters | the chain's step, ms | of a block | bytes of the call | a row of a party's pass, µs |");
    println!("| --- | --- | --- | --- | --- |");
    for (classes, dims) in SHAPES {
        let mut random = SplitMix64::new(20_261_121);
        let mut numbers = |count: usize, bits: u32| -> Vec<i64> {
            (0..count)
                .map(|_| (random.next_u64() >> (64 - bits)) as i64 - (1 << (bits - 1)))
                .collect()
        };
        let parameters = classes * (dims + 1);
        let influence: Vec<i16> = numbers(parameters, 16).iter().map(|r| *r as i16).collect();
        let features: Vec<i16> = numbers(dims, 13).iter().map(|x| *x as i16).collect();
        let mut head = 0u64.to_le_bytes().to_vec();
        head.resize(8 + 8 * parameters, 7);
        head.extend(
            numbers(parameters, 18)
                .iter()
                .flat_map(|w| (*w as i32).to_le_bytes()),
        );
        let row = features_row(0, 0, &features);
        let sums = Sums::zero(classes, dims).to_bytes();
        let siblings = vec![[3; 32]; 32];

        let step = median(|| {
            // what `prove_term` does: the head's hash, the sums' and the row's, the proof, the step, and its hash
            black_box(blake2_256(&head));
            let (weight, bias) = read_head(&head, classes, dims).expect("the head has the shape");
            let mut sums = Sums::from_bytes(&sums, classes, dims).expect("the sums have the shape");
            black_box(sums.commitment(blake2_256));
            let leaves = vec![leaf(&row)];
            black_box(verify_range(blake2_256, &[0; 32], u32::MAX, 0, leaves, &siblings));
            let row = FeaturesRow::read(&row, dims).expect("the row has the shape");
            let answer = logits(&weight, &bias, &row.features).expect("the head has the shape");
            sums.add(&influence, &row.features, &answer)
                .expect("all have the shape");
            black_box(sums.commitment(blake2_256));
        });
        let (weight, bias) = read_head(&head, classes, dims).expect("the head has the shape");
        let mut all = Sums::zero(classes, dims);
        let pass = median(|| {
            let answer = logits(&weight, &bias, &features).expect("the head has the shape");
            all.add(&influence, &features, &answer)
                .expect("all have the shape");
        });
        let bytes = sums.len() + head.len() + row.len() + 12 + 2 * parameters + 32 * siblings.len();
        println!(
            "| {parameters} | {:.2} | {:.3} % | {bytes} | {:.0} |",
            step * 1e3,
            step * 1e5 / BLOCK_MS,
            pass * 1e6
        );
    }
    Ok(())
}

/// Median time of a run, seconds.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times[ROUNDS / 2]
}
