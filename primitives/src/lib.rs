// SPDX-License-Identifier: Apache-2.0
//! Types, traits and runtime APIs that the chain, its workers and its clients share.
//!
//! Pallets meet only through the traits in [`traits`]; what a payload hashes to is in [`attestation`]; how money is
//! split is in [`money`]. Nothing here touches storage.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

extern crate alloc;

pub mod attestation;
pub mod ids;
pub mod input;
pub mod licence;
pub mod money;
pub mod traits;

// The codec's derive macros cast the indices of variants.
#[allow(clippy::as_conversions)]
pub mod apis;
#[allow(clippy::as_conversions)]
pub mod comparator;
#[allow(clippy::as_conversions)]
pub mod explain;
#[allow(clippy::as_conversions)]
pub mod membership;
#[allow(clippy::as_conversions)]
pub mod report;
#[allow(clippy::as_conversions)]
pub mod shown;
#[allow(clippy::as_conversions)]
pub mod signature;

pub use ids::{ContentId, ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId};
pub use openledger_fixed as fixed;
