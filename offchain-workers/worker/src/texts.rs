// SPDX-License-Identifier: Apache-2.0
//! Texts that answer by continuing what they are asked, or from passages that a question calls for, checked against what the
//! chain has registered before they do.

use crate::{
    artifacts::Artifacts,
    chain::{Asked, Text},
    driver::Computed,
    jobs::Stop,
    shelf::{fetch, Shelf},
};
use openledger_attribution::{
    retrieval::{self, Library, RetrievalError},
    spans::{
        continuation, credits, merge, scores, BuildError, QueryError, Rules, Shard, ShardError, TextRelease,
        TextReleaseError, Token, Tokenizer, TokenizerError, WordTokenizer, SEPARATOR,
    },
    ContributionKey,
};
use openledger_blobs::Bytes;
use openledger_fixed::{
    retrieval::{query_numbers, Log},
    spans::{credits_to_query, output_bytes, tokens_of, Credit},
};
use openledger_primitives::report::{blended, Blend, Evidence, Scored};
use sp_core::H256;
use std::{io, ops::Range, sync::Arc};

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
    /// The query vector has no place for the credits of every token of an answer and the log of its passages.
    #[error(
        "QueryLengthMismatch: an answer of {output_bytes} bytes from {passages} passages does not go with {query_len} \
         values"
    )]
    QueryLength {
        /// Bytes of an answer.
        output_bytes: usize,
        /// Most passages of an answer.
        passages: usize,
        /// Values of the query vector.
        query_len: usize,
    },
    /// A question that passages are looked up for is not asked in tokens, so the chain could not read it in a dispute.
    #[error("QuestionUnreadable: a text that answers from passages is asked in tokens")]
    QuestionUnreadable,
    /// The corpus's passages cannot be ranked.
    #[error("CorpusInvalid: {0}")]
    PassagesInvalid(#[source] RetrievalError),
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
    /// It ends with half a token.
    #[error("PromptInvalid: {found} bytes are no list of tokens of two bytes")]
    HalfToken {
        /// Bytes of the prompt.
        found: usize,
    },
    /// It has the token that separates documents.
    #[error("PromptInvalid: token {index} is {SEPARATOR}, which separates documents")]
    Separator {
        /// Number of the token, from zero.
        index: usize,
    },
    /// Its passages cannot be ranked.
    #[error("RetrievalFailed: {0}")]
    Retrieval(#[from] RetrievalError),
    /// The answer is longer than what is attributed, which the registry does not take.
    #[error("AnswerInvalid: {0}")]
    Unattributed(#[from] QueryError),
}

/// A text and its tokenizer, checked to fit each other and the registration.
#[derive(Debug)]
pub struct LoadedText {
    /// What its release committed to, with the corpus.
    pub release: TextRelease,
    /// Its passages, if answers are made with some.
    pub library: Option<Library>,
    tokenizer: WordTokenizer,
    asked: Asked,
    prompt_bytes: usize,
    /// Most passages that an answer is made with.
    pub passages: usize,
    tokens: usize,
}

impl LoadedText {
    /// Reads a corpus and its tokenizer and checks them with what is registered about them. O(bytes): all of the corpus
    /// is hashed, and its text sorted anew, because a wrong suffix array would make false reports.
    ///
    /// # Errors
    /// Every variant of [`TextFault`].
    pub fn check(registered: &Text, corpus: Vec<u8>, tokenizer: &[u8]) -> Result<Self, TextFault> {
        let Text {
            asked,
            prompt_bytes,
            passages,
            output_bytes,
            query_len,
            ..
        } = *registered;
        let tokens = output_bytes / TOKEN_BYTES;
        if !output_bytes.is_multiple_of(TOKEN_BYTES) || query_numbers(tokens, passages) != Some(query_len) {
            return Err(TextFault::QueryLength {
                output_bytes,
                passages,
                query_len,
            });
        }
        if passages > 0 && asked != Asked::Tokens {
            return Err(TextFault::QuestionUnreadable);
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
        let library = match passages {
            0 => None,
            _ => Some(Library::of(release.shard()).map_err(TextFault::PassagesInvalid)?),
        };
        Ok(Self {
            release,
            library,
            tokenizer,
            asked,
            prompt_bytes,
            passages,
            tokens,
        })
    }

    /// Answers a prompt: the answer's tokens, who is credited with each, what it was made with, and the report, in which
    /// kinds of evidence count as `blend` says.
    ///
    /// # Errors
    /// Every variant of [`PromptError`].
    pub fn answer(&self, prompt: &[u8], blend: &Blend) -> Result<Computed, PromptError> {
        let prompt = self.prompt(prompt)?;
        let shard = self.release.shard();
        let (log, passages) = self.retrieve(&prompt)?;
        let answer = continuation(shard, &prompt, self.tokens, &passages);
        let mut credited = credits(&answer, shard, self.release.rules())?;
        let quoted = scores(&answer, &credited, shard);
        let cited = retrieval::scores(&log, shard);
        let scored: Vec<Scored> = scored(&quoted, Evidence::Spans)
            .chain(scored(&cited, Evidence::Retrieval))
            .collect();
        credited.resize(self.tokens, Credit::NONE);
        let mut query = credits_to_query(&credited);
        if self.library.is_some() {
            query.extend(log.to_query(self.passages));
        }
        Ok(Computed {
            // no continuation is longer than it may be
            output: output_bytes(&answer, self.tokens).unwrap_or_default(),
            query,
            entries: blended(&scored, blend),
        })
    }

    /// The tokens of a prompt. Ones that the vocabulary lacks stand nowhere in the text; they are no error, as the chain
    /// takes them.
    fn prompt(&self, prompt: &[u8]) -> Result<Vec<Token>, PromptError> {
        if prompt.is_empty() {
            return Err(PromptError::Empty);
        }
        if prompt.len() > self.prompt_bytes {
            return Err(PromptError::TooLong {
                found: prompt.len(),
                most: self.prompt_bytes,
            });
        }
        if self.asked == Asked::Text {
            return Ok(self.tokenizer.encode(prompt)?);
        }
        if !prompt.len().is_multiple_of(TOKEN_BYTES) {
            return Err(PromptError::HalfToken { found: prompt.len() });
        }
        let tokens = tokens_of(prompt);
        match tokens.iter().position(|token| *token == SEPARATOR) {
            Some(index) => Err(PromptError::Separator { index }),
            None => Ok(tokens),
        }
    }

    /// What an answer to a question is made with, and where that stands.
    fn retrieve(&self, question: &[Token]) -> Result<(Log, Vec<Range<usize>>), RetrievalError> {
        let Some(library) = &self.library else {
            return Ok((Log::default(), Vec::new()));
        };
        let log = library.retrieve(question, self.passages)?;
        let cited = log.cited.iter();
        let passages = cited
            .filter_map(|cited| library.passage(cited.position))
            .collect();
        Ok((log, passages))
    }
}

fn scored(scores: &[(ContributionKey, i64)], evidence: Evidence) -> impl Iterator<Item = Scored> + '_ {
    scores.iter().map(move |(key, score)| Scored {
        datanet: key.datanet,
        contribution: key.contribution,
        evidence,
        score: *score,
    })
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
