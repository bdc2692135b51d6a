// SPDX-License-Identifier: Apache-2.0
//! A Merkle tree over the rows of an index or of features, so that a dispute shows one row and not the file.
//!
//! BLAKE2b-256. A leaf is the hash of a zero byte and the row as it lies in the file, a node the hash of a one byte
//! and its two children; a node without a partner goes up as it is. The number of rows is part of what is proved
//! against: it fixes which levels have a partner. These are the rules of [`openledger_fixed::release`].

use std::ops::Range;

use blake2b_simd::{
    many::{hash_many, HashManyJob},
    Params,
};

use openledger_fixed::release::features_row;
use openledger_trainer::features::Features;

use crate::index::Index;

pub use openledger_fixed::release::Hash;

/// Leaves or nodes that are hashed at a time: some of what the widest vectors take.
const BATCH: usize = 16;

/// BLAKE2b-256 of `bytes`.
pub fn blake2_256(bytes: &[u8]) -> Hash {
    hash(&[bytes])
}

/// Hash of a row.
pub fn leaf(row: &[u8]) -> Hash {
    hash(&[&[0], row])
}

/// Hashes of rows: [`leaf`] of each, several at a time in the lanes of a vector.
pub fn leaves<'a>(rows: impl IntoIterator<Item = &'a [u8]>) -> Vec<Hash> {
    tagged(0, rows.into_iter().map(|row| [row, &[]]))
}

fn node(left: &Hash, right: &Hash) -> Hash {
    hash(&[&[1], left, right])
}

fn params() -> Params {
    let mut params = Params::new();
    params.hash_length(size_of::<Hash>());
    params
}

fn hash(parts: &[&[u8]]) -> Hash {
    let mut state = params().to_state();
    for part in parts {
        state.update(part);
    }
    array(state.finalize().as_bytes())
}

/// Hashes of the tag and both parts of each item.
fn tagged<'a>(tag: u8, items: impl Iterator<Item = [&'a [u8]; 2]>) -> Vec<Hash> {
    let (params, mut items) = (params(), items.peekable());
    let mut hashes = Vec::with_capacity(items.size_hint().0);
    let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(BATCH));
    while items.peek().is_some() {
        bytes.clear();
        ends.clear();
        for [first, second] in items.by_ref().take(BATCH) {
            bytes.push(tag);
            bytes.extend_from_slice(first);
            bytes.extend_from_slice(second);
            ends.push(bytes.len());
        }
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let mut jobs: Vec<HashManyJob<'_>> = starts
            .zip(&ends)
            .map(|(start, end)| HashManyJob::new(&params, &bytes[start..*end]))
            .collect();
        hash_many(&mut jobs);
        hashes.extend(jobs.iter().map(|job| array(job.to_hash().as_bytes())));
    }
    hashes
}

/// A hash as an array: `params` fixes its length.
fn array(bytes: &[u8]) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(bytes);
    hash
}

/// All nodes of a tree; 64 bytes a row.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Leaves first, root last. Never empty, and neither is a level.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over an index's rows, each with its link. O(bytes).
    pub fn of_index(index: &Index) -> Self {
        Self::of_leaves(tagged(0, index.parts()))
    }

    /// The tree over the rows of features, of which there is at least one. O(bytes).
    pub fn of_features(features: &Features) -> Self {
        let mut hashes = Vec::with_capacity(features.len());
        features_leaves(features, |leaves| hashes.extend(leaves));
        Self::of_leaves(hashes)
    }

    /// The tree over hashes of leaves, of which there is at least one.
    pub(crate) fn of_leaves(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let pairs = level.chunks_exact(2);
            let alone = pairs.remainder();
            let mut above = tagged(1, pairs.map(|pair| [&pair[0][..], &pair[1][..]]));
            above.extend(alone);
            levels.push(above);
        }
        Self { levels }
    }

    /// The root.
    pub fn root(&self) -> Hash {
        // an index has at least one row, and so have its features
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

/// Gives the hashes of the rows of features, some at a time.
fn features_leaves(features: &Features, mut take: impl FnMut(Vec<Hash>)) {
    for start in (0..features.len()).step_by(BATCH) {
        let rows = start..features.len().min(start + BATCH);
        let bytes: Vec<Vec<u8>> = rows
            .map(|row| features.row(row))
            .map(|row| features_row(row.ordinal, row.label, row.features))
            .collect();
        take(leaves(bytes.iter().map(Vec::as_slice)));
    }
}

/// Root of the tree over the rows of features, of which there is at least one: [`Tree::of_features`] in a few KiB
/// however many rows there are. O(bytes).
pub fn features_root(features: &Features) -> Hash {
    let mut root = Growing::default();
    features_leaves(features, |leaves| {
        leaves.into_iter().for_each(|leaf| root.push(leaf));
    });
    root.finish()
}

/// Leaves of a subtree that is hashed at once.
const SUBTREE: usize = 256;

/// The root of leaves that come one by one; holds a subtree's leaves and one node of each height above.
#[derive(Default)]
struct Growing {
    leaves: Vec<Hash>,
    /// Of each height from that of a subtree on, the node that waits for its right neighbour.
    waiting: Vec<Option<Hash>>,
}

impl Growing {
    fn push(&mut self, leaf: Hash) {
        self.leaves.push(leaf);
        if self.leaves.len() < SUBTREE {
            return;
        }
        let mut whole = Tree::of_leaves(std::mem::take(&mut self.leaves)).root();
        for waiting in &mut self.waiting {
            match waiting.take() {
                Some(left) => whole = node(&left, &whole),
                None => {
                    *waiting = Some(whole);
                    return;
                }
            }
        }
        self.waiting.push(Some(whole));
    }

    fn finish(self) -> Hash {
        let rest = (!self.leaves.is_empty()).then(|| Tree::of_leaves(self.leaves).root());
        let waiting = self.waiting.into_iter().flatten();
        // what has no partner goes up as it is
        let join = |right: Option<Hash>, left| Some(right.map_or(left, |right| node(&left, &right)));
        waiting.fold(rest, join).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hashed_side_by_side_have_the_hashes_of_each_alone() {
        let bytes: Vec<u8> = (0..4_000u32).map(|n| (n * n) as u8).collect();
        for count in [0, 1, 3, BATCH, BATCH + 1, 3 * BATCH - 1] {
            // of different lengths, an empty one and one of a whole block among them
            let rows: Vec<&[u8]> = (0..count).map(|n| &bytes[n..n + n * 128 / 5]).collect();
            let alone: Vec<Hash> = rows.iter().map(|row| leaf(row)).collect();
            assert_eq!(leaves(rows), alone);
        }
    }

    #[test]
    fn a_root_that_grows_is_that_of_the_tree() {
        let hashes = leaves(
            (0..3_000u16)
                .map(u16::to_le_bytes)
                .collect::<Vec<_>>()
                .iter()
                .map(|n| &n[..]),
        );
        for count in (1..20).chain([
            255, 256, 257, 511, 512, 513, 768, 1_023, 1_024, 2_047, 2_559, 2_560, 3_000,
        ]) {
            let mut root = Growing::default();
            hashes[..count].iter().for_each(|hash| root.push(*hash));
            assert_eq!(root.finish(), Tree::of_leaves(hashes[..count].to_vec()).root());
        }
    }

    #[test]
    fn every_proof_of_a_tree_leads_to_its_root() {
        let rows: Vec<[u8; 3]> = (0..41).map(|n| [n, n ^ 7, 3]).collect();
        for count in 1..rows.len() {
            let tree = Tree::of_leaves(leaves(rows[..count].iter().map(|row| &row[..])));
            for (row, bytes) in rows[..count].iter().enumerate() {
                let proof = tree.prove(row).unwrap();
                assert!(verify(&tree.root(), count, row, bytes, &proof));
            }
        }
    }
}
