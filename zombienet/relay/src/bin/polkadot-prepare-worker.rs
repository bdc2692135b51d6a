// SPDX-License-Identifier: Apache-2.0
//! Compiles a parachain's code for a validator, in a process that may crash.

polkadot_node_core_pvf_common::decl_worker_main!(
    "prepare-worker",
    polkadot_node_core_pvf_prepare_worker::worker_entrypoint,
    polkadot_node_primitives::NODE_VERSION,
    env!("CARGO_PKG_VERSION"),
);
