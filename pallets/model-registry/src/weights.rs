// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_model_registry`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_model_registry` costs.
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

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::NextModelId` (r:1 w:1)
	// Proof: `ModelRegistry::NextModelId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Datanets` (r:8 w:0)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:8 w:0)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:0 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:0 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	fn register_base() -> Weight {
		// Proof, bytes: measured `2678`, estimated `27022`.
		// Least execution time: 262_920_000 picoseconds.
		Weight::from_parts(308_258_000, 27_022)
			.saturating_add(T::DbWeight::get().reads(24_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::NextModelId` (r:1 w:1)
	// Proof: `ModelRegistry::NextModelId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:4 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Datanets` (r:8 w:0)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:8 w:0)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:0 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	fn register_adapter() -> Weight {
		// Proof, bytes: measured `4180`, estimated `27022`.
		// Least execution time: 308_899_000 picoseconds.
		Weight::from_parts(422_637_000, 27_022)
			.saturating_add(T::DbWeight::get().reads(28_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn set_price() -> Weight {
		// Proof, bytes: measured `539`, estimated `4416`.
		// Least execution time: 23_645_000 picoseconds.
		Weight::from_parts(42_663_000, 4_416)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	fn set_paused() -> Weight {
		// Proof, bytes: measured `536`, estimated `4416`.
		// Least execution time: 29_764_000 picoseconds.
		Weight::from_parts(39_498_000, 4_416)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	fn deprecate() -> Weight {
		// Proof, bytes: measured `1107`, estimated `4416`.
		// Least execution time: 36_444_000 picoseconds.
		Weight::from_parts(37_556_000, 4_416)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	fn transfer_ownership() -> Weight {
		// Proof, bytes: measured `536`, estimated `4416`.
		// Least execution time: 17_917_000 picoseconds.
		Weight::from_parts(19_920_000, 4_416)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ModelRegistry::Models` (r:1 w:1)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:0)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	fn accept_ownership() -> Weight {
		// Proof, bytes: measured `1538`, estimated `6866`.
		// Least execution time: 199_236_000 picoseconds.
		Weight::from_parts(209_201_000, 6_866)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Bonds` (r:1 w:1)
	// Proof: `ModelRegistry::Bonds` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	fn reclaim_bond() -> Weight {
		// Proof, bytes: measured `1452`, estimated `6012`.
		// Least execution time: 80_550_000 picoseconds.
		Weight::from_parts(85_296_000, 6_012)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn register_base() -> Weight {
		Weight::from_parts(308_258_000, 27_022)
			.saturating_add(RocksDbWeight::get().reads(24_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn register_adapter() -> Weight {
		Weight::from_parts(422_637_000, 27_022)
			.saturating_add(RocksDbWeight::get().reads(28_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn set_price() -> Weight {
		Weight::from_parts(42_663_000, 4_416)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn set_paused() -> Weight {
		Weight::from_parts(39_498_000, 4_416)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn deprecate() -> Weight {
		Weight::from_parts(37_556_000, 4_416)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn transfer_ownership() -> Weight {
		Weight::from_parts(19_920_000, 4_416)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn accept_ownership() -> Weight {
		Weight::from_parts(209_201_000, 6_866)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn reclaim_bond() -> Weight {
		Weight::from_parts(85_296_000, 6_012)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
}
