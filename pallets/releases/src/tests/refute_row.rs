// SPDX-License-Identifier: Apache-2.0
//! `refute_row`.

use super::{world::*, *};
use frame_support::dispatch::{DispatchResultWithPostInfo, Pays};

fn refute(world: &World, row: u32, leader: Option<u32>) -> DispatchResultWithPostInfo {
    Releases::refute_row(
        RuntimeOrigin::signed(CHALLENGER),
        MODEL,
        row,
        world.release(),
        world.shown(row),
        leader.map(|leader| world.shown(leader)),
    )
}

#[test]
fn a_row_under_another_label_than_its_features_is_wrong_at_sight() {
    ExtBuilder.build_and_execute(|| {
        let mut world = World::new(1, 5);
        world.released_labels[3] ^= 1;
        let world = world.install();
        assert_noop!(refute(&world, 2, None), Error::<Test>::RowRight);
        assert_eq!(refute(&world, 3, None).unwrap().pays_fee, Pays::No);
        assert!(is_refuted());
        assert_eq!(Balances::free_balance(CHALLENGER), ENDOWMENT + 400);
        let event = Event::RowRefuted {
            key: key(3),
            author: AUTHOR,
            reward: 400,
            rest: 600,
        };
        System::assert_last_event(event.into());
        assert_noop!(refute(&world, 3, None), Error::<Test>::NotDisputable);
    });
}

/// Rows 0 and 1 are nearly the same and of one label.
fn with_copies() -> World {
    let mut world = World::new(1, 5);
    world.features[0] = vec![4_000, -2_000];
    world.features[1] = vec![4_010, -2_000];
    world.labels = vec![1, 1, 1, 1, 0];
    world.released_labels = world.labels.clone();
    world.features[2] = vec![100, 900];
    world
}

#[test]
fn a_row_that_is_near_its_leader_is_right() {
    ExtBuilder.build_and_execute(|| {
        let mut world = with_copies();
        world.leaders[1] = 0;
        let world = world.install();
        assert_noop!(refute(&world, 1, Some(0)), Error::<Test>::RowRight);
        // another row than the one it names, and one that leads itself
        assert_noop!(refute(&world, 1, Some(2)), Error::<Test>::ProofInvalid);
        assert_noop!(refute(&world, 2, Some(2)), Error::<Test>::NotItsLeader);
    });
}

#[test]
fn a_leader_that_is_far_of_another_label_led_itself_or_not_there_is_wrong() {
    let refuted = |row: u32, leader: Option<u32>, spoil: fn(&mut World)| {
        ExtBuilder.build_and_execute(|| {
            let mut world = with_copies();
            spoil(&mut world);
            let world = world.install();
            assert_ok!(refute(&world, row, leader));
            assert!(is_refuted());
        });
    };
    refuted(2, Some(0), |world| world.leaders[2] = 0);
    refuted(1, Some(0), |world| {
        world.leaders[1] = 0;
        world.labels[0] = 0;
        world.released_labels[0] = 0;
    });
    refuted(1, Some(0), |world| {
        world.leaders[1] = 0;
        world.leaders[0] = 3;
    });
    refuted(1, None, |world| world.leaders[1] = 5);
    refuted(4, None, |world| {
        world.labels[4] = 2;
        world.released_labels[4] = 2;
        world.influence[4] = vec![0; 6];
    });
}

#[test]
fn what_is_shown_is_of_the_release() {
    ExtBuilder.build_and_execute(|| {
        let mut world = World::new(1, 5);
        world.released_labels[3] ^= 1;
        assert_noop!(refute(&world, 3, None), Error::<Test>::NotDisputable);
        let world = world.install();
        let other = World::new(2, 5);
        let show = |release, row| {
            let origin = RuntimeOrigin::signed(CHALLENGER);
            Releases::refute_row(origin, MODEL, 3, release, row, None)
        };
        assert_noop!(show(other.release(), world.shown(3)), Error::<Test>::WrongRelease);
        assert_noop!(show(world.release(), world.shown(2)), Error::<Test>::ProofInvalid);
        let mut short = world.shown(3);
        short.features.pop();
        assert_noop!(show(world.release(), short), Error::<Test>::RowWrongLength);
    });
}
