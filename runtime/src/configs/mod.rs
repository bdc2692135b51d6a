// SPDX-License-Identifier: Apache-2.0
//! How each pallet is set, one file a pallet or an area.

mod accounts;
mod attribution;
mod callbacks;
mod collators;
mod datanets;
pub mod emergency;
mod evm;
pub mod governance;
mod inference;
mod model_registry;
mod money;
pub mod parachain;
pub mod parameters;
mod powers;
pub mod proxy;
mod releases;
mod system;
mod treasury;
mod workers;
pub mod xcm;

pub use evm::EvmGasPrice;
pub use money::{TreasuryAccount, WeightToFee, TREASURY_PALLET_ID};
