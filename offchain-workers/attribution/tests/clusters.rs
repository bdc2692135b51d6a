// SPDX-License-Identifier: Apache-2.0
//! Which rows are duplicates, and that they count once, for the earliest registered.

mod common;

use common::{clusters as blurred, features, Row};
use openledger_attribution::{
    build::BuildError,
    build_index,
    clusters::{clusters, is_near, search, THRESHOLD},
    features_file,
    index::{IndexError, ENTRY_BYTES, HEADER_BYTES, LINK_HEADER_BYTES, ROW_HEADER_BYTES},
    write_index, ContributionKey, Index, Kernel, Scratch, Settings,
};
use openledger_trainer::{
    features::Features,
    head::{train_head, Head, Optimum, LAMBDA},
};
use proptest::prelude::*;
use std::io::Cursor;

/// One contribution for each list of rows.
fn contributions(classes: u16, lists: &[Vec<Row>]) -> Features {
    let mut features = Features::new(classes, lists[0][0].1.len() as u16).unwrap();
    for (number, rows) in lists.iter().enumerate() {
        let key = ContributionKey {
            datanet: number as u64,
            contribution: 0,
        };
        features.push_contribution(key, rows).unwrap();
    }
    features
}

fn trained(features: &Features) -> (Optimum, Head) {
    let optimum = train_head(features, LAMBDA).unwrap().optimum;
    let head = optimum.quantise().unwrap();
    (optimum, head)
}

fn indexed(features: &Features, registered: &[u64], threshold: u16) -> Index {
    let settings = Settings {
        threshold,
        registered: Some(registered.to_vec()),
        ..Settings::new(LAMBDA)
    };
    let mut file = Cursor::new(Vec::new());
    write_index(features, &trained(features).0, &settings, &mut file).unwrap();
    Index::from_bytes(file.into_inner()).unwrap()
}

/// The rule as it is stated, pair by pair.
fn by_the_rule(features: &Features, registered: &[u64], threshold: u16) -> Vec<u32> {
    let rows: Vec<_> = features.rows().collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|row| (registered[rows[*row].ordinal as usize], *row));
    let (mut leaders, mut found) = (Vec::new(), vec![0; rows.len()]);
    for row in order {
        let near = |leader: &&usize| {
            let (leader, row) = (&rows[**leader], &rows[row]);
            let distance: i128 = leader
                .features
                .iter()
                .zip(row.features)
                .map(|(a, b)| (i128::from(*a) - i128::from(*b)).pow(2))
                .sum();
            let length: i128 = leader.features.iter().map(|x| i128::from(*x).pow(2)).sum();
            leader.label == row.label && (distance << 16) <= length * i128::from(threshold)
        };
        let leader = leaders.iter().find(near).copied().unwrap_or(row);
        if leader == row {
            leaders.push(row);
        }
        found[row] = leader as u32;
    }
    found
}

/// So little that each batch has a few rows, and nearly everything goes to files.
fn little_memory(bytes: usize) -> Scratch {
    Scratch {
        bytes,
        ..Scratch::new()
    }
}

/// What [`clusters`] finds, with this much memory.
fn searched(features: &Features, registered: &[u64], threshold: u16, scratch: &Scratch) -> Vec<u32> {
    let mut leaders = vec![u32::MAX; features.len()];
    let tick = |ordinal: u32| registered[ordinal as usize];
    search(features, tick, threshold, scratch, |row, leader| {
        leaders[row as usize] = leader;
        Ok(())
    })
    .unwrap();
    leaders
}

/// The same features where their file lies.
fn mapped(features: &Features) -> Features {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), features.to_bytes()).unwrap();
    // the mapping stays when the name goes
    features_file::open(file.path()).unwrap()
}

#[test]
fn distance_is_measured_against_the_leader() {
    let leader = [1600, 0];
    assert!(is_near(&leader, &[1600, 100], THRESHOLD));
    assert!(!is_near(&leader, &[1600, 101], THRESHOLD));
    assert!(is_near(&leader, &[1500, 0], THRESHOLD));
    assert!(!is_near(&[1500, 0], &leader, THRESHOLD));
    assert!(is_near(&[0, 0], &[0, 0], 0));
    assert!(!is_near(&[0, 0], &[0, 1], u16::MAX));
    assert!(is_near(&[i16::MIN; 64], &[i16::MIN; 64], 0));
    assert!(!is_near(&[i16::MIN; 64], &[i16::MAX; 64], u16::MAX));
}

#[test]
fn earliest_tick_leads_whatever_the_numbers_of_the_datanets() {
    let row = vec![(0, vec![1000i16, 2000])];
    let other = vec![(1, vec![-1000i16, 500])];
    let features = contributions(2, &[row.clone(), row.clone(), row, other]);
    assert_eq!(clusters(&features, &[7, 5, 5, 0], THRESHOLD), [1, 1, 1, 3]);
    assert_eq!(clusters(&features, &[0, 0, 0, 0], THRESHOLD), [0, 0, 0, 3]);
}

#[test]
fn copy_under_another_label_stands_alone() {
    let features = contributions(2, &[vec![(0, vec![500i16, 900])], vec![(1, vec![500, 900])]]);
    assert_eq!(clusters(&features, &[0, 1], THRESHOLD), [0, 1]);
}

#[test]
fn rows_between_two_others_do_not_join_them() {
    // 1600, 1700 and 1800: neighbours are near, the ends are not
    let lists = [1600i16, 1800, 1700].map(|x| vec![(0, vec![x, 0])]);
    let mut with_other = lists.to_vec();
    with_other.push(vec![(1, vec![-900, 40])]);
    let features = contributions(2, &with_other);
    assert_eq!(clusters(&features, &[0, 1, 2, 3], THRESHOLD), [0, 1, 0, 3]);
    assert_eq!(clusters(&features, &[0, 2, 1, 3], THRESHOLD), [0, 1, 0, 3]);
}

#[test]
fn copies_are_paid_to_the_earliest_owner() {
    let (honest, question) = (blurred(60), blurred(61).pop().unwrap().1);
    let mut lists: Vec<Vec<Row>> = honest.chunks(10).map(<[Row]>::to_vec).collect();
    // the copier's datanet has the lowest number, but it came later
    lists.insert(0, lists[2].clone());
    let features = contributions(3, &lists);
    let (_, head) = trained(&features);
    let registered = [9, 1, 2, 3, 4, 5, 6];
    let index = indexed(&features, &registered, THRESHOLD);
    let scores = index.query(&question, &head).unwrap();
    let rows = index.query_rows(&question, &head).unwrap();
    assert_eq!(scores[0].1, 0, "the copier");
    assert!(rows[..10].iter().all(|score| *score == 0));
    assert_eq!(scores[3].1, rows[30..40].iter().sum::<i64>(), "the owner");
    assert_ne!(scores[3].1, 0);
    assert!((0..7).all(|ordinal| index.registered(ordinal) == registered[ordinal]));
    assert_eq!(index.threshold(), THRESHOLD);
}

#[test]
fn copies_of_ones_own_data_do_not_raise_ones_score() {
    let (honest, question) = (blurred(200), blurred(201).pop().unwrap().1);
    let score = |copies: usize| {
        let mut lists: Vec<Vec<Row>> = honest.chunks(10).map(<[Row]>::to_vec).collect();
        lists.extend(vec![honest[..10].to_vec(); copies]);
        let features = contributions(3, &lists);
        let (optimum, head) = trained(&features);
        let index = build_index(&features, &optimum, LAMBDA).unwrap();
        let scores = index.query(&question, &head).unwrap();
        assert!(scores[20..].iter().all(|(_, score)| *score == 0));
        let scale = f64::from(index.row_bits()).exp2() * index.len() as f64;
        scores[0].1 as f64 / scale
    };
    let (once, more) = (score(0), score(10));
    assert!(more.abs() <= once.abs(), "{more} with ten copies, {once} without");
}

#[test]
fn duplicates_do_not_vouch_for_each_other() {
    let mut rows = blurred(200);
    rows[0].0 = (rows[0].0 + 1) % 3;
    let believed = |copies: usize, threshold| {
        let mut rows = rows.clone();
        for copy in 0..copies {
            let mut row = rows[0].clone();
            row.1[0] += 1 + copy as i16;
            rows.push(row);
        }
        let features = features(3, &rows, 1);
        let index = indexed(&features, &vec![0; rows.len()], threshold);
        let loo = index.rows().next().unwrap().loo;
        f64::from(loo) / 65536.0
    };
    let alone = believed(0, THRESHOLD);
    for copies in [1, 2, 4] {
        let (together, apart) = (believed(copies, THRESHOLD), believed(copies, 0));
        println!(
            "{copies} copies of a wrong label: {together:.4} together, {apart:.4} apart, {alone:.4} alone"
        );
        let (gained, kept) = (apart - alone, together - alone);
        assert!(kept < gained / 2.0, "{kept} of {gained}");
    }
}

#[test]
fn index_is_the_same_however_its_rows_are_solved() {
    // one row in 130 has an influence far above those of the largest gradients' block
    let features = features(3, &blurred(130), 13);
    let (optimum, _) = trained(&features);
    let index = build_index(&features, &optimum, LAMBDA).unwrap();
    let mut file = Cursor::new(vec![0xff; 3]);
    write_index(&features, &optimum, &Settings::new(LAMBDA), &mut file).unwrap();
    assert_eq!(file.into_inner(), index.as_bytes());
}

/// Rows of which every third is near one of the ten before it, some of them exact copies and of other contributions.
fn with_many_near_duplicates(rows: usize) -> Features {
    let mut rows = blurred(rows);
    for row in (10..rows.len()).filter(|row| row % 3 == 0) {
        rows[row] = rows[row - 1 - row % 10].clone();
        rows[row].1[row % 4] += (row % 5) as i16;
    }
    features(3, &rows, 7)
}

#[test]
fn an_index_is_the_same_however_little_memory_its_build_has() {
    let features = with_many_near_duplicates(2_000);
    let (optimum, _) = trained(&features);
    let registered: Vec<u64> = (0..286).map(|ordinal| ordinal * 7 % 5).collect();
    let leaders = clusters(&features, &registered, THRESHOLD);
    let copies = (0..).zip(&leaders).filter(|(row, leader)| row != *leader).count();
    assert!(copies > 600, "{copies}");
    let file = |features: &Features, scratch| {
        let settings = Settings {
            registered: Some(registered.clone()),
            scratch,
            ..Settings::new(LAMBDA)
        };
        let mut file = Cursor::new(Vec::new());
        write_index(features, &optimum, &settings, &mut file).unwrap();
        file.into_inner()
    };
    let in_memory = file(&features, Scratch::memory());
    let index = Index::from_bytes(in_memory.clone()).unwrap();
    assert!(index.rows().map(|row| row.leader).eq(leaders.iter().copied()));
    for bytes in [0, 300, 5_000] {
        assert!(
            file(&mapped(&features), little_memory(bytes)) == in_memory,
            "{bytes} bytes"
        );
    }
}

#[test]
fn an_index_that_cannot_be_set_aside_is_not_built() {
    let features = with_many_near_duplicates(50);
    let settings = Settings {
        scratch: Scratch {
            folder: "no such folder".into(),
            bytes: 10,
        },
        ..Settings::new(LAMBDA)
    };
    let mut file = Cursor::new(Vec::new());
    let result = write_index(&features, &trained(&features).0, &settings, &mut file);
    assert!(matches!(result, Err(BuildError::Io(_))));
}

#[test]
fn every_kernel_gives_the_same_report() {
    let features = features(3, &blurred(200), 7);
    let (optimum, head) = trained(&features);
    let index = build_index(&features, &optimum, LAMBDA).unwrap();
    for (_, question) in blurred(240).split_off(200) {
        let expected = index.query_with(Kernel::Portable, &question, &head).unwrap();
        for kernel in Kernel::available() {
            assert_eq!(index.query_with(kernel, &question, &head).unwrap(), expected);
        }
        assert_eq!(index.query(&question, &head).unwrap(), expected);
    }
}

#[test]
fn times_that_are_not_one_a_contribution_are_refused() {
    let features = features(3, &blurred(30), 3);
    let settings = Settings {
        registered: Some(vec![0; 9]),
        ..Settings::new(LAMBDA)
    };
    let result = write_index(
        &features,
        &trained(&features).0,
        &settings,
        &mut Cursor::new(Vec::new()),
    );
    assert!(matches!(
        result,
        Err(BuildError::Registrations {
            expected: 10,
            found: 9
        })
    ));
}

#[test]
fn leaders_and_lists_that_cannot_be_are_refused() {
    let rows = blurred(12);
    let features = features(3, &rows, 1);
    let index = indexed(&features, &[5; 12], 0);
    let (rows_start, length) = (HEADER_BYTES + 12 * ENTRY_BYTES, ROW_HEADER_BYTES + 2 * 3 * 5);
    let (links_start, link) = (rows_start + 12 * length, LINK_HEADER_BYTES + 8 * 3);
    let same = (1..12).find(|row| rows[*row].0 == rows[0].0).unwrap();
    let other = (1..12).find(|row| rows[*row].0 != rows[0].0).unwrap();
    let tick = |contribution: usize| HEADER_BYTES + ENTRY_BYTES * contribution + 16;
    let leader = |row: usize| rows_start + row * length + 8;
    let next = |row: usize| links_start + row * link;
    let changed = |changes: &[(usize, usize)]| {
        let mut file = index.as_bytes().to_vec();
        changes.iter().for_each(|(at, byte)| file[*at] = *byte as u8);
        Index::from_bytes(file).map(|_| ())
    };
    let listed = [(leader(same), 0), (next(0), same), (next(same), 0)];
    assert!(changed(&listed).is_ok(), "distances are for disputes");
    for wrong in [
        vec![(leader(same), 200)],
        vec![(leader(0), same), (leader(same), 0)],
        vec![(leader(other), 0)],
        vec![(leader(same), 0), (tick(0), 6)],
    ] {
        assert!(
            matches!(changed(&wrong), Err(IndexError::WrongLeader { .. })),
            "{wrong:?}"
        );
    }
    let later = [(leader(0), same), (tick(0), 9), (next(0), same), (next(same), 0)];
    assert!(changed(&later).is_ok(), "row 0 came later");
    let left_out = [(leader(same), 0), (next(same), 0)];
    assert!(changed(&left_out).is_ok(), "rows left out are for disputes");
    for wrong in [
        vec![(leader(same), 0)],
        vec![(next(0), other)],
        vec![(next(other), 200)],
        vec![(leader(same), 0), (next(0), same), (next(same), same)],
    ] {
        assert!(
            matches!(changed(&wrong), Err(IndexError::WrongNext { .. })),
            "{wrong:?}"
        );
    }
}

fn problem() -> impl Strategy<Value = (Features, Vec<u64>)> {
    // few centres and little noise, so that clusters appear; now and then the far ends of the range
    let number = prop_oneof![8 => -40i16..40, 1 => any::<i16>()];
    let row = move |dims| (0u16..3, 0usize..4, prop::collection::vec(number.clone(), dims));
    let lists = move |dims| prop::collection::vec(prop::collection::vec(row(dims), 1..6), 1..9);
    (
        prop_oneof![Just(5usize), Just(21)].prop_flat_map(lists),
        prop::collection::vec(0u64..4, 9),
    )
        .prop_map(|(lists, mut ticks)| {
            let lists: Vec<Vec<Row>> = lists
                .into_iter()
                .map(|rows| {
                    rows.into_iter()
                        .map(|(label, centre, noise)| {
                            let centre = [0i16, 900, -700, 20_000][centre];
                            (
                                label,
                                noise.into_iter().map(|x| x.saturating_add(centre)).collect(),
                            )
                        })
                        .collect()
                })
                .collect();
            ticks.truncate(lists.len());
            (contributions(3, &lists), ticks)
        })
}

proptest! {
    #[test]
    fn clusters_are_those_of_the_rule(
        (features, registered) in problem(),
        threshold in prop_oneof![Just(0), Just(THRESHOLD), Just(u16::MAX), any::<u16>()],
    ) {
        prop_assert_eq!(
            clusters(&features, &registered, threshold),
            by_the_rule(&features, &registered, threshold)
        );
    }

    #[test]
    fn clusters_are_the_same_however_little_memory_there_is(
        (features, registered) in problem(),
        threshold in prop_oneof![Just(0), Just(THRESHOLD), Just(u16::MAX), any::<u16>()],
        bytes in prop_oneof![Just(0), 0usize..1_000],
    ) {
        let found = searched(&mapped(&features), &registered, threshold, &little_memory(bytes));
        prop_assert_eq!(found, by_the_rule(&features, &registered, threshold));
    }

    #[test]
    fn members_are_near_leaders_that_lead_themselves((features, registered) in problem(), threshold: u16) {
        let rows: Vec<_> = features.rows().collect();
        let leaders = clusters(&features, &registered, threshold);
        for (row, leader) in leaders.iter().enumerate() {
            let leader = *leader as usize;
            prop_assert_eq!(leaders[leader] as usize, leader);
            prop_assert_eq!(rows[leader].label, rows[row].label);
            prop_assert!(is_near(rows[leader].features, rows[row].features, threshold));
            prop_assert!(
                (registered[rows[leader].ordinal as usize], leader) <= (registered[rows[row].ordinal as usize], row)
            );
        }
    }

    #[test]
    fn later_contributions_do_not_change_the_clusters_of_earlier_ones((features, registered) in problem()) {
        let leaders = clusters(&features, &registered, THRESHOLD);
        let last = registered.iter().max().copied().unwrap();
        // the same without what was registered in the last tick
        let mut kept = Features::new(3, features.dims() as u16).unwrap();
        let (mut ticks, mut numbers) = (Vec::new(), Vec::new());
        for (ordinal, key) in features.contributions().enumerate() {
            if registered[ordinal] == last {
                continue;
            }
            let rows: Vec<Row> = features
                .rows()
                .enumerate()
                .filter(|(_, row)| row.ordinal as usize == ordinal)
                .map(|(number, row)| {
                    numbers.push(number as u32);
                    (row.label, row.features.to_vec())
                })
                .collect();
            kept.push_contribution(key, &rows).unwrap();
            ticks.push(registered[ordinal]);
        }
        let before = clusters(&kept, &ticks, THRESHOLD);
        for (row, leader) in before.iter().enumerate() {
            prop_assert_eq!(leaders[numbers[row] as usize], numbers[*leader as usize]);
        }
    }
}
