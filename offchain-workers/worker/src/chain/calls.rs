// SPDX-License-Identifier: Apache-2.0
//! Everything the worker can say to the chain.

use super::{
    row_calls::{self, RowFlaw, RowKey, ShownRow},
    span_calls::{self, ShownDocument, SpanFlaw},
};
use codec::{Decode, Encode};
use openledger_primitives::{
    apis::OpenChallenge,
    fixed::release::{Place, HEADER_BYTES},
    money::Balance,
    report::{Evidence, ReportEntry},
    shown::ShownText,
    ContributionId, DatanetId, ModelId, RequestId,
};
use sp_core::H256;
use subxt::{
    dynamic::Value,
    ext::scale_value::Composite,
    tx::{dynamic, DynamicPayload},
};

/// What a worker says it runs on.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Capabilities {
    /// The chain's name of its kernels: `Generic`, `Avx2`, `Avx512`, `Cuda` or `Other`.
    pub kernel_class: String,
    /// Memory for models, MiB.
    pub memory_mib: u32,
    /// The engine's version.
    pub engine_version: String,
}

impl Capabilities {
    /// Those of this worker, by the instruction set that its engine may use and the memory of its executor.
    pub fn of(instruction_set: &str, memory_bytes: u64) -> Self {
        let has = |feature: &str| {
            instruction_set
                .split(',')
                .any(|part| part.trim().starts_with(feature))
        };
        let kernel_class = match () {
            () if has("avx512") => "Avx512",
            () if has("avx2") => "Avx2",
            () if instruction_set.trim() == "x86_64" => "Generic",
            () => "Other",
        };
        Self {
            kernel_class: kernel_class.into(),
            memory_mib: u32::try_from(memory_bytes >> 20).unwrap_or(u32::MAX),
            engine_version: concat!("openledger-engine ", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}

/// A call that the worker signs.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Call {
    /// Bonds and registers the worker.
    Register {
        /// Planck.
        bond: Balance,
        /// What it can run.
        capabilities: Capabilities,
    },
    /// Offers to run a model.
    Host(ModelId),
    /// Lets a chilled worker be drawn again.
    Resume,
    /// Says that the worker is alive.
    Heartbeat,
    /// Commits to an answer.
    Commit {
        /// The request.
        request: RequestId,
        /// Hash of the reveal and its domain.
        commitment: H256,
    },
    /// Reveals the answer.
    Reveal {
        /// The request.
        request: RequestId,
        /// The output.
        output: Vec<u8>,
        /// The query vector.
        query: Vec<i16>,
        /// The report.
        entries: Vec<ReportEntry>,
        /// The commitment's salt.
        salt: [u8; 32],
    },
    /// Uses up a nonce.
    Nothing,
    /// Stops offering a model. From here on in the order in which they came, so that calls on disk keep their meaning.
    Unhost(ModelId),
    /// Shows where a challenged contribution's rows lie, or that there are none.
    ShowPlace {
        /// The challenge.
        key: Challenged,
        /// The index's header.
        header: [u8; HEADER_BYTES],
        /// Root over its table.
        table: H256,
        /// Root over its rows.
        rows: H256,
        /// Number of the first of `places` in the table.
        ordinal: u32,
        /// The contribution's place, or those beside where it would be.
        places: Vec<ShownPlace>,
        /// Proof of them.
        proof: Vec<H256>,
    },
    /// Opens rows of a challenged contribution.
    OpenRows {
        /// The challenge.
        key: Challenged,
        /// The first one.
        first: u32,
        /// The rows as they lie in the index.
        rows: Vec<u8>,
        /// Proof of them.
        proof: Vec<H256>,
    },
    /// Says that a released row is wrong.
    DisputeRow {
        /// The model.
        model: ModelId,
        /// The row.
        row: u32,
    },
    /// Opens a disputed row and says what its sums come to.
    ClaimSums {
        /// The dispute.
        key: RowKey,
        /// The index's header.
        header: [u8; HEADER_BYTES],
        /// Root over its table.
        table: H256,
        /// Root over its rows.
        rows: H256,
        /// The row and its features.
        row: ShownRow,
        /// The sums.
        sums: Vec<u8>,
        /// The head's file.
        head: Vec<u8>,
    },
    /// Commits to the sums inside a disputed interval.
    SplitSums {
        /// The dispute.
        key: RowKey,
        /// Commitments at the inner ends of its parts.
        inner: Vec<H256>,
    },
    /// Chooses the part after which the sums differ.
    ChoosePart {
        /// The dispute.
        key: RowKey,
        /// The part.
        part: u32,
    },
    /// Computes the step that a dispute came down to.
    ProveTerm {
        /// The dispute.
        key: RowKey,
        /// The sums before it.
        sums: Vec<u8>,
        /// The disputed row as it lies in the index.
        released: Vec<u8>,
        /// The features of the row that the step is over.
        features: Vec<u8>,
        /// Proof of them.
        features_proof: Vec<H256>,
        /// The head's file.
        head: Vec<u8>,
    },
    /// Ends a dispute whose deadline has passed, or whose release was refuted.
    CloseRow {
        /// The dispute.
        key: RowKey,
    },
    /// Proves in one call what is wrong with a row beside its influence.
    RefuteRow {
        /// The model.
        model: ModelId,
        /// The row's number.
        number: u32,
        /// The index's header.
        header: [u8; HEADER_BYTES],
        /// Root over its table.
        table: H256,
        /// Root over its rows.
        rows: H256,
        /// The row and its features.
        row: ShownRow,
        /// What is wrong with it, and the rows that show it.
        flaw: RowFlaw,
    },
    /// Shows what is wrong with the credits of an answer that quotes, or with the sums of its report.
    RefuteSpans {
        /// The request.
        request: RequestId,
        /// Roots of the text's release.
        release: ShownText,
        /// What is wrong.
        flaw: SpanFlaw,
        /// The contributions whose sums are corrected.
        documents: Vec<ShownDocument>,
    },
}

/// What a challenge is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub struct Challenged {
    /// The request whose report is challenged.
    pub request: RequestId,
    /// The datanet of the contribution.
    pub datanet: DatanetId,
    /// The contribution.
    pub contribution: ContributionId,
}

impl Challenged {
    /// The key of an open challenge.
    pub fn of(open: &OpenChallenge) -> Self {
        Self {
            request: open.request,
            datanet: open.datanet,
            contribution: open.contribution,
        }
    }

    fn value(&self) -> Value {
        Value::named_composite([
            ("request", number(self.request)),
            ("datanet", number(self.datanet)),
            ("contribution", number(self.contribution)),
        ])
    }
}

/// An entry of a release's table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ShownPlace {
    /// The datanet.
    pub datanet: DatanetId,
    /// The contribution.
    pub contribution: ContributionId,
    /// Tick of its registration.
    pub registered: u64,
    /// Its first row.
    pub first: u32,
    /// How many it has.
    pub rows: u32,
}

impl From<&Place> for ShownPlace {
    fn from(place: &Place) -> Self {
        Self {
            datanet: place.datanet,
            contribution: place.contribution,
            registered: place.registered,
            first: place.first,
            rows: place.rows,
        }
    }
}

impl ShownPlace {
    pub(super) fn value(&self) -> Value {
        Value::named_composite([
            ("datanet", number(self.datanet)),
            ("contribution", number(self.contribution)),
            ("registered", number(self.registered)),
            ("first", number(self.first.into())),
            ("rows", number(self.rows.into())),
        ])
    }
}

impl Call {
    /// The call's name, for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Call::Register { .. } => "register",
            Call::Host(_) => "host",
            Call::Resume => "resume",
            Call::Heartbeat => "heartbeat",
            Call::Commit { .. } => "commit",
            Call::Reveal { .. } => "reveal",
            Call::Nothing => "nothing",
            Call::Unhost(_) => "unhost",
            Call::ShowPlace { .. } => "show_place",
            Call::OpenRows { .. } => "open_rows",
            Call::DisputeRow { .. } => "dispute_row",
            Call::ClaimSums { .. } => "claim_sums",
            Call::SplitSums { .. } => "split",
            Call::ChoosePart { .. } => "choose",
            Call::ProveTerm { .. } => "prove_term",
            Call::CloseRow { .. } => "close",
            Call::RefuteRow { .. } => "refute_row",
            Call::RefuteSpans { .. } => "refute_spans",
        }
    }

    /// The call by the names and argument order of the runtime's metadata.
    pub(crate) fn payload(&self) -> DynamicPayload<Composite<()>> {
        match self {
            Call::Register { bond, capabilities } => {
                let kernels = capabilities.kernel_class.as_str();
                let capabilities = Value::named_composite([
                    ("kernel_class", Value::unnamed_variant(kernels, [])),
                    ("memory_mib", number(capabilities.memory_mib.into())),
                    ("engine_version", Value::from_bytes(&capabilities.engine_version)),
                ]);
                call("Workers", "register", vec![capabilities, Value::u128(*bond)])
            }
            Call::Host(model) => call("Workers", "host", vec![number(*model)]),
            Call::Resume => call("Workers", "resume", vec![]),
            Call::Heartbeat => call("Workers", "heartbeat", vec![]),
            Call::Commit { request, commitment } => call(
                "Inference",
                "commit",
                vec![number(*request), Value::from_bytes(commitment)],
            ),
            Call::Reveal {
                request,
                output,
                query,
                entries,
                salt,
            } => call(
                "Inference",
                "reveal",
                vec![
                    number(*request),
                    Value::from_bytes(output),
                    Value::unnamed_composite(query.iter().map(|x| Value::i128(i128::from(*x)))),
                    Value::unnamed_composite(entries.iter().map(entry)),
                    Value::from_bytes(salt),
                ],
            ),
            Call::Unhost(model) => call("Workers", "unhost", vec![number(*model)]),
            Call::ShowPlace {
                key,
                header,
                table,
                rows,
                ordinal,
                places,
                proof,
            } => {
                let release = release(header, table, rows);
                let places = Value::unnamed_composite(places.iter().map(ShownPlace::value));
                call(
                    "Attribution",
                    "show_place",
                    vec![
                        key.value(),
                        release,
                        number((*ordinal).into()),
                        places,
                        hashes(proof),
                    ],
                )
            }
            Call::OpenRows {
                key,
                first,
                rows,
                proof,
            } => call(
                "Attribution",
                "open_rows",
                vec![
                    key.value(),
                    number((*first).into()),
                    Value::from_bytes(rows),
                    hashes(proof),
                ],
            ),
            Call::Nothing => call("System", "remark", vec![Value::from_bytes([])]),
            Call::DisputeRow { .. }
            | Call::ClaimSums { .. }
            | Call::SplitSums { .. }
            | Call::ChoosePart { .. }
            | Call::ProveTerm { .. }
            | Call::CloseRow { .. }
            | Call::RefuteRow { .. } => call("Releases", self.name(), row_calls::arguments(self)),
            Call::RefuteSpans { .. } => call("Attribution", self.name(), span_calls::arguments(self)),
        }
    }
}

pub(super) fn number(n: u64) -> Value {
    Value::u128(u128::from(n))
}

/// What a release's root is made of.
pub(super) fn release(header: &[u8; HEADER_BYTES], table: &H256, rows: &H256) -> Value {
    Value::named_composite([
        ("header", Value::from_bytes(header)),
        ("table", Value::from_bytes(table)),
        ("rows", Value::from_bytes(rows)),
    ])
}

pub(super) fn hashes(hashes: &[H256]) -> Value {
    Value::unnamed_composite(hashes.iter().map(Value::from_bytes))
}

fn call(pallet: &str, name: &str, arguments: Vec<Value>) -> DynamicPayload<Composite<()>> {
    dynamic(pallet, name, Composite::unnamed(arguments))
}

fn entry(entry: &ReportEntry) -> Value {
    let evidence = match entry.evidence {
        Evidence::Influence => "Influence",
        Evidence::Spans => "Spans",
        Evidence::Retrieval => "Retrieval",
    };
    Value::named_composite([
        ("datanet", Value::u128(u128::from(entry.datanet))),
        ("contribution", Value::u128(u128::from(entry.contribution))),
        ("weight", Value::i128(i128::from(entry.weight))),
        ("score", Value::i128(i128::from(entry.score))),
        ("evidence", Value::unnamed_variant(evidence, [])),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_named_by_the_widest_instruction_set() {
        let class = |isa: &str| Capabilities::of(isa, 1 << 30).kernel_class;
        assert_eq!(class("x86_64"), "Generic");
        assert_eq!(class("x86_64,avx,avx2,fma"), "Avx2");
        assert_eq!(class("x86_64,avx,avx2,fma,avx512f"), "Avx512");
        assert_eq!(class("aarch64"), "Other");
        assert_eq!(Capabilities::of("x86_64", 1 << 30).memory_mib, 1024);
    }
}
