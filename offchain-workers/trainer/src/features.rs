// SPDX-License-Identifier: Apache-2.0
//! Features on their integer grid, and the file that stores them.
//!
//! A base model's features are rounded once ([`quantise_features`]); from there on everything is exact. The file
//! ("OLFX") is what a training job commits to, all numbers little endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | `OLFX` |
//! | 2 | version, 1 |
//! | 2 | classes `C`, at least 2 |
//! | 2 | dims `d`, at least 1 |
//! | 2 | fraction bits of a feature, 12 |
//! | 4 | rows `n` |
//! | 4 | contributions `m` |
//! | 16·m | datanet `u64`, contribution `u64`; strictly ascending |
//! | (6 + 2·d)·n | ordinal in the table above `u32` (never falling), label `u16`, `d` features `i16` |
//!
//! One set of rows has one file: order and lengths are checked, nothing may follow.
//!
//! Everything in it lies at an even place, so that a file which is mapped into memory is read where it lies
//! ([`Features::from_words`]): training and attribution over more rows than memory holds.

use std::{fmt::Debug, ops::Range, sync::Arc};

use openledger_fixed::FEATURE_BITS;

use crate::reader::Reader;

/// First bytes of the file.
pub const MAGIC: [u8; 4] = *b"OLFX";
/// The only version there is.
pub const VERSION: u16 = 1;
/// Bytes before the table of contributions.
pub const HEADER_BYTES: usize = 20;
/// Bytes of one entry in the table of contributions.
pub const KEY_BYTES: usize = 16;
/// Bytes of a row before its features.
const ROW_HEADER_BYTES: usize = 6;

/// A contribution: the datanet and the number inside it. Ordered by datanet, then number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContributionKey {
    /// Datanet id.
    pub datanet: u64,
    /// Contribution id inside the datanet.
    pub contribution: u64,
}

/// A feature that is infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("feature {index} is not a finite number: the base model's output cannot be used")]
pub struct NotFinite {
    /// Index of the first such feature.
    pub index: usize,
}

/// Why bytes are not a features file, or rows do not fit one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeaturesError {
    /// Fewer bytes than the header calls for.
    #[error("features file is truncated: {found} bytes where its header calls for {expected}")]
    Truncated {
        /// Length the header calls for (the header's own length if even that is missing).
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// More bytes than the header calls for.
    #[error("features file has {found} bytes where its header calls for {expected}")]
    TrailingBytes {
        /// Length the header calls for.
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// Does not start with [`MAGIC`].
    #[error("not a features file: it does not start with OLFX")]
    WrongMagic,
    /// Another version.
    #[error("features file version {0} is not known: this software reads version {VERSION}")]
    UnsupportedVersion(u16),
    /// Features on another grid.
    #[error("features have {0} fraction bits instead of {FEATURE_BITS}")]
    WrongGrid(u16),
    /// Fewer than two classes, or no features.
    #[error("a head needs at least 2 classes and 1 feature, not {classes} and {dims}")]
    NothingToLearn {
        /// Classes claimed.
        classes: u16,
        /// Features claimed.
        dims: u16,
    },
    /// The table of contributions is not strictly ascending.
    #[error("contribution {index} of the table is not above the one before it: sort them and drop repeats")]
    ContributionsNotAscending {
        /// Index of the first entry out of order.
        index: usize,
    },
    /// A row names a contribution before that of the row above it.
    #[error(
        "row {row} belongs to an earlier contribution than the row before it: order rows by contribution"
    )]
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
    /// A row with another number of features.
    #[error("row {row} has {found} features instead of {expected}")]
    WrongDims {
        /// Row, from zero.
        row: usize,
        /// Features of every row.
        expected: usize,
        /// Features found.
        found: usize,
    },
    /// More rows or contributions than the file's counters hold.
    #[error("more than 2^32 - 1 rows or contributions")]
    TooMany,
}

/// Rounds features `[d]` to the grid of [`FEATURE_BITS`]: to the nearest, halves away from zero, clipped to `i16`.
///
/// # Errors
/// [`NotFinite`] with the index of the first infinity or NaN.
pub fn quantise_features(features: &[f32]) -> Result<Vec<i16>, NotFinite> {
    // a power of two scales without rounding
    let scale = (1u32 << FEATURE_BITS) as f32;
    features
        .iter()
        .enumerate()
        .map(|(index, x)| {
            let scaled = (x * scale).round();
            // `as` clips, which also takes a finite feature whose product overflowed
            x.is_finite().then_some(scaled as i16).ok_or(NotFinite { index })
        })
        .collect()
}

/// A features file as little-endian numbers of 16 bits, wherever it lies.
pub trait Words: Debug + Send + Sync {
    /// Bytes of the file.
    fn bytes(&self) -> u64;

    /// Those of a range, which must be there.
    fn words(&self, range: Range<usize>) -> &[i16];
}

/// Training rows: features `[n, d]` on their grid, labels `[n]`, and the contribution of each. Clones share the rows.
#[derive(Clone, Debug)]
pub struct Features {
    classes: u16,
    dims: u16,
    rows: Rows,
}

#[derive(Clone, Debug)]
enum Rows {
    Held(Arc<Held>),
    /// A checked file.
    File {
        words: Arc<dyn Words>,
        contributions: usize,
        rows: usize,
    },
}

#[derive(Clone, Debug, Default)]
struct Held {
    contributions: Vec<ContributionKey>,
    ordinals: Vec<u32>,
    labels: Vec<u16>,
    values: Vec<i16>,
}

/// One row of [`Features`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureRow<'a> {
    /// Index of its contribution in the table.
    pub ordinal: u32,
    /// Class.
    pub label: u16,
    /// Features `[d]`.
    pub features: &'a [i16],
}

/// What a file says of itself.
struct Header {
    classes: u16,
    dims: u16,
    rows: u32,
    contributions: u32,
}

impl Header {
    /// Reads the header of a file of `found` bytes, of which `bytes` are the first or all. The whole length is checked
    /// against it.
    fn read(bytes: &[u8], found: u64) -> Result<Self, FeaturesError> {
        if bytes.len() < HEADER_BYTES {
            return Err(if bytes.starts_with(&MAGIC) || MAGIC.starts_with(bytes) {
                FeaturesError::Truncated {
                    expected: HEADER_BYTES as u64,
                    found,
                }
            } else {
                FeaturesError::WrongMagic
            });
        }
        let mut reader = Reader::new(bytes);
        if reader.array() != MAGIC {
            return Err(FeaturesError::WrongMagic);
        }
        let version = reader.u16();
        if version != VERSION {
            return Err(FeaturesError::UnsupportedVersion(version));
        }
        let (classes, dims, bits) = (reader.u16(), reader.u16(), reader.u16());
        if u32::from(bits) != FEATURE_BITS {
            return Err(FeaturesError::WrongGrid(bits));
        }
        if classes < 2 || dims < 1 {
            return Err(FeaturesError::NothingToLearn { classes, dims });
        }
        let (rows, contributions) = (reader.u32(), reader.u32());
        let row_bytes = ROW_HEADER_BYTES as u64 + 2 * u64::from(dims);
        let expected =
            HEADER_BYTES as u64 + KEY_BYTES as u64 * u64::from(contributions) + row_bytes * u64::from(rows);
        if found < expected {
            return Err(FeaturesError::Truncated { expected, found });
        }
        if found > expected {
            return Err(FeaturesError::TrailingBytes { expected, found });
        }
        Ok(Self {
            classes,
            dims,
            rows,
            contributions,
        })
    }
}

impl Features {
    /// No rows yet, `classes` classes, `dims` features a row.
    ///
    /// # Errors
    /// [`FeaturesError::NothingToLearn`] below two classes or one feature.
    pub fn new(classes: u16, dims: u16) -> Result<Self, FeaturesError> {
        if classes < 2 || dims < 1 {
            return Err(FeaturesError::NothingToLearn { classes, dims });
        }
        Ok(Self {
            classes,
            dims,
            rows: Rows::Held(Arc::default()),
        })
    }

    /// Adds a contribution, whose key must be above that of the last one, with its rows of (label, features `[d]`).
    /// Nothing is added on an error.
    ///
    /// # Errors
    /// [`FeaturesError::ContributionsNotAscending`], [`FeaturesError::WrongDims`],
    /// [`FeaturesError::LabelOutOfRange`] or [`FeaturesError::TooMany`].
    pub fn push_contribution<F: AsRef<[i16]>>(
        &mut self,
        key: ContributionKey,
        rows: &[(u16, F)],
    ) -> Result<(), FeaturesError> {
        let index = self.contributions().len();
        let last = index.checked_sub(1).map(|last| self.contribution(last));
        if last.is_some_and(|last| last >= key) {
            return Err(FeaturesError::ContributionsNotAscending { index });
        }
        for (index, (label, features)) in rows.iter().enumerate() {
            let row = self.len() + index;
            let (expected, found) = (usize::from(self.dims), features.as_ref().len());
            if found != expected {
                return Err(FeaturesError::WrongDims { row, expected, found });
            }
            if *label >= self.classes {
                return Err(FeaturesError::LabelOutOfRange { row, label: *label });
            }
        }
        let ordinal = u32::try_from(index).map_err(|_| FeaturesError::TooMany)?;
        if ordinal == u32::MAX || u32::try_from(self.len() + rows.len()).is_err() {
            return Err(FeaturesError::TooMany);
        }
        let held = self.held();
        held.contributions.push(key);
        for (label, features) in rows {
            held.ordinals.push(ordinal);
            held.labels.push(*label);
            held.values.extend_from_slice(features.as_ref());
        }
        Ok(())
    }

    /// Classes `C`.
    pub fn classes(&self) -> usize {
        usize::from(self.classes)
    }

    /// Features of a row, `d`.
    pub fn dims(&self) -> usize {
        usize::from(self.dims)
    }

    /// Rows `n`.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Held(held) => held.labels.len(),
            Rows::File { rows, .. } => *rows,
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table of contributions, ascending.
    pub fn contributions(&self) -> impl ExactSizeIterator<Item = ContributionKey> + '_ {
        let count = match &self.rows {
            Rows::Held(held) => held.contributions.len(),
            Rows::File { contributions, .. } => *contributions,
        };
        (0..count).map(|ordinal| self.contribution(ordinal))
    }

    /// The contribution at `ordinal` of the table, which must be there.
    fn contribution(&self, ordinal: usize) -> ContributionKey {
        match &self.rows {
            Rows::Held(held) => held.contributions[ordinal],
            Rows::File { words, .. } => key(&**words, ordinal),
        }
    }

    /// Row `number`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, number: usize) -> FeatureRow<'_> {
        let dims = self.dims();
        match &self.rows {
            Rows::Held(held) => FeatureRow {
                ordinal: held.ordinals[number],
                label: held.labels[number],
                features: &held.values[number * dims..(number + 1) * dims],
            },
            Rows::File {
                words, contributions, ..
            } => row(&**words, *contributions, dims, number),
        }
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = FeatureRow<'_>> {
        (0..self.len()).map(|number| self.row(number))
    }

    /// The rows in memory, unshared, to be added to.
    fn held(&mut self) -> &mut Held {
        if let Rows::File { .. } = self.rows {
            let (mut held, rows) = (Held::default(), self.rows());
            for row in rows {
                held.ordinals.push(row.ordinal);
                held.labels.push(row.label);
                held.values.extend_from_slice(row.features);
            }
            held.contributions.extend(self.contributions());
            self.rows = Rows::Held(Arc::new(held));
        }
        match &mut self.rows {
            Rows::Held(held) => Arc::make_mut(held),
            Rows::File { .. } => unreachable!("taken into memory above"),
        }
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let row_bytes = ROW_HEADER_BYTES + 2 * self.dims();
        let mut bytes = Vec::with_capacity(
            HEADER_BYTES + KEY_BYTES * self.contributions().len() + row_bytes * self.len(),
        );
        bytes.extend_from_slice(&MAGIC);
        for number in [VERSION, self.classes, self.dims, FEATURE_BITS as u16] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        // `push_contribution` and `from_bytes` keep both below 2^32
        for count in [self.len(), self.contributions().len()] {
            bytes.extend_from_slice(&(count as u32).to_le_bytes());
        }
        for key in self.contributions() {
            bytes.extend_from_slice(&key.datanet.to_le_bytes());
            bytes.extend_from_slice(&key.contribution.to_le_bytes());
        }
        for row in self.rows() {
            bytes.extend_from_slice(&row.ordinal.to_le_bytes());
            bytes.extend_from_slice(&row.label.to_le_bytes());
            row.features
                .iter()
                .for_each(|x| bytes.extend_from_slice(&x.to_le_bytes()));
        }
        bytes
    }

    /// Reads a file. The whole length is checked against the header before anything is allocated.
    ///
    /// # Errors
    /// Every variant of [`FeaturesError`] except [`FeaturesError::WrongDims`] and [`FeaturesError::TooMany`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FeaturesError> {
        let header = Header::read(bytes, bytes.len() as u64)?;
        let mut reader = Reader::new(&bytes[HEADER_BYTES..]);
        let (count, dims) = (header.rows as usize, usize::from(header.dims));
        let mut held = Held::default();
        held.contributions.reserve_exact(header.contributions as usize);
        held.contributions
            .extend((0..header.contributions).map(|_| ContributionKey {
                datanet: reader.u64(),
                contribution: reader.u64(),
            }));
        held.ordinals.reserve_exact(count);
        held.labels.reserve_exact(count);
        held.values.reserve_exact(count * dims);
        for _ in 0..count {
            held.ordinals.push(reader.u32());
            held.labels.push(reader.u16());
            held.values.extend((0..dims).map(|_| reader.i16()));
        }
        Self {
            classes: header.classes,
            dims: header.dims,
            rows: Rows::Held(Arc::new(held)),
        }
        .checked()
    }

    /// Reads a file where it lies: nothing of it is held in memory.
    ///
    /// # Errors
    /// As [`Features::from_bytes`].
    pub fn from_words(words: Arc<dyn Words>) -> Result<Self, FeaturesError> {
        let found = words.bytes();
        let first = words.words(0..found.min(HEADER_BYTES as u64) as usize / 2);
        let bytes: Vec<u8> = first.iter().flat_map(|word| word.to_le_bytes()).collect();
        let header = Header::read(&bytes, found)?;
        Self {
            classes: header.classes,
            dims: header.dims,
            rows: Rows::File {
                words,
                contributions: header.contributions as usize,
                rows: header.rows as usize,
            },
        }
        .checked()
    }

    /// Checks table and rows.
    fn checked(self) -> Result<Self, FeaturesError> {
        let (mut last, mut contributions) = (None, 0);
        for key in self.contributions() {
            if last.is_some_and(|last| last >= key) {
                return Err(FeaturesError::ContributionsNotAscending { index: contributions });
            }
            (last, contributions) = (Some(key), contributions + 1);
        }
        let mut last = 0;
        for (row, FeatureRow { ordinal, label, .. }) in self.rows().enumerate() {
            if ordinal as usize >= contributions {
                return Err(FeaturesError::OrdinalOutOfRange { row, ordinal });
            }
            if last > ordinal {
                return Err(FeaturesError::RowsOutOfOrder { row });
            }
            if label >= self.classes {
                return Err(FeaturesError::LabelOutOfRange { row, label });
            }
            last = ordinal;
        }
        Ok(self)
    }
}

impl PartialEq for Features {
    fn eq(&self, other: &Self) -> bool {
        (self.classes, self.dims) == (other.classes, other.dims)
            && self.contributions().eq(other.contributions())
            && self.rows().eq(other.rows())
    }
}

impl Eq for Features {}

/// Entry of the table of a file that was checked for its length.
fn key(words: &dyn Words, ordinal: usize) -> ContributionKey {
    let start = (HEADER_BYTES + KEY_BYTES * ordinal) / 2;
    let entry = words.words(start..start + KEY_BYTES / 2);
    let number = |words: &[i16]| {
        let digits = words.iter().rev();
        digits.fold(0, |number, word| (number << 16) | u64::from(word.cast_unsigned()))
    };
    ContributionKey {
        datanet: number(&entry[..4]),
        contribution: number(&entry[4..]),
    }
}

/// Row of a file that was checked for its length.
fn row(words: &dyn Words, contributions: usize, dims: usize, number: usize) -> FeatureRow<'_> {
    const START: usize = ROW_HEADER_BYTES / 2;
    let start = (HEADER_BYTES + KEY_BYTES * contributions) / 2 + (START + dims) * number;
    let row = words.words(start..start + START + dims);
    let (low, high) = (row[0].cast_unsigned(), row[1].cast_unsigned());
    FeatureRow {
        ordinal: (u32::from(high) << 16) | u32::from(low),
        label: row[2].cast_unsigned(),
        features: &row[START..],
    }
}
