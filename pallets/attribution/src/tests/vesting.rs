// SPDX-License-Identifier: Apache-2.0
//! When pending pay vests.

use super::*;
use crate::netting::{Clock, VestingRules, Windows};
use frame_support::assert_ok;

const RULES: VestingRules = VestingRules {
    answers: 3,
    ticks: 100,
    challenge_ticks: 10,
};

fn at(tick: u64, answers: u64) -> Clock {
    Clock { tick, answers }
}

#[test]
fn pay_vests_after_enough_ticks_without_further_answers() {
    let mut windows = Windows::default();
    windows.credit(7, &at(5, 1));
    assert_eq!(windows.vest(&RULES, &at(104, 1)), 0);
    assert_eq!(windows.vest(&RULES, &at(105, 1)), 7);
    assert_eq!(windows, Windows::default());
}

#[test]
fn pay_vests_after_enough_answers_once_the_challenge_window_is_over() {
    let mut windows = Windows::default();
    windows.credit(7, &at(5, 1));
    assert_eq!(windows.vest(&RULES, &at(14, 400)), 0, "still open to challenge");
    assert_eq!(windows.vest(&RULES, &at(15, 3)), 0, "two further answers");
    assert_eq!(windows.vest(&RULES, &at(15, 4)), 7);
}

#[test]
fn the_challenge_window_holds_pay_even_if_it_is_longer_than_the_vesting_time() {
    let rules = VestingRules {
        answers: 1,
        ticks: 2,
        challenge_ticks: 50,
    };
    let mut windows = Windows::default();
    windows.credit(7, &at(0, 1));
    assert_eq!(windows.vest(&rules, &at(49, 9)), 0);
    assert_eq!(windows.vest(&rules, &at(50, 9)), 7);
}

#[test]
fn a_closed_window_takes_no_more_credits() {
    let mut windows = Windows::default();
    windows.credit(1, &at(0, 1));
    windows.credit(2, &at(1, 2));
    windows.credit(4, &at(2, 3));
    assert_eq!((windows.older.amount, windows.newer.amount), (1, 6));
    assert_eq!((windows.older.last_tick, windows.newer.last_tick), (0, 2));
}

#[test]
fn crediting_nothing_moves_no_window() {
    let mut windows = Windows::default();
    windows.credit(1, &at(0, 1));
    let before = windows;
    windows.credit(0, &at(50, 2));
    assert_eq!(windows, before);
}

#[test]
fn the_model_counts_only_answers_that_name_contributions() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(ChallengeTicks::get());
        for request in 1..10 {
            assert_ok!(settle(answer(request, 1_000, &[])));
        }
        assert_eq!(Attribution::claimable(&ALICE), 0);
        for request in 10..13 {
            assert_eq!(Attribution::claimable(&ALICE), 0);
            assert_ok!(settle(answer(request, 1_000, &[entry(1, ONE)])));
        }
        assert_eq!(Attribution::claimable(&ALICE), 500);
    });
}

#[test]
fn each_of_the_next_answers_can_take_back_and_the_one_after_them_cannot() {
    for (others, left) in [(2, 0), (3, 500)] {
        ExtBuilder::default().build_and_execute(|| {
            assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
            advance(ChallengeTicks::get());
            for request in 1..=others {
                assert_ok!(settle(answer(request, 1_000, &[entry(0, ONE)])));
            }
            assert_ok!(settle(answer(50, 1_000, &[entry(0, ONE), entry(1, -ONE)])));
            assert_eq!(Attribution::claimable(&BOB), left);
        });
    }
}

#[test]
fn answers_of_another_model_do_not_vest_pay() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(ChallengeTicks::get());
        for request in 1..10 {
            let mut other = answer(request, 1_000, &[entry(0, ONE)]);
            other.model = MODEL + 1;
            assert_ok!(settle(other));
        }
        assert_eq!(Attribution::claimable(&ALICE), 0);
    });
}
