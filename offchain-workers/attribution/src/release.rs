// SPDX-License-Identifier: Apache-2.0
//! What a release commits to, and how whoever has the index shows parts of it to somebody who knows the root.
//!
//! The definition is [`openledger_fixed::release`], which the runtime checks with.

use openledger_fixed::release::{leaf, release_root, Hash, Place, HEADER_BYTES};

use crate::{
    index::Index,
    merkle::{blake2_256, Tree},
    ContributionKey,
};

/// An index's places and the trees over its table and its rows; 64 bytes a row and about 100 a contribution.
#[derive(Clone, Debug)]
pub struct Release {
    header: [u8; HEADER_BYTES],
    table: Table,
    rows: Tree,
}

/// The places of contributions, ordered by key, and the tree over them: what releases of every kind show in one way.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    places: Vec<Place>,
    tree: Tree,
}

/// A contribution's place with its proof, or what lies where it would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Number of the first of `places` in the table.
    pub ordinal: u32,
    /// The contribution's own place; or, if the index does not have it, the one or two beside where it would be.
    pub places: Vec<Place>,
    /// For [`openledger_fixed::release::verify_range`] against [`Release::table_root`].
    pub proof: Vec<Hash>,
}

impl Release {
    /// What a release with this index commits to. O(bytes).
    ///
    /// # Panics
    /// If the index has no contributions, which no index with rows is without.
    pub fn of(index: &Index) -> Self {
        let mut header = [0; HEADER_BYTES];
        header.copy_from_slice(&index.as_bytes()[..HEADER_BYTES]);
        Self {
            header,
            table: Table::of(places(index)),
            rows: Tree::of_index(index),
        }
    }

    /// What the release commits to.
    pub fn root(&self) -> Hash {
        release_root(blake2_256, &self.header, &self.table.root(), &self.rows.root())
    }

    /// The index's header.
    pub fn header(&self) -> [u8; HEADER_BYTES] {
        self.header
    }

    /// Root of the tree over the table of contributions.
    pub fn table_root(&self) -> Hash {
        self.table.root()
    }

    /// Root of the tree over the rows.
    pub fn rows_root(&self) -> Hash {
        self.rows.root()
    }

    /// The place of a contribution; `None` if the index does not have it.
    pub fn place(&self, key: ContributionKey) -> Option<Place> {
        self.table.place(key)
    }

    /// What shows a contribution's place, or that it has none. O(log n).
    pub fn show(&self, key: ContributionKey) -> Shown {
        self.table.show(key)
    }

    /// The entry at `ordinal` of the table with its proof; `None` if there is none. O(log n).
    pub fn prove_place(&self, ordinal: u32) -> Option<(Place, Vec<Hash>)> {
        self.table.prove(ordinal as usize)
    }

    /// Proof of `count` rows from row `first` on, for [`openledger_fixed::release::verify_range`] against
    /// [`Release::rows_root`]; `None` if they are not there. O(log n).
    pub fn prove_rows(&self, first: u32, count: u32) -> Option<Vec<Hash>> {
        let first = first as usize;
        self.rows.prove_range(first..first.checked_add(count as usize)?)
    }
}

impl Table {
    /// The table of `places`, of which there is at least one, ordered by key.
    pub fn of(places: Vec<Place>) -> Self {
        let leaves = places.iter().map(|place| leaf(blake2_256, &place.to_bytes()));
        Self {
            tree: Tree::of_leaves(leaves.collect()),
            places,
        }
    }

    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    pub fn place(&self, key: ContributionKey) -> Option<Place> {
        let key = (key.datanet, key.contribution);
        let ordinal = self.places.binary_search_by_key(&key, Place::key).ok()?;
        self.places.get(ordinal).copied()
    }

    pub fn prove(&self, ordinal: usize) -> Option<(Place, Vec<Hash>)> {
        Some((*self.places.get(ordinal)?, self.tree.prove(ordinal)?))
    }

    pub fn show(&self, key: ContributionKey) -> Shown {
        let key = (key.datanet, key.contribution);
        let range = match self.places.binary_search_by_key(&key, Place::key) {
            Ok(ordinal) => ordinal..ordinal + 1,
            Err(before) => before.saturating_sub(1)..(before + 1).min(self.places.len()),
        };
        Shown {
            // a table has fewer than 2^32 entries
            ordinal: range.start as u32,
            places: self.places[range.clone()].to_vec(),
            proof: self.tree.prove_range(range).unwrap_or_default(),
        }
    }
}

/// Where each contribution's rows lie, in the order of the table.
fn places(index: &Index) -> Vec<Place> {
    let mut counts = vec![0u32; index.contributions().len()];
    for row in index.rows() {
        // a release that is disputed may name contributions that are not there
        if let Some(count) = counts.get_mut(row.ordinal as usize) {
            *count += 1;
        }
    }
    let mut first = 0;
    index
        .contributions()
        .zip(counts)
        .enumerate()
        .map(|(ordinal, (key, rows))| {
            let place = Place {
                datanet: key.datanet,
                contribution: key.contribution,
                registered: index.registered(ordinal),
                first,
                rows,
            };
            first += rows;
            place
        })
        .collect()
}
