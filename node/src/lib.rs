// SPDX-License-Identifier: Apache-2.0
//! The OpenLedger node: collator, full node, and a development chain that seals instantly over a mocked relay chain.
//!
//! [`run`] is the whole program. [`cli`] holds its flags, `service` starts it, [`rpc`] answers `openledger_*`,
//! [`ethereum`] supervises the Ethereum JSON-RPC server.
#![deny(rustdoc::broken_intra_doc_links)]
// The SDK's error types are what they are.
#![allow(clippy::result_large_err)]

pub mod banner;
pub mod chain_spec;
pub mod cli;
mod command;
mod dev_clock;
pub mod ethereum;
mod relay_chain;
pub mod rpc;
mod sealing;
mod service;
mod worker;

pub use command::run;
