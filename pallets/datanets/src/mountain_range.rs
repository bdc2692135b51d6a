// SPDX-License-Identifier: Apache-2.0
//! The append-only Merkle mountain range over a datanet's accepted contributions.
//!
//! Nodes are stored by position and never change, so that a range of fewer leaves is a prefix of a later one and
//! every published version stays provable.

use crate::{Config, Nodes};
use alloc::vec::Vec;
use core::marker::PhantomData;
use mmr_lib::{MMRStoreReadOps, MMRStoreWriteOps, MMR};
use openledger_primitives::{membership::Blake2Merge, DatanetId};
use sp_core::H256;

/// The stored nodes of one datanet.
pub struct NodeStore<T>(DatanetId, PhantomData<T>);

impl<T: Config> MMRStoreReadOps<H256> for NodeStore<T> {
    fn get_elem(&self, position: u64) -> mmr_lib::Result<Option<H256>> {
        Ok(Nodes::<T>::get(self.0, position))
    }
}

impl<T: Config> MMRStoreWriteOps<H256> for NodeStore<T> {
    fn append(&mut self, position: u64, nodes: Vec<H256>) -> mmr_lib::Result<()> {
        for (place, node) in (position..).zip(nodes) {
            Nodes::<T>::insert(self.0, place, node);
        }
        Ok(())
    }
}

/// Nodes of a range of `leaves` leaves.
pub fn size(leaves: u64) -> u64 {
    leaves.checked_sub(1).map_or(0, mmr_lib::leaf_index_to_mmr_size)
}

fn range<T: Config>(datanet: DatanetId, leaves: u64) -> MMR<H256, Blake2Merge, NodeStore<T>> {
    MMR::new(size(leaves), NodeStore(datanet, PhantomData))
}

/// Adds a leaf behind the `leaves` that are there.
pub fn append<T: Config>(datanet: DatanetId, leaves: u64, leaf: H256) -> mmr_lib::Result<()> {
    let mut range = range::<T>(datanet, leaves);
    range.push(leaf)?;
    range.commit()
}

/// The root over the first `leaves` leaves, of which there must be one.
pub fn root<T: Config>(datanet: DatanetId, leaves: u64) -> mmr_lib::Result<H256> {
    range::<T>(datanet, leaves).get_root()
}

/// The path from leaf `index` to the root over the first `leaves` leaves.
pub fn path<T: Config>(datanet: DatanetId, leaves: u64, index: u64) -> mmr_lib::Result<Vec<H256>> {
    let position = mmr_lib::leaf_index_to_pos(index);
    let proof = range::<T>(datanet, leaves).gen_proof(alloc::vec![position])?;
    Ok(proof.proof_items().to_vec())
}
