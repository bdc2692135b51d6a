// SPDX-License-Identifier: Apache-2.0
//! Opening rows, and the end that the last one brings.

use super::{world::*, *};
use crate::{Error, Event, Settlements, Totals};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::attestation::WorkerKey;

fn world() -> World {
    World::new(&[(0, &[4, 2, -1, 3, 1]), (1, &[3]), (2, &[1, 1])])
}

fn placed(contribution: ContributionId) -> World {
    let world = world();
    settle_with(0, &world.truth());
    assert_ok!(challenge(0, contribution));
    assert_ok!(world.show_place(0, contribution));
    world
}

#[test]
fn rows_add_up_over_several_calls_and_a_right_report_earns_the_bond() {
    ExtBuilder::default().build_and_execute(|| {
        let world = placed(0);
        let before = (claimable(WORKER), Balances::free_balance(CHALLENGER));
        assert_ok!(world.open(0, 0, 0, 1));
        assert_ok!(world.open(0, 0, 1, 3));
        assert_eq!(bonded(), 110);
        assert_ok!(world.open(0, 0, 4, 1));
        assert_eq!((bonded(), Balances::free_balance(CHALLENGER)), (0, before.1));
        assert_eq!(claimable(WORKER), before.0 + 110);
        assert_eq!(WorkerBond::get(), (1_000, 0));
        assert_eq!((0..3).map(stored).sum::<Balance>(), 500);
        let author = WorkerKey {
            account: WORKER,
            epoch: 1,
        };
        System::assert_has_event(
            Event::ReportUpheld {
                key: challenged(0, 0),
                challenger: CHALLENGER,
                author,
                bond: 110,
            }
            .into(),
        );
        assert!(!is_disputed(0));
    });
}

#[test]
fn a_wrong_score_is_corrected_and_the_money_shared_anew() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        let truth = world.truth();
        // as if the second contribution had done nothing, and the third more than all
        let lie = world.lie(&[(1, 0), (2, 1 << 30)]);
        settle_with(0, &lie);
        assert_ok!(challenge(0, 1));
        assert_ok!(challenge(0, 2));
        world.answer(0, 1);
        // 400 of the author's bond: half of it to the challenger
        assert_eq!(WorkerBond::get().0, 600);
        assert_eq!((claimable(CHALLENGER), claimable(TREASURY)), (200, 200));
        assert_eq!(Totals::<Test>::get().disputed, 500, "the other challenge is open");
        world.answer(0, 2);
        assert_eq!(WorkerBond::get().0, 200);
        assert_eq!(bonded(), 0);
        assert_eq!(
            Settlements::<Test>::get(0).unwrap().report.into_inner(),
            truth,
            "what stands is what an honest worker reports"
        );
        let corrected: Vec<_> = (0..3).map(stored).collect();
        settle_with(1, &truth);
        let honest: Vec<_> = (0..3).map(|n| stored(n) - corrected[n as usize]).collect();
        assert_eq!(corrected, honest);
    });
}

#[test]
fn pay_that_was_shared_anew_vests_when_the_answers_own_would_have() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.lie(&[(1, 0)]));
        assert_ok!(challenge(0, 1));
        advance(50);
        // the worker is late, but nobody closed
        assert_noop!(world.show_place(0, 1), Error::<Test>::DeadlinePassed);
        assert_ok!(Attribution::close_challenge(
            RuntimeOrigin::signed(BOB),
            challenged(0, 1)
        ));
        assert!(stored(0) > 0);
        advance(50);
        assert_ok!(Attribution::claim(
            RuntimeOrigin::signed(ALICE),
            entries(&[0, 1, 2])
        ));
        assert_eq!((0..3).map(stored).sum::<Balance>(), 0);
    });
}

#[test]
fn anybody_can_open_the_rows_so_that_no_goodwill_of_the_author_is_needed() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.lie(&[(1, 0)]));
        assert_ok!(challenge(0, 1));
        assert_ok!(world.show_place(0, 1));
        assert_ok!(Attribution::open_rows(
            RuntimeOrigin::signed(CHALLENGER),
            challenged(0, 1),
            5,
            world.opened(5, 1),
            world.proof(5, 1)
        ));
        assert_eq!(claimable(CHALLENGER), 200);
    });
}

#[test]
fn rows_out_of_order_or_beyond_the_contribution_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let world = placed(0);
        assert_noop!(world.open(0, 0, 1, 1), Error::<Test>::RowOutOfRange);
        assert_ok!(world.open(0, 0, 0, 2));
        assert_noop!(world.open(0, 0, 0, 2), Error::<Test>::RowOutOfRange);
        assert_noop!(world.open(0, 0, 2, 4), Error::<Test>::RowOutOfRange);
        assert_ok!(world.open(0, 0, 2, 3));
        assert_noop!(world.open(0, 0, 5, 1), Error::<Test>::NotFound);
    });
}

#[test]
fn rows_of_another_length_or_under_another_root_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let world = placed(0);
        let open = |rows: Vec<u8>, proof| {
            Attribution::open_rows(
                RuntimeOrigin::signed(WORKER),
                challenged(0, 0),
                0,
                rows.try_into().unwrap(),
                proof,
            )
        };
        let proof = || world.proof(0, 1);
        assert_noop!(open(vec![], proof()), Error::<Test>::RowsWrongLength);
        assert_noop!(open(vec![0; 19], proof()), Error::<Test>::RowsWrongLength);
        let mut row = world.rows[0].clone();
        row[15] ^= 1;
        assert_noop!(open(row, proof()), Error::<Test>::ProofInvalid);
        assert_noop!(
            open(world.rows[0].clone(), world.proof(1, 1)),
            Error::<Test>::ProofInvalid
        );
        assert_noop!(open(world.rows[1].clone(), proof()), Error::<Test>::ProofInvalid);
    });
}

#[test]
fn rows_wait_for_their_place_and_are_late_after_the_deadline() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        assert_ok!(challenge(0, 1));
        assert_noop!(world.open(0, 1, 5, 1), Error::<Test>::NotPlaced);
        assert_ok!(world.show_place(0, 1));
        advance(21);
        assert_noop!(world.open(0, 1, 5, 1), Error::<Test>::DeadlinePassed);
        assert_noop!(world.open(0, 2, 6, 1), Error::<Test>::NotFound);
    });
}
