// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet alone.

use crate as pallet_datanets;
use crate::{AcceptancePolicy, Modality, TextArgument};
use frame_support::{
    assert_ok, derive_impl, parameter_types,
    traits::{fungible::HoldConsideration, ConstU128, ConstU64, LinearStoragePrice},
    BoundedVec,
};
use openledger_primitives::{
    ids::content_id, licence::LicenceTerms, money::Balance, traits::Ticks, ContentId, ContributionId,
    DatanetId, Tick,
};
use sp_runtime::{BuildStorage, Permill};

type Block = frame_system::mocking::MockBlock<Test>;
pub type AccountId = u64;

pub const OWNER: AccountId = 1;
pub const CURATOR: AccountId = 2;
pub const ALICE: AccountId = 3;
pub const BOB: AccountId = 4;
pub const STRANGER: AccountId = 5;
pub const POOR: AccountId = 6;
pub const TREASURY: AccountId = 99;

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const BOND: Balance = 5_000;
pub const MAX_BYTES: u64 = 1_000_000;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Datanets: pallet_datanets,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<10>;
    type AccountStore = System;
}

parameter_types! {
    pub const StorageHold: RuntimeHoldReason = RuntimeHoldReason::Datanets(pallet_datanets::HoldReason::Storage);
    pub const BondHold: RuntimeHoldReason = RuntimeHoldReason::Datanets(pallet_datanets::HoldReason::Contribution);
    pub const Treasury: AccountId = TREASURY;
    pub static CurrentTick: Tick = 1;
}

pub struct MockTicks;
impl Ticks for MockTicks {
    fn now() -> Tick {
        CurrentTick::get()
    }
    fn set(tick: Tick) {
        CurrentTick::set(tick)
    }
}

impl pallet_datanets::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        StorageHold,
        LinearStoragePrice<ConstU128<100>, ConstU128<2>, Balance>,
    >;
    type Ticks = MockTicks;
    type ForfeitTo = Treasury;
    type MaxContributionBytes = ConstU64<MAX_BYTES>;
    type WeightInfo = ();
}

/// A chain with funded accounts, and datanet 0 where the builder was told its policy.
#[derive(Default)]
pub struct ExtBuilder {
    policy: Option<AcceptancePolicy>,
    contributions: u8,
}

impl ExtBuilder {
    /// With datanet 0 of OWNER, judged by OWNER and CURATOR, with BOND.
    pub fn with_datanet(mut self, policy: AcceptancePolicy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// With contributions 0, 1, 2, … of ALICE to datanet 0.
    pub fn with_contributions(mut self, contributions: u8) -> Self {
        self.contributions = contributions;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        pallet_balances::GenesisConfig::<Test> {
            balances: [OWNER, CURATOR, ALICE, BOB, STRANGER, TREASURY]
                .into_iter()
                .map(|account| (account, ENDOWMENT))
                .chain([(POOR, 50)])
                .collect(),
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            MockTicks::set(1);
            System::set_block_number(1);
            if let Some(policy) = self.policy {
                create(policy);
            }
            for n in 0..self.contributions {
                contribute(ALICE, &[n]);
            }
        });
        ext
    }

    /// Runs a test and then the pallet's invariants.
    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Datanets::do_try_state().expect("the pallet's invariants hold");
        })
    }
}

pub fn text(bytes: &[u8]) -> TextArgument {
    BoundedVec::try_from(bytes.to_vec()).unwrap()
}

pub fn terms() -> LicenceTerms {
    LicenceTerms {
        id: BoundedVec::try_from(b"OPENLEDGER-TRAIN-1.0".to_vec()).unwrap(),
        training: true,
        commercial: true,
        contributor_share: Permill::from_percent(50),
        expires_at: None,
        text: content_id(b"the full text"),
    }
}

/// Creates a datanet of OWNER.
pub fn create(policy: AcceptancePolicy) -> DatanetId {
    let datanet = crate::NextDatanetId::<Test>::get();
    assert_ok!(Datanets::create(
        RuntimeOrigin::signed(OWNER),
        text(b"digits"),
        Modality::Tabular,
        terms(),
        policy,
        BOND,
        BoundedVec::try_from(vec![CURATOR]).unwrap(),
    ));
    datanet
}

/// What `bytes` are called.
pub fn content(bytes: &[u8]) -> ContentId {
    content_id(bytes)
}

/// Contributes `bytes` to datanet 0.
pub fn contribute(who: AccountId, bytes: &[u8]) -> ContributionId {
    let contribution = crate::Fillings::<Test>::get(0).contributions;
    assert_ok!(Datanets::contribute(
        RuntimeOrigin::signed(who),
        0,
        content(bytes),
        100,
        text(b"text/csv"),
        3
    ));
    contribution
}

/// Accepts a contribution of datanet 0.
pub fn accept(contribution: ContributionId) {
    assert_ok!(Datanets::accept(
        RuntimeOrigin::signed(CURATOR),
        0,
        contribution,
        None
    ));
}

/// What an account has on hold for storage.
pub fn storage_held(who: AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&StorageHold::get(), &who)
}

/// What an account has on hold as quality bonds.
pub fn bond_held(who: AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&BondHold::get(), &who)
}

/// The price of a footprint.
pub fn price(footprint: frame_support::traits::Footprint) -> Balance {
    100 + Balance::from(footprint.size) * 2
}

/// The last event of this pallet.
pub fn last_event() -> crate::Event<Test> {
    System::events()
        .into_iter()
        .rev()
        .find_map(|record| match record.event {
            RuntimeEvent::Datanets(event) => Some(event),
            _ => None,
        })
        .expect("an event was emitted")
}
