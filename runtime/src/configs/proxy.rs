// SPDX-License-Identifier: Apache-2.0
//! Typed proxies: what one account may do for another.

use crate::{constants::deposit, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    parameter_types,
    traits::{ConstU32, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

/// What a proxy may do. The indices are stored and never change.
#[derive(
    Copy,
    Clone,
    Eq,
    PartialEq,
    Ord,
    PartialOrd,
    Encode,
    Decode,
    DecodeWithMemTracking,
    Debug,
    MaxEncodedLen,
    TypeInfo,
    Default,
)]
pub enum ProxyType {
    /// Everything.
    #[default]
    #[codec(index = 0)]
    Any,
    /// Everything that does not hand over OPEN.
    #[codec(index = 1)]
    NonTransfer,
    /// Vote, propose, and act in council and committee.
    #[codec(index = 2)]
    Governance,
    /// Run a collator.
    #[codec(index = 3)]
    Collator,
    /// Only reject announced calls of other proxies.
    #[codec(index = 4)]
    CancelProxy,
    /// Run a worker that is registered: host, heartbeat, chill, commit and reveal. The key on a worker's machine.
    #[codec(index = 5)]
    Worker,
    /// Curate datanets and publish models.
    #[codec(index = 6)]
    Data,
}

/// Whether a call can send OPEN or hand over control of it.
fn may_transfer(call: &RuntimeCall) -> bool {
    matches!(
        call,
        RuntimeCall::Balances(..)
			| RuntimeCall::Vesting(pallet_vesting::Call::vested_transfer { .. })
			| RuntimeCall::Vesting(pallet_vesting::Call::force_vested_transfer { .. })
			| RuntimeCall::PolkadotXcm(..)
            // a request pays a fee
            | RuntimeCall::Inference(pallet_inference::Call::request { .. })
            // the treasury's money, by who has a power over it or curates a bounty
            | RuntimeCall::Powers(pallet_powers::Call::spend { .. })
            | RuntimeCall::Bounties(
                pallet_multi_asset_bounties::Call::award_bounty { .. }
                    | pallet_multi_asset_bounties::Call::fund_child_bounty { .. }
            )
            // an owner earns what its models and datanets do
            | RuntimeCall::Datanets(pallet_datanets::Call::transfer_ownership { .. })
            | RuntimeCall::ModelRegistry(pallet_model_registry::Call::transfer_ownership { .. })
			// a contract call can carry value and can dispatch native calls
			| RuntimeCall::Revive(..)
            | RuntimeCall::Evm(..)
    )
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        // Batches, multisigs and nested proxies dispatch their inner calls through this filter again.
        match self {
            ProxyType::Any => true,
            ProxyType::NonTransfer => !may_transfer(call),
            ProxyType::Governance => matches!(
                call,
                RuntimeCall::Democracy(..)
                    | RuntimeCall::Council(..)
                    | RuntimeCall::TechnicalCommittee(..)
                    | RuntimeCall::Preimage(..)
                    | RuntimeCall::Utility(..)
            ),
            ProxyType::Collator => matches!(
                call,
                RuntimeCall::CollatorSelection(..) | RuntimeCall::Session(..) | RuntimeCall::Utility(..)
            ),
            ProxyType::Worker => matches!(
                call,
                RuntimeCall::Workers(
                    pallet_workers::Call::host { .. }
                        | pallet_workers::Call::unhost { .. }
                        | pallet_workers::Call::heartbeat { .. }
                        | pallet_workers::Call::chill { .. }
                        | pallet_workers::Call::resume { .. }
                ) | RuntimeCall::Inference(
                    pallet_inference::Call::commit { .. } | pallet_inference::Call::reveal { .. }
                ) | RuntimeCall::Utility(..)
            ),
            ProxyType::Data => {
                matches!(
                    call,
                    RuntimeCall::Datanets(..) | RuntimeCall::ModelRegistry(..) | RuntimeCall::Utility(..)
                ) && !may_transfer(call)
            }
            ProxyType::CancelProxy => matches!(
                call,
                RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }) | RuntimeCall::Utility(..)
            ),
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (left, right) if left == right => true,
            (ProxyType::Any, _) => true,
            (_, ProxyType::Any) => false,
            (ProxyType::NonTransfer, _) => true,
            _ => false,
        }
    }
}

parameter_types! {
    // An item with a key of 32 bytes; a proxy is an account, a type and a delay.
    pub const ProxyDepositBase: Balance = deposit(1, 8);
    pub const ProxyDepositFactor: Balance = deposit(0, 37);
    pub const AnnouncementDepositBase: Balance = deposit(1, 8);
    pub const AnnouncementDepositFactor: Balance = deposit(0, 68);
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    type ProxyDepositBase = ProxyDepositBase;
    type ProxyDepositFactor = ProxyDepositFactor;
    type MaxProxies = ConstU32<32>;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
    type MaxPending = ConstU32<32>;
    type CallHasher = BlakeTwo256;
    type AnnouncementDepositBase = AnnouncementDepositBase;
    type AnnouncementDepositFactor = AnnouncementDepositFactor;
    type BlockNumberProvider = System;
}
