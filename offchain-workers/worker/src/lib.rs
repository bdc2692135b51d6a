// SPDX-License-Identifier: Apache-2.0
//! The worker: follows finalized blocks, computes what it was drawn for, commits, reveals and claims nothing.
//!
//! [`run`] is the whole service; `openledger-worker run` and the node's `--worker` call it. Its parts meet only through
//! small traits, so each is tested without the others:
//!
//! * [`chain`]: what the worker reads and the calls it signs ([`chain::Chain`], [`transactions::Ledger`]).
//! * [`jobs`]: what it owes for each request, on disk before it is acted on.
//! * [`driver`]: finalized blocks in, computations and transactions out.
//! * [`compute`]: an answer and its report from an input.
//! * [`adapters`]: heads and indexes, checked against their registration.
//! * [`texts`]: texts that answer by continuing what they are asked, checked the same way.
//! * [`artifacts`]: bytes by content id.
//! * [`duties`]: what the chain waits for at every finalized block, answered.
//! * [`challenges`]: standing by a report that somebody challenges.
//! * [`rows`]: disputes of released rows, for their owner and for whoever disputes one.
//! * [`refutation`]: showing what is wrong with a report that rests on quotes.
//! * [`inclusion`]: one call at a time, for commands.
//! * [`transactions`]: the one place that takes nonces.
//! * [`registration`]: bond and heartbeats.
//! * [`hosting`]: which models are offered.
//! * [`metrics`]: figures for operators.
//!
//! Everything is keyed by request and registration and may happen again: a worker that is killed at any point goes on
//! where it was, and never reveals anything but what it committed to.
#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod adapters;
pub mod artifacts;
pub mod chain;
pub mod challenges;
pub mod compute;
pub mod driver;
pub mod duties;
pub mod hosting;
pub mod inclusion;
pub mod jobs;
pub mod metrics;
pub mod refutation;
pub mod registration;
pub mod rows;
pub mod texts;
pub mod transactions;

mod files;
mod service;
mod shelf;

pub use chain::{Signer, SignerError, KEY_TYPE};
pub use hosting::Hosting;
pub use metrics::Metrics;
pub use service::{run, WorkerConfig, WorkerError};
