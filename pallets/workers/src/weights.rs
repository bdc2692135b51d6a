// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_workers`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_workers` costs.
pub trait WeightInfo {
	/// `register`.
	fn register() -> Weight;
	/// `bond_more`.
	fn bond_more() -> Weight;
	/// `host`.
	fn host() -> Weight;
	/// `unhost`.
	fn unhost() -> Weight;
	/// `heartbeat`.
	fn heartbeat() -> Weight;
	/// `chill`.
	fn chill() -> Weight;
	/// `resume`.
	fn resume() -> Weight;
	/// `unbond`.
	fn unbond() -> Weight;
	/// `withdraw_unbonded`.
	fn withdraw_unbonded() -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Workers::Epochs` (r:1 w:1)
	// Proof: `Workers::Epochs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn register() -> Weight {
		// Proof, bytes: measured `121`, estimated `4110`.
		// Least execution time: 72_517_000 picoseconds.
		Weight::from_parts(75_271_000, 4_110)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	fn bond_more() -> Weight {
		// Proof, bytes: measured `319`, estimated `4110`.
		// Least execution time: 63_825_000 picoseconds.
		Weight::from_parts(65_157_000, 4_110)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Workers::Hosts` (r:1 w:1)
	// Proof: `Workers::Hosts` (`max_values`: None, `max_size`: Some(2322), added: 4797, mode: `MaxEncodedLen`)
	fn host() -> Weight {
		// Proof, bytes: measured `4082`, estimated `5787`.
		// Least execution time: 45_938_000 picoseconds.
		Weight::from_parts(49_624_000, 5_787)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Workers::Hosts` (r:1 w:1)
	// Proof: `Workers::Hosts` (`max_values`: None, `max_size`: Some(2322), added: 4797, mode: `MaxEncodedLen`)
	fn unhost() -> Weight {
		// Proof, bytes: measured `3223`, estimated `5787`.
		// Least execution time: 38_367_000 picoseconds.
		Weight::from_parts(41_372_000, 5_787)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn heartbeat() -> Weight {
		// Proof, bytes: measured `337`, estimated `4110`.
		// Least execution time: 20_010_000 picoseconds.
		Weight::from_parts(22_253_000, 4_110)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	fn chill() -> Weight {
		// Proof, bytes: measured `263`, estimated `4110`.
		// Least execution time: 14_271_000 picoseconds.
		Weight::from_parts(15_243_000, 4_110)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn resume() -> Weight {
		// Proof, bytes: measured `305`, estimated `4110`.
		// Least execution time: 18_037_000 picoseconds.
		Weight::from_parts(19_359_000, 4_110)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Workers::Hosts` (r:64 w:64)
	// Proof: `Workers::Hosts` (`max_values`: None, `max_size`: Some(2322), added: 4797, mode: `MaxEncodedLen`)
	fn unbond() -> Weight {
		// Proof, bytes: measured `7040`, estimated `307998`.
		// Least execution time: 577_989_000 picoseconds.
		Weight::from_parts(615_293_000, 307_998)
			.saturating_add(T::DbWeight::get().reads(68_u64))
			.saturating_add(T::DbWeight::get().writes(65_u64))
	}
	// Storage: `Workers::Workers` (r:1 w:1)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Workers::Accusations` (r:1 w:0)
	// Proof: `Workers::Accusations` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	fn withdraw_unbonded() -> Weight {
		// Proof, bytes: measured `401`, estimated `4110`.
		// Least execution time: 64_906_000 picoseconds.
		Weight::from_parts(66_589_000, 4_110)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(75_271_000, 4_110)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn bond_more() -> Weight {
		Weight::from_parts(65_157_000, 4_110)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn host() -> Weight {
		Weight::from_parts(49_624_000, 5_787)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn unhost() -> Weight {
		Weight::from_parts(41_372_000, 5_787)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn heartbeat() -> Weight {
		Weight::from_parts(22_253_000, 4_110)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn chill() -> Weight {
		Weight::from_parts(15_243_000, 4_110)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn resume() -> Weight {
		Weight::from_parts(19_359_000, 4_110)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn unbond() -> Weight {
		Weight::from_parts(615_293_000, 307_998)
			.saturating_add(RocksDbWeight::get().reads(68_u64))
			.saturating_add(RocksDbWeight::get().writes(65_u64))
	}
	fn withdraw_unbonded() -> Weight {
		Weight::from_parts(66_589_000, 4_110)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
}
