// SPDX-License-Identifier: Apache-2.0
//! Conjugate gradients: solutions by products with a matrix that is never held.

use crate::linear::{dot, norm};

/// Solves `H·x = b` for a positive definite `H` given by its products, until the residual is `tolerance` times as long
/// as `b` or `steps` are done (Hestenes, Stiefel 1952). In one order of operations.
pub(crate) fn solve(
    product: impl Fn(&[f64]) -> Vec<f64>,
    b: &[f64],
    tolerance: f64,
    steps: usize,
) -> Vec<f64> {
    let mut x = vec![0.0; b.len()];
    let mut residual = b.to_vec();
    let mut direction = b.to_vec();
    let mut square = dot(&residual, &residual);
    let target = tolerance * norm(b);
    for _ in 0..steps {
        if square.sqrt() <= target {
            break;
        }
        let along = product(&direction);
        let step = square / dot(&direction, &along);
        add(&mut x, step, &direction);
        add(&mut residual, -step, &along);
        let shorter = dot(&residual, &residual);
        let keep = shorter / square;
        square = shorter;
        direction
            .iter_mut()
            .zip(&residual)
            .for_each(|(direction, residual)| *direction = residual + keep * *direction);
    }
    x
}

fn add(target: &mut [f64], factor: f64, source: &[f64]) {
    target.iter_mut().zip(source).for_each(|(t, s)| *t += factor * s);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_steps_as_unknowns_solve_exactly() {
        let matrix = [4.0, 1.0, 0.5, 1.0, 3.0, 0.25, 0.5, 0.25, 2.0];
        let product = |v: &[f64]| {
            matrix
                .chunks_exact(3)
                .map(|row| dot(row, v))
                .collect::<Vec<f64>>()
        };
        let b = [1.0, -2.0, 3.0];
        let x = solve(product, &b, 0.0, 3);
        for (found, due) in product(&x).iter().zip(b) {
            assert!((found - due).abs() < 1e-12);
        }
        assert_eq!(solve(product, &[0.0; 3], 0.1, 9), [0.0; 3]);
    }
}
