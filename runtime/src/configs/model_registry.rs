// SPDX-License-Identifier: Apache-2.0
//! The model registry: limits of lineage, prices and shapes.

use super::parameters::{
    dynamic_params::{models, rewards},
    BondOf, FeeSharesInForce, LeastOf, NotShorterThan, TicksOf,
};
use crate::{
    constants::deposit, AccountId, Balance, Balances, Datanets, Inference, Runtime, RuntimeHoldReason,
};
use frame_support::{
    parameter_types,
    traits::{fungible::HoldConsideration, ConstU32, Get, LinearStoragePrice},
};
use sp_runtime::Permill;

parameter_types! {
    pub const ModelBaseDeposit: Balance = deposit(1, 0);
    pub const ModelByteDeposit: Balance = deposit(0, 1);
    pub const ModelStorage: RuntimeHoldReason =
        RuntimeHoldReason::ModelRegistry(pallet_model_registry::HoldReason::Storage);
}

/// The contributors' share of a fee in force.
pub struct ContributorsShare;

impl Get<Permill> for ContributorsShare {
    fn get() -> Permill {
        FeeSharesInForce::get().contributors
    }
}

impl pallet_model_registry::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        ModelStorage,
        LinearStoragePrice<ModelBaseDeposit, ModelByteDeposit, Balance>,
    >;
    type Datanets = Datanets;
    type Ticks = Inference;
    type ContributorsShare = ContributorsShare;
    type MaxCumulativeRoyalty = models::MaxCumulativeRoyalty;
    type MinPrice = LeastOf<models::MinimumPrice>;
    type ReleaseBond = BondOf<models::ReleaseBond>;
    type ReleaseTicks = NotShorterThan<TicksOf<rewards::ChallengeTicks>, TicksOf<models::ReleaseTicks>>;
    type MaxDepth = ConstU32<8>;
    // What a request and a reveal can carry.
    type MaxInputBytes = ConstU32<{ pallet_inference::MAX_INPUT_BYTES }>;
    type MaxOutputBytes = ConstU32<{ pallet_inference::MAX_OUTPUT_BYTES }>;
    type MaxQueryLen = ConstU32<{ pallet_inference::MAX_QUERY_VALUES }>;
    type WeightInfo = pallet_model_registry::weights::SubstrateWeight<Runtime>;
}
