// SPDX-License-Identifier: Apache-2.0
//! Ethereum transactions that wait in the node's pool, and what the chain's state says about their senders.

use super::{errors::EthError, journal::Journal};
use crate::service::{Block, Client, Hash, Pool};
use codec::{Decode, Encode};
use futures::StreamExt;
use openledger_runtime::{AccountId, Balance, BlockNumber, Nonce, RuntimeCall, UncheckedExtrinsic};
use pallet_revive::{
    evm::{GenericTransaction, TransactionSigned},
    ReviveApi,
};
use pallet_revive_eth_rpc::ReceiptInfo;
use sc_transaction_pool_api::{
    error::{Error as PoolError, IntoPoolError},
    InPoolTransaction, TransactionPool, TransactionSource,
};
use serde_json::{json, Map, Value};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::{H160, H256, U256};
use sp_runtime::{generic, OpaqueExtrinsic};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

/// Hashes of transactions that filters and subscriptions may still want to be told of.
const JOURNAL_LENGTH: usize = 16_384;
/// Transactions whose sender is remembered: recovering it from the signature takes much longer than looking it up.
const REMEMBERED: usize = 16_384;
/// Locks that senders share.
const TURNS: usize = 64;

/// The moment of a block.
type Moment = u64;

/// A transaction that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Ethereum's hash of it.
    pub hash: H256,
    /// Who signed it.
    pub from: H160,
    /// The transaction.
    pub signed: TransactionSigned,
}

impl Waiting {
    /// Reads an encoded transaction.
    pub fn read(payload: &[u8]) -> Result<Self, EthError> {
        let signed = TransactionSigned::decode(payload)
            .map_err(|error| EthError::MalformedTransaction(error.to_string()))?;
        let from = signed
            .recover_eth_address()
            .map_err(|()| EthError::InvalidSender)?;
        Ok(Self {
            hash: hash_of(payload),
            from,
            signed,
        })
    }

    /// With all fields whatever its type. `price` is the chain's.
    pub fn generic(&self, price: U256) -> GenericTransaction {
        GenericTransaction::from_signed(self.signed.clone(), price, Some(self.from))
    }

    /// Its number among its sender's.
    pub fn nonce(&self) -> U256 {
        self.generic(U256::MAX).nonce.unwrap_or_default()
    }

    /// As `eth_getTransactionByHash` gives one that is in no block.
    pub fn json(&self) -> Value {
        let receipt = ReceiptInfo {
            from: self.from,
            transaction_hash: self.hash,
            ..Default::default()
        };
        let mut json = json!(receipt.transaction_info(self.signed.clone()));
        for of_the_block in ["blockHash", "blockNumber", "transactionIndex"] {
            json[of_the_block] = Value::Null;
        }
        json
    }

    fn summary(&self) -> String {
        let generic = self.generic(U256::MAX);
        let to = generic
            .to
            .map_or_else(|| "contract creation".into(), |to| format!("{to:#x}"));
        let price = generic.max_fee_per_gas.or(generic.gas_price).unwrap_or_default();
        format!(
            "{to}: {} wei + {} gas × {price} wei",
            generic.value.unwrap_or_default(),
            generic.gas.unwrap_or_default()
        )
    }
}

/// Ethereum's hash of an encoded transaction.
pub fn hash_of(payload: &[u8]) -> H256 {
    sp_crypto_hashing::keccak_256(payload).into()
}

/// The Ethereum transaction inside an extrinsic, if it is one.
fn payload(extrinsic: &OpaqueExtrinsic) -> Option<Vec<u8>> {
    let extrinsic = UncheckedExtrinsic::decode(&mut &extrinsic.encode()[..]).ok()?;
    match extrinsic.0.function {
        RuntimeCall::Revive(pallet_revive::Call::eth_transact { payload }) => Some(payload),
        _ => None,
    }
}

/// The extrinsic around an Ethereum transaction.
fn extrinsic(payload: Vec<u8>) -> OpaqueExtrinsic {
    let call = RuntimeCall::Revive(pallet_revive::Call::eth_transact { payload });
    UncheckedExtrinsic::from(generic::UncheckedExtrinsic::new_bare(call)).into()
}

/// What the chain says about an account, and what gas costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Number of its next transaction.
    pub nonce: u64,
    /// What it can spend, in wei.
    pub balance: U256,
    /// The next block's price of gas, in wei.
    pub gas_price: U256,
}

#[derive(Default)]
struct Senders {
    by_hash: HashMap<H256, H160>,
    oldest_first: VecDeque<H256>,
}

/// The node: its state and its pool.
#[derive(Clone)]
pub struct Node {
    client: Arc<Client>,
    pool: Arc<Pool>,
    senders: Arc<Mutex<Senders>>,
    turns: Arc<[tokio::sync::Mutex<()>; TURNS]>,
    /// Hashes of transactions as they become ready.
    pub entered: Arc<Journal<H256>>,
}

/// Names the parameters of the runtime's API.
trait Revive: ReviveApi<Block, AccountId, Balance, Nonce, BlockNumber, Moment> {}
impl<T: ReviveApi<Block, AccountId, Balance, Nonce, BlockNumber, Moment>> Revive for T {}

impl Node {
    /// Over this chain and pool.
    pub fn new(client: Arc<Client>, pool: Arc<Pool>) -> Self {
        Self {
            client,
            pool,
            senders: Arc::default(),
            turns: Arc::new(std::array::from_fn(|_| Default::default())),
            entered: Arc::new(Journal::new(JOURNAL_LENGTH)),
        }
    }

    fn sender(&self, hash: H256, signed: &TransactionSigned) -> Option<H160> {
        let known = |senders: &Senders| senders.by_hash.get(&hash).copied();
        let lock = || self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(from) = known(&lock()) {
            return Some(from);
        }
        let from = signed.recover_eth_address().ok()?;
        let mut senders = lock();
        if senders.by_hash.insert(hash, from).is_none() {
            senders.oldest_first.push_back(hash);
        }
        if senders.oldest_first.len() > REMEMBERED {
            if let Some(oldest) = senders.oldest_first.pop_front() {
                senders.by_hash.remove(&oldest);
            }
        }
        Some(from)
    }

    fn read(&self, extrinsic: &OpaqueExtrinsic) -> Option<Waiting> {
        let payload = payload(extrinsic)?;
        let hash = hash_of(&payload);
        let signed = TransactionSigned::decode(&payload).ok()?;
        let from = self.sender(hash, &signed)?;
        Some(Waiting { hash, from, signed })
    }

    /// Those that the next block could take, and those that wait for one before them.
    pub fn waiting(&self) -> (Vec<Waiting>, Vec<Waiting>) {
        let ready = self.pool.ready().filter_map(|tx| self.read(tx.data())).collect();
        (ready, self.queued())
    }

    /// Those that wait for one before them.
    pub fn queued(&self) -> Vec<Waiting> {
        let futures = self.pool.futures();
        futures.iter().filter_map(|tx| self.read(tx.data())).collect()
    }

    /// While it is held, no other transaction of this sender looks for its place in the pool.
    pub async fn turn(&self, sender: H160) -> tokio::sync::MutexGuard<'_, ()> {
        self.turns[usize::from(sender.0[19]) % TURNS].lock().await
    }

    /// Writes into [`Self::entered`] for as long as this future lives.
    pub async fn watch(&self) {
        let mut ready = self.pool.import_notification_stream();
        while let Some(hash) = ready.next().await {
            let transaction = self.pool.ready_transaction(&hash);
            if let Some(payload) = transaction.and_then(|transaction| payload(transaction.data())) {
                self.entered.write(1, hash_of(&payload));
            }
        }
    }

    /// What the best block's state says.
    pub fn account(&self, address: H160) -> Result<Account, EthError> {
        #[allow(deprecated)] // Every runtime of this chain has them; the versioned ones only say the same at length.
        fn ask(api: &impl Revive, at: Hash, address: H160) -> Result<Account, sp_api::ApiError> {
            Ok(Account {
                nonce: api.nonce(at, address)?.into(),
                balance: api.balance(at, address)?,
                gas_price: api.gas_price(at)?,
            })
        }
        let at = self.client.info().best_hash;
        ask(&*self.client.runtime_api(), at, address).map_err(|error| EthError::Internal(error.to_string()))
    }

    /// Puts an encoded transaction into the pool.
    pub async fn submit(&self, payload: Vec<u8>) -> Result<(), Refusal> {
        let at = self.client.info().best_hash;
        let submitted = self
            .pool
            .submit_one(at, TransactionSource::External, extrinsic(payload))
            .await;
        match submitted {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.into_pool_error() {
                Ok(refusal) => Refusal::Pool(refusal),
                Err(error) => Refusal::Other(error.to_string()),
            }),
        }
    }
}

/// Why the pool did not take a transaction.
#[derive(Debug)]
pub enum Refusal {
    /// It says so.
    Pool(PoolError),
    /// It failed.
    Other(String),
}

/// The number of `from`'s next transaction after those that are `ready`, of an account whose next in a block is `state`.
pub fn next_nonce(ready: &[Waiting], from: H160, state: U256) -> U256 {
    let mut nonces: Vec<U256> = ready
        .iter()
        .filter(|tx| tx.from == from)
        .map(Waiting::nonce)
        .collect();
    nonces.sort_unstable();
    nonces.into_iter().fold(state, |next, nonce| {
        if nonce == next {
            next.saturating_add(1.into())
        } else {
            next
        }
    })
}

/// `txpool_status`.
pub fn status(ready: &[Waiting], queued: &[Waiting]) -> Value {
    let count = |list: &[Waiting]| U256::from(list.len());
    json!({ "pending": count(ready), "queued": count(queued) })
}

fn by_sender(list: &[Waiting], show: impl Fn(&Waiting) -> Value) -> Value {
    let mut senders: BTreeMap<H160, Map<String, Value>> = BTreeMap::new();
    for tx in list {
        let of = senders.entry(tx.from).or_default();
        of.insert(tx.nonce().to_string(), show(tx));
    }
    json!(senders
        .into_iter()
        .map(|(from, transactions)| (checksummed(from), Value::Object(transactions)))
        .collect::<Map<_, _>>())
}

/// `txpool_content`.
pub fn content(ready: &[Waiting], queued: &[Waiting]) -> Value {
    json!({ "pending": by_sender(ready, Waiting::json), "queued": by_sender(queued, Waiting::json) })
}

/// `txpool_inspect`.
pub fn inspect(ready: &[Waiting], queued: &[Waiting]) -> Value {
    let line = |tx: &Waiting| Value::String(tx.summary());
    json!({ "pending": by_sender(ready, line), "queued": by_sender(queued, line) })
}

/// `txpool_contentFrom`.
pub fn content_from(ready: &[Waiting], queued: &[Waiting], from: H160) -> Value {
    let mine = |list: &[Waiting]| -> Map<String, Value> {
        let mine = list.iter().filter(|tx| tx.from == from);
        mine.map(|tx| (tx.nonce().to_string(), tx.json())).collect()
    };
    json!({ "pending": mine(ready), "queued": mine(queued) })
}

/// An address with the upper case that says whether it was typed right (EIP-55), as go-ethereum writes senders here.
fn checksummed(address: H160) -> String {
    let digits = format!("{address:x}");
    let hash = sp_crypto_hashing::keccak_256(digits.as_bytes());
    let nibble = |at: usize| {
        hash.get(at / 2)
            .map_or(0, |byte| (byte >> (4 * (1 - at % 2))) & 0x0f)
    };
    let mixed = digits.chars().enumerate().map(|(at, digit)| {
        if nibble(at) >= 8 {
            digit.to_ascii_uppercase()
        } else {
            digit
        }
    });
    format!("0x{}", mixed.collect::<String>())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use pallet_revive::evm::{Account, TransactionLegacyUnsigned, TransactionUnsigned};

    /// A transaction of a well-known key, encoded.
    pub fn encoded(change: impl FnOnce(&mut TransactionLegacyUnsigned)) -> Vec<u8> {
        let mut unsigned = TransactionLegacyUnsigned {
            chain_id: Some(7776.into()),
            gas: 21_000.into(),
            gas_price: 1_000_000_000.into(),
            to: Some(H160::repeat_byte(2)),
            value: 5.into(),
            ..Default::default()
        };
        change(&mut unsigned);
        key()
            .sign_transaction(TransactionUnsigned::TransactionLegacyUnsigned(unsigned))
            .signed_payload()
    }

    /// That key.
    pub fn key() -> Account {
        Account::from(subxt_signer::eth::dev::alith())
    }

    fn waiting(nonce: u64) -> Waiting {
        Waiting::read(&encoded(|tx| tx.nonce = nonce.into())).unwrap()
    }

    #[test]
    fn a_transaction_survives_its_way_into_an_extrinsic_and_back() {
        let bytes = encoded(|_| ());
        assert_eq!(payload(&extrinsic(bytes.clone())).as_ref(), Some(&bytes));
        assert_eq!(waiting(0).from, key().address());
        let other = RuntimeCall::Revive(pallet_revive::Call::map_account {});
        let other = UncheckedExtrinsic::from(generic::UncheckedExtrinsic::new_bare(other));
        assert_eq!(payload(&other.into()), None);
    }

    #[test]
    fn the_pools_content_is_by_sender_and_nonce() {
        let from = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac";
        let (ready, queued) = ([waiting(0), waiting(1)], [waiting(9)]);
        assert_eq!(
            status(&ready, &queued),
            json!({ "pending": "0x2", "queued": "0x1" })
        );
        let all = content(&ready, &queued);
        assert_eq!(all["pending"][from]["1"]["nonce"], "0x1");
        assert_eq!(all["queued"][from]["9"]["blockHash"], Value::Null);
        assert_eq!(all["queued"][from]["9"]["value"], "0x5");
        let lines = inspect(&ready, &queued);
        assert_eq!(
            lines["pending"][from]["0"],
            format!("{:#x}: 5 wei + 21000 gas × 1000000000 wei", H160::repeat_byte(2))
        );
        assert_eq!(
            content_from(&ready, &queued, key().address())["queued"]["9"],
            all["queued"][from]["9"]
        );
        assert_eq!(
            content_from(&ready, &queued, H160::zero()),
            json!({ "pending": {}, "queued": {} })
        );
    }

    #[test]
    fn the_pending_nonce_counts_what_is_ready_and_stops_at_a_gap() {
        let from = key().address();
        let next = |ready: &[Waiting], state: u64| next_nonce(ready, from, state.into()).as_u64();
        assert_eq!(next(&[], 3), 3);
        assert_eq!(next(&[waiting(4), waiting(3)], 3), 5);
        assert_eq!(next(&[waiting(3), waiting(5)], 3), 4);
        assert_eq!(next(&[waiting(2)], 3), 3, "already in a block");
        assert_eq!(next_nonce(&[waiting(0)], H160::zero(), 0.into()), 0.into());
    }
}
