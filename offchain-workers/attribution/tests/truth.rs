// SPDX-License-Identifier: Apache-2.0
//! Scores against what retraining says, and what flipped labels earn.

mod common;

use common::{auc, clusters, digits, features, flip_fifth, spearman, Row};
use openledger_attribution::{build_index, Index};
use openledger_fixed::{argmax, logits, report, REPORT_ENTRIES, WEIGHT_ONE};
use openledger_trainer::{
    head::{train_head, Head, Objective, Optimum, LAMBDA},
    random::SplitMix64,
};

struct Model {
    optimum: Optimum,
    head: Head,
    index: Index,
}

fn model(classes: u16, rows: &[Row]) -> Model {
    let features = features(classes, rows, 1);
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let index = build_index(&features, &optimum, LAMBDA).unwrap();
    Model {
        head: optimum.quantise().unwrap(),
        optimum,
        index,
    }
}

fn answer(head: &Head, question: &[i16]) -> u16 {
    argmax(&logits(&head.weight, &head.bias, question).unwrap()).unwrap() as u16
}

/// Probabilities that a head gives to the classes for `question`.
fn probabilities(classes: u16, optimum: &Optimum, question: &[i16]) -> Vec<f64> {
    let one = features(classes, &[(0, question.to_vec())], 1);
    Objective::new(&one, LAMBDA)
        .unwrap()
        .probabilities(&optimum.parameters, 0)
}

#[test]
fn help_orders_rows_as_retraining_without_each_does() {
    let (rows, questions) = (clusters(60), clusters(70).split_off(60));
    let model = model(3, &rows);
    let without: Vec<Optimum> = (0..rows.len())
        .map(|left_out| {
            let mut rest = rows.clone();
            rest.remove(left_out);
            train_head(&features(3, &rest, 1), LAMBDA).unwrap().optimum
        })
        .collect();
    let mut influence = Vec::new();
    for (_, question) in questions {
        let class = usize::from(answer(&model.head, &question));
        let before = -probabilities(3, &model.optimum, &question)[class].ln();
        let truth: Vec<f64> = without
            .iter()
            .map(|w| -probabilities(3, w, &question)[class].ln() - before)
            .collect();
        let delta =
            openledger_fixed::delta(&logits(&model.head.weight, &model.head.bias, &question).unwrap());
        let help: Vec<f64> = model
            .index
            .rows()
            .map(|row| {
                row.read_influence(&mut influence);
                openledger_fixed::help(&influence, &delta, &question).unwrap() as f64
            })
            .collect();
        let correlation = spearman(&help, &truth);
        assert!(correlation > 0.9, "correlation {correlation}");
    }
}

#[test]
fn leave_one_out_probability_is_near_that_of_retraining() {
    let rows = clusters(60);
    let model = model(3, &rows);
    let stated: Vec<f64> = model
        .index
        .rows()
        .map(|row| f64::from(row.loo) / 65536.0)
        .collect();
    let truth: Vec<f64> = rows
        .iter()
        .enumerate()
        .map(|(left_out, (label, question))| {
            let mut rest = rows.clone();
            rest.remove(left_out);
            let without = train_head(&features(3, &rest, 1), LAMBDA).unwrap().optimum;
            probabilities(3, &without, question)[usize::from(*label)]
        })
        .collect();
    let correlation = spearman(&stated, &truth);
    let error = stated
        .iter()
        .zip(&truth)
        .map(|(stated, truth)| (stated - truth).abs())
        .sum::<f64>()
        / 60.0;
    println!("leave-one-out probability: correlation {correlation:.4}, mean error {error:.4}");
    assert!(
        correlation > 0.98 && error < 0.01,
        "correlation {correlation}, mean error {error}"
    );
}

#[test]
fn leave_one_out_probability_finds_flipped_labels() {
    let mut rows = digits()[..600].to_vec();
    let flipped = flip_fifth(&mut rows, 11);
    let doubt: Vec<f64> = model(10, &rows)
        .index
        .rows()
        .map(|row| -f64::from(row.loo))
        .collect();
    let auc = auc(&doubt, &flipped);
    println!("AUC {auc:.4}");
    assert!(auc > 0.95, "AUC {auc}");
}

/// Leave-subset-out correlation of the scores that pay: over 40 random halves of the rows, the rank correlation of
/// the half's summed scores and of the margin with which a head trained on it gives the answer; mean of 20 answers.
fn leave_subset_out_correlation(rows: &[Row], questions: &[Row]) -> f64 {
    let model = model(10, rows);
    let mut random = SplitMix64::new(5);
    let halves: Vec<(Vec<usize>, Optimum)> = (0..40)
        .map(|_| {
            let mut order: Vec<usize> = (0..rows.len()).collect();
            random.shuffle(&mut order);
            order.truncate(rows.len() / 2);
            let half: Vec<Row> = order.iter().map(|row| rows[*row].clone()).collect();
            let optimum = train_head(&features(10, &half, 1), LAMBDA).unwrap().optimum;
            (order, optimum)
        })
        .collect();
    let correlation = |question: &[i16]| {
        let scores = model.index.query_rows(question, &model.head).unwrap();
        let class = usize::from(answer(&model.head, question));
        let sums: Vec<f64> = halves
            .iter()
            .map(|(half, _)| half.iter().map(|row| scores[*row] as f64).sum())
            .collect();
        let margins: Vec<f64> = halves
            .iter()
            .map(|(_, optimum)| {
                let p = probabilities(10, optimum, question)[class];
                (p / (1.0 - p)).ln()
            })
            .collect();
        spearman(&sums, &margins)
    };
    questions
        .iter()
        .map(|(_, question)| correlation(question))
        .sum::<f64>()
        / questions.len() as f64
}

#[test]
fn scores_predict_retraining_on_half_of_the_digits() {
    let mut rows = digits();
    let questions = rows.split_off(1000)[..20].to_vec();
    rows.truncate(600);
    let clean = leave_subset_out_correlation(&rows, &questions);
    flip_fifth(&mut rows, 11);
    let flipped = leave_subset_out_correlation(&rows, &questions);
    println!("LDS {clean:.3} clean, {flipped:.3} with a fifth of the labels flipped");
    assert!(clean > 0.88, "LDS {clean}");
    assert!(flipped > 0.8, "LDS {flipped} with flips");
}

#[test]
fn flipped_labels_earn_almost_nothing_after_netting() {
    let mut rows = digits();
    let questions = rows.split_off(797);
    rows.truncate(600);
    let flipped = flip_fifth(&mut rows, 11);
    let model = model(10, &rows);
    let one = f64::from(WEIGHT_ONE);
    let (mut pending, mut pool) = (vec![0.0f64; rows.len()], 0.0);
    for (_, question) in &questions {
        let scores = model.index.query(question, &model.head).unwrap();
        let paid = 1.0 + std::mem::take(&mut pool);
        for (key, weight) in report(&scores, REPORT_ENTRIES) {
            let account = &mut pending[key.contribution as usize];
            let change = (f64::from(weight) / one * paid).max(-*account);
            *account += change;
            pool -= change.min(0.0);
        }
    }
    let junk: f64 = pending
        .iter()
        .zip(&flipped)
        .filter(|(_, flipped)| **flipped)
        .map(|(pay, _)| pay)
        .sum();
    let share = junk / pending.iter().sum::<f64>();
    println!("flipped labels got {:.2} % of the money", share * 100.0);
    assert!(share < 0.04, "flipped labels got {share}");
}
