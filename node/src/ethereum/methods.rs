// SPDX-License-Identifier: Apache-2.0
//! Which method is answered where, and the port on which all are.

use super::{
    backend::{ask, Backend, MAX_MESSAGE_MIB},
    canon::Canon,
    errors::EthError,
    filters::{Filters, Kind, LogFilter},
    logs,
    submit::submit,
    subscriptions,
    waiting::{self, Node, Waiting},
};
use jsonrpsee::{
    core::{traits::IdProvider, RegisterMethodError},
    types::{ErrorObjectOwned, Params, SubscriptionId},
    RpcModule,
};
use sc_service::config::{
    RpcBatchRequestConfig, RpcConfiguration, RpcEndpoint, RpcMethods, RpcSubscriptionIdProvider,
};
use serde::de::DeserializeOwned;
use serde_json::{json, value::RawValue, Value};
use sp_core::{bytes::from_hex, H160, H256, U256};
use std::{net::SocketAddr, sync::Arc, time::Instant};

/// What the SDK's server answers and the front passes on.
pub const FORWARDED: [&str; 30] = [
    "debug_getAutomine",
    "debug_traceBlockByNumber",
    "debug_traceCall",
    "debug_traceTransaction",
    "eth_accounts",
    "eth_blockNumber",
    "eth_call",
    "eth_chainId",
    "eth_estimateGas",
    "eth_feeHistory",
    "eth_gasPrice",
    "eth_getBalance",
    "eth_getBlockByHash",
    "eth_getBlockByNumber",
    "eth_getBlockReceipts",
    "eth_getBlockTransactionCountByHash",
    "eth_getBlockTransactionCountByNumber",
    "eth_getCode",
    "eth_getStorageAt",
    "eth_getTransactionByBlockHashAndIndex",
    "eth_getTransactionByBlockNumberAndIndex",
    "eth_getTransactionReceipt",
    "eth_maxPriorityFeePerGas",
    "eth_sendTransaction",
    "eth_syncing",
    "net_listening",
    "net_peerCount",
    "net_version",
    "polkadot_postDispatchWeight",
    "system_health",
];

/// Connections at a time.
const MAX_CONNECTIONS: u32 = 256;
/// Subscriptions of one connection.
const MAX_SUBSCRIPTIONS: u32 = 64;
/// Calls in one batch.
const MAX_BATCH: u32 = 1_000;
/// Messages that wait for one connection to read them.
const BUFFERED_MESSAGES: u32 = 64;
/// Longest line of a request in the log.
const LOGGED_CHARACTERS: u32 = 1_024;

/// Everything that the methods work on.
pub struct Front {
    backend: Arc<dyn Backend>,
    node: Node,
    /// The chain as it is followed.
    pub canon: Canon,
    filters: Filters,
    max_log_blocks: u64,
}

type Answer<T> = Result<T, ErrorObjectOwned>;

/// Where and for whom to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The address.
    pub listen: SocketAddr,
    /// Origins that browsers may call from; none means all.
    pub cors: Option<Vec<String>>,
}

/// Subscription ids as Ethereum's clients know them.
#[derive(Clone, Copy, Debug)]
struct HexIds;

impl IdProvider for HexIds {
    fn next_id(&self) -> SubscriptionId<'static> {
        SubscriptionId::Str(format!("{:#034x}", rand::random::<u128>()).into())
    }
}
impl RpcSubscriptionIdProvider for HexIds {}

fn raw(params: &Params<'_>) -> Option<Box<RawValue>> {
    params
        .as_str()
        .and_then(|text| RawValue::from_string(text.to_owned()).ok())
}

/// The next parameter, which may be missing.
fn optional<T: DeserializeOwned>(params: &mut jsonrpsee::types::ParamsSequence<'_>) -> Answer<Option<T>> {
    params
        .optional_next()
        .map_err(|error| EthError::InvalidParams(why(&error)).into())
}

/// The next parameter.
fn required<T: DeserializeOwned>(params: &mut jsonrpsee::types::ParamsSequence<'_>) -> Answer<T> {
    params
        .next()
        .map_err(|error| EthError::InvalidParams(why(&error)).into())
}

/// The library's own words, which it puts into the error's data.
fn why(error: &ErrorObjectOwned) -> String {
    error
        .data()
        .map_or_else(|| error.message().to_owned(), |data| data.get().to_owned())
}

fn bytes(text: &str) -> Answer<Vec<u8>> {
    from_hex(text).map_err(|error| EthError::InvalidParams(error.to_string()).into())
}

impl Front {
    /// In front of `backend`, on this node.
    pub fn new(backend: Arc<dyn Backend>, node: Node, max_log_blocks: u64) -> Self {
        Self {
            canon: Canon::new(backend.clone()),
            backend,
            node,
            filters: Filters::default(),
            max_log_blocks,
        }
    }

    /// Listens until what is returned is dropped. Call it on a thread of a runtime of several threads.
    pub fn listen(
        self: &Arc<Self>,
        endpoint: &Endpoint,
    ) -> Result<impl Send + Sync + 'static, sc_service::Error> {
        let module = module(self.clone())
            .map_err(|error| sc_service::Error::Application(error.into()))?
            .remove_context();
        let handle = tokio::runtime::Handle::current();
        let runtime = sc_service::create_rpc_runtime(MAX_CONNECTIONS)?;
        let ids = Some(Box::new(HexIds) as Box<dyn RpcSubscriptionIdProvider>);
        sc_service::start_rpc_servers(&configuration(endpoint), None, &handle, module, runtime, ids)
    }

    async fn waiting(&self) -> Answer<(Vec<Waiting>, Vec<Waiting>)> {
        let node = self.node.clone();
        tokio::task::spawn_blocking(move || node.waiting())
            .await
            .map_err(|error| EthError::Internal(error.to_string()).into())
    }

    async fn new_filter(&self, kind: Kind) -> Answer<String> {
        let place = if kind == Kind::Transactions {
            self.node.entered.end()
        } else {
            self.canon.advance().await?;
            self.canon.journal.end()
        };
        Ok(self.filters.create(kind, place, Instant::now())?)
    }

    async fn filter_changes(&self, id: &str) -> Answer<Vec<Value>> {
        if self.filters.kind(id, Instant::now())? != Kind::Transactions {
            // A client that has seen a receipt finds its logs here.
            self.canon.advance().await?;
        }
        Ok(self.filters.poll(id, &self.canon.journal, &self.node.entered)?)
    }

    async fn filter_logs(&self, id: &str) -> Answer<Vec<Value>> {
        match self.filters.kind(id, Instant::now())? {
            Kind::Logs(filter) => self.logs(&filter.given).await,
            _ => Err(EthError::FilterNotFound.into()),
        }
    }

    async fn logs(&self, filter: &logs::Given) -> Answer<Vec<Value>> {
        logs::query(&*self.backend, &self.canon, filter, self.max_log_blocks).await
    }

    async fn transaction(&self, params: Option<Box<RawValue>>, hash: H256) -> Answer<Box<RawValue>> {
        let mined = self.backend.call("eth_getTransactionByHash", params).await?;
        if mined.get() != "null" {
            return Ok(mined);
        }
        let (ready, queued) = self.waiting().await?;
        let Some(waiting) = ready.iter().chain(&queued).find(|tx| tx.hash == hash) else {
            return Ok(mined);
        };
        serde_json::value::to_raw_value(&waiting.json())
            .map_err(|error| EthError::Internal(error.to_string()).into())
    }

    /// The node itself says what is pending: the server learns of a block a moment later than the pool does, and a
    /// transaction that just left the pool would be counted nowhere.
    async fn transaction_count(&self, address: H160, at: Value) -> Answer<U256> {
        if at != "pending" {
            return ask(&*self.backend, "eth_getTransactionCount", json!([address, at])).await;
        }
        let node = self.node.clone();
        let counted = tokio::task::spawn_blocking(move || {
            // The pool first: what leaves it meanwhile is in the state then.
            let (ready, _) = node.waiting();
            let state = node.account(address)?.nonce;
            Ok::<_, EthError>(waiting::next_nonce(&ready, address, state.into()))
        });
        Ok(counted
            .await
            .map_err(|error| EthError::Internal(error.to_string()))??)
    }

    /// Zero for a block that exists: this chain has no uncles.
    async fn uncle_count(&self, method: &str, block: Value) -> Answer<Option<U256>> {
        let block: Option<Value> = ask(&*self.backend, method, json!([block, false])).await?;
        Ok(block.map(|_| U256::zero()))
    }

    async fn trace_block_by_hash(&self, hash: H256, config: Option<Value>) -> Answer<Value> {
        let block: Option<Value> = ask(&*self.backend, "eth_getBlockByHash", json!([hash, false])).await?;
        let number = block.ok_or(EthError::UnknownBlock)?["number"].clone();
        let there: Option<Value> =
            ask(&*self.backend, "eth_getBlockByNumber", json!([number, false])).await?;
        if there.is_none_or(|there| there["hash"] != json!(hash)) {
            return Err(EthError::UnknownBlock.into());
        }
        ask(
            &*self.backend,
            "debug_traceBlockByNumber",
            json!([number, config]),
        )
        .await
    }
}

fn configuration(endpoint: &Endpoint) -> RpcConfiguration {
    let Endpoint { listen, cors } = endpoint.clone();
    let batch_config = RpcBatchRequestConfig::Limit(MAX_BATCH);
    RpcConfiguration {
        addr: Some(vec![RpcEndpoint {
            listen_addr: listen,
            batch_config,
            max_connections: MAX_CONNECTIONS,
            max_payload_in_mb: MAX_MESSAGE_MIB,
            max_payload_out_mb: MAX_MESSAGE_MIB,
            max_subscriptions_per_connection: MAX_SUBSCRIPTIONS,
            max_buffer_capacity_per_connection: BUFFERED_MESSAGES,
            rate_limit: None,
            rate_limit_trust_proxy_headers: false,
            rate_limit_whitelisted_ips: Vec::new(),
            cors: cors.clone(),
            rpc_methods: RpcMethods::Auto,
            is_optional: false,
            // An occupied port is an error: nobody would find the server on another one.
            retry_random_port: false,
        }]),
        max_connections: MAX_CONNECTIONS,
        cors,
        methods: sc_service::RpcMethods::Auto,
        max_request_size: MAX_MESSAGE_MIB,
        max_response_size: MAX_MESSAGE_MIB,
        id_provider: None,
        max_subs_per_conn: MAX_SUBSCRIPTIONS,
        port: listen.port(),
        message_buffer_capacity: BUFFERED_MESSAGES,
        batch_config,
        rate_limit: None,
        rate_limit_whitelisted_ips: Vec::new(),
        rate_limit_trust_proxy_headers: false,
        request_logger_limit: LOGGED_CHARACTERS,
    }
}

/// Who answers.
fn client_version() -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("openledger-node/v{}/{os}-{arch}", env!("CARGO_PKG_VERSION"))
}

/// All methods.
fn module(front: Arc<Front>) -> Result<RpcModule<Arc<Front>>, RegisterMethodError> {
    let mut module = RpcModule::new(front);
    for method in FORWARDED {
        module.register_async_method(method, move |params, front, _| async move {
            front.backend.call(method, raw(&params)).await
        })?;
    }
    register_chain(&mut module)?;
    register_filters(&mut module)?;
    register_pool(&mut module)?;
    register_subscriptions(&mut module)?;
    Ok(module)
}

fn register_chain(module: &mut RpcModule<Arc<Front>>) -> Result<(), RegisterMethodError> {
    module.register_method("web3_clientVersion", |_, _, _| client_version())?;
    module.register_method("web3_sha3", |params, _, _| {
        let text: String = required(&mut params.sequence())?;
        Answer::Ok(waiting::hash_of(&bytes(&text)?))
    })?;
    module.register_async_method("eth_getLogs", |params, front, _| async move {
        let filter = logs::filter_of(optional(&mut params.sequence())?)?;
        front.logs(&filter).await
    })?;
    for (method, block) in [
        ("eth_getUncleCountByBlockHash", "eth_getBlockByHash"),
        ("eth_getUncleCountByBlockNumber", "eth_getBlockByNumber"),
    ] {
        module.register_async_method(method, move |params, front, _| async move {
            front.uncle_count(block, required(&mut params.sequence())?).await
        })?;
    }
    for method in [
        "eth_getUncleByBlockHashAndIndex",
        "eth_getUncleByBlockNumberAndIndex",
    ] {
        module.register_method(method, |_, _, _| Answer::Ok(Value::Null))?;
    }
    module.register_async_method("debug_traceBlockByHash", |params, front, _| async move {
        let mut params = params.sequence();
        let hash = required(&mut params)?;
        front.trace_block_by_hash(hash, optional(&mut params)?).await
    })?;
    Ok(())
}

fn register_filters(module: &mut RpcModule<Arc<Front>>) -> Result<(), RegisterMethodError> {
    module.register_async_method("eth_newFilter", |params, front, _| async move {
        let filter = logs::filter_of(optional(&mut params.sequence())?)?;
        front
            .new_filter(Kind::Logs(Box::new(LogFilter::new(filter)?)))
            .await
    })?;
    module.register_async_method("eth_newBlockFilter", |_, front, _| async move {
        front.new_filter(Kind::Blocks).await
    })?;
    module.register_async_method("eth_newPendingTransactionFilter", |_, front, _| async move {
        front.new_filter(Kind::Transactions).await
    })?;
    module.register_async_method("eth_getFilterChanges", |params, front, _| async move {
        let id: String = required(&mut params.sequence())?;
        front.filter_changes(&id).await
    })?;
    module.register_async_method("eth_getFilterLogs", |params, front, _| async move {
        let id: String = required(&mut params.sequence())?;
        front.filter_logs(&id).await
    })?;
    module.register_method("eth_uninstallFilter", |params, front, _| {
        let id: String = required(&mut params.sequence())?;
        Answer::Ok(front.filters.remove(&id))
    })?;
    Ok(())
}

fn register_pool(module: &mut RpcModule<Arc<Front>>) -> Result<(), RegisterMethodError> {
    module.register_async_method("eth_sendRawTransaction", |params, front, _| async move {
        let text: String = required(&mut params.sequence())?;
        Answer::Ok(submit(&front.node, bytes(&text)?).await?)
    })?;
    module.register_async_method("eth_getTransactionByHash", |params, front, _| async move {
        let hash: H256 = required(&mut params.sequence())?;
        front.transaction(raw(&params), hash).await
    })?;
    module.register_async_method("eth_getTransactionCount", |params, front, _| async move {
        let mut params = params.sequence();
        let address = required(&mut params)?;
        let at: Option<Value> = optional(&mut params)?;
        front
            .transaction_count(address, at.unwrap_or_else(|| json!("latest")))
            .await
    })?;
    type View = fn(&[Waiting], &[Waiting]) -> Value;
    let views: [(&'static str, View); 3] = [
        ("txpool_status", waiting::status),
        ("txpool_content", waiting::content),
        ("txpool_inspect", waiting::inspect),
    ];
    for (method, view) in views {
        module.register_async_method(method, move |_, front, _| async move {
            let (ready, queued) = front.waiting().await?;
            Answer::Ok(view(&ready, &queued))
        })?;
    }
    module.register_async_method("txpool_contentFrom", |params, front, _| async move {
        let from = required(&mut params.sequence())?;
        let (ready, queued) = front.waiting().await?;
        Answer::Ok(waiting::content_from(&ready, &queued, from))
    })?;
    Ok(())
}

fn register_subscriptions(module: &mut RpcModule<Arc<Front>>) -> Result<(), RegisterMethodError> {
    module.register_subscription(
        "eth_subscribe",
        "eth_subscription",
        "eth_unsubscribe",
        |params, pending, front, _| async move {
            let started = async {
                let mut params = params.sequence();
                let name: String = required(&mut params)?;
                let kind = subscriptions::Kind::new(&name, optional(&mut params)?)?;
                if kind == subscriptions::Kind::NewPendingTransactions {
                    return Ok((kind, front.node.entered.end()));
                }
                front.canon.advance().await?;
                Answer::Ok((kind, front.canon.journal.end()))
            };
            match started.await {
                Err(error) => {
                    pending.reject(error).await;
                    jsonrpsee::SubscriptionCloseResponse::None
                }
                Ok((kind, place)) => match pending.accept().await {
                    Err(_) => jsonrpsee::SubscriptionCloseResponse::None,
                    Ok(sink) => {
                        let (chain, entered) = (&front.canon.journal, &front.node.entered);
                        subscriptions::serve(sink, kind, chain, entered, place).await
                    }
                },
            }
        },
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscription_and_filter_ids_are_unguessable_quantities() {
        let id = HexIds.next_id();
        assert_ne!(HexIds.next_id(), id);
        let SubscriptionId::Str(id) = id else {
            panic!("{id:?}")
        };
        assert_eq!(id.len(), 34);
        assert!(id.starts_with("0x"));
    }

    #[test]
    fn an_occupied_port_is_an_error() {
        let endpoint = Endpoint {
            listen: "127.0.0.1:8545".parse().unwrap(),
            cors: Some(vec!["https://example.org".into()]),
        };
        let addresses = configuration(&endpoint).addr.unwrap();
        let [address] = &addresses[..] else {
            panic!("{addresses:?}")
        };
        assert_eq!(address.listen_addr, endpoint.listen);
        assert_eq!(address.cors, endpoint.cors);
        assert!(!address.retry_random_port && !address.is_optional);
    }

    #[test]
    fn parameters_that_are_missing_or_wrong_are_named() {
        let error = required::<H256>(&mut Params::new(Some("[]")).sequence()).unwrap_err();
        assert_eq!(error.code(), -32602);
        let error = required::<H256>(&mut Params::new(Some("[\"0x12\"]")).sequence()).unwrap_err();
        assert_eq!(error.data().unwrap().get(), "\"InvalidParams\"");
        assert!(bytes("0xzz").is_err());
        assert_eq!(bytes("0x00ff").unwrap(), [0, 255]);
    }

    #[test]
    fn the_forwarded_methods_are_sorted_and_named_once() {
        assert!(FORWARDED.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
