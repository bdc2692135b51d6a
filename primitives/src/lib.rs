// SPDX-License-Identifier: Apache-2.0
//! Types, traits and runtime APIs that the chain, its workers and its clients share.
//!
//! Pallets meet only through the traits in [`traits`]; what a payload hashes to is in [`attestation`]; how money is
//! split is in [`money`]. Nothing here touches storage.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]

extern crate alloc;

pub mod apis;
pub mod attestation;
pub mod comparator;
pub mod explain;
pub mod ids;
pub mod licence;
pub mod membership;
pub mod money;
pub mod report;
pub mod signature;
pub mod traits;

pub use ids::{ContentId, ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId};
pub use openledger_fixed as fixed;
