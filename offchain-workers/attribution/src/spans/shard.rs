// SPDX-License-Identifier: Apache-2.0
//! The shard file ("OLSA"): documents of a datanet version as tokens with a suffix array, mapped into memory.
//!
//! The *text* is the tokens of each document, in order of registration, each followed by [`SEPARATOR`]. All numbers
//! little endian; `n` tokens of text, `m` documents, `d` different tokens in the text:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | `OLSA` |
//! | 2 | version, 1 |
//! | 2 | zero |
//! | 4 | `n`, 1 to 2³¹ − 1 |
//! | 4 | `m`, at least 1 |
//! | 4 | `d` |
//! | 32 | id of the tokenizer |
//! | 28·m | registration `u64`, datanet `u64`, contribution `u64`, start in the text `u32`; strictly ascending |
//! | 2·d | the different tokens `u16`, strictly ascending; the last is the separator |
//! | 4·d | for each of them the rank `u32` of the first suffix that starts with it, strictly ascending from 0 |
//! | 2·n | the text `u16` |
//! | 4·n | the suffix array `u32`: positions in the text, in the order of what starts there |
//! | ≈ n/64 | minima of the suffix array's blocks of 256 entries `u32`, then of 256 of these, until 256 or fewer are left |
//! | 32 | root: BLAKE2b-256 Merkle tree ([`crate::merkle`]) over all bytes before it in leaves of 1,024 |
//!
//! One text has one file. Opening checks the tables and the length, not the suffix array; [`Shard::verify`] hashes
//! all of it. A wrong suffix array gives wrong spans but no panic.

use std::{io, ops::Range, path::Path};

use openledger_trainer::features::ContributionKey;

use super::{
    minima::{self, Levels, Numbers},
    Token, SEPARATOR,
};
use crate::{
    bytes::Bytes,
    merkle::{leaves, Hash, Tree},
};

/// First bytes of the file.
pub const MAGIC: [u8; 4] = *b"OLSA";
/// The only version there is.
pub const VERSION: u16 = 1;
/// Bytes before the table of documents.
pub const HEADER_BYTES: usize = 52;
/// Bytes of one document in the table.
pub const DOCUMENT_BYTES: usize = 28;
/// Bytes of a leaf of the Merkle tree.
pub const LEAF_BYTES: usize = 1024;
/// The longest text of one shard, separators included.
pub const MAX_SHARD_TOKENS: usize = i32::MAX as usize;

const ROOT_BYTES: usize = 32;

/// Why a file is not a shard.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// The file could not be opened or mapped.
    #[error("cannot open the shard file: {0}")]
    Io(#[from] io::Error),
    /// Fewer bytes than the header calls for.
    #[error("shard file is truncated: {found} bytes where its header calls for {expected}")]
    Truncated {
        /// Length the header calls for (the header's own length if even that is missing).
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// More bytes than the header calls for.
    #[error("shard file has {found} bytes where its header calls for {expected}")]
    TrailingBytes {
        /// Length the header calls for.
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// Does not start with [`MAGIC`].
    #[error("not a shard file: it does not start with OLSA")]
    WrongMagic,
    /// Another version.
    #[error("shard file version {0} is not known: this software reads version {VERSION}")]
    UnsupportedVersion(u16),
    /// Sizes that no text has.
    #[error("a shard of {tokens} tokens, {distinct} of them different, in {documents} documents cannot be")]
    WrongShape {
        /// Tokens claimed.
        tokens: u32,
        /// Documents claimed.
        documents: u32,
        /// Different tokens claimed.
        distinct: u32,
    },
    /// A document is not registered after the one before it, or does not start after it.
    #[error("document {index} of the table is not after the one before it, or not inside the text")]
    DocumentsOutOfOrder {
        /// Index of the first such document.
        index: usize,
    },
    /// The table of tokens is not strictly ascending, or does not end with the separator.
    #[error("entry {index} of the table of tokens is out of order")]
    TokensOutOfOrder {
        /// Index of the first entry out of order.
        index: usize,
    },
    /// The bytes do not hash to the root at their end.
    #[error("shard file is damaged: its bytes do not have the root that it states")]
    WrongRoot,
}

/// A shard, its tables checked; in memory or mapped from a file.
#[derive(Debug)]
pub struct Shard {
    bytes: Bytes,
    layout: Layout,
}

/// One document of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Whose text it is.
    pub key: ContributionKey,
    /// When it was registered; lower is earlier. Equal ones are ordered by key.
    pub registered: u64,
    /// Where its tokens lie in the text, the separator after them not included.
    pub tokens: Range<usize>,
}

impl Shard {
    /// Takes bytes in memory. O(m + d).
    ///
    /// # Errors
    /// Every variant of [`ShardError`] except [`ShardError::Io`] and [`ShardError::WrongRoot`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ShardError> {
        Self::checked(Bytes::Owned(bytes))
    }

    /// Maps a file into memory: reads header and tables. O(m + d).
    ///
    /// Nobody may write to the file while it is mapped; files named by the hash of their content never change.
    ///
    /// # Errors
    /// Every variant of [`ShardError`] except [`ShardError::WrongRoot`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ShardError> {
        Self::checked(Bytes::map(path.as_ref())?)
    }

    fn checked(bytes: Bytes) -> Result<Self, ShardError> {
        let layout = Layout::read(&bytes)?;
        let shard = Self { bytes, layout };
        shard.check_documents()?;
        shard.check_tokens()?;
        Ok(shard)
    }

    fn check_documents(&self) -> Result<(), ShardError> {
        let mut last = None;
        for index in 0..self.documents() {
            let (start, registered, key) = self.document_entry(index);
            let order = (registered, key);
            let in_order = match last {
                None => start == 0,
                Some((order_before, start_before)) => order > order_before && start > start_before,
            };
            if !in_order || start as usize >= self.layout.tokens {
                return Err(ShardError::DocumentsOutOfOrder { index });
            }
            last = Some((order, start));
        }
        Ok(())
    }

    fn check_tokens(&self) -> Result<(), ShardError> {
        let distinct = self.layout.distinct;
        let mut last: Option<(Token, u32)> = None;
        for index in 0..distinct {
            let (token, rank) = (self.distinct_token(index), self.first_ranks().get(index));
            let in_order = match last {
                None => rank == 0,
                Some((token_before, rank_before)) => token > token_before && rank > rank_before,
            };
            let is_end = index + 1 == distinct;
            if !in_order || rank as usize >= self.layout.tokens || is_end && token != SEPARATOR {
                return Err(ShardError::TokensOutOfOrder { index });
            }
            last = Some((token, rank));
        }
        Ok(())
    }

    /// Checks all bytes against the root at their end. O(bytes).
    ///
    /// # Errors
    /// [`ShardError::WrongRoot`].
    pub fn verify(&self) -> Result<(), ShardError> {
        if self.tree().root() == self.root() {
            Ok(())
        } else {
            Err(ShardError::WrongRoot)
        }
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The root that the file states; [`Shard::verify`] says whether it is true.
    pub fn root(&self) -> Hash {
        number(&self.bytes, self.layout.root)
    }

    /// The leaves of the Merkle tree: all but the root, in pieces of [`LEAF_BYTES`].
    pub fn leaves(&self) -> std::slice::Chunks<'_, u8> {
        self.bytes[..self.layout.root].chunks(LEAF_BYTES)
    }

    /// The Merkle tree, for proofs of single leaves. O(bytes).
    pub fn tree(&self) -> Tree {
        Tree::of_leaves(leaves(self.leaves()))
    }

    /// Id of the tokenizer that made the tokens.
    pub fn tokenizer(&self) -> Hash {
        number(&self.bytes, 20)
    }

    /// Tokens of the text, one separator a document included; never zero.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.layout.tokens
    }

    /// Number of documents; never zero.
    pub fn documents(&self) -> usize {
        self.layout.documents
    }

    /// Document `index`, which must be below [`Shard::documents`].
    pub fn document(&self, index: usize) -> Document {
        let (start, registered, key) = self.document_entry(index);
        let end = match index + 1 {
            next if next < self.documents() => self.document_entry(next).0 as usize,
            _ => self.layout.tokens,
        };
        Document {
            key,
            registered,
            tokens: start as usize..end - 1,
        }
    }

    /// Index of the document that the text's position lies in, its separator included.
    pub fn document_at(&self, position: usize) -> usize {
        let (mut from, mut to) = (0, self.documents());
        while to - from > 1 {
            let middle = from.midpoint(to);
            if self.document_entry(middle).0 as usize <= position {
                from = middle;
            } else {
                to = middle;
            }
        }
        from
    }

    /// Bytes of the file that say where document `index` lies and whose it is.
    pub fn document_bytes(&self, index: usize) -> Range<usize> {
        let start = HEADER_BYTES + DOCUMENT_BYTES * index;
        start..start + DOCUMENT_BYTES
    }

    /// Bytes of the file that hold positions of the text.
    pub fn token_bytes(&self, positions: Range<usize>) -> Range<usize> {
        let text = self.layout.text;
        text + 2 * positions.start..text + 2 * positions.end
    }

    /// Tokens at positions of the text.
    pub fn tokens(&self, positions: Range<usize>) -> impl ExactSizeIterator<Item = Token> + '_ {
        let bytes = &self.bytes[self.token_bytes(positions)];
        bytes
            .chunks_exact(2)
            .map(|pair| Token::from_le_bytes([pair[0], pair[1]]))
    }

    /// How often a token stands in the text.
    pub fn count(&self, token: Token) -> u64 {
        self.bucket(token).len() as u64
    }

    /// Different tokens of the text, the separator included.
    pub fn distinct(&self) -> usize {
        self.layout.distinct
    }

    /// The different tokens, ascending, with how often each stands in the text. Below 2³¹.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = (Token, u32)> + '_ {
        // no text is longer than MAX_SHARD_TOKENS
        (0..self.distinct()).map(|ordinal| (self.distinct_token(ordinal), self.ranks(ordinal).len() as u32))
    }

    /// Which of the different tokens a token is; `None` if the text lacks it. O(log d).
    pub fn ordinal(&self, token: Token) -> Option<usize> {
        let (mut from, mut to) = (0, self.distinct());
        while from < to {
            let middle = from.midpoint(to);
            if self.distinct_token(middle) < token {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        (from < self.distinct() && self.distinct_token(from) == token).then_some(from)
    }

    /// Ranks of the suffixes that start with a token.
    pub(super) fn bucket(&self, token: Token) -> Range<usize> {
        self.ordinal(token).map_or(0..0, |ordinal| self.ranks(ordinal))
    }

    /// Ranks of the suffixes that start with one of the different tokens.
    fn ranks(&self, ordinal: usize) -> Range<usize> {
        let end = match ordinal + 1 {
            next if next < self.distinct() => self.first_ranks().get(next) as usize,
            _ => self.layout.tokens,
        };
        self.first_ranks().get(ordinal) as usize..end
    }

    /// The text as it lies in the file.
    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[self.layout.text..self.layout.suffixes]
    }

    /// The suffix array.
    pub(super) fn suffixes(&self) -> Numbers<'_> {
        Numbers(&self.bytes[self.layout.suffixes..self.layout.minima])
    }

    /// The suffix array and the minima above it.
    pub(super) fn levels(&self) -> Levels<'_> {
        Levels::new(
            self.suffixes().0,
            &self.bytes[self.layout.minima..self.layout.root],
        )
    }

    /// Start, registration and key.
    fn document_entry(&self, index: usize) -> (u32, u64, ContributionKey) {
        let entry = &self.bytes[self.document_bytes(index)];
        let key = ContributionKey {
            datanet: u64::from_le_bytes(number(entry, 8)),
            contribution: u64::from_le_bytes(number(entry, 16)),
        };
        (
            u32::from_le_bytes(number(entry, 24)),
            u64::from_le_bytes(number(entry, 0)),
            key,
        )
    }

    fn distinct_token(&self, index: usize) -> Token {
        Token::from_le_bytes(number(&self.bytes, self.layout.distinct_tokens + 2 * index))
    }

    fn first_ranks(&self) -> Numbers<'_> {
        Numbers(&self.bytes[self.layout.first_ranks..self.layout.text])
    }
}

/// Sizes, and where each part of the file starts.
#[derive(Clone, Copy, Debug)]
struct Layout {
    tokens: usize,
    documents: usize,
    distinct: usize,
    distinct_tokens: usize,
    first_ranks: usize,
    text: usize,
    suffixes: usize,
    minima: usize,
    root: usize,
}

impl Layout {
    /// Reads the header and checks the length of the whole file against it.
    fn read(bytes: &[u8]) -> Result<Self, ShardError> {
        let found = bytes.len() as u64;
        if !bytes.starts_with(&MAGIC) && !MAGIC.starts_with(bytes) {
            return Err(ShardError::WrongMagic);
        }
        if bytes.len() < HEADER_BYTES {
            return Err(ShardError::Truncated {
                expected: HEADER_BYTES as u64,
                found,
            });
        }
        let version = u16::from_le_bytes(number(bytes, 4));
        if version != VERSION {
            return Err(ShardError::UnsupportedVersion(version));
        }
        let zero = u16::from_le_bytes(number(bytes, 6));
        let [tokens, documents, distinct] = [8, 12, 16].map(|at| u32::from_le_bytes(number(bytes, at)));
        if zero != 0
            || documents < 1
            || documents > tokens
            || tokens as usize > MAX_SHARD_TOKENS
            || distinct < 1
            || distinct > tokens.min(u32::from(SEPARATOR) + 1)
        {
            return Err(ShardError::WrongShape {
                tokens,
                documents,
                distinct,
            });
        }
        let layout = Self::of(tokens as usize, documents as usize, distinct as usize);
        let expected = (layout.root + ROOT_BYTES) as u64;
        match found.cmp(&expected) {
            std::cmp::Ordering::Less => Err(ShardError::Truncated { expected, found }),
            std::cmp::Ordering::Greater => Err(ShardError::TrailingBytes { expected, found }),
            std::cmp::Ordering::Equal => Ok(layout),
        }
    }

    /// At most 2^31 · 35 bytes, which fits where 64-bit files are mapped.
    fn of(tokens: usize, documents: usize, distinct: usize) -> Self {
        let distinct_tokens = HEADER_BYTES + DOCUMENT_BYTES * documents;
        let first_ranks = distinct_tokens + 2 * distinct;
        let text = first_ranks + 4 * distinct;
        let suffixes = text + 2 * tokens;
        let minima = suffixes + 4 * tokens;
        let root = minima + 4 * minima::lengths(tokens).sum::<usize>();
        Self {
            tokens,
            documents,
            distinct,
            distinct_tokens,
            first_ranks,
            text,
            suffixes,
            minima,
            root,
        }
    }
}

/// `N` bytes at `at` of a slice whose length was checked.
fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a slice of N bytes")
}
