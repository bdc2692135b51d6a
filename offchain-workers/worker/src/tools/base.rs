// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker train-base`.

use super::{name_of, read_digits, write};
use anyhow::Result;
use clap::Args;
use openledger_trainer::{
    base::{onnx_bytes, train, BaseNetwork, Recipe, FEATURES},
    digits::{DigitRow, PIXELS},
};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Trains the network of 64 pixels, 32 features and 10 classes, and writes the part up to the features.
#[derive(Args)]
pub struct TrainBase {
    /// Rows to train on, as `digits split` writes them.
    #[arg(long, env = "OPENLEDGER_TRAIN_DATA")]
    data: PathBuf,
    /// Where the ONNX file goes.
    #[arg(long, env = "OPENLEDGER_TRAIN_OUT")]
    out: PathBuf,
    /// Rows to measure the whole network on.
    #[arg(long, env = "OPENLEDGER_HELD_OUT")]
    held_out: Option<PathBuf>,
    /// Seed of the initial weights and of the order of rows.
    #[arg(long, env = "OPENLEDGER_TRAIN_SEED")]
    seed: Option<u64>,
}

impl TrainBase {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let data = read_digits(&self.data)?;
        let default = Recipe::default();
        let recipe = Recipe {
            seed: self.seed.unwrap_or(default.seed),
            ..default
        };
        let network = train(&data, &recipe)?;
        let bytes = onnx_bytes(&network);
        write(&self.out, &bytes)?;
        let held_out = match &self.held_out {
            Some(path) => Some(share_right(&network, &read_digits(path)?)),
            None => None,
        };
        Ok(json!({
            "artifact": name_of(&bytes),
            "bytes": bytes.len(),
            "format": "Onnx",
            "input": { "dtype": "F32", "width": PIXELS },
            "output": { "output_bytes": FEATURES * 4, "query_len": 0, "classes": 0 },
            "rows": data.len(),
            "seed": recipe.seed,
            "accuracy_on_training": share_right(&network, &data),
            "accuracy": held_out,
        }))
    }
}

fn share_right(network: &BaseNetwork, rows: &[DigitRow]) -> f64 {
    let right = rows
        .iter()
        .filter(|row| network.predict(&row.input()) == usize::from(row.label))
        .count();
    right as f64 / rows.len().max(1) as f64
}
