// SPDX-License-Identifier: Apache-2.0
//! Disputes a released row, from the first move to the verdict.

use super::{
    files::{Files, FilesError},
    Library,
};
use crate::{
    artifacts::Artifacts,
    chain::{Call, Chain, ChainError, Client, ConnectError, Connection, Models, RowDocket, RowKey, Signer},
    inclusion::{include, InclusionError},
    jobs::Stop,
};
use futures::StreamExt;
use openledger_blobs::{BlobError, Blobs};
use openledger_primitives::{
    apis::{OpenRowDispute, RowStage},
    ModelId,
};
use sp_core::crypto::AccountId32;
use std::sync::Arc;

/// What to dispute.
#[derive(Clone, Debug)]
pub struct DisputeConfig {
    /// WebSocket RPC of a node.
    pub url: String,
    /// The challenger's key.
    pub signer: Signer,
    /// Store of artifacts, in front of the node's.
    pub blobs: String,
    /// The model.
    pub model: ModelId,
    /// The row's number in the model's index.
    pub row: u32,
    /// Dispute a row that is right by our own computation as well, and lose the bond.
    pub anyway: bool,
}

/// How a dispute ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The release was refuted.
    Refuted,
    /// The row stands, and the bond is the author's.
    Upheld,
}

/// Why a dispute cannot be begun or gone on with.
#[derive(Debug, thiserror::Error)]
pub enum DisputeError {
    /// No node.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The node does not answer as expected.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The store cannot be opened.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The files are not there or not what is registered.
    #[error("the release's files cannot be used: {0:?}")]
    Files(Stop),
    /// They contradict each other.
    #[error(transparent)]
    Wrong(#[from] FilesError),
    /// The model has no head.
    #[error("model {0} has no head, so none of its rows can be disputed")]
    NoHead(ModelId),
    /// There is nothing to dispute.
    #[error("row {0} satisfies its equation, and nothing else about it is false: a dispute of it would cost the bond")]
    RowRight(u32),
    /// A transaction was not taken, or failed.
    #[error(transparent)]
    Inclusion(#[from] InclusionError),
    /// The computation was stopped.
    #[error("the sums could not be computed: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Disputes a row until the verdict. One that is open already is gone on with.
///
/// # Errors
/// [`DisputeError`]; the dispute stays open and has to be gone on with before its deadline.
pub async fn dispute(config: DisputeConfig) -> Result<Ended, DisputeError> {
    let connection = Connection::open(&config.url).await?;
    let client = Client::new(connection.clone(), config.signer.clone());
    let artifacts = Artifacts::in_front_of(&connection, Blobs::open(&config.blobs)?);
    let model = client.model(config.model).await?;
    let adapter = model.adapter().ok_or(DisputeError::NoHead(config.model))?;
    let files = artifacts.files(adapter).await.map_err(DisputeError::Files)?;
    let key = RowKey {
        model: config.model,
        row: config.row,
        challenger: config.signer.account(),
    };
    if find(&client, &key).await?.is_none() && begin(&client, &files, &key, config.anyway).await? {
        return Ok(Ended::Refuted);
    }
    let mut blocks = connection.best_blocks().await?;
    let mut done: Option<OpenRowDispute<AccountId32>> = None;
    let mut seen = false;
    while blocks.next().await.is_some() {
        let Some(open) = find(&client, &key).await? else {
            if seen {
                break;
            }
            // its block is not final yet
            continue;
        };
        seen = true;
        if done.as_ref() == Some(&open) {
            continue;
        }
        let overdue = client.tick().await? > open.deadline;
        let Some(call) = next_call(files.clone(), &key, &open, overdue).await? else {
            continue;
        };
        send(&client, &call).await?;
        done = Some(open);
    }
    match client.is_refuted(config.model).await? {
        true => Ok(Ended::Refuted),
        false => Ok(Ended::Upheld),
    }
}

/// Opens the dispute; true if one call proved that the row is wrong, which ends it.
async fn begin(
    client: &Client,
    files: &Arc<Files>,
    key: &RowKey,
    anyway: bool,
) -> Result<bool, DisputeError> {
    let (computing, model, row) = (files.clone(), key.model, key.row);
    // looks for near-duplicates among all rows
    let found = tokio::task::spawn_blocking(move || computing.refutation(model, row)).await??;
    if let Some(call) = found {
        send(client, &call).await?;
        return Ok(true);
    }
    let computing = files.clone();
    let right = tokio::task::spawn_blocking(move || computing.is_right(row)).await??;
    if right && !anyway {
        return Err(DisputeError::RowRight(row));
    }
    let call = Call::DisputeRow {
        model: key.model,
        row: key.row,
    };
    send(client, &call).await?;
    Ok(false)
}

async fn find(client: &Client, key: &RowKey) -> Result<Option<OpenRowDispute<AccountId32>>, ChainError> {
    client.row_dispute(key.model, key.row, &key.challenger).await
}

/// The challenger's next move; none while it is the author's turn.
async fn next_call(
    files: Arc<Files>,
    key: &RowKey,
    open: &OpenRowDispute<AccountId32>,
    overdue: bool,
) -> Result<Option<Call>, DisputeError> {
    let key = key.clone();
    if open.moot || overdue {
        return Ok(Some(Call::CloseRow { key }));
    }
    let stage = open.stage.clone();
    // a pass over all rows
    let computing = tokio::task::spawn_blocking(move || match stage {
        RowStage::Choose { low, high, ends } => files.choice(&key, low, high, &ends).map(Some),
        RowStage::Prove { row } => files.proof(&key, row).map(Some),
        RowStage::Claim | RowStage::Split { .. } => Ok(None),
    });
    Ok(computing.await??)
}

/// Sends a call and waits until it is in a block.
async fn send(client: &Client, call: &Call) -> Result<(), DisputeError> {
    tracing::info!(target: "rows", call = call.name(), "moving");
    Ok(include(client, call).await?)
}
