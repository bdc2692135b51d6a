// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker retrieve`: passages of contributions for a question, and the record of those that an answer is
//! made with.

use super::{manifest::read_manifest, name, name_of, read, write};
use anyhow::{Context, Result};
use clap::Args;
use openledger_attribution::retrieval::{Document, Library, Log};
use openledger_blobs::{Blobs, ContentId};
use openledger_fixed::{report, REPORT_ENTRIES};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Ranks passages of contributions for a question, or checks the log of an answer that was made with them.
#[derive(Args)]
pub struct Retrieve {
    /// JSON list of {datanet, contribution, file, content, registered}: the texts of a datanet's version.
    #[arg(long, env = "OPENLEDGER_RETRIEVE_MANIFEST")]
    manifest: PathBuf,
    /// The question.
    #[arg(long, env = "OPENLEDGER_RETRIEVE_QUESTION")]
    question: String,
    /// Passages to use, up to 16.
    #[arg(long, env = "OPENLEDGER_RETRIEVE_PASSAGES", default_value_t = 4)]
    passages: usize,
    /// Write the log of used passages to this file.
    #[arg(long, env = "OPENLEDGER_RETRIEVE_LOG")]
    log: Option<PathBuf>,
    /// Check this log against the texts and the question instead of making one.
    #[arg(long, env = "OPENLEDGER_RETRIEVE_CHECK", conflicts_with_all = ["log", "passages"])]
    check: Option<PathBuf>,
    /// Where contributions without a file are looked up, and where the log goes as well.
    #[arg(long, env = "OPENLEDGER_WORKER_BLOBS")]
    blobs: Option<String>,
}

impl Retrieve {
    /// Runs it and returns what to print: the record that goes with an answer.
    pub async fn run(self) -> Result<Value> {
        let blobs = self.blobs.as_deref().map(Blobs::open).transpose()?;
        let contributions = read_manifest(&self.manifest, blobs.as_ref()).await?;
        let library = Library::build(contributions.iter().map(|(key, contribution)| Document {
            key: *key,
            registered: contribution.registered,
            text: &contribution.bytes,
        }))?;
        let log = match &self.check {
            Some(path) => {
                let log = Log::from_bytes(&read(path)?).with_context(|| path.display().to_string())?;
                library.verify(&log, &self.question)?;
                log
            }
            None => library.retrieve(&self.question, self.passages)?,
        };
        let bytes = log.to_bytes();
        if let Some(path) = &self.log {
            write(path, &bytes)?;
        }
        let passages: Vec<Value> = log
            .hits
            .iter()
            .map(|hit| {
                let text = contributions.get(&hit.passage.key).map(|contribution| {
                    // ranges of a library lie in its texts
                    let text = contribution
                        .bytes
                        .get(hit.passage.bytes.start as usize..hit.passage.bytes.end as usize);
                    String::from_utf8_lossy(text.unwrap_or_default()).into_owned()
                });
                json!({ "score": hit.score, "text": text })
            })
            .collect();
        let scores = log.scores();
        let weights: Vec<Value> = report(&scores, REPORT_ENTRIES)
            .into_iter()
            .map(|(key, weight)| json!({ "datanet": key.datanet, "contribution": key.contribution, "weight": weight }))
            .collect();
        let record = json!({
            "library": name(ContentId(library.id())),
            "log": name_of(&bytes),
            "citations": log.citations(),
            "passages": passages,
            "evidence": { "kind": "retrieval", "report": weights },
        });
        if let Some(blobs) = &blobs {
            blobs.put(bytes).await?;
        }
        Ok(record)
    }
}
