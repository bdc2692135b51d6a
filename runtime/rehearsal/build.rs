// SPDX-License-Identifier: Apache-2.0
//! Builds the runtime's blob with the feature `upgrade-rehearsal`, and compresses it: code travels in one transaction.

use std::{env, fs, path::Path};
use substrate_wasm_builder::WasmBuilder;

/// The largest blob that nodes unpack.
const MOST_BYTES: usize = sp_maybe_compressed_blob::CODE_BLOB_BOMB_LIMIT;
/// What the blob is called in the folder of the runtime's build, which is the folder of the ordinary blob too.
const NAME: &str = "openledger_runtime_rehearsal";

fn main() {
    let manifest = env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let runtime = Path::new(&manifest).parent().expect("the runtime lies above");
    env::set_var(
        "WASM_BUILD_WORKSPACE_HINT",
        runtime.parent().expect("the workspace lies above"),
    );
    WasmBuilder::new()
        .with_project(runtime.join("Cargo.toml"))
        .expect("the runtime lies above")
        .import_memory()
        .export_heap_base()
        .set_file_name(NAME)
        .enable_feature("upgrade-rehearsal")
        .build();

    let out = env::var("OUT_DIR").expect("cargo says where output goes");
    let written = fs::read_to_string(Path::new(&out).join(NAME)).expect("the builder says where the blob is");
    let path = written
        .split('"')
        .find(|part| part.ends_with(".wasm"))
        .expect("the builder names a file");
    let code = fs::read(path).expect("the blob is there");
    let code = sp_maybe_compressed_blob::decompress(&code, MOST_BYTES)
        .expect("it is a blob")
        .into_owned();
    let packed = sp_maybe_compressed_blob::compress_strongly(&code, MOST_BYTES).expect("it is not too large");
    fs::write(Path::new(&out).join("code"), packed).expect("the output folder can be written to");
}
