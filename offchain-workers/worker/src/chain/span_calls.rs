// SPDX-License-Identifier: Apache-2.0
//! The call about an answer that quotes: what it shows of a text and how that is encoded.

use super::calls::{hashes, number, Call, ShownPlace};
use codec::{Decode, Encode};
use openledger_attribution::{
    release::Shown,
    spans::{text_release::ShownWindow, Flaw},
    ContributionKey,
};
use openledger_primitives::{ContributionId, DatanetId};
use sp_core::H256;
use subxt::dynamic::Value;

/// What is wrong with the credits of an answer, or the sums of its report. Tokens are numbered from the output's first.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum SpanFlaw {
    /// No credit, but an entry's score is not the sum of its contribution's credits.
    Sums,
    /// Tokens are credited to positions around which too few tokens of the output stand.
    Passage {
        /// The first of them.
        from: u16,
        /// How many.
        count: u16,
        /// The text around the credited positions.
        theirs: TextWindow,
    },
    /// Tokens have better claims at other positions.
    Claim {
        /// The first of them.
        from: u16,
        /// How many.
        count: u16,
        /// The better position of the first; of each next one it is the next.
        position: u32,
        /// The text around the better positions.
        ours: TextWindow,
        /// The text around the credited ones, where it matters.
        theirs: Option<TextWindow>,
    },
    /// A token stands more or less often in the text.
    Count {
        /// One of the output's tokens that are this one.
        token: u16,
        /// How often it stands in the text.
        count: u32,
        /// Its number among the text's different tokens.
        ordinal: u32,
        /// Proof of it.
        proof: Vec<H256>,
    },
}

/// One or two neighbouring leaves of a text, with their proof.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct TextWindow {
    /// Number of the first leaf.
    pub first_leaf: u32,
    /// The tokens, little endian.
    pub bytes: Vec<u8>,
    /// Proof of them.
    pub proof: Vec<H256>,
}

/// Where a contribution stands in a text's table, or that it does not.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ShownDocument {
    /// The datanet.
    pub datanet: DatanetId,
    /// The contribution.
    pub contribution: ContributionId,
    /// Number of the first of `places` in the table.
    pub ordinal: u32,
    /// The contribution's place, or those beside where it would be.
    pub places: Vec<ShownPlace>,
    /// Proof of them.
    pub proof: Vec<H256>,
}

impl SpanFlaw {
    /// The flaw's name, for logs and people.
    pub fn name(&self) -> &'static str {
        match self {
            SpanFlaw::Sums => "Sums",
            SpanFlaw::Passage { .. } => "Passage",
            SpanFlaw::Claim { .. } => "Claim",
            SpanFlaw::Count { .. } => "Count",
        }
    }

    fn value(&self) -> Value {
        let fields = match self {
            SpanFlaw::Sums => vec![],
            SpanFlaw::Passage { from, count, theirs } => vec![
                ("from", number((*from).into())),
                ("count", number((*count).into())),
                ("theirs", theirs.value()),
            ],
            SpanFlaw::Claim {
                from,
                count,
                position,
                ours,
                theirs,
            } => {
                let theirs = match theirs {
                    Some(theirs) => Value::unnamed_variant("Some", [theirs.value()]),
                    None => Value::unnamed_variant("None", []),
                };
                vec![
                    ("from", number((*from).into())),
                    ("count", number((*count).into())),
                    ("position", number((*position).into())),
                    ("ours", ours.value()),
                    ("theirs", theirs),
                ]
            }
            SpanFlaw::Count {
                token,
                count,
                ordinal,
                proof,
            } => vec![
                ("token", number((*token).into())),
                ("count", number((*count).into())),
                ("ordinal", number((*ordinal).into())),
                ("proof", hashes(proof)),
            ],
        };
        Value::named_variant(self.name(), fields)
    }
}

impl From<Flaw> for SpanFlaw {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Sums => SpanFlaw::Sums,
            Flaw::Passage { from, count, theirs } => SpanFlaw::Passage {
                from,
                count,
                theirs: theirs.into(),
            },
            Flaw::Claim {
                from,
                count,
                position,
                ours,
                theirs,
            } => SpanFlaw::Claim {
                from,
                count,
                position,
                ours: ours.into(),
                theirs: theirs.map(TextWindow::from),
            },
            Flaw::Count {
                token,
                count,
                ordinal,
                proof,
            } => SpanFlaw::Count {
                token,
                count,
                ordinal,
                proof: proof.into_iter().map(H256).collect(),
            },
        }
    }
}

impl TextWindow {
    fn value(&self) -> Value {
        Value::named_composite([
            ("first_leaf", number(self.first_leaf.into())),
            ("bytes", Value::from_bytes(&self.bytes)),
            ("proof", hashes(&self.proof)),
        ])
    }
}

impl From<ShownWindow> for TextWindow {
    fn from(shown: ShownWindow) -> Self {
        Self {
            first_leaf: shown.first_leaf,
            bytes: shown.bytes,
            proof: shown.proof.into_iter().map(H256).collect(),
        }
    }
}

impl ShownDocument {
    /// What shows the place of `contribution`.
    pub fn of(contribution: ContributionKey, shown: Shown) -> Self {
        Self {
            datanet: contribution.datanet,
            contribution: contribution.contribution,
            ordinal: shown.ordinal,
            places: shown.places.iter().map(ShownPlace::from).collect(),
            proof: shown.proof.into_iter().map(H256).collect(),
        }
    }

    fn value(&self) -> Value {
        Value::named_composite([
            ("datanet", number(self.datanet)),
            ("contribution", number(self.contribution)),
            ("ordinal", number(self.ordinal.into())),
            (
                "places",
                Value::unnamed_composite(self.places.iter().map(ShownPlace::value)),
            ),
            ("proof", hashes(&self.proof)),
        ])
    }
}

/// The arguments of the call about an answer that quotes, in the runtime's order; none for other calls.
pub(super) fn arguments(call: &Call) -> Vec<Value> {
    let Call::RefuteSpans {
        request,
        release,
        flaw,
        documents,
    } = call
    else {
        return Vec::new();
    };
    let release = Value::named_composite([
        ("header", Value::from_bytes(release.header)),
        ("table", Value::from_bytes(release.table)),
        ("text", Value::from_bytes(release.text)),
        ("counts", Value::from_bytes(release.counts)),
    ]);
    vec![
        number(*request),
        release,
        flaw.value(),
        Value::unnamed_composite(documents.iter().map(ShownDocument::value)),
    ]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use openledger_primitives::{
        fixed::spans::HEADER_BYTES,
        shown::{ShownText, ShownWindow as NativeWindow},
    };
    use openledger_runtime::RuntimeCall;
    use pallet_attribution::{
        Flaw as NativeFlaw, ShownDocument as NativeDocument, ShownPlace as NativePlace,
    };
    use sp_runtime::BoundedVec;

    /// A call for each flaw beside the runtime's own.
    pub(in crate::chain) fn span_calls() -> Vec<(Call, RuntimeCall)> {
        let hash = |byte| H256([byte; 32]);
        let window = |first_leaf| {
            let (bytes, proof) = (vec![1, 2, 3, 4], vec![hash(3)]);
            let native = NativeWindow {
                first_leaf,
                bytes: BoundedVec::truncate_from(bytes.clone()),
                proof: BoundedVec::truncate_from(proof.clone()),
            };
            let own = TextWindow {
                first_leaf,
                bytes,
                proof,
            };
            (own, native)
        };
        let ((ours, native_ours), (theirs, native_theirs)) = (window(7), window(9));
        let (from, count, position) = (3, 5, 70_000);
        let claim = |theirs| SpanFlaw::Claim {
            from,
            count,
            position,
            ours: ours.clone(),
            theirs,
        };
        let native_claim = |theirs| NativeFlaw::Claim {
            from,
            count,
            position,
            ours: native_ours.clone(),
            theirs,
        };
        let flaws = [
            (SpanFlaw::Sums, NativeFlaw::Sums),
            (
                SpanFlaw::Passage {
                    from,
                    count,
                    theirs: theirs.clone(),
                },
                NativeFlaw::Passage {
                    from,
                    count,
                    theirs: native_theirs.clone(),
                },
            ),
            (claim(None), native_claim(None)),
            (claim(Some(theirs)), native_claim(Some(native_theirs))),
            (
                SpanFlaw::Count {
                    token: 4,
                    count: 70_000,
                    ordinal: 6,
                    proof: vec![hash(8), hash(9)],
                },
                NativeFlaw::Count {
                    token: 4,
                    count: 70_000,
                    ordinal: 6,
                    proof: BoundedVec::truncate_from(vec![hash(8), hash(9)]),
                },
            ),
        ];
        let calls = flaws.into_iter().map(|(flaw, native)| call(flaw, native));
        calls.collect()
    }

    fn call(flaw: SpanFlaw, native: NativeFlaw) -> (Call, RuntimeCall) {
        let release = ShownText {
            header: [6; HEADER_BYTES],
            table: H256([1; 32]),
            text: H256([2; 32]),
            counts: H256([3; 32]),
        };
        let place = ShownPlace {
            datanet: 1,
            contribution: 2,
            registered: 3,
            first: 4,
            rows: 5,
        };
        let native_place = NativePlace {
            datanet: 1,
            contribution: 2,
            registered: 3,
            first: 4,
            rows: 5,
        };
        let document = ShownDocument {
            datanet: 1,
            contribution: 2,
            ordinal: 6,
            places: vec![place],
            proof: vec![H256([4; 32])],
        };
        let native_document = NativeDocument {
            datanet: 1,
            contribution: 2,
            ordinal: 6,
            places: BoundedVec::truncate_from(vec![native_place]),
            proof: BoundedVec::truncate_from(vec![H256([4; 32])]),
        };
        let own = Call::RefuteSpans {
            request: 4,
            release,
            flaw,
            documents: vec![document],
        };
        let native = pallet_attribution::Call::refute_spans {
            request: 4,
            release,
            flaw: native,
            documents: BoundedVec::truncate_from(vec![native_document]),
        };
        (own, native.into())
    }
}
