// SPDX-License-Identifier: Apache-2.0
//! The namespace `openledger_*`.

use super::{
    audit::Auditor,
    blobs::{BlobRpc, Encoding},
    views::{MembershipView, OpenRequestView},
    RpcError,
};
use crate::service::{Client, Hash};
use jsonrpsee::{core::async_trait, proc_macros::rpc};
use openledger_primitives::{
    apis::{AttributionApi, DatanetsApi, InferenceApi},
    signature::AccountId,
    ContributionId, DatanetId, RequestId, VersionId,
};
use openledger_record::{view::PaymentView, Record};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use std::sync::Arc;

/// What this node answers about OpenLedger. `at` is a block hash; without it, the best block unless said otherwise.
#[rpc(server, namespace = "openledger")]
pub trait OpenledgerApi {
    /// Every part of a settled request's payment, with its reason.
    #[method(name = "explain", blocking)]
    fn explain(&self, request_id: RequestId, at: Option<Hash>) -> Result<PaymentView, RpcError>;

    /// The same with everything that it rests on, proved from the block's state and signed: an audit record. Without
    /// `at`, of the last finalized block.
    #[method(name = "auditRecord", blocking)]
    fn audit_record(&self, request_id: RequestId, at: Option<Hash>) -> Result<Record, RpcError>;

    /// A contribution's leaf and its path to the root of a published version.
    #[method(name = "membershipProof", blocking)]
    fn membership_proof(
        &self,
        datanet: DatanetId,
        version: VersionId,
        contribution: ContributionId,
        at: Option<Hash>,
    ) -> Result<MembershipView, RpcError>;

    /// The requests that wait for a worker.
    #[method(name = "openRequests", blocking)]
    fn open_requests(&self, worker: AccountId, at: Option<Hash>) -> Result<Vec<OpenRequestView>, RpcError>;

    /// Stores bytes (hexadecimal after `0x`, or base64) and returns their content id.
    #[method(name = "putBlob")]
    async fn put_blob(&self, bytes: String) -> Result<String, RpcError>;

    /// The bytes of a content id, as `hex` (the default) or `base64`; null if this node does not have them.
    #[method(name = "getBlob")]
    async fn get_blob(&self, id: String, encoding: Option<Encoding>) -> Result<Option<String>, RpcError>;
}

/// Answers from the runtime and from the blob store.
pub struct Openledger {
    client: Arc<Client>,
    blobs: BlobRpc,
    auditor: Auditor,
}

impl Openledger {
    /// Over this chain and store.
    pub fn new(client: Arc<Client>, blobs: BlobRpc, auditor: Auditor) -> Self {
        Self {
            client,
            blobs,
            auditor,
        }
    }

    fn at(&self, at: Option<Hash>) -> Hash {
        at.unwrap_or_else(|| self.client.info().best_hash)
    }
}

#[async_trait]
impl OpenledgerApiServer for Openledger {
    fn explain(&self, request_id: RequestId, at: Option<Hash>) -> Result<PaymentView, RpcError> {
        let explanation = self.client.runtime_api().explain(self.at(at), request_id)?;
        explanation
            .map(Into::into)
            .ok_or(RpcError::NotSettled(request_id))
    }

    fn audit_record(&self, request_id: RequestId, at: Option<Hash>) -> Result<Record, RpcError> {
        self.auditor.record(request_id, at)
    }

    fn membership_proof(
        &self,
        datanet: DatanetId,
        version: VersionId,
        contribution: ContributionId,
        at: Option<Hash>,
    ) -> Result<MembershipView, RpcError> {
        let found =
            self.client
                .runtime_api()
                .membership_proof(self.at(at), datanet, version, contribution)?;
        found.map(Into::into).map_err(RpcError::NoMembership)
    }

    fn open_requests(&self, worker: AccountId, at: Option<Hash>) -> Result<Vec<OpenRequestView>, RpcError> {
        let requests = self.client.runtime_api().open_requests(self.at(at), worker)?;
        Ok(requests.into_iter().map(Into::into).collect())
    }

    async fn put_blob(&self, bytes: String) -> Result<String, RpcError> {
        self.blobs.put(&bytes).await
    }

    async fn get_blob(&self, id: String, encoding: Option<Encoding>) -> Result<Option<String>, RpcError> {
        self.blobs.get(&id, encoding.unwrap_or_default()).await
    }
}
