// SPDX-License-Identifier: Apache-2.0
//! Showing where a contribution's rows lie, or that it has none.

use super::{world::*, *};
use crate::{Error, Event};
use frame_support::{assert_noop, assert_ok};

/// Contribution 2 is in the model's datanet version but not in its index.
fn world() -> World {
    World::new(&[(1, &[4, 2]), (3, &[3]), (4, &[])])
}

fn disputed(contribution: ContributionId) -> World {
    let world = world();
    settle_with(0, &world.truth());
    assert_ok!(challenge(0, contribution));
    world
}

#[test]
fn a_place_is_shown_once_and_gives_time_for_its_rows() {
    ExtBuilder::default().build_and_execute(|| {
        let world = disputed(1);
        advance(20);
        assert_ok!(world.show_place(0, 1));
        System::assert_last_event(
            Event::PlaceShown {
                key: challenged(0, 1),
                first: 0,
                rows: 2,
            }
            .into(),
        );
        assert_noop!(world.show_place(0, 1), Error::<Test>::AlreadyPlaced);
        advance(20);
        assert_ok!(world.open(0, 1, 0, 2));
    });
}

#[test]
fn a_contribution_that_is_not_in_the_release_has_no_score() {
    for absent in [0, 2] {
        ExtBuilder::default().build_and_execute(|| {
            let world = disputed(absent);
            assert_ok!(world.show_place(0, absent));
            assert!(!is_open(0, absent));
            assert_eq!(
                bonded(),
                0,
                "the report was right to leave it out, and the bond is gone"
            );
            assert!(claimable(WORKER) > 200);
        });
    }
}

#[test]
fn a_contribution_without_rows_has_no_score() {
    ExtBuilder::default().build_and_execute(|| {
        let world = disputed(4);
        assert_ok!(world.show_place(0, 4));
        assert!(!is_disputed(0));
    });
}

#[test]
fn what_is_not_beside_a_contribution_does_not_show_its_absence() {
    ExtBuilder::default().build_and_execute(|| {
        let world = disputed(2);
        let places = &world.places;
        let attempts: [(usize, &[_]); 5] = [
            (0, &places[..1]),
            (1, &places[1..2]),
            (1, &places[1..]),
            (2, &places[2..]),
            (0, &[]),
        ];
        for (ordinal, shown) in attempts {
            let expected = match shown.is_empty() {
                true => Error::<Test>::ProofInvalid,
                false => Error::<Test>::WrongPlace,
            };
            assert_noop!(world.show(0, 2, ordinal, shown), expected);
        }
        assert_ok!(world.show(0, 2, 0, &places[..2]));
    });
}

#[test]
fn a_contribution_that_is_there_cannot_be_shown_absent() {
    ExtBuilder::default().build_and_execute(|| {
        let world = disputed(3);
        let places = &world.places;
        for (ordinal, shown) in [(0, &places[..1]), (2, &places[2..]), (0, &places[..2])] {
            assert_noop!(world.show(0, 3, ordinal, shown), Error::<Test>::WrongPlace);
        }
    });
}

#[test]
fn places_of_another_release_or_version_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let world = disputed(1);
        let other = World::new(&[(1, &[9, 9]), (3, &[3])]);
        assert_noop!(other.show_place(0, 1), Error::<Test>::WrongRelease);
        assert_ok!(world.show_place(0, 1));
    });
}

#[test]
fn a_place_beyond_the_table_or_with_a_false_proof_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let world = disputed(1);
        assert_noop!(
            world.show(0, 1, 3, &world.places[..1]),
            Error::<Test>::RowOutOfRange
        );
        let mut more_rows = world.places[0];
        more_rows.rows += 1;
        assert_noop!(world.show(0, 1, 0, &[more_rows]), Error::<Test>::ProofInvalid);
        assert_noop!(
            world.show(0, 1, 1, &world.places[..1]),
            Error::<Test>::ProofInvalid
        );
    });
}

#[test]
fn nothing_is_shown_after_the_deadline_or_where_nothing_is_challenged() {
    ExtBuilder::default().build_and_execute(|| {
        let world = disputed(1);
        assert_noop!(world.show_place(0, 3), Error::<Test>::NotFound);
        assert_noop!(world.show_place(1, 1), Error::<Test>::NotFound);
        advance(21);
        assert_noop!(world.show_place(0, 1), Error::<Test>::DeadlinePassed);
    });
}
