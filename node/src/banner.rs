// SPDX-License-Identifier: Apache-2.0
//! What a development node says when it is ready: where it is, who has money, what to do next.

use crate::chain_spec::{Chain, TOKEN_DECIMALS, TOKEN_SYMBOL};
use openledger_primitives::signature::{account_of_ethereum_address, AccountId};
use sp_core::crypto::Ss58Codec;
use sp_keyring::Sr25519Keyring;
use std::{collections::BTreeMap, fmt::Write, net::SocketAddr, str::FromStr};

/// The well-known development keys of Ethereum tools on Substrate chains: name, address, private key.
pub const ETHEREUM_ACCOUNTS: [(&str, &str, &str); 5] = [
    (
        "Alith",
        "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac",
        "0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133",
    ),
    (
        "Baltathar",
        "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0",
        "0x8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b",
    ),
    (
        "Charleth",
        "0x798d4Ba9baf0064Ec19eB4F0a1a45785ae9D6DFc",
        "0x0b6e18cafb6ed99687ec547bd28139cafdd2bffe70e6b688025de6b445aa5c5b",
    ),
    (
        "Dorothy",
        "0x773539d4Ac0e786233D90A233654ccEE26a613D9",
        "0x39539ab1876910bbf3a223d84a29e28f1cb4e2e456503e7e91ed39b2e7223d68",
    ),
    (
        "Ethan",
        "0xFf64d3F6efE2317EE2807d223a0Bdc4c0c49dfDB",
        "0x7dce9bc8babb68fec1409be38c8e1a52650206a7ed90ff956ae8a6d15eeaaef4",
    ),
];

/// The SDK's well-known development keys; the preset funds their stashes as well.
const NATIVE_ACCOUNTS: [Sr25519Keyring; 6] = [
    Sr25519Keyring::Alice,
    Sr25519Keyring::Bob,
    Sr25519Keyring::Charlie,
    Sr25519Keyring::Dave,
    Sr25519Keyring::Eve,
    Sr25519Keyring::Ferdie,
];

/// What the banner tells.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Native JSON-RPC.
    pub rpc: SocketAddr,
    /// Ethereum JSON-RPC, if it runs.
    pub ethereum: Option<SocketAddr>,
    /// Prometheus metrics, if they are served.
    pub prometheus: Option<SocketAddr>,
    /// Where the chain's data is.
    pub data: String,
    /// Whether that is removed when the node stops.
    pub temporary: bool,
    /// Where blobs are.
    pub blobs: String,
    /// When blocks are made, in words.
    pub sealing: String,
    /// Whether a worker runs inside.
    pub worker: bool,
}

/// Balances at genesis by account, from the preset.
fn genesis_balances(genesis: &serde_json::Value) -> BTreeMap<AccountId, u128> {
    let entries = genesis
        .pointer("/balances/balances")
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten();
    entries
        .filter_map(|entry| {
            let account = AccountId::from_ss58check(entry.get(0)?.as_str()?).ok()?;
            let amount = entry.get(1)?;
            // serde_json keeps integers above u64 only as text of the number.
            Some((
                account,
                u128::from_str(&amount.to_string())
                    .ok()
                    .or_else(|| float_amount(amount))?,
            ))
        })
        .collect()
}

fn float_amount(amount: &serde_json::Value) -> Option<u128> {
    let float = amount.as_f64().filter(|float| *float >= 0.0)?;
    // Saturates; the banner shows whole OPEN only.
    Some(float as u128)
}

/// Planck as whole tokens, with a point after each three digits.
pub fn whole_tokens(planck: u128) -> String {
    let digits = (planck / 10u128.pow(TOKEN_DECIMALS)).to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out} {TOKEN_SYMBOL}")
}

/// The whole text.
pub fn text(facts: &Facts) -> String {
    let balances = genesis_balances(&Chain::Development.genesis());
    let mut out = String::new();
    write_text(&mut out, facts, &balances).expect("writing to a String cannot fail");
    out
}

fn write_text(out: &mut String, facts: &Facts, balances: &BTreeMap<AccountId, u128>) -> std::fmt::Result {
    let line = "─".repeat(100);
    writeln!(out, "\n{line}")?;
    writeln!(out, "  OpenLedger development chain is ready; {}", facts.sealing)?;
    writeln!(out, "{line}")?;
    writeln!(out, "  Native RPC     ws://{rpc}   http://{rpc}", rpc = facts.rpc)?;
    match facts.ethereum {
        Some(ethereum) => writeln!(out, "  Ethereum RPC   http://{ethereum}   ws://{ethereum}")?,
        None => writeln!(out, "  Ethereum RPC   not running")?,
    }
    if let Some(prometheus) = facts.prometheus {
        writeln!(out, "  Metrics        http://{prometheus}/metrics")?;
    }
    let fate = if facts.temporary {
        "removed when the node stops"
    } else {
        "kept"
    };
    writeln!(out, "  Data           {} ({fate})", facts.data)?;
    writeln!(out, "  Blobs          {}", facts.blobs)?;
    writeln!(
        out,
        "  Worker         {}",
        if facts.worker {
            "inside this node"
        } else {
            "none inside this node"
        }
    )?;

    writeln!(
        out,
        "\n  Accounts with OPEN (public keys of development, worth nothing anywhere else)"
    )?;
    for keyring in NATIVE_ACCOUNTS {
        let account = keyring.to_account_id();
        if let Some(amount) = balances.get(&account).filter(|amount| **amount > 0) {
            let name = format!("//{keyring}");
            writeln!(out, "    {name:<12} {account}  {}", whole_tokens(*amount))?;
        }
    }
    for (name, address, key) in ETHEREUM_ACCOUNTS {
        let account = parse_address(address).map(account_of_ethereum_address);
        if let Some(amount) = account
            .and_then(|account| balances.get(&account))
            .filter(|amount| **amount > 0)
        {
            writeln!(out, "    {name:<12} {address}        {}", whole_tokens(*amount))?;
            writeln!(out, "    {:<12} key {key}", "")?;
        }
    }

    writeln!(out, "\n  Next")?;
    writeln!(
        out,
        "    make demo        plays the whole story against this chain, in a second terminal"
    )?;
    writeln!(
        out,
        "    Polkadot.js apps https://polkadot.js.org/apps/?rpc=ws://{}#/extrinsics",
        facts.rpc
    )?;
    if let Some(ethereum) = facts.ethereum {
        writeln!(
            out,
            "    Wallets          add a network with RPC http://{ethereum}; the chain id comes with it"
        )?;
    }
    writeln!(out, "    Ctrl-C           stops the chain")?;
    writeln!(out, "{line}")
}

fn parse_address(text: &str) -> Option<[u8; 20]> {
    let digits = text.strip_prefix("0x")?;
    let mut address = [0u8; 20];
    if digits.len() != 40 || !digits.is_ascii() {
        return None;
    }
    for (i, byte) in address.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            rpc: "127.0.0.1:9944".parse().unwrap(),
            ethereum: Some("127.0.0.1:8545".parse().unwrap()),
            prometheus: None,
            data: "/data".into(),
            temporary: true,
            blobs: "/data/blobs".into(),
            sealing: "a block as transactions come".into(),
            worker: false,
        }
    }

    #[test]
    fn it_says_where_who_and_what_next() {
        let text = text(&facts());
        for part in [
            "ws://127.0.0.1:9944",
            "http://127.0.0.1:8545",
            "make demo",
            "removed when the node stops",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn it_names_funded_accounts_of_both_worlds() {
        let text = text(&facts());
        assert!(text.contains("//Alice"), "{text}");
        assert!(text.contains("Alith"), "{text}");
    }

    #[test]
    fn accounts_without_money_are_left_out() {
        let mut out = String::new();
        write_text(&mut out, &facts(), &BTreeMap::new()).unwrap();
        assert!(!out.contains("Alice") && !out.contains("Alith"));
    }

    #[test]
    fn keys_belong_to_their_addresses() {
        for (name, address, key) in ETHEREUM_ACCOUNTS {
            let secret: Vec<u8> = (2..66)
                .step_by(2)
                .map(|i| u8::from_str_radix(&key[i..i + 2], 16).unwrap())
                .collect();
            let keypair = subxt_signer::eth::Keypair::from_secret_key(secret.try_into().unwrap()).unwrap();
            assert_eq!(
                keypair.public_key().to_account_id().0,
                parse_address(address).unwrap(),
                "{name}"
            );
        }
    }

    #[test]
    fn amounts_are_whole_tokens() {
        assert_eq!(whole_tokens(1_234_567 * 10u128.pow(18) + 1), "1,234,567 OPEN");
        assert_eq!(whole_tokens(5), "0 OPEN");
        assert_eq!(whole_tokens(123 * 10u128.pow(18)), "123 OPEN");
    }
}
