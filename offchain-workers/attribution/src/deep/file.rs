// SPDX-License-Identifier: Apache-2.0
//! The file of sketches ("OLSK"): what a release commits to.
//!
//! All numbers little endian; `c` checkpoints, `k` numbers of a sketch:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | `OLSK` |
//! | 2 | version, 1 |
//! | 2 | checkpoints `c`, 1 to 16 |
//! | 4 | numbers `k`, 1 to 32,768 |
//! | 4 | rows `n`, 1 to 16,777,216 |
//! | 4 | contributions `m` |
//! | 2 | noise floor, 16 fraction bits; zero where nothing is projected |
//! | 32 | seed of the projection |
//! | 16·m | datanet `u64`, contribution `u64`; strictly ascending |
//! | (4 + c·k)·n | ordinal in the table above `u32` (never falling), sketches `i8 [c, k]` |

use openledger_trainer::features::ContributionKey;

use super::projection::{Sketch, MAX_NUMBERS};
use crate::merkle::{leaves, Hash, Tree};

/// First bytes of the file.
pub const MAGIC: [u8; 4] = *b"OLSK";
/// The only version there is.
pub const VERSION: u16 = 1;
/// Bytes before the table of contributions.
pub const HEADER_BYTES: usize = 54;
/// Most rows: sums over them then fit 64 bits.
pub const MAX_ROWS: usize = 1 << 24;
/// Rows whose products fit 32 bits together.
const BLOCK: usize = 1 << 16;
/// Most checkpoints.
pub const MAX_CHECKPOINTS: usize = 16;
const ENTRY_BYTES: usize = 16;
const ORDINAL_BYTES: usize = 4;

/// Why bytes are not a file of sketches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SketchFileError {
    /// Does not start with [`MAGIC`].
    #[error("not a file of sketches: it does not start with OLSK")]
    WrongMagic,
    /// Another version.
    #[error("file of sketches of version {0}: this software reads version {VERSION}")]
    UnsupportedVersion(u16),
    /// Another length than the header calls for.
    #[error("file of sketches has {found} bytes where its header calls for {expected}")]
    WrongLength {
        /// Length the header calls for.
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// Checkpoints, numbers, rows or contributions that no release has.
    #[error("{checkpoints} checkpoints of {numbers} numbers for {rows} rows cannot be")]
    WrongShape {
        /// Checkpoints.
        checkpoints: usize,
        /// Numbers of a sketch.
        numbers: usize,
        /// Rows.
        rows: usize,
    },
    /// The table of contributions is not strictly ascending.
    #[error("contribution {index} of the table is not above the one before it")]
    ContributionsNotAscending {
        /// Index of the first entry out of order.
        index: usize,
    },
    /// A row of an earlier contribution than the row before it, or of none.
    #[error("row {row} names contribution {ordinal} of the table, out of order or out of range")]
    WrongOrdinal {
        /// Row, from zero.
        row: usize,
        /// Ordinal that it names.
        ordinal: u32,
    },
    /// A row with another number of sketches, or sketches of another size.
    #[error("the sketches of row {row} do not fit the file")]
    WrongSketches {
        /// Row, from zero.
        row: usize,
    },
}

/// Sketches of a model's training rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SketchFile {
    bytes: Vec<u8>,
    checkpoints: usize,
    numbers: usize,
    rows: usize,
    contributions: usize,
    floor: u16,
    /// `[n, c, k]`, in twice the bits, because vector instructions multiply those.
    sketches: Vec<i16>,
    /// `GᵀG [c, k, k]`, once it has been prepared.
    squares: Vec<i64>,
}

/// A training row: index of its contribution in the table, and its sketch at each checkpoint.
pub type SketchRow = (u32, Vec<Sketch>);

impl SketchFile {
    /// Makes the file of rows, in the order of their contributions. `floor` is [`super::noise_floor`] where gradients
    /// are projected, and zero where they are not.
    ///
    /// # Errors
    /// All of [`SketchFileError`] but those of foreign bytes.
    pub fn build(
        seed: &Hash,
        floor: u16,
        contributions: &[ContributionKey],
        rows: &[SketchRow],
    ) -> Result<Self, SketchFileError> {
        let first = rows.first().map_or(&[][..], |(_, sketches)| sketches);
        let (checkpoints, numbers) = (first.len(), first.first().map_or(0, |sketch| sketch.0.len()));
        check_shape(checkpoints, numbers, rows.len())?;
        let mut bytes = Vec::new();
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        // all were checked
        bytes.extend((checkpoints as u16).to_le_bytes());
        for size in [numbers, rows.len(), contributions.len()] {
            bytes.extend((size as u32).to_le_bytes());
        }
        bytes.extend(floor.to_le_bytes());
        bytes.extend(seed);
        for key in contributions {
            bytes.extend(key.datanet.to_le_bytes());
            bytes.extend(key.contribution.to_le_bytes());
        }
        for (row, (ordinal, sketches)) in rows.iter().enumerate() {
            let fits =
                sketches.len() == checkpoints && sketches.iter().all(|sketch| sketch.0.len() == numbers);
            if !fits {
                return Err(SketchFileError::WrongSketches { row });
            }
            bytes.extend(ordinal.to_le_bytes());
            bytes.extend(
                sketches
                    .iter()
                    .flat_map(|sketch| &sketch.0)
                    .map(|number| *number as u8),
            );
        }
        Self::from_bytes(bytes)
    }

    /// Checks bytes as a whole; reading rows afterwards cannot fail. O(n).
    ///
    /// # Errors
    /// All of [`SketchFileError`] but [`SketchFileError::WrongSketches`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, SketchFileError> {
        let wrong = |expected: u64| SketchFileError::WrongLength {
            expected,
            found: bytes.len() as u64,
        };
        if !bytes.starts_with(&MAGIC) {
            return Err(SketchFileError::WrongMagic);
        }
        let header: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or(wrong(HEADER_BYTES as u64))?;
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let long = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| header[at + byte])) as usize;
        if short(4) != VERSION {
            return Err(SketchFileError::UnsupportedVersion(short(4)));
        }
        let (checkpoints, numbers, rows, contributions) =
            (usize::from(short(6)), long(8), long(12), long(16));
        check_shape(checkpoints, numbers, rows)?;
        let length = ORDINAL_BYTES + checkpoints * numbers;
        // below 2^32 · 2^21
        let expected =
            HEADER_BYTES as u64 + (ENTRY_BYTES * contributions) as u64 + rows as u64 * length as u64;
        if bytes.len() as u64 != expected {
            return Err(wrong(expected));
        }
        let mut file = Self {
            checkpoints,
            numbers,
            rows,
            contributions,
            floor: short(20),
            sketches: Vec::with_capacity(rows * checkpoints * numbers),
            squares: Vec::new(),
            bytes,
        };
        let keys: Vec<ContributionKey> = file.contributions().collect();
        if let Some(index) = (1..keys.len()).find(|index| keys[index - 1] >= keys[*index]) {
            return Err(SketchFileError::ContributionsNotAscending { index });
        }
        let mut last = 0;
        for row in 0..rows {
            let ordinal = file.ordinal(row);
            if ordinal < last || ordinal as usize >= contributions {
                return Err(SketchFileError::WrongOrdinal { row, ordinal });
            }
            last = ordinal;
            let sketches = file.row_bytes(row)[ORDINAL_BYTES..].iter();
            let numbers: Vec<i16> = sketches.map(|byte| i16::from(*byte as i8)).collect();
            file.sketches.extend(numbers);
        }
        Ok(file)
    }

    /// The file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Checkpoints `c`.
    pub fn checkpoints(&self) -> usize {
        self.checkpoints
    }

    /// Numbers `k` of a sketch.
    pub fn numbers(&self) -> usize {
        self.numbers
    }

    /// Rows `n`.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The noise floor, with [`super::query::FLOOR_BITS`].
    pub fn floor(&self) -> u16 {
        self.floor
    }

    /// The table of contributions.
    pub fn contributions(&self) -> impl Iterator<Item = ContributionKey> + '_ {
        let table = &self.bytes[HEADER_BYTES..HEADER_BYTES + ENTRY_BYTES * self.contributions];
        table.chunks_exact(ENTRY_BYTES).map(|entry| {
            let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| entry[at + byte]));
            ContributionKey {
                datanet: number(0),
                contribution: number(8),
            }
        })
    }

    /// Index in the table of a row's contribution.
    pub fn ordinal(&self, row: usize) -> u32 {
        let row = self.row_bytes(row);
        u32::from_le_bytes(std::array::from_fn(|byte| row[byte]))
    }

    /// The sketch `[k]` of a row at a checkpoint; every number fits 8 bits.
    pub fn sketch(&self, row: usize, checkpoint: usize) -> &[i16] {
        let start = (row * self.checkpoints + checkpoint) * self.numbers;
        &self.sketches[start..start + self.numbers]
    }

    /// Multiplies the sketches of each checkpoint with each other, once, so that a query reads them once and not twice:
    /// for whoever answers many. 8·c·k² bytes, O(n·c·k²).
    pub fn prepare(&mut self) {
        let numbers = self.numbers;
        let mut squares = vec![0i64; self.checkpoints * numbers * numbers];
        let mut block = vec![0i32; numbers * numbers];
        for (checkpoint, squares) in squares.chunks_exact_mut(numbers * numbers).enumerate() {
            for start in (0..self.rows).step_by(BLOCK) {
                block.fill(0);
                for row in start..self.rows.min(start + BLOCK) {
                    let sketch = self.sketch(row, checkpoint);
                    for (line, factor) in block.chunks_exact_mut(numbers).zip(sketch) {
                        // 127 · 127 · 2^16 is below 2^30
                        line.iter_mut()
                            .zip(sketch)
                            .for_each(|(sum, g)| *sum += i32::from(*factor) * i32::from(*g));
                    }
                }
                squares
                    .iter_mut()
                    .zip(&block)
                    .for_each(|(sum, part)| *sum += i64::from(*part));
            }
        }
        self.squares = squares;
    }

    /// `GᵀG [k, k]` of a checkpoint; `None` before [`SketchFile::prepare`].
    pub(super) fn squares(&self, checkpoint: usize) -> Option<&[i64]> {
        let size = self.numbers * self.numbers;
        self.squares.get(checkpoint * size..(checkpoint + 1) * size)
    }

    /// A row as it lies in the file: what a dispute shows.
    pub fn row_bytes(&self, row: usize) -> &[u8] {
        let length = ORDINAL_BYTES + self.checkpoints * self.numbers;
        let start = HEADER_BYTES + ENTRY_BYTES * self.contributions + row * length;
        &self.bytes[start..start + length]
    }

    /// The Merkle tree over rows, as that of an index.
    pub fn tree(&self) -> Tree {
        Tree::of_leaves(leaves((0..self.rows).map(|row| self.row_bytes(row))))
    }
}

fn check_shape(checkpoints: usize, numbers: usize, rows: usize) -> Result<(), SketchFileError> {
    let fits = (1..=MAX_CHECKPOINTS).contains(&checkpoints)
        && (1..=MAX_NUMBERS).contains(&numbers)
        && (1..=MAX_ROWS).contains(&rows);
    if fits {
        return Ok(());
    }
    Err(SketchFileError::WrongShape {
        checkpoints,
        numbers,
        rows,
    })
}
