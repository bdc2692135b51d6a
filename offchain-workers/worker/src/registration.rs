// SPDX-License-Identifier: Apache-2.0
//! Keeps the worker registered, heard of and hosting what it should.

use crate::{
    chain::{Call, Capabilities, Chain, ChainError, Registration, WorkerRules},
    hosting::{Hosting, Inspector, Offer, RETRY_AFTER_BLOCKS},
    metrics::Metrics,
    transactions::{Outcome, Transactions},
};
use openledger_primitives::{money::Balance, Tick};
use sp_core::crypto::AccountId32;
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// Blocks between two looks at the registration.
const LOOK_EVERY_BLOCKS: u64 = 3;
/// Heartbeats are sent this many times as often as the chain asks for, so that one or two may be late.
const HEARTBEATS_A_PERIOD: Tick = 3;

/// Sends what a registration needs.
pub struct Registrar<C> {
    chain: Arc<C>,
    inspector: Arc<dyn Inspector>,
    transactions: Transactions,
    metrics: Metrics,
    worker: AccountId32,
    register: Option<(Balance, Capabilities)>,
    offer: Offer,
    looked_at: Option<u64>,
    refused_at: BTreeMap<&'static str, u64>,
}

impl<C: Chain> Registrar<C> {
    /// Registers `worker` if `register` says so, and offers what `hosting` says and `inspector` finds fit.
    pub fn new(
        chain: Arc<C>,
        inspector: Arc<dyn Inspector>,
        transactions: Transactions,
        metrics: Metrics,
        worker: AccountId32,
        register: Option<(Balance, Capabilities)>,
        hosting: Hosting,
    ) -> Self {
        Self {
            chain,
            inspector,
            transactions,
            metrics,
            worker,
            register,
            offer: Offer::new(hosting),
            looked_at: None,
            refused_at: BTreeMap::new(),
        }
    }

    /// Looks every few blocks until the blocks end.
    pub async fn run(mut self, mut blocks: watch::Receiver<u64>) {
        loop {
            let block = *blocks.borrow_and_update();
            let due = self
                .looked_at
                .is_none_or(|at| block.abs_diff(at) >= LOOK_EVERY_BLOCKS);
            if block > 0 && due {
                self.looked_at = Some(block);
                if let Err(error) = self.look(block).await {
                    tracing::warn!(target: "registration", %error, "cannot read the registration; trying again");
                }
            }
            if blocks.changed().await.is_err() {
                return;
            }
        }
    }

    async fn look(&mut self, block: u64) -> Result<(), ChainError> {
        let Some(registration) = self.chain.registration(&self.worker).await? else {
            return self.register(block).await;
        };
        if registration.leaving {
            tracing::info!(target: "registration", "the registration is ending; serving what is open");
            return Ok(());
        }
        if registration.chilled {
            self.send_once("resume", Call::Resume, block).await;
        }
        // read each time: a referendum or an upgrade may have changed them
        let rules = self.chain.worker_rules().await?;
        self.heartbeat(&registration, rules, block).await?;
        self.host(&registration, rules, block).await
    }

    /// The chain remembers when the worker was heard of last; registering, resuming and answering count as well.
    async fn heartbeat(
        &mut self,
        registration: &Registration,
        rules: WorkerRules,
        block: u64,
    ) -> Result<(), ChainError> {
        let silent = self.chain.tick().await?.saturating_sub(registration.heard_at);
        if silent >= (rules.heartbeat_ticks / HEARTBEATS_A_PERIOD).max(1) {
            self.send_once("heartbeat", Call::Heartbeat, block).await;
        }
        Ok(())
    }

    async fn register(&mut self, block: u64) -> Result<(), ChainError> {
        match self.register.clone() {
            Some((bond, capabilities)) => {
                let call = Call::Register { bond, capabilities };
                self.send_once("register", call, block).await;
            }
            None => tracing::warn!(
                target: "registration",
                account = %self.worker,
                "the account is not registered as a worker; register it, or start with --register"
            ),
        }
        Ok(())
    }

    async fn host(
        &mut self,
        registration: &Registration,
        rules: WorkerRules,
        block: u64,
    ) -> Result<(), ChainError> {
        let change = self.offer.change(
            &*self.chain,
            &*self.inspector,
            &registration.hosted,
            rules.max_hosted,
            block,
        );
        let change = change.await?;
        self.metrics
            .refused_models
            .set(u64::try_from(self.offer.faults()).unwrap_or(u64::MAX));
        for model in change.unhost {
            self.send(Call::Unhost(model)).await;
        }
        for model in change.host {
            if !self.send(Call::Host(model)).await {
                self.offer.refused(model, block);
            }
        }
        Ok(())
    }

    /// Sends a call unless it was refused a short while ago.
    async fn send_once(&mut self, name: &'static str, call: Call, block: u64) {
        let waits = self
            .refused_at
            .get(name)
            .is_some_and(|at| block.abs_diff(*at) < RETRY_AFTER_BLOCKS);
        if !waits && !self.send(call).await {
            self.refused_at.insert(name, block);
        }
    }

    /// Sends a call and waits for its end. False when it was refused or failed.
    async fn send(&self, call: Call) -> bool {
        let name = call.name();
        let Ok(outcome) = self.transactions.send(call).await else {
            return true;
        };
        match outcome.await {
            Ok(Outcome::Failed(why) | Outcome::Refused(why)) => {
                tracing::warn!(target: "registration", call = name, why, "refused");
                false
            }
            Ok(Outcome::Done) => {
                tracing::info!(target: "registration", call = name, "done");
                true
            }
            // the worker is stopping
            Err(_) => true,
        }
    }
}

#[cfg(test)]
#[path = "registration_tests.rs"]
mod tests;
