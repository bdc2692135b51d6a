// SPDX-License-Identifier: Apache-2.0
//! Outputs that the head does not give.

use super::{world::*, *};
use crate::{dispute::HeadFile, Error, Event, Totals};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use openledger_primitives::{attestation::WorkerKey, traits::RevealedAnswer};

fn world() -> World {
    World::new(&[(0, &[4]), (1, &[3])])
}

fn refute(head: Vec<u8>) -> frame_support::dispatch::DispatchResultWithPostInfo {
    let head = HeadFile::try_from(head).unwrap();
    Attribution::refute_output(RuntimeOrigin::signed(CHALLENGER), 0, head)
}

/// The worker revealed other logits than the head gives.
fn lie_about_the_output() {
    Revealed::mutate(|revealed| {
        let RevealedAnswer { output, .. } = revealed.as_mut().unwrap();
        output[0] ^= 1;
    });
}

#[test]
fn an_output_that_the_head_does_not_give_voids_the_report_for_free() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        lie_about_the_output();
        assert_eq!(refute(head_file(LOGITS)).unwrap().pays_fee, Pays::No);
        assert_eq!((stored(0), stored(1), next_pool()), (0, 0, 500));
        assert_eq!((WorkerBond::get().0, claimable(CHALLENGER)), (600, 200));
        assert!(Attribution::explain(0).unwrap().report.is_empty());
        System::assert_has_event(
            Event::OutputRefuted {
                request: 0,
                challenger: CHALLENGER,
                author: WorkerKey {
                    account: WORKER,
                    epoch: 1,
                },
                slashed: 400,
                given_back: 0,
                reward: 200,
            }
            .into(),
        );
        assert_noop!(refute(head_file(LOGITS)), Error::<Test>::ReportVoid);
        assert_noop!(challenge(0, 0), Error::<Test>::ReportVoid);
        assert!(!is_disputed(0));
    });
}

#[test]
fn an_output_that_the_head_gives_cannot_be_refuted() {
    ExtBuilder::default().build_and_execute(|| {
        settle_with(0, &world().truth());
        assert_noop!(refute(head_file(LOGITS)), Error::<Test>::OutputRight);
    });
}

#[test]
fn another_file_than_the_models_head_proves_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        settle_with(0, &world().truth());
        lie_about_the_output();
        assert_noop!(refute(head_file([5, 6])), Error::<Test>::WrongRelease);
        assert_noop!(refute(vec![]), Error::<Test>::WrongRelease);
        // the right file, but of another shape than the answer
        Revealed::mutate(|revealed| revealed.as_mut().unwrap().query.push(1));
        assert_noop!(refute(head_file(LOGITS)), Error::<Test>::WrongRelease);
        Releases::mutate(|all| all.get_mut(&MODEL).unwrap().head = None);
        assert_noop!(refute(head_file(LOGITS)), Error::<Test>::NotAttributed);
        Revealed::set(None);
        Releases::mutate(|all| all.clear());
        assert_noop!(refute(head_file(LOGITS)), Error::<Test>::NotAttributed);
    });
}

#[test]
fn an_output_is_refuted_while_its_money_is_not_paid() {
    ExtBuilder::default().build_and_execute(|| {
        settle_with(0, &world().truth());
        lie_about_the_output();
        let revealed = Revealed::take();
        assert_noop!(refute(head_file(LOGITS)), Error::<Test>::AnswerForgotten);
        Revealed::set(revealed);
        advance(10);
        assert_noop!(refute(head_file(LOGITS)), Error::<Test>::WindowClosed);
        let unknown = Attribution::refute_output(RuntimeOrigin::signed(1), 9, HeadFile::default());
        assert_noop!(unknown, Error::<Test>::NotFound);
    });
}

#[test]
fn challenges_that_are_open_when_an_output_is_refuted_end_without_a_loser() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        lie_about_the_output();
        assert_ok!(challenge(0, 0));
        assert_ok!(refute(head_file(LOGITS)));
        assert_eq!(Totals::<Test>::get().disputed, 500);
        assert_ok!(world.show_place(0, 0));
        assert_ok!(world.open(0, 0, 0, 1));
        System::assert_has_event(
            Event::ChallengeMoot {
                key: challenged(0, 0),
            }
            .into(),
        );
        assert_eq!((bonded(), next_pool(), WorkerBond::get()), (0, 500, (600, 0)));
    });
}

#[test]
fn an_empty_report_leaves_its_money_where_it_is_and_costs_its_author_the_same() {
    ExtBuilder::default().build_and_execute(|| {
        world();
        settle_with(0, &[]);
        lie_about_the_output();
        let before = Totals::<Test>::get().standing;
        assert_ok!(refute(head_file(LOGITS)));
        assert_eq!(
            (Totals::<Test>::get().standing, WorkerBond::get().0),
            (before, 600)
        );
    });
}
