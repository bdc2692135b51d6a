// SPDX-License-Identifier: Apache-2.0
//! Governance: referenda of everybody, a council that proposes, a technical committee that can hurry or hold.

use super::parameters::{dynamic_params::voting, BlocksOf, NotShorterThan};
use crate::{
    constants::{RuntimeBlockWeights, OPEN},
    AccountId, Balance, Balances, OriginCaller, Preimage, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin,
    Scheduler, Treasury,
};
use frame_support::{
    parameter_types,
    traits::{ConstBool, ConstU32, EitherOfDiverse},
    weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_collective::{EnsureMember, EnsureProportionAtLeast, PrimeDefaultVote};
use sp_runtime::Perbill;

/// The council's instance of the collective.
pub type CouncilCollective = pallet_collective::Instance1;
/// The technical committee's instance of the collective.
pub type TechnicalCollective = pallet_collective::Instance2;

/// At least this part of the council.
pub(super) type Council<const N: u32, const D: u32> =
    EnsureProportionAtLeast<AccountId, CouncilCollective, N, D>;
/// At least this part of the technical committee.
pub(super) type Technical<const N: u32, const D: u32> =
    EnsureProportionAtLeast<AccountId, TechnicalCollective, N, D>;

parameter_types! {
    pub MaxMotionWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
}

impl pallet_collective::Config<CouncilCollective> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = BlocksOf<voting::MotionPeriod>;
    type MaxProposals = ConstU32<100>;
    type MaxMembers = ConstU32<100>;
    type DefaultVote = PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
    type SetMembersOrigin = EnsureRoot<AccountId>;
    type MaxProposalWeight = MaxMotionWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Consideration = ();
}

impl pallet_collective::Config<TechnicalCollective> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = BlocksOf<voting::MotionPeriod>;
    type MaxProposals = ConstU32<100>;
    type MaxMembers = ConstU32<100>;
    type DefaultVote = PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
    type SetMembersOrigin = EitherOfDiverse<EnsureRoot<AccountId>, Council<2, 3>>;
    type MaxProposalWeight = MaxMotionWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Consideration = ();
}

parameter_types! {
    pub const MinimumDeposit: Balance = 100 * OPEN;
}

impl pallet_democracy::Config for Runtime {
    type WeightInfo = pallet_democracy::weights::SubstrateWeight<Runtime>;
    type RuntimeEvent = RuntimeEvent;
    type Scheduler = Scheduler;
    type Preimages = Preimage;
    type Currency = Balances;
    type EnactmentPeriod = BlocksOf<voting::EnactmentPeriod>;
    type LaunchPeriod = BlocksOf<voting::LaunchPeriod>;
    type VotingPeriod = BlocksOf<voting::VotingPeriod>;
    // Who carried a referendum is there when it is carried out.
    type VoteLockingPeriod =
        NotShorterThan<BlocksOf<voting::EnactmentPeriod>, BlocksOf<voting::VoteLockingPeriod>>;
    type MinimumDeposit = MinimumDeposit;
    type InstantAllowed = ConstBool<true>;
    type FastTrackVotingPeriod = BlocksOf<voting::FastTrackVotingPeriod>;
    type CooloffPeriod = BlocksOf<voting::CooloffPeriod>;
    type MaxVotes = ConstU32<100>;
    type MaxProposals = ConstU32<100>;
    type MaxDeposits = ConstU32<100>;
    type MaxBlacklisted = ConstU32<100>;
    // Half of the council puts a proposal to a vote that a super-majority has to carry, three quarters one that a
    // majority carries, all of it one that a super-majority has to stop.
    type ExternalOrigin = Council<1, 2>;
    type ExternalMajorityOrigin = Council<3, 4>;
    type ExternalDefaultOrigin = Council<1, 1>;
    type SubmitOrigin = EnsureSigned<AccountId>;
    // Two thirds of the technical committee shorten a council vote, all of it below the least period.
    type FastTrackOrigin = Technical<2, 3>;
    type InstantOrigin = Technical<1, 1>;
    // Two thirds of the council or of the technical committee stop a referendum, each proposal once.
    type CancellationOrigin =
        EitherOfDiverse<EnsureRoot<AccountId>, EitherOfDiverse<Council<2, 3>, Technical<2, 3>>>;
    // All of the technical committee bars a proposal for ever. Two thirds of the council can replace the committee.
    type BlacklistOrigin = EitherOfDiverse<EnsureRoot<AccountId>, Technical<1, 1>>;
    type CancelProposalOrigin = EitherOfDiverse<EnsureRoot<AccountId>, Technical<1, 1>>;
    // Any member of the technical committee vetoes a council proposal, once and for the cool-off period.
    type VetoOrigin = EnsureMember<AccountId, TechnicalCollective>;
    type PalletsOrigin = OriginCaller;
    type Slash = Treasury;
}
