// SPDX-License-Identifier: Apache-2.0
//! Runs of accepted models: the numbers, the shapes, the cache of plans.

use openledger_engine::{
    graph::{encode, pb::tensor_shape_proto::dimension::Value as DimValue, pb::type_proto, GraphBuilder},
    instruction_set, Engine, EngineError, Limits, Model, Schema,
};

const WEIGHTS: [f32; 6] = [0.5, -0.25, 1.0, 0.125, -1.0, 2.0];
const BIAS: [f32; 2] = [0.1, -0.2];

/// `tanh(x W + b)`, 3 numbers in, 2 out.
fn mlp() -> GraphBuilder {
    GraphBuilder::new("x", 3)
        .weight("w", &[3, 2], &WEIGHTS)
        .weight("b", &[2], &BIAS)
        .node("Gemm", &["x", "w", "b"], "sum")
        .node("Tanh", &["sum"], "y")
}

fn load(engine: &Engine, bytes: &[u8], input: usize, output: usize) -> Model {
    engine
        .load(bytes, &Schema { input, output }, &Limits::default())
        .unwrap()
}

fn by_hand(row: &[f32]) -> Vec<f64> {
    (0..2)
        .map(|out| {
            let sum: f64 = (0..3)
                .map(|i| f64::from(row[i]) * f64::from(WEIGHTS[i * 2 + out]))
                .sum();
            (sum + f64::from(BIAS[out])).tanh()
        })
        .collect()
}

#[test]
fn a_small_network_gives_the_numbers_computed_by_hand() {
    let model = load(&Engine::default(), &mlp().finish("y", 2), 3, 2);
    let batch: Vec<f32> = (0..15).map(|i| (i as f32 - 7.0) / 5.0).collect();
    let output = model.run(&batch, 5).unwrap();
    assert_eq!(output.len(), 10);
    for (row, got) in batch.chunks(3).zip(output.chunks(2)) {
        for (expected, got) in by_hand(row).into_iter().zip(got) {
            assert!((expected - f64::from(*got)).abs() < 1e-6, "{expected} and {got}");
        }
    }
}

#[test]
fn the_same_row_gives_the_same_bits_each_time() {
    let engine = Engine::default();
    let first = load(&engine, &mlp().finish("y", 2), 3, 2)
        .run(&[0.1, 0.2, 0.3], 1)
        .unwrap();
    let second = load(&Engine::default(), &mlp().finish("y", 2), 3, 2)
        .run(&[0.1, 0.2, 0.3], 1)
        .unwrap();
    let bits = |numbers: Vec<f32>| numbers.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(first), bits(second));
}

#[test]
fn a_model_is_named_by_the_hash_of_its_bytes() {
    let bytes = mlp().finish("y", 2);
    assert_eq!(bytes, mlp().finish("y", 2), "the builder is deterministic");
    let engine = Engine::default();
    let other = GraphBuilder::new("x", 3).node("Tanh", &["x"], "y").finish("y", 3);
    assert_eq!(load(&engine, &bytes, 3, 2).id(), load(&engine, &bytes, 3, 2).id());
    assert_ne!(load(&engine, &bytes, 3, 2).id(), load(&engine, &other, 3, 3).id());
}

#[test]
fn a_batch_of_another_shape_is_refused() {
    let model = load(&Engine::default(), &mlp().finish("y", 2), 3, 2);
    for (batch, rows) in [(vec![0.0; 3], 2), (vec![0.0; 4], 1), (vec![], 0), (vec![], 1)] {
        let refused = model.run(&batch, rows).unwrap_err();
        assert!(matches!(refused, EngineError::ShapeMismatch { .. }), "{refused}");
    }
    let refused = model.run(&[0.0; 3], 1025).unwrap_err();
    assert_eq!(
        refused,
        EngineError::TooManyRows {
            rows: 1025,
            limit: 1024
        }
    );
    let refused = model.run(&[0.0; 3], usize::MAX).unwrap_err();
    assert!(matches!(refused, EngineError::TooManyRows { .. }), "{refused}");
}

#[test]
fn a_number_that_is_not_finite_is_refused_at_the_door() {
    let model = load(&Engine::default(), &mlp().finish("y", 2), 3, 2);
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let refused = model.run(&[0.0, number, 0.0], 1).unwrap_err();
        assert_eq!(
            refused,
            EngineError::NonFinite {
                place: "input".into(),
                index: 1
            }
        );
    }
}

#[test]
fn a_result_that_is_not_finite_is_an_error_and_no_result() {
    let engine = Engine::default();
    for operator in ["Log", "Sqrt"] {
        let bytes = GraphBuilder::new("x", 2)
            .node(operator, &["x"], "y")
            .finish("y", 2);
        let model = load(&engine, &bytes, 2, 2);
        assert!(model.run(&[1.0, 2.0], 1).is_ok());
        let refused = model.run(&[1.0, -1.0], 1).unwrap_err();
        assert_eq!(
            refused,
            EngineError::NonFinite {
                place: "output".into(),
                index: 1
            },
            "{operator}"
        );
    }
}

#[test]
fn a_model_that_fixes_its_rows_takes_no_other_number() {
    let mut model = mlp().into_proto("y", 2);
    let input = &mut model.graph.as_mut().unwrap().input[0];
    let Some(type_proto::Value::TensorType(tensor)) = input.r#type.as_mut().unwrap().value.as_mut() else {
        unreachable!("the builder declares tensors")
    };
    tensor.shape.as_mut().unwrap().dim[0].value = Some(DimValue::DimValue(2));
    let model = load(&Engine::default(), &encode(&model), 3, 2);
    assert_eq!(model.run(&[0.0; 6], 2).unwrap().len(), 4);
    assert!(matches!(
        model.run(&[0.0; 3], 1),
        Err(EngineError::ShapeMismatch { .. })
    ));
}

#[test]
fn plans_are_kept_for_each_number_of_rows_up_to_the_capacity() {
    let engine = Engine::new(2);
    let model = load(&engine, &mlp().finish("y", 2), 3, 2);
    assert_eq!(engine.plans().len(), 1, "loading plans one row");
    for rows in [1, 2, 3, 2, 1] {
        model.run(&vec![0.5; 3 * rows], rows).unwrap();
        assert!(engine.plans().len() <= 2);
    }
    engine.plans().forget(model.id());
    assert!(engine.plans().is_empty());
    model.run(&[0.5; 3], 1).unwrap();
}

#[test]
fn one_model_serves_many_threads() {
    let model = load(&Engine::default(), &mlp().finish("y", 2), 3, 2);
    let expected = model.run(&[0.1, 0.2, 0.3], 1).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    assert_eq!(model.run(&[0.1, 0.2, 0.3], 1).unwrap(), expected);
                }
            });
        }
    });
}

#[test]
fn a_transformers_block_of_operators_runs() {
    // LayerNormalization, a feed-forward with Gelu by Erf, a residual, softmax.
    let bytes = GraphBuilder::new("x", 4)
        .weight("scale", &[4], &[1.0; 4])
        .weight("shift", &[4], &[0.0; 4])
        .weight("w", &[4, 4], &[0.1; 16])
        .weight("half", &[1], &[0.5])
        .weight("root", &[1], &[std::f32::consts::FRAC_1_SQRT_2])
        .weight("one", &[1], &[1.0])
        .node("LayerNormalization", &["x", "scale", "shift"], "normal")
        .node("MatMul", &["normal", "w"], "wide")
        .node("Mul", &["wide", "root"], "scaled")
        .node("Erf", &["scaled"], "erf")
        .node("Add", &["erf", "one"], "shifted")
        .node("Mul", &["wide", "shifted"], "gated")
        .node("Mul", &["gated", "half"], "gelu")
        .node("Add", &["x", "gelu"], "residual")
        .node("Softmax", &["residual"], "y")
        .finish("y", 4);
    let model = load(&Engine::default(), &bytes, 4, 4);
    let output = model.run(&[1.0, 2.0, 3.0, 4.0], 1).unwrap();
    assert!((output.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{output:?}");
}

#[test]
fn the_instruction_set_names_an_architecture() {
    assert!(instruction_set()
        .split(',')
        .any(|name| name == std::env::consts::ARCH));
}
