// SPDX-License-Identifier: Apache-2.0
//! Tier B attribution: adapters inside a network, by sketches of gradients.
//!
//! Where the loss is not convex there is no optimum at which influence is exact. What is paid is unit-norm DataInf (Kwon
//! and others 2023, arXiv 2310.00902) over several checkpoints, on sketches of 8-bit integers:
//!
//! 1. For each training row and checkpoint, the trainer gives what every adapted matrix saw: inputs and errors
//!    ([`Captured`]). The gradient of a matrix is the sum of their outer products; it is projected from both sides,
//!    `Σ_t (P_o e_t) ⊗ (P_i x_t)`, and never built (LoGra, arXiv 2405.13954): [`projection`].
//! 2. The projections of all matrices, side by side, become one vector of length one: nobody buys influence by large
//!    gradients. It is rounded to integers at one fixed scale: a *sketch*.
//! 3. An answer's own gradient is sketched in the same way. With sketches `G [n, k]` of length one, DataInf is one
//!    matrix: `help = G·u`, `u = v - GᵀG·v / (n·(1 + λ))`, `λ = 0.1 / k`. From the sketches on all of it is integers:
//!    [`query`].
//! 4. Scores of the checkpoints are added up, rows' scores by contribution, and the report is that of Tier A; so is what
//!    the chain does with it.
//!
//! Sketches are computed from floats of other software, on other machines: they are committed, not recomputed bit by
//! bit. Whoever checks one accepts it when no number differs by more than one and at most one in twenty differs
//! ([`Sketch::is_near`]); everything after the committed sketches is exact.

pub mod file;
pub mod projection;
pub mod query;

pub use file::{SketchFile, SketchFileError};
pub use openledger_trainer::transformer::Captured;
pub use projection::{Projection, Sketch, SketchError};
pub use query::{noise_floor, AnswerError};
