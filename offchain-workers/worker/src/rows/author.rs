// SPDX-License-Identifier: Apache-2.0
//! Stands by the released rows of the models that an account owns.

use super::{files::FilesError, Library};
use crate::{
    chain::{Call, ChainError, RowDocket, RowKey},
    duties::{Duty, Event},
    jobs::Stop,
    metrics::Metrics,
};
use openledger_primitives::apis::{OpenRowDispute, RowStage};
use sp_core::crypto::AccountId32;
use std::sync::Arc;
use substrate_prometheus_endpoint::{Counter, Gauge, U64};

/// Why a dispute cannot be answered now.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
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
    metrics: Metrics,
    account: AccountId32,
}

impl<C: RowDocket> Advocate<C> {
    /// Answers for `account` from the files of `library`.
    pub fn new(chain: Arc<C>, library: Arc<dyn Library>, metrics: Metrics, account: AccountId32) -> Self {
        Self {
            chain,
            library,
            metrics,
            account,
        }
    }
}

#[async_trait::async_trait]
impl<C: RowDocket> Duty for Advocate<C> {
    type Owed = OpenRowDispute<AccountId32>;
    type Key = RowKey;
    type Error = Unanswered;

    async fn owed(&self) -> Result<Vec<Self::Owed>, ChainError> {
        self.chain.row_disputes(&self.account).await
    }

    fn key(&self, dispute: &Self::Owed) -> RowKey {
        RowKey::of(dispute)
    }

    fn is_due(&self, dispute: &Self::Owed) -> bool {
        !dispute.moot && matches!(dispute.stage, RowStage::Claim | RowStage::Split { .. })
    }

    async fn calls(&self, dispute: &Self::Owed) -> Result<Vec<Call>, Unanswered> {
        let model = self.chain.model(dispute.model).await?;
        let adapter = model.adapter().ok_or(Unanswered::NoHead)?;
        let files = self.library.files(adapter).await.map_err(Unanswered::Files)?;
        let (key, stage) = (RowKey::of(dispute), dispute.stage.clone());
        // a pass over all rows
        let computing = tokio::task::spawn_blocking(move || match stage {
            RowStage::Split { low, high } => files.split(&key, low, high).map(Some),
            _ => files.claim(&key),
        });
        let call = computing
            .await
            .map_err(|error| Unanswered::Files(Stop::Invalid(error.to_string())))??
            .ok_or(Unanswered::RowWrong)?;
        Ok(vec![call])
    }

    fn figures(&self) -> (&Gauge<U64>, &Counter<U64>) {
        (&self.metrics.row_disputes, &self.metrics.row_answers)
    }

    fn log(&self, event: Event<'_, Self>) {
        match event {
            Event::Unread(error) => {
                tracing::warn!(target: "rows", %error, "cannot read the disputes; trying again at the next block");
            }
            Event::Sending(dispute, call) => {
                tracing::info!(target: "rows", call = call.name(), model = dispute.model, row = dispute.row, "standing by a row");
            }
            Event::Refused(dispute, why) => {
                tracing::warn!(target: "rows", model = dispute.model, row = dispute.row, why, "the chain refused");
            }
            Event::Unanswered(dispute, error) => {
                tracing::error!(target: "rows", key = ?RowKey::of(dispute), deadline = dispute.deadline, %error, "a dispute of a row of ours cannot be answered; trying again at the next block");
            }
        }
    }
}
