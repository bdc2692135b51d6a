// SPDX-License-Identifier: Apache-2.0
//! Which models a worker offers: the first of its list that it can run, as many as the chain lets it host.

use crate::chain::{ChainError, Model, Models};
use openledger_primitives::ModelId;
use std::collections::{BTreeMap, BTreeSet};

/// Blocks before something that did not work is tried again.
pub(crate) const RETRY_AFTER_BLOCKS: u64 = 30;

/// Which models a worker offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hosting {
    /// These, the first most wanted, as soon as they are registered. None: what is hosted stays as it is.
    Listed(Vec<ModelId>),
    /// Every model that is registered, now or later, the oldest first.
    All,
}

/// Why a model is not offered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// The model is at fault, for good.
    #[error("{0}")]
    Blamed(String),
    /// Something was not there yet.
    #[error("{0}")]
    Unavailable(String),
}

/// Says which models a worker can run.
#[async_trait::async_trait]
pub trait Inspector: Send + Sync + 'static {
    /// Fetches `model` and tries it as far as that goes without a request.
    async fn inspect(&self, model: &Model) -> Result<(), Unfit>;
    /// What `model` did since, if it is refused for it. Quick.
    fn blamed(&self, model: &Model) -> Option<String>;
}

/// What to say to the chain about hosted models.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change {
    /// Offered no longer; first, to make room.
    pub unhost: Vec<ModelId>,
    /// Offered from now on.
    pub host: Vec<ModelId>,
}

/// What is known of the models that are to be offered.
#[derive(Debug)]
pub struct Offer {
    hosting: Hosting,
    /// Inspected, and fit then. What a model is never changes.
    fit: BTreeMap<ModelId, Model>,
    /// At fault, until the worker starts again.
    faults: BTreeMap<ModelId, String>,
    /// Not tried before this block.
    later: BTreeMap<ModelId, u64>,
}

impl Offer {
    /// Offers what `hosting` says.
    pub fn new(hosting: Hosting) -> Self {
        Self {
            hosting,
            fit: BTreeMap::new(),
            faults: BTreeMap::new(),
            later: BTreeMap::new(),
        }
    }

    /// What has to change so that exactly the first `most` models of the list that are registered and fit are hosted.
    /// A hosted model whose bytes are missing for a while stays.
    pub async fn change<C: Models>(
        &mut self,
        chain: &C,
        inspector: &dyn Inspector,
        hosted: &[ModelId],
        most: u32,
        block: u64,
    ) -> Result<Change, ChainError> {
        let wanted = match &self.hosting {
            Hosting::Listed(models) if models.is_empty() => hosted.to_vec(),
            Hosting::Listed(models) => models.clone(),
            Hosting::All => chain.models().await?,
        };
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut offered = Vec::new();
        let mut seen = BTreeSet::new();
        for model in wanted {
            if offered.len() >= most {
                break;
            }
            let stays = hosted.contains(&model);
            if seen.insert(model) && self.is_fit(chain, inspector, model, stays, block).await? {
                offered.push(model);
            }
        }
        let unhost = hosted.iter().filter(|model| !offered.contains(model)).copied();
        let unhost: Vec<ModelId> = unhost.collect();
        offered.retain(|model| !hosted.contains(model) && !self.waits(*model, block));
        Ok(Change {
            unhost,
            host: offered,
        })
    }

    /// Leaves a model alone for a while: the chain refused what was said about it.
    pub fn refused(&mut self, model: ModelId, block: u64) {
        self.later.insert(model, block.saturating_add(RETRY_AFTER_BLOCKS));
    }

    /// How many models are refused because of what they did or are.
    pub fn faults(&self) -> usize {
        self.faults.len()
    }

    fn waits(&self, model: ModelId, block: u64) -> bool {
        self.later.get(&model).is_some_and(|later| block < *later)
    }

    async fn is_fit<C: Models>(
        &mut self,
        chain: &C,
        inspector: &dyn Inspector,
        model: ModelId,
        stays: bool,
        block: u64,
    ) -> Result<bool, ChainError> {
        if self.faults.contains_key(&model) {
            return Ok(false);
        }
        if let Some(known) = self.fit.get(&model) {
            let Some(fault) = inspector.blamed(known) else {
                return Ok(true);
            };
            self.blame(model, fault);
            return Ok(false);
        }
        if self.waits(model, block) {
            return Ok(stays);
        }
        let known = match chain.model(model).await {
            Ok(known) => known,
            Err(ChainError::NotFound(what)) => {
                tracing::debug!(target: "registration", model, what, "not there yet");
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        match inspector.inspect(&known).await {
            Ok(()) => {
                self.fit.insert(model, known);
                Ok(true)
            }
            Err(Unfit::Blamed(fault)) => {
                self.blame(model, fault);
                Ok(false)
            }
            Err(Unfit::Unavailable(why)) => {
                tracing::warn!(target: "registration", model, why, "the model cannot be tried yet");
                self.refused(model, block);
                Ok(stays)
            }
        }
    }

    fn blame(&mut self, model: ModelId, fault: String) {
        tracing::error!(target: "registration", model, fault, "the model is not offered");
        self.faults.insert(model, fault);
    }
}

#[cfg(test)]
#[path = "hosting_tests.rs"]
mod tests;
