// SPDX-License-Identifier: Apache-2.0
//! From text to tokens of 16 bits.

use blake2::{digest::consts::U32, Blake2b, Digest};

use super::{Token, MAX_VOCABULARY};
use crate::merkle::Hash;

/// The longest `tokenizer.json` that is read.
pub const MAX_TOKENIZER_BYTES: usize = 16 << 20;

/// Why there are no tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenizerError {
    /// The text is not UTF-8.
    #[error("text is not UTF-8: byte {valid_up_to} starts no character")]
    NotUtf8 {
        /// Bytes before the first wrong one.
        valid_up_to: usize,
    },
    /// The file of a tokenizer is too long.
    #[error("a tokenizer of {found} bytes is longer than the {MAX_TOKENIZER_BYTES} that are read")]
    TooLong {
        /// Length of the file.
        found: usize,
    },
    /// The file of a tokenizer cannot be read.
    #[error("not a tokenizer.json: {0}")]
    Invalid(String),
    /// More entries than tokens of 16 bits can name.
    #[error("a vocabulary with ids up to {highest} does not fit: ids end at {}", MAX_VOCABULARY - 1)]
    VocabularyTooLarge {
        /// Highest id of the vocabulary.
        highest: u64,
    },
    /// The tokenizer failed on a text.
    #[error("text cannot be tokenised: {0}")]
    Failed(String),
}

/// Turns text into tokens, the same on every machine.
pub trait Tokenizer {
    /// Names the tokenizer by content: tokens of two tokenizers have nothing in common.
    fn id(&self) -> Hash;

    /// Tokens of a text, each below [`super::SEPARATOR`].
    ///
    /// # Errors
    /// [`TokenizerError::NotUtf8`], and what the tokenizer itself cannot do.
    fn encode(&self, text: &[u8]) -> Result<Vec<Token>, TokenizerError>;
}

/// One token a byte: no file, no training, a vocabulary of 256.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByteTokenizer;

impl Tokenizer for ByteTokenizer {
    fn id(&self) -> Hash {
        content_id(b"one token a byte, version 1")
    }

    fn encode(&self, text: &[u8]) -> Result<Vec<Token>, TokenizerError> {
        Ok(utf8(text)?.bytes().map(Token::from).collect())
    }
}

pub(super) fn utf8(text: &[u8]) -> Result<&str, TokenizerError> {
    std::str::from_utf8(text).map_err(|error| TokenizerError::NotUtf8 {
        valid_up_to: error.valid_up_to(),
    })
}

pub(super) fn content_id(bytes: &[u8]) -> Hash {
    Blake2b::<U32>::digest(bytes).into()
}
