// SPDX-License-Identifier: Apache-2.0
//! Every reason to refuse a model or a result, by name.

use serde::{Deserialize, Serialize};

/// Why a model was not loaded or not run. Texts taken from the model are cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum EngineError {
    /// The file is over the cap; nothing of it was read.
    #[error("the model has {size} bytes, over the cap of {limit}")]
    TooLarge {
        /// Length of the file in bytes.
        size: u64,
        /// The cap in bytes.
        limit: u64,
    },
    /// The bytes are no ONNX model, are cut off, or contradict themselves.
    #[error("not a valid ONNX model: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// The model was written for an operator set that is not supported.
    #[error("operator set {found:?} is not supported; export with one from {min} to {max}")]
    UnsupportedOpset {
        /// The version of the default operator set, if the model names one.
        found: Option<i64>,
        /// The lowest supported version.
        min: i64,
        /// The highest supported version.
        max: i64,
    },
    /// A part of ONNX that no accepted model may use: functions, sparse tensors, training graphs.
    #[error("the model uses {feature}, which is not accepted")]
    Unsupported {
        /// The part.
        feature: String,
    },
    /// An operator outside of the allow-list.
    #[error("operator `{op}` of domain `{domain}` is not on the allow-list")]
    UnknownOperator {
        /// Its domain; empty for the default one.
        domain: String,
        /// Its type.
        op: String,
    },
    /// A node carries a graph of its own.
    #[error("node `{node}` carries a subgraph, which is not accepted")]
    Subgraph {
        /// Name of the node.
        node: String,
    },
    /// A tensor points to a file outside of the model.
    #[error("tensor `{tensor}` keeps its data in another file; save the model as one file")]
    ExternalData {
        /// Name of the tensor.
        tensor: String,
    },
    /// A tensor, stored or computed, is over the cap. It was not allocated.
    #[error("tensor `{tensor}` claims {bytes} bytes, over the cap of {limit}")]
    TensorTooLarge {
        /// Name of the tensor or of the node that computes it.
        tensor: String,
        /// Its size by its shape, in bytes (`u64::MAX` when that overflows).
        bytes: u64,
        /// The cap in bytes.
        limit: u64,
    },
    /// A tensor's data does not fill its shape exactly.
    #[error("tensor `{tensor}` has {found} bytes of data where its shape needs {expected}")]
    TensorMismatch {
        /// Name of the tensor.
        tensor: String,
        /// Bytes by its shape.
        expected: u64,
        /// Bytes present.
        found: u64,
    },
    /// A tensor has an element type that is not accepted.
    #[error("tensor `{tensor}` has element type {data_type}, which is not accepted")]
    UnsupportedTensor {
        /// Name of the tensor.
        tensor: String,
        /// The ONNX `TensorProto.DataType`.
        data_type: i32,
    },
    /// The graph has too many nodes or constants.
    #[error("the model has {nodes} nodes and constants, over the cap of {limit}")]
    TooManyNodes {
        /// Nodes and constants.
        nodes: u64,
        /// The cap.
        limit: u64,
    },
    /// The model's interface, or the data given to it, has not the agreed shape.
    #[error("{what}: expected {expected}, found {found}")]
    ShapeMismatch {
        /// What was compared.
        what: String,
        /// The agreed shape.
        expected: String,
        /// The shape found.
        found: String,
    },
    /// More rows in one batch than allowed.
    #[error("{rows} rows in one batch, over the cap of {limit}")]
    TooManyRows {
        /// Rows asked for.
        rows: u64,
        /// The cap.
        limit: u64,
    },
    /// A number that is not finite, in what goes in or in what comes out.
    #[error("the {place} holds NaN or an infinity at index {index}")]
    NonFinite {
        /// `input` or `output`.
        place: String,
        /// Index of the first one, row by row.
        index: u64,
    },
    /// tract refused the model or failed to run it.
    #[error("{stage} failed: {reason}")]
    Plan {
        /// `parsing`, `planning` or `running`.
        stage: String,
        /// What tract said.
        reason: String,
    },
    /// tract panicked. The panic was caught.
    #[error("{stage} panicked: {reason}")]
    Panicked {
        /// `parsing`, `planning` or `running`.
        stage: String,
        /// The panic's message.
        reason: String,
    },
}

/// A text of the model, cut to at most 200 characters so that an error never grows with it.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
