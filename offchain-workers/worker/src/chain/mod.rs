// SPDX-License-Identifier: Apache-2.0
//! The chain as the worker sees it: what to do, what to run, and what it can say.

mod calls;
mod client;
mod config;
mod models;
mod node_blobs;
mod quotes;
mod row_calls;
mod span_calls;

pub use calls::{Call, Capabilities, Challenged, ShownPlace};
pub use client::{Client, ConnectError, Connection};
pub use config::{OpenLedgerConfig, Signer, SignerError, KEY_TYPE};
pub use models::{Adapter, Asked, Attribution, Model, Network, Text};
pub use node_blobs::NodeBlobs;
pub use row_calls::{RowFlaw, RowKey, ShownEntry, ShownLeaf, ShownRow};
pub use span_calls::{ShownDocument, SpanFlaw, TextWindow};

use futures::stream::BoxStream;
use openledger_primitives::{
    apis::{InputView, OpenChallenge, OpenRequest, OpenRowDispute},
    fixed::{retrieval::Log, spans::Credit},
    report::{Blend, Scored},
    ModelId, RequestId, Tick,
};
use sp_core::{crypto::AccountId32, H256};

/// Why the chain could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The node is not there, or does not answer.
    #[error("the node does not answer: {0}")]
    Unreachable(String),
    /// The node answered something that this worker does not understand: the two are of different versions.
    #[error("the node's {what} cannot be read: {why}; is the worker's version the node's?")]
    Unreadable {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such thing on the chain.
    #[error("the chain has no {0}")]
    NotFound(String),
}

/// A finalized block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Finalized {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: H256,
}

/// A worker's registration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registration {
    /// Counted up at each registration.
    pub epoch: u32,
    /// The models it hosts.
    pub hosted: Vec<ModelId>,
    /// It is not drawn until it resumes.
    pub chilled: bool,
    /// It is unbonding.
    pub leaving: bool,
    /// The tick at which it was last heard of.
    pub heard_at: Tick,
}

/// What the chain asks of workers, in force at one block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WorkerRules {
    /// Ticks after which a worker that was not heard of is not drawn.
    pub heartbeat_ticks: Tick,
    /// The most models that one worker hosts.
    pub max_hosted: u32,
}

/// What models there are, always at the last finalized block.
#[async_trait::async_trait]
pub trait Models: Send + Sync + 'static {
    /// The models that are registered, ascending.
    async fn models(&self) -> Result<Vec<ModelId>, ChainError>;
    /// What to run for a model.
    async fn model(&self, model: ModelId) -> Result<Model, ChainError>;
}

/// What the worker asks of the chain, always at the last finalized block.
#[async_trait::async_trait]
pub trait Chain: Models {
    /// Hash of the genesis block.
    fn genesis(&self) -> H256;
    /// Finalized blocks as they come. The stream ends or gives an error when the connection is lost.
    async fn finalized(&self) -> Result<BoxStream<'static, Result<Finalized, ChainError>>, ChainError>;
    /// The requests that wait for `worker`.
    async fn open_requests(&self, worker: &AccountId32) -> Result<Vec<OpenRequest<AccountId32>>, ChainError>;
    /// The chain's tick.
    async fn tick(&self) -> Result<Tick, ChainError>;
    /// The worker's registration, if it has one.
    async fn registration(&self, worker: &AccountId32) -> Result<Option<Registration>, ChainError>;
    /// What is asked of workers.
    async fn worker_rules(&self) -> Result<WorkerRules, ChainError>;
}

/// What a worker that is challenged asks of the chain.
#[async_trait::async_trait]
pub trait Docket: Models {
    /// The challenges of `worker`'s reports that wait for an answer, the most urgent first.
    async fn open_challenges(&self, worker: &AccountId32) -> Result<Vec<OpenChallenge>, ChainError>;
}

/// What the parties of a dispute about a released row ask of the chain.
#[async_trait::async_trait]
pub trait RowDocket: Models {
    /// The disputes of rows of `author`'s models, the most urgent first.
    async fn row_disputes(
        &self,
        author: &AccountId32,
    ) -> Result<Vec<OpenRowDispute<AccountId32>>, ChainError>;
    /// One dispute, while it is open.
    async fn row_dispute(
        &self,
        model: ModelId,
        row: u32,
        challenger: &AccountId32,
    ) -> Result<Option<OpenRowDispute<AccountId32>>, ChainError>;
    /// Whether a row of the model's release was proved wrong.
    async fn is_refuted(&self, model: ModelId) -> Result<bool, ChainError>;
}

/// What stands of a settled answer that quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quoted {
    /// The model that answered.
    pub model: ModelId,
    /// What was asked.
    pub input: InputView,
    /// The output that its representative revealed.
    pub output: Vec<u8>,
    /// Who is credited with each token: revealed, or corrected since.
    pub credits: Vec<Credit>,
    /// The passages that it was made with: revealed, or corrected since. Empty for a model without retrieval.
    pub log: Log,
    /// The report's scores.
    pub scores: Vec<Scored>,
    /// How much each kind of evidence counts in it.
    pub blend: Blend,
    /// Its output was refuted.
    pub void: bool,
}

/// Which state of the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// The best block's, which may be taken back.
    Best,
    /// The last finalized block's.
    Finalized,
}

/// What whoever judges an answer that quotes asks of the chain.
#[async_trait::async_trait]
pub trait QuoteDocket: Models {
    /// What stands of the answer to `request`; none if it is not settled, or what was revealed is forgotten.
    async fn quoted(&self, request: RequestId, at: At) -> Result<Option<Quoted>, ChainError>;
}

#[cfg(test)]
pub(crate) mod records_tests;
#[cfg(test)]
pub(crate) mod runtime_tests;
