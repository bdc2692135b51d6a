// SPDX-License-Identifier: Apache-2.0
//! Tier A attribution: how much each contribution helped or harmed an answer, by exact influence in integers.
//!
//! For a head at the optimum of a convex loss, `H` the mean Hessian plus `lambda`, `g_i` the gradient of row `i` and
//! `v` the gradient of an answer's own loss: `R_i = H⁻¹ g_i` is committed, and `help_i = R_i · v` is, up to `1/n`, by
//! how much training on the row lowered the answer's loss (Koh, Liang 2017, arXiv 1703.04730). `ℓ_i` is the
//! probability that the head without row `i` (`w + R_i / n`) gives to the row's own label; it multiplies positive
//! help, so that rows the others do not believe earn little. Near-duplicates are left out together, and
//! count once, for whoever registered first.
//!
//! * [`build`]: the index from features, optimum and lambda.
//! * [`clusters`]: near-duplicate rows and who is paid for them.
//! * [`features_file`]: features read where their file lies.
//! * [`flaws`]: what is false in an index beside its influence, and which rows show it.
//! * [`index`]: the OLIX file.
//! * [`query`]: scores and the report of an answer.
//! * [`kernel`]: the query's inner loop with the vector instructions of the machine.
//! * [`merkle`]: trees over rows and their proofs.
//! * [`audit`]: whether an index is what its features and head make it.
//! * [`release`]: what a release commits to, and how parts of it are shown.
//! * [`sums`]: what both parties of a dispute about a released row compute.
//!
//! For adapters inside a network, Tier B, there is [`deep`].
//!
//! For text there are [`spans`]: what an answer quotes, and from whom. [`signals`] say what is new in a
//! contribution. [`retrieval`] finds passages that an answer is made with, and logs them.
#![warn(missing_docs)]
#![deny(unsafe_code)]

pub mod audit;
pub mod build;
mod bytes;
pub mod clusters;
pub mod deep;
pub mod features_file;
pub mod flaws;
pub mod index;
pub mod kernel;
mod leave_one_out;
mod links;
mod members;
pub mod merkle;
pub mod query;
pub mod release;
pub mod retrieval;
mod scratch;
pub mod signals;
pub mod spans;
pub mod sums;

pub use build::{build_index, write_index, Settings};
pub use index::{Index, IndexError};
pub use kernel::Kernel;
pub use openledger_trainer::features::ContributionKey;
pub use release::Release;
pub use scratch::Scratch;
