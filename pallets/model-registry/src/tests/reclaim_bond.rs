// SPDX-License-Identifier: Apache-2.0
//! `reclaim_bond`, and the bond before it.

use super::*;
use crate::Bonds;
use openledger_primitives::traits::{ReleaseBonds, Ticks};
use sp_runtime::TokenError;

fn reclaim(who: AccountId) -> DispatchResult {
    Registry::reclaim_bond(RuntimeOrigin::signed(who), 0)
}

fn register() {
    assert_ok!(register_base(
        OWNER,
        attributed(),
        vec![source(0)],
        Some(MIN_PRICE)
    ));
}

fn deprecate() {
    assert_ok!(Registry::deprecate(RuntimeOrigin::signed(OWNER), 0));
}

#[test]
fn a_model_with_attribution_is_bonded_and_one_without_is_not() {
    ExtBuilder::default().build_and_execute(|| {
        register();
        assert_eq!(bond_held(OWNER), 5_000);
        assert_ok!(register_base(OWNER, spec(), vec![], None));
        assert_eq!(bond_held(OWNER), 5_000);
        assert!(!Bonds::<Test>::contains_key(1));
        let poor = register_base(POOR, attributed(), vec![source(0)], None);
        assert_noop!(poor, TokenError::FundsUnavailable);
    });
}

#[test]
fn a_bond_comes_back_by_its_owners_call_alone_once_the_model_ended_long_ago() {
    ExtBuilder::default().build_and_execute(|| {
        register();
        // what a referendum asks of later models changes nothing
        ReleaseBond::set(9_000);
        assert_noop!(reclaim(OWNER), Error::<Test>::BondLocked);
        deprecate();
        MockTicks::set(RELEASE_TICKS);
        assert_noop!(reclaim(OWNER), Error::<Test>::BondLocked);
        MockTicks::set(RELEASE_TICKS + 1);
        assert_noop!(reclaim(BOB), Error::<Test>::NotAuthorized);
        assert_ok!(reclaim(OWNER));
        assert_eq!(bond_held(OWNER), 0);
        let amount = 5_000;
        assert_eq!(last_event(), Event::ReleaseBondReturned { model: 0, amount });
        assert_noop!(reclaim(OWNER), Error::<Test>::NotFound);
        assert_eq!(<Registry as ReleaseBonds<_>>::bonded(0), None);
    });
}

#[test]
fn a_bond_stays_while_a_row_is_disputed() {
    ExtBuilder::default().build_and_execute(|| {
        register();
        deprecate();
        MockTicks::set(100);
        <Registry as ReleaseBonds<_>>::accuse(0);
        <Registry as ReleaseBonds<_>>::accuse(0);
        assert_noop!(reclaim(OWNER), Error::<Test>::ReleaseDisputed);
        <Registry as ReleaseBonds<_>>::acquit(0);
        assert_noop!(reclaim(OWNER), Error::<Test>::ReleaseDisputed);
        <Registry as ReleaseBonds<_>>::acquit(0);
        assert_ok!(reclaim(OWNER));
    });
}

#[test]
fn a_bond_that_was_never_needed_cannot_be_taken_back() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(reclaim(OWNER), Error::<Test>::NotFound);
        let unknown = Registry::reclaim_bond(RuntimeOrigin::signed(OWNER), 7);
        assert_noop!(unknown, Error::<Test>::NotFound);
    });
}
