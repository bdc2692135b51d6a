// SPDX-License-Identifier: Apache-2.0
//! Emergencies: who can stop what, who can let it go on, and what nothing stops.

use super::{
    accounts::{ethereum_transaction, start_block},
    development_chain,
};
use crate::{
    configs::{
        emergency::{Calls, ALWAYS, STOPPED},
        governance::{CouncilCollective, TechnicalCollective},
    },
    constants::{DAYS, OPEN},
    Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, SafeMode, System, TxPause, UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::{
    assert_noop, assert_ok,
    traits::{Contains, Get, GetCallMetadata, Hooks, Time as _},
    weights::Weight,
};
use pallet_collective::RawOrigin;
use pallet_tx_pause::RuntimeCallNameOf;
use sp_core::{H160, H256};
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::{traits::Dispatchable, DispatchError};

fn name(pallet: &str, call: &str) -> RuntimeCallNameOf<Runtime> {
    let bounded = |text: &str| text.as_bytes().to_vec().try_into().expect("it is short");
    (bounded(pallet), bounded(call))
}

/// So many of so many members of the technical committee.
fn technical(ayes: u32, of: u32) -> RuntimeOrigin {
    RawOrigin::<_, TechnicalCollective>::Members(ayes, of).into()
}

/// So many of so many members of the council.
fn council(ayes: u32, of: u32) -> RuntimeOrigin {
    RawOrigin::<_, CouncilCollective>::Members(ayes, of).into()
}

fn alice() -> RuntimeOrigin {
    RuntimeOrigin::signed(Alice.to_account_id())
}

fn contribute() -> RuntimeCall {
    pallet_datanets::Call::<Runtime>::contribute {
        datanet: 0,
        content: H256::zero(),
        size: 1,
        media_type: b"text/csv".to_vec().try_into().expect("it is short"),
        leaf_count: 1,
    }
    .into()
}

fn filtered(call: RuntimeCall) -> bool {
    let result = call.dispatch(alice());
    result.is_err_and(|failed| failed.error == frame_system::Error::<Runtime>::CallFiltered.into())
}

#[test]
fn every_exempt_name_is_a_call_of_the_runtime() {
    for (pallet, calls) in ALWAYS {
        assert!(RuntimeCall::get_module_names().contains(pallet), "{pallet}");
        let Calls::Named(named) = calls else { continue };
        for call in *named {
            assert!(
                RuntimeCall::get_call_names(pallet).contains(call),
                "{pallet}.{call}"
            );
        }
    }
}

#[test]
fn what_is_exempt_cannot_be_paused_even_by_a_referendum() {
    development_chain().execute_with(|| {
        for (pallet, calls) in ALWAYS {
            let all = RuntimeCall::get_call_names(pallet);
            let calls = match calls {
                Calls::All => all,
                Calls::Named(named) => named,
            };
            for call in calls {
                assert_noop!(
                    TxPause::pause(RuntimeOrigin::root(), name(pallet, call)),
                    pallet_tx_pause::Error::<Runtime>::Unpausable
                );
            }
        }
    });
}

#[test]
fn a_paused_call_is_refused_until_it_is_unpaused_and_its_neighbours_are_not() {
    development_chain().execute_with(|| {
        assert!(!filtered(contribute()));
        assert_ok!(TxPause::pause(technical(2, 3), name("Datanets", "contribute")));
        assert!(filtered(contribute()));
        // within a batch as well: tools carry calls, they do not lift a pause
        let batch = pallet_utility::Call::<Runtime>::batch_all {
            calls: vec![contribute()],
        };
        assert!(filtered(batch.into()));
        let withdraw = pallet_datanets::Call::<Runtime>::withdraw {
            datanet: 0,
            contribution: 0,
        };
        assert!(!filtered(withdraw.into()));
        assert_ok!(TxPause::unpause(council(1, 2), name("Datanets", "contribute")));
        assert!(!filtered(contribute()));
    });
}

#[test]
fn governance_alone_pauses() {
    development_chain().execute_with(|| {
        let call = || name("Datanets", "contribute");
        for origin in [alice(), council(3, 3), technical(1, 3)] {
            assert_noop!(TxPause::pause(origin, call()), DispatchError::BadOrigin);
        }
        assert_ok!(TxPause::pause(RuntimeOrigin::root(), call()));
        for origin in [alice(), council(1, 3), technical(1, 3)] {
            assert_noop!(TxPause::unpause(origin, call()), DispatchError::BadOrigin);
        }
        assert_ok!(TxPause::unpause(RuntimeOrigin::root(), call()));
        assert_noop!(
            TxPause::unpause(RuntimeOrigin::root(), call()),
            pallet_tx_pause::Error::<Runtime>::IsUnpaused
        );
    });
}

#[test]
fn safe_mode_stops_all_but_the_exempt_and_ends_by_itself_after_a_day() {
    development_chain().execute_with(|| {
        assert_ok!(SafeMode::force_enter(technical(3, 3)));
        assert!(filtered(contribute()));
        let transfer = || pallet_balances::Call::<Runtime>::transfer_allow_death {
            dest: Alice.to_account_id().into(),
            value: 1,
        };
        assert!(filtered(transfer().into()));
        let vote = pallet_democracy::Call::<Runtime>::second { proposal: 0 };
        assert!(!filtered(vote.into()));
        let back = pallet_workers::Call::<Runtime>::withdraw_unbonded {};
        assert!(!filtered(back.into()));
        let answer = pallet_inference::Call::<Runtime>::commit {
            request: 0,
            commitment: H256::zero(),
        };
        assert!(!filtered(answer.into()));
        let end = System::block_number() + DAYS;
        System::assert_last_event(RuntimeEvent::SafeMode(pallet_safe_mode::Event::Entered {
            until: end,
        }));
        SafeMode::on_initialize(end);
        assert!(filtered(transfer().into()));
        SafeMode::on_initialize(end + 1);
        assert!(!filtered(transfer().into()));
    });
}

#[test]
fn nobody_buys_safe_mode_and_each_body_has_its_part_in_it() {
    development_chain().execute_with(|| {
        assert_noop!(
            SafeMode::enter(alice()),
            pallet_safe_mode::Error::<Runtime>::NotConfigured
        );
        for origin in [alice(), technical(2, 3), council(3, 3)] {
            assert_noop!(SafeMode::force_enter(origin), DispatchError::BadOrigin);
        }
        assert_ok!(SafeMode::force_enter(RuntimeOrigin::root()));
        assert_noop!(
            SafeMode::extend(alice()),
            pallet_safe_mode::Error::<Runtime>::NotConfigured
        );
        assert_noop!(SafeMode::force_extend(technical(3, 3)), DispatchError::BadOrigin);
        assert_ok!(SafeMode::force_extend(council(2, 3)));
        assert_noop!(SafeMode::force_exit(alice()), DispatchError::BadOrigin);
        assert_ok!(SafeMode::force_exit(council(1, 2)));
        assert!(!SafeMode::is_entered());
    });
}

#[test]
fn no_contract_is_called_back_while_callbacks_are_stopped() {
    development_chain().execute_with(|| {
        let weight = || <Runtime as pallet_callbacks::Config>::HookWeight::get();
        let usual = weight();
        assert!(usual.any_gt(Weight::zero()));
        assert_ok!(SafeMode::force_enter(RuntimeOrigin::root()));
        assert_eq!(weight(), Weight::zero());
        assert_ok!(SafeMode::force_exit(RuntimeOrigin::root()));
        assert_ok!(TxPause::pause(technical(2, 3), name("Callbacks", "deliver")));
        assert_eq!(weight(), Weight::zero());
        assert_ok!(TxPause::unpause(technical(2, 3), name("Callbacks", "deliver")));
        assert_eq!(weight(), usual);
    });
}

#[test]
fn the_chain_goes_on_in_safe_mode() {
    development_chain().execute_with(|| {
        assert_ok!(SafeMode::force_enter(RuntimeOrigin::root()));
        let inherent = pallet_timestamp::Call::<Runtime>::set {
            now: crate::Timestamp::now(),
        };
        let filter = <Runtime as frame_system::Config>::BaseCallFilter::contains;
        assert!(filter(&inherent.into()));
        let upgrade = frame_system::Call::<Runtime>::apply_authorized_upgrade { code: vec![] };
        assert!(filter(&upgrade.into()));
    });
}

/// What the pool and a block's author say of an Ethereum transaction.
fn admitted(extrinsic: UncheckedExtrinsic) -> Result<(), u8> {
    use sp_block_builder::runtime_decl_for_block_builder::BlockBuilder;
    use sp_runtime::transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError};
    use sp_transaction_pool::runtime_api::runtime_decl_for_tagged_transaction_queue::TaggedTransactionQueue;

    let code = |error| match error {
        TransactionValidityError::Invalid(InvalidTransaction::Custom(code)) => code,
        other => panic!("{other:?}"),
    };
    let pooled =
        Runtime::validate_transaction(TransactionSource::External, extrinsic.clone(), Default::default())
            .map(|_| ())
            .map_err(code);
    let included = Runtime::apply_extrinsic(extrinsic).map(|_| ()).map_err(code);
    assert_eq!(pooled, included);
    included
}

#[test]
fn an_ethereum_transaction_that_is_stopped_is_refused_before_it_costs_anything() {
    development_chain().execute_with(|| {
        start_block();
        let transfer = |nonce| ethereum_transaction(nonce, H160([3; 20]), OPEN, vec![]);
        let vote: RuntimeCall = pallet_democracy::Call::<Runtime>::undelegate {}.into();
        let native =
            |nonce| ethereum_transaction(nonce, pallet_revive::RUNTIME_PALLETS_ADDR, 0, vote.encode());
        assert_eq!(admitted(transfer(0)), Ok(()));

        assert_ok!(SafeMode::force_enter(RuntimeOrigin::root()));
        assert_eq!(admitted(transfer(1)), Err(STOPPED));
        // a vote is never stopped, whatever carries it
        assert_eq!(admitted(native(1)), Ok(()));
        assert_ok!(SafeMode::force_exit(RuntimeOrigin::root()));
        assert_eq!(admitted(transfer(2)), Ok(()));

        for (call, is_vote_stopped) in [("eth_call", false), ("eth_transact", true)] {
            let name = name("Revive", call);
            assert_ok!(TxPause::pause(RuntimeOrigin::root(), name.clone()));
            assert_eq!(admitted(transfer(3)), Err(STOPPED), "{call}");
            if is_vote_stopped {
                assert_eq!(admitted(native(3)), Err(STOPPED));
            }
            assert_ok!(TxPause::unpause(RuntimeOrigin::root(), name));
        }
        assert_eq!(admitted(transfer(3)), Ok(()));
        let pauses_creation = name("Revive", "eth_instantiate_with_code");
        assert_ok!(TxPause::pause(RuntimeOrigin::root(), pauses_creation));
        assert_eq!(admitted(transfer(4)), Ok(()), "it creates nothing");
    });
}
