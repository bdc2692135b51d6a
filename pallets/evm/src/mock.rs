// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet over `pallet-revive`, with its real fees.

use crate as pallet_evm;
use crate::{EnsureAddressMapped, FallbackAddress, MappedAddress};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstBool, ConstU128, ConstU32, ConstU64, FindAuthor, VariantCountOf},
    weights::{constants::WEIGHT_REF_TIME_PER_SECOND, FixedFee, Weight},
};
use frame_system::EnsureSigned;
use pallet_revive::{
    evm::{
        fees::{BlockRatioFee, Info},
        runtime::{EthExtra, SetWeightLimit},
    },
    AccountId32Mapper, AddressMapper, AutoMapper,
};
use pallet_transaction_payment::{ChargeTransactionPayment, ConstFeeMultiplier, Multiplier};
use sp_core::{H160, U256};
use sp_runtime::{
    generic,
    traits::{BlakeTwo256, IdentityLookup, InvalidVersion, One},
    AccountId32, BuildStorage, MultiSignature,
};

pub type Balance = u128;
type Extension = (
    frame_system::CheckNonce<Test>,
    ChargeTransactionPayment<Test>,
    pallet_revive::evm::tx_extension::SetOrigin<Test>,
);
type Extrinsic = pallet_revive::evm::runtime::UncheckedExtrinsic<AccountId32, MultiSignature, EthExtraImpl>;
type Block = generic::Block<generic::Header<u64, BlakeTwo256>, Extrinsic>;

pub const ALICE: AccountId32 = AccountId32::new([1; 32]);
pub const BOB: AccountId32 = AccountId32::new([2; 32]);
pub const NOBODY: AccountId32 = AccountId32::new([9; 32]);
pub const ENDOWMENT: Balance = 1_000_000_000_000_000_000_000;
/// Enough for everything that the tests execute.
pub const GAS: u64 = 10_000_000_000;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EthExtraImpl;

impl EthExtra for EthExtraImpl {
    type Config = Test;
    type ExtensionV0 = Extension;
    type ExtensionOtherVersions = InvalidVersion;

    fn get_eth_extension(nonce: u32, tip: Balance) -> Extension {
        (
            frame_system::CheckNonce::from(nonce),
            ChargeTransactionPayment::from(tip),
            pallet_revive::evm::tx_extension::SetOrigin::new_from_eth_transaction(),
        )
    }
}

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Timestamp: pallet_timestamp,
        Balances: pallet_balances,
        TransactionPayment: pallet_transaction_payment,
        Revive: pallet_revive,
        Evm: pallet_evm,
    }
);

parameter_types! {
    pub BlockWeights: frame_system::limits::BlockWeights = frame_system::limits::BlockWeights::simple_max(
        Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, 10 * 1024 * 1024),
    );
    pub FeeMultiplier: Multiplier = Multiplier::one();
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type BlockWeights = BlockWeights;
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type AccountData = pallet_balances::AccountData<Balance>;
    type OnNewAccount = AutoMapper<Test>;
    type OnKilledAccount = AutoMapper<Test>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<10>;
    type AccountStore = System;
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

#[derive_impl(pallet_transaction_payment::config_preludes::TestDefaultConfig)]
impl pallet_transaction_payment::Config for Test {
    type OnChargeTransaction = pallet_transaction_payment::FungibleAdapter<Balances, ()>;
    type WeightToFee = BlockRatioFee<2, 1, Self, Balance>;
    type LengthToFee = FixedFee<100, Balance>;
    type FeeMultiplierUpdate = ConstFeeMultiplier<FeeMultiplier>;
}

impl FindAuthor<AccountId32> for Test {
    fn find_author<'a, I>(_: I) -> Option<AccountId32>
    where
        I: 'a + IntoIterator<Item = (frame_support::ConsensusEngineId, &'a [u8])>,
    {
        Some(BOB)
    }
}

#[derive_impl(pallet_revive::config_preludes::TestDefaultConfig)]
impl pallet_revive::Config for Test {
    type Time = Timestamp;
    type AddressMapper = AccountId32Mapper<Self>;
    type Balance = Balance;
    type Currency = Balances;
    type DepositPerByte = ConstU128<1>;
    type DepositPerItem = ConstU128<2>;
    type DepositPerChildTrieItem = ConstU128<2>;
    type UploadOrigin = EnsureSigned<AccountId32>;
    type InstantiateOrigin = EnsureSigned<AccountId32>;
    type ChainId = ConstU64<7776>;
    type NativeToEthRatio = ConstU32<1>;
    type FindAuthor = Test;
    type FeeInfo = Info<AccountId32, MultiSignature, EthExtraImpl>;
    type AutoMap = ConstBool<true>;
}

impl TryFrom<RuntimeCall> for pallet_revive::Call<Test> {
    type Error = ();

    fn try_from(call: RuntimeCall) -> Result<Self, ()> {
        match call {
            RuntimeCall::Revive(call) => Ok(call),
            _ => Err(()),
        }
    }
}

impl SetWeightLimit for RuntimeCall {
    fn set_weight_limit(&mut self, new: Weight) -> Weight {
        match self {
            Self::Revive(
                pallet_revive::Call::eth_call { weight_limit, .. }
                | pallet_revive::Call::eth_instantiate_with_code { weight_limit, .. },
            ) => core::mem::replace(weight_limit, new),
            _ => Weight::zero(),
        }
    }
}

impl pallet_evm::Config for Test {
    type CallOrigin = EnsureAddressMapped<Self>;
    type WithdrawOrigin = EnsureAddressMapped<Self>;
    type AddressMapping = MappedAddress<Self>;
    type WithdrawMapping = FallbackAddress<Self>;
    type WeightInfo = ();
}

/// The address that an account acts under.
pub fn address_of(account: &AccountId32) -> H160 {
    <Test as pallet_revive::Config>::AddressMapper::to_address(account)
}

/// The price of gas.
pub fn price() -> U256 {
    Revive::evm_base_fee()
}

pub fn new_test_ext() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![
            (ALICE, ENDOWMENT),
            (BOB, ENDOWMENT),
            (Revive::account_id(), ENDOWMENT),
        ],
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}

/// Runs a test as inside ALICE's first transaction, and checks the pallet's state afterwards.
pub fn in_a_transaction(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        System::inc_account_nonce(&ALICE);
        test();
        Evm::do_try_state().unwrap();
    });
}
