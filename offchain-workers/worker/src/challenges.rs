// SPDX-License-Identifier: Apache-2.0
//! Stands by the worker's reports: shows what a challenged one rests on, from the index that the model's release
//! committed to.
//!
//! The chain says what it waits for, at every finalized block; nothing is kept here that a restart would lose. Rows go
//! out in one sequence of transactions, which the account's nonces keep in order.

use crate::{
    adapters::Loaded,
    chain::{Adapter, Call, Challenged, Docket, ShownPlace},
    jobs::Stop,
    metrics::Metrics,
    transactions::{Outcome, Transactions},
};
use openledger_attribution::{ContributionKey, Index, Release};
use openledger_primitives::apis::{ChallengeDuty, OpenChallenge};
use sp_core::{crypto::AccountId32, H256};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// Bytes of rows in one transaction, unless a single row has more.
const ROWS_BYTES: usize = 64 * 1024;
/// Transactions for one challenge at a time.
const CALLS_AT_A_TIME: usize = 12;
/// Answers of ours that the chain may refuse before a challenge is given up.
const MAX_REFUSALS: u32 = 5;

/// Something that has the indexes of models.
#[async_trait::async_trait]
pub trait Archive: Send + Sync + 'static {
    /// The head and index of an adapter, checked against what is registered.
    async fn loaded(&self, adapter: &Adapter) -> Result<Arc<Loaded>, Stop>;
}

/// Why a challenge cannot be answered now.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] crate::chain::ChainError),
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
    transactions: Transactions,
    metrics: Metrics,
    worker: AccountId32,
    refusals: BTreeMap<Challenged, u32>,
}

impl<C: Docket> Defender<C> {
    /// Answers for `worker` from the indexes of `archive`.
    pub fn new(
        chain: Arc<C>,
        archive: Arc<dyn Archive>,
        transactions: Transactions,
        metrics: Metrics,
        worker: AccountId32,
    ) -> Self {
        Self {
            chain,
            archive,
            transactions,
            metrics,
            worker,
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

    async fn look(&mut self) {
        let open = match self.chain.open_challenges(&self.worker).await {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(target: "challenges", %error, "cannot read the challenges; trying again at the next block");
                return;
            }
        };
        self.metrics
            .challenges
            .set(u64::try_from(open.len()).unwrap_or(u64::MAX));
        let keys: Vec<Challenged> = open.iter().map(Challenged::of).collect();
        self.refusals.retain(|key, _| keys.contains(key));
        for challenge in open {
            let key = Challenged::of(&challenge);
            if self
                .refusals
                .get(&key)
                .is_some_and(|count| *count >= MAX_REFUSALS)
            {
                continue;
            }
            match self.answer(&challenge).await {
                Ok(true) => {}
                Ok(false) => *self.refusals.entry(key).or_default() += 1,
                Err(error) => {
                    tracing::error!(target: "challenges", ?key, deadline = challenge.deadline, %error, "a challenge of a report of ours cannot be answered; trying again at the next block");
                }
            }
        }
    }

    /// Sends what a challenge waits for. False when the chain refused a part of it.
    async fn answer(&self, challenge: &OpenChallenge) -> Result<bool, Unanswered> {
        let model = self.chain.model(challenge.model).await?;
        let adapter = model.adapter.ok_or(Unanswered::NoIndex)?;
        let loaded = self.archive.loaded(&adapter).await.map_err(Unanswered::Index)?;
        let calls = calls(&loaded, challenge).ok_or(Unanswered::NoIndex)?;
        let mut sent = Vec::new();
        for call in calls {
            tracing::info!(target: "challenges", call = call.name(), request = challenge.request, contribution = challenge.contribution, "standing by a report");
            match self.transactions.send(call).await {
                Ok(outcome) => sent.push(outcome),
                // the worker is stopping
                Err(_) => return Ok(true),
            }
        }
        let mut taken = true;
        for outcome in sent {
            match outcome.await {
                Ok(Outcome::Failed(why) | Outcome::Refused(why)) => {
                    // somebody else may have shown it first
                    tracing::warn!(target: "challenges", request = challenge.request, why, "the chain refused");
                    taken = false;
                }
                Ok(Outcome::Done) => self.metrics.shown.inc(),
                Err(_) => {}
            }
        }
        Ok(taken)
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
    let length = index.row_bytes().next().map_or(1, <[u8]>::len).max(1);
    let at_a_time = u32::try_from((ROWS_BYTES / length).max(1)).unwrap_or(u32::MAX);
    let step = usize::try_from(at_a_time).unwrap_or(usize::MAX);
    (next..end).step_by(step).filter_map(move |first| {
        let count = at_a_time.min(end - first);
        let (start, length) = (usize::try_from(first).ok()?, usize::try_from(count).ok()?);
        Some(Call::OpenRows {
            key,
            first,
            rows: index
                .row_bytes()
                .skip(start)
                .take(length)
                .flatten()
                .copied()
                .collect(),
            proof: release.prove_rows(first, count)?.into_iter().map(H256).collect(),
        })
    })
}

#[cfg(test)]
#[path = "challenges_tests.rs"]
mod tests;
