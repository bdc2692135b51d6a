// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker blob put|get|id`.

use super::{name, read, write};
use anyhow::Result;
use clap::Subcommand;
use openledger_blobs::{Blobs, ContentId};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Stores, fetches and names bytes by their content.
#[derive(Subcommand)]
pub enum BlobCommand {
    /// Store files.
    Put {
        /// The store: a folder or a URL.
        #[arg(long, env = "OPENLEDGER_WORKER_BLOBS")]
        blobs: String,
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Fetch one object into a file.
    Get {
        /// The store: a folder or a URL.
        #[arg(long, env = "OPENLEDGER_WORKER_BLOBS")]
        blobs: String,
        /// Its content id.
        id: ContentId,
        /// Where the bytes go.
        #[arg(long, env = "OPENLEDGER_BLOB_OUT")]
        out: PathBuf,
    },
    /// Name files without storing them.
    Id {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

impl BlobCommand {
    /// Runs it and returns what to print.
    pub async fn run(self) -> Result<Value> {
        match self {
            Self::Put { blobs, files } => {
                let blobs = Blobs::open(&blobs)?;
                let mut stored = Vec::new();
                for file in files {
                    let bytes = read(&file)?;
                    let size = bytes.len();
                    let id = blobs.put(bytes).await?;
                    stored.push(json!({ "file": file, "content": name(id), "bytes": size }));
                }
                Ok(Value::Array(stored))
            }
            Self::Get { blobs, id, out } => {
                let bytes = Blobs::open(&blobs)?.get(id).await?;
                write(&out, &bytes)?;
                Ok(json!({ "file": out, "content": name(id), "bytes": bytes.len() }))
            }
            Self::Id { files } => {
                let mut named = Vec::new();
                for file in files {
                    let bytes = read(&file)?;
                    let id = ContentId::of(&bytes);
                    named.push(json!({ "file": file, "content": name(id), "bytes": bytes.len() }));
                }
                Ok(Value::Array(named))
            }
        }
    }
}
