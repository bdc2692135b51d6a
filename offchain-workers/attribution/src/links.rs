// SPDX-License-Identifier: Apache-2.0
//! The links of an index under construction: the list of each cluster's rows, and the sums along it.

use std::io::{self, Seek, SeekFrom, Write};

use openledger_fixed::{
    cluster::add,
    release::{link_bytes, scored_bytes, HEADER_BYTES, LINK_HEADER_BYTES},
};
use openledger_trainer::features::Features;

use crate::{
    index::ENTRY_BYTES,
    members::Members,
    scratch::{Scratch, Spool},
};

/// Bytes that are copied at a time.
const PIECE_BYTES: usize = 1 << 16;

/// Where the numbers of a row lie that only its whole cluster gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    rows: u64,
    row: u64,
    links: u64,
    link: u64,
}

impl Layout {
    /// Of an index over `features`.
    pub(crate) fn of(features: &Features) -> Self {
        let (classes, count) = (features.classes(), features.len() as u64);
        let rows = (HEADER_BYTES + ENTRY_BYTES * features.contributions().len()) as u64;
        let row = scored_bytes(classes, features.dims()) as u64;
        Self {
            rows,
            row,
            links: rows + row * count,
            link: link_bytes(classes) as u64,
        }
    }

    /// Where a row's leave-one-out probability is.
    fn loo(&self, row: u32) -> u64 {
        self.rows + self.row * u64::from(row) + LOO_AT
    }

    /// Where a row's link is.
    fn link(&self, row: u32) -> u64 {
        self.links + self.link * u64::from(row)
    }
}

/// Where the leave-one-out probability is inside a row.
const LOO_AT: u64 = 6;

/// A link as it lies in the file.
fn link(next: u32, sums: &[i64]) -> Vec<u8> {
    let mut bytes = next.to_le_bytes().to_vec();
    bytes.extend(sums.iter().flat_map(|sum| sum.to_le_bytes()));
    bytes
}

/// Each row's link as if the row were alone: it is followed by itself, and the sums are its own step.
#[derive(Debug)]
pub(crate) struct Links<'s> {
    alone: Spool<'s>,
    length: usize,
}

/// The end of a list that is not complete.
struct Open {
    leader: u32,
    row: u32,
    sums: Vec<i64>,
}

impl<'s> Links<'s> {
    pub fn new(scratch: &'s Scratch, classes: usize) -> Self {
        Self {
            alone: Spool::new(scratch),
            length: link_bytes(classes),
        }
    }

    /// Adds the next row's, whose number is `row`.
    pub fn push(&mut self, row: u32, step: &[i64]) -> io::Result<()> {
        self.alone.append(&link(row, step))
    }

    fn step(&self, row: u32) -> io::Result<Vec<i64>> {
        let mut bytes = vec![0; self.length - LINK_HEADER_BYTES];
        let start = self.length as u64 * u64::from(row) + LINK_HEADER_BYTES as u64;
        self.alone.read(start, &mut bytes)?;
        let sums = bytes.as_chunks().0.iter();
        Ok(sums.map(|sum| i64::from_le_bytes(*sum)).collect())
    }

    /// Writes all links at the end of `file`, and what `found` makes of the sums of each cluster with more than one row
    /// where its leader's leave-one-out probability is. One pass over the rows of such clusters.
    pub fn write<W: Write + Seek, E: From<io::Error>>(
        &self,
        members: &Members<'_>,
        layout: &Layout,
        file: &mut W,
        found: impl Fn(u32, &[i64]) -> Result<u16, E>,
    ) -> Result<(), E> {
        let (mut at, mut bytes) = (0, Vec::new());
        while at < self.alone.len() {
            bytes.resize((self.alone.len() - at).min(PIECE_BYTES as u64) as usize, 0);
            self.alone.read(at, &mut bytes)?;
            file.write_all(&bytes)?;
            at += bytes.len() as u64;
        }
        let mut put = |at: u64, bytes: &[u8]| {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes)
        };
        let mut close = |open: Open, next: Option<u32>| -> Result<Open, E> {
            let next_row = next.unwrap_or(open.leader);
            put(layout.link(open.row), &link(next_row, &open.sums))?;
            if next.is_none() {
                let loo = found(open.leader, &open.sums)?;
                put(layout.loo(open.leader), &loo.to_le_bytes())?;
            }
            Ok(Open {
                row: next_row,
                ..open
            })
        };
        let mut open: Option<Open> = None;
        members.each(|leader, row| {
            let step = self.step(row)?;
            open = match open.take() {
                Some(list) if list.leader == leader => {
                    let mut list = close(list, Some(row))?;
                    add(&mut list.sums, &step);
                    Some(list)
                }
                before => {
                    before.map(|list| close(list, None)).transpose()?;
                    Some(Open {
                        leader,
                        row,
                        sums: step,
                    })
                }
            };
            Ok::<(), E>(())
        })?;
        open.map(|list| close(list, None)).transpose()?;
        Ok(())
    }
}
