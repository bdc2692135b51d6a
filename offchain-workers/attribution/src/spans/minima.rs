// SPDX-License-Identifier: Apache-2.0
//! The least suffixes of a range of a suffix array: the earliest occurrences of what the range stands for.
//!
//! Above the array lie levels of minima, each of [`FAN_OUT`] entries of the one below, until one is short enough to be
//! read through; together 1/255 of the array. A range's minimum takes at most `2 · FAN_OUT` reads a level however long
//! the range is, so that many copies of a text slow nothing down.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Entries of a level that one entry of the next stands for.
pub(super) const FAN_OUT: usize = 256;

/// Lengths of the levels above an array of `entries`, the lowest first.
pub(super) fn lengths(entries: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(entries), |length| {
        (*length > FAN_OUT).then(|| length.div_ceil(FAN_OUT))
    })
    .skip(1)
}

/// The minima of each [`FAN_OUT`] entries. Entries of a suffix array are not negative.
pub(super) fn of_blocks(entries: &[i32]) -> impl Iterator<Item = u32> + '_ {
    let blocks = entries.chunks(FAN_OUT);
    blocks.map(|block| block.iter().fold(u32::MAX, |min, x| min.min(*x as u32)))
}

/// All levels above an array, one after the other, given the lowest of them; nothing for an array that is short enough
/// to be read through.
pub(super) fn levels(lowest: Vec<u32>, entries: usize) -> Vec<u32> {
    let mut lengths = lengths(entries);
    if lengths.next().is_none() {
        return Vec::new();
    }
    let (mut minima, mut below) = (lowest, 0);
    for length in lengths {
        let start = minima.len();
        for block in 0..length {
            let from = below + block * FAN_OUT;
            let to = (from + FAN_OUT).min(start);
            let min = minima[from..to].iter().fold(u32::MAX, |min, x| min.min(*x));
            minima.push(min);
        }
        below = start;
    }
    minima
}

/// Numbers of 32 bits, little endian: the suffix array, or a level above it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers<'a>(pub &'a [u8]);

impl Numbers<'_> {
    pub fn len(self) -> usize {
        self.0.len() / 4
    }

    /// The number at `index`, which must be below the length.
    #[inline]
    pub fn get(self, index: usize) -> u32 {
        let bytes = &self.0[4 * index..4 * index + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    fn min(self, from: usize, to: usize) -> u32 {
        let numbers = self.0[4 * from..4 * to].chunks_exact(4);
        numbers.fold(u32::MAX, |min, x| {
            min.min(u32::from_le_bytes([x[0], x[1], x[2], x[3]]))
        })
    }
}

/// A suffix array, level 0, and the minima above it.
#[derive(Clone, Debug)]
pub(super) struct Levels<'a>(Vec<Numbers<'a>>);

impl<'a> Levels<'a> {
    /// `minima` are as long as [`lengths`] says.
    pub fn new(suffixes: &'a [u8], minima: &'a [u8]) -> Self {
        let (mut levels, mut rest) = (vec![Numbers(suffixes)], minima);
        for length in lengths(suffixes.len() / 4) {
            let (level, above) = rest.split_at(4 * length);
            levels.push(Numbers(level));
            rest = above;
        }
        Self(levels)
    }

    /// The least entry of `from..to`, which must not be empty.
    pub fn least(&self, from: usize, to: usize) -> u32 {
        let mut least = u32::MAX;
        self.cover(from, to, |level, from, to| {
            least = least.min(self.0[level].min(from, to));
        });
        least
    }

    /// Entries of `from..to` from the least up. O(FAN_OUT · levels) for the first, O(FAN_OUT · levels · log) for
    /// each.
    pub fn ascending(&self, from: usize, to: usize) -> Ascending<'_, 'a> {
        let mut heap = BinaryHeap::new();
        self.cover(from, to, |level, from, to| {
            heap.extend((from..to).map(|index| Reverse((self.0[level].get(index), level, index))));
        });
        Ascending { levels: self, heap }
    }

    /// Gives ranges of levels that together stand for `from..to` exactly.
    fn cover(&self, mut from: usize, mut to: usize, mut take: impl FnMut(usize, usize, usize)) {
        for level in 0..self.0.len() {
            let whole = from.div_ceil(FAN_OUT)..to / FAN_OUT;
            // a last, partial block may be covered from above only if `to` is its end; leave that out
            if level + 1 == self.0.len() || to - from <= 2 * FAN_OUT || whole.is_empty() {
                take(level, from, to);
                return;
            }
            take(level, from, whole.start * FAN_OUT);
            take(level, whole.end * FAN_OUT, to);
            (from, to) = (whole.start, whole.end);
        }
    }
}

/// Entries of a range from the least up.
pub(super) struct Ascending<'l, 'a> {
    levels: &'l Levels<'a>,
    heap: BinaryHeap<Reverse<(u32, usize, usize)>>,
}

impl Iterator for Ascending<'_, '_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            let Reverse((least, level, index)) = self.heap.pop()?;
            let Some(below) = level.checked_sub(1) else {
                return Some(least);
            };
            let numbers = self.levels.0[below];
            let block = index * FAN_OUT..numbers.len().min((index + 1) * FAN_OUT);
            self.heap
                .extend(block.map(|index| Reverse((numbers.get(index), below, index))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openledger_trainer::random::SplitMix64;

    fn bytes(numbers: impl Iterator<Item = u32>) -> Vec<u8> {
        numbers.flat_map(u32::to_le_bytes).collect()
    }

    #[test]
    fn minima_of_any_range_are_those_of_reading_it_through() {
        let mut random = SplitMix64::new(5);
        for length in [1usize, 2, 255, 256, 257, 600, 65_536, 65_537, 200_000] {
            let mut entries: Vec<i32> = (0..length as i32).collect();
            random.shuffle(&mut entries);
            let suffixes = bytes(entries.iter().map(|entry| *entry as u32));
            let minima = bytes(levels(of_blocks(&entries).collect(), length).into_iter());
            let levels = Levels::new(&suffixes, &minima);
            for round in 0..200 {
                let (a, b) = (random.below(length), random.below(length));
                let (from, to) = match round {
                    0 => (0, length),
                    _ => (a.min(b), a.max(b) + 1),
                };
                let mut wanted: Vec<u32> = entries[from..to].iter().map(|entry| *entry as u32).collect();
                wanted.sort_unstable();
                assert_eq!(levels.least(from, to), wanted[0]);
                let found: Vec<u32> = levels.ascending(from, to).take(20).collect();
                assert_eq!(found, wanted[..wanted.len().min(20)]);
            }
        }
    }
}
