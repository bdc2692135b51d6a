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

/// What is wrong with the credits of an answer, the log of the passages that it was made with, or the sums of its report.
/// Tokens are numbered from the output's first.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum SpanFlaw {
    /// Neither, but an entry's score is not the sum of its contribution's credits or passages.
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
    /// A term of the question stands more or less often in the text.
    Term {
        /// What was asked.
        question: Vec<u8>,
        /// Its number among the question's terms.
        term: u16,
        /// How often it stands in the text.
        count: u32,
        /// Its number among the text's different tokens.
        ordinal: u32,
        /// Proof of it.
        proof: Vec<H256>,
    },
    /// A passage has another score, or should be cited.
    Retrieved {
        /// What was asked.
        question: Vec<u8>,
        /// Whose it is.
        document: ShownDocument,
        /// Its number among that contribution's passages.
        number: u32,
        /// The text around it.
        window: TextWindow,
    },
    /// What is cited is no passage.
    Cited {
        /// Its position in the text.
        position: u32,
        /// The contribution whose tokens, or the separator behind them, stand there; none beyond the text.
        document: Option<ShownDocument>,
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
            SpanFlaw::Term { .. } => "Term",
            SpanFlaw::Retrieved { .. } => "Retrieved",
            SpanFlaw::Cited { .. } => "Cited",
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
                vec![
                    ("from", number((*from).into())),
                    ("count", number((*count).into())),
                    ("position", number((*position).into())),
                    ("ours", ours.value()),
                    ("theirs", option(theirs.as_ref().map(TextWindow::value))),
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
            SpanFlaw::Term {
                question,
                term,
                count,
                ordinal,
                proof,
            } => vec![
                ("question", Value::from_bytes(question)),
                ("term", number((*term).into())),
                ("count", number((*count).into())),
                ("ordinal", number((*ordinal).into())),
                ("proof", hashes(proof)),
            ],
            SpanFlaw::Retrieved {
                question,
                document,
                number: passage,
                window,
            } => vec![
                ("question", Value::from_bytes(question)),
                ("document", document.value()),
                ("number", number((*passage).into())),
                ("window", window.value()),
            ],
            SpanFlaw::Cited { position, document } => vec![
                ("position", number((*position).into())),
                ("document", option(document.as_ref().map(ShownDocument::value))),
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
            Flaw::Term {
                question,
                term,
                count,
                ordinal,
                proof,
            } => SpanFlaw::Term {
                question,
                term,
                count,
                ordinal,
                proof: proof.into_iter().map(H256).collect(),
            },
            Flaw::Retrieved {
                question,
                document: (key, shown),
                number,
                window,
            } => SpanFlaw::Retrieved {
                question,
                document: ShownDocument::of(key, shown),
                number,
                window: window.into(),
            },
            Flaw::Cited { position, document } => SpanFlaw::Cited {
                position,
                document: document.map(|(key, shown)| ShownDocument::of(key, shown)),
            },
        }
    }
}

fn option(value: Option<Value>) -> Value {
    match value {
        Some(value) => Value::unnamed_variant("Some", [value]),
        None => Value::unnamed_variant("None", []),
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
#[path = "span_calls_tests.rs"]
pub(super) mod tests;
