// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker train-head`: a head, its features, its index and its evaluation from accepted contributions.

use super::{
    features::Extractor,
    manifest::{read_manifest, Contribution},
    name_of, read, read_digits, write,
};
use anyhow::{Context, Result};
use clap::Args;
use openledger_attribution::{write_index, ContributionKey, Index, Release, Settings};
use openledger_blobs::{Blobs, ContentId};
use openledger_trainer::{
    adapter::{config_json, Adapter},
    curvature::CurvatureKind,
    digits::{parse_bytes, CLASSES, PIXELS},
    evaluate::accuracy,
    features::Features,
    head::{train_head, LAMBDA},
};
use serde_json::{json, Value};
use std::{collections::BTreeMap, io::Cursor, path::PathBuf};

/// Trains a head to its optimum on the rows of a manifest and writes everything that its registration needs.
#[derive(Args)]
pub struct TrainHead {
    /// The base model's ONNX file.
    #[arg(long, env = "OPENLEDGER_TRAIN_BASE")]
    base: PathBuf,
    /// JSON list of {datanet, contribution, file, content, registered}: the contributions to train on. `content` may
    /// be left out; where it is given the file is checked. `registered` is the tick of registration: rows that two
    /// contributions share count for the earlier one.
    #[arg(long, env = "OPENLEDGER_TRAIN_MANIFEST")]
    manifest: PathBuf,
    /// Rows to measure the head on.
    #[arg(long, env = "OPENLEDGER_HELD_OUT")]
    held_out: PathBuf,
    /// Folder for features.olfx, head.safetensors, adapter_config.json, training.json and index.olix.
    #[arg(long, env = "OPENLEDGER_TRAIN_OUT")]
    out: PathBuf,
    /// Weight of the regulariser.
    #[arg(long, env = "OPENLEDGER_TRAIN_LAMBDA", default_value_t = LAMBDA)]
    lambda: f64,
    /// Put the files, the base model and the held-out rows into this blob store as well.
    #[arg(long, env = "OPENLEDGER_WORKER_BLOBS")]
    blobs: Option<String>,
}

/// A file of the release: its name and bytes.
type Files = Vec<(&'static str, Vec<u8>)>;

impl TrainHead {
    /// Runs it and returns what to print.
    pub async fn run(self) -> Result<Value> {
        let base = read(&self.base)?;
        let base_id = ContentId::of(&base);
        let manifest = read_manifest(&self.manifest, None).await?;
        let extractor = Extractor::start(base.clone()).await?;

        let features = training_features(&extractor, &manifest).await?;
        let held_out_bytes = read(&self.held_out)?;
        let held_out = extractor.features(&read_digits(&self.held_out)?).await?;
        let mut held_out_features = Features::new(CLASSES as u16, features.dims() as u16)?;
        let nobody = ContributionKey {
            datanet: 0,
            contribution: 0,
        };
        held_out_features.push_contribution(nobody, &held_out)?;

        let training = train_head(&features, self.lambda)?;
        let adapter = Adapter::new(training.optimum.clone())?;
        let settings = Settings {
            registered: Some(manifest.values().map(|each| each.registered).collect()),
            ..Settings::new(self.lambda)
        };
        let mut file = Cursor::new(Vec::new());
        write_index(&features, &training.optimum, &settings, &mut file)?;
        let index = Index::from_bytes(file.into_inner())?;
        let measured = accuracy(adapter.head(), &held_out_features)?;
        let root = format!("0x{}", ContentId(Release::of(&index).root()));
        let accuracy_ppm = measured.right * 1_000_000 / measured.total.max(1);

        let recipe = json!({
            "algorithm": "multinomial logistic regression, Newton, fixed order",
            "base": super::name(base_id),
            "curvature": CurvatureKind::of(features.classes(), features.dims() + 1).name(),
            "features": name_of(&features.to_bytes()),
            "lambda": self.lambda,
        });
        let files: Files = vec![
            ("features.olfx", features.to_bytes()),
            ("head.safetensors", adapter.to_bytes()?),
            (
                "adapter_config.json",
                config_json(&base_id.0, &training, self.lambda).into_bytes(),
            ),
            ("training.json", recipe.to_string().into_bytes()),
            ("index.olix", index.as_bytes().to_vec()),
        ];
        self.save(&files, &[&base, &held_out_bytes]).await?;
        let id = |wanted: &str| {
            files
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, bytes)| name_of(bytes))
        };
        let report = json!({
            "base": super::name(base_id),
            "artifact": id("head.safetensors"),
            "config": id("adapter_config.json"),
            "format": "Safetensors",
            "input": { "dtype": "F32", "width": PIXELS },
            "output": {
                "output_bytes": 4 * features.classes(),
                "query_len": features.dims(),
                "classes": features.classes(),
            },
            "training_config": id("training.json"),
            "attribution": {
                "root": root,
                "index": id("index.olix"),
                "features": id("features.olfx"),
                "rows": features.len(),
            },
            "evaluation": {
                "dataset": name_of(&held_out_bytes),
                "accuracy_ppm": accuracy_ppm,
                "samples": measured.total,
            },
            "accuracy": measured.share(),
            "gradient_norm": training.gradient_norm,
            "iterations": training.iterations,
            "lambda": self.lambda,
            "row_bits": index.row_bits(),
            "contributions": features.contributions().len(),
            "duplicates": (0u32..).zip(index.rows()).filter(|(number, row)| row.leader != *number).count(),
            "leave_one_out": leave_one_out(&index, &index.leave_one_out(&features, adapter.head())?),
        });
        let text = serde_json::to_string_pretty(&report)?;
        write(&self.out.join("release.json"), text.as_bytes())?;
        Ok(report)
    }

    async fn save(&self, files: &Files, others: &[&[u8]]) -> Result<()> {
        for (name, bytes) in files {
            write(&self.out.join(name), bytes)?;
        }
        if let Some(url) = &self.blobs {
            let blobs = Blobs::open(url)?;
            for bytes in files
                .iter()
                .map(|(_, bytes)| bytes.as_slice())
                .chain(others.iter().copied())
            {
                blobs.put(bytes.to_vec()).await?;
            }
        }
        Ok(())
    }
}

/// What curators look at: each contribution's mean leave-one-out probability of its own labels.
fn leave_one_out(index: &Index, believed: &[u16]) -> Value {
    let mut sums: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
    for (row, loo) in index.rows().zip(believed) {
        let (sum, rows) = sums.entry(row.ordinal).or_default();
        *sum += f64::from(*loo) / 65536.0;
        *rows += 1;
    }
    let mean = |ordinal: usize| {
        let (sum, rows) = u32::try_from(ordinal)
            .ok()
            .and_then(|ordinal| sums.get(&ordinal).copied())
            .unwrap_or_default();
        sum / f64::from(rows.max(1))
    };
    let contributions = index.contributions().enumerate().map(|(ordinal, key)| {
        json!({
            "datanet": key.datanet,
            "contribution": key.contribution,
            "mean": (mean(ordinal) * 1e4).round() / 1e4,
        })
    });
    Value::Array(contributions.collect())
}

async fn training_features(
    extractor: &Extractor,
    manifest: &BTreeMap<ContributionKey, Contribution>,
) -> Result<Features> {
    let mut features = Features::new(CLASSES as u16, openledger_trainer::base::FEATURES as u16)?;
    for (key, contribution) in manifest {
        let context = || format!("contribution {} of datanet {}", key.contribution, key.datanet);
        let rows = parse_bytes(&contribution.bytes).with_context(context)?;
        let rows = extractor.features(&rows).await.with_context(context)?;
        features.push_contribution(*key, &rows).with_context(context)?;
    }
    Ok(features)
}
