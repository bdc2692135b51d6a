// SPDX-License-Identifier: Apache-2.0
//! Calls about disputed rows: what they name and how they are encoded.

use super::calls::{hashes, number, release, Call};
use codec::{Decode, Encode};
use openledger_primitives::{apis::OpenRowDispute, ModelId};
use sp_core::{crypto::AccountId32, H256};
use subxt::dynamic::Value;

/// What a dispute of a released row is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub struct RowKey {
    /// The model.
    pub model: ModelId,
    /// The row's number.
    pub row: u32,
    /// Who disputes it.
    pub challenger: AccountId32,
}

impl RowKey {
    /// The key of an open dispute.
    pub fn of(open: &OpenRowDispute<AccountId32>) -> Self {
        Self {
            model: open.model,
            row: open.row,
            challenger: open.challenger.clone(),
        }
    }

    fn value(&self) -> Value {
        let challenger: &[u8; 32] = self.challenger.as_ref();
        Value::named_composite([
            ("model", number(self.model)),
            ("row", number(self.row.into())),
            ("challenger", Value::from_bytes(challenger)),
        ])
    }
}

/// A row of an index and of its features, with proofs.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ShownRow {
    /// The row as it lies in the index.
    pub released: Vec<u8>,
    /// Proof of it.
    pub released_proof: Vec<H256>,
    /// The row as it lies in the features.
    pub features: Vec<u8>,
    /// Proof of it.
    pub features_proof: Vec<H256>,
}

impl ShownRow {
    fn value(&self) -> Value {
        Value::named_composite([
            ("released", Value::from_bytes(&self.released)),
            ("released_proof", hashes(&self.released_proof)),
            ("features", Value::from_bytes(&self.features)),
            ("features_proof", hashes(&self.features_proof)),
        ])
    }
}

/// The arguments of a call about a disputed row, in the runtime's order; none for other calls.
pub(super) fn arguments(call: &Call) -> Vec<Value> {
    match call {
        Call::DisputeRow { model, row } => vec![number(*model), number((*row).into())],
        Call::ClaimSums {
            key,
            header,
            table,
            rows,
            row,
            sums,
            head,
        } => vec![
            key.value(),
            release(header, table, rows),
            row.value(),
            Value::from_bytes(sums),
            Value::from_bytes(head),
        ],
        Call::SplitSums { key, inner } => vec![key.value(), hashes(inner)],
        Call::ChoosePart { key, part } => vec![key.value(), number((*part).into())],
        Call::ProveTerm {
            key,
            sums,
            released,
            features,
            features_proof,
            head,
        } => vec![
            key.value(),
            Value::from_bytes(sums),
            Value::from_bytes(released),
            Value::from_bytes(features),
            hashes(features_proof),
            Value::from_bytes(head),
        ],
        Call::CloseRow { key } => vec![key.value()],
        Call::RefuteRow {
            model,
            number: row_number,
            header,
            table,
            rows,
            row,
            leader,
        } => {
            let leader = match leader {
                Some(leader) => Value::unnamed_variant("Some", [leader.value()]),
                None => Value::unnamed_variant("None", []),
            };
            vec![
                number(*model),
                number((*row_number).into()),
                release(header, table, rows),
                row.value(),
                leader,
            ]
        }
        _ => Vec::new(),
    }
}
