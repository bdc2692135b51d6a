// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet, balances, and stand-ins for the registry, datanets, workers, ledger and seed.

use crate as pallet_inference;
use crate::{Input, Verification};
use frame_support::{
    assert_ok, derive_impl,
    dispatch::DispatchClass,
    ensure, parameter_types,
    traits::{fungible::HoldConsideration, ConstU128, ConstU32, ConstU64, Get, Hooks, LinearStoragePrice},
    weights::{Weight, WeightMeter},
};
use frame_system::limits::BlockWeights;
use openledger_primitives::{
    attestation::{commitment, Domain, WorkerKey},
    comparator::Comparator,
    input::InputRule,
    licence::LicenceTerms,
    money::{Balance, FeeShares},
    report::{Blend, Evidence, ReportEntry},
    traits::{
        ContributionInfo, DatanetVersion, Datanets, DrawSeed, Ending, Host, Models, OnRequestEnd, Release,
        RewardLedger, Service, Settlement, Standing, WorkerPool,
    },
    ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{BuildStorage, DispatchError, Perbill, Permill};

pub type AccountId = u64;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Inference: pallet_inference,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
    type MultiBlockMigrator = MockMigrator;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<1>;
    type AccountStore = System;
}

parameter_types! {
    pub static Migrating: bool = false;
    /// How requests ended, in order: the output of those that were answered, nothing of those that failed.
    pub static Endings: Vec<(RequestId, Option<Vec<u8>>)> = Vec::new();
    /// Datanets from 2 on with one contribution, for benchmarks.
    pub static MoreDatanets: Vec<DatanetId> = Vec::new();
    pub static Services: Vec<(ModelId, Service<AccountId>)> =
        vec![(TOLERANT, tolerant_service()), (EXACT, exact_service())];
    pub static Pool: Vec<(ModelId, Host<AccountId>)> = Vec::new();
    pub static AssignFails: bool = false;
    pub static Released: Vec<(AccountId, RequestId, bool)> = Vec::new();
    pub static LedgerFails: bool = false;
    pub static Settlements: Vec<Settlement<AccountId>> = Vec::new();
    pub static Shares: FeeShares = FeeShares::DEFAULT;
    pub static Blended: Blend = Blend::DEFAULT;
    pub static Hook: Weight = Weight::from_parts(1_000_000_000_000, 10_000_000);
    pub const DepositReason: RuntimeHoldReason = RuntimeHoldReason::Inference(crate::HoldReason::Deposit);
    pub const FullBlock: Perbill = Perbill::from_percent(90);
}

/// Migrations that tests switch on.
pub struct MockMigrator;

impl frame_support::migrations::MultiStepMigrator for MockMigrator {
    fn ongoing() -> bool {
        Migrating::get()
    }

    fn step() -> Weight {
        Weight::zero()
    }
}

/// A model whose outputs are two numbers that are compared with a tolerance, and whose reports name datanet 0.
pub const TOLERANT: ModelId = 0;
/// A model without attribution whose outputs are four bytes.
pub const EXACT: ModelId = 1;
pub const PRICE: Balance = 1_000;
pub const OWNER: AccountId = 50;
pub const PARENT: AccountId = 51;
pub const TREASURY: AccountId = 60;
pub const LEDGER: AccountId = 61;
pub const CONSUMER: AccountId = 70;
pub const OTHER_CONSUMER: AccountId = 71;
/// What the consumers and workers have at first.
pub const WEALTH: Balance = 10_000_000;

pub fn tolerant_service() -> Service<AccountId> {
    Service {
        price: PRICE,
        comparator: Comparator::Tolerance {
            absolute: 2,
            relative_ppm: 0,
        },
        output_bytes: 8,
        input: InputRule::Text { most: 64 },
        query_len: 3,
        evidence: Some(Evidence::Influence),
        passages: 0,
        version_hash: H256::repeat_byte(7),
        owner: OWNER,
        royalties: vec![(9, PARENT, Permill::from_percent(25))],
        sources: vec![(0, 1)],
    }
}

pub fn exact_service() -> Service<AccountId> {
    Service {
        comparator: Comparator::Exact,
        output_bytes: 4,
        query_len: 0,
        evidence: None,
        version_hash: H256::repeat_byte(8),
        royalties: Vec::new(),
        sources: Vec::new(),
        ..tolerant_service()
    }
}

/// A registry that sells [`Services`].
pub struct MockModels;

impl Models<AccountId> for MockModels {
    fn service(model: ModelId) -> Result<Service<AccountId>, DispatchError> {
        let found = Services::get().into_iter().find(|(id, _)| *id == model);
        found
            .map(|(_, service)| service)
            .ok_or(DispatchError::Other("no such model"))
    }

    fn can_host(_: ModelId) -> bool {
        true
    }

    fn release(_: ModelId) -> Option<Release> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(_: &AccountId) -> ModelId {
        EXACT
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_released_for_benchmark(_: &AccountId) -> ModelId {
        EXACT
    }
}

/// Datanet 0 has six contributions. Version 1 holds the first three; the last one was never accepted.
pub struct MockDatanets;

impl Datanets<AccountId> for MockDatanets {
    fn owner(_: DatanetId) -> Option<AccountId> {
        None
    }

    fn licence(_: DatanetId) -> Option<LicenceTerms> {
        None
    }

    fn version(datanet: DatanetId, version: VersionId) -> Option<DatanetVersion> {
        let known = datanet == 0 || MoreDatanets::get().contains(&datanet);
        (known && version == 1).then_some(DatanetVersion {
            root: H256::zero(),
            leaves: 3,
            points: 3,
            published_at: 0,
        })
    }

    fn may_train(_: DatanetId, _: &AccountId) -> bool {
        true
    }

    fn contribution(datanet: DatanetId, contribution: ContributionId) -> Option<ContributionInfo<AccountId>> {
        let known = datanet <= 1 || MoreDatanets::get().contains(&datanet);
        (known && contribution < 6).then(|| ContributionInfo {
            owner: 100 + contribution,
            content: H256::zero(),
            leaf_index: (contribution < 5).then_some(contribution),
            payable: contribution != 2,
        })
    }

    fn standing(_: DatanetId, _: VersionId, _: ContributionId) -> Option<Standing<AccountId>> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(_: &AccountId, _: LicenceTerms) -> DatanetId {
        let datanet = 2 + MoreDatanets::get().len() as DatanetId;
        MoreDatanets::mutate(|more| more.push(datanet));
        datanet
    }
}

/// Which workers are assigned to which requests. In storage, so that a failed draw undoes it.
#[frame_support::storage_alias]
pub type Assigned = StorageMap<MockPool, frame_support::Twox64Concat, (AccountId, RequestId), u32>;

/// The workers of [`Pool`].
pub struct MockPool;

impl WorkerPool<AccountId> for MockPool {
    fn hosts(model: ModelId) -> Vec<Host<AccountId>> {
        Pool::get()
            .into_iter()
            .filter(|(id, _)| *id == model)
            .map(|(_, host)| host)
            .collect()
    }

    fn is_registered(_: &WorkerKey<AccountId>) -> bool {
        true
    }

    fn assign(worker: &WorkerKey<AccountId>, request: RequestId) -> Result<(), DispatchError> {
        Assigned::insert((worker.account, request), worker.epoch);
        // after the write, so that a test sees whether it is undone
        ensure!(!AssignFails::get(), DispatchError::Exhausted);
        Ok(())
    }

    fn release(worker: &WorkerKey<AccountId>, request: RequestId, served: bool) {
        assert_eq!(
            Assigned::take((worker.account, request)),
            Some(worker.epoch),
            "released twice"
        );
        Released::mutate(|released| released.push((worker.account, request, served)));
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(account: &AccountId, model: ModelId) -> WorkerKey<AccountId> {
        let known = MockPool::hosts(model)
            .iter()
            .any(|host| host.worker.account == *account);
        if !known {
            host(model, *account, 100);
        }
        WorkerKey {
            account: *account,
            epoch: 1,
        }
    }
}

/// A ledger that writes down what it was given.
pub struct MockLedger;

impl RewardLedger<AccountId> for MockLedger {
    fn account() -> AccountId {
        LEDGER
    }

    fn settle_weight() -> Weight {
        Weight::from_parts(1_000, 10)
    }

    fn settle(settlement: Settlement<AccountId>) -> Result<(), DispatchError> {
        ensure!(!LedgerFails::get(), DispatchError::Exhausted);
        let royalties = settlement
            .royalties
            .iter()
            .map(|(_, _, amount)| amount)
            .sum::<Balance>();
        let workers = settlement
            .workers
            .iter()
            .map(|(_, amount)| amount)
            .sum::<Balance>();
        let ledger =
            workers + settlement.model_owner.1 + royalties + settlement.contributors + settlement.dust;
        assert_eq!(
            settlement.treasury.1 + ledger,
            settlement.fee,
            "the parts are the fee"
        );
        Settlements::mutate(|all| all.push(settlement));
        Ok(())
    }
}

/// Notes how requests end. One that was cancelled has an empty output.
pub struct MockEndings;

impl OnRequestEnd for MockEndings {
    fn request_ended(request: RequestId, ending: Ending<'_>) {
        let output = match ending {
            Ending::Answered { output, .. } => Some(output.to_vec()),
            Ending::Failed => None,
            Ending::Cancelled => Some(Vec::new()),
        };
        Endings::mutate(|all| all.push((request, output)));
    }

    fn weight() -> Weight {
        Weight::from_parts(500, 5)
    }
}

/// Another seed in every block.
pub struct MockSeed;

impl DrawSeed for MockSeed {
    fn seed(subject: &[u8]) -> H256 {
        let mut bytes = System::block_number().to_le_bytes().to_vec();
        bytes.extend_from_slice(subject);
        H256(blake2_256(&bytes))
    }
}

pub const MAX_OPEN: u32 = 4;
pub const DRAW_TICKS: Tick = 5;
pub const COMMIT_TICKS: Tick = 6;
pub const REVEAL_TICKS: Tick = 4;
pub const RETENTION_TICKS: Tick = 10;

impl pallet_inference::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        DepositReason,
        LinearStoragePrice<ConstU128<10>, ConstU128<1>, Balance>,
    >;
    type Models = MockModels;
    type Datanets = MockDatanets;
    type Workers = MockPool;
    type Ledger = MockLedger;
    type OnEnd = MockEndings;
    type Seed = MockSeed;
    type FeeShares = Shares;
    type Blend = Blended;
    type TreasuryAccount = ConstU64<TREASURY>;
    type MaxOpenRequests = ConstU32<MAX_OPEN>;
    type MaxHosts = ConstU32<16>;
    type DrawTicks = ConstU64<DRAW_TICKS>;
    type CommitTicks = ConstU64<COMMIT_TICKS>;
    type RevealTicks = ConstU64<REVEAL_TICKS>;
    type RetentionTicks = ConstU64<RETENTION_TICKS>;
    type FullBlock = FullBlock;
    type HookWeight = Hook;
    type WeightInfo = ();
}

pub fn new_test_ext() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    let rich = [CONSUMER, OTHER_CONSUMER].into_iter().map(|who| (who, WEALTH));
    let poor = [TREASURY, LEDGER].into_iter().map(|who| (who, 1));
    pallet_balances::GenesisConfig::<Test> {
        balances: rich.chain(poor).collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}

/// Builds the state that a test starts from.
#[derive(Default)]
pub struct Builder {
    hosts: Vec<(ModelId, AccountId, Balance)>,
}

impl Builder {
    /// Worker `who` hosts `model` with a bond of `stake`.
    pub fn with_host(mut self, model: ModelId, who: AccountId, stake: Balance) -> Self {
        self.hosts.push((model, who, stake));
        self
    }

    /// Workers 1 to `count` host both models with equal bonds.
    pub fn with_hosts(self, count: u64) -> Self {
        (1..=count).fold(self, |builder, who| {
            builder.with_host(TOLERANT, who, 100).with_host(EXACT, who, 100)
        })
    }

    /// Runs `test` and checks the invariants afterwards.
    pub fn build_and_execute(self, test: impl FnOnce()) {
        Pool::set(Vec::new());
        Released::set(Vec::new());
        Settlements::set(Vec::new());
        new_test_ext().execute_with(|| {
            for (model, who, stake) in self.hosts {
                host(model, who, stake);
            }
            test();
            Inference::do_try_state().expect("the invariants hold after the test");
        });
    }
}

pub fn host(model: ModelId, who: AccountId, stake: Balance) {
    let worker = WorkerKey {
        account: who,
        epoch: 1,
    };
    Pool::mutate(|pool| pool.push((model, Host { worker, stake })));
}

/// Ends the block and begins the next one, with all hooks.
pub fn next_block() {
    let block = System::block_number();
    Inference::on_idle(block, Weight::from_parts(2_000_000_000_000, 20_000_000));
    Inference::on_finalize(block);
    Inference::do_try_state().expect("the invariants hold after every block");
    let block = block + 1;
    System::set_block_number(block);
    System::set_block_consumed_resources(Weight::zero(), 0);
    Inference::on_initialize(block);
    if !Migrating::get() {
        Inference::on_poll(
            block,
            &mut WeightMeter::with_limit(Weight::from_parts(2_000_000_000_000, 20_000_000)),
        );
    }
}

pub fn run_blocks(count: u64) {
    for _ in 0..count {
        next_block();
    }
}

/// Fills what normal extrinsics may use of this block.
pub fn fill_block() {
    let limits: BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
    let most = limits.get(DispatchClass::Normal).max_total.unwrap();
    System::set_block_consumed_resources(most, 0);
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

pub fn quorum(k: u8, threshold: u8) -> Verification {
    Verification::Quorum { k, threshold }
}

pub fn question() -> Input {
    Input::Inline(b"a seven?".to_vec().try_into().unwrap())
}

/// The consumer asks `model` and gets the request's id.
pub fn ask(model: ModelId, verification: Verification) -> RequestId {
    let request = crate::NextRequest::<Test>::get();
    assert_ok!(Inference::request(
        signed(CONSUMER),
        model,
        question(),
        Balance::MAX,
        verification
    ));
    request
}

/// The accounts of a request's committee in the order of the draw.
pub fn committee(request: RequestId) -> Vec<AccountId> {
    let mut seats: Vec<_> = crate::Committee::<Test>::iter_prefix_values(request).collect();
    seats.sort_by_key(|seat| seat.place);
    seats.into_iter().map(|seat| seat.worker.account).collect()
}

/// What a worker says.
#[derive(Clone, Debug)]
pub struct Said {
    pub output: Vec<u8>,
    pub query: Vec<i16>,
    pub entries: Vec<ReportEntry>,
    pub salt: [u8; 32],
}

pub fn entry(datanet: DatanetId, contribution: ContributionId, weight: i32) -> ReportEntry {
    ReportEntry {
        datanet,
        contribution,
        weight,
        score: weight.into(),
        evidence: Evidence::Influence,
    }
}

/// What an honest worker says of the tolerant model, with `value` in its output.
pub fn tolerant(value: i32) -> Said {
    let output = [value, -value].iter().flat_map(|n| n.to_le_bytes()).collect();
    let entries = vec![
        entry(0, 0, 400_000_000),
        entry(0, 1, -7),
        entry(0, 2, 600_000_000),
    ];
    Said {
        output,
        query: vec![1, 2, 3],
        entries,
        salt: [9; 32],
    }
}

/// What an honest worker says of the exact model.
pub fn exact(output: &[u8; 4]) -> Said {
    Said {
        output: output.to_vec(),
        query: Vec::new(),
        entries: Vec::new(),
        salt: [9; 32],
    }
}

impl Said {
    pub fn commitment_of(&self, who: AccountId, request: RequestId) -> H256 {
        let model_version = crate::Requests::<Test>::get(request).unwrap().terms.model_version;
        self.commitment_under(model_version, who, request)
    }

    pub fn commitment_under(&self, model_version: H256, who: AccountId, request: RequestId) -> H256 {
        let worker = WorkerKey {
            account: who,
            epoch: 1,
        };
        let domain = Domain {
            genesis: System::block_hash(0),
            request,
            model_version,
            worker,
        };
        commitment(&domain, &self.output, &self.query, &self.entries, &self.salt)
    }

    pub fn commit(&self, who: AccountId, request: RequestId) {
        assert_ok!(Inference::commit(
            signed(who),
            request,
            self.commitment_of(who, request)
        ));
    }

    pub fn reveal(
        &self,
        who: AccountId,
        request: RequestId,
    ) -> frame_support::dispatch::DispatchResultWithPostInfo {
        let Said {
            output,
            query,
            entries,
            salt,
        } = self.clone();
        Inference::reveal(signed(who), request, output, query, entries, salt)
    }
}

/// Takes a request from the draw to the last reveal; `said(place)` is what the worker of that place says.
pub fn answer(request: RequestId, said: impl Fn(usize) -> Said) {
    let workers = committee(request);
    for (place, who) in workers.iter().enumerate() {
        said(place).commit(*who, request);
    }
    for (place, who) in workers.iter().enumerate() {
        assert_ok!(said(place).reveal(*who, request));
    }
}

pub fn stage(request: RequestId) -> crate::Stage<AccountId> {
    crate::Requests::<Test>::get(request).expect("it is stored").stage
}

pub fn events() -> Vec<pallet_inference::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Inference(event) => Some(event),
            _ => None,
        })
        .collect()
}
