// SPDX-License-Identifier: Apache-2.0
//! Talking to the SDK's server.

use super::{errors::EthError, refusals::named};
use futures::{stream::BoxStream, StreamExt};
use jsonrpsee::{
    core::{
        client::{ClientT, Error, SubscriptionClientT},
        traits::ToRpcParams,
    },
    http_client::{HttpClient, HttpClientBuilder},
    rpc_params,
    types::ErrorObjectOwned,
    ws_client::WsClientBuilder,
};
use serde::de::DeserializeOwned;
use serde_json::{value::RawValue, Value};
use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::sync::Semaphore;

/// How long one call may take; traces of whole blocks are slow.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest request and answer.
pub const MAX_MESSAGE_MIB: u32 = 15;

/// Someone who answers Ethereum's methods.
#[async_trait::async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Calls a method with parameters as they came.
    async fn call(
        &self,
        method: &str,
        params: Option<Box<RawValue>>,
    ) -> Result<Box<RawValue>, ErrorObjectOwned>;

    /// Something to wait for, each time the chain may have moved. Ends when the connection does.
    async fn moves(&self) -> Option<BoxStream<'static, ()>>;
}

/// Calls `method` and reads its answer.
pub async fn ask<T: DeserializeOwned>(
    backend: &dyn Backend,
    method: &str,
    params: Value,
) -> Result<T, ErrorObjectOwned> {
    let internal = |error: serde_json::Error| EthError::Internal(format!("{method}: {error}"));
    let params = serde_json::value::to_raw_value(&params).map_err(internal)?;
    let answer = backend.call(method, Some(params)).await?;
    Ok(serde_json::from_str(answer.get()).map_err(internal)?)
}

struct AsTheyCame(Option<Box<RawValue>>);

impl ToRpcParams for AsTheyCame {
    fn to_rpc_params(self) -> Result<Option<Box<RawValue>>, serde_json::Error> {
        Ok(self.0)
    }
}

/// Calls at a time, well below the connections that the server takes. Further ones wait.
const MAX_CALLS: usize = 64;

/// The SDK's server, wherever it listens at the moment.
pub struct SdkServer {
    at: RwLock<Option<(SocketAddr, Arc<HttpClient>)>>,
    calls: Semaphore,
}

impl Default for SdkServer {
    fn default() -> Self {
        Self {
            at: RwLock::default(),
            calls: Semaphore::new(MAX_CALLS),
        }
    }
}

impl SdkServer {
    /// It listens there now, or does not listen.
    pub fn listens(&self, at: Option<SocketAddr>) -> Result<(), Error> {
        let at = at
            .map(|address| {
                let client = HttpClientBuilder::default()
                    .request_timeout(CALL_TIMEOUT)
                    .max_request_size(MAX_MESSAGE_MIB * 1024 * 1024)
                    .max_response_size(MAX_MESSAGE_MIB * 1024 * 1024)
                    .build(format!("http://{address}"))?;
                Ok::<_, Error>((address, Arc::new(client)))
            })
            .transpose()?;
        *self.at.write().unwrap_or_else(PoisonError::into_inner) = at;
        Ok(())
    }

    fn at(&self) -> Option<(SocketAddr, Arc<HttpClient>)> {
        self.at.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait::async_trait]
impl Backend for SdkServer {
    async fn call(
        &self,
        method: &str,
        params: Option<Box<RawValue>>,
    ) -> Result<Box<RawValue>, ErrorObjectOwned> {
        // The semaphore is never closed.
        let _turn = self.calls.acquire().await;
        let (_, client) = self.at().ok_or(EthError::ServerStarting)?;
        client
            .request(method, AsTheyCame(params))
            .await
            .map_err(|error| match error {
                Error::Call(refusal) => named(refusal),
                Error::RequestTimeout => EthError::Timeout(CALL_TIMEOUT.as_secs()).into(),
                Error::Transport(_) | Error::RestartNeeded(_) => EthError::ServerStarting.into(),
                other => EthError::Internal(other.to_string()).into(),
            })
    }

    async fn moves(&self) -> Option<BoxStream<'static, ()>> {
        let (address, _) = self.at()?;
        let client = WsClientBuilder::default()
            .build(format!("ws://{address}"))
            .await
            .ok()?;
        let heads = client
            .subscribe::<Value, _>("eth_subscribe", rpc_params!["newHeads"], "eth_unsubscribe")
            .await
            .ok()?;
        // The client ends its connection when it is dropped.
        let state = (client, heads);
        let moves = futures::stream::unfold(state, |(client, mut heads)| async move {
            heads.next().await?.ok()?;
            Some(((), (client, heads)))
        });
        Some(moves.boxed())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::sync::Mutex;

    type Answer = Box<dyn Fn(&str, Value) -> Result<Value, ErrorObjectOwned> + Send + Sync>;

    /// Answers from a function, and remembers what was asked.
    pub struct Scripted {
        answer: Answer,
        asked: Mutex<Vec<(String, Value)>>,
    }

    impl Scripted {
        /// Answers like this.
        pub fn new(
            answer: impl Fn(&str, Value) -> Result<Value, ErrorObjectOwned> + Send + Sync + 'static,
        ) -> Arc<Self> {
            Arc::new(Self {
                answer: Box::new(answer),
                asked: Mutex::default(),
            })
        }

        /// What was asked of `method`.
        pub fn asked(&self, method: &str) -> Vec<Value> {
            let asked = self.asked.lock().unwrap();
            asked
                .iter()
                .filter(|(name, _)| name == method)
                .map(|(_, params)| params.clone())
                .collect()
        }
    }

    #[async_trait::async_trait]
    impl Backend for Scripted {
        async fn call(
            &self,
            method: &str,
            params: Option<Box<RawValue>>,
        ) -> Result<Box<RawValue>, ErrorObjectOwned> {
            let params: Value = params.map_or(Value::Null, |raw| serde_json::from_str(raw.get()).unwrap());
            self.asked
                .lock()
                .unwrap()
                .push((method.to_owned(), params.clone()));
            (self.answer)(method, params).map(|answer| serde_json::value::to_raw_value(&answer).unwrap())
        }

        async fn moves(&self) -> Option<BoxStream<'static, ()>> {
            None
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_said_to_be_starting() {
        let server = SdkServer::default();
        let error = server.call("eth_chainId", None).await.unwrap_err();
        assert_eq!(error, EthError::ServerStarting.into());

        // A port that nobody listens on any more.
        let gone = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        server.listens(Some(gone)).unwrap();
        let error = server.call("eth_chainId", None).await.unwrap_err();
        assert_eq!(error, EthError::ServerStarting.into());
        assert!(server.moves().await.is_none());
    }
}
