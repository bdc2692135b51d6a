// SPDX-License-Identifier: Apache-2.0
//! The files of a trained head: a canonical safetensors file and its description as JSON.
//!
//! | tensor | dtype | shape | what |
//! | --- | --- | --- | --- |
//! | `base_model.model.classifier.bias` | I32 | `[C]` | 16 fraction bits |
//! | `base_model.model.classifier.bias_f64` | F64 | `[C]` | the optimum |
//! | `base_model.model.classifier.weight` | I32 | `[C, d]` | 16 fraction bits |
//! | `base_model.model.classifier.weight_f64` | F64 | `[C, d]` | the optimum |
//!
//! Answers use the integers, attribution the optimum. Canonical: exactly these tensors, no metadata, the layout that
//! the safetensors format prescribes (alignment, then name), and integers that are the rounded optimum. A head
//! then has one file and one content id.

use openledger_fixed::{FEATURE_BITS, WEIGHT_BITS};
use safetensors::{tensor::TensorView, Dtype, SafeTensorError, SafeTensors};

use crate::head::{Head, HeadError, Optimum, Training};

/// Name of the integer biases.
pub const BIAS: &str = "base_model.model.classifier.bias";
/// Name of the biases of the optimum.
pub const BIAS_F64: &str = "base_model.model.classifier.bias_f64";
/// Name of the integer weights.
pub const WEIGHT: &str = "base_model.model.classifier.weight";
/// Name of the weights of the optimum.
pub const WEIGHT_F64: &str = "base_model.model.classifier.weight_f64";
/// Most bytes of an adapter file.
pub const MAX_ADAPTER_BYTES: usize = 16 * 1024 * 1024;

/// Why bytes are not the file of a head.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// Larger than [`MAX_ADAPTER_BYTES`].
    #[error("adapter of {0} bytes is too large: at most {MAX_ADAPTER_BYTES}")]
    TooLarge(usize),
    /// Not a safetensors file, or one whose offsets lie.
    #[error("adapter is not a valid safetensors file: {0}")]
    Safetensors(#[from] SafeTensorError),
    /// A tensor is missing.
    #[error("adapter lacks the tensor {0}")]
    MissingTensor(&'static str),
    /// A tensor of another number type.
    #[error("tensor {name} has type {found:?} instead of {expected:?}")]
    WrongDtype {
        /// Tensor.
        name: &'static str,
        /// Type it must have.
        expected: Dtype,
        /// Type found.
        found: Dtype,
    },
    /// A tensor whose shape does not fit the others, or fewer than two classes or one feature.
    #[error("tensor {name} has a wrong shape {found:?}: biases are [C], weights [C, d], C at least 2")]
    WrongShape {
        /// Tensor.
        name: &'static str,
        /// Shape found.
        found: Vec<usize>,
    },
    /// An infinity or a NaN.
    #[error("tensor {name} is not finite at {index}")]
    NotFinite {
        /// Tensor.
        name: &'static str,
        /// Index of the first such number.
        index: usize,
    },
    /// The optimum cannot be rounded.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The integers are not the rounded optimum.
    #[error("the integer head is not the rounded optimum of the same file")]
    NotTheRoundedOptimum,
    /// Extra tensors, metadata, or another layout.
    #[error("adapter is not canonical: extra tensors, metadata or another layout")]
    NotCanonical,
}

/// A trained head: the integers that answer and the optimum that they are rounded from.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter {
    head: Head,
    optimum: Optimum,
}

impl Adapter {
    /// Rounds `optimum` to the head's grid.
    ///
    /// # Errors
    /// [`HeadError::WeightOutOfRange`].
    pub fn new(optimum: Optimum) -> Result<Self, HeadError> {
        Ok(Self {
            head: optimum.quantise()?,
            optimum,
        })
    }

    /// The integers that answer.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The optimum that attribution needs.
    pub fn optimum(&self) -> &Optimum {
        &self.optimum
    }

    /// The canonical file.
    ///
    /// # Errors
    /// [`AdapterError::Safetensors`], which a sound adapter cannot cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, AdapterError> {
        let (classes, dims) = (self.optimum.classes, self.optimum.dims);
        let rows = || self.optimum.parameters.chunks_exact(dims + 1);
        let weight_f64: Vec<u8> = rows()
            .flat_map(|row| &row[..dims])
            .flat_map(|w| w.to_le_bytes())
            .collect();
        let bias_f64: Vec<u8> = rows().flat_map(|row| row[dims].to_le_bytes()).collect();
        let weight: Vec<u8> = self.head.weight.iter().flat_map(|w| w.to_le_bytes()).collect();
        let bias: Vec<u8> = self.head.bias.iter().flat_map(|b| b.to_le_bytes()).collect();
        let tensors = [
            (BIAS, TensorView::new(Dtype::I32, vec![classes], &bias)?),
            (BIAS_F64, TensorView::new(Dtype::F64, vec![classes], &bias_f64)?),
            (WEIGHT, TensorView::new(Dtype::I32, vec![classes, dims], &weight)?),
            (
                WEIGHT_F64,
                TensorView::new(Dtype::F64, vec![classes, dims], &weight_f64)?,
            ),
        ];
        Ok(safetensors::serialize(tensors, None)?)
    }

    /// Reads a file and checks everything that canonical means.
    ///
    /// # Errors
    /// Every variant of [`AdapterError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AdapterError> {
        if bytes.len() > MAX_ADAPTER_BYTES {
            return Err(AdapterError::TooLarge(bytes.len()));
        }
        let file = SafeTensors::deserialize(bytes)?;
        let (weight_shape, weight_f64) = tensor::<8>(&file, WEIGHT_F64, Dtype::F64)?;
        let &[classes, dims] = weight_shape.as_slice() else {
            return Err(AdapterError::WrongShape {
                name: WEIGHT_F64,
                found: weight_shape,
            });
        };
        if classes < 2 || dims < 1 {
            return Err(AdapterError::WrongShape {
                name: WEIGHT_F64,
                found: weight_shape,
            });
        }
        let weight_f64 = finite(WEIGHT_F64, weight_f64.map(f64::from_le_bytes))?;
        let (shape, bias_f64) = tensor::<8>(&file, BIAS_F64, Dtype::F64)?;
        check_shape(BIAS_F64, shape, &[classes])?;
        let bias_f64 = finite(BIAS_F64, bias_f64.map(f64::from_le_bytes))?;
        let (shape, weight) = tensor::<4>(&file, WEIGHT, Dtype::I32)?;
        check_shape(WEIGHT, shape, &[classes, dims])?;
        let (shape, bias) = tensor::<4>(&file, BIAS, Dtype::I32)?;
        check_shape(BIAS, shape, &[classes])?;

        let rows = weight_f64.chunks_exact(dims).zip(&bias_f64);
        let parameters = rows
            .flat_map(|(row, bias)| row.iter().chain(std::iter::once(bias)).copied())
            .collect();
        let adapter = Self::new(Optimum {
            classes,
            dims,
            parameters,
        })?;
        let stated = Head {
            weight: weight.map(i32::from_le_bytes).collect(),
            bias: bias.map(i32::from_le_bytes).collect(),
        };
        if adapter.head != stated {
            return Err(AdapterError::NotTheRoundedOptimum);
        }
        if adapter.to_bytes()? != bytes {
            return Err(AdapterError::NotCanonical);
        }
        Ok(adapter)
    }
}

/// The description that lies beside the safetensors file, as PEFT's `adapter_config.json`: one line, keys in order.
///
/// `base_model` is the content id of the base model's ONNX file.
pub fn config_json(base_model: &[u8; 32], training: &Training, lambda: f64) -> String {
    let base: String = base_model.iter().map(|byte| format!("{byte:02x}")).collect();
    let Training {
        optimum,
        gradient_norm,
        iterations,
    } = training;
    format!(
        concat!(
            r#"{{"base_model_name_or_path":"0x{}","classes":{},"dims":{},"feature_bits":{},"gradient_norm":{:e},"#,
            r#""iterations":{},"lambda":{},"peft_type":"HEAD","weight_bits":{}}}"#
        ),
        base, optimum.classes, optimum.dims, FEATURE_BITS, gradient_norm, iterations, lambda, WEIGHT_BITS
    )
}

type Numbers<'a, const N: usize> = std::iter::Map<std::slice::ChunksExact<'a, u8>, fn(&[u8]) -> [u8; N]>;

/// Shape and little-endian numbers of `N` bytes of a tensor.
fn tensor<'a, const N: usize>(
    file: &SafeTensors<'a>,
    name: &'static str,
    expected: Dtype,
) -> Result<(Vec<usize>, Numbers<'a, N>), AdapterError> {
    let view = file.tensor(name).map_err(|_| AdapterError::MissingTensor(name))?;
    if view.dtype() != expected {
        return Err(AdapterError::WrongDtype {
            name,
            expected,
            found: view.dtype(),
        });
    }
    let number: fn(&[u8]) -> [u8; N] = |bytes| bytes.try_into().expect("chunks of N bytes");
    Ok((view.shape().to_vec(), view.data().chunks_exact(N).map(number)))
}

fn check_shape(name: &'static str, found: Vec<usize>, expected: &[usize]) -> Result<(), AdapterError> {
    if found == expected {
        Ok(())
    } else {
        Err(AdapterError::WrongShape { name, found })
    }
}

fn finite(name: &'static str, numbers: impl Iterator<Item = f64>) -> Result<Vec<f64>, AdapterError> {
    let check = |(index, x): (usize, f64)| {
        x.is_finite()
            .then_some(x)
            .ok_or(AdapterError::NotFinite { name, index })
    };
    numbers.enumerate().map(check).collect()
}
