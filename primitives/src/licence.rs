// SPDX-License-Identifier: Apache-2.0
//! What a datanet's owner allows, in a form the chain can check.

use crate::ids::{ContentId, Tick};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::Permill;

/// The licences the chain knows. An id outside this list is refused when a datanet is created.
pub const KNOWN_LICENCES: [KnownLicence; 5] = [
    KnownLicence {
        id: b"CC0-1.0",
        commercial: true,
        derivatives: true,
    },
    KnownLicence {
        id: b"CC-BY-4.0",
        commercial: true,
        derivatives: true,
    },
    KnownLicence {
        id: b"CC-BY-NC-4.0",
        commercial: false,
        derivatives: true,
    },
    KnownLicence {
        id: b"CC-BY-ND-4.0",
        commercial: true,
        derivatives: false,
    },
    KnownLicence {
        id: b"OPENLEDGER-TRAIN-1.0",
        commercial: true,
        derivatives: true,
    },
];

/// A licence the chain knows by name, with the most that it can allow.
pub struct KnownLicence {
    /// SPDX identifier, or ours.
    pub id: &'static [u8],
    /// Whether paid use can be allowed under it.
    pub commercial: bool,
    /// Whether derived works (a trained model is one) can be allowed under it.
    pub derivatives: bool,
}

/// The licence called `id`, if the chain knows it.
pub fn known(id: &[u8]) -> Option<&'static KnownLicence> {
    KNOWN_LICENCES.iter().find(|l| l.id == id)
}

/// Longest licence id, bytes.
pub type MaxLicenceIdBytes = sp_core::ConstU32<32>;

/// The terms under which contributions of a datanet may be used.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LicenceTerms {
    /// One of [`KNOWN_LICENCES`].
    pub id: sp_runtime::BoundedVec<u8, MaxLicenceIdBytes>,
    /// Whether models may be trained on the data.
    pub training: bool,
    /// Whether models trained on the data may answer paid requests.
    pub commercial: bool,
    /// The part of each answer's fee that its contributors get.
    pub contributor_share: Permill,
    /// No new model may be trained from this tick on; models trained before it stay.
    pub expires_at: Option<Tick>,
    /// The full text.
    pub text: ContentId,
}

impl LicenceTerms {
    /// The version hash that a model's registration accepts: BLAKE2b-256 of the SCALE encoding.
    pub fn version_hash(&self) -> H256 {
        H256(sp_io::hashing::blake2_256(&self.encode()))
    }

    /// Whether the terms allow no more than the named licence does. `None` when the name is unknown.
    pub fn within_known(&self) -> Option<bool> {
        let licence = known(&self.id)?;
        Some((licence.commercial || !self.commercial) && (licence.derivatives || !self.training))
    }

    /// Whether a model may be trained at `now`.
    pub fn allows_training(&self, now: Tick) -> bool {
        self.training && self.expires_at.is_none_or(|end| now < end)
    }
}
