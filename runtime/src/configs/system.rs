// SPDX-License-Identifier: Apache-2.0
//! The system pallet, the clock, and the pallet that measures what a transaction took of the proof.

use super::emergency::NotStopped;
use crate::{
    constants::{RuntimeBlockLength, RuntimeBlockWeights, SLOT_DURATION, SS58_PREFIX},
    AccountId, Address, Aura, Balance, Block, BlockNumber, Hash, Nonce, PalletInfo, Runtime, RuntimeCall,
    RuntimeEvent, RuntimeOrigin, RuntimeTask, VERSION,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, ConstU64},
    weights::constants::RocksDbWeight,
};
use pallet_revive::AddressMapper as _;
use sp_core::H160;
use sp_runtime::traits::{LookupError, StaticLookup};
use sp_version::RuntimeVersion;

parameter_types! {
    pub const Version: RuntimeVersion = VERSION;
    pub const BlockHashCount: BlockNumber = 4_096;
    pub const Ss58Prefix: u16 = SS58_PREFIX;
}

/// Finds the account of an id of 32 bytes, or of an Ethereum address of 20: the one that the EVM finds.
pub struct ByAddress;

impl StaticLookup for ByAddress {
    type Source = Address;
    type Target = AccountId;

    fn lookup(address: Address) -> Result<AccountId, LookupError> {
        match address {
            Address::Id(account) => Ok(account),
            Address::Address20(bytes) => Ok(Mapper::to_account_id(&H160(bytes))),
            Address::Index(()) | Address::Raw(_) | Address::Address32(_) => Err(LookupError),
        }
    }

    fn unlookup(account: AccountId) -> Address {
        Address::Id(account)
    }
}

/// What knows the accounts of Ethereum addresses.
type Mapper = <Runtime as pallet_revive::Config>::AddressMapper;

#[derive_impl(frame_system::config_preludes::ParaChainDefaultConfig)]
impl frame_system::Config for Runtime {
    type BaseCallFilter = NotStopped;
    type Lookup = ByAddress;
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    type AccountId = AccountId;
    type Nonce = Nonce;
    type Hash = Hash;
    type BlockHashCount = BlockHashCount;
    type Version = Version;
    type AccountData = pallet_balances::AccountData<Balance>;
    // The node keeps its state in ParityDB, which is faster; the slower of the two bounds what a block may read.
    type DbWeight = RocksDbWeight;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
    type SingleBlockMigrations = crate::migrations::SinceLastRelease;
    type SS58Prefix = Ss58Prefix;
    type OnSetCode = cumulus_pallet_parachain_system::ParachainSetCode<Self>;
    type MaxConsumers = ConstU32<64>;
    // Every new native account can be reached from the EVM at once, without a deposit.
    type OnNewAccount = pallet_revive::AutoMapper<Runtime>;
    type OnKilledAccount = pallet_revive::AutoMapper<Runtime>;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    // Aura checks that the clock agrees with the slot.
    type OnTimestampSet = Aura;
    // A slot may have several blocks (development chains), which then have nearly the same time.
    type MinimumPeriod = ConstU64<0>;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl cumulus_pallet_weight_reclaim::Config for Runtime {
    type WeightInfo = ();
}

const _: () = assert!(SLOT_DURATION > 0, "time is divided by it");
