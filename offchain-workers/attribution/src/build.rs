// SPDX-License-Identifier: Apache-2.0
//! Builds an index: influence of every training row, rounded to one scale, and leave-one-out probabilities.
//!
//! Rows are solved a block at a time and written at once, so the influence of all rows is never in memory. Neither is
//! anything else that grows with their number, if the features lie in a file ([`crate::features_file`]). What a row as it
//! is written adds to its cluster's sums is set aside; when all are, the links of the clusters with more than one row are
//! written over, and their leaders' probabilities.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    io::{self, Cursor, Seek, SeekFrom, Write},
    ops::Range,
};

use openledger_fixed::{
    cluster::{leave_one_out, step},
    curvature::LAMBDA_BITS,
    logits, ShapeMismatch,
};
use openledger_trainer::{
    curvature::{Curvature, CurvatureKind},
    features::{FeatureRow, Features},
    head::{Head, HeadError, Objective, Optimum},
};

use crate::{
    clusters::THRESHOLD,
    index::{self, Facts, Index, IndexError, MAX_ROW_BITS, MIN_ROW_BITS},
    links::{Layout, Links},
    members::Members,
    merkle::features_root,
    scratch::Scratch,
};

/// Rows whose linear systems are solved together.
const BLOCK: usize = 64;

/// Why an index could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The optimum does not fit the features, or lambda is unsound.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// A row's influence left the finite numbers or the widest scale.
    #[error("influence of row {row} is too large for the index: raise lambda")]
    TooLarge {
        /// Row, from zero.
        row: usize,
    },
    /// Times of registration that are not one for each contribution.
    #[error("{found} times of registration for {expected} contributions")]
    Registrations {
        /// Contributions of the features.
        expected: usize,
        /// Times given.
        found: usize,
    },
    /// A regulariser that its 32 fraction bits in the index do not hold.
    #[error("a regulariser of {0} cannot be recorded: use one between 2^-32 and 1")]
    Lambda(f64),
    /// The head does not fit the features.
    #[error(transparent)]
    Shape(#[from] ShapeMismatch),
    /// The bytes do not check as an index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The index or a temporary file could not be written.
    #[error("cannot write the index, or read what was set aside for it: {0}")]
    Io(#[from] io::Error),
}

/// What an index depends on beside its features and optimum.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Regulariser that the head was trained with.
    pub lambda: f64,
    /// Threshold of near-duplicates, with [`crate::clusters::THRESHOLD_BITS`].
    pub threshold: u16,
    /// How the Hessian is held; `None` for what heads of the size have. Recorded with the model.
    pub curvature: Option<CurvatureKind>,
    /// Tick in which each contribution was registered, in the order of the table; `None` where they were registered
    /// in that order.
    pub registered: Option<Vec<u64>>,
    /// Where the search for near-duplicates puts what memory should not hold.
    pub scratch: Scratch,
}

impl Settings {
    /// The threshold of releases, and contributions registered in the order of their keys.
    pub fn new(lambda: f64) -> Self {
        Self {
            lambda,
            threshold: THRESHOLD,
            curvature: None,
            registered: None,
            scratch: Scratch::new(),
        }
    }
}

/// Builds the index of a head trained on `features` with `lambda`, at its `optimum`, in memory: [`write_index`] with
/// [`Settings::new`].
///
/// # Errors
/// [`BuildError`] except [`BuildError::Io`].
pub fn build_index(features: &Features, optimum: &Optimum, lambda: f64) -> Result<Index, BuildError> {
    let mut file = Cursor::new(Vec::new());
    write_index(features, optimum, &Settings::new(lambda), &mut file)?;
    Ok(Index::from_bytes(file.into_inner())?)
}

/// Writes the index of a head trained on `features`, at its `optimum`, from the start of `file` on.
///
/// The scale is the largest power of two at which no number of any row is clipped. It is guessed from the rows with
/// the largest gradients; in the rare case that another row needs a smaller one, all is written again. Bit-exact: the
/// same input gives the same bytes on every machine. O(n·p² + p³) for `p = C·(d + 1)`; memory 8·p² bytes for the
/// curvature, 1.5 KiB·p for a block and about eight times `scratch.bytes`, however many rows there are. What is more goes to
/// temporary files of about 50 bytes a row and 8 for each class, and the features of a class.
///
/// # Errors
/// [`BuildError`] except [`BuildError::Index`]. That `optimum` is near the optimum is not checked.
pub fn write_index<W: Write + Seek>(
    features: &Features,
    optimum: &Optimum,
    settings: &Settings,
    file: &mut W,
) -> Result<(), BuildError> {
    let build = Build::new(features, optimum, settings)?;
    let mut row_bits = build.guess()?;
    while let Some(smaller) = build.write(row_bits, file)? {
        row_bits = smaller;
    }
    file.flush()?;
    Ok(())
}

/// All that is known of an index before its rows are solved.
struct Build<'a> {
    features: &'a Features,
    optimum: &'a Optimum,
    /// The optimum as it is released.
    head: Head,
    objective: Objective,
    curvature: Curvature,
    facts: Facts,
    registered: Option<&'a [u64]>,
    members: Members<'a>,
    scratch: &'a Scratch,
}

impl<'a> Build<'a> {
    fn new(features: &'a Features, optimum: &'a Optimum, settings: &'a Settings) -> Result<Self, BuildError> {
        let (expected, registered) = (features.contributions().len(), settings.registered.as_deref());
        let found = registered.map_or(expected, <[u64]>::len);
        if found != expected {
            return Err(BuildError::Registrations { expected, found });
        }
        let objective = Objective::new(features, settings.lambda)?;
        let facts = Facts {
            threshold: settings.threshold,
            lambda: recorded(settings.lambda).ok_or(BuildError::Lambda(settings.lambda))?,
            features: features_root(features),
        };
        let curvature = match settings.curvature {
            Some(kind) => Curvature::new(&objective, optimum, kind)?,
            None => objective.curvature(optimum)?,
        };
        let tick = |ordinal: u32| registered.map_or(0, |ticks| ticks[ordinal as usize]);
        Ok(Self {
            members: Members::new(features, tick, settings.threshold, &settings.scratch)?,
            head: optimum.quantise()?,
            scratch: &settings.scratch,
            features,
            optimum,
            objective,
            curvature,
            facts,
            registered,
        })
    }

    fn gradient(&self, row: usize) -> Vec<f64> {
        self.objective.row_gradient(&self.optimum.parameters, row)
    }

    /// `H⁻¹` times each of the vectors `[p]`, one after the other.
    fn solve(&self, vectors: &[Vec<f64>]) -> Vec<f64> {
        let (columns, size) = (vectors.len(), self.objective.parameters());
        let mut right = vec![0.0; columns * size];
        for (column, vector) in vectors.iter().enumerate() {
            let places = right[column..].iter_mut().step_by(columns);
            places.zip(vector).for_each(|(place, number)| *place = *number);
        }
        self.curvature.solve(&mut right, columns);
        (0..columns)
            .flat_map(|column| right[column..].iter().step_by(columns).copied())
            .collect()
    }

    /// `[rows, p]`, row `i` being `H⁻¹ g_i`.
    fn influence(&self, rows: Range<usize>) -> Vec<f64> {
        let vectors: Vec<Vec<f64>> = rows.map(|row| self.gradient(row)).collect();
        self.solve(&vectors)
    }

    /// The scale that the rows with the largest gradients need; no row can allow a larger one than all of them.
    fn guess(&self) -> Result<i16, BuildError> {
        let mut longest: BinaryHeap<Reverse<Gradient>> = BinaryHeap::with_capacity(BLOCK + 1);
        for row in 0..self.objective.rows() {
            let square = self.gradient(row).iter().map(|g| g * g).sum();
            longest.push(Reverse(Gradient { square, row }));
            if longest.len() > BLOCK {
                longest.pop();
            }
        }
        let rows: Vec<usize> = longest.iter().map(|Reverse(gradient)| gradient.row).collect();
        let vectors: Vec<Vec<f64>> = rows.iter().map(|row| self.gradient(*row)).collect();
        let mut largest = Largest::default();
        for (row, numbers) in rows
            .iter()
            .zip(self.solve(&vectors).chunks_exact(self.objective.parameters()))
        {
            largest.see(*row, numbers)?;
        }
        largest.scale()
    }

    /// Writes the file with `row_bits`; the scale that it needs instead if a number of some row does not fit that.
    fn write<W: Write + Seek>(&self, row_bits: i16, file: &mut W) -> Result<Option<i16>, BuildError> {
        let size = self.objective.parameters();
        file.seek(SeekFrom::Start(0))?;
        index::write_header(self.features, row_bits, &self.facts, self.registered, file)?;
        let (mut largest, mut bytes) = (Largest::default(), Vec::new());
        let mut links = Links::new(self.scratch, self.features.classes());
        for start in (0..self.objective.rows()).step_by(BLOCK) {
            let numbers = start..self.objective.rows().min(start + BLOCK);
            let clusters = self.members.of(numbers.clone())?;
            let influence = self.influence(numbers.clone());
            bytes.clear();
            for ((number, cluster), influence) in numbers.zip(clusters).zip(influence.chunks_exact(size)) {
                largest.see(number, influence)?;
                let influence = rounded(influence, row_bits);
                let of_leader = self.features.row(cluster.leader as usize).features;
                let step = step(&influence, of_leader);
                let loo = match cluster.alone {
                    true => self.leave_one_out(number, &step, row_bits)?,
                    // that of a leader follows
                    false => 0,
                };
                append(
                    &mut bytes,
                    self.features.row(number),
                    loo,
                    cluster.leader,
                    &influence,
                );
                links.push(number as u32, &step)?;
            }
            // after the first number that does not fit, only the largest one is of interest
            if fits(largest.number, row_bits) {
                file.write_all(&bytes)?;
            }
        }
        let needed = largest.scale()?;
        if needed != row_bits {
            return Ok(Some(needed));
        }
        let layout = Layout::of(self.features);
        links.write(&self.members, &layout, file, |leader, sums| {
            self.leave_one_out(leader as usize, sums, row_bits)
        })?;
        Ok(None)
    }

    /// Of a row that leads a cluster whose sums are `sums`.
    fn leave_one_out(&self, row: usize, sums: &[i64], row_bits: i16) -> Result<u16, BuildError> {
        let row = self.features.row(row);
        let logits = logits(&self.head.weight, &self.head.bias, row.features)?;
        // fewer than 2^32 rows
        let rows = self.features.len() as u32;
        Ok(leave_one_out(&logits, sums, row.label, row_bits, rows)?)
    }
}

/// Influence on the index's grid.
fn rounded(influence: &[f64], row_bits: i16) -> Vec<i16> {
    let number = |r: &f64| libm::scalbn(*r, i32::from(row_bits)).round() as i16;
    influence.iter().map(number).collect()
}

/// Adds a row of the file to `bytes`.
fn append(bytes: &mut Vec<u8>, row: FeatureRow<'_>, loo: u16, leader: u32, influence: &[i16]) {
    bytes.extend_from_slice(&row.ordinal.to_le_bytes());
    bytes.extend_from_slice(&row.label.to_le_bytes());
    bytes.extend_from_slice(&loo.to_le_bytes());
    bytes.extend_from_slice(&leader.to_le_bytes());
    bytes.extend(influence.iter().flat_map(|r| r.to_le_bytes()));
}

/// A row's gradient, ordered by its squared length.
#[derive(Clone, Copy, Debug)]
struct Gradient {
    square: f64,
    row: usize,
}

impl Ord for Gradient {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_square = self.square.total_cmp(&other.square);
        by_square.then_with(|| other.row.cmp(&self.row))
    }
}

impl PartialOrd for Gradient {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Gradient {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Gradient {}

/// The largest absolute number seen, and its row.
#[derive(Clone, Copy, Debug, Default)]
struct Largest {
    number: f64,
    row: usize,
}

impl Largest {
    fn see(&mut self, row: usize, numbers: &[f64]) -> Result<(), BuildError> {
        for number in numbers {
            if !number.is_finite() {
                return Err(BuildError::TooLarge { row });
            }
            if number.abs() > self.number {
                *self = Self {
                    number: number.abs(),
                    row,
                };
            }
        }
        Ok(())
    }

    /// The largest power of two at which it fits 16 bits.
    fn scale(&self) -> Result<i16, BuildError> {
        (MIN_ROW_BITS..=MAX_ROW_BITS)
            .rev()
            .find(|bits| fits(self.number, *bits))
            .ok_or(BuildError::TooLarge { row: self.row })
    }
}

/// A regulariser as an index records it; `None` where it is not above zero and below one.
fn recorded(lambda: f64) -> Option<u32> {
    let scaled = libm::scalbn(lambda, LAMBDA_BITS as i32).round();
    (1.0..=f64::from(u32::MAX))
        .contains(&scaled)
        .then_some(scaled as u32)
}

fn fits(largest: f64, row_bits: i16) -> bool {
    libm::scalbn(largest, i32::from(row_bits)).round() <= f64::from(i16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(numbers: &[f64]) -> Result<i16, BuildError> {
        let mut largest = Largest::default();
        numbers
            .iter()
            .enumerate()
            .try_for_each(|(row, number)| largest.see(row, &[*number]))?;
        largest.scale()
    }

    #[test]
    fn scale_is_the_largest_without_clipping() {
        assert_eq!(scale(&[0.0, -1.0]).unwrap(), 14);
        assert_eq!(scale(&[32767.0 / 32768.0, 0.5]).unwrap(), 15);
        assert_eq!(scale(&[32767.5 / 32768.0]).unwrap(), 14);
        assert_eq!(scale(&[-100.0]).unwrap(), 8);
        assert_eq!(scale(&[1e6]).unwrap(), -5);
        assert_eq!(scale(&[0.0]).unwrap(), MAX_ROW_BITS);
    }

    #[test]
    fn a_regulariser_is_recorded_between_nothing_and_one() {
        assert_eq!(recorded(0.25), Some(1 << 30));
        assert_eq!(recorded(1e-10), None);
        assert_eq!(recorded(1.0), None);
    }

    #[test]
    fn influence_that_no_scale_holds_is_refused_with_its_row() {
        for bad in [f64::NAN, f64::INFINITY, 1e300] {
            assert!(matches!(
                scale(&[0.0, bad, 0.5]),
                Err(BuildError::TooLarge { row: 1 })
            ));
        }
    }
}
