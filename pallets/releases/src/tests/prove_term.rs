// SPDX-License-Identifier: Apache-2.0
//! `prove_term`.

use super::{world::*, *};
use openledger_primitives::fixed::equation::Sums;

/// A dispute of row 0 of three that came down to the step over row 1, after which the author's sums are `end`.
fn at_row_one(end: impl Fn(&World) -> Sums) -> World {
    let world = World::new(8, 3).install();
    assert_ok!(dispute(0));
    assert_ok!(world.claim(0, &world.sums(0, 3)));
    let inner = vec![commitment(&world.sums(0, 1)), commitment(&end(&world))];
    assert_ok!(split(0, inner));
    assert_ok!(choose(0, 1));
    world
}

fn false_end(world: &World) -> Sums {
    let mut sums = world.sums(0, 2);
    sums.terms[3] += 1;
    sums
}

#[test]
fn a_false_step_refutes_the_release() {
    ExtBuilder.build_and_execute(|| {
        let world = at_row_one(false_end);
        assert_ok!(world.prove(0, 1, &world.sums(0, 1)));
        assert!(is_refuted() && stage(0).is_none());
        let free = [AUTHOR, CHALLENGER, TREASURY].map(Balances::free_balance);
        assert_eq!(free, [ENDOWMENT - BOND, ENDOWMENT + 400, ENDOWMENT + 600]);
        let event = Event::RowRefuted {
            key: key(0),
            author: AUTHOR,
            reward: 400,
            rest: 600,
        };
        System::assert_last_event(event.into());
    });
}

#[test]
fn a_true_step_costs_the_challenger_its_bond() {
    ExtBuilder.build_and_execute(|| {
        let world = at_row_one(|world| world.sums(0, 2));
        assert_ok!(world.prove(0, 1, &world.sums(0, 1)));
        assert!(!is_refuted() && stage(0).is_none());
        let free = [AUTHOR, CHALLENGER].map(Balances::free_balance);
        assert_eq!(free, [ENDOWMENT + AT_STAKE, ENDOWMENT - AT_STAKE]);
        let event = Event::RowUpheld {
            key: key(0),
            author: AUTHOR,
            bond: AT_STAKE,
        };
        System::assert_last_event(event.into());
        // another time is another dispute
        assert_ok!(dispute(0));
    });
}

#[test]
fn what_is_computed_with_is_what_both_agreed_on() {
    ExtBuilder.build_and_execute(|| {
        let world = at_row_one(false_end);
        let sums = world.sums(0, 1);
        assert_noop!(world.prove(0, 1, &world.sums(0, 2)), Error::<Test>::WrongSums);
        let long = Sums::zero(CLASSES, DIMS + 1);
        assert_noop!(world.prove(0, 1, &long), Error::<Test>::SumsWrongLength);
        // the step over another row
        assert_noop!(world.prove(0, 2, &sums), Error::<Test>::ProofInvalid);
        assert_noop!(world.prove(1, 1, &sums), Error::<Test>::NotFound);
        let prove = |released: Vec<u8>, features: Vec<u8>, head| {
            Releases::prove_term(
                RuntimeOrigin::signed(STRANGER),
                key(0),
                bytes_of(&sums),
                released.try_into().unwrap(),
                features.try_into().unwrap(),
                world.features_proof(1),
                head,
            )
        };
        let other = prove(world.released_row(1), world.features_row(1), world.head());
        assert_noop!(other, Error::<Test>::ProofInvalid);
        let head = World::new(9, 3).head();
        let other = prove(world.released_row(0), world.features_row(1), head);
        assert_noop!(other, Error::<Test>::WrongHead);
        // anybody may compute it
        assert_ok!(prove(world.released_row(0), world.features_row(1), world.head()));
        assert!(is_refuted());
        assert_eq!(Balances::free_balance(CHALLENGER), ENDOWMENT + 400);
    });
}

#[test]
fn a_step_is_computed_in_its_turn_and_in_time() {
    ExtBuilder.build_and_execute(|| {
        let world = World::new(8, 3).install();
        assert_ok!(dispute(0));
        assert_noop!(world.prove(0, 1, &world.sums(0, 1)), Error::<Test>::WrongStage);
        Now::set(12);
        assert_ok!(close(0));
        let world = at_row_one(false_end);
        Now::set(23);
        assert_noop!(
            world.prove(0, 1, &world.sums(0, 1)),
            Error::<Test>::DeadlinePassed
        );
        Released::set(None);
        assert_noop!(world.prove(0, 1, &world.sums(0, 1)), Error::<Test>::NotDisputable);
    });
}
