// SPDX-License-Identifier: Apache-2.0
//! The Ethereum virtual machine: `pallet-revive` with unmodified EVM bytecode.
//!
//! [`pallet_evm`] gives it the native calls that Frontier's clients know.
//!
//! OPEN has 18 decimals on both sides, so the ratio is 1 and nothing is ever rounded between them.

use super::money::TreasuryAccount;
use crate::{
    constants::{deposit, EVM_CHAIN_ID, GIGA_PLANCK},
    AccountId, Address, AllPalletsWithSystem, Balance, Balances, EthExtraImpl, Runtime, RuntimeCall,
    RuntimeEvent, RuntimeHoldReason, RuntimeOrigin, Signature, Timestamp,
};
use frame_support::{
    parameter_types,
    traits::{tokens::imbalance::ResolveTo, ConstBool, ConstU32, ConstU64},
};
use frame_system::EnsureSigned;
use pallet_evm::{EnsureAddressMapped, FallbackAddress, MappedAddress};
use pallet_revive::{evm::fees::Info as FeeInfo, AccountId32Mapper};
use sp_runtime::{FixedU128, Perbill};

impl openledger_precompiles::Config for Runtime {
    type AllPallets = AllPalletsWithSystem;
}

parameter_types! {
    pub const DepositPerItem: Balance = deposit(1, 0);
    pub const DepositPerByte: Balance = deposit(0, 1);
    // A Solidity variable is one item, so these have to be much cheaper than items of the main trie.
    pub const DepositPerChildTrieItem: Balance = deposit(1, 0) / 100;
    pub const CodeHashLockupDepositPercent: Perbill = Perbill::from_percent(30);
    pub const MaxEthExtrinsicWeight: FixedU128 = FixedU128::from_rational(9, 10);
    /// The gas price while blocks are not full, planck: what the fee of one unit of gas is.
    pub const EvmGasPrice: u32 = GIGA_PLANCK as u32;
}

impl pallet_revive::Config for Runtime {
    type Time = Timestamp;
    type Balance = Balance;
    type Currency = Balances;
    type OnBurn = ResolveTo<TreasuryAccount, Balances>;
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type RuntimeOrigin = RuntimeOrigin;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = pallet_revive::weights::SubstrateWeight<Runtime>;
    type Precompiles = openledger_precompiles::All<Runtime>;
    type FindAuthor = <Runtime as pallet_authorship::Config>::FindAuthor;
    type DepositPerByte = DepositPerByte;
    type DepositPerItem = DepositPerItem;
    type DepositPerChildTrieItem = DepositPerChildTrieItem;
    type CodeHashLockupDepositPercent = CodeHashLockupDepositPercent;
    // One Ethereum key is one account: the address followed by twelve 0xEE.
    type AddressMapper = AccountId32Mapper<Runtime>;
    type AllowEVMBytecode = ConstBool<true>;
    type UploadOrigin = EnsureSigned<AccountId>;
    type InstantiateOrigin = EnsureSigned<AccountId>;
    type RuntimeMemory = ConstU32<{ 128 * 1024 * 1024 }>;
    type PVFMemory = ConstU32<{ 512 * 1024 * 1024 }>;
    type ChainId = ConstU64<EVM_CHAIN_ID>;
    type NativeToEthRatio = ConstU32<1>;
    type FeeInfo = FeeInfo<Address, Signature, EthExtraImpl>;
    type Deposit = ();
    type MaxEthExtrinsicWeight = MaxEthExtrinsicWeight;
    type DebugEnabled = ConstBool<false>;
    type AutoMap = ConstBool<true>;
    type GasScale = EvmGasPrice;
}

impl pallet_evm::Config for Runtime {
    // Everybody acts for the own address and for no other; nobody, not even governance, for somebody else's.
    type CallOrigin = EnsureAddressMapped<Runtime>;
    type WithdrawOrigin = EnsureAddressMapped<Runtime>;
    type AddressMapping = MappedAddress<Runtime>;
    type WithdrawMapping = FallbackAddress<Runtime>;
    type WeightInfo = pallet_evm::weights::SubstrateWeight<Runtime>;
}
