// SPDX-License-Identifier: Apache-2.0
//! `choose`.

use super::{world::*, *};

fn was_split(rows: usize) -> World {
    let world = World::new(6, rows).install();
    let rows = rows as u32;
    assert_ok!(dispute(0));
    assert_ok!(world.claim(0, &world.sums(0, rows)));
    let inner = inner_ends(0, rows).map(|end| commitment(&world.sums(0, end)));
    assert_ok!(split(0, inner.collect()));
    world
}

#[test]
fn the_chosen_part_begins_and_ends_with_what_the_author_committed_to() {
    ExtBuilder.build_and_execute(|| {
        let world = was_split(40);
        assert_ok!(choose(0, 3));
        let Some(Stage::Split(interval)) = stage(0) else {
            panic!("two rows are split again");
        };
        assert_eq!((interval.low, interval.high), (7, 10));
        assert_eq!(interval.start, commitment(&world.sums(0, 7)));
        assert_eq!(interval.end, commitment(&world.sums(0, 10)));
        let event = Event::PartChosen {
            key: key(0),
            low: 7,
            high: 10,
            deadline: 11,
        };
        System::assert_last_event(event.into());
    });
}

#[test]
fn the_first_and_the_last_part_keep_the_intervals_own_ends() {
    ExtBuilder.build_and_execute(|| {
        let world = was_split(3);
        assert_ok!(choose(0, 2));
        let Some(Stage::Prove(interval)) = stage(0) else {
            panic!("one row is proved");
        };
        assert_eq!((interval.low, interval.high), (2, 3));
        assert_eq!(interval.end, commitment(&world.sums(0, 3)));
        Now::set(12);
        assert_ok!(close(0));
        Now::set(1);
        let world = was_split(3);
        assert_ok!(choose(0, 0));
        let Some(Stage::Prove(interval)) = stage(0) else {
            panic!("one row is proved");
        };
        assert_eq!(interval.start, commitment(&world.sums(0, 0)));
        assert_eq!(interval.end, commitment(&world.sums(0, 1)));
    });
}

#[test]
fn only_the_challenger_chooses_a_part_that_there_is_in_its_turn_and_in_time() {
    ExtBuilder.build_and_execute(|| {
        World::new(6, 3).install();
        assert_noop!(choose(0, 0), Error::<Test>::NotFound);
        assert_ok!(dispute(0));
        assert_noop!(choose(0, 0), Error::<Test>::WrongStage);
        Now::set(12);
        assert_ok!(close(0));
        was_split(3);
        assert_noop!(choose(0, 3), Error::<Test>::PartOutOfRange);
        let other = Releases::choose(RuntimeOrigin::signed(AUTHOR), key(0), 0);
        assert_noop!(other, Error::<Test>::NotAuthorized);
        Now::set(23);
        assert_noop!(choose(0, 0), Error::<Test>::DeadlinePassed);
    });
}
