// SPDX-License-Identifier: Apache-2.0
//! What is paid for, what is called, and what contracts try.

mod contracts;
mod deliver;
mod register;

use crate::{mock::*, *};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::Pays,
    traits::{fungible::InspectHold, Hooks},
    weights::Weight,
};
use openledger_primitives::{
    money::Balance,
    report::{report_id, Evidence, ReportEntry},
    traits::{Ending, OnRequestEnd},
    RequestId,
};
use sp_core::{H160, U256};
use sp_runtime::{DispatchError, TokenError};

fn held(contract: H160) -> Balance {
    Balances::balance_on_hold(&HoldReason::Prepaid.into(), &account_of(&contract))
}

fn report() -> Vec<ReportEntry> {
    vec![ReportEntry {
        datanet: 1,
        contribution: 2,
        weight: 1_000_000_000,
        score: 3,
        evidence: Evidence::Influence,
    }]
}

fn answered(request: RequestId) {
    let report = report();
    Callbacks::request_ended(
        request,
        Ending::Answered {
            output: b"the answer",
            report: &report,
        },
    );
}

/// The contract, what it had before it paid, and what is held.
fn paid(code: &[u8], request: RequestId) -> (H160, Balance, Balance) {
    let contract = contract(code);
    let before = free(&account_of(&contract));
    let held = pay_for(request, contract);
    (contract, before, held)
}

fn last_event() -> Event<Test> {
    match System::events().pop().map(|record| record.event) {
        Some(RuntimeEvent::Callbacks(event)) => event,
        other => panic!("not of this pallet: {other:?}"),
    }
}

#[test]
fn the_configuration_is_sound() {
    Callbacks::integrity_test();
}
