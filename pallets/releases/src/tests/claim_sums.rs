// SPDX-License-Identifier: Apache-2.0
//! `claim_sums`.

use super::{world::*, *};
use openledger_primitives::fixed::equation::Sums;

fn disputed(row: u32) -> World {
    let world = World::new(2, 9).install();
    assert_ok!(dispute(row));
    world
}

#[test]
fn true_sums_of_a_right_row_satisfy_its_equation() {
    ExtBuilder.build_and_execute(|| {
        let world = disputed(4);
        Now::set(11);
        let sums = world.sums(4, 9);
        assert_ok!(world.claim(4, &sums));
        let Some(Stage::Split(interval)) = stage(4) else {
            panic!("the author splits next");
        };
        assert_eq!((interval.low, interval.high), (0, 9));
        assert_eq!(interval.start, commitment(&world.sums(4, 0)));
        let event = Event::SumsClaimed {
            key: key(4),
            sums: commitment(&sums),
            deadline: 21,
        };
        System::assert_last_event(event.into());
        assert_noop!(world.claim(4, &sums), Error::<Test>::WrongStage);
    });
}

#[test]
fn true_sums_of_a_wrong_row_do_not() {
    ExtBuilder.build_and_execute(|| {
        for row in 0..9 {
            let world = World::new(2, 9).spoil(row).install();
            let row = row as u32;
            assert_ok!(dispute(row));
            let claim = world.claim(row, &world.sums(row, 9));
            assert_noop!(claim, Error::<Test>::EquationNotMet);
        }
    });
}

#[test]
fn the_sums_of_a_release_of_one_row_are_proved_at_once() {
    ExtBuilder.build_and_execute(|| {
        let world = World::new(3, 1).install();
        assert_ok!(dispute(0));
        assert_ok!(world.claim(0, &world.sums(0, 1)));
        assert!(matches!(stage(0), Some(Stage::Prove(interval)) if interval.low == 0));
        assert_ok!(world.prove(0, 0, &world.sums(0, 0)));
        assert_eq!(stage(0), None);
    });
}

#[test]
fn only_the_author_claims_and_only_in_time() {
    ExtBuilder.build_and_execute(|| {
        let world = disputed(4);
        let sums = world.sums(4, 9);
        let by = |who, key| {
            let (release, row) = (world.release(), world.shown(4));
            let origin = RuntimeOrigin::signed(who);
            Releases::claim_sums(origin, key, release, row, bytes_of(&sums), world.head())
        };
        assert_noop!(by(CHALLENGER, key(4)), Error::<Test>::NotAuthorized);
        assert_noop!(by(AUTHOR, key(5)), Error::<Test>::NotFound);
        Now::set(12);
        assert_noop!(by(AUTHOR, key(4)), Error::<Test>::DeadlinePassed);
        Released::set(None);
        assert_noop!(by(AUTHOR, key(4)), Error::<Test>::NotDisputable);
    });
}

#[test]
fn what_is_shown_is_of_the_release_and_of_the_row() {
    ExtBuilder.build_and_execute(|| {
        let world = disputed(4);
        let sums = world.sums(4, 9);
        let shown = |release, row, head| {
            let origin = RuntimeOrigin::signed(AUTHOR);
            Releases::claim_sums(origin, key(4), release, row, bytes_of(&sums), head)
        };
        let other = World::new(4, 9);
        let claim = shown(other.release(), world.shown(4), world.head());
        assert_noop!(claim, Error::<Test>::WrongRelease);
        let claim = shown(world.release(), world.shown(3), world.head());
        assert_noop!(claim, Error::<Test>::ProofInvalid);
        let claim = shown(world.release(), other.shown(4), world.head());
        assert_noop!(claim, Error::<Test>::ProofInvalid);
        let mixed = ShownRow {
            features: world.shown(3).features,
            ..world.shown(4)
        };
        let claim = shown(world.release(), mixed, world.head());
        assert_noop!(claim, Error::<Test>::ProofInvalid);
        let claim = shown(world.release(), world.shown(4), other.head());
        assert_noop!(claim, Error::<Test>::WrongHead);
        let mut short = world.shown(4);
        short.released.pop();
        let claim = shown(world.release(), short, world.head());
        assert_noop!(claim, Error::<Test>::RowWrongLength);
        let mut long = world.shown(4);
        long.features.try_push(0).unwrap();
        let claim = shown(world.release(), long, world.head());
        assert_noop!(claim, Error::<Test>::RowWrongLength);
    });
}

#[test]
fn a_release_of_another_shape_than_registered_cannot_answer() {
    ExtBuilder.build_and_execute(|| {
        let world = disputed(4);
        Released::mutate(|release| release.as_mut().unwrap().rows = 8);
        let claim = world.claim(4, &world.sums(4, 9));
        assert_noop!(claim, Error::<Test>::WrongRelease);
    });
}

#[test]
fn sums_of_another_length_or_made_up_are_refused() {
    ExtBuilder.build_and_execute(|| {
        let world = disputed(4);
        let claim = world.claim(4, &Sums::zero(CLASSES, DIMS + 1));
        assert_noop!(claim, Error::<Test>::SumsWrongLength);
        let claim = world.claim(4, &Sums::zero(CLASSES, DIMS));
        assert_noop!(claim, Error::<Test>::EquationNotMet);
        let mut sums = world.sums(4, 9);
        sums.allowed[0] = -1;
        assert_noop!(world.claim(4, &sums), Error::<Test>::EquationNotMet);
    });
}

#[test]
fn a_row_under_another_label_than_its_features_has_no_sums() {
    ExtBuilder.build_and_execute(|| {
        let mut world = World::new(2, 9);
        world.released_labels[4] ^= 1;
        let world = world.install();
        assert_ok!(dispute(4));
        let claim = world.claim(4, &world.sums(4, 9));
        assert_noop!(claim, Error::<Test>::RowsDiffer);
    });
}
