// SPDX-License-Identifier: Apache-2.0
//! Balances, transaction fees, vesting, and where the treasury's money lies.

use crate::{
    constants::{EXISTENTIAL_DEPOSIT, GIGA_PLANCK, OPEN},
    AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason, System,
};
use frame_support::{
    parameter_types,
    traits::{tokens::imbalance::ResolveTo, ConstU32, ConstU8, VariantCountOf, WithdrawReasons},
    weights::ConstantMultiplier,
    PalletId,
};
use pallet_collator_selection::StakingPotAccountId;
use pallet_revive::evm::fees::BlockRatioFee;
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
    traits::{AccountIdConversion, ConvertInto, One},
    FixedPointNumber, Perquintill,
};

/// The treasury's account is derived from this.
pub const TREASURY_PALLET_ID: PalletId = PalletId(*b"op/trsry");

parameter_types! {
    /// The treasury's account.
    pub TreasuryAccount: AccountId = TREASURY_PALLET_ID.into_account_truncating();
    pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
}

impl pallet_balances::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeHoldReason = RuntimeHoldReason;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
    type Balance = Balance;
    // The remains of accounts that fall under the existential deposit are not lost to the supply.
    type DustRemoval = ResolveTo<TreasuryAccount, Balances>;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
    type ReserveIdentifier = [u8; 8];
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxLocks = ConstU32<50>;
    type MaxReserves = ConstU32<50>;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
    type DoneSlashHandler = ();
}

/// Planck for a picosecond of execution. The share of the proof size is weighed the same way, the larger of the two
/// counts. With a gas unit of one billion planck, one gas is 50,000 picoseconds, about what it is on Ethereum.
pub const PLANCK_PER_PICOSECOND: u128 = 20_000;

/// The only translation of weight to fee with which the EVM's gas keeps its meaning.
pub type WeightToFee = BlockRatioFee<PLANCK_PER_PICOSECOND, 1, Runtime, Balance>;

parameter_types! {
    /// A byte of a transaction costs what Ethereum asks for a byte of call data, 16 gas.
    pub const TransactionByteFee: Balance = 16 * GIGA_PLANCK;
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
    // The gas price must never be nothing, so fees fall no lower than their base.
    pub MinimumMultiplier: Multiplier = Multiplier::one();
    pub MaximumMultiplier: Multiplier = Multiplier::saturating_from_integer(1_000_000);
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    // Fees and tips go to the collators' pot.
    type OnChargeTransaction = FungibleAdapter<Balances, ResolveTo<StakingPotAccountId<Runtime>, Balances>>;
    type WeightToFee = WeightToFee;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type FeeMultiplierUpdate = TargetedFeeAdjustment<
        Self,
        TargetBlockFullness,
        AdjustmentVariable,
        MinimumMultiplier,
        MaximumMultiplier,
    >;
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    pub const MinVestedTransfer: Balance = OPEN;
    // What has not vested may be held as a bond, voted with and pay fees. It cannot be sent away.
    pub UnvestedFundsAllowedWithdrawReasons: WithdrawReasons =
        WithdrawReasons::except(WithdrawReasons::TRANSFER | WithdrawReasons::RESERVE);
}

impl pallet_vesting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type BlockNumberToBalance = ConvertInto;
    type MinVestedTransfer = MinVestedTransfer;
    type WeightInfo = pallet_vesting::weights::SubstrateWeight<Runtime>;
    type UnvestedFundsAllowedWithdrawReasons = UnvestedFundsAllowedWithdrawReasons;
    type BlockNumberProvider = System;
    const MAX_VESTING_SCHEDULES: u32 = 28;
}
