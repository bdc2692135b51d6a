// SPDX-License-Identifier: Apache-2.0
//! Lists of accepted contributions, as builders and curators give them.

use super::read;
use anyhow::{ensure, Context, Result};
use openledger_attribution::ContributionKey;
use openledger_blobs::{Blobs, ContentId};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// One contribution of the manifest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The datanet's id on the chain.
    datanet: u64,
    /// The contribution's id in it.
    contribution: u64,
    /// Its bytes: a path, relative to the manifest. May be left out where a store has `content`.
    file: Option<PathBuf>,
    /// Its content id, to be checked.
    content: Option<String>,
    /// The tick of its registration: near-duplicate rows count for the earliest. Zero where it is left out, and
    /// equal ticks are ordered by datanet and contribution.
    #[serde(default)]
    registered: u64,
}

/// A contribution's bytes and the tick of its registration.
pub struct Contribution {
    pub bytes: Vec<u8>,
    pub registered: u64,
}

/// The contributions by key, with their bytes checked; those without a file come from `blobs`.
pub async fn read_manifest(
    path: &Path,
    blobs: Option<&Blobs>,
) -> Result<BTreeMap<ContributionKey, Contribution>> {
    let entries: Vec<Entry> = serde_json::from_slice(&read(path)?)
        .with_context(|| format!("{} is not a manifest", path.display()))?;
    ensure!(!entries.is_empty(), "the manifest names no contributions");
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut contributions = BTreeMap::new();
    for entry in entries {
        let name = format!("contribution {} of datanet {}", entry.contribution, entry.datanet);
        let expected: Option<ContentId> = match &entry.content {
            Some(content) => Some(content.parse().with_context(|| name.clone())?),
            None => None,
        };
        let bytes = match (&entry.file, blobs, expected) {
            (Some(file), ..) => read(&folder.join(file))?,
            (None, Some(blobs), Some(id)) => blobs.get(id).await.with_context(|| name.clone())?.to_vec(),
            (None, ..) => {
                anyhow::bail!("{name} has neither a file nor a content id with a blob store to find it in")
            }
        };
        if let Some(expected) = expected {
            let found = ContentId::of(&bytes);
            ensure!(
                found == expected,
                "{name} hashes to 0x{found} where the manifest says 0x{expected}"
            );
        }
        let key = ContributionKey {
            datanet: entry.datanet,
            contribution: entry.contribution,
        };
        let registered = entry.registered;
        ensure!(
            contributions
                .insert(key, Contribution { bytes, registered })
                .is_none(),
            "{name} is in the manifest twice"
        );
    }
    Ok(contributions)
}
