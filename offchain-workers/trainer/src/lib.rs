// SPDX-License-Identifier: Apache-2.0
//! Training for Tier A: a small base network, and convex heads that every machine trains to the same bytes.
//!
//! * [`digits`]: rows of the digits table, as contributions carry them.
//! * [`base`]: trains a 64 → 32 → 10 network and writes its truncated part, the feature extractor, as ONNX.
//! * [`features`]: features on their integer grid, and the file that stores them.
//! * [`head`]: Newton's method to the optimum of a convex head, in `f64` and in one fixed order.
//! * [`curvature`]: the Hessian there, whole or as a Kronecker product near it.
//! * [`adapter`]: the trained head as a safetensors file and its description as JSON.
//! * [`transformer`]: a small transformer with LoRA, by which attribution of deep adapters is tested.
//! * [`evaluate`]: accuracy of a head by the same integers that the chain uses.
//!
//! Bit-exact means: only `+ - * /` and `sqrt` of `f64`, which IEEE 754 fixes, exponentials and logarithms of the
//! `libm` crate, no fused multiply-add, no reassociation, no threads. The same features give the same adapter
//! bytes on every CPU.
#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod adapter;
pub mod base;
mod conjugate;
pub mod curvature;
pub mod digits;
pub mod evaluate;
pub mod features;
pub mod head;
pub mod linear;
pub mod random;
pub mod transformer;

mod reader;
