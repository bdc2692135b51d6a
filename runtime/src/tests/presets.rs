// SPDX-License-Identifier: Apache-2.0
//! The presets build, and the network's one distributes exactly the supply.

use super::{development_chain, local_testnet};
use crate::{
    constants::{MONTHS, OPEN},
    development::Enabled,
    genesis_config_presets::{
        get_preset, preset_names, test_accounts, Allocation, ALLOCATIONS, COMMUNITY, ETHEREUM_TEST_ADDRESSES,
        INVESTORS, LIQUIDITY, PARA_ID, TEAM, TOTAL_SUPPLY,
    },
    Balance, Balances, ParachainInfo, Revive, Runtime, System, Vesting,
};
use frame_support::traits::{fungible::Inspect, VestingSchedule};
use openledger_primitives::signature::account_of_ethereum_address;
use pallet_revive::{AccountId32Mapper, AddressMapper};
use sp_core::H160;
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;

#[test]
fn there_are_two_presets_and_no_others() {
    assert_eq!(
        preset_names(),
        [PresetId::from("development"), PresetId::from("local_testnet")]
    );
    assert!(preset_names().iter().all(|id| get_preset(id).is_some()));
    assert_eq!(get_preset(&PresetId::from("production")), None);
}

#[test]
fn the_presets_build_by_the_runtime_api() {
    use frame_support::genesis_builder_helper::{build_state, get_preset as preset_of};
    for id in preset_names() {
        sp_io::TestExternalities::default().execute_with(|| {
            let patch = preset_of::<crate::RuntimeGenesisConfig>(&Some(id.clone()), get_preset).unwrap();
            let mut config = serde_json::to_value(crate::RuntimeGenesisConfig::default()).unwrap();
            super::json_merge(&mut config, serde_json::from_slice(&patch).unwrap());
            build_state::<crate::RuntimeGenesisConfig>(serde_json::to_vec(&config).unwrap()).unwrap();
            assert_eq!(u32::from(ParachainInfo::parachain_id()), PARA_ID);
        });
    }
}

#[test]
fn the_network_starts_with_exactly_the_supply() {
    local_testnet().execute_with(|| {
        assert_eq!(Balances::total_issuance(), 1_000_000_000 * OPEN);
        let held: Balance = frame_system::Account::<Runtime>::iter_values()
            .map(|account| account.data.free + account.data.reserved)
            .sum();
        assert_eq!(held, 1_000_000_000 * OPEN);
    });
}

#[test]
fn the_allocations_are_those_of_the_token() {
    let percent = |parts: Balance| TOTAL_SUPPLY / 10_000 * parts;
    assert_eq!(COMMUNITY.amount(), percent(6_171));
    assert_eq!(INVESTORS.amount(), percent(1_829));
    assert_eq!(TEAM.amount(), percent(1_500));
    assert_eq!(LIQUIDITY.amount(), percent(500));
    local_testnet().execute_with(|| {
        for part in [INVESTORS, TEAM, LIQUIDITY] {
            assert_eq!(Balances::balance(&part.account()), part.amount());
        }
        let others: Balance = ALLOCATIONS.iter().skip(1).map(|part| part.amount()).sum();
        assert_eq!(Balances::total_issuance() - others, COMMUNITY.amount());
    });
}

#[test]
fn what_has_not_vested_is_locked_until_it_has() {
    local_testnet().execute_with(|| {
        let locked = |part: &Allocation| Vesting::vesting_balance(&part.account()).unwrap_or_default();
        assert_eq!(locked(&LIQUIDITY), 0);
        assert_eq!(locked(&TEAM), TEAM.amount());
        System::set_block_number(12 * MONTHS);
        assert_eq!(locked(&TEAM), TEAM.amount());
        System::set_block_number(30 * MONTHS);
        let half = locked(&TEAM);
        assert!(half.abs_diff(TEAM.amount() / 2) < OPEN);
        System::set_block_number(48 * MONTHS + 1);
        for part in ALLOCATIONS {
            assert_eq!(locked(&part), 0);
        }
    });
}

#[test]
fn the_network_has_three_collators_with_keys() {
    local_testnet().execute_with(|| {
        let accounts = [
            Sr25519Keyring::Alice,
            Sr25519Keyring::Bob,
            Sr25519Keyring::Charlie,
        ];
        let mut expected = accounts.map(|key| key.to_account_id()).to_vec();
        expected.sort();
        assert_eq!(
            pallet_collator_selection::Invulnerables::<Runtime>::get().into_inner(),
            expected
        );
        assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 3);
        assert!(!Enabled::<Runtime>::get());
    });
}

#[test]
fn the_development_chain_has_one_collator_and_the_flag() {
    development_chain().execute_with(|| {
        assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 1);
        assert!(Enabled::<Runtime>::get());
        assert_eq!(
            pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get().len(),
            3
        );
        assert_eq!(
            pallet_collective::Members::<Runtime, pallet_collective::Instance2>::get().len(),
            3
        );
    });
}

#[test]
fn every_test_key_has_money_and_an_address_in_the_evm() {
    for mut chain in [development_chain(), local_testnet()] {
        chain.execute_with(|| {
            for account in test_accounts() {
                assert!(Balances::balance(&account) >= 100_000 * OPEN);
                assert!(AccountId32Mapper::<Runtime>::is_mapped(&account));
            }
            for address in ETHEREUM_TEST_ADDRESSES {
                let account = AccountId32Mapper::<Runtime>::to_account_id(&H160(address));
                assert_eq!(account, account_of_ethereum_address(address));
                assert!(Revive::evm_balance(&H160(address)) > 0.into());
            }
        });
    }
}
