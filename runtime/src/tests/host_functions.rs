// SPDX-License-Identifier: Apache-2.0
//! Relay-chain validators run the blob with a fixed set of host functions; a call of any other traps.

use std::collections::BTreeSet;
use wasmparser::{Parser, Payload};

/// The host functions that validators offer: storage, child storage, tries, hashing, signatures, logging, allocation
/// and the proof's size. No offchain, no tracing, no indexing of transactions.
const ALLOWED_PREFIXES: &[&str] = &[
    "ext_allocator_",
    "ext_crypto_ed25519_verify_",
    "ext_crypto_sr25519_verify_",
    "ext_crypto_ecdsa_verify_",
    "ext_crypto_secp256k1_ecdsa_recover_",
    "ext_default_child_storage_",
    "ext_hashing_",
    "ext_logging_",
    "ext_misc_",
    "ext_panic_handler_",
    "ext_storage_",
    "ext_storage_proof_size_",
    "ext_trie_",
];

/// Functions that a block never calls: they are reached only by runtime APIs that a node runs, like making session
/// keys, and every chain of the SDK imports them.
const ALLOWED_OUTSIDE_BLOCKS: &[&str] = &[
    "ext_crypto_sr25519_generate_version_1",
    "ext_crypto_sr25519_sign_version_1",
    "ext_offchain_index_set_version_1",
];

fn imports() -> BTreeSet<String> {
    let Some(blob) = crate::WASM_BINARY else {
        return BTreeSet::new();
    };
    let blob =
        sp_maybe_compressed_blob::decompress(blob, 64 * 1024 * 1024).expect("the blob can be decompressed");
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(&blob) {
        if let Payload::ImportSection(section) = payload.expect("the blob is WebAssembly") {
            for import in section {
                let import = import.expect("the import can be read");
                if matches!(import.ty, wasmparser::TypeRef::Func(_)) {
                    names.insert(import.name.to_string());
                }
            }
        }
    }
    names
}

#[test]
fn the_blob_imports_only_what_validators_offer() {
    let unknown: Vec<String> = imports()
        .into_iter()
        .filter(|name| !ALLOWED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
        .filter(|name| !ALLOWED_OUTSIDE_BLOCKS.contains(&name.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "host functions that would trap on validators: {unknown:?}"
    );
}

#[test]
fn the_blob_was_looked_at_unless_its_build_was_skipped() {
    assert_eq!(crate::WASM_BINARY.is_none(), imports().is_empty());
}
