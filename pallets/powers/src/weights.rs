// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_powers`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_powers` costs.
pub trait WeightInfo {
	/// `delegate`.
	fn delegate() -> Weight;
	/// `revoke`.
	fn revoke() -> Weight;
	/// `spend`.
	fn spend() -> Weight;
	/// `split_fees`.
	fn split_fees() -> Weight;
	/// `feature` for `n` in 0..=32.
	fn feature(n: u32, ) -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Powers::Delegates` (r:1 w:1)
	// Proof: `Powers::Delegates` (`max_values`: None, `max_size`: Some(1385), added: 3860, mode: `MaxEncodedLen`)
	// Storage: `Powers::CounterForDelegates` (r:1 w:1)
	// Proof: `Powers::CounterForDelegates` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn delegate() -> Weight {
		// Proof, bytes: measured `3`, estimated `4850`.
		// Least execution time: 15_152_000 picoseconds.
		Weight::from_parts(18_778_000, 4_850)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Powers::Delegates` (r:1 w:1)
	// Proof: `Powers::Delegates` (`max_values`: None, `max_size`: Some(1385), added: 3860, mode: `MaxEncodedLen`)
	// Storage: `Powers::CounterForDelegates` (r:1 w:1)
	// Proof: `Powers::CounterForDelegates` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn revoke() -> Weight {
		// Proof, bytes: measured `137`, estimated `4850`.
		// Least execution time: 14_211_000 picoseconds.
		Weight::from_parts(16_876_000, 4_850)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Powers::Delegates` (r:1 w:1)
	// Proof: `Powers::Delegates` (`max_values`: None, `max_size`: Some(1385), added: 3860, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn spend() -> Weight {
		// Proof, bytes: measured `1701`, estimated `6196`.
		// Least execution time: 77_034_000 picoseconds.
		Weight::from_parts(87_880_000, 6_196)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `Powers::Delegates` (r:1 w:0)
	// Proof: `Powers::Delegates` (`max_values`: None, `max_size`: Some(1385), added: 3860, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:1)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn split_fees() -> Weight {
		// Proof, bytes: measured `140`, estimated `4850`.
		// Least execution time: 20_952_000 picoseconds.
		Weight::from_parts(23_285_000, 4_850)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Powers::Delegates` (r:1 w:0)
	// Proof: `Powers::Delegates` (`max_values`: None, `max_size`: Some(1385), added: 3860, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Datanets` (r:32 w:0)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Powers::Featured` (r:0 w:1)
	// Proof: `Powers::Featured` (`max_values`: Some(1), `max_size`: Some(257), added: 752, mode: `MaxEncodedLen`)
	fn feature(n: u32, ) -> Weight {
		// Proof, bytes: measured `1112 + n * 52`, estimated `4850 + n * 3254`.
		// Least execution time: 13_530_000 picoseconds.
		Weight::from_parts(45_480_093, 4_850)
			.saturating_add(Weight::from_parts(5_179_481, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 3254).saturating_mul(n.into()))
	}
}

// For tests.
impl WeightInfo for () {
	fn delegate() -> Weight {
		Weight::from_parts(18_778_000, 4_850)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn revoke() -> Weight {
		Weight::from_parts(16_876_000, 4_850)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn spend() -> Weight {
		Weight::from_parts(87_880_000, 6_196)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn split_fees() -> Weight {
		Weight::from_parts(23_285_000, 4_850)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn feature(n: u32, ) -> Weight {
		Weight::from_parts(45_480_093, 4_850)
			.saturating_add(Weight::from_parts(5_179_481, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 3254).saturating_mul(n.into()))
	}
}
