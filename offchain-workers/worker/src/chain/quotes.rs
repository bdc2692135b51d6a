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

    /// Credits that were corrected.
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
    let corrected = Item::corrections(request).fetch(block).await?;
    Ok(reveal.map(|reveal| stands(settled, reveal, corrected)))
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
