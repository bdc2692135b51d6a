// SPDX-License-Identifier: Apache-2.0
//! Adam over all texts at once.

use super::{Adapters, TextError, Transformer};

/// How adapters are trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// Steps over all texts.
    pub steps: usize,
    /// Length of a step.
    pub rate: f64,
    /// Weight of the squared parameters in the loss, halved.
    pub decay: f64,
    /// First token that is learnt; those before it are only read.
    pub from: usize,
    /// Adapters that are kept, evenly spaced; the last are those of the last step.
    pub checkpoints: usize,
}

const MEAN: f64 = 0.9;
const SQUARE: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Trains adapters on texts by Adam (Kingma, Ba 2014) from `start` and returns the checkpoints, the last one last.
///
/// # Errors
/// [`TextError`] of the first text that cannot be read.
pub fn train<T: AsRef<[u16]>>(
    transformer: &Transformer,
    start: &Adapters,
    texts: &[T],
    schedule: &Schedule,
) -> Result<Vec<Adapters>, TextError> {
    let mut adapters = start.clone();
    let mut parameters = start.parameters();
    let (mut mean, mut square) = (vec![0.0; parameters.len()], vec![0.0; parameters.len()]);
    let (mut mean_left, mut square_left) = (1.0, 1.0);
    let mut checkpoints = Vec::with_capacity(schedule.checkpoints);
    for step in 1..=schedule.steps {
        let mut gradient: Vec<f64> = parameters.iter().map(|w| schedule.decay * w).collect();
        for text in texts {
            let (_, captured) = transformer.capture(&adapters, text.as_ref(), schedule.from)?;
            let of_text = captured.iter().flat_map(|factor| factor.gradient());
            let share = 1.0 / texts.len() as f64;
            gradient
                .iter_mut()
                .zip(of_text)
                .for_each(|(sum, g)| *sum += share * g);
        }
        mean_left *= MEAN;
        square_left *= SQUARE;
        for (index, g) in gradient.iter().enumerate() {
            mean[index] = MEAN * mean[index] + (1.0 - MEAN) * g;
            square[index] = SQUARE * square[index] + (1.0 - SQUARE) * g * g;
            let (mean, square) = (
                mean[index] / (1.0 - mean_left),
                square[index] / (1.0 - square_left),
            );
            parameters[index] -= schedule.rate * mean / (square.sqrt() + EPSILON);
        }
        adapters = adapters.with_parameters(&parameters);
        // the k-th of c checkpoints is due at k/c of the way
        if step * schedule.checkpoints / schedule.steps > checkpoints.len() {
            checkpoints.push(adapters.clone());
        }
    }
    Ok(checkpoints)
}
