// SPDX-License-Identifier: Apache-2.0
//! The feature extractor as an ONNX model: `Mul → MatMul → Add → Tanh`, batch size symbolic.

use prost::Message;
use tract_onnx::pb::{
    tensor_proto::DataType,
    tensor_shape_proto::{dimension::Value, Dimension},
    type_proto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto,
    TypeProto, ValueInfoProto,
};

use super::{BaseNetwork, FEATURES, PIXEL_SCALE};
use crate::digits::PIXELS;

/// Name of the graph's input: raw pixels, `f32 [B, 64]`, values 0 to 16.
pub const INPUT: &str = "pixels";
/// Name of the graph's output: features, `f32 [B, 32]`.
pub const OUTPUT: &str = "features";
/// Operator set of the graph.
const OPSET: i64 = 17;
/// Version of the file format.
const IR_VERSION: i64 = 8;

/// The bytes of an ONNX file that maps [`INPUT`] to [`OUTPUT`] (opset 17, IR version 8, batch dimension `B`).
///
/// The same network always gives the same bytes.
pub fn onnx_bytes(network: &BaseNetwork) -> Vec<u8> {
    let graph = GraphProto {
        name: "digits_features".into(),
        node: vec![
            node("Mul", &[INPUT, "pixel_scale"], "scaled"),
            node("MatMul", &["scaled", "hidden_weight"], "projected"),
            node("Add", &["projected", "hidden_bias"], "shifted"),
            node("Tanh", &["shifted"], OUTPUT),
        ],
        initializer: vec![
            constant("pixel_scale", &[], &[PIXEL_SCALE]),
            constant("hidden_weight", &[PIXELS, FEATURES], &network.hidden_weight),
            constant("hidden_bias", &[FEATURES], &network.hidden_bias),
        ],
        input: vec![value(INPUT, PIXELS)],
        output: vec![value(OUTPUT, FEATURES)],
        ..GraphProto::default()
    };
    let model = ModelProto {
        ir_version: IR_VERSION,
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: OPSET,
        }],
        producer_name: "openledger-trainer".into(),
        graph: Some(graph),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        name: operator.to_lowercase(),
        op_type: operator.into(),
        input: inputs.iter().map(|name| (*name).into()).collect(),
        output: vec![output.into()],
        ..NodeProto::default()
    }
}

fn constant(name: &str, shape: &[usize], numbers: &[f32]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: shape.iter().map(|dim| *dim as i64).collect(),
        data_type: DataType::Float as i32,
        raw_data: numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
        ..TensorProto::default()
    }
}

/// A float tensor of shape `[B, width]`.
fn value(name: &str, width: usize) -> ValueInfoProto {
    let dimension = |value| Dimension {
        value: Some(value),
        ..Dimension::default()
    };
    let shape = vec![
        dimension(Value::DimParam("B".into())),
        dimension(Value::DimValue(width as i64)),
    ];
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: shape }),
    };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(tensor)),
            ..TypeProto::default()
        }),
        ..ValueInfoProto::default()
    }
}
