// SPDX-License-Identifier: Apache-2.0
//! The record itself.

use crate::{
    attestation::Attestation,
    canonical::canonical,
    error::RecordError,
    reasons::{Found, Log, Place},
    view::{whole, ReasonsView},
};
use codec::Encode;
use openledger_primitives::{
    membership::MembershipProof,
    signature::{AccountId, Signature},
};
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use sp_runtime::{generic, traits::BlakeTwo256};

/// A block's header.
pub type Header = generic::Header<u32, BlakeTwo256>;

/// The format of records, and the tag in front of what is signed.
pub const FORMAT: &str = "openledger/audit-record/v1";

/// The block whose state a record is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BlockView {
    /// Its number.
    pub number: u32,
    /// Its hash.
    pub hash: H256,
    /// Root of its state.
    pub state_root: H256,
    /// Its header, SCALE.
    #[serde(with = "sp_core::bytes")]
    pub header: Vec<u8>,
}

/// An item of storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ItemView {
    /// `Pallet.Item(keys)`.
    pub name: String,
    /// The key in the state.
    #[serde(with = "sp_core::bytes")]
    pub key: Vec<u8>,
    /// The value in hexadecimal; null where the state has none.
    pub value: Option<String>,
}

/// Raw storage and its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateView {
    /// What the payment rests on, in the order in which it is read.
    pub items: Vec<ItemView>,
    /// Nodes of the state's trie that lead from its root to every item, in hexadecimal.
    pub proof: Vec<String>,
}

/// A contribution's path to the root of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MembershipView {
    /// The datanet.
    #[serde(with = "whole")]
    pub datanet: u64,
    /// The version.
    pub version: u32,
    /// The contribution.
    #[serde(with = "whole")]
    pub contribution: u64,
    /// Its place in the version.
    #[serde(with = "whole")]
    pub leaf_index: u64,
    /// Contributions of the version.
    #[serde(with = "whole")]
    pub leaf_count: u64,
    /// Sibling hashes.
    pub items: Vec<H256>,
}

impl MembershipView {
    /// A path to the root of a place's version.
    pub fn new(place: Place, proof: MembershipProof) -> Self {
        Self {
            datanet: place.datanet,
            version: place.version,
            contribution: place.contribution,
            leaf_index: proof.leaf_index,
            leaf_count: proof.leaf_count,
            items: proof.items,
        }
    }

    /// Whether it is about a place.
    pub(crate) fn is_of(&self, place: &Place) -> bool {
        (self.datanet, self.version, self.contribution) == (place.datanet, place.version, place.contribution)
    }

    pub(crate) fn proof(&self) -> MembershipProof {
        MembershipProof {
            leaf_index: self.leaf_index,
            leaf_count: self.leaf_count,
            items: self.items.clone(),
        }
    }
}

/// Who was paid for an answer and why, with all that it takes to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// [`FORMAT`].
    pub format: String,
    /// Hash of the chain's genesis block.
    pub genesis: H256,
    /// The block whose state it is of.
    pub block: BlockView,
    /// The request.
    #[serde(with = "whole")]
    pub request: u64,
    /// What the proven bytes say.
    pub explanation: ReasonsView,
    /// The bytes and their proof.
    pub state: StateView,
    /// That the model was trained on the contributions that are named.
    pub memberships: Vec<MembershipView>,
    /// The representative's signed reveal, as long as the request is kept and where its transaction was found.
    pub attestation: Option<Attestation>,
    /// Who answers for the record.
    pub signer: Option<AccountId>,
    /// The chain's signature type, SCALE in hexadecimal.
    pub signature: Option<String>,
}

/// What a record is made of.
pub struct Source {
    /// Header of the block.
    pub header: Header,
    /// What was read of its state.
    pub found: Found,
    /// Each item that was read.
    pub log: Log,
    /// Nodes of the state's trie.
    pub proof: Vec<Vec<u8>>,
    /// A path for each of [`Found::places`].
    pub memberships: Vec<MembershipView>,
    /// The representative's signed reveal.
    pub attestation: Option<Attestation>,
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    sp_core::bytes::to_hex(bytes, false)
}

/// Items as records write them.
pub(crate) fn items(log: Log) -> Vec<ItemView> {
    let item = |(item, value): (crate::stored::Item, Option<Vec<u8>>)| ItemView {
        name: item.name,
        key: item.key,
        value: value.as_deref().map(hex),
    };
    log.into_iter().map(item).collect()
}

impl Record {
    /// A record that nobody has signed yet.
    pub fn unsigned(source: Source) -> Self {
        let Source {
            header,
            found,
            log,
            proof,
            memberships,
            attestation,
        } = source;
        Self {
            format: FORMAT.into(),
            genesis: found.genesis,
            block: BlockView {
                number: header.number,
                hash: header.hash(),
                state_root: header.state_root,
                header: header.encode(),
            },
            request: found.request,
            explanation: (&found).into(),
            state: StateView {
                items: items(log),
                proof: proof.iter().map(|node| hex(node)).collect(),
            },
            memberships,
            attestation,
            signer: None,
            signature: None,
        }
    }

    /// Reads a record. It has to be written in the one way that gives its values.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        let malformed = |error: serde_json::Error| RecordError::Malformed(error.to_string());
        let value: serde_json::Value = serde_json::from_str(text).map_err(malformed)?;
        if let Some(format) = value.get("format").and_then(|format| format.as_str()) {
            if format != FORMAT {
                return Err(RecordError::UnknownFormat(format.into()));
            }
        }
        // from the text, because a value has forgotten which members were there twice
        let record: Self = serde_json::from_str(text).map_err(malformed)?;
        match record.to_value()? == value {
            true => Ok(record),
            false => Err(RecordError::Malformed(
                "a value is not written as records write it".into(),
            )),
        }
    }

    fn to_value(&self) -> Result<serde_json::Value, RecordError> {
        serde_json::to_value(self).map_err(|error| RecordError::Malformed(error.to_string()))
    }

    /// What the signer signs: [`FORMAT`], and BLAKE2b-256 of the record's canonical JSON without `signature`.
    pub fn payload(&self) -> Result<Vec<u8>, RecordError> {
        let mut value = self.to_value()?;
        if let Some(members) = value.as_object_mut() {
            members.remove("signature");
        }
        let bytes = canonical(&value).map_err(|error| RecordError::Malformed(error.to_string()))?;
        Ok([FORMAT.as_bytes(), &blake2_256(&bytes)].concat())
    }

    /// Lets `signer` answer for it.
    pub fn signed<E>(
        mut self,
        signer: AccountId,
        sign: impl FnOnce(&[u8]) -> Result<Signature, E>,
    ) -> Result<Result<Self, E>, RecordError> {
        self.signer = Some(signer);
        self.signature = None;
        let payload = self.payload()?;
        Ok(sign(&payload).map(|signature| {
            self.signature = Some(hex(&signature.encode()));
            self
        }))
    }
}
