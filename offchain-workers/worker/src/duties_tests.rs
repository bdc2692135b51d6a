// SPDX-License-Identifier: Apache-2.0
//! One chain that waits for one answer, for the tests of every duty; and what all duties have in common.

use super::*;
use crate::{
    chain::{Adapter, Docket, Model, Models, Network, RowDocket},
    metrics::Metrics,
    transactions::{Ledger, Nonces, Rules, Status, SubmitError},
};
use futures::{
    stream::{self, BoxStream},
    StreamExt,
};
use openledger_primitives::{
    apis::{OpenChallenge, OpenRowDispute},
    ModelId,
};
use sp_core::crypto::AccountId32;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// A chain that waits for one thing until it takes its last call.
pub(crate) struct Court<T> {
    open: Mutex<Vec<T>>,
    calls: Mutex<Vec<Call>>,
    last: &'static str,
    refuses: bool,
}

impl<T> Court<T> {
    /// Waits for the calls that answer `open`, the last of which is called `last`; or refuses all of them.
    pub(crate) fn new(open: T, last: &'static str, refuses: bool) -> Arc<Self> {
        Arc::new(Self {
            open: Mutex::new(vec![open]),
            calls: Mutex::default(),
            last,
            refuses,
        })
    }
}

#[async_trait::async_trait]
impl<T: Send + 'static> Models for Court<T> {
    async fn models(&self) -> Result<Vec<ModelId>, ChainError> {
        Ok(vec![3])
    }

    async fn model(&self, _: ModelId) -> Result<Model, ChainError> {
        Ok(Model::Network(Network {
            adapter: Some(Adapter::default()),
            ..Network::default()
        }))
    }
}

#[async_trait::async_trait]
impl Docket for Court<OpenChallenge> {
    async fn open_challenges(&self, _: &AccountId32) -> Result<Vec<OpenChallenge>, ChainError> {
        Ok(self.open.lock().unwrap().clone())
    }
}

#[async_trait::async_trait]
impl RowDocket for Court<OpenRowDispute<AccountId32>> {
    async fn row_disputes(&self, _: &AccountId32) -> Result<Vec<OpenRowDispute<AccountId32>>, ChainError> {
        Ok(self.open.lock().unwrap().clone())
    }

    async fn row_dispute(
        &self,
        _: ModelId,
        _: u32,
        _: &AccountId32,
    ) -> Result<Option<OpenRowDispute<AccountId32>>, ChainError> {
        Ok(None)
    }

    async fn is_refuted(&self, _: ModelId) -> Result<bool, ChainError> {
        Ok(false)
    }
}

#[async_trait::async_trait]
impl<T: Send + 'static> Ledger for Court<T> {
    async fn nonces(&self) -> Result<Nonces, SubmitError> {
        let calls = u64::try_from(self.calls.lock().unwrap().len()).unwrap();
        Ok(Nonces {
            finalized: calls,
            best: calls,
            pool: calls,
        })
    }

    async fn submit(&self, call: &Call, _: u64, _: u128) -> Result<BoxStream<'static, Status>, SubmitError> {
        self.calls.lock().unwrap().push(call.clone());
        if self.refuses {
            return Err(SubmitError::Refused("no".into()));
        }
        if call.name() == self.last {
            self.open.lock().unwrap().clear();
        }
        Ok(stream::empty().boxed())
    }
}

/// Which calls a duty sends over `blocks` blocks.
pub(crate) async fn names<T: Send + 'static, D: Duty>(
    court: &Arc<Court<T>>,
    duty: D,
    blocks: u64,
) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    let (numbers, seen) = watch::channel(0);
    let stop = CancellationToken::new();
    let (transactions, task) = Transactions::start(
        court.clone(),
        folder.path().join("transactions.scale"),
        Rules::default(),
        seen,
        Metrics::new().unwrap(),
        stop.clone(),
    )
    .unwrap();
    let task = tokio::spawn(task);
    let mut duties = Duties::new(duty, transactions);
    let looking = async {
        for block in 1..=blocks {
            numbers.send_replace(block);
            duties.look().await;
        }
    };
    let ticking = async {
        loop {
            tokio::task::yield_now().await;
            numbers.send_modify(|block| *block += 1);
        }
    };
    tokio::select! {
        _ = looking => {}
        _ = ticking => {}
    }
    stop.cancel();
    task.await.unwrap();
    let calls = court.calls.lock().unwrap();
    calls.iter().map(Call::name).collect()
}

/// Owes a heartbeat for every number, and keeps what is logged.
struct Pulse {
    owed: Result<Vec<u32>, &'static str>,
    metrics: Metrics,
    logged: Arc<Mutex<Vec<String>>>,
}

#[async_trait::async_trait]
impl Duty for Pulse {
    type Owed = u32;
    type Key = u32;
    type Error = String;

    async fn owed(&self) -> Result<Vec<u32>, ChainError> {
        let owed = self.owed.clone();
        owed.map_err(|why| ChainError::Unreachable(why.into()))
    }

    fn key(&self, owed: &u32) -> u32 {
        *owed
    }

    fn is_due(&self, owed: &u32) -> bool {
        *owed != 2
    }

    async fn calls(&self, owed: &u32) -> Result<Vec<Call>, String> {
        match owed {
            3 => Err("no answer".into()),
            _ => Ok(vec![Call::Heartbeat]),
        }
    }

    fn figures(&self) -> (&Gauge<U64>, &Counter<U64>) {
        (&self.metrics.challenges, &self.metrics.shown)
    }

    fn log(&self, event: Event<'_, Self>) {
        let line = match event {
            Event::Unread(error) => error.to_string(),
            Event::Sending(owed, call) => format!("{owed}: {}", call.name()),
            Event::Refused(owed, why) => format!("{owed}: {why}"),
            Event::Unanswered(owed, why) => format!("{owed}: {why}"),
        };
        self.logged.lock().unwrap().push(line);
    }
}

/// What is logged over one block, with the figures.
async fn logged(owed: Result<Vec<u32>, &'static str>, refuses: bool) -> (Vec<String>, (u64, u64)) {
    let (metrics, lines) = (Metrics::new().unwrap(), Arc::default());
    let pulse = Pulse {
        owed,
        metrics: metrics.clone(),
        logged: Arc::clone(&lines),
    };
    names(&Court::new((), "heartbeat", refuses), pulse, 1).await;
    let lines = lines.lock().unwrap().clone();
    (lines, (metrics.challenges.get(), metrics.shown.get()))
}

#[tokio::test]
async fn all_that_is_due_is_answered_and_counted_and_the_rest_is_left() {
    let (lines, figures) = logged(Ok(vec![1, 2, 3]), false).await;
    assert_eq!(lines, ["1: heartbeat", "3: no answer"]);
    assert_eq!(figures, (3, 1));
}

#[tokio::test]
async fn a_chain_that_refuses_or_cannot_be_read_is_logged() {
    let (lines, figures) = logged(Ok(vec![1]), true).await;
    assert_eq!((lines.len(), figures), (2, (1, 0)));
    assert!(
        lines[1].starts_with("1: ") && lines[1].contains("no"),
        "{lines:?}"
    );
    let (lines, figures) = logged(Err("gone"), false).await;
    assert_eq!(
        (lines, figures),
        (vec!["the node does not answer: gone".into()], (0, 0))
    );
}

#[tokio::test]
async fn duties_are_looked_at_until_the_blocks_end() {
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let pulse = Pulse {
        owed: Ok(vec![3]),
        metrics: Metrics::new().unwrap(),
        logged: lines.clone(),
    };
    let folder = tempfile::tempdir().unwrap();
    let (numbers, seen) = watch::channel(0);
    let (transactions, _task) = Transactions::start(
        Court::new((), "heartbeat", false),
        folder.path().join("transactions.scale"),
        Rules::default(),
        seen.clone(),
        Metrics::new().unwrap(),
        CancellationToken::new(),
    )
    .unwrap();
    let running = tokio::spawn(Duties::new(pulse, transactions).run(seen));
    for block in 1..=3 {
        tokio::task::yield_now().await;
        numbers.send_replace(block);
        tokio::task::yield_now().await;
    }
    drop(numbers);
    running.await.unwrap();
    assert_eq!(lines.lock().unwrap().len(), 3);
}
