// SPDX-License-Identifier: Apache-2.0
//! Which cluster each row of a build is in, and the rows of each: numbers on disk beyond a fixed amount of memory.

use std::{io, ops::Range};

use openledger_trainer::features::Features;

use crate::{
    clusters,
    scratch::{Scratch, Sorter, Spool},
};

/// Members of clusters that are read at a time.
const PIECE: usize = 1 << 10;
/// Bytes of a row's leader, and whether it is alone.
const ROW_BYTES: usize = 5;

/// A row's cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    /// Row that leads it.
    pub leader: u32,
    /// Whether it has no other rows.
    pub alone: bool,
}

/// The clusters of all rows.
#[derive(Debug)]
pub(crate) struct Members<'s> {
    /// Of each row, its [`Membership`]: [`ROW_BYTES`].
    rows: Spool<'s>,
    /// Leader and row, 8 bytes, of the clusters with more than one, ascending.
    lists: Spool<'s>,
}

impl<'s> Members<'s> {
    /// Searches for near-duplicates: see [`clusters::search`].
    pub fn new(
        features: &Features,
        registered: impl Fn(u32) -> u64,
        threshold: u16,
        scratch: &'s Scratch,
    ) -> io::Result<Self> {
        let mut by_leader = Sorter::new(scratch);
        clusters::search(features, registered, threshold, scratch, |row, leader| {
            by_leader.push(pair(leader, row))
        })?;
        let mut by_row = Sorter::<9>::new(scratch);
        let mut add = |row: u32, leader, alone: bool| {
            let mut record = [0; 4 + ROW_BYTES];
            record[..8].copy_from_slice(&pair(row, leader));
            record[8] = alone.into();
            by_row.push(record)
        };
        let mut lists = Spool::new(scratch);
        // leader and first row of the cluster at hand, and whether that is its only one so far
        let mut cluster: Option<(u32, u32, bool)> = None;
        for record in by_leader.finish()? {
            let (leader, row) = of_pair(&record?);
            let Some((_, first, alone)) = cluster.as_mut().filter(|cluster| cluster.0 == leader) else {
                if let Some((leader, first, true)) = cluster {
                    add(first, leader, true)?;
                }
                cluster = Some((leader, row, true));
                continue;
            };
            if std::mem::take(alone) {
                lists.append(&pair(leader, *first))?;
                add(*first, leader, false)?;
            }
            lists.append(&pair(leader, row))?;
            add(row, leader, false)?;
        }
        if let Some((leader, first, true)) = cluster {
            add(first, leader, true)?;
        }
        let mut rows = Spool::new(scratch);
        for record in by_row.finish()? {
            rows.append(&record?[4..])?;
        }
        Ok(Self { rows, lists })
    }

    /// Of each of these rows, its cluster.
    pub fn of(&self, rows: Range<usize>) -> io::Result<Vec<Membership>> {
        let mut bytes = vec![0; ROW_BYTES * rows.len()];
        self.rows.read((ROW_BYTES * rows.start) as u64, &mut bytes)?;
        let rows = bytes.as_chunks::<ROW_BYTES>().0.iter();
        Ok(rows
            .map(|[l0, l1, l2, l3, alone]| Membership {
                leader: u32::from_be_bytes([*l0, *l1, *l2, *l3]),
                alone: *alone != 0,
            })
            .collect())
    }

    /// Gives leader and row of all clusters with more than one row, one cluster after the other, each in the order of its
    /// list: the leader first, the others ascending.
    pub fn each<E: From<io::Error>>(&self, mut take: impl FnMut(u32, u32) -> Result<(), E>) -> Result<(), E> {
        let (mut at, mut bytes, mut last) = (0, Vec::new(), None);
        while at < self.lists.len() {
            bytes.resize((self.lists.len() - at).min(8 * PIECE as u64) as usize, 0);
            self.lists.read(at, &mut bytes)?;
            at += bytes.len() as u64;
            for (leader, row) in bytes.as_chunks().0.iter().map(of_pair) {
                if last.replace(leader) != Some(leader) {
                    take(leader, leader)?;
                }
                if row != leader {
                    take(leader, row)?;
                }
            }
        }
        Ok(())
    }
}

/// Two numbers that sort as bytes.
fn pair(a: u32, b: u32) -> [u8; 8] {
    ((u64::from(a) << 32) | u64::from(b)).to_be_bytes()
}

fn of_pair(bytes: &[u8; 8]) -> (u32, u32) {
    let both = u64::from_be_bytes(*bytes);
    // its two halves
    ((both >> 32) as u32, both as u32)
}
