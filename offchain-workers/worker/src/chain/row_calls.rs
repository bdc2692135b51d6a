// SPDX-License-Identifier: Apache-2.0
//! Calls about disputed rows: what they name and how they are encoded.

use super::calls::{hashes, number, release, Call};
use codec::{Decode, Encode};
use openledger_primitives::{apis::OpenRowDispute, fixed::release::PLACE_BYTES, ModelId};
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
    /// The row of the index, with its link.
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

/// A row of an index or of its features alone, with a proof.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ShownLeaf {
    /// The row.
    pub bytes: Vec<u8>,
    /// Proof of it.
    pub proof: Vec<H256>,
}

impl ShownLeaf {
    fn value(&self) -> Value {
        Value::named_composite([
            ("bytes", Value::from_bytes(&self.bytes)),
            ("proof", hashes(&self.proof)),
        ])
    }
}

/// An entry of an index's table of contributions, with a proof.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ShownEntry {
    /// The entry as a leaf.
    pub place: [u8; PLACE_BYTES],
    /// Proof of it.
    pub proof: Vec<H256>,
}

impl ShownEntry {
    fn value(&self) -> Value {
        Value::named_composite([
            ("place", Value::from_bytes(self.place)),
            ("proof", hashes(&self.proof)),
        ])
    }
}

/// What is wrong with a row beside its influence, and the rows that show it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum RowFlaw {
    /// What the row and its features alone show.
    Itself,
    /// The row that it names as its leader does not lead it.
    Leader(ShownRow),
    /// An earlier leader is near.
    Earlier {
        /// Its number.
        number: u32,
        /// The earlier row.
        other: ShownRow,
        /// The row that it names as its leader.
        leader: ShownLeaf,
        /// The entries of both contributions.
        entries: [ShownEntry; 2],
    },
    /// The next row of its cluster is of another one, or has other sums than follow.
    Link {
        /// The next row.
        next: ShownLeaf,
        /// The leader's features.
        leader: ShownLeaf,
    },
    /// Its cluster's list goes past a row.
    Skipped {
        /// Its number.
        number: u32,
        /// The row that is left out.
        other: ShownLeaf,
    },
    /// It leads, and its leave-one-out probability is another one.
    Probability {
        /// The number of the last row of its cluster.
        number: u32,
        /// The last row of its cluster.
        last: ShownLeaf,
        /// The head's file.
        head: Vec<u8>,
    },
}

impl RowFlaw {
    fn value(&self) -> Value {
        let row_number = |n: &u32| number((*n).into());
        match self {
            Self::Itself => Value::unnamed_variant("Itself", []),
            Self::Leader(leader) => Value::unnamed_variant("Leader", [leader.value()]),
            Self::Earlier {
                number,
                other,
                leader,
                entries,
            } => Value::named_variant(
                "Earlier",
                [
                    ("number", row_number(number)),
                    ("other", other.value()),
                    ("leader", leader.value()),
                    (
                        "entries",
                        Value::unnamed_composite(entries.iter().map(ShownEntry::value)),
                    ),
                ],
            ),
            Self::Link { next, leader } => {
                Value::named_variant("Link", [("next", next.value()), ("leader", leader.value())])
            }
            Self::Skipped { number, other } => Value::named_variant(
                "Skipped",
                [("number", row_number(number)), ("other", other.value())],
            ),
            Self::Probability { number, last, head } => Value::named_variant(
                "Probability",
                [
                    ("number", row_number(number)),
                    ("last", last.value()),
                    ("head", Value::from_bytes(head)),
                ],
            ),
        }
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
            flaw,
        } => vec![
            number(*model),
            number((*row_number).into()),
            release(header, table, rows),
            row.value(),
            flaw.value(),
        ],
        _ => Vec::new(),
    }
}

#[cfg(test)]
pub(in crate::chain) mod tests {
    use super::*;
    use openledger_primitives::fixed::release::HEADER_BYTES;
    use openledger_runtime::RuntimeCall;
    use pallet_releases::{
        RowFlaw as NativeFlaw, ShownEntry as NativeEntry, ShownLeaf as NativeLeaf, ShownRow as NativeRow,
    };
    use sp_runtime::BoundedVec;

    /// A call for each flaw beside the runtime's own.
    pub(in crate::chain) fn refutations() -> Vec<(Call, RuntimeCall)> {
        let (hash, other_hash) = (H256([3; 32]), H256([4; 32]));
        let row = ShownRow {
            released: vec![1, 2, 3],
            released_proof: vec![hash],
            features: vec![4, 5],
            features_proof: vec![],
        };
        let native_row = NativeRow {
            released: BoundedVec::truncate_from(vec![1, 2, 3]),
            released_proof: BoundedVec::truncate_from(vec![hash]),
            features: BoundedVec::truncate_from(vec![4, 5]),
            features_proof: BoundedVec::default(),
        };
        let leaf = |byte| ShownLeaf {
            bytes: vec![byte; 3],
            proof: vec![hash, other_hash],
        };
        let native_leaf = |byte| NativeLeaf {
            bytes: BoundedVec::truncate_from(vec![byte; 3]),
            proof: BoundedVec::truncate_from(vec![hash, other_hash]),
        };
        let entries = [1, 2].map(|byte| ShownEntry {
            place: [byte; PLACE_BYTES],
            proof: vec![other_hash],
        });
        let native_entries = [1, 2].map(|byte| NativeEntry {
            place: [byte; PLACE_BYTES],
            proof: BoundedVec::truncate_from(vec![other_hash]),
        });
        let number = 70_000;
        let flaws = [
            (RowFlaw::Itself, NativeFlaw::Itself),
            (
                RowFlaw::Leader(row.clone()),
                NativeFlaw::Leader(native_row.clone()),
            ),
            (
                RowFlaw::Earlier {
                    number,
                    other: row.clone(),
                    leader: leaf(5),
                    entries,
                },
                NativeFlaw::Earlier {
                    number,
                    other: native_row.clone(),
                    leader: native_leaf(5),
                    entries: native_entries,
                },
            ),
            (
                RowFlaw::Link {
                    next: leaf(6),
                    leader: leaf(7),
                },
                NativeFlaw::Link {
                    next: native_leaf(6),
                    leader: native_leaf(7),
                },
            ),
            (
                RowFlaw::Skipped {
                    number,
                    other: leaf(8),
                },
                NativeFlaw::Skipped {
                    number,
                    other: native_leaf(8),
                },
            ),
            (
                RowFlaw::Probability {
                    number,
                    last: leaf(9),
                    head: vec![7; 9],
                },
                NativeFlaw::Probability {
                    number,
                    last: native_leaf(9),
                    head: BoundedVec::truncate_from(vec![7; 9]),
                },
            ),
        ];
        let calls = flaws.into_iter().map(|(flaw, native)| {
            let (table, rows) = (H256([1; 32]), H256([2; 32]));
            let own = Call::RefuteRow {
                model: 4,
                number: 9,
                header: [6; HEADER_BYTES],
                table,
                rows,
                row: row.clone(),
                flaw,
            };
            let native = pallet_releases::Call::refute_row {
                model: 4,
                number: 9,
                release: pallet_attribution::ShownRelease {
                    header: [6; HEADER_BYTES],
                    table,
                    rows,
                },
                row: native_row.clone(),
                flaw: Box::new(native),
            };
            (own, native.into())
        });
        calls.collect()
    }
}
