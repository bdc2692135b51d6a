// SPDX-License-Identifier: Apache-2.0
//! Commands of model builders, curators and auditors. They read and write files and blob stores; only `audit-record` asks a
//! node.

pub mod answers;
pub mod audit;
pub mod base;
pub mod blob;
pub mod corpus;
pub mod digits;
pub mod features;
pub mod head;
pub mod manifest;
pub mod record;
pub mod retrieve;
pub mod signals;

use anyhow::{Context, Result};
use openledger_blobs::ContentId;
use openledger_trainer::digits::{load_gz, parse_bytes, DigitRow};
use std::{fs, path::Path};

/// A content id as users write it.
pub fn name(id: ContentId) -> String {
    format!("0x{id}")
}

/// The content id of bytes, as users write it.
pub fn name_of(bytes: &[u8]) -> String {
    name(ContentId::of(bytes))
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file, making its folder if need be.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads rows of digits, compressed if the file's name ends in `.gz`.
pub fn read_digits(path: &Path) -> Result<Vec<DigitRow>> {
    let rows = match path.extension().is_some_and(|extension| extension == "gz") {
        true => load_gz(path)?,
        false => parse_bytes(&read(path)?)?,
    };
    Ok(rows)
}
