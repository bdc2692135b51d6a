// SPDX-License-Identifier: Apache-2.0
//! Challenges that nobody answers.

use super::{world::*, *};
use crate::{Error, Event, Settlements};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use openledger_primitives::attestation::WorkerKey;

fn world() -> World {
    World::new(&[(0, &[4]), (1, &[3]), (2, &[1])])
}

fn close(contribution: ContributionId) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Attribution::close_challenge(RuntimeOrigin::signed(BOB), challenged(0, contribution))
}

#[test]
fn silence_makes_the_author_wrong_and_takes_the_entry_off_the_report() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        assert_ok!(challenge(0, 0));
        advance(20);
        assert_noop!(close(0), Error::<Test>::DeadlineNotPassed);
        advance(1);
        assert_eq!(close(0).unwrap().pays_fee, Pays::No);
        assert_noop!(close(0), Error::<Test>::NotFound);
        assert_eq!((stored(0), stored(1), stored(2)), (0, 375, 125));
        assert_eq!((bonded(), claimable(CHALLENGER)), (0, 200));
        assert_eq!(WorkerBond::get(), (600, 0));
        let report = Settlements::<Test>::get(0).unwrap().report.into_inner();
        assert_eq!(report, world.lie(&[(0, 0)]));
        System::assert_has_event(
            Event::ReportCorrected {
                key: challenged(0, 0),
                challenger: CHALLENGER,
                author: WorkerKey {
                    account: WORKER,
                    epoch: 1,
                },
                slashed: 400,
                given_back: 0,
                reward: 200,
                report,
            }
            .into(),
        );
    });
}

#[test]
fn silence_about_an_omitted_contribution_is_slashed_and_leaves_the_report() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        let lie = world.lie(&[(0, 0)]);
        settle_with(0, &lie);
        let before: Vec<_> = (0..3).map(stored).collect();
        assert_ok!(challenge(0, 0));
        advance(21);
        assert_ok!(close(0));
        assert_eq!((0..3).map(stored).collect::<Vec<_>>(), before);
        assert_eq!(Settlements::<Test>::get(0).unwrap().report.into_inner(), lie);
        assert_eq!(WorkerBond::get().0, 600);
    });
}

#[test]
fn a_worker_without_a_bond_is_corrected_all_the_same() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.lie(&[(2, 0)]));
        WorkerBond::set((0, 0));
        assert_ok!(challenge(0, 2));
        world.answer(0, 2);
        assert_eq!(bonded(), 0);
        assert_eq!(claimable(CHALLENGER), 0);
        assert!(stored(2) > 0);
    });
}

#[test]
fn a_settlement_can_be_pruned_once_its_dispute_has_ended() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        assert_ok!(challenge(0, 0));
        advance(1_000);
        assert_ok!(close(0));
        assert_ok!(Attribution::prune(RuntimeOrigin::signed(BOB), 0));
    });
}
