// SPDX-License-Identifier: Apache-2.0
//! A chain with balances, this pallet and one model's release that tests choose.

use crate as pallet_releases;
use frame_support::{
    derive_impl, parameter_types,
    traits::{fungible::Mutate, tokens::Preservation, ConstU128},
};
use openledger_primitives::{
    money::Balance,
    traits::{BondedRelease, ReleaseBonds, Ticks},
    ModelId, Tick,
};
use sp_runtime::{BuildStorage, DispatchError, Permill};

pub type AccountId = u64;

pub const AUTHOR: AccountId = 1;
pub const CHALLENGER: AccountId = 2;
pub const STRANGER: AccountId = 3;
pub const POOR: AccountId = 4;
pub const TREASURY: AccountId = 9;
pub const ENDOWMENT: Balance = 10_000;
pub const BOND: Balance = 1_000;
pub const AT_STAKE: Balance = 200;
pub const MODEL: ModelId = 7;
pub const ANSWER_TICKS: Tick = 10;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Releases: pallet_releases,
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
    type ExistentialDeposit = ConstU128<10>;
    type AccountStore = System;
    type RuntimeHoldReason = RuntimeHoldReason;
}

parameter_types! {
    pub static Now: Tick = 1;
    pub static RowBond: Balance = AT_STAKE;
    pub const AnswerTicks: Tick = ANSWER_TICKS;
    pub const ChallengerShare: Permill = Permill::from_percent(40);
    pub const DustSink: AccountId = TREASURY;
    /// The release of [`MODEL`]; none once it was refuted.
    pub static Released: Option<BondedRelease<AccountId>> = None;
    /// How many disputes of it are open.
    pub static Accused: u32 = 0;
}

/// A clock that tests move.
pub struct Clock;

impl Ticks for Clock {
    fn now() -> Tick {
        Now::get()
    }

    fn set(tick: Tick) {
        Now::set(tick);
    }
}

/// A registry of one model.
pub struct Registry;

impl ReleaseBonds<AccountId> for Registry {
    fn bonded(model: ModelId) -> Option<BondedRelease<AccountId>> {
        Released::get().filter(|_| model == MODEL)
    }

    fn accuse(_: ModelId) {
        Accused::mutate(|accused| *accused += 1);
    }

    fn acquit(_: ModelId) {
        Accused::mutate(|accused| *accused -= 1);
    }

    fn refute(
        _: ModelId,
        challenger: &AccountId,
        share: Permill,
        sink: &AccountId,
    ) -> Result<(Balance, Balance), DispatchError> {
        let author = Released::take().ok_or(DispatchError::Unavailable)?.author;
        let reward = share.mul_floor(BOND);
        let pay = |to: &AccountId, amount| {
            <Balances as Mutate<_>>::transfer(&author, to, amount, Preservation::Expendable)
        };
        pay(challenger, reward)?;
        pay(sink, BOND - reward)?;
        Ok((reward, BOND - reward))
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_bonded_for_benchmark(release: BondedRelease<AccountId>) -> ModelId {
        let _ = Balances::mint_into(&release.author, ENDOWMENT);
        Released::set(Some(release));
        MODEL
    }
}

impl crate::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Models = Registry;
    type Ticks = Clock;
    type RowBond = RowBond;
    type AnswerTicks = AnswerTicks;
    type ChallengerShare = ChallengerShare;
    type DustSink = DustSink;
    type WeightInfo = ();
}

/// A chain with funded accounts at tick 1.
#[derive(Default)]
pub struct ExtBuilder;

impl ExtBuilder {
    pub fn build(self) -> sp_io::TestExternalities {
        Now::set(1);
        RowBond::set(AT_STAKE);
        Released::set(None);
        Accused::set(0);
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        let rich = [AUTHOR, CHALLENGER, STRANGER, TREASURY].map(|who| (who, ENDOWMENT));
        pallet_balances::GenesisConfig::<Test> {
            balances: [rich.as_slice(), &[(POOR, 20)]].concat(),
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| System::set_block_number(1));
        ext
    }

    /// Runs a test, then the pallet's invariants; and no planck came or went.
    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            let issued = Balances::total_issuance();
            test();
            Releases::do_try_state().expect("the pallet's invariants hold");
            let open = crate::Disputes::<Test>::iter_keys().count();
            assert_eq!(
                Accused::get() as usize,
                open,
                "a model is accused of what is open"
            );
            assert_eq!(Balances::total_issuance(), issued, "money is conserved");
        })
    }
}

/// What an account has on hold.
pub fn held(who: AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&crate::HoldReason::RowDispute.into(), &who)
}
