// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet over `pallet-revive`, with its real fees, and contracts of a few bytes.

use crate as pallet_callbacks;
use frame_support::{
    derive_impl, parameter_types,
    traits::{fungible::Inspect, ConstBool, ConstU128, ConstU32, ConstU64, FindAuthor, VariantCountOf},
    weights::{constants::WEIGHT_REF_TIME_PER_SECOND, FixedFee, Weight},
};
use frame_system::EnsureSigned;
use openledger_primitives::RequestId;
use pallet_revive::{
    evm::{
        fees::{BlockRatioFee, Info},
        runtime::{EthExtra, SetWeightLimit},
    },
    AccountId32Mapper, AddressMapper, AutoMapper, Code, ExecConfig, TransactionLimits,
};
use pallet_transaction_payment::{ChargeTransactionPayment, ConstFeeMultiplier, Multiplier};
use sp_core::H160;
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
/// Gets what callbacks cost.
pub const POT: AccountId32 = AccountId32::new([7; 32]);
/// The address that calls.
pub const CALLER: H160 = H160([8; 20]);
pub const ED: Balance = 10;
pub const RECORD: Balance = 1_000;
pub const ENDOWMENT: Balance = 1_000_000_000_000_000_000_000;
/// Enough for every contract of the tests that comes to an end.
pub const GAS: u64 = 300_000;
/// Enough for what they store.
pub const DEPOSIT: Balance = 1_000_000;

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
        Callbacks: pallet_callbacks,
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
    type ExistentialDeposit = ConstU128<ED>;
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
    type GasScale = ConstU32<100_000>;
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

parameter_types! {
    pub CallerAddress: H160 = CALLER;
    pub PotAccount: AccountId32 = POT;
    pub static Hook: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND / 2, 2 * 1024 * 1024);
}

impl pallet_callbacks::Config for Test {
    type Caller = CallerAddress;
    type FeeDestination = PotAccount;
    type RecordDeposit = ConstU128<RECORD>;
    type MaxOutputBytes = ConstU32<64>;
    type HookWeight = Hook;
    type WeightInfo = ();
}

/// Notes the request's id, whether it was settled, who calls and who started it, in its first four slots.
pub const RECORDER: &[u8] = &[
    0x60, 0x04, 0x35, 0x5f, 0x55, 0x60, 0x24, 0x35, 0x60, 0x01, 0x55, 0x33, 0x60, 0x02, 0x55, 0x32, 0x60,
    0x03, 0x55,
];
/// Reverts with a word that is 42, after it stored something.
pub const REVERTER: &[u8] = &[
    0x60, 0x01, 0x5f, 0x55, 0x60, 0x2a, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xfd,
];
/// Runs in a circle.
pub const BURNER: &[u8] = &[0x5b, 0x5f, 0x56];
/// Does what the machine does not know.
pub const INVALID: &[u8] = &[0xfe];

/// Deploys runtime code and endows it.
pub fn contract(code: &[u8]) -> H160 {
    let length = u8::try_from(code.len()).unwrap();
    // another address each time
    System::inc_account_nonce(&ALICE);
    let init = [0x60, length, 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3];
    let deployed = Revive::bare_instantiate(
        RuntimeOrigin::signed(ALICE),
        0.into(),
        TransactionLimits::WeightAndDeposit {
            weight_limit: Weight::MAX,
            deposit_limit: Balance::MAX,
        },
        Code::Upload([init.as_slice(), code].concat()),
        vec![],
        None,
        &ExecConfig::new_substrate_tx(),
    );
    let deployed = deployed.result.unwrap();
    assert!(!deployed.result.did_revert());
    let account = account_of(&deployed.addr);
    Balances::force_set_balance(RuntimeOrigin::root(), account, ENDOWMENT).unwrap();
    deployed.addr
}

/// The account of an address.
pub fn account_of(address: &H160) -> AccountId32 {
    <Test as pallet_revive::Config>::AddressMapper::to_account_id(address)
}

/// A slot of a contract's storage as a number.
pub fn slot(contract: H160, index: u8) -> sp_core::U256 {
    let mut key = [0; 32];
    key[31] = index;
    let value = Revive::get_storage(contract, key).unwrap().unwrap_or_default();
    sp_core::U256::from_big_endian(&value)
}

pub fn free(account: &AccountId32) -> Balance {
    Balances::balance(account)
}

/// Ends a block that has `remaining` weight left.
pub fn idle(remaining: Weight) -> Weight {
    use frame_support::traits::Hooks;
    Callbacks::on_idle(System::block_number(), remaining)
}

/// Pays for a callback with what the tests' contracts need.
pub fn pay_for(request: RequestId, contract: H160) -> Balance {
    Callbacks::register(request, contract, GAS, DEPOSIT).unwrap()
}

pub fn new_test_ext() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![
            (ALICE, ENDOWMENT),
            (BOB, ENDOWMENT),
            (POT, ED),
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

/// Runs a test, and checks afterwards the pallet's state and that no money was made or lost.
pub fn build_and_execute(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        Callbacks::do_try_state().unwrap();
        let sum: Balance = frame_system::Account::<Test>::iter_values()
            .map(|account| account.data.free + account.data.reserved)
            .sum();
        assert_eq!(sum, Balances::total_issuance());
    });
}
