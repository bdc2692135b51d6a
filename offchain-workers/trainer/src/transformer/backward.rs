// SPDX-License-Identifier: Apache-2.0
//! From the loss back to what every adapter saw.

use super::{
    forward::{size, sum, Pass, Run},
    Adapters, Captured, Layer, Lora, Matrix, Transformer, ADAPTED,
};
use crate::linear::dot;

/// What the factors of each adapter saw, `A` before `B`.
pub(super) fn run(
    transformer: &Transformer,
    adapters: &Adapters,
    run: &Run,
    text: &[u16],
    from: usize,
) -> Vec<Captured> {
    let width = transformer.shape.width;
    let answer = (text.len() - from) as f64;
    let mut errors = vec![0.0; run.logits.len()];
    for index in from..text.len() {
        let position = index - 1;
        let place = &mut errors[position * run.vocabulary..(position + 1) * run.vocabulary];
        place.copy_from_slice(&run.probabilities(position));
        place[usize::from(text[index])] -= 1.0;
        place.iter_mut().for_each(|error| *error /= answer);
    }
    let mut error = through_norm(
        &run.left,
        &transformer.unembedding.apply_transposed(&errors),
        width,
    );
    let mut captured: Vec<[Captured; 2 * ADAPTED]> = Vec::new();
    let layers = transformer.layers.iter().zip(adapters.0.chunks_exact(ADAPTED));
    for ((layer, lora), pass) in layers.zip(&run.passes).rev() {
        let (before, factors) = through_layer(layer, lora, pass, &error, transformer.shape.heads, width);
        error = before;
        captured.push(factors);
    }
    captured.into_iter().rev().flatten().collect()
}

/// The error before a layer, and what its adapters' factors saw.
fn through_layer(
    layer: &Layer,
    lora: &[Lora],
    pass: &Pass,
    error: &[f64],
    heads: usize,
    width: usize,
) -> (Vec<f64>, [Captured; 2 * ADAPTED]) {
    let hidden_error = back(&layer.down, &lora[3], error);
    let inner: Vec<f64> = hidden_error
        .iter()
        .zip(&pass.hidden)
        .map(|(error, tanh)| error * (1.0 - tanh * tanh))
        .collect();
    let middle = through_norm(&pass.middle, &back(&layer.up, &lora[2], &inner), width);
    let middle = sum(error, &middle);

    let mixed = layer.out.apply_transposed(&middle);
    let Attended {
        queries,
        keys,
        values,
    } = through_attention(pass, &mixed, heads, width);
    let normed = sum(
        &sum(
            &back(&layer.queries, &lora[0], &queries),
            &layer.keys.apply_transposed(&keys),
        ),
        &back(&layer.values, &lora[1], &values),
    );
    let before = sum(&middle, &through_norm(&pass.entered, &normed, width));

    let [qa, qb] = factors(&lora[0], &pass.normed, &queries);
    let [va, vb] = factors(&lora[1], &pass.normed, &values);
    let [ua, ub] = factors(&lora[2], &pass.middle_normed, &inner);
    let [da, db] = factors(&lora[3], &pass.hidden, error);
    (before, [qa, qb, va, vb, ua, ub, da, db])
}

/// The error before an adapted matrix.
fn back(matrix: &Matrix, lora: &Lora, errors: &[f64]) -> Vec<f64> {
    sum(&matrix.apply_transposed(errors), &lora.apply_transposed(errors))
}

fn factors(lora: &Lora, inputs: &[f64], errors: &[f64]) -> [Captured; 2] {
    let a = Captured {
        inputs: inputs.to_vec(),
        errors: lora.b.apply_transposed(errors),
        input_width: lora.a.inputs,
        output_width: lora.a.outputs,
    };
    let b = Captured {
        inputs: lora.a.apply(inputs),
        errors: errors.to_vec(),
        input_width: lora.b.inputs,
        output_width: lora.b.outputs,
    };
    [a, b]
}

/// The error before a division by the root mean square.
fn through_norm(x: &[f64], errors: &[f64], width: usize) -> Vec<f64> {
    x.chunks_exact(width)
        .zip(errors.chunks_exact(width))
        .flat_map(|(x, errors)| {
            let size = size(x);
            let along = dot(x, errors) / (width as f64 * size * size * size);
            x.iter()
                .zip(errors)
                .map(move |(x, error)| error / size - along * x)
                .collect::<Vec<f64>>()
        })
        .collect()
}

struct Attended {
    queries: Vec<f64>,
    keys: Vec<f64>,
    values: Vec<f64>,
}

fn through_attention(pass: &Pass, mixed: &[f64], heads: usize, width: usize) -> Attended {
    let (positions, part) = (mixed.len() / width, width / heads);
    let scale = 1.0 / (part as f64).sqrt();
    let mut errors = Attended {
        queries: vec![0.0; mixed.len()],
        keys: vec![0.0; mixed.len()],
        values: vec![0.0; mixed.len()],
    };
    let add = |target: &mut [f64], factor: f64, source: &[f64]| {
        target.iter_mut().zip(source).for_each(|(t, s)| *t += factor * s);
    };
    for head in 0..heads {
        let slice = |position: usize| position * width + head * part..position * width + (head + 1) * part;
        for to in 0..positions {
            let row = (head * positions + to) * positions;
            let weights = &pass.attention[row..=row + to];
            let asked: Vec<f64> = (0..=to)
                .map(|from| dot(&mixed[slice(to)], &pass.values[slice(from)]))
                .collect();
            let mean = dot(weights, &asked);
            for (from, (weight, asked)) in weights.iter().zip(&asked).enumerate() {
                add(&mut errors.values[slice(from)], *weight, &mixed[slice(to)]);
                let score = weight * (asked - mean) * scale;
                add(&mut errors.queries[slice(to)], score, &pass.keys[slice(from)]);
                add(&mut errors.keys[slice(from)], score, &pass.queries[slice(to)]);
            }
        }
    }
    errors
}
