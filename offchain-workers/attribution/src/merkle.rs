// SPDX-License-Identifier: Apache-2.0
//! A Merkle tree over an index's rows, so that a dispute shows one row and not the file.
//!
//! BLAKE2b-256. A leaf is the hash of a zero byte and the row as it lies in the file, a node the hash of a one byte
//! and its two children; a node without a partner goes up as it is. The number of rows is part of what is proved
//! against: it fixes which levels have a partner. These are the rules of [`openledger_fixed::release`].

use std::ops::Range;

use blake2::{digest::consts::U32, Blake2b, Digest};

use crate::index::Index;

pub use openledger_fixed::release::Hash;

/// BLAKE2b-256 of `bytes`.
pub fn blake2_256(bytes: &[u8]) -> Hash {
    Blake2b::<U32>::digest(bytes).into()
}

/// Hash of a row.
pub fn leaf(row: &[u8]) -> Hash {
    Blake2b::<U32>::new()
        .chain_update([0])
        .chain_update(row)
        .finalize()
        .into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Blake2b::<U32>::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// All nodes of a tree; 64 bytes a row.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Leaves first, root last. Never empty, and neither is a level.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over an index's rows. O(bytes).
    pub fn of_index(index: &Index) -> Self {
        Self::of_leaves(index.row_bytes().map(leaf).collect())
    }

    /// The tree over hashes of leaves, of which there is at least one.
    pub(crate) fn of_leaves(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => node(left, right),
                    alone => alone[0],
                })
                .collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// The root.
    pub fn root(&self) -> Hash {
        // an index has at least one row
        self.levels[self.levels.len() - 1][0]
    }

    /// Siblings from the leaf of `row` up to the root; `None` if there is no such row. O(log n).
    pub fn prove(&self, row: usize) -> Option<Vec<Hash>> {
        self.levels.first()?.get(row)?;
        let levels = self.levels.iter().enumerate();
        Some(
            levels
                .filter_map(|(height, level)| level.get((row >> height) ^ 1).copied())
                .collect(),
        )
    }

    /// Siblings that a run of rows lacks up to the root, level by level, on each the left one first; `None` for no rows
    /// or rows that are not there. O(log n).
    pub fn prove_range(&self, rows: Range<usize>) -> Option<Vec<Hash>> {
        let leaves = self.levels.first()?;
        if rows.is_empty() || rows.end > leaves.len() {
            return None;
        }
        let (mut first, mut end) = (rows.start, rows.end);
        let mut proof = Vec::new();
        for level in &self.levels {
            if level.len() == 1 {
                break;
            }
            if first % 2 == 1 {
                proof.push(level[first - 1]);
            }
            if end % 2 == 1 {
                proof.extend(level.get(end));
            }
            (first, end) = (first / 2, end.div_ceil(2));
        }
        Some(proof)
    }
}

/// Whether `bytes` are row `row` of the `rows` rows under `root`. O(bytes + log n).
pub fn verify(root: &Hash, rows: usize, row: usize, bytes: &[u8], proof: &[Hash]) -> bool {
    if row >= rows {
        return false;
    }
    let (mut hash, mut position, mut width) = (leaf(bytes), row, rows);
    let mut siblings = proof.iter();
    while width > 1 {
        if position ^ 1 < width {
            let Some(sibling) = siblings.next() else {
                return false;
            };
            hash = if position % 2 == 0 {
                node(&hash, sibling)
            } else {
                node(sibling, &hash)
            };
        }
        position /= 2;
        width = width.div_ceil(2);
    }
    siblings.next().is_none() && hash == *root
}
