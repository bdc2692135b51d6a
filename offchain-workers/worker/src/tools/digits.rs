// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker digits split`: the same parts of the table on every machine.
//!
//! The rows are shuffled by SplitMix64 with a fixed seed, then cut: the base network's part, 40 contributions of 15
//! rows each, and the held-out rest. No row is in two parts. `split.json` lists the rows of each part by their number
//! in the table, from 0.

use super::{name_of, read_digits, write};
use anyhow::{ensure, Result};
use clap::Subcommand;
use openledger_trainer::{
    digits::{to_csv, DigitRow},
    random::SplitMix64,
};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Seed of the shuffle.
const SEED: u64 = 2026;
/// Contributions and rows of each.
const CONTRIBUTIONS: usize = 40;
const CONTRIBUTION_ROWS: usize = 15;
/// The base network's share of the rows that are not in contributions, in percent; the rest is held out.
const BASE_PERCENT: usize = 65;

/// Works on tables of digits.
#[derive(Subcommand)]
pub enum DigitsCommand {
    /// Cut the table into base.csv, contributions/NN.csv and held-out.csv, with split.json beside them.
    Split {
        /// The table: 64 pixels of 0 to 16 and the digit, one image a line; may be gzip-compressed.
        #[arg(long, env = "OPENLEDGER_DIGITS_CSV")]
        csv: PathBuf,
        /// Folder for the parts.
        #[arg(long, env = "OPENLEDGER_DIGITS_OUT")]
        out: PathBuf,
    },
}

impl DigitsCommand {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let Self::Split { csv, out } = self;
        let rows = read_digits(&csv)?;
        let parts = split(rows.len())?;
        let text = |indices: &[usize]| {
            let chosen: Vec<DigitRow> = indices.iter().map(|index| rows[*index]).collect();
            to_csv(&chosen)
        };
        let mut report = Vec::new();
        let mut save = |file: String, indices: &[usize]| -> Result<()> {
            let text = text(indices);
            write(&out.join(&file), text.as_bytes())?;
            report.push(json!({
                "file": file,
                "content": name_of(text.as_bytes()),
                "bytes": text.len(),
                "rows": indices.len(),
                "indices": indices,
            }));
            Ok(())
        };
        save("base.csv".into(), &parts.base)?;
        save("held-out.csv".into(), &parts.held_out)?;
        for (number, indices) in parts.contributions.iter().enumerate() {
            save(format!("contributions/{number:02}.csv"), indices)?;
        }
        let (contributions, wholes) = (report.split_off(2), report);
        let report = json!({
            "seed": SEED,
            "rows": rows.len(),
            "base": wholes[0],
            "held_out": wholes[1],
            "contributions": contributions,
        });
        let text = serde_json::to_string_pretty(&report)?;
        write(&out.join("split.json"), text.as_bytes())?;
        Ok(report)
    }
}

struct Parts {
    base: Vec<usize>,
    contributions: Vec<Vec<usize>>,
    held_out: Vec<usize>,
}

fn split(rows: usize) -> Result<Parts> {
    let contributed = CONTRIBUTIONS * CONTRIBUTION_ROWS;
    ensure!(
        rows >= contributed + 100,
        "the table has {rows} rows; {CONTRIBUTIONS} contributions of {CONTRIBUTION_ROWS} rows and 100 more are needed"
    );
    let mut order: Vec<usize> = (0..rows).collect();
    SplitMix64::new(SEED).shuffle(&mut order);
    let base_rows = (rows - contributed) * BASE_PERCENT / 100;
    let (base, rest) = order.split_at(base_rows);
    let (contributed, held_out) = rest.split_at(contributed);
    Ok(Parts {
        base: base.to_vec(),
        contributions: contributed
            .chunks(CONTRIBUTION_ROWS)
            .map(<[usize]>::to_vec)
            .collect(),
        held_out: held_out.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_exactly_one_part_each_time() {
        let parts = split(1797).unwrap();
        assert_eq!(parts.contributions.len(), CONTRIBUTIONS);
        let mut all = [parts.base.clone(), parts.contributions.concat(), parts.held_out].concat();
        all.sort_unstable();
        assert_eq!(all, (0..1797).collect::<Vec<_>>());
        assert_eq!(split(1797).unwrap().base, parts.base);
    }

    #[test]
    fn a_table_that_is_too_short_is_refused() {
        assert!(split(600).is_err());
    }
}
