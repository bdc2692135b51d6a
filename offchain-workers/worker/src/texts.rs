// SPDX-License-Identifier: Apache-2.0
//! Texts that answer by continuing what they are asked, checked against what the chain has registered before they do.

use crate::{
    artifacts::Artifacts,
    chain::Text,
    driver::Computed,
    jobs::Stop,
    shelf::{fetch, Shelf},
};
use openledger_attribution::spans::{
    continuation, credits, merge, scores, BuildError, QueryError, Rules, Shard, ShardError, TextRelease,
    TextReleaseError, Tokenizer, TokenizerError, WordTokenizer,
};
use openledger_blobs::Bytes;
use openledger_fixed::spans::{credits_to_query, output_bytes, Credit, NUMBERS_A_TOKEN};
use openledger_primitives::report::{from_scores, Evidence};
use sp_core::H256;
use std::{io, sync::Arc};

/// Bytes of a token in an output.
const TOKEN_BYTES: usize = 2;

/// Why a text cannot answer as it is registered. None of these gets better by waiting.
#[derive(Debug, thiserror::Error)]
pub enum TextFault {
    /// The corpus's file is damaged.
    #[error("CorpusInvalid: {0}")]
    CorpusInvalid(#[from] ShardError),
    /// The corpus's documents are not ones that a corpus can have.
    #[error("CorpusInvalid: {0}")]
    DocumentsInvalid(#[from] BuildError),
    /// The corpus is of no release.
    #[error("CorpusInvalid: {0}")]
    ReleaseInvalid(#[from] TextReleaseError),
    /// The corpus's suffix array is not that of its text: answers and reports by it would be refuted.
    #[error("CorpusNotSorted: the suffix array of corpus {0:?} is not its text's")]
    NotSorted(H256),
    /// The tokenizer's file is none.
    #[error("TokenizerInvalid: {0}")]
    TokenizerInvalid(#[from] TokenizerError),
    /// The corpus was made with another tokenizer.
    #[error(
        "TokenizerMismatch: corpus {corpus:?} is of the tokenizer {found:?}, {registered:?} is registered"
    )]
    TokenizerMismatch {
        /// Content id of the corpus.
        corpus: H256,
        /// Id of its tokenizer.
        found: H256,
        /// Content id of the registered tokenizer.
        registered: H256,
    },
    /// The chain's root is not that of the corpus which the chain names: reports by it could not be judged.
    #[error(
        "AttributionRootMismatch: corpus {corpus:?} has the root {found:?}, {registered:?} is registered"
    )]
    RootMismatch {
        /// Content id of the corpus.
        corpus: H256,
        /// Root of its release.
        found: H256,
        /// The model's attribution root.
        registered: H256,
    },
    /// The chain counts other documents than the corpus has.
    #[error("AttributionRowsMismatch: corpus {corpus:?} has {found} documents, {registered} are registered")]
    DocumentsMismatch {
        /// Content id of the corpus.
        corpus: H256,
        /// Its documents.
        found: usize,
        /// The model's rows.
        registered: u32,
    },
    /// The query vector has no place for the credits of every token of an answer.
    #[error("QueryLengthMismatch: an answer of {output_bytes} bytes does not go with {query_len} values")]
    QueryLength {
        /// Bytes of an answer.
        output_bytes: usize,
        /// Values of the query vector.
        query_len: usize,
    },
}

/// Why a prompt has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// There is nothing to continue.
    #[error("PromptEmpty: there is nothing to continue")]
    Empty,
    /// More than the model takes.
    #[error("PromptTooLong: the prompt has {found} bytes, the model takes {most}")]
    TooLong {
        /// Bytes of the prompt.
        found: usize,
        /// The model's most.
        most: usize,
    },
    /// It is not text.
    #[error("PromptInvalid: {0}")]
    Invalid(#[from] TokenizerError),
    /// The answer is longer than what is attributed, which the registry does not take.
    #[error("AnswerInvalid: {0}")]
    Unattributed(#[from] QueryError),
}

/// A text and its tokenizer, checked to fit each other and the registration.
#[derive(Debug)]
pub struct LoadedText {
    /// What its release committed to, with the corpus.
    pub release: TextRelease,
    tokenizer: WordTokenizer,
    prompt_bytes: usize,
    tokens: usize,
}

impl LoadedText {
    /// Reads a corpus and its tokenizer and checks them with what is registered about them. O(bytes): all of the corpus
    /// is hashed, and its text sorted anew, because a wrong suffix array would make false reports.
    ///
    /// # Errors
    /// Every variant of [`TextFault`].
    pub fn check(registered: &Text, corpus: Vec<u8>, tokenizer: &[u8]) -> Result<Self, TextFault> {
        let (output_bytes, query_len) = (registered.output_bytes, registered.query_len);
        let tokens = output_bytes / TOKEN_BYTES;
        if !output_bytes.is_multiple_of(TOKEN_BYTES) || tokens.checked_mul(NUMBERS_A_TOKEN) != Some(query_len)
        {
            return Err(TextFault::QueryLength {
                output_bytes,
                query_len,
            });
        }
        let shard = Shard::from_bytes(corpus)?;
        let tokenizer = WordTokenizer::from_bytes(tokenizer)?;
        let id = registered.corpus;
        if shard.tokenizer() != tokenizer.id() {
            return Err(TextFault::TokenizerMismatch {
                corpus: id,
                found: H256(shard.tokenizer()),
                registered: H256(tokenizer.id()),
            });
        }
        if u32::try_from(shard.documents()) != Ok(registered.documents) {
            return Err(TextFault::DocumentsMismatch {
                corpus: id,
                found: shard.documents(),
                registered: registered.documents,
            });
        }
        shard.verify()?;
        // one text has one file, and only its own root was just found true
        let root = merge(&[&shard])?.finish()?.write(io::sink());
        if root.ok() != Some(shard.root()) {
            return Err(TextFault::NotSorted(id));
        }
        let release = TextRelease::of(Arc::new(shard), &Rules::default())?;
        let found = H256(release.root());
        if found != registered.root {
            return Err(TextFault::RootMismatch {
                corpus: id,
                found,
                registered: registered.root,
            });
        }
        Ok(Self {
            release,
            tokenizer,
            prompt_bytes: registered.prompt_bytes,
            tokens,
        })
    }

    /// Continues a prompt: the answer's tokens, who is credited with each, and the report.
    ///
    /// # Errors
    /// Every variant of [`PromptError`].
    pub fn answer(&self, prompt: &[u8]) -> Result<Computed, PromptError> {
        if prompt.is_empty() {
            return Err(PromptError::Empty);
        }
        if prompt.len() > self.prompt_bytes {
            return Err(PromptError::TooLong {
                found: prompt.len(),
                most: self.prompt_bytes,
            });
        }
        let prompt = self.tokenizer.encode(prompt)?;
        let shard = self.release.shard();
        let answer = continuation(shard, &prompt, self.tokens);
        let mut credited = credits(&answer, shard, self.release.rules())?;
        let scores: Vec<_> = scores(&answer, &credited, shard)
            .into_iter()
            .map(|(key, score)| ((key.datanet, key.contribution), score))
            .collect();
        credited.resize(self.tokens, Credit::NONE);
        Ok(Computed {
            // no continuation is longer than it may be
            output: output_bytes(&answer, self.tokens).unwrap_or_default(),
            query: credits_to_query(&credited),
            entries: from_scores(&scores, Evidence::Spans),
        })
    }
}

/// The texts in use, and those that are refused until the worker starts again.
#[derive(Debug, Default)]
pub struct Texts(Shelf<Text, LoadedText>);

impl Texts {
    /// The corpus and tokenizer of `text`, from memory or from `artifacts`. One that failed its check is not fetched
    /// again.
    ///
    /// # Errors
    /// [`Stop::Invalid`] for a fault, [`Stop::Unavailable`] while bytes are missing.
    pub async fn get(&self, text: &Text, artifacts: &Artifacts) -> Result<Arc<LoadedText>, Stop> {
        let files = async {
            let corpus = fetch(artifacts, text.corpus).await?;
            Ok((corpus, fetch(artifacts, text.tokenizer).await?))
        };
        let registered = text.clone();
        let check = move |(corpus, tokenizer): (Bytes, Bytes)| {
            LoadedText::check(&registered, corpus.to_vec(), &tokenizer)
        };
        self.0.get(text, files, check).await
    }

    /// What is wrong with `text`, if its check failed.
    pub fn fault(&self, text: &Text) -> Option<String> {
        self.0.fault(text)
    }
}

#[cfg(test)]
#[path = "texts_tests.rs"]
pub(crate) mod tests;
