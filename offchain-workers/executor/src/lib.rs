// SPDX-License-Identifier: Apache-2.0
//! Runs untrusted model bytes in a child process with limits, so that a hostile model can end the child and nothing
//! else.
//!
//! A program starts itself again as the child: its `main` begins with [`run_child_if_asked`], and
//! [`ExecutorConfig::this_program`] names the running binary. The two talk over the child's standard input and output
//! in frames of capped length; the child's standard error is logged.
//!
//! A model whose job killed the child, or had it killed for taking too long, is quarantined: it is refused from then
//! on, also after a restart. A child that something outside killed is replaced and its job run again, once.

mod child;
mod error;
mod parent;
mod pipe;
mod process;
mod program;
mod protocol;
mod quarantine;

pub use child::{child_main, run_child_if_asked, CHILD_ARGUMENT};
pub use error::ExecutorError;
pub use openledger_engine::{EngineError, Limits, ModelId, Schema};
pub use parent::{BoxError, Executor, ExecutorConfig, Job};
pub use process::{ProcessLimits, REFERENCE_ISA};
pub use program::{own_name, restore_short_name, running_program};
