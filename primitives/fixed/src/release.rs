// SPDX-License-Identifier: Apache-2.0
//! What a release commits to, and how a part of it is shown: the root over an influence index.
//!
//! Two Merkle trees, one over the table of contributions and one over the rows. A leaf is the hash of a zero byte and
//! the leaf's bytes, a node that of a one byte and its two children; a node without a partner goes up as it is. The
//! release's root is the hash of a two byte, the index's header, the table's root and the rows' root. So whoever knows
//! the root can be shown which rows are a contribution's, that a contribution has none, and the rows themselves.
//!
//! The hash is the caller's: BLAKE2b-256, by a library outside of the chain and by the host inside.

use alloc::{vec, vec::Vec};

use crate::{help, pay_score, ShapeMismatch};

/// A BLAKE2b-256 hash.
pub type Hash = [u8; 32];

/// Bytes of an index's header.
pub const HEADER_BYTES: usize = 22;
/// Bytes of a row before its influence.
pub const ROW_HEADER_BYTES: usize = 12;
/// Bytes of a place as a leaf.
pub const PLACE_BYTES: usize = 32;
/// First bytes of a header.
pub const INDEX_MAGIC: [u8; 4] = *b"OLIX";
/// The only version of a header.
pub const INDEX_VERSION: u16 = 2;

/// What an index's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexShape {
    /// Classes `C`.
    pub classes: u16,
    /// Features `d`.
    pub dims: u16,
    /// Fraction bits of an influence number.
    pub row_bits: i16,
    /// Rows.
    pub rows: u32,
    /// Contributions in the table.
    pub contributions: u32,
    /// Threshold of near-duplicates, 16 fraction bits.
    pub threshold: u16,
}

impl IndexShape {
    /// Reads a header; `None` if it is not one.
    pub fn read(header: &[u8; HEADER_BYTES]) -> Option<Self> {
        let is_header =
            header.starts_with(&INDEX_MAGIC) && u16::from_le_bytes(part(header, 4)?) == INDEX_VERSION;
        is_header.then_some(Self {
            classes: u16::from_le_bytes(part(header, 6)?),
            dims: u16::from_le_bytes(part(header, 8)?),
            row_bits: i16::from_le_bytes(part(header, 10)?),
            rows: u32::from_le_bytes(part(header, 12)?),
            contributions: u32::from_le_bytes(part(header, 16)?),
            threshold: u16::from_le_bytes(part(header, 20)?),
        })
    }

    /// Bytes of one row.
    pub fn row_bytes(&self) -> usize {
        row_bytes(usize::from(self.classes), usize::from(self.dims))
    }
}

/// Bytes of one row of `classes` and `dims`.
pub fn row_bytes(classes: usize, dims: usize) -> usize {
    classes
        .saturating_mul(dims.saturating_add(1))
        .saturating_mul(2)
        .saturating_add(ROW_HEADER_BYTES)
}

/// Where a contribution's rows lie: a leaf of the table's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The datanet.
    pub datanet: u64,
    /// The contribution inside it.
    pub contribution: u64,
    /// Tick in which it was registered.
    pub registered: u64,
    /// Its first row.
    pub first: u32,
    /// How many rows it has; they follow each other.
    pub rows: u32,
}

impl Place {
    /// The leaf: all numbers little endian, in the order of the fields.
    pub fn to_bytes(&self) -> [u8; PLACE_BYTES] {
        let mut bytes = [0; PLACE_BYTES];
        let numbers = [self.datanet, self.contribution, self.registered]
            .into_iter()
            .flat_map(u64::to_le_bytes)
            .chain([self.first, self.rows].into_iter().flat_map(u32::to_le_bytes));
        bytes
            .iter_mut()
            .zip(numbers)
            .for_each(|(byte, number)| *byte = number);
        bytes
    }

    /// What the table is ordered by.
    pub fn key(&self) -> (u64, u64) {
        (self.datanet, self.contribution)
    }
}

/// Hash of a leaf.
pub fn leaf(hash: impl Fn(&[u8]) -> Hash, bytes: &[u8]) -> Hash {
    tagged(hash, 0, &[bytes])
}

/// Hash of a node.
pub fn node(hash: impl Fn(&[u8]) -> Hash, left: &Hash, right: &Hash) -> Hash {
    tagged(hash, 1, &[left, right])
}

/// The root of a release.
pub fn release_root(
    hash: impl Fn(&[u8]) -> Hash,
    header: &[u8; HEADER_BYTES],
    table: &Hash,
    rows: &Hash,
) -> Hash {
    tagged(hash, 2, &[header, table, rows])
}

fn tagged(hash: impl Fn(&[u8]) -> Hash, tag: u8, parts: &[&[u8]]) -> Hash {
    let mut bytes = vec![tag];
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    hash(&bytes)
}

/// Whether `leaves` are the hashes of the leaves from `first` on of the `width` leaves under `root`.
///
/// `proof` holds the siblings that are missing, level by level from the leaves up, on each level the left one before
/// the right one. O(leaves + log width).
pub fn verify_range(
    hash: impl Fn(&[u8]) -> Hash + Copy,
    root: &Hash,
    width: u32,
    first: u32,
    leaves: Vec<Hash>,
    proof: &[Hash],
) -> bool {
    let Some(end) = u32::try_from(leaves.len())
        .ok()
        .and_then(|count| first.checked_add(count))
    else {
        return false;
    };
    if leaves.is_empty() || end > width {
        return false;
    }
    let (mut level, mut first, mut end, mut width) = (leaves, first, end, width);
    let mut siblings = proof.iter();
    while width > 1 {
        if !first.is_multiple_of(2) {
            let Some(left) = siblings.next() else {
                return false;
            };
            level.insert(0, *left);
        }
        if !end.is_multiple_of(2) && end < width {
            let Some(right) = siblings.next() else {
                return false;
            };
            level.push(*right);
        }
        level = level
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node(hash, left, right)),
                [alone] => Some(*alone),
                _ => None,
            })
            .collect();
        first >>= 1;
        end = end.div_ceil(2);
        width = width.div_ceil(2);
    }
    siblings.next().is_none() && level.first() == Some(root)
}

/// What row `number`, `row` as it lies in the index, did for an answer: [`pay_score`] of its [`help`], or zero if it is
/// a near-duplicate of another row.
///
/// # Errors
/// [`ShapeMismatch`] if the row has not the length that `delta [C]` and `features [d]` call for.
pub fn row_score(row: &[u8], number: u32, delta: &[i16], features: &[i16]) -> Result<i64, ShapeMismatch> {
    let mismatch = ShapeMismatch {
        what: "row",
        expected: row_bytes(delta.len(), features.len()),
        found: row.len(),
    };
    if mismatch.expected != mismatch.found {
        return Err(mismatch);
    }
    let read = || {
        Some((
            u16::from_le_bytes(part(row, 6)?),
            u32::from_le_bytes(part(row, 8)?),
        ))
    };
    let (loo, leader) = read().ok_or(mismatch)?;
    if leader != number {
        return Ok(0);
    }
    let influence: Vec<i16> = row
        .get(ROW_HEADER_BYTES..)
        .unwrap_or_default()
        .chunks_exact(2)
        .filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?)))
        .collect();
    Ok(pay_score(help(&influence, delta, features)?, loo))
}

/// The `N` bytes from `at` on.
fn part<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
