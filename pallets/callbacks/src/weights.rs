// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_callbacks`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_callbacks` costs.
pub trait WeightInfo {
	/// `register`.
	fn register() -> Weight;
	/// `request_ended`.
	fn request_ended() -> Weight;
	/// `deliver_base`.
	fn deliver_base() -> Weight;
	/// `deliver`.
	fn deliver() -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Revive::AccountInfoOf` (r:1 w:0)
	// Proof: `Revive::AccountInfoOf` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
	// Storage: `TxPause::PausedCalls` (r:1 w:0)
	// Proof: `TxPause::PausedCalls` (`max_values`: None, `max_size`: Some(532), added: 3007, mode: `MaxEncodedLen`)
	// Storage: `SafeMode::EnteredUntil` (r:1 w:0)
	// Proof: `SafeMode::EnteredUntil` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Callbacks::Waiting` (r:0 w:1)
	// Proof: `Callbacks::Waiting` (`max_values`: None, `max_size`: Some(1200), added: 3675, mode: `MaxEncodedLen`)
	fn register() -> Weight {
		// Proof, bytes: measured `688`, estimated `3997`.
		// Least execution time: 92_928_000 picoseconds.
		Weight::from_parts(111_946_000, 3_997)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `Callbacks::Waiting` (r:1 w:1)
	// Proof: `Callbacks::Waiting` (`max_values`: None, `max_size`: Some(1200), added: 3675, mode: `MaxEncodedLen`)
	// Storage: `Callbacks::QueueEnds` (r:1 w:1)
	// Proof: `Callbacks::QueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	// Storage: `Callbacks::Queue` (r:0 w:1)
	// Proof: `Callbacks::Queue` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
	fn request_ended() -> Weight {
		// Proof, bytes: measured `338`, estimated `4665`.
		// Least execution time: 21_512_000 picoseconds.
		Weight::from_parts(25_938_000, 4_665)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `Callbacks::QueueEnds` (r:1 w:0)
	// Proof: `Callbacks::QueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	fn deliver_base() -> Weight {
		// Proof, bytes: measured `175`, estimated `1501`.
		// Least execution time: 4_436_000 picoseconds.
		Weight::from_parts(5_458_000, 1_501)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	// Storage: `Callbacks::Waiting` (r:1 w:1)
	// Proof: `Callbacks::Waiting` (`max_values`: None, `max_size`: Some(1200), added: 3675, mode: `MaxEncodedLen`)
	// Storage: `Revive::OriginalAccount` (r:2 w:0)
	// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:3 w:3)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Revive::AccountInfoOf` (r:1 w:0)
	// Proof: `Revive::AccountInfoOf` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
	fn deliver() -> Weight {
		// Proof, bytes: measured `2448`, estimated `8799`.
		// Least execution time: 280_496_000 picoseconds.
		Weight::from_parts(289_690_000, 8_799)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(111_946_000, 3_997)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn request_ended() -> Weight {
		Weight::from_parts(25_938_000, 4_665)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn deliver_base() -> Weight {
		Weight::from_parts(5_458_000, 1_501)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
	}
	fn deliver() -> Weight {
		Weight::from_parts(289_690_000, 8_799)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
}
