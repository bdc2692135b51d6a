// SPDX-License-Identifier: Apache-2.0
//! An answer from an input: a base network in the executor child, then integers only; of a text, integers from the start.
//!
//! | model | output | query vector | report |
//! | --- | --- | --- | --- |
//! | base | features as `i32`, little endian, 12 fraction bits | empty | empty |
//! | head on a base | logits as `i32`, little endian, 16 fraction bits | features, `i16`, 12 fraction bits | by the index |
//! | text | tokens, `u16`, little endian | credits of the tokens | by what it quotes |
//! | text with passages | the same | credits, then the log of its passages | by what it quotes and what it was made with |
//!
//! The base runs with one row, so that the last bits do not depend on how busy the worker is.

use crate::{
    adapters::{Adapters, Loaded},
    artifacts::Artifacts,
    chain::{Adapter, Model, Network, Text},
    challenges::Archive,
    driver::{Answerer, Computed},
    hosting::{Inspector, Unfit},
    jobs::Stop,
    shelf::asked,
    texts::Texts,
};
use openledger_executor::{BoxError, EngineError, Executor, ExecutorError, Job, Schema};
use openledger_fixed::logits;
use openledger_primitives::{
    apis::InputView,
    report::{from_scores, Blend, Evidence},
};
use openledger_trainer::features::quantise_features;
use std::sync::Arc;

/// Answers requests by an executor child.
pub struct Computer {
    executor: Executor,
    artifacts: Artifacts,
    adapters: Adapters,
    texts: Texts,
}

impl Computer {
    /// Runs base networks in `executor`, on bytes from `artifacts`.
    pub fn new(executor: Executor, artifacts: Artifacts) -> Self {
        Self {
            executor,
            artifacts,
            adapters: Adapters::default(),
            texts: Texts::default(),
        }
    }

    /// Features `[d]` of one input.
    async fn features(&self, model: &Network, input: &[f32]) -> Result<Vec<i16>, Stop> {
        let features = self.run_base(model, input).await.map_err(executor_stop)?;
        quantise_features(&features).map_err(invalid)
    }

    async fn run_base(&self, model: &Network, input: &[f32]) -> Result<Vec<f32>, ExecutorError> {
        let job = Job {
            model: model.base.0,
            schema: Schema {
                input: model.inputs,
                output: model.features,
            },
            input,
            rows: 1,
        };
        let fetch = || async { self.artifacts.get(model.base).await.map_err(BoxError::from) };
        self.executor.run(job, fetch).await
    }
}

#[async_trait::async_trait]
impl Inspector for Computer {
    /// Runs a base network on zeros, then checks the head and its index; of a text, checks it with its tokenizer.
    async fn inspect(&self, model: &Model) -> Result<(), Unfit> {
        let network = match model {
            Model::Network(network) => network,
            Model::Text(text) => {
                self.texts.get(text, &self.artifacts).await.map_err(unfit)?;
                return Ok(());
            }
        };
        match self.run_base(network, &vec![0.0; network.inputs]).await {
            // what zeros give says nothing about other inputs
            Ok(_) | Err(ExecutorError::Engine(EngineError::NonFinite { .. })) => {}
            Err(error) => return Err(unfit(executor_stop(error))),
        }
        if let Some(adapter) = &network.adapter {
            self.adapters.get(adapter, &self.artifacts).await.map_err(unfit)?;
        }
        Ok(())
    }

    fn blamed(&self, model: &Model) -> Option<String> {
        match model {
            Model::Network(network) => {
                let adapter = network.adapter.as_ref();
                self.executor
                    .quarantine_of(&network.base.0)
                    .or_else(|| self.adapters.fault(adapter?))
            }
            Model::Text(text) => self.texts.fault(text),
        }
    }
}

fn unfit(stop: Stop) -> Unfit {
    match stop {
        Stop::Killed(why) | Stop::Invalid(why) => Unfit::Blamed(why),
        Stop::Unavailable(why) => Unfit::Unavailable(why),
    }
}

#[async_trait::async_trait]
impl Archive for Computer {
    async fn loaded(&self, adapter: &Adapter) -> Result<Arc<Loaded>, Stop> {
        self.adapters.get(adapter, &self.artifacts).await
    }
}

#[async_trait::async_trait]
impl Answerer for Computer {
    async fn answer(&self, model: &Model, input: &InputView, blend: &Blend) -> Result<Computed, Stop> {
        let input = asked(&self.artifacts, input).await?;
        match model {
            Model::Network(network) => self.answer_by_network(network, &input).await,
            Model::Text(text) => self.answer_by_text(text, &input, *blend).await,
        }
    }
}

impl Computer {
    async fn answer_by_network(&self, network: &Network, input: &[u8]) -> Result<Computed, Stop> {
        let input = numbers(input)?;
        if input.len() != network.inputs {
            let (found, expected) = (input.len(), network.inputs);
            return Err(Stop::Invalid(format!(
                "the input has {found} numbers, the model takes {expected}"
            )));
        }
        let features = self.features(network, &input).await?;
        match &network.adapter {
            None => Ok(Computed {
                output: bytes_of(features.iter().map(|x| i32::from(*x))),
                query: Vec::new(),
                entries: Vec::new(),
            }),
            Some(adapter) => {
                let loaded = self.adapters.get(adapter, &self.artifacts).await?;
                // milliseconds for hundreds of rows, but an index may have millions
                tokio::task::spawn_blocking(move || answer_by_head(&loaded, features))
                    .await
                    .map_err(|error| Stop::Invalid(format!("the index could not be asked: {error}")))?
            }
        }
    }

    async fn answer_by_text(&self, text: &Text, prompt: &[u8], blend: Blend) -> Result<Computed, Stop> {
        let loaded = self.texts.get(text, &self.artifacts).await?;
        let prompt = prompt.to_vec();
        tokio::task::spawn_blocking(move || loaded.answer(&prompt, &blend))
            .await
            .map_err(|error| Stop::Invalid(format!("the text could not be asked: {error}")))?
            .map_err(invalid)
    }
}

fn answer_by_head(loaded: &Loaded, features: Vec<i16>) -> Result<Computed, Stop> {
    let logits = logits(&loaded.head.weight, &loaded.head.bias, &features).map_err(invalid)?;
    let output = bytes_of(logits.iter().copied());
    let Some(index) = &loaded.index else {
        return Ok(Computed {
            output,
            query: Vec::new(),
            entries: Vec::new(),
        });
    };
    let scores = index.query(&features, &loaded.head).map_err(invalid)?;
    let scores: Vec<_> = scores
        .into_iter()
        .map(|(key, score)| ((key.datanet, key.contribution), score))
        .collect();
    Ok(Computed {
        output,
        query: features,
        entries: from_scores(&scores, Evidence::Influence),
    })
}

/// Little-endian `f32`, all finite.
fn numbers(bytes: &[u8]) -> Result<Vec<f32>, Stop> {
    if !bytes.len().is_multiple_of(4) {
        return Err(Stop::Invalid(format!(
            "an input of {} bytes is no list of 32-bit numbers",
            bytes.len()
        )));
    }
    let numbers = bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    let numbers: Vec<f32> = numbers.collect();
    match numbers.iter().all(|number| number.is_finite()) {
        true => Ok(numbers),
        false => Err(Stop::Invalid("the input holds a NaN or an infinity".into())),
    }
}

fn bytes_of(numbers: impl Iterator<Item = i32>) -> Vec<u8> {
    numbers.flat_map(|number| number.to_le_bytes()).collect()
}

fn invalid(error: impl std::fmt::Display) -> Stop {
    Stop::Invalid(error.to_string())
}

fn executor_stop(error: ExecutorError) -> Stop {
    let why = error.to_string();
    match error {
        ExecutorError::Engine(_) | ExecutorError::WrongBytes { .. } | ExecutorError::FrameTooLarge { .. } => {
            Stop::Invalid(why)
        }
        ExecutorError::Quarantined { .. }
        | ExecutorError::TimedOut { .. }
        | ExecutorError::ChildDied { .. }
        | ExecutorError::Protocol { .. } => Stop::Killed(why),
        ExecutorError::Bytes { source, .. } => Stop::Unavailable(format!("{why}: {source}")),
        ExecutorError::Start { .. } | ExecutorError::QuarantineFile { .. } => Stop::Unavailable(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_finite_numbers_are_refused() {
        assert_eq!(numbers(&1.5f32.to_le_bytes()).unwrap(), [1.5]);
        assert!(matches!(numbers(&[0; 3]), Err(Stop::Invalid(_))));
        assert!(matches!(numbers(&f32::NAN.to_le_bytes()), Err(Stop::Invalid(_))));
    }

    #[test]
    fn only_a_dead_or_late_child_is_blamed_on_the_job() {
        let killed = ExecutorError::ChildDied {
            model: "m".into(),
            status: "signal 9".into(),
            words: String::new(),
        };
        assert!(matches!(executor_stop(killed), Stop::Killed(_)));
        let start = ExecutorError::Start {
            program: "p".into(),
            reason: "gone".into(),
        };
        assert!(matches!(executor_stop(start), Stop::Unavailable(_)));
        let large = ExecutorError::FrameTooLarge { size: 2, limit: 1 };
        assert!(matches!(executor_stop(large), Stop::Invalid(_)));
    }
}
