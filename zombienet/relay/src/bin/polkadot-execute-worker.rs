// SPDX-License-Identifier: Apache-2.0
//! Runs a parachain's compiled code for a validator, in a process that may crash.

polkadot_node_core_pvf_common::decl_worker_main!(
    "execute-worker",
    polkadot_node_core_pvf_execute_worker::worker_entrypoint,
    polkadot_node_primitives::NODE_VERSION,
    env!("CARGO_PKG_VERSION"),
);
