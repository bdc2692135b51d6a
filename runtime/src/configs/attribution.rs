// SPDX-License-Identifier: Apache-2.0
//! The reward ledger: when pay vests, what a challenge of a report costs, and where what nobody earned goes.

use super::{
    parameters::{
        dynamic_params::rewards, Answers, BondOf, ChallengerShareInForce, InForce, LeastOf, TicksOf,
    },
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
    type VestAnswers = InForce<Answers, rewards::VestAnswers>;
    type VestTicks = TicksOf<rewards::VestTicks>;
    type ChallengeTicks = TicksOf<rewards::ChallengeTicks>;
    type RetentionTicks = TicksOf<rewards::RetentionTicks>;
    type PoolTicks = TicksOf<rewards::PoolTicks>;
    type ChallengeBond = BondOf<rewards::ChallengeBond>;
    type ChallengePointBond = LeastOf<rewards::ChallengePointBond>;
    type AnswerTicks = TicksOf<rewards::AnswerTicks>;
    type ReportSlash = BondOf<rewards::ReportSlash>;
    type ChallengerShare = ChallengerShareInForce;
    type MinimumClaim = LeastOf<rewards::MinimumClaim>;
    type MaxWorkers = ConstU32<{ pallet_inference::MAX_COMMITTEE as u32 }>;
    type PalletId = LedgerPalletId;
    type WeightInfo = pallet_attribution::weights::SubstrateWeight<Runtime>;
}
