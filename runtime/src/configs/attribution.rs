// SPDX-License-Identifier: Apache-2.0
//! The reward ledger: when pay vests, what a challenge of a report costs, and where what nobody earned goes.

use super::{
    parameters::{dynamic_params::rewards, AtLeastOne, ChallengerShareInForce},
    TreasuryAccount,
};
use crate::{Balances, Datanets, Inference, ModelRegistry, Runtime, RuntimeHoldReason, Workers};
use frame_support::{parameter_types, traits::ConstU32, PalletId};

parameter_types! {
    pub const LedgerPalletId: PalletId = PalletId(*b"op/ledgr");
}

impl pallet_attribution::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Datanets = Datanets;
    type Models = ModelRegistry;
    type Answers = Inference;
    type Workers = Workers;
    type Ticks = Inference;
    type DustSink = TreasuryAccount;
    type VestAnswers = rewards::VestAnswers;
    type VestTicks = rewards::VestTicks;
    type ChallengeTicks = rewards::ChallengeTicks;
    type RetentionTicks = rewards::RetentionTicks;
    type PoolTicks = rewards::PoolTicks;
    type ChallengeBond = rewards::ChallengeBond;
    type ChallengePointBond = rewards::ChallengePointBond;
    type AnswerTicks = AtLeastOne<rewards::AnswerTicks>;
    type ReportSlash = rewards::ReportSlash;
    type ChallengerShare = ChallengerShareInForce;
    type MinimumClaim = rewards::MinimumClaim;
    type MaxWorkers = ConstU32<{ pallet_inference::MAX_COMMITTEE as u32 }>;
    type PalletId = LedgerPalletId;
    type WeightInfo = pallet_attribution::weights::SubstrateWeight<Runtime>;
}
