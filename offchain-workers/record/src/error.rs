// SPDX-License-Identifier: Apache-2.0
//! Why a record is refused. Names are part of the interface.

use openledger_primitives::{ContributionId, DatanetId, RequestId};
use sp_core::H256;

/// Why a record is not what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not a record, or not in the one way to write it.
    #[error("this is no audit record: {0}")]
    Malformed(String),
    /// Of another version.
    #[error("the record has the format `{0}`, which this verifier does not know")]
    UnknownFormat(String),
    /// The trusted header is none.
    #[error(
        "the header cannot be read: {0}; give the JSON of `chain_getHeader`, or SCALE bytes in hexadecimal"
    )]
    HeaderMalformed(String),
    /// Of another block.
    #[error("the record is of block {named}, the trusted header of block {trusted}")]
    WrongBlock {
        /// The block of the record's header.
        named: H256,
        /// The trusted block.
        trusted: H256,
    },
    /// What it says of its block is not in the block's header.
    #[error("the block's {0} is not its header's")]
    BlockMismatch(&'static str),
    /// The proof does not lead from the state root to an item.
    #[error("{item} is not proved: {why}")]
    NotProved {
        /// The item of storage.
        item: String,
        /// Why.
        why: String,
    },
    /// The proven state has no such settlement.
    #[error("the proven state has no settlement of request {0}")]
    NotSettled(RequestId),
    /// The proven state lacks what the settlement refers to.
    #[error("the proven state has no {0}, which the settlement refers to")]
    Missing(String),
    /// The proven bytes are laid out otherwise.
    #[error("{0} has another layout than this verifier reads; is it of a later runtime?")]
    Unreadable(String),
    /// Raw values are not the proven ones.
    #[error("the raw values differ from the proven ones at {0}")]
    ValueMismatch(String),
    /// Another chain.
    #[error("the record names the chain {named}, its state that of {proven}")]
    WrongChain {
        /// The record's genesis hash.
        named: H256,
        /// The proven one.
        proven: H256,
    },
    /// What people read is not what the bytes say.
    #[error("the explanation is not what the proven bytes say, at {0}")]
    ExplanationMismatch(String),
    /// The parts are not the whole.
    #[error("the parts sum to {parts}, fee and pool to {whole}")]
    PartsDoNotSum {
        /// Sum of the parts, planck.
        parts: String,
        /// Fee and what the pool added, planck.
        whole: String,
    },
    /// The report is none.
    #[error("the report breaks its rules: {0}")]
    ReportInvalid(String),
    /// A contribution is not proved to have been trained on.
    #[error("contribution {contribution} of datanet {datanet} is not proved to be in a version that the model was trained on")]
    MembershipInvalid {
        /// The datanet.
        datanet: DatanetId,
        /// The contribution.
        contribution: ContributionId,
    },
    /// A worker was paid that did not answer.
    #[error("{0} was paid as a worker, but the state has no answer of it")]
    WorkerMismatch(String),
    /// The attestation is about something else.
    #[error("the attestation is not the representative's reveal of this request: {0}")]
    AttestationForeign(&'static str),
    /// The reveal is not what was committed to.
    #[error("the representative's reveal is not what it committed to")]
    CommitmentMismatch,
    /// The representative did not sign it.
    #[error("the representative did not sign the attestation")]
    AttestationSignature,
    /// Nobody answers for it.
    #[error("nobody signed the record")]
    NotSigned,
    /// Its signer did not sign it as it is.
    #[error("the record's signer did not sign it as it is")]
    BadSignature,
}

impl RecordError {
    /// The error's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "Malformed",
            Self::UnknownFormat(_) => "UnknownFormat",
            Self::HeaderMalformed(_) => "HeaderMalformed",
            Self::WrongBlock { .. } => "WrongBlock",
            Self::BlockMismatch(_) => "BlockMismatch",
            Self::NotProved { .. } => "NotProved",
            Self::NotSettled(_) => "NotSettled",
            Self::Missing(_) => "Missing",
            Self::Unreadable(_) => "Unreadable",
            Self::ValueMismatch(_) => "ValueMismatch",
            Self::WrongChain { .. } => "WrongChain",
            Self::ExplanationMismatch(_) => "ExplanationMismatch",
            Self::PartsDoNotSum { .. } => "PartsDoNotSum",
            Self::ReportInvalid(_) => "ReportInvalid",
            Self::MembershipInvalid { .. } => "MembershipInvalid",
            Self::WorkerMismatch(_) => "WorkerMismatch",
            Self::AttestationForeign(_) => "AttestationForeign",
            Self::CommitmentMismatch => "CommitmentMismatch",
            Self::AttestationSignature => "AttestationSignature",
            Self::NotSigned => "NotSigned",
            Self::BadSignature => "BadSignature",
        }
    }
}
