// SPDX-License-Identifier: Apache-2.0
//! What does not fit a fixed amount of memory: bytes written one after the other, and numbers sorted, with what is too
//! much in files that vanish when they are closed.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    env,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::PathBuf,
};

/// Runs that are merged at a time.
const FAN_IN: usize = 32;

/// Where what does not fit goes, and from how many bytes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scratch {
    /// Folder of the temporary files. One in memory saves none.
    pub folder: PathBuf,
    /// Most bytes of memory that each part of a computation takes, of which there are a few: what is less goes to no
    /// file.
    pub bytes: usize,
}

impl Scratch {
    /// The system's folder and 256 KiB.
    pub fn new() -> Self {
        Self {
            folder: env::temp_dir(),
            bytes: 1 << 18,
        }
    }

    /// All in memory, however much it is.
    pub fn memory() -> Self {
        Self {
            folder: PathBuf::new(),
            bytes: usize::MAX,
        }
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes written one after the other and read anywhere.
#[derive(Debug)]
pub(crate) struct Spool<'s> {
    scratch: &'s Scratch,
    /// A file with the first bytes, and how many they are.
    file: Option<File>,
    filed: u64,
    /// Those after them.
    held: Vec<u8>,
}

impl<'s> Spool<'s> {
    pub fn new(scratch: &'s Scratch) -> Self {
        Self {
            scratch,
            file: None,
            filed: 0,
            held: Vec::new(),
        }
    }

    /// Bytes written.
    pub fn len(&self) -> u64 {
        self.filed + self.held.len() as u64
    }

    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.held.len().saturating_add(bytes.len()) > self.scratch.bytes {
            let mut file = match self.file.take() {
                Some(file) => file,
                None => tempfile::tempfile_in(&self.scratch.folder)?,
            };
            file.seek(SeekFrom::Start(self.filed))?;
            file.write_all(&self.held)?;
            self.filed += self.held.len() as u64;
            self.held.clear();
            self.file = Some(file);
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    /// Reads bytes from `at` on, which were written.
    pub fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        let filed = usize::try_from(self.filed.saturating_sub(at)).unwrap_or(usize::MAX);
        let (first, rest) = bytes.split_at_mut(filed.min(bytes.len()));
        if let (Some(mut file), false) = (self.file.as_ref(), first.is_empty()) {
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(first)?;
        }
        let start = at.saturating_sub(self.filed) as usize;
        rest.copy_from_slice(&self.held[start..start + rest.len()]);
        Ok(())
    }

    /// Forgets all that was written.
    pub fn clear(&mut self) {
        (self.filed, self.held) = (0, Vec::new());
    }
}

/// Sorts records of `N` bytes, as bytes.
#[derive(Debug)]
pub(crate) struct Sorter<'s, const N: usize> {
    scratch: &'s Scratch,
    held: Vec<[u8; N]>,
    runs: Runs<'s>,
}

/// Sorted records one run after the other.
#[derive(Debug)]
struct Runs<'s> {
    spool: Spool<'s>,
    ends: Vec<u64>,
}

impl<'s> Runs<'s> {
    fn new(scratch: &'s Scratch) -> Self {
        Self {
            spool: Spool::new(scratch),
            ends: Vec::new(),
        }
    }

    fn run(&self, index: usize) -> Range<u64> {
        let before = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        before..self.ends[index]
    }
}

impl<'s, const N: usize> Sorter<'s, N> {
    pub fn new(scratch: &'s Scratch) -> Self {
        Self {
            scratch,
            held: Vec::new(),
            runs: Runs::new(scratch),
        }
    }

    pub fn push(&mut self, record: [u8; N]) -> io::Result<()> {
        self.held.push(record);
        if self.held.len() > self.scratch.bytes / N {
            self.end_run()?;
        }
        Ok(())
    }

    fn end_run(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        self.held
            .iter()
            .try_for_each(|record| self.runs.spool.append(record))?;
        self.runs.ends.push(self.runs.spool.len());
        self.held.clear();
        Ok(())
    }

    /// The records in order.
    pub fn finish(mut self) -> io::Result<Records<'s, N>> {
        if self.runs.ends.is_empty() {
            self.held.sort_unstable();
            return Ok(Records::Held(self.held.into_iter()));
        }
        self.end_run()?;
        self.held = Vec::new();
        while self.runs.ends.len() > FAN_IN {
            let runs = std::mem::replace(&mut self.runs, Runs::new(self.scratch));
            let count = runs.ends.len();
            let mut merge = Merge::<N>::new(runs, self.scratch);
            for start in (0..count).step_by(FAN_IN) {
                merge.start(start..count.min(start + FAN_IN))?;
                while let Some(record) = merge.next()? {
                    self.runs.spool.append(&record)?;
                }
                self.runs.ends.push(self.runs.spool.len());
            }
        }
        let count = self.runs.ends.len();
        let mut merge = Merge::new(self.runs, self.scratch);
        merge.start(0..count)?;
        Ok(Records::Merged(merge))
    }
}

/// Records in order.
#[derive(Debug)]
pub(crate) enum Records<'s, const N: usize> {
    Held(std::vec::IntoIter<[u8; N]>),
    Merged(Merge<'s, N>),
}

impl<const N: usize> Iterator for Records<'_, N> {
    type Item = io::Result<[u8; N]>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Held(records) => records.next().map(Ok),
            Self::Merged(merge) => merge.next().transpose(),
        }
    }
}

/// Some runs at once.
#[derive(Debug)]
pub(crate) struct Merge<'s, const N: usize> {
    runs: Runs<'s>,
    /// Records of a run that are read at a time.
    most: usize,
    /// What is left of each run: records in memory, the next one last, and where the others lie.
    left: Vec<(Vec<[u8; N]>, Range<u64>)>,
    /// The first record of each run that has one, with the run's index in `left`.
    first: BinaryHeap<Reverse<([u8; N], usize)>>,
}

impl<'s, const N: usize> Merge<'s, N> {
    fn new(runs: Runs<'s>, scratch: &Scratch) -> Self {
        Self {
            runs,
            most: (scratch.bytes / N / FAN_IN).max(1),
            left: Vec::new(),
            first: BinaryHeap::new(),
        }
    }

    fn start(&mut self, runs: Range<usize>) -> io::Result<()> {
        self.left = runs.map(|run| (Vec::new(), self.runs.run(run))).collect();
        (0..self.left.len()).try_for_each(|index| self.advance(index))
    }

    fn next(&mut self) -> io::Result<Option<[u8; N]>> {
        let Some(Reverse((record, run))) = self.first.pop() else {
            return Ok(None);
        };
        self.advance(run)?;
        Ok(Some(record))
    }

    /// Takes the next record of a run, if it has one, among the first.
    fn advance(&mut self, index: usize) -> io::Result<()> {
        let (held, rest) = &mut self.left[index];
        if held.is_empty() {
            let records = ((rest.end - rest.start) / N as u64).min(self.most as u64) as usize;
            held.resize(records, [0; N]);
            self.runs.spool.read(rest.start, held.as_flattened_mut())?;
            rest.start += (records * N) as u64;
            held.reverse();
        }
        if let Some(record) = held.pop() {
            self.first.push(Reverse((record, index)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openledger_trainer::random::SplitMix64;

    fn small(bytes: usize) -> Scratch {
        Scratch {
            bytes,
            ..Scratch::new()
        }
    }

    #[test]
    fn what_was_written_is_read_wherever_it_lies() {
        let mut random = SplitMix64::new(4);
        let bytes: Vec<u8> = (0..3_000).map(|_| random.next_u64() as u8).collect();
        for most in [0, 1, 7, 1_000, 2_999, 3_000, usize::MAX] {
            let scratch = small(most);
            let mut spool = Spool::new(&scratch);
            for round in 0..2 {
                for piece in bytes.chunks(1 + round * 12) {
                    spool.append(piece).unwrap();
                }
                assert_eq!(spool.len(), 3_000);
                assert!(spool.held.len() <= most.max(13));
                for _ in 0..100 {
                    let start = random.below(3_001);
                    let mut read = vec![0; random.below(3_001 - start)];
                    spool.read(start as u64, &mut read).unwrap();
                    assert_eq!(read, bytes[start..start + read.len()]);
                }
                spool.clear();
            }
        }
    }

    #[test]
    fn records_come_in_order_however_little_memory_there_is() {
        let mut random = SplitMix64::new(8);
        let records: Vec<[u8; 3]> = (0..5_000)
            .map(|_| [random.below(9) as u8, random.below(256) as u8, 7])
            .collect();
        let mut expected = records.clone();
        expected.sort_unstable();
        for count in [0, 1, 5_000] {
            // up to 5,000 runs, which take three rounds
            for most in [0, 10, 700, 14_999, 15_000, usize::MAX] {
                let scratch = small(most);
                let mut sorter = Sorter::new(&scratch);
                for record in &records[5_000 - count..] {
                    sorter.push(*record).unwrap();
                }
                let found: Vec<[u8; 3]> = sorter.finish().unwrap().map(Result::unwrap).collect();
                match count {
                    5_000 => assert_eq!(found, expected),
                    _ => assert_eq!(found, records[5_000 - count..]),
                }
            }
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_as_soon_as_it_is_needed() {
        let scratch = Scratch {
            folder: PathBuf::from("no such folder"),
            bytes: 8,
        };
        let mut spool = Spool::new(&scratch);
        spool.append(&[1; 8]).unwrap();
        assert_eq!(spool.append(&[2]).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
