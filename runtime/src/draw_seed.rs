// SPDX-License-Identifier: Apache-2.0
//! The seed of committee draws, made of the relay chain's randomness.
//!
//! Each block is built on a relay-chain block whose author proved a random value (BABE's verifiable random function).
//! A collator cannot choose that value, and nobody knew it before that block. [`KeepRelayRandomness`] reads it out of
//! the state proof that every block carries. A seed is the hash of that value, of the parent block's hash (so that
//! two blocks on one relay-chain block draw differently) and of what is drawn for.

use core::marker::PhantomData;
use cumulus_pallet_parachain_system::{
    consensus_hook::{ConsensusHook, UnincludedSegmentCapacity},
    relay_state_snapshot::RelayChainStateProof,
};
use cumulus_primitives_core::relay_chain::well_known_keys;
use frame_support::{traits::Get, weights::Weight};
use openledger_primitives::traits::DrawSeed;
use sp_core::H256;

pub use pallet::*;

/// The relay chain's randomness.
#[frame_support::pallet]
pub mod pallet {
    use frame_support::pallet_prelude::*;
    use sp_core::H256;

    /// One storage value, without calls, events or errors.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Nothing has to be said.
    #[pallet::config]
    pub trait Config: frame_system::Config {}

    /// The random value of the relay-chain block that this block is built on. Overwritten in each block.
    #[pallet::storage]
    pub type RelayRandomness<T> = StorageValue<_, H256, ValueQuery>;
}

impl<T: Config<Hash = H256>> DrawSeed for Pallet<T> {
    fn seed(subject: &[u8]) -> H256 {
        let parent = frame_system::Pallet::<T>::parent_hash();
        let randomness = RelayRandomness::<T>::get();
        let mut bytes = alloc::vec::Vec::from(randomness.as_bytes());
        bytes.extend_from_slice(parent.as_bytes());
        bytes.extend_from_slice(subject);
        H256(sp_io::hashing::blake2_256(&bytes))
    }
}

/// Wraps a consensus hook and keeps the relay chain's randomness out of the proof.
pub struct KeepRelayRandomness<T, Inner>(PhantomData<(T, Inner)>);

impl<T: Config, Inner: ConsensusHook> ConsensusHook for KeepRelayRandomness<T, Inner> {
    fn on_state_proof(proof: &RelayChainStateProof) -> (Weight, UnincludedSegmentCapacity) {
        if let Some(randomness) = randomness_in(proof) {
            RelayRandomness::<T>::put(randomness);
        }
        let (weight, capacity) = Inner::on_state_proof(proof);
        (weight.saturating_add(T::DbWeight::get().writes(1)), capacity)
    }
}

/// The author's random value, or that of the last epoch where the author's is missing (a mocked relay chain).
fn randomness_in(proof: &RelayChainStateProof) -> Option<H256> {
    proof
        .read_optional_entry::<Option<H256>>(well_known_keys::CURRENT_BLOCK_RANDOMNESS)
        .ok()
        .flatten()
        .flatten()
        .or_else(|| {
            proof
                .read_optional_entry(well_known_keys::ONE_EPOCH_AGO_RANDOMNESS)
                .ok()
                .flatten()
        })
}
