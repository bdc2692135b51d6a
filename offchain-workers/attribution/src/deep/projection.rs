// SPDX-License-Identifier: Apache-2.0
//! From what matrices saw to a sketch of their gradients.

use blake2::{digest::consts::U8, Blake2b, Digest};
use openledger_trainer::{random::SplitMix64, transformer::Captured};

use crate::merkle::Hash;

/// Most numbers of a sketch.
pub const MAX_NUMBERS: usize = 1 << 15;
/// What a number of a sketch of `k` numbers becomes: its usual size is `1 / √k`, and four times that is the largest
/// number that 8 bits hold.
const NUMBERS_OF_ONE: f64 = 127.0 / 4.0;
/// Most numbers of a hundred that may differ between two computations of one sketch.
const MOST_DIFFERENT: usize = 5;

/// Why there is no sketch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SketchError {
    /// A projection onto nothing, or onto more numbers than a sketch has.
    #[error("a sketch of {0} numbers cannot be: 1 to {MAX_NUMBERS}")]
    WrongSize(usize),
    /// Another number of matrices.
    #[error("{found} matrices were captured where the projection has {expected}")]
    WrongMatrices {
        /// Matrices of the projection.
        expected: usize,
        /// Matrices captured.
        found: usize,
    },
    /// A matrix of another shape, or inputs and errors of different numbers of positions.
    #[error("matrix {matrix} was captured with another shape, or with inputs and errors that do not match")]
    WrongShape {
        /// Index of the matrix.
        matrix: usize,
    },
    /// A number that is not finite.
    #[error("the gradient is not finite")]
    NotFinite,
    /// Nothing to learn from this text: its gradient is zero and has no direction.
    #[error("the gradient is zero")]
    Zero,
}

/// One side of a matrix: signs of one over the root of their number, or nothing to do.
#[derive(Clone, Debug)]
enum Side {
    /// The side is no longer than it would become.
    Kept(usize),
    /// `[short, long]` signs.
    Signs { long: usize, signs: Vec<f64> },
}

impl Side {
    fn new(long: usize, short: usize, seed: u64) -> Self {
        if long <= short {
            return Self::Kept(long);
        }
        let (mut random, size) = (SplitMix64::new(seed), 1.0 / (short as f64).sqrt());
        let sign = |_| if random.next_u64() >> 63 == 1 { -size } else { size };
        Self::Signs {
            long,
            signs: (0..short * long).map(sign).collect(),
        }
    }

    fn long(&self) -> usize {
        match self {
            Self::Kept(long) | Self::Signs { long, .. } => *long,
        }
    }

    fn short(&self) -> usize {
        match self {
            Self::Kept(long) => *long,
            Self::Signs { long, signs } => signs.len() / long,
        }
    }

    fn apply(&self, vector: &[f64]) -> Vec<f64> {
        match self {
            Self::Kept(_) => vector.to_vec(),
            Self::Signs { long, signs } => signs
                .chunks_exact(*long)
                .map(|row| row.iter().zip(vector).fold(0.0, |sum, (s, x)| sum + s * x))
                .collect(),
        }
    }
}

/// The projection of one checkpoint: for each adapted matrix signs on either side (Johnson, Lindenstrauss; Achlioptas
/// 2003). Inner products of projected gradients are those of the gradients, with an error of about `1 / √k`.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Output and input side of each matrix.
    matrices: Vec<[Side; 2]>,
    numbers: usize,
}

impl Projection {
    /// A projection of matrices of these shapes `(outputs, inputs)`, each to at most `outputs` times `inputs` numbers of
    /// `short`. The signs follow from `seed`, which must not be known when data is registered (such as a block's hash
    /// after the version was frozen), the checkpoint and the matrix.
    ///
    /// # Errors
    /// [`SketchError::WrongSize`].
    pub fn new(
        seed: &Hash,
        checkpoint: u32,
        shapes: &[(usize, usize)],
        short: (usize, usize),
    ) -> Result<Self, SketchError> {
        let side = |matrix: usize, side: u8, long: usize, short: usize| {
            let name = Blake2b::<U8>::new()
                .chain_update(seed)
                .chain_update(checkpoint.to_le_bytes())
                .chain_update((matrix as u64).to_le_bytes())
                .chain_update([side])
                .finalize();
            Side::new(long, short, u64::from_le_bytes(name.into()))
        };
        let matrices: Vec<[Side; 2]> = shapes
            .iter()
            .enumerate()
            .map(|(matrix, (outputs, inputs))| {
                [
                    side(matrix, 0, *outputs, short.0),
                    side(matrix, 1, *inputs, short.1),
                ]
            })
            .collect();
        let numbers = matrices.iter().map(|[out, inn]| out.short() * inn.short()).sum();
        if !(1..=MAX_NUMBERS).contains(&numbers) {
            return Err(SketchError::WrongSize(numbers));
        }
        Ok(Self { matrices, numbers })
    }

    /// Numbers `k` of a sketch.
    pub fn numbers(&self) -> usize {
        self.numbers
    }

    /// Whether nothing is projected: sketches are the gradients themselves, rounded.
    pub fn is_exact(&self) -> bool {
        self.matrices
            .iter()
            .flatten()
            .all(|side| matches!(side, Side::Kept(_)))
    }

    /// The gradient's direction `[k]`, of length one, before it is rounded. `f64` in one order. O(T·(o + i)·√k) for
    /// each matrix with `o` outputs, `i` inputs and `T` positions.
    ///
    /// # Errors
    /// All of [`SketchError`] but [`SketchError::WrongSize`].
    pub fn direction(&self, captured: &[Captured]) -> Result<Vec<f64>, SketchError> {
        let (expected, found) = (self.matrices.len(), captured.len());
        if expected != found {
            return Err(SketchError::WrongMatrices { expected, found });
        }
        let mut vector = Vec::with_capacity(self.numbers);
        for (matrix, ([out, inn], saw)) in self.matrices.iter().zip(captured).enumerate() {
            let fits = out.long() == saw.output_width
                && inn.long() == saw.input_width
                && saw.inputs.len() % saw.input_width == 0
                && saw.errors.len() % saw.output_width == 0
                && saw.inputs.len() / saw.input_width == saw.errors.len() / saw.output_width;
            if !fits {
                return Err(SketchError::WrongShape { matrix });
            }
            let projected = Captured {
                inputs: each(&saw.inputs, inn),
                errors: each(&saw.errors, out),
                input_width: inn.short(),
                output_width: out.short(),
            };
            vector.extend(projected.gradient());
        }
        let length = vector.iter().fold(0.0, |sum, x| sum + x * x).sqrt();
        if !length.is_finite() {
            return Err(SketchError::NotFinite);
        }
        if length == 0.0 {
            return Err(SketchError::Zero);
        }
        vector.iter_mut().for_each(|x| *x /= length);
        Ok(vector)
    }

    /// The sketch of a gradient: [`Projection::direction`] at the fixed scale of its size, clipped to 8 bits.
    ///
    /// # Errors
    /// As [`Projection::direction`].
    pub fn sketch(&self, captured: &[Captured]) -> Result<Sketch, SketchError> {
        let scale = f64::from(scale(self.numbers));
        let round = |x: f64| (x * scale).round().clamp(-127.0, 127.0) as i8;
        Ok(Sketch(self.direction(captured)?.into_iter().map(round).collect()))
    }
}

/// Every position through one side.
fn each(vectors: &[f64], side: &Side) -> Vec<f64> {
    vectors
        .chunks_exact(side.long())
        .flat_map(|vector| side.apply(vector))
        .collect()
}

/// What a vector of length one is multiplied by before its `numbers` are rounded.
pub fn scale(numbers: usize) -> u32 {
    // at most 2^8 · 31.75
    (NUMBERS_OF_ONE * (numbers as f64).sqrt()).round() as u32
}

/// A gradient's direction in 8-bit integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch(pub Vec<i8>);

impl Sketch {
    /// Whether `other` can be the same sketch computed on another machine: no number differs by more than one, and no
    /// more than one in twenty differs.
    pub fn is_near(&self, other: &Self) -> bool {
        let differs = self.0.iter().zip(&other.0).filter(|(a, b)| a != b).count();
        self.0.len() == other.0.len()
            && 100 * differs <= MOST_DIFFERENT * self.0.len()
            && self.0.iter().zip(&other.0).all(|(a, b)| a.abs_diff(*b) <= 1)
    }
}
