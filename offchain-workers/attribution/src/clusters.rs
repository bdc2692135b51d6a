// SPDX-License-Identifier: Apache-2.0
//! Near-duplicate rows, which count once and for whoever registered first.
//!
//! Nearly every copy of a row has as much influence as the row itself, so whoever copies another's data, or its own,
//! would earn as much as somebody who brings new data. Rows are therefore gathered in clusters, each with a *leader*.
//! A cluster is scored as one row, its leader; the others earn nothing and owe nothing. Rows are taken in the order of
//! registration (tick, then contribution, then row):
//!
//! * a row joins the **earliest** leader of its own label with `|x - leader|² · 2^16 ≤ threshold · |leader|²`;
//! * a row that no leader is near becomes a leader itself.
//!
//! All of it is integers on the features' grid. What follows from the rule:
//!
//! * a row's cluster depends only on rows registered before it: nobody can draw an earlier row into a cluster, nor join
//!   two of them, by registering rows between them;
//! * each claim is checked with two rows: a member lies within the threshold of its leader, and whoever says that a
//!   row should have joined an earlier leader names that leader;
//! * a copy under another label stands alone: what it spoils is debited to whoever brought it;
//! * whether a row is paid is seen in that row alone.

use std::{io, iter};

use openledger_trainer::features::Features;

use crate::scratch::{Scratch, Sorter, Spool};

/// What [`clusters`] decides by and a dispute checks.
pub use openledger_fixed::{is_near, THRESHOLD_BITS};

/// Threshold that releases use: a distance of a sixteenth of the leader's length.
pub const THRESHOLD: u16 = 1 << 8;
/// Coordinates that are added up before a distance is compared with the limit.
const CHUNK: usize = 16;
/// Bytes of earlier leaders that are read at a time.
const PIECE_BYTES: usize = 1 << 16;
/// A shelf is cleared once this part of it is decided.
const CLEARED: usize = 8;

/// The leader of every row, as its row number; a leader's is its own. All in memory: [`search`] with
/// [`Scratch::memory`].
///
/// # Panics
/// If `registered` is not as long as the table of contributions.
pub fn clusters(features: &Features, registered: &[u64], threshold: u16) -> Vec<u32> {
    assert_eq!(
        registered.len(),
        features.contributions().len(),
        "one time of registration for each contribution"
    );
    let mut leaders: Vec<u32> = (0..).take(features.len()).collect();
    let tick = |ordinal: u32| registered[ordinal as usize];
    search(features, tick, threshold, &Scratch::memory(), |row, leader| {
        leaders[row as usize] = leader;
        Ok(())
    })
    .expect("memory takes every byte");
    leaders
}

/// Gives every row with its leader to `found`, label by label in the order of registration.
///
/// `registered` gives the tick of a contribution's registration by its place in the table; equal ones are ordered by
/// contribution. Exact, however little memory there is: rows are taken in batches, each of which is first shown all
/// earlier leaders of its label, read one after the other from where they were written. Rows of a batch stand on a shelf
/// by length, so that a leader sees only those that can be near it, and a distance is given up as soon as it is too
/// large: O(n·d) where the data has no dense clouds just outside the threshold, O(n²·d) at worst. About five times
/// `scratch.bytes` of memory at most; files of 14 bytes a row and what the leaders of a class take.
///
/// # Errors
/// What reading and writing `scratch` or `found` fails with.
pub fn search(
    features: &Features,
    registered: impl Fn(u32) -> u64,
    threshold: u16,
    scratch: &Scratch,
    mut found: impl FnMut(u32, u32) -> io::Result<()>,
) -> io::Result<()> {
    // label, tick, row, as sorted bytes
    let mut order = Sorter::<14>::new(scratch);
    for (number, row) in (0u32..).zip(features.rows()) {
        let mut record = [0; 14];
        record[..2].copy_from_slice(&row.label.to_be_bytes());
        record[2..10].copy_from_slice(&registered(row.ordinal).to_be_bytes());
        record[10..].copy_from_slice(&number.to_be_bytes());
        order.push(record)?;
    }
    let mut batch = Batch::new(features.dims(), threshold);
    let (mut leaders, mut of_label) = (Spool::new(scratch), None);
    for record in order.finish()? {
        let [l0, l1, .., n0, n1, n2, n3] = record?;
        if of_label.replace([l0, l1]).is_some_and(|last| last != [l0, l1]) {
            batch.decide(&mut leaders, false, &mut found)?;
            leaders.clear();
        } else if batch.is_full(scratch.bytes) {
            batch.decide(&mut leaders, true, &mut found)?;
        }
        let number = u32::from_be_bytes([n0, n1, n2, n3]);
        batch.push(number, features.row(number as usize).features);
    }
    batch.decide(&mut leaders, false, &mut found)
}

const NOBODY: u32 = u32::MAX;

/// Rows of one label, in the order of registration.
struct Batch {
    dims: usize,
    threshold: u16,
    numbers: Vec<u32>,
    /// `[n, d]`
    values: Vec<i16>,
    /// Of each row, `NOBODY` until it is decided.
    leaders: Vec<u32>,
    shelf: Vec<Place>,
    /// First coordinates of the rows on the shelf: what most of them are told apart by.
    heads: Vec<[i16; CHUNK]>,
}

/// A row on the shelf, where they stand by length so that those of similar length are read in one go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    squared_length: u64,
    /// In the batch.
    row: u32,
}

impl Batch {
    fn new(dims: usize, threshold: u16) -> Self {
        Self {
            dims,
            threshold,
            numbers: Vec::new(),
            values: Vec::new(),
            leaders: Vec::new(),
            shelf: Vec::new(),
            heads: Vec::new(),
        }
    }

    fn push(&mut self, number: u32, features: &[i16]) {
        self.numbers.push(number);
        self.values.extend_from_slice(features);
    }

    /// Whether another row would take more than `bytes`.
    fn is_full(&self, bytes: usize) -> bool {
        let row = 2 * self.dims + size_of::<(u32, u32, Place, [i16; CHUNK])>();
        self.numbers.len() >= (bytes / row).max(1)
    }

    fn row(&self, row: usize) -> &[i16] {
        &self.values[row * self.dims..(row + 1) * self.dims]
    }

    /// Finds the leader of each row and forgets the rows. `earlier` are the leaders of batches before; `more` says
    /// whether there will be others of this label, for which the new ones are added.
    fn decide(
        &mut self,
        earlier: &mut Spool<'_>,
        more: bool,
        found: &mut impl FnMut(u32, u32) -> io::Result<()>,
    ) -> io::Result<()> {
        self.leaders = vec![NOBODY; self.numbers.len()];
        self.shelf = (0u32..)
            .zip(self.values.chunks_exact(self.dims))
            .map(|(row, features)| Place {
                squared_length: squared_length(features),
                row,
            })
            .collect();
        self.shelf.sort_unstable();
        self.heads = self
            .shelf
            .iter()
            .map(|place| head(self.row(place.row as usize)))
            .collect();
        self.show(earlier)?;
        let mut decided = 0;
        for row in 0..self.numbers.len() {
            // rows that earlier leaders took are decided too, but not counted: they are cleared with the others
            if decided * CLEARED > self.shelf.len() {
                self.clear();
                decided = 0;
            }
            decided += 1;
            if self.leaders[row] == NOBODY {
                let features = self.row(row).to_vec();
                self.claim(self.numbers[row], &features);
                if more {
                    append(earlier, self.numbers[row], &features)?;
                }
            }
        }
        for (number, leader) in iter::zip(&self.numbers, &self.leaders) {
            found(*number, *leader)?;
        }
        self.numbers.clear();
        self.values.clear();
        Ok(())
    }

    /// Lets earlier leaders claim rows, the earliest first.
    fn show(&mut self, earlier: &Spool<'_>) -> io::Result<()> {
        let length = 4 + 2 * self.dims;
        let most = (PIECE_BYTES / length).max(1) * length;
        let (mut bytes, mut features) = (Vec::new(), Vec::with_capacity(self.dims));
        let mut at = 0;
        while at < earlier.len() {
            bytes.resize((earlier.len() - at).min(most as u64) as usize, 0);
            earlier.read(at, &mut bytes)?;
            at += bytes.len() as u64;
            for leader in bytes.chunks_exact(length) {
                let (number, values) = leader.split_at(4);
                let pairs = values.chunks_exact(2);
                features.clear();
                features.extend(pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
                self.claim(
                    u32::from_le_bytes([number[0], number[1], number[2], number[3]]),
                    &features,
                );
            }
            self.clear();
        }
        Ok(())
    }

    /// Gives a leader the undecided rows that are near it, itself among them if it stands on the shelf.
    fn claim(&mut self, number: u32, features: &[i16]) {
        let length = squared_length(features);
        let (limit, head) = (limit(length, self.threshold), head(features));
        let (least, most) = lengths_near(length, self.threshold);
        let start = self.shelf.partition_point(|place| place.squared_length < least);
        let end = self.shelf.partition_point(|place| place.squared_length <= most);
        for (other, place) in iter::zip(&self.heads[start..end], start..) {
            if is_apart(other, &head, limit) {
                continue;
            }
            let row = self.shelf[place].row as usize;
            if self.leaders[row] == NOBODY && is_within(self.row(row), features, limit) {
                self.leaders[row] = number;
            }
        }
    }

    /// Takes what is decided from the shelf.
    fn clear(&mut self) {
        let mut kept = 0;
        for place in 0..self.shelf.len() {
            if self.leaders[self.shelf[place].row as usize] == NOBODY {
                self.shelf[kept] = self.shelf[place];
                self.heads[kept] = self.heads[place];
                kept += 1;
            }
        }
        self.shelf.truncate(kept);
        self.heads.truncate(kept);
    }
}

fn append(leaders: &mut Spool<'_>, number: u32, features: &[i16]) -> io::Result<()> {
    leaders.append(&number.to_le_bytes())?;
    let bytes: Vec<u8> = features.iter().flat_map(|x| x.to_le_bytes()).collect();
    leaders.append(&bytes)
}

/// The first coordinates, zeros after the last.
fn head(features: &[i16]) -> [i16; CHUNK] {
    let mut head = [0; CHUNK];
    iter::zip(&mut head, features).for_each(|(head, x)| *head = *x);
    head
}

/// Squared length; below 2^46, as there are fewer than 2^16 features.
fn squared_length(features: &[i16]) -> u64 {
    features.iter().map(|x| u64::from(x.unsigned_abs()).pow(2)).sum()
}

/// The largest squared distance from a leader of squared length `length` that is near.
fn limit(length: u64, threshold: u16) -> u64 {
    // below 2^62
    (length * u64::from(threshold)) >> THRESHOLD_BITS
}

/// Whether the squared distance is at most `limit`.
fn is_within(a: &[i16], b: &[i16], limit: u64) -> bool {
    let mut sum = 0;
    for (a, b) in iter::zip(a.chunks(CHUNK), b.chunks(CHUNK)) {
        sum += iter::zip(a, b)
            .map(|(a, b)| {
                let difference = i64::from(i32::from(*a) - i32::from(*b));
                (difference * difference) as u64
            })
            .sum::<u64>();
        if sum > limit {
            return false;
        }
    }
    true
}

/// Whether the first coordinates alone show that the squared distance exceeds `limit`: nearly always, and in a few
/// vector instructions, because differences without their last two bits have squares of which sixteen fit 32 bits.
fn is_apart(a: &[i16; CHUNK], b: &[i16; CHUNK], limit: u64) -> bool {
    let sum = iter::zip(a, b).fold(0u32, |sum, (a, b)| {
        // below 2^14
        let quarter = i32::from((a.abs_diff(*b) >> 2) as i16);
        sum.wrapping_add((quarter * quarter) as u32)
    });
    u64::from(sum) << 4 > limit
}

/// The squared lengths between which every row near a leader of squared length `length` lies.
///
/// With `t` the root of the threshold, `|x - leader| ≤ t·|leader|` gives `(1 - t)·|leader| ≤ |x| ≤ (1 + t)·|leader|`.
/// `t` is rounded up and the bounds outwards, so nobody is missed.
fn lengths_near(length: u64, threshold: u16) -> (u64, u64) {
    const ONE: u128 = 1 << THRESHOLD_BITS;
    let square = u64::from(threshold) << THRESHOLD_BITS;
    let root = square.isqrt();
    let root = u128::from(root + u64::from(root * root < square));
    // the root is at most one; products below 2^46 · 2^34
    let scaled = |factor: u128| u128::from(length) * factor * factor;
    let least = scaled(ONE - root) / (ONE * ONE);
    let most = scaled(ONE + root).div_ceil(ONE * ONE);
    (
        u64::try_from(least).unwrap_or(u64::MAX),
        u64::try_from(most).unwrap_or(u64::MAX),
    )
}
