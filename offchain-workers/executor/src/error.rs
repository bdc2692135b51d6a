// SPDX-License-Identifier: Apache-2.0
//! Why a job gave no result, by name.

use std::{path::PathBuf, time::Duration};

use openledger_engine::EngineError;

use crate::parent::BoxError;

/// Why a job gave no result. `model` is the content id in hexadecimal.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// The engine refused the model, the input or the result. The child lives on.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The model ended a child before and is refused.
    #[error("model {model} is quarantined: {reason}; remove it from the quarantine to try it again")]
    Quarantined {
        /// The model.
        model: String,
        /// What it did.
        reason: String,
    },
    /// The job took too long. The child was killed and the model is quarantined.
    #[error("{stage} model {model} took longer than {after:?}; the child was killed")]
    TimedOut {
        /// The model.
        model: String,
        /// `loading` or `running`.
        stage: &'static str,
        /// The time it had.
        after: Duration,
    },
    /// The child ended during the job, by itself or killed once too often. The model is quarantined.
    #[error("the child ended during a job of model {model} ({status}){}", last_words(.words))]
    ChildDied {
        /// The model.
        model: String,
        /// How it ended.
        status: String,
        /// The end of what it wrote to its standard error.
        words: String,
    },
    /// The child did not keep to the protocol. It was killed and the model is quarantined.
    #[error("the child broke the protocol during a job of model {model}: {reason}")]
    Protocol {
        /// The model.
        model: String,
        /// What was wrong.
        reason: String,
    },
    /// The child could not be started. No model is blamed.
    #[error("cannot start the executor child `{program}`: {reason}")]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        reason: String,
    },
    /// The caller could not give the model's bytes.
    #[error("cannot get the bytes of model {model}")]
    Bytes {
        /// The model.
        model: String,
        /// The caller's error.
        #[source]
        source: BoxError,
    },
    /// The bytes given are not those of the model.
    #[error("the bytes given for model {model} hash to {found}")]
    WrongBytes {
        /// The model.
        model: String,
        /// What they hash to.
        found: String,
    },
    /// The model or the input is too long for one frame.
    #[error("{size} bytes do not fit the executor's frame of {limit}")]
    FrameTooLarge {
        /// Length in bytes.
        size: u64,
        /// Cap in bytes.
        limit: u64,
    },
    /// The file of quarantined models cannot be read or written.
    #[error("cannot use the quarantine file `{path}`")]
    QuarantineFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

fn last_words(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!(": {words}")
    }
}
