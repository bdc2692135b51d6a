// SPDX-License-Identifier: Apache-2.0
//! One file for each call, one for the pool that draws see and one for what disputes do to bonds.

mod bond_more;
mod bonds;
mod chill;
mod heartbeat;
mod host;
mod pool;
mod register;
mod resume;
mod unbond;
mod unhost;
mod withdraw_unbonded;

use crate::{mock::*, ChillReason, Error, Event, Hosts, Standing, Workers};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};

fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

fn held(who: AccountId) -> u128 {
    Balances::balance_on_hold(&crate::HoldReason::Bond.into(), &who)
}

#[test]
fn the_configuration_is_sound() {
    use frame_support::traits::Hooks;
    WorkersPallet::integrity_test();
}
