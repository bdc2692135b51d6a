// SPDX-License-Identifier: Apache-2.0
//! What is refused before tract sees it, each by its name.

use openledger_engine::{
    graph::{
        encode, int,
        pb::{
            tensor_proto::DataType, tensor_shape_proto::dimension::Value as DimValue, type_proto,
            FunctionProto, GraphProto, ModelProto, OperatorSetIdProto, SparseTensorProto,
            StringStringEntryProto, TensorProto, ValueInfoProto,
        },
        GraphBuilder,
    },
    Engine, EngineError, Limits, Model, Operator, Schema,
};
use proptest::prelude::*;

const SCHEMA: Schema = Schema { input: 4, output: 3 };

/// `tanh(x W + b)`, 4 numbers in, 3 out.
fn builder() -> GraphBuilder {
    GraphBuilder::new("x", 4)
        .weight(
            "w",
            &[4, 3],
            &[0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8, 0.9, -1.0, 1.1, 1.2],
        )
        .weight("b", &[3], &[0.5, -0.5, 0.25])
        .node("Gemm", &["x", "w", "b"], "sum")
        .node("Tanh", &["sum"], "y")
}

fn proto() -> ModelProto {
    builder().into_proto("y", 3)
}

fn load_with(bytes: &[u8], limits: &Limits) -> Result<Model, EngineError> {
    Engine::default().load(bytes, &SCHEMA, limits)
}

fn load(model: &ModelProto) -> Result<Model, EngineError> {
    load_with(&encode(model), &Limits::default())
}

/// The error of the good model after `change`.
fn refused(change: impl FnOnce(&mut ModelProto)) -> EngineError {
    let mut model = proto();
    change(&mut model);
    load(&model).expect_err("the changed model must be refused")
}

fn graph(model: &mut ModelProto) -> &mut GraphProto {
    model.graph.as_mut().unwrap()
}

fn first_weight(model: &mut ModelProto) -> &mut TensorProto {
    &mut graph(model).initializer[0]
}

fn tensor_type(value: &mut ValueInfoProto) -> &mut type_proto::Tensor {
    let Some(type_proto::Value::TensorType(tensor)) = value.r#type.as_mut().unwrap().value.as_mut() else {
        unreachable!("the builder declares tensors")
    };
    tensor
}

fn dim(value: &mut ValueInfoProto, axis: usize) -> &mut Option<DimValue> {
    &mut tensor_type(value).shape.as_mut().unwrap().dim[axis].value
}

#[test]
fn the_unchanged_model_is_loaded() {
    let model = load(&proto()).unwrap();
    assert_eq!(model.schema(), SCHEMA);
}

#[test]
fn a_file_over_the_cap_is_refused_unread() {
    let limits = Limits {
        max_model_bytes: 8,
        ..Limits::default()
    };
    let refused = load_with(&[0xff; 9], &limits).unwrap_err();
    assert_eq!(refused, EngineError::TooLarge { size: 9, limit: 8 });
}

#[test]
fn an_empty_file_is_no_model() {
    assert!(matches!(
        load_with(&[], &Limits::default()),
        Err(EngineError::UnsupportedOpset { found: None, .. })
    ));
}

#[test]
fn a_model_cut_at_any_length_is_refused() {
    let bytes = encode(&proto());
    for length in 0..bytes.len() {
        assert!(
            load_with(&bytes[..length], &Limits::default()).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn an_operator_off_the_list_is_named() {
    let refused = refused(|model| graph(model).node[1].op_type = "RandomNormalLike".into());
    assert_eq!(
        refused,
        EngineError::UnknownOperator {
            domain: String::new(),
            op: "RandomNormalLike".into()
        }
    );
}

#[test]
fn a_listed_name_in_another_domain_is_another_operator() {
    let refused = refused(|model| graph(model).node[1].domain = "com.microsoft".into());
    assert_eq!(
        refused,
        EngineError::UnknownOperator {
            domain: "com.microsoft".into(),
            op: "Tanh".into()
        }
    );
}

#[test]
fn the_list_of_operators_is_the_callers() {
    let limits = Limits {
        operators: [Operator::standard("Gemm")].into(),
        ..Limits::default()
    };
    let refused = load_with(&encode(&proto()), &limits).unwrap_err();
    assert_eq!(
        refused,
        EngineError::UnknownOperator {
            domain: String::new(),
            op: "Tanh".into()
        }
    );
}

#[test]
fn a_subgraph_is_refused_on_any_operator() {
    let refused = refused(|model| {
        let mut attribute = int("body", 0);
        attribute.g = Some(GraphProto::default());
        graph(model).node[1].attribute.push(attribute);
    });
    assert_eq!(
        refused,
        EngineError::Subgraph {
            node: "y_node".into()
        }
    );
}

#[test]
fn external_data_is_refused_in_constants_and_in_attributes() {
    let entry = StringStringEntryProto {
        key: "location".into(),
        value: "/etc/passwd".into(),
    };
    let named = EngineError::ExternalData { tensor: "w".into() };
    let moved = refused(|model| {
        first_weight(model).data_location = Some(1);
        first_weight(model).external_data.push(entry.clone());
    });
    assert_eq!(moved, named);
    assert_eq!(
        refused(|model| first_weight(model).external_data.push(entry.clone())),
        named
    );
    assert_eq!(
        refused(|model| first_weight(model).data_location = Some(1)),
        named
    );
    let in_attribute = refused(|model| {
        let mut tensor = first_weight(model).clone();
        tensor.external_data.push(entry.clone());
        let mut attribute = int("value", 0);
        attribute.t = Some(tensor);
        graph(model).node[1].attribute.push(attribute);
    });
    assert_eq!(in_attribute, named);
}

#[test]
fn a_tensor_that_claims_a_gibibyte_is_refused_without_allocating_it() {
    let limit = Limits::default().max_tensor_bytes;
    let refused = refused(|model| {
        let weight = first_weight(model);
        weight.dims = vec![1 << 14, 1 << 14];
        weight.raw_data.truncate(4);
    });
    assert_eq!(
        refused,
        EngineError::TensorTooLarge {
            tensor: "w".into(),
            bytes: 1 << 30,
            limit
        }
    );
}

#[test]
fn a_tensor_size_that_overflows_is_too_large() {
    let refused = refused(|model| first_weight(model).dims = vec![i64::MAX, i64::MAX, 2]);
    assert!(
        matches!(refused, EngineError::TensorTooLarge { bytes: u64::MAX, .. }),
        "{refused}"
    );
}

#[test]
fn a_tensor_whose_data_does_not_fill_its_shape_is_refused() {
    let short = refused(|model| first_weight(model).raw_data.truncate(44));
    assert_eq!(
        short,
        EngineError::TensorMismatch {
            tensor: "w".into(),
            expected: 48,
            found: 44
        }
    );
    let empty = refused(|model| first_weight(model).raw_data.clear());
    assert_eq!(
        empty,
        EngineError::TensorMismatch {
            tensor: "w".into(),
            expected: 48,
            found: 0
        }
    );
    let zero = refused(|model| first_weight(model).dims = vec![0, 3]);
    assert_eq!(
        zero,
        EngineError::TensorMismatch {
            tensor: "w".into(),
            expected: 0,
            found: 48
        }
    );
}

#[test]
fn a_negative_dimension_is_malformed() {
    let refused = refused(|model| first_weight(model).dims = vec![-4, 3]);
    assert!(matches!(refused, EngineError::Malformed { .. }), "{refused}");
}

#[test]
fn an_element_type_that_is_not_accepted_is_named() {
    for data_type in [DataType::String as i32, DataType::Bfloat16 as i32, 0, 99, -1] {
        let refused = refused(|model| first_weight(model).data_type = data_type);
        assert_eq!(
            refused,
            EngineError::UnsupportedTensor {
                tensor: "w".into(),
                data_type
            }
        );
    }
}

#[test]
fn parts_of_onnx_that_no_model_needs_are_refused() {
    let unsupported = |change: fn(&mut ModelProto)| {
        let refused = refused(change);
        assert!(matches!(refused, EngineError::Unsupported { .. }), "{refused}");
    };
    unsupported(|model| model.functions.push(FunctionProto::default()));
    unsupported(|model| model.training_info.push(Default::default()));
    unsupported(|model| graph(model).sparse_initializer.push(SparseTensorProto::default()));
    unsupported(|model| first_weight(model).segment = Some(Default::default()));
    unsupported(|model| {
        let mut attribute = int("value", 0);
        attribute.sparse_tensor = Some(SparseTensorProto::default());
        graph(model).node[1].attribute.push(attribute);
    });
    unsupported(|model| {
        let mut attribute = int("value", 0);
        attribute.ref_attr_name = "outer".into();
        graph(model).node[1].attribute.push(attribute);
    });
}

#[test]
fn more_nodes_than_the_cap_are_refused() {
    let limits = Limits {
        max_nodes: 3,
        ..Limits::default()
    };
    let refused = load_with(&encode(&proto()), &limits).unwrap_err();
    assert_eq!(refused, EngineError::TooManyNodes { nodes: 4, limit: 3 });
}

#[test]
fn names_that_do_not_add_up_are_malformed() {
    let malformed = |change: fn(&mut ModelProto)| {
        let refused = refused(change);
        assert!(matches!(refused, EngineError::Malformed { .. }), "{refused}");
    };
    malformed(|model| model.graph = None);
    malformed(|model| graph(model).node[0].input[1] = "nowhere".into());
    malformed(|model| graph(model).node.reverse());
    malformed(|model| graph(model).node[1].output[0] = "sum".into());
    malformed(|model| graph(model).node[1].output.clear());
    malformed(|model| graph(model).output[0].name = "nowhere".into());
    malformed(|model| graph(model).initializer[1].name = "w".into());
    malformed(|model| graph(model).input[0].name.clear());
    malformed(|model| {
        let twice = model.opset_import[0].clone();
        model.opset_import.push(twice);
    });
}

#[test]
fn an_operator_set_that_was_never_tested_is_refused() {
    for version in [8, 24, 0, -1] {
        let refused = refused(|model| model.opset_import[0].version = version);
        assert!(matches!(refused, EngineError::UnsupportedOpset { found: Some(v), .. } if v == version));
    }
    let other = OperatorSetIdProto {
        domain: "other".into(),
        version: 17,
    };
    let refused = refused(|model| model.opset_import[0] = other);
    assert!(matches!(
        refused,
        EngineError::UnsupportedOpset { found: None, .. }
    ));
}

#[test]
fn an_interface_other_than_the_agreed_one_is_refused() {
    let mismatch = |change: fn(&mut ModelProto)| {
        let refused = refused(change);
        assert!(matches!(refused, EngineError::ShapeMismatch { .. }), "{refused}");
    };
    mismatch(|model| *dim(&mut graph(model).input[0], 1) = Some(DimValue::DimValue(5)));
    mismatch(|model| *dim(&mut graph(model).output[0], 1) = Some(DimValue::DimValue(2)));
    mismatch(|model| *dim(&mut graph(model).input[0], 1) = Some(DimValue::DimParam("N".into())));
    mismatch(|model| *dim(&mut graph(model).input[0], 0) = Some(DimValue::DimValue(0)));
    mismatch(|model| *dim(&mut graph(model).input[0], 0) = Some(DimValue::DimValue(-1)));
    mismatch(|model| tensor_type(&mut graph(model).input[0]).elem_type = DataType::Double as i32);
    mismatch(|model| tensor_type(&mut graph(model).output[0]).shape = None);
    mismatch(|model| graph(model).input[0].r#type = None);
    mismatch(|model| {
        let shape = tensor_type(&mut graph(model).input[0]).shape.as_mut().unwrap();
        shape.dim.truncate(1);
    });
    mismatch(|model| {
        let mut second = graph(model).input[0].clone();
        second.name = "z".into();
        graph(model).input.push(second);
    });
    mismatch(|model| graph(model).output.clear());
    mismatch(|model| {
        *dim(&mut graph(model).input[0], 0) = Some(DimValue::DimValue(1));
        *dim(&mut graph(model).output[0], 0) = Some(DimValue::DimValue(2));
    });
}

#[test]
fn a_model_that_lies_about_its_output_is_refused() {
    let doubled = builder().node_with("Concat", &["y", "y"], "z", vec![int("axis", 1)]);
    let refused = load(&doubled.into_proto("z", 3)).unwrap_err();
    assert!(matches!(refused, EngineError::ShapeMismatch { .. }), "{refused}");
}

#[test]
fn weights_that_do_not_fit_together_are_refused_when_planning() {
    let refused = refused(|model| first_weight(model).dims = vec![3, 4]);
    assert!(
        matches!(refused, EngineError::Plan { .. } | EngineError::Panicked { .. }),
        "{refused}"
    );
}

#[test]
fn a_computed_value_over_the_cap_is_refused_before_it_is_computed() {
    let mut model = GraphBuilder::new("v0", 4);
    for step in 0..8 {
        let (from, to) = (format!("v{step}"), format!("v{}", step + 1));
        model = model.node_with("Concat", &[from.as_str(); 4], &to, vec![int("axis", 1)]);
    }
    let bytes = model.node("ReduceMean", &["v8"], "y").finish("y", 1);
    let limits = Limits {
        max_tensor_bytes: 1 << 16,
        ..Limits::default()
    };
    let schema = Schema { input: 4, output: 1 };
    let refused = Engine::default().load(&bytes, &schema, &limits).unwrap_err();
    assert!(
        matches!(refused, EngineError::TensorTooLarge { limit: 65536, .. }),
        "{refused}"
    );
}

#[test]
fn errors_do_not_grow_with_the_model() {
    let refused = refused(|model| graph(model).node[1].op_type = "x".repeat(1 << 20));
    assert!(refused.to_string().len() < 1024);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_flipped_byte_is_refused_or_runs_but_never_panics(position: prop::sample::Index, mask in 1u8..) {
        let mut bytes = encode(&proto());
        let at = position.index(bytes.len());
        bytes[at] ^= mask;
        if let Ok(model) = load_with(&bytes, &Limits::default()) {
            let _ = model.run(&[1.0; 4], 1);
        }
    }

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(load_with(&bytes, &Limits::default()).is_err());
    }
}
