// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker dispute-row`.

use crate::challenger_arguments::ChallengerArguments;
use anyhow::Result;
use clap::Args;
use openledger_primitives::ModelId;
use openledger_worker::rows::challenger::{dispute, DisputeConfig, Ended};
use serde_json::{json, Value};

/// Disputes a row of a model's release that its own computation finds wrong, and plays every move until the verdict. What is
/// false beside the row's influence is proved in one transaction, which ends it. Run it again if it is interrupted: a dispute
/// that is open is gone on with, and who is silent until a deadline loses.
#[derive(Args)]
pub struct DisputeRow {
    #[command(flatten)]
    challenger: ChallengerArguments,
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
        let (model, row) = (self.model, self.row);
        let signer = self.challenger.signer()?;
        let challenger = signer.account().to_string();
        let ended = dispute(DisputeConfig {
            url: self.challenger.url,
            signer,
            blobs: self.challenger.blobs,
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
