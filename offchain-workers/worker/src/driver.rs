// SPDX-License-Identifier: Apache-2.0
//! Turns what the chain waits for into computations and transactions, once at each finalized block.

use crate::{
    chain::{Call, Chain, Model},
    jobs::{Action, Answer, JobKey, Jobs, JobsError, Stop},
    metrics::Metrics,
    transactions::{Outcome, Transactions},
};
use futures::{future::BoxFuture, stream::FuturesUnordered, FutureExt, StreamExt};
use openledger_primitives::{
    apis::{InputView, OpenRequest},
    report::{Blend, ReportEntry},
};
use sp_core::{crypto::AccountId32, H256};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{watch, Semaphore};
use tokio_util::sync::CancellationToken;

/// The chain is asked again after this long even if no block came.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// A computed answer before its salt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Computed {
    /// The output's bytes.
    pub output: Vec<u8>,
    /// The query vector.
    pub query: Vec<i16>,
    /// The report.
    pub entries: Vec<ReportEntry>,
}

/// Something that answers requests.
#[async_trait::async_trait]
pub trait Answerer: Send + Sync + 'static {
    /// Runs `model` on `input`, for a report in which kinds of evidence count as `blend` says.
    async fn answer(&self, model: &Model, input: &InputView, blend: &Blend) -> Result<Computed, Stop>;
}

/// What a transaction of a job says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Kind {
    Commit,
    Reveal,
}

type Ended = (JobKey, Result<Computed, Stop>);
type Sent = (JobKey, Kind, Option<Outcome>);

/// Drives the jobs of one worker.
pub struct Driver<C, A> {
    chain: Arc<C>,
    answerer: Arc<A>,
    worker: AccountId32,
    jobs: Jobs,
    transactions: Transactions,
    metrics: Metrics,
    parallel: Arc<Semaphore>,
    computing: FuturesUnordered<BoxFuture<'static, Ended>>,
    sent: FuturesUnordered<BoxFuture<'static, Sent>>,
    in_flight: HashSet<(JobKey, Kind)>,
}

impl<C: Chain, A: Answerer> Driver<C, A> {
    /// Works for `worker` with the jobs in `jobs`; computes at most `parallel` answers at a time.
    pub fn new(
        chain: Arc<C>,
        answerer: Arc<A>,
        worker: AccountId32,
        jobs: Jobs,
        transactions: Transactions,
        metrics: Metrics,
        parallel: usize,
    ) -> Self {
        Self {
            chain,
            answerer,
            worker,
            jobs,
            transactions,
            metrics,
            parallel: Arc::new(Semaphore::new(parallel.max(1))),
            computing: FuturesUnordered::new(),
            sent: FuturesUnordered::new(),
            in_flight: HashSet::new(),
        }
    }

    /// Runs until `stop`, or until the disk fails.
    pub async fn run(
        mut self,
        mut blocks: watch::Receiver<u64>,
        stop: CancellationToken,
    ) -> Result<(), JobsError> {
        self.look().await?;
        loop {
            tokio::select! {
                biased;
                _ = stop.cancelled() => return Ok(()),
                Some((key, result)) = self.computing.next() => {
                    if self.on_computed(key, result)? {
                        self.look().await?;
                    }
                }
                Some((key, kind, outcome)) = self.sent.next() => {
                    self.on_sent(key, kind, outcome)?;
                }
                changed = tokio::time::timeout(LONGEST_SILENCE, blocks.changed()) => {
                    if matches!(changed, Ok(Err(_))) {
                        return Ok(());
                    }
                    let number = *blocks.borrow_and_update();
                    self.look().await?;
                    self.metrics.finalized.set(number);
                }
            }
        }
    }

    /// Asks the chain what it waits for and does it.
    async fn look(&mut self) -> Result<(), JobsError> {
        let open = match self.chain.open_requests(&self.worker).await {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(target: "worker", %error, "cannot read the open requests; trying again at the next block");
                return Ok(());
            }
        };
        let genesis = self.chain.genesis();
        for request in &open {
            self.step(genesis, request).await?;
        }
        let keys: BTreeSet<JobKey> = open
            .iter()
            .map(|open| (open.request, open.worker.epoch))
            .collect();
        let closed = self.jobs.retain(&keys)?;
        self.metrics.closed.inc_by(count(closed));
        self.metrics.jobs.set(count(self.jobs.iter().count()));
        self.metrics.computing.set(count(self.jobs.computing()));
        Ok(())
    }

    async fn step(&mut self, genesis: H256, open: &OpenRequest<AccountId32>) -> Result<(), JobsError> {
        let key = (open.request, open.worker.epoch);
        match self.jobs.next(genesis, open)? {
            Action::Wait => {}
            Action::Compute => self.compute(key, open.clone()),
            Action::Commit(commitment) => {
                let request = open.request;
                let call = Call::Commit { request, commitment };
                self.send(key, Kind::Commit, call).await;
            }
            Action::Reveal(Answer {
                output,
                query,
                entries,
                salt,
            }) => {
                let call = Call::Reveal {
                    request: open.request,
                    output,
                    query,
                    entries,
                    salt,
                };
                self.send(key, Kind::Reveal, call).await;
            }
        }
        Ok(())
    }

    fn compute(&mut self, key: JobKey, open: OpenRequest<AccountId32>) {
        tracing::info!(target: "worker", request = open.request, model = open.model, "computing an answer");
        let (chain, answerer) = (self.chain.clone(), self.answerer.clone());
        let (parallel, seconds) = (self.parallel.clone(), self.metrics.answer_seconds.clone());
        let task = async move {
            let _turn = parallel
                .acquire()
                .await
                .map_err(|_| Stop::Unavailable("the worker is stopping".into()))?;
            let started = Instant::now();
            let model = chain
                .model(open.model)
                .await
                .map_err(|error| Stop::Unavailable(error.to_string()))?;
            let computed = answerer.answer(&model, &open.input, &open.blend).await?;
            seconds.observe(started.elapsed().as_secs_f64());
            Ok(computed)
        };
        // a task of its own, so that a panic in it ends this job and not the worker
        let task = tokio::spawn(task);
        let ended = async move {
            let result = task
                .await
                .unwrap_or_else(|error| Err(Stop::Invalid(format!("computing the answer failed: {error}"))));
            (key, result)
        };
        self.computing.push(ended.boxed());
    }

    /// Keeps an answer, or why there is none. True when there is something to send.
    fn on_computed(&mut self, key: JobKey, result: Result<Computed, Stop>) -> Result<bool, JobsError> {
        match result {
            Ok(Computed {
                output,
                query,
                entries,
            }) => {
                let answer = Answer {
                    output,
                    query,
                    entries,
                    salt: rand::random(),
                };
                self.jobs.computed(key, answer)?;
                Ok(true)
            }
            Err(stop) => {
                self.metrics.failures.inc();
                match &stop {
                    Stop::Killed(why) => {
                        self.metrics.quarantined.inc();
                        tracing::error!(target: "worker", request = key.0, why, "the job killed the executor and is quarantined");
                    }
                    Stop::Invalid(why) => {
                        tracing::error!(target: "worker", request = key.0, why, "the job cannot be answered");
                    }
                    Stop::Unavailable(why) => {
                        tracing::warn!(target: "worker", request = key.0, why, "trying again at the next block");
                    }
                }
                self.jobs.stopped(key, stop)?;
                Ok(false)
            }
        }
    }

    async fn send(&mut self, key: JobKey, kind: Kind, call: Call) {
        if !self.in_flight.insert((key, kind)) {
            return;
        }
        let Ok(outcome) = self.transactions.send(call).await else {
            // the worker is stopping
            return;
        };
        match kind {
            Kind::Commit => self.metrics.commits.inc(),
            Kind::Reveal => self.metrics.reveals.inc(),
        }
        tracing::info!(target: "worker", request = key.0, ?kind, "sending");
        let sent = async move { (key, kind, outcome.await.ok()) };
        self.sent.push(sent.boxed());
    }

    fn on_sent(&mut self, key: JobKey, kind: Kind, outcome: Option<Outcome>) -> Result<(), JobsError> {
        self.in_flight.remove(&(key, kind));
        match outcome {
            Some(Outcome::Failed(why) | Outcome::Refused(why)) => {
                tracing::warn!(target: "worker", request = key.0, ?kind, why, "the chain refused");
                self.jobs.refused(key, &why)
            }
            Some(Outcome::Done) | None => Ok(()),
        }
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
