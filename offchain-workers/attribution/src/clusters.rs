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

use openledger_trainer::features::{FeatureRow, Features};

/// What [`clusters`] decides by and a dispute checks.
pub use openledger_fixed::{is_near, THRESHOLD_BITS};

/// Threshold that releases use: a distance of a sixteenth of the leader's length.
pub const THRESHOLD: u16 = 1 << 8;
/// Coordinates that are added up before a distance is compared with the limit.
const CHUNK: usize = 16;

/// The leader of every row, as its row number; a leader's is its own.
///
/// `registered [m]` is when each contribution was registered, in the order of the table; equal times are ordered by
/// contribution. Exact. Leaders are looked for among the rows of a label whose lengths allow it, and a distance is
/// given up as soon as it is too large: O(n·d) where the data has no dense clouds just outside the threshold,
/// O(n²·d) at worst. 2·d + 20 bytes of memory a row of the largest class.
///
/// # Panics
/// If `registered` is not as long as the table of contributions.
pub fn clusters(features: &Features, registered: &[u64], threshold: u16) -> Vec<u32> {
    assert_eq!(
        registered.len(),
        features.contributions().len(),
        "one time of registration for each contribution"
    );
    let rows: Vec<FeatureRow<'_>> = features.rows().collect();
    let mut by_label: Vec<Vec<u32>> = vec![Vec::new(); features.classes()];
    for (number, row) in (0u32..).zip(&rows) {
        by_label[usize::from(row.label)].push(number);
    }
    let mut leaders: Vec<u32> = (0..).take(rows.len()).collect();
    for mut numbers in by_label {
        // rows are ordered by contribution already, and the sort is stable
        numbers.sort_by_key(|number| registered[rows[*number as usize].ordinal as usize]);
        for (rank, leader) in led(&rows, &numbers, threshold).into_iter().enumerate() {
            leaders[numbers[rank] as usize] = numbers[leader as usize];
        }
    }
    leaders
}

/// For the rows `numbers`, which are in the order of registration, the position in `numbers` of each one's leader.
fn led(rows: &[FeatureRow<'_>], numbers: &[u32], threshold: u16) -> Vec<u32> {
    let shelf = Shelf::new(rows, numbers);
    // per place on the shelf: the rank of a leader, `NOBODY` for all others
    let mut ranks = vec![NOBODY; numbers.len()];
    let mut leaders = Vec::with_capacity(numbers.len());
    for (rank, place) in (0u32..).zip(&shelf.places) {
        let place = *place as usize;
        let row = shelf.row(place);
        let (least, most) = lengths_near(shelf.lengths[place], threshold);
        let start = shelf.lengths.partition_point(|length| *length < least);
        let end = shelf.lengths.partition_point(|length| *length <= most);
        let mut best = NOBODY;
        for (other, leader) in ranks.iter().enumerate().take(end).skip(start) {
            if *leader < best && is_within(shelf.row(other), row, limit(shelf.lengths[other], threshold)) {
                best = *leader;
            }
        }
        if best == NOBODY {
            ranks[place] = rank;
            best = rank;
        }
        leaders.push(best);
    }
    leaders
}

const NOBODY: u32 = u32::MAX;

/// Rows of one label side by side, ordered by length, so that those of similar length are read in one go.
struct Shelf {
    dims: usize,
    /// Squared lengths, ascending.
    lengths: Vec<u64>,
    /// `[n, d]`, in the same order.
    values: Vec<i16>,
    /// Where the row of each rank stands.
    places: Vec<u32>,
}

impl Shelf {
    fn new(rows: &[FeatureRow<'_>], numbers: &[u32]) -> Self {
        let features = |number: u32| rows[number as usize].features;
        let mut order: Vec<(u64, u32)> = (0u32..)
            .zip(numbers)
            .map(|(rank, number)| (squared_length(features(*number)), rank))
            .collect();
        order.sort_unstable();
        let mut places = vec![0; numbers.len()];
        for (place, (_, rank)) in (0u32..).zip(&order) {
            places[*rank as usize] = place;
        }
        Self {
            dims: numbers.first().map_or(0, |number| features(*number).len()),
            lengths: order.iter().map(|(length, _)| *length).collect(),
            values: order
                .iter()
                .flat_map(|(_, rank)| features(numbers[*rank as usize]).iter().copied())
                .collect(),
            places,
        }
    }

    fn row(&self, place: usize) -> &[i16] {
        &self.values[place * self.dims..(place + 1) * self.dims]
    }
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
    if is_apart(a, b, limit) {
        return false;
    }
    let mut sum = 0;
    for (a, b) in a.chunks(CHUNK).zip(b.chunks(CHUNK)) {
        sum += a
            .iter()
            .zip(b)
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
fn is_apart(a: &[i16], b: &[i16], limit: u64) -> bool {
    let (Some(a), Some(b)) = (a.first_chunk::<CHUNK>(), b.first_chunk::<CHUNK>()) else {
        return false;
    };
    let sum = a.iter().zip(b).fold(0u32, |sum, (a, b)| {
        // below 2^14
        let quarter = i32::from((a.abs_diff(*b) >> 2) as i16);
        sum.wrapping_add((quarter * quarter) as u32)
    });
    u64::from(sum) << 4 > limit
}

/// The squared lengths between which every leader near a row of squared length `length` lies.
///
/// With `t` the root of the threshold, `|x - leader| ≤ t·|leader|` gives `|x| / (1 + t) ≤ |leader| ≤ |x| / (1 - t)`.
/// `t` is rounded up and the bounds outwards, so nobody is missed.
fn lengths_near(length: u64, threshold: u16) -> (u64, u64) {
    const ONE: u128 = 1 << THRESHOLD_BITS;
    let square = u64::from(threshold) << THRESHOLD_BITS;
    let root = square.isqrt();
    let root = u128::from(root + u64::from(root * root < square));
    let scaled = u128::from(length) * ONE * ONE;
    let least = scaled / ((ONE + root) * (ONE + root));
    let most = match ONE - root {
        0 => u128::MAX,
        gap => scaled.div_ceil(gap * gap),
    };
    // a quotient of what fits 64 bits and a number of at least one
    (
        u64::try_from(least).unwrap_or(u64::MAX),
        u64::try_from(most).unwrap_or(u64::MAX),
    )
}
