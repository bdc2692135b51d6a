// SPDX-License-Identifier: Apache-2.0
//! A convex head trained to its optimum: multinomial logistic regression by Newton's method, bit-exact.
//!
//! Loss over parameters `w [C, d + 1]` (bias last in each class's row), `x` = features / 4096 with a one appended:
//! `mean cross-entropy(softmax(w·x), label) + lambda / 2 · |w|²`. The bias is regularised too, so the Hessian is
//! positive definite and the optimum is one point. `f64`, every loop in one order, `libm` exponentials: the same
//! features give the same bytes everywhere.

use openledger_fixed::{FEATURE_BITS, WEIGHT_BITS};

use crate::{
    conjugate,
    curvature::{Curvature, CurvatureKind, EXACT_PARAMETERS, MAX_KRONECKER_NUMBERS},
    features::Features,
    linear::{dot, norm, Cholesky, NotPositiveDefinite},
};

/// Weight of the regulariser that releases use.
pub const LAMBDA: f64 = 0.01;
/// Training stops once the gradient is shorter than this.
pub const GRADIENT_NORM_TARGET: f64 = 1e-8;
/// Most Newton steps; a sound problem needs about ten.
const MAX_STEPS: u32 = 100;
/// Most steps of conjugate gradients.
const MAX_CONJUGATE_STEPS: usize = 4_000;
/// The largest residual of a Newton step, as a part of the gradient.
const LOOSEST: f64 = 0.1;
/// Most halvings of one step.
const MAX_HALVINGS: u32 = 40;

/// Whether memory may hold the curvature of a head of `classes` and `width = d + 1` inputs: 2 GiB, as a whole matrix or
/// as a Kronecker product.
pub fn fits(classes: usize, width: usize) -> bool {
    let parameters = classes.saturating_mul(width);
    parameters <= EXACT_PARAMETERS || parameters.saturating_mul(width) <= MAX_KRONECKER_NUMBERS
}

/// Why a head could not be trained or rounded.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum HeadError {
    /// No rows.
    #[error("there are no training rows")]
    NoRows,
    /// More parameters than memory may hold the curvature of: see [`fits`].
    #[error("a head of {0} parameters is too large: at most {EXACT_PARAMETERS}, or fewer than {MAX_KRONECKER_NUMBERS} / (d + 1)")]
    TooManyParameters(usize),
    /// A regulariser that is not a positive number.
    #[error("lambda must be a positive finite number, not {0}")]
    InvalidLambda(f64),
    /// Parameters of another shape, or not finite.
    #[error("parameters do not fit the features, or are not finite")]
    InvalidParameters,
    /// The Hessian lost its definiteness to rounding: lambda is too small for these features.
    #[error(transparent)]
    NotPositiveDefinite(#[from] NotPositiveDefinite),
    /// The gradient stopped falling above the target.
    #[error("training stalled at gradient norm {gradient_norm:e} after {iterations} steps")]
    Stalled {
        /// Gradient norm reached.
        gradient_norm: f64,
        /// Newton steps taken.
        iterations: u32,
    },
    /// A weight that 32 bits cannot hold.
    #[error("weight {index} does not fit 32 bits with {WEIGHT_BITS} fraction bits")]
    WeightOutOfRange {
        /// Index in `[C, d + 1]`.
        index: usize,
    },
}

/// The optimum of a head.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// Classes `C`.
    pub classes: usize,
    /// Features `d`.
    pub dims: usize,
    /// Parameters `[C, d + 1]`, bias last in each row.
    pub parameters: Vec<f64>,
}

/// An [`Optimum`] and how well it was reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// The optimum.
    pub optimum: Optimum,
    /// Length of the gradient there, below [`GRADIENT_NORM_TARGET`].
    pub gradient_norm: f64,
    /// Newton steps taken.
    pub iterations: u32,
}

/// A head as answers use it, in integers with [`WEIGHT_BITS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Weights `[C, d]`.
    pub weight: Vec<i32>,
    /// Biases `[C]`.
    pub bias: Vec<i32>,
}

impl Optimum {
    /// Rounds the parameters to the head's grid, halves away from zero.
    ///
    /// # Errors
    /// [`HeadError::WeightOutOfRange`] above 32767 or for a number that is not finite.
    pub fn quantise(&self) -> Result<Head, HeadError> {
        let mut head = Head {
            weight: Vec::new(),
            bias: Vec::new(),
        };
        for (index, parameter) in self.parameters.iter().enumerate() {
            let rounded = (parameter * f64::from(1u32 << WEIGHT_BITS)).round();
            if !(f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&rounded) {
                return Err(HeadError::WeightOutOfRange { index });
            }
            let target = if index % (self.dims + 1) == self.dims {
                &mut head.bias
            } else {
                &mut head.weight
            };
            target.push(rounded as i32);
        }
        Ok(head)
    }
}

/// Trains a head on all rows of `features` by Newton's method from zero, with step halving, until the gradient is
/// shorter than [`GRADIENT_NORM_TARGET`]. O(n·p² + p³) a step for `p = C·(d + 1)`; above [`EXACT_PARAMETERS`] steps
/// are solved by conjugate gradients, O(n·p) for each product.
///
/// # Errors
/// [`HeadError::NoRows`], [`HeadError::TooManyParameters`], [`HeadError::InvalidLambda`],
/// [`HeadError::NotPositiveDefinite`] or [`HeadError::Stalled`].
pub fn train_head(features: &Features, lambda: f64) -> Result<Training, HeadError> {
    let objective = Objective::new(features, lambda)?;
    let mut parameters = vec![0.0; objective.parameters()];
    let mut gradient = objective.gradient(&parameters);
    let mut gradient_norm = norm(&gradient);
    for iterations in 0..=MAX_STEPS {
        tracing::debug!(target: "trainer", iterations, gradient_norm, "newton step");
        if gradient_norm < GRADIENT_NORM_TARGET {
            let optimum = Optimum {
                classes: objective.classes,
                dims: objective.width - 1,
                parameters,
            };
            return Ok(Training {
                optimum,
                gradient_norm,
                iterations,
            });
        }
        let step = objective.newton_step(&parameters, &gradient)?;
        let stalled = HeadError::Stalled {
            gradient_norm,
            iterations,
        };
        let moved = objective
            .damped_step(&parameters, &step, gradient_norm)
            .ok_or(stalled)?;
        (parameters, gradient, gradient_norm) = moved;
    }
    Err(HeadError::Stalled {
        gradient_norm,
        iterations: MAX_STEPS,
    })
}

/// The training loss of a head over given rows, with its derivatives. It shares the rows and holds nothing for each.
#[derive(Clone, Debug)]
pub struct Objective {
    classes: usize,
    /// `d + 1`
    width: usize,
    lambda: f64,
    features: Features,
}

impl Objective {
    /// The loss over `features` with regulariser `lambda`.
    ///
    /// # Errors
    /// [`HeadError::NoRows`], [`HeadError::TooManyParameters`] or [`HeadError::InvalidLambda`].
    pub fn new(features: &Features, lambda: f64) -> Result<Self, HeadError> {
        if features.is_empty() {
            return Err(HeadError::NoRows);
        }
        if !(lambda.is_finite() && lambda > 0.0) {
            return Err(HeadError::InvalidLambda(lambda));
        }
        let (classes, width) = (features.classes(), features.dims() + 1);
        if !fits(classes, width) {
            return Err(HeadError::TooManyParameters(classes * width));
        }
        Ok(Self {
            classes,
            width,
            lambda,
            features: features.clone(),
        })
    }

    /// Number of parameters `p = C·(d + 1)`.
    pub fn parameters(&self) -> usize {
        self.classes * self.width
    }

    /// Number of rows `n`.
    pub fn rows(&self) -> usize {
        self.features.len()
    }

    /// Inputs `[d + 1]` of a row, one last, and its label.
    pub fn row(&self, row: usize) -> (Vec<f64>, usize) {
        let row = self.features.row(row);
        let one = f64::from(1u32 << FEATURE_BITS);
        let mut inputs = Vec::with_capacity(self.width);
        inputs.extend(row.features.iter().map(|x| f64::from(*x) / one));
        inputs.push(1.0);
        (inputs, usize::from(row.label))
    }

    /// Probabilities `[C]` of a row under `parameters [C, d + 1]`.
    pub fn probabilities(&self, parameters: &[f64], row: usize) -> Vec<f64> {
        self.probabilities_at(parameters, &self.row(row).0)
    }

    /// Probabilities `[C]` of a row with these inputs.
    pub(crate) fn probabilities_at(&self, parameters: &[f64], inputs: &[f64]) -> Vec<f64> {
        let mut probabilities = self.logits(parameters, inputs);
        let top = probabilities
            .iter()
            .fold(f64::NEG_INFINITY, |top, z| if *z > top { *z } else { top });
        let mut sum = 0.0;
        for z in &mut probabilities {
            *z = libm::exp(*z - top);
            sum += *z;
        }
        probabilities.iter_mut().for_each(|p| *p /= sum);
        probabilities
    }

    /// Gradient `[C, d + 1]` of one row's cross-entropy, without the regulariser: `(p - onehot(label)) ⊗ x`.
    pub fn row_gradient(&self, parameters: &[f64], row: usize) -> Vec<f64> {
        let (inputs, label) = self.row(row);
        let mut errors = self.probabilities_at(parameters, &inputs);
        errors[label] -= 1.0;
        errors
            .iter()
            .flat_map(|error| inputs.iter().map(move |x| error * x))
            .collect()
    }

    /// The loss at `parameters [C, d + 1]`.
    pub fn loss(&self, parameters: &[f64]) -> f64 {
        let mut sum = 0.0;
        for row in 0..self.rows() {
            let (inputs, label) = self.row(row);
            let logits = self.logits(parameters, &inputs);
            let top = logits
                .iter()
                .fold(f64::NEG_INFINITY, |top, z| if *z > top { *z } else { top });
            let powers = logits.iter().fold(0.0, |powers, z| powers + libm::exp(*z - top));
            sum += libm::log(powers) + top - logits[label];
        }
        sum / self.rows() as f64 + self.lambda / 2.0 * dot(parameters, parameters)
    }

    /// Gradient `[C, d + 1]` of the loss at `parameters [C, d + 1]`.
    pub fn gradient(&self, parameters: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; self.parameters()];
        for row in 0..self.rows() {
            let (inputs, label) = self.row(row);
            let mut errors = self.probabilities_at(parameters, &inputs);
            errors[label] -= 1.0;
            for (class, error) in gradient.chunks_exact_mut(self.width).zip(errors) {
                class.iter_mut().zip(&inputs).for_each(|(g, x)| *g += error * x);
            }
        }
        let rows = self.rows() as f64;
        gradient
            .iter_mut()
            .zip(parameters)
            .for_each(|(g, w)| *g = *g / rows + self.lambda * w);
        gradient
    }

    /// Hessian `[p, p]` of the loss: its lower block triangle (all that [`Cholesky::factor`] reads).
    pub fn hessian(&self, parameters: &[f64]) -> Vec<f64> {
        let (size, width) = (self.parameters(), self.width);
        let mut hessian = vec![0.0; size * size];
        for row in 0..self.rows() {
            let (inputs, _) = self.row(row);
            let p = self.probabilities_at(parameters, &inputs);
            for k in 0..self.classes {
                for l in 0..=k {
                    let curvature = if k == l {
                        p[k] * (1.0 - p[k])
                    } else {
                        -(p[k] * p[l])
                    };
                    for (j, x) in inputs.iter().enumerate() {
                        let scaled = curvature * x;
                        let start = (k * width + j) * size + l * width;
                        let target = &mut hessian[start..start + width];
                        target.iter_mut().zip(&inputs).for_each(|(h, x)| *h += scaled * x);
                    }
                }
            }
        }
        let rows = self.rows() as f64;
        hessian.iter_mut().for_each(|h| *h /= rows);
        (0..size).for_each(|i| hessian[i * size + i] += self.lambda);
        hessian
    }

    /// The Hessian at `optimum`, held as heads of this size are.
    ///
    /// # Errors
    /// [`HeadError::InvalidParameters`] or [`HeadError::NotPositiveDefinite`].
    pub fn curvature(&self, optimum: &Optimum) -> Result<Curvature, HeadError> {
        Curvature::new(self, optimum, CurvatureKind::of(self.classes, self.width))
    }

    /// Whether `optimum` fits these rows.
    ///
    /// # Errors
    /// [`HeadError::InvalidParameters`].
    pub(crate) fn check(&self, optimum: &Optimum) -> Result<(), HeadError> {
        let fits = optimum.classes == self.classes
            && optimum.dims + 1 == self.width
            && optimum.parameters.len() == self.parameters()
            && optimum.parameters.iter().all(|w| w.is_finite());
        match fits {
            true => Ok(()),
            false => Err(HeadError::InvalidParameters),
        }
    }

    /// `H^-1` times `vector [p]` at `parameters [p]`, by products with the Hessian, which is never held, until the
    /// residual is `tolerance` times as long as the vector. O(n·p) a step.
    pub fn solve(&self, parameters: &[f64], vector: &[f64], tolerance: f64) -> Vec<f64> {
        let probabilities: Vec<Vec<f64>> = (0..self.rows())
            .map(|row| self.probabilities(parameters, row))
            .collect();
        let product = |v: &[f64]| self.hessian_times(&probabilities, v);
        conjugate::solve(product, vector, tolerance, MAX_CONJUGATE_STEPS)
    }

    fn hessian_times(&self, probabilities: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; v.len()];
        for (row, p) in probabilities.iter().enumerate() {
            let (inputs, _) = self.row(row);
            let along = self.logits(v, &inputs);
            let mean = dot(p, &along);
            for (class, (p, along)) in product.chunks_exact_mut(self.width).zip(p.iter().zip(along)) {
                let weight = p * (along - mean);
                class.iter_mut().zip(&inputs).for_each(|(h, x)| *h += weight * x);
            }
        }
        let rows = self.rows() as f64;
        product
            .iter_mut()
            .zip(v)
            .for_each(|(h, v)| *h = *h / rows + self.lambda * v);
        product
    }

    /// The Newton step at `parameters` with the gradient there: by the whole Hessian, or, of a head that is too large
    /// for it, by conjugate gradients, the more exact the nearer the optimum is.
    fn newton_step(&self, parameters: &[f64], gradient: &[f64]) -> Result<Vec<f64>, HeadError> {
        if self.parameters() > EXACT_PARAMETERS {
            let length = norm(gradient);
            let tolerance = if length < LOOSEST { length } else { LOOSEST };
            return Ok(self.solve(parameters, gradient, tolerance));
        }
        let mut step = gradient.to_vec();
        Cholesky::factor(self.hessian(parameters), self.parameters())?.solve(&mut step, 1);
        Ok(step)
    }

    /// Number of classes `C`.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Weight of the regulariser.
    pub fn lambda(&self) -> f64 {
        self.lambda
    }

    fn logits(&self, parameters: &[f64], inputs: &[f64]) -> Vec<f64> {
        parameters
            .chunks_exact(self.width)
            .map(|class| dot(class, inputs))
            .collect()
    }

    /// The first of `w - step`, `w - step / 2`, … whose gradient is shorter, with that gradient and its length.
    /// On a convex loss a Newton step that is short enough always shortens it.
    fn damped_step(&self, w: &[f64], step: &[f64], length: f64) -> Option<(Vec<f64>, Vec<f64>, f64)> {
        let mut part = 1.0;
        for _ in 0..MAX_HALVINGS {
            let moved: Vec<f64> = w.iter().zip(step).map(|(w, s)| w - part * s).collect();
            let gradient = self.gradient(&moved);
            let shorter = norm(&gradient);
            if shorter <= (1.0 - 1e-4 * part) * length {
                return Some((moved, gradient, shorter));
            }
            part /= 2.0;
        }
        None
    }
}
