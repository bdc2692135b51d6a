// SPDX-License-Identifier: Apache-2.0
//! Features read from their file (OLFX) where it lies, a few pages in memory at a time.

use std::{
    fs::File,
    io,
    ops::Range,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        Arc,
    },
};

use memmap2::{Mmap, UncheckedAdvice};
use openledger_trainer::features::{Features, FeaturesError, Words};

/// The most that the system maps around a byte that is read: a large page.
const AROUND_BYTES: usize = 1 << 21;
/// Most bytes of a file that count as this process's memory.
const RESIDENT_BYTES: usize = 1 << 22;

/// Why a features file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file could not be opened or mapped.
    #[error("cannot open the features file: {0}")]
    Io(#[from] io::Error),
    /// The bytes do not check as features.
    #[error(transparent)]
    Features(#[from] FeaturesError),
}

/// Maps a features file into memory and checks it: reads it once. At most 4 MiB of it are this process's memory at a time,
/// or 2 MiB and a row; how much of it the system keeps is its own affair.
///
/// Nobody may write to the file while it is mapped; files named by the hash of their content never change.
///
/// # Errors
/// [`OpenError`].
pub fn open(path: impl AsRef<Path>) -> Result<Features, OpenError> {
    if cfg!(target_endian = "big") {
        return Ok(Features::from_bytes(&std::fs::read(path)?)?);
    }
    let file = File::open(path)?;
    // SAFETY: the caller opens only content-addressed files, which are written once, under another name, and renamed; a
    // mapping of one is as constant as an allocation.
    #[allow(unsafe_code)]
    let map = unsafe { Mmap::map(&file)? };
    Ok(Features::from_words(Arc::new(Mapped {
        map,
        last: AtomicUsize::new(usize::MAX),
        touched: AtomicUsize::new(0),
    }))?)
}

#[derive(Debug)]
struct Mapped {
    map: Mmap,
    /// In which piece of [`AROUND_BYTES`] the last read began.
    last: AtomicUsize,
    /// Bytes in memory since the pages were last given back, at most.
    touched: AtomicUsize,
}

impl Mapped {
    /// Notes a read, and gives all pages back if there may be too many. Counts are of use, not of truth: threads may
    /// lose some of each other's.
    fn touch(&self, range: &Range<usize>) {
        let around = 2 * range.start / AROUND_BYTES;
        if self.last.load(Relaxed) == around {
            return;
        }
        self.last.store(around, Relaxed);
        let now = AROUND_BYTES + 2 * range.len();
        let touched = self.touched.load(Relaxed) + now;
        if touched <= RESIDENT_BYTES {
            self.touched.store(touched, Relaxed);
            return;
        }
        self.touched.store(now, Relaxed);
        // SAFETY: pages of a file that nobody writes to are the same when they are read again. Where the system does
        // not do it, they stay.
        #[cfg(unix)]
        #[allow(unsafe_code)]
        let _ = unsafe { self.map.unchecked_advise(UncheckedAdvice::DontNeed) };
    }
}

impl Words for Mapped {
    fn bytes(&self) -> u64 {
        self.map.len() as u64
    }

    fn words(&self, range: Range<usize>) -> &[i16] {
        self.touch(&range);
        // SAFETY: any two bytes are a number; a mapping starts at a page.
        #[allow(unsafe_code)]
        let (_, words, _) = unsafe { self.map.align_to::<i16>() };
        &words[range]
    }
}
