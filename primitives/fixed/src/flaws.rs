// SPDX-License-Identifier: Apache-2.0
//! What two or three rows show of an index that is wrong about them.
//!
//! An index says of each row its contribution and label, which row leads its cluster, the next row of the cluster with a
//! sum ([`crate::cluster`]), and a leave-one-out probability. All of it follows from the released influence, the features
//! and the head. Each function here is a condition on a few rows, and an index that meets them all is the right one:
//!
//! * who leads: a row's leader leads itself, has its label, is near and is not later than the row ([`leader`],
//!   [`earlier`] by the row itself); and no earlier leader of that label is near ([`earlier`]). By induction over the order
//!   of registration that is one choice.
//! * the list: a row's next has the same leader ([`link`]) and a higher number or is the leader ([`itself`]), and no row of
//!   the cluster is between them ([`skipped`]). That is one row.
//! * the sums: the leader's is its own step ([`itself`]), the others' that of the row before and their own ([`link`]).
//! * the probability: zero for a row that does not lead ([`itself`]), what follows from the last row's sums for one that
//!   does ([`probability`]).
//!
//! So whatever is false about one row is shown by one of them, and a right index by none.

use crate::{
    cluster::{add, goes_on, leave_one_out, skips, step},
    is_near,
    release::{FeaturesRow, IndexShape, ReleasedRow},
};

/// A row of an index beside the row of the features that it was computed from.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its number.
    pub number: u32,
    /// What the index says.
    pub released: &'a ReleasedRow,
    /// What it is about.
    pub own: &'a FeaturesRow,
}

impl Row<'_> {
    /// Whether the index says that it leads its cluster.
    pub fn leads(&self) -> bool {
        self.released.leader == self.number
    }
}

/// What is wrong with a row by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Itself {
    /// Contribution or label are not those of its features.
    OtherRow,
    /// Label, leader or next are not there.
    OutOfRange,
    /// It goes on to a row of a lower number that is not its leader, or to itself.
    Order,
    /// It leads, and its sums are not its own step.
    Sums,
    /// It does not lead, and has a leave-one-out probability.
    LeaveOneOut,
}

/// What a row and its features alone show. O(C·d).
pub fn itself(shape: &IndexShape, row: Row<'_>) -> Option<Itself> {
    let Row { released, own, .. } = row;
    if (released.ordinal, released.label) != (own.ordinal, own.label) {
        return Some(Itself::OtherRow);
    }
    if own.label >= shape.classes || released.leader >= shape.rows || released.next >= shape.rows {
        return Some(Itself::OutOfRange);
    }
    if !goes_on(released.leader, row.number, released.next) {
        return Some(Itself::Order);
    }
    if !row.leads() {
        return (released.loo != 0).then_some(Itself::LeaveOneOut);
    }
    (released.sums != step(&released.influence, &own.features)).then_some(Itself::Sums)
}

/// Whether `leading`, which `row` names as its leader and which is another row, does not lead it: it has another label,
/// leads no cluster, or is not near. O(d).
pub fn leader(shape: &IndexShape, row: Row<'_>, leading: Row<'_>) -> bool {
    !leading.leads()
        || leading.own.label != row.own.label
        || !is_near(&leading.own.features, &row.own.features, shape.threshold)
}

/// Whether `row` belongs to `other` rather than to the row that it names as its leader: `other` leads a cluster, or is
/// `row` itself; has the same label, is near, and comes before that leader. `ticks` are those in which the contributions
/// of `other` and of that leader were registered; of rows with equal ones the lower number comes first. O(d).
pub fn earlier(shape: &IndexShape, row: Row<'_>, other: Row<'_>, ticks: [u64; 2]) -> bool {
    let [of_other, of_leader] = ticks;
    (other.leads() || other.number == row.number)
        && other.own.label == row.own.label
        && is_near(&other.own.features, &row.own.features, shape.threshold)
        && (of_other, other.number) < (of_leader, row.released.leader)
}

/// Whether `next`, which `row` names as the next row of its cluster, is of another cluster, or has other sums than follow
/// from the row's. `features [d]` are those of the row's leader. O(C·d).
pub fn link(row: &ReleasedRow, next: &ReleasedRow, features: &[i16]) -> bool {
    if next.leader != row.leader {
        return true;
    }
    if row.next == row.leader {
        return false;
    }
    let mut sums = row.sums.clone();
    add(&mut sums, &step(&next.influence, features));
    next.sums != sums
}

/// Whether `row`, with the number `number`, and the next of its cluster leave out `other`, which is of that cluster too.
pub fn skipped((number, row): (u32, &ReleasedRow), (other_number, other): (u32, &ReleasedRow)) -> bool {
    other.leader == row.leader && skips(row.leader, number, row.next, other_number)
}

/// Whether `last` is the last row of the list of the cluster that row `leader` leads.
pub fn ends(leader: u32, last: &ReleasedRow) -> bool {
    last.leader == leader && last.next == leader
}

/// Whether the leave-one-out probability of `row`, which leads a cluster, is another one than follows from `last`, the last
/// row of the cluster's list ([`ends`]), and the head's `logits [C]` for it. O(C).
pub fn probability(shape: &IndexShape, row: Row<'_>, last: &ReleasedRow, logits: &[i32]) -> bool {
    leave_one_out(logits, &last.sums, row.own.label, shape.row_bits, shape.rows)
        .is_ok_and(|due| due != row.released.loo)
}
