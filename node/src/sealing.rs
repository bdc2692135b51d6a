// SPDX-License-Identifier: Apache-2.0
//! When the development chain makes a block.
//!
//! Every mode is a stream of commands for the SDK's manual-seal engine, which works one command off before it asks
//! for the next.

use futures::{channel::oneshot, stream, FutureExt, Stream, StreamExt};
use sc_consensus_manual_seal::{CreatedBlock, EngineCommand, Error};
use sc_transaction_pool_api::{ImportNotificationStream, TransactionPool, TxHash};
use sp_runtime::traits::Block as BlockT;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use tracing::{debug, error};

const LOG_TARGET: &str = "sealing";

/// How long the pool may take to learn of a new block before we go on without looking at what it left.
const POOL_TIMEOUT: Duration = Duration::from_secs(2);
/// Without idle blocks the timer sleeps this long before it is set again.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// What a seal came to.
type Outcome<Hash> = oneshot::Receiver<Result<CreatedBlock<Hash>, Error>>;

/// A command to make one block, finalised at once, and where its outcome will come.
fn seal<Hash>(create_empty: bool) -> (EngineCommand<Hash>, Outcome<Hash>) {
    let (sender, outcome) = oneshot::channel();
    let command = EngineCommand::SealNewBlock {
        create_empty,
        finalize: true,
        parent_hash: None,
        sender: Some(sender),
    };
    (command, outcome)
}

/// What to do about an outcome: the new block's hash, or nothing new.
fn settle<Hash: std::fmt::Debug>(
    outcome: Result<Result<CreatedBlock<Hash>, Error>, oneshot::Canceled>,
) -> Option<Hash> {
    match outcome {
        Ok(Ok(block)) => {
            debug!(target: LOG_TARGET, hash = ?block.hash, "sealed");
            Some(block.hash)
        }
        // The transactions we were told of went into the block before, or turned out invalid.
        Ok(Err(Error::EmptyTransactionPool)) => None,
        Ok(Err(error)) => {
            error!(target: LOG_TARGET, %error, "no block: the next one is tried with the next transaction or idle block");
            None
        }
        Err(oneshot::Canceled) => None,
    }
}

/// A block whenever a transaction becomes ready, and an empty one after `idle` without a block.
pub fn instantly<Pool>(
    pool: Arc<Pool>,
    idle: Option<Duration>,
) -> impl Stream<Item = EngineCommand<<Pool::Block as BlockT>::Hash>> + Send + Unpin
where
    Pool: TransactionPool + 'static,
{
    let state = Instantly {
        imported: pool.import_notification_stream(),
        pool,
        idle,
        outcome: None,
    };
    Box::pin(stream::unfold(state, |mut state| async move {
        Some((state.next().await?, state))
    }))
}

struct Instantly<Pool: TransactionPool> {
    pool: Arc<Pool>,
    imported: ImportNotificationStream<TxHash<Pool>>,
    idle: Option<Duration>,
    outcome: Option<Outcome<<Pool::Block as BlockT>::Hash>>,
}

impl<Pool: TransactionPool> Instantly<Pool> {
    async fn next(&mut self) -> Option<EngineCommand<<Pool::Block as BlockT>::Hash>> {
        let mut create_empty = false;
        if !self.left_over().await {
            create_empty = tokio::select! {
                imported = self.imported.next() => { imported?; false }
                () = sleep(self.idle.unwrap_or(NEVER)) => self.idle.is_some(),
            };
        }
        // One block takes every transaction that is ready: later notifications of the same burst say nothing new.
        while let Some(Some(_)) = self.imported.next().now_or_never() {}
        let (command, outcome) = seal(create_empty);
        self.outcome = Some(outcome);
        Some(command)
    }

    /// Whether the last block left transactions that are ready now: it was full, or they came while it was made.
    async fn left_over(&mut self) -> bool {
        let Some(outcome) = self.outcome.take() else {
            return false;
        };
        let Some(block) = settle(outcome.await) else {
            return false;
        };
        self.pool
            .ready_at_with_timeout(block, POOL_TIMEOUT)
            .await
            .next()
            .is_some()
    }
}

/// A block at a fixed interval, empty or not.
pub fn every<Hash: Send + std::fmt::Debug + 'static>(
    interval: Duration,
) -> impl Stream<Item = EngineCommand<Hash>> + Send + Unpin {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let state: (_, Option<Outcome<Hash>>) = (ticks, None);
    Box::pin(stream::unfold(state, |(mut ticks, last)| async move {
        if let Some(outcome) = last {
            settle(outcome.await);
        }
        ticks.tick().await;
        let (command, outcome) = seal(true);
        Some((command, (ticks, Some(outcome))))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_interval_makes_empty_blocks_and_survives_a_failed_one() {
        let mut commands = every::<u64>(Duration::from_millis(1));
        for failure in [Error::StringError("no".into()), Error::EmptyTransactionPool] {
            let Some(EngineCommand::SealNewBlock {
                create_empty,
                finalize,
                parent_hash,
                sender,
            }) = commands.next().await
            else {
                panic!("another command")
            };
            assert!(create_empty && finalize && parent_hash.is_none());
            sender.unwrap().send(Err(failure)).unwrap();
        }
        assert!(commands.next().await.is_some());
    }

    #[test]
    fn an_empty_pool_is_not_an_error() {
        assert_eq!(settle::<u64>(Ok(Err(Error::EmptyTransactionPool))), None);
        assert_eq!(settle::<u64>(Err(oneshot::Canceled)), None);
        let block = CreatedBlock {
            hash: 7u64,
            aux: Default::default(),
            proof_size: 0,
        };
        assert_eq!(settle(Ok(Ok(block))), Some(7));
    }
}
