// SPDX-License-Identifier: Apache-2.0
//! Relay-chain validators run the blob with a fixed set of host functions; a call of any other traps.

use std::collections::BTreeSet;
use wasmparser::{Parser, Payload, TypeRef};

/// What validators offer to every parachain: `sp_io`'s `misc`, `crypto`, `hashing`, `allocator`, `logging` and `trie`.
/// Two of them, the ones that make a key and sign, are there for the node's call that makes session keys; blocks never
/// call them.
const OFFERED_BY_VALIDATORS: &[&str] = &[
    "ext_allocator_free_version_1",
    "ext_allocator_malloc_version_1",
    "ext_crypto_ed25519_verify_version_1",
    "ext_crypto_secp256k1_ecdsa_recover_compressed_version_2",
    "ext_crypto_secp256k1_ecdsa_recover_version_2",
    "ext_crypto_sr25519_generate_version_1",
    "ext_crypto_sr25519_sign_version_1",
    "ext_crypto_sr25519_verify_version_2",
    "ext_hashing_blake2_128_version_1",
    "ext_hashing_blake2_256_version_1",
    "ext_hashing_keccak_256_version_1",
    "ext_hashing_sha2_256_version_1",
    "ext_hashing_twox_128_version_1",
    "ext_hashing_twox_64_version_1",
    "ext_logging_log_version_1",
    "ext_logging_max_level_version_1",
    "ext_misc_print_hex_version_1",
    "ext_misc_print_utf8_version_1",
    "ext_misc_runtime_version_version_1",
    "ext_trie_blake2_256_ordered_root_version_2",
];

/// What `cumulus_pallet_parachain_system::validate_block` replaces by functions over the block's proof before it runs
/// the block, so that validators need not offer it.
const REPLACED_DURING_VALIDATION: &[&str] = &[
    "ext_default_child_storage_clear_prefix_version_2",
    "ext_default_child_storage_clear_version_1",
    "ext_default_child_storage_exists_version_1",
    "ext_default_child_storage_get_version_1",
    "ext_default_child_storage_next_key_version_1",
    "ext_default_child_storage_read_version_1",
    "ext_default_child_storage_root_version_2",
    "ext_default_child_storage_set_version_1",
    "ext_default_child_storage_storage_kill_version_3",
    "ext_offchain_index_clear_version_1",
    "ext_offchain_index_set_version_1",
    "ext_storage_append_version_1",
    "ext_storage_clear_prefix_version_2",
    "ext_storage_clear_version_1",
    "ext_storage_commit_transaction_version_1",
    "ext_storage_exists_version_1",
    "ext_storage_get_version_1",
    "ext_storage_next_key_version_1",
    "ext_storage_proof_size_storage_proof_size_version_1",
    "ext_storage_read_version_1",
    "ext_storage_rollback_transaction_version_1",
    "ext_storage_root_version_2",
    "ext_storage_set_version_1",
    "ext_storage_start_transaction_version_1",
];

/// The functions that the blob imports. `None` when the blob's build was skipped.
fn imports() -> Option<BTreeSet<String>> {
    let blob = sp_maybe_compressed_blob::decompress(crate::WASM_BINARY?, 64 * 1024 * 1024)
        .expect("the blob can be decompressed");
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(&blob) {
        let Payload::ImportSection(section) = payload.expect("the blob is WebAssembly") else {
            continue;
        };
        for import in section {
            let import = import.expect("the import can be read");
            if matches!(import.ty, TypeRef::Func(_)) {
                names.insert(import.name.to_string());
            }
        }
    }
    Some(names)
}

#[test]
fn the_blob_imports_only_what_validation_provides() {
    let Some(imports) = imports() else { return };
    assert!(!imports.is_empty(), "a runtime without storage cannot be");
    let known: BTreeSet<&str> = OFFERED_BY_VALIDATORS
        .iter()
        .chain(REPLACED_DURING_VALIDATION)
        .copied()
        .collect();
    let unknown: Vec<&String> = imports
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "make sure that validation provides these before they are listed: {unknown:?}"
    );
}
