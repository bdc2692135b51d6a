// SPDX-License-Identifier: Apache-2.0
//! Stands by the released rows of the models that an account owns.

use super::{files::FilesError, Library};
use crate::{
    chain::{Adapter, Call, RowDocket, RowKey},
    jobs::Stop,
    metrics::Metrics,
    transactions::{Outcome, Transactions},
};
use openledger_primitives::apis::{OpenRowDispute, RowStage};
use sp_core::crypto::AccountId32;
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// Answers of ours that the chain may refuse before a dispute is given up.
const MAX_REFUSALS: u32 = 5;

/// Why a dispute cannot be answered now.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] crate::chain::ChainError),
    /// The files are not here or are not what is registered.
    #[error("its files cannot be used: {0:?}")]
    Files(Stop),
    /// The model has no head.
    #[error("its model has no head")]
    NoHead,
    /// The files contradict each other.
    #[error(transparent)]
    Wrong(#[from] FilesError),
    /// The row is wrong.
    #[error("the row does not satisfy its equation, so nothing true can be said for it")]
    RowWrong,
}

/// Answers disputes of the rows of one account's models.
pub struct Advocate<C> {
    chain: Arc<C>,
    library: Arc<dyn Library>,
    transactions: Transactions,
    metrics: Metrics,
    account: AccountId32,
    refusals: BTreeMap<RowKey, u32>,
}

impl<C: RowDocket> Advocate<C> {
    /// Answers for `account` from the files of `library`.
    pub fn new(
        chain: Arc<C>,
        library: Arc<dyn Library>,
        transactions: Transactions,
        metrics: Metrics,
        account: AccountId32,
    ) -> Self {
        Self {
            chain,
            library,
            transactions,
            metrics,
            account,
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
        let open = match self.chain.row_disputes(&self.account).await {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(target: "rows", %error, "cannot read the disputes; trying again at the next block");
                return;
            }
        };
        self.metrics
            .row_disputes
            .set(u64::try_from(open.len()).unwrap_or(u64::MAX));
        let keys: Vec<RowKey> = open.iter().map(RowKey::of).collect();
        self.refusals.retain(|key, _| keys.contains(key));
        for dispute in open {
            let key = RowKey::of(&dispute);
            let ours = matches!(dispute.stage, RowStage::Claim | RowStage::Split { .. });
            let given_up = self
                .refusals
                .get(&key)
                .is_some_and(|count| *count >= MAX_REFUSALS);
            if !ours || dispute.moot || given_up {
                continue;
            }
            match self.answer(&dispute).await {
                Ok(true) => {}
                Ok(false) => *self.refusals.entry(key).or_default() += 1,
                Err(error) => {
                    tracing::error!(target: "rows", ?key, deadline = dispute.deadline, %error, "a dispute of a row of ours cannot be answered; trying again at the next block");
                }
            }
        }
    }

    /// Sends what a dispute waits for. False when the chain refused it.
    async fn answer(&self, dispute: &OpenRowDispute<AccountId32>) -> Result<bool, Unanswered> {
        let model = self.chain.model(dispute.model).await?;
        let adapter: Adapter = model.adapter.ok_or(Unanswered::NoHead)?;
        let files = self.library.files(&adapter).await.map_err(Unanswered::Files)?;
        let (key, stage) = (RowKey::of(dispute), dispute.stage.clone());
        // a pass over all rows
        let computing = tokio::task::spawn_blocking(move || match stage {
            RowStage::Split { low, high } => files.split(&key, low, high).map(Some),
            _ => files.claim(&key),
        });
        let call: Call = computing
            .await
            .map_err(|error| Unanswered::Files(Stop::Invalid(error.to_string())))??
            .ok_or(Unanswered::RowWrong)?;
        tracing::info!(target: "rows", call = call.name(), model = dispute.model, row = dispute.row, "standing by a row");
        let Ok(sent) = self.transactions.send(call).await else {
            // the worker is stopping
            return Ok(true);
        };
        match sent.await {
            Ok(Outcome::Failed(why) | Outcome::Refused(why)) => {
                tracing::warn!(target: "rows", model = dispute.model, row = dispute.row, why, "the chain refused");
                Ok(false)
            }
            Ok(Outcome::Done) => {
                self.metrics.row_answers.inc();
                Ok(true)
            }
            Err(_) => Ok(true),
        }
    }
}
