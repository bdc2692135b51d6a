// SPDX-License-Identifier: Apache-2.0
//! The OpenLedger parachain runtime: which pallets the chain has, and how they are set.
//!
//! * this file: the types of a block and of an extrinsic, and the pallets with their indices;
//! * [`configs`]: one file a pallet or an area, with the reasons for each setting;
//! * [`apis`]: what the node asks of the runtime;
//! * [`development`]: what is different on a development chain, under a flag that only genesis can set;
//! * [`draw_seed`]: the randomness of committee draws;
//! * [`genesis_config_presets`]: the presets `development` and `local_testnet`;
//! * [`migrations`]: what an upgrade does to the state.
#![cfg_attr(not(feature = "std"), no_std)]
// The runtime's type tuples are long.
#![recursion_limit = "512"]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod constants;
pub mod development;
pub mod draw_seed;
pub mod genesis_config_presets;
pub mod migrations;
#[cfg(test)]
mod tests;
pub mod weights;

use alloc::vec::Vec;
use pallet_revive::evm::runtime::EthExtra;
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, InvalidVersion},
};
use sp_version::{runtime_version, RuntimeVersion};

pub use openledger_primitives::{
    money::Balance,
    signature::{AccountId, Address, Signature},
};

/// The number of a block.
pub type BlockNumber = u32;
/// The number of an account's transaction.
pub type Nonce = u32;
/// A hash of the chain.
pub type Hash = sp_core::H256;
/// The header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

impl_opaque_keys! {
    /// A collator's session keys.
    pub struct SessionKeys {
        /// The key that seals blocks.
        pub aura: Aura,
    }
}

/// The version with a specification of that number, a literal because the number is also written beside the code.
macro_rules! version {
    ($specification:tt) => {
        /// The runtime's version.
        #[runtime_version]
        pub const VERSION: RuntimeVersion = RuntimeVersion {
            spec_name: alloc::borrow::Cow::Borrowed("openledger"),
            impl_name: alloc::borrow::Cow::Borrowed("openledger"),
            authoring_version: 1,
            spec_version: $specification,
            impl_version: 0,
            apis: apis::RUNTIME_API_VERSIONS,
            transaction_version: 1,
            system_version: 1,
        };
    };
}
#[cfg(not(feature = "upgrade-rehearsal"))]
version!(1);
#[cfg(feature = "upgrade-rehearsal")]
version!(2);

/// What is checked of, and added to, every transaction.
///
/// `StorageWeightReclaim` has to be around all others. `SetOrigin` has to come after all that need a signed origin.
pub type TxExtension = cumulus_pallet_weight_reclaim::StorageWeightReclaim<
    Runtime,
    (
        frame_system::CheckNonZeroSender<Runtime>,
        frame_system::CheckSpecVersion<Runtime>,
        frame_system::CheckTxVersion<Runtime>,
        frame_system::CheckGenesis<Runtime>,
        frame_system::CheckEra<Runtime>,
        frame_system::CheckNonce<Runtime>,
        frame_system::CheckWeight<Runtime>,
        pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
        frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
        pallet_revive::evm::tx_extension::SetOrigin<Runtime>,
    ),
>;

/// The extensions that an Ethereum transaction gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EthExtraImpl;

impl EthExtra for EthExtraImpl {
    type Config = Runtime;
    type ExtensionV0 = TxExtension;
    type ExtensionOtherVersions = InvalidVersion;

    fn get_eth_extension(nonce: Nonce, tip: Balance) -> Self::ExtensionV0 {
        (
            frame_system::CheckNonZeroSender::<Runtime>::new(),
            frame_system::CheckSpecVersion::<Runtime>::new(),
            frame_system::CheckTxVersion::<Runtime>::new(),
            frame_system::CheckGenesis::<Runtime>::new(),
            frame_system::CheckMortality::from(generic::Era::Immortal),
            frame_system::CheckNonce::<Runtime>::from(nonce),
            frame_system::CheckWeight::<Runtime>::new(),
            pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(tip),
            frame_metadata_hash_extension::CheckMetadataHash::<Runtime>::new(false),
            pallet_revive::evm::tx_extension::SetOrigin::<Runtime>::new_from_eth_transaction(),
        )
            .into()
    }
}

/// An extrinsic as it travels: a native one, or an Ethereum transaction wrapped by the Ethereum RPC server.
pub type UncheckedExtrinsic =
    pallet_revive::evm::runtime::UncheckedExtrinsic<Address, Signature, EthExtraImpl>;

/// What a native transaction's signature covers.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Runs blocks.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

// Indices are part of the chain's interface: they never change and are never reused (`tests::indices`).
// 0-9 system, 10-19 money, 20-29 collators, 30-39 messages, 40-49 tools for accounts, 50-59 governance, 60-69 EVM,
// 70-89 ours.
#[frame_support::runtime]
mod runtime {
    /// The OpenLedger runtime.
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Runtime>;
    #[runtime::pallet_index(1)]
    pub type ParachainSystem = cumulus_pallet_parachain_system::Pallet<Runtime>;
    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp::Pallet<Runtime>;
    #[runtime::pallet_index(3)]
    pub type ParachainInfo = staging_parachain_info::Pallet<Runtime>;
    #[runtime::pallet_index(4)]
    pub type WeightReclaim = cumulus_pallet_weight_reclaim::Pallet<Runtime>;
    #[runtime::pallet_index(5)]
    pub type Parameters = pallet_parameters::Pallet<Runtime>;
    #[runtime::pallet_index(6)]
    pub type Development = crate::development::Pallet<Runtime>;
    #[runtime::pallet_index(7)]
    pub type DrawSeed = crate::draw_seed::Pallet<Runtime>;

    #[runtime::pallet_index(10)]
    pub type Balances = pallet_balances::Pallet<Runtime>;
    #[runtime::pallet_index(11)]
    pub type TransactionPayment = pallet_transaction_payment::Pallet<Runtime>;
    #[runtime::pallet_index(12)]
    pub type Vesting = pallet_vesting::Pallet<Runtime>;
    #[runtime::pallet_index(13)]
    pub type Treasury = pallet_treasury::Pallet<Runtime>;
    #[runtime::pallet_index(14)]
    pub type Bounties = pallet_multi_asset_bounties::Pallet<Runtime>;

    // The order of these five is the order of their genesis: each needs the one before.
    #[runtime::pallet_index(20)]
    pub type Authorship = pallet_authorship::Pallet<Runtime>;
    #[runtime::pallet_index(21)]
    pub type CollatorSelection = pallet_collator_selection::Pallet<Runtime>;
    #[runtime::pallet_index(22)]
    pub type Session = pallet_session::Pallet<Runtime>;
    #[runtime::pallet_index(23)]
    pub type Aura = pallet_aura::Pallet<Runtime>;
    #[runtime::pallet_index(24)]
    pub type AuraExt = cumulus_pallet_aura_ext::Pallet<Runtime>;

    #[runtime::pallet_index(30)]
    pub type XcmpQueue = cumulus_pallet_xcmp_queue::Pallet<Runtime>;
    #[runtime::pallet_index(31)]
    pub type PolkadotXcm = pallet_xcm::Pallet<Runtime>;
    #[runtime::pallet_index(32)]
    pub type CumulusXcm = cumulus_pallet_xcm::Pallet<Runtime>;
    #[runtime::pallet_index(33)]
    pub type MessageQueue = pallet_message_queue::Pallet<Runtime>;

    #[runtime::pallet_index(40)]
    pub type Utility = pallet_utility::Pallet<Runtime>;
    #[runtime::pallet_index(41)]
    pub type Proxy = pallet_proxy::Pallet<Runtime>;
    #[runtime::pallet_index(42)]
    pub type Multisig = pallet_multisig::Pallet<Runtime>;
    #[runtime::pallet_index(43)]
    pub type Preimage = pallet_preimage::Pallet<Runtime>;
    #[runtime::pallet_index(44)]
    pub type Scheduler = pallet_scheduler::Pallet<Runtime>;

    #[runtime::pallet_index(50)]
    pub type Council = pallet_collective::Pallet<Runtime, Instance1>;
    #[runtime::pallet_index(51)]
    pub type TechnicalCommittee = pallet_collective::Pallet<Runtime, Instance2>;
    #[runtime::pallet_index(52)]
    pub type Democracy = pallet_democracy::Pallet<Runtime>;
    #[runtime::pallet_index(53)]
    pub type TxPause = pallet_tx_pause::Pallet<Runtime>;
    #[runtime::pallet_index(54)]
    pub type SafeMode = pallet_safe_mode::Pallet<Runtime>;
    #[runtime::pallet_index(55)]
    pub type Powers = pallet_powers::Pallet<Runtime>;

    #[runtime::pallet_index(60)]
    pub type Revive = pallet_revive::Pallet<Runtime>;
    #[runtime::pallet_index(61)]
    pub type Evm = pallet_evm::Pallet<Runtime>;

    #[runtime::pallet_index(70)]
    pub type Datanets = pallet_datanets::Pallet<Runtime>;
    #[runtime::pallet_index(71)]
    pub type ModelRegistry = pallet_model_registry::Pallet<Runtime>;
    #[runtime::pallet_index(72)]
    pub type Workers = pallet_workers::Pallet<Runtime>;
    #[runtime::pallet_index(73)]
    pub type Inference = pallet_inference::Pallet<Runtime>;
    #[runtime::pallet_index(74)]
    pub type Attribution = pallet_attribution::Pallet<Runtime>;
    #[runtime::pallet_index(75)]
    pub type Callbacks = pallet_callbacks::Pallet<Runtime>;
    #[runtime::pallet_index(76)]
    pub type Releases = pallet_releases::Pallet<Runtime>;
}

#[cfg(not(feature = "std"))]
cumulus_pallet_parachain_system::register_validate_block! {
    Runtime = Runtime,
    BlockExecutor = cumulus_pallet_aura_ext::BlockExecutor::<Runtime, Executive>,
}
