// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(rustdoc::broken_intra_doc_links)]
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

mod attribution;
mod calldata;
mod challenges;
mod datanets;
mod democracy;
mod execution;
mod inference;
pub mod interfaces;
mod model_registry;
mod novelty;
mod place;
mod powers;
mod quotes;
mod refusal;
mod values;
mod workers;

pub use attribution::AttributionPrecompile;
pub use calldata::Calldata;
pub use datanets::DatanetsPrecompile;
pub use democracy::DemocracyPrecompile;
pub use inference::InferencePrecompile;
pub use model_registry::ModelRegistryPrecompile;
pub use place::Place;
pub use powers::PowersPrecompile;
pub use workers::WorkersPrecompile;

use frame_support::traits::{Currency, PalletsInfoAccess};
use openledger_primitives::money::Balance;

/// All of them, for `pallet_revive::Config::Precompiles`.
pub type All<T> = (
    DatanetsPrecompile<T>,
    ModelRegistryPrecompile<T>,
    InferencePrecompile<T>,
    AttributionPrecompile<T>,
    WorkersPrecompile<T>,
    DemocracyPrecompile<T>,
    PowersPrecompile<T>,
);

/// A runtime whose calls Solidity can make.
pub trait Config: pallet_datanets::Config
    + pallet_model_registry::Config
    + pallet_inference::Config
    + pallet_callbacks::Config
    + pallet_attribution::Config
    + pallet_workers::Config
    + pallet_powers::Config
    + pallet_preimage::Config
    + pallet_democracy::Config<Currency: Currency<<Self as frame_system::Config>::AccountId, Balance = Balance>>
    + pallet_revive::Config<
        RuntimeCall: From<pallet_datanets::Call<Self>>
                         + From<pallet_model_registry::Call<Self>>
                         + From<pallet_inference::Call<Self>>
                         + From<pallet_attribution::Call<Self>>
                         + From<pallet_workers::Call<Self>>
                         + From<pallet_powers::Call<Self>>
                         + From<pallet_preimage::Call<Self>>
                         + From<pallet_democracy::Call<Self>>,
    >
{
    /// Every pallet of the runtime: their names are part of the names of errors.
    type AllPallets: PalletsInfoAccess;
}
