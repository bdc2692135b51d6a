// SPDX-License-Identifier: Apache-2.0
//! Which pallets can be measured. `pallet-revive` is not among them, because its benchmarks need contracts compiled for
//! RISC-V, and neither are pallets whose benchmarks need a pallet of their own (session, collator selection).

use crate::*;
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::Pallet as SystemBench;

impl frame_system_benchmarking::Config for Runtime {}

frame_benchmarking::define_benchmarks!(
    [frame_system, SystemBench::<Runtime>]
    [pallet_balances, Balances]
    [pallet_collective, Council]
    [pallet_democracy, Democracy]
    [pallet_message_queue, MessageQueue]
    [pallet_multisig, Multisig]
    [pallet_parameters, Parameters]
    [pallet_preimage, Preimage]
    [pallet_proxy, Proxy]
    [pallet_scheduler, Scheduler]
    [pallet_timestamp, Timestamp]
    [pallet_treasury, Treasury]
    [pallet_multi_asset_bounties, Bounties]
    [pallet_tx_pause, TxPause]
    [pallet_safe_mode, SafeMode]
    [pallet_utility, Utility]
    [pallet_vesting, Vesting]
    [pallet_evm, Evm]
    [pallet_datanets, Datanets]
    [pallet_model_registry, ModelRegistry]
    [pallet_powers, Powers]
    [pallet_workers, Workers]
    [pallet_inference, Inference]
    [pallet_attribution, Attribution]
    [pallet_callbacks, Callbacks]
    [pallet_releases, Releases]
);

/// The list of benchmarks.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::<BenchmarkList>::new();
    list_benchmarks!(list, extra);
    (list, AllPalletsWithSystem::storage_info())
}

/// Runs one.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
    let mut batches = Vec::<BenchmarkBatch>::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
