// SPDX-License-Identifier: Apache-2.0
//! The bytes of a file: in memory, or mapped.

use std::{fs::File, io, ops::Deref, path::Path};

use memmap2::Mmap;

/// Read like a slice, wherever they are.
#[derive(Debug)]
pub(crate) enum Bytes {
    Owned(Vec<u8>),
    Mapped(Mmap),
}

impl Bytes {
    /// Maps a file. Nobody may write to it while it is mapped; files named by the hash of their content never change.
    pub(crate) fn map(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the caller opens only content-addressed files, which are written once, under another name, and
        // renamed; a mapping of one is as constant as an allocation.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self::Mapped(map))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped(map) => map,
        }
    }
}
