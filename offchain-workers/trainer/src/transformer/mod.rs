// SPDX-License-Identifier: Apache-2.0
//! A small transformer with LoRA, its gradients worked out by hand: what attribution of deep adapters is tested with.
//!
//! Causal self-attention and a tanh layer, each with a residual and before it a division by the root mean square;
//! rank-`r` adapters `W + B·A` on queries, values and both matrices of the tanh layer; everything else is frozen.
//! `f64`, every loop in one order, `libm` functions: the same texts give the same bytes everywhere. It learns real
//! things, slowly: large models are trained by other software, and meet attribution by [`Captured`].

mod backward;
mod forward;
mod training;

pub use training::{train, Schedule};

use crate::random::SplitMix64;

/// Adapted matrices of a layer: queries, values, up, down.
pub const ADAPTED: usize = 4;

/// Sizes of a transformer; all at least one, and `heads` divides `width`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Tokens.
    pub vocabulary: usize,
    /// Numbers of a position, `d`.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Numbers inside the tanh layer.
    pub hidden: usize,
    /// Layers.
    pub layers: usize,
    /// Longest text, in tokens.
    pub context: usize,
    /// Rank of the adapters.
    pub rank: usize,
}

/// Why a text has no loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Fewer than two tokens, or more than the context holds.
    #[error("a text of {found} tokens: 2 to {context} can be read")]
    WrongLength {
        /// Tokens of the text.
        found: usize,
        /// Most tokens.
        context: usize,
    },
    /// A token that the vocabulary lacks.
    #[error("token {token} at {index} is not below {vocabulary}")]
    UnknownToken {
        /// The token.
        token: u16,
        /// Its index.
        index: usize,
        /// Size of the vocabulary.
        vocabulary: usize,
    },
    /// No token is left to be predicted.
    #[error("the answer starts at token {from} of {len}: it must be 1 to {}", len - 1)]
    NoAnswer {
        /// First token of the answer.
        from: usize,
        /// Tokens of the text.
        len: usize,
    },
}

/// A matrix `[outputs, inputs]`, row major.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matrix {
    pub outputs: usize,
    pub inputs: usize,
    pub numbers: Vec<f64>,
}

impl Matrix {
    /// Uniform numbers with the variance `1 / inputs`.
    fn random(outputs: usize, inputs: usize, random: &mut SplitMix64) -> Self {
        let scale = (3.0 / inputs as f64).sqrt();
        Self {
            outputs,
            inputs,
            numbers: (0..outputs * inputs)
                .map(|_| scale * random.symmetric())
                .collect(),
        }
    }

    fn zero(outputs: usize, inputs: usize) -> Self {
        Self {
            outputs,
            inputs,
            numbers: vec![0.0; outputs * inputs],
        }
    }

    /// `[positions, outputs]` of `x [positions, inputs]`.
    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        let rows = || self.numbers.chunks_exact(self.inputs);
        x.chunks_exact(self.inputs)
            .flat_map(|x| rows().map(|row| crate::linear::dot(row, x)))
            .collect()
    }

    /// `[positions, inputs]` of `errors [positions, outputs]`: the transposed matrix applied.
    pub fn apply_transposed(&self, errors: &[f64]) -> Vec<f64> {
        let mut result = Vec::with_capacity(errors.len() / self.outputs * self.inputs);
        for errors in errors.chunks_exact(self.outputs) {
            let mut sum = vec![0.0; self.inputs];
            for (error, row) in errors.iter().zip(self.numbers.chunks_exact(self.inputs)) {
                sum.iter_mut().zip(row).for_each(|(sum, w)| *sum += error * w);
            }
            result.extend(sum);
        }
        result
    }
}

#[derive(Clone, Debug)]
struct Layer {
    queries: Matrix,
    keys: Matrix,
    values: Matrix,
    out: Matrix,
    up: Matrix,
    down: Matrix,
}

/// The frozen part.
#[derive(Clone, Debug)]
pub struct Transformer {
    shape: Shape,
    embedding: Matrix,
    positions: Matrix,
    layers: Vec<Layer>,
    unembedding: Matrix,
}

/// One adapter, `B·A`.
#[derive(Clone, Debug, PartialEq)]
pub struct Lora {
    /// `[rank, inputs]`
    pub(crate) a: Matrix,
    /// `[outputs, rank]`
    pub(crate) b: Matrix,
}

impl Lora {
    fn apply(&self, x: &[f64]) -> Vec<f64> {
        self.b.apply(&self.a.apply(x))
    }

    fn apply_transposed(&self, errors: &[f64]) -> Vec<f64> {
        self.a.apply_transposed(&self.b.apply_transposed(errors))
    }
}

/// All adapters, in the order of layers and, in each, queries, values, up, down.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapters(pub(crate) Vec<Lora>);

/// What a matrix saw of one text: its gradient is the sum over positions of error times input.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// `[positions, width of an input]`
    pub inputs: Vec<f64>,
    /// `[positions, width of an output]`: the loss by the matrix's output.
    pub errors: Vec<f64>,
    /// Width of an input.
    pub input_width: usize,
    /// Width of an output.
    pub output_width: usize,
}

impl Captured {
    /// The gradient `[output_width, input_width]` itself.
    pub fn gradient(&self) -> Vec<f64> {
        let mut gradient = vec![0.0; self.output_width * self.input_width];
        let positions = self.inputs.chunks_exact(self.input_width);
        for (input, errors) in positions.zip(self.errors.chunks_exact(self.output_width)) {
            for (row, error) in gradient.chunks_exact_mut(self.input_width).zip(errors) {
                row.iter_mut().zip(input).for_each(|(g, x)| *g += error * x);
            }
        }
        gradient
    }
}

impl Transformer {
    /// Frozen weights at random, by `seed`.
    pub fn new(shape: Shape, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let Shape { width, hidden, .. } = shape;
        let mut matrix = |outputs, inputs| Matrix::random(outputs, inputs, &mut random);
        Self {
            embedding: matrix(shape.vocabulary, width),
            positions: matrix(shape.context, width),
            layers: (0..shape.layers)
                .map(|_| Layer {
                    queries: matrix(width, width),
                    keys: matrix(width, width),
                    values: matrix(width, width),
                    out: matrix(width, width),
                    up: matrix(hidden, width),
                    down: matrix(width, hidden),
                })
                .collect(),
            unembedding: matrix(shape.vocabulary, width),
            shape,
        }
    }

    /// Its sizes.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Adapters that change nothing yet: `A` at random by `seed`, `B` zero.
    pub fn adapters(&self, seed: u64) -> Adapters {
        let mut random = SplitMix64::new(seed);
        let Shape {
            width, hidden, rank, ..
        } = self.shape;
        let sizes = [(width, width), (width, width), (hidden, width), (width, hidden)];
        let mut adapter = |(outputs, inputs)| Lora {
            a: Matrix::random(rank, inputs, &mut random),
            b: Matrix::zero(outputs, rank),
        };
        Adapters(
            (0..self.shape.layers)
                .flat_map(|_| sizes.map(&mut adapter))
                .collect(),
        )
    }

    /// Mean cross-entropy of the tokens from `from` on, each predicted from those before it.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn loss(&self, adapters: &Adapters, text: &[u16], from: usize) -> Result<f64, TextError> {
        self.check(text, from)?;
        Ok(forward::run(self, adapters, text).loss(text, from))
    }

    /// The loss, and what the two factors of each adapter saw: for `A` the input and the error that `B` passes on, for
    /// `B` the output of `A` and the error of the adapter's output. In the order of [`Adapters`], `A` before `B`.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn capture(
        &self,
        adapters: &Adapters,
        text: &[u16],
        from: usize,
    ) -> Result<(f64, Vec<Captured>), TextError> {
        self.check(text, from)?;
        let run = forward::run(self, adapters, text);
        let loss = run.loss(text, from);
        Ok((loss, backward::run(self, adapters, &run, text, from)))
    }

    /// Continues `prompt` by the likeliest tokens, the first of equals, up to the context.
    ///
    /// # Errors
    /// [`TextError::UnknownToken`], and [`TextError::WrongLength`] of an empty or full prompt.
    pub fn answer(&self, adapters: &Adapters, prompt: &[u16], tokens: usize) -> Result<Vec<u16>, TextError> {
        let mut text = prompt.to_vec();
        for _ in 0..tokens.min(self.shape.context.saturating_sub(prompt.len())) {
            // the last token is predicted and not read
            text.push(0);
            self.check(&text, 1)?;
            let run = forward::run(self, adapters, &text);
            let logits = run
                .logits
                .rchunks_exact(self.shape.vocabulary)
                .next()
                .unwrap_or(&[]);
            let best = (0u16..)
                .zip(logits)
                .fold((0, f64::NEG_INFINITY), |best, (token, logit)| {
                    if *logit > best.1 {
                        (token, *logit)
                    } else {
                        best
                    }
                });
            let last = text.len() - 1;
            text[last] = best.0;
        }
        Ok(text)
    }

    fn check(&self, text: &[u16], from: usize) -> Result<(), TextError> {
        let Shape {
            context, vocabulary, ..
        } = self.shape;
        if !(2..=context).contains(&text.len()) {
            let found = text.len();
            return Err(TextError::WrongLength { found, context });
        }
        if let Some(index) = text.iter().position(|token| usize::from(*token) >= vocabulary) {
            return Err(TextError::UnknownToken {
                token: text[index],
                index,
                vocabulary,
            });
        }
        if from == 0 || from >= text.len() {
            return Err(TextError::NoAnswer {
                from,
                len: text.len(),
            });
        }
        Ok(())
    }
}

impl Adapters {
    /// Parameters: `A` and `B` of each adapter in turn, row major.
    pub fn parameters(&self) -> Vec<f64> {
        let factors = |lora: &Lora| [lora.a.numbers.clone(), lora.b.numbers.clone()].concat();
        self.0.iter().flat_map(factors).collect()
    }

    /// Adapters of the same shape with other parameters.
    ///
    /// # Panics
    /// If there are fewer or more than [`Adapters::parameters`] gives.
    pub fn with_parameters(&self, parameters: &[f64]) -> Self {
        let mut rest = parameters;
        let mut take = |matrix: &Matrix| {
            let (numbers, after) = rest.split_at(matrix.numbers.len());
            rest = after;
            Matrix {
                numbers: numbers.to_vec(),
                ..*matrix
            }
        };
        let adapters = self.0.iter().map(|lora| Lora {
            a: take(&lora.a),
            b: take(&lora.b),
        });
        let adapters = Self(adapters.collect());
        assert!(rest.is_empty(), "as many parameters as the adapters have");
        adapters
    }
}
