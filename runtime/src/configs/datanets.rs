// SPDX-License-Identifier: Apache-2.0
//! Datanets: who pays for their storage, and how large a contribution may be.

use super::TreasuryAccount;
use crate::{constants::deposit, AccountId, Balance, Balances, Inference, Runtime, RuntimeHoldReason};
use frame_support::{
    parameter_types,
    traits::{fungible::HoldConsideration, LinearStoragePrice},
};

parameter_types! {
    pub const DatanetsBaseDeposit: Balance = deposit(1, 0);
    pub const DatanetsByteDeposit: Balance = deposit(0, 1);
    pub const DatanetsStorage: RuntimeHoldReason =
        RuntimeHoldReason::Datanets(pallet_datanets::HoldReason::Storage);
    /// One GiB: the bytes lie with the workers and publishers, the chain keeps their hash.
    pub const MaxContributionBytes: u64 = 1024 * 1024 * 1024;
}

impl pallet_datanets::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        DatanetsStorage,
        LinearStoragePrice<DatanetsBaseDeposit, DatanetsByteDeposit, Balance>,
    >;
    type Ticks = Inference;
    // Genesis makes the treasury's account.
    type ForfeitTo = TreasuryAccount;
    type MaxContributionBytes = MaxContributionBytes;
    type WeightInfo = pallet_datanets::weights::SubstrateWeight<Runtime>;
}
