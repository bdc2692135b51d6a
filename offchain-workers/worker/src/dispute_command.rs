// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker dispute-row`.

use anyhow::{Context, Result};
use clap::{ArgGroup, Args};
use openledger_primitives::ModelId;
use openledger_worker::{
    rows::challenger::{dispute, DisputeConfig, Ended},
    Signer,
};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Disputes a row of a model's release that its own computation finds wrong, and plays every move until the verdict. Run it
/// again if it is interrupted: a dispute that is open is gone on with, and who is silent until a deadline loses.
#[derive(Args)]
#[command(group(ArgGroup::new("challenger").required(true).args(["suri", "suri_file"])))]
pub struct DisputeRow {
    /// WebSocket RPC of a node.
    #[arg(long, env = "OPENLEDGER_WORKER_URL", default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// The challenger's key: a phrase, a 0x… seed, or a development name such as //Ferdie. Prefer --suri-file: other users
    /// of the machine can see arguments.
    #[arg(long, env = "OPENLEDGER_DISPUTE_SURI", hide_env_values = true)]
    suri: Option<String>,
    /// File with the challenger's key in its first line.
    #[arg(long, env = "OPENLEDGER_DISPUTE_SURI_FILE")]
    suri_file: Option<PathBuf>,
    /// Store of artifacts, a folder or a URL. What it lacks is fetched from the node and kept there.
    #[arg(long, env = "OPENLEDGER_DISPUTE_BLOBS")]
    blobs: String,
    /// The model.
    #[arg(long, env = "OPENLEDGER_DISPUTE_MODEL")]
    model: ModelId,
    /// The row's number in the model's influence index, from 0.
    #[arg(long, env = "OPENLEDGER_DISPUTE_ROW")]
    row: u32,
    /// Dispute a row that is right as well, which costs the bond.
    #[arg(long, env = "OPENLEDGER_DISPUTE_ANYWAY")]
    anyway: bool,
}

impl DisputeRow {
    /// Runs it and returns what to print.
    pub async fn run(self) -> Result<Value> {
        let secret = match (&self.suri, &self.suri_file) {
            (Some(suri), _) => suri.clone(),
            (None, Some(file)) => std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the key file {}", file.display()))?
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
            (None, None) => String::new(),
        };
        let (model, row) = (self.model, self.row);
        let signer = Signer::from_uri(&secret)?;
        let challenger = signer.account().to_string();
        let ended = dispute(DisputeConfig {
            url: self.url,
            signer,
            blobs: self.blobs,
            model,
            row,
            anyway: self.anyway,
        })
        .await?;
        let verdict = match ended {
            Ended::Refuted => "refuted",
            Ended::Upheld => "upheld",
        };
        Ok(json!({ "model": model, "row": row, "challenger": challenger, "verdict": verdict }))
    }
}
