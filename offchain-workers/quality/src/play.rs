// SPDX-License-Identifier: Apache-2.0
//! Who gets the money when somebody plays against the rule.

use std::collections::{btree_map::Entry, BTreeMap};

use anyhow::Result;
use openledger_trainer::random::SplitMix64;

use crate::{
    data::{Flipped, Row, Split, CONTRIBUTIONS, RESERVE},
    methods::{Method, Scorer},
    model::Model,
    money::{share, unnetted, Ledger, Weights, CONTRIBUTORS, FEE},
    stats::{auc, mean},
};

/// Noise of the copies, in standard deviations of each feature.
pub const NOISE: [f64; 8] = [0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0];
/// What an inflating contributor multiplies its data by.
pub const SCALES: [f64; 5] = [0.5, 1.0, 1.5, 2.0, 4.0];
/// Contributions that inflate, of [`CONTRIBUTIONS`].
const INFLATING: usize = 6;
/// The best-paid contributions, each of which somebody tries to debit.
const RIVALS: usize = 10;
/// Questions that a griefer asks.
const GRIEF: usize = 500;

/// What is played.
pub struct Game {
    pub answers: usize,
    pub lambda: f64,
    pub seed: u64,
}

impl Game {
    /// Money by contribution after all answers, each to a question drawn at random.
    fn pay(&self, reports: &[Weights]) -> BTreeMap<u64, u128> {
        self.ledger(reports).vest_all()
    }

    fn ledger(&self, reports: &[Weights]) -> Ledger {
        let mut random = SplitMix64::new(self.seed.wrapping_mul(524_287));
        let mut ledger = Ledger::default();
        for _ in 0..self.answers {
            ledger.answer(&reports[random.below(reports.len())], None);
        }
        ledger
    }
}

/// What rows with wrong labels got.
#[derive(Clone, Copy)]
pub struct Junk {
    /// Share of the money without netting.
    pub unnetted: f64,
    /// Share of the money.
    pub netted: f64,
    /// Area under the ROC curve of the sign by which they are found.
    pub auc: f64,
}

/// A fifth of the labels is wrong, each row is a contribution: what share of the money do they get, and how well are
/// they found: by the leave-one-out probability for the score that pays, by the mean score over all questions for the
/// others.
pub fn junk(game: &Game, flipped: &Flipped) -> Result<Vec<Junk>> {
    let split = &flipped.split;
    let lists: Vec<&[Row]> = split.train.chunks(1).collect();
    let model = Model::train(split.classes, &lists, game.lambda)?;
    let wrong = |contribution: u64| flipped.flipped[contribution as usize];
    Method::ALL
        .into_iter()
        .map(|method| {
            let scorer = Scorer::new(&model, method);
            let reports = scorer.reports(&split.questions)?;
            let plain: Vec<Weights> = reports.iter().map(|report| unnetted(report)).collect();
            let doubt: Vec<f64> = if method == Method::Paid {
                let believed = model.index.leave_one_out(&model.features, &model.head)?;
                believed.into_iter().map(|loo| -f64::from(loo)).collect()
            } else {
                let mut sums = vec![0.0; split.train.len()];
                for (_, question) in &split.questions {
                    let rows = scorer.rows(question)?;
                    sums.iter_mut().zip(rows).for_each(|(sum, score)| *sum -= score);
                }
                sums
            };
            Ok(Junk {
                unnetted: share(&game.pay(&plain), wrong),
                netted: share(&game.pay(&reports), wrong),
                auc: auc(&doubt, &flipped.flipped),
            })
        })
        .collect()
}

/// What copying another's data ten times earned, by [`NOISE`].
pub struct Copied {
    /// Share of the money that the copied contribution got before there were copies.
    pub before: f64,
    /// Share that the copies got.
    pub copier: Vec<f64>,
    /// Share that the copied contribution got beside them.
    pub owner: Vec<f64>,
}

/// What copies earned, beside what honest data of their size does.
pub struct Sybil {
    /// Share of the money that as many fresh rows got in their place.
    pub honest: f64,
    /// Copies of the best-paid contribution.
    pub best: Copied,
    /// Copies of the contribution in the middle of all by pay.
    pub typical: Copied,
}

/// Somebody registers a contribution of somebody else ten times more, with noise.
pub fn sybil(game: &Game, split: &Split) -> Result<Vec<Sybil>> {
    let lists = contributions(&split.train);
    let honest: Vec<&[Row]> = split.reserve.chunks(lists[0].len()).take(RESERVE).collect();
    let base = Model::train(split.classes, &lists, game.lambda)?;
    let with_honest = Model::train(split.classes, &[lists.clone(), honest].concat(), game.lambda)?;
    let shares = |model: &Model, method| -> Result<BTreeMap<u64, u128>> {
        Ok(game.pay(&Scorer::new(model, method).reports(&split.questions)?))
    };
    let added = |contribution: u64| contribution >= lists.len() as u64;
    let mut models: BTreeMap<u64, Vec<Model>> = BTreeMap::new();
    let mut played = Vec::new();
    for method in Method::ALL {
        let alone = shares(&base, method)?;
        let order = best(&alone);
        let mut copied = |victim: u64| -> Result<Copied> {
            if let Entry::Vacant(place) = models.entry(victim) {
                let rows = lists[victim as usize];
                let trained = NOISE.iter().map(|noise| {
                    let copies = copies(&split.train, rows, *noise, game.seed);
                    let copies: Vec<&[Row]> = copies.iter().map(Vec::as_slice).collect();
                    Model::train(split.classes, &[lists.clone(), copies].concat(), game.lambda)
                });
                place.insert(trained.collect::<Result<_>>()?);
            }
            let (mut copier, mut owner) = (Vec::new(), Vec::new());
            for model in &models[&victim] {
                let paid = shares(model, method)?;
                copier.push(share(&paid, added));
                owner.push(share(&paid, |contribution| contribution == victim));
            }
            Ok(Copied {
                before: share(&alone, |contribution| contribution == victim),
                copier,
                owner,
            })
        };
        played.push(Sybil {
            honest: share(&shares(&with_honest, method)?, added),
            best: copied(order[0])?,
            typical: copied(order[order.len() / 2])?,
        });
    }
    Ok(played)
}

/// Ten copies of `rows`, each feature moved by normal noise of `noise` times its standard deviation over `all`.
fn copies(all: &[Row], rows: &[Row], noise: f64, seed: u64) -> Vec<Vec<Row>> {
    let mut random = SplitMix64::new(seed.wrapping_mul(65_537));
    let dims = rows.first().map_or(0, |row| row.1.len());
    let deviations: Vec<f64> = (0..dims)
        .map(|column| {
            let numbers = || all.iter().map(|(_, features)| f64::from(features[column]));
            let centre = mean(numbers());
            mean(numbers().map(|x| (x - centre).powi(2))).sqrt()
        })
        .collect();
    // near enough to normal: a sum of twelve uniform numbers
    let mut normal = move || (0..12).map(|_| random.symmetric()).sum::<f64>() / 2.0;
    (0..RESERVE)
        .map(|_| {
            rows.iter()
                .map(|(label, features)| {
                    let moved = features
                        .iter()
                        .zip(&deviations)
                        .map(|(x, deviation)| (f64::from(*x) + noise * deviation * normal()).round() as i16);
                    (*label, moved.collect())
                })
                .collect()
        })
        .collect()
}

/// Share of the money, by [`SCALES`], of contributors who multiply their data; all of it as honest data earns is at
/// scale one.
pub fn inflation(game: &Game, split: &Split) -> Result<Vec<Vec<f64>>> {
    let size = split.train.len() / CONTRIBUTIONS;
    let models: Result<Vec<Model>> = SCALES
        .iter()
        .map(|scale| {
            let mut rows = split.train.clone();
            for (number, row) in rows.iter_mut().enumerate().take(INFLATING * size) {
                *row = split.scaled(number, *scale)?;
            }
            Model::train(split.classes, &contributions(&rows), game.lambda)
        })
        .collect();
    let models = models?;
    Method::ALL
        .into_iter()
        .map(|method| {
            models
                .iter()
                .map(|model| {
                    let paid = game.pay(&Scorer::new(model, method).reports(&split.questions)?);
                    Ok(share(&paid, |contribution| contribution < INFLATING as u64))
                })
                .collect()
        })
        .collect()
}

/// What a payer can take from a rival.
#[derive(Clone, Copy)]
pub struct Griefing {
    /// Planck that the rival lost for each planck that the payer spent: the mean over rivals.
    pub mean: f64,
    /// The same for the rival that lost most.
    pub most: f64,
    /// Share of the rival's unvested pay that was taken, mean over rivals.
    pub taken: f64,
}

/// After all honest answers a payer asks, over and over, the question whose answer debits a rival most.
pub fn griefing(game: &Game, split: &Split) -> Result<Vec<Griefing>> {
    let model = Model::train(split.classes, &contributions(&split.train), game.lambda)?;
    Method::ALL
        .into_iter()
        .map(|method| {
            let reports = Scorer::new(&model, method).reports(&split.questions)?;
            let rivals = best(&game.pay(&reports));
            let (mut burnt, mut taken) = (Vec::new(), Vec::new());
            for rival in rivals.into_iter().take(RIVALS) {
                let weight = |report: &Weights| {
                    let entry = report.iter().find(|(contribution, _)| *contribution == rival);
                    entry.map_or(0, |(_, weight)| *weight)
                };
                let worst = reports.iter().min_by_key(|report| weight(report));
                let mut ledger = game.ledger(&reports);
                let unvested = ledger.pending(rival);
                let (mut lost, mut spent) = (0, 0);
                for _ in 0..GRIEF {
                    // somebody who wants to hurt stops when there is nothing left to take
                    if let Some(report) =
                        worst.filter(|report| weight(report) < 0 && ledger.pending(rival) > 0)
                    {
                        lost += ledger.answer(report, Some(rival));
                        spent += FEE;
                    }
                }
                burnt.push(if spent > 0 {
                    lost as f64 / spent as f64
                } else {
                    0.0
                });
                taken.push(if unvested > 0 {
                    lost as f64 / unvested as f64
                } else {
                    0.0
                });
            }
            Ok(Griefing {
                mean: mean(burnt.iter().copied()),
                most: burnt.iter().copied().fold(0.0, f64::max),
                taken: mean(taken),
            })
        })
        .collect()
}

/// The most that a planck of fee can take back, by the rule: the contributors' part of it.
pub fn griefing_bound() -> f64 {
    CONTRIBUTORS as f64 / FEE as f64
}

/// The training rows as [`CONTRIBUTIONS`] contributions of one size; rows that are left over take no part.
fn contributions(rows: &[Row]) -> Vec<&[Row]> {
    rows.chunks_exact((rows.len() / CONTRIBUTIONS).max(1))
        .take(CONTRIBUTIONS)
        .collect()
}

/// Contributions by pay, the best-paid first.
fn best(paid: &BTreeMap<u64, u128>) -> Vec<u64> {
    let mut order: Vec<(u128, u64)> = paid.iter().map(|(key, amount)| (*amount, *key)).collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    order.into_iter().map(|(_, key)| key).collect()
}
