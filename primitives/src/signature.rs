// SPDX-License-Identifier: Apache-2.0
//! Signatures of extrinsics, SCALE-identical to the SDK's `MultiSignature`, in which one Ethereum key is one account.
//!
//! The SDK's `MultiSignature::Eth` derives its account from the *compressed* key, so it is neither the Ethereum
//! address of that key nor the account that the EVM gives it. Here the `Eth` variant recovers the whole key:
//!
//! * account = Ethereum address (the last 20 bytes of the Keccak-256 of the 64-byte key) followed by twelve `0xEE`;
//! * the signed bytes are the payload itself, or the payload as a wallet's `personal_sign` wraps it (EIP-191).
//!
//! The nonce of the account makes a signature usable once, so a second valid encoding of the same signature (the
//! curve allows one) gains nothing; nothing may use signature bytes as an identity.

use alloc::{format, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use k256::elliptic_curve::sec1::ToEncodedPoint;
use scale_info::TypeInfo;
use sp_core::{ecdsa, ed25519, sr25519};
use sp_io::hashing::{blake2_256, keccak_256};
use sp_runtime::{
    traits::{IdentifyAccount, Lazy, Verify},
    MultiAddress, MultiSignature,
};

/// An account of the chain.
pub use sp_runtime::AccountId32 as AccountId;

/// How an extrinsic names an account.
pub type Address = MultiAddress<AccountId, ()>;

/// An Ethereum address.
pub type EthereumAddress = [u8; 20];

/// The account of an Ethereum address: the address followed by twelve `0xEE`.
///
/// This is the account that `pallet_revive::AccountId32Mapper` gives it too.
pub fn account_of_ethereum_address(address: EthereumAddress) -> AccountId {
    let mut account = [0xEE; 32];
    let (head, _) = account.split_at_mut(20);
    head.copy_from_slice(&address);
    AccountId::new(account)
}

/// The Ethereum address of an uncompressed key without its `0x04` prefix.
pub fn ethereum_address_of_key(key: &[u8; 64]) -> EthereumAddress {
    let mut address = [0; 20];
    let hash = keccak_256(key);
    let (_, tail) = hash.split_at(12);
    address.copy_from_slice(tail);
    address
}

/// The bytes that a wallet signs for `personal_sign(payload)` (EIP-191, version 0x45).
pub fn eip191_message(payload: &[u8]) -> Vec<u8> {
    let mut message = format!("\x19Ethereum Signed Message:\n{}", payload.len()).into_bytes();
    message.extend_from_slice(payload);
    message
}

/// A signature of an extrinsic.
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[derive(Eq, PartialEq, Clone, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, Debug, TypeInfo)]
pub enum Signature {
    /// An Ed25519 signature.
    Ed25519(ed25519::Signature),
    /// An Sr25519 signature.
    Sr25519(sr25519::Signature),
    /// A secp256k1 signature of the BLAKE2b-256 of the payload; its account is the hash of the compressed key.
    Ecdsa(ecdsa::Signature),
    /// A secp256k1 signature of the Keccak-256 of the payload, plain or wrapped as in EIP-191; its account is the
    /// Ethereum address.
    Eth(ecdsa::KeccakSignature),
}

/// Who signed an extrinsic.
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[derive(Eq, PartialEq, Ord, PartialOrd, Clone, Encode, Decode, DecodeWithMemTracking, Debug, TypeInfo)]
pub enum Signer {
    /// An Ed25519 key, which is the account.
    Ed25519(ed25519::Public),
    /// An Sr25519 key, which is the account.
    Sr25519(sr25519::Public),
    /// A secp256k1 key whose account is the BLAKE2b-256 of its compressed form.
    Ecdsa(ecdsa::Public),
    /// A secp256k1 key whose account is its Ethereum address.
    Eth(ecdsa::KeccakPublic),
}

fn recovers_to(signature: &ecdsa::KeccakSignature, message: &[u8], signer: &AccountId) -> bool {
    sp_io::crypto::secp256k1_ecdsa_recover(signature.as_ref(), &keccak_256(message))
        .is_ok_and(|key| account_of_ethereum_address(ethereum_address_of_key(&key)) == *signer)
}

impl Verify for Signature {
    type Signer = Signer;

    fn verify<L: Lazy<[u8]>>(&self, mut message: L, signer: &AccountId) -> bool {
        let who: [u8; 32] = *signer.as_ref();
        match self {
            Self::Ed25519(signature) => signature.verify(message, &who.into()),
            Self::Sr25519(signature) => signature.verify(message, &who.into()),
            Self::Ecdsa(signature) => {
                let hash = blake2_256(message.get());
                sp_io::crypto::secp256k1_ecdsa_recover_compressed(signature.as_ref(), &hash)
                    .is_ok_and(|key| blake2_256(&key) == who)
            }
            Self::Eth(signature) => {
                let payload = message.get();
                recovers_to(signature, payload, signer)
                    || recovers_to(signature, &eip191_message(payload), signer)
            }
        }
    }
}

impl IdentifyAccount for Signer {
    type AccountId = AccountId;

    fn into_account(self) -> AccountId {
        match self {
            Self::Ed25519(key) => <[u8; 32]>::from(key).into(),
            Self::Sr25519(key) => <[u8; 32]>::from(key).into(),
            Self::Ecdsa(key) => blake2_256(key.as_ref()).into(),
            Self::Eth(key) => account_of_ethereum_address(ethereum_address_of_compressed(key.as_ref())),
        }
    }
}

/// The Ethereum address of a compressed key.
///
/// Bytes that are no point of the curve have no private key; they give an address that nobody can sign for.
fn ethereum_address_of_compressed(compressed: &[u8]) -> EthereumAddress {
    let mut key = [0; 64];
    if let Ok(public) = k256::PublicKey::from_sec1_bytes(compressed) {
        let point = public.to_encoded_point(false);
        if let Some((_, coordinates)) = point.as_bytes().split_first() {
            key.copy_from_slice(coordinates);
        }
    }
    ethereum_address_of_key(&key)
}

impl From<ed25519::Signature> for Signature {
    fn from(signature: ed25519::Signature) -> Self {
        Self::Ed25519(signature)
    }
}

impl From<sr25519::Signature> for Signature {
    fn from(signature: sr25519::Signature) -> Self {
        Self::Sr25519(signature)
    }
}

impl From<ecdsa::Signature> for Signature {
    fn from(signature: ecdsa::Signature) -> Self {
        Self::Ecdsa(signature)
    }
}

impl From<ecdsa::KeccakSignature> for Signature {
    fn from(signature: ecdsa::KeccakSignature) -> Self {
        Self::Eth(signature)
    }
}

impl From<MultiSignature> for Signature {
    fn from(signature: MultiSignature) -> Self {
        match signature {
            MultiSignature::Ed25519(signature) => Self::Ed25519(signature),
            MultiSignature::Sr25519(signature) => Self::Sr25519(signature),
            MultiSignature::Ecdsa(signature) => Self::Ecdsa(signature),
            MultiSignature::Eth(signature) => Self::Eth(signature),
        }
    }
}

impl From<ed25519::Public> for Signer {
    fn from(key: ed25519::Public) -> Self {
        Self::Ed25519(key)
    }
}

impl From<sr25519::Public> for Signer {
    fn from(key: sr25519::Public) -> Self {
        Self::Sr25519(key)
    }
}

impl From<ecdsa::Public> for Signer {
    fn from(key: ecdsa::Public) -> Self {
        Self::Ecdsa(key)
    }
}

impl From<ecdsa::KeccakPublic> for Signer {
    fn from(key: ecdsa::KeccakPublic) -> Self {
        Self::Eth(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;
    use sp_core::Pair;
    use sp_runtime::MultiSigner;

    const ALITH_SECRET: [u8; 32] = hex!("5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133");
    const ALITH: EthereumAddress = hex!("f24ff3a9cf04c71dbc94d0b566f7a27b94566cac");
    const PAYLOAD: &[u8] = b"a payload of a transaction";

    fn eth_pair(secret: [u8; 32]) -> ecdsa::KeccakPair {
        ecdsa::KeccakPair::from_seed(&secret)
    }

    fn personal_sign(pair: &ecdsa::KeccakPair, payload: &[u8]) -> Signature {
        pair.sign(&eip191_message(payload)).into()
    }

    #[test]
    fn known_keys_give_their_ethereum_addresses() {
        for (secret, address) in [
            ([0x42; 32], hex!("17c5185167401ed00cf5f5b2fc97d9bbfdb7d025")),
            (ALITH_SECRET, ALITH),
        ] {
            let signer = Signer::from(eth_pair(secret).public());
            assert_eq!(signer.into_account(), account_of_ethereum_address(address));
        }
    }

    #[test]
    fn an_account_is_the_address_and_twelve_ee() {
        let account: [u8; 32] = account_of_ethereum_address(ALITH).into();
        assert_eq!(account[..20], ALITH);
        assert_eq!(account[20..], [0xEE; 12]);
    }

    #[test]
    fn a_plain_payload_signed_with_an_ethereum_key_verifies() {
        let pair = eth_pair(ALITH_SECRET);
        let signature = Signature::from(pair.sign(PAYLOAD));
        assert!(signature.verify(PAYLOAD, &account_of_ethereum_address(ALITH)));
    }

    #[test]
    fn a_payload_signed_by_personal_sign_verifies() {
        let signature = personal_sign(&eth_pair(ALITH_SECRET), PAYLOAD);
        assert!(signature.verify(PAYLOAD, &account_of_ethereum_address(ALITH)));
    }

    #[test]
    fn personal_sign_prefixes_the_length_in_decimal() {
        assert_eq!(eip191_message(b"hello"), b"\x19Ethereum Signed Message:\n5hello");
        assert_eq!(
            eip191_message(&[7; 12])[..28],
            *b"\x19Ethereum Signed Message:\n12"
        );
    }

    #[test]
    fn another_payload_or_another_account_is_refused() {
        let pair = eth_pair(ALITH_SECRET);
        for signature in [Signature::from(pair.sign(PAYLOAD)), personal_sign(&pair, PAYLOAD)] {
            assert!(!signature.verify(&b"something else"[..], &account_of_ethereum_address(ALITH)));
            assert!(!signature.verify(PAYLOAD, &account_of_ethereum_address([1; 20])));
        }
    }

    #[test]
    fn the_account_of_the_compressed_key_is_not_accepted() {
        let pair = eth_pair(ALITH_SECRET);
        let second_account = MultiSigner::Eth(pair.public()).into_account();
        assert_ne!(second_account, account_of_ethereum_address(ALITH));
        assert!(!Signature::from(pair.sign(PAYLOAD)).verify(PAYLOAD, &second_account));
    }

    #[test]
    fn a_garbled_recovery_id_is_refused_without_a_panic() {
        let mut raw = eth_pair(ALITH_SECRET).sign(PAYLOAD).0;
        raw[64] = 99;
        let signature = Signature::Eth(ecdsa::KeccakSignature::from_raw(raw));
        assert!(!signature.verify(PAYLOAD, &account_of_ethereum_address(ALITH)));
    }

    #[test]
    fn bytes_that_are_no_key_give_an_account_without_a_panic() {
        let signer = Signer::Eth(ecdsa::KeccakPublic::from_raw([0xFF; 33]));
        assert_eq!(
            signer.into_account(),
            account_of_ethereum_address(ethereum_address_of_key(&[0; 64]))
        );
    }

    #[test]
    fn the_other_variants_verify_as_in_the_sdk() {
        let sr = sr25519::Pair::from_seed(&[1; 32]);
        let ed = ed25519::Pair::from_seed(&[2; 32]);
        let ec = ecdsa::Pair::from_seed(&[3; 32]);
        let cases: [(Signature, Signer, MultiSigner); 3] = [
            (sr.sign(PAYLOAD).into(), sr.public().into(), sr.public().into()),
            (ed.sign(PAYLOAD).into(), ed.public().into(), ed.public().into()),
            (ec.sign(PAYLOAD).into(), ec.public().into(), ec.public().into()),
        ];
        for (signature, signer, sdk_signer) in cases {
            let account = signer.into_account();
            assert_eq!(account, sdk_signer.into_account());
            assert!(signature.verify(PAYLOAD, &account));
            assert!(!signature.verify(&b"something else"[..], &account));
        }
    }

    #[test]
    fn the_encoding_is_that_of_the_sdk() {
        let sdk = [
            MultiSignature::Ed25519(ed25519::Signature::from_raw([1; 64])),
            MultiSignature::Sr25519(sr25519::Signature::from_raw([2; 64])),
            MultiSignature::Ecdsa(ecdsa::Signature::from_raw([3; 65])),
            MultiSignature::Eth(ecdsa::KeccakSignature::from_raw([4; 65])),
        ];
        for signature in sdk {
            let ours = Signature::from(signature.clone());
            assert_eq!(ours.encode(), signature.encode());
            assert_eq!(Signature::decode(&mut &signature.encode()[..]).unwrap(), ours);
        }
        assert_eq!(Signature::max_encoded_len(), MultiSignature::max_encoded_len());
    }

    #[test]
    fn the_signer_encodes_as_in_the_sdk() {
        let sdk = [
            MultiSigner::Ed25519(ed25519::Public::from_raw([1; 32])),
            MultiSigner::Sr25519(sr25519::Public::from_raw([2; 32])),
            MultiSigner::Ecdsa(ecdsa::Public::from_raw([3; 33])),
            MultiSigner::Eth(ecdsa::KeccakPublic::from_raw([4; 33])),
        ];
        for signer in sdk {
            assert_eq!(
                Signer::decode(&mut &signer.encode()[..]).unwrap().encode(),
                signer.encode()
            );
        }
    }
}
