// SPDX-License-Identifier: Apache-2.0
//! Sketches of a transformer's adapters: projections, DataInf by its formula, the file, and bad input.

use openledger_attribution::{
    deep::{
        file::{MAGIC, VERSION},
        noise_floor,
        projection::scale,
        AnswerError, Captured, Projection, Sketch, SketchError, SketchFile, SketchFileError,
    },
    merkle::verify,
    ContributionKey,
};
use openledger_trainer::{
    random::SplitMix64,
    transformer::{train, Adapters, Schedule, Shape, Transformer},
};

const SEED: [u8; 32] = [9; 32];
const SHAPE: Shape = Shape {
    vocabulary: 8,
    width: 8,
    heads: 2,
    hidden: 12,
    layers: 2,
    context: 9,
    rank: 2,
};

fn key(contribution: u64) -> ContributionKey {
    ContributionKey {
        datanet: 1,
        contribution,
    }
}

/// A transformer, two checkpoints and the texts that they were trained on.
fn trained() -> (Transformer, Vec<Adapters>, Vec<Vec<u16>>) {
    let transformer = Transformer::new(SHAPE, 1);
    let mut random = SplitMix64::new(6);
    let mut text = |step: u16| -> Vec<u16> {
        let first = random.below(8) as u16;
        (0..8).map(|place| (first + step * place) % 8).collect()
    };
    let texts: Vec<Vec<u16>> = (0..24).map(|number| text(1 + 2 * (number % 2))).collect();
    let schedule = Schedule {
        steps: 40,
        rate: 0.02,
        decay: 1e-4,
        checkpoints: 2,
        from: 1,
    };
    let checkpoints = train(&transformer, &transformer.adapters(2), &texts, &schedule).unwrap();
    (transformer, checkpoints, texts)
}

fn shapes(captured: &[Captured]) -> Vec<(usize, usize)> {
    captured
        .iter()
        .map(|saw| (saw.output_width, saw.input_width))
        .collect()
}

fn capture(transformer: &Transformer, adapters: &Adapters, text: &[u16]) -> Vec<Captured> {
    transformer.capture(adapters, text, 1).unwrap().1
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// DataInf as its paper writes it, one point after the other, on vectors that the rule takes as of length one.
fn data_inf(gradients: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    let (n, damping) = (gradients.len() as f64, 0.1 / v.len() as f64);
    let help = |k: &Vec<f64>| {
        let mean: f64 = gradients
            .iter()
            .map(|i| dot(v, i) * dot(i, k) / (damping + 1.0))
            .sum();
        dot(v, k) - mean / n
    };
    gradients.iter().map(help).collect()
}

#[test]
fn scores_are_data_inf_of_the_committed_sketches() {
    let (transformer, checkpoints, texts) = trained();
    let shapes = shapes(&capture(&transformer, &checkpoints[0], &texts[0]));
    let projections: Vec<Projection> = (0..2)
        .map(|checkpoint| Projection::new(&SEED, checkpoint, &shapes, (4, 4)).unwrap())
        .collect();
    let sketches = |text: &[u16]| -> Vec<Sketch> {
        let each = projections.iter().zip(&checkpoints);
        each.map(|(projection, adapters)| projection.sketch(&capture(&transformer, adapters, text)).unwrap())
            .collect()
    };
    let rows: Vec<(u32, Vec<Sketch>)> = (0..)
        .zip(&texts)
        .map(|(row, text)| (row / 4, sketches(text)))
        .collect();
    let keys: Vec<ContributionKey> = (0..6).map(key).collect();
    let mut file = SketchFile::build(&SEED, 0, &keys, &rows).unwrap();
    let answer = sketches(&[1, 2, 3, 4, 5, 6, 7, 0]);
    let found = file.query_rows(&answer).unwrap();
    file.prepare();
    assert_eq!(file.query_rows(&answer).unwrap(), found);

    let floats = |sketch: &Sketch| -> Vec<f64> {
        let scale = f64::from(scale(sketch.0.len()));
        sketch.0.iter().map(|number| f64::from(*number) / scale).collect()
    };
    let mut due = vec![0.0; texts.len()];
    for checkpoint in 0..2 {
        let gradients: Vec<Vec<f64>> = rows.iter().map(|(_, row)| floats(&row[checkpoint])).collect();
        let helps = data_inf(&gradients, &floats(&answer[checkpoint]));
        due.iter_mut().zip(helps).for_each(|(sum, help)| *sum += help);
    }
    // one scale for all
    let unit = found[0] as f64 / due[0];
    let largest = due.iter().fold(0.0f64, |most, help| most.max(help.abs()));
    for (found, due) in found.iter().zip(&due) {
        assert!(
            (*found as f64 / unit - due).abs() < 1e-3 * largest,
            "{found} for {due}"
        );
    }
    let scores = file.query(&answer).unwrap();
    assert_eq!(scores[2], (key(2), found[8..12].iter().sum::<i64>()));
    let report = file.report(&answer).unwrap();
    let positive: i64 = report.iter().map(|(_, weight)| i64::from(*weight).max(0)).sum();
    assert_eq!(positive, 1_000_000_000);
    let tree = file.tree();
    let proof = tree.prove(7).unwrap();
    assert!(verify(&tree.root(), 24, 7, file.row_bytes(7), &proof));
}

#[test]
fn without_a_projection_the_sketch_is_the_gradient_of_length_one() {
    let (transformer, checkpoints, texts) = trained();
    let captured = capture(&transformer, &checkpoints[1], &texts[3]);
    let projection = Projection::new(&SEED, 0, &shapes(&captured), (64, 64)).unwrap();
    assert!(projection.is_exact());
    let gradient: Vec<f64> = captured.iter().flat_map(|saw| saw.gradient()).collect();
    let length = dot(&gradient, &gradient).sqrt();
    assert_eq!(projection.numbers(), gradient.len());
    let direction = projection.direction(&captured).unwrap();
    assert!(direction
        .iter()
        .zip(&gradient)
        .all(|(d, g)| (d - g / length).abs() < 1e-12));
    let sketch = projection.sketch(&captured).unwrap();
    let scale = f64::from(scale(sketch.0.len()));
    for (number, d) in sketch.0.iter().zip(direction) {
        assert!((f64::from(*number) - (d * scale).clamp(-127.0, 127.0)).abs() <= 0.5);
    }
}

#[test]
fn larger_gradients_have_the_same_sketch() {
    let (transformer, checkpoints, texts) = trained();
    let mut captured = capture(&transformer, &checkpoints[1], &texts[3]);
    let projection = Projection::new(&SEED, 0, &shapes(&captured), (4, 4)).unwrap();
    let sketch = projection.sketch(&captured).unwrap();
    captured
        .iter_mut()
        .flat_map(|saw| &mut saw.errors)
        .for_each(|error| *error *= 64.0);
    assert_eq!(projection.sketch(&captured).unwrap(), sketch);
}

#[test]
fn projections_keep_inner_products() {
    let mut random = SplitMix64::new(12);
    let (outputs, inputs) = (60, 50);
    let mut saw = |common: &Captured| {
        let mut numbers =
            |of: &[f64]| -> Vec<f64> { of.iter().map(|x| x + 0.7 * random.symmetric()).collect() };
        Captured {
            inputs: numbers(&common.inputs),
            errors: numbers(&common.errors),
            ..*common
        }
    };
    let zero = Captured {
        inputs: vec![0.0; 3 * inputs],
        errors: vec![0.0; 3 * outputs],
        input_width: inputs,
        output_width: outputs,
    };
    let common = saw(&zero);
    let pairs: Vec<(Captured, Captured)> = (0..40).map(|_| (saw(&common), saw(&common))).collect();
    let projection = Projection::new(&SEED, 3, &[(outputs, inputs)], (32, 32)).unwrap();
    assert_eq!((projection.numbers(), projection.is_exact()), (1024, false));
    let mut off = 0.0f64;
    for (a, b) in &pairs {
        let (ga, gb) = (a.gradient(), b.gradient());
        let cosine = dot(&ga, &gb) / (dot(&ga, &ga) * dot(&gb, &gb)).sqrt();
        let direction = |saw: &Captured| projection.direction(std::slice::from_ref(saw)).unwrap();
        off += (dot(&direction(a), &direction(b)) - cosine).powi(2) / 40.0;
    }
    // two sides of 32: less exact than one of 1,024
    assert!(off.sqrt() < 0.15, "{off}");
    let other = Projection::new(&[8; 32], 3, &[(outputs, inputs)], (32, 32)).unwrap();
    let sketch = |projection: &Projection| projection.sketch(std::slice::from_ref(&common)).unwrap();
    assert_eq!(sketch(&projection), sketch(&projection));
    assert_ne!(sketch(&projection), sketch(&other), "another seed");
}

#[test]
fn what_is_below_the_noise_floor_is_nothing() {
    let rows: Vec<(u32, Vec<Sketch>)> = [[100, 0], [10, 99], [-100, 0]]
        .map(|numbers| (0, vec![Sketch(numbers.to_vec())]))
        .to_vec();
    let answer = [Sketch(vec![100, 0])];
    let scores = |floor: u16| {
        let file = SketchFile::build(&SEED, floor, &[key(0)], &rows).unwrap();
        file.query_rows(&answer).unwrap()
    };
    let all = scores(0);
    assert!(all.iter().all(|score| *score != 0));
    let kept = scores(1 << 15);
    assert_eq!((kept[0], kept[1], kept[2]), (all[0], 0, all[2]));
    assert!(noise_floor(3, 2) > 0);
}

#[test]
fn sketches_of_two_machines_differ_a_little() {
    let sketch = Sketch((0..100).collect());
    let moved = |places: usize, by: i8| {
        let mut other = sketch.clone();
        other.0[..places].iter_mut().for_each(|number| *number += by);
        other
    };
    assert!(sketch.is_near(&sketch) && sketch.is_near(&moved(5, 1)) && sketch.is_near(&moved(5, -1)));
    assert!(!sketch.is_near(&moved(6, 1)) && !sketch.is_near(&moved(1, 2)));
    assert!(!sketch.is_near(&Sketch(vec![0; 99])));
}

#[test]
fn captures_that_do_not_fit_are_refused_by_name() {
    let good = Captured {
        inputs: vec![1.0, 2.0],
        errors: vec![1.0],
        input_width: 2,
        output_width: 1,
    };
    let projection = Projection::new(&SEED, 0, &[(1, 2)], (4, 4)).unwrap();
    let refused = |change: &dyn Fn(&mut Captured)| {
        let mut saw = good.clone();
        change(&mut saw);
        projection.sketch(&[saw]).unwrap_err()
    };
    assert_eq!(refused(&|saw| saw.errors[0] = 0.0), SketchError::Zero);
    assert_eq!(refused(&|saw| saw.errors[0] = f64::NAN), SketchError::NotFinite);
    assert_eq!(
        refused(&|saw| saw.errors.push(1.0)),
        SketchError::WrongShape { matrix: 0 }
    );
    assert_eq!(
        refused(&|saw| saw.input_width = 1),
        SketchError::WrongShape { matrix: 0 }
    );
    let none = projection.sketch(&[]).unwrap_err();
    assert_eq!(
        none,
        SketchError::WrongMatrices {
            expected: 1,
            found: 0
        }
    );
    for (shapes, size) in [(vec![], 0), (vec![(300, 300)], 90_000)] {
        let error = Projection::new(&SEED, 0, &shapes, (300, 300)).unwrap_err();
        assert_eq!(error, SketchError::WrongSize(size));
    }
}

#[test]
fn files_and_answers_that_do_not_fit_are_refused_by_name() {
    let sketch = |number: i8| Sketch(vec![number, 1, 2]);
    let rows = vec![(0, vec![sketch(1), sketch(2)]), (1, vec![sketch(3), sketch(4)])];
    let keys = [key(0), key(1)];
    let file = SketchFile::build(&SEED, 7, &keys, &rows).unwrap();
    assert_eq!(
        (file.checkpoints(), file.numbers(), file.rows(), file.floor()),
        (2, 3, 2, 7)
    );
    assert_eq!(SketchFile::from_bytes(file.as_bytes().to_vec()), Ok(file.clone()));
    assert!(file.contributions().eq(keys));

    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = file.as_bytes().to_vec();
        change(&mut bytes);
        SketchFile::from_bytes(bytes).unwrap_err()
    };
    assert!(file.as_bytes().starts_with(&MAGIC));
    assert_eq!(changed(&|bytes| bytes[0] = 0), SketchFileError::WrongMagic);
    assert_eq!(
        changed(&|bytes| bytes[4] += 1),
        SketchFileError::UnsupportedVersion(VERSION + 1)
    );
    assert!(matches!(
        changed(&|bytes| bytes[6] = 0),
        SketchFileError::WrongShape { .. }
    ));
    assert!(matches!(
        changed(&|bytes| bytes.truncate(20)),
        SketchFileError::WrongLength { .. }
    ));
    assert!(matches!(
        changed(&|bytes| bytes.push(0)),
        SketchFileError::WrongLength { .. }
    ));
    let swap = |bytes: &mut Vec<u8>| bytes[54 + 8] = 5;
    assert_eq!(
        changed(&swap),
        SketchFileError::ContributionsNotAscending { index: 1 }
    );

    let build = |rows: &[(u32, Vec<Sketch>)]| SketchFile::build(&SEED, 0, &keys, rows).unwrap_err();
    assert!(matches!(build(&[]), SketchFileError::WrongShape { .. }));
    let turned = [rows[1].clone(), rows[0].clone()];
    assert_eq!(
        build(&turned),
        SketchFileError::WrongOrdinal { row: 1, ordinal: 0 }
    );
    let unknown = [(2, rows[0].1.clone())];
    assert_eq!(
        build(&unknown),
        SketchFileError::WrongOrdinal { row: 0, ordinal: 2 }
    );
    let short = [rows[0].clone(), (0, vec![sketch(1)])];
    assert_eq!(build(&short), SketchFileError::WrongSketches { row: 1 });

    let one = file.query(&[sketch(1)]).unwrap_err();
    assert_eq!(
        one,
        AnswerError::WrongCheckpoints {
            expected: 2,
            found: 1
        }
    );
    let size = file.query(&[sketch(1), Sketch(vec![1])]).unwrap_err();
    assert_eq!(
        size,
        AnswerError::WrongSize {
            checkpoint: 1,
            expected: 3,
            found: 1
        }
    );
}
