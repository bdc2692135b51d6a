// SPDX-License-Identifier: Apache-2.0
//! Several shards as one text.

use std::{collections::HashSet, ops::Range};

use openledger_trainer::features::ContributionKey;

use super::{
    search::{Match, Pattern, Searcher},
    shard::Shard,
    Token,
};
use crate::merkle::Hash;

/// Why shards are not a corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorpusError {
    /// There is no shard.
    #[error("a corpus needs at least one shard")]
    NoShards,
    /// Tokens of two tokenizers.
    #[error("shard {index} was made with another tokenizer than the first")]
    WrongTokenizer {
        /// Index of the shard.
        index: usize,
    },
    /// A contribution is in two shards.
    #[error("contribution {contribution} of datanet {datanet} is in two shards")]
    DuplicateContribution {
        /// Its datanet.
        datanet: u64,
        /// Its number there.
        contribution: u64,
    },
}

/// The shards that a model was trained on.
#[derive(Debug)]
pub struct Corpus {
    shards: Vec<Shard>,
}

/// A place in a document. Ordered by registration: of two the lower was there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// When the document was registered.
    pub registered: u64,
    /// Whose document it is.
    pub key: ContributionKey,
    /// Token of the document, from zero.
    pub token: usize,
}

impl Corpus {
    /// Joins shards, in any order. O(documents).
    ///
    /// # Errors
    /// Every variant of [`CorpusError`].
    pub fn new(shards: Vec<Shard>) -> Result<Self, CorpusError> {
        let tokenizer = shards.first().ok_or(CorpusError::NoShards)?.tokenizer();
        if let Some(index) = shards.iter().position(|shard| shard.tokenizer() != tokenizer) {
            return Err(CorpusError::WrongTokenizer { index });
        }
        let mut keys = HashSet::with_capacity(shards.iter().map(Shard::documents).sum());
        for shard in &shards {
            for index in 0..shard.documents() {
                let key = shard.document(index).key;
                if !keys.insert(key) {
                    return Err(CorpusError::DuplicateContribution {
                        datanet: key.datanet,
                        contribution: key.contribution,
                    });
                }
            }
        }
        Ok(Self { shards })
    }

    /// The shards, as they were given.
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// Id of the tokenizer that made all tokens.
    pub fn tokenizer(&self) -> Hash {
        self.shards[0].tokenizer()
    }

    /// Tokens of all documents, without separators.
    pub fn tokens(&self) -> u64 {
        let shards = self.shards.iter();
        shards.map(|shard| (shard.len() - shard.documents()) as u64).sum()
    }

    /// How often a token stands in the documents.
    pub fn count(&self, token: Token) -> u64 {
        self.shards.iter().map(|shard| shard.count(token)).sum()
    }

    pub(super) fn search<'a>(&'a self, pattern: &'a Pattern) -> Matches<'a> {
        Matches::new(&self.shards, pattern)
    }
}

/// The longest matches of an output at each position, in each shard.
pub(super) struct Matches<'a> {
    pattern: &'a Pattern,
    shards: Vec<(Searcher<'a>, Vec<Match>)>,
}

/// The occurrences of some tokens of an output: ranks in each shard that has any.
pub(super) struct Occurrences<'m, 'a> {
    ranges: Vec<(&'m Searcher<'a>, Range<usize>)>,
}

/// One of them. Ordered by registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub source: Source,
    /// The same place in the text of its shard.
    pub position: usize,
}

impl Occurrence {
    /// The place `tokens` after this one, in the same document.
    pub fn onwards(self, tokens: usize) -> Self {
        Self {
            source: Source {
                token: self.source.token + tokens,
                ..self.source
            },
            position: self.position + tokens,
        }
    }
}

impl<'a> Matches<'a> {
    /// Looks a pattern up in shards. O(log n) reads a token and shard.
    pub fn new(shards: &'a [Shard], pattern: &'a Pattern) -> Self {
        let search = |shard| {
            let searcher = Searcher::new(shard);
            let matches = (0..pattern.len())
                .map(|from| searcher.longest(pattern, from))
                .collect();
            (searcher, matches)
        };
        Self {
            pattern,
            shards: shards.iter().map(search).collect(),
        }
    }

    /// Length of the longest match that starts at `from`.
    pub fn longest(&self, from: usize) -> usize {
        let shards = self.shards.iter();
        shards.map(|(_, matches)| matches[from].len).max().unwrap_or(0)
    }

    /// Where the `len` tokens at `from` stand.
    pub fn occurrences(&self, from: usize, len: usize) -> Occurrences<'_, 'a> {
        let has = |(_, matches): &&(Searcher<'a>, Vec<Match>)| matches[from].len >= len;
        Occurrences {
            ranges: self
                .shards
                .iter()
                .filter(has)
                .map(|(searcher, matches)| {
                    let ranks = searcher.range(self.pattern, from, matches[from], len);
                    (searcher, ranks)
                })
                .collect(),
        }
    }
}

impl Occurrences<'_, '_> {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|(_, ranks)| ranks.len() as u64).sum()
    }

    /// The one that was registered first; O(log) reads however many there are.
    pub fn earliest(&self) -> Option<Occurrence> {
        let ranges = self.ranges.iter();
        ranges
            .map(|(searcher, ranks)| {
                let position = searcher.levels.least(ranks.start, ranks.end);
                Occurrence {
                    source: source(searcher.shard, position),
                    position: position as usize,
                }
            })
            .min()
    }

    /// The first occurrence in each of the `limit` documents registered first. Looks at no more than 16 occurrences
    /// for each that it may return, so documents that repeat themselves can hide later ones.
    pub fn documents(&self, limit: usize) -> Vec<Source> {
        let mut next: Vec<_> = self
            .ranges
            .iter()
            .map(|(searcher, ranks)| {
                let positions = searcher.levels.ascending(ranks.start, ranks.end);
                positions
                    .map(|position| source(searcher.shard, position))
                    .peekable()
            })
            .collect();
        let mut found: Vec<Source> = Vec::new();
        for _ in 0..limit.saturating_mul(16) {
            let heads = next.iter_mut().enumerate();
            let Some((_, shard)) = heads
                .filter_map(|(shard, sources)| sources.peek().map(|source| (*source, shard)))
                .min()
            else {
                break;
            };
            let Some(source) = next[shard].next() else {
                break;
            };
            if found.last().is_none_or(|last| last.key != source.key) {
                if found.len() == limit {
                    break;
                }
                found.push(source);
            }
        }
        found
    }
}

fn source(shard: &Shard, position: u32) -> Source {
    let position = position as usize;
    let document = shard.document(shard.document_at(position));
    Source {
        registered: document.registered,
        key: document.key,
        token: position.saturating_sub(document.tokens.start),
    }
}
