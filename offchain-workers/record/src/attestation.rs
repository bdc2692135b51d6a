// SPDX-License-Identifier: Apache-2.0
//! The representative's signed reveal.
//!
//! The chain keeps what a worker revealed, not its signature. The signature is in the transaction that revealed it: a
//! record carries what was signed, so that whoever checks it sees the worker's own hand under the output, the query
//! vector, the report and the salt of its commitment.

use crate::{error::RecordError, reasons::Found};
use codec::{Decode, Encode};
use openledger_primitives::{
    attestation::{commitment, Domain},
    report::ReportEntry,
    signature::{AccountId, Signature},
    RequestId,
};
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use sp_runtime::traits::Verify;

/// Indices of the pallet and of the call `Inference.reveal`. They never change.
pub const REVEAL_CALL: [u8; 2] = [73, 3];

/// A signed transaction with the call `Inference.reveal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attestation {
    /// The call, SCALE.
    #[serde(with = "sp_core::bytes")]
    pub call: Vec<u8>,
    /// What the signature covers beside it: the transaction's extensions, with the genesis hash among them.
    #[serde(with = "sp_core::bytes")]
    pub extensions: Vec<u8>,
    /// The chain's signature type, SCALE.
    #[serde(with = "sp_core::bytes")]
    pub signature: Vec<u8>,
}

/// Arguments of the call.
#[derive(Decode)]
struct Reveal {
    request: RequestId,
    output: Vec<u8>,
    query: Vec<i16>,
    entries: Vec<ReportEntry>,
    salt: [u8; 32],
}

/// Whether a call reveals an answer to `request`.
pub fn is_reveal(call: &[u8], request: RequestId) -> bool {
    call.starts_with(&(REVEAL_CALL, request).encode())
}

fn arguments(call: &[u8]) -> Option<Reveal> {
    let mut rest = call.strip_prefix(&REVEAL_CALL)?;
    let reveal = Reveal::decode(&mut rest).ok()?;
    rest.is_empty().then_some(reveal)
}

impl Attestation {
    /// Whether `who` signed it.
    pub fn signed_by(&self, who: &AccountId) -> bool {
        let Ok(signature) = Signature::decode(&mut &self.signature[..]) else {
            return false;
        };
        // as of every transaction: long payloads are hashed first
        let payload = [&self.call[..], &self.extensions].concat();
        match payload.len() > 256 {
            true => signature.verify(&blake2_256(&payload)[..], who),
            false => signature.verify(&payload[..], who),
        }
    }

    /// Checks that it is the representative's reveal, that the commitment on the chain is to it, and who signed it.
    pub(crate) fn check(&self, found: &Found) -> Result<(), RecordError> {
        let foreign = RecordError::AttestationForeign;
        let reveal = arguments(&self.call).ok_or(foreign("it is another call"))?;
        if reveal.request != found.request {
            return Err(foreign("it is of another request"));
        }
        let (Some(kept), Some(paid)) = (&found.kept, found.representative()) else {
            return Err(foreign("the chain has forgotten the request"));
        };
        let on_chain = (&paid.reveal.output, &paid.reveal.query, &paid.reveal.entries);
        if (&reveal.output, &reveal.query, &reveal.entries) != on_chain {
            return Err(foreign("the chain has another answer"));
        }
        let domain = Domain {
            genesis: found.genesis,
            request: found.request,
            model_version: kept.model_version,
            worker: found.settled.representative.clone(),
        };
        let due = commitment(
            &domain,
            &reveal.output,
            &reveal.query,
            &reveal.entries,
            &reveal.salt,
        );
        if paid.seat.commitment != Some(due) {
            return Err(RecordError::CommitmentMismatch);
        }
        match self.signed_by(&found.settled.representative.account) {
            true => Ok(()),
            false => Err(RecordError::AttestationSignature),
        }
    }
}
