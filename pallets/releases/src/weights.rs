// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet-releases`: estimated from storage accesses and from what a parameter costs; regenerate with
//! `make weights`.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, Weight},
};

/// What the calls cost.
pub trait WeightInfo {
    /// A new dispute.
    fn dispute_row() -> Weight;
    /// A claim about a head of `p` parameters, with the longest proofs.
    fn claim_sums(p: u32) -> Weight;
    /// Commitments to the most parts.
    fn split() -> Weight;
    /// A choice among the most parts.
    fn choose() -> Weight;
    /// One training row's step for a head of `p` parameters, with the longest proofs, without the end that it brings.
    fn prove_term(p: u32) -> Weight;
    /// The end of a dispute whose author is convicted.
    fn conclude() -> Weight;
    /// Rows of `b` bytes together, with the longest proofs, without the end that they bring.
    fn refute_row(b: u32) -> Weight;
    /// The probability of a row by a head of `p` parameters, without the end that it brings.
    fn refute_probability(p: u32) -> Weight;
}

/// Bytes of proof for one storage item that is read.
const PROOF_BYTES: u64 = 3_600;
/// Computation around one storage item, picoseconds.
const ITEM_PICOSECONDS: u64 = 3_000_000;
/// Computation around one parameter in 128 bits: a step and the equation, and hashing about 30 bytes, picoseconds.
const PARAMETER_PICOSECONDS: u64 = 400_000;
/// Computation around one byte of a row: hashing, and a multiplication or two for every two bytes, picoseconds.
const ROW_BYTE_PICOSECONDS: u64 = 6_000;
/// Hashing two proofs of 64 siblings, picoseconds.
const PROOFS_PICOSECONDS: u64 = 150_000_000;

fn items(count: u64) -> Weight {
    Weight::from_parts(ITEM_PICOSECONDS, PROOF_BYTES).saturating_mul(count)
}

fn of_parameters(p: u32) -> Weight {
    Weight::from_parts(PARAMETER_PICOSECONDS, 0)
        .saturating_mul(u64::from(p))
        .saturating_add(Weight::from_parts(PROOFS_PICOSECONDS, 0))
}

fn of_rows(b: u32) -> Weight {
    Weight::from_parts(ROW_BYTE_PICOSECONDS, 0)
        .saturating_mul(u64::from(b))
        // seven proofs
        .saturating_add(Weight::from_parts(PROOFS_PICOSECONDS, 0).saturating_mul(4))
}

/// Weights with the runtime's own database figures.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // model, bond, dispute, account, holds, clock, two tunables; dispute, index, bond, account, holds
    fn dispute_row() -> Weight {
        items(9).saturating_add(T::DbWeight::get().reads_writes(9, 5))
    }
    // dispute, model, bond, clock, tunable
    fn claim_sums(p: u32) -> Weight {
        items(5)
            .saturating_add(of_parameters(p))
            .saturating_add(T::DbWeight::get().reads_writes(5, 1))
    }
    fn split() -> Weight {
        items(5).saturating_add(T::DbWeight::get().reads_writes(5, 1))
    }
    fn choose() -> Weight {
        items(5).saturating_add(T::DbWeight::get().reads_writes(5, 1))
    }
    fn prove_term(p: u32) -> Weight {
        items(5)
            .saturating_add(of_parameters(p))
            .saturating_add(T::DbWeight::get().reads_writes(5, 0))
    }
    // dispute, index, model, bond, three accounts with holds, tunable
    fn conclude() -> Weight {
        items(12).saturating_add(T::DbWeight::get().reads_writes(12, 9))
    }
    // model and bond
    fn refute_row(b: u32) -> Weight {
        items(2)
            .saturating_add(of_rows(b))
            .saturating_add(T::DbWeight::get().reads_writes(2, 0))
    }
    // model and bond
    fn refute_probability(p: u32) -> Weight {
        items(2)
            .saturating_add(of_parameters(p))
            .saturating_add(T::DbWeight::get().reads_writes(2, 0))
    }
}

// For tests.
impl WeightInfo for () {
    fn dispute_row() -> Weight {
        items(9).saturating_add(RocksDbWeight::get().reads_writes(9, 5))
    }
    fn claim_sums(p: u32) -> Weight {
        items(5)
            .saturating_add(of_parameters(p))
            .saturating_add(RocksDbWeight::get().reads_writes(5, 1))
    }
    fn split() -> Weight {
        items(5).saturating_add(RocksDbWeight::get().reads_writes(5, 1))
    }
    fn choose() -> Weight {
        items(5).saturating_add(RocksDbWeight::get().reads_writes(5, 1))
    }
    fn prove_term(p: u32) -> Weight {
        items(5)
            .saturating_add(of_parameters(p))
            .saturating_add(RocksDbWeight::get().reads_writes(5, 0))
    }
    fn conclude() -> Weight {
        items(12).saturating_add(RocksDbWeight::get().reads_writes(12, 9))
    }
    fn refute_row(b: u32) -> Weight {
        items(2)
            .saturating_add(of_rows(b))
            .saturating_add(RocksDbWeight::get().reads_writes(2, 0))
    }
    fn refute_probability(p: u32) -> Weight {
        items(2)
            .saturating_add(of_parameters(p))
            .saturating_add(RocksDbWeight::get().reads_writes(2, 0))
    }
}
