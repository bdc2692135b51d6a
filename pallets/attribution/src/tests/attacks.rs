// SPDX-License-Identifier: Apache-2.0
//! What somebody might try.

use super::*;
use crate::{Claimable, Error, Totals};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::traits::RewardLedger;

#[test]
fn settling_a_request_twice_credits_it_once() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        let again = answer(0, 1_000, &[entry(1, ONE)]);
        fund(&again);
        assert_noop!(Attribution::settle(again), Error::<Test>::AlreadyExists);
    });
}

#[test]
fn claiming_twice_pays_once() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get());
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0])));
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0])),
            Error::<Test>::NothingToClaim
        );
        assert_noop!(
            Attribution::claim_for(RuntimeOrigin::signed(BOB), ALICE, entries(&[0])),
            Error::<Test>::NothingToClaim
        );
        assert_eq!(Balances::free_balance(ALICE), 1_500);
    });
}

#[test]
fn naming_an_entry_many_times_in_one_claim_pays_it_once() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get());
        assert_ok!(Attribution::claim(
            RuntimeOrigin::signed(ALICE),
            entries(&[0; 64])
        ));
        assert_eq!(Balances::free_balance(ALICE), 1_500);
    });
}

#[test]
fn a_claim_for_another_pays_that_other() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get());
        assert_ok!(Attribution::claim_for(
            RuntimeOrigin::signed(BOB),
            ALICE,
            entries(&[0])
        ));
        assert_eq!(Balances::free_balance(ALICE), 1_500);
        assert_eq!(Balances::free_balance(BOB), 1_000);
    });
}

#[test]
fn naming_anothers_entry_in_ones_own_claim_vests_it_for_its_owner() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get());
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(BOB), entries(&[0])),
            Error::<Test>::NothingToClaim
        );
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(WORKER), entries(&[0])));
        assert_eq!(Balances::free_balance(WORKER), 1_200);
        assert_eq!(Claimable::<Test>::get(ALICE), 500);
    });
}

#[test]
fn vesting_an_entry_ahead_of_its_owner_does_not_make_the_owners_claim_fail() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get());
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(WORKER), entries(&[0])));
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0])));
        assert_eq!(Balances::free_balance(ALICE), 1_500);
    });
}

#[test]
fn a_claim_before_the_challenge_window_is_over_gets_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        // buying cheap answers hurries the count, never the window
        for request in 1..20 {
            assert_ok!(settle(answer(request, 1, &[entry(1, ONE)])));
        }
        advance(ChallengeTicks::get() - 1);
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0])),
            Error::<Test>::NothingToClaim
        );
        advance(1);
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0])));
        assert_eq!(Balances::free_balance(ALICE), 1_500);
    });
}

#[test]
fn a_griefer_takes_less_from_a_rival_than_it_spends() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000_000, &[entry(1, ONE)])));
        let mut spent = 0;
        for request in 1..=10 {
            let before = stored(1);
            assert_ok!(settle(answer(request, 1_000, &[entry(0, ONE), entry(1, -ONE)])));
            spent += 1_000;
            assert_eq!(before - stored(1), 500);
        }
        assert_eq!(500_000 - stored(1), spent / 2);
        // the rival's loss went into answers of the same model: this one's pool and the next one's
        assert_eq!(
            stored(0) + Claimable::<Test>::get(ALICE) + next_pool(),
            2 * (spent / 2)
        );
    });
}

#[test]
fn many_negative_entries_together_take_back_no_more_than_the_answer_paid() {
    ExtBuilder::default().build_and_execute(|| {
        let negative: Vec<_> = (10..26).map(|n| entry(n, -62_500_000)).collect();
        for n in 10..26 {
            Registry::put(DATANET, n, 200 + n);
            assert_ok!(settle(answer(n, 100_000, &[entry(n, ONE)])));
        }
        let report: Vec<_> = [entry(0, ONE)].into_iter().chain(negative).collect();
        assert_ok!(settle(answer(99, 999, &report)));
        assert!(next_pool() <= 499);
        assert_eq!(next_pool(), 16 * (499 / 16));
    });
}

#[test]
fn a_stream_of_credits_cannot_hold_back_earlier_pay() {
    ExtBuilder::default().build_and_execute(|| {
        VestAnswers::set(u32::MAX);
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        for request in 1..=VestTicks::get() * 2 {
            advance(1);
            assert_ok!(settle(answer(request, 20, &[entry(0, ONE)])));
        }
        assert!(Claimable::<Test>::get(ALICE) >= 500 + (VestTicks::get() as Balance - 1) * 10);
    });
}

#[test]
fn no_report_can_block_an_answer() {
    ExtBuilder::default().build_and_execute(|| {
        for (request, report) in [
            vec![],
            vec![entry(u64::MAX, ONE)],
            vec![entry(0, ONE), entry(1, -ONE)],
            vec![entry(0, -ONE), entry(1, ONE)],
            vec![entry(0, 1), entry(1, ONE - 1), entry(u64::MAX, -ONE)],
        ]
        .into_iter()
        .enumerate()
        {
            assert_ok!(settle(answer(request as u64, 1_003, &report)));
            Registry::revoke(DATANET, 1);
        }
    });
}

#[test]
fn money_sent_to_the_ledger_by_anybody_belongs_to_nobody() {
    ExtBuilder::default().build_and_execute(|| {
        let before = Totals::<Test>::get();
        assert_ok!(Balances::transfer_keep_alive(
            RuntimeOrigin::signed(BOB),
            Attribution::account_id(),
            100
        ));
        assert_eq!(Totals::<Test>::get(), before);
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(BOB), entries(&[])),
            Error::<Test>::NothingToClaim
        );
    });
}
