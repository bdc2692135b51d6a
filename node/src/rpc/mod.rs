// SPDX-License-Identifier: Apache-2.0
//! JSON-RPC: the SDK's usual methods, `engine_*` in manual sealing, and our namespace `openledger_*`.

mod audit;
mod blobs;
mod error;
mod openledger;
mod views;

pub use blobs::{Encoding, MAX_BLOB_RPC_BYTES};
pub use error::RpcError;
pub use openledger::OpenledgerApiServer;

use crate::service::{Block, Client, Hash, Pool};
use jsonrpsee::RpcModule;
use openledger_blobs::Blobs;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_manual_seal::{
    rpc::{ManualSeal, ManualSealApiServer},
    EngineCommand,
};
use sc_rpc::dev::{Dev, DevApiServer};
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods work on.
#[derive(Clone)]
pub struct Deps {
    /// The chain.
    pub client: Arc<Client>,
    /// Transactions that wait.
    pub pool: Arc<Pool>,
    /// The store of content-addressed bytes.
    pub blobs: Blobs,
    /// Whether RPC clients may store blobs.
    pub blob_write: bool,
    /// The node's keys; one of them signs audit records.
    pub keystore: KeystorePtr,
    /// Whether the chain is a development chain.
    pub development: bool,
    /// Where `engine_createBlock` sends its commands, in manual sealing.
    pub engine: Option<futures::channel::mpsc::Sender<EngineCommand<Hash>>>,
}

/// Everything that is answered besides what the SDK's service adds itself.
pub fn module(deps: Deps) -> Result<RpcModule<()>, sc_service::Error> {
    merged(deps).map_err(|error| sc_service::Error::Application(error.into()))
}

fn merged(deps: Deps) -> Result<RpcModule<()>, jsonrpsee::core::RegisterMethodError> {
    let Deps {
        client,
        pool,
        blobs,
        blob_write,
        keystore,
        development,
        engine,
    } = deps;
    let mut module = RpcModule::new(());
    module.merge(System::<_, _, Block>::new(client.clone(), pool).into_rpc())?;
    module.merge(TransactionPayment::new(client.clone()).into_rpc())?;
    module.merge(Dev::new(client.clone()).into_rpc())?;
    let auditor = audit::Auditor::new(client.clone(), keystore, development);
    let blobs = blobs::BlobRpc::new(blobs, blob_write);
    module.merge(openledger::Openledger::new(client, blobs, auditor).into_rpc())?;
    if let Some(engine) = engine {
        module.merge(ManualSeal::new(engine).into_rpc())?;
    }
    Ok(module)
}
