// SPDX-License-Identifier: Apache-2.0
//! Ethereum JSON-RPC: what wallets, tools and indexers of Ethereum expect of a node.
//!
//! ```text
//! client ── HTTP, WebSocket ──► front (this process) ── loopback ──► the SDK's server (a child) ──► the node's RPC
//! ```
//! The SDK's server (`pallet-revive-eth-rpc`) answers from blocks and its database of receipts. It knows no filters
//! and no transaction pool, its subscriptions skip what they cannot keep up with, and it forgets why a transaction was
//! refused. The front answers those itself and passes everything else on:
//! * `methods`: which method is answered where, and the port;
//! * `canon`: the canonical chain, followed block by block, as a journal that filters and subscriptions read;
//! * `filters`, `subscriptions`, `logs`: polling, pushing, and querying, with their limits;
//! * `waiting` and `submit`: the transaction pool, and what may enter it;
//! * `server`: the child process; `backend`: talking to it;
//! * `errors`: every refusal has a name and a code; `refusals`: also those of the child.

mod backend;
mod canon;
mod errors;
mod filters;
mod journal;
mod logs;
mod methods;
mod refusals;
mod server;
mod submit;
mod subscriptions;
mod waiting;

pub use server::{reachable, run_child_if_asked, Server, Status};
pub use waiting::Node;
