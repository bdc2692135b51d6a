// SPDX-License-Identifier: Apache-2.0
//! What is different on a development chain, under a flag that only genesis can set.
//!
//! A development chain makes a block whenever a transaction comes, so several blocks fall into one slot of its mocked
//! relay chain, and its clock still follows the wall clock. The hook that holds a parachain to a few blocks a
//! relay-chain slot would stop it. [`LiftVelocity`] wraps that hook and lifts this one limit when [`Enabled`] is set;
//! every other check of the wrapped hook stays. No call writes the flag: on a chain whose genesis did not set it,
//! it is unreachable.

use core::marker::PhantomData;
use cumulus_pallet_aura_ext::FixedVelocityConsensusHook;
use cumulus_pallet_parachain_system::{
    consensus_hook::{ConsensusHook, UnincludedSegmentCapacity},
    relay_state_snapshot::RelayChainStateProof,
};
use frame_support::{
    storage::{storage_prefix, unhashed},
    traits::{Get, PalletInfoAccess},
    weights::Weight,
};
use sp_consensus_aura::Slot;

pub use pallet::*;

/// Something that a development chain does once, when its genesis is built.
pub trait AtGenesis {
    /// Does it.
    fn at_genesis();
}

/// The flag.
#[frame_support::pallet]
pub mod pallet {
    use super::AtGenesis;
    use frame_support::pallet_prelude::*;

    const STORAGE_VERSION: StorageVersion =
        StorageVersion::new(if cfg!(feature = "upgrade-rehearsal") { 1 } else { 0 });

    /// Storage of the flag, without calls, events or errors.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the runtime has to say.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// What else is different from the first block on: the short periods of a development chain.
        type ShortPeriods: AtGenesis;
    }

    /// Whether this is a development chain. Written by genesis alone, cleared by nobody.
    #[pallet::storage]
    pub type Enabled<T> = StorageValue<_, bool, ValueQuery>;

    /// The flag in a chain specification.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Whether this is a development chain.
        pub enabled: bool,
        #[serde(skip)]
        #[doc(hidden)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if self.enabled {
                Enabled::<T>::put(true);
                T::ShortPeriods::at_genesis();
            }
        }
    }
}

/// Wraps a consensus hook and, on a development chain, forgets before each block how many blocks the current
/// relay-chain slot has seen.
pub struct LiftVelocity<T, Inner>(PhantomData<(T, Inner)>);

impl<T, Inner> ConsensusHook for LiftVelocity<T, Inner>
where
    T: Config + cumulus_pallet_aura_ext::Config,
    Inner: ConsensusHook,
{
    fn on_state_proof(proof: &RelayChainStateProof) -> (Weight, UnincludedSegmentCapacity) {
        let mut own_weight = T::DbWeight::get().reads(1);
        if Enabled::<T>::get() {
            forget_blocks_of_this_slot::<T>();
            own_weight = own_weight.saturating_add(T::DbWeight::get().reads_writes(1, 1));
        }
        let (weight, capacity) = Inner::on_state_proof(proof);
        (weight.saturating_add(own_weight), capacity)
    }
}

impl<T, const RELAY_SLOT_MILLIS: u32, const VELOCITY: u32, const CAPACITY: u32>
    LiftVelocity<T, FixedVelocityConsensusHook<T, RELAY_SLOT_MILLIS, VELOCITY, CAPACITY>>
where
    T: Config + cumulus_pallet_aura_ext::Config + cumulus_pallet_parachain_system::Config,
{
    /// Whether a block may be built on the current one; see the wrapped hook's function of the same name.
    pub fn can_build_upon(included_hash: T::Hash, new_slot: Slot) -> bool {
        Enabled::<T>::get()
            || FixedVelocityConsensusHook::<T, RELAY_SLOT_MILLIS, VELOCITY, CAPACITY>::can_build_upon(
                included_hash,
                new_slot,
            )
    }
}

/// Where `cumulus_pallet_aura_ext` keeps the relay-chain slot and the number of blocks made in it.
///
/// The item is private to that crate, so it is reached by its key; `tests::development` notices when the key or the
/// layout changes.
pub(crate) fn relay_slot_info_key<T: cumulus_pallet_aura_ext::Config>() -> [u8; 32] {
    storage_prefix(
        <cumulus_pallet_aura_ext::Pallet<T> as PalletInfoAccess>::name().as_bytes(),
        b"RelaySlotInfo",
    )
}

/// Sets the number of blocks in the current relay-chain slot back to none and keeps the slot.
fn forget_blocks_of_this_slot<T: cumulus_pallet_aura_ext::Config>() {
    let key = relay_slot_info_key::<T>();
    if let Some((slot, _blocks)) = unhashed::get::<(Slot, u32)>(&key) {
        unhashed::put(&key, &(slot, 0u32));
    }
}
