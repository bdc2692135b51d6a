// SPDX-License-Identifier: Apache-2.0
//! Audit records: what a payment rests on, out of this node's database, signed with this node's key.

use super::RpcError;
use crate::service::{Client, Hash};
use codec::{Decode, Encode};
use openledger_primitives::{
    apis::DatanetsApi,
    attestation::WorkerKey,
    signature::{AccountId, Address, Signature},
    RequestId,
};
use openledger_record::{
    attestation::is_reveal, read, record::MembershipView, Attestation, Found, ReadError, Record, Source,
    State,
};
use openledger_runtime::UncheckedExtrinsic;
use sc_client_api::{BlockBackend, ProofProvider, StorageProvider};
use sp_api::{Core, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::{crypto::KeyTypeId, sr25519, storage::StorageKey, Pair};
use sp_keystore::KeystorePtr;
use sp_runtime::{generic::Preamble, traits::Block as _};
use std::sync::Arc;

/// The type of the key that signs records, for `author_insertKey` and `key insert`.
const KEY_TYPE: KeyTypeId = KeyTypeId(*b"olar");
/// What signs the records of a development chain whose keystore has no such key.
const DEVELOPMENT_SURI: &str = "//Auditor";
/// How far before a settlement the transaction of a reveal is looked for, blocks.
const SEARCHED_BLOCKS: u32 = 256;

/// Writes records.
pub struct Auditor {
    client: Arc<Client>,
    keystore: KeystorePtr,
    development: bool,
}

/// The state of one block.
struct Snapshot<'a> {
    client: &'a Client,
    at: Hash,
}

impl State for Snapshot<'_> {
    type Error = sp_blockchain::Error;

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Self::Error> {
        let found = self.client.storage(self.at, &StorageKey(key.to_vec()))?;
        Ok(found.map(|value| value.0))
    }
}

impl Auditor {
    /// Over this chain, with the keys of this keystore.
    pub fn new(client: Arc<Client>, keystore: KeystorePtr, development: bool) -> Self {
        Self {
            client,
            keystore,
            development,
        }
    }

    /// The record of a request at a block, or at the last finalized one.
    pub fn record(&self, request: RequestId, at: Option<Hash>) -> Result<Record, RpcError> {
        let at = at.unwrap_or_else(|| self.client.info().finalized_hash);
        let header = self.client.header(at)?.ok_or(RpcError::UnknownBlock(at))?;
        let snapshot = Snapshot {
            client: &self.client,
            at,
        };
        let (found, log) = read(&snapshot, request).map_err(|error| match error {
            ReadError::NotSettled(request) => RpcError::NotSettled(request),
            other => RpcError::Runtime(other.to_string()),
        })?;
        let mut keys = log.iter().map(|(item, _)| item.key.as_slice());
        let proof = self.client.read_proof(at, &mut keys)?;
        let source = Source {
            memberships: self.memberships(at, &found)?,
            attestation: self.attestation(&found),
            proof: proof.into_iter_nodes().collect(),
            header,
            found,
            log,
        };
        self.signed(Record::unsigned(source))
    }

    fn memberships(&self, at: Hash, found: &Found) -> Result<Vec<MembershipView>, RpcError> {
        let api = self.client.runtime_api();
        let path = |place: openledger_record::reasons::Place| {
            let proof = api.membership_proof(at, place.datanet, place.version, place.contribution)?;
            let (_, proof): (openledger_primitives::membership::ContributionLeaf<AccountId>, _) =
                proof.map_err(RpcError::NoMembership)?;
            Ok(MembershipView::new(place, proof))
        };
        found.places().into_iter().flatten().map(path).collect()
    }

    /// The representative's signed reveal: in one of the blocks before the settlement, if the worker sent it as a
    /// transaction of its own.
    fn attestation(&self, found: &Found) -> Option<Attestation> {
        let settled = found.kept.as_ref()?.since;
        let worker = &found.settled.representative;
        let first = settled.saturating_sub(SEARCHED_BLOCKS);
        (first..=settled)
            .rev()
            .find_map(|number| self.reveal_in(number, found.request, worker))
    }

    fn reveal_in(
        &self,
        number: u32,
        request: RequestId,
        worker: &WorkerKey<AccountId>,
    ) -> Option<Attestation> {
        let hash = self.client.hash(number).ok().flatten()?;
        let block = self.client.block(hash).ok().flatten()?.block;
        let parent = block.header().parent_hash;
        block.extrinsics().iter().find_map(|extrinsic| {
            let extrinsic = UncheckedExtrinsic::decode(&mut &extrinsic.encode()[..]).ok()?.0;
            let Preamble::Signed(Address::Id(account), signature, extension) = &extrinsic.preamble else {
                return None;
            };
            let call = extrinsic.function.encode();
            if *account != worker.account || !is_reveal(&call, request) {
                return None;
            }
            let era = extension.0 .4 .0;
            let born = self
                .client
                .hash(u32::try_from(era.birth(number.into())).ok()?)
                .ok()
                .flatten()?;
            let version = self.client.runtime_api().version(parent).ok()?;
            let genesis = self.client.info().genesis_hash;
            // what the extensions add to what is signed, in their order; the metadata's hash is not among it, because
            // workers do not send it
            let implicit = (
                version.spec_version,
                version.transaction_version,
                genesis,
                born,
                None::<[u8; 32]>,
            );
            let attestation = Attestation {
                call,
                extensions: (extension, implicit).encode(),
                signature: signature.encode(),
            };
            attestation.signed_by(account).then_some(attestation)
        })
    }

    /// Signed if the node has a key for it, otherwise not.
    fn signed(&self, record: Record) -> Result<Record, RpcError> {
        let mut keys = self.keystore.sr25519_public_keys(KEY_TYPE);
        keys.sort();
        let refused = |error: String| RpcError::AuditKey(error);
        let signed = match keys.as_slice() {
            [key] => record.signed((*key).into(), |payload| {
                let signature = self.keystore.sr25519_sign(KEY_TYPE, key, payload);
                let signature = signature.map_err(|error| error.to_string())?;
                signature
                    .map(Signature::from)
                    .ok_or_else(|| "the key is gone".to_owned())
            }),
            [] if self.development => {
                let pair = sr25519::Pair::from_string(DEVELOPMENT_SURI, None)
                    .map_err(|error| refused(error.to_string()))?;
                record.signed(pair.public().into(), |payload| {
                    Ok(Signature::from(pair.sign(payload)))
                })
            }
            [] => return Ok(record),
            keys => {
                return Err(refused(format!(
                    "the keystore has {} keys of type `olar`; leave one",
                    keys.len()
                )))
            }
        };
        let signed: Result<Record, String> = signed.map_err(|error| refused(error.to_string()))?;
        signed.map_err(refused)
    }
}
