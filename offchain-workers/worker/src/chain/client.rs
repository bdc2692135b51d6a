// SPDX-License-Identifier: Apache-2.0
//! The connection to a node: reads by run-time metadata, and the account that signs.

use super::{
    config::{parameters, signed},
    models, quotes, At, Call, Chain, ChainError, Docket, Finalized, Model, Models, OpenLedgerConfig,
    QuoteDocket, Quoted, Registration, RowDocket, Signer, WorkerRules,
};
use crate::transactions::{Ledger, Nonces, Status, SubmitError};
use codec::{Decode, Encode};
use futures::{stream::BoxStream, Stream, StreamExt};
use openledger_primitives::{
    apis::{OpenChallenge, OpenRequest, OpenRowDispute},
    ModelId, RequestId, Tick,
};
use sp_core::{crypto::AccountId32, H256};
use std::{future::Future, sync::Arc, time::Duration};
use subxt::{
    backend::LegacyBackend,
    client::OnlineClientAtBlock,
    config::RpcConfigFor,
    error::{BackendError, ExtrinsicError, RpcError, TransactionEventsError},
    rpcs::{
        client::reconnecting_rpc_client::{ExponentialBackoff, RpcClient as ReconnectingClient},
        methods::legacy::LegacyRpcMethods,
        RpcClient,
    },
    tx::TransactionStatus,
    utils, OnlineClient,
};

/// The longest wait for one answer of the node.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// First and longest pause between two attempts to connect.
const RECONNECT_FIRST: u64 = 100;
const RECONNECT_LONGEST: Duration = Duration::from_secs(10);
/// Blocks during which a transaction can be included.
const TRANSACTION_LIFE_BLOCKS: u64 = 64;

pub(super) type Block = OnlineClientAtBlock<OpenLedgerConfig>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The node cannot be reached.
    #[error("cannot connect to {url}: {why}; is the node running, and is this its WebSocket RPC?")]
    Connect {
        /// Where.
        url: String,
        /// Why not.
        why: String,
    },
}

/// A connection that comes back by itself. Cheap to clone.
#[derive(Clone)]
pub struct Connection {
    online: OnlineClient<OpenLedgerConfig>,
    methods: LegacyRpcMethods<RpcConfigFor<OpenLedgerConfig>>,
    rpc: RpcClient,
}

impl Connection {
    /// Connects to the WebSocket RPC of a node; keeps trying until it is there.
    pub async fn open(url: &str) -> Result<Self, ConnectError> {
        let failed = |why: String| ConnectError::Connect {
            url: url.to_owned(),
            why,
        };
        let backoff = ExponentialBackoff::from_millis(RECONNECT_FIRST).max_delay(RECONNECT_LONGEST);
        let client = ReconnectingClient::builder()
            .retry_policy(backoff)
            .request_timeout(ANSWER_TIMEOUT)
            .build(url)
            .await
            .map_err(|error| failed(error.to_string()))?;
        let rpc = RpcClient::new(client);
        let backend: LegacyBackend<OpenLedgerConfig> = LegacyBackend::builder().build(rpc.clone());
        let online = OnlineClient::from_backend_with_config(OpenLedgerConfig::default(), Arc::new(backend))
            .await
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            online,
            methods: LegacyRpcMethods::new(rpc.clone()),
            rpc,
        })
    }

    /// The connection for calls of other kinds.
    pub fn rpc(&self) -> &RpcClient {
        &self.rpc
    }

    async fn at_finalized(&self) -> Result<Block, ChainError> {
        within(self.online.at_current_block()).await
    }

    async fn at_best(&self) -> Result<Block, ChainError> {
        let best = within(self.methods.chain_get_block_hash(None)).await?;
        let best = best.ok_or_else(|| ChainError::NotFound("best block".into()))?;
        within(self.online.at_block(best)).await
    }

    async fn call_api<T: Decode>(
        &self,
        what: &'static str,
        api: &str,
        arguments: &[u8],
    ) -> Result<T, ChainError> {
        let block = self.at_finalized().await?;
        let bytes = within(block.runtime_apis().call_raw(api, Some(arguments))).await?;
        decode(what, &bytes)
    }

    /// Numbers of the best blocks as they come.
    pub async fn best_blocks(&self) -> Result<BoxStream<'static, u64>, ChainError> {
        let blocks = within(self.online.stream_best_blocks()).await?;
        Ok(blocks
            .filter_map(|block| async { block.ok().map(|block| block.number()) })
            .boxed())
    }
}

/// The chain and the account that signs.
#[derive(Clone)]
pub struct Client {
    connection: Connection,
    signer: Signer,
}

impl Client {
    /// Signs by `signer` over `connection`.
    pub fn new(connection: Connection, signer: Signer) -> Self {
        Self { connection, signer }
    }

    async fn nonce_at(&self, block: Option<utils::H256>) -> Result<u64, SubmitError> {
        let account = self.signer.account().encode();
        let bytes = self
            .connection
            .methods
            .state_call("AccountNonceApi_account_nonce", Some(&account), block)
            .await
            .map_err(unreachable)?;
        u32::decode(&mut &bytes[..]).map(u64::from).map_err(unreachable)
    }
}

#[async_trait::async_trait]
impl Models for Client {
    async fn models(&self) -> Result<Vec<ModelId>, ChainError> {
        models::models(&self.connection.at_finalized().await?).await
    }

    async fn model(&self, model: ModelId) -> Result<Model, ChainError> {
        models::model(&self.connection.at_finalized().await?, model).await
    }
}

#[async_trait::async_trait]
impl Chain for Client {
    fn genesis(&self) -> H256 {
        H256(self.connection.online.genesis_hash().0)
    }

    async fn finalized(&self) -> Result<BoxStream<'static, Result<Finalized, ChainError>>, ChainError> {
        let blocks = within(self.connection.online.stream_blocks()).await?;
        Ok(blocks
            .map(|block| match block {
                Ok(block) => Ok(Finalized {
                    number: block.number(),
                    hash: H256(block.hash().0),
                }),
                Err(error) => Err(ChainError::Unreachable(error.to_string())),
            })
            .boxed())
    }

    async fn open_requests(&self, worker: &AccountId32) -> Result<Vec<OpenRequest<AccountId32>>, ChainError> {
        self.connection
            .call_api("open requests", "InferenceApi_open_requests", &worker.encode())
            .await
    }

    async fn tick(&self) -> Result<Tick, ChainError> {
        self.connection.call_api("tick", "InferenceApi_tick", &[]).await
    }

    async fn registration(&self, worker: &AccountId32) -> Result<Option<Registration>, ChainError> {
        models::registration(&self.connection.at_finalized().await?, worker).await
    }

    async fn worker_rules(&self) -> Result<WorkerRules, ChainError> {
        models::worker_rules(&self.connection.at_finalized().await?).await
    }
}

#[async_trait::async_trait]
impl Docket for Client {
    async fn open_challenges(&self, worker: &AccountId32) -> Result<Vec<OpenChallenge>, ChainError> {
        self.connection
            .call_api("challenges", "AttributionApi_open_challenges", &worker.encode())
            .await
    }
}

#[async_trait::async_trait]
impl RowDocket for Client {
    async fn row_disputes(
        &self,
        author: &AccountId32,
    ) -> Result<Vec<OpenRowDispute<AccountId32>>, ChainError> {
        self.connection
            .call_api("row disputes", "ReleasesApi_row_disputes", &author.encode())
            .await
    }

    async fn row_dispute(
        &self,
        model: ModelId,
        row: u32,
        challenger: &AccountId32,
    ) -> Result<Option<OpenRowDispute<AccountId32>>, ChainError> {
        let arguments = (model, row, challenger).encode();
        self.connection
            .call_api("row dispute", "ReleasesApi_row_dispute", &arguments)
            .await
    }

    async fn is_refuted(&self, model: ModelId) -> Result<bool, ChainError> {
        models::is_refuted(&self.connection.at_finalized().await?, model).await
    }
}

#[async_trait::async_trait]
impl QuoteDocket for Client {
    async fn quoted(&self, request: RequestId, at: At) -> Result<Option<Quoted>, ChainError> {
        let block = match at {
            At::Best => self.connection.at_best().await?,
            At::Finalized => self.connection.at_finalized().await?,
        };
        quotes::quoted(&block, request).await
    }
}

#[async_trait::async_trait]
impl Ledger for Client {
    async fn nonces(&self) -> Result<Nonces, SubmitError> {
        let account = utils::AccountId32(*AsRef::<[u8; 32]>::as_ref(&self.signer.account()));
        let methods = &self.connection.methods;
        let read = async {
            let head = methods.chain_get_finalized_head().await.map_err(unreachable)?;
            let finalized = self.nonce_at(Some(head)).await?;
            let best = self.nonce_at(None).await?;
            let pool = methods
                .system_account_next_index(&account)
                .await
                .map_err(unreachable)?;
            Ok(Nonces {
                finalized,
                best,
                pool,
            })
        };
        tokio::time::timeout(ANSWER_TIMEOUT, read)
            .await
            .unwrap_or_else(|_| Err(too_late()))
    }

    async fn submit(
        &self,
        call: &Call,
        nonce: u64,
        tip: u128,
    ) -> Result<BoxStream<'static, Status>, SubmitError> {
        let block = self.connection.at_finalized().await.map_err(unreachable)?;
        let life = TRANSACTION_LIFE_BLOCKS;
        let parameters = parameters(nonce, tip, life, (block.block_number(), block.block_hash()));
        let payload = call.payload();
        let unsigned = block.tx().create_signable_offline(&payload, parameters);
        let unsigned = unsigned.map_err(|error| SubmitError::Refused(error.to_string()))?;
        let transaction = signed(&self.signer, unsigned)?;
        let progress = tokio::time::timeout(ANSWER_TIMEOUT, transaction.submit_and_watch())
            .await
            .map_err(|_| too_late())?
            .map_err(submit_error)?;
        Ok(statuses(progress).boxed())
    }
}

fn statuses<C>(
    progress: subxt::tx::TransactionProgress<OpenLedgerConfig, C>,
) -> impl Stream<Item = Status> + Send
where
    C: subxt::client::OnlineClientAtBlockT<OpenLedgerConfig> + Send + Sync,
{
    progress.filter_map(|status| async {
        match status {
            Ok(TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block)) => {
                match block.wait_for_success().await {
                    Ok(_) => Some(Status::InBlock(Ok(()))),
                    Err(TransactionEventsError::ExtrinsicFailed(error)) => {
                        Some(Status::InBlock(Err(error.to_string())))
                    }
                    Err(error) => {
                        tracing::debug!(target: "chain", %error, "cannot read a transaction's events");
                        None
                    }
                }
            }
            Ok(TransactionStatus::NoLongerInBestBlock) => Some(Status::Retracted),
            Ok(
                TransactionStatus::Error { message }
                | TransactionStatus::Invalid { message }
                | TransactionStatus::Dropped { message },
            ) => Some(Status::Dropped(message)),
            // in the pool; or the connection is lost, then the nonce says how it ended
            Ok(TransactionStatus::Validated | TransactionStatus::Broadcasted) | Err(_) => None,
        }
    })
}

/// Reads the node's refusal: codes of `author_submitExtrinsic`.
fn submit_error(error: ExtrinsicError) -> SubmitError {
    let ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
        subxt::rpcs::Error::User(refusal),
    ))) = &error
    else {
        return SubmitError::Unreachable(error.to_string());
    };
    let detail = refusal.data.as_ref().map_or("", |data| data.get());
    classify(refusal.code, &refusal.message, detail)
}

fn classify(code: i32, message: &str, detail: &str) -> SubmitError {
    match code {
        1010 if detail.contains("outdated") => SubmitError::Stale,
        1010 | 1011 => SubmitError::Refused(format!("{message}: {detail}")),
        1013 => SubmitError::Known,
        1014 => SubmitError::Occupied,
        // banned for a while, pool full, and whatever a later node says
        _ => SubmitError::Unreachable(format!("{code} {message}: {detail}")),
    }
}

fn unreachable(error: impl std::fmt::Display) -> SubmitError {
    SubmitError::Unreachable(error.to_string())
}

fn too_late() -> SubmitError {
    SubmitError::Unreachable(format!("no answer within {ANSWER_TIMEOUT:?}"))
}

/// Waits for an answer, but not for ever.
pub(super) async fn within<T, E: std::fmt::Display>(
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, ChainError> {
    before(ANSWER_TIMEOUT, answer).await
}

async fn before<T, E: std::fmt::Display>(
    limit: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, ChainError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(ChainError::Unreachable(error.to_string())),
        Err(_) => Err(ChainError::Unreachable(format!("no answer within {limit:?}"))),
    }
}

fn decode<T: Decode>(what: &'static str, bytes: &[u8]) -> Result<T, ChainError> {
    let unreadable = |why: String| ChainError::Unreadable { what, why };
    let mut rest = bytes;
    let value = T::decode(&mut rest).map_err(|error| unreadable(error.to_string()))?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(unreadable(format!("{} bytes too many", rest.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_of_the_pool_has_its_own_reading() {
        let invalid = "Invalid Transaction";
        assert_eq!(
            classify(1010, invalid, "\"Transaction is outdated\""),
            SubmitError::Stale
        );
        assert!(matches!(
            classify(1010, invalid, "\"Inability to pay some fees\""),
            SubmitError::Refused(_)
        ));
        assert_eq!(classify(1013, "Already imported", ""), SubmitError::Known);
        assert_eq!(classify(1014, "Priority is too low", ""), SubmitError::Occupied);
        assert!(matches!(
            classify(1012, "Transaction is temporarily banned", ""),
            SubmitError::Unreachable(_)
        ));
        assert!(matches!(
            classify(1016, "Immediately Dropped", ""),
            SubmitError::Unreachable(_)
        ));
    }

    #[test]
    fn an_answer_with_bytes_too_many_is_not_read() {
        assert!(matches!(
            decode::<u8>("tick", &[1, 2]),
            Err(ChainError::Unreadable { what: "tick", .. })
        ));
        assert_eq!(decode::<u8>("tick", &[1]).unwrap(), 1);
    }

    #[tokio::test]
    async fn a_node_that_never_answers_is_given_up() {
        let answer = std::future::pending::<Result<(), String>>();
        assert!(matches!(
            before(Duration::from_millis(1), answer).await,
            Err(ChainError::Unreachable(_))
        ));
    }
}
