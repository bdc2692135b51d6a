// SPDX-License-Identifier: Apache-2.0
//! From documents to a shard, and from shards to one.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use libsais::SuffixArrayConstruction;
use memmap2::MmapMut;
use openledger_trainer::features::ContributionKey;

use super::{
    minima::{self, FAN_OUT},
    shard::{Document, Shard, LEAF_BYTES, MAGIC, MAX_SHARD_TOKENS, VERSION},
    Token, SEPARATOR,
};
use crate::merkle::{leaves, Hash, Tree};

/// Why documents are not a shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// There is no document.
    #[error("a shard needs at least one document")]
    NoDocuments,
    /// A document was registered before the one given last.
    #[error("documents must be given in order of registration, equal ones by datanet and contribution")]
    OutOfOrder,
    /// A contribution was given twice.
    #[error("contribution {contribution} of datanet {datanet} is there twice")]
    DuplicateContribution {
        /// Its datanet.
        datanet: u64,
        /// Its number there.
        contribution: u64,
    },
    /// A document contains [`SEPARATOR`].
    #[error(
        "token {index} of a document is {SEPARATOR}, which separates documents: the vocabulary is too large"
    )]
    SeparatorInDocument {
        /// Index of the token in the document.
        index: usize,
    },
    /// More text than one shard holds.
    #[error("more than {MAX_SHARD_TOKENS} tokens: use several shards")]
    TooLong,
    /// Tokens of two tokenizers.
    #[error("shards of different tokenizers cannot be merged")]
    WrongTokenizer,
    /// The suffix array could not be made.
    #[error("no suffix array: {0}")]
    SuffixArray(String),
}

/// Gathers documents.
#[derive(Clone, Debug)]
pub struct ShardBuilder {
    tokenizer: Hash,
    /// Registration, key, start in the text.
    documents: Vec<(u64, ContributionKey, u32)>,
    keys: HashSet<ContributionKey>,
    text: Vec<Token>,
}

impl ShardBuilder {
    /// A shard of tokens that the tokenizer with this id makes.
    pub fn new(tokenizer: Hash) -> Self {
        Self {
            tokenizer,
            documents: Vec::new(),
            keys: HashSet::new(),
            text: Vec::new(),
        }
    }

    /// Makes room for that many documents and tokens, so that nothing is moved later.
    pub fn reserve(&mut self, documents: usize, tokens: usize) {
        self.documents.reserve(documents);
        self.keys.reserve(documents);
        self.text.reserve(documents.saturating_add(tokens));
    }

    /// Adds the next document, registered at `registered`: any number that orders registrations, such as a block's.
    ///
    /// # Errors
    /// [`BuildError::OutOfOrder`], [`BuildError::DuplicateContribution`], [`BuildError::SeparatorInDocument`] and
    /// [`BuildError::TooLong`]; the document is then not added.
    pub fn push(
        &mut self,
        key: ContributionKey,
        registered: u64,
        tokens: &[Token],
    ) -> Result<(), BuildError> {
        let ContributionKey {
            datanet,
            contribution,
        } = key;
        if self.keys.contains(&key) {
            return Err(BuildError::DuplicateContribution {
                datanet,
                contribution,
            });
        }
        if self
            .documents
            .last()
            .is_some_and(|(before, last, _)| (*before, *last) > (registered, key))
        {
            return Err(BuildError::OutOfOrder);
        }
        if let Some(index) = tokens.iter().position(|token| *token == SEPARATOR) {
            return Err(BuildError::SeparatorInDocument { index });
        }
        if tokens.len() >= MAX_SHARD_TOKENS - self.text.len() {
            return Err(BuildError::TooLong);
        }
        self.keys.insert(key);
        // below MAX_SHARD_TOKENS
        self.documents.push((registered, key, self.text.len() as u32));
        self.text.extend_from_slice(tokens);
        self.text.push(SEPARATOR);
        Ok(())
    }

    /// Sorts the suffixes. O(n) time, 4 bytes a token beside the text.
    ///
    /// # Errors
    /// [`BuildError::NoDocuments`], [`BuildError::SuffixArray`].
    pub fn finish(self) -> Result<Sorted, BuildError> {
        if self.documents.is_empty() {
            return Err(BuildError::NoDocuments);
        }
        let mut suffixes = Suffixes::new(self.text.len())?;
        let counts = suffixes.sort(&self.text)?;
        Ok(Sorted {
            suffixes,
            counts,
            documents: self.documents,
            text: self.text,
            tokenizer: self.tokenizer,
        })
    }
}

/// A suffix array in memory of its own, so that the system can hold it in large pages: sorting jumps about in it, and
/// finds few of the small ones in the processor's table of pages.
#[derive(Debug)]
struct Suffixes(MmapMut);

impl Suffixes {
    /// For a text of this many tokens, at least one.
    fn new(tokens: usize) -> Result<Self, BuildError> {
        let map = MmapMut::map_anon(tokens * size_of::<i32>())
            .map_err(|error| BuildError::SuffixArray(error.to_string()))?;
        // a system without large pages has the others
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Self(map))
    }

    /// Fills it, and counts the tokens `[SEPARATOR + 1]`.
    fn sort(&mut self, text: &[Token]) -> Result<Vec<i32>, BuildError> {
        let mut counts = vec![0; usize::from(SEPARATOR) + 1];
        // SAFETY: any four bytes are a number; a mapping starts at a page.
        #[allow(unsafe_code)]
        let (_, numbers, _) = unsafe { self.0.align_to_mut() };
        let sort = SuffixArrayConstruction::for_text(text)
            .in_borrowed_buffer(numbers)
            .single_threaded();
        // SAFETY: libsais only writes the table, which has an entry for each value of a token.
        #[allow(unsafe_code)]
        let sort = unsafe { sort.with_frequency_table(&mut counts) };
        sort.run()
            .map_err(|error| BuildError::SuffixArray(error.to_string()))?;
        Ok(counts)
    }

    fn numbers(&self) -> &[i32] {
        // SAFETY: as above.
        #[allow(unsafe_code)]
        let (_, numbers, _) = unsafe { self.0.align_to() };
        numbers
    }
}

/// A shard that is not a file yet.
#[derive(Debug)]
pub struct Sorted {
    tokenizer: Hash,
    documents: Vec<(u64, ContributionKey, u32)>,
    counts: Vec<i32>,
    text: Vec<Token>,
    suffixes: Suffixes,
}

impl Sorted {
    /// Writes the file in one pass and gives its root. Nothing more than the leaves' hashes is held: 1/32 of the
    /// file.
    ///
    /// # Errors
    /// What `out` fails with.
    pub fn write(&self, out: impl Write) -> io::Result<Hash> {
        let suffixes = self.suffixes.numbers();
        let mut out = Leaves::new(out);
        let counts = || (0..=SEPARATOR).zip(&self.counts).filter(|(_, count)| **count > 0);
        out.write(&MAGIC)?;
        out.write(&VERSION.to_le_bytes())?;
        out.write(&[0, 0])?;
        for size in [self.text.len(), self.documents.len(), counts().count()] {
            // none is above MAX_SHARD_TOKENS
            out.write(&(size as u32).to_le_bytes())?;
        }
        out.write(&self.tokenizer)?;
        for (registered, key, start) in &self.documents {
            for number in [*registered, key.datanet, key.contribution] {
                out.write(&number.to_le_bytes())?;
            }
            out.write(&start.to_le_bytes())?;
        }
        for (token, _) in counts() {
            out.write(&token.to_le_bytes())?;
        }
        let mut rank = 0;
        for (_, count) in counts() {
            out.write(&i32::to_le_bytes(rank))?;
            rank += count;
        }
        for batch in self.text.chunks(BATCH) {
            out.write_numbers(batch, |token| token.to_le_bytes())?;
        }
        let mut minima = Vec::with_capacity(suffixes.len() / FAN_OUT + 1);
        for batch in suffixes.chunks(BATCH) {
            // while they are in the cache
            minima.extend(minima::of_blocks(batch));
            out.write_numbers(batch, |suffix| suffix.to_le_bytes())?;
        }
        for batch in minima::levels(minima, suffixes.len()).chunks(BATCH) {
            out.write_numbers(batch, |minimum| minimum.to_le_bytes())?;
        }
        out.finish()
    }

    /// The file in memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes).expect("memory takes every byte");
        bytes
    }
}

/// Hashes leaves of what is written.
struct Leaves<W> {
    out: W,
    /// Not yet hashed or written: shorter than [`PENDING`] after each call.
    pending: Vec<u8>,
    hashes: Vec<Hash>,
}

/// Numbers that are turned into bytes at a time: whole blocks of minima, and few enough for the cache.
const BATCH: usize = 16 * FAN_OUT;
/// Bytes that are hashed and written at a time: the system takes large pieces in less time than small ones.
const PENDING: usize = 1024 * LEAF_BYTES;

impl<W: Write> Leaves<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            pending: Vec::with_capacity(PENDING + 4 * BATCH),
            hashes: Vec::new(),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        self.flush_leaves()
    }

    fn write_numbers<T: Copy, const N: usize>(
        &mut self,
        numbers: &[T],
        to_bytes: impl Fn(T) -> [u8; N],
    ) -> io::Result<()> {
        let start = self.pending.len();
        self.pending.resize(start + N * numbers.len(), 0);
        let (places, _) = self.pending[start..].as_chunks_mut();
        for (place, number) in places.iter_mut().zip(numbers) {
            *place = to_bytes(*number);
        }
        self.flush_leaves()
    }

    fn flush_leaves(&mut self) -> io::Result<()> {
        if self.pending.len() < PENDING {
            return Ok(());
        }
        let whole = self.pending.len() / LEAF_BYTES * LEAF_BYTES;
        self.hashes
            .extend(leaves(self.pending[..whole].chunks_exact(LEAF_BYTES)));
        self.out.write_all(&self.pending[..whole])?;
        self.pending.drain(..whole);
        Ok(())
    }

    fn finish(mut self) -> io::Result<Hash> {
        self.hashes.extend(leaves(self.pending.chunks(LEAF_BYTES)));
        self.out.write_all(&self.pending)?;
        let root = Tree::of_leaves(self.hashes).root();
        self.out.write_all(&root)?;
        self.out.flush()?;
        Ok(root)
    }
}

/// All documents of shards in order of registration: the builder of the one shard that stands for them, whose bytes
/// are those of a shard built of the same documents from the start. O(n + m log m) before [`ShardBuilder::finish`].
///
/// # Errors
/// [`BuildError::NoDocuments`] without shards, [`BuildError::WrongTokenizer`], [`BuildError::DuplicateContribution`]
/// and [`BuildError::TooLong`].
pub fn merge(shards: &[&Shard]) -> Result<ShardBuilder, BuildError> {
    let tokenizer = shards.first().ok_or(BuildError::NoDocuments)?.tokenizer();
    if shards.iter().any(|shard| shard.tokenizer() != tokenizer) {
        return Err(BuildError::WrongTokenizer);
    }
    let mut documents: Vec<(&Shard, Document)> = shards
        .iter()
        .flat_map(|shard| (0..shard.documents()).map(|index| (*shard, shard.document(index))))
        .collect();
    documents.sort_by_key(|(_, document)| (document.registered, document.key));
    let mut builder = ShardBuilder::new(tokenizer);
    builder.reserve(documents.len(), shards.iter().map(|shard| shard.len()).sum());
    let mut tokens = Vec::new();
    for (shard, document) in documents {
        tokens.clear();
        tokens.extend(shard.tokens(document.tokens));
        builder.push(document.key, document.registered, &tokens)?;
    }
    Ok(builder)
}

/// Which shards to merge in the background, given the sizes of one datanet's shards by version: all from the index
/// returned. `None` while each shard is larger than all later ones together, so that a datanet of `n` tokens has at
/// most `log2(n) + 1` shards. Whenever a shard but the newest is merged, it ends in one at least twice as large, so a
/// token is sorted about `log2(n)` times at most.
pub fn merge_from(sizes: &[usize]) -> Option<usize> {
    let mut later = *sizes.last()?;
    let mut from = None;
    for (index, size) in sizes.iter().enumerate().rev().skip(1) {
        if *size <= later {
            from = Some(index);
        }
        later = later.saturating_add(*size);
    }
    from
}
