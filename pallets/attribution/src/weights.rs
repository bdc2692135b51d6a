// SPDX-License-Identifier: Apache-2.0
// The node that measured was a release build.

//! Weights of `pallet_attribution`, made by `make weights`: do not edit.
//!
//! Measured on 2026-11-22 with 20 steps and 8 repetitions on AMD EPYC, by the runtime's own
//! WebAssembly as the executor compiles it. Proof sizes assume maps of 1000000 entries.

#![cfg_attr(rustfmt, rustfmt_skip)]
// what is generated is the same for calls with and without components, with and without accesses
#![allow(unused_parens, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// What each call and each measured step of `pallet_attribution` costs.
pub trait WeightInfo {
	/// `settle` for `p` in 1..=16 and `n` in 0..=16.
	fn settle(p: u32, n: u32, ) -> Weight;
	/// `claim` for `e` in 0..=64.
	fn claim(e: u32, ) -> Weight;
	/// `prune`.
	fn prune() -> Weight;
	/// `collect_standing` for `c` in 1..=64.
	fn collect_standing(c: u32, ) -> Weight;
	/// `release_pool`.
	fn release_pool() -> Weight;
	/// `challenge`.
	fn challenge() -> Weight;
	/// `show_place`.
	fn show_place() -> Weight;
	/// `open_rows` for `b` in 1..=526864.
	fn open_rows(b: u32, ) -> Weight;
	/// `refute_output` for `b` in 32..=204800.
	fn refute_output(b: u32, ) -> Weight;
	/// `refute_spans`.
	fn refute_spans() -> Weight;
	/// `conclude`.
	fn conclude() -> Weight;
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Attribution::Settlements` (r:1 w:1)
	// Proof: `Attribution::Settlements` (`max_values`: None, `max_size`: Some(5794), added: 8269, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:0)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Models` (r:1 w:1)
	// Proof: `Attribution::Models` (`max_values`: None, `max_size`: Some(145), added: 2620, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Pending` (r:32 w:32)
	// Proof: `Attribution::Pending` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:16 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Claimable` (r:17 w:17)
	// Proof: `Attribution::Claimable` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Attribution::PendingOf` (r:0 w:32)
	// Proof: `Attribution::PendingOf` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn settle(p: u32, n: u32, ) -> Weight {
		// Proof, bytes: measured `2024 + n * 203 + p * 248`, estimated `44153 + n * 2619 + p * 2781`.
		// Least execution time: 462_016_000 picoseconds.
		Weight::from_parts(495_115_000, 44_153)
			.saturating_add(Weight::from_parts(23_054_584, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(19_491_823, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(24_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(20_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 2619).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2781).saturating_mul(p.into()))
	}
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Models` (r:1 w:0)
	// Proof: `Attribution::Models` (`max_values`: None, `max_size`: Some(145), added: 2620, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Pending` (r:64 w:64)
	// Proof: `Attribution::Pending` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Claimable` (r:65 w:65)
	// Proof: `Attribution::Claimable` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Revive::OriginalAccount` (r:1 w:1)
	// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Attribution::PendingOf` (r:0 w:64)
	// Proof: `Attribution::PendingOf` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn claim(e: u32, ) -> Weight {
		// Proof, bytes: measured `2116 + e * 145`, estimated `9662 + e * 2619`.
		// Least execution time: 153_247_000 picoseconds.
		Weight::from_parts(148_845_280, 9_662)
			.saturating_add(Weight::from_parts(37_462_006, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(e.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(e.into())))
			.saturating_add(Weight::from_parts(0, 2619).saturating_mul(e.into()))
	}
	// Storage: `Attribution::Settlements` (r:1 w:1)
	// Proof: `Attribution::Settlements` (`max_values`: None, `max_size`: Some(5794), added: 8269, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Disputes` (r:1 w:0)
	// Proof: `Attribution::Disputes` (`max_values`: None, `max_size`: Some(4006), added: 6481, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Corrections` (r:0 w:1)
	// Proof: `Attribution::Corrections` (`max_values`: None, `max_size`: Some(2228), added: 4703, mode: `MaxEncodedLen`)
	fn prune() -> Weight {
		// Proof, bytes: measured `3031`, estimated `9259`.
		// Least execution time: 54_041_000 picoseconds.
		Weight::from_parts(61_962_000, 9_259)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `Attribution::StandingPools` (r:64 w:64)
	// Proof: `Attribution::StandingPools` (`max_values`: None, `max_size`: Some(140), added: 2615, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:64 w:0)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:64 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Attribution::StandingCollected` (r:64 w:64)
	// Proof: `Attribution::StandingCollected` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Claimable` (r:64 w:64)
	// Proof: `Attribution::Claimable` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn collect_standing(c: u32, ) -> Weight {
		// Proof, bytes: measured `1541 + c * 394`, estimated `3501 + c * 2781`.
		// Least execution time: 64_065_000 picoseconds.
		Weight::from_parts(46_002_627, 3_501)
			.saturating_add(Weight::from_parts(47_893_756, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2781).saturating_mul(c.into()))
	}
	// Storage: `Attribution::Models` (r:1 w:1)
	// Proof: `Attribution::Models` (`max_values`: None, `max_size`: Some(145), added: 2620, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:8 w:0)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	// Storage: `Attribution::StandingPools` (r:8 w:8)
	// Proof: `Attribution::StandingPools` (`max_values`: None, `max_size`: Some(140), added: 2615, mode: `MaxEncodedLen`)
	fn release_pool() -> Weight {
		// Proof, bytes: measured `1701`, estimated `21910`.
		// Least execution time: 159_276_000 picoseconds.
		Weight::from_parts(168_440_000, 21_910)
			.saturating_add(T::DbWeight::get().reads(21_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	// Storage: `Attribution::Settlements` (r:1 w:0)
	// Proof: `Attribution::Settlements` (`max_values`: None, `max_size`: Some(5794), added: 8269, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:6 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Challenges` (r:1 w:1)
	// Proof: `Attribution::Challenges` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:1 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:1 w:0)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Disputes` (r:1 w:1)
	// Proof: `Attribution::Disputes` (`max_values`: None, `max_size`: Some(4006), added: 6481, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:1 w:0)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::Reveals` (r:1 w:0)
	// Proof: `Inference::Reveals` (`max_values`: None, `max_size`: Some(4069), added: 6544, mode: `MaxEncodedLen`)
	// Storage: `Inference::Inputs` (r:1 w:0)
	// Proof: `Inference::Inputs` (`max_values`: None, `max_size`: Some(4115), added: 6590, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Models` (r:1 w:0)
	// Proof: `Attribution::Models` (`max_values`: None, `max_size`: Some(145), added: 2620, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Pending` (r:16 w:16)
	// Proof: `Attribution::Pending` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Workers::Accusations` (r:1 w:1)
	// Proof: `Workers::Accusations` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Attribution::PendingOf` (r:0 w:16)
	// Proof: `Attribution::PendingOf` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	// Storage: `Attribution::ChallengesAgainst` (r:0 w:1)
	// Proof: `Attribution::ChallengesAgainst` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn challenge() -> Weight {
		// Proof, bytes: measured `16996`, estimated `42894`.
		// Least execution time: 573_512_000 picoseconds.
		Weight::from_parts(656_264_000, 42_894)
			.saturating_add(T::DbWeight::get().reads(37_u64))
			.saturating_add(T::DbWeight::get().writes(39_u64))
	}
	// Storage: `Attribution::Challenges` (r:1 w:1)
	// Proof: `Attribution::Challenges` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Disputes` (r:1 w:0)
	// Proof: `Attribution::Disputes` (`max_values`: None, `max_size`: Some(4006), added: 6481, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn show_place() -> Weight {
		// Proof, bytes: measured `3738`, estimated `7471`.
		// Least execution time: 96_313_000 picoseconds.
		Weight::from_parts(125_927_000, 7_471)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Attribution::Challenges` (r:1 w:1)
	// Proof: `Attribution::Challenges` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Disputes` (r:1 w:0)
	// Proof: `Attribution::Disputes` (`max_values`: None, `max_size`: Some(4006), added: 6481, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn open_rows(b: u32, ) -> Weight {
		// Proof, bytes: measured `3274`, estimated `7471`.
		// Least execution time: 104_806_000 picoseconds.
		Weight::from_parts(129_833_477, 7_471)
			.saturating_add(Weight::from_parts(3_476, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn refute_output(b: u32, ) -> Weight {
		// Proof, bytes: measured `0`, estimated `0`.
		// Least execution time: 1_893_000 picoseconds.
		Weight::from_parts(29_496, 0)
			.saturating_add(Weight::from_parts(1_422, 0).saturating_mul(b.into()))
	}
	// Storage: `Attribution::Settlements` (r:1 w:0)
	// Proof: `Attribution::Settlements` (`max_values`: None, `max_size`: Some(5794), added: 8269, mode: `MaxEncodedLen`)
	// Storage: `ModelRegistry::Models` (r:1 w:0)
	// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(951), added: 3426, mode: `MaxEncodedLen`)
	// Storage: `Inference::Committee` (r:1 w:0)
	// Proof: `Inference::Committee` (`max_values`: None, `max_size`: Some(151), added: 2626, mode: `MaxEncodedLen`)
	// Storage: `Inference::Reveals` (r:1 w:0)
	// Proof: `Inference::Reveals` (`max_values`: None, `max_size`: Some(4069), added: 6544, mode: `MaxEncodedLen`)
	// Storage: `Inference::Inputs` (r:1 w:0)
	// Proof: `Inference::Inputs` (`max_values`: None, `max_size`: Some(4115), added: 6590, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Corrections` (r:1 w:1)
	// Proof: `Attribution::Corrections` (`max_values`: None, `max_size`: Some(2228), added: 4703, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:1 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Versions` (r:1 w:0)
	// Proof: `Datanets::Versions` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	fn refute_spans() -> Weight {
		// Proof, bytes: measured `14346`, estimated `9259`.
		// Least execution time: 1_052_833_000 picoseconds.
		Weight::from_parts(1_088_957_000, 9_259)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Attribution::Challenges` (r:1 w:1)
	// Proof: `Attribution::Challenges` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Disputes` (r:1 w:1)
	// Proof: `Attribution::Disputes` (`max_values`: None, `max_size`: Some(4006), added: 6481, mode: `MaxEncodedLen`)
	// Storage: `Inference::CurrentTick` (r:1 w:0)
	// Proof: `Inference::CurrentTick` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Settlements` (r:1 w:1)
	// Proof: `Attribution::Settlements` (`max_values`: None, `max_size`: Some(5794), added: 8269, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Totals` (r:1 w:1)
	// Proof: `Attribution::Totals` (`max_values`: Some(1), `max_size`: Some(112), added: 607, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(463), added: 2938, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Workers::Workers` (r:1 w:0)
	// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(645), added: 3120, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Models` (r:1 w:1)
	// Proof: `Attribution::Models` (`max_values`: None, `max_size`: Some(145), added: 2620, mode: `MaxEncodedLen`)
	// Storage: `Datanets::Contributions` (r:15 w:0)
	// Proof: `Datanets::Contributions` (`max_values`: None, `max_size`: Some(306), added: 2781, mode: `MaxEncodedLen`)
	// Storage: `Workers::Accusations` (r:1 w:1)
	// Proof: `Workers::Accusations` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Attribution::Pending` (r:15 w:15)
	// Proof: `Attribution::Pending` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	// Storage: `Attribution::PendingOf` (r:0 w:15)
	// Proof: `Attribution::PendingOf` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	// Storage: `Attribution::ChallengesAgainst` (r:0 w:1)
	// Proof: `Attribution::ChallengesAgainst` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn conclude() -> Weight {
		// Proof, bytes: measured `11881`, estimated `42705`.
		// Least execution time: 818_735_000 picoseconds.
		Weight::from_parts(849_301_000, 42_705)
			.saturating_add(T::DbWeight::get().reads(42_u64))
			.saturating_add(T::DbWeight::get().writes(39_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn settle(p: u32, n: u32, ) -> Weight {
		Weight::from_parts(495_115_000, 44_153)
			.saturating_add(Weight::from_parts(23_054_584, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(19_491_823, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(24_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(20_u64))
			.saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 2619).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2781).saturating_mul(p.into()))
	}
	fn claim(e: u32, ) -> Weight {
		Weight::from_parts(148_845_280, 9_662)
			.saturating_add(Weight::from_parts(37_462_006, 0).saturating_mul(e.into()))
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(e.into())))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
			.saturating_add(RocksDbWeight::get().writes((3_u64).saturating_mul(e.into())))
			.saturating_add(Weight::from_parts(0, 2619).saturating_mul(e.into()))
	}
	fn prune() -> Weight {
		Weight::from_parts(61_962_000, 9_259)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn collect_standing(c: u32, ) -> Weight {
		Weight::from_parts(46_002_627, 3_501)
			.saturating_add(Weight::from_parts(47_893_756, 0).saturating_mul(c.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((5_u64).saturating_mul(c.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
			.saturating_add(RocksDbWeight::get().writes((3_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2781).saturating_mul(c.into()))
	}
	fn release_pool() -> Weight {
		Weight::from_parts(168_440_000, 21_910)
			.saturating_add(RocksDbWeight::get().reads(21_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}
	fn challenge() -> Weight {
		Weight::from_parts(656_264_000, 42_894)
			.saturating_add(RocksDbWeight::get().reads(37_u64))
			.saturating_add(RocksDbWeight::get().writes(39_u64))
	}
	fn show_place() -> Weight {
		Weight::from_parts(125_927_000, 7_471)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn open_rows(b: u32, ) -> Weight {
		Weight::from_parts(129_833_477, 7_471)
			.saturating_add(Weight::from_parts(3_476, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn refute_output(b: u32, ) -> Weight {
		Weight::from_parts(29_496, 0)
			.saturating_add(Weight::from_parts(1_422, 0).saturating_mul(b.into()))
	}
	fn refute_spans() -> Weight {
		Weight::from_parts(1_088_957_000, 9_259)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn conclude() -> Weight {
		Weight::from_parts(849_301_000, 42_705)
			.saturating_add(RocksDbWeight::get().reads(42_u64))
			.saturating_add(RocksDbWeight::get().writes(39_u64))
	}
}
