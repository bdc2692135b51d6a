// SPDX-License-Identifier: Apache-2.0
//! Checks on a decoded model, all of them before tract sees it.

use std::collections::HashSet;

use prost::Message;
use tract_onnx::pb::{
    tensor_proto::{DataLocation, DataType},
    tensor_shape_proto::dimension::Value as DimValue,
    type_proto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto,
};

use crate::{error::excerpt, EngineError, Limits, Operator, Schema};

/// Versions of the default operator set that tract is tested against.
const OPSETS: std::ops::RangeInclusive<i64> = 9..=23;

/// A model whose every declared size, name and type was checked.
pub(crate) struct Checked {
    /// The decoded model.
    pub proto: ModelProto,
    /// The number of rows, when the model fixes it.
    pub fixed_rows: Option<usize>,
}

/// Decodes and checks `bytes`. O(bytes); allocates no more than decoding needs.
pub(crate) fn check(bytes: &[u8], schema: &Schema, limits: &Limits) -> Result<Checked, EngineError> {
    let size = bytes.len() as u64;
    if size > limits.max_model_bytes {
        return Err(EngineError::TooLarge {
            size,
            limit: limits.max_model_bytes,
        });
    }
    let proto = ModelProto::decode(bytes).map_err(|error| malformed(format!("cannot decode: {error}")))?;
    check_opset(&proto)?;
    if !proto.functions.is_empty() {
        return Err(unsupported("functions"));
    }
    if !proto.training_info.is_empty() {
        return Err(unsupported("training graphs"));
    }
    let graph = proto
        .graph
        .as_ref()
        .ok_or_else(|| malformed("there is no graph"))?;
    check_counts(graph, limits)?;
    for node in &graph.node {
        check_node(node, limits)?;
    }
    for tensor in &graph.initializer {
        check_tensor(tensor, limits)?;
    }
    check_names(graph)?;
    let fixed_rows = check_interface(graph, schema)?;
    Ok(Checked { proto, fixed_rows })
}

fn malformed(reason: impl Into<String>) -> EngineError {
    EngineError::Malformed {
        reason: excerpt(&reason.into()),
    }
}

fn unsupported(feature: &str) -> EngineError {
    EngineError::Unsupported {
        feature: feature.to_owned(),
    }
}

fn is_default_domain(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

fn check_opset(proto: &ModelProto) -> Result<(), EngineError> {
    let mut versions = proto
        .opset_import
        .iter()
        .filter(|set| is_default_domain(&set.domain))
        .map(|set| set.version);
    let found = versions.next();
    if versions.next().is_some() {
        return Err(malformed("the default operator set is imported twice"));
    }
    match found {
        Some(version) if OPSETS.contains(&version) => Ok(()),
        found => Err(EngineError::UnsupportedOpset {
            found,
            min: *OPSETS.start(),
            max: *OPSETS.end(),
        }),
    }
}

fn check_counts(graph: &GraphProto, limits: &Limits) -> Result<(), EngineError> {
    if !graph.sparse_initializer.is_empty() {
        return Err(unsupported("sparse tensors"));
    }
    let nodes = graph.node.len().saturating_add(graph.initializer.len());
    if nodes > limits.max_nodes {
        return Err(EngineError::TooManyNodes {
            nodes: nodes as u64,
            limit: limits.max_nodes as u64,
        });
    }
    Ok(())
}

fn check_node(node: &NodeProto, limits: &Limits) -> Result<(), EngineError> {
    let domain = if is_default_domain(&node.domain) {
        ""
    } else {
        node.domain.as_str()
    };
    let operator = Operator {
        domain: domain.to_owned(),
        op_type: node.op_type.clone(),
    };
    if !limits.operators.contains(&operator) {
        return Err(EngineError::UnknownOperator {
            domain: excerpt(&operator.domain),
            op: excerpt(&operator.op_type),
        });
    }
    for attribute in &node.attribute {
        if attribute.g.is_some() || !attribute.graphs.is_empty() {
            return Err(EngineError::Subgraph {
                node: excerpt(&node.name),
            });
        }
        if attribute.sparse_tensor.is_some() || !attribute.sparse_tensors.is_empty() {
            return Err(unsupported("sparse tensors"));
        }
        if !attribute.ref_attr_name.is_empty() || !attribute.type_protos.is_empty() {
            return Err(unsupported("attributes of functions or types"));
        }
        for tensor in attribute.t.iter().chain(&attribute.tensors) {
            check_tensor(tensor, limits)?;
        }
    }
    Ok(())
}

/// Size of one element in bytes, and how many elements the typed field holds, for the types that tract reads.
fn elements(tensor: &TensorProto) -> Option<(u64, usize)> {
    Some(match DataType::try_from(tensor.data_type).ok()? {
        DataType::Float => (4, tensor.float_data.len()),
        DataType::Double => (8, tensor.double_data.len()),
        DataType::Int64 | DataType::Uint64 => (8, tensor.int64_data.len()),
        DataType::Int32 | DataType::Uint32 => (4, tensor.int32_data.len()),
        DataType::Int16 | DataType::Uint16 | DataType::Float16 => (2, tensor.int32_data.len()),
        DataType::Int8 | DataType::Uint8 | DataType::Bool => (1, tensor.int32_data.len()),
        _ => return None,
    })
}

fn check_tensor(tensor: &TensorProto, limits: &Limits) -> Result<(), EngineError> {
    let name = || excerpt(&tensor.name);
    let external = tensor
        .data_location
        .is_some_and(|place| place != DataLocation::Default as i32);
    if external || !tensor.external_data.is_empty() {
        return Err(EngineError::ExternalData { tensor: name() });
    }
    if tensor.segment.is_some() {
        return Err(unsupported("tensors in segments"));
    }
    let Some((width, typed)) = elements(tensor) else {
        return Err(EngineError::UnsupportedTensor {
            tensor: name(),
            data_type: tensor.data_type,
        });
    };
    let mut expected = width;
    for dim in &tensor.dims {
        let dim = u64::try_from(*dim)
            .map_err(|_| malformed(format!("tensor `{}` has a negative dimension", name())))?;
        expected = if dim == 0 { 0 } else { expected.saturating_mul(dim) };
    }
    if expected > limits.max_tensor_bytes {
        return Err(EngineError::TensorTooLarge {
            tensor: name(),
            bytes: expected,
            limit: limits.max_tensor_bytes,
        });
    }
    let found = if tensor.raw_data.is_empty() {
        width.saturating_mul(typed as u64)
    } else {
        tensor.raw_data.len() as u64
    };
    if found != expected {
        return Err(EngineError::TensorMismatch {
            tensor: name(),
            expected,
            found,
        });
    }
    Ok(())
}

/// Every value is defined once and before its use; the graph is therefore free of cycles.
fn check_names(graph: &GraphProto) -> Result<(), EngineError> {
    let mut defined: HashSet<&str> = HashSet::new();
    for tensor in &graph.initializer {
        if tensor.name.is_empty() || !defined.insert(&tensor.name) {
            return Err(malformed(format!(
                "constant `{}` is unnamed or defined twice",
                tensor.name
            )));
        }
    }
    let mut inputs: HashSet<&str> = HashSet::new();
    for input in &graph.input {
        if input.name.is_empty() || !inputs.insert(&input.name) {
            return Err(malformed(format!(
                "input `{}` is unnamed or defined twice",
                input.name
            )));
        }
    }
    defined.extend(inputs);
    for node in &graph.node {
        if let Some(missing) = node
            .input
            .iter()
            .find(|name| !name.is_empty() && !defined.contains(name.as_str()))
        {
            return Err(malformed(format!("a node uses `{missing}` before it is defined")));
        }
        if node.output.iter().all(String::is_empty) {
            return Err(malformed(format!("node `{}` has no output", node.name)));
        }
        for output in node.output.iter().filter(|name| !name.is_empty()) {
            if !defined.insert(output) {
                return Err(malformed(format!("`{output}` is defined twice")));
            }
        }
    }
    match graph
        .output
        .iter()
        .find(|output| !defined.contains(output.name.as_str()))
    {
        Some(output) => Err(malformed(format!("output `{}` is not defined", output.name))),
        None => Ok(()),
    }
}

/// Compares the declared interface with `schema`; gives the number of rows when the model fixes it.
fn check_interface(graph: &GraphProto, schema: &Schema) -> Result<Option<usize>, EngineError> {
    let constants: HashSet<&str> = graph
        .initializer
        .iter()
        .map(|tensor| tensor.name.as_str())
        .collect();
    let inputs: Vec<&ValueInfoProto> = graph
        .input
        .iter()
        .filter(|input| !constants.contains(input.name.as_str()))
        .collect();
    let ([input], [output]) = (inputs.as_slice(), graph.output.as_slice()) else {
        return Err(EngineError::ShapeMismatch {
            what: "inputs and outputs".into(),
            expected: "1 and 1".into(),
            found: format!("{} and {}", inputs.len(), graph.output.len()),
        });
    };
    let rows_in = check_matrix("input", input, schema.input)?;
    let rows_out = check_matrix("output", output, schema.output)?;
    match (rows_in, rows_out) {
        (Some(rows), Some(out)) if rows != out => Err(EngineError::ShapeMismatch {
            what: "rows of the output".into(),
            expected: rows.to_string(),
            found: out.to_string(),
        }),
        (rows, out) => Ok(rows.or(out)),
    }
}

/// The value is declared `f32 [B, width]`; gives B when it is a number.
fn check_matrix(what: &str, value: &ValueInfoProto, width: usize) -> Result<Option<usize>, EngineError> {
    let mismatch = |found: String| EngineError::ShapeMismatch {
        what: format!("declared {what}"),
        expected: format!("f32 [B, {width}]"),
        found: excerpt(&found),
    };
    let Some(type_proto::Value::TensorType(tensor)) =
        value.r#type.as_ref().and_then(|kind| kind.value.as_ref())
    else {
        return Err(mismatch("no tensor type".into()));
    };
    if tensor.elem_type != DataType::Float as i32 {
        return Err(mismatch(format!("element type {}", tensor.elem_type)));
    }
    let Some(shape) = tensor.shape.as_ref() else {
        return Err(mismatch("no shape".into()));
    };
    let [rows, columns] = shape.dim.as_slice() else {
        return Err(mismatch(format!("{} dimensions", shape.dim.len())));
    };
    match columns.value {
        Some(DimValue::DimValue(columns)) if u64::try_from(columns) == Ok(width as u64) => {}
        ref columns => return Err(mismatch(format!("width {columns:?}"))),
    }
    match rows.value {
        Some(DimValue::DimValue(rows)) => match usize::try_from(rows) {
            Ok(rows) if rows > 0 => Ok(Some(rows)),
            _ => Err(mismatch(format!("{rows} rows"))),
        },
        _ => Ok(None),
    }
}
