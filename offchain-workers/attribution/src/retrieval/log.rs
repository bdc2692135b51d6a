// SPDX-License-Identifier: Apache-2.0
//! The passages that an answer was made with.

use std::collections::BTreeMap;

use blake2::{digest::consts::U32, Blake2b, Digest};
use openledger_trainer::features::ContributionKey;

use super::{passages::Passage, MAX_PASSAGES};
use crate::merkle::Hash;

/// First bytes of the file.
pub const MAGIC: [u8; 4] = *b"OLRL";
/// Version of the file.
pub const VERSION: u16 = 1;
/// Bytes before the entries: magic, version, number of entries, library, question.
const HEADER_BYTES: usize = 4 + 2 + 2 + 32 + 32;
/// Datanet, contribution, registration, start, end, score.
const ENTRY_BYTES: usize = 6 * 8;

/// Why bytes are not a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// Another file.
    #[error("not a log of passages: it does not start with OLRL")]
    WrongMagic,
    /// A log of another version.
    #[error("a log of version {found}, where this software reads version {VERSION}")]
    WrongVersion {
        /// Version found.
        found: u16,
    },
    /// More or fewer bytes than its header calls for.
    #[error("a log of {found} bytes where its header calls for {expected}")]
    WrongLength {
        /// Bytes that the header calls for.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// No passage, or more than an answer may be made with.
    #[error("a log of {found} passages: 1 to {MAX_PASSAGES} can be used")]
    WrongCount {
        /// Passages.
        found: usize,
    },
    /// An entry with an empty range or a score that is not above zero.
    #[error("entry {entry} of the log cites nothing")]
    EmptyEntry {
        /// Entry, from zero.
        entry: usize,
    },
}

/// A passage and its score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The passage.
    pub passage: Passage,
    /// BM25 with [`super::bm25::SCORE_BITS`] fraction bits; above zero.
    pub score: i64,
}

/// What an answer was made with: part of the answer's record, and evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Id of the library.
    pub library: Hash,
    /// BLAKE2b-256 of the question.
    pub question: Hash,
    /// Passages, the best first.
    pub hits: Vec<Hit>,
}

impl Log {
    pub(super) fn new(library: Hash, question: &str, hits: Vec<Hit>) -> Self {
        Self {
            library,
            question: Blake2b::<U32>::digest(question).into(),
            hits,
        }
    }

    /// Whether it is the log of this question.
    pub fn is_about(&self, question: &str) -> bool {
        self.question == <[u8; 32]>::from(Blake2b::<U32>::digest(question))
    }

    /// Raw scores by contribution, ascending by key: the sums over its passages. Evidence of kind
    /// [`openledger_fixed::EvidenceKind::Retrieval`].
    pub fn scores(&self) -> Vec<(ContributionKey, i64)> {
        let mut scores: BTreeMap<ContributionKey, i64> = BTreeMap::new();
        for hit in &self.hits {
            let score = scores.entry(hit.passage.key).or_default();
            *score = score.saturating_add(hit.score);
        }
        scores.into_iter().collect()
    }

    /// What an answer shows below itself, one line a passage, numbered from one as the answer's text refers to them.
    pub fn citations(&self) -> Vec<String> {
        let line = |(number, hit): (usize, &Hit)| {
            let Passage { key, bytes, .. } = &hit.passage;
            format!(
                "[{number}] datanet {}, contribution {}, bytes {} to {}",
                key.datanet, key.contribution, bytes.start, bytes.end
            )
        };
        (1..).zip(&self.hits).map(line).collect()
    }

    /// The file: little endian, one form for each log.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + ENTRY_BYTES * self.hits.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        // at most MAX_PASSAGES
        bytes.extend((self.hits.len() as u16).to_le_bytes());
        bytes.extend(self.library);
        bytes.extend(self.question);
        for Hit { passage, score } in &self.hits {
            for number in [
                passage.key.datanet,
                passage.key.contribution,
                passage.registered,
                passage.bytes.start,
                passage.bytes.end,
            ] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(score.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`Log::to_bytes`] gave. That it is true of a library is checked by [`super::Library::verify`].
    ///
    /// # Errors
    /// Every variant of [`LogError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LogError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(LogError::WrongMagic);
        }
        let wrong = |expected| LogError::WrongLength {
            expected,
            found: bytes.len(),
        };
        let header: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or(wrong(HEADER_BYTES))?;
        let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let (version, count) = (number(4), usize::from(number(6)));
        if version != VERSION {
            return Err(LogError::WrongVersion { found: version });
        }
        if !(1..=MAX_PASSAGES).contains(&count) {
            return Err(LogError::WrongCount { found: count });
        }
        let expected = HEADER_BYTES + ENTRY_BYTES * count;
        if bytes.len() != expected {
            return Err(wrong(expected));
        }
        let hash = |at: usize| -> Hash { std::array::from_fn(|byte| header[at + byte]) };
        let mut hits = Vec::with_capacity(count);
        for (entry, bytes) in bytes[HEADER_BYTES..].chunks_exact(ENTRY_BYTES).enumerate() {
            let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[8 * at + byte]));
            let passage = Passage {
                key: ContributionKey {
                    datanet: number(0),
                    contribution: number(1),
                },
                registered: number(2),
                bytes: number(3)..number(4),
            };
            let score = number(5) as i64;
            if passage.bytes.is_empty() || score <= 0 {
                return Err(LogError::EmptyEntry { entry });
            }
            hits.push(Hit { passage, score });
        }
        Ok(Self {
            library: hash(8),
            question: hash(40),
            hits,
        })
    }
}
