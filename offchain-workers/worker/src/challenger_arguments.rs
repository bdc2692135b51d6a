// SPDX-License-Identifier: Apache-2.0
//! What every command takes that shows the chain something wrong.

use anyhow::{Context, Result};
use clap::{ArgGroup, Args};
use openledger_worker::Signer;
use std::path::PathBuf;

/// Who challenges, where, and by whose files.
#[derive(Args)]
#[command(group(ArgGroup::new("challenger").required(true).args(["suri", "suri_file"])))]
pub struct ChallengerArguments {
    /// WebSocket RPC of a node.
    #[arg(long, env = "OPENLEDGER_WORKER_URL", default_value = "ws://127.0.0.1:9944")]
    pub url: String,
    /// The challenger's key: a phrase, a 0x… seed, or a development name such as //Ferdie. Prefer --suri-file: other users
    /// of the machine can see arguments.
    #[arg(long, env = "OPENLEDGER_DISPUTE_SURI", hide_env_values = true)]
    suri: Option<String>,
    /// File with the challenger's key in its first line.
    #[arg(long, env = "OPENLEDGER_DISPUTE_SURI_FILE")]
    suri_file: Option<PathBuf>,
    /// Store of artifacts, a folder or a URL. What it lacks is fetched from the node and kept there.
    #[arg(long, env = "OPENLEDGER_DISPUTE_BLOBS")]
    pub blobs: String,
}

impl ChallengerArguments {
    /// The challenger's key.
    pub fn signer(&self) -> Result<Signer> {
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
        Ok(Signer::from_uri(&secret)?)
    }
}
