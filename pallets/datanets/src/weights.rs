// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_datanets`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_datanets` costs.
pub trait WeightInfo {
	/// `create`.
	fn create() -> Weight;
	/// `contribute`.
	fn contribute() -> Weight;
	/// `accept`.
	fn accept() -> Weight;
	/// `reject`.
	fn reject() -> Weight;
	/// `withdraw`.
	fn withdraw() -> Weight;
	/// `revoke`.
	fn revoke() -> Weight;
	/// `publish_version`.
	fn publish_version() -> Weight;
	/// `grant_access`.
	fn grant_access() -> Weight;
	/// `revoke_access`.
	fn revoke_access() -> Weight;
	/// `transfer_ownership`.
	fn transfer_ownership() -> Weight;
	/// `accept_ownership`.
	fn accept_ownership() -> Weight;
	/// `set_paused`.
	fn set_paused() -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Datanets::NextDatanetId` (r:1 w:1)
	// Proof: `Datanets::NextDatanetId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Datanets` (r:0 w:1)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	fn create() -> Weight {
		// Proof, bytes: measured `424`, estimated `3928`.
		// Least execution time: 71_987_000 picoseconds.
		Weight::from_parts(80_910_000, 3_928)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:0)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::ContentIndex` (r:1 w:1)
	// Proof: `Datanets::ContentIndex` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Fillings` (r:1 w:1)
	// Proof: `Datanets::Fillings` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Nodes` (r:31 w:32)
	// Proof: `Datanets::Nodes` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:0 w:1)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Datanets::LeafIndex` (r:0 w:1)
	// Proof: `Datanets::LeafIndex` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	fn contribute() -> Weight {
		// Proof, bytes: measured `2944`, estimated `79699`.
		// Least execution time: 294_598_000 picoseconds.
		Weight::from_parts(309_489_000, 79_699)
			.saturating_add(T::DbWeight::get().reads(37_u64))
			.saturating_add(T::DbWeight::get().writes(38_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:0)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:1 w:1)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Fillings` (r:1 w:1)
	// Proof: `Datanets::Fillings` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Nodes` (r:31 w:32)
	// Proof: `Datanets::Nodes` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Datanets::LeafIndex` (r:0 w:1)
	// Proof: `Datanets::LeafIndex` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	fn accept() -> Weight {
		// Proof, bytes: measured `3235`, estimated `79699`.
		// Least execution time: 408_837_000 picoseconds.
		Weight::from_parts(419_242_000, 79_699)
			.saturating_add(T::DbWeight::get().reads(36_u64))
			.saturating_add(T::DbWeight::get().writes(37_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:0)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:1 w:1)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Datanets::ContentIndex` (r:0 w:1)
	// Proof: `Datanets::ContentIndex` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
	fn reject() -> Weight {
		// Proof, bytes: measured `1735`, estimated `6196`.
		// Least execution time: 166_988_000 picoseconds.
		Weight::from_parts(171_545_000, 6_196)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `Datanets::Contributions` (r:1 w:1)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Datanets::ContentIndex` (r:0 w:1)
	// Proof: `Datanets::ContentIndex` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight {
		// Proof, bytes: measured `802`, estimated `3928`.
		// Least execution time: 141_921_000 picoseconds.
		Weight::from_parts(153_348_000, 3_928)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:0)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:1 w:1)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Fillings` (r:1 w:1)
	// Proof: `Datanets::Fillings` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn revoke() -> Weight {
		// Proof, bytes: measured `1349`, estimated `4244`.
		// Least execution time: 45_698_000 picoseconds.
		Weight::from_parts(58_277_000, 4_244)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:1)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Fillings` (r:1 w:1)
	// Proof: `Datanets::Fillings` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:1 w:1)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Nodes` (r:31 w:0)
	// Proof: `Datanets::Nodes` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn publish_version() -> Weight {
		// Proof, bytes: measured `3199`, estimated `79699`.
		// Least execution time: 225_645_000 picoseconds.
		Weight::from_parts(314_847_000, 79_699)
			.saturating_add(T::DbWeight::get().reads(37_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:1)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Grants` (r:1 w:1)
	// Proof: `Datanets::Grants` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Fillings` (r:1 w:0)
	// Proof: `Datanets::Fillings` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	fn grant_access() -> Weight {
		// Proof, bytes: measured `1271`, estimated `4244`.
		// Least execution time: 82_192_000 picoseconds.
		Weight::from_parts(91_065_000, 4_244)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:1)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Grants` (r:1 w:1)
	// Proof: `Datanets::Grants` (`max_values`: None, `max_size`: Some(73), added: 2548, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Fillings` (r:1 w:0)
	// Proof: `Datanets::Fillings` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	fn revoke_access() -> Weight {
		// Proof, bytes: measured `1366`, estimated `4244`.
		// Least execution time: 73_049_000 picoseconds.
		Weight::from_parts(76_184_000, 4_244)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:1)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	fn transfer_ownership() -> Weight {
		// Proof, bytes: measured `966`, estimated `4244`.
		// Least execution time: 17_216_000 picoseconds.
		Weight::from_parts(18_888_000, 4_244)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:1)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Fillings` (r:1 w:0)
	// Proof: `Datanets::Fillings` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	fn accept_ownership() -> Weight {
		// Proof, bytes: measured `1401`, estimated `6866`.
		// Least execution time: 111_226_000 picoseconds.
		Weight::from_parts(113_619_000, 6_866)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `Datanets::Datanets` (r:1 w:1)
	// Proof: `Datanets::Datanets` (`max_values`: None, `max_size`: Some(779), added: 3254, mode: `MaxEncodedLen`)
	fn set_paused() -> Weight {
		// Proof, bytes: measured `966`, estimated `4244`.
		// Least execution time: 16_614_000 picoseconds.
		Weight::from_parts(17_145_000, 4_244)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn create() -> Weight {
		Weight::from_parts(80_910_000, 3_928)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn contribute() -> Weight {
		Weight::from_parts(309_489_000, 79_699)
			.saturating_add(RocksDbWeight::get().reads(37_u64))
			.saturating_add(RocksDbWeight::get().writes(38_u64))
	}
	fn accept() -> Weight {
		Weight::from_parts(419_242_000, 79_699)
			.saturating_add(RocksDbWeight::get().reads(36_u64))
			.saturating_add(RocksDbWeight::get().writes(37_u64))
	}
	fn reject() -> Weight {
		Weight::from_parts(171_545_000, 6_196)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(153_348_000, 3_928)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn revoke() -> Weight {
		Weight::from_parts(58_277_000, 4_244)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn publish_version() -> Weight {
		Weight::from_parts(314_847_000, 79_699)
			.saturating_add(RocksDbWeight::get().reads(37_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn grant_access() -> Weight {
		Weight::from_parts(91_065_000, 4_244)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn revoke_access() -> Weight {
		Weight::from_parts(76_184_000, 4_244)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn transfer_ownership() -> Weight {
		Weight::from_parts(18_888_000, 4_244)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn accept_ownership() -> Weight {
		Weight::from_parts(113_619_000, 6_866)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn set_paused() -> Weight {
		Weight::from_parts(17_145_000, 4_244)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
}
