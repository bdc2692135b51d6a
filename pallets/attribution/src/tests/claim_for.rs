// SPDX-License-Identifier: Apache-2.0
//! Claims for others.

use super::*;
use crate::{Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn anybody_lets_the_sink_be_paid() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[])));
        assert_ok!(Attribution::claim_for(
            RuntimeOrigin::signed(BOB),
            TREASURY,
            entries(&[])
        ));
        assert_eq!(Balances::free_balance(TREASURY), 1_500);
        System::assert_last_event(
            Event::Claimed {
                account: TREASURY,
                by: BOB,
                amount: 500,
            }
            .into(),
        );
    });
}

#[test]
fn a_claim_for_another_vests_that_others_entries() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(2, ONE)])));
        advance(VestTicks::get());
        assert_ok!(Attribution::claim_for(
            RuntimeOrigin::signed(BOB),
            CHARLIE,
            entries(&[2])
        ));
        assert_eq!(Balances::free_balance(CHARLIE), 500);
        assert_eq!(Balances::free_balance(BOB), 1_000);
    });
}

#[test]
fn a_claim_for_an_account_without_pay_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        assert_noop!(
            Attribution::claim_for(RuntimeOrigin::signed(WORKER), BOB, entries(&[])),
            Error::<Test>::NothingToClaim
        );
        MinimumClaim::set(1_000);
        assert_noop!(
            Attribution::claim_for(RuntimeOrigin::signed(BOB), WORKER, entries(&[])),
            Error::<Test>::BelowMinimumClaim
        );
    });
}

#[test]
fn a_claim_for_an_account_that_it_cannot_open_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut settlement = answer(0, 1_000, &[entry(0, ONE)]);
        settlement.workers = vec![(WORKER, 191), (OTHER_WORKER, 9)];
        assert_ok!(settle(settlement));
        assert_noop!(
            Attribution::claim_for(RuntimeOrigin::signed(BOB), OTHER_WORKER, entries(&[])),
            Error::<Test>::ClaimBelowExistentialDeposit
        );
    });
}

#[test]
fn only_a_signed_origin_claims_for_others() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Attribution::claim_for(RuntimeOrigin::none(), ALICE, entries(&[])),
            BadOrigin
        );
    });
}
