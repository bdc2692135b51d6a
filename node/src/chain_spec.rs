// SPDX-License-Identifier: Apache-2.0
//! The chains this node knows: their names, properties and genesis presets.
//!
//! `chain-specs/` holds them in plain form with the runtime's code left out (`"code": "0x"`), because the code is
//! the build's. `openledger-node chain-specs` remakes them; a test compares them with what the presets give today.

use openledger_runtime::genesis_config_presets as presets;
use sc_chain_spec::ChainSpecExtension;
use sc_service::{ChainType, Properties};
use serde::{Deserialize, Serialize};
use sp_maybe_compressed_blob::{compress_strongly, decompress, CODE_BLOB_BOMB_LIMIT};
use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

/// A chain specification of ours.
pub type ChainSpec = sc_service::GenericChainSpec<Extensions>;

/// The token's symbol.
pub const TOKEN_SYMBOL: &str = "OPEN";
/// Digits after the point of one OPEN.
pub const TOKEN_DECIMALS: u32 = 18;
/// The address type of an SS58 address on this chain.
pub const SS58_FORMAT: u16 = 42;

/// What a parachain's specification says besides its genesis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ChainSpecExtension)]
pub struct Extensions {
    /// The relay chain's specification: an id or a file.
    #[serde(alias = "relayChain")]
    pub relay_chain: String,
    /// The parachain's id. The runtime's genesis says the same; tools read it here.
    #[serde(alias = "paraId")]
    pub para_id: u32,
}

impl Extensions {
    /// The extensions of `chain_spec`, if it is a parachain's.
    pub fn of(chain_spec: &dyn sc_service::ChainSpec) -> Option<&Self> {
        sc_chain_spec::get_extension(chain_spec.extensions())
    }
}

/// A chain that is built into the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// One node, sealed as transactions come.
    Development,
    /// Three collators under a local relay chain.
    LocalTestnet,
}

impl Chain {
    /// Every chain that is built into the node.
    pub const ALL: [Self; 2] = [Self::Development, Self::LocalTestnet];

    /// The runtime's genesis preset.
    pub fn preset(self) -> &'static str {
        match self {
            Self::Development => sp_genesis_builder::DEV_RUNTIME_PRESET,
            Self::LocalTestnet => sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET,
        }
    }

    /// File name in `chain-specs/`, without the ending.
    pub fn file_stem(self) -> &'static str {
        self.preset()
    }

    /// The chain that `--chain id` names, if it is built in.
    pub fn named(id: &str) -> Option<Self> {
        match id {
            "dev" | "development" => Some(Self::Development),
            "local" | "local_testnet" => Some(Self::LocalTestnet),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Development => "OpenLedger Development",
            Self::LocalTestnet => "OpenLedger Local Testnet",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Development => "dev",
            Self::LocalTestnet => "local_testnet",
        }
    }

    fn chain_type(self) -> ChainType {
        match self {
            Self::Development => ChainType::Development,
            Self::LocalTestnet => ChainType::Local,
        }
    }

    /// The genesis preset as JSON, from the native runtime: what the wasm gives, without running it.
    pub fn genesis(self) -> serde_json::Value {
        let preset =
            presets::get_preset(&self.preset().into()).expect("the runtime has the presets it lists");
        serde_json::from_slice(&preset).expect("a preset is JSON")
    }
}

/// How wallets write amounts and addresses.
pub fn properties() -> Properties {
    let mut properties = Properties::new();
    properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
    properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
    properties.insert("ss58Format".into(), SS58_FORMAT.into());
    properties.insert("isEthereum".into(), false.into());
    properties
}

/// The specification of `chain` with this runtime code.
pub fn build(chain: Chain, code: &[u8]) -> ChainSpec {
    let extensions = Extensions {
        relay_chain: "rococo-local".into(),
        para_id: presets::PARA_ID,
    };
    ChainSpec::builder(code, extensions)
        .with_name(chain.name())
        .with_id(chain.id())
        .with_protocol_id("openledger")
        .with_chain_type(chain.chain_type())
        .with_properties(properties())
        .with_genesis_config_patch(chain.genesis())
        .build()
}

/// The specification of `chain` with its code left out, as it is committed.
pub fn without_code(chain: Chain) -> ChainSpec {
    build(chain, &[])
}

/// The specification with the runtime that this binary was built with.
pub fn with_code(chain: Chain) -> Result<ChainSpec, String> {
    let code = openledger_runtime::WASM_BINARY
        .ok_or("this binary was built without the runtime's code (SKIP_OPENLEDGER_RUNTIME_WASM_BUILD); build it again without that")?;
    match chain {
        Chain::Development => Ok(build(chain, code)),
        Chain::LocalTestnet => Ok(build(chain, &compressed(code)?)),
    }
}

/// The code as a relay chain takes it: compressed, because there is a limit to its size.
fn compressed(code: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let plain = decompress(code, CODE_BLOB_BOMB_LIMIT)
        .map_err(|error| format!("the runtime's code is not what it says: {error}"))?;
    match plain {
        // An optimised build has compressed it.
        Cow::Owned(_) => Ok(Cow::Borrowed(code)),
        Cow::Borrowed(plain) => compress_strongly(plain, CODE_BLOB_BOMB_LIMIT)
            .map(Cow::Owned)
            .ok_or_else(|| {
                format!(
                    "the runtime's code of {} bytes is larger than the {CODE_BLOB_BOMB_LIMIT} bytes that a node unpacks",
                    plain.len()
                )
            }),
    }
}

/// What `--chain id` means: a chain that is built in, or a file.
pub fn load(id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
    if id.is_empty() {
        return Err(
            "say which chain: --dev for the development chain, or --chain with `development`, \
                    `local_testnet` or a specification file"
                .into(),
        );
    }
    Ok(match Chain::named(id) {
        Some(chain) => Box::new(with_code(chain)?),
        None => Box::new(ChainSpec::from_json_file(PathBuf::from(id))?),
    })
}

/// A specification as text, with a newline at its end.
fn text(chain_spec: &ChainSpec, raw: bool) -> Result<String, String> {
    chain_spec.as_json(raw).map(|json| json + "\n")
}

/// The committed form of `chain`.
pub fn plain_text(chain: Chain) -> Result<String, String> {
    text(&without_code(chain), false)
}

/// Writes the plain specifications into `plain` and, if asked, the raw ones into `raw`.
pub fn write_all(plain: &Path, raw: Option<&Path>) -> Result<Vec<PathBuf>, String> {
    let mut written = Vec::new();
    let mut write = |folder: &Path, name: String, text: String| {
        let file = folder.join(name);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&file, text))
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
        written.push(file);
        Ok::<_, String>(())
    };
    for chain in Chain::ALL {
        write(plain, format!("{}.json", chain.file_stem()), plain_text(chain)?)?;
        if let Some(raw) = raw {
            write(
                raw,
                format!("{}-raw.json", chain.file_stem()),
                text(&with_code(chain)?, true)?,
            )?;
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_specifications_are_what_the_presets_give_today() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chain-specs");
        for chain in Chain::ALL {
            let file = folder.join(format!("{}.json", chain.file_stem()));
            let committed = std::fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}; run `make chain-specs`", file.display()));
            assert!(
                committed == plain_text(chain).unwrap(),
                "{} is not what the preset gives today; run `make chain-specs` and commit it",
                file.display()
            );
        }
    }

    #[test]
    fn the_code_is_left_to_the_build() {
        for chain in Chain::ALL {
            let json: serde_json::Value = serde_json::from_str(&plain_text(chain).unwrap()).unwrap();
            assert_eq!(json.pointer("/genesis/runtimeGenesis/code").unwrap(), "0x");
        }
    }

    #[test]
    fn wallets_learn_the_token_and_the_address_type() {
        let properties = without_code(Chain::Development).properties();
        assert_eq!(properties["tokenSymbol"], "OPEN");
        assert_eq!(properties["tokenDecimals"], 18);
        assert_eq!(properties["ss58Format"], 42);
        assert_eq!(properties["isEthereum"], false);
    }

    #[test]
    fn chains_have_their_usual_names() {
        assert_eq!(Chain::named("dev"), Some(Chain::Development));
        assert_eq!(Chain::named("development"), Some(Chain::Development));
        assert_eq!(Chain::named("local"), Some(Chain::LocalTestnet));
        assert_eq!(Chain::named("local_testnet"), Some(Chain::LocalTestnet));
        assert_eq!(Chain::named("mainnet"), None);
    }

    #[test]
    fn no_chain_at_all_is_explained() {
        assert!(load("").err().unwrap().contains("--dev"));
    }

    #[test]
    fn a_missing_file_is_named() {
        assert!(load("no/such/file.json")
            .err()
            .unwrap()
            .contains("no/such/file.json"));
    }

    #[test]
    fn code_for_a_relay_chain_is_compressed_once() {
        let code = b"\0asm".repeat(10_000);
        let once = compressed(&code).unwrap();
        assert!(once.len() < code.len() / 10);
        assert_eq!(decompress(&once, CODE_BLOB_BOMB_LIMIT).unwrap(), code);
        assert_eq!(compressed(&once).unwrap(), once);
    }

    #[test]
    fn code_that_no_node_would_unpack_is_refused() {
        let code = vec![0; CODE_BLOB_BOMB_LIMIT + 1];
        assert!(compressed(&code).unwrap_err().contains("larger than"));
    }

    #[test]
    fn specifications_are_written_where_they_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let written = write_all(folder.path(), None).unwrap();
        assert_eq!(written.len(), Chain::ALL.len());
        for file in written {
            let read = ChainSpec::from_json_file(file).unwrap();
            assert_eq!(Extensions::of(&read).unwrap().para_id, presets::PARA_ID);
        }
    }
}
