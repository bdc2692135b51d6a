// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls: estimated from storage accesses; regenerate with `make weights`.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// What each call costs.
pub trait WeightInfo {
    /// A new registration.
    fn register() -> Weight;
    /// A larger bond.
    fn bond_more() -> Weight;
    /// A model that already has all but one of its hosts.
    fn host() -> Weight;
    /// A model that has all of its hosts.
    fn unhost() -> Weight;
    /// A sign of life.
    fn heartbeat() -> Weight;
    /// Out of the draws.
    fn chill() -> Weight;
    /// Into the draws.
    fn resume() -> Weight;
    /// A worker that hosts as many models as it may.
    fn unbond() -> Weight;
    /// The end of a registration.
    fn withdraw_unbonded() -> Weight;
}

/// Models that `unbond` leaves at most, for the estimate.
const ESTIMATED_HOSTED: u64 = 16;

fn estimate(db: RuntimeDbWeight, micros: u64, proof_bytes: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(micros.saturating_mul(1_000_000), proof_bytes)
        .saturating_add(db.reads_writes(reads, writes))
}

fn register(db: RuntimeDbWeight) -> Weight {
    estimate(db, 60, 8_000, 5, 4)
}
fn bond_more(db: RuntimeDbWeight) -> Weight {
    estimate(db, 50, 8_000, 4, 3)
}
fn host(db: RuntimeDbWeight) -> Weight {
    estimate(db, 50, 16_000, 6, 2)
}
fn unhost(db: RuntimeDbWeight) -> Weight {
    estimate(db, 40, 12_000, 2, 2)
}
fn small(db: RuntimeDbWeight) -> Weight {
    estimate(db, 25, 5_000, 2, 1)
}
fn unbond(db: RuntimeDbWeight) -> Weight {
    let pools = estimate(db, 25, 6_000, 1, 1).saturating_mul(ESTIMATED_HOSTED);
    estimate(db, 30, 6_000, 3, 1).saturating_add(pools)
}
fn withdraw_unbonded(db: RuntimeDbWeight) -> Weight {
    estimate(db, 60, 8_000, 4, 3)
}

macro_rules! weights_from {
    ($db:expr) => {
        fn register() -> Weight {
            register($db)
        }
        fn bond_more() -> Weight {
            bond_more($db)
        }
        fn host() -> Weight {
            host($db)
        }
        fn unhost() -> Weight {
            unhost($db)
        }
        fn heartbeat() -> Weight {
            small($db)
        }
        fn chill() -> Weight {
            small($db)
        }
        fn resume() -> Weight {
            small($db)
        }
        fn unbond() -> Weight {
            unbond($db)
        }
        fn withdraw_unbonded() -> Weight {
            withdraw_unbonded($db)
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
