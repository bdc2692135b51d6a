// SPDX-License-Identifier: Apache-2.0
//! The head's derivatives, its optimum, and its accuracy on real digits.

mod common;

use openledger_trainer::{
    curvature::{Curvature, CurvatureKind},
    evaluate::accuracy,
    features::{ContributionKey, Features},
    head::*,
    random::SplitMix64,
};

fn parameters(count: usize) -> Vec<f64> {
    let mut random = SplitMix64::new(3);
    (0..count).map(|_| random.symmetric()).collect()
}

#[test]
fn gradient_is_the_slope_of_the_loss() {
    let objective = Objective::new(&common::clusters(40), LAMBDA).unwrap();
    let w = parameters(objective.parameters());
    let gradient = objective.gradient(&w);
    for (i, slope) in gradient.iter().enumerate() {
        let at = |step: f64| {
            let mut moved = w.clone();
            moved[i] += step;
            objective.loss(&moved)
        };
        assert!(
            ((at(1e-5) - at(-1e-5)) / 2e-5 - slope).abs() < 1e-8,
            "parameter {i}"
        );
    }
}

#[test]
fn hessian_is_the_slope_of_the_gradient() {
    let objective = Objective::new(&common::clusters(40), LAMBDA).unwrap();
    let (size, w) = (objective.parameters(), parameters(objective.parameters()));
    let hessian = objective.hessian(&w);
    for i in 0..size {
        let at = |step: f64| {
            let mut moved = w.clone();
            moved[i] += step;
            objective.gradient(&moved)
        };
        let (above, below) = (at(1e-5), at(-1e-5));
        for j in i..size {
            assert!(
                ((above[j] - below[j]) / 2e-5 - hessian[j * size + i]).abs() < 1e-8,
                "{j}, {i}"
            );
        }
    }
}

#[test]
fn row_gradients_and_the_regulariser_make_the_gradient() {
    let objective = Objective::new(&common::clusters(40), LAMBDA).unwrap();
    let w = parameters(objective.parameters());
    let mut sum = vec![0.0; w.len()];
    for row in 0..objective.rows() {
        sum.iter_mut()
            .zip(objective.row_gradient(&w, row))
            .for_each(|(s, g)| *s += g);
    }
    for ((sum, w), g) in sum.iter().zip(&w).zip(objective.gradient(&w)) {
        assert!((sum / objective.rows() as f64 + LAMBDA * w - g).abs() < 1e-12);
    }
}

#[test]
fn training_reaches_the_optimum_and_records_how_near() {
    let features = common::clusters(200);
    let training = train_head(&features, LAMBDA).unwrap();
    assert!(training.gradient_norm < GRADIENT_NORM_TARGET);
    assert!(training.iterations < 20, "{} steps", training.iterations);
    let objective = Objective::new(&features, LAMBDA).unwrap();
    let optimum = &training.optimum.parameters;
    let lowest = objective.loss(optimum);
    for (w, sign) in parameters(optimum.len())
        .into_iter()
        .zip([1.0, -1.0].into_iter().cycle())
    {
        let moved: Vec<f64> = optimum.iter().map(|o| o + 0.01 * w * sign).collect();
        assert!(objective.loss(&moved) > lowest);
    }
}

#[test]
fn training_survives_far_features_and_a_weak_regulariser() {
    let mut features = Features::new(2, 1).unwrap();
    let rows = [
        (0u16, [i16::MAX]),
        (1, [i16::MIN]),
        (0, [i16::MAX - 5]),
        (1, [i16::MIN + 9]),
    ];
    features
        .push_contribution(
            ContributionKey {
                datanet: 0,
                contribution: 0,
            },
            &rows,
        )
        .unwrap();
    let training = train_head(&features, 1e-6).unwrap();
    assert_eq!(
        accuracy(&training.optimum.quantise().unwrap(), &features)
            .unwrap()
            .right,
        4
    );
}

#[test]
fn problems_without_rows_or_with_a_bad_regulariser_are_refused() {
    assert_eq!(
        train_head(&Features::new(2, 2).unwrap(), LAMBDA),
        Err(HeadError::NoRows)
    );
    for lambda in [0.0, -1.0, f64::INFINITY] {
        assert_eq!(
            train_head(&common::clusters(8), lambda),
            Err(HeadError::InvalidLambda(lambda))
        );
    }
    assert!(matches!(
        train_head(&common::clusters(8), f64::NAN),
        Err(HeadError::InvalidLambda(_))
    ));
}

#[test]
fn curvature_refuses_parameters_of_another_problem() {
    let objective = Objective::new(&common::clusters(20), LAMBDA).unwrap();
    let sound = Optimum {
        classes: 3,
        dims: 4,
        parameters: vec![0.0; 15],
    };
    assert!(objective.curvature(&sound).is_ok());
    for broken in [
        Optimum {
            classes: 4,
            ..sound.clone()
        },
        Optimum {
            dims: 3,
            ..sound.clone()
        },
        Optimum {
            parameters: vec![0.0; 14],
            ..sound.clone()
        },
        Optimum {
            parameters: vec![f64::NAN; 15],
            ..sound
        },
    ] {
        assert_eq!(
            objective.curvature(&broken).unwrap_err(),
            HeadError::InvalidParameters
        );
    }
}

#[test]
fn quantising_rounds_and_refuses_what_does_not_fit() {
    let optimum = |parameters: [f64; 4]| Optimum {
        classes: 2,
        dims: 1,
        parameters: parameters.to_vec(),
    };
    let head = optimum([1.0, -0.5 / 65536.0, 2.5 / 65536.0, -32768.0])
        .quantise()
        .unwrap();
    assert_eq!(
        head,
        Head {
            weight: vec![65536, 3],
            bias: vec![-1, i32::MIN]
        }
    );
    for (index, bad) in [(0, 32768.0), (1, -32769.0), (2, f64::NAN), (3, f64::INFINITY)] {
        let mut parameters = [0.0; 4];
        parameters[index] = bad;
        assert_eq!(
            optimum(parameters).quantise(),
            Err(HeadError::WeightOutOfRange { index })
        );
    }
}

#[test]
fn head_on_digits_features_answers_held_out_digits() {
    let digits = common::digits();
    let network = common::base_network();
    let training = train_head(&common::digits_features(&network, &digits[700..1300]), LAMBDA).unwrap();
    assert!(training.gradient_norm < GRADIENT_NORM_TARGET);
    let head = training.optimum.quantise().unwrap();
    let held_out = accuracy(&head, &common::digits_features(&network, &digits[1300..])).unwrap();
    println!("accuracy {:.4}, {} steps", held_out.share(), training.iterations);
    assert!(held_out.share() > 0.93, "accuracy {}", held_out.share());
}

#[test]
fn accuracy_refuses_another_shape_and_is_zero_of_nothing() {
    let features = common::clusters(8);
    assert!(accuracy(
        &Head {
            weight: vec![0; 9],
            bias: vec![0; 3]
        },
        &features
    )
    .is_err());
    let nothing = accuracy(
        &Head {
            weight: vec![],
            bias: vec![],
        },
        &Features::new(2, 2).unwrap(),
    )
    .unwrap();
    assert_eq!(nothing.share(), 0.0);
}

/// A head of random features, `classes` and `dims` of them.
fn wide(classes: u16, dims: u16, rows: usize) -> Features {
    let mut random = SplitMix64::new(4);
    let mut features = Features::new(classes, dims).unwrap();
    let rows: Vec<(u16, Vec<i16>)> = (0..rows)
        .map(|_| {
            let label = random.below(usize::from(classes)) as u16;
            let number = |place: u16| {
                let centre = if place % classes == label { 0.5 } else { 0.0 };
                ((centre + random.symmetric()) * 2000.0) as i16
            };
            (label, (0..dims).map(number).collect())
        })
        .collect();
    let key = ContributionKey {
        datanet: 0,
        contribution: 0,
    };
    features.push_contribution(key, &rows).unwrap();
    features
}

#[test]
fn products_with_the_hessian_solve_as_the_whole_one_does() {
    let features = common::clusters(60);
    let objective = Objective::new(&features, LAMBDA).unwrap();
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let v = parameters(objective.parameters());
    let mut due = v.clone();
    objective.curvature(&optimum).unwrap().solve(&mut due, 1);
    let found = objective.solve(&optimum.parameters, &v, 1e-12);
    assert!(found.iter().zip(&due).all(|(a, b)| (a - b).abs() < 1e-8));
}

#[test]
fn a_kronecker_product_is_exact_where_the_hessian_is_one() {
    // rows of one input: every row has the same probabilities, so the mean of products is a product
    let features = {
        let mut features = Features::new(3, 2).unwrap();
        let key = ContributionKey {
            datanet: 0,
            contribution: 0,
        };
        let rows: Vec<(u16, Vec<i16>)> = [0, 1, 2, 1, 1].map(|label| (label, vec![2000, -1000])).to_vec();
        features.push_contribution(key, &rows).unwrap();
        features
    };
    let objective = Objective::new(&features, LAMBDA).unwrap();
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let solve = |kind| {
        // two columns
        let mut right = parameters(2 * objective.parameters());
        let curvature = Curvature::new(&objective, &optimum, kind).unwrap();
        assert_eq!(curvature.kind(), kind);
        curvature.solve(&mut right, 2);
        right
    };
    let (exact, product) = (solve(CurvatureKind::Exact), solve(CurvatureKind::Kronecker));
    for (a, b) in exact.iter().zip(&product) {
        assert!((a - b).abs() < 1e-8 * a.abs().max(1.0), "{a} and {b}");
    }
}

#[test]
fn heads_above_the_whole_hessian_reach_their_optimum_the_same_every_time() {
    let features = wide(4, 4_200, 24);
    let training = train_head(&features, LAMBDA).unwrap();
    assert_eq!(training.optimum.parameters.len(), 16_804);
    assert!(training.gradient_norm < GRADIENT_NORM_TARGET);
    assert_eq!(train_head(&features, LAMBDA).unwrap(), training);
    let objective = Objective::new(&features, LAMBDA).unwrap();
    let whole = Curvature::new(&objective, &training.optimum, CurvatureKind::Exact);
    assert_eq!(whole.unwrap_err(), HeadError::TooManyParameters(16_804));
}

#[test]
fn heads_that_memory_cannot_hold_are_refused() {
    assert!(fits(10, 5_181) && !fits(10, 5_182) && fits(2, 8_192) && fits(16, 1_024));
    let features = wide(10, 5_200, 1);
    assert_eq!(
        train_head(&features, LAMBDA),
        Err(HeadError::TooManyParameters(52_010))
    );
}
