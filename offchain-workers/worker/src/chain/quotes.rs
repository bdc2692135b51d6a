// SPDX-License-Identifier: Apache-2.0
//! Settled answers that quote, read by the names of their fields.

use super::{
    calls::number,
    client::{within, Block},
    models::unreadable,
    ChainError, Quoted,
};
use openledger_fixed::spans::{credits_of_query, Credit};
use openledger_primitives::RequestId;
use subxt::{
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
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
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct SettledRecord {
    model: u64,
    representative: WorkerKeyRecord,
    report: Vec<EntryRecord>,
    void: bool,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct RevealRecord {
    output: Vec<u8>,
    query: Vec<i16>,
}

pub(super) type CorrectionsRecord = Vec<(u32, u32)>;

/// What stands of the answer to `request`; none if it is not settled or was forgotten.
pub(super) async fn quoted(block: &Block, request: RequestId) -> Result<Option<Quoted>, ChainError> {
    let number = number(request);
    let settled: Option<SettledRecord> =
        fetch(block, "Attribution", "Settlements", vec![number.clone()]).await?;
    let Some(settled) = settled else {
        return Ok(None);
    };
    let worker = Value::from_bytes(settled.representative.account);
    let reveal: Option<RevealRecord> =
        fetch(block, "Inference", "Reveals", vec![number.clone(), worker]).await?;
    let corrected = fetch(block, "Attribution", "Corrections", vec![number]).await?;
    Ok(reveal.map(|reveal| stands(settled, reveal, corrected)))
}

async fn fetch<T: DecodeAsType>(
    block: &Block,
    pallet: &str,
    name: &str,
    keys: Vec<Value>,
) -> Result<Option<T>, ChainError> {
    let address = dynamic::storage::<Vec<Value>, T>(pallet, name);
    let Some(value) = within(block.storage().try_fetch(address, keys)).await? else {
        return Ok(None);
    };
    let record = value.decode();
    record
        .map(Some)
        .map_err(|error| unreadable("settled answers", error))
}

/// What stands by these records.
pub(super) fn stands(
    settled: SettledRecord,
    reveal: RevealRecord,
    corrected: Option<CorrectionsRecord>,
) -> Quoted {
    let credits = match corrected {
        Some(corrected) => corrected
            .into_iter()
            .map(|(position, count)| Credit { position, count })
            .collect(),
        None => credits_of_query(&reveal.query).unwrap_or_default(),
    };
    let report = settled.report.into_iter();
    Quoted {
        model: settled.model,
        output: reveal.output,
        credits,
        scores: report
            .map(|entry| ((entry.datanet, entry.contribution), entry.score))
            .collect(),
        void: settled.void,
    }
}
