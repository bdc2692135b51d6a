// SPDX-License-Identifier: Apache-2.0
//! Workers: their bonds, and how many of them a model has.

use super::parameters::{
    dynamic_params::{rewards, workers},
    BondOf, NotShorterThan, TicksOf,
};
use crate::{Balances, Inference, ModelRegistry, Runtime, RuntimeHoldReason};
use frame_support::traits::ConstU32;

/// The most workers that host one model: a draw reads the registration of each of them.
pub const MAX_HOSTS: u32 = 64;

impl pallet_workers::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Models = ModelRegistry;
    type Ticks = Inference;
    type MinBond = BondOf<workers::MinimumBond>;
    type MaxHosted = ConstU32<64>;
    type MaxHosts = ConstU32<MAX_HOSTS>;
    type MaxAssignments = ConstU32<256>;
    type HeartbeatTicks = TicksOf<workers::HeartbeatTicks>;
    // as long as a report can be challenged; open challenges hold it back beyond that
    type UnbondTicks = NotShorterThan<TicksOf<rewards::ChallengeTicks>, TicksOf<workers::UnbondTicks>>;
    type LiableTicks = TicksOf<rewards::ChallengeTicks>;
    type MaxMissed = ConstU32<3>;
    type WeightInfo = pallet_workers::weights::SubstrateWeight<Runtime>;
}
