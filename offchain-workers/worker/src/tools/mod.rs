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

use anyhow::{ensure, Context, Result};
use openledger_attribution::spans::{Shard, Tokenizer, WordTokenizer};
use openledger_blobs::ContentId;
use openledger_fixed::retrieval::{passage, Cited, Log, PASSAGE_TOKENS, SCORE_BITS};
use openledger_trainer::digits::{load_gz, parse_bytes, DigitRow};
use serde_json::{json, Value};
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

/// A text with its tokenizer.
pub struct Text {
    pub shard: Shard,
    pub tokenizer: WordTokenizer,
}

impl Text {
    /// Reads a corpus, and checks that `tokenizer` is the one that it was made with.
    pub fn open(corpus: &Path, tokenizer: &[u8]) -> Result<Self> {
        let shard = Shard::open(corpus).with_context(|| corpus.display().to_string())?;
        let tokenizer = WordTokenizer::from_bytes(tokenizer)?;
        ensure!(
            shard.tokenizer() == tokenizer.id(),
            "TokenizerMismatch: the corpus was made with the tokenizer 0x{}, not with 0x{}",
            ContentId(shard.tokenizer()),
            ContentId(tokenizer.id()),
        );
        Ok(Self { shard, tokenizer })
    }

    /// What a log cites, for people: whose passage, its tokens in the contribution, its score in bits and its text. A position
    /// that no passage begins at has none of these but the score.
    pub fn citations(&self, log: &Log) -> Vec<Value> {
        log.cited.iter().map(|cited| self.citation(cited)).collect()
    }

    fn citation(&self, cited: &Cited) -> Value {
        let bits = f64::from(cited.score) / f64::from(1u32 << SCORE_BITS);
        let found = usize::try_from(cited.position)
            .ok()
            .filter(|at| *at < self.shard.len());
        let found = found.and_then(|position| {
            let document = self.shard.document(self.shard.document_at(position));
            let inside = u32::try_from(position.checked_sub(document.tokens.start)?).ok()?;
            let rows = u32::try_from(document.tokens.len()).ok()?;
            let (first, tokens) = passage(0, rows, inside / PASSAGE_TOKENS)?;
            let end = first.checked_add(tokens)?;
            (first == inside).then_some((document, first, end))
        });
        let Some((document, first, end)) = found else {
            return json!({ "position": cited.position, "bits": bits });
        };
        let start = document.tokens.start;
        let positions =
            [first, end].map(|token| start.saturating_add(usize::try_from(token).unwrap_or(usize::MAX)));
        let tokens: Vec<_> = self.shard.tokens(positions[0]..positions[1]).collect();
        json!({
            "position": cited.position,
            "datanet": document.key.datanet,
            "contribution": document.key.contribution,
            "tokens": [first, end],
            "bits": bits,
            "text": self.tokenizer.decode(&tokens),
        })
    }
}
