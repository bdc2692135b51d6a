// SPDX-License-Identifier: Apache-2.0
//! The canonical chain, followed block by block.
//!
//! Whatever the SDK's server tells of new heads is only a hint to look: what is written into the journal is found by
//! walking from the last known block to the best one by number and parent. So a burst of blocks, a lost notification
//! or a change of forks leaves no gap and no repetition.

use super::{
    backend::{ask, Backend},
    errors::EthError,
    journal::Journal,
};
use futures::StreamExt;
use jsonrpsee::types::ErrorObjectOwned;
use serde::Deserialize;
use serde_json::{json, Value};
use sp_core::{H160, H256, U256};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::sleep};
use tracing::debug;

const LOG_TARGET: &str = "ethereum-rpc";

/// Blocks that are remembered to go back to when the chain changes its mind.
const KEPT_BLOCKS: usize = 256;
/// What the journal keeps: blocks and logs in sum.
const JOURNAL_WEIGHT: usize = 65_536;
/// How often one step starts again because the chain moved meanwhile, before it leaves the rest to the next one.
const MAX_RESTARTS: usize = 8;
/// How often to look without a hint, and to ask for hints again.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A log of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The contract.
    pub address: H160,
    /// Up to four.
    pub topics: Vec<H256>,
    /// As clients get it.
    pub json: Value,
}

/// A block of the canonical chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Height.
    pub number: u64,
    /// Ethereum's hash of it.
    pub hash: H256,
    /// Of the block before.
    pub parent: H256,
    /// As `newHeads` gives it.
    pub header: Value,
    /// In order.
    pub logs: Vec<Log>,
}

/// What happened to the canonical chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The block is its new end.
    Added(Arc<Block>),
    /// The block was its end and no longer belongs to it.
    Removed(Arc<Block>),
}

/// The chain and its journal.
pub struct Canon {
    backend: Arc<dyn Backend>,
    /// The last blocks; never empty after the first step.
    chain: Mutex<VecDeque<Arc<Block>>>,
    /// What happened since this node started.
    pub journal: Journal<Change>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    number: U256,
    hash: H256,
    parent_hash: H256,
    transactions: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    block_hash: H256,
    logs: Vec<Value>,
}

#[derive(Deserialize)]
struct LogFacts {
    address: H160,
    #[serde(default)]
    topics: Vec<H256>,
}

/// A block whose logs are not read yet.
struct Head {
    block: Block,
    transactions: usize,
}

fn malformed(error: impl std::fmt::Display) -> ErrorObjectOwned {
    EthError::Internal(format!("a block that cannot be read: {error}")).into()
}

fn head(mut json: Value) -> Result<Head, ErrorObjectOwned> {
    let facts = Facts::deserialize(&json).map_err(malformed)?;
    if let Some(fields) = json.as_object_mut() {
        for of_the_body in ["transactions", "uncles", "size", "withdrawals"] {
            fields.remove(of_the_body);
        }
    }
    Ok(Head {
        block: Block {
            number: u64::try_from(facts.number).map_err(malformed)?,
            hash: facts.hash,
            parent: facts.parent_hash,
            header: json,
            logs: Vec::new(),
        },
        transactions: facts.transactions.len(),
    })
}

impl Canon {
    /// Follows the chain that `backend` tells of.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self {
            backend,
            chain: Mutex::default(),
            journal: Journal::new(JOURNAL_WEIGHT),
        }
    }

    /// Follows for as long as this future lives.
    pub async fn follow(&self) {
        loop {
            let mut moves = self.backend.moves().await;
            loop {
                if let Err(error) = self.advance().await {
                    debug!(target: LOG_TARGET, %error, "cannot follow the chain at the moment");
                }
                let Some(hints) = &mut moves else {
                    sleep(LOOK_EVERY).await;
                    break;
                };
                tokio::select! {
                    hint = hints.next() => if hint.is_none() { break },
                    () = sleep(LOOK_EVERY) => {}
                }
            }
        }
    }

    /// Goes on to the best block, and returns its number.
    pub async fn advance(&self) -> Result<u64, ErrorObjectOwned> {
        let mut chain = self.chain.lock().await;
        for _ in 0..MAX_RESTARTS {
            let best = self.block("latest").await?.ok_or_else(|| malformed("none"))?;
            if chain.is_empty() {
                // Where we start: nothing happened yet.
                let block = self.with_logs(best).await?;
                chain.push_back(Arc::new(block));
            } else if !self.walk_to(&mut chain, best).await? {
                continue;
            }
            break;
        }
        Ok(chain.back().map_or(0, |tip| tip.number))
    }

    /// Whether `best` was reached; the chain moved meanwhile if not.
    async fn walk_to(&self, chain: &mut VecDeque<Arc<Block>>, best: Head) -> Result<bool, ErrorObjectOwned> {
        let (best_number, best_hash) = (best.block.number, best.block.hash);
        let mut best = Some(best);
        let mut abandoned_from = best_number;
        loop {
            let Some(tip) = chain.back().cloned() else {
                // Everything we remember was abandoned.
                let Some(next) = self.block(&hex(abandoned_from)).await? else {
                    return Ok(false);
                };
                self.add(chain, next).await?;
                continue;
            };
            if tip.hash == best_hash {
                return Ok(true);
            }
            let follows = |head: &Head| head.block.parent == tip.hash && head.block.number == tip.number + 1;
            if let Some(next) = best.take_if(|best| follows(best)) {
                self.add(chain, next).await?;
                continue;
            }
            let still_there = tip.number < best_number
                && self
                    .block(&hex(tip.number))
                    .await?
                    .is_some_and(|head| head.block.hash == tip.hash);
            if !still_there {
                chain.pop_back();
                abandoned_from = tip.number;
                let weight = tip.logs.len().saturating_add(1);
                self.journal.write(weight, Change::Removed(tip));
                continue;
            }
            match self.block(&hex(tip.number.saturating_add(1))).await? {
                Some(next) if follows(&next) => self.add(chain, next).await?,
                _ => return Ok(false),
            }
        }
    }

    async fn add(&self, chain: &mut VecDeque<Arc<Block>>, head: Head) -> Result<(), ErrorObjectOwned> {
        let block = Arc::new(self.with_logs(head).await?);
        chain.push_back(block.clone());
        if chain.len() > KEPT_BLOCKS {
            chain.pop_front();
        }
        let weight = block.logs.len().saturating_add(1);
        self.journal.write(weight, Change::Added(block));
        Ok(())
    }

    async fn block(&self, at: &str) -> Result<Option<Head>, ErrorObjectOwned> {
        let json: Option<Value> = ask(&*self.backend, "eth_getBlockByNumber", json!([at, false])).await?;
        json.map(head).transpose()
    }

    /// Reads a block's logs from its receipts: those are taken from the block itself, while the database behind
    /// `eth_getLogs` may not have a block yet that was never the best one.
    async fn with_logs(&self, head: Head) -> Result<Block, ErrorObjectOwned> {
        let Head {
            mut block,
            transactions,
        } = head;
        if transactions == 0 {
            return Ok(block);
        }
        let receipts: Option<Vec<Receipt>> =
            ask(&*self.backend, "eth_getBlockReceipts", json!([hex(block.number)])).await?;
        let receipts = receipts.unwrap_or_default();
        let complete =
            receipts.len() == transactions && receipts.iter().all(|receipt| receipt.block_hash == block.hash);
        if !complete {
            return Err(malformed("its receipts belong to another block of that number"));
        }
        for json in receipts.into_iter().flat_map(|receipt| receipt.logs) {
            let LogFacts { address, topics } = LogFacts::deserialize(&json).map_err(malformed)?;
            block.logs.push(Log {
                address,
                topics,
                json,
            });
        }
        Ok(block)
    }
}

/// A number as Ethereum writes it.
pub fn hex(number: u64) -> String {
    format!("{number:#x}")
}

#[cfg(test)]
pub mod tests {
    use super::{super::backend::tests::Scripted, *};
    use std::sync::Mutex as StdMutex;

    /// A chain by its blocks' names; block 0 is the first.
    #[derive(Clone, Default)]
    pub struct FakeChain(Arc<StdMutex<Vec<&'static str>>>);

    fn id(name: &str) -> H256 {
        sp_crypto_hashing::keccak_256(name.as_bytes()).into()
    }

    impl FakeChain {
        /// With these blocks.
        pub fn new(names: &[&'static str]) -> Self {
            Self(Arc::new(StdMutex::new(names.to_vec())))
        }

        /// Becomes that chain.
        pub fn becomes(&self, names: &[&'static str]) {
            *self.0.lock().unwrap() = names.to_vec();
        }

        /// One who tells of it: each block has one transaction with one log, of a contract 0x11…, with the block's
        /// hash as its topic.
        pub fn backend(&self) -> Arc<Scripted> {
            let chain = self.clone();
            Scripted::new(move |method, params| {
                let names = chain.0.lock().unwrap().clone();
                let at = params[0].as_str().unwrap_or_default();
                let number = match at {
                    "latest" => names.len() - 1,
                    hex => usize::from_str_radix(hex.trim_start_matches("0x"), 16).unwrap_or(usize::MAX),
                };
                let Some(name) = names.get(number) else {
                    return Ok(Value::Null);
                };
                Ok(match method {
                    "eth_getBlockByNumber" => json!({
                        "number": hex(number as u64),
                        "hash": id(name),
                        "parentHash": number.checked_sub(1).map_or(H256::zero(), |at| id(names[at])),
                        "transactions": [H256::repeat_byte(1)],
                        "gasUsed": "0x1",
                    }),
                    "eth_getBlockReceipts" => json!([{
                        "blockHash": id(name),
                        "logs": [{ "address": H160::repeat_byte(0x11), "topics": [id(name)], "logIndex": "0x0" }],
                    }]),
                    other => panic!("{other}"),
                })
            })
        }
    }

    fn told(canon: &Canon, place: u64) -> Vec<(bool, H256)> {
        let (changes, _) = canon.journal.read(place).unwrap();
        changes
            .into_iter()
            .map(|change| match change {
                Change::Added(block) => (true, block.hash),
                Change::Removed(block) => (false, block.hash),
            })
            .collect()
    }

    #[tokio::test]
    async fn a_burst_of_blocks_is_told_one_by_one() {
        let chain = FakeChain::new(&["a"]);
        let canon = Canon::new(chain.backend());
        canon.advance().await.unwrap();
        assert_eq!(told(&canon, 0), [], "what was there before is no news");

        chain.becomes(&["a", "b", "c", "d"]);
        assert_eq!(canon.advance().await.unwrap(), 3);
        assert_eq!(
            told(&canon, 0),
            [(true, id("b")), (true, id("c")), (true, id("d"))]
        );
        canon.advance().await.unwrap();
        assert_eq!(canon.journal.end(), 3, "nothing is told twice");
    }

    #[tokio::test]
    async fn a_change_of_forks_takes_back_and_adds_in_order() {
        let chain = FakeChain::new(&["a", "b", "c"]);
        let canon = Canon::new(chain.backend());
        canon.advance().await.unwrap();
        chain.becomes(&["a", "b", "c", "d"]);
        canon.advance().await.unwrap();
        let place = canon.journal.end();

        chain.becomes(&["a", "B", "C", "D", "E"]);
        canon.advance().await.unwrap();
        // We began at c, so b is not ours to take back; B is what the chain has in its place.
        assert_eq!(
            told(&canon, place),
            [
                (false, id("d")),
                (false, id("c")),
                (true, id("C")),
                (true, id("D")),
                (true, id("E"))
            ]
        );
    }

    #[tokio::test]
    async fn a_shorter_chain_takes_back_what_it_lacks() {
        let chain = FakeChain::new(&["a"]);
        let canon = Canon::new(chain.backend());
        canon.advance().await.unwrap();
        chain.becomes(&["a", "b", "c"]);
        canon.advance().await.unwrap();
        let place = canon.journal.end();
        chain.becomes(&["a", "B"]);
        assert_eq!(canon.advance().await.unwrap(), 1);
        assert_eq!(
            told(&canon, place),
            [(false, id("c")), (false, id("b")), (true, id("B"))]
        );
    }

    #[tokio::test]
    async fn headers_have_no_body_and_logs_are_read_from_receipts() {
        let chain = FakeChain::new(&["a"]);
        let canon = Canon::new(chain.backend());
        canon.advance().await.unwrap();
        chain.becomes(&["a", "b"]);
        canon.advance().await.unwrap();
        let (changes, _) = canon.journal.read(0).unwrap();
        let [Change::Added(block)] = &changes[..] else {
            panic!("{changes:?}")
        };
        assert_eq!(block.header["gasUsed"], "0x1");
        assert!(block.header.get("transactions").is_none());
        assert_eq!(block.logs[0].topics, [id("b")]);
    }

    #[tokio::test]
    async fn receipts_of_another_block_are_not_taken_for_its_own() {
        let backend = Scripted::new(|method, _| {
            Ok(match method {
                "eth_getBlockByNumber" => json!({
                    "number": "0x0", "hash": id("a"), "parentHash": id("b"), "transactions": [id("c")],
                }),
                _ => json!([{ "blockHash": id("other"), "logs": [] }]),
            })
        });
        let error = Canon::new(backend).advance().await.unwrap_err();
        assert!(error.message().contains("another block"), "{error}");
    }
}
