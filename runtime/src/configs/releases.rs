// SPDX-License-Identifier: Apache-2.0
//! Disputes of released rows: what they cost, and how long each move may take.

use super::{
    parameters::{
        dynamic_params::{models, rewards},
        BondOf, ChallengerShareInForce, TicksOf,
    },
    TreasuryAccount,
};
use crate::{Balances, Inference, ModelRegistry, Runtime, RuntimeHoldReason};

impl pallet_releases::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Models = ModelRegistry;
    type Ticks = Inference;
    type RowBond = BondOf<models::RowBond>;
    type AnswerTicks = TicksOf<rewards::AnswerTicks>;
    type ChallengerShare = ChallengerShareInForce;
    type DustSink = TreasuryAccount;
    type WeightInfo = pallet_releases::weights::SubstrateWeight<Runtime>;
}
