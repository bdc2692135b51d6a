// SPDX-License-Identifier: Apache-2.0
//! What curators see before they accept a contribution: how much of it is new, and what it resembles. Integers only,
//! so that everybody who has the same bytes sees the same.
//!
//! * [`shingles`](mod@shingles): a text as a set of hashed runs of words.
//! * [`minhash`]: signatures of sets, by which two contributions are compared without either's bytes.
//! * [`novelty`]: which part of a contribution no earlier one has, and which earlier ones have the rest.
//! * [`table`]: the same for rows of numbers with a label, with rows that were given another label and rows that were
//!   moved a little.
//! * [`simhash`]: signatures of rows, by which those are found.
//!
//! Everything here is evidence, not a verdict: it is shown, and nothing is refused or paid by it. What pays nothing for
//! copies is in [`crate::clusters`] and [`crate::spans`].

pub mod minhash;
pub mod novelty;
pub mod shingles;
pub mod simhash;
pub mod table;

pub use minhash::MinHash;
pub use novelty::{Nearest, Novelty, Registered};
pub use shingles::shingles;
pub use table::{RegisteredRows, RowNovelty, Table, TableError};

use blake2::{digest::consts::U8, Blake2b, Digest};

/// A share of one in millionths, rounded down; nothing of nothing is nothing.
pub(crate) fn millionths(part: u64, whole: u64) -> u32 {
    let share = (u128::from(part) * 1_000_000)
        .checked_div(u128::from(whole))
        .unwrap_or(0);
    // at most a million where the part is inside the whole
    u32::try_from(share).unwrap_or(u32::MAX)
}

/// 64 bits of BLAKE2b: nobody finds another item of a hash by trying a few.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(Blake2b::<U8>::digest(bytes).into())
}
