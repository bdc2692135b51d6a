// SPDX-License-Identifier: Apache-2.0
//! Quality and speed of attribution by sketches, on the small transformer.
//!
//! Quality: texts of four domains, whose tokens overlap, each followed by the name of its domain, which is what is
//! learnt; a fifth of the texts has the name of another domain. LDS over half-subset retrainings, and the area under the
//! ROC curve by which the negated mean score finds the wrong names. An answer is the model's own. Beside it the same without sketches (DataInf on exact gradients of unit length), cosines, and
//! the last checkpoint alone. Speed: a query of 10,000 rows.

use std::{error::Error, time::Duration};

use nix::sys::resource::{getrusage, UsageWho};

use openledger_attribution::{
    deep::{noise_floor, Captured, Projection, Sketch, SketchFile},
    ContributionKey,
};
use openledger_trainer::{
    random::SplitMix64,
    transformer::{train, Adapters, Schedule, Shape, Transformer},
};

/// Tokens of texts; those after them are names of domains.
const NUMBERS: usize = 16;
/// Tokens before the name.
const LEN: usize = 8;
const SHAPE: Shape = Shape {
    vocabulary: NUMBERS + DOMAINS,
    width: 16,
    heads: 2,
    hidden: 32,
    layers: 2,
    context: LEN + 1,
    rank: 4,
};
const SCHEDULE: Schedule = Schedule {
    steps: 60,
    rate: 0.01,
    decay: 1e-3,
    checkpoints: 5,
    from: LEN,
};
const DOMAINS: usize = 4;
/// Different tokens of a domain.
const SPREAD: usize = 7;
const TEXTS: usize = 120;
const QUESTIONS: usize = 40;
const HALVES: usize = 40;
const SEEDS: u64 = 3;
/// Rows of the timed query.
const ROWS: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let halves: usize = std::env::var("HALVES").map_or(Ok(HALVES), |halves| halves.parse())?;
    let mut sums: Vec<Figures> = Vec::new();
    for seed in 1..=SEEDS {
        let measured = quality(seed, halves)?;
        for (index, (name, lds, auc)) in measured.into_iter().enumerate() {
            match sums.get_mut(index) {
                Some(sum) => {
                    sum.1 += lds;
                    sum.2 += auc;
                }
                None => sums.push((name, lds, auc)),
            }
        }
    }
    let seeds = SEEDS as f64;
    let accuracy = sums.remove(0).1 / seeds;
    println!(r#"{{"seeds":{SEEDS},"halves":{halves},"texts":{TEXTS},"accuracy":{accuracy:.3}}}"#);
    for (name, lds, auc) in sums {
        println!(
            r#"{{"score":"{name}","lds":{:.3},"mislabelled_auc":{:.3}}}"#,
            lds / seeds,
            auc / seeds
        );
    }
    for numbers in [256, 1024, 2048] {
        speed(numbers)?;
    }
    Ok(())
}

/// A text of one domain with the name of the same or another.
fn text(random: &mut SplitMix64, domain: usize, name: usize) -> Vec<u16> {
    let first = domain * NUMBERS / DOMAINS;
    let mut text: Vec<u16> = (0..LEN)
        .map(|_| ((first + random.below(SPREAD)) % NUMBERS) as u16)
        .collect();
    text.push((NUMBERS + name) as u16);
    text
}

/// A score's name, LDS and area under the curve.
type Figures = (String, f64, f64);

fn quality(seed: u64, halves: usize) -> Result<Vec<Figures>, Box<dyn Error>> {
    let mut random = SplitMix64::new(seed.wrapping_mul(7_919));
    let transformer = Transformer::new(SHAPE, seed);
    let start = transformer.adapters(seed);
    let mut junk: Vec<bool> = (0..TEXTS).map(|row| row % 5 == 0).collect();
    random.shuffle(&mut junk);
    let texts: Vec<Vec<u16>> = junk
        .iter()
        .enumerate()
        .map(|(row, junk)| {
            let other = usize::from(*junk) * (1 + random.below(3));
            text(&mut random, row % 4, (row + other) % 4)
        })
        .collect();
    let questions: Vec<Vec<u16>> = (0..QUESTIONS)
        .map(|number| text(&mut random, number % 4, number % 4))
        .collect();
    let checkpoints = train(&transformer, &start, &texts, &SCHEDULE)?;
    let model = checkpoints.last().ok_or("no checkpoint")?;
    let answers: Vec<Vec<u16>> = questions
        .iter()
        .map(|question| transformer.answer(model, &question[..LEN], 1))
        .collect::<Result<_, _>>()?;
    let right = answers.iter().zip(&questions).filter(|(a, b)| a == b).count();
    let questions = answers;

    // what retraining says: minus the loss of each question by each half
    let mut retrained = Vec::new();
    for _ in 0..halves {
        let mut order: Vec<usize> = (0..TEXTS).collect();
        random.shuffle(&mut order);
        order.truncate(TEXTS / 2);
        let half: Vec<&[u16]> = order.iter().map(|row| texts[*row].as_slice()).collect();
        let adapters = train(&transformer, &start, &half, &SCHEDULE)?
            .pop()
            .ok_or("no checkpoint")?;
        let margins: Result<Vec<f64>, _> = questions
            .iter()
            .map(|question| transformer.loss(&adapters, question, LEN).map(|loss| -loss))
            .collect();
        retrained.push((order, margins?));
    }
    let measure = |name: &str, scores: &[Vec<f64>]| {
        let lds = (0..QUESTIONS).map(|question| {
            let sums: Vec<f64> = retrained
                .iter()
                .map(|(half, _)| half.iter().map(|row| scores[question][*row]).sum())
                .collect();
            let margins: Vec<f64> = retrained.iter().map(|(_, margins)| margins[question]).collect();
            spearman(&sums, &margins)
        });
        let doubt: Vec<f64> = (0..TEXTS)
            .map(|row| -scores.iter().map(|of| of[row]).sum::<f64>())
            .collect();
        (
            name.to_owned(),
            lds.sum::<f64>() / QUESTIONS as f64,
            auc(&doubt, &junk),
        )
    };

    let captured = |adapters: &Adapters, text: &[u16]| -> Result<Vec<Captured>, Box<dyn Error>> {
        Ok(transformer.capture(adapters, text, LEN)?.1)
    };
    let shapes: Vec<(usize, usize)> = captured(&checkpoints[0], &texts[0])?
        .iter()
        .map(|saw| (saw.output_width, saw.input_width))
        .collect();
    // exact gradients of length one, by checkpoint
    let exact = Projection::new(&[0; 32], 0, &shapes, (64, 64))?;
    let mut cosines = vec![vec![0.0; TEXTS]; QUESTIONS];
    let mut exact_data_inf = cosines.clone();
    for adapters in &checkpoints {
        let direction = |text: &Vec<u16>| exact.direction(&captured(adapters, text).unwrap_or_default());
        let rows: Vec<Vec<f64>> = texts.iter().map(direction).collect::<Result<_, _>>()?;
        for (question, text) in questions.iter().enumerate() {
            let v = direction(text)?;
            let along: Vec<f64> = rows.iter().map(|g| dot(g, &v)).collect();
            let mut u = v.clone();
            let share = 1.0 / (TEXTS as f64 * (1.0 + 0.1 / v.len() as f64));
            for (g, along) in rows.iter().zip(&along) {
                u.iter_mut().zip(g).for_each(|(u, g)| *u -= share * along * g);
            }
            for row in 0..TEXTS {
                cosines[question][row] += along[row];
                exact_data_inf[question][row] += dot(&rows[row], &u);
            }
        }
    }
    let mut measured = vec![
        ("accuracy".to_owned(), right as f64 / QUESTIONS as f64, 0.0),
        measure("cosine, 5 checkpoints, exact gradients", &cosines),
        measure(
            "DataInf unit norm, 5 checkpoints, exact gradients",
            &exact_data_inf,
        ),
    ];
    for (short, from) in [((8, 8), 0), ((4, 8), 0), ((4, 4), 0), ((2, 4), 0), ((8, 8), 4)] {
        let projections: Vec<Projection> = (from..5u32)
            .map(|checkpoint| Projection::new(&[seed as u8; 32], checkpoint, &shapes, short))
            .collect::<Result<_, _>>()?;
        let sketches = |text: &Vec<u16>| -> Result<Vec<Sketch>, Box<dyn Error>> {
            let each = projections.iter().zip(&checkpoints[from as usize..]);
            each.map(|(projection, adapters)| Ok(projection.sketch(&captured(adapters, text)?)?))
                .collect()
        };
        let rows: Vec<(u32, Vec<Sketch>)> = (0u32..)
            .zip(&texts)
            .map(|(row, text)| Ok((row, sketches(text)?)))
            .collect::<Result<_, Box<dyn Error>>>()?;
        let file = SketchFile::build(&[seed as u8; 32], 0, &keys(TEXTS), &rows)?;
        let scores: Vec<Vec<f64>> = questions
            .iter()
            .map(|text| {
                let scores = file.query_rows(&sketches(text)?)?;
                Ok(scores.into_iter().map(|score| score as f64).collect())
            })
            .collect::<Result<_, Box<dyn Error>>>()?;
        let name = format!(
            "DataInf unit norm, {} checkpoints, int8 sketch of {} of {} numbers",
            projections.len(),
            projections[0].numbers(),
            exact.numbers()
        );
        measured.push(measure(&name, &scores));
    }
    Ok(measured)
}

fn keys(rows: usize) -> Vec<ContributionKey> {
    (0..rows as u64)
        .map(|contribution| ContributionKey {
            datanet: 0,
            contribution,
        })
        .collect()
}

fn speed(numbers: usize) -> Result<(), Box<dyn Error>> {
    let mut random = SplitMix64::new(1);
    let mut sketch = || Sketch((0..numbers).map(|_| (random.symmetric() * 60.0) as i8).collect());
    let rows: Vec<(u32, Vec<Sketch>)> = (0..ROWS as u32).map(|row| (row, vec![sketch()])).collect();
    let mut file = SketchFile::build(&[0; 32], noise_floor(ROWS, numbers), &keys(ROWS), &rows)?;
    let answer = [sketch()];
    let plain = median(&file, &answer)?;
    let start = processor_time()?;
    file.prepare();
    let preparing = (processor_time()? - start).as_millis();
    println!(
        r#"{{"rows":{ROWS},"numbers":{numbers},"checkpoints":1,"query_processor_us":{plain},"prepared_us":{},"prepare_ms":{preparing}}}"#,
        median(&file, &answer)?
    );
    Ok(())
}

/// Processor time of the median query, in microseconds.
fn median(file: &SketchFile, answer: &[Sketch]) -> Result<u128, Box<dyn Error>> {
    let mut times: Vec<u128> = (0..21)
        .map(|_| {
            let start = processor_time()?;
            std::hint::black_box(file.query(std::hint::black_box(answer)))?;
            Ok((processor_time()? - start).as_micros())
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// Of this process: other software on the machine does not count.
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let used = getrusage(UsageWho::RUSAGE_SELF)?.user_time();
    Ok(Duration::new(used.tv_sec() as u64, used.tv_usec() as u32 * 1000))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        below as f64 + (equal as f64 - 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum() };
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt().max(f64::MIN_POSITIVE)
}

fn auc(scores: &[f64], positive: &[bool]) -> f64 {
    let count = positive.iter().filter(|p| **p).count() as f64;
    let ranks = ranks(scores);
    let sum: f64 = ranks
        .iter()
        .zip(positive)
        .filter(|(_, p)| **p)
        .map(|(rank, _)| rank)
        .sum();
    (sum - count * (count - 1.0) / 2.0) / (count * (positive.len() as f64 - count))
}
