// SPDX-License-Identifier: Apache-2.0
//! `eth_getLogs` with limits that have names, and which logs a filter means.

use super::{
    backend::{ask, Backend},
    canon::{hex, Canon, Log},
    errors::EthError,
};
use jsonrpsee::types::ErrorObjectOwned;
use pallet_revive_eth_rpc::{BlockNumberOrTag, Filter, FilterBlockOption};
use serde::Deserialize;
use serde_json::{json, Value};
use sp_core::{H160, H256, U256};

/// Where the SDK's server cuts an answer, without saying so.
const MAX_LOGS: usize = 10_000;
/// Contracts, or topics in one position, that one filter may name.
const MAX_ALTERNATIVES: usize = 1_000;

/// A filter as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// What it says.
    pub filter: Filter,
    /// Positions of `topics`, `null` at the end included, which [`Filter`] forgets.
    positions: usize,
}

/// Which logs, wherever they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// Any of these contracts; none means all.
    addresses: Vec<H160>,
    /// For each position any of these topics; none means all.
    topics: Vec<Vec<H256>>,
    /// How many topics a log has at least.
    positions: usize,
}

impl Criteria {
    /// Those of a filter.
    pub fn new(given: &Given) -> Result<Self, EthError> {
        let Given { filter, positions } = given;
        let addresses: Vec<H160> = filter
            .address
            .iter()
            .map(|address| H160::from_slice(address.as_slice()))
            .collect();
        let topics: Vec<Vec<H256>> = filter
            .topics
            .iter()
            .map(|alternatives| {
                alternatives
                    .iter()
                    .map(|topic| H256::from_slice(topic.as_slice()))
                    .collect()
            })
            .collect();
        let lists = topics.iter().map(Vec::len).chain([addresses.len()]);
        if let Some(count) = lists.max().filter(|count| *count > MAX_ALTERNATIVES) {
            return Err(EthError::FilterTooLarge {
                count,
                limit: MAX_ALTERNATIVES,
            });
        }
        Ok(Self {
            addresses,
            topics,
            positions: *positions,
        })
    }

    /// Whether they mean this log.
    pub fn mean(&self, log: &Log) -> bool {
        let address = self.addresses.is_empty() || self.addresses.contains(&log.address);
        address
            && self.positions <= log.topics.len()
            && self.topics.iter().enumerate().all(|(position, any_of)| {
                any_of.is_empty()
                    || log
                        .topics
                        .get(position)
                        .is_some_and(|topic| any_of.contains(topic))
            })
    }
}

/// Reads the one parameter of a method that takes a filter. Without one everything is meant.
pub fn filter_of(json: Option<Value>) -> Result<Given, EthError> {
    let json = match json {
        None | Some(Value::Null) => return Ok(Given::default()),
        Some(json) => json,
    };
    let positions = json.get("topics").and_then(Value::as_array).map_or(0, Vec::len);
    let filter = Filter::deserialize(json).map_err(|error| EthError::InvalidParams(error.to_string()))?;
    Ok(Given { filter, positions })
}

/// The number of a tag's block.
async fn number(backend: &dyn Backend, tag: BlockNumberOrTag, best: u64) -> Result<u64, ErrorObjectOwned> {
    let tag = match tag {
        BlockNumberOrTag::Number(number) => return Ok(number),
        BlockNumberOrTag::Latest | BlockNumberOrTag::Pending => return Ok(best),
        BlockNumberOrTag::Earliest => return Ok(0),
        BlockNumberOrTag::Finalized => "finalized",
        BlockNumberOrTag::Safe => "safe",
    };
    let block: Option<Value> = ask(backend, "eth_getBlockByNumber", json!([tag, false])).await?;
    let number = block.as_ref().and_then(|block| block.get("number")).cloned();
    let number: U256 = number
        .and_then(|number| serde_json::from_value(number).ok())
        .ok_or(EthError::UnknownBlock)?;
    Ok(number.try_into().map_err(|_| EthError::UnknownBlock)?)
}

/// The logs that a filter means, in the order in which they were written.
pub async fn query(
    backend: &dyn Backend,
    canon: &Canon,
    given: &Given,
    max_blocks: u64,
) -> Result<Vec<Value>, ErrorObjectOwned> {
    let criteria = Criteria::new(given)?;
    let mut asked = json!({ "address": criteria.addresses, "topics": criteria.topics });
    match given.filter.block_option {
        FilterBlockOption::AtBlockHash(hash) => {
            let hash = H256::from_slice(hash.as_slice());
            let block: Option<Value> = ask(backend, "eth_getBlockByHash", json!([hash, false])).await?;
            block.ok_or(EthError::UnknownBlock)?;
            asked["blockHash"] = json!(hash);
        }
        FilterBlockOption::Range { from_block, to_block } => {
            let best = canon.advance().await?;
            let from = number(backend, from_block.unwrap_or_default(), best).await?;
            let to = number(backend, to_block.unwrap_or_default(), best).await?;
            if from > to {
                return Err(EthError::InvalidBlockRange { from, to }.into());
            }
            let blocks = (to - from).saturating_add(1);
            if blocks > max_blocks {
                return Err(EthError::BlockRangeTooWide {
                    blocks,
                    limit: max_blocks,
                }
                .into());
            }
            if from > best {
                return Ok(Vec::new());
            }
            asked["fromBlock"] = json!(hex(from));
            asked["toBlock"] = json!(hex(to.min(best)));
        }
    }
    let mut logs: Vec<Value> = ask(backend, "eth_getLogs", json!([asked])).await?;
    if logs.len() >= MAX_LOGS {
        return Err(EthError::TooManyLogs(MAX_LOGS).into());
    }
    // The server takes a position without topics for none.
    logs.retain(|log| log["topics"].as_array().map_or(0, Vec::len) >= criteria.positions);
    let at = |log: &Value, field| log.get(field).and_then(|at| U256::deserialize(at).ok());
    logs.sort_by_cached_key(|log| (at(log, "blockNumber"), at(log, "logIndex")));
    Ok(logs)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{backend::tests::Scripted, canon::tests::FakeChain},
        *,
    };
    use std::sync::Arc;

    fn filter(json: Value) -> Given {
        filter_of(Some(json)).unwrap()
    }

    fn log(address: u8, topics: &[u8]) -> Log {
        Log {
            address: H160::repeat_byte(address),
            topics: topics.iter().map(|byte| H256::repeat_byte(*byte)).collect(),
            json: Value::Null,
        }
    }

    #[test]
    fn criteria_are_those_of_ethereum() {
        let (a, b) = (H256::repeat_byte(1), H256::repeat_byte(2));
        for (json, means, does_not) in [
            (json!({}), vec![log(1, &[]), log(2, &[1, 2])], vec![]),
            (
                json!({ "address": H160::repeat_byte(1) }),
                vec![log(1, &[2])],
                vec![log(2, &[2])],
            ),
            (
                json!({ "address": [H160::repeat_byte(1), H160::repeat_byte(2)] }),
                vec![log(1, &[]), log(2, &[])],
                vec![log(3, &[])],
            ),
            (
                json!({ "topics": [a] }),
                vec![log(1, &[1, 2])],
                vec![log(1, &[2, 1]), log(1, &[])],
            ),
            (
                json!({ "topics": [null, b] }),
                vec![log(1, &[3, 2])],
                vec![log(1, &[2])],
            ),
            (
                json!({ "topics": [a, null] }),
                vec![log(1, &[1, 2]), log(1, &[1, 2, 3])],
                vec![log(1, &[1]), log(1, &[2, 1])],
            ),
            (
                json!({ "topics": [[], null] }),
                vec![log(1, &[1, 2])],
                vec![log(1, &[]), log(1, &[1])],
            ),
            (
                json!({ "topics": [[a, b]] }),
                vec![log(1, &[1]), log(1, &[2])],
                vec![log(1, &[3])],
            ),
        ] {
            let criteria = Criteria::new(&filter(json.clone())).unwrap();
            assert!(means.iter().all(|log| criteria.mean(log)), "{json}");
            assert!(!does_not.iter().any(|log| criteria.mean(log)), "{json}");
        }
    }

    #[test]
    fn a_filter_that_is_none_is_refused_by_name() {
        for json in [
            json!("latest"),
            json!({ "topics": [1] }),
            json!({ "topics": [null, null, null, null, null] }),
            json!({ "fromBlock": "soon" }),
            json!({ "blockHash": H256::zero(), "fromBlock": "0x1" }),
        ] {
            let error = filter_of(Some(json.clone())).unwrap_err();
            assert_eq!(error.name(), "InvalidParams", "{json}");
        }
        let many: Vec<H160> = (0..1_001).map(H160::from_low_u64_be).collect();
        let error = Criteria::new(&filter(json!({ "address": many }))).unwrap_err();
        assert_eq!(error.name(), "FilterTooLarge");
    }

    fn backend(logs: usize) -> Arc<Scripted> {
        let chain = FakeChain::new(&["a", "b", "c"]).backend();
        Scripted::new(move |method, params| match method {
            "eth_getLogs" => {
                let log =
                    |index: usize| json!({ "blockNumber": "0x1", "logIndex": hex((logs - index) as u64) });
                Ok((0..logs).map(log).collect())
            }
            "eth_getBlockByHash" => Ok(Value::Null),
            "eth_getBlockByNumber" if params[0] == "finalized" => Ok(json!({ "number": "0x1" })),
            _ => futures::executor::block_on(ask(&*chain, method, params)),
        })
    }

    async fn answer(backend: Arc<Scripted>, json: Value) -> Result<Vec<Value>, String> {
        let canon = Canon::new(backend.clone());
        query(&*backend, &canon, &filter(json), 1_000)
            .await
            .map_err(|error| {
                error
                    .data()
                    .map_or_else(String::new, |name| name.get().to_owned())
            })
    }

    #[tokio::test]
    async fn a_range_is_asked_for_in_numbers_and_answered_in_order() {
        let backend = backend(2);
        let logs = answer(
            backend.clone(),
            json!({ "fromBlock": "earliest", "toBlock": "0x9" }),
        )
        .await
        .unwrap();
        assert_eq!(logs[0]["logIndex"], "0x1");
        let asked = &backend.asked("eth_getLogs")[0][0];
        assert_eq!(
            (&asked["fromBlock"], &asked["toBlock"]),
            (&json!("0x0"), &json!("0x2"))
        );

        answer(backend.clone(), json!({ "fromBlock": "finalized" }))
            .await
            .unwrap();
        let asked = &backend.asked("eth_getLogs")[1][0];
        assert_eq!(
            (&asked["fromBlock"], &asked["toBlock"]),
            (&json!("0x1"), &json!("0x2"))
        );

        // Without a range: the best block.
        answer(backend.clone(), json!({})).await.unwrap();
        let asked = &backend.asked("eth_getLogs")[2][0];
        assert_eq!(
            (&asked["fromBlock"], &asked["toBlock"]),
            (&json!("0x2"), &json!("0x2"))
        );
    }

    #[tokio::test]
    async fn ranges_that_cannot_be_answered_have_names() {
        let name = |json| answer(backend(0), json);
        assert_eq!(
            name(json!({ "fromBlock": "0x0", "toBlock": "0xf423f" }))
                .await
                .unwrap_err(),
            "\"BlockRangeTooWide\"",
            "a million blocks"
        );
        assert_eq!(
            name(json!({ "fromBlock": "0x2", "toBlock": "0x1" }))
                .await
                .unwrap_err(),
            "\"InvalidBlockRange\""
        );
        assert_eq!(
            name(json!({ "blockHash": H256::repeat_byte(7) }))
                .await
                .unwrap_err(),
            "\"UnknownBlock\""
        );
        assert_eq!(
            name(json!({ "fromBlock": "0x5", "toBlock": "0x6" })).await,
            Ok(vec![])
        );
    }

    #[tokio::test]
    async fn logs_with_fewer_topics_than_the_query_has_positions_are_left_out() {
        let chain = FakeChain::new(&["a"]).backend();
        let backend = Scripted::new(move |method, params| match method {
            "eth_getLogs" => Ok(json!([{ "topics": ["0x1"] }, { "topics": ["0x1", "0x2"] }])),
            _ => futures::executor::block_on(ask(&*chain, method, params)),
        });
        for (topics, found) in [(json!([]), 2), (json!([null]), 2), (json!([null, null]), 1)] {
            let logs = answer(backend.clone(), json!({ "topics": topics }))
                .await
                .unwrap();
            assert_eq!(logs.len(), found, "{topics}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_would_be_cut_is_refused() {
        assert_eq!(answer(backend(9_999), json!({})).await.unwrap().len(), 9_999);
        assert_eq!(
            answer(backend(10_000), json!({})).await.unwrap_err(),
            "\"TooManyLogs\""
        );
    }
}
