// SPDX-License-Identifier: Apache-2.0
//! Cholesky factorisation and solutions in one fixed order of operations.

/// The matrix is not positive definite: the pivot of this row is not above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("matrix is not positive definite at row {row}: raise lambda")]
pub struct NotPositiveDefinite {
    /// Row of the failing pivot.
    pub row: usize,
}

/// The lower factor `L [p, p]` of a symmetric positive definite matrix `A = L·Lᵀ`.
#[derive(Clone, Debug)]
pub struct Cholesky {
    size: usize,
    factor: Vec<f64>,
}

impl Cholesky {
    /// Factors the lower triangle of `matrix [size, size]`, row major; what is above the diagonal is not read.
    /// O(p³ / 3), in place.
    ///
    /// # Errors
    /// [`NotPositiveDefinite`].
    ///
    /// # Panics
    /// If `matrix` is not `size · size` long.
    pub fn factor(mut matrix: Vec<f64>, size: usize) -> Result<Self, NotPositiveDefinite> {
        assert_eq!(matrix.len(), size * size, "a square matrix");
        for row in 0..size {
            let (done, rest) = matrix.split_at_mut(row * size);
            let current = &mut rest[..size];
            for column in 0..row {
                let other = &done[column * size..(column + 1) * size];
                let dot = dot(&current[..column], &other[..column]);
                current[column] = (current[column] - dot) / other[column];
            }
            let pivot = current[row] - dot(&current[..row], &current[..row]);
            // no for NaN too
            let positive = pivot > 0.0 && pivot.is_finite();
            if !positive {
                return Err(NotPositiveDefinite { row });
            }
            current[row] = pivot.sqrt();
        }
        Ok(Self { size, factor: matrix })
    }

    /// Solves `A·X = B` in place for `B [p, columns]`, row major. O(p² · columns).
    ///
    /// Each column's operations have one order, whatever the number of columns.
    ///
    /// # Panics
    /// If `right` is not `p · columns` long.
    pub fn solve(&self, right: &mut [f64], columns: usize) {
        assert_eq!(right.len(), self.size * columns, "one row for each unknown");
        for row in 0..self.size {
            let (done, rest) = right.split_at_mut(row * columns);
            let current = &mut rest[..columns];
            for (k, solved) in done.chunks_exact(columns).enumerate() {
                subtract(current, self.factor[row * self.size + k], solved);
            }
            let pivot = self.factor[row * self.size + row];
            current.iter_mut().for_each(|x| *x /= pivot);
        }
        for row in (0..self.size).rev() {
            let (head, done) = right.split_at_mut((row + 1) * columns);
            let current = &mut head[row * columns..];
            for (k, solved) in done.chunks_exact(columns).enumerate() {
                subtract(current, self.factor[(row + 1 + k) * self.size + row], solved);
            }
            let pivot = self.factor[row * self.size + row];
            current.iter_mut().for_each(|x| *x /= pivot);
        }
    }
}

fn subtract(target: &mut [f64], factor: f64, source: &[f64]) {
    for (t, s) in target.iter_mut().zip(source) {
        *t -= factor * s;
    }
}

/// Inner product, summed from the first element on.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + x * y)
}

/// Euclidean length.
pub(crate) fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn solutions_put_back_into_the_matrix_give_the_right_side() {
        let (size, columns) = (23, 5);
        let mut random = SplitMix64::new(1);
        let root: Vec<f64> = (0..size * size).map(|_| random.symmetric()).collect();
        let mut matrix = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..size {
                matrix[i * size + j] = dot(&root[i * size..(i + 1) * size], &root[j * size..(j + 1) * size])
                    + f64::from(u8::from(i == j));
            }
        }
        let right: Vec<f64> = (0..size * columns).map(|_| random.symmetric()).collect();
        let mut solution = right.clone();
        Cholesky::factor(matrix.clone(), size)
            .unwrap()
            .solve(&mut solution, columns);
        for i in 0..size {
            for c in 0..columns {
                let product: f64 = (0..size)
                    .map(|j| matrix[i * size + j] * solution[j * columns + c])
                    .sum();
                assert!((product - right[i * columns + c]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn columns_solved_together_equal_columns_solved_alone() {
        let matrix = vec![4.0, 0.0, 0.0, 1.0, 3.0, 0.0, 0.5, 0.25, 2.0];
        let cholesky = Cholesky::factor(matrix, 3).unwrap();
        let mut both = [1.0, 7.0, 2.0, 8.0, 3.0, 9.0];
        cholesky.solve(&mut both, 2);
        let (mut first, mut second) = ([1.0, 2.0, 3.0], [7.0, 8.0, 9.0]);
        cholesky.solve(&mut first, 1);
        cholesky.solve(&mut second, 1);
        assert_eq!(
            both,
            [first[0], second[0], first[1], second[1], first[2], second[2]]
        );
    }

    #[test]
    fn indefinite_and_broken_matrices_are_refused() {
        let refused = |matrix: [f64; 4]| Cholesky::factor(matrix.to_vec(), 2).unwrap_err().row;
        assert_eq!(refused([1.0, 0.0, 2.0, 1.0]), 1);
        assert_eq!(refused([0.0, 0.0, 0.0, 1.0]), 0);
        assert_eq!(refused([f64::NAN, 0.0, 0.0, 1.0]), 0);
        assert_eq!(refused([f64::INFINITY, 0.0, 0.0, 1.0]), 0);
    }
}
