// SPDX-License-Identifier: Apache-2.0
//! A chain with balances, this pallet and a list of contributions that tests can change.

use crate as pallet_attribution;
use frame_support::{
    derive_impl, parameter_types,
    traits::{fungible::Mutate, ConstU128, ConstU32},
    PalletId,
};
use openledger_primitives::{
    attestation::WorkerKey,
    licence::LicenceTerms,
    money::Balance,
    report::{Blend, Evidence, ReportEntry},
    traits::{
        Answers, Bonds, ContributionInfo, DatanetVersion, Datanets, Models, Release, RevealedAnswer,
        RewardLedger, Service, Settlement, Standing,
    },
    ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult, Permill};
use std::{cell::RefCell, collections::BTreeMap};

pub type AccountId = u64;

pub const CONSUMER: AccountId = 1;
pub const TREASURY: AccountId = 2;
pub const WORKER: AccountId = 10;
pub const OTHER_WORKER: AccountId = 11;
pub const MODEL_OWNER: AccountId = 20;
pub const ANCESTOR_OWNER: AccountId = 30;
/// Own contributions 0, 1 and 2 of datanet 0.
pub const ALICE: AccountId = 100;
pub const BOB: AccountId = 101;
pub const CHARLIE: AccountId = 102;

pub const DATANET: DatanetId = 0;
pub const MODEL: ModelId = 7;
pub const ANCESTOR: ModelId = 3;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
/// The whole weight of a report.
pub const ONE: i32 = 1_000_000_000;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Attribution: pallet_attribution,
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
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
    type AccountStore = System;
    type RuntimeHoldReason = RuntimeHoldReason;
}

parameter_types! {
    pub static VestAnswers: u32 = 3;
    pub static VestTicks: Tick = 100;
    pub static ChallengeTicks: Tick = 10;
    pub static RetentionTicks: Tick = 200;
    pub static PoolTicks: Tick = 300;
    pub static MinimumClaim: Balance = 5;
    pub static Now: Tick = 1;
    pub static ChallengeBond: Balance = 100;
    pub static ChallengePointBond: Balance = 2;
    pub static AnswerTicks: Tick = 20;
    pub static ReportSlash: Balance = 400;
    pub static ChallengerShare: Permill = Permill::from_percent(50);
    /// What the models' releases committed to.
    pub static Releases: BTreeMap<ModelId, Release> = BTreeMap::new();
    /// What the representative revealed.
    pub static Revealed: Option<RevealedAnswer> = None;
    /// [`WORKER`]'s bond and how often it is accused.
    pub static WorkerBond: (Balance, u32) = (1_000, 0);
    pub const LedgerPalletId: PalletId = PalletId(*b"ol/rewrd");
    pub const DustSink: AccountId = TREASURY;
}

impl crate::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Datanets = Registry;
    type Models = Shop;
    type Answers = Committee;
    type Workers = Committee;
    type Ticks = Clock;
    type DustSink = DustSink;
    type VestAnswers = VestAnswers;
    type VestTicks = VestTicks;
    type ChallengeTicks = ChallengeTicks;
    type RetentionTicks = RetentionTicks;
    type PoolTicks = PoolTicks;
    type ChallengeBond = ChallengeBond;
    type ChallengePointBond = ChallengePointBond;
    type AnswerTicks = AnswerTicks;
    type ReportSlash = ReportSlash;
    type ChallengerShare = ChallengerShare;
    type MinimumClaim = MinimumClaim;
    type MaxWorkers = ConstU32<4>;
    type PalletId = LedgerPalletId;
    type WeightInfo = ();
}

/// A registry of [`Releases`].
pub struct Shop;

impl Models<AccountId> for Shop {
    fn service(_: ModelId) -> Result<Service<AccountId>, DispatchError> {
        Err(DispatchError::Unavailable)
    }

    fn can_host(_: ModelId) -> bool {
        false
    }

    fn release(model: ModelId) -> Option<Release> {
        Releases::get().get(&model).cloned()
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(_: &AccountId) -> ModelId {
        MODEL
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_released_for_benchmark(owner: &AccountId) -> ModelId {
        let terms = LicenceTerms {
            id: Default::default(),
            training: true,
            commercial: true,
            contributor_share: Permill::zero(),
            expires_at: None,
            text: H256::zero(),
        };
        let sources = (0..8).map(|_| (Registry::create_for_benchmark(owner, terms.clone()), 1));
        let release = Release {
            evidence: Evidence::Influence,
            passages: 0,
            root: H256::zero(),
            sources: sources.collect(),
            head: Some(openledger_primitives::ids::content_id(&[])),
        };
        Releases::mutate(|all| all.insert(MODEL, release));
        MODEL
    }
}

/// Keeps what was revealed, and the worker's bond outside of its balance.
pub struct Committee;

impl Answers<AccountId> for Committee {
    fn revealed(_: RequestId, _: &WorkerKey<AccountId>) -> Option<RevealedAnswer> {
        Revealed::get()
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn reveal_for_benchmark(_: RequestId, _: &WorkerKey<AccountId>) {
        Revealed::set(Some(RevealedAnswer {
            output: vec![0; 1024],
            query: vec![0; 1024],
            input: H256::zero(),
        }));
    }
}

impl Bonds<AccountId> for Committee {
    fn accuse(_: &WorkerKey<AccountId>) {
        WorkerBond::mutate(|(_, accused)| *accused += 1);
    }

    fn acquit(_: &WorkerKey<AccountId>) {
        WorkerBond::mutate(|(_, accused)| *accused -= 1);
    }

    fn slash(_: &WorkerKey<AccountId>, amount: Balance, to: &AccountId) -> Balance {
        let moved = WorkerBond::mutate(|(bond, _)| {
            let moved = amount.min(*bond);
            *bond -= moved;
            moved
        });
        Balances::mint_into(to, moved).expect("the account exists");
        moved
    }
}

/// A clock that tests move.
pub struct Clock;

impl openledger_primitives::traits::Ticks for Clock {
    fn now() -> Tick {
        Now::get()
    }

    fn set(tick: Tick) {
        Now::set(tick);
    }
}

thread_local! {
    static CONTRIBUTIONS: RefCell<BTreeMap<(DatanetId, ContributionId), (AccountId, bool)>> = Default::default();
    static VERSIONS: RefCell<BTreeMap<(DatanetId, VersionId), BTreeMap<ContributionId, u32>>> = Default::default();
}

/// The contributions that exist.
pub struct Registry;

impl Registry {
    pub fn put(datanet: DatanetId, contribution: ContributionId, owner: AccountId) {
        CONTRIBUTIONS.with(|all| all.borrow_mut().insert((datanet, contribution), (owner, true)));
    }

    /// A version that counts so many data points of each contribution.
    pub fn publish(datanet: DatanetId, version: VersionId, points: &[(ContributionId, u32)]) {
        VERSIONS.with(|all| {
            all.borrow_mut()
                .insert((datanet, version), points.iter().copied().collect())
        });
    }

    pub fn revoke(datanet: DatanetId, contribution: ContributionId) {
        CONTRIBUTIONS.with(|all| {
            all.borrow_mut()
                .entry((datanet, contribution))
                .and_modify(|(_, payable)| *payable = false);
        });
    }
}

impl Datanets<AccountId> for Registry {
    fn owner(_: DatanetId) -> Option<AccountId> {
        None
    }

    fn licence(_: DatanetId) -> Option<LicenceTerms> {
        None
    }

    fn version(datanet: DatanetId, version: VersionId) -> Option<DatanetVersion> {
        VERSIONS
            .with(|all| all.borrow().get(&(datanet, version)).cloned())
            .map(|points| DatanetVersion {
                root: H256::zero(),
                leaves: points.len() as u64,
                points: points.values().copied().map(u64::from).sum(),
                published_at: 0,
            })
    }

    fn may_train(_: DatanetId, _: &AccountId) -> bool {
        false
    }

    fn contribution(datanet: DatanetId, contribution: ContributionId) -> Option<ContributionInfo<AccountId>> {
        CONTRIBUTIONS
            .with(|all| all.borrow().get(&(datanet, contribution)).copied())
            .map(|(owner, payable)| ContributionInfo {
                owner,
                content: H256::zero(),
                leaf_index: Some(contribution),
                payable,
            })
    }

    fn standing(
        datanet: DatanetId,
        version: VersionId,
        contribution: ContributionId,
    ) -> Option<Standing<AccountId>> {
        let points =
            VERSIONS.with(|all| all.borrow().get(&(datanet, version))?.get(&contribution).copied())?;
        Self::contribution(datanet, contribution).map(|found| Standing {
            owner: found.owner,
            points,
            payable: found.payable,
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(owner: &AccountId, _: LicenceTerms) -> DatanetId {
        let datanet = CONTRIBUTIONS.with(|all| all.borrow().len() as u64 + 1);
        Self::put(datanet, 0, *owner);
        Self::publish(datanet, 1, &[(0, 1)]);
        datanet
    }
}

/// A chain at tick 1 with Alice's, Bob's and Charlie's contributions.
#[derive(Default)]
pub struct ExtBuilder {
    without_endowment: bool,
}

impl ExtBuilder {
    /// The ledger's account does not exist, as if the genesis had been made without this pallet.
    pub fn without_endowment(mut self) -> Self {
        self.without_endowment = true;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        VestAnswers::set(3);
        VestTicks::set(100);
        ChallengeTicks::set(10);
        RetentionTicks::set(200);
        PoolTicks::set(300);
        MinimumClaim::set(5);
        Now::set(1);
        ReportSlash::set(400);
        ChallengerShare::set(Permill::from_percent(50));
        Releases::mutate(BTreeMap::clear);
        Revealed::set(None);
        WorkerBond::set((1_000, 0));
        CONTRIBUTIONS.with(|all| all.borrow_mut().clear());
        VERSIONS.with(|all| all.borrow_mut().clear());
        for (contribution, owner) in [ALICE, BOB, CHARLIE].into_iter().enumerate() {
            Registry::put(DATANET, contribution as u64, owner);
        }
        let balances = [CONSUMER, TREASURY, WORKER, MODEL_OWNER, ALICE, BOB]
            .map(|who| (who, 1_000))
            .to_vec();
        let mut ext: sp_io::TestExternalities = RuntimeGenesisConfig {
            balances: pallet_balances::GenesisConfig {
                balances,
                ..Default::default()
            },
            ..Default::default()
        }
        .build_storage()
        .expect("the genesis is valid")
        .into();
        ext.execute_with(|| {
            System::set_block_number(1);
            if self.without_endowment {
                Balances::set_balance(&Attribution::account_id(), 0);
            }
        });
        ext
    }

    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Attribution::do_try_state().expect("the state keeps its invariants");
            let open = crate::Challenges::<Test>::iter_keys().count();
            assert_eq!(
                WorkerBond::get().1 as usize,
                open,
                "a worker is accused of what is open"
            );
        });
    }
}

pub fn entry(contribution: ContributionId, weight: i32) -> ReportEntry {
    ReportEntry {
        datanet: DATANET,
        contribution,
        weight,
        score: weight.into(),
        evidence: Evidence::Influence,
    }
}

/// A settlement by the default shares: 10 % treasury, 20 % worker, 20 % owner, 50 % contributors.
pub fn answer(request: RequestId, fee: Balance, report: &[ReportEntry]) -> Settlement<AccountId> {
    let (treasury, fifth, contributors) = (fee / 10, fee / 5, fee / 2);
    Settlement {
        request,
        model: MODEL,
        consumer: CONSUMER,
        fee,
        treasury: (TREASURY, treasury),
        workers: vec![(WORKER, fifth)],
        model_owner: (MODEL_OWNER, fifth),
        royalties: vec![],
        contributors,
        dust: fee - treasury - 2 * fifth - contributors,
        representative: WorkerKey {
            account: WORKER,
            epoch: 1,
        },
        report: report.to_vec(),
        blend: Blend::DEFAULT,
        sources: vec![],
    }
}

/// Does what the inference pallet does before it settles: moves the money to the ledger's account.
pub fn fund(settlement: &Settlement<AccountId>) {
    let amount = settlement.fee - settlement.treasury.1;
    Balances::mint_into(&Attribution::account_id(), amount).expect("the account is endowed");
}

/// Funds and settles.
pub fn settle(settlement: Settlement<AccountId>) -> DispatchResult {
    fund(&settlement);
    Attribution::settle(settlement)
}

pub fn advance(ticks: Tick) {
    Now::mutate(|now| *now += ticks);
}
