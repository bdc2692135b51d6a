// SPDX-License-Identifier: Apache-2.0
//! One call at a time, for commands: sent, and waited for until it is in a block.

use crate::{
    chain::Call,
    transactions::{Ledger, Status, SubmitError},
};
use futures::StreamExt;
use std::time::Duration;

/// The longest wait for a transaction to be in a block.
pub const INCLUSION_TIMEOUT: Duration = Duration::from_secs(300);

/// Why a call is in no block, or failed there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InclusionError {
    /// The transaction was not taken.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The call failed, or the node gave it up.
    #[error("the chain refused {call}: {why}")]
    Refused {
        /// Which call.
        call: &'static str,
        /// The chain's error.
        why: String,
    },
}

/// Sends a call and waits until it is in a block.
///
/// # Errors
/// [`InclusionError`].
pub async fn include<L: Ledger>(ledger: &L, call: &Call) -> Result<(), InclusionError> {
    let refused = |why: String| InclusionError::Refused {
        call: call.name(),
        why,
    };
    let nonce = ledger.nonces().await?.pool;
    let mut statuses = ledger.submit(call, nonce, 0).await?;
    let included = async {
        while let Some(status) = statuses.next().await {
            match status {
                Status::InBlock(Ok(())) => return Ok(()),
                Status::InBlock(Err(why)) | Status::Dropped(why) => return Err(refused(why)),
                Status::Retracted => {}
            }
        }
        Err(refused("the node says nothing more of it".into()))
    };
    tokio::time::timeout(INCLUSION_TIMEOUT, included)
        .await
        .unwrap_or_else(|_| Err(refused(format!("it is in no block after {INCLUSION_TIMEOUT:?}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactions::Nonces;
    use futures::stream::{self, BoxStream};
    use std::sync::Mutex;

    /// A node that says this of every transaction.
    struct Says(Vec<Status>, Mutex<Vec<u64>>);

    #[async_trait::async_trait]
    impl Ledger for Says {
        async fn nonces(&self) -> Result<Nonces, SubmitError> {
            Ok(Nonces {
                finalized: 1,
                best: 2,
                pool: 3,
            })
        }

        async fn submit(
            &self,
            _: &Call,
            nonce: u64,
            _: u128,
        ) -> Result<BoxStream<'static, Status>, SubmitError> {
            self.1.lock().unwrap().push(nonce);
            match self.0.is_empty() {
                true => Err(SubmitError::Stale),
                false => Ok(stream::iter(self.0.clone()).boxed()),
            }
        }
    }

    async fn included(statuses: Vec<Status>) -> Result<(), InclusionError> {
        let node = Says(statuses, Mutex::default());
        let ended = include(&node, &Call::Heartbeat).await;
        assert_eq!(*node.1.lock().unwrap(), [3], "after everything in the pool");
        ended
    }

    #[tokio::test]
    async fn a_call_is_included_once_a_block_has_it() {
        let statuses = vec![Status::Retracted, Status::InBlock(Ok(()))];
        included(statuses).await.unwrap();
    }

    #[tokio::test]
    async fn what_fails_or_is_given_up_or_not_taken_says_so() {
        for (statuses, expected) in [
            (vec![Status::InBlock(Err("NotFound".into()))], "NotFound"),
            (vec![Status::Dropped("usurped".into())], "usurped"),
            (vec![Status::Retracted], "the node says nothing more of it"),
        ] {
            let error = included(statuses).await.unwrap_err();
            let why = expected.to_owned();
            let call = "heartbeat";
            assert_eq!(error, InclusionError::Refused { call, why });
        }
        let error = included(vec![]).await.unwrap_err();
        assert_eq!(error, InclusionError::Submit(SubmitError::Stale));
    }
}
