// SPDX-License-Identifier: Apache-2.0
//! The scores that are compared: the one that pays, and five others.

use anyhow::Result;
use openledger_fixed::{delta, help, logits, report, DELTA_BITS, FEATURE_BITS, REPORT_ENTRIES};
use openledger_trainer::random::SplitMix64;

use crate::{data::Row, model::Model, money::Weights};

/// A way to score training rows for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// What the index pays: exact influence, the positive side times the leave-one-out probability, near-duplicates
    /// to the earliest registered.
    Paid,
    /// Exact influence alone.
    Exact,
    /// DataInf (Kwon and others 2023, arXiv 2310.00902) on gradients of unit length.
    DataInf,
    /// Inner product of the row's gradient and the answer's (Pruthi and others 2020, arXiv 2002.08484).
    Gradient,
    /// Nearness in feature space, positive for rows of the answer's class and negative for others.
    Nearest,
    /// Uniform noise.
    Random,
}

impl Method {
    /// All, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::Paid,
        Self::Exact,
        Self::DataInf,
        Self::Gradient,
        Self::Nearest,
        Self::Random,
    ];

    /// What tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paid => "**exact × ℓ (pays)**",
            Self::Exact => "exact",
            Self::DataInf => "DataInf, unit norm",
            Self::Gradient => "gradient dot product",
            Self::Nearest => "nearest of the class",
            Self::Random => "random",
        }
    }
}

/// A model under one method.
pub struct Scorer<'a> {
    model: &'a Model,
    method: Method,
    /// Gradients `[n, p]` of the rows: plain, or of unit length for DataInf.
    gradients: Vec<Vec<f64>>,
}

impl<'a> Scorer<'a> {
    pub fn new(model: &'a Model, method: Method) -> Self {
        let gradient = |row| model.objective.row_gradient(&model.optimum.parameters, row);
        let gradients = match method {
            Method::Gradient => (0..model.features.len()).map(gradient).collect(),
            Method::DataInf => (0..model.features.len()).map(gradient).map(unit).collect(),
            _ => Vec::new(),
        };
        Self {
            model,
            method,
            gradients,
        }
    }

    /// The score of each training row for the model's own answer to `question`.
    pub fn rows(&self, question: &[i16]) -> Result<Vec<f64>> {
        match self.method {
            Method::Paid => {
                let scores = self.model.index.query_rows(question, &self.model.head)?;
                Ok(scores.into_iter().map(|score| score as f64).collect())
            }
            Method::Exact => Ok(self
                .exact(question)?
                .into_iter()
                .map(|score| score as f64)
                .collect()),
            Method::DataInf => Ok(self.data_inf(&unit(self.gradient(question)?))),
            Method::Gradient => {
                let v = self.gradient(question)?;
                Ok(self.gradients.iter().map(|g| dot(g, &v)).collect())
            }
            Method::Nearest => self.nearest(question),
            Method::Random => {
                let seed = question.iter().fold(0u64, |seed, x| {
                    seed.wrapping_mul(0x100_0000_01b3) ^ u64::from(*x as u16)
                });
                let mut random = SplitMix64::new(seed);
                Ok((0..self.model.features.len())
                    .map(|_| random.symmetric())
                    .collect())
            }
        }
    }

    /// The report of an answer, as the engine makes it of contributions' scores.
    pub fn report(&self, question: &[i16]) -> Result<Weights> {
        let scores: Vec<(u64, i64)> = if self.method == Method::Paid {
            let scores = self.model.index.query(question, &self.model.head)?;
            scores
                .into_iter()
                .map(|(key, score)| (key.contribution, score))
                .collect()
        } else if self.method == Method::Exact {
            self.by_contribution(self.exact(question)?)
        } else {
            let rows = self.rows(question)?;
            let largest = rows
                .iter()
                .fold(f64::MIN_POSITIVE, |largest, x| x.abs().max(largest));
            // enough bits that rounding shows nowhere, and room for the sum of all rows
            let scale = f64::from(1u32 << 30) / largest;
            self.by_contribution(
                rows.into_iter()
                    .map(|score| (score * scale).round() as i64)
                    .collect(),
            )
        };
        Ok(report(&scores, REPORT_ENTRIES))
    }

    /// Reports of the answers to all questions.
    pub fn reports(&self, questions: &[Row]) -> Result<Vec<Weights>> {
        questions
            .iter()
            .map(|(_, question)| self.report(question))
            .collect()
    }

    fn by_contribution(&self, rows: Vec<i64>) -> Vec<(u64, i64)> {
        let keys = self.model.features.contributions();
        let mut sums: Vec<(u64, i64)> = keys.map(|key| (key.contribution, 0)).collect();
        for (row, score) in self.model.features.rows().zip(rows) {
            let sum = &mut sums[row.ordinal as usize].1;
            *sum = sum.saturating_add(score);
        }
        sums
    }

    fn exact(&self, question: &[i16]) -> Result<Vec<i64>> {
        let head = &self.model.head;
        let delta = delta(&logits(&head.weight, &head.bias, question)?);
        let mut influence = Vec::new();
        let mut scores = Vec::with_capacity(self.model.index.len());
        for row in self.model.index.rows() {
            row.read_influence(&mut influence);
            scores.push(help(&influence, &delta, question)?);
        }
        Ok(scores)
    }

    /// The gradient `[p]` of the answer's own loss.
    fn gradient(&self, question: &[i16]) -> Result<Vec<f64>> {
        let head = &self.model.head;
        let delta = delta(&logits(&head.weight, &head.bias, question)?);
        let one = f64::from(1u32 << FEATURE_BITS);
        let inputs: Vec<f64> = question
            .iter()
            .map(|x| f64::from(*x) / one)
            .chain([1.0])
            .collect();
        let errors = delta
            .iter()
            .map(|error| f64::from(*error) / f64::from(1u32 << DELTA_BITS));
        Ok(errors
            .flat_map(|error| inputs.iter().map(move |x| error * x).collect::<Vec<_>>())
            .collect())
    }

    /// `G·u` with `u = v - Mv / (1 + λ)` and `M = GᵀG / n`: DataInf's sum over points collapses to this when every
    /// gradient has length one. Its damping is 0.1 / p, by its authors' rule.
    fn data_inf(&self, v: &[f64]) -> Vec<f64> {
        let damping = 0.1 / v.len() as f64;
        let share = 1.0 / (self.gradients.len() as f64 * (1.0 + damping));
        let mut u = v.to_vec();
        for g in &self.gradients {
            let part = share * dot(g, v);
            u.iter_mut().zip(g).for_each(|(u, g)| *u -= part * g);
        }
        self.gradients.iter().map(|g| dot(g, &u)).collect()
    }

    fn nearest(&self, question: &[i16]) -> Result<Vec<f64>> {
        let class = self.model.answer(question)?;
        let one = f64::from(1u32 << FEATURE_BITS);
        let rows = self.model.features.rows().map(|row| {
            let differences = row.features.iter().zip(question);
            let distance: f64 = differences
                .map(|(a, b)| ((f64::from(*a) - f64::from(*b)) / one).powi(2))
                .sum();
            let near = 1.0 / (1.0 + distance);
            if usize::from(row.label) == class {
                near
            } else {
                -near
            }
        });
        Ok(rows.collect())
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn unit(mut vector: Vec<f64>) -> Vec<f64> {
    let length = dot(&vector, &vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let mut random = SplitMix64::new(3);
        let lists: Vec<Vec<Row>> = (0..10)
            .map(|_| {
                let row = |label: u16| {
                    let centre = [1500.0, -1500.0][usize::from(label)];
                    let mut number = || (centre + 900.0 * random.symmetric()) as i16;
                    (label, vec![number(), number(), number()])
                };
                [0, 1, 0].map(row).to_vec()
            })
            .collect();
        Model::train(2, &lists, 0.01).unwrap()
    }

    /// DataInf as its paper writes it, one point after the other.
    fn data_inf_point_by_point(gradients: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
        let (n, p) = (gradients.len() as f64, v.len() as f64);
        let lambda = 0.1 / (n * p) * gradients.iter().map(|g| dot(g, g)).sum::<f64>();
        let help = |k: &Vec<f64>| {
            let mean: f64 = gradients
                .iter()
                .map(|i| dot(v, i) * dot(i, k) / (lambda + dot(i, i)))
                .sum();
            (dot(v, k) - mean / n) / lambda
        };
        gradients.iter().map(help).collect()
    }

    #[test]
    fn data_inf_of_unit_gradients_is_that_of_the_paper() {
        let model = model();
        let scorer = Scorer::new(&model, Method::DataInf);
        let question = [800, -300, 1200];
        let v = unit(scorer.gradient(&question).unwrap());
        let expected = data_inf_point_by_point(&scorer.gradients, &v);
        let lambda = 0.1 / v.len() as f64;
        for (found, expected) in scorer.rows(&question).unwrap().iter().zip(expected) {
            assert!((found - expected * lambda).abs() < 1e-12);
        }
    }

    #[test]
    fn every_method_reports_whole_weights() {
        let model = model();
        for method in Method::ALL {
            let report = Scorer::new(&model, method).report(&[900, 100, 700]).unwrap();
            let positive: i64 = report.iter().map(|(_, weight)| i64::from(*weight).max(0)).sum();
            assert_eq!(positive, 1_000_000_000, "{method:?}");
        }
    }
}
