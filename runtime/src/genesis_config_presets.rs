// SPDX-License-Identifier: Apache-2.0
//! Genesis presets: `development` for one machine, `local_testnet` for a network with a relay chain.
//!
//! Both fund the well-known test keys of the SDK (`//Alice` …) and of Ethereum tools (Alith …), whose secrets
//! everybody knows: neither preset is for a chain with value.

use crate::{
    configs::TREASURY_PALLET_ID,
    constants::{EXISTENTIAL_DEPOSIT, MONTHS, OPEN},
    AccountId, Attribution, Balance, BalancesConfig, BlockNumber, CollatorSelectionConfig, CouncilConfig,
    DevelopmentConfig, ParachainInfoConfig, PolkadotXcmConfig, Revive, RuntimeGenesisConfig, SessionConfig,
    SessionKeys, TechnicalCommitteeConfig, VestingConfig,
};
use alloc::{vec, vec::Vec};
use cumulus_primitives_core::ParaId;
use frame_support::{build_struct_json_patch, PalletId};
use hex_literal::hex;
use openledger_primitives::signature::{account_of_ethereum_address, EthereumAddress};
use serde_json::Value;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::AccountIdConversion;

/// The parachain's id in both presets.
pub const PARA_ID: u32 = 2000;

/// All OPEN that there are at the start of `local_testnet`, planck.
pub const TOTAL_SUPPLY: Balance = 1_000_000_000 * OPEN;

/// What each test key has on a development chain, planck.
const DEVELOPMENT_ENDOWMENT: Balance = 1_000_000 * OPEN;
/// What each test key gets out of the community's part on `local_testnet`, planck.
const TESTNET_ENDOWMENT: Balance = 100_000 * OPEN;
/// What a collator candidate has to lock, planck.
const CANDIDACY_BOND: Balance = 10_000 * OPEN;

/// The first five keys of Ethereum development nodes: Alith, Baltathar, Charleth, Dorothy and Ethan.
pub const ETHEREUM_TEST_ADDRESSES: [EthereumAddress; 5] = [
    hex!("f24ff3a9cf04c71dbc94d0b566f7a27b94566cac"),
    hex!("3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0"),
    hex!("798d4ba9baf0064ec19eb4f0a1a45785ae9d6dfc"),
    hex!("773539d4ac0e786233d90a233654ccee26a613d9"),
    hex!("ff64d3f6efe2317ee2807d223a0bdc4c0c49dfdb"),
];

/// A part of the supply that `local_testnet` sets aside.
///
/// It lies in an account that is derived from a name and has no key: a referendum moves what has vested.
pub struct Allocation {
    /// The name.
    pub holder: PalletId,
    /// The part of the supply, in ten-thousandths.
    pub basis_points: u32,
    /// From which block on, and for how many blocks, it vests. `None`: it is free at once.
    pub vesting: Option<(BlockNumber, BlockNumber)>,
}

impl Allocation {
    /// The account.
    pub fn account(&self) -> AccountId {
        self.holder.into_account_truncating()
    }

    /// The amount, planck.
    pub const fn amount(&self) -> Balance {
        TOTAL_SUPPLY / 10_000 * self.basis_points as Balance
    }
}

/// Community and ecosystem: 61.71 %, over four years.
pub const COMMUNITY: Allocation = Allocation {
    holder: PalletId(*b"op/commu"),
    basis_points: 6_171,
    vesting: Some((0, 48 * MONTHS)),
};
/// Investors: 18.29 %, after a year and over three.
pub const INVESTORS: Allocation = Allocation {
    holder: PalletId(*b"op/inves"),
    basis_points: 1_829,
    vesting: Some((12 * MONTHS, 36 * MONTHS)),
};
/// Team: 15 %, after a year and over three.
pub const TEAM: Allocation = Allocation {
    holder: PalletId(*b"op/teamm"),
    basis_points: 1_500,
    vesting: Some((12 * MONTHS, 36 * MONTHS)),
};
/// Liquidity: 5 %, free at once.
pub const LIQUIDITY: Allocation = Allocation {
    holder: PalletId(*b"op/liqui"),
    basis_points: 500,
    vesting: None,
};

/// All of them.
pub const ALLOCATIONS: [Allocation; 4] = [COMMUNITY, INVESTORS, TEAM, LIQUIDITY];

const _: () = assert!(
    COMMUNITY.amount() + INVESTORS.amount() + TEAM.amount() + LIQUIDITY.amount() == TOTAL_SUPPLY,
    "the allocations are the whole supply"
);

/// The accounts of all test keys.
pub fn test_accounts() -> Vec<AccountId> {
    Sr25519Keyring::well_known()
        .map(|key| key.to_account_id())
        .chain(ETHEREUM_TEST_ADDRESSES.map(account_of_ethereum_address))
        .collect()
}

/// Accounts that pallets make at genesis when nobody else has.
fn pallet_accounts() -> [AccountId; 3] {
    [
        TREASURY_PALLET_ID.into_account_truncating(),
        Revive::account_id(),
        Attribution::account_id(),
    ]
}

/// The members of council and technical committee in both presets.
fn representatives() -> Vec<AccountId> {
    [
        Sr25519Keyring::Alice,
        Sr25519Keyring::Bob,
        Sr25519Keyring::Charlie,
    ]
    .map(|key| key.to_account_id())
    .to_vec()
}

fn session_keys(collators: &[Sr25519Keyring]) -> Vec<(AccountId, AccountId, SessionKeys)> {
    collators
        .iter()
        .map(|key| {
            let account = key.to_account_id();
            (
                account.clone(),
                account,
                SessionKeys {
                    aura: AuraId::from(key.public()),
                },
            )
        })
        .collect()
}

fn preset(
    collators: &[Sr25519Keyring],
    balances: Vec<(AccountId, Balance)>,
    vesting: Vec<(AccountId, BlockNumber, BlockNumber, Balance)>,
    development: bool,
) -> Value {
    build_struct_json_patch!(RuntimeGenesisConfig {
        balances: BalancesConfig { balances },
        vesting: VestingConfig { vesting },
        parachain_info: ParachainInfoConfig {
            parachain_id: ParaId::from(PARA_ID)
        },
        development: DevelopmentConfig { enabled: development },
        collator_selection: CollatorSelectionConfig {
            invulnerables: collators.iter().map(|key| key.to_account_id()).collect(),
            candidacy_bond: CANDIDACY_BOND,
        },
        session: SessionConfig {
            keys: session_keys(collators)
        },
        polkadot_xcm: PolkadotXcmConfig {
            safe_xcm_version: Some(staging_xcm::prelude::XCM_VERSION)
        },
        council: CouncilConfig {
            members: representatives()
        },
        technical_committee: TechnicalCommitteeConfig {
            members: representatives()
        },
    })
}

fn development() -> Value {
    let balances = test_accounts()
        .into_iter()
        .map(|account| (account, DEVELOPMENT_ENDOWMENT))
        .collect();
    preset(&[Sr25519Keyring::Alice], balances, Vec::new(), true)
}

fn local_testnet() -> Value {
    // Test keys and pallets are paid by the community, so that the whole stays the supply.
    let paid_by_community: Vec<(AccountId, Balance)> = test_accounts()
        .into_iter()
        .map(|account| (account, TESTNET_ENDOWMENT))
        .chain(pallet_accounts().map(|account| (account, EXISTENTIAL_DEPOSIT)))
        .collect();
    let paid: Balance = paid_by_community.iter().map(|(_, amount)| amount).sum();

    let balances = ALLOCATIONS
        .iter()
        .map(|part| {
            let own = if part.holder == COMMUNITY.holder {
                part.amount().saturating_sub(paid)
            } else {
                part.amount()
            };
            (part.account(), own)
        })
        .chain(paid_by_community)
        .collect();
    let vesting = ALLOCATIONS
        .iter()
        .filter_map(|part| {
            part.vesting
                .map(|(begin, length)| (part.account(), begin, length, 0))
        })
        .collect();

    preset(
        &[
            Sr25519Keyring::Alice,
            Sr25519Keyring::Bob,
            Sr25519Keyring::Charlie,
        ],
        balances,
        vesting,
        false,
    )
}

/// The preset of this name.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_ref() {
        DEV_RUNTIME_PRESET => development(),
        LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
        _ => return None,
    };
    Some(
        serde_json::to_string(&patch)
            .expect("a JSON value can be written as text; qed")
            .into_bytes(),
    )
}

/// The names of the presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![
        PresetId::from(DEV_RUNTIME_PRESET),
        PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET),
    ]
}
