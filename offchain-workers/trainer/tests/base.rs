// SPDX-License-Identifier: Apache-2.0
//! The base network learns, and its ONNX file computes what the plain forward pass computes.

mod common;

use openledger_trainer::base::*;
use tract_onnx::prelude::*;

#[test]
fn network_answers_held_out_digits_and_is_the_same_twice() {
    let digits = common::digits();
    let network = common::base_network();
    let right = digits[700..]
        .iter()
        .filter(|row| network.predict(&row.input()) == usize::from(row.label))
        .count();
    let share = right as f64 / digits[700..].len() as f64;
    println!("accuracy {share:.4}");
    assert!(share > 0.93, "accuracy {share}");
    assert_eq!(network, common::base_network());
}

#[test]
fn onnx_file_computes_the_features_for_any_batch_size() {
    let network = common::base_network();
    let bytes = onnx_bytes(&network);
    assert_eq!(bytes, onnx_bytes(&network));
    let model = tract_onnx::onnx().model_for_read(&mut bytes.as_slice()).unwrap();
    assert_eq!(model.node(model.inputs[0].node).name, INPUT);
    assert_eq!(model.outlet_label(model.outputs[0]).unwrap_or(OUTPUT), OUTPUT);
    let plan = model.into_optimized().unwrap().into_runnable().unwrap();
    let digits = common::digits();
    for batch in [1usize, 7] {
        let pixels: Vec<f32> = digits[..batch].iter().flat_map(|row| row.input()).collect();
        let input = Tensor::from_shape(&[batch, 64], &pixels).unwrap();
        let output = plan.run(tvec!(input.into())).unwrap().remove(0).into_tensor();
        assert_eq!(output.shape(), &[batch, FEATURES]);
        let expected: Vec<f32> = digits[..batch]
            .iter()
            .flat_map(|row| network.features(&row.input()))
            .collect();
        let expected = Tensor::from_shape(&[batch, FEATURES], &expected).unwrap();
        output.close_enough(&expected, true).unwrap();
    }
}

#[test]
fn bad_recipes_and_empty_tables_are_refused() {
    let digits = common::digits();
    assert_eq!(train(&[], &Recipe::default()), Err(BaseError::NoRows));
    for recipe in [
        Recipe {
            epochs: 0,
            ..Recipe::default()
        },
        Recipe {
            batch: 0,
            ..Recipe::default()
        },
        Recipe {
            rate: f64::NAN,
            ..Recipe::default()
        },
        Recipe {
            rate: f64::INFINITY,
            ..Recipe::default()
        },
        Recipe {
            decay: -1.0,
            ..Recipe::default()
        },
    ] {
        assert_eq!(train(&digits, &recipe), Err(BaseError::InvalidRecipe));
    }
}

#[test]
fn divergence_is_reported_instead_of_a_broken_network() {
    let recipe = Recipe {
        rate: 1e300,
        epochs: 2,
        ..Recipe::default()
    };
    assert_eq!(train(&common::digits(), &recipe), Err(BaseError::Diverged));
}
