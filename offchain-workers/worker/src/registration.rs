// SPDX-License-Identifier: Apache-2.0
//! Keeps the worker registered, heard of and hosting what it should.

use crate::{
    chain::{Call, Capabilities, Chain, ChainError, Registration},
    transactions::{Outcome, Transactions},
};
use openledger_primitives::{money::Balance, ModelId};
use sp_core::crypto::AccountId32;
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// Blocks between two looks at the registration.
const LOOK_EVERY_BLOCKS: u64 = 3;
/// Blocks before a refused call is tried again.
const RETRY_AFTER_BLOCKS: u64 = 30;

/// Which models a worker offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hosting {
    /// Exactly these, as soon as they are registered.
    Listed(Vec<ModelId>),
    /// Every model that is registered, now or later.
    All,
}

/// Sends what a registration needs.
pub struct Registrar<C> {
    chain: Arc<C>,
    transactions: Transactions,
    worker: AccountId32,
    register: Option<(Balance, Capabilities)>,
    hosting: Hosting,
    heartbeat_blocks: u64,
    heard_at: Option<u64>,
    looked_at: Option<u64>,
    refused_at: BTreeMap<&'static str, u64>,
    refused_models: BTreeMap<ModelId, u64>,
}

impl<C: Chain> Registrar<C> {
    /// Registers `worker` if `register` says so; heartbeats every `heartbeat_blocks`.
    pub fn new(
        chain: Arc<C>,
        transactions: Transactions,
        worker: AccountId32,
        register: Option<(Balance, Capabilities)>,
        hosting: Hosting,
        heartbeat_blocks: u64,
    ) -> Self {
        Self {
            chain,
            transactions,
            worker,
            register,
            hosting,
            heartbeat_blocks: heartbeat_blocks.max(1),
            heard_at: None,
            looked_at: None,
            refused_at: BTreeMap::new(),
            refused_models: BTreeMap::new(),
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
        self.host(&registration, block).await?;
        // from the second look on: registering and resuming are heard as well
        let heard = *self.heard_at.get_or_insert(block);
        if block.abs_diff(heard) >= self.heartbeat_blocks {
            self.heard_at = Some(block);
            self.send(Call::Heartbeat).await;
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

    async fn host(&mut self, registration: &Registration, block: u64) -> Result<(), ChainError> {
        let wanted = match &self.hosting {
            Hosting::Listed(models) => models.clone(),
            Hosting::All => self.chain.models().await?,
        };
        for model in wanted {
            let waits = self
                .refused_models
                .get(&model)
                .is_some_and(|at| block.abs_diff(*at) < RETRY_AFTER_BLOCKS);
            if waits || registration.hosted.contains(&model) {
                continue;
            }
            match self.chain.model(model).await {
                Ok(_) => {
                    if !self.send(Call::Host(model)).await {
                        self.refused_models.insert(model, block);
                    }
                }
                Err(ChainError::NotFound(_)) => {
                    tracing::debug!(target: "registration", model, "not registered yet");
                }
                Err(error) => return Err(error),
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
