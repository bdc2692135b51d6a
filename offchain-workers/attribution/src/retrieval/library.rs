// SPDX-License-Identifier: Apache-2.0
//! Passages with an inverted index over them, in memory.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

use blake2::{digest::consts::U32, Blake2b, Digest};
use openledger_trainer::features::ContributionKey;

use super::{
    bm25::{term, Sizes},
    log::{Hit, Log},
    passages::{cut, words, Document, Passage},
    MAX_PASSAGES, MAX_QUESTION_WORDS,
};
use crate::merkle::Hash;

/// Why nothing is retrieved, or why a log is not what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetrievalError {
    /// No document has a word.
    #[error("a library needs at least one document with words")]
    NoPassages,
    /// A document is not UTF-8.
    #[error("contribution {contribution} of datanet {datanet} is not UTF-8: byte {valid_up_to} starts no character")]
    NotUtf8 {
        /// Its datanet.
        datanet: u64,
        /// Its number there.
        contribution: u64,
        /// Bytes before the first wrong one.
        valid_up_to: usize,
    },
    /// A contribution was given twice.
    #[error("contribution {contribution} of datanet {datanet} is there twice")]
    DuplicateContribution {
        /// Its datanet.
        datanet: u64,
        /// Its number there.
        contribution: u64,
    },
    /// The question has no words.
    #[error("the question has no words")]
    EmptyQuestion,
    /// The question is too long.
    #[error("a question of {found} words is longer than {MAX_QUESTION_WORDS}: cut it")]
    QuestionTooLong {
        /// Words of the question.
        found: usize,
    },
    /// No number of passages, or more than an answer may be made with.
    #[error("{asked} passages were asked for: 1 to {MAX_PASSAGES} can be used")]
    WrongLimit {
        /// Passages asked for.
        asked: usize,
    },
    /// No passage has a word of the question.
    #[error("no passage has any word of the question")]
    NothingFound,
    /// The log is of another library.
    #[error("the log is of another library: other contributions or another order of registration")]
    WrongLibrary,
    /// The log is of another question.
    #[error("the log is of another question")]
    WrongQuestion,
    /// The log names other passages or scores than the library gives.
    #[error("entry {entry} of the log is not what the library gives")]
    WrongEntry {
        /// Entry, from zero.
        entry: usize,
    },
    /// The index of the `tantivy` crate failed.
    #[error("the index failed: {0}")]
    Index(String),
}

/// Documents as passages and their words.
#[derive(Clone, Debug)]
pub struct Library {
    id: Hash,
    passages: Vec<Passage>,
    /// Words of each passage.
    lengths: Vec<u32>,
    /// By word: passages that have it, ascending, and how often.
    postings: HashMap<String, Vec<(u32, u32)>>,
    words: u64,
}

/// A passage with its words, on the way into an index.
pub(super) struct Cut {
    pub passage: Passage,
    pub words: Vec<String>,
}

/// All passages of documents in the order of their registration, without those that stand word for word in an earlier
/// one, and the library's id.
pub(super) fn prepare<'a>(
    documents: impl IntoIterator<Item = Document<'a>>,
) -> Result<(Hash, Vec<Cut>), RetrievalError> {
    let mut documents: Vec<Document<'_>> = documents.into_iter().collect();
    documents.sort_by_key(|document| (document.registered, document.key));
    let (mut keys, mut seen, mut cuts) = (HashSet::new(), HashSet::new(), Vec::new());
    let mut id = Blake2b::<U32>::new().chain_update(b"library of passages, version 1");
    for Document {
        key,
        registered,
        text,
    } in documents
    {
        let ContributionKey {
            datanet,
            contribution,
        } = key;
        if !keys.insert(key) {
            return Err(RetrievalError::DuplicateContribution {
                datanet,
                contribution,
            });
        }
        for number in [datanet, contribution, registered] {
            id.update(number.to_le_bytes());
        }
        id.update(Blake2b::<U32>::digest(text));
        let text = std::str::from_utf8(text).map_err(|error| RetrievalError::NotUtf8 {
            datanet,
            contribution,
            valid_up_to: error.valid_up_to(),
        })?;
        for part in cut(text) {
            // a passage has at least one word
            let (start, end) = (part[0].bytes.start, part[part.len() - 1].bytes.end);
            let words: Vec<String> = part.into_iter().map(|word| word.text).collect();
            if seen.insert(Blake2b::<U32>::digest(words.join(" "))) {
                let bytes = start as u64..end as u64;
                let passage = Passage {
                    key,
                    registered,
                    bytes,
                };
                cuts.push(Cut { passage, words });
            }
        }
    }
    if cuts.is_empty() {
        return Err(RetrievalError::NoPassages);
    }
    Ok((id.finalize().into(), cuts))
}

/// The different words of a question, in their order.
pub(super) fn question_words(question: &str) -> Result<Vec<String>, RetrievalError> {
    let words: Vec<String> = words(question).into_iter().map(|word| word.text).collect();
    match words.len() {
        0 => Err(RetrievalError::EmptyQuestion),
        found if found > MAX_QUESTION_WORDS => Err(RetrievalError::QuestionTooLong { found }),
        _ => {
            let mut seen = HashSet::new();
            Ok(words
                .into_iter()
                .filter(|word| seen.insert(word.clone()))
                .collect())
        }
    }
}

/// How often each word stands in a passage.
pub(super) fn count(words: &[String]) -> BTreeMap<&str, u32> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// The best of `scored`: highest score first, equal ones in the order of the library, which is that of registration.
pub(super) fn best(mut scored: Vec<(u32, i64)>, limit: usize) -> Vec<(u32, i64)> {
    scored.retain(|(_, score)| *score > 0);
    scored.sort_unstable_by_key(|(passage, score)| (Reverse(*score), *passage));
    scored.truncate(limit);
    scored
}

pub(super) fn check_limit(asked: usize) -> Result<(), RetrievalError> {
    match (1..=MAX_PASSAGES).contains(&asked) {
        true => Ok(()),
        false => Err(RetrievalError::WrongLimit { asked }),
    }
}

impl Library {
    /// Cuts documents, given in any order, into passages and indexes their words. O(words).
    ///
    /// # Errors
    /// [`RetrievalError::NoPassages`], [`RetrievalError::NotUtf8`] and [`RetrievalError::DuplicateContribution`].
    pub fn build<'a>(documents: impl IntoIterator<Item = Document<'a>>) -> Result<Self, RetrievalError> {
        let (id, cuts) = prepare(documents)?;
        let mut library = Self {
            id,
            passages: Vec::with_capacity(cuts.len()),
            lengths: Vec::with_capacity(cuts.len()),
            postings: HashMap::new(),
            words: 0,
        };
        for (number, Cut { passage, words }) in (0u32..).zip(cuts) {
            for (word, times) in count(&words) {
                match library.postings.get_mut(word) {
                    Some(postings) => postings.push((number, times)),
                    None => {
                        library.postings.insert(word.to_owned(), vec![(number, times)]);
                    }
                }
            }
            // at most MAX_WORDS
            library.lengths.push(words.len() as u32);
            library.words += words.len() as u64;
            library.passages.push(passage);
        }
        Ok(library)
    }

    /// Names the library by its documents and the order of their registration.
    pub fn id(&self) -> Hash {
        self.id
    }

    /// Passages in the order of registration.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The `limit` best passages for a question, as the log of an answer that is made with all of them. O(passages
    /// that have a word of the question).
    ///
    /// # Errors
    /// [`RetrievalError::EmptyQuestion`], [`RetrievalError::QuestionTooLong`], [`RetrievalError::WrongLimit`] and
    /// [`RetrievalError::NothingFound`].
    pub fn retrieve(&self, question: &str, limit: usize) -> Result<Log, RetrievalError> {
        check_limit(limit)?;
        let sizes = Sizes {
            passages: self.passages.len() as u64,
            words: self.words,
        };
        let mut scores: BTreeMap<u32, i64> = BTreeMap::new();
        for word in question_words(question)? {
            let postings = self.postings.get(&word).map_or(&[][..], Vec::as_slice);
            for (passage, times) in postings {
                let part = term(
                    sizes,
                    postings.len() as u64,
                    *times,
                    self.lengths[*passage as usize],
                );
                // a question has at most MAX_QUESTION_WORDS parts of less than 2^24
                *scores.entry(*passage).or_default() += part as i64;
            }
        }
        let hits: Vec<Hit> = best(scores.into_iter().collect(), limit)
            .into_iter()
            .map(|(passage, score)| Hit {
                passage: self.passages[passage as usize].clone(),
                score,
            })
            .collect();
        match hits.is_empty() {
            true => Err(RetrievalError::NothingFound),
            false => Ok(Log::new(self.id, question, hits)),
        }
    }

    /// Whether a log is what this library gives for `question`: each entry, its score and their order. An answer may
    /// have been made with fewer passages than could be asked for, but not with worse ones.
    ///
    /// # Errors
    /// [`RetrievalError::WrongLibrary`], [`RetrievalError::WrongQuestion`], [`RetrievalError::WrongEntry`], and those
    /// of [`Library::retrieve`].
    pub fn verify(&self, log: &Log, question: &str) -> Result<(), RetrievalError> {
        if log.library != self.id {
            return Err(RetrievalError::WrongLibrary);
        }
        if !log.is_about(question) {
            return Err(RetrievalError::WrongQuestion);
        }
        let due = self.retrieve(question, log.hits.len())?;
        match (0..log.hits.len()).find(|entry| due.hits.get(*entry) != log.hits.get(*entry)) {
            Some(entry) => Err(RetrievalError::WrongEntry { entry }),
            None => Ok(()),
        }
    }
}
