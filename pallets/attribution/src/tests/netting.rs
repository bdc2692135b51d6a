// SPDX-License-Identifier: Apache-2.0
//! What negative entries take back.

use super::*;
use crate::{Claimable, Event};
use frame_support::assert_ok;

#[test]
fn a_negative_entry_takes_back_its_part_of_what_the_answer_paid() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
        assert_ok!(settle(answer(1, 1_000, &[entry(0, ONE), entry(1, -300_000_000)])));
        assert_eq!(stored(1), 500 - 150);
        assert_eq!(next_pool(), 150);
        System::assert_has_event(
            Event::TakenBack {
                request: 1,
                model: MODEL,
                datanet: DATANET,
                contribution: 1,
                amount: 150,
            }
            .into(),
        );
    });
}

#[test]
fn a_negative_entry_takes_no_more_than_is_pending() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 100, &[entry(1, ONE)])));
        assert_ok!(settle(answer(1, 10_000, &[entry(0, ONE), entry(1, -ONE)])));
        assert_eq!(stored(1), 0);
        assert_eq!(next_pool(), 50);
        assert_eq!(crate::PendingOf::<Test>::iter_key_prefix(BOB).count(), 0);
    });
}

#[test]
fn a_negative_entry_of_a_contribution_without_pay_takes_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE), entry(1, -ONE)])));
        assert_eq!(next_pool(), 0);
        assert!(Attribution::explain(0).unwrap().taken_back.is_empty());
    });
}

#[test]
fn what_was_taken_back_is_shared_by_the_next_answer_and_not_by_this_one() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
        assert_ok!(settle(answer(1, 1_000, &[entry(0, ONE), entry(1, -ONE)])));
        assert_eq!(stored(0), 500);
        assert_ok!(settle(answer(2, 1_000, &[entry(2, ONE)])));
        assert_eq!(stored(2), 500 + 500);
        assert_eq!(next_pool(), 0);
    });
}

#[test]
fn a_negative_entry_takes_from_the_pay_of_its_own_model_only() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
        let mut other = answer(1, 1_000, &[entry(0, ONE), entry(1, -ONE)]);
        other.model = MODEL + 1;
        assert_ok!(settle(other));
        assert_eq!(stored(1), 500);
    });
}

#[test]
fn a_pool_does_not_raise_what_can_be_taken_back() {
    ExtBuilder::default().build_and_execute(|| {
        Registry::revoke(DATANET, 2);
        assert_ok!(settle(answer(0, 10_000, &[entry(1, ONE)])));
        assert_ok!(settle(answer(1, 10_000, &[entry(2, ONE)])));
        assert_eq!(next_pool(), 5_000);
        assert_ok!(settle(answer(2, 100, &[entry(0, ONE), entry(1, -ONE)])));
        assert_eq!(stored(0), 5_050);
        assert_eq!(stored(1), 4_950, "the answer paid 50, the pool was older money");
    });
}

#[test]
fn the_oldest_pay_is_taken_first() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
        advance(50);
        assert_ok!(settle(answer(1, 1_000, &[entry(1, ONE)])));
        assert_ok!(settle(answer(2, 1_000, &[entry(0, ONE), entry(1, -ONE)])));
        advance(50);
        // only the second credit is left, and it is 50 ticks old
        assert_eq!(Attribution::claimable(&BOB), 0);
        assert_eq!(Attribution::pending(MODEL, DATANET, 1), 500);
    });
}

#[test]
fn a_revoked_contribution_can_still_lose_pending_pay_and_keeps_the_rest() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
        Registry::revoke(DATANET, 1);
        assert_ok!(settle(answer(1, 500, &[entry(0, ONE), entry(1, -ONE)])));
        advance(VestTicks::get());
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(BOB), entries(&[1])));
        assert_eq!(Balances::free_balance(BOB), 1_250);
    });
}

#[test]
fn a_touch_vests_what_is_due_before_it_takes() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
        advance(VestTicks::get());
        assert_ok!(settle(answer(1, 1_000, &[entry(0, ONE), entry(1, -ONE)])));
        assert_eq!(Claimable::<Test>::get(BOB), 500);
        assert_eq!(next_pool(), 0);
    });
}
