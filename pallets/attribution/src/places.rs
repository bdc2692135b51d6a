// SPDX-License-Identifier: Apache-2.0
//! Where a contribution stands in a release's table, or that it does not: checked against the table's root.

use crate::dispute::{RangeProof, ShownPlaces};
use alloc::vec::Vec;
use openledger_primitives::{
    fixed::release::{leaf, verify_range, Hash, Place},
    shown::hashes_of,
    ContributionId, DatanetId,
};
use sp_io::hashing::blake2_256;

/// Why what was shown does not say where a contribution stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misplaced {
    /// The table has no such entries.
    OutOfRange,
    /// The proof does not lead to the table's root.
    Unproved,
    /// The entries are neither the contribution's nor those beside where it would be.
    Elsewhere,
}

/// The place of the contribution `wanted` in a table of `width` entries under `table`, of which `shown` are those from
/// `ordinal` on; `None` if they stand beside where it would be.
pub fn find(
    table: &Hash,
    width: u32,
    wanted: (DatanetId, ContributionId),
    ordinal: u32,
    shown: &ShownPlaces,
    proof: &RangeProof,
) -> Result<Option<Place>, Misplaced> {
    let leaves: Vec<Place> = shown.iter().map(|place| Place::from(*place)).collect();
    let end = u32::try_from(leaves.len())
        .ok()
        .and_then(|count| ordinal.checked_add(count))
        .filter(|end| *end <= width)
        .ok_or(Misplaced::OutOfRange)?;
    let hashes = leaves
        .iter()
        .map(|place| leaf(blake2_256, &place.to_bytes()))
        .collect();
    if !verify_range(blake2_256, table, width, ordinal, hashes, &hashes_of(proof)) {
        return Err(Misplaced::Unproved);
    }
    match leaves.as_slice() {
        [place] if place.key() == wanted => Ok(Some(*place)),
        [left, right] if left.key() < wanted && wanted < right.key() => Ok(None),
        [first] if ordinal == 0 && wanted < first.key() => Ok(None),
        [last] if end == width && last.key() < wanted => Ok(None),
        _ => Err(Misplaced::Elsewhere),
    }
}
