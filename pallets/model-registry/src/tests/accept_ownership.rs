// SPDX-License-Identifier: Apache-2.0
//! `accept_ownership`.

use super::*;
use sp_runtime::TokenError;

fn take(who: AccountId) -> DispatchResult {
    Registry::accept_ownership(RuntimeOrigin::signed(who), 0)
}

fn offer(to: AccountId) {
    assert_ok!(Registry::transfer_ownership(RuntimeOrigin::signed(OWNER), 0, to));
}

#[test]
fn the_deposit_moves_to_the_new_owner() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        offer(BOB);
        assert_ok!(take(BOB));
        assert_eq!((storage_held(OWNER), storage_held(BOB)), (0, deposit()));
        assert_eq!(
            last_event(),
            Event::OwnershipTransferred {
                model: 0,
                from: OWNER,
                to: BOB
            }
        );
        assert_noop!(
            Registry::deprecate(RuntimeOrigin::signed(OWNER), 0),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(Registry::set_price(
            RuntimeOrigin::signed(BOB),
            0,
            Some(MIN_PRICE)
        ));
    });
}

#[test]
fn only_who_was_offered_takes_over_and_only_once() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(take(BOB), Error::<Test>::NotFound);
        offer(BOB);
        assert_noop!(take(STRANGER), Error::<Test>::NotAuthorized);
        assert_ok!(take(BOB));
        assert_noop!(take(BOB), Error::<Test>::NotFound);
    });
}

#[test]
fn who_cannot_pay_the_deposit_does_not_take_over() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        offer(POOR);
        assert_noop!(take(POOR), TokenError::FundsUnavailable);
    });
}
