// SPDX-License-Identifier: Apache-2.0
//! Builds an index: influence of every training row, rounded to one scale, and leave-one-out probabilities.

use openledger_fixed::LOO_BITS;
use openledger_trainer::{
    features::Features,
    head::{HeadError, Objective, Optimum},
    linear::Cholesky,
};

use crate::index::{self, Index, IndexError, MAX_ROW_BITS, MIN_ROW_BITS};

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
    /// The bytes do not check as an index.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Builds the index of a head trained on `features` with `lambda`, at its `optimum`.
///
/// The scale is the largest power of two at which no number of any row is clipped. Bit-exact: the same input gives
/// the same bytes on every machine. O(n·p² + p³) for `p = C·(d + 1)`, memory 8·n·p bytes.
///
/// # Errors
/// [`BuildError`]. That `optimum` is near the optimum is not checked.
pub fn build_index(features: &Features, optimum: &Optimum, lambda: f64) -> Result<Index, BuildError> {
    let objective = Objective::new(features, lambda)?;
    let curvature = objective.curvature(optimum)?;
    let influence = influence(&objective, &curvature, &optimum.parameters);
    let row_bits = scale(&influence, objective.parameters())?;

    let mut bytes = index::header(features, row_bits);
    let rows = influence
        .chunks_exact(objective.parameters())
        .zip(features.rows());
    for (position, (influence, row)) in rows.enumerate() {
        let loo = leave_one_out(&objective, optimum, position, influence);
        bytes.extend_from_slice(&row.ordinal.to_le_bytes());
        bytes.extend_from_slice(&row.label.to_le_bytes());
        bytes.extend_from_slice(&loo.to_le_bytes());
        for r in influence {
            let rounded = libm::scalbn(*r, i32::from(row_bits)).round() as i16;
            bytes.extend_from_slice(&rounded.to_le_bytes());
        }
    }
    Ok(Index::from_bytes(bytes)?)
}

/// `R [n, p]`, row `i` being `H⁻¹ g_i`.
fn influence(objective: &Objective, curvature: &Cholesky, parameters: &[f64]) -> Vec<f64> {
    let (rows, size) = (objective.rows(), objective.parameters());
    let mut influence = vec![0.0; rows * size];
    for (block, target) in influence.chunks_mut(BLOCK * size).enumerate() {
        let columns = target.len() / size;
        let mut right = vec![0.0; target.len()];
        for column in 0..columns {
            let gradient = objective.row_gradient(parameters, block * BLOCK + column);
            gradient
                .into_iter()
                .enumerate()
                .for_each(|(k, g)| right[k * columns + column] = g);
        }
        curvature.solve(&mut right, columns);
        for (column, row) in target.chunks_exact_mut(size).enumerate() {
            row.iter_mut()
                .enumerate()
                .for_each(|(k, r)| *r = right[k * columns + column]);
        }
    }
    influence
}

/// The largest power of two at which every number of `influence [n, p]` fits 16 bits.
fn scale(influence: &[f64], size: usize) -> Result<i16, BuildError> {
    let mut largest = 0.0;
    for (position, r) in influence.iter().enumerate() {
        if !r.is_finite() {
            return Err(BuildError::TooLarge { row: position / size });
        }
        if r.abs() > largest {
            largest = r.abs();
        }
    }
    let fits = |bits: i16| libm::scalbn(largest, i32::from(bits)).round() <= f64::from(i16::MAX);
    let row = || influence.iter().position(|r| r.abs() == largest).unwrap_or(0) / size;
    (MIN_ROW_BITS..=MAX_ROW_BITS)
        .rev()
        .find(|bits| fits(*bits))
        .ok_or_else(|| BuildError::TooLarge { row: row() })
}

/// Probability of a row's own label under the head without the row, with [`LOO_BITS`]; one becomes `u16::MAX`.
fn leave_one_out(objective: &Objective, optimum: &Optimum, row: usize, influence: &[f64]) -> u16 {
    let rows = objective.rows() as f64;
    let without: Vec<f64> = optimum
        .parameters
        .iter()
        .zip(influence)
        .map(|(w, r)| w + r / rows)
        .collect();
    let (_, label) = objective.row(row);
    // `as` takes what is above `u16::MAX` to it
    (objective.probabilities(&without, row)[label] * f64::from(1u32 << LOO_BITS)).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_is_the_largest_without_clipping() {
        assert_eq!(scale(&[0.0, -1.0], 2).unwrap(), 14);
        assert_eq!(scale(&[32767.0 / 32768.0, 0.5], 2).unwrap(), 15);
        assert_eq!(scale(&[32767.5 / 32768.0], 1).unwrap(), 14);
        assert_eq!(scale(&[-100.0], 1).unwrap(), 8);
        assert_eq!(scale(&[1e6], 1).unwrap(), -5);
        assert_eq!(scale(&[0.0], 1).unwrap(), MAX_ROW_BITS);
    }

    #[test]
    fn influence_that_no_scale_holds_is_refused_with_its_row() {
        for bad in [f64::NAN, f64::INFINITY, 1e300] {
            assert!(matches!(
                scale(&[0.0, 1.0, 0.0, bad], 2),
                Err(BuildError::TooLarge { row: 1 })
            ));
        }
    }
}
