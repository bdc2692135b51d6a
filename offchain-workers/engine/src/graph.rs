// SPDX-License-Identifier: Apache-2.0
//! Writes small ONNX graphs of one matrix in and one out; tract itself cannot write ONNX.

use prost::Message;
pub use tract_onnx::pb;
use tract_onnx::pb::{
    attribute_proto::AttributeType, tensor_proto::DataType, tensor_shape_proto::dimension::Value as DimValue,
    tensor_shape_proto::Dimension, type_proto, AttributeProto, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto, ValueInfoProto,
};

/// The operator set of written graphs.
pub const OPSET: i64 = 17;

/// A graph in the making. The same calls give the same bytes.
///
/// ```
/// use openledger_engine::graph::GraphBuilder;
///
/// let model = GraphBuilder::new("pixels", 2)
///     .weight("w", &[2, 1], &[0.5, 0.25])
///     .node("MatMul", &["pixels", "w"], "sum")
///     .node("Tanh", &["sum"], "features")
///     .finish("features", 1);
/// assert!(!model.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct GraphBuilder {
    graph: GraphProto,
}

impl GraphBuilder {
    /// A graph with the input `name`, `f32 [B, width]`, B left open.
    pub fn new(name: &str, width: usize) -> Self {
        Self {
            graph: GraphProto {
                name: "graph".into(),
                input: vec![matrix(name, width)],
                ..Default::default()
            },
        }
    }

    /// Adds a constant `f32` tensor, row by row.
    pub fn weight(mut self, name: &str, dims: &[usize], values: &[f32]) -> Self {
        self.graph.initializer.push(TensorProto {
            name: name.into(),
            dims: dims.iter().map(|dim| *dim as i64).collect(),
            data_type: DataType::Float as i32,
            raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            ..Default::default()
        });
        self
    }

    /// Adds a node of the default domain with one output, named after it.
    pub fn node(self, op_type: &str, inputs: &[&str], output: &str) -> Self {
        self.node_with(op_type, inputs, output, Vec::new())
    }

    /// Adds a node with attributes.
    pub fn node_with(
        mut self,
        op_type: &str,
        inputs: &[&str],
        output: &str,
        attribute: Vec<AttributeProto>,
    ) -> Self {
        self.graph.node.push(NodeProto {
            op_type: op_type.into(),
            name: format!("{output}_node"),
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output: vec![output.into()],
            attribute,
            ..Default::default()
        });
        self
    }

    /// The model as a message, with the output `name`, `f32 [B, width]`.
    pub fn into_proto(mut self, name: &str, width: usize) -> ModelProto {
        self.graph.output = vec![matrix(name, width)];
        ModelProto {
            ir_version: 8,
            opset_import: vec![OperatorSetIdProto {
                domain: String::new(),
                version: OPSET,
            }],
            graph: Some(self.graph),
            ..Default::default()
        }
    }

    /// The model as the bytes of an ONNX file.
    pub fn finish(self, name: &str, width: usize) -> Vec<u8> {
        encode(&self.into_proto(name, width))
    }
}

/// The bytes of an ONNX file.
pub fn encode(model: &ModelProto) -> Vec<u8> {
    model.encode_to_vec()
}

/// An integer attribute.
pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::Int as i32,
        i: value,
        ..Default::default()
    }
}

/// The declaration `f32 [B, width]`.
fn matrix(name: &str, width: usize) -> ValueInfoProto {
    let dim = |value| Dimension {
        value: Some(value),
        ..Default::default()
    };
    let shape = TensorShapeProto {
        dim: vec![
            dim(DimValue::DimParam("B".into())),
            dim(DimValue::DimValue(width as i64)),
        ],
    };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(shape),
    };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(tensor)),
            ..Default::default()
        }),
        ..Default::default()
    }
}
