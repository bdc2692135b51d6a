// SPDX-License-Identifier: Apache-2.0
//! `eth_subscribe`: every subscription reads a journal from its own place on, so it neither skips nor repeats.

use super::{
    canon::Change,
    errors::EthError,
    filters::LogFilter,
    journal::{FellBehind, Journal, Place},
    logs::filter_of,
};
use jsonrpsee::{SubscriptionCloseResponse, SubscriptionMessage, SubscriptionSink};
use serde_json::{json, Value};
use sp_core::H256;

/// What is subscribed to.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// Headers of new blocks.
    NewHeads,
    /// Logs of new blocks.
    Logs(Box<LogFilter>),
    /// Hashes of transactions that entered the pool.
    NewPendingTransactions,
}

impl Kind {
    /// Reads the parameters of `eth_subscribe`.
    pub fn new(name: &str, options: Option<Value>) -> Result<Self, EthError> {
        match (name, options) {
            ("newHeads", _) => Ok(Self::NewHeads),
            ("logs", options) => Ok(Self::Logs(Box::new(LogFilter::new(filter_of(options)?)?))),
            ("newPendingTransactions", None | Some(Value::Null | Value::Bool(false))) => {
                Ok(Self::NewPendingTransactions)
            }
            ("newPendingTransactions", _) => Err(EthError::InvalidParams(
                "newPendingTransactions gives hashes only".into(),
            )),
            (other, _) => Err(EthError::UnknownSubscription(other.chars().take(64).collect())),
        }
    }

    /// What a change of the chain has to tell.
    fn pick(&self, change: &Change) -> Vec<Value> {
        match (self, change) {
            (Self::NewHeads, Change::Added(block)) => vec![block.header.clone()],
            (Self::Logs(filter), change) => filter.pick(change),
            _ => Vec::new(),
        }
    }
}

/// Sends until the subscriber leaves, or cannot keep up.
pub async fn serve(
    sink: SubscriptionSink,
    kind: Kind,
    chain: &Journal<Change>,
    entered: &Journal<H256>,
    place: Place,
) -> SubscriptionCloseResponse {
    match kind {
        Kind::NewPendingTransactions => send(&sink, entered, place, |hash| vec![json!(hash)]).await,
        kind => send(&sink, chain, place, |change| kind.pick(change)).await,
    }
}

async fn send<T: Clone>(
    sink: &SubscriptionSink,
    journal: &Journal<T>,
    mut place: Place,
    pick: impl Fn(&T) -> Vec<Value>,
) -> SubscriptionCloseResponse {
    loop {
        let (news, next) = match journal.read(place) {
            Ok(news) => news,
            Err(FellBehind) => {
                let error = EthError::SubscriptionFellBehind.to_string();
                return SubscriptionCloseResponse::NotifErr(SubscriptionMessage::from(error.as_str()));
            }
        };
        for item in news.iter().flat_map(&pick) {
            let Ok(message) = SubscriptionMessage::from_json(&item) else {
                continue;
            };
            if sink.send(message).await.is_err() {
                return SubscriptionCloseResponse::None;
            }
        }
        place = next;
        tokio::select! {
            () = sink.closed() => return SubscriptionCloseResponse::None,
            () = journal.wait(place) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_subscribed_to_has_ethereums_names() {
        assert_eq!(Kind::new("newHeads", None), Ok(Kind::NewHeads));
        assert!(matches!(Kind::new("logs", None), Ok(Kind::Logs(_))));
        assert!(matches!(
            Kind::new("logs", Some(json!({ "topics": [null] }))),
            Ok(Kind::Logs(_))
        ));
        assert_eq!(
            Kind::new("newPendingTransactions", None),
            Ok(Kind::NewPendingTransactions)
        );
        let name = |name, options| Kind::new(name, options).unwrap_err().name();
        assert_eq!(name("newPendingTransactions", Some(json!(true))), "InvalidParams");
        assert_eq!(name("logs", Some(json!({ "topics": 1 }))), "InvalidParams");
        assert_eq!(name("syncing", None), "UnknownSubscription");
    }
}
