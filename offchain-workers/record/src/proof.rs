// SPDX-License-Identifier: Apache-2.0
//! Headers, and state as a proof gives it.

use crate::{error::RecordError, reasons::State, record::Header};
use codec::Decode;
use sp_core::{Blake2Hasher, H256};
use sp_trie::{read_trie_value, LayoutV1, MemoryDB, StorageProof};

/// The chain's state trie.
type Layout = LayoutV1<Blake2Hasher>;
type TrieError = sp_trie::TrieError<Layout>;

/// What a light client says of the block that a record was taken at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// Its hash.
    Hash(H256),
    /// Its header.
    Header(Header),
}

impl Trusted {
    /// The block's hash.
    pub fn hash(&self) -> H256 {
        match self {
            Self::Hash(hash) => *hash,
            Self::Header(header) => header.hash(),
        }
    }

    /// A header as light clients give it: the JSON of `chain_getHeader`, or its SCALE bytes in hexadecimal.
    pub fn from_header_text(text: &str) -> Result<Self, RecordError> {
        let text = text.trim();
        let wrong = |why: String| RecordError::HeaderMalformed(why);
        if text.starts_with('{') {
            let header = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
            return Ok(Self::Header(header));
        }
        let bytes =
            sp_core::bytes::from_hex(text.trim_matches('"')).map_err(|error| wrong(error.to_string()))?;
        header_from(&bytes).map(Self::Header)
    }
}

/// A header from its SCALE bytes.
pub(crate) fn header_from(mut bytes: &[u8]) -> Result<Header, RecordError> {
    let header =
        Header::decode(&mut bytes).map_err(|error| RecordError::HeaderMalformed(error.to_string()))?;
    match bytes {
        [] => Ok(header),
        rest => Err(RecordError::HeaderMalformed(format!(
            "{} bytes too many",
            rest.len()
        ))),
    }
}

/// What a proof of storage says under a state root.
pub(crate) struct ProvenState {
    nodes: MemoryDB<Blake2Hasher>,
    root: H256,
}

/// Why a proof does not say what a key holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unproven {
    #[error("the proof is of another state")]
    OtherState,
    #[error("the proof lacks a node")]
    Incomplete,
    #[error("a node of the proof is malformed")]
    Malformed,
}

impl ProvenState {
    pub fn new(nodes: impl IntoIterator<Item = Vec<u8>>, root: H256) -> Self {
        let nodes = StorageProof::new(nodes).into_memory_db();
        Self { nodes, root }
    }
}

impl State for ProvenState {
    type Error = Unproven;

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unproven> {
        read_trie_value::<Layout, _>(&self.nodes, &self.root, key, None, None).map_err(|error| match *error {
            TrieError::InvalidStateRoot(_) => Unproven::OtherState,
            TrieError::IncompleteDatabase(_) => Unproven::Incomplete,
            _ => Unproven::Malformed,
        })
    }
}
