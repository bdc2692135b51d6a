// SPDX-License-Identifier: Apache-2.0
//! Tokenizers of the `tokenizers` crate, loaded by content or trained here.

use tokenizers::{
    models::{
        bpe::{BpeTrainerBuilder, BPE},
        TrainerWrapper,
    },
    pre_tokenizers::byte_level::ByteLevel,
    Model, Tokenizer as Inner,
};

use super::{
    tokenizer::{content_id, utf8, Tokenizer, TokenizerError, MAX_TOKENIZER_BYTES},
    Token, MAX_VOCABULARY,
};
use crate::merkle::Hash;

/// A `tokenizer.json`.
#[derive(Clone, Debug)]
pub struct TextTokenizer {
    inner: Inner,
    json: Vec<u8>,
    id: Hash,
}

impl TextTokenizer {
    /// Reads a `tokenizer.json`. Its truncation and padding are not used: a document is what it is.
    ///
    /// # Errors
    /// [`TokenizerError::TooLong`], [`TokenizerError::Invalid`] and [`TokenizerError::VocabularyTooLarge`].
    pub fn from_json(json: &[u8]) -> Result<Self, TokenizerError> {
        if json.len() > MAX_TOKENIZER_BYTES {
            return Err(TokenizerError::TooLong { found: json.len() });
        }
        let mut inner = Inner::from_bytes(json).map_err(invalid)?;
        inner.with_truncation(None).map_err(invalid)?.with_padding(None);
        let highest = inner.get_vocab(true).into_values().max().unwrap_or(0);
        if highest as usize >= MAX_VOCABULARY {
            return Err(TokenizerError::VocabularyTooLarge {
                highest: u64::from(highest),
            });
        }
        Ok(Self {
            inner,
            json: json.to_vec(),
            id: content_id(json),
        })
    }

    /// Trains byte-level pair encoding with at most `vocabulary` entries on texts. The same texts in any order give
    /// the same bytes of [`TextTokenizer::as_json`]; no text is unknown to it.
    ///
    /// # Errors
    /// [`TokenizerError::NotUtf8`] of the first text that is not, and [`TokenizerError::VocabularyTooLarge`].
    pub fn train(texts: &[&[u8]], vocabulary: usize) -> Result<Self, TokenizerError> {
        if vocabulary > MAX_VOCABULARY {
            return Err(TokenizerError::VocabularyTooLarge {
                highest: vocabulary as u64 - 1,
            });
        }
        let texts = texts
            .iter()
            .map(|text| utf8(text))
            .collect::<Result<Vec<_>, _>>()?;
        let byte_level = ByteLevel::new(false, true, true);
        let mut inner = Inner::new(BPE::default());
        inner
            .with_pre_tokenizer(Some(byte_level))
            .with_decoder(Some(byte_level));
        let mut trainer = TrainerWrapper::from(
            BpeTrainerBuilder::new()
                .show_progress(false)
                .vocab_size(vocabulary)
                .min_frequency(2)
                .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
                .build(),
        );
        inner.train(&mut trainer, texts.into_iter()).map_err(failed)?;
        debug_assert!(inner.get_model().get_vocab_size() <= vocabulary.max(256));
        let json = inner.to_string(false).map_err(failed)?;
        Self::from_json(json.as_bytes())
    }

    /// The file that [`TextTokenizer::from_json`] reads.
    pub fn as_json(&self) -> &[u8] {
        &self.json
    }

    /// Text of tokens; for people, not for payment.
    ///
    /// # Errors
    /// [`TokenizerError::Failed`].
    pub fn decode(&self, tokens: &[Token]) -> Result<String, TokenizerError> {
        let ids: Vec<u32> = tokens.iter().map(|token| u32::from(*token)).collect();
        self.inner.decode(&ids, false).map_err(failed)
    }
}

impl Tokenizer for TextTokenizer {
    fn id(&self) -> Hash {
        self.id
    }

    fn encode(&self, text: &[u8]) -> Result<Vec<Token>, TokenizerError> {
        let encoding = self.inner.encode_fast(utf8(text)?, false).map_err(failed)?;
        encoding
            .get_ids()
            .iter()
            .map(|id| match Token::try_from(*id) {
                Ok(token) if usize::from(token) < MAX_VOCABULARY => Ok(token),
                _ => Err(TokenizerError::VocabularyTooLarge {
                    highest: u64::from(*id),
                }),
            })
            .collect()
    }
}

fn invalid(error: tokenizers::Error) -> TokenizerError {
    TokenizerError::Invalid(error.to_string())
}

fn failed(error: tokenizers::Error) -> TokenizerError {
    TokenizerError::Failed(error.to_string())
}
