// SPDX-License-Identifier: Apache-2.0
//! Scores of an answer from sketches, in integers.

use openledger_fixed::{
    report,
    spans::{log2, PRICE_BITS},
    REPORT_ENTRIES,
};
use openledger_trainer::features::ContributionKey;

use super::{
    file::SketchFile,
    projection::{scale, Sketch},
};

/// Fraction bits of a noise floor.
pub const FLOOR_BITS: u32 = 16;
/// `ln(2)` with [`PRICE_BITS`] fraction bits.
const LN_2: u64 = 45_426;

/// Why an answer has no scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Another number of sketches than there are checkpoints.
    #[error("{found} sketches of an answer where there are {expected} checkpoints")]
    WrongCheckpoints {
        /// Checkpoints of the file.
        expected: usize,
        /// Sketches given.
        found: usize,
    },
    /// A sketch of another size.
    #[error("the answer's sketch at checkpoint {checkpoint} has {found} numbers instead of {expected}")]
    WrongSize {
        /// Checkpoint, from zero.
        checkpoint: usize,
        /// Numbers of the file's sketches.
        expected: usize,
        /// Numbers found.
        found: usize,
    },
}

/// Twice the largest cosine that `rows` unrelated gradients may be expected to have with an answer's by chance, when
/// they are projected to `numbers`: `2·√(2·ln(rows) / numbers)`, with [`FLOOR_BITS`], rounded down. What is below is
/// noise.
pub fn noise_floor(rows: usize, numbers: usize) -> u16 {
    let ln = (u64::from(log2(rows as u64)) * LN_2) >> PRICE_BITS;
    // 4 · 2 · ln / numbers with 2·FLOOR_BITS fraction bits, of which ln has PRICE_BITS
    let square = ((8 * ln) << (2 * FLOOR_BITS - PRICE_BITS)).checked_div(numbers as u64);
    u16::try_from(square.unwrap_or(u64::MAX).isqrt()).unwrap_or(u16::MAX)
}

impl SketchFile {
    /// Scores of all rows for an answer whose own gradient has these sketches, one for each checkpoint: unit-norm
    /// DataInf, summed over the checkpoints; zero where it is below the file's noise floor. O(rows · checkpoints ·
    /// numbers), twice; once, and O(checkpoints · numbers²), after [`SketchFile::prepare`].
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn query_rows(&self, answer: &[Sketch]) -> Result<Vec<i64>, AnswerError> {
        let (expected, found) = (self.checkpoints(), answer.len());
        if expected != found {
            return Err(AnswerError::WrongCheckpoints { expected, found });
        }
        for (checkpoint, sketch) in answer.iter().enumerate() {
            let (expected, found) = (self.numbers(), sketch.0.len());
            if expected != found {
                return Err(AnswerError::WrongSize {
                    checkpoint,
                    expected,
                    found,
                });
            }
        }
        let answers: Vec<Vec<i16>> = shortened(
            answer
                .iter()
                .enumerate()
                .map(|(checkpoint, sketch)| self.corrected(checkpoint, &sketch.0))
                .collect(),
        );
        let floor = self.least(&answers);
        let score = |row: usize| {
            let score: i64 = answers
                .iter()
                .enumerate()
                .map(|(checkpoint, u)| dot(self.sketch(row, checkpoint), u))
                .sum();
            if score.unsigned_abs() < floor {
                0
            } else {
                score
            }
        };
        Ok((0..self.rows()).map(score).collect())
    }

    /// Scores of all contributions, in the order of the table.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn query(&self, answer: &[Sketch]) -> Result<Vec<(ContributionKey, i64)>, AnswerError> {
        let mut scores: Vec<(ContributionKey, i64)> = self.contributions().map(|key| (key, 0)).collect();
        for (row, score) in self.query_rows(answer)?.into_iter().enumerate() {
            let sum = &mut scores[self.ordinal(row) as usize].1;
            *sum = sum.saturating_add(score);
        }
        Ok(scores)
    }

    /// The report of an answer, as [`report`] makes it.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn report(&self, answer: &[Sketch]) -> Result<Vec<(ContributionKey, i32)>, AnswerError> {
        Ok(report(&self.query(answer)?, REPORT_ENTRIES))
    }

    /// `u = v - GᵀG·v / (n·(1 + 0.1/k))` of one checkpoint, times `n·s²·(10·k + 1)` with the scale `s`: a whole number.
    fn corrected(&self, checkpoint: usize, answer: &[i8]) -> Vec<i128> {
        let v: Vec<i16> = answer.iter().map(|number| i16::from(*number)).collect();
        let mean = match self.squares(checkpoint) {
            Some(squares) => squares
                .chunks_exact(self.numbers())
                .map(|line| {
                    line.iter()
                        .zip(&v)
                        .map(|(square, v)| square * i64::from(*v))
                        .sum()
                })
                .collect(),
            None => self.mean(checkpoint, &v),
        };
        let (rows, numbers) = (self.rows() as i128, self.numbers() as i128);
        let square = i128::from(scale(self.numbers())).pow(2);
        answer
            .iter()
            .zip(mean)
            .map(|(v, mean)| {
                i128::from(*v) * rows * square * (10 * numbers + 1) - 10 * numbers * i128::from(mean)
            })
            .collect()
    }

    /// `GᵀG·v`, without the product of the sketches with each other. Below `127³ · 2^15` for each row.
    fn mean(&self, checkpoint: usize, v: &[i16]) -> Vec<i64> {
        let mut mean = vec![0i64; self.numbers()];
        for row in 0..self.rows() {
            let sketch = self.sketch(row, checkpoint);
            let along = dot(sketch, v);
            mean.iter_mut()
                .zip(sketch)
                .for_each(|(sum, g)| *sum += along * i64::from(*g));
        }
        mean
    }

    /// The least score that is above the noise floor: that part of the length of the answers times that of a row.
    fn least(&self, answers: &[Vec<i16>]) -> u64 {
        let lengths: u64 = answers
            .iter()
            .map(|u| {
                let square: u64 = u.iter().map(|x| u64::from(x.unsigned_abs()).pow(2)).sum();
                square.isqrt()
            })
            .sum();
        // 2^24 for each checkpoint, times 2^13, times 2^16
        (lengths * u64::from(scale(self.numbers())) * u64::from(self.floor())) >> FLOOR_BITS
    }
}

/// All vectors divided by the least power of two at which every number fits 16 bits, rounded to the nearest, halves
/// away from zero.
fn shortened(vectors: Vec<Vec<i128>>) -> Vec<Vec<i16>> {
    let largest = vectors
        .iter()
        .flatten()
        .map(|x| x.unsigned_abs())
        .max()
        .unwrap_or(0);
    // rounding may add one
    let bits = (u128::BITS - largest.leading_zeros()).saturating_sub(15);
    let half = if bits > 0 { 1u128 << (bits - 1) } else { 0 };
    let short = |x: i128| {
        let rounded = (x.unsigned_abs() + half) >> bits;
        let size = i16::try_from(rounded).unwrap_or(i16::MAX);
        if x < 0 {
            -size
        } else {
            size
        }
    };
    vectors
        .into_iter()
        .map(|vector| vector.into_iter().map(short).collect())
        .collect()
}

/// Products are below 2^22; groups of 256 fit 32 bits, so that the compiler may use vectors.
fn dot(sketch: &[i16], u: &[i16]) -> i64 {
    sketch
        .chunks(256)
        .zip(u.chunks(256))
        .map(|(g, u)| {
            let sum: i32 = g.iter().zip(u).map(|(g, u)| i32::from(*g) * i32::from(*u)).sum();
            i64::from(sum)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shortened_together_and_rounded_to_the_nearest() {
        assert_eq!(shortened(vec![vec![3, -5], vec![0]]), [vec![3, -5], vec![0]]);
        assert_eq!(shortened(vec![vec![1 << 20, 100, -96]]), [vec![1 << 14, 2, -2]]);
        assert_eq!(shortened(vec![vec![i128::from(u16::MAX)]]), [vec![i16::MAX]]);
        assert_eq!(shortened(vec![vec![]]), [Vec::<i16>::new()]);
    }

    #[test]
    fn noise_floor_is_its_formula() {
        for (rows, numbers) in [(100usize, 256usize), (10_000, 2048), (100_000, 65_536)] {
            let due = 2.0 * (2.0 * (rows as f64).ln() / numbers as f64).sqrt();
            let found = f64::from(noise_floor(rows, numbers)) / 65536.0;
            assert!((found - due).abs() < 1e-3, "{found} for {due}");
        }
        assert_eq!(noise_floor(1, 256), 0);
        assert_eq!(noise_floor(1000, 1), u16::MAX);
    }

    #[test]
    fn products_in_groups_are_exact_at_the_ends_of_the_range() {
        let (g, u) = (vec![i16::from(i8::MIN); 1000], vec![i16::MIN; 1000]);
        assert_eq!(dot(&g, &u), 1000 * 128 * 32768);
    }
}
