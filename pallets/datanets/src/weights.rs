// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet-datanets`: estimated from storage accesses; regenerate with `make weights`.
//!
//! An access is counted as 2,048 bytes of proof, a call's own work as 40 µs and what is named beside it.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, Weight},
};

/// What each call costs.
pub trait WeightInfo {
    /// `create`.
    fn create() -> Weight;
    /// `contribute`.
    fn contribute() -> Weight;
    /// `accept`.
    fn accept() -> Weight;
    /// `reject`.
    fn reject() -> Weight;
    /// `withdraw`.
    fn withdraw() -> Weight;
    /// `revoke`.
    fn revoke() -> Weight;
    /// `publish_version`.
    fn publish_version() -> Weight;
    /// `grant_access`.
    fn grant_access() -> Weight;
    /// `revoke_access`.
    fn revoke_access() -> Weight;
    /// `transfer_ownership`.
    fn transfer_ownership() -> Weight;
    /// `accept_ownership`.
    fn accept_ownership() -> Weight;
    /// `set_paused`.
    fn set_paused() -> Weight;
}

/// Weights with the runtime's own database figures.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // counter, datanet, account and holds
    fn create() -> Weight {
        Weight::from_parts(80_000_000, 6_144).saturating_add(T::DbWeight::get().reads_writes(3, 4))
    }
    // datanet, grant, index, counters, record, account and holds; a leaf that closes 32 peaks
    fn contribute() -> Weight {
        Weight::from_parts(260_000_000, 86_016).saturating_add(T::DbWeight::get().reads_writes(42, 39))
    }
    // datanet, record, counters, leaf index, account and holds; a leaf that closes 32 peaks
    fn accept() -> Weight {
        Weight::from_parts(240_000_000, 79_872).saturating_add(T::DbWeight::get().reads_writes(39, 38))
    }
    // datanet, record, index, two accounts and holds
    fn reject() -> Weight {
        Weight::from_parts(120_000_000, 12_288).saturating_add(T::DbWeight::get().reads_writes(6, 7))
    }
    // record, index, account and holds
    fn withdraw() -> Weight {
        Weight::from_parts(90_000_000, 8_192).saturating_add(T::DbWeight::get().reads_writes(4, 5))
    }
    // datanet and record
    fn revoke() -> Weight {
        Weight::from_parts(50_000_000, 4_096).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // datanet, counters, two versions, account and holds; 32 peaks
    fn publish_version() -> Weight {
        Weight::from_parts(160_000_000, 77_824).saturating_add(T::DbWeight::get().reads_writes(38, 5))
    }
    // datanet, counters, grant, account and holds
    fn grant_access() -> Weight {
        Weight::from_parts(80_000_000, 12_288).saturating_add(T::DbWeight::get().reads_writes(6, 5))
    }
    // datanet, counters, grant, account and holds
    fn revoke_access() -> Weight {
        Weight::from_parts(80_000_000, 12_288).saturating_add(T::DbWeight::get().reads_writes(6, 5))
    }
    // datanet
    fn transfer_ownership() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // datanet, counters, two accounts and their holds
    fn accept_ownership() -> Weight {
        Weight::from_parts(110_000_000, 12_288).saturating_add(T::DbWeight::get().reads_writes(6, 5))
    }
    // datanet
    fn set_paused() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
}

impl WeightInfo for () {
    // counter, datanet, account and holds
    fn create() -> Weight {
        Weight::from_parts(80_000_000, 6_144).saturating_add(RocksDbWeight::get().reads_writes(3, 4))
    }
    // datanet, grant, index, counters, record, account and holds; a leaf that closes 32 peaks
    fn contribute() -> Weight {
        Weight::from_parts(260_000_000, 86_016).saturating_add(RocksDbWeight::get().reads_writes(42, 39))
    }
    // datanet, record, counters, leaf index, account and holds; a leaf that closes 32 peaks
    fn accept() -> Weight {
        Weight::from_parts(240_000_000, 79_872).saturating_add(RocksDbWeight::get().reads_writes(39, 38))
    }
    // datanet, record, index, two accounts and holds
    fn reject() -> Weight {
        Weight::from_parts(120_000_000, 12_288).saturating_add(RocksDbWeight::get().reads_writes(6, 7))
    }
    // record, index, account and holds
    fn withdraw() -> Weight {
        Weight::from_parts(90_000_000, 8_192).saturating_add(RocksDbWeight::get().reads_writes(4, 5))
    }
    // datanet and record
    fn revoke() -> Weight {
        Weight::from_parts(50_000_000, 4_096).saturating_add(RocksDbWeight::get().reads_writes(2, 1))
    }
    // datanet, counters, two versions, account and holds; 32 peaks
    fn publish_version() -> Weight {
        Weight::from_parts(160_000_000, 77_824).saturating_add(RocksDbWeight::get().reads_writes(38, 5))
    }
    // datanet, counters, grant, account and holds
    fn grant_access() -> Weight {
        Weight::from_parts(80_000_000, 12_288).saturating_add(RocksDbWeight::get().reads_writes(6, 5))
    }
    // datanet, counters, grant, account and holds
    fn revoke_access() -> Weight {
        Weight::from_parts(80_000_000, 12_288).saturating_add(RocksDbWeight::get().reads_writes(6, 5))
    }
    // datanet
    fn transfer_ownership() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(RocksDbWeight::get().reads_writes(1, 1))
    }
    // datanet, counters, two accounts and their holds
    fn accept_ownership() -> Weight {
        Weight::from_parts(110_000_000, 12_288).saturating_add(RocksDbWeight::get().reads_writes(6, 5))
    }
    // datanet
    fn set_paused() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(RocksDbWeight::get().reads_writes(1, 1))
    }
}
