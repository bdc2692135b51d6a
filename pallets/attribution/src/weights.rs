// SPDX-License-Identifier: Apache-2.0
//! Weights: estimated from storage accesses; regenerate with `make weights`.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, Weight},
};

/// Weights of the pallet's calls and of what other pallets make it do.
pub trait WeightInfo {
    /// Settling a request with `p` positive and `n` negative report entries and the most workers and royalties.
    fn settle(p: u32, n: u32) -> Weight;
    /// A claim that vests `e` entries.
    fn claim(e: u32) -> Weight;
    /// Removing an explanation.
    fn prune() -> Weight;
    /// Collecting `c` shares in different versions for different owners.
    fn collect_standing(c: u32) -> Weight;
    /// Releasing the pool of a model with the most sources.
    fn release_pool() -> Weight;
    /// The first challenge of a report that names the most contributions.
    fn challenge() -> Weight;
    /// Showing a place with the longest proof, without the end that it may bring.
    fn show_place() -> Weight;
    /// Opening `b` bytes of rows with the longest proof, without the end that they may bring.
    fn open_rows(b: u32) -> Weight;
    /// Refuting an output by `b` bytes of a head, without what follows.
    fn refute_output(b: u32) -> Weight;
    /// Refuting spans by the most windows, tokens and contributions, without what follows.
    fn refute_spans() -> Weight;
    /// The end of a dispute of a report that names the most contributions, all of which are paid anew.
    fn conclude() -> Weight;
}

/// Bytes of proof for one storage item that is read.
const PROOF_BYTES: u64 = 3_600;
/// Computation around one storage item, picoseconds.
const ITEM_PICOSECONDS: u64 = 3_000_000;
/// Bytes of proof for one explanation.
const EXPLANATION_BYTES: u64 = 9_000;
/// Bytes of proof for one dispute.
const DISPUTE_BYTES: u64 = 5_000;
/// Computation around one byte of an opened row, picoseconds.
const ROW_BYTE_PICOSECONDS: u64 = 12_000;

/// Computation around all tokens of an answer and its windows, picoseconds.
const SPANS_PICOSECONDS: u64 = 600_000_000;

fn items(count: u64) -> Weight {
    Weight::from_parts(ITEM_PICOSECONDS, PROOF_BYTES).saturating_mul(count)
}

/// Weights with the runtime's cost of storage accesses.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Reads: totals, ledger account, explanation, model, sink, three vesting parameters, and up to 26 accounts'
    // claimable. An entry: two items of datanets, pending pay, its index and the owner's claimable.
    fn settle(p: u32, n: u32) -> Weight {
        let entries = u64::from(p).saturating_add(u64::from(n));
        items(34)
            .saturating_add(Weight::from_parts(20_000_000, EXPLANATION_BYTES))
            .saturating_add(T::DbWeight::get().reads_writes(34, 29))
            .saturating_add(items(5).saturating_mul(entries))
            .saturating_add(T::DbWeight::get().reads_writes(5, 3).saturating_mul(entries))
    }

    // Reads: totals, claimable, ledger account, receiver, minimum and three vesting parameters. An entry: model,
    // pending pay, its index and the owner's claimable.
    fn claim(e: u32) -> Weight {
        items(8)
            .saturating_add(Weight::from_parts(40_000_000, 0))
            .saturating_add(T::DbWeight::get().reads_writes(8, 4))
            .saturating_add(items(4).saturating_mul(u64::from(e)))
            .saturating_add(T::DbWeight::get().reads_writes(4, 3).saturating_mul(u64::from(e)))
    }

    fn prune() -> Weight {
        items(2)
            .saturating_add(Weight::from_parts(15_000_000, EXPLANATION_BYTES))
            .saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }

    fn collect_standing(c: u32) -> Weight {
        items(5)
            .saturating_add(T::DbWeight::get().reads_writes(5, 2))
            .saturating_add(items(7).saturating_mul(u64::from(c)))
            .saturating_add(T::DbWeight::get().reads_writes(7, 3).saturating_mul(u64::from(c)))
    }

    fn release_pool() -> Weight {
        items(22).saturating_add(T::DbWeight::get().reads_writes(22, 11))
    }

    // Reads: settlement, challenge, model, answer with its seat, dispute, accusations, hold, totals, three tunables and
    // three items of datanets. A contribution: pending pay, its index, the owner's claimable.
    fn challenge() -> Weight {
        items(16 + 3 * 17)
            .saturating_add(Weight::from_parts(
                60_000_000,
                EXPLANATION_BYTES.saturating_add(DISPUTE_BYTES),
            ))
            .saturating_add(T::DbWeight::get().reads_writes(16 + 3 * 17, 8 + 3 * 17))
    }

    fn show_place() -> Weight {
        items(5)
            .saturating_add(Weight::from_parts(150_000_000, DISPUTE_BYTES))
            .saturating_add(T::DbWeight::get().reads_writes(5, 1))
    }

    // Hashing, and a multiplication for every two bytes.
    fn open_rows(b: u32) -> Weight {
        items(5)
            .saturating_add(Weight::from_parts(150_000_000, DISPUTE_BYTES))
            .saturating_add(Weight::from_parts(ROW_BYTE_PICOSECONDS, 0).saturating_mul(u64::from(b)))
            .saturating_add(T::DbWeight::get().reads_writes(5, 1))
    }

    // Reads: settlement, model, answer with its seat, dispute. Hashing, and a multiplication for every twelve bytes.
    fn refute_output(b: u32) -> Weight {
        items(6)
            .saturating_add(Weight::from_parts(60_000_000, DISPUTE_BYTES))
            .saturating_add(Weight::from_parts(ROW_BYTE_PICOSECONDS, 0).saturating_mul(u64::from(b)))
            .saturating_add(T::DbWeight::get().reads_writes(6, 0))
    }

    // Reads: settlement, model, reveal, corrected credits, and three items of datanets for each of four contributions.
    // 1,024 credits are summed and 512 runs counted.
    fn refute_spans() -> Weight {
        items(16)
            .saturating_add(Weight::from_parts(SPANS_PICOSECONDS, 0))
            .saturating_add(T::DbWeight::get().reads_writes(16, 1))
    }

    // Reads: settlement, dispute, challenge, model, hold, bond, accusations, totals, tunables. A contribution, of 16 paid
    // ones and 32 debits at most: datanets' item, pending pay, its index and the owner's claimable.
    fn conclude() -> Weight {
        items(20 + 4 * 48)
            .saturating_add(Weight::from_parts(
                100_000_000,
                EXPLANATION_BYTES.saturating_add(DISPUTE_BYTES),
            ))
            .saturating_add(T::DbWeight::get().reads_writes(20 + 4 * 48, 14 + 3 * 48))
    }
}

// For tests.
impl WeightInfo for () {
    fn settle(p: u32, n: u32) -> Weight {
        let accesses = u64::from(p)
            .saturating_add(u64::from(n))
            .saturating_mul(5)
            .saturating_add(34);
        items(accesses).saturating_add(RocksDbWeight::get().reads_writes(accesses, accesses))
    }

    fn claim(e: u32) -> Weight {
        let accesses = u64::from(e).saturating_mul(4).saturating_add(8);
        items(accesses).saturating_add(RocksDbWeight::get().reads_writes(accesses, accesses))
    }

    fn prune() -> Weight {
        items(2).saturating_add(RocksDbWeight::get().reads_writes(2, 1))
    }

    fn collect_standing(c: u32) -> Weight {
        let accesses = u64::from(c).saturating_mul(7).saturating_add(5);
        items(accesses).saturating_add(RocksDbWeight::get().reads_writes(accesses, accesses))
    }

    fn release_pool() -> Weight {
        items(22).saturating_add(RocksDbWeight::get().reads_writes(22, 11))
    }

    fn challenge() -> Weight {
        items(67).saturating_add(RocksDbWeight::get().reads_writes(67, 59))
    }

    fn show_place() -> Weight {
        items(6).saturating_add(RocksDbWeight::get().reads_writes(6, 1))
    }

    fn open_rows(b: u32) -> Weight {
        items(6)
            .saturating_add(Weight::from_parts(ROW_BYTE_PICOSECONDS, 0).saturating_mul(u64::from(b)))
            .saturating_add(RocksDbWeight::get().reads_writes(6, 1))
    }

    fn refute_output(b: u32) -> Weight {
        items(6)
            .saturating_add(Weight::from_parts(ROW_BYTE_PICOSECONDS, 0).saturating_mul(u64::from(b)))
            .saturating_add(RocksDbWeight::get().reads(6))
    }

    fn refute_spans() -> Weight {
        items(16)
            .saturating_add(Weight::from_parts(SPANS_PICOSECONDS, 0))
            .saturating_add(RocksDbWeight::get().reads_writes(16, 1))
    }

    fn conclude() -> Weight {
        items(212).saturating_add(RocksDbWeight::get().reads_writes(212, 158))
    }
}
