// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet and a table in place of datanets.

use crate as pallet_model_registry;
use crate::{
    ArtifactFormat, DataType, Evaluation, InputSchema, ModelSpec, OutputSchema, ParentsArgument, Source,
    SourcesArgument,
};
use frame_support::{
    assert_ok, derive_impl, parameter_types,
    traits::{fungible::HoldConsideration, ConstU128, ConstU32, LinearStoragePrice},
    BoundedVec,
};
use openledger_primitives::{
    comparator::Comparator,
    ids::content_id,
    licence::LicenceTerms,
    money::Balance,
    traits::{ContributionInfo, DatanetVersion, Datanets, Standing, Ticks},
    ContributionId, DatanetId, ModelId, Tick, VersionId,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchResult, Permill};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlock<Test>;
pub type AccountId = u64;

pub const OWNER: AccountId = 1;
pub const BOB: AccountId = 2;
pub const STRANGER: AccountId = 3;
pub const POOR: AccountId = 4;

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const MIN_PRICE: Balance = 1_000;
pub const RELEASE_TICKS: Tick = 50;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Registry: pallet_model_registry,
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

/// One row of the table: a datanet with versions `1..=versions`.
#[derive(Clone)]
pub struct MockDatanet {
    pub terms: LicenceTerms,
    pub versions: VersionId,
    pub closed_to: Vec<AccountId>,
}

parameter_types! {
    pub const StorageHold: RuntimeHoldReason = RuntimeHoldReason::Registry(pallet_model_registry::HoldReason::Storage);
    pub const ContributorsShare: Permill = Permill::from_percent(50);
    pub static RoyaltyCap: Permill = Permill::from_percent(50);
    pub static CurrentTick: Tick = 1;
    pub static ReleaseBond: Balance = 5_000;
    pub const ReleaseTicks: Tick = RELEASE_TICKS;
    pub static Table: BTreeMap<DatanetId, MockDatanet> = BTreeMap::new();
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

pub struct MockDatanets;
impl Datanets<AccountId> for MockDatanets {
    fn owner(_: DatanetId) -> Option<AccountId> {
        Some(OWNER)
    }
    fn licence(datanet: DatanetId) -> Option<LicenceTerms> {
        Table::get().get(&datanet).map(|row| row.terms.clone())
    }
    fn version(datanet: DatanetId, version: VersionId) -> Option<DatanetVersion> {
        let versions = Table::get().get(&datanet)?.versions;
        (1..=versions).contains(&version).then(|| DatanetVersion {
            root: H256::zero(),
            leaves: version.into(),
            points: version.into(),
            published_at: 0,
        })
    }
    fn may_train(datanet: DatanetId, who: &AccountId) -> bool {
        Table::get()
            .get(&datanet)
            .is_some_and(|row| !row.closed_to.contains(who))
    }
    fn contribution(_: DatanetId, _: ContributionId) -> Option<ContributionInfo<AccountId>> {
        None
    }
    fn standing(_: DatanetId, _: VersionId, _: ContributionId) -> Option<Standing<AccountId>> {
        None
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(_: &AccountId, terms: LicenceTerms) -> DatanetId {
        let datanet = Table::get().len() as DatanetId;
        set_datanet(
            datanet,
            MockDatanet {
                terms,
                versions: 1,
                closed_to: vec![],
            },
        );
        datanet
    }
}

impl pallet_model_registry::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        StorageHold,
        LinearStoragePrice<ConstU128<100>, ConstU128<2>, Balance>,
    >;
    type Datanets = MockDatanets;
    type Ticks = MockTicks;
    type ContributorsShare = ContributorsShare;
    type MaxCumulativeRoyalty = RoyaltyCap;
    type MinPrice = ConstU128<MIN_PRICE>;
    type ReleaseBond = ReleaseBond;
    type ReleaseTicks = ReleaseTicks;
    type MaxDepth = ConstU32<8>;
    type MaxInputBytes = ConstU32<4_096>;
    type MaxOutputBytes = ConstU32<1_024>;
    type MaxQueryLen = ConstU32<256>;
    type WeightInfo = ();
}

/// A chain with funded accounts and datanets 0 to 9.
#[derive(Default)]
pub struct ExtBuilder {
    bases: u32,
}

impl ExtBuilder {
    /// With free base models 0, 1, 2, … of OWNER that ask for no royalty.
    pub fn with_bases(mut self, bases: u32) -> Self {
        self.bases = bases;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        pallet_balances::GenesisConfig::<Test> {
            balances: [OWNER, BOB, STRANGER]
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
            System::set_block_number(1);
            MockTicks::set(1);
            RoyaltyCap::set(Permill::from_percent(50));
            ReleaseBond::set(5_000);
            Table::set(BTreeMap::new());
            for datanet in 0..10 {
                set_datanet(
                    datanet,
                    MockDatanet {
                        terms: terms(),
                        versions: 2,
                        closed_to: vec![],
                    },
                );
            }
            for _ in 0..self.bases {
                assert_ok!(register_base(OWNER, spec(), vec![], None));
            }
        });
        ext
    }

    /// Runs a test and then the pallet's invariants.
    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Registry::do_try_state().expect("the pallet's invariants hold");
        })
    }
}

pub fn set_datanet(datanet: DatanetId, row: MockDatanet) {
    let mut table = Table::get();
    table.insert(datanet, row);
    Table::set(table);
}

pub fn set_terms(datanet: DatanetId, terms: LicenceTerms) {
    let row = Table::get().remove(&datanet).expect("the datanet exists");
    set_datanet(datanet, MockDatanet { terms, ..row });
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

/// Version 1 of a datanet, on its terms of now.
pub fn source(datanet: DatanetId) -> Source {
    let terms = MockDatanets::licence(datanet).expect("the datanet exists");
    Source {
        datanet,
        version: 1,
        licence_hash: terms.version_hash(),
        max_share: Permill::from_percent(50),
    }
}

/// A classifier of ten classes over 32 numbers, without attribution.
pub fn spec() -> ModelSpec {
    ModelSpec {
        artifact: content_id(b"artifact"),
        config: content_id(b"config"),
        format: ArtifactFormat::Onnx,
        input: InputSchema {
            dtype: DataType::F32,
            width: 32,
        },
        output: OutputSchema {
            output_bytes: 40,
            query_len: 0,
            classes: 10,
        },
        comparator: Comparator::Tolerance {
            absolute: 2,
            relative_ppm: 0,
        },
        royalty: Permill::zero(),
        training_config: content_id(b"training"),
        attribution: None,
        evaluation: Some(Evaluation {
            dataset: content_id(b"held out"),
            accuracy_ppm: 950_000,
            samples: 360,
        }),
    }
}

/// The same with a royalty.
pub fn spec_with_royalty(percent: u32) -> ModelSpec {
    ModelSpec {
        royalty: Permill::from_percent(percent),
        ..spec()
    }
}

fn sources_argument(sources: Vec<Source>) -> SourcesArgument {
    BoundedVec::try_from(sources).unwrap()
}

pub fn register_base(
    who: AccountId,
    spec: ModelSpec,
    sources: Vec<Source>,
    price: Option<Balance>,
) -> DispatchResult {
    Registry::register_base(
        RuntimeOrigin::signed(who),
        Box::new(spec),
        sources_argument(sources),
        price,
    )
}

pub fn register_adapter(
    who: AccountId,
    spec: ModelSpec,
    parents: &[ModelId],
    sources: Vec<Source>,
    price: Option<Balance>,
) -> DispatchResult {
    Registry::register_adapter(
        RuntimeOrigin::signed(who),
        Box::new(spec),
        ParentsArgument::try_from(parents.to_vec()).unwrap(),
        sources_argument(sources),
        price,
    )
}

/// What an account has on hold for storage.
pub fn storage_held(who: AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&StorageHold::get(), &who)
}

/// What an account has on hold for its models' releases.
pub fn bond_held(who: AccountId) -> Balance {
    use frame_support::traits::fungible::InspectHold;
    let reason = RuntimeHoldReason::Registry(pallet_model_registry::HoldReason::Release);
    Balances::balance_on_hold(&reason, &who)
}

/// What a record costs.
pub fn deposit() -> Balance {
    use codec::MaxEncodedLen;
    100 + 2 * <(ModelId, crate::ModelOf<Test>)>::max_encoded_len() as Balance
}

/// The last event of this pallet.
pub fn last_event() -> crate::Event<Test> {
    System::events()
        .into_iter()
        .rev()
        .find_map(|record| match record.event {
            RuntimeEvent::Registry(event) => Some(event),
            _ => None,
        })
        .expect("an event was emitted")
}
