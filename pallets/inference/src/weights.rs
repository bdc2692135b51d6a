// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_inference`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_inference` costs.
pub trait WeightInfo {
	/// `request`.
	fn request() -> Weight;
	/// `cancel`.
	fn cancel() -> Weight;
	/// `commit`.
	fn commit() -> Weight;
	/// `reveal` for `e` in 1..=8.
	fn reveal(e: u32, ) -> Weight;
	/// `poke`.
	fn poke() -> Weight;
	/// `on_finalize`.
	fn on_finalize() -> Weight;
	/// `advance_base`.
	fn advance_base() -> Weight;
	/// `calendar_step`.
	fn calendar_step() -> Weight;
	/// `draw` for `h` in 7..=64.
	fn draw(h: u32, ) -> Weight;
	/// `conclude`.
	fn conclude() -> Weight;
	/// `forget`.
	fn forget() -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `ModelRegistry::Models` (r:9 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Inference::OpenRequests` (r:1 w:1)
	// Proof: `Inference::OpenRequests` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Inference::NextRequest` (r:1 w:1)
	// Proof: `Inference::NextRequest` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::QueueEnds` (r:1 w:1)
	// Proof: `Inference::QueueEnds` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
	// Storage: `Inference::Deadlines` (r:0 w:1)
	// Proof: `Inference::Deadlines` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Inference::Queue` (r:0 w:1)
	// Proof: `Inference::Queue` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
	// Storage: `Inference::Inputs` (r:0 w:1)
	// Proof: `Inference::Inputs` (`max_values`: None, `max_size`: Some(4115), added: 6590, mode: `MaxEncodedLen`)
	// Storage: `Inference::Requests` (r:0 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	fn request() -> Weight {
		// Proof, bytes: measured `2569`, estimated `31824`.
		// Least execution time: 173_317_000 picoseconds.
		Weight::from_parts(174_989_000, 31_824)
			.saturating_add(T::DbWeight::get().reads(16_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	// Storage: `Inference::Requests` (r:1 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:1 w:0)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::OpenRequests` (r:1 w:1)
	// Proof: `Inference::OpenRequests` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Callbacks::Waiting` (r:1 w:0)
	// Proof: `Callbacks::Waiting` (`max_values`: None, `max_size`: Some(1200), added: 3675, mode: `MaxEncodedLen`)
	// Storage: `Inference::Deadlines` (r:0 w:1)
	// Proof: `Inference::Deadlines` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Inference::Retained` (r:0 w:1)
	// Proof: `Inference::Retained` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	fn cancel() -> Weight {
		// Proof, bytes: measured `1148`, estimated `6012`.
		// Least execution time: 95_562_000 picoseconds.
		Weight::from_parts(101_471_000, 6_012)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `Inference::Requests` (r:1 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:1 w:1)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Inference::Deadlines` (r:0 w:2)
	// Proof: `Inference::Deadlines` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	fn commit() -> Weight {
		// Proof, bytes: measured `1233`, estimated `4147`.
		// Least execution time: 47_160_000 picoseconds.
		Weight::from_parts(50_545_000, 4_147)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	// Storage: `Inference::Requests` (r:1 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:1 w:1)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:8 w:0)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:8 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Inference::QueueEnds` (r:1 w:1)
	// Proof: `Inference::QueueEnds` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
	// Storage: `Inference::Reveals` (r:0 w:1)
	// Proof: `Inference::Reveals` (`max_values`: None, `max_size`: Some(4069), added: 6544, mode: `MaxEncodedLen`)
	// Storage: `Inference::Queue` (r:0 w:1)
	// Proof: `Inference::Queue` (`max_values`: None, `max_size`: Some(33), added: 2508, mode: `MaxEncodedLen`)
	fn reveal(e: u32, ) -> Weight {
		// Proof, bytes: measured `2914 + e * 199`, estimated `21462 + e * 2781`.
		// Least execution time: 121_821_000 picoseconds.
		Weight::from_parts(133_905_698, 21_462)
			.saturating_add(Weight::from_parts(4_583_626, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(13_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(e.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(Weight::from_parts(0, 2781).saturating_mul(e.into()))
	}
	// Storage: `Inference::Requests` (r:1 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:8 w:0)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::Reveals` (r:7 w:0)
	// Proof: `Inference::Reveals` (`max_values`: None, `max_size`: Some(4069), added: 6544, mode: `MaxEncodedLen`)
	// Storage: `System::ParentHash` (r:1 w:0)
	// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `DrawSeed::RelayRandomness` (r:1 w:0)
	// Proof: `DrawSeed::RelayRandomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:3 w:3)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Settlements` (r:1 w:1)
	// Proof: `Attribution::Settlements` (`max_values`: None, `max_size`: Some(5794), added: 8269, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Models` (r:1 w:1)
	// Proof: `Attribution::Models` (`max_values`: None, `max_size`: Some(145), added: 2620, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Pending` (r:8 w:4)
	// Proof: `Attribution::Pending` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:4 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Claimable` (r:16 w:16)
	// Proof: `Attribution::Claimable` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Workers::Assignments` (r:7 w:7)
	// Proof: `Workers::Assignments` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
	// Storage: `Workers::Workers` (r:7 w:7)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Inference::Duties` (r:7 w:7)
	// Proof: `Inference::Duties` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Inference::OpenRequests` (r:1 w:1)
	// Proof: `Inference::OpenRequests` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Callbacks::Waiting` (r:1 w:0)
	// Proof: `Callbacks::Waiting` (`max_values`: None, `max_size`: Some(1200), added: 3675, mode: `MaxEncodedLen`)
	// Storage: `Inference::Answers` (r:0 w:1)
	// Proof: `Inference::Answers` (`max_values`: None, `max_size`: Some(1042), added: 3517, mode: `MaxEncodedLen`)
	// Storage: `Inference::Deadlines` (r:0 w:1)
	// Proof: `Inference::Deadlines` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Inference::Retained` (r:0 w:1)
	// Proof: `Inference::Retained` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Attribution::PendingOf` (r:0 w:4)
	// Proof: `Attribution::PendingOf` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn poke() -> Weight {
		// Proof, bytes: measured `10296`, estimated `46798`.
		// Least execution time: 727_080_000 picoseconds.
		Weight::from_parts(742_202_000, 46_798)
			.saturating_add(T::DbWeight::get().reads(80_u64))
			.saturating_add(T::DbWeight::get().writes(57_u64))
	}
	// Storage: `Inference::CurrentTick` (r:1 w:1)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn on_finalize() -> Weight {
		// Proof, bytes: measured `42`, estimated `1493`.
		// Least execution time: 4_307_000 picoseconds.
		Weight::from_parts(4_707_000, 1_493)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Inference::QueueEnds` (r:2 w:0)
	// Proof: `Inference::QueueEnds` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
	// Storage: `Inference::DeadlinesFrom` (r:1 w:0)
	// Proof: `Inference::DeadlinesFrom` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn advance_base() -> Weight {
		// Proof, bytes: measured `42`, estimated `5990`.
		// Least execution time: 6_980_000 picoseconds.
		Weight::from_parts(7_451_000, 5_990)
			.saturating_add(T::DbWeight::get().reads(4_u64))
	}
	// Storage: `Inference::QueueEnds` (r:2 w:0)
	// Proof: `Inference::QueueEnds` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
	// Storage: `Inference::DeadlinesFrom` (r:1 w:1)
	// Proof: `Inference::DeadlinesFrom` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::Deadlines` (r:1 w:0)
	// Proof: `Inference::Deadlines` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	fn calendar_step() -> Weight {
		// Proof, bytes: measured `101`, estimated `5990`.
		// Least execution time: 13_540_000 picoseconds.
		Weight::from_parts(14_051_000, 5_990)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Inference::Requests` (r:1 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Workers::Hosts` (r:1 w:0)
	// Proof: `Workers::Hosts` (`max_values`: None, `max_size`: Some(2322), added: 4797, mode: `MaxEncodedLen`)
	// Storage: `Workers::Workers` (r:64 w:7)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `System::ParentHash` (r:1 w:0)
	// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `DrawSeed::RelayRandomness` (r:1 w:0)
	// Proof: `DrawSeed::RelayRandomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Workers::Assignments` (r:7 w:7)
	// Proof: `Workers::Assignments` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
	// Storage: `Inference::Deadlines` (r:0 w:1)
	// Proof: `Inference::Deadlines` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:0 w:7)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::Duties` (r:0 w:7)
	// Proof: `Inference::Duties` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn draw(h: u32, ) -> Weight {
		// Proof, bytes: measured `1024 + h * 121`, estimated `18791 + h * 3120`.
		// Least execution time: 209_481_000 picoseconds.
		Weight::from_parts(137_847_672, 18_791)
			.saturating_add(Weight::from_parts(9_578_449, 0).saturating_mul(h.into()))
			.saturating_add(T::DbWeight::get().reads(15_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(h.into())))
			.saturating_add(T::DbWeight::get().writes(30_u64))
			.saturating_add(Weight::from_parts(0, 3120).saturating_mul(h.into()))
	}
	// Storage: `Inference::Requests` (r:1 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:8 w:0)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::Reveals` (r:7 w:0)
	// Proof: `Inference::Reveals` (`max_values`: None, `max_size`: Some(4069), added: 6544, mode: `MaxEncodedLen`)
	// Storage: `System::ParentHash` (r:1 w:0)
	// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `DrawSeed::RelayRandomness` (r:1 w:0)
	// Proof: `DrawSeed::RelayRandomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:3 w:3)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Settlements` (r:1 w:1)
	// Proof: `Attribution::Settlements` (`max_values`: None, `max_size`: Some(5794), added: 8269, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Models` (r:1 w:1)
	// Proof: `Attribution::Models` (`max_values`: None, `max_size`: Some(145), added: 2620, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Pending` (r:8 w:4)
	// Proof: `Attribution::Pending` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:4 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Claimable` (r:16 w:16)
	// Proof: `Attribution::Claimable` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Workers::Assignments` (r:7 w:7)
	// Proof: `Workers::Assignments` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
	// Storage: `Workers::Workers` (r:7 w:7)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Inference::Duties` (r:7 w:7)
	// Proof: `Inference::Duties` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Inference::OpenRequests` (r:1 w:1)
	// Proof: `Inference::OpenRequests` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Callbacks::Waiting` (r:1 w:0)
	// Proof: `Callbacks::Waiting` (`max_values`: None, `max_size`: Some(1200), added: 3675, mode: `MaxEncodedLen`)
	// Storage: `Inference::Answers` (r:0 w:1)
	// Proof: `Inference::Answers` (`max_values`: None, `max_size`: Some(1042), added: 3517, mode: `MaxEncodedLen`)
	// Storage: `Inference::Deadlines` (r:0 w:1)
	// Proof: `Inference::Deadlines` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Inference::Retained` (r:0 w:1)
	// Proof: `Inference::Retained` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Attribution::PendingOf` (r:0 w:4)
	// Proof: `Attribution::PendingOf` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn conclude() -> Weight {
		// Proof, bytes: measured `10296`, estimated `46798`.
		// Least execution time: 729_683_000 picoseconds.
		Weight::from_parts(752_427_000, 46_798)
			.saturating_add(T::DbWeight::get().reads(80_u64))
			.saturating_add(T::DbWeight::get().writes(57_u64))
	}
	// Storage: `Inference::RetainedFrom` (r:1 w:1)
	// Proof: `Inference::RetainedFrom` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Inference::Retained` (r:2 w:1)
	// Proof: `Inference::Retained` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Inference::Requests` (r:1 w:1)
	// Proof: `Inference::Requests` (`max_values`: None, `max_size`: Some(682), added: 3157, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:8 w:7)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Inference::Answers` (r:0 w:1)
	// Proof: `Inference::Answers` (`max_values`: None, `max_size`: Some(1042), added: 3517, mode: `MaxEncodedLen`)
	// Storage: `Inference::Reveals` (r:0 w:7)
	// Proof: `Inference::Reveals` (`max_values`: None, `max_size`: Some(4069), added: 6544, mode: `MaxEncodedLen`)
	// Storage: `Inference::Inputs` (r:0 w:1)
	// Proof: `Inference::Inputs` (`max_values`: None, `max_size`: Some(4115), added: 6590, mode: `MaxEncodedLen`)
	fn forget() -> Weight {
		// Proof, bytes: measured `2350`, estimated `21998`.
		// Least execution time: 138_666_000 picoseconds.
		Weight::from_parts(141_620_000, 21_998)
			.saturating_add(T::DbWeight::get().reads(15_u64))
			.saturating_add(T::DbWeight::get().writes(21_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn request() -> Weight {
		Weight::from_parts(174_989_000, 31_824)
			.saturating_add(RocksDbWeight::get().reads(16_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}
	fn cancel() -> Weight {
		Weight::from_parts(101_471_000, 6_012)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn commit() -> Weight {
		Weight::from_parts(50_545_000, 4_147)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn reveal(e: u32, ) -> Weight {
		Weight::from_parts(133_905_698, 21_462)
			.saturating_add(Weight::from_parts(4_583_626, 0).saturating_mul(e.into()))
			.saturating_add(RocksDbWeight::get().reads(13_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(e.into())))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
			.saturating_add(Weight::from_parts(0, 2781).saturating_mul(e.into()))
	}
	fn poke() -> Weight {
		Weight::from_parts(742_202_000, 46_798)
			.saturating_add(RocksDbWeight::get().reads(80_u64))
			.saturating_add(RocksDbWeight::get().writes(57_u64))
	}
	fn on_finalize() -> Weight {
		Weight::from_parts(4_707_000, 1_493)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn advance_base() -> Weight {
		Weight::from_parts(7_451_000, 5_990)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
	}
	fn calendar_step() -> Weight {
		Weight::from_parts(14_051_000, 5_990)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn draw(h: u32, ) -> Weight {
		Weight::from_parts(137_847_672, 18_791)
			.saturating_add(Weight::from_parts(9_578_449, 0).saturating_mul(h.into()))
			.saturating_add(RocksDbWeight::get().reads(15_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(h.into())))
			.saturating_add(RocksDbWeight::get().writes(30_u64))
			.saturating_add(Weight::from_parts(0, 3120).saturating_mul(h.into()))
	}
	fn conclude() -> Weight {
		Weight::from_parts(752_427_000, 46_798)
			.saturating_add(RocksDbWeight::get().reads(80_u64))
			.saturating_add(RocksDbWeight::get().writes(57_u64))
	}
	fn forget() -> Weight {
		Weight::from_parts(141_620_000, 21_998)
			.saturating_add(RocksDbWeight::get().reads(15_u64))
			.saturating_add(RocksDbWeight::get().writes(21_u64))
	}
}
