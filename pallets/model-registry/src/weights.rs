// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet-model-registry`: estimated from storage accesses; regenerate with `make weights`.
//!
//! An access is counted as 2,048 bytes of proof, a call's own work as 40 µs and what is named beside it.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, Weight},
};

/// What each call costs.
pub trait WeightInfo {
    /// `register_base`.
    fn register_base() -> Weight;
    /// `register_adapter`.
    fn register_adapter() -> Weight;
    /// `set_price`.
    fn set_price() -> Weight;
    /// `set_paused`.
    fn set_paused() -> Weight;
    /// `deprecate`.
    fn deprecate() -> Weight;
    /// `transfer_ownership`.
    fn transfer_ownership() -> Weight;
    /// `accept_ownership`.
    fn accept_ownership() -> Weight;
    /// `reclaim_bond`.
    fn reclaim_bond() -> Weight;
}

/// Weights with the runtime's own database figures.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // counter, record, bond, account and holds; for each of 8 sources datanet, version and grant, each datanet twice
    fn register_base() -> Weight {
        Weight::from_parts(320_000_000, 73_728).saturating_add(T::DbWeight::get().reads_writes(36, 5))
    }
    // as a base, and each of 4 parents three times
    fn register_adapter() -> Weight {
        Weight::from_parts(420_000_000, 98_304).saturating_add(T::DbWeight::get().reads_writes(48, 5))
    }
    // record
    fn set_price() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // record
    fn set_paused() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // record and bond
    fn deprecate() -> Weight {
        Weight::from_parts(50_000_000, 4_096).saturating_add(T::DbWeight::get().reads_writes(2, 2))
    }
    // record
    fn transfer_ownership() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // record, bond, two accounts and their holds
    fn accept_ownership() -> Weight {
        Weight::from_parts(140_000_000, 12_288).saturating_add(T::DbWeight::get().reads_writes(6, 5))
    }
    // record, bond, account and its holds
    fn reclaim_bond() -> Weight {
        Weight::from_parts(80_000_000, 8_192).saturating_add(T::DbWeight::get().reads_writes(4, 3))
    }
}

impl WeightInfo for () {
    // counter, record, bond, account and holds; for each of 8 sources datanet, version and grant, each datanet twice
    fn register_base() -> Weight {
        Weight::from_parts(320_000_000, 73_728).saturating_add(RocksDbWeight::get().reads_writes(36, 5))
    }
    // as a base, and each of 4 parents three times
    fn register_adapter() -> Weight {
        Weight::from_parts(420_000_000, 98_304).saturating_add(RocksDbWeight::get().reads_writes(48, 5))
    }
    // record
    fn set_price() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(RocksDbWeight::get().reads_writes(1, 1))
    }
    // record
    fn set_paused() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(RocksDbWeight::get().reads_writes(1, 1))
    }
    // record and bond
    fn deprecate() -> Weight {
        Weight::from_parts(50_000_000, 4_096).saturating_add(RocksDbWeight::get().reads_writes(2, 2))
    }
    // record
    fn transfer_ownership() -> Weight {
        Weight::from_parts(50_000_000, 2_048).saturating_add(RocksDbWeight::get().reads_writes(1, 1))
    }
    // record, bond, two accounts and their holds
    fn accept_ownership() -> Weight {
        Weight::from_parts(140_000_000, 12_288).saturating_add(RocksDbWeight::get().reads_writes(6, 5))
    }
    // record, bond, account and its holds
    fn reclaim_bond() -> Weight {
        Weight::from_parts(80_000_000, 8_192).saturating_add(RocksDbWeight::get().reads_writes(4, 3))
    }
}
