// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet, balances, and stand-ins for datanets and the fee split.

use crate as pallet_powers;
use frame_support::{
    assert_ok, derive_impl, parameter_types,
    traits::{ConstU128, ConstU32, EitherOfDiverse},
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use openledger_primitives::{
    licence::LicenceTerms,
    money::{Balance, FeeShares},
    traits::{ContributionInfo, DatanetVersion, Datanets, Standing},
    ContributionId, DatanetId, VersionId,
};
use sp_runtime::{BuildStorage, DispatchResult};

pub type AccountId = u64;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        PowersPallet: pallet_powers,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<1>;
    type AccountStore = System;
}

/// The treasury's account.
pub const TREASURY: AccountId = 99;
/// What it has at first.
pub const WEALTH: Balance = 1_000;
/// Who may revoke beside root.
pub const COUNCIL: AccountId = 50;

pub const MAX_DELEGATES: u32 = 3;
pub const MAX_SPENDS: u32 = 4;
pub const MAX_FEATURED: u32 = 5;

parameter_types! {
    pub static Shares: FeeShares = FeeShares::DEFAULT;
    pub static Existing: Vec<DatanetId> = vec![0, 1, 2, 3, 4, 5, 6];
    pub const TreasuryAccount: AccountId = TREASURY;
}

pub struct MockFeeSplit;

impl crate::FeeSplit for MockFeeSplit {
    fn in_force() -> FeeShares {
        Shares::get()
    }

    fn set(shares: FeeShares) -> DispatchResult {
        Shares::set(shares);
        Ok(())
    }
}

/// The datanets of [`Existing`].
pub struct MockDatanets;

impl Datanets<AccountId> for MockDatanets {
    fn owner(datanet: DatanetId) -> Option<AccountId> {
        Existing::get().contains(&datanet).then_some(1)
    }
    fn licence(_: DatanetId) -> Option<LicenceTerms> {
        None
    }
    fn version(_: DatanetId, _: VersionId) -> Option<DatanetVersion> {
        None
    }
    fn may_train(_: DatanetId, _: &AccountId) -> bool {
        false
    }
    fn contribution(_: DatanetId, _: ContributionId) -> Option<ContributionInfo<AccountId>> {
        None
    }
    fn standing(_: DatanetId, _: VersionId, _: ContributionId) -> Option<Standing<AccountId>> {
        None
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(_: &AccountId, _: LicenceTerms) -> DatanetId {
        let datanet = Existing::get().len() as DatanetId;
        Existing::mutate(|existing| existing.push(datanet));
        datanet
    }
}

impl pallet_powers::Config for Test {
    type Currency = Balances;
    type TreasuryAccount = TreasuryAccount;
    type FeeSplit = MockFeeSplit;
    type Datanets = MockDatanets;
    type DelegateOrigin = EnsureRoot<AccountId>;
    type RevokeOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureSignedBy<CouncilMembers, AccountId>>;
    type MaxDelegates = ConstU32<MAX_DELEGATES>;
    type MaxSpends = ConstU32<MAX_SPENDS>;
    type MaxFeatured = ConstU32<MAX_FEATURED>;
    type WeightInfo = ();
}

pub struct CouncilMembers;

impl frame_support::traits::SortedMembers<AccountId> for CouncilMembers {
    fn sorted_members() -> Vec<AccountId> {
        vec![COUNCIL]
    }
}

#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
    Builder::default().build()
}

/// Builds the state that a test starts from.
#[derive(Default)]
pub struct Builder {
    powers: Vec<(AccountId, crate::PowerOf<Test>)>,
}

impl Builder {
    /// A referendum has delegated `power` to `who`.
    pub fn with_power(mut self, who: AccountId, power: crate::PowerOf<Test>) -> Self {
        self.powers.push((who, power));
        self
    }

    /// Runs `test`, and checks afterwards that the invariants hold and no money was made or lost.
    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            let issued = Balances::total_issuance();
            test();
            PowersPallet::do_try_state().expect("the invariants hold after the test");
            assert_eq!(Balances::total_issuance(), issued);
        });
    }

    fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        pallet_balances::GenesisConfig::<Test> {
            balances: vec![(TREASURY, WEALTH)],
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            Shares::set(FeeShares::DEFAULT);
            for (who, power) in self.powers {
                assert_ok!(PowersPallet::delegate(RuntimeOrigin::root(), who, power));
            }
            System::reset_events();
        });
        ext
    }
}

pub fn by(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

/// The last event is `event`.
pub fn assert_event(event: pallet_powers::Event<Test>) {
    System::assert_last_event(event.into());
}
