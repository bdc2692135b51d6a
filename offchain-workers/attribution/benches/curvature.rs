// SPDX-License-Identifier: Apache-2.0
//! What influence is worth when the Hessian is not held whole: a Kronecker product near it, and the whole one inside a
//! sketch, against retraining.
//!
//! Heads on random features of the digits (`tanh` of random sums of pixels): one of 650 parameters, where the whole
//! Hessian is easy, and one above 16,384, where exact scores come from conjugate gradients, question by question. LDS
//! over half-subset retrainings of 600 rows, `HALVES` of them, 25 questions, and the rank correlation with the exact
//! scores.

use std::{collections::BTreeMap, error::Error, io::Cursor, time::Instant};

use openledger_attribution::{write_index, ContributionKey, Index, Settings};
use openledger_fixed::{argmax, delta, help, logits};
use openledger_trainer::{
    curvature::CurvatureKind,
    digits::{self, CLASSES},
    features::{quantise_features, Features},
    head::{train_head, Objective, Optimum, LAMBDA},
    linear::Cholesky,
    random::SplitMix64,
};

const ROWS: usize = 600;
const QUESTIONS: usize = 25;
/// Features of the two heads.
const SIZES: [usize; 2] = [64, 1_700];
/// Directions of the inputs that a sketch keeps.
const SKETCHES: [usize; 3] = [16, 64, 256];

type Row = (u16, Vec<i16>);

fn main() -> Result<(), Box<dyn Error>> {
    let halves: usize = std::env::var("HALVES").map_or(Ok(20), |halves| halves.parse())?;
    for dims in SIZES {
        measure(dims, halves)?;
    }
    Ok(())
}

/// Digits as a layer of random weights sees them.
fn rows(dims: usize) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = digits::load_gz(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv.gz"))?;
    digits::shuffle(&mut rows, 5);
    rows.truncate(ROWS + QUESTIONS);
    let mut random = SplitMix64::new(17);
    let weights: Vec<Vec<f64>> = (0..dims)
        .map(|_| (0..=digits::PIXELS).map(|_| 0.25 * random.symmetric()).collect())
        .collect();
    rows.iter()
        .map(|row| {
            let pixels: Vec<f64> = row
                .input()
                .iter()
                .map(|pixel| f64::from(*pixel) / 2.0 - 4.0)
                .collect();
            let feature = |weights: &Vec<f64>| {
                let sum = weights
                    .iter()
                    .zip(&pixels)
                    .fold(4.0 * weights[digits::PIXELS], |sum, (w, x)| sum + w * x);
                libm::tanh(sum) as f32
            };
            let features: Vec<f32> = weights.iter().map(feature).collect();
            Ok((u16::from(row.label), quantise_features(&features)?))
        })
        .collect()
}

fn features(rows: &[Row]) -> Result<Features, Box<dyn Error>> {
    let mut features = Features::new(CLASSES as u16, rows[0].1.len() as u16)?;
    for (contribution, row) in (0..).zip(rows) {
        let key = ContributionKey {
            datanet: 0,
            contribution,
        };
        features.push_contribution(key, std::slice::from_ref(row))?;
    }
    Ok(features)
}

fn measure(dims: usize, halves: usize) -> Result<(), Box<dyn Error>> {
    let mut all = rows(dims)?;
    let questions = all.split_off(ROWS);
    let problem = features(&all)?;
    let start = Instant::now();
    let optimum = train_head(&problem, LAMBDA)?.optimum;
    let training = start.elapsed().as_secs_f64();
    let objective = Objective::new(&problem, LAMBDA)?;
    let head = optimum.quantise()?;
    let answers: Vec<usize> = questions
        .iter()
        .map(|(_, x)| Ok(argmax(&logits(&head.weight, &head.bias, x)?).unwrap_or(0)))
        .collect::<Result<_, Box<dyn Error>>>()?;
    let right = answers
        .iter()
        .zip(&questions)
        .filter(|(answer, (label, _))| **answer == usize::from(*label));
    println!(
        r#"{{"parameters":{},"rows":{ROWS},"right":"{} of {QUESTIONS}","training_s":{training:.1}}}"#,
        objective.parameters(),
        right.count()
    );

    let mut random = SplitMix64::new(23);
    let mut retrained = Vec::new();
    for _ in 0..halves {
        let mut order: Vec<usize> = (0..ROWS).collect();
        random.shuffle(&mut order);
        order.truncate(ROWS / 2);
        let half: Vec<Row> = order.iter().map(|row| all[*row].clone()).collect();
        let optimum = train_head(&features(&half)?, LAMBDA)?.optimum;
        let margins: Result<Vec<f64>, Box<dyn Error>> = questions
            .iter()
            .zip(&answers)
            .map(|(question, answer)| {
                let one = Objective::new(&features(std::slice::from_ref(question))?, LAMBDA)?;
                let p = one.probabilities(&optimum.parameters, 0)[*answer];
                Ok((p / (1.0 - p)).ln())
            })
            .collect();
        retrained.push((order, margins?));
    }
    let gradients: Vec<Vec<f64>> = (0..ROWS)
        .map(|row| objective.row_gradient(&optimum.parameters, row))
        .collect();
    let asked = Objective::new(&features(&questions)?, LAMBDA)?;
    let own = |question: usize| {
        let (inputs, _) = asked.row(question);
        let mut errors = asked.probabilities(&optimum.parameters, question);
        errors[answers[question]] -= 1.0;
        (errors, inputs)
    };
    let start = Instant::now();
    let exact: Vec<Vec<f64>> = (0..QUESTIONS)
        .map(|question| {
            let (errors, inputs) = own(question);
            let v: Vec<f64> = errors
                .iter()
                .flat_map(|e| inputs.iter().map(move |x| e * x))
                .collect();
            let solved = objective.solve(&optimum.parameters, &v, 1e-8);
            gradients.iter().map(|g| dot(g, &solved)).collect()
        })
        .collect();
    let print = |name: &str, scores: &[Vec<f64>], seconds: f64| {
        let lds = (0..QUESTIONS).map(|question| {
            let sums: Vec<f64> = retrained
                .iter()
                .map(|(half, _)| half.iter().map(|row| scores[question][*row]).sum())
                .collect();
            let margins: Vec<f64> = retrained.iter().map(|(_, margins)| margins[question]).collect();
            spearman(&sums, &margins)
        });
        let agrees = (0..QUESTIONS).map(|question| spearman(&scores[question], &exact[question]));
        let mean = |sum: f64| sum / QUESTIONS as f64;
        println!(
            r#"{{"score":"{name}","halves":{halves},"lds":{:.3},"with_exact":{:.3},"build_s":{seconds:.1}}}"#,
            mean(lds.sum()),
            mean(agrees.sum())
        );
    };
    print(
        "exact, by conjugate gradients",
        &exact,
        start.elapsed().as_secs_f64(),
    );
    let mut kinds = vec![CurvatureKind::Kronecker];
    if CurvatureKind::of(CLASSES, dims + 1) == CurvatureKind::Exact {
        kinds.insert(0, CurvatureKind::Exact);
    }
    for kind in kinds {
        let start = Instant::now();
        let scores = by_index(&problem, &optimum, kind, &questions)?;
        print(
            &format!("index of 16 bits, {}", kind.name()),
            &scores,
            start.elapsed().as_secs_f64(),
        );
    }
    for kept in SKETCHES.into_iter().filter(|kept| *kept < dims) {
        let start = Instant::now();
        let scores = by_sketch(&objective, &optimum, kept, QUESTIONS, own)?;
        let name = format!("exact inside a sketch of {} numbers", kept * CLASSES);
        print(&name, &scores, start.elapsed().as_secs_f64());
    }
    let dots: Vec<Vec<f64>> = (0..QUESTIONS)
        .map(|question| {
            let (errors, inputs) = own(question);
            let v: Vec<f64> = errors
                .iter()
                .flat_map(|e| inputs.iter().map(move |x| e * x))
                .collect();
            gradients.iter().map(|g| dot(g, &v)).collect()
        })
        .collect();
    print("gradient dot product", &dots, 0.0);
    Ok(())
}

fn by_index(
    problem: &Features,
    optimum: &Optimum,
    kind: CurvatureKind,
    questions: &[Row],
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let settings = Settings {
        curvature: Some(kind),
        ..Settings::new(LAMBDA)
    };
    let mut file = Cursor::new(Vec::new());
    write_index(problem, optimum, &settings, &mut file)?;
    let (index, head) = (Index::from_bytes(file.into_inner())?, optimum.quantise()?);
    let mut influence = Vec::new();
    questions
        .iter()
        .map(|(_, x)| {
            let delta = delta(&logits(&head.weight, &head.bias, x)?);
            index
                .rows()
                .map(|row| {
                    row.read_influence(&mut influence);
                    Ok(help(&influence, &delta, x)? as f64)
                })
                .collect()
        })
        .collect()
}

/// Exact influence of the same head with its inputs projected to `kept` numbers by random signs.
fn by_sketch(
    objective: &Objective,
    optimum: &Optimum,
    kept: usize,
    questions: usize,
    own: impl Fn(usize) -> (Vec<f64>, Vec<f64>),
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut random = SplitMix64::new(99);
    let width = objective.row(0).0.len();
    let signs: Vec<Vec<f64>> = (0..kept)
        .map(|_| {
            let sign = |_| if random.next_u64() >> 63 == 1 { 1.0 } else { -1.0 };
            (0..width)
                .map(sign)
                .map(|sign: f64| sign / (kept as f64).sqrt())
                .collect()
        })
        .collect();
    let short = |x: &[f64]| -> Vec<f64> { signs.iter().map(|row| dot(row, x)).collect() };
    let size = CLASSES * kept;
    let mut hessian = vec![0.0; size * size];
    let mut gradients = Vec::new();
    for row in 0..ROWS {
        let (x, label) = objective.row(row);
        let (x, p) = (short(&x), objective.probabilities(&optimum.parameters, row));
        for k in 0..CLASSES {
            for l in 0..=k {
                let curvature = if k == l {
                    p[k] * (1.0 - p[k])
                } else {
                    -(p[k] * p[l])
                } / ROWS as f64;
                for (j, x_j) in x.iter().enumerate() {
                    let start = (k * kept + j) * size + l * kept;
                    let target = &mut hessian[start..start + kept];
                    target
                        .iter_mut()
                        .zip(&x)
                        .for_each(|(h, x)| *h += curvature * x_j * x);
                }
            }
        }
        let mut errors = p;
        errors[label] -= 1.0;
        gradients.push(
            errors
                .iter()
                .flat_map(|e| x.iter().map(move |x| e * x))
                .collect::<Vec<f64>>(),
        );
    }
    (0..size).for_each(|i| hessian[i * size + i] += LAMBDA);
    let cholesky = Cholesky::factor(hessian, size)?;
    Ok((0..questions)
        .map(|question| {
            let (errors, x) = own(question);
            let x = short(&x);
            let mut v: Vec<f64> = errors.iter().flat_map(|e| x.iter().map(move |x| e * x)).collect();
            cholesky.solve(&mut v, 1);
            gradients.iter().map(|g| dot(g, &v)).collect()
        })
        .collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Ranks; equal numbers are rare enough here to be ordered by position.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let ranks: BTreeMap<usize, f64> = order
        .into_iter()
        .zip(0u32..)
        .map(|(at, rank)| (at, f64::from(rank)))
        .collect();
    ranks.into_values().collect()
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum() };
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}
