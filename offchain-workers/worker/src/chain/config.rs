// SPDX-License-Identifier: Apache-2.0
//! How this chain's transactions are built and signed.

use sp_core::crypto::AccountId32;
use std::str::FromStr;
use subxt::{
    config::{
        substrate::{DynamicHasher256, SubstrateHeader},
        Config, DefaultExtrinsicParamsBuilder, DefaultTransactionExtensions, HashFor, ParamsFor,
        SubstrateConfig,
    },
    metadata::ArcMetadata,
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

/// The secret is not a key.
#[derive(Debug, thiserror::Error)]
#[error(
    "the secret is no sr25519 key: {0}; use a phrase, a 0x… seed, or a development name such as //Worker1"
)]
pub struct SignerError(String);

/// The worker's key.
#[derive(Clone)]
pub struct Signer(Keypair);

impl Signer {
    /// The key of a secret URI.
    pub fn from_uri(uri: &str) -> Result<Self, SignerError> {
        let uri = SecretUri::from_str(uri.trim()).map_err(|error| SignerError(error.to_string()))?;
        Keypair::from_uri(&uri)
            .map(Self)
            .map_err(|error| SignerError(error.to_string()))
    }

    /// The worker's account.
    pub fn account(&self) -> AccountId32 {
        AccountId32::new(self.0.public_key().0)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.account())
    }
}

impl subxt::tx::Signer<OpenLedgerConfig> for Signer {
    fn account_id(&self) -> utils::AccountId32 {
        utils::AccountId32(self.0.public_key().0)
    }

    fn sign(&self, payload: &[u8]) -> Static<MultiSignature> {
        Static(MultiSignature::Sr25519(self.0.sign(payload).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::{sr25519, Pair};

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
}
