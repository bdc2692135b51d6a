// SPDX-License-Identifier: Apache-2.0
//! A release is right about its rows, and whoever changes one is found out.

mod common;

use openledger_attribution::{
    audit::{AuditError, Auditor, Fault},
    build_index,
    flaws::{Flaw, Found},
    index::{ENTRY_BYTES, HEADER_BYTES, ROW_HEADER_BYTES},
    Index,
};
use openledger_fixed::flaws::Itself;
use openledger_trainer::{
    features::Features,
    head::{train_head, Head, LAMBDA},
};

const CONTRIBUTIONS: usize = 30;
const ROW: usize = ROW_HEADER_BYTES + 2 * 3 * 5;

fn released() -> (Features, Head, Index) {
    let features = common::features(3, &common::clusters(90), 3);
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let index = build_index(&features, &optimum, LAMBDA).unwrap();
    (features, optimum.quantise().unwrap(), index)
}

/// The index with bytes of a row changed.
fn changed(index: &Index, row: usize, at: usize, bytes: &[u8]) -> Index {
    let mut file = index.as_bytes().to_vec();
    let at = HEADER_BYTES + CONTRIBUTIONS * ENTRY_BYTES + row * ROW + at;
    file[at..at + bytes.len()].copy_from_slice(bytes);
    Index::as_released(file).unwrap()
}

fn faults(index: &Index, features: &Features, head: &Head, row: usize) -> Vec<Fault> {
    Auditor::new(index, features, head).unwrap().row(row).unwrap()
}

#[test]
fn a_release_has_no_faults() {
    let (features, head, index) = released();
    let auditor = Auditor::new(&index, &features, &head).unwrap();
    for row in 0..index.len() {
        assert_eq!(auditor.row(row).unwrap(), [], "row {row}");
    }
    let beyond = auditor.row(90);
    assert_eq!(beyond, Err(AuditError::NoSuchRow { row: 90, rows: 90 }));
}

#[test]
fn a_release_with_copied_rows_has_no_faults() {
    let mut rows = common::clusters(90);
    for copy in [10, 50, 51] {
        rows[copy] = rows[7].clone();
    }
    let features = common::features(3, &rows, 3);
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let index = build_index(&features, &optimum, LAMBDA).unwrap();
    let head = optimum.quantise().unwrap();
    assert_eq!(index.row(51).unwrap().leader, 7);
    let auditor = Auditor::new(&index, &features, &head).unwrap();
    for row in 0..index.len() {
        assert_eq!(auditor.row(row).unwrap(), [], "row {row}");
    }
}

#[test]
fn every_changed_number_of_a_row_is_found() {
    let (features, head, index) = released();
    let strongest = (0..index.len())
        .max_by_key(|row| {
            let mut numbers = Vec::new();
            index.row(*row).unwrap().read_influence(&mut numbers);
            numbers.iter().map(|r| r.unsigned_abs()).max()
        })
        .unwrap();
    let mut numbers = Vec::new();
    index.row(strongest).unwrap().read_influence(&mut numbers);
    let doubled: Vec<u8> = numbers.iter().flat_map(|r| (r / 2).to_le_bytes()).collect();
    let false_influence = changed(&index, strongest, ROW_HEADER_BYTES, &doubled);
    let found = faults(&false_influence, &features, &head, strongest);
    assert!(
        matches!(found[..], [Fault::Flaw(_), Fault::Influence { excess }] if excess > 1.0),
        "its sums are those of the true influence: {found:?}"
    );

    let (row, loo) = (strongest as u32, index.row(strongest).unwrap().loo);
    let praised = changed(&index, strongest, 6, &(loo ^ 0x4000).to_le_bytes());
    let flaw = Flaw::LeaveOneOut {
        last: row,
        released: loo ^ 0x4000,
        due: loo,
    };
    assert_eq!(
        faults(&praised, &features, &head, strongest),
        [Fault::Flaw(Found { row, flaw })]
    );
}

#[test]
fn a_false_leader_is_found() {
    let (features, head, index) = released();
    // the second row of a label, so that an earlier one could lead it
    let label = index.row(40).unwrap().label;
    let earlier = (0..40)
        .find(|row| index.row(*row).unwrap().label == label)
        .unwrap() as u32;
    let false_leader = changed(&index, 40, 8, &earlier.to_le_bytes());
    let found = |index: &Index| faults(index, &features, &head, 40);
    let flaw = |flaw| [Fault::Flaw(Found { row: 40, flaw })];
    // its next is itself
    assert_eq!(found(&false_leader), flaw(Flaw::Itself(Itself::Order)));
    let links = HEADER_BYTES + CONTRIBUTIONS * ENTRY_BYTES + 90 * ROW;
    let mut file = false_leader.as_bytes().to_vec();
    let next = links + 40 * (4 + 8 * 3);
    file[next..next + 4].copy_from_slice(&earlier.to_le_bytes());
    let listed = Index::as_released(file).unwrap();
    assert_eq!(found(&listed), flaw(Flaw::Itself(Itself::LeaveOneOut)));
    let silent = changed(&listed, 40, 6, &[0; 2]);
    assert_eq!(
        found(&silent),
        flaw(Flaw::Leader {
            released: earlier,
            due: 40
        })
    );
}

#[test]
fn files_of_different_releases_are_told_apart() {
    let (features, head, index) = released();
    let fewer = common::features(3, &common::clusters(60), 3);
    let refused = |index, features, head| Auditor::new(index, features, head).unwrap_err();
    assert!(matches!(refused(&index, &fewer, &head), AuditError::Shape(_)));
    let regrouped = common::features(3, &common::clusters(90), 5);
    assert_eq!(refused(&index, &regrouped, &head), AuditError::Contributions);
    let mut short = head.clone();
    short.bias.pop();
    assert!(matches!(refused(&index, &features, &short), AuditError::Shape(_)));
    let mut relabelled = common::clusters(90);
    relabelled[7].0 = (relabelled[7].0 + 1) % 3;
    let relabelled = common::features(3, &relabelled, 3);
    assert_eq!(refused(&index, &relabelled, &head), AuditError::Features);
    let of_them = changed(
        &index,
        7,
        4,
        &relabelled.rows().nth(7).unwrap().label.to_le_bytes(),
    );
    let flaw = Flaw::Itself(Itself::OtherRow);
    assert_eq!(
        faults(&of_them, &features, &head, 7),
        [Fault::Flaw(Found { row: 7, flaw })]
    );
}
