// SPDX-License-Identifier: Apache-2.0
//! Weights of what is done around the contracts: estimated from storage accesses; regenerate with `make weights`.
//!
//! The contracts themselves are weighed by `pallet-revive` while they run.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// What each step costs.
pub trait WeightInfo {
    /// A callback that is paid for.
    fn register() -> Weight;
    /// A request with a callback that ends: it is queued, or given back.
    fn request_ended() -> Weight;
    /// What a block looks up before its first delivery.
    fn deliver_base() -> Weight;
    /// A delivery with the longest answer, without the contract.
    fn deliver() -> Weight;
}

fn estimate(db: RuntimeDbWeight, micros: u64, proof_bytes: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(micros.saturating_mul(1_000_000), proof_bytes)
        .saturating_add(db.reads_writes(reads, writes))
}

// the contract, its mapping, the record, the account's holds and the price of gas
fn register(db: RuntimeDbWeight) -> Weight {
    estimate(db, 60, 18_000, 6, 3)
}
// the record with its answer, the queue and its ends, the holds; the report is hashed
fn request_ended(db: RuntimeDbWeight) -> Weight {
    estimate(db, 50, 9_000, 4, 4)
}
fn deliver_base(db: RuntimeDbWeight) -> Weight {
    estimate(db, 15, 8_000, 3, 1)
}
// the queue, the record, the holds, and the accounts of contract, caller and the fee's destination
fn deliver(db: RuntimeDbWeight) -> Weight {
    estimate(db, 180, 20_000, 8, 8)
}

macro_rules! weights_from {
    ($db:expr) => {
        fn register() -> Weight {
            register($db)
        }
        fn request_ended() -> Weight {
            request_ended($db)
        }
        fn deliver_base() -> Weight {
            deliver_base($db)
        }
        fn deliver() -> Weight {
            deliver($db)
        }
    };
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    weights_from!(T::DbWeight::get());
}

impl WeightInfo for () {
    weights_from!(RocksDbWeight::get());
}
