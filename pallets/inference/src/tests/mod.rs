// SPDX-License-Identifier: Apache-2.0
//! One file for each call, and for each thing that blocks do by themselves.

mod attacks;
mod cancel;
mod commit;
mod committees;
mod interleavings;
mod poke;
mod request;
mod retention;
mod reveal;
mod settlement;
mod ticks;
mod timeouts;
mod views;

use crate::{mock::*, types::*, *};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchErrorWithPostInfo, Pays},
    traits::{fungible::InspectHold, Hooks},
    weights::Weight,
};
use openledger_primitives::{
    attestation::WorkerKey,
    ids::content_id,
    money::{Balance, FeeShares},
    RequestId, Tick,
};
use sp_core::H256;
use sp_runtime::{DispatchError, TokenError};

fn escrow(who: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Escrow.into(), &who)
}

fn deposit(who: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Deposit.into(), &who)
}

fn now() -> Tick {
    CurrentTick::<Test>::get()
}

fn key(account: AccountId) -> WorkerKey<AccountId> {
    WorkerKey { account, epoch: 1 }
}

/// The request was refunded for `reason` and its fee is free again.
fn assert_refunded(request: RequestId, reason: RefundReason) {
    assert_eq!(stage(request), Stage::Refunded { reason });
    let fee = Requests::<Test>::get(request).unwrap().fee;
    System::assert_has_event(Event::Refunded { request, reason, fee }.into());
    assert_eq!(escrow(CONSUMER), 0);
    assert!(Settlements::get().is_empty());
}

fn assert_settled(request: RequestId) -> WorkerKey<AccountId> {
    match stage(request) {
        Stage::Settled { representative } => representative,
        other => panic!("not settled: {other:?}"),
    }
}

#[test]
fn the_configuration_is_sound() {
    Inference::integrity_test();
}

#[test]
#[should_panic(expected = "sum to one")]
fn shares_that_do_not_sum_to_one_are_refused() {
    Shares::set(FeeShares {
        platform: sp_runtime::Permill::one(),
        ..FeeShares::DEFAULT
    });
    Inference::integrity_test();
}
