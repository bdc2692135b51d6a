// SPDX-License-Identifier: Apache-2.0
//! Claims for oneself.

use super::*;
use crate::{Claimable, Error, Event, Totals};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, TokenError};

#[test]
fn a_claim_pays_what_was_credited_and_leaves_the_rest() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(WORKER), entries(&[])));
        assert_eq!(Balances::free_balance(WORKER), 1_200);
        assert_eq!(Claimable::<Test>::get(WORKER), 0);
        assert_eq!(Claimable::<Test>::get(MODEL_OWNER), 200);
        assert_eq!(Totals::<Test>::get().claimed, 200);
        System::assert_last_event(
            Event::Claimed {
                account: WORKER,
                by: WORKER,
                amount: 200,
            }
            .into(),
        );
    });
}

#[test]
fn a_contributor_claims_after_the_vesting_time() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get());
        assert_eq!(Attribution::claimable(&ALICE), 500);
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0])));
        assert_eq!(Balances::free_balance(ALICE), 1_500);
        assert_eq!(stored(0), 0);
        System::assert_has_event(
            Event::Vested {
                model: MODEL,
                datanet: DATANET,
                contribution: 0,
                owner: ALICE,
                amount: 500,
            }
            .into(),
        );
    });
}

#[test]
fn a_claim_vests_several_entries_at_once() {
    ExtBuilder::default().build_and_execute(|| {
        Registry::put(DATANET, 5, ALICE);
        assert_ok!(settle(answer(
            0,
            1_000,
            &[entry(0, 400_000_000), entry(5, 600_000_000)]
        )));
        advance(VestTicks::get());
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0, 5])));
        assert_eq!(Balances::free_balance(ALICE), 1_500);
    });
}

#[test]
fn entries_that_are_unknown_or_too_young_are_passed_over() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get());
        assert_ok!(settle(answer(
            1,
            1_000,
            &[entry(0, 500_000_000), entry(1, 500_000_000)]
        )));
        // the second answer vested the first one's pay when it touched the entry
        assert_eq!(Claimable::<Test>::get(ALICE), 500);
        assert_ok!(Attribution::claim(
            RuntimeOrigin::signed(ALICE),
            entries(&[77, 0, 1])
        ));
        assert_eq!(Balances::free_balance(ALICE), 1_500);
        assert_eq!((stored(0), stored(1)), (250, 250));
    });
}

#[test]
fn the_last_planck_that_is_owed_can_be_claimed() {
    ExtBuilder::default().build_and_execute(|| {
        let settlement = answer(0, 1_000, &[]);
        assert_ok!(settle(settlement));
        for who in [WORKER, MODEL_OWNER, TREASURY] {
            assert_ok!(Attribution::claim(RuntimeOrigin::signed(who), entries(&[])));
        }
        assert_eq!(
            Balances::free_balance(Attribution::account_id()),
            EXISTENTIAL_DEPOSIT
        );
        assert_eq!(Totals::<Test>::get().owed(), 0);
    });
}

#[test]
fn without_an_endowment_a_claim_fails_and_nothing_is_lost() {
    ExtBuilder::default().without_endowment().build_and_execute(|| {
        let mut settlement = answer(0, 1_000, &[entry(0, ONE)]);
        settlement.workers[0].1 = 900;
        settlement.model_owner.1 = 0;
        settlement.contributors = 0;
        assert_ok!(settle(settlement));
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(WORKER), entries(&[])),
            TokenError::NotExpendable
        );
        assert_eq!(Attribution::claimable(&WORKER), 900);
    });
}

#[test]
fn a_claim_of_nothing_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(BOB), entries(&[])),
            Error::<Test>::NothingToClaim
        );
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(BOB), entries(&[0, 1, 2])),
            Error::<Test>::NothingToClaim
        );
    });
}

#[test]
fn a_claim_below_the_minimum_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        MinimumClaim::set(201);
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(WORKER), entries(&[])),
            Error::<Test>::BelowMinimumClaim
        );
        assert_ok!(settle(answer(1, 1_000, &[entry(0, ONE)])));
        assert_ok!(Attribution::claim(RuntimeOrigin::signed(WORKER), entries(&[])));
        assert_eq!(Balances::free_balance(WORKER), 1_400);
    });
}

#[test]
fn a_claim_that_cannot_open_the_account_is_refused_and_waits() {
    ExtBuilder::default().build_and_execute(|| {
        let mut settlement = answer(0, 1_000, &[entry(0, ONE)]);
        let less = EXISTENTIAL_DEPOSIT - 1;
        settlement.workers = vec![(WORKER, 200 - less), (OTHER_WORKER, less)];
        assert_ok!(settle(settlement));
        assert_noop!(
            Attribution::claim(RuntimeOrigin::signed(OTHER_WORKER), entries(&[])),
            Error::<Test>::ClaimBelowExistentialDeposit
        );
        assert_eq!(Attribution::claimable(&OTHER_WORKER), less);

        let mut settlement = answer(1, 1_000, &[entry(0, ONE)]);
        settlement.workers = vec![(WORKER, 199), (OTHER_WORKER, 1)];
        assert_ok!(settle(settlement));
        assert_ok!(Attribution::claim(
            RuntimeOrigin::signed(OTHER_WORKER),
            entries(&[])
        ));
        assert_eq!(Balances::free_balance(OTHER_WORKER), EXISTENTIAL_DEPOSIT);
    });
}

#[test]
fn only_a_signed_origin_claims() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(Attribution::claim(RuntimeOrigin::root(), entries(&[])), BadOrigin);
        assert_noop!(Attribution::claim(RuntimeOrigin::none(), entries(&[])), BadOrigin);
    });
}
