// SPDX-License-Identifier: Apache-2.0
//! The index file ("OLIX"): what a release commits to, mapped into memory.
//!
//! All numbers little endian; `C` classes, `d` features:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | `OLIX` |
//! | 2 | version, 4 |
//! | 2 | classes `C`, at least 2 |
//! | 2 | dims `d`, at least 1 |
//! | 2 | `row_bits` as `i16`: fraction bits of an influence number |
//! | 4 | rows `n`, at least 1 |
//! | 4 | contributions `m` |
//! | 2 | threshold of near-duplicates `u16`, 16 fraction bits ([`crate::clusters`]) |
//! | 4 | weight of the regulariser `u32`, 32 fraction bits, never zero |
//! | 32 | root of the Merkle tree over the rows of the features ([`crate::merkle`]), as they lie in their file |
//! | 24·m | datanet `u64`, contribution `u64`, tick of its registration `u64`; strictly ascending by the first two |
//! | (12 + 2·C·(d + 1))·n | ordinal in the table above `u32` (never falling), label `u16`, leave-one-out probability `u16` with 16 fraction bits (of a leader; zero for the others), leader of its cluster `u32` (a row; its own number for a leader), influence `i16 [C, d + 1]` with the bias last |
//! | (4 + 8·C)·n | each row's link: the next row of its cluster `u32`, sums `i64 [C]` with 12 fraction bits beside those of the influence ([`openledger_fixed::cluster`]) |
//!
//! A leaf of the Merkle tree is a row with its link behind it. Links lie apart because no answer's scores need them: a query
//! reads the rows alone.
//!
//! Version 1 had neither ticks, threshold nor clusters, version 2 neither regulariser nor the features' root, version 3 no
//! links, and a probability for every row, from floats; such an index is built anew from its features.
//!
//! A file is checked as a whole when it is opened; reading rows afterwards cannot fail. Whoever audits or disputes a release
//! takes it as it is ([`Index::as_released`]), since what is wrong with its rows is what has to be shown.

use std::{
    io::{self, Write},
    path::Path,
};

use openledger_trainer::{
    features::{ContributionKey, Features},
    head,
};

use crate::{bytes::Bytes, merkle::Hash};

use openledger_fixed::{
    cluster::goes_on,
    release::{link_bytes, scored_bytes, IndexShape, ReleasedRow},
};

pub use openledger_fixed::release::{
    HEADER_BYTES, INDEX_VERSION as VERSION, LINK_HEADER_BYTES, MAX_ROW_BITS, MIN_ROW_BITS, ROW_HEADER_BYTES,
};

/// First bytes of the file.
pub const MAGIC: [u8; 4] = *b"OLIX";
/// Bytes of one entry in the table of contributions.
pub const ENTRY_BYTES: usize = 24;

/// Why a file is not an index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file could not be opened or mapped.
    #[error("cannot open the index file: {0}")]
    Io(#[from] io::Error),
    /// Fewer bytes than the header calls for.
    #[error("index file is truncated: {found} bytes where its header calls for {expected}")]
    Truncated {
        /// Length the header calls for (the header's own length if even that is missing).
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// More bytes than the header calls for.
    #[error("index file has {found} bytes where its header calls for {expected}")]
    TrailingBytes {
        /// Length the header calls for.
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// Does not start with [`MAGIC`].
    #[error("not an index file: it does not start with OLIX")]
    WrongMagic,
    /// Another version.
    #[error("index file version {0} is not known: this software reads version {VERSION}")]
    UnsupportedVersion(u16),
    /// Classes, dims or rows that no trained head has.
    #[error("an index of {classes} classes, {dims} features and {rows} rows cannot be")]
    WrongShape {
        /// Classes claimed.
        classes: u16,
        /// Features claimed.
        dims: u16,
        /// Rows claimed.
        rows: u32,
    },
    /// A scale out of [`MIN_ROW_BITS`] to [`MAX_ROW_BITS`].
    #[error("influence with {0} fraction bits is out of range")]
    RowBitsOutOfRange(i16),
    /// No regulariser, without which nothing was trained.
    #[error("an index of a head without a regulariser cannot be")]
    NoRegulariser,
    /// The table of contributions is not strictly ascending.
    #[error("contribution {index} of the table is not above the one before it")]
    ContributionsNotAscending {
        /// Index of the first entry out of order.
        index: usize,
    },
    /// A row names a contribution before that of the row above it.
    #[error("row {row} belongs to an earlier contribution than the row before it")]
    RowsOutOfOrder {
        /// Row, from zero.
        row: usize,
    },
    /// A row names a contribution that the table lacks.
    #[error("row {row} names contribution {ordinal}, which the table does not have")]
    OrdinalOutOfRange {
        /// Row, from zero.
        row: usize,
        /// Ordinal it names.
        ordinal: u32,
    },
    /// A row's label is not a class.
    #[error("row {row} has label {label}, which is not a class")]
    LabelOutOfRange {
        /// Row, from zero.
        row: usize,
        /// Label found.
        label: u16,
    },
    /// A row names a leader that is not there, follows another row, has another label or registered later.
    #[error("row {row} cannot be a duplicate of row {leader}")]
    WrongLeader {
        /// Row, from zero.
        row: usize,
        /// Leader it names.
        leader: u32,
    },
    /// The next row of a cluster that is not there, not of that cluster, or before it in the cluster's list.
    #[error("row {row} of a cluster cannot be followed by row {next}")]
    WrongNext {
        /// Row, from zero.
        row: usize,
        /// Next row that it names.
        next: u32,
    },
}

/// An index, checked; in memory or mapped from a file.
#[derive(Debug)]
pub struct Index {
    bytes: Bytes,
    header: Header,
}

/// One row of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexRow<'a> {
    /// Index of its contribution in the table.
    pub ordinal: u32,
    /// Class that the row was labelled with.
    pub label: u16,
    /// Probability, with 16 fraction bits, that the head without this row's cluster gives to the label of the row, which
    /// leads it; zero for the others.
    pub loo: u16,
    /// Row that leads its cluster of near-duplicates, the only one that has a score; a leader's own number.
    pub leader: u32,
    /// Influence as it lies in the file: `i16 [C, d + 1]`, little endian.
    pub influence: &'a [u8],
    /// Link as it lies in the file: next row and sums.
    link: &'a [u8],
}

impl IndexRow<'_> {
    /// The next row of its cluster's list.
    pub fn next(&self) -> u32 {
        u32::from_le_bytes(number(self.link, 0))
    }

    /// Writes the influence `[C, d + 1]` into `numbers`, whatever that held.
    pub fn read_influence(&self, numbers: &mut Vec<i16>) {
        numbers.clear();
        numbers.extend(
            self.influence
                .chunks_exact(2)
                .map(|pair| i16::from_le_bytes([pair[0], pair[1]])),
        );
    }
}

impl Index {
    /// Checks bytes in memory. O(n + m).
    ///
    /// # Errors
    /// Every variant of [`IndexError`] except [`IndexError::Io`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, IndexError> {
        Self::checked(Bytes::Owned(bytes))
    }

    /// Maps a file into memory and checks it: reads the header, the table, each row's first 12 bytes and each
    /// link's first 4. O(n + m).
    ///
    /// Nobody may write to the file while it is mapped; files named by the hash of their content never change.
    ///
    /// # Errors
    /// Every variant of [`IndexError`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IndexError> {
        Self::checked(Bytes::map(path.as_ref())?)
    }

    /// Checks header and length alone, for whoever audits or disputes a release: its rows may say anything. O(1).
    ///
    /// # Errors
    /// [`IndexError`] about the header or the length.
    pub fn as_released(bytes: Vec<u8>) -> Result<Self, IndexError> {
        Self::shaped(Bytes::Owned(bytes))
    }

    fn shaped(bytes: Bytes) -> Result<Self, IndexError> {
        let header = Header::read(&bytes)?;
        Ok(Self { bytes, header })
    }

    fn checked(bytes: Bytes) -> Result<Self, IndexError> {
        let index = Self::shaped(bytes)?;
        index.check_contributions()?;
        index.check_rows()?;
        index.check_leaders()?;
        index.check_links()?;
        Ok(index)
    }

    fn check_contributions(&self) -> Result<(), IndexError> {
        let mut last = None;
        for (position, key) in self.contributions().enumerate() {
            if last.is_some_and(|last| last >= key) {
                return Err(IndexError::ContributionsNotAscending { index: position });
            }
            last = Some(key);
        }
        Ok(())
    }

    fn check_rows(&self) -> Result<(), IndexError> {
        let mut last = 0;
        for (row, IndexRow { ordinal, label, .. }) in self.rows().enumerate() {
            if ordinal as usize >= self.header.contributions {
                return Err(IndexError::OrdinalOutOfRange { row, ordinal });
            }
            if ordinal < last {
                return Err(IndexError::RowsOutOfOrder { row });
            }
            if usize::from(label) >= self.classes() {
                return Err(IndexError::LabelOutOfRange { row, label });
            }
            last = ordinal;
        }
        Ok(())
    }

    fn check_leaders(&self) -> Result<(), IndexError> {
        for (number, row) in self.rows().enumerate() {
            if row.leader as usize == number {
                continue;
            }
            let wrong = IndexError::WrongLeader {
                row: number,
                leader: row.leader,
            };
            let Some(leader) = self.row(row.leader as usize) else {
                return Err(wrong);
            };
            let order = |row: IndexRow<'_>, number| (self.registered(row.ordinal as usize), number);
            let earlier = order(leader, row.leader as usize) < order(row, number);
            if leader.leader != row.leader || leader.label != row.label || !earlier {
                return Err(wrong);
            }
        }
        Ok(())
    }

    fn check_links(&self) -> Result<(), IndexError> {
        for (number, row) in self.rows().enumerate() {
            let next = row.next();
            // fewer than 2^32 rows
            let goes_on = goes_on(row.leader, number as u32, next);
            let of_it = || {
                self.row(next as usize)
                    .is_some_and(|next| next.leader == row.leader)
            };
            if !goes_on || !of_it() {
                return Err(IndexError::WrongNext { row: number, next });
            }
        }
        Ok(())
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What its header says, as the runtime reads it.
    pub fn shape(&self) -> IndexShape {
        let header = number(&self.bytes, 0);
        IndexShape::read(&header).expect("a header that was checked")
    }

    /// Classes `C`.
    pub fn classes(&self) -> usize {
        usize::from(self.header.classes)
    }

    /// Features `d`.
    pub fn dims(&self) -> usize {
        usize::from(self.header.dims)
    }

    /// Fraction bits of an influence number.
    pub fn row_bits(&self) -> i16 {
        self.header.row_bits
    }

    /// Threshold of near-duplicates, with [`crate::clusters::THRESHOLD_BITS`].
    pub fn threshold(&self) -> u16 {
        self.header.threshold
    }

    /// Weight of the regulariser that the head was trained with, [`openledger_fixed::curvature::LAMBDA_BITS`].
    pub fn lambda(&self) -> u32 {
        self.header.lambda
    }

    /// Root of the tree over the rows of the features that the index was built from.
    pub fn features_root(&self) -> Hash {
        self.header.features
    }

    /// Rows `n`; never zero.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.header.rows
    }

    /// The table of contributions, ascending.
    pub fn contributions(&self) -> impl ExactSizeIterator<Item = ContributionKey> + '_ {
        let table = &self.bytes[HEADER_BYTES..self.header.rows_start()];
        table.chunks_exact(ENTRY_BYTES).map(|entry| ContributionKey {
            datanet: u64::from_le_bytes(number(entry, 0)),
            contribution: u64::from_le_bytes(number(entry, 8)),
        })
    }

    /// Tick in which the contribution at `ordinal` of the table was registered.
    ///
    /// # Panics
    /// If the table has no such entry.
    pub fn registered(&self, ordinal: usize) -> u64 {
        assert!(ordinal < self.header.contributions, "an entry of the table");
        u64::from_le_bytes(number(&self.bytes, HEADER_BYTES + ENTRY_BYTES * ordinal + 16))
    }

    /// Each row and its link as they lie in the file: both parts of the Merkle tree's leaves.
    pub(crate) fn parts(&self) -> impl ExactSizeIterator<Item = [&[u8]; 2]> {
        let links_start = self.header.links_start();
        let rows = self.bytes[self.header.rows_start()..links_start].chunks_exact(self.header.row_length());
        rows.zip(self.bytes[links_start..].chunks_exact(self.header.link_length()))
            .map(|(row, link)| [row, link])
    }

    /// A row with its link behind it: a leaf of the Merkle tree; `None` if there is no such row.
    pub fn leaf(&self, row: usize) -> Option<Vec<u8>> {
        self.parts_of(row).map(|parts| parts.concat())
    }

    /// What a row says, with all its numbers; `None` if there is no such row. O(C·d).
    pub fn released(&self, row: usize) -> Option<ReleasedRow> {
        ReleasedRow::read(&self.leaf(row)?, self.classes(), self.dims())
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = IndexRow<'_>> {
        self.parts().map(read_row)
    }

    /// One row; `None` if there is no such row.
    pub fn row(&self, row: usize) -> Option<IndexRow<'_>> {
        self.parts_of(row).map(read_row)
    }

    fn parts_of(&self, row: usize) -> Option<[&[u8]; 2]> {
        (row < self.len()).then(|| {
            let (start, length) = (self.row_start(row), self.header.link_length());
            let link = self.header.links_start() + row * length;
            [
                &self.bytes[start..start + self.header.row_length()],
                &self.bytes[link..link + length],
            ]
        })
    }

    /// Bytes of a row.
    pub(crate) fn row_length(&self) -> usize {
        self.header.row_length()
    }

    /// Where row `row` begins in the file.
    pub(crate) fn row_start(&self, row: usize) -> usize {
        self.header.rows_start() + row * self.header.row_length()
    }
}

fn read_row([row, link]: [&[u8]; 2]) -> IndexRow<'_> {
    IndexRow {
        ordinal: u32::from_le_bytes(number(row, 0)),
        label: u16::from_le_bytes(number(row, 4)),
        loo: u16::from_le_bytes(number(row, 6)),
        leader: u32::from_le_bytes(number(row, 8)),
        influence: &row[ROW_HEADER_BYTES..],
        link,
    }
}

/// What a header says beside the shape of its features.
pub(crate) struct Facts {
    pub(crate) threshold: u16,
    pub(crate) lambda: u32,
    pub(crate) features: Hash,
}

/// Writes header and table of contributions of an index over `features`, whose contributions were `registered [m]`, or
/// all at once.
pub(crate) fn write_header(
    features: &Features,
    row_bits: i16,
    facts: &Facts,
    registered: Option<&[u64]>,
    file: &mut impl Write,
) -> io::Result<()> {
    file.write_all(&MAGIC)?;
    // `Features` keeps classes and dims in 16 bits, rows and contributions in 32
    for number in [VERSION, features.classes() as u16, features.dims() as u16] {
        file.write_all(&number.to_le_bytes())?;
    }
    file.write_all(&row_bits.to_le_bytes())?;
    for count in [features.len(), features.contributions().len()] {
        file.write_all(&(count as u32).to_le_bytes())?;
    }
    file.write_all(&facts.threshold.to_le_bytes())?;
    file.write_all(&facts.lambda.to_le_bytes())?;
    file.write_all(&facts.features)?;
    for (ordinal, key) in features.contributions().enumerate() {
        let tick = registered.map_or(0, |ticks| ticks[ordinal]);
        for number in [key.datanet, key.contribution, tick] {
            file.write_all(&number.to_le_bytes())?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
struct Header {
    classes: u16,
    dims: u16,
    row_bits: i16,
    rows: usize,
    contributions: usize,
    threshold: u16,
    lambda: u32,
    features: Hash,
}

impl Header {
    /// Reads the header and checks the length of the whole file against it.
    fn read(bytes: &[u8]) -> Result<Self, IndexError> {
        let found = bytes.len() as u64;
        if !bytes.starts_with(&MAGIC) && !MAGIC.starts_with(bytes) {
            return Err(IndexError::WrongMagic);
        }
        if bytes.len() < HEADER_BYTES {
            return Err(IndexError::Truncated {
                expected: HEADER_BYTES as u64,
                found,
            });
        }
        let version = u16::from_le_bytes(number(bytes, 4));
        if version != VERSION {
            return Err(IndexError::UnsupportedVersion(version));
        }
        let (classes, dims) = (
            u16::from_le_bytes(number(bytes, 6)),
            u16::from_le_bytes(number(bytes, 8)),
        );
        let row_bits = i16::from_le_bytes(number(bytes, 10));
        let (rows, contributions) = (
            u32::from_le_bytes(number(bytes, 12)),
            u32::from_le_bytes(number(bytes, 16)),
        );
        let fits = head::fits(usize::from(classes), usize::from(dims) + 1);
        if classes < 2 || dims < 1 || rows < 1 || !fits {
            return Err(IndexError::WrongShape { classes, dims, rows });
        }
        if !(MIN_ROW_BITS..=MAX_ROW_BITS).contains(&row_bits) {
            return Err(IndexError::RowBitsOutOfRange(row_bits));
        }
        let lambda = u32::from_le_bytes(number(bytes, 22));
        if lambda == 0 {
            return Err(IndexError::NoRegulariser);
        }
        let header = Self {
            classes,
            dims,
            row_bits,
            rows: rows as usize,
            contributions: contributions as usize,
            threshold: u16::from_le_bytes(number(bytes, 20)),
            lambda,
            features: number(bytes, 26),
        };
        // at most 2^5·2^32 + 2^30·2^32
        let expected = HEADER_BYTES as u64
            + ENTRY_BYTES as u64 * u64::from(contributions)
            + (header.row_length() + header.link_length()) as u64 * u64::from(rows);
        match found.cmp(&expected) {
            std::cmp::Ordering::Less => Err(IndexError::Truncated { expected, found }),
            std::cmp::Ordering::Greater => Err(IndexError::TrailingBytes { expected, found }),
            std::cmp::Ordering::Equal => Ok(header),
        }
    }

    fn row_length(&self) -> usize {
        scored_bytes(self.classes.into(), self.dims.into())
    }

    fn link_length(&self) -> usize {
        link_bytes(self.classes.into())
    }

    fn rows_start(&self) -> usize {
        HEADER_BYTES + ENTRY_BYTES * self.contributions
    }

    fn links_start(&self) -> usize {
        self.rows_start() + self.row_length() * self.rows
    }
}

/// `N` bytes at `at` of a slice whose length was checked.
fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a slice of N bytes")
}
