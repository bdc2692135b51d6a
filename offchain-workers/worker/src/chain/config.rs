// SPDX-License-Identifier: Apache-2.0
//! How this chain's transactions are built and signed.

use crate::transactions::SubmitError;
use sp_core::{
    crypto::{AccountId32, KeyTypeId},
    sr25519,
};
use sp_keystore::{Keystore, KeystorePtr};
use std::str::FromStr;
use subxt::{
    client::OfflineClientAtBlockT,
    config::{
        substrate::{DynamicHasher256, SubstrateHeader},
        Config, DefaultExtrinsicParamsBuilder, DefaultTransactionExtensions, HashFor, ParamsFor,
        SubstrateConfig,
    },
    error::ExtrinsicError,
    metadata::ArcMetadata,
    tx::{Payload, SignableTransaction, SubmittableTransaction},
    utils::{self, MultiAddress, MultiSignature, Static, H256},
};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// This chain for subxt. Signatures are encoded as they are: the chain's own signature type has the same encoding as
/// `MultiSignature`, under another name.
#[derive(Clone, Debug, Default)]
pub struct OpenLedgerConfig(pub(crate) SubstrateConfig);

impl Config for OpenLedgerConfig {
    type AccountId = utils::AccountId32;
    type Address = MultiAddress<Self::AccountId, ()>;
    type Signature = Static<MultiSignature>;
    type Header = SubstrateHeader<H256>;
    type TransactionExtensions = DefaultTransactionExtensions<Self>;
    type AssetId = u32;
    type Hasher = DynamicHasher256;

    fn genesis_hash(&self) -> Option<HashFor<Self>> {
        self.0.genesis_hash()
    }

    fn spec_and_transaction_version_for_block_number(&self, block_number: u64) -> Option<(u32, u32)> {
        self.0.spec_and_transaction_version_for_block_number(block_number)
    }

    fn metadata_for_spec_version(&self, spec_version: u32) -> Option<ArcMetadata> {
        self.0.metadata_for_spec_version(spec_version)
    }

    fn set_metadata_for_spec_version(&self, spec_version: u32, metadata: ArcMetadata) {
        self.0.set_metadata_for_spec_version(spec_version, metadata);
    }
}

/// Nonce, tip and life of a transaction: it can enter the `life_blocks` blocks after the one given.
pub(crate) fn parameters(
    nonce: u64,
    tip: u128,
    life_blocks: u64,
    (number, hash): (u64, HashFor<OpenLedgerConfig>),
) -> ParamsFor<OpenLedgerConfig> {
    DefaultExtrinsicParamsBuilder::new()
        .nonce(nonce)
        .tip(tip)
        .mortal_from_unchecked(life_blocks, number, hash)
        .build()
}

/// The type of a worker's key in a keystore, for `author_insertKey` and `key insert`.
pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"olwk");

/// There is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The secret is not a key.
    #[error(
        "the secret is no sr25519 key: {0}; use a phrase, a 0x… seed, or a development name such as //Worker1"
    )]
    Secret(String),
    /// The keystore has no worker's key, or not the one named.
    #[error("the keystore has no sr25519 key of type `olwk`{}; insert it", .0.as_ref().map_or(String::new(), |key| format!(" with the public key {key}")))]
    NotFound(Option<String>),
    /// The keystore has several of them.
    #[error("the keystore has {0} keys of type `olwk`; name one of them, or leave one")]
    TooMany(usize),
    /// The keystore fails.
    #[error("the keystore does not sign: {0}")]
    Keystore(String),
}

/// The worker's account and how it signs. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    public: [u8; 32],
    key: Key,
}

#[derive(Clone)]
enum Key {
    Pair(Box<Keypair>),
    Kept(KeystorePtr),
}

impl Signer {
    /// The key of a secret URI.
    pub fn from_uri(uri: &str) -> Result<Self, SignerError> {
        let wrong = |error: String| SignerError::Secret(error);
        let uri = SecretUri::from_str(uri.trim()).map_err(|error| wrong(error.to_string()))?;
        let pair = Keypair::from_uri(&uri).map_err(|error| wrong(error.to_string()))?;
        Ok(Self {
            public: pair.public_key().0,
            key: Key::Pair(Box::new(pair)),
        })
    }

    /// The key of type [`KEY_TYPE`] in `keystore`: `account`'s, or the only one that there is. The secret stays where
    /// it is.
    pub fn from_keystore(keystore: KeystorePtr, account: Option<&AccountId32>) -> Result<Self, SignerError> {
        let keys = keystore.sr25519_public_keys(KEY_TYPE);
        let public = match (account, keys.as_slice()) {
            (Some(account), keys) => keys
                .iter()
                .map(|key| key.0)
                .find(|key| key == AsRef::<[u8; 32]>::as_ref(account))
                .ok_or_else(|| SignerError::NotFound(Some(account.to_string())))?,
            (None, []) => return Err(SignerError::NotFound(None)),
            (None, [key]) => key.0,
            (None, keys) => return Err(SignerError::TooMany(keys.len())),
        };
        Ok(Self {
            public,
            key: Key::Kept(keystore),
        })
    }

    /// The worker's account.
    pub fn account(&self) -> AccountId32 {
        AccountId32::new(self.public)
    }

    /// The key's sr25519 signature of `payload`.
    pub fn sign(&self, payload: &[u8]) -> Result<[u8; 64], SignerError> {
        match &self.key {
            Key::Pair(pair) => Ok(pair.sign(payload).0),
            Key::Kept(keystore) => keystore
                .sr25519_sign(KEY_TYPE, &sr25519::Public::from_raw(self.public), payload)
                .map_err(|error| SignerError::Keystore(error.to_string()))?
                .map(|signature| signature.0)
                .ok_or_else(|| SignerError::NotFound(Some(self.account().to_string()))),
        }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.account())
    }
}

/// Signs a transaction. A keystore that fails may be there again later; a call that cannot be encoded never will be.
pub(crate) fn signed<C, P>(
    signer: &Signer,
    mut unsigned: SignableTransaction<'_, OpenLedgerConfig, C, P>,
) -> Result<SubmittableTransaction<OpenLedgerConfig, C>, SubmitError>
where
    C: OfflineClientAtBlockT<OpenLedgerConfig>,
    P: Payload,
{
    let refused = |error: ExtrinsicError| SubmitError::Refused(error.to_string());
    let payload = unsigned.signer_payload().map_err(refused)?;
    let signature = signer
        .sign(&payload)
        .map_err(|error| SubmitError::Unreachable(error.to_string()))?;
    let account = utils::AccountId32(signer.public);
    let signature = Static(MultiSignature::Sr25519(signature));
    unsigned
        .sign_with_account_and_signature(&account, &signature)
        .map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::Pair;
    use sp_keystore::testing::MemoryKeystore;
    use std::sync::Arc;

    #[test]
    fn a_development_name_is_the_same_account_as_everywhere_else() {
        let signer = Signer::from_uri("//Worker1").unwrap();
        let pair = sr25519::Pair::from_string("//Worker1", None).unwrap();
        assert_eq!(signer.account(), AccountId32::from(pair.public()));
    }

    #[test]
    fn what_is_no_key_is_refused_without_printing_it() {
        let error = Signer::from_uri("my secret words").unwrap_err().to_string();
        assert!(!error.contains("secret words"), "{error}");
    }

    #[test]
    fn a_signer_never_prints_its_secret() {
        let signer = Signer::from_uri("//Worker1").unwrap();
        assert_eq!(format!("{signer:?}"), format!("Signer({})", signer.account()));
    }

    fn keystore(keys: &[&str]) -> Arc<MemoryKeystore> {
        let keystore = Arc::new(MemoryKeystore::new());
        for uri in keys {
            let generated = keystore.sr25519_generate_new(KEY_TYPE, Some(uri));
            generated.expect("memory takes every key");
        }
        keystore
    }

    #[test]
    fn the_only_key_of_the_workers_type_is_taken_and_signs_as_the_secret_would() {
        let keystore = keystore(&["//Worker1"]);
        let another = KeyTypeId(*b"aura");
        keystore.sr25519_generate_new(another, Some("//Worker2")).unwrap();
        let signer = Signer::from_keystore(keystore, None).unwrap();
        assert_eq!(signer.account(), Signer::from_uri("//Worker1").unwrap().account());
        let signature = sr25519::Signature::from_raw(signer.sign(b"payload").unwrap());
        let public = sr25519::Public::from_raw(signer.public);
        assert!(sr25519::Pair::verify(&signature, b"payload", &public));
    }

    #[test]
    fn several_keys_need_a_name_and_a_key_that_is_not_there_has_one() {
        let keystore = keystore(&["//Worker1", "//Worker2"]);
        let from = |account: Option<&AccountId32>| Signer::from_keystore(keystore.clone(), account);
        assert!(matches!(from(None), Err(SignerError::TooMany(2))));
        let named = Signer::from_uri("//Worker2").unwrap().account();
        assert_eq!(from(Some(&named)).unwrap().account(), named);
        let missing = Signer::from_uri("//Worker3").unwrap().account();
        let error = from(Some(&missing)).unwrap_err().to_string();
        assert!(error.contains(&missing.to_string()), "{error}");
        let empty = Signer::from_keystore(Arc::new(MemoryKeystore::new()), None);
        assert!(matches!(empty, Err(SignerError::NotFound(None))));
    }
}
