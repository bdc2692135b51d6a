// SPDX-License-Identifier: Apache-2.0
//! From tokens to logits, with everything that the way back needs.

use super::{Adapters, Lora, Matrix, Transformer, ADAPTED};
use crate::linear::dot;

/// Keeps a division by the root mean square finite.
const EPSILON: f64 = 1e-6;

/// What one layer computed; all `[positions, …]`.
pub(super) struct Pass {
    /// Before the attention.
    pub entered: Vec<f64>,
    pub normed: Vec<f64>,
    pub queries: Vec<f64>,
    pub keys: Vec<f64>,
    pub values: Vec<f64>,
    /// `[heads, positions, positions]`, zero after the diagonal.
    pub attention: Vec<f64>,
    /// Between attention and tanh layer.
    pub middle: Vec<f64>,
    pub middle_normed: Vec<f64>,
    /// After the tanh.
    pub hidden: Vec<f64>,
}

/// One text through the whole transformer; its last token is not read.
pub(super) struct Run {
    pub passes: Vec<Pass>,
    pub left: Vec<f64>,
    pub vocabulary: usize,
    /// `[positions, vocabulary]`
    pub logits: Vec<f64>,
}

impl Run {
    /// Probabilities `[vocabulary]` of the token after position `position`.
    pub fn probabilities(&self, position: usize) -> Vec<f64> {
        softmax(&self.logits[position * self.vocabulary..(position + 1) * self.vocabulary])
    }

    pub fn loss(&self, text: &[u16], from: usize) -> f64 {
        let sum = (from..text.len()).fold(0.0, |sum, index| {
            sum - libm::log(self.probabilities(index - 1)[usize::from(text[index])])
        });
        sum / (text.len() - from) as f64
    }
}

pub(super) fn run(transformer: &Transformer, adapters: &Adapters, text: &[u16]) -> Run {
    let width = transformer.shape.width;
    let mut x: Vec<f64> = Vec::with_capacity(text.len() * width);
    for (position, token) in text[..text.len() - 1].iter().enumerate() {
        let row = |matrix: &Matrix, row: usize| matrix.numbers[row * width..(row + 1) * width].to_vec();
        let (token, place) = (
            row(&transformer.embedding, usize::from(*token)),
            row(&transformer.positions, position),
        );
        x.extend(token.iter().zip(place).map(|(a, b)| a + b));
    }
    let mut passes = Vec::with_capacity(transformer.layers.len());
    for (layer, lora) in transformer.layers.iter().zip(adapters.0.chunks_exact(ADAPTED)) {
        let normed = normed(&x, width);
        let queries = adapted(&layer.queries, &lora[0], &normed);
        let keys = layer.keys.apply(&normed);
        let values = adapted(&layer.values, &lora[1], &normed);
        let (attention, mixed) = attend(&queries, &keys, &values, width, transformer.shape.heads);
        let middle = sum(&x, &layer.out.apply(&mixed));
        let middle_normed = self::normed(&middle, width);
        let hidden: Vec<f64> = adapted(&layer.up, &lora[2], &middle_normed)
            .into_iter()
            .map(libm::tanh)
            .collect();
        let left = sum(&middle, &adapted(&layer.down, &lora[3], &hidden));
        passes.push(Pass {
            entered: std::mem::replace(&mut x, left),
            normed,
            queries,
            keys,
            values,
            attention,
            middle,
            middle_normed,
            hidden,
        });
    }
    Run {
        logits: transformer.unembedding.apply(&normed(&x, width)),
        passes,
        left: x,
        vocabulary: transformer.shape.vocabulary,
    }
}

fn adapted(matrix: &Matrix, lora: &Lora, x: &[f64]) -> Vec<f64> {
    sum(&matrix.apply(x), &lora.apply(x))
}

pub(super) fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// The root of the mean square of one position.
pub(super) fn size(x: &[f64]) -> f64 {
    (dot(x, x) / x.len() as f64 + EPSILON).sqrt()
}

fn normed(x: &[f64], width: usize) -> Vec<f64> {
    x.chunks_exact(width)
        .flat_map(|x| {
            let size = size(x);
            x.iter().map(move |x| x / size)
        })
        .collect()
}

/// Attention `[heads, positions, positions]` and the mixed values `[positions, width]`.
fn attend(queries: &[f64], keys: &[f64], values: &[f64], width: usize, heads: usize) -> (Vec<f64>, Vec<f64>) {
    let (positions, part) = (queries.len() / width, width / heads);
    let mut attention = vec![0.0; heads * positions * positions];
    let mut mixed = vec![0.0; queries.len()];
    for head in 0..heads {
        let slice = |position: usize| position * width + head * part..position * width + (head + 1) * part;
        for to in 0..positions {
            let scores: Vec<f64> = (0..=to)
                .map(|from| dot(&queries[slice(to)], &keys[slice(from)]) / (part as f64).sqrt())
                .collect();
            for (from, weight) in softmax(&scores).into_iter().enumerate() {
                attention[(head * positions + to) * positions + from] = weight;
                let target = &mut mixed[slice(to)];
                target
                    .iter_mut()
                    .zip(&values[slice(from)])
                    .for_each(|(m, v)| *m += weight * v);
            }
        }
    }
    (attention, mixed)
}

fn softmax(scores: &[f64]) -> Vec<f64> {
    let top = scores
        .iter()
        .fold(f64::NEG_INFINITY, |top, z| if *z > top { *z } else { top });
    let mut powers: Vec<f64> = scores.iter().map(|z| libm::exp(z - top)).collect();
    let sum = powers.iter().fold(0.0, |sum, power| sum + power);
    powers.iter_mut().for_each(|power| *power /= sum);
    powers
}
