// SPDX-License-Identifier: Apache-2.0
//! The indices of pallets are part of the chain's interface: wallets, multisigs and stored proposals contain them.

use crate::AllPalletsWithSystem;
use frame_support::traits::{PalletInfoData, PalletsInfoAccess};

const FROZEN: &[(usize, &str)] = &[
    (0, "System"),
    (1, "ParachainSystem"),
    (2, "Timestamp"),
    (3, "ParachainInfo"),
    (4, "WeightReclaim"),
    (5, "Parameters"),
    (6, "Development"),
    (7, "DrawSeed"),
    (10, "Balances"),
    (11, "TransactionPayment"),
    (12, "Vesting"),
    (13, "Treasury"),
    (14, "Bounties"),
    (20, "Authorship"),
    (21, "CollatorSelection"),
    (22, "Session"),
    (23, "Aura"),
    (24, "AuraExt"),
    (30, "XcmpQueue"),
    (31, "PolkadotXcm"),
    (32, "CumulusXcm"),
    (33, "MessageQueue"),
    (40, "Utility"),
    (41, "Proxy"),
    (42, "Multisig"),
    (43, "Preimage"),
    (44, "Scheduler"),
    (50, "Council"),
    (51, "TechnicalCommittee"),
    (52, "Democracy"),
    (53, "TxPause"),
    (54, "SafeMode"),
    (55, "Powers"),
    (60, "Revive"),
    (61, "Evm"),
    (70, "Datanets"),
    (71, "ModelRegistry"),
    (72, "Workers"),
    (73, "Inference"),
    (74, "Attribution"),
    (75, "Callbacks"),
    (76, "Releases"),
];

#[test]
fn pallet_indices_are_frozen() {
    let mut found: Vec<(usize, &str)> = AllPalletsWithSystem::infos()
        .iter()
        .map(|info: &PalletInfoData| (info.index, info.name))
        .collect();
    found.sort();
    assert_eq!(
        found, FROZEN,
        "an index never changes; a new pallet gets a new one"
    );
}

#[test]
fn there_is_no_sudo() {
    assert!(AllPalletsWithSystem::infos()
        .iter()
        .all(|info| info.module_name != "pallet_sudo"));
}
