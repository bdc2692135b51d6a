// SPDX-License-Identifier: Apache-2.0
//! A whole request against a chain in memory, with the worker killed at every step.

use super::*;
use crate::{
    chain::{ChainError, Finalized, Models, Network, Registration, WorkerRules},
    jobs::commitment_of,
    transactions::{Ledger, Nonces, Rules, Status, SubmitError},
};
use futures::stream::{self, BoxStream};
use openledger_primitives::{
    apis::WorkerDuty, attestation::WorkerKey, report::Blend, ModelId, RequestId, Tick,
};
use std::sync::Mutex;
use tempfile::TempDir;

const GENESIS: H256 = H256([7; 32]);

/// One request through its states, and every call that reached a block.
#[derive(Default)]
struct World {
    open: Option<OpenRequest<AccountId32>>,
    commitment: Option<H256>,
    settled: u32,
    refused: u32,
    nonce: u64,
    pool: Vec<(u64, Call)>,
    block: u64,
}

impl World {
    /// Includes what is in the pool and moves the request on.
    fn make_block(&mut self) {
        self.block += 1;
        self.pool.sort_by_key(|(nonce, _)| *nonce);
        for (nonce, call) in std::mem::take(&mut self.pool) {
            if nonce == self.nonce {
                self.nonce += 1;
                self.apply(call);
            }
        }
        if let Some(open) = self.open.as_mut() {
            if open.duty == WorkerDuty::Committed {
                open.duty = WorkerDuty::Reveal;
            }
        }
    }

    fn apply(&mut self, call: Call) {
        let Some(open) = self.open.as_mut() else {
            self.refused += 1;
            return;
        };
        match (call, open.duty) {
            (Call::Commit { commitment, .. }, WorkerDuty::Commit) => {
                self.commitment = Some(commitment);
                open.duty = WorkerDuty::Committed;
            }
            (
                Call::Reveal {
                    output,
                    query,
                    entries,
                    salt,
                    ..
                },
                WorkerDuty::Reveal,
            ) => {
                let answer = Answer {
                    output,
                    query,
                    entries,
                    salt,
                };
                if Some(commitment_of(GENESIS, open, &answer)) == self.commitment {
                    self.settled += 1;
                    self.open = None;
                } else {
                    self.refused += 1;
                }
            }
            _ => self.refused += 1,
        }
    }
}

struct Fake(Mutex<World>);

#[async_trait::async_trait]
impl Models for Fake {
    async fn models(&self) -> Result<Vec<ModelId>, ChainError> {
        Ok(Vec::new())
    }

    async fn model(&self, _: ModelId) -> Result<Model, ChainError> {
        Ok(Network::default().into())
    }
}

#[async_trait::async_trait]
impl Chain for Fake {
    fn genesis(&self) -> H256 {
        GENESIS
    }

    async fn finalized(&self) -> Result<BoxStream<'static, Result<Finalized, ChainError>>, ChainError> {
        Ok(stream::empty().boxed())
    }

    async fn open_requests(&self, _: &AccountId32) -> Result<Vec<OpenRequest<AccountId32>>, ChainError> {
        Ok(self.0.lock().unwrap().open.clone().into_iter().collect())
    }

    async fn tick(&self) -> Result<Tick, ChainError> {
        Ok(0)
    }

    async fn registration(&self, _: &AccountId32) -> Result<Option<Registration>, ChainError> {
        Ok(None)
    }

    async fn worker_rules(&self) -> Result<WorkerRules, ChainError> {
        Err(ChainError::NotFound("rules".into()))
    }
}

#[async_trait::async_trait]
impl Ledger for Fake {
    async fn nonces(&self) -> Result<Nonces, SubmitError> {
        let world = self.0.lock().unwrap();
        let pooled = u64::try_from(world.pool.len()).unwrap();
        Ok(Nonces {
            finalized: world.nonce,
            best: world.nonce,
            pool: world.nonce + pooled,
        })
    }

    async fn submit(
        &self,
        call: &Call,
        nonce: u64,
        _: u128,
    ) -> Result<BoxStream<'static, Status>, SubmitError> {
        let mut world = self.0.lock().unwrap();
        if world.pool.contains(&(nonce, call.clone())) {
            return Err(SubmitError::Known);
        }
        world.pool.push((nonce, call.clone()));
        Ok(stream::empty().boxed())
    }
}

struct Answers(Result<Computed, Stop>);

#[async_trait::async_trait]
impl Answerer for Answers {
    async fn answer(&self, _: &Model, _: &InputView, _: &Blend) -> Result<Computed, Stop> {
        self.0.clone()
    }
}

fn computed() -> Computed {
    Computed {
        output: vec![1, 0, 0, 0],
        query: vec![],
        entries: vec![],
    }
}

struct Scene {
    chain: Arc<Fake>,
    folder: TempDir,
    answers: Arc<Answers>,
    stop: CancellationToken,
    blocks: watch::Sender<u64>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Scene {
    fn new(answer: Result<Computed, Stop>) -> Self {
        let request = OpenRequest {
            request: RequestId::from(4u32),
            model: 0,
            model_version: H256([9; 32]),
            input: InputView::Inline(vec![0; 4]),
            blend: Blend::DEFAULT,
            worker: WorkerKey {
                account: AccountId32::new([5; 32]),
                epoch: 1,
            },
            duty: WorkerDuty::Commit,
            deadline: 100,
        };
        let world = World {
            open: Some(request),
            ..World::default()
        };
        Self {
            chain: Arc::new(Fake(Mutex::new(world))),
            folder: tempfile::tempdir().unwrap(),
            answers: Arc::new(Answers(answer)),
            stop: CancellationToken::new(),
            blocks: watch::channel(0).0,
            tasks: Vec::new(),
        }
    }

    fn start(&mut self) {
        self.stop = CancellationToken::new();
        let metrics = Metrics::new().unwrap();
        let (transactions, task) = Transactions::start(
            self.chain.clone(),
            self.folder.path().join("transactions.scale"),
            Rules::default(),
            self.blocks.subscribe(),
            metrics.clone(),
            self.stop.clone(),
        )
        .unwrap();
        let driver = Driver::new(
            self.chain.clone(),
            self.answers.clone(),
            AccountId32::new([5; 32]),
            Jobs::open(&self.folder.path().join("jobs")).unwrap(),
            transactions,
            metrics,
            1,
        );
        let (blocks, stop) = (self.blocks.subscribe(), self.stop.clone());
        self.tasks.push(tokio::spawn(task));
        self.tasks.push(tokio::spawn(async move {
            driver.run(blocks, stop).await.unwrap();
        }));
    }

    async fn kill(&mut self) {
        self.stop.cancel();
        for task in self.tasks.drain(..) {
            task.abort();
            let _ = task.await;
        }
    }

    /// Lets the worker run until it has nothing to do before the next block.
    async fn settle(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    async fn block(&self) {
        self.settle().await;
        let number = {
            let mut world = self.chain.0.lock().unwrap();
            world.make_block();
            world.block
        };
        self.blocks.send_replace(number);
        self.settle().await;
    }

    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.chain.0.lock().unwrap()
    }
}

#[tokio::test]
async fn a_request_is_committed_revealed_and_settled_once() {
    let mut scene = Scene::new(Ok(computed()));
    scene.start();
    for _ in 0..6 {
        scene.block().await;
    }
    let ended = {
        let world = scene.world();
        (world.settled, world.refused)
    };
    assert_eq!(ended, (1, 0));
    scene.kill().await;
    let left = std::fs::read_dir(scene.folder.path().join("jobs")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn a_worker_killed_before_any_block_still_settles_once() {
    for kill_before in 0..6 {
        let mut scene = Scene::new(Ok(computed()));
        scene.start();
        for block in 0..12 {
            if block == kill_before {
                scene.settle().await;
                scene.kill().await;
                scene.start();
            }
            scene.block().await;
        }
        let world = scene.world();
        assert_eq!(
            (world.settled, world.refused),
            (1, 0),
            "killed before block {kill_before}"
        );
    }
}

#[tokio::test]
async fn a_worker_killed_at_once_after_its_start_still_settles_once() {
    for yields in 0..40 {
        let mut scene = Scene::new(Ok(computed()));
        scene.start();
        for _ in 0..yields {
            tokio::task::yield_now().await;
        }
        scene.kill().await;
        scene.start();
        for _ in 0..12 {
            scene.block().await;
        }
        let world = scene.world();
        assert_eq!(
            (world.settled, world.refused),
            (1, 0),
            "killed after {yields} yields"
        );
    }
}

#[tokio::test]
async fn a_quarantined_job_leaves_the_request_to_the_chains_timeouts() {
    let mut scene = Scene::new(Err(Stop::Killed("signal 9".into())));
    scene.start();
    for _ in 0..6 {
        scene.block().await;
    }
    assert_eq!(scene.world().nonce, 0);
    // the chain times the request out
    scene.world().open = None;
    scene.block().await;
    let left = std::fs::read_dir(scene.folder.path().join("jobs")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn an_unavailable_artifact_is_asked_for_at_each_block_and_not_in_between() {
    let mut scene = Scene::new(Err(Stop::Unavailable("no blob".into())));
    scene.start();
    for _ in 0..4 {
        scene.block().await;
    }
    assert_eq!(scene.world().nonce, 0);
    scene.kill().await;
    scene.answers = Arc::new(Answers(Ok(computed())));
    scene.start();
    for _ in 0..6 {
        scene.block().await;
    }
    assert_eq!(scene.world().settled, 1);
}
