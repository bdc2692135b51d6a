// SPDX-License-Identifier: Apache-2.0
//! Calling contracts back: who calls, what it costs, and how much of a block it may take.

use super::emergency::NotStopped;
use crate::{
    constants::{deposit, MAXIMUM_BLOCK_WEIGHT},
    AccountId, Balance, Runtime, RuntimeCall,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Contains, Get, TypedGet},
    weights::Weight,
};
use openledger_precompiles::Place;
use pallet_collator_selection::StakingPotAccountId;
use pallet_inference::MAX_OUTPUT_BYTES;
use sp_core::H160;
use sp_runtime::Perbill;

/// A callback's record without the answer, with its key and its place in the queue, bytes.
const RECORD_BYTES: u32 = 256;

parameter_types! {
    /// Who asked the precompile hears from it.
    pub CallbackCaller: H160 = H160(Place::Inference.address());
    pub const CallbackRecordDeposit: Balance = deposit(2, RECORD_BYTES + MAX_OUTPUT_BYTES);
    /// Where the fees of transactions go.
    pub CallbackFees: AccountId = StakingPotAccountId::<Runtime>::get();
}

/// A fifth of a block, of what extrinsics left; nothing while an emergency stops `Callbacks.deliver`, so that no contract
/// runs then. Callbacks that are due wait.
pub struct CallbackWeight;

impl Get<Weight> for CallbackWeight {
    fn get() -> Weight {
        let deliver = pallet_callbacks::Call::deliver {
            request: 0,
            weight_limit: Weight::zero(),
        };
        match NotStopped::contains(&RuntimeCall::Callbacks(deliver)) {
            true => Perbill::from_percent(20) * MAXIMUM_BLOCK_WEIGHT,
            false => Weight::zero(),
        }
    }
}

impl pallet_callbacks::Config for Runtime {
    type Caller = CallbackCaller;
    type FeeDestination = CallbackFees;
    type RecordDeposit = CallbackRecordDeposit;
    type MaxOutputBytes = ConstU32<MAX_OUTPUT_BYTES>;
    type HookWeight = CallbackWeight;
    type WeightInfo = pallet_callbacks::weights::SubstrateWeight<Runtime>;
}
