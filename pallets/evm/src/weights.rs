// SPDX-License-Identifier: Apache-2.0
//! Weights of what the calls do besides executing: estimated from storage accesses; regenerate with `make weights`.
//!
//! The execution itself is weighed by `pallet-revive` while it runs.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// What each call costs.
pub trait WeightInfo {
    /// Money that waits on an address's own account.
    fn withdraw() -> Weight;
    /// The checks of a call, and its event.
    fn call() -> Weight;
    /// The checks of a creation, its address from `b` bytes of code and constructor, and its event.
    fn create(b: u32) -> Weight;
    /// An event for a log of `b` bytes.
    fn log(b: u32) -> Weight;
}

fn estimate(db: RuntimeDbWeight, micros: u64, proof_bytes: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(micros.saturating_mul(1_000_000), proof_bytes)
        .saturating_add(db.reads_writes(reads, writes))
}

fn withdraw(db: RuntimeDbWeight) -> Weight {
    estimate(db, 60, 9_000, 3, 2)
}
// The mapping, the nonce, the balance, the code and the multiplier of fees.
fn call(db: RuntimeDbWeight) -> Weight {
    estimate(db, 30, 15_000, 5, 0)
}
fn create(db: RuntimeDbWeight, bytes: u32) -> Weight {
    call(db).saturating_add(Weight::from_parts(2_000, 0).saturating_mul(bytes.into()))
}
// An event is appended, and hashed when the block ends.
fn log(bytes: u32) -> Weight {
    Weight::from_parts(5_000_000, 0).saturating_add(Weight::from_parts(3_000, 0).saturating_mul(bytes.into()))
}

/// For a runtime with the database `T::DbWeight`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn withdraw() -> Weight {
        withdraw(T::DbWeight::get())
    }
    fn call() -> Weight {
        call(T::DbWeight::get())
    }
    fn create(b: u32) -> Weight {
        create(T::DbWeight::get(), b)
    }
    fn log(b: u32) -> Weight {
        log(b)
    }
}

impl WeightInfo for () {
    fn withdraw() -> Weight {
        withdraw(RocksDbWeight::get())
    }
    fn call() -> Weight {
        call(RocksDbWeight::get())
    }
    fn create(b: u32) -> Weight {
        create(RocksDbWeight::get(), b)
    }
    fn log(b: u32) -> Weight {
        log(b)
    }
}
