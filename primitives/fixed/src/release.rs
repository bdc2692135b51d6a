// SPDX-License-Identifier: Apache-2.0
//! What a release commits to, and how a part of it is shown: the root over an influence index.
//!
//! Two Merkle trees, one over the table of contributions and one over the rows, each with its link to the next row of its
//! cluster ([`crate::cluster`]). A leaf is the hash of a zero byte and
//! the leaf's bytes, a node that of a one byte and its two children; a node without a partner goes up as it is. The
//! release's root is the hash of a two byte, the index's header, the table's root and the rows' root. The header names
//! the root of a third tree, over the features that the rows were computed from. So whoever knows the release's root can
//! be shown which rows are a contribution's, that a contribution has none, the rows themselves, and what each rests on.
//!
//! The hash is the caller's: BLAKE2b-256, by a library outside of the chain and by the host inside.

use alloc::{vec, vec::Vec};

use crate::{help, pay_score, ShapeMismatch};

/// A BLAKE2b-256 hash.
pub type Hash = [u8; 32];

/// Bytes of an index's header.
pub const HEADER_BYTES: usize = 58;
/// Bytes of a row before its influence.
pub const ROW_HEADER_BYTES: usize = 12;
/// Bytes of a link before its sums.
pub const LINK_HEADER_BYTES: usize = 4;
/// Bytes of a row of features before them.
pub const FEATURES_HEADER_BYTES: usize = 6;
/// Bytes of a place as a leaf.
pub const PLACE_BYTES: usize = 32;
/// First bytes of a header.
pub const INDEX_MAGIC: [u8; 4] = *b"OLIX";
/// The only version of a header.
pub const INDEX_VERSION: u16 = 4;
/// Fewest fraction bits of an influence number.
pub const MIN_ROW_BITS: i16 = -30;
/// Most fraction bits of an influence number.
pub const MAX_ROW_BITS: i16 = 30;

/// What an index's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexShape {
    /// Classes `C`.
    pub classes: u16,
    /// Features `d`.
    pub dims: u16,
    /// Fraction bits of an influence number, [`MIN_ROW_BITS`] to [`MAX_ROW_BITS`].
    pub row_bits: i16,
    /// Rows.
    pub rows: u32,
    /// Contributions in the table.
    pub contributions: u32,
    /// Threshold of near-duplicates, 16 fraction bits.
    pub threshold: u16,
    /// Weight of the regulariser that the head was trained with, [`crate::curvature::LAMBDA_BITS`]; never zero.
    pub lambda: u32,
    /// Root of the tree over the features' rows ([`features_row`]), as many as there are rows.
    pub features: Hash,
}

impl IndexShape {
    /// Reads a header; `None` if it is not one: other magic or version, a scale out of range, or no regulariser.
    pub fn read(header: &[u8; HEADER_BYTES]) -> Option<Self> {
        let is_header =
            header.starts_with(&INDEX_MAGIC) && u16::from_le_bytes(part(header, 4)?) == INDEX_VERSION;
        let shape = Self {
            classes: u16::from_le_bytes(part(header, 6)?),
            dims: u16::from_le_bytes(part(header, 8)?),
            row_bits: i16::from_le_bytes(part(header, 10)?),
            rows: u32::from_le_bytes(part(header, 12)?),
            contributions: u32::from_le_bytes(part(header, 16)?),
            threshold: u16::from_le_bytes(part(header, 20)?),
            lambda: u32::from_le_bytes(part(header, 22)?),
            features: part(header, 26)?,
        };
        let sound = (MIN_ROW_BITS..=MAX_ROW_BITS).contains(&shape.row_bits) && shape.lambda > 0;
        (is_header && sound).then_some(shape)
    }

    /// Bytes of one row with its link.
    pub fn row_bytes(&self) -> usize {
        row_bytes(usize::from(self.classes), usize::from(self.dims))
    }
}

/// Bytes of one row of `classes` and `dims` with its link: of a leaf of the rows' tree.
pub fn row_bytes(classes: usize, dims: usize) -> usize {
    scored_bytes(classes, dims).saturating_add(link_bytes(classes))
}

/// Bytes of one row of `classes` and `dims` without its link: what an answer's scores are computed from.
pub fn scored_bytes(classes: usize, dims: usize) -> usize {
    classes
        .saturating_mul(dims.saturating_add(1))
        .saturating_mul(2)
        .saturating_add(ROW_HEADER_BYTES)
}

/// Bytes of one row's link: a row's number, and a sum of 8 bytes for each of `classes`.
pub fn link_bytes(classes: usize) -> usize {
    classes.saturating_mul(8).saturating_add(LINK_HEADER_BYTES)
}

/// A row of an index with its link: a leaf of the rows' tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedRow {
    /// Number of its contribution in the table.
    pub ordinal: u32,
    /// Class that it was labelled with.
    pub label: u16,
    /// Leave-one-out probability of the label; zero unless the row leads its cluster.
    pub loo: u16,
    /// The row that leads its cluster of near-duplicates.
    pub leader: u32,
    /// Influence `[C, d + 1]`.
    pub influence: Vec<i16>,
    /// The next row of its cluster: see [`crate::cluster`].
    pub next: u32,
    /// What its cluster's rows up to it move the leader's logits by `[C]`.
    pub sums: Vec<i64>,
}

impl ReleasedRow {
    /// Reads a row with its link behind it; `None` if it has not the length of one of `classes` and `dims`.
    pub fn read(row: &[u8], classes: usize, dims: usize) -> Option<Self> {
        let (row, link) = row.split_at_checked(scored_bytes(classes, dims))?;
        (link.len() == link_bytes(classes)).then_some(Self {
            ordinal: u32::from_le_bytes(part(row, 0)?),
            label: u16::from_le_bytes(part(row, 4)?),
            loo: u16::from_le_bytes(part(row, 6)?),
            leader: u32::from_le_bytes(part(row, 8)?),
            influence: numbers(row.get(ROW_HEADER_BYTES..)?),
            next: u32::from_le_bytes(part(link, 0)?),
            sums: link
                .get(LINK_HEADER_BYTES..)?
                .chunks_exact(8)
                .filter_map(|sum| Some(i64::from_le_bytes(sum.try_into().ok()?)))
                .collect(),
        })
    }
}

/// A row of the features that an index was computed from: a leaf of the features' tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeaturesRow {
    /// Number of its contribution in the table.
    pub ordinal: u32,
    /// Class that it was labelled with.
    pub label: u16,
    /// Features `[d]`.
    pub features: Vec<i16>,
}

impl FeaturesRow {
    /// Reads what [`features_row`] wrote; `None` if it has not the length of `dims` features.
    pub fn read(row: &[u8], dims: usize) -> Option<Self> {
        let expected = dims.saturating_mul(2).saturating_add(FEATURES_HEADER_BYTES);
        (row.len() == expected).then_some(Self {
            ordinal: u32::from_le_bytes(part(row, 0)?),
            label: u16::from_le_bytes(part(row, 4)?),
            features: numbers(row.get(FEATURES_HEADER_BYTES..)?),
        })
    }
}

/// A row of features as a leaf: ordinal, label and features, little endian, as in the features' file.
pub fn features_row(ordinal: u32, label: u16, features: &[i16]) -> Vec<u8> {
    let mut bytes = ordinal.to_le_bytes().to_vec();
    bytes.extend_from_slice(&label.to_le_bytes());
    bytes.extend(features.iter().flat_map(|x| x.to_le_bytes()));
    bytes
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
    /// Reads [`Place::to_bytes`].
    pub fn read(bytes: &[u8; PLACE_BYTES]) -> Option<Self> {
        Some(Self {
            datanet: u64::from_le_bytes(part(bytes, 0)?),
            contribution: u64::from_le_bytes(part(bytes, 8)?),
            registered: u64::from_le_bytes(part(bytes, 16)?),
            first: u32::from_le_bytes(part(bytes, 24)?),
            rows: u32::from_le_bytes(part(bytes, 28)?),
        })
    }

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

/// What row `number`, `row` with its link, did for an answer: [`pay_score`] of its [`help`], or zero if it is
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
    let row = ReleasedRow::read(row, delta.len(), features.len()).ok_or(mismatch)?;
    if row.leader != number {
        return Ok(0);
    }
    Ok(pay_score(help(&row.influence, delta, features)?, row.loo))
}

/// Little-endian numbers of two bytes.
fn numbers(bytes: &[u8]) -> Vec<i16> {
    bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?)))
        .collect()
}

/// The `N` bytes from `at` on.
fn part<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
