// SPDX-License-Identifier: Apache-2.0
//! How each pallet is set, one file a pallet or an area.

mod accounts;
mod attribution;
mod callbacks;
mod collators;
mod datanets;
mod evm;
pub mod governance;
mod inference;
mod model_registry;
mod money;
pub mod parachain;
pub mod parameters;
pub mod proxy;
mod releases;
mod system;
mod workers;
pub mod xcm;

pub use evm::EvmGasPrice;
pub use money::{TreasuryAccount, WeightToFee, TREASURY_PALLET_ID};
