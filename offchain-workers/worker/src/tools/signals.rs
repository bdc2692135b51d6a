// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker signals`: what is new in a contribution, before curators accept it.

use super::{
    manifest::{read_manifest, Contribution},
    name_of, read, write,
};
use anyhow::{ensure, Context, Result};
use clap::{Args, ValueEnum};
use openledger_attribution::{
    signals::{minhash::PLACES, shingles, Novelty, Registered, RegisteredRows, Table},
    ContributionKey,
};
use openledger_blobs::Blobs;
use serde_json::{json, Value};
use std::path::PathBuf;

/// Registered contributions that are named with what they share.
const NEAREST: usize = 8;

/// What a contribution's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Text in UTF-8.
    Text,
    /// Rows of numbers with a label, as comma-separated values without a header.
    Table,
}

/// Compares a contribution with those that are registered: what is new, what was there, what is nearly the same.
#[derive(Args)]
pub struct Signals {
    /// The new contribution.
    #[arg(long, env = "OPENLEDGER_SIGNALS_FILE")]
    file: PathBuf,
    /// JSON list of {datanet, contribution, file, content, registered}: the contributions registered before. Without a
    /// file the bytes are looked up in the blob store by their content id.
    #[arg(long, env = "OPENLEDGER_SIGNALS_MANIFEST")]
    manifest: Option<PathBuf>,
    /// Compare with this datanet's contributions only, and print what to give to `datanets.accept`: the manifest has to
    /// hold all that it has accepted so far. All of the manifest otherwise.
    #[arg(long, env = "OPENLEDGER_SIGNALS_DATANET")]
    datanet: Option<u64>,
    /// What the bytes are. A table if all of them can be read as one, text otherwise.
    #[arg(long, env = "OPENLEDGER_SIGNALS_KIND")]
    kind: Option<Kind>,
    /// Where registered contributions without a file are looked up, and where the evidence goes as well.
    #[arg(long, env = "OPENLEDGER_WORKER_BLOBS")]
    blobs: Option<String>,
    /// Write the evidence to this file.
    #[arg(long, env = "OPENLEDGER_SIGNALS_OUT")]
    out: Option<PathBuf>,
}

impl Signals {
    /// Runs it and returns what to print: the evidence, and its content id where it was stored.
    pub async fn run(self) -> Result<Value> {
        let blobs = self.blobs.as_deref().map(Blobs::open).transpose()?;
        let bytes = read(&self.file)?;
        ensure!(!bytes.is_empty(), "{} is empty", self.file.display());
        let earlier = self.earlier(blobs.as_ref()).await?;
        let table = Table::parse(&bytes);
        let kind = self
            .kind
            .unwrap_or(if table.is_ok() { Kind::Table } else { Kind::Text });
        let context = || self.file.display().to_string();
        let mut evidence = match kind {
            Kind::Table => of_table(&table.with_context(context)?, &earlier),
            Kind::Text => of_text(&bytes, &earlier).with_context(context)?,
        };
        evidence["content"] = name_of(&bytes).into();
        evidence["bytes"] = bytes.len().into();
        evidence["compared_with"] = earlier.len().into();
        let text = serde_json::to_vec_pretty(&evidence)?;
        if let Some(out) = &self.out {
            write(out, &text)?;
        }
        if let Some(blobs) = &blobs {
            evidence["evidence"] = super::name(blobs.put(text).await?).into();
        }
        if self.datanet.is_some() {
            evidence["on_chain"] = json!({
                "share": evidence["novelty_ppm"],
                "method": match kind {
                    Kind::Text => "Shingles",
                    Kind::Table => "Rows",
                },
                "against": earlier.len(),
                "evidence": evidence["evidence"],
            });
        }
        Ok(evidence)
    }

    /// Registered contributions in the order of their registration.
    async fn earlier(&self, blobs: Option<&Blobs>) -> Result<Vec<(ContributionKey, Contribution)>> {
        let Some(manifest) = &self.manifest else {
            return Ok(Vec::new());
        };
        let mut earlier: Vec<(ContributionKey, Contribution)> = read_manifest(manifest, blobs)
            .await?
            .into_iter()
            .filter(|(key, _)| self.datanet.is_none_or(|datanet| key.datanet == datanet))
            .collect();
        earlier.sort_by_key(|(key, contribution)| (contribution.registered, *key));
        Ok(earlier)
    }
}

/// Registered contributions that are not tables have nothing in common with one.
fn of_table(table: &Table, earlier: &[(ContributionKey, Contribution)]) -> Value {
    let (mut sets, mut rows) = (Registered::default(), RegisteredRows::default());
    for (key, contribution) in earlier {
        if let Ok(table) = Table::parse(&contribution.bytes) {
            sets.push(*key, &table.items());
            rows.push(*key, &table);
        }
    }
    let found = rows.compare(table);
    let near_to =
        found.near_to.iter().take(NEAREST).map(
            |(key, rows)| json!({ "datanet": key.datanet, "contribution": key.contribution, "rows": rows }),
        );
    let near_to: Value = near_to.collect();
    let sets = sets.compare(&table.items(), NEAREST);
    json!({
        "kind": "table",
        "novelty_ppm": found.novelty,
        "rows": {
            "all": found.rows,
            "new": found.new,
            "known": found.known,
            "repeated": found.repeated,
            "relabelled": found.relabelled,
            "near": found.near,
            "near_to": near_to,
        },
        "minhash": signature(&sets),
        "nearest": nearest(&sets),
    })
}

fn of_text(bytes: &[u8], earlier: &[(ContributionKey, Contribution)]) -> Result<Value> {
    let text = std::str::from_utf8(bytes).context("text is UTF-8")?;
    let mut registered = Registered::default();
    for (key, contribution) in earlier {
        if let Ok(text) = std::str::from_utf8(&contribution.bytes) {
            registered.push(*key, &shingles(text));
        }
    }
    let found = registered.compare(&shingles(text), NEAREST);
    Ok(json!({
        "kind": "text",
        "novelty_ppm": found.novelty,
        "shingles": { "all": found.items, "distinct": found.distinct, "new": found.new },
        "minhash": signature(&found),
        "nearest": nearest(&found),
    }))
}

fn signature(novelty: &Novelty) -> Value {
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match &novelty.signature {
        Some(signature) => format!("0x{}", hex(signature.to_bytes())).into(),
        None => Value::Null,
    }
}

fn nearest(novelty: &Novelty) -> Value {
    let entry = |near: &openledger_attribution::signals::Nearest| {
        json!({
            "datanet": near.key.datanet,
            "contribution": near.key.contribution,
            "shared": near.shared,
            "contained_ppm": near.contained,
            "minhash_matches": near.matches,
            "minhash_places": PLACES,
        })
    };
    novelty.nearest.iter().map(entry).collect()
}
