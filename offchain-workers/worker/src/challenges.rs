// SPDX-License-Identifier: Apache-2.0
//! Stands by the worker's reports: shows what a challenged one rests on, from the index that the model's release
//! committed to.

use crate::{
    adapters::Loaded,
    chain::{Adapter, Call, ChainError, Challenged, Docket, ShownPlace},
    duties::{Duty, Event},
    jobs::Stop,
    metrics::Metrics,
};
use openledger_attribution::{ContributionKey, Index, Release};
use openledger_primitives::apis::{ChallengeDuty, OpenChallenge};
use sp_core::{crypto::AccountId32, H256};
use std::sync::Arc;
use substrate_prometheus_endpoint::{Counter, Gauge, U64};

/// Bytes of rows in one transaction, unless a single row has more.
const ROWS_BYTES: usize = 64 * 1024;
/// Transactions for one challenge at a time.
const CALLS_AT_A_TIME: usize = 12;

/// Something that has the indexes of models.
#[async_trait::async_trait]
pub trait Archive: Send + Sync + 'static {
    /// The head and index of an adapter, checked against what is registered.
    async fn loaded(&self, adapter: &Adapter) -> Result<Arc<Loaded>, Stop>;
}

/// Why a challenge cannot be answered now.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The index is not here or is not what is registered.
    #[error("its index cannot be used: {0:?}")]
    Index(Stop),
    /// The model's reports rest on nothing that could be shown.
    #[error("its model has no index")]
    NoIndex,
}

/// Answers challenges of one worker's reports.
pub struct Defender<C> {
    chain: Arc<C>,
    archive: Arc<dyn Archive>,
    metrics: Metrics,
    worker: AccountId32,
}

impl<C: Docket> Defender<C> {
    /// Answers for `worker` from the indexes of `archive`.
    pub fn new(chain: Arc<C>, archive: Arc<dyn Archive>, metrics: Metrics, worker: AccountId32) -> Self {
        Self {
            chain,
            archive,
            metrics,
            worker,
        }
    }
}

#[async_trait::async_trait]
impl<C: Docket> Duty for Defender<C> {
    type Owed = OpenChallenge;
    type Key = Challenged;
    type Error = Unanswered;

    async fn owed(&self) -> Result<Vec<OpenChallenge>, ChainError> {
        self.chain.open_challenges(&self.worker).await
    }

    fn key(&self, challenge: &OpenChallenge) -> Challenged {
        Challenged::of(challenge)
    }

    async fn calls(&self, challenge: &OpenChallenge) -> Result<Vec<Call>, Unanswered> {
        let model = self.chain.model(challenge.model).await?;
        let adapter = model.adapter().ok_or(Unanswered::NoIndex)?;
        let loaded = self.archive.loaded(adapter).await.map_err(Unanswered::Index)?;
        calls(&loaded, challenge).ok_or(Unanswered::NoIndex)
    }

    fn figures(&self) -> (&Gauge<U64>, &Counter<U64>) {
        (&self.metrics.challenges, &self.metrics.shown)
    }

    fn log(&self, event: Event<'_, Self>) {
        match event {
            Event::Unread(error) => {
                tracing::warn!(target: "challenges", %error, "cannot read the challenges; trying again at the next block");
            }
            Event::Sending(challenge, call) => {
                tracing::info!(target: "challenges", call = call.name(), request = challenge.request, contribution = challenge.contribution, "standing by a report");
            }
            // somebody else may have shown it first
            Event::Refused(challenge, why) => {
                tracing::warn!(target: "challenges", request = challenge.request, why, "the chain refused");
            }
            Event::Unanswered(challenge, error) => {
                tracing::error!(target: "challenges", key = ?Challenged::of(challenge), deadline = challenge.deadline, %error, "a challenge of a report of ours cannot be answered; trying again at the next block");
            }
        }
    }
}

/// What shows all that a challenge waits for, as far as a few transactions go; none for a head without index.
fn calls(loaded: &Loaded, challenge: &OpenChallenge) -> Option<Vec<Call>> {
    let (index, release) = loaded.index.as_ref().zip(loaded.release.as_ref())?;
    let contribution = ContributionKey {
        datanet: challenge.datanet,
        contribution: challenge.contribution,
    };
    let key = Challenged::of(challenge);
    let mut calls = Vec::new();
    let (next, end) = match challenge.duty {
        ChallengeDuty::OpenRows { next, end } => (next, end),
        ChallengeDuty::ShowPlace => {
            calls.push(show_place(release, contribution, key));
            let place = release.place(contribution);
            place.map_or((0, 0), |place| {
                (place.first, place.first.saturating_add(place.rows))
            })
        }
    };
    calls.extend(open_rows(index, release, key, next, end));
    calls.truncate(CALLS_AT_A_TIME);
    Some(calls)
}

fn show_place(release: &Release, contribution: ContributionKey, key: Challenged) -> Call {
    let shown = release.show(contribution);
    Call::ShowPlace {
        key,
        header: release.header(),
        table: H256(release.table_root()),
        rows: H256(release.rows_root()),
        ordinal: shown.ordinal,
        places: shown.places.iter().map(ShownPlace::from).collect(),
        proof: shown.proof.into_iter().map(H256).collect(),
    }
}

/// Calls that open the rows from `next` up to `end`, in order.
fn open_rows<'a>(
    index: &'a Index,
    release: &'a Release,
    key: Challenged,
    next: u32,
    end: u32,
) -> impl Iterator<Item = Call> + 'a {
    let length = index.shape().row_bytes().max(1);
    let at_a_time = u32::try_from((ROWS_BYTES / length).max(1)).unwrap_or(u32::MAX);
    let step = usize::try_from(at_a_time).unwrap_or(usize::MAX);
    (next..end).step_by(step).filter_map(move |first| {
        let count = at_a_time.min(end - first);
        let (start, length) = (usize::try_from(first).ok()?, usize::try_from(count).ok()?);
        Some(Call::OpenRows {
            key,
            first,
            rows: (start..start.checked_add(length)?)
                .filter_map(|row| index.leaf(row))
                .flatten()
                .collect(),
            proof: release.prove_rows(first, count)?.into_iter().map(H256).collect(),
        })
    })
}

#[cfg(test)]
#[path = "challenges_tests.rs"]
mod tests;
