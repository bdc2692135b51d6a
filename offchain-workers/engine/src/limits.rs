// SPDX-License-Identifier: Apache-2.0
//! What a model may be: its caps, its operators, its interface.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Operators of the default ONNX domain that are deterministic, have no state and no subgraph, and whose outputs grow
/// no faster than their inputs and attributes say.
const STANDARD_OPERATORS: &[&str] = &[
    "Abs",
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Ceil",
    "Clip",
    "Concat",
    "Constant",
    "Conv",
    "Div",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Flatten",
    "Floor",
    "Gather",
    "Gelu",
    "Gemm",
    "GlobalAveragePool",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LayerNormalization",
    "LeakyRelu",
    "Log",
    "LogSoftmax",
    "MatMul",
    "Max",
    "MaxPool",
    "Min",
    "Mul",
    "Neg",
    "Pow",
    "Reciprocal",
    "ReduceMax",
    "ReduceMean",
    "ReduceSum",
    "Relu",
    "Reshape",
    "Selu",
    "Shape",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Softplus",
    "Softsign",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Tanh",
    "Transpose",
    "Unsqueeze",
    "Where",
];

/// An operator by domain and type. The default domain is the empty string (`ai.onnx` is the same domain).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Operator {
    /// The domain; empty for the default one.
    pub domain: String,
    /// The type, for example `Gemm`.
    pub op_type: String,
}

impl Operator {
    /// An operator of the default domain.
    pub fn standard(op_type: &str) -> Self {
        Self {
            domain: String::new(),
            op_type: op_type.to_owned(),
        }
    }
}

/// Caps on a model and its runs. The default suits classifiers and encoders of some tens of megabytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Cap on the file, in bytes.
    pub max_model_bytes: u64,
    /// Cap on any one tensor, stored or computed, in bytes.
    pub max_tensor_bytes: u64,
    /// Cap on nodes and constants together.
    pub max_nodes: usize,
    /// Cap on the rows of one batch.
    pub max_rows: usize,
    /// The operators that a model may use.
    pub operators: BTreeSet<Operator>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_model_bytes: 64 << 20,
            max_tensor_bytes: 64 << 20,
            max_nodes: 4096,
            max_rows: 1024,
            operators: STANDARD_OPERATORS
                .iter()
                .map(|op_type| Operator::standard(op_type))
                .collect(),
        }
    }
}

/// The agreed interface of a model: one input `f32 [B, input]`, one output `f32 [B, output]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Numbers in a row that goes in.
    pub input: usize,
    /// Numbers in a row that comes out.
    pub output: usize,
}
