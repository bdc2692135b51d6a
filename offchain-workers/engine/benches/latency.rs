// SPDX-License-Identifier: Apache-2.0
//! Latency of an ONNX model, for `bench/engine.py`, which times onnxruntime on the same file in the same run.
//!
//! Argument: the file. Each line of standard input asks for a round: `<rows> <runs>`. The answer is one line of JSON:
//! the median of the runs in nanoseconds and the output of the first row, so that the two can be compared.

use std::{
    error::Error,
    io::{self, BufRead, Write},
    time::Instant,
};

use openledger_engine::{Engine, Limits, Model, Schema};

const PIXELS: usize = 64;
const FEATURES: usize = 32;

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds flags of its own
    let path = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
        .ok_or("usage: latency FILE.onnx; then `<rows> <runs>` a line on standard input")?;
    let schema = Schema {
        input: PIXELS,
        output: FEATURES,
    };
    let model = Engine::default().load(&std::fs::read(path)?, &schema, &Limits::default())?;
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let (rows, runs) = parse(&line?)?;
        let (median, first) = round(&model, rows, runs)?;
        writeln!(
            out,
            r#"{{"rows":{rows},"runs":{runs},"median_ns":{median},"first":{first:?}}}"#
        )?;
        out.flush()?;
    }
    Ok(())
}

fn parse(line: &str) -> Result<(usize, usize), Box<dyn Error>> {
    let (rows, runs) = line
        .split_once(' ')
        .ok_or("a round is two numbers: <rows> <runs>")?;
    let runs: usize = runs.parse()?;
    if runs == 0 {
        return Err("a round has at least one run".into());
    }
    Ok((rows.parse()?, runs))
}

/// Median of the runs in nanoseconds, and the first row of the output. One run before them makes the plan.
fn round(model: &Model, rows: usize, runs: usize) -> Result<(u128, Vec<f32>), Box<dyn Error>> {
    let batch = pixels(rows);
    let first = model.run(&batch, rows)?[..FEATURES].to_vec();
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        std::hint::black_box(model.run(std::hint::black_box(&batch), rows)?);
        times.push(start.elapsed().as_nanos());
    }
    times.sort_unstable();
    Ok((times[runs / 2], first))
}

/// Numbers of 0 to 16 as pixels are; `bench/engine.py` makes the same.
fn pixels(rows: usize) -> Vec<f32> {
    (0..rows * PIXELS)
        .map(|index| ((index * 7919) % 17) as f32)
        .collect()
}
