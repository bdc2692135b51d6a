// SPDX-License-Identifier: Apache-2.0
//! One file for each call, and one for what inference reads.

mod accept_ownership;
mod bonds;
mod deprecate;
mod reclaim_bond;
mod register_adapter;
mod register_base;
mod service;
mod set_paused;
mod set_price;
mod transfer_ownership;

use crate::{ArtifactFormat, Attribution, DataType, InputSchema, ModelOf, ModelSpec, Models, OutputSchema};
use openledger_primitives::comparator::Comparator;

pub use crate::{mock::*, Error, Event, ModelKind, ModelStatus};
pub use frame_support::{assert_noop, assert_ok};
pub use openledger_primitives::{ids::content_id, report::Evidence, traits::Models as _, ModelId};
pub use sp_runtime::{DispatchResult, Permill};

fn model(id: ModelId) -> ModelOf<Test> {
    Models::<Test>::get(id).expect("the model exists")
}

/// The classifier with attribution.
fn attributed() -> ModelSpec {
    ModelSpec {
        output: OutputSchema {
            query_len: 32,
            ..spec().output
        },
        attribution: Some(Attribution {
            root: content_id(b"root"),
            index: content_id(b"index"),
            features: content_id(b"features"),
            rows: 1_000,
            evidence: Evidence::Influence,
            passages: 0,
        }),
        ..spec()
    }
}

/// A text model.
fn corpus() -> ModelSpec {
    ModelSpec {
        format: ArtifactFormat::Corpus,
        input: InputSchema {
            dtype: DataType::Utf8,
            width: 1_000,
        },
        output: OutputSchema {
            output_bytes: 32,
            query_len: 64,
            classes: 0,
        },
        comparator: Comparator::Exact,
        attribution: Some(Attribution {
            root: content_id(b"root"),
            index: spec().artifact,
            features: spec().config,
            rows: 3,
            evidence: Evidence::Spans,
            passages: 0,
        }),
        ..spec()
    }
}
