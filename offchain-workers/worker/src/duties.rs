// SPDX-License-Identifier: Apache-2.0
//! What an account owes the chain: asked for at every finalized block, answered, and given up when the chain keeps refusing
//! the answer.
//!
//! The chain says what it waits for; nothing is kept here that a restart would lose. The calls of one answer go out in one
//! sequence of transactions, which the account's nonces keep in order.

use crate::{
    chain::{Call, ChainError},
    transactions::{Outcome, Transactions},
};
use std::{collections::BTreeMap, fmt::Debug};
use substrate_prometheus_endpoint::{Counter, Gauge, U64};
use tokio::sync::watch;

/// Answers of ours that the chain may refuse before the thing is given up.
pub(crate) const MAX_REFUSALS: u32 = 5;

/// One kind of thing that the chain waits for.
#[async_trait::async_trait]
pub trait Duty: Send + Sync + 'static {
    /// What the chain waits for.
    type Owed: Send + Sync;
    /// Names it.
    type Key: Ord + Debug + Send + Sync;
    /// Why it cannot be answered now.
    type Error: Send;

    /// All that is open now, the most urgent first.
    async fn owed(&self) -> Result<Vec<Self::Owed>, ChainError>;
    /// Its name.
    fn key(&self, owed: &Self::Owed) -> Self::Key;
    /// Whether it is our turn.
    fn is_due(&self, _: &Self::Owed) -> bool {
        true
    }
    /// What answers it, in order.
    async fn calls(&self, owed: &Self::Owed) -> Result<Vec<Call>, Self::Error>;
    /// How many are open, and how many calls were taken.
    fn figures(&self) -> (&Gauge<U64>, &Counter<U64>);
    /// Writes the log.
    fn log(&self, event: Event<'_, Self>);
}

/// What happens while duties are answered.
pub enum Event<'a, D: Duty + ?Sized> {
    /// The chain cannot be asked.
    Unread(&'a ChainError),
    /// A call goes out.
    Sending(&'a D::Owed, &'a Call),
    /// The chain refused a call.
    Refused(&'a D::Owed, &'a str),
    /// There is no answer now.
    Unanswered(&'a D::Owed, &'a D::Error),
}

/// Answers duties of one kind.
pub struct Duties<D: Duty> {
    duty: D,
    transactions: Transactions,
    refusals: BTreeMap<D::Key, u32>,
}

impl<D: Duty> Duties<D> {
    /// Answers `duty` by `transactions`.
    pub fn new(duty: D, transactions: Transactions) -> Self {
        Self {
            duty,
            transactions,
            refusals: BTreeMap::new(),
        }
    }

    /// Looks at every finalized block until the blocks end.
    pub async fn run(mut self, mut blocks: watch::Receiver<u64>) {
        loop {
            if *blocks.borrow_and_update() > 0 {
                self.look().await;
            }
            if blocks.changed().await.is_err() {
                return;
            }
        }
    }

    pub(crate) async fn look(&mut self) {
        let owed = match self.duty.owed().await {
            Ok(owed) => owed,
            Err(error) => return self.duty.log(Event::Unread(&error)),
        };
        let (open, _) = self.duty.figures();
        open.set(u64::try_from(owed.len()).unwrap_or(u64::MAX));
        let keys: Vec<D::Key> = owed.iter().map(|owed| self.duty.key(owed)).collect();
        self.refusals.retain(|key, _| keys.contains(key));
        for (owed, key) in owed.iter().zip(keys) {
            let given_up = self
                .refusals
                .get(&key)
                .is_some_and(|count| *count >= MAX_REFUSALS);
            if given_up || !self.duty.is_due(owed) {
                continue;
            }
            match self.answer(owed).await {
                Ok(true) => {}
                Ok(false) => *self.refusals.entry(key).or_default() += 1,
                Err(error) => self.duty.log(Event::Unanswered(owed, &error)),
            }
        }
    }

    /// Sends what the chain waits for. False when it refused a part of it.
    async fn answer(&self, owed: &D::Owed) -> Result<bool, D::Error> {
        let mut sent = Vec::new();
        for call in self.duty.calls(owed).await? {
            self.duty.log(Event::Sending(owed, &call));
            match self.transactions.send(call).await {
                Ok(outcome) => sent.push(outcome),
                // the worker is stopping
                Err(_) => return Ok(true),
            }
        }
        let (_, answered) = self.duty.figures();
        let mut taken = true;
        for outcome in sent {
            match outcome.await {
                Ok(Outcome::Failed(why) | Outcome::Refused(why)) => {
                    self.duty.log(Event::Refused(owed, &why));
                    taken = false;
                }
                Ok(Outcome::Done) => answered.inc(),
                Err(_) => {}
            }
        }
        Ok(taken)
    }
}

#[cfg(test)]
#[path = "duties_tests.rs"]
pub(crate) mod tests;
