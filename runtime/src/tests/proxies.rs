// SPDX-License-Identifier: Apache-2.0
//! Proxy types are stored with the proxies: their indices and what each may do.

use crate::{configs::proxy::ProxyType, AccountId, RuntimeCall};
use codec::Encode;
use frame_support::traits::InstanceFilter;

const ALL: [(ProxyType, u8); 7] = [
    (ProxyType::Any, 0),
    (ProxyType::NonTransfer, 1),
    (ProxyType::Governance, 2),
    (ProxyType::Collator, 3),
    (ProxyType::CancelProxy, 4),
    (ProxyType::Worker, 5),
    (ProxyType::Data, 6),
];

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

fn transfer() -> RuntimeCall {
    let dest = AccountId::new([1; 32]).into();
    pallet_balances::Call::transfer_keep_alive { dest, value: 1 }.into()
}

fn contract_call() -> RuntimeCall {
    pallet_revive::Call::call {
        dest: Default::default(),
        value: 1,
        weight_limit: Default::default(),
        storage_deposit_limit: 0,
        data: vec![],
    }
    .into()
}

fn frontier_call() -> RuntimeCall {
    pallet_evm::Call::call {
        source: Default::default(),
        target: Default::default(),
        input: vec![],
        value: 1.into(),
        gas_limit: 1,
        max_fee_per_gas: 1.into(),
        max_priority_fee_per_gas: None,
        nonce: None,
        access_list: vec![],
    }
    .into()
}

fn vote() -> RuntimeCall {
    pallet_democracy::Call::unlock {
        target: AccountId::new([1; 32]).into(),
    }
    .into()
}

#[test]
fn proxy_types_are_frozen() {
    for (kind, index) in ALL {
        assert_eq!(kind.encode(), [index], "{kind:?}");
    }
    assert_eq!(ProxyType::default(), ProxyType::Any);
}

#[test]
fn only_any_may_send_money_or_call_contracts() {
    for (kind, _) in ALL {
        assert_eq!(kind.filter(&transfer()), kind == ProxyType::Any, "{kind:?}");
        assert_eq!(kind.filter(&contract_call()), kind == ProxyType::Any, "{kind:?}");
        assert_eq!(kind.filter(&frontier_call()), kind == ProxyType::Any, "{kind:?}");
    }
}

#[test]
fn a_governance_proxy_votes_and_does_nothing_else() {
    assert!(ProxyType::Governance.filter(&vote()));
    assert!(!ProxyType::Governance.filter(&remark()));
    assert!(ProxyType::NonTransfer.filter(&remark()));
}

#[test]
fn a_worker_proxy_serves_but_neither_leaves_nor_registers() {
    assert!(ProxyType::Worker.filter(&pallet_workers::Call::heartbeat {}.into()));
    assert!(!ProxyType::Worker.filter(&pallet_workers::Call::unbond {}.into()));
    assert!(!ProxyType::Worker.filter(&vote()));
}

#[test]
fn a_data_proxy_curates_and_does_not_vote() {
    let pause = pallet_datanets::Call::set_paused {
        datanet: 0,
        paused: true,
    };
    assert!(ProxyType::Data.filter(&pause.into()));
    assert!(!ProxyType::Data.filter(&vote()));
}

#[test]
fn a_collator_proxy_cannot_vote() {
    assert!(!ProxyType::Collator.filter(&vote()));
    assert!(ProxyType::Collator.filter(&pallet_session::Call::purge_keys {}.into()));
}

#[test]
fn any_covers_every_type_and_none_but_itself_covers_any() {
    for (kind, _) in ALL {
        assert!(ProxyType::Any.is_superset(&kind));
        assert!(kind.is_superset(&kind));
        assert_eq!(kind.is_superset(&ProxyType::Any), kind == ProxyType::Any);
    }
    assert!(!ProxyType::Governance.is_superset(&ProxyType::Collator));
}
