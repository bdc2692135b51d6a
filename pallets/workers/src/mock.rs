// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet, balances, and stand-ins for the model registry and the clock.

use crate as pallet_workers;
use crate::{Capabilities, KernelClass, Workers};
use frame_support::{assert_ok, derive_impl, parameter_types, traits::ConstU128};
use openledger_primitives::{
    attestation::WorkerKey,
    money::Balance,
    traits::{Models, Release, Service, Ticks},
    ModelId, Tick,
};
use sp_runtime::{BuildStorage, DispatchError};

pub type AccountId = u64;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        WorkersPallet: pallet_workers,
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

parameter_types! {
    pub static Now: Tick = 10;
    pub static Hostable: Vec<ModelId> = vec![0, 1, 2, 3];
    pub static MinBond: Balance = 100;
}

/// A clock that tests turn.
pub struct MockTicks;

impl Ticks for MockTicks {
    fn now() -> Tick {
        Now::get()
    }

    fn set(tick: Tick) {
        Now::set(tick);
    }
}

/// A registry in which the models of [`Hostable`] may be hosted.
pub struct MockModels;

impl Models<AccountId> for MockModels {
    fn service(_: ModelId) -> Result<Service<AccountId>, DispatchError> {
        Err(DispatchError::Unavailable)
    }

    fn can_host(model: ModelId) -> bool {
        Hostable::get().contains(&model)
    }

    fn release(_: ModelId) -> Option<Release> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(_: &AccountId) -> ModelId {
        let model = Hostable::get().len() as ModelId;
        Hostable::mutate(|models| models.push(model));
        model
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_released_for_benchmark(owner: &AccountId) -> ModelId {
        Self::create_for_benchmark(owner)
    }
}

pub const MAX_HOSTED: u32 = 3;
pub const MAX_HOSTS: u32 = 4;
pub const MAX_ASSIGNMENTS: u32 = 3;
pub const MAX_MISSED: u32 = 3;
pub const HEARTBEAT_TICKS: Tick = 20;
pub const UNBOND_TICKS: Tick = 50;
pub const LIABLE_TICKS: Tick = 10;

impl pallet_workers::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Models = MockModels;
    type Ticks = MockTicks;
    type MinBond = MinBond;
    type MaxHosted = frame_support::traits::ConstU32<MAX_HOSTED>;
    type MaxHosts = frame_support::traits::ConstU32<MAX_HOSTS>;
    type MaxAssignments = frame_support::traits::ConstU32<MAX_ASSIGNMENTS>;
    type HeartbeatTicks = frame_support::traits::ConstU64<HEARTBEAT_TICKS>;
    type UnbondTicks = frame_support::traits::ConstU64<UNBOND_TICKS>;
    type LiableTicks = frame_support::traits::ConstU64<LIABLE_TICKS>;
    type MaxMissed = frame_support::traits::ConstU32<MAX_MISSED>;
    type WeightInfo = ();
}

/// Accounts 1 to 9 have this much.
pub const WEALTH: Balance = 1_000;

#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
    Builder::default().build()
}

/// Builds the state that a test starts from.
#[derive(Default)]
pub struct Builder {
    workers: Vec<(AccountId, Balance, Vec<ModelId>)>,
}

impl Builder {
    /// `who` registers with `bond` and hosts `models`.
    pub fn with_worker(mut self, who: AccountId, bond: Balance, models: &[ModelId]) -> Self {
        self.workers.push((who, bond, models.to_vec()));
        self
    }

    /// Runs `test` and checks the invariants afterwards.
    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            WorkersPallet::do_try_state().expect("the invariants hold after the test");
        });
    }

    fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        pallet_balances::GenesisConfig::<Test> {
            balances: (1..10).map(|who| (who, WEALTH)).collect(),
            ..Default::default()
        }
        .assimilate_storage(&mut storage)
        .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            for (who, bond, models) in self.workers {
                assert_ok!(WorkersPallet::register(
                    RuntimeOrigin::signed(who),
                    capabilities(),
                    bond
                ));
                for model in models {
                    assert_ok!(WorkersPallet::host(RuntimeOrigin::signed(who), model));
                }
            }
            System::reset_events();
        });
        ext
    }
}

pub fn capabilities() -> Capabilities {
    Capabilities {
        kernel_class: KernelClass::Generic,
        memory_mib: 1024,
        engine_version: b"tract 0.23.9".to_vec().try_into().unwrap(),
    }
}

/// The key of the account's present registration.
pub fn key(who: AccountId) -> WorkerKey<AccountId> {
    WorkerKey {
        account: who,
        epoch: Workers::<Test>::get(who).expect("it is registered").epoch,
    }
}

/// The last event is `event`.
pub fn assert_event(event: pallet_workers::Event<Test>) {
    System::assert_last_event(event.into());
}
