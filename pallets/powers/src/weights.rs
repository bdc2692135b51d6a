// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls: estimated from storage accesses; regenerate with `make weights`.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// What each call costs.
pub trait WeightInfo {
    /// A new delegate.
    fn delegate() -> Weight;
    /// The last power of a delegate.
    fn revoke() -> Weight;
    /// A spend beside as many as are remembered.
    fn spend() -> Weight;
    /// Other shares.
    fn split_fees() -> Weight;
    /// A list of `n` datanets.
    fn feature(n: u32) -> Weight;
}

fn estimate(db: RuntimeDbWeight, micros: u64, proof_bytes: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(micros.saturating_mul(1_000_000), proof_bytes)
        .saturating_add(db.reads_writes(reads, writes))
}

fn delegate(db: RuntimeDbWeight) -> Weight {
    estimate(db, 30, 6_000, 2, 2)
}
fn revoke(db: RuntimeDbWeight) -> Weight {
    estimate(db, 30, 6_000, 2, 2)
}
fn spend(db: RuntimeDbWeight) -> Weight {
    estimate(db, 80, 12_000, 4, 4)
}
fn split_fees(db: RuntimeDbWeight) -> Weight {
    estimate(db, 40, 8_000, 2, 1)
}
fn feature(db: RuntimeDbWeight, n: u32) -> Weight {
    let each = estimate(db, 8, 3_000, 1, 0).saturating_mul(u64::from(n));
    estimate(db, 20, 4_000, 1, 1).saturating_add(each)
}

/// Weights with the database of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn delegate() -> Weight {
        delegate(T::DbWeight::get())
    }
    fn revoke() -> Weight {
        revoke(T::DbWeight::get())
    }
    fn spend() -> Weight {
        spend(T::DbWeight::get())
    }
    fn split_fees() -> Weight {
        split_fees(T::DbWeight::get())
    }
    fn feature(n: u32) -> Weight {
        feature(T::DbWeight::get(), n)
    }
}

impl WeightInfo for () {
    fn delegate() -> Weight {
        delegate(RocksDbWeight::get())
    }
    fn revoke() -> Weight {
        revoke(RocksDbWeight::get())
    }
    fn spend() -> Weight {
        spend(RocksDbWeight::get())
    }
    fn split_fees() -> Weight {
        split_fees(RocksDbWeight::get())
    }
    fn feature(n: u32) -> Weight {
        feature(RocksDbWeight::get(), n)
    }
}
