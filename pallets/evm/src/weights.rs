// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_evm`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_evm` costs.
pub trait WeightInfo {
	/// `withdraw`.
	fn withdraw() -> Weight;
	/// `call`.
	fn call() -> Weight;
	/// `create` for `b` in 5..=49152.
	fn create(b: u32, ) -> Weight;
	/// `log` for `b` in 0..=16384.
	fn log(b: u32, ) -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Revive::OriginalAccount` (r:1 w:0)
	// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight {
		// Proof, bytes: measured `855`, estimated `3593`.
		// Least execution time: 63_124_000 picoseconds.
		Weight::from_parts(65_017_000, 3_593)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Revive::OriginalAccount` (r:2 w:0)
	// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Revive::AccountInfoOf` (r:2 w:0)
	// Proof: `Revive::AccountInfoOf` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
	fn call() -> Weight {
		// Proof, bytes: measured `761`, estimated `6434`.
		// Least execution time: 65_707_000 picoseconds.
		Weight::from_parts(67_831_000, 6_434)
			.saturating_add(T::DbWeight::get().reads(4_u64))
	}
	// Storage: `Revive::OriginalAccount` (r:1 w:0)
	// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Revive::AccountInfoOf` (r:2 w:1)
	// Proof: `Revive::AccountInfoOf` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
	// Storage: `Revive::NativeDepositOf` (r:1 w:0)
	// Proof: `Revive::NativeDepositOf` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Revive::CodeInfoOf` (r:1 w:1)
	// Proof: `Revive::CodeInfoOf` (`max_values`: None, `max_size`: Some(97), added: 2572, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Revive::PristineCode` (r:0 w:1)
	// Proof: `Revive::PristineCode` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn create(b: u32, ) -> Weight {
		// Proof, bytes: measured `1067`, estimated `6866`.
		// Least execution time: 251_704_000 picoseconds.
		Weight::from_parts(262_526_897, 6_866)
			.saturating_add(Weight::from_parts(8_378, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	fn log(b: u32, ) -> Weight {
		// Proof, bytes: measured `0`, estimated `0`.
		// Least execution time: 3_895_000 picoseconds.
		Weight::from_parts(5_058_891, 0)
			.saturating_add(Weight::from_parts(526, 0).saturating_mul(b.into()))
	}
}

// For tests.
impl WeightInfo for () {
	fn withdraw() -> Weight {
		Weight::from_parts(65_017_000, 3_593)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn call() -> Weight {
		Weight::from_parts(67_831_000, 6_434)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
	}
	fn create(b: u32, ) -> Weight {
		Weight::from_parts(262_526_897, 6_866)
			.saturating_add(Weight::from_parts(8_378, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	fn log(b: u32, ) -> Weight {
		Weight::from_parts(5_058_891, 0)
			.saturating_add(Weight::from_parts(526, 0).saturating_mul(b.into()))
	}
}
