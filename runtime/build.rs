// SPDX-License-Identifier: Apache-2.0
//! Builds the runtime's WebAssembly blob, unless `SKIP_OPENLEDGER_RUNTIME_WASM_BUILD` is set.

#[cfg(feature = "std")]
fn main() {
    // set for every crate in .cargo/config.toml, against test runtimes of the SDK; this one is wanted
    std::env::remove_var("SKIP_WASM_BUILD");
    let builder = substrate_wasm_builder::WasmBuilder::init_with_defaults();
    #[cfg(feature = "metadata-hash")]
    let builder = builder.enable_metadata_hash("OPEN", 18);
    builder.build();
}

#[cfg(not(feature = "std"))]
fn main() {}
