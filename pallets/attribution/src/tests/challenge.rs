// SPDX-License-Identifier: Apache-2.0
//! Who may challenge what, when, and for how much.

use super::{world::*, *};
use crate::{
    dispute::{Pot, Withheld},
    Disputes, Error, Event, Totals,
};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::{attestation::WorkerKey, traits::RevealedAnswer};
use sp_core::H256;

/// Three contributions that helped and one that harmed.
fn world() -> World {
    World::new(&[(0, &[4, 2]), (1, &[3]), (2, &[1]), (3, &[-2])])
}

#[test]
fn a_challenge_holds_a_bond_and_withholds_the_answers_money() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        let pending: Vec<_> = (0..3).map(stored).collect();
        assert_eq!(pending.iter().sum::<Balance>(), 500);
        assert_ok!(challenge(0, 0));
        // 100, and 2 for each of two rows
        assert_eq!(bonded(), 104);
        assert_eq!((0..3).map(stored).sum::<Balance>(), 0);
        assert_eq!(Totals::<Test>::get().disputed, 500);
        let shares: Vec<_> = (0..3)
            .zip(&pending)
            .map(|(contribution, amount)| Withheld {
                pot: Pot::Contribution {
                    datanet: DATANET,
                    contribution,
                },
                amount: *amount,
            })
            .collect();
        System::assert_has_event(Event::PayWithheld { request: 0, shares }.into());
        let author = WorkerKey {
            account: WORKER,
            epoch: 1,
        };
        System::assert_last_event(
            Event::Challenged {
                key: challenged(0, 0),
                challenger: CHALLENGER,
                author,
                bond: 104,
                deadline: 1 + 20,
            }
            .into(),
        );
    });
}

#[test]
fn money_of_a_disputed_report_cannot_be_claimed_however_long_it_takes() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        assert_ok!(challenge(0, 1));
        advance(1_000);
        let claim = Attribution::claim(RuntimeOrigin::signed(ALICE), entries(&[0]));
        assert_noop!(claim, Error::<Test>::NothingToClaim);
        assert_noop!(
            Attribution::prune(RuntimeOrigin::signed(ALICE), 0),
            Error::<Test>::ReportDisputed
        );
    });
}

#[test]
fn a_paid_report_cannot_be_challenged() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        advance(9);
        assert_ok!(challenge(0, 1));
        advance(1);
        assert_noop!(challenge(0, 2), Error::<Test>::WindowClosed);
        assert_noop!(challenge(7, 2), Error::<Test>::NotFound);
    });
}

#[test]
fn each_contribution_is_challenged_once_at_a_time() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        assert_ok!(challenge(0, 1));
        assert_noop!(challenge(0, 1), Error::<Test>::AlreadyChallenged);
        assert_ok!(challenge(0, 2));
        assert_eq!(Disputes::<Test>::get(0).unwrap().open, 2);
        world.answer(0, 1);
        assert_ok!(challenge(0, 1));
        assert_eq!(
            Totals::<Test>::get().disputed,
            500,
            "held back until the last one ends"
        );
    });
}

#[test]
fn a_contribution_outside_of_the_models_sources_cannot_be_challenged() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        // accepted after the version
        Registry::put(DATANET, 9, ALICE);
        // of another datanet
        Registry::put(1, 0, ALICE);
        assert_noop!(challenge(0, 9), Error::<Test>::ForeignContribution);
        assert_noop!(challenge(0, 77), Error::<Test>::ForeignContribution);
        let elsewhere = crate::ChallengeKey {
            datanet: 1,
            ..challenged(0, 0)
        };
        assert_noop!(
            Attribution::challenge(RuntimeOrigin::signed(CHALLENGER), elsewhere),
            Error::<Test>::ForeignContribution
        );
    });
}

#[test]
fn a_model_without_attribution_and_an_answer_that_is_gone_cannot_be_challenged() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        let revealed = Revealed::take();
        assert_noop!(challenge(0, 0), Error::<Test>::AnswerForgotten);
        Revealed::set(Some(RevealedAnswer {
            output: vec![1, 2, 3],
            query: vec![0],
            input: H256::zero(),
        }));
        assert_noop!(challenge(0, 0), Error::<Test>::NotAttributed);
        Revealed::set(revealed);
        Releases::mutate(|all| all.clear());
        assert_noop!(challenge(0, 0), Error::<Test>::NotAttributed);
    });
}

#[test]
fn whoever_has_not_the_bond_cannot_challenge() {
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        let poor = RuntimeOrigin::signed(77);
        assert!(Attribution::challenge(poor, challenged(0, 0)).is_err());
        assert!(Attribution::challenge(RuntimeOrigin::root(), challenged(0, 0)).is_err());
        assert!(!is_disputed(0));
    });
}

#[test]
fn pay_that_a_later_answer_took_back_is_not_withheld() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[4])]);
        settle_with(0, &world.truth());
        assert_eq!((stored(0), stored(1)), (250, 250));
        let later = answer(1, FEE, &[entry(0, -300_000_000), entry(1, ONE)]);
        assert_ok!(settle(later));
        assert_eq!((stored(0), next_pool()), (100, 150));
        assert_ok!(challenge(0, 0));
        assert_eq!(Totals::<Test>::get().disputed, 100 + 250);
        world.answer(0, 0);
        assert_eq!((stored(0), stored(1)), (100, 250 + 500));
    });
}

#[test]
fn authors_see_their_open_challenges_the_most_urgent_first() {
    use openledger_primitives::apis::ChallengeDuty;
    ExtBuilder::default().build_and_execute(|| {
        let world = world();
        settle_with(0, &world.truth());
        assert_ok!(challenge(0, 0));
        advance(1);
        assert_ok!(challenge(0, 3));
        assert_ok!(world.show_place(0, 0));
        let open = Attribution::open_challenges(&WORKER);
        let seen: Vec<_> = open.iter().map(|open| (open.contribution, open.duty)).collect();
        assert_eq!(
            seen,
            [
                (0, ChallengeDuty::OpenRows { next: 0, end: 2 }),
                (3, ChallengeDuty::ShowPlace)
            ]
        );
        assert_eq!((open[1].model, open[1].deadline), (MODEL, 2 + 20));
        assert!(Attribution::open_challenges(&OTHER_WORKER).is_empty());
    });
}
