// SPDX-License-Identifier: Apache-2.0
//! The Hessian of a head's loss as something to solve with: whole where memory holds it, as a Kronecker product above.
//!
//! A row's Hessian is `C_i ⊗ x_i x_iᵀ` with `C_i = diag(p_i) - p_i p_iᵀ`, and `H` is their mean plus `λ`. With more
//! than [`EXACT_PARAMETERS`] that mean is replaced by one product `S ⊗ A` near it (K-FAC: Martens, Grosse 2015, arXiv
//! 1503.05671; the nearest one: Van Loan, Pitsianis 1993), found by turns: `A` the mean of `x_i x_iᵀ` weighted by
//! `⟨C_i, S⟩`, then `S` the mean of `C_i` weighted by `x_iᵀ A x_i`. The regulariser is not approximated: with the
//! eigenvectors of `S`, `S ⊗ A + λ` falls apart into one matrix `s_c·A + λ` for each class. `docs/attribution.md` has
//! what that costs in quality.

use crate::{
    head::{HeadError, Objective, Optimum},
    linear::{dot, Cholesky},
};

/// Most parameters `C·(d + 1)` with a whole Hessian: it then takes 2 GiB.
pub const EXACT_PARAMETERS: usize = 16_384;
/// Most numbers `C·(d + 1)²` of the factors of a Kronecker product: they then take 2 GiB.
pub const MAX_KRONECKER_NUMBERS: usize = 1 << 28;
/// Sweeps of rotations; symmetric matrices of 64 rows need about ten.
const MAX_SWEEPS: u32 = 60;

/// How the Hessian is held. Recorded with a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurvatureKind {
    /// The whole matrix.
    Exact,
    /// A Kronecker product near it.
    Kronecker,
}

impl CurvatureKind {
    /// What a head of `classes` and `width = d + 1` inputs has.
    pub fn of(classes: usize, width: usize) -> Self {
        match classes.saturating_mul(width) {
            ..=EXACT_PARAMETERS => Self::Exact,
            _ => Self::Kronecker,
        }
    }

    /// What records call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Kronecker => "kronecker",
        }
    }
}

/// A Hessian to solve with.
#[derive(Clone, Debug)]
pub enum Curvature {
    /// The whole matrix.
    Exact(Cholesky),
    /// A Kronecker product near it.
    Kronecker(Kronecker),
}

impl Curvature {
    /// The Hessian of `objective` at `optimum`, held as `kind` says. O(n·p² + p³) for a whole one of `p` parameters,
    /// O(n·d² + C·d³) for a product.
    ///
    /// # Errors
    /// [`HeadError::InvalidParameters`], [`HeadError::NotPositiveDefinite`], or [`HeadError::TooManyParameters`] for a
    /// whole one above [`EXACT_PARAMETERS`].
    pub fn new(objective: &Objective, optimum: &Optimum, kind: CurvatureKind) -> Result<Self, HeadError> {
        objective.check(optimum)?;
        let size = objective.parameters();
        match kind {
            CurvatureKind::Exact if size > EXACT_PARAMETERS => Err(HeadError::TooManyParameters(size)),
            CurvatureKind::Exact => {
                let hessian = objective.hessian(&optimum.parameters);
                Ok(Self::Exact(Cholesky::factor(hessian, size)?))
            }
            CurvatureKind::Kronecker => Ok(Self::Kronecker(Kronecker::new(objective, optimum)?)),
        }
    }

    /// How it is held.
    pub fn kind(&self) -> CurvatureKind {
        match self {
            Self::Exact(_) => CurvatureKind::Exact,
            Self::Kronecker(_) => CurvatureKind::Kronecker,
        }
    }

    /// Solves `H·X = B` in place for `B [p, columns]`, row major. Each column's operations have one order, whatever the
    /// number of columns. O(p² · columns), or O(p · (C + d) · columns).
    ///
    /// # Panics
    /// If `right` is not `p · columns` long.
    pub fn solve(&self, right: &mut [f64], columns: usize) {
        match self {
            Self::Exact(cholesky) => cholesky.solve(right, columns),
            Self::Kronecker(kronecker) => kronecker.solve(right, columns),
        }
    }
}

/// `S ⊗ A + λ`, ready to be solved with.
#[derive(Clone, Debug)]
pub struct Kronecker {
    classes: usize,
    width: usize,
    /// Eigenvectors `[C, C]` of `S`, one a row.
    vectors: Vec<f64>,
    /// For each of them the factor of `s_c·A + λ`.
    factors: Vec<Cholesky>,
}

impl Kronecker {
    fn new(objective: &Objective, optimum: &Optimum) -> Result<Self, HeadError> {
        let (classes, width) = (objective.classes(), objective.parameters() / objective.classes());
        // nothing is held for each row: what a turn needs of one is computed again
        let rows = || {
            (0..objective.rows()).map(|row| {
                let (x, _) = objective.row(row);
                let p = objective.probabilities_at(&optimum.parameters, &x);
                (x, p)
            })
        };
        let mut s = class_side(classes, rows(), |_| 1.0);
        let mut a = input_side(width, rows(), &s);
        let square = dot(&a, &a);
        if square > 0.0 {
            s = class_side(classes, rows(), |x| {
                let product = a.chunks_exact(width).zip(x);
                product.fold(0.0, |sum, (line, x_j)| sum + x_j * dot(line, x)) / square
            });
            a = input_side(width, rows(), &s);
        }
        let (values, vectors) = eigen(s, classes);
        let factors = values.into_iter().map(|value| {
            // rounding may take an eigenvalue of zero below it
            let value = if value > 0.0 { value } else { 0.0 };
            let mut matrix: Vec<f64> = a.iter().map(|number| value * number).collect();
            (0..width).for_each(|i| matrix[i * width + i] += objective.lambda());
            Cholesky::factor(matrix, width)
        });
        Ok(Self {
            classes,
            width,
            vectors,
            factors: factors.collect::<Result<_, _>>()?,
        })
    }

    fn solve(&self, right: &mut [f64], columns: usize) {
        assert_eq!(
            right.len(),
            self.classes * self.width * columns,
            "one row for each unknown"
        );
        let block = self.width * columns;
        let mut turned = vec![0.0; right.len()];
        for (vector, target) in self
            .vectors
            .chunks_exact(self.classes)
            .zip(turned.chunks_exact_mut(block))
        {
            for (weight, source) in vector.iter().zip(right.chunks_exact(block)) {
                target.iter_mut().zip(source).for_each(|(t, s)| *t += weight * s);
            }
        }
        for (factor, block) in self.factors.iter().zip(turned.chunks_exact_mut(block)) {
            factor.solve(block, columns);
        }
        right.fill(0.0);
        for (vector, source) in self
            .vectors
            .chunks_exact(self.classes)
            .zip(turned.chunks_exact(block))
        {
            for (weight, target) in vector.iter().zip(right.chunks_exact_mut(block)) {
                target.iter_mut().zip(source).for_each(|(t, s)| *t += weight * s);
            }
        }
    }
}

/// `Σ weight_i C_i / n`, `[C, C]`, over rows of inputs `[d + 1]` and probabilities `[C]`.
fn class_side(
    classes: usize,
    rows: impl ExactSizeIterator<Item = (Vec<f64>, Vec<f64>)>,
    weight: impl Fn(&[f64]) -> f64,
) -> Vec<f64> {
    let mut sum = vec![0.0; classes * classes];
    let count = rows.len() as f64;
    for (x, p) in rows {
        let weight = weight(&x);
        for (k, line) in sum.chunks_exact_mut(classes).enumerate() {
            for (l, number) in line.iter_mut().enumerate() {
                let curvature = if k == l {
                    p[k] * (1.0 - p[k])
                } else {
                    -(p[k] * p[l])
                };
                *number += weight * curvature;
            }
        }
    }
    sum.iter_mut().for_each(|number| *number /= count);
    sum
}

/// `Σ ⟨C_i, S⟩ x_i x_iᵀ / (n·⟨S, S⟩)`, `[d + 1, d + 1]`, over rows of inputs `[d + 1]` and probabilities `[C]`.
fn input_side(
    width: usize,
    rows: impl ExactSizeIterator<Item = (Vec<f64>, Vec<f64>)>,
    s: &[f64],
) -> Vec<f64> {
    let square = dot(s, s);
    let mut sum = vec![0.0; width * width];
    let count = rows.len() as f64;
    for (x, p) in rows {
        let classes = p.len();
        // ⟨diag(p) - p·pᵀ, S⟩
        let diagonal = (0..classes).fold(0.0, |sum, k| sum + p[k] * s[k * classes + k]);
        let outer = (0..classes).fold(0.0, |sum, k| {
            sum + p[k] * dot(&s[k * classes..(k + 1) * classes], &p)
        });
        let weight = if square > 0.0 {
            (diagonal - outer) / square
        } else {
            0.0
        };
        for (j, line) in sum.chunks_exact_mut(width).enumerate() {
            let scaled = weight * x[j];
            line.iter_mut()
                .zip(&x)
                .for_each(|(number, x)| *number += scaled * x);
        }
    }
    sum.iter_mut().for_each(|number| *number /= count);
    sum
}

/// Eigenvalues of a symmetric matrix and its eigenvectors, one a row, by rotations in one fixed order (Jacobi 1846).
fn eigen(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|i| vectors[i * size + i] = 1.0);
    let total = dot(&matrix, &matrix);
    for _ in 0..MAX_SWEEPS {
        let mut off = 0.0;
        for i in 0..size {
            for j in 0..i {
                off += matrix[i * size + j] * matrix[i * size + j];
            }
        }
        if off <= total * 1e-30 {
            break;
        }
        for i in 0..size {
            for j in 0..i {
                rotate(&mut matrix, &mut vectors, size, i, j);
            }
        }
    }
    ((0..size).map(|i| matrix[i * size + i]).collect(), vectors)
}

/// The rotation of rows and columns `i` and `j` after which their common number is zero.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, i: usize, j: usize) {
    let common = matrix[i * size + j];
    if common == 0.0 {
        return;
    }
    let half = (matrix[j * size + j] - matrix[i * size + i]) / (2.0 * common);
    let size_of = half.abs() + (half * half + 1.0).sqrt();
    let tangent = if half < 0.0 { -1.0 / size_of } else { 1.0 / size_of };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let turn = |a: f64, b: f64| (cosine * a - sine * b, sine * a + cosine * b);
    for k in 0..size {
        let (a, b) = turn(matrix[i * size + k], matrix[j * size + k]);
        matrix[i * size + k] = a;
        matrix[j * size + k] = b;
    }
    for k in 0..size {
        let (a, b) = turn(matrix[k * size + i], matrix[k * size + j]);
        matrix[k * size + i] = a;
        matrix[k * size + j] = b;
        let (a, b) = turn(vectors[i * size + k], vectors[j * size + k]);
        vectors[i * size + k] = a;
        vectors[j * size + k] = b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn eigenvectors_put_the_matrix_together_again() {
        let size = 9;
        let mut random = SplitMix64::new(2);
        let root: Vec<f64> = (0..size * size).map(|_| random.symmetric()).collect();
        let matrix: Vec<f64> = (0..size * size)
            .map(|at| root[at] + root[at % size * size + at / size])
            .collect();
        let (values, vectors) = eigen(matrix.clone(), size);
        let vector = |c: usize| &vectors[c * size..(c + 1) * size];
        for i in 0..size {
            for j in 0..size {
                let sum: f64 = (0..size).map(|c| values[c] * vector(c)[i] * vector(c)[j]).sum();
                assert!((sum - matrix[i * size + j]).abs() < 1e-12);
            }
            assert!((dot(vector(i), vector(i)) - 1.0).abs() < 1e-12);
        }
        let (zero, _) = eigen(vec![0.0; 4], 2);
        assert_eq!(zero, [0.0, 0.0]);
    }

    #[test]
    fn heads_of_more_parameters_than_memory_holds_get_a_product() {
        assert_eq!(CurvatureKind::of(10, 33), CurvatureKind::Exact);
        assert_eq!(CurvatureKind::of(16, 1024), CurvatureKind::Exact);
        assert_eq!(CurvatureKind::of(16, 1025), CurvatureKind::Kronecker);
        assert_eq!(CurvatureKind::Kronecker.name(), "kronecker");
    }
}
