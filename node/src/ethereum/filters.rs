// SPDX-License-Identifier: Apache-2.0
//! Filters that clients poll: `eth_newFilter` and its kin.
//!
//! A filter is a place in a journal and what to pick from there, so it costs little however much happens. It is
//! removed when nobody polls it for [`EXPIRY`].

use super::{
    canon::{Change, Log},
    errors::EthError,
    journal::{FellBehind, Journal, Place},
    logs::{Criteria, Given},
};
use pallet_revive_eth_rpc::{BlockNumberOrTag, FilterBlockOption};
use serde_json::{json, Value};
use sp_core::H256;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How many filters this node keeps.
const MAX_FILTERS: usize = 4_096;
/// How long one may be left alone.
pub const EXPIRY: Duration = Duration::from_secs(5 * 60);

/// What logs of blocks to come to pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// As it was given, for `eth_getFilterLogs`.
    pub given: Given,
    criteria: Criteria,
    from: u64,
    to: u64,
}

impl LogFilter {
    /// Checks a filter. One of a block that exists already never picks anything.
    pub fn new(given: Given) -> Result<Self, EthError> {
        let criteria = Criteria::new(&given)?;
        let (from, to) = match given.filter.block_option {
            FilterBlockOption::AtBlockHash(_) => (1, 0),
            FilterBlockOption::Range { from_block, to_block } => {
                let number = |tag: Option<BlockNumberOrTag>| tag.and_then(|tag| tag.as_number());
                let (from, to) = (
                    number(from_block).unwrap_or_default(),
                    number(to_block).unwrap_or(u64::MAX),
                );
                if from > to {
                    return Err(EthError::InvalidBlockRange { from, to });
                }
                (from, to)
            }
        };
        Ok(Self {
            given,
            criteria,
            from,
            to,
        })
    }

    /// The logs of a change, as clients get them: those of a block that was taken back are told again, last first, with
    /// `removed`.
    pub fn pick(&self, change: &Change) -> Vec<Value> {
        let pick =
            |number: u64, log: &Log| (self.from..=self.to).contains(&number) && self.criteria.mean(log);
        match change {
            Change::Added(block) => {
                let logs = block.logs.iter().filter(|log| pick(block.number, log));
                logs.map(|log| log.json.clone()).collect()
            }
            Change::Removed(block) => {
                let logs = block.logs.iter().rev().filter(|log| pick(block.number, log));
                logs.map(|log| {
                    let mut json = log.json.clone();
                    json["removed"] = Value::Bool(true);
                    json
                })
                .collect()
            }
        }
    }
}

/// What a filter tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Hashes of new blocks.
    Blocks,
    /// Logs of new blocks.
    Logs(Box<LogFilter>),
    /// Hashes of transactions that entered the pool.
    Transactions,
}

struct Polled {
    kind: Kind,
    place: Place,
    last: Instant,
}

/// All filters.
#[derive(Default)]
pub struct Filters {
    by_id: Mutex<HashMap<String, Polled>>,
}

impl Filters {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Polled>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new one, from `place` on. Its id cannot be guessed: whoever has it can take what it tells.
    pub fn create(&self, kind: Kind, place: Place, now: Instant) -> Result<String, EthError> {
        let mut filters = self.lock();
        if filters.len() >= MAX_FILTERS {
            filters.retain(|_, polled| now.duration_since(polled.last) < EXPIRY);
        }
        if filters.len() >= MAX_FILTERS {
            return Err(EthError::TooManyFilters(MAX_FILTERS));
        }
        let id = format!("{:#034x}", rand::random::<u128>());
        filters.insert(
            id.clone(),
            Polled {
                kind,
                place,
                last: now,
            },
        );
        Ok(id)
    }

    /// What it is, and that somebody still wants it.
    pub fn kind(&self, id: &str, now: Instant) -> Result<Kind, EthError> {
        let mut filters = self.lock();
        let polled = filters.get_mut(id).ok_or(EthError::FilterNotFound)?;
        if now.duration_since(polled.last) >= EXPIRY {
            filters.remove(id);
            return Err(EthError::FilterNotFound);
        }
        polled.last = now;
        Ok(polled.kind.clone())
    }

    /// What happened since it was last polled.
    pub fn poll(
        &self,
        id: &str,
        chain: &Journal<Change>,
        transactions: &Journal<H256>,
    ) -> Result<Vec<Value>, EthError> {
        let mut filters = self.lock();
        let polled = filters.get_mut(id).ok_or(EthError::FilterNotFound)?;
        let read = match &polled.kind {
            Kind::Transactions => transactions
                .read(polled.place)
                .map(|(hashes, next)| (hashes.into_iter().map(|hash| json!(hash)).collect(), next)),
            Kind::Blocks => chain.read(polled.place).map(|(changes, next)| {
                let hash = |change: &Change| match change {
                    Change::Added(block) => Some(json!(block.hash)),
                    Change::Removed(_) => None,
                };
                (changes.iter().filter_map(hash).collect(), next)
            }),
            Kind::Logs(filter) => chain.read(polled.place).map(|(changes, next)| {
                let logs = changes.iter().flat_map(|change| filter.pick(change));
                (logs.collect(), next)
            }),
        };
        match read {
            Ok((news, next)) => {
                polled.place = next;
                Ok(news)
            }
            Err(FellBehind) => {
                filters.remove(id);
                Err(EthError::FilterFellBehind)
            }
        }
    }

    /// Whether there was one to remove.
    pub fn remove(&self, id: &str) -> bool {
        self.lock().remove(id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            canon::{tests::FakeChain, Canon},
            logs::filter_of,
        },
        *,
    };

    fn logs(json: Value) -> Kind {
        Kind::Logs(Box::new(LogFilter::new(filter_of(Some(json)).unwrap()).unwrap()))
    }

    /// A chain that went from `before` to `after` after the filters were made.
    async fn polled(kind: Kind, before: &[&'static str], after: &[&'static str]) -> Vec<Value> {
        let chain = FakeChain::new(&["a"]);
        let canon = Canon::new(chain.backend());
        canon.advance().await.unwrap();
        chain.becomes(before);
        canon.advance().await.unwrap();
        let filters = Filters::default();
        let id = filters.create(kind, canon.journal.end(), Instant::now()).unwrap();
        chain.becomes(after);
        canon.advance().await.unwrap();
        let pool = Journal::new(1);
        let news = filters.poll(&id, &canon.journal, &pool).unwrap();
        assert!(filters.poll(&id, &canon.journal, &pool).unwrap().is_empty());
        news
    }

    #[tokio::test]
    async fn a_block_filter_tells_each_new_block_once() {
        let news = polled(Kind::Blocks, &["a", "b"], &["a", "b", "c", "d"]).await;
        assert_eq!(news.len(), 2);
        let news = polled(Kind::Blocks, &["a", "b"], &["a", "B", "C"]).await;
        assert_eq!(news.len(), 2, "the new fork's");
    }

    #[tokio::test]
    async fn a_log_filter_takes_back_the_logs_of_abandoned_blocks() {
        let news = polled(logs(json!({})), &["a", "b"], &["a", "B", "C"]).await;
        let removed: Vec<bool> = news.iter().map(|log| log["removed"] == true).collect();
        assert_eq!(removed, [true, false, false]);
    }

    #[tokio::test]
    async fn a_log_filter_picks_by_block_number_too() {
        let range = logs(json!({ "fromBlock": "0x2", "toBlock": "0x2" }));
        assert_eq!(polled(range, &["a"], &["a", "b", "c", "d"]).await.len(), 1);
        let one_block = logs(json!({ "blockHash": H256::zero() }));
        assert!(polled(one_block, &["a"], &["a", "b"]).await.is_empty());
        let backwards = filter_of(Some(json!({ "fromBlock": "0x2", "toBlock": "0x1" }))).unwrap();
        assert_eq!(LogFilter::new(backwards).unwrap_err().name(), "InvalidBlockRange");
    }

    #[test]
    fn a_transaction_filter_tells_hashes() {
        let (filters, chain, pool) = (Filters::default(), Journal::new(1), Journal::new(8));
        let id = filters.create(Kind::Transactions, 0, Instant::now()).unwrap();
        pool.write(1, H256::repeat_byte(1));
        assert_eq!(
            filters.poll(&id, &chain, &pool),
            Ok(vec![json!(H256::repeat_byte(1))])
        );
    }

    #[test]
    fn a_filter_is_gone_when_removed_or_left_alone_or_left_behind() {
        let (filters, chain, pool) = (Filters::default(), Journal::new(1), Journal::new(1));
        let now = Instant::now();
        let create = || filters.create(Kind::Transactions, 0, now).unwrap();

        let id = create();
        assert!(filters.remove(&id) && !filters.remove(&id));
        assert_eq!(filters.poll(&id, &chain, &pool), Err(EthError::FilterNotFound));

        let id = create();
        assert!(filters.kind(&id, now + EXPIRY / 2).is_ok());
        assert!(filters.kind(&id, now + EXPIRY).is_ok(), "polling keeps it");
        assert_eq!(filters.kind(&id, now + EXPIRY * 2), Err(EthError::FilterNotFound));

        let id = create();
        pool.write(1, H256::zero());
        pool.write(1, H256::zero());
        assert_eq!(filters.poll(&id, &chain, &pool), Err(EthError::FilterFellBehind));
        assert_eq!(filters.poll(&id, &chain, &pool), Err(EthError::FilterNotFound));
    }

    #[test]
    fn a_flood_of_filters_ends_at_the_cap_until_they_expire() {
        let filters = Filters::default();
        let now = Instant::now();
        for _ in 0..MAX_FILTERS {
            filters.create(Kind::Blocks, 0, now).unwrap();
        }
        let error = filters.create(Kind::Blocks, 0, now).unwrap_err();
        assert_eq!(error, EthError::TooManyFilters(MAX_FILTERS));
        filters.create(Kind::Blocks, 0, now + EXPIRY).unwrap();
    }
}
