// SPDX-License-Identifier: Apache-2.0
//! A small base network for the digits: 64 pixels → 32 tanh → 10 softmax, trained in seconds.
//!
//! Its last layer is dropped: what remains maps pixels to 32 features, which [`onnx_bytes`] writes as a model that
//! any ONNX runtime serves. Heads are trained on those features.

mod onnx;

pub use onnx::{onnx_bytes, INPUT, OUTPUT};

use crate::{
    digits::{DigitRow, CLASSES, PIXELS, PIXEL_MAX},
    random::SplitMix64,
};

/// Features `d` that the network makes.
pub const FEATURES: usize = 32;
/// What the graph multiplies raw pixels by.
pub const PIXEL_SCALE: f32 = 1.0 / PIXEL_MAX as f32;

/// Why a base network could not be trained.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BaseError {
    /// No rows.
    #[error("there are no rows to train the base network on")]
    NoRows,
    /// An epoch count, batch size or rate that trains nothing.
    #[error("epochs, batch size and learning rate must be positive, and the decay not negative")]
    InvalidRecipe,
    /// The weights left the finite numbers.
    #[error("training diverged: lower the learning rate")]
    Diverged,
}

/// How to train: minibatch Adam (Kingma, Ba 2015) on the mean cross-entropy, with weight decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe {
    /// Seed of the initial weights and of the order of rows.
    pub seed: u64,
    /// Passes over the rows.
    pub epochs: usize,
    /// Rows of a step.
    pub batch: usize,
    /// Learning rate.
    pub rate: f64,
    /// L2 weight decay.
    pub decay: f64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            seed: 1,
            epochs: 60,
            batch: 32,
            rate: 0.004,
            decay: 1e-3,
        }
    }
}

/// A trained network in `f32`. Matrices are input major: `[inputs, outputs]`.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseNetwork {
    /// `[64, 32]`
    pub hidden_weight: Vec<f32>,
    /// `[32]`
    pub hidden_bias: Vec<f32>,
    /// `[32, 10]`
    pub output_weight: Vec<f32>,
    /// `[10]`
    pub output_bias: Vec<f32>,
}

impl BaseNetwork {
    /// Features `[32]` of raw pixels `[64]` (0 to 16), each in (-1, 1): `tanh(pixels / 16 · W + b)`.
    pub fn features(&self, pixels: &[f32; PIXELS]) -> Vec<f32> {
        let scaled: Vec<f32> = pixels.iter().map(|x| x * PIXEL_SCALE).collect();
        affine(&scaled, &self.hidden_weight, &self.hidden_bias)
            .into_iter()
            .map(libm::tanhf)
            .collect()
    }

    /// The whole network's answer for raw pixels: the class of the largest output, the first of equals.
    pub fn predict(&self, pixels: &[f32; PIXELS]) -> usize {
        let outputs = affine(&self.features(pixels), &self.output_weight, &self.output_bias);
        (0..outputs.len()).fold(0, |best, class| {
            if outputs[class] > outputs[best] {
                class
            } else {
                best
            }
        })
    }
}

/// `x [i] · weight [i, o] + bias [o]`.
fn affine(x: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
    let mut sums = bias.to_vec();
    for (x, row) in x.iter().zip(weight.chunks_exact(bias.len())) {
        sums.iter_mut().zip(row).for_each(|(sum, w)| *sum += x * w);
    }
    sums
}

/// Trains a network on `rows`. Deterministic in the rows, their order and the recipe; O(epochs · rows · 2400).
///
/// # Errors
/// [`BaseError::NoRows`], [`BaseError::InvalidRecipe`] or [`BaseError::Diverged`].
pub fn train(rows: &[DigitRow], recipe: &Recipe) -> Result<BaseNetwork, BaseError> {
    if rows.is_empty() {
        return Err(BaseError::NoRows);
    }
    let positive = recipe.epochs > 0 && recipe.batch > 0 && recipe.rate > 0.0 && recipe.decay >= 0.0;
    if !positive || !recipe.rate.is_finite() || !recipe.decay.is_finite() {
        return Err(BaseError::InvalidRecipe);
    }
    let mut random = SplitMix64::new(recipe.seed);
    let mut state = Training::new(&mut random);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for epoch in 0..recipe.epochs {
        random.shuffle(&mut order);
        for batch in order.chunks(recipe.batch) {
            let mut gradient = vec![0.0; PARAMETERS];
            batch
                .iter()
                .for_each(|row| state.add_gradient(&rows[*row], &mut gradient));
            state.step(&gradient, batch.len() as f64, recipe);
        }
        tracing::debug!(target: "trainer", epoch, "base network epoch");
    }
    state.finish()
}

// All parameters in one vector: hidden weight, hidden bias, output weight, output bias.
const HIDDEN_BIAS: usize = PIXELS * FEATURES;
const OUTPUT_WEIGHT: usize = HIDDEN_BIAS + FEATURES;
const OUTPUT_BIAS: usize = OUTPUT_WEIGHT + FEATURES * CLASSES;
const PARAMETERS: usize = OUTPUT_BIAS + CLASSES;

/// Parameters in `f64` and Adam's two moments.
struct Training {
    parameters: Vec<f64>,
    mean: Vec<f64>,
    square: Vec<f64>,
    steps: i32,
}

impl Training {
    /// Uniform initial weights within `±sqrt(3 / inputs)` (unit variance of the sums), biases zero.
    fn new(random: &mut SplitMix64) -> Self {
        let mut parameters = vec![0.0; PARAMETERS];
        let (hidden_range, output_range) = ((3.0 / PIXELS as f64).sqrt(), (3.0 / FEATURES as f64).sqrt());
        parameters[..HIDDEN_BIAS]
            .iter_mut()
            .for_each(|w| *w = random.symmetric() * hidden_range);
        parameters[OUTPUT_WEIGHT..OUTPUT_BIAS]
            .iter_mut()
            .for_each(|w| *w = random.symmetric() * output_range);
        Self {
            parameters,
            mean: vec![0.0; PARAMETERS],
            square: vec![0.0; PARAMETERS],
            steps: 0,
        }
    }

    /// Adds the gradient of one row's cross-entropy.
    fn add_gradient(&self, row: &DigitRow, gradient: &mut [f64]) {
        let w = &self.parameters;
        let pixels = row.pixels.map(|pixel| f64::from(pixel) * f64::from(PIXEL_SCALE));
        let mut hidden = w[HIDDEN_BIAS..OUTPUT_WEIGHT].to_vec();
        for (x, weights) in pixels.iter().zip(w.chunks_exact(FEATURES)) {
            hidden.iter_mut().zip(weights).for_each(|(h, w)| *h += x * w);
        }
        hidden.iter_mut().for_each(|h| *h = libm::tanh(*h));
        let output_weight = &w[OUTPUT_WEIGHT..OUTPUT_BIAS];
        let mut errors = w[OUTPUT_BIAS..].to_vec();
        for (h, weights) in hidden.iter().zip(output_weight.chunks_exact(CLASSES)) {
            errors.iter_mut().zip(weights).for_each(|(z, w)| *z += h * w);
        }
        softmax(&mut errors);
        errors[usize::from(row.label)] -= 1.0;

        let (hidden_part, output_part) = gradient.split_at_mut(OUTPUT_WEIGHT);
        let (output_weight_gradient, output_bias_gradient) = output_part.split_at_mut(FEATURES * CLASSES);
        output_bias_gradient
            .iter_mut()
            .zip(&errors)
            .for_each(|(g, e)| *g += e);
        let mut hidden_errors = Vec::with_capacity(FEATURES);
        for (j, h) in hidden.iter().enumerate() {
            let weights = &output_weight[j * CLASSES..(j + 1) * CLASSES];
            let back = errors.iter().zip(weights).fold(0.0, |sum, (e, w)| sum + e * w);
            hidden_errors.push(back * (1.0 - h * h));
            let row = &mut output_weight_gradient[j * CLASSES..(j + 1) * CLASSES];
            row.iter_mut().zip(&errors).for_each(|(g, e)| *g += h * e);
        }
        let (weight_gradient, bias_gradient) = hidden_part.split_at_mut(HIDDEN_BIAS);
        bias_gradient
            .iter_mut()
            .zip(&hidden_errors)
            .for_each(|(g, e)| *g += e);
        for (x, row) in pixels.iter().zip(weight_gradient.chunks_exact_mut(FEATURES)) {
            row.iter_mut().zip(&hidden_errors).for_each(|(g, e)| *g += x * e);
        }
    }

    /// One step of Adam with the mean of `rows` summed gradients.
    fn step(&mut self, gradient: &[f64], rows: f64, recipe: &Recipe) {
        const MEAN_DECAY: f64 = 0.9;
        const SQUARE_DECAY: f64 = 0.999;
        self.steps += 1;
        let mean_scale = 1.0 - libm::pow(MEAN_DECAY, f64::from(self.steps));
        let square_scale = 1.0 - libm::pow(SQUARE_DECAY, f64::from(self.steps));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((w, (mean, square)), g) in self.parameters.iter_mut().zip(moments).zip(gradient) {
            let g = g / rows + recipe.decay * *w;
            *mean = MEAN_DECAY * *mean + (1.0 - MEAN_DECAY) * g;
            *square = SQUARE_DECAY * *square + (1.0 - SQUARE_DECAY) * g * g;
            *w -= recipe.rate * (*mean / mean_scale) / ((*square / square_scale).sqrt() + 1e-8);
        }
    }

    fn finish(self) -> Result<BaseNetwork, BaseError> {
        let rounded: Vec<f32> = self.parameters.iter().map(|w| *w as f32).collect();
        if rounded.iter().any(|w| !w.is_finite()) {
            return Err(BaseError::Diverged);
        }
        Ok(BaseNetwork {
            hidden_weight: rounded[..HIDDEN_BIAS].to_vec(),
            hidden_bias: rounded[HIDDEN_BIAS..OUTPUT_WEIGHT].to_vec(),
            output_weight: rounded[OUTPUT_WEIGHT..OUTPUT_BIAS].to_vec(),
            output_bias: rounded[OUTPUT_BIAS..].to_vec(),
        })
    }
}

fn softmax(logits: &mut [f64]) {
    let top = logits
        .iter()
        .fold(f64::NEG_INFINITY, |top, z| if *z > top { *z } else { top });
    let mut sum = 0.0;
    for z in logits.iter_mut() {
        *z = libm::exp(*z - top);
        sum += *z;
    }
    logits.iter_mut().for_each(|z| *z /= sum);
}
