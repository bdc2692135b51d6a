// SPDX-License-Identifier: Apache-2.0
//! `refute_row`.

use super::{world::*, *};
use frame_support::dispatch::{DispatchResultWithPostInfo, Pays};
use proptest::prelude::*;

fn refute(world: &World, row: u32, flaw: RowFlaw) -> DispatchResultWithPostInfo {
    Releases::refute_row(
        RuntimeOrigin::signed(CHALLENGER),
        MODEL,
        row,
        world.release(),
        world.shown(row),
        Box::new(flaw),
    )
}

fn earlier(world: &World, row: u32, other: u32) -> RowFlaw {
    let leader = world.leaders[row as usize].min(world.rows() - 1);
    RowFlaw::Earlier {
        number: other,
        other: world.shown(other),
        leader: world.leaf(leader),
        entries: [world.entry(other), world.entry(leader)],
    }
}

fn link(world: &World, row: u32) -> RowFlaw {
    let there = |row: u32| row.min(world.rows() - 1);
    RowFlaw::Link {
        next: world.leaf(there(world.next[row as usize])),
        leader: world.features_leaf(there(world.leaders[row as usize])),
    }
}

fn skipped(world: &World, other: u32) -> RowFlaw {
    RowFlaw::Skipped {
        number: other,
        other: world.leaf(other),
    }
}

fn probability(world: &World, last: u32) -> RowFlaw {
    RowFlaw::Probability {
        number: last,
        last: world.leaf(last),
        head: world.head(),
    }
}

/// Everything that could be said against a row.
fn flaws(world: &World, row: u32) -> Vec<RowFlaw> {
    let mut flaws = vec![RowFlaw::Itself, link(world, row)];
    for other in 0..world.rows() {
        flaws.push(RowFlaw::Leader(world.shown(other)));
        flaws.push(earlier(world, row, other));
        flaws.push(skipped(world, other));
        flaws.push(probability(world, other));
    }
    flaws
}

/// Whether anything said against any row is true.
fn is_refutable(world: &World) -> bool {
    (0..world.rows()).any(|row| {
        let mut flaws = flaws(world, row).into_iter();
        flaws.any(|flaw| refute(world, row, flaw).is_ok())
    })
}

#[test]
fn a_row_under_another_label_than_its_features_is_wrong_at_sight() {
    ExtBuilder.build_and_execute(|| {
        let mut world = World::new(1, 5);
        world.released_labels[3] ^= 1;
        let world = world.install();
        assert_noop!(refute(&world, 2, RowFlaw::Itself), Error::<Test>::RowRight);
        assert_eq!(refute(&world, 3, RowFlaw::Itself).unwrap().pays_fee, Pays::No);
        assert!(is_refuted());
        assert_eq!(Balances::free_balance(CHALLENGER), ENDOWMENT + 400);
        let event = Event::RowRefuted {
            key: key(3),
            author: AUTHOR,
            reward: 400,
            rest: 600,
        };
        System::assert_last_event(event.into());
        assert_noop!(refute(&world, 3, RowFlaw::Itself), Error::<Test>::NotDisputable);
    });
}

/// Rows 0, 1 and 4 are nearly the same and of one label, and row 4 was registered first; row 2 is far from them, and row 3
/// has another label.
fn with_copies() -> World {
    let mut world = World::new(1, 5);
    world.features = [
        [4_000, -2_000],
        [4_010, -2_000],
        [100, 900],
        [4_000, -2_010],
        [4_020, -1_990],
    ]
    .map(Vec::from)
    .to_vec();
    world.labels = vec![1, 1, 1, 0, 1];
    world.released_labels = world.labels.clone();
    world.ticks = vec![4, 3];
    // rows 3 and 4 are the second contribution's
    world.link();
    assert_eq!(world.leaders, [4, 4, 2, 3, 4]);
    assert_eq!(world.next, [1, 4, 2, 3, 0]);
    world
}

#[test]
fn what_follows_is_right() {
    ExtBuilder.build_and_execute(|| {
        let world = with_copies().install();
        let wrong: [(u32, RowFlaw, Error<Test>); 9] = [
            (1, RowFlaw::Itself, Error::RowRight),
            (1, RowFlaw::Leader(world.shown(4)), Error::RowRight),
            (2, RowFlaw::Leader(world.shown(2)), Error::NotItsLeader),
            (1, RowFlaw::Leader(world.shown(2)), Error::ProofInvalid),
            (1, earlier(&world, 1, 0), Error::RowRight),
            (0, link(&world, 0), Error::RowRight),
            (0, skipped(&world, 4), Error::RowRight),
            (4, probability(&world, 1), Error::RowRight),
            (2, probability(&world, 2), Error::RowRight),
        ];
        for (row, flaw, error) in wrong {
            assert_noop!(refute(&world, row, flaw), error);
        }
        // not the last row, one of another cluster, and a row that leads none
        for (row, last) in [(4, 0), (4, 2), (0, 1)] {
            assert_noop!(
                refute(&world, row, probability(&world, last)),
                Error::<Test>::NotItsLast
            );
        }
        let RowFlaw::Probability {
            number,
            last,
            mut head,
        } = probability(&world, 1)
        else {
            panic!("it is one");
        };
        head[9] ^= 1;
        assert_noop!(
            refute(&world, 4, RowFlaw::Probability { number, last, head }),
            Error::<Test>::WrongHead
        );
    });
}

#[test]
fn each_lie_is_refuted_by_its_proof() {
    let refuted = |row: u32, spoil: fn(&mut World), flaw: fn(&World) -> RowFlaw| {
        ExtBuilder.build_and_execute(|| {
            let mut world = with_copies();
            spoil(&mut world);
            let world = world.install();
            assert_ok!(refute(&world, row, flaw(&world)));
            assert!(is_refuted());
        });
    };
    let itself: fn(&World) -> RowFlaw = |_| RowFlaw::Itself;
    // a leader, a next row and a label that are not there
    refuted(1, |world| world.leaders[1] = 5, itself);
    refuted(1, |world| world.next[1] = 5, itself);
    let no_class: fn(&mut World) = |world| {
        world.labels[2] = 2;
        world.released_labels[2] = 2;
    };
    refuted(2, no_class, itself);
    refuted(1, |world| world.next[1] = 0, itself);
    refuted(1, |world| world.loo[1] = 1, itself);
    refuted(4, |world| world.sums[4][1] -= 1, itself);
    // a leader that is far, of another label, led itself; an earlier one, and one that came later
    refuted(
        2,
        |world| world.leaders[2] = 4,
        |world| RowFlaw::Leader(world.shown(4)),
    );
    refuted(
        3,
        |world| world.leaders[3] = 4,
        |world| RowFlaw::Leader(world.shown(4)),
    );
    refuted(
        0,
        |world| world.leaders[0] = 1,
        |world| RowFlaw::Leader(world.shown(1)),
    );
    refuted(0, |world| world.leaders[0] = 0, |world| earlier(world, 0, 4));
    let later: fn(&mut World) = |world| (world.leaders[1], world.leaders[4]) = (1, 1);
    refuted(4, later, |world| earlier(world, 4, 4));
    // a list that goes elsewhere, past a row, and sums that do not follow
    refuted(1, |world| world.next[1] = 2, |world| link(world, 1));
    refuted(4, |world| world.next[4] = 1, |world| skipped(world, 0));
    refuted(4, |world| world.next[4] = 4, |world| skipped(world, 1));
    refuted(0, |world| world.next[0] = 4, |world| skipped(world, 1));
    refuted(0, |world| world.sums[1][0] += 1, |world| link(world, 0));
    // and what it is all for
    refuted(4, |world| world.loo[4] += 1, |world| probability(world, 1));
    refuted(2, |world| world.loo[2] = 0, |world| probability(world, 2));
}

#[test]
fn what_is_shown_is_of_the_release() {
    ExtBuilder.build_and_execute(|| {
        let mut world = with_copies();
        world.released_labels[3] ^= 1;
        assert_noop!(refute(&world, 3, RowFlaw::Itself), Error::<Test>::NotDisputable);
        let world = world.install();
        let other = World::new(2, 5);
        let show = |release, row| {
            let origin = RuntimeOrigin::signed(CHALLENGER);
            Releases::refute_row(origin, MODEL, 3, release, row, Box::new(RowFlaw::Itself))
        };
        assert_noop!(show(other.release(), world.shown(3)), Error::<Test>::WrongRelease);
        assert_noop!(show(world.release(), world.shown(2)), Error::<Test>::ProofInvalid);
        let mut short = world.shown(3);
        short.features.pop();
        assert_noop!(show(world.release(), short), Error::<Test>::RowWrongLength);
        // rows, features and entries of others
        let RowFlaw::Link { next, leader } = link(&world, 0) else {
            panic!("it is one");
        };
        for (next, leader) in [
            (world.leaf(2), leader.clone()),
            (next.clone(), world.features_leaf(1)),
            (other.leaf(1), leader),
        ] {
            let shown = refute(&world, 0, RowFlaw::Link { next, leader });
            assert_noop!(shown, Error::<Test>::ProofInvalid);
        }
        let RowFlaw::Earlier {
            number,
            other,
            leader,
            entries,
        } = earlier(&world, 0, 1)
        else {
            panic!("it is one");
        };
        let mut forged = entries.clone();
        forged[0].place[16] = 0;
        let [first, second] = entries;
        for entries in [forged, [second, first]] {
            let flaw = RowFlaw::Earlier {
                number,
                other: other.clone(),
                leader: leader.clone(),
                entries,
            };
            assert_noop!(refute(&world, 0, flaw), Error::<Test>::ProofInvalid);
        }
    });
}

/// Rows around three places, of two labels, so that there are clusters.
fn clustered(seed: u64, rows: usize) -> World {
    let mut world = World::new(seed, rows);
    let mut numbers = Numbers(seed ^ 77);
    for features in &mut world.features {
        let [x, y] = [[4_000, -2_000], [-900, 3_000], [700, 600]][numbers.below(3) as usize];
        *features = vec![x + numbers.around(400) as i16, y + numbers.around(400) as i16];
    }
    world.link();
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_true_can_be_said_against_a_right_release(seed: u64, rows in 2usize..8) {
        ExtBuilder.build_and_execute(|| {
            let world = clustered(seed, rows).install();
            assert!(!is_refutable(&world));
            assert!(!is_refuted());
        });
    }

    #[test]
    fn every_lie_is_refuted_by_one_call(
        seed: u64,
        rows in 2usize..8,
        row: prop::sample::Index,
        what in 0u8..4,
        by in 1u32..,
    ) {
        ExtBuilder.build_and_execute(|| {
            let mut world = clustered(seed, rows);
            let row = row.index(rows);
            // another number below one more than there are rows
            let other = |number: u32| (number + 1 + by % rows as u32) % (rows as u32 + 1);
            match what {
                0 => world.leaders[row] = other(world.leaders[row]),
                1 => world.next[row] = other(world.next[row]),
                2 => world.sums[row][by as usize % CLASSES] ^= i64::from(by),
                _ => world.loo[row] ^= (by % 65_535 + 1) as u16,
            }
            let world = world.install();
            assert!(is_refutable(&world));
            assert!(is_refuted());
        });
    }
}
