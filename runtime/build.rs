// SPDX-License-Identifier: Apache-2.0
//! Builds the runtime's WebAssembly blob. `SKIP_OPENLEDGER_RUNTIME_WASM_BUILD=1` leaves it out.

#[cfg(feature = "std")]
fn main() {
    // The blob is built from the versions in the workspace's Cargo.lock, wherever the target folder is. The folder is
    // asked for now: checkouts that share a target folder share this program too.
    let manifest = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    std::env::set_var("WASM_BUILD_WORKSPACE_HINT", format!("{manifest}/.."));

    let builder = substrate_wasm_builder::WasmBuilder::init_with_defaults();
    #[cfg(feature = "metadata-hash")]
    let builder = builder.enable_metadata_hash("OPEN", 18);
    builder.build();
}

#[cfg(not(feature = "std"))]
fn main() {}
