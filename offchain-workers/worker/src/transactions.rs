// SPDX-License-Identifier: Apache-2.0
//! One task that owns the worker's nonces and signs everything the worker sends.
//!
//! * A call is written to disk with its nonce before it is sent, so a restarted worker knows what is in the pool.
//! * The chain decides: a nonce below the account's finalized nonce is done, whatever the node told us about it.
//! * A transaction that is in no block after a few blocks is sent again with the same nonce and a higher tip.
//! * A gap below our lowest nonce (the pool forgot one) is filled by an empty call; a gap too wide for that means that
//!   the chain was reset, and what was pending is given up.
//! * Sending the same call twice while it is pending waits for the first.

use crate::{chain::Call, files, metrics::Metrics};
use codec::{Decode, Encode};
use futures::{stream::BoxStream, StreamExt};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    future::Future,
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_stream::StreamMap;
use tokio_util::sync::CancellationToken;

/// Calls that wait to be accepted by the task.
pub const QUEUE: usize = 64;

/// The account's nonces at one look at the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nonces {
    /// After the last finalized block.
    pub finalized: u64,
    /// After the best block.
    pub best: u64,
    /// After the best block and everything in the node's pool.
    pub pool: u64,
}

/// What a node says about a transaction that it was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Status {
    /// It is in a best block; whether the call succeeded.
    InBlock(Result<(), String>),
    /// Its block is no longer in the best chain.
    Retracted,
    /// The node gave it up.
    Dropped(String),
}

/// Why a transaction was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SubmitError {
    /// The nonce was used by an included transaction.
    #[error("the nonce is used")]
    Stale,
    /// Another transaction with this nonce is in the pool and pays as much.
    #[error("another transaction holds the nonce")]
    Occupied,
    /// This very transaction is in the pool.
    #[error("the transaction is in the pool already")]
    Known,
    /// The account cannot pay, or the call can never be valid.
    #[error("the node refuses the transaction: {0}")]
    Refused(String),
    /// The node is not reachable or busy; later it may work.
    #[error("the node does not answer: {0}")]
    Unreachable(String),
}

/// The chain as the task sees it.
#[async_trait::async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// The account's nonces now.
    async fn nonces(&self) -> Result<Nonces, SubmitError>;
    /// Signs and sends a call. The stream ends when the node has nothing more to say.
    async fn submit(
        &self,
        call: &Call,
        nonce: u64,
        tip: u128,
    ) -> Result<BoxStream<'static, Status>, SubmitError>;
}

/// How a call ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is in a finalized block and succeeded, as far as the node said.
    Done,
    /// It is in a block and failed there.
    Failed(String),
    /// It cannot be sent, or was given up.
    Refused(String),
}

/// Rules of the task.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The most transactions without a finalized block.
    pub max_pending: usize,
    /// Blocks after which a transaction without a block is sent again.
    pub retry_after_blocks: u64,
    /// And time that must have passed as well: a development chain may make many blocks a second.
    pub retry_after_time: Duration,
    /// Sendings of one transaction before it is given up.
    pub max_attempts: u32,
    /// First tip of a transaction that is sent again, planck; doubled each time.
    pub first_tip: u128,
    /// The widest gap of nonces that is filled by empty calls.
    pub max_gap: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            max_pending: 16,
            retry_after_blocks: 4,
            retry_after_time: Duration::from_secs(12),
            max_attempts: 8,
            first_tip: 1_000_000_000_000,
            max_gap: 8,
        }
    }
}

struct Command {
    call: Call,
    done: oneshot::Sender<Outcome>,
}

/// A handle on the task.
#[derive(Clone)]
pub struct Transactions {
    commands: mpsc::Sender<Command>,
}

/// The task is gone: the worker is stopping.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the transaction task has stopped")]
pub struct Stopped;

impl Transactions {
    /// Starts the task. `file` keeps what is pending, `blocks` gives the best block's number.
    pub fn start<L: Ledger>(
        ledger: Arc<L>,
        file: PathBuf,
        rules: Rules,
        blocks: watch::Receiver<u64>,
        metrics: Metrics,
        stop: CancellationToken,
    ) -> io::Result<(Self, impl Future<Output = ()> + Send)> {
        let mut task = Task::open(ledger, file, rules, metrics)?;
        let (commands, queue) = mpsc::channel(QUEUE);
        Ok((
            Self { commands },
            async move { task.run(queue, blocks, stop).await },
        ))
    }

    /// Queues a call. The receiver answers when it is finalized or given up; it is dropped when the worker stops.
    pub async fn send(&self, call: Call) -> Result<oneshot::Receiver<Outcome>, Stopped> {
        let (done, outcome) = oneshot::channel();
        self.commands
            .send(Command { call, done })
            .await
            .map_err(|_| Stopped)?;
        Ok(outcome)
    }
}

/// A transaction that holds a nonce.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
struct Pending {
    call: Call,
    tip: u128,
    attempts: u32,
    /// Best block when it was last given to the node; none while it was not.
    sent_at: Option<u64>,
    /// How its call ended in a best block.
    dispatched: Option<Result<(), String>>,
}

/// What is on disk.
#[derive(Default, Encode, Decode)]
struct Saved {
    next_nonce: u64,
    pending: BTreeMap<u64, Pending>,
}

fn name(call: &Call) -> H256 {
    H256(blake2_256(&call.encode()))
}

struct Task<L> {
    ledger: Arc<L>,
    file: PathBuf,
    rules: Rules,
    metrics: Metrics,
    pending: BTreeMap<u64, Pending>,
    queue: VecDeque<Call>,
    waiting: HashMap<H256, Vec<oneshot::Sender<Outcome>>>,
    statuses: StreamMap<(u64, u32), BoxStream<'static, Status>>,
    /// When each was sent, in this run.
    sent_times: HashMap<u64, Instant>,
    /// The next nonce that nothing of ours holds.
    next: u64,
    block: u64,
    /// Since when there is a gap below our lowest nonce.
    gap_since: Option<u64>,
}

impl<L: Ledger> Task<L> {
    fn open(ledger: Arc<L>, file: PathBuf, rules: Rules, metrics: Metrics) -> io::Result<Self> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let saved = match std::fs::read(&file) {
            Ok(bytes) => Saved::decode(&mut &bytes[..]).unwrap_or_else(|error| {
                tracing::error!(target: "transactions", %error, "the saved transactions are damaged; starting from the chain's nonce");
                Saved::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Saved::default(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            ledger,
            file,
            rules,
            metrics,
            pending: saved.pending,
            queue: VecDeque::new(),
            waiting: HashMap::new(),
            statuses: StreamMap::new(),
            sent_times: HashMap::new(),
            next: saved.next_nonce,
            block: 0,
            gap_since: None,
        })
    }

    async fn run(
        &mut self,
        mut commands: mpsc::Receiver<Command>,
        mut blocks: watch::Receiver<u64>,
        stop: CancellationToken,
    ) {
        let block = *blocks.borrow_and_update();
        self.at_block(block).await;
        loop {
            tokio::select! {
                biased;
                _ = stop.cancelled() => return,
                Some(((nonce, attempt), status)) = self.statuses.next() => {
                    self.on_status(nonce, attempt, status);
                }
                changed = blocks.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let block = *blocks.borrow_and_update();
                    self.at_block(block).await;
                }
                command = commands.recv() => {
                    let Some(command) = command else { return };
                    if self.accept(command) {
                        self.advance().await;
                    }
                }
            }
        }
    }

    /// Takes a call in. False when the same call is pending already.
    fn accept(&mut self, command: Command) -> bool {
        let known = self.queue.contains(&command.call)
            || self.pending.values().any(|pending| pending.call == command.call);
        self.waiting
            .entry(name(&command.call))
            .or_default()
            .push(command.done);
        if !known {
            self.queue.push_back(command.call);
        }
        self.measure();
        !known
    }

    async fn at_block(&mut self, block: u64) {
        self.block = block;
        self.advance().await;
    }

    /// Compares with the chain and sends what can be sent.
    async fn advance(&mut self) {
        let nonces = match self.ledger.nonces().await {
            Ok(nonces) => nonces,
            Err(error) => {
                tracing::warn!(target: "transactions", %error, "cannot read the nonce; waiting for the next block");
                return;
            }
        };
        self.settle(nonces);
        self.close_gap(nonces);
        self.resend(nonces).await;
        self.send_queued(nonces).await;
        self.measure();
    }

    /// Ends everything whose nonce is below the finalized one.
    fn settle(&mut self, nonces: Nonces) {
        let open = self.pending.split_off(&nonces.finalized);
        let done = std::mem::replace(&mut self.pending, open);
        self.sent_times.retain(|nonce, _| *nonce >= nonces.finalized);
        for (_, pending) in done {
            let outcome = match pending.dispatched {
                Some(Err(why)) => Outcome::Failed(why),
                _ => Outcome::Done,
            };
            self.finish(&pending.call, outcome);
        }
    }

    /// Fills nonces below our lowest one that no transaction holds any more, or gives up what can never run.
    fn close_gap(&mut self, nonces: Nonces) {
        let lowest = self.pending.keys().next().copied();
        let Some(lowest) = lowest.filter(|lowest| *lowest > nonces.pool.max(nonces.best)) else {
            self.gap_since = None;
            return;
        };
        let since = *self.gap_since.get_or_insert(self.block);
        let start = nonces.pool.max(nonces.best);
        if lowest.saturating_sub(start) > self.rules.max_gap {
            tracing::error!(target: "transactions", lowest, chain = start, "the chain was reset; giving up what was pending");
            for (_, pending) in std::mem::take(&mut self.pending) {
                self.finish(&pending.call, Outcome::Refused("the chain was reset".into()));
            }
            self.statuses.clear();
            self.next = start;
            self.gap_since = None;
        } else if self.block.saturating_sub(since) >= self.rules.retry_after_blocks {
            tracing::warn!(target: "transactions", from = start, to = lowest, "filling a gap of nonces");
            for nonce in start..lowest {
                self.pending.insert(nonce, Pending::of(Call::Nothing));
            }
            self.gap_since = None;
        }
    }

    /// Sends again what is in no block for too long, and what could not be sent before.
    async fn resend(&mut self, nonces: Nonces) {
        let due: Vec<u64> = self
            .pending
            .iter()
            .filter(|(nonce, pending)| **nonce >= nonces.best && self.is_late(**nonce, pending))
            .map(|(nonce, _)| *nonce)
            .collect();
        for nonce in due {
            if let Some(pending) = self.pending.get_mut(&nonce) {
                if pending.sent_at.is_some() {
                    pending.raise_tip(self.rules.first_tip);
                    self.metrics.retries.inc();
                }
                pending.dispatched = None;
            }
            self.give(nonce).await;
        }
    }

    /// Whether a transaction was never sent, or so long ago that it should be in a block.
    fn is_late(&self, nonce: u64, pending: &Pending) -> bool {
        let Some(at) = pending.sent_at else { return true };
        let blocks = self.block.saturating_sub(at);
        let time = self.sent_times.get(&nonce);
        blocks >= self.rules.retry_after_blocks
            && time.is_none_or(|time| time.elapsed() >= self.rules.retry_after_time)
    }

    async fn send_queued(&mut self, nonces: Nonces) {
        while self.pending.len() < self.rules.max_pending {
            let Some(call) = self.queue.pop_front() else {
                return;
            };
            let lowest_free = match self.pending.keys().next_back() {
                Some(highest) => highest.saturating_add(1),
                None => nonces.pool.max(nonces.best),
            };
            if self.pending.is_empty() && self.next > lowest_free {
                tracing::info!(target: "transactions", ours = self.next, chain = lowest_free, "the pool lost transactions of an earlier run");
            }
            let nonce = lowest_free.max(nonces.best);
            self.pending.insert(nonce, Pending::of(call));
            self.next = nonce.saturating_add(1);
            if !self.give(nonce).await {
                return;
            }
        }
    }

    /// Gives one transaction to the node. False when nothing more should be sent before the next look at the chain.
    async fn give(&mut self, nonce: u64) -> bool {
        let Some(pending) = self.pending.get_mut(&nonce) else {
            return true;
        };
        if pending.attempts >= self.rules.max_attempts {
            let pending = self.pending.remove(&nonce);
            if let Some(pending) = pending {
                let why = format!("in no block after {} sendings", pending.attempts);
                self.finish(&pending.call, Outcome::Refused(why));
            }
            return true;
        }
        pending.attempts = pending.attempts.saturating_add(1);
        pending.sent_at = Some(self.block);
        self.sent_times.insert(nonce, Instant::now());
        let (call, tip, attempt) = (pending.call.clone(), pending.tip, pending.attempts);
        if let Err(error) = self.save() {
            // not sent: what is not on disk could not be recognised after a crash
            tracing::error!(target: "transactions", %error, "cannot save the pending transactions; not sending");
            self.unsend(nonce);
            return false;
        }
        let sent = self.ledger.submit(&call, nonce, tip).await;
        tracing::debug!(target: "transactions", nonce, tip, attempt, call = call.name(), sent = ?sent.as_ref().map(|_| ()), "sent");
        match sent {
            Ok(stream) => {
                self.statuses.insert((nonce, attempt), stream);
                self.metrics.transactions.inc();
                true
            }
            Err(SubmitError::Known) => true,
            Err(SubmitError::Occupied) => {
                if let Some(pending) = self.pending.get_mut(&nonce) {
                    pending.raise_tip(self.rules.first_tip);
                    pending.sent_at = None;
                }
                true
            }
            Err(SubmitError::Stale) => {
                self.on_stale(nonce, attempt);
                // a new nonce is taken at the next look at the chain
                false
            }
            Err(SubmitError::Refused(why)) => {
                self.pending.remove(&nonce);
                self.next = self.next.min(nonce);
                self.finish(&call, Outcome::Refused(why));
                true
            }
            Err(SubmitError::Unreachable(why)) => {
                tracing::warn!(target: "transactions", nonce, why, "the node did not take a transaction; trying again");
                self.unsend(nonce);
                false
            }
        }
    }

    /// The nonce is used. By an earlier sending of ours, then the chain will say so; else by a stranger's or forgotten
    /// transaction, then the call needs another nonce.
    fn on_stale(&mut self, nonce: u64, attempt: u32) {
        if attempt > 1 {
            return;
        }
        if let Some(pending) = self.pending.remove(&nonce) {
            tracing::warn!(target: "transactions", nonce, "the nonce was taken; is the worker's key used elsewhere?");
            self.queue.push_front(pending.call);
        }
    }

    fn on_status(&mut self, nonce: u64, attempt: u32, status: Status) {
        let block = self.block;
        let Some(pending) = self.pending.get_mut(&nonce) else {
            return;
        };
        match status {
            Status::InBlock(result) => {
                if let Err(why) = &result {
                    tracing::warn!(target: "transactions", nonce, call = pending.call.name(), why, "a call failed in its block");
                    self.metrics.failed_calls.inc();
                }
                pending.dispatched = Some(result);
            }
            Status::Retracted => pending.dispatched = None,
            Status::Dropped(why) if attempt == pending.attempts => {
                tracing::warn!(target: "transactions", nonce, why, "the node dropped a transaction");
                // due at the next block
                self.sent_times.remove(&nonce);
                pending.sent_at = Some(block.saturating_sub(self.rules.retry_after_blocks));
            }
            Status::Dropped(_) => {}
        }
    }

    fn unsend(&mut self, nonce: u64) {
        if let Some(pending) = self.pending.get_mut(&nonce) {
            pending.attempts = pending.attempts.saturating_sub(1);
            pending.sent_at = None;
        }
    }

    fn finish(&mut self, call: &Call, outcome: Outcome) {
        if let Outcome::Refused(why) = &outcome {
            tracing::error!(target: "transactions", call = call.name(), why, "a call was given up");
        }
        for waiter in self.waiting.remove(&name(call)).unwrap_or_default() {
            // a waiter that left does not care
            let _ = waiter.send(outcome.clone());
        }
        if let Err(error) = self.save() {
            tracing::error!(target: "transactions", %error, "cannot save the pending transactions");
        }
    }

    fn save(&self) -> io::Result<()> {
        let saved = Saved {
            next_nonce: self.next,
            pending: self.pending.clone(),
        };
        files::replace(&self.file, &saved.encode())
    }

    fn measure(&self) {
        let waiting = self.queue.len().saturating_add(self.pending.len());
        self.metrics
            .pending_transactions
            .set(u64::try_from(waiting).unwrap_or(u64::MAX));
    }
}

impl Pending {
    fn of(call: Call) -> Self {
        Self {
            call,
            tip: 0,
            attempts: 0,
            sent_at: None,
            dispatched: None,
        }
    }

    fn raise_tip(&mut self, first: u128) {
        self.tip = self.tip.saturating_mul(2).max(first);
    }
}

#[cfg(test)]
#[path = "transactions_tests.rs"]
mod tests;
