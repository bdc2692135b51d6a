// SPDX-License-Identifier: Apache-2.0
//! Paid requests: deadlines, deposits, and how much of a block their upkeep may take.

use super::{
    parameters::{
        dynamic_params::{requests, rewards},
        BlendInForce, FeeSharesInForce, NotShorterThan, TicksOf,
    },
    workers::MAX_HOSTS,
    TreasuryAccount,
};
use crate::{
    constants::{deposit, MAXIMUM_BLOCK_WEIGHT},
    AccountId, Attribution, Balance, Balances, Callbacks, Datanets, DrawSeed, ModelRegistry, Runtime,
    RuntimeHoldReason, Workers,
};
use frame_support::{
    parameter_types,
    traits::{fungible::HoldConsideration, ConstU32, LinearStoragePrice},
    weights::Weight,
};
use sp_runtime::Perbill;

parameter_types! {
    pub const RequestBaseDeposit: Balance = deposit(1, 0);
    pub const RequestByteDeposit: Balance = deposit(0, 1);
    pub const RequestDeposit: RuntimeHoldReason =
        RuntimeHoldReason::Inference(pallet_inference::HoldReason::Deposit);
    /// Above this part of what extrinsics may use, a block is full and the clock of deadlines stands still.
    pub const FullBlock: Perbill = Perbill::from_percent(90);
    /// A fifth of a block for draws, settlements and deadlines; what is left over is done in the next block.
    pub HookWeight: Weight = Perbill::from_percent(20) * MAXIMUM_BLOCK_WEIGHT;
}

impl pallet_inference::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        RequestDeposit,
        LinearStoragePrice<RequestBaseDeposit, RequestByteDeposit, Balance>,
    >;
    type Models = ModelRegistry;
    type Datanets = Datanets;
    type Workers = Workers;
    // Genesis makes the ledger's account and the treasury's.
    type Ledger = Attribution;
    type OnEnd = Callbacks;
    type Seed = DrawSeed;
    type FeeShares = FeeSharesInForce;
    type Blend = BlendInForce;
    type TreasuryAccount = TreasuryAccount;
    type MaxOpenRequests = ConstU32<256>;
    type MaxHosts = ConstU32<MAX_HOSTS>;
    type DrawTicks = TicksOf<requests::DrawTicks>;
    type CommitTicks = TicksOf<requests::CommitTicks>;
    type RevealTicks = TicksOf<requests::RevealTicks>;
    // a challenge of a report needs what was revealed
    type RetentionTicks = NotShorterThan<TicksOf<rewards::ChallengeTicks>, TicksOf<requests::RetentionTicks>>;
    type FullBlock = FullBlock;
    type HookWeight = HookWeight;
    type WeightInfo = pallet_inference::weights::SubstrateWeight<Runtime>;
}
