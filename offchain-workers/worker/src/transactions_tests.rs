// SPDX-License-Identifier: Apache-2.0
//! The transaction task against a chain and pool in memory.

use super::*;
use futures::stream;
use std::sync::Mutex;
use tempfile::TempDir;

/// What the pool does with the next transactions.
#[derive(Default)]
struct Node {
    finalized: u64,
    best: u64,
    /// Transactions in the pool by nonce.
    pool: BTreeMap<u64, (Call, u128)>,
    /// Everything that was ever taken.
    taken: Vec<(u64, Call, u128)>,
    answers: VecDeque<SubmitError>,
    statuses: VecDeque<Vec<Status>>,
    nonces_fail: bool,
}

#[derive(Default)]
struct Fake(Mutex<Node>);

#[async_trait::async_trait]
impl Ledger for Fake {
    async fn nonces(&self) -> Result<Nonces, SubmitError> {
        let node = self.0.lock().unwrap();
        if node.nonces_fail {
            return Err(SubmitError::Unreachable("down".into()));
        }
        let mut pool = node.best;
        while node.pool.contains_key(&pool) {
            pool += 1;
        }
        Ok(Nonces {
            finalized: node.finalized,
            best: node.best,
            pool,
        })
    }

    async fn submit(
        &self,
        call: &Call,
        nonce: u64,
        tip: u128,
    ) -> Result<BoxStream<'static, Status>, SubmitError> {
        let mut node = self.0.lock().unwrap();
        if let Some(error) = node.answers.pop_front() {
            return Err(error);
        }
        if nonce < node.best {
            return Err(SubmitError::Stale);
        }
        match node.pool.get(&nonce) {
            Some((held, _)) if held == call => return Err(SubmitError::Known),
            Some((_, paid)) if *paid >= tip => return Err(SubmitError::Occupied),
            _ => {}
        }
        node.pool.insert(nonce, (call.clone(), tip));
        node.taken.push((nonce, call.clone(), tip));
        let statuses = node.statuses.pop_front().unwrap_or_default();
        Ok(stream::iter(statuses).boxed())
    }
}

impl Fake {
    fn node(&self) -> std::sync::MutexGuard<'_, Node> {
        self.0.lock().unwrap()
    }

    /// Includes and finalizes what the pool has, in order.
    fn make_block(&self) {
        let mut node = self.node();
        loop {
            let nonce = node.best;
            if node.pool.remove(&nonce).is_none() {
                break;
            }
            node.best += 1;
        }
        node.finalized = node.best;
    }
}

struct Bench {
    folder: TempDir,
    ledger: Arc<Fake>,
    task: Task<Fake>,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Arc::new(Fake::default());
        let task = Self::task(&folder, &ledger);
        Self { folder, ledger, task }
    }

    fn task(folder: &TempDir, ledger: &Arc<Fake>) -> Task<Fake> {
        let file = folder.path().join("transactions.scale");
        Task::open(ledger.clone(), file, rules(), Metrics::new().unwrap()).unwrap()
    }

    fn restart(&mut self) {
        self.task = Self::task(&self.folder, &self.ledger);
    }

    async fn send(&mut self, call: Call) -> oneshot::Receiver<Outcome> {
        let (done, outcome) = oneshot::channel();
        self.task.accept(Command { call, done });
        self.task.advance().await;
        outcome
    }

    async fn block(&mut self) {
        let next = self.task.block + 1;
        self.task.at_block(next).await;
    }

    async fn status(&mut self) {
        if let Some(((nonce, attempt), status)) = self.task.statuses.next().await {
            self.task.on_status(nonce, attempt, status);
        }
    }

    fn taken(&self) -> Vec<(u64, Call, u128)> {
        self.ledger.node().taken.clone()
    }
}

/// The usual rules, without waiting.
fn rules() -> Rules {
    Rules {
        retry_after_time: Duration::ZERO,
        ..Rules::default()
    }
}

fn commit(request: u64) -> Call {
    Call::Commit {
        request,
        commitment: H256([1; 32]),
    }
}

#[tokio::test]
async fn calls_get_nonces_in_order_and_end_when_finalized() {
    let mut bench = Bench::new();
    bench.ledger.node().best = 5;
    bench.ledger.node().finalized = 5;
    let mut first = bench.send(commit(1)).await;
    let second = bench.send(commit(2)).await;
    assert_eq!(bench.taken(), vec![(5, commit(1), 0), (6, commit(2), 0)]);
    assert!(first.try_recv().is_err());
    bench.ledger.make_block();
    bench.block().await;
    assert_eq!(first.try_recv().unwrap(), Outcome::Done);
    assert_eq!(second.await.unwrap(), Outcome::Done);
    assert!(bench.task.pending.is_empty());
}

#[tokio::test]
async fn the_same_call_twice_is_one_transaction_with_two_answers() {
    let mut bench = Bench::new();
    let first = bench.send(commit(1)).await;
    let second = bench.send(commit(1)).await;
    bench.ledger.make_block();
    bench.block().await;
    assert_eq!(bench.taken().len(), 1);
    assert_eq!(first.await.unwrap(), Outcome::Done);
    assert_eq!(second.await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_call_that_fails_in_its_block_says_why() {
    let mut bench = Bench::new();
    let failed = Status::InBlock(Err("Inference::NotDrawn".into()));
    bench.ledger.node().statuses.push_back(vec![failed]);
    let outcome = bench.send(commit(1)).await;
    bench.status().await;
    bench.ledger.make_block();
    bench.block().await;
    assert_eq!(
        outcome.await.unwrap(),
        Outcome::Failed("Inference::NotDrawn".into())
    );
}

#[tokio::test]
async fn a_retracted_block_takes_its_verdict_back() {
    let mut bench = Bench::new();
    let statuses = vec![Status::InBlock(Err("too late".into())), Status::Retracted];
    bench.ledger.node().statuses.push_back(statuses);
    let outcome = bench.send(commit(1)).await;
    bench.status().await;
    bench.status().await;
    bench.ledger.make_block();
    bench.block().await;
    assert_eq!(outcome.await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn what_no_block_takes_is_sent_again_with_its_nonce_and_a_higher_tip() {
    let mut bench = Bench::new();
    let _outcome = bench.send(commit(1)).await;
    // the pool forgets it
    bench.ledger.node().pool.clear();
    for _ in 0..Rules::default().retry_after_blocks {
        assert_eq!(bench.taken().len(), 1);
        bench.block().await;
    }
    assert_eq!(bench.taken()[1], (0, commit(1), Rules::default().first_tip));
}

#[tokio::test]
async fn a_burst_of_blocks_alone_does_not_raise_the_tip() {
    let mut bench = Bench::new();
    bench.task.rules = Rules::default();
    let _outcome = bench.send(commit(1)).await;
    bench.ledger.node().pool.clear();
    for _ in 0..50 {
        bench.block().await;
    }
    assert_eq!(bench.taken().len(), 1);
}

#[tokio::test]
async fn a_dropped_transaction_is_sent_again_at_the_next_block() {
    let mut bench = Bench::new();
    bench
        .ledger
        .node()
        .statuses
        .push_back(vec![Status::Dropped("usurped".into())]);
    let _outcome = bench.send(commit(1)).await;
    bench.ledger.node().pool.clear();
    for _ in 0..4 {
        bench.task.block += 1;
    }
    bench.status().await;
    bench.block().await;
    assert_eq!(bench.taken().len(), 2);
}

#[tokio::test]
async fn a_transaction_that_never_gets_in_is_given_up() {
    let mut bench = Bench::new();
    let mut outcome = bench.send(commit(1)).await;
    for _ in 0..200 {
        bench.ledger.node().pool.clear();
        bench.block().await;
    }
    assert!(matches!(outcome.try_recv().unwrap(), Outcome::Refused(_)));
    assert_eq!(
        bench.taken().len(),
        usize::try_from(Rules::default().max_attempts).unwrap()
    );
}

#[tokio::test]
async fn a_nonce_that_a_stranger_used_moves_the_call_to_the_next_one() {
    let mut bench = Bench::new();
    bench.ledger.node().answers.push_back(SubmitError::Stale);
    let outcome = bench.send(commit(1)).await;
    bench.ledger.node().best = 1;
    bench.ledger.node().finalized = 1;
    bench.block().await;
    assert_eq!(bench.taken(), vec![(1, commit(1), 0)]);
    bench.ledger.make_block();
    bench.block().await;
    assert_eq!(outcome.await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_nonce_held_in_the_pool_is_outbid() {
    let mut bench = Bench::new();
    bench.ledger.node().answers.push_back(SubmitError::Occupied);
    let _outcome = bench.send(commit(1)).await;
    bench.block().await;
    assert_eq!(bench.taken(), vec![(0, commit(1), Rules::default().first_tip)]);
}

#[tokio::test]
async fn an_account_that_cannot_pay_ends_the_call_with_the_reason() {
    let mut bench = Bench::new();
    let refused = SubmitError::Refused("Inability to pay some fees".into());
    bench.ledger.node().answers.push_back(refused);
    let outcome = bench.send(commit(1)).await;
    assert!(matches!(outcome.await.unwrap(), Outcome::Refused(why) if why.contains("fees")));
    // the nonce is free for the next call
    let _next = bench.send(commit(2)).await;
    assert_eq!(bench.taken(), vec![(0, commit(2), 0)]);
}

#[tokio::test]
async fn a_node_that_is_away_loses_nothing() {
    let mut bench = Bench::new();
    bench.ledger.node().nonces_fail = true;
    let mut outcome = bench.send(commit(1)).await;
    bench.ledger.node().nonces_fail = false;
    let away = SubmitError::Unreachable("closed".into());
    bench.ledger.node().answers.push_back(away);
    bench.block().await;
    assert!(outcome.try_recv().is_err());
    bench.block().await;
    assert_eq!(bench.taken(), vec![(0, commit(1), 0)]);
}

#[tokio::test]
async fn a_restarted_worker_waits_for_what_it_sent_before() {
    let mut bench = Bench::new();
    drop(bench.send(commit(1)).await);
    bench.restart();
    let outcome = bench.send(commit(1)).await;
    assert_eq!(bench.taken().len(), 1);
    bench.ledger.make_block();
    bench.block().await;
    assert_eq!(outcome.await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_restarted_worker_takes_the_nonce_after_the_ones_in_the_pool() {
    let mut bench = Bench::new();
    drop(bench.send(commit(1)).await);
    bench.restart();
    let _outcome = bench.send(commit(2)).await;
    assert_eq!(bench.taken()[1], (1, commit(2), 0));
}

#[tokio::test]
async fn a_lost_saved_file_is_made_up_by_the_pools_nonce() {
    let mut bench = Bench::new();
    drop(bench.send(commit(1)).await);
    std::fs::remove_file(&bench.task.file).unwrap();
    bench.restart();
    let _outcome = bench.send(commit(2)).await;
    assert_eq!(bench.taken()[1], (1, commit(2), 0));
}

#[tokio::test]
async fn a_damaged_saved_file_does_not_stop_the_worker() {
    let mut bench = Bench::new();
    std::fs::write(&bench.task.file, [255]).unwrap();
    bench.restart();
    let _outcome = bench.send(commit(1)).await;
    assert_eq!(bench.taken().len(), 1);
}

#[tokio::test]
async fn a_gap_of_nonces_is_filled_so_that_later_calls_can_run() {
    let mut bench = Bench::new();
    let _first = bench.send(commit(1)).await;
    let second = bench.send(commit(2)).await;
    // the first is refused when it is sent again, so nothing holds nonce 0
    bench.ledger.node().pool.remove(&0);
    bench.task.pending.remove(&0);
    for _ in 0..10 {
        bench.block().await;
    }
    assert!(bench
        .taken()
        .iter()
        .any(|(nonce, call, _)| *nonce == 0 && *call == Call::Nothing));
    bench.ledger.make_block();
    bench.block().await;
    assert_eq!(second.await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_reset_chain_ends_what_was_pending_instead_of_blocking_for_ever() {
    let mut bench = Bench::new();
    bench.ledger.node().best = 50;
    bench.ledger.node().finalized = 50;
    let outcome = bench.send(commit(1)).await;
    *bench.ledger.node() = Node::default();
    bench.block().await;
    assert!(matches!(outcome.await.unwrap(), Outcome::Refused(_)));
    let _next = bench.send(commit(2)).await;
    assert_eq!(bench.taken(), vec![(0, commit(2), 0)]);
}

#[tokio::test]
async fn no_more_than_the_allowed_number_is_pending() {
    let mut bench = Bench::new();
    let mut outcomes = Vec::new();
    for request in 0..40 {
        outcomes.push(bench.send(commit(request)).await);
    }
    assert_eq!(bench.taken().len(), Rules::default().max_pending);
    for _ in 0..3 {
        bench.ledger.make_block();
        bench.block().await;
    }
    assert_eq!(bench.taken().len(), 40);
}

#[tokio::test]
async fn a_stopped_task_drops_its_waiters() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Arc::new(Fake::default());
    let stop = CancellationToken::new();
    let (blocks, watched) = watch::channel(0);
    let file = folder.path().join("transactions.scale");
    let metrics = Metrics::new().unwrap();
    let (transactions, task) = Transactions::start(
        ledger.clone(),
        file,
        Rules::default(),
        watched,
        metrics,
        stop.clone(),
    )
    .unwrap();
    let task = tokio::spawn(task);
    let done = transactions.send(commit(1)).await.unwrap();
    while ledger.node().taken.is_empty() {
        tokio::task::yield_now().await;
    }
    ledger.make_block();
    blocks.send(1).unwrap();
    assert_eq!(done.await.unwrap(), Outcome::Done);
    let waiting = transactions.send(commit(2)).await.unwrap();
    stop.cancel();
    task.await.unwrap();
    assert!(waiting.await.is_err());
    assert_eq!(transactions.send(commit(3)).await.err(), Some(Stopped));
}
