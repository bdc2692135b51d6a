// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls and hooks: estimated from storage accesses; regenerate with `make weights`.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// What each call and each step of a hook costs.
pub trait WeightInfo {
    /// A request with the longest input.
    fn request() -> Weight;
    /// A request that is taken back.
    fn cancel() -> Weight;
    /// The last commitment of a committee.
    fn commit() -> Weight;
    /// The last reveal of a committee, with the longest output, for a report of `entries` entries.
    fn reveal(entries: u32) -> Weight;
    /// The most that one step of a request costs.
    fn poke() -> Weight;
    /// The clock.
    fn on_finalize() -> Weight;
    /// What a block looks up before its first step.
    fn advance_base() -> Weight;
    /// A look at one tick of a calendar.
    fn calendar_step() -> Weight;
    /// A draw of a full committee from `hosts` workers.
    fn draw(hosts: u32) -> Weight;
    /// The settlement of a full committee's request, without what the ledger does.
    fn conclude() -> Weight;
    /// The removal of a full committee's request.
    fn forget() -> Weight;
}

/// Bytes of proof that one more key costs beside its value.
const KEY_PROOF_BYTES: u64 = 1_000;

fn estimate(db: RuntimeDbWeight, micros: u64, value_bytes: u64, reads: u64, writes: u64) -> Weight {
    let proof = value_bytes.saturating_add(reads.saturating_mul(KEY_PROOF_BYTES));
    Weight::from_parts(micros.saturating_mul(1_000_000), proof).saturating_add(db.reads_writes(reads, writes))
}

fn request(db: RuntimeDbWeight) -> Weight {
    // registry, sources, account, holds, counters; the input is hashed
    estimate(db, 150, 8_000, 12, 10)
}
fn cancel(db: RuntimeDbWeight) -> Weight {
    estimate(db, 70, 4_000, 7, 7)
}
fn commit(db: RuntimeDbWeight) -> Weight {
    estimate(db, 50, 3_000, 4, 5)
}
fn reveal(db: RuntimeDbWeight, entries: u32) -> Weight {
    // one contribution an entry, and the versions of eight sources
    let report = estimate(db, 10, 500, 1, 0).saturating_mul(u64::from(entries));
    estimate(db, 120, 8_000, 13, 5).saturating_add(report)
}
fn draw(db: RuntimeDbWeight, hosts: u32) -> Weight {
    let pool = estimate(db, 5, 400, 1, 0).saturating_mul(u64::from(hosts));
    // the list of hosts, and for each of seven seats the registration, the assignment, the duty and the seat
    estimate(db, 250, 8_000, 20, 36).saturating_add(pool)
}
fn conclude(db: RuntimeDbWeight) -> Weight {
    // seven seats, reveals, registrations, assignments and duties
    let committee = estimate(db, 400, 40_000, 35, 28);
    estimate(db, 150, 4_000, 12, 12).saturating_add(committee)
}
fn forget(db: RuntimeDbWeight) -> Weight {
    estimate(db, 120, 4_000, 12, 22)
}

macro_rules! weights_from {
    ($db:expr) => {
        fn request() -> Weight {
            request($db)
        }
        fn cancel() -> Weight {
            cancel($db)
        }
        fn commit() -> Weight {
            commit($db)
        }
        fn reveal(entries: u32) -> Weight {
            reveal($db, entries)
        }
        fn poke() -> Weight {
            conclude($db).saturating_add(estimate($db, 20, 2_000, 2, 0))
        }
        fn on_finalize() -> Weight {
            estimate($db, 3, 100, 2, 1)
        }
        fn advance_base() -> Weight {
            estimate($db, 5, 200, 4, 1)
        }
        fn calendar_step() -> Weight {
            estimate($db, 5, 200, 2, 1)
        }
        fn draw(hosts: u32) -> Weight {
            draw($db, hosts)
        }
        fn conclude() -> Weight {
            conclude($db)
        }
        fn forget() -> Weight {
            forget($db)
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
