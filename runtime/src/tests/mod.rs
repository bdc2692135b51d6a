// SPDX-License-Identifier: Apache-2.0
//! What must not change by accident, and what the whole runtime promises.

mod accounts;
mod development;
mod dispute;
mod draw_seed;
mod emergency;
mod evm;
mod governance;
mod host_functions;
mod indices;
mod messages;
mod paid_request;
mod parameters;
mod precompiles;
mod presets;
mod proxies;
mod releases;
mod slots;
mod treasury;

use crate::{genesis_config_presets, RuntimeGenesisConfig, System};
use sp_genesis_builder::PresetId;
use sp_io::TestExternalities;
use sp_runtime::BuildStorage;

/// The state that a preset gives at block 1.
fn chain_of(preset: &str) -> TestExternalities {
    let id = PresetId::from(preset);
    let mut config =
        serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default has a JSON form");
    let patch = genesis_config_presets::get_preset(&id).expect("the preset exists");
    json_merge(
        &mut config,
        serde_json::from_slice(&patch).expect("the preset is JSON"),
    );
    let config: RuntimeGenesisConfig = serde_json::from_value(config).expect("the preset fits the genesis");
    let mut ext = TestExternalities::new(config.build_storage().expect("the genesis can be built"));
    ext.execute_with(|| System::set_block_number(1));
    ext
}

fn json_merge(base: &mut serde_json::Value, patch: serde_json::Value) {
    match (base, patch) {
        (serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                json_merge(base.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

fn development_chain() -> TestExternalities {
    chain_of(sp_genesis_builder::DEV_RUNTIME_PRESET)
}

fn local_testnet() -> TestExternalities {
    chain_of(sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET)
}
