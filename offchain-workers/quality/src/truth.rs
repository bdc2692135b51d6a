// SPDX-License-Identifier: Apache-2.0
//! Scores against what retraining says.

use anyhow::Result;
use openledger_trainer::{
    head::{train_head, Objective, Optimum},
    random::SplitMix64,
};

use crate::{
    data::{Row, Split},
    methods::{Method, Scorer},
    model::{features, Model},
    stats::{mean, spearman},
};

/// How much to compute.
pub struct Effort {
    pub halves: usize,
    pub left_out: usize,
    pub questions: usize,
    pub lambda: f64,
    pub seed: u64,
}

/// One figure for each of [`Method::ALL`].
pub type ByMethod = [f64; Method::ALL.len()];

/// What retraining says about a split.
pub struct Truth {
    /// Share of questions answered as labelled.
    pub accuracy: f64,
    /// Training rows that follow an earlier one as its near-duplicate.
    pub duplicates: usize,
    /// Leave-subset-out correlation.
    pub halves: ByMethod,
    /// Leave-one-out correlation.
    pub left_out: ByMethod,
}

/// Both correlations.
pub fn measure(split: &Split, effort: &Effort) -> Result<Truth> {
    let model = trained(split, effort)?;
    let leaders = (0u32..).zip(model.index.rows());
    Ok(Truth {
        accuracy: model.accuracy(&split.questions)?,
        duplicates: leaders.filter(|(number, row)| row.leader != *number).count(),
        halves: halves(&model, split, effort)?,
        left_out: left_out(&model, split, effort)?,
    })
}

/// The leave-subset-out correlation alone.
pub fn measure_halves(split: &Split, effort: &Effort) -> Result<ByMethod> {
    halves(&trained(split, effort)?, split, effort)
}

fn trained(split: &Split, effort: &Effort) -> Result<Model> {
    let lists: Vec<&[Row]> = split.train.chunks(1).collect();
    Model::train(split.classes, &lists, effort.lambda)
}

/// LDS (Park and others 2023, arXiv 2303.14186): over random halves of the rows, the rank correlation of the half's
/// summed scores and of the margin `ln(p / (1 - p))` with which a head trained on it gives the model's answer.
fn halves(model: &Model, split: &Split, effort: &Effort) -> Result<ByMethod> {
    let mut random = SplitMix64::new(effort.seed.wrapping_mul(97_001));
    let mut retrained = Vec::with_capacity(effort.halves);
    for _ in 0..effort.halves {
        let mut order: Vec<usize> = (0..split.train.len()).collect();
        random.shuffle(&mut order);
        order.truncate(split.train.len() / 2);
        let half: Vec<Row> = order.iter().map(|row| split.train[*row].clone()).collect();
        let optimum = train_head(&features(split.classes, &[half])?, effort.lambda)?.optimum;
        retrained.push((order, optimum));
    }
    correlations(model, split, effort, |question, class, scores| {
        let sums: Vec<f64> = retrained
            .iter()
            .map(|(half, _)| half.iter().map(|row| scores[*row]).sum())
            .collect();
        let margins: Result<Vec<f64>> = retrained
            .iter()
            .map(|(_, optimum)| {
                let p = probability(split.classes, optimum, question, class, effort.lambda)?;
                Ok((p / (1.0 - p)).ln())
            })
            .collect();
        Ok(spearman(&sums, &margins?))
    })
}

/// The rank correlation of scores and of the rise of the answer's loss when the head is trained without the row.
fn left_out(model: &Model, split: &Split, effort: &Effort) -> Result<ByMethod> {
    let mut order: Vec<usize> = (0..split.train.len()).collect();
    SplitMix64::new(effort.seed.wrapping_mul(31_013)).shuffle(&mut order);
    order.truncate(effort.left_out);
    let mut retrained = Vec::with_capacity(order.len());
    for row in &order {
        let mut rest = split.train.clone();
        rest.remove(*row);
        retrained.push(train_head(&features(split.classes, &[rest])?, effort.lambda)?.optimum);
    }
    correlations(model, split, effort, |question, class, scores| {
        let loss = |optimum: &Optimum| -> Result<f64> {
            Ok(-probability(split.classes, optimum, question, class, effort.lambda)?.ln())
        };
        let before = loss(&model.optimum)?;
        let rises: Result<Vec<f64>> = retrained
            .iter()
            .map(|optimum| Ok(loss(optimum)? - before))
            .collect();
        let scores: Vec<f64> = order.iter().map(|row| scores[*row]).collect();
        Ok(spearman(&scores, &rises?))
    })
}

/// For each method, the mean over questions of what `correlation` makes of the question, the model's answer and the
/// rows' scores.
fn correlations(
    model: &Model,
    split: &Split,
    effort: &Effort,
    correlation: impl Fn(&[i16], usize, &[f64]) -> Result<f64>,
) -> Result<ByMethod> {
    let mut means = [0.0; Method::ALL.len()];
    for (figure, method) in means.iter_mut().zip(Method::ALL) {
        let scorer = Scorer::new(model, method);
        let questions = split.questions.iter().take(effort.questions);
        let each: Result<Vec<f64>> = questions
            .map(|(_, question)| correlation(question, model.answer(question)?, &scorer.rows(question)?))
            .collect();
        *figure = mean(each?);
    }
    Ok(means)
}

/// The probability that a head gives to `class`.
fn probability(classes: u16, optimum: &Optimum, question: &[i16], class: usize, lambda: f64) -> Result<f64> {
    let one = features(classes, &[vec![(0u16, question.to_vec())]])?;
    Ok(Objective::new(&one, lambda)?.probabilities(&optimum.parameters, 0)[class])
}
