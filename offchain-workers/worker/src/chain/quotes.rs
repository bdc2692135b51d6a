// SPDX-License-Identifier: Apache-2.0
//! Settled answers that quote, read by the names of their fields.

use super::{
    calls::number,
    client::{within, Block},
    models::{model, unreadable, EvidenceRecord, Model},
    ChainError, Quoted,
};
use openledger_fixed::{
    retrieval::{query_numbers, Cited, Log, MAX_TERMS},
    spans::{credits_of_query, Credit},
};
use openledger_primitives::{
    apis::InputView,
    report::{Blend, Evidence, Scored},
    RequestId,
};
use sp_core::H256;
use subxt::{
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
    storage::DynamicAddress,
};

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WorkerKeyRecord {
    account: [u8; 32],
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct EntryRecord {
    datanet: u64,
    contribution: u64,
    score: i64,
    evidence: EvidenceRecord,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct BlendRecord {
    influence: u16,
    spans: u16,
    retrieval: u16,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct SettledRecord {
    model: u64,
    representative: WorkerKeyRecord,
    report: Vec<EntryRecord>,
    blend: BlendRecord,
    void: bool,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct RevealRecord {
    output: Vec<u8>,
    query: Vec<i16>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct CorrectionsRecord {
    credits: Vec<(u32, u32)>,
    cited: Vec<(u32, u32)>,
    counts: Vec<u32>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum InputRecord {
    Inline(Vec<u8>),
    Stored([u8; 32]),
}

/// An item of storage, by its names and keys.
pub(super) struct Item {
    pallet: &'static str,
    name: &'static str,
    /// Its keys.
    pub keys: Vec<Value>,
}

impl Item {
    fn new(pallet: &'static str, name: &'static str, keys: Vec<Value>) -> Self {
        Self { pallet, name, keys }
    }

    /// A settled request's payment.
    pub fn settlement(request: RequestId) -> Self {
        Self::new("Attribution", "Settlements", vec![number(request)])
    }

    /// What a worker revealed.
    pub fn reveal(request: RequestId, worker: [u8; 32]) -> Self {
        let keys = vec![number(request), Value::from_bytes(worker)];
        Self::new("Inference", "Reveals", keys)
    }

    /// What was asked.
    pub fn input(request: RequestId) -> Self {
        Self::new("Inference", "Inputs", vec![number(request)])
    }

    /// Credits and passages that were corrected.
    pub fn corrections(request: RequestId) -> Self {
        Self::new("Attribution", "Corrections", vec![number(request)])
    }

    /// Where it is.
    pub fn address<T: DecodeAsType>(&self) -> DynamicAddress<Vec<Value>, T> {
        dynamic::storage(self.pallet, self.name)
    }

    async fn fetch<T: DecodeAsType>(self, block: &Block) -> Result<Option<T>, ChainError> {
        let address = self.address::<T>();
        let Some(value) = within(block.storage().try_fetch(address, self.keys)).await? else {
            return Ok(None);
        };
        let record = value.decode();
        record
            .map(Some)
            .map_err(|error| unreadable("settled answers", error))
    }
}

/// What stands of the answer to `request`; none if it is not settled or was forgotten.
pub(super) async fn quoted(block: &Block, request: RequestId) -> Result<Option<Quoted>, ChainError> {
    let settled = Item::settlement(request).fetch::<SettledRecord>(block).await?;
    let Some(settled) = settled else {
        return Ok(None);
    };
    let reveal = Item::reveal(request, settled.representative.account);
    let reveal = reveal.fetch::<RevealRecord>(block).await?;
    let input = Item::input(request).fetch::<InputRecord>(block).await?;
    let Some((reveal, input)) = reveal.zip(input) else {
        return Ok(None);
    };
    let passages = match model(block, settled.model).await? {
        Model::Text(text) => text.passages,
        Model::Network(_) => 0,
    };
    let corrected = Item::corrections(request).fetch(block).await?;
    Ok(Some(stands(settled, (input, reveal), corrected, passages)))
}

/// What stands by these records of an answer that was made with at most so many passages.
pub(super) fn stands(
    settled: SettledRecord,
    (input, reveal): (InputRecord, RevealRecord),
    corrected: Option<CorrectionsRecord>,
    passages: usize,
) -> Quoted {
    let (credits, log) = match corrected {
        Some(corrected) => {
            let cited = corrected.cited.into_iter();
            let log = Log {
                counts: corrected.counts,
                cited: cited.map(|(position, score)| Cited { position, score }).collect(),
            };
            let credits = corrected.credits.into_iter();
            let credits = credits.map(|(position, count)| Credit { position, count });
            (credits.collect(), log)
        }
        None => revealed(&reveal.query, passages),
    };
    let report = settled.report.into_iter();
    Quoted {
        model: settled.model,
        input: match input {
            InputRecord::Inline(bytes) => InputView::Inline(bytes),
            InputRecord::Stored(id) => InputView::Stored(H256(id)),
        },
        output: reveal.output,
        credits,
        log,
        scores: report
            .map(|entry| Scored {
                datanet: entry.datanet,
                contribution: entry.contribution,
                evidence: entry.evidence.into(),
                score: entry.score,
            })
            .collect(),
        blend: Blend {
            influence: settled.blend.influence,
            spans: settled.blend.spans,
            retrieval: settled.blend.retrieval,
        },
        void: settled.void,
    }
}

/// What a query vector says, read as the runtime reads it.
fn revealed(query: &[i16], passages: usize) -> (Vec<Credit>, Log) {
    let logged = query_numbers(0, passages).unwrap_or(0);
    let parts = query.split_at_checked(query.len().saturating_sub(logged));
    let (credits, log) = parts.unwrap_or_default();
    (
        credits_of_query(credits).unwrap_or_default(),
        Log::of_query(log, passages, MAX_TERMS).unwrap_or_default(),
    )
}

impl From<EvidenceRecord> for Evidence {
    fn from(record: EvidenceRecord) -> Self {
        match record {
            EvidenceRecord::Influence => Evidence::Influence,
            EvidenceRecord::Spans => Evidence::Spans,
            EvidenceRecord::Retrieval => Evidence::Retrieval,
        }
    }
}
