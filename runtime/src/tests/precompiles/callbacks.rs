// SPDX-License-Identifier: Apache-2.0
//! Contracts that ask and are called back: with the answer, with the news that there is none, and what they do then.

use super::{
    development_chain, fund, inference::*, last_log, limits, most_weight, next_block, planck, refused,
    through, Opcode, Somebody, ALITH, BALTATHAR,
};
use crate::{
    constants::OPEN, AccountId, Balance, Balances, Callbacks, Revive, Runtime, RuntimeEvent, System,
};
use frame_support::{
    assert_ok,
    traits::{
        fungible::{Inspect, InspectHold},
        Get, Hooks,
    },
    weights::Weight,
};
use openledger_precompiles::{interfaces::IInference::*, Place::Inference as AT};
use pallet_callbacks::{Event, Failure, HoldReason};
use pallet_revive::{
    precompiles::{
        alloy::{primitives::U256, sol_types::SolCall},
        H160,
    },
    Code, ExecConfig,
};

const GAS: u64 = 1_000_000;
const DEPOSIT: Balance = OPEN;

/// Stores the request, whether it was settled, and the first word of the answer, in slots 0, 1 and 2.
const RECORD: &[u8] = &[
    0x60, 0x04, 0x35, 0x5f, 0x55, 0x60, 0x24, 0x35, 0x60, 0x01, 0x55, 0x60, 0xa4, 0x35, 0x60, 0x02, 0x55,
    0x00,
];
/// Stores, and reverts.
const REVERT: &[u8] = &[0x60, 0x01, 0x5f, 0x55, 0x5f, 0x5f, 0xfd];

/// Runs in a circle. `from` is where the code is.
fn burn(from: u16) -> Vec<u8> {
    let [high, low] = from.to_be_bytes();
    vec![0x5b, 0x61, high, low, 0x56]
}

/// Asks the precompile again, with a callback.
fn ask_again(from: u16) -> Vec<u8> {
    let call = with_callback().abi_encode();
    let [high, low] = u16::try_from(call.len()).expect("it is short").to_be_bytes();
    let [from_high, from_low] = (from + 27).to_be_bytes();
    let code = [
        // codecopy(0, from, length)
        &[0x61, high, low, 0x61, from_high, from_low, 0x5f, 0x39][..],
        // call(gas, precompile, 0, 0, length, 0, 0); stop
        &[
            0x5f, 0x5f, 0x61, high, low, 0x5f, 0x5f, 0x63, 8, 3, 0, 0, 0x5a, 0xf1, 0x00,
        ],
        &[0; 4],
    ]
    .concat();
    assert_eq!(code.len(), 27);
    [code, call].concat()
}

/// Deploys a rich contract that forwards calls as a [`super::forwarder`] does, and runs `callback` when the inference
/// precompile calls it.
fn consumer(callback: impl Fn(u16) -> Vec<u8>) -> H160 {
    let forward = [
        &[
            0x60, 0x20, 0x36, 0x03, 0x80, 0x60, 0x20, 0x5f, 0x37, 0x5f, 0x5f, 0x82, 0x5f, 0x5f,
        ][..],
        &[0x5f, 0x35, 0x5a, Opcode::Call as u8, 0x3d, 0x5f, 0x5f, 0x3e],
    ]
    .concat();
    // caller == precompile: jump over the forwarder
    let jump = 11;
    let done = jump + forward.len() as u8 + 6;
    let tail = [0x60, done, 0x57, 0x3d, 0x5f, 0xfd, 0x5b, 0x3d, 0x5f, 0xf3];
    let called = jump + forward.len() as u8 + tail.len() as u8;
    let head = [0x33, 0x63, 8, 3, 0, 0, 0x14, 0x60, called, 0x57, 0x5b];
    let runtime = [
        &head[..],
        forward.as_slice(),
        &tail,
        &[0x5b],
        &callback(u16::from(called) + 1),
    ]
    .concat();
    let [high, low] = u16::try_from(runtime.len()).expect("it is short").to_be_bytes();
    let init = [0x61, high, low, 0x80, 0x60, 0x0a, 0x5f, 0x39, 0x5f, 0xf3];
    let deployed = Revive::bare_instantiate(
        ALITH.origin(),
        0.into(),
        limits(most_weight()),
        Code::Upload([init.as_slice(), runtime.as_slice()].concat()),
        vec![],
        Some([9; 32]),
        &ExecConfig::new_substrate_tx(),
    );
    let deployed = deployed.result.expect("it is deployed");
    assert!(!deployed.result.did_revert());
    fund(deployed.addr, 1_000 * OPEN);
    deployed.addr
}

fn with_callback() -> requestWithCallbackCall {
    let plain = question();
    requestWithCallbackCall {
        model: plain.model,
        input: plain.input,
        maxFee: plain.maxFee,
        committee: plain.committee,
        threshold: plain.threshold,
        gasLimit: GAS,
        depositLimit: planck(DEPOSIT),
    }
}

fn asks(contract: H160) {
    assert_ok!(ALITH.sends(contract, 0, through(AT, &with_callback().abi_encode())));
}

fn account(contract: H160) -> AccountId {
    Somebody(contract).account()
}

fn prepaid(contract: H160) -> Balance {
    Balances::balance_on_hold(&HoldReason::Prepaid.into(), &account(contract))
}

fn idle() {
    Callbacks::on_idle(System::block_number(), Weight::MAX);
}

fn slot(contract: H160, index: u8) -> U256 {
    let mut key = [0; 32];
    key[31] = index;
    let value = Revive::get_storage(contract, key).expect("it is a contract");
    U256::from_be_slice(&value.unwrap_or_default())
}

fn last_told() -> Event<Runtime> {
    System::events()
        .into_iter()
        .rev()
        .find_map(|record| match record.event {
            RuntimeEvent::Callbacks(event) => Some(event),
            _ => None,
        })
        .expect("there was a callback")
}

fn stage(id: u64) -> Stage {
    ALITH.does(AT, getRequestCall { id }).stage
}

/// Runs a test on a chain with a model, and checks that no money was made or lost.
fn with_a_model(test: impl FnOnce()) {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        // what a contract's account lives on is made with it
        let supply = Balances::total_issuance() + Balances::minimum_balance();
        test();
        assert_eq!(Balances::total_issuance(), supply);
        assert_eq!(
            Balances::total_balance(&Somebody(H160(AT.address())).account()),
            0,
            "nothing stays with the address that calls"
        );
    });
}

#[test]
fn a_contract_is_called_back_with_the_answer() {
    with_a_model(|| {
        let contract = consumer(|_| RECORD.to_vec());
        let before = Balances::balance(&account(contract));
        let held = ALITH.does(
            AT,
            quoteCallbackCall {
                gasLimit: GAS,
                depositLimit: planck(DEPOSIT),
            },
        );
        asks(contract);
        assert_eq!(planck(prepaid(contract)), held);
        let log: CallbackRequested = last_log(AT);
        assert_eq!((log.request, log.consumer), (0, Somebody(contract).address()));
        assert_eq!((log.gasLimit, log.held), (GAS, held));
        let shown = ALITH.does(AT, callbackOfCall { id: 0 });
        assert_eq!((shown.consumer, shown.due), (Somebody(contract).address(), false));

        serve(0, true);
        assert_eq!(stage(0), Stage::Settled);
        assert!(ALITH.does(AT, callbackOfCall { id: 0 }).due);
        assert_eq!(slot(contract, 1), U256::ZERO, "the call is a later step");
        idle();
        assert_eq!(slot(contract, 0), U256::ZERO);
        assert_eq!(slot(contract, 1), U256::from(1));
        assert_eq!(slot(contract, 2), U256::from_be_bytes([7; 32]));
        refused(ALITH.calls(AT, callbackOfCall { id: 0 }), "Callbacks.NotFound");

        let (fee, returned) = match last_told() {
            Event::Delivered { fee, returned, .. } => (fee, returned),
            other => panic!("{other:?}"),
        };
        let stored = prepaid(contract) + fee + returned;
        assert!(planck(stored) < held);
        assert_eq!(prepaid(contract), 0);
        // the request's own deposit is still held
        let spent = before - Balances::balance(&account(contract));
        assert!(spent > PRICE + fee);
        idle();
        assert_eq!(
            System::events()
                .iter()
                .filter(|record| matches!(record.event, RuntimeEvent::Callbacks(Event::Delivered { .. })))
                .count(),
            1
        );
    });
}

#[test]
fn a_contract_is_told_that_there_is_no_answer() {
    with_a_model(|| {
        let contract = consumer(|_| RECORD.to_vec());
        asks(contract);
        next_block();
        // Dorothy is drawn and sleeps.
        let deadline = ALITH.does(AT, getRequestCall { id: 0 }).deadline;
        while pallet_inference::Pallet::<Runtime>::tick() <= deadline + 1 {
            next_block();
            idle();
        }
        assert_eq!(stage(0), Stage::Refunded);
        assert!(matches!(last_told(), Event::Delivered { request: 0, .. }));
        assert_eq!(slot(contract, 1), U256::ZERO);
        assert_eq!(prepaid(contract), 0);
    });
}

#[test]
fn a_callback_that_reverts_does_not_touch_the_settlement() {
    with_a_model(|| {
        let contract = consumer(|_| REVERT.to_vec());
        asks(contract);
        serve(0, true);
        let paid = pallet_attribution::Totals::<Runtime>::get();
        idle();
        match last_told() {
            Event::Failed { failure, .. } => assert!(matches!(failure, Failure::Reverted { .. })),
            other => panic!("{other:?}"),
        }
        assert_eq!(stage(0), Stage::Settled);
        assert_eq!(slot(contract, 0), U256::ZERO);
        let after = pallet_attribution::Totals::<Runtime>::get();
        assert_eq!((paid.credited, paid.claimable), (after.credited, after.claimable));
        assert_eq!(prepaid(contract), 0);
    });
}

#[test]
fn a_callback_that_burns_all_gas_stops_at_what_it_paid_for() {
    with_a_model(|| {
        let contract = consumer(burn);
        asks(contract);
        serve(0, true);
        let used = Callbacks::on_idle(System::block_number(), Weight::MAX);
        let (fee, gas_used) = match last_told() {
            Event::Failed {
                failure: Failure::Trapped { .. },
                fee,
                gas_used,
                ..
            } => (fee, gas_used),
            other => panic!("{other:?}"),
        };
        assert!(gas_used > GAS && gas_used < 2 * GAS, "{gas_used}");
        assert!(fee < OPEN / 100, "{fee}");
        assert!(<Runtime as pallet_callbacks::Config>::HookWeight::get().all_gte(used));
        assert_eq!(stage(0), Stage::Settled);
        assert_eq!(prepaid(contract), 0);
    });
}

#[test]
fn a_callback_may_ask_again_and_each_request_is_called_back_once() {
    with_a_model(|| {
        let contract = consumer(ask_again);
        asks(contract);
        for id in 0..3 {
            serve(id, true);
            idle();
            assert!(
                matches!(last_told(), Event::Delivered { request, .. } if request == id),
                "{:?}",
                last_told()
            );
            assert_eq!(ALITH.does(AT, requestCountCall {}), id + 2);
        }
        let delivered = System::events()
            .iter()
            .filter(|record| matches!(record.event, RuntimeEvent::Callbacks(Event::Delivered { .. })))
            .count();
        assert_eq!(delivered, 3);
        // the fourth is still open
        assert!(prepaid(contract) > 0);
    });
}

#[test]
fn who_cannot_be_called_back_asks_nothing() {
    with_a_model(|| {
        let contract = consumer(|_| RECORD.to_vec());
        let before = Balances::total_balance_on_hold(&BALTATHAR.account());
        refused(BALTATHAR.calls(AT, with_callback()), "Callbacks.NotAContract");
        assert_eq!(Balances::total_balance_on_hold(&BALTATHAR.account()), before);

        let ask = |call: requestWithCallbackCall| ALITH.sends(contract, 0, through(AT, &call.abi_encode()));
        let too_much = requestWithCallbackCall {
            gasLimit: u64::MAX,
            ..with_callback()
        };
        refused(ask(too_much), "Callbacks.GasLimitTooHigh");
        let none = requestWithCallbackCall {
            gasLimit: 0,
            ..with_callback()
        };
        refused(ask(none), "Callbacks.GasLimitTooLow");
        let poor = requestWithCallbackCall {
            depositLimit: planck(2_000 * OPEN),
            ..with_callback()
        };
        refused(ask(poor), "Token.FundsUnavailable");
        assert_eq!(ALITH.does(AT, requestCountCall {}), 0, "nothing was asked");
        assert_eq!(prepaid(contract), 0);
        assert_eq!(
            ALITH.does(
                AT,
                openRequestsCall {
                    consumer: Somebody(contract).address()
                }
            ),
            0
        );
    });
}

#[test]
fn a_request_that_its_contract_takes_back_is_not_told() {
    with_a_model(|| {
        let contract = consumer(|_| REVERT.to_vec());
        asks(contract);
        let held = prepaid(contract);
        assert_ok!(ALITH.sends(contract, 0, through(AT, &cancelCall { id: 0 }.abi_encode())));
        assert_eq!(
            last_told(),
            Event::Dropped {
                request: 0,
                returned: held
            }
        );
        assert_eq!(prepaid(contract), 0);
        idle();
        assert_eq!(slot(contract, 0), U256::ZERO);
    });
}
