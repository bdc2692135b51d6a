// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker build-corpus`: a text that answers by continuing what it is asked, from accepted contributions.

use super::{
    manifest::{read_manifest, Contribution},
    name, name_of, read, write,
};
use anyhow::{Context, Result};
use clap::Args;
use openledger_attribution::{
    spans::{Rules, Shard, ShardBuilder, TextRelease, Tokenizer, TokenizerError, WordTokenizer},
    ContributionKey,
};
use openledger_blobs::{Blobs, ContentId};
use openledger_fixed::{
    retrieval::{query_numbers, MAX_PASSAGES},
    spans::MAX_OUTPUT_TOKENS,
};
use openledger_primitives::shown::MAX_QUESTION_BYTES;
use serde_json::{json, Value};
use std::{path::PathBuf, sync::Arc};

/// Makes a text model of the contributions of a manifest and writes everything that its registration needs.
#[derive(Args)]
pub struct BuildCorpus {
    /// JSON list of {datanet, contribution, file, content, registered}: the texts, in UTF-8. `content` may be left out;
    /// where it is given the file is checked. `registered` is the tick of registration: a passage that two contributions
    /// have is the earlier one's.
    #[arg(long, env = "OPENLEDGER_CORPUS_MANIFEST")]
    manifest: PathBuf,
    /// Folder for corpus.olsa, tokenizer.olwt, training.json and release.json.
    #[arg(long, env = "OPENLEDGER_CORPUS_OUT")]
    out: PathBuf,
    /// The most tokens of an answer, up to 256.
    #[arg(long, env = "OPENLEDGER_CORPUS_TOKENS", default_value_t = 64)]
    tokens: usize,
    /// The most bytes of a prompt; with passages, two for each of its tokens.
    #[arg(long, env = "OPENLEDGER_CORPUS_PROMPT_BYTES", default_value_t = 1024)]
    prompt_bytes: u32,
    /// Most passages that an answer is made with, up to 4. Such a model is asked in tokens. With none it continues what it is
    /// asked, in UTF-8.
    #[arg(long, env = "OPENLEDGER_CORPUS_PASSAGES", default_value_t = 0)]
    passages: usize,
    /// Use this vocabulary instead of learning one from the texts.
    #[arg(long, env = "OPENLEDGER_CORPUS_TOKENIZER")]
    tokenizer: Option<PathBuf>,
    /// Put the files into this blob store as well; contributions without a file are looked up there.
    #[arg(long, env = "OPENLEDGER_WORKER_BLOBS")]
    blobs: Option<String>,
}

/// Why contributions are no corpus.
#[derive(Debug, thiserror::Error)]
enum CorpusError {
    #[error("TokensOutOfRange: an answer has 1 to {MAX_OUTPUT_TOKENS} tokens, not {0}")]
    TokensOutOfRange(usize),
    #[error("PassagesOutOfRange: an answer is made with up to {MAX_PASSAGES} passages, not {0}")]
    PassagesOutOfRange(usize),
    #[error(
        "PromptOutOfRange: a question of a model with passages has 2 to {MAX_QUESTION_BYTES} bytes, two for each token, not {0}"
    )]
    PromptOutOfRange(u32),
    #[error("TextInvalid: contribution {} of datanet {}", .0.contribution, .0.datanet)]
    TextInvalid(ContributionKey, #[source] TokenizerError),
    #[error("TextEmpty: contribution {} of datanet {} has no tokens", .0.contribution, .0.datanet)]
    TextEmpty(ContributionKey),
    #[error("TokenizerInvalid: {0}")]
    TokenizerInvalid(#[source] TokenizerError),
}

impl BuildCorpus {
    /// Runs it and returns what to print.
    pub async fn run(self) -> Result<Value> {
        let Some(query_len) = query_numbers(self.tokens, self.passages) else {
            return Err(CorpusError::PassagesOutOfRange(self.passages).into());
        };
        if !(1..=MAX_OUTPUT_TOKENS).contains(&self.tokens) {
            return Err(CorpusError::TokensOutOfRange(self.tokens).into());
        }
        let (bytes, prompt) = (self.prompt_bytes, self.prompt_bytes / 2);
        let input = match self.passages {
            0 => json!({ "dtype": "Utf8", "width": bytes }),
            _ if prompt > 0 && bytes <= MAX_QUESTION_BYTES => json!({ "dtype": "Token", "width": prompt }),
            _ => return Err(CorpusError::PromptOutOfRange(bytes).into()),
        };
        let blobs = self.blobs.as_deref().map(Blobs::open).transpose()?;
        let mut texts: Vec<(ContributionKey, Contribution)> = read_manifest(&self.manifest, blobs.as_ref())
            .await?
            .into_iter()
            .collect();
        texts.sort_by_key(|(key, contribution)| (contribution.registered, *key));
        let tokenizer = self.tokenizer(&texts)?;
        let shard = shard(&texts, &tokenizer)?;
        let release = TextRelease::of(Arc::new(shard), &Rules::default())?;
        let shape = release.shape();
        let recipe = json!({
            "algorithm": "continuation of the longest suffix, most frequent token first",
            "tokenizer": name_of(tokenizer.as_bytes()),
            "min_tokens": shape.min_tokens,
            "copy_tokens": shape.copy_tokens,
            "contributions": texts
                .iter()
                .map(|(key, contribution)| json!({
                    "datanet": key.datanet,
                    "contribution": key.contribution,
                    "content": name_of(&contribution.bytes),
                }))
                .collect::<Value>(),
        });
        let recipe = recipe.to_string().into_bytes();
        let (corpus, vocabulary) = (release.shard().as_bytes(), tokenizer.as_bytes());
        let report = json!({
            "artifact": name_of(corpus),
            "config": name_of(vocabulary),
            "format": "Corpus",
            "input": input,
            "output": {
                "output_bytes": 2 * self.tokens,
                "query_len": query_len,
                "classes": 0,
            },
            "comparator": "Exact",
            "training_config": name_of(&recipe),
            "attribution": {
                "root": name(ContentId(release.root())),
                "index": name_of(corpus),
                "features": name_of(vocabulary),
                "rows": shape.documents,
                "evidence": "Spans",
                "passages": self.passages,
            },
            "contributions": shape.documents,
            "tokens": shape.total(),
            "vocabulary": tokenizer.vocabulary(),
        });
        let text = serde_json::to_string_pretty(&report)?;
        for (file, bytes) in [
            ("corpus.olsa", corpus),
            ("tokenizer.olwt", vocabulary),
            ("training.json", &recipe),
        ] {
            write(&self.out.join(file), bytes)?;
            if let Some(blobs) = &blobs {
                blobs.put(bytes.to_vec()).await?;
            }
        }
        write(&self.out.join("release.json"), text.as_bytes())?;
        Ok(report)
    }

    fn tokenizer(&self, texts: &[(ContributionKey, Contribution)]) -> Result<WordTokenizer> {
        if let Some(path) = &self.tokenizer {
            return WordTokenizer::from_bytes(&read(path)?)
                .map_err(CorpusError::TokenizerInvalid)
                .with_context(|| path.display().to_string());
        }
        for (key, contribution) in texts {
            // names the contribution, which learning from all of them cannot
            WordTokenizer::learn(&[&contribution.bytes])
                .map_err(|error| CorpusError::TextInvalid(*key, error))?;
        }
        // all of them twice: words that stand once are words too, which people read and spelt ones run together
        let texts: Vec<&[u8]> = texts
            .iter()
            .chain(texts)
            .map(|(_, contribution)| &contribution.bytes[..])
            .collect();
        Ok(WordTokenizer::learn(&texts).map_err(CorpusError::TokenizerInvalid)?)
    }
}

fn shard(texts: &[(ContributionKey, Contribution)], tokenizer: &WordTokenizer) -> Result<Shard> {
    let mut builder = ShardBuilder::new(tokenizer.id());
    for (key, contribution) in texts {
        let tokens = tokenizer
            .encode(&contribution.bytes)
            .map_err(|error| CorpusError::TextInvalid(*key, error))?;
        if tokens.is_empty() {
            return Err(CorpusError::TextEmpty(*key).into());
        }
        builder.push(*key, contribution.registered, &tokens)?;
    }
    Ok(Shard::from_bytes(builder.finish()?.to_bytes())?)
}
