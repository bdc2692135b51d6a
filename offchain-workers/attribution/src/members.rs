// SPDX-License-Identifier: Apache-2.0
//! Which cluster each row of a build is in, and the rows of each: numbers on disk beyond a fixed amount of memory.

use std::{io, ops::Range};

use openledger_trainer::features::Features;

use crate::{
    clusters,
    scratch::{Scratch, Sorter, Spool},
};

/// Of a row without near-duplicates, which has no list.
const ALONE: u32 = u32::MAX;
/// Members of a cluster that are read at a time.
const PIECE: usize = 1 << 10;

/// A row's cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Membership {
    /// Row that leads it.
    pub leader: u32,
    /// Where the list of its members begins.
    first: u32,
}

impl Membership {
    /// Whether the cluster has no other rows.
    pub fn is_alone(self) -> bool {
        self.first == ALONE
    }
}

/// The clusters of all rows.
#[derive(Debug)]
pub(crate) struct Members<'s> {
    /// Of each row, its [`Membership`]: leader and first, 8 bytes.
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
        let mut by_row = Sorter::<12>::new(scratch);
        let mut add = |row: u32, member: Membership| {
            let mut record = [0; 12];
            record[..4].copy_from_slice(&row.to_be_bytes());
            record[4..].copy_from_slice(&pair(member.leader, member.first));
            by_row.push(record)
        };
        let mut lists = Spool::new(scratch);
        // the cluster at hand with its first row, and its list from the second row on
        let mut cluster: Option<(u32, u32, Option<Membership>)> = None;
        let alone = |leader| Membership { leader, first: ALONE };
        for record in by_leader.finish()? {
            let (leader, row) = of_pair(&record?);
            let Some((_, first, list)) = cluster.as_mut().filter(|cluster| cluster.0 == leader) else {
                if let Some((leader, first, None)) = cluster {
                    add(first, alone(leader))?;
                }
                cluster = Some((leader, row, None));
                continue;
            };
            let member = match *list {
                Some(member) => member,
                None => {
                    // fewer than 2^32 rows
                    let at = (lists.len() / 8) as u32;
                    let member = Membership { leader, first: at };
                    lists.append(&pair(leader, *first))?;
                    add(*first, member)?;
                    *list.insert(member)
                }
            };
            lists.append(&pair(leader, row))?;
            add(row, member)?;
        }
        if let Some((leader, first, None)) = cluster {
            add(first, alone(leader))?;
        }
        let mut rows = Spool::new(scratch);
        for record in by_row.finish()? {
            rows.append(&record?[4..])?;
        }
        Ok(Self { rows, lists })
    }

    /// Of each of these rows, its cluster.
    pub fn of(&self, rows: Range<usize>) -> io::Result<Vec<Membership>> {
        let mut bytes = vec![0; 8 * rows.len()];
        self.rows.read(8 * rows.start as u64, &mut bytes)?;
        let pairs = bytes.as_chunks().0.iter().map(of_pair);
        Ok(pairs
            .map(|(leader, first)| Membership { leader, first })
            .collect())
    }

    /// Gives the rows of a cluster that is not alone, the leader first, the others ascending.
    pub fn each(&self, cluster: Membership, mut take: impl FnMut(usize)) -> io::Result<()> {
        take(cluster.leader as usize);
        let (mut at, mut bytes) = (8 * u64::from(cluster.first), Vec::new());
        while at < self.lists.len() {
            bytes.resize((self.lists.len() - at).min(8 * PIECE as u64) as usize, 0);
            self.lists.read(at, &mut bytes)?;
            at += bytes.len() as u64;
            for (leader, row) in bytes.as_chunks().0.iter().map(of_pair) {
                if leader != cluster.leader {
                    return Ok(());
                }
                if row != leader {
                    take(row as usize);
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
