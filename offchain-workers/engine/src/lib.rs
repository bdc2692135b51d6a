// SPDX-License-Identifier: Apache-2.0
//! Loads, checks and runs ONNX models of one `f32` matrix in and one out; it knows nothing of any chain.
//!
//! Model bytes are untrusted. [`Engine::load`] decodes them and checks sizes, operators, tensors, names and shapes
//! before tract sees anything; every refusal is an [`EngineError`] with a name. What a check cannot rule out (time, peak
//! memory, a bug in a kernel) belongs to the process that runs this crate: give it limits.
//!
//! **Results depend on the number of rows**: tract picks kernels by shape, so the last bits of a row differ with
//! `rows`, and with the instruction set of the machine. A result that someone else will compare is computed with
//! `rows == 1`; larger batches are for throughput where nobody compares.

mod check;
mod error;
pub mod graph;
mod limits;
mod model;
mod plans;

pub use error::EngineError;
pub use limits::{Limits, Operator, Schema};
pub use model::{instruction_set, Engine, Model, ModelId};
pub use plans::Plans;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
