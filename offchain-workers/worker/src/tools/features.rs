// SPDX-License-Identifier: Apache-2.0
//! Features of digits by a base model's ONNX file, in the executor child, one row at a time as answers are made.

use anyhow::Result;
use openledger_blobs::{Bytes, ContentId};
use openledger_executor::{Executor, ExecutorConfig, Job, Schema};
use openledger_trainer::{
    base::FEATURES,
    digits::{DigitRow, PIXELS},
    features::quantise_features,
};

/// A base model in an executor child of the reference instruction set.
pub struct Extractor {
    executor: Executor,
    bytes: Bytes,
    model: [u8; 32],
}

impl Extractor {
    /// Starts the child for a model's bytes.
    pub async fn start(bytes: Vec<u8>) -> Result<Self> {
        let mut config = ExecutorConfig::this_program()?;
        config.reference_class = true;
        let model = ContentId::of(&bytes).0;
        Ok(Self {
            executor: Executor::spawn(config).await?,
            bytes: bytes.into(),
            model,
        })
    }

    /// Label and features `[32]` of each row.
    pub async fn features(&self, rows: &[DigitRow]) -> Result<Vec<(u16, Vec<i16>)>> {
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let input = row.input();
            let job = Job {
                model: self.model,
                schema: Schema {
                    input: PIXELS,
                    output: FEATURES,
                },
                input: &input,
                rows: 1,
            };
            let features = self
                .executor
                .run(job, || async { Ok(self.bytes.clone()) })
                .await?;
            all.push((u16::from(row.label), quantise_features(&features)?));
        }
        Ok(all)
    }
}
