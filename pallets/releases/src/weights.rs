// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_releases`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_releases` costs.
pub trait WeightInfo {
	/// `dispute_row`.
	fn dispute_row() -> Weight;
	/// `claim_sums` for `p` in 4..=16384.
	fn claim_sums(p: u32, ) -> Weight;
	/// `split`.
	fn split() -> Weight;
	/// `choose`.
	fn choose() -> Weight;
	/// `prove_term` for `p` in 4..=16384.
	fn prove_term(p: u32, ) -> Weight;
	/// `conclude`.
	fn conclude() -> Weight;
	/// `refute_row` for `b` in 136..=102840.
	fn refute_row(b: u32, ) -> Weight;
	/// `refute_probability` for `p` in 4..=16384.
	fn refute_probability(p: u32, ) -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `ModelRegistry::Bonds` (r:1 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Releases::Disputes` (r:1 w:1)
	// Proof: `Releases::Disputes` (`max_values`: None, `max_size`: Some(754), added: 3229, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Releases::DisputesAgainst` (r:0 w:1)
	// Proof: `Releases::DisputesAgainst` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
	fn dispute_row() -> Weight {
		// Proof, bytes: measured `1321`, estimated `6012`.
		// Least execution time: 175_671_000 picoseconds.
		Weight::from_parts(183_253_000, 6_012)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `Releases::Disputes` (r:1 w:1)
	// Proof: `Releases::Disputes` (`max_values`: None, `max_size`: Some(754), added: 3229, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:0)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn claim_sums(p: u32, ) -> Weight {
		// Proof, bytes: measured `1308`, estimated `4416`.
		// Least execution time: 216_892_000 picoseconds.
		Weight::from_parts(367_264_164, 4_416)
			.saturating_add(Weight::from_parts(190_452, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Releases::Disputes` (r:1 w:1)
	// Proof: `Releases::Disputes` (`max_values`: None, `max_size`: Some(754), added: 3229, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:0)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn split() -> Weight {
		// Proof, bytes: measured `1449`, estimated `4416`.
		// Least execution time: 83_754_000 picoseconds.
		Weight::from_parts(91_396_000, 4_416)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Releases::Disputes` (r:1 w:1)
	// Proof: `Releases::Disputes` (`max_values`: None, `max_size`: Some(754), added: 3229, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:0)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn choose() -> Weight {
		// Proof, bytes: measured `1930`, estimated `4416`.
		// Least execution time: 48_843_000 picoseconds.
		Weight::from_parts(56_724_000, 4_416)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Releases::Disputes` (r:1 w:1)
	// Proof: `Releases::Disputes` (`max_values`: None, `max_size`: Some(754), added: 3229, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:3 w:3)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Releases::DisputesAgainst` (r:0 w:1)
	// Proof: `Releases::DisputesAgainst` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
	fn prove_term(p: u32, ) -> Weight {
		// Proof, bytes: measured `2108`, estimated `8799`.
		// Least execution time: 251_013_000 picoseconds.
		Weight::from_parts(421_671_048, 8_799)
			.saturating_add(Weight::from_parts(146_156, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	// Storage: `Releases::Disputes` (r:1 w:1)
	// Proof: `Releases::Disputes` (`max_values`: None, `max_size`: Some(754), added: 3229, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:3 w:3)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Releases::DisputesAgainst` (r:0 w:1)
	// Proof: `Releases::DisputesAgainst` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
	fn conclude() -> Weight {
		// Proof, bytes: measured `1999`, estimated `8799`.
		// Least execution time: 283_001_000 picoseconds.
		Weight::from_parts(340_886_000, 8_799)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	// Storage: `ModelRegistry::Bonds` (r:1 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:3 w:3)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn refute_row(b: u32, ) -> Weight {
		// Proof, bytes: measured `1641`, estimated `8799`.
		// Least execution time: 410_730_000 picoseconds.
		Weight::from_parts(465_141_742, 8_799)
			.saturating_add(Weight::from_parts(3_695, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	// Storage: `ModelRegistry::Bonds` (r:1 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:3 w:3)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn refute_probability(p: u32, ) -> Weight {
		// Proof, bytes: measured `1641`, estimated `8799`.
		// Least execution time: 386_504_000 picoseconds.
		Weight::from_parts(404_204_990, 8_799)
			.saturating_add(Weight::from_parts(29_119, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn dispute_row() -> Weight {
		Weight::from_parts(183_253_000, 6_012)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn claim_sums(p: u32, ) -> Weight {
		Weight::from_parts(367_264_164, 4_416)
			.saturating_add(Weight::from_parts(190_452, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn split() -> Weight {
		Weight::from_parts(91_396_000, 4_416)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn choose() -> Weight {
		Weight::from_parts(56_724_000, 4_416)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn prove_term(p: u32, ) -> Weight {
		Weight::from_parts(421_671_048, 8_799)
			.saturating_add(Weight::from_parts(146_156, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	fn conclude() -> Weight {
		Weight::from_parts(340_886_000, 8_799)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	fn refute_row(b: u32, ) -> Weight {
		Weight::from_parts(465_141_742, 8_799)
			.saturating_add(Weight::from_parts(3_695, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn refute_probability(p: u32, ) -> Weight {
		Weight::from_parts(404_204_990, 8_799)
			.saturating_add(Weight::from_parts(29_119, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
}
