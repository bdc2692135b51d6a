// SPDX-License-Identifier: Apache-2.0
//! A right index has no flaws, and every lie about leaders, lists, sums and probabilities is one.

mod common;

use openledger_attribution::{
    clusters::THRESHOLD,
    flaws::{Examiner, Flaw, Found},
    index::{ENTRY_BYTES, HEADER_BYTES},
    write_index, ContributionKey, Index, Scratch, Settings,
};
use openledger_fixed::{
    flaws::Itself,
    release::{link_bytes, scored_bytes},
};
use openledger_trainer::{
    features::Features,
    head::{Head, Objective, Optimum, LAMBDA},
};
use proptest::prelude::*;
use std::io::Cursor;

const CLASSES: usize = 3;
const DIMS: usize = 2;

/// A release, whose head is anywhere.
#[derive(Debug)]
struct Released {
    features: Features,
    optimum: Optimum,
    head: Head,
    file: Vec<u8>,
}

impl Released {
    /// Of contributions' rows and the ticks in which they were registered.
    fn new(lists: &[Vec<common::Row>], ticks: &[u64], weights: &[i8]) -> Self {
        let mut features = Features::new(CLASSES as u16, DIMS as u16).unwrap();
        for (contribution, rows) in (0..).zip(lists) {
            let key = ContributionKey {
                datanet: 1,
                contribution,
            };
            features.push_contribution(key, rows).unwrap();
        }
        let optimum = Optimum {
            classes: CLASSES,
            dims: DIMS,
            parameters: weights.iter().map(|weight| f64::from(*weight) / 64.0).collect(),
        };
        let settings = Settings {
            registered: Some(ticks.to_vec()),
            scratch: Scratch::memory(),
            ..Settings::new(LAMBDA)
        };
        let mut file = Cursor::new(Vec::new());
        write_index(&features, &optimum, &settings, &mut file).unwrap();
        Self {
            head: optimum.quantise().unwrap(),
            file: file.into_inner(),
            optimum,
            features,
        }
    }

    fn index(&self) -> Index {
        Index::as_released(self.file.clone()).unwrap()
    }

    fn rows(&self) -> usize {
        self.features.len()
    }

    fn rows_start(&self) -> usize {
        HEADER_BYTES + ENTRY_BYTES * self.features.contributions().len()
    }

    /// Where a row begins, and its link.
    fn places(&self, row: usize) -> (usize, usize) {
        let length = scored_bytes(CLASSES, DIMS);
        let links = self.rows_start() + length * self.rows();
        (
            self.rows_start() + length * row,
            links + link_bytes(CLASSES) * row,
        )
    }

    fn found(&self, row: usize) -> Vec<Found> {
        let index = self.index();
        let examiner = Examiner::new(&index, &self.features, &self.head).unwrap();
        examiner.row(row as u32).unwrap()
    }

    /// Flaws of all rows.
    fn all(&self) -> Vec<Found> {
        (0..self.rows()).flat_map(|row| self.found(row)).collect()
    }

    /// Adds `by`, which is not zero, to the number at `at`.
    fn change<const N: usize>(&mut self, at: usize, by: u64) {
        let mut bytes = [0; 8];
        bytes[..N].copy_from_slice(&self.file[at..at + N]);
        let changed = u64::from_le_bytes(bytes).wrapping_add(by);
        self.file[at..at + N].copy_from_slice(&changed.to_le_bytes()[..N]);
    }

    /// Tells one lie about a row.
    fn lie(&mut self, row: usize, lie: Lie) {
        let (at, link) = self.places(row);
        let rows = self.rows() as u64;
        let other = |bytes: &[u8], by: u64| {
            let number = u64::from(u32::from_le_bytes(bytes.try_into().unwrap()));
            ((number + 1 + by % rows.max(2)) % (rows + 1)) as u32
        };
        match lie {
            Lie::Leader(by) => {
                let false_one = other(&self.file[at + 8..at + 12], by);
                self.file[at + 8..at + 12].copy_from_slice(&false_one.to_le_bytes());
            }
            Lie::Next(by) => {
                let false_one = other(&self.file[link..link + 4], by);
                self.file[link..link + 4].copy_from_slice(&false_one.to_le_bytes());
            }
            Lie::Sums(class, by) => self.change::<8>(link + 4 + 8 * (class % CLASSES), by),
            Lie::LeaveOneOut(by) => self.change::<2>(at + 6, by.into()),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Lie {
    Leader(u64),
    Next(u64),
    Sums(usize, u64),
    LeaveOneOut(u16),
}

fn lie() -> impl Strategy<Value = Lie> {
    prop_oneof![
        any::<u64>().prop_map(Lie::Leader),
        any::<u64>().prop_map(Lie::Next),
        (
            any::<usize>(),
            prop_oneof![Just(1u64), Just(u64::MAX), 1..u64::MAX]
        )
            .prop_map(|(class, by)| Lie::Sums(class, by)),
        (1..u16::MAX).prop_map(Lie::LeaveOneOut),
    ]
}

/// Contributions of a few rows around a few centres, so that there are clusters of several rows, some of them led by a
/// row in their middle.
fn released() -> impl Strategy<Value = Released> {
    let row = (
        0u16..2,
        prop_oneof![Just([900i16, -400]), Just([-700, 500]), Just([2_000, 0])],
        -40i16..40,
        -40i16..40,
    )
        .prop_map(|(label, [x, y], a, b)| (label, vec![x + a, y + b]));
    let lists = prop::collection::vec(prop::collection::vec(row, 1..5), 1..7);
    (
        lists,
        prop::collection::vec(0u64..4, 7),
        prop::collection::vec(any::<i8>(), CLASSES * (DIMS + 1)),
    )
        .prop_map(|(lists, ticks, weights)| Released::new(&lists, &ticks[..lists.len()], &weights))
}

/// Six rows around one place under one label, registered backwards, and two others.
fn cluster() -> Released {
    let near = |n: i16| vec![(0, vec![900 + n, -400])];
    let mut lists: Vec<Vec<common::Row>> = (0..6).map(near).collect();
    lists.push(vec![(1, vec![900, -400]), (0, vec![-700, 500])]);
    Released::new(&lists, &[9, 8, 7, 3, 4, 5, 0], &[9, -70, 3, 40, 5, -66, 7, 8, 9])
}

#[test]
fn a_cluster_is_a_list_from_its_leader_through_the_others_and_back() {
    let released = cluster();
    let index = Index::from_bytes(released.file.clone()).unwrap();
    let rows: Vec<(u32, u32)> = index.rows().map(|row| (row.leader, row.next())).collect();
    let list = [(3, 1), (3, 2), (3, 4), (3, 0), (3, 5), (3, 3), (6, 6), (7, 7)];
    assert_eq!(rows, list);
    let loo: Vec<bool> = index.rows().map(|row| row.loo == 0).collect();
    assert_eq!(loo, [true, true, true, false, true, true, false, false]);
    assert_eq!(released.all(), []);
}

#[test]
fn every_lie_about_a_cluster_is_named() {
    let with = |row: usize, lie: Lie| {
        let mut released = cluster();
        released.lie(row, lie);
        released.found(row)
    };
    let flaw = |row: u32, flaw: Flaw| vec![Found { row, flaw }];
    let itself = |row: u32, itself| flaw(row, Flaw::Itself(itself));
    // row 3 names row 4, and row 4 itself: `by` 0 adds one
    assert_eq!(with(3, Lie::Leader(0)), itself(3, Itself::Order));
    assert_eq!(with(4, Lie::Leader(0)), itself(4, Itself::Sums));
    assert_eq!(with(0, Lie::Leader(4)), itself(0, Itself::OutOfRange));
    assert_eq!(with(1, Lie::LeaveOneOut(7)), itself(1, Itself::LeaveOneOut));
    assert_eq!(with(3, Lie::Sums(1, 1)), itself(3, Itself::Sums));
    let skipped = Flaw::Skipped { next: 4, row: 2 };
    assert_eq!(with(1, Lie::Next(1))[0], flaw(1, Flaw::Link { next: 4 })[0]);
    let mut sums_fit = cluster();
    sums_fit.lie(1, Lie::Next(1));
    let (of_4, of_1) = (sums_fit.places(4).1 + 4, sums_fit.places(1).1 + 4);
    let index = sums_fit.index();
    let step = openledger_fixed::cluster::step(
        &index.released(4).unwrap().influence,
        sums_fit.features.row(3).features,
    );
    for (class, step) in step.into_iter().enumerate() {
        let before = sums_fit.file[of_1 + 8 * class..of_1 + 8 * (class + 1)].to_vec();
        let sum = i64::from_le_bytes(before.try_into().unwrap()) + step;
        sums_fit.file[of_4 + 8 * class..of_4 + 8 * (class + 1)].copy_from_slice(&sum.to_le_bytes());
    }
    assert_eq!(sums_fit.found(1)[0], flaw(1, skipped)[0]);
    assert_eq!(with(2, Lie::Sums(0, 5))[0], flaw(1, Flaw::Link { next: 2 })[0]);
    assert!(matches!(
        with(3, Lie::LeaveOneOut(1))[..],
        [Found { row: 3, flaw: Flaw::LeaveOneOut { last: 5, released, due } }] if released == due.wrapping_add(1)
    ));
}

#[test]
fn a_row_that_leads_itself_beside_an_earlier_leader_is_found_however_well_the_index_fits() {
    // the index of a build that takes the copy for a row of its own
    let lists = [vec![(0u16, vec![900i16, -400])], vec![(0, vec![901, -400])]];
    let weights = [9i8, -70, 3, 40, 5, -66, 7, 8, 9];
    let mut released = Released::new(&lists, &[5, 5], &weights);
    let settings = Settings {
        threshold: 0,
        registered: Some(vec![5, 5]),
        ..Settings::new(LAMBDA)
    };
    let mut file = Cursor::new(Vec::new());
    write_index(&released.features, &released.optimum, &settings, &mut file).unwrap();
    released.file = file.into_inner();
    assert_eq!(released.all(), []);
    released.file[20..22].copy_from_slice(&THRESHOLD.to_le_bytes());
    let flaw = Flaw::Earlier { released: 1, by: 0 };
    assert_eq!(released.all(), [Found { row: 1, flaw }]);
    // and one whose copy came first names the later one as its leader
    let mut released = Released::new(&lists, &[5, 5], &weights);
    let tick = HEADER_BYTES + ENTRY_BYTES + 16;
    released.file[tick] = 4;
    let flaw = Flaw::Earlier { released: 0, by: 1 };
    assert_eq!(released.found(1)[0], Found { row: 1, flaw });
}

#[test]
fn probabilities_in_integers_are_those_in_floats() {
    let mut rows = common::clusters(150);
    for copy in (20..150).step_by(7) {
        rows[copy] = rows[copy - 9].clone();
        rows[copy].1[0] += 2;
    }
    let features = common::features(3, &rows, 3);
    let optimum = openledger_trainer::head::train_head(&features, LAMBDA)
        .unwrap()
        .optimum;
    let index = openledger_attribution::build_index(&features, &optimum, LAMBDA).unwrap();
    let objective = Objective::new(&features, LAMBDA).unwrap();
    let curvature = objective.curvature(&optimum).unwrap();
    let found = index
        .leave_one_out(&features, &optimum.quantise().unwrap())
        .unwrap();
    let mut followers = 0;
    for (row, found) in found.iter().enumerate() {
        let leader = index.row(row).unwrap().leader;
        let mut left_out = vec![0.0; optimum.parameters.len()];
        for (member, _) in index
            .rows()
            .enumerate()
            .filter(|(_, other)| other.leader == leader)
        {
            let gradient = objective.row_gradient(&optimum.parameters, member);
            left_out.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g);
        }
        curvature.solve(&mut left_out, 1);
        let without: Vec<f64> = optimum
            .parameters
            .iter()
            .zip(&left_out)
            .map(|(w, r)| w + r / 150.0)
            .collect();
        let label = usize::from(index.row(row).unwrap().label);
        let due = objective.probabilities(&without, row)[label] * 65_536.0;
        // a tenth of a thousandth
        assert!(
            (f64::from(*found) - due).abs() < 6.5,
            "row {row}: {found} for {due}"
        );
        match leader as usize == row {
            true => assert_eq!(*found, index.row(row).unwrap().loo),
            false => followers += 1,
        }
    }
    assert!(followers > 10, "{followers}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_right_index_has_no_flaws(released in released()) {
        prop_assert!(Index::from_bytes(released.file.clone()).is_ok());
        prop_assert_eq!(released.all(), []);
    }

    #[test]
    fn every_lie_is_found_where_it_stands(
        (mut released, row, lie) in (released(), any::<prop::sample::Index>(), lie())
    ) {
        let (honest, row) = (released.file.clone(), row.index(released.rows()));
        released.lie(row, lie);
        prop_assume!(released.file != honest);
        prop_assert!(!released.found(row).is_empty());
    }

    #[test]
    fn several_lies_do_not_cover_each_other(
        mut released in released(),
        lies in prop::collection::vec((any::<prop::sample::Index>(), lie()), 1..6),
    ) {
        let honest = released.file.clone();
        for (row, lie) in lies {
            released.lie(row.index(released.rows()), lie);
        }
        prop_assert_eq!(released.all().is_empty(), released.file == honest);
    }
}
