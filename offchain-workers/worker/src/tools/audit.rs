// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker audit-release`: whether a release's index is what its features and head make it.

use super::read;
use anyhow::{ensure, Result};
use clap::Args;
use openledger_attribution::{
    audit::{Auditor, Fault},
    flaws::{Flaw, Found},
    Index, Release,
};
use openledger_blobs::ContentId;
use openledger_fixed::flaws::Itself;
use openledger_trainer::{adapter::Adapter, features::Features};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Checks every row of an influence index against the features that it was built from and the head: its influence, which
/// row it is a near-duplicate of, the list of those, and its leave-one-out probability. Compare `root` with the model's attribution root
/// and the content ids with those on the chain.
#[derive(Args)]
pub struct AuditRelease {
    /// The influence index (OLIX).
    #[arg(long, env = "OPENLEDGER_AUDIT_INDEX")]
    index: PathBuf,
    /// The training features (OLFX).
    #[arg(long, env = "OPENLEDGER_AUDIT_FEATURES")]
    features: PathBuf,
    /// The head's safetensors file.
    #[arg(long, env = "OPENLEDGER_AUDIT_HEAD")]
    head: PathBuf,
    /// Check so many rows, spread evenly, instead of all: a row costs a pass over all features.
    #[arg(long, env = "OPENLEDGER_AUDIT_ROWS")]
    rows: Option<usize>,
}

impl AuditRelease {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let (index, features, head) = (read(&self.index)?, read(&self.features)?, read(&self.head)?);
        let ids = [&index, &features, &head].map(|bytes| super::name_of(bytes));
        let index = Index::as_released(index)?;
        let features = Features::from_bytes(&features)?;
        let adapter = Adapter::from_bytes(&head)?;
        let auditor = Auditor::new(&index, &features, adapter.head())?;
        let wanted = self.rows.unwrap_or(index.len());
        ensure!(wanted > 0, "an audit checks at least one row");
        let step = index.len().div_ceil(wanted.min(index.len()));
        let (mut audited, mut faults) = (0, Vec::new());
        for row in (0..index.len()).step_by(step) {
            audited += 1;
            faults.extend(auditor.row(row)?.into_iter().map(|fault| shown(row, fault)));
        }
        let [index_id, features_id, head_id] = ids;
        Ok(json!({
            "root": super::name(ContentId(Release::of(&index).root())),
            "index": index_id,
            "features": features_id,
            "head": head_id,
            "lambda": f64::from(index.lambda()) / f64::from(1u32 << 16).powi(2),
            "rows": index.len(),
            "audited": audited,
            "right": faults.is_empty(),
            "faults": faults,
        }))
    }
}

fn shown(row: usize, fault: Fault) -> Value {
    let Found { row, flaw } = match fault {
        Fault::Influence { excess } => return json!({ "row": row, "fault": "influence", "excess": excess }),
        Fault::Flaw(found) => found,
    };
    match flaw {
        Flaw::Itself(itself) => {
            let fault = match itself {
                Itself::OtherRow => "other row",
                Itself::OutOfRange => "out of range",
                Itself::Order => "next row",
                Itself::Sums => "sums",
                Itself::LeaveOneOut => "leave-one-out",
            };
            json!({ "row": row, "fault": fault })
        }
        Flaw::Leader { released, due } => {
            json!({ "row": row, "fault": "leader", "released": released, "due": due })
        }
        Flaw::Earlier { released, by } => {
            json!({ "row": row, "fault": "earlier leader", "released": released, "due": by })
        }
        Flaw::Link { next } => json!({ "row": row, "fault": "link", "next": next }),
        Flaw::Skipped { next, row: left_out } => {
            json!({ "row": row, "fault": "row left out", "released": next, "due": left_out })
        }
        Flaw::LeaveOneOut { last, released, due } => {
            json!({ "row": row, "fault": "leave-one-out", "released": released, "due": due, "last": last })
        }
    }
}
