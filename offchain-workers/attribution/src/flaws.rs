// SPDX-License-Identifier: Apache-2.0
//! What is false in a released index beside the influence itself, and which rows show it: what proves it to a chain in one
//! call.
//!
//! The conditions are those of [`openledger_fixed::flaws`], by which the runtime judges. A right index has no flaws. Where
//! rows are false of which others depend, the flaw is that of the first: a row may follow from a false one.

use openledger_fixed::{
    cluster::leave_one_out,
    flaws::{self, Itself, Row},
    logits,
    release::{FeaturesRow, IndexShape, ReleasedRow},
};
use openledger_trainer::{features::Features, head::Head};

use crate::{
    audit::{same_release, AuditError},
    clusters::clusters,
    index::Index,
};

/// What is false about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// What it and its features alone show.
    Itself(Itself),
    /// The row that it names as its leader does not lead it: another label, no leader, or not near.
    Leader {
        /// What is released.
        released: u32,
        /// What follows from the features.
        due: u32,
    },
    /// An earlier leader is near: or the row itself came before the row that it names.
    Earlier {
        /// What is released.
        released: u32,
        /// The earlier one.
        by: u32,
    },
    /// The row that it names as the next of its cluster is of another one, or has other sums than follow.
    Link {
        /// The next row.
        next: u32,
    },
    /// Its cluster's list goes past a row.
    Skipped {
        /// The next row that it names.
        next: u32,
        /// The one that is left out.
        row: u32,
    },
    /// It leads, and its leave-one-out probability is another one.
    LeaveOneOut {
        /// The last row of its cluster.
        last: u32,
        /// What is released, with 16 fraction bits.
        released: u16,
        /// What follows.
        due: u16,
    },
}

/// A flaw, and the row that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The row.
    pub row: u32,
    /// What is false.
    pub flaw: Flaw,
}

/// Looks for flaws of a released index, whatever it says.
#[derive(Debug)]
pub struct Examiner<'a> {
    index: &'a Index,
    features: &'a Features,
    head: &'a Head,
    shape: IndexShape,
    /// Who leads each row by its features.
    due: Vec<u32>,
    /// Lists of the clusters as they are released.
    lists: Lists,
}

/// Of each row, the one after it and the one before it in its cluster's list; itself if it is alone, or if the row that it
/// names as its leader leads none.
#[derive(Debug)]
struct Lists {
    after: Vec<u32>,
    before: Vec<u32>,
}

/// What a row says and what it is about.
struct Opened {
    number: u32,
    released: ReleasedRow,
    own: FeaturesRow,
}

impl Opened {
    fn row(&self) -> Row<'_> {
        Row {
            number: self.number,
            released: &self.released,
            own: &self.own,
        }
    }
}

impl Lists {
    fn of(index: &Index) -> Self {
        let itself: Vec<u32> = (0..).take(index.len()).collect();
        let (mut after, mut before, mut last) = (itself.clone(), itself.clone(), itself);
        let leads = |row: u32| index.row(row as usize).is_some_and(|found| found.leader == row);
        for (number, row) in (0u32..).zip(index.rows()) {
            if row.leader == number || !leads(row.leader) {
                continue;
            }
            let end = &mut last[row.leader as usize];
            after[*end as usize] = number;
            before[number as usize] = *end;
            *end = number;
        }
        for (leader, end) in (0u32..).zip(&last) {
            if *end != leader {
                after[*end as usize] = leader;
                before[leader as usize] = *end;
            }
        }
        Self { after, before }
    }
}

impl<'a> Examiner<'a> {
    /// Prepares to look for flaws of `index`. O(n·d), and the search for near-duplicates.
    ///
    /// # Errors
    /// [`AuditError`] except [`AuditError::NoSuchRow`].
    pub fn new(index: &'a Index, features: &'a Features, head: &'a Head) -> Result<Self, AuditError> {
        same_release(index, features, head)?;
        let registered: Vec<u64> = (0..features.contributions().len())
            .map(|ordinal| index.registered(ordinal))
            .collect();
        Ok(Self {
            shape: index.shape(),
            due: clusters(features, &registered, index.threshold()),
            lists: Lists::of(index),
            index,
            features,
            head,
        })
    }

    /// What is false about row `row` and what rows beside it in its cluster's list show of it; the first is shown most
    /// easily. O(C·d).
    ///
    /// # Errors
    /// [`AuditError::NoSuchRow`].
    pub fn row(&self, row: u32) -> Result<Vec<Found>, AuditError> {
        let rows = self.index.len();
        let opened = self.opened(row).ok_or(AuditError::NoSuchRow {
            row: row as usize,
            rows,
        })?;
        let own = |flaw| Found { row, flaw };
        if let Some(itself) = flaws::itself(&self.shape, opened.row()) {
            return Ok(vec![own(Flaw::Itself(itself))]);
        }
        if let Some(flaw) = self.leader(&opened) {
            return Ok(vec![own(flaw)]);
        }
        let mut found: Vec<Found> = self.earlier(&opened).map(own).into_iter().collect();
        // what the row before says of this one
        let before = self.opened(self.lists.before[row as usize]);
        let before = before.filter(|before| before.number != row && before.released.next == row);
        found.extend(before.and_then(|before| {
            let flaw = self.next(&before)?;
            Some(Found {
                row: before.number,
                flaw,
            })
        }));
        found.extend(self.next(&opened).map(own));
        found.extend(self.leave_one_out(&opened)?.map(own));
        Ok(found)
    }

    fn opened(&self, number: u32) -> Option<Opened> {
        let released = self.index.released(number as usize)?;
        let own = self.features.row(number as usize);
        Some(Opened {
            number,
            released,
            own: FeaturesRow {
                ordinal: own.ordinal,
                label: own.label,
                features: own.features.to_vec(),
            },
        })
    }

    fn tick(&self, row: &Opened) -> Option<u64> {
        let ordinal = row.released.ordinal as usize;
        (ordinal < self.index.contributions().len()).then(|| self.index.registered(ordinal))
    }

    fn leader(&self, row: &Opened) -> Option<Flaw> {
        let leading = self.opened(row.released.leader)?;
        let false_leader =
            leading.number != row.number && flaws::leader(&self.shape, row.row(), leading.row());
        false_leader.then(|| Flaw::Leader {
            released: leading.number,
            due: self.due[row.number as usize],
        })
    }

    fn earlier(&self, row: &Opened) -> Option<Flaw> {
        let released = row.released.leader;
        let of_leader = self.tick(&self.opened(released)?)?;
        let shows = |by: &u32| {
            let other = self.opened(*by)?;
            let ticks = [self.tick(&other)?, of_leader];
            flaws::earlier(&self.shape, row.row(), other.row(), ticks).then_some(())
        };
        let due = self.due[row.number as usize];
        let by = [due, row.number].into_iter().find(|by| shows(by).is_some())?;
        Some(Flaw::Earlier { released, by })
    }

    fn next(&self, row: &Opened) -> Option<Flaw> {
        let next = self.opened(row.released.next)?;
        let leader = self.opened(row.released.leader)?;
        if flaws::link(&row.released, &next.released, &leader.own.features) {
            return Some(Flaw::Link { next: next.number });
        }
        let after = self.opened(self.lists.after[row.number as usize])?;
        flaws::skipped((row.number, &row.released), (after.number, &after.released)).then_some(
            Flaw::Skipped {
                next: next.number,
                row: after.number,
            },
        )
    }

    fn leave_one_out(&self, row: &Opened) -> Result<Option<Flaw>, AuditError> {
        let last = self.opened(self.lists.before[row.number as usize]);
        let last = last.filter(|last| flaws::ends(row.number, &last.released));
        let Some(last) = last else { return Ok(None) };
        let logits = logits(&self.head.weight, &self.head.bias, &row.own.features)?;
        let false_one = flaws::probability(&self.shape, row.row(), &last.released, &logits);
        let (label, IndexShape { row_bits, rows, .. }) = (row.own.label, self.shape);
        let due = leave_one_out(&logits, &last.released.sums, label, row_bits, rows)?;
        Ok(false_one.then_some(Flaw::LeaveOneOut {
            last: last.number,
            released: row.released.loo,
            due,
        }))
    }
}
