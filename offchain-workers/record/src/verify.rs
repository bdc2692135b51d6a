// SPDX-License-Identifier: Apache-2.0
//! Every check of a record. None of them needs a node or a network.

use crate::{
    error::RecordError,
    proof::{header_from, ProvenState, Trusted},
    reasons::{read, Found, ReadError},
    record::{items, Record},
    view::ReasonsView,
};
use codec::DecodeAll;
use openledger_primitives::{
    membership,
    money::Balance,
    report::{self, ReportEntry, ReportError},
    signature::{AccountId, Signature},
    RequestId,
};
use serde_json::Value;
use sp_core::H256;
use sp_runtime::traits::Verify;

/// What a record that holds proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The request.
    pub request: RequestId,
    /// The block whose state it is of.
    pub block: H256,
    /// Its number.
    pub number: u32,
    /// The chain, by the hash of its genesis block.
    pub genesis: H256,
    /// Who answers for the record.
    pub signer: AccountId,
    /// Whether the representative's signature under the answer was checked too.
    pub attested: bool,
    /// The fee, planck.
    pub fee: Balance,
}

/// Checks a record against what a light client says of its block: header, proof, raw values, explanation, sums,
/// report, memberships, workers, attestation and signature, in this order.
pub fn verify(record: &Record, trusted: &Trusted) -> Result<Verified, RecordError> {
    let state = proven_state(record, trusted)?;
    let (found, log) = read(&state, record.request).map_err(unproven)?;
    let proven = items(log);
    if record.state.items != proven {
        let mut pairs = record.state.items.iter().zip(&proven);
        let name = match pairs.find(|(said, proven)| said != proven) {
            Some((_, proven)) => proven.name.clone(),
            None => "the end: an item is missing, or one too many".into(),
        };
        return Err(RecordError::ValueMismatch(name));
    }
    if record.genesis != found.genesis {
        return Err(RecordError::WrongChain {
            named: record.genesis,
            proven: found.genesis,
        });
    }
    explained(record, &found)?;
    summed(&found)?;
    reported(&found)?;
    trained_on(record, &found)?;
    worked(&found)?;
    if let Some(attestation) = &record.attestation {
        attestation.check(&found)?;
    }
    let signer = signer(record)?;
    Ok(Verified {
        request: record.request,
        block: record.block.hash,
        number: record.block.number,
        genesis: record.genesis,
        signer,
        attested: record.attestation.is_some(),
        fee: found.settled.fee,
    })
}

/// The proof under the state root of the trusted block.
fn proven_state(record: &Record, trusted: &Trusted) -> Result<ProvenState, RecordError> {
    let header = header_from(&record.block.header).map_err(|_| RecordError::BlockMismatch("header"))?;
    let (named, trusted) = (header.hash(), trusted.hash());
    if named != trusted {
        return Err(RecordError::WrongBlock { named, trusted });
    }
    for (what, same) in [
        ("hash", record.block.hash == named),
        ("number", record.block.number == header.number),
        ("stateRoot", record.block.state_root == header.state_root),
    ] {
        if !same {
            return Err(RecordError::BlockMismatch(what));
        }
    }
    let nodes = record
        .state
        .proof
        .iter()
        .map(|node| sp_core::bytes::from_hex(node));
    let nodes: Result<Vec<_>, _> = nodes.collect();
    let nodes = nodes.map_err(|error| RecordError::Malformed(format!("a node of the proof: {error}")))?;
    Ok(ProvenState::new(nodes, header.state_root))
}

fn unproven(error: ReadError<crate::proof::Unproven>) -> RecordError {
    match error {
        ReadError::State { item, why } => RecordError::NotProved {
            item,
            why: why.to_string(),
        },
        ReadError::NotSettled(request) => RecordError::NotSettled(request),
        ReadError::Missing(item) => RecordError::Missing(item),
        ReadError::Unreadable(item) => RecordError::Unreadable(item),
    }
}

/// What people read is what the bytes say.
fn explained(record: &Record, found: &Found) -> Result<(), RecordError> {
    let due = ReasonsView::from(found);
    if record.explanation == due {
        return Ok(());
    }
    let value = |view: &ReasonsView| serde_json::to_value(view).unwrap_or_default();
    let path = difference(&value(&record.explanation), &value(&due)).unwrap_or_default();
    Err(RecordError::ExplanationMismatch(path))
}

/// JSON pointer to the first place where two values differ.
fn difference(said: &Value, due: &Value) -> Option<String> {
    let inside =
        |name: String, said: &Value, due: &Value| difference(said, due).map(|rest| format!("/{name}{rest}"));
    match (said, due) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => b
            .iter()
            .find_map(|(name, due)| inside(name.clone(), a.get(name).unwrap_or(&Value::Null), due)),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(place, (said, due))| inside(place.to_string(), said, due))
        }
        _ => (said != due).then(String::new),
    }
}

/// The parts are the fee and what the model's pool added, to the last planck.
fn summed(found: &Found) -> Result<(), RecordError> {
    let settled = &found.settled;
    let parts = settled
        .parts
        .iter()
        .try_fold(0u128, |sum, part| sum.checked_add(part.amount));
    let whole = settled.fee.checked_add(settled.from_pool);
    if parts.is_some() && parts == whole {
        return Ok(());
    }
    let shown = |sum: Option<Balance>| sum.map_or("more than 2^128".into(), |sum| sum.to_string());
    Err(RecordError::PartsDoNotSum {
        parts: shown(parts),
        whole: shown(whole),
    })
}

/// The report keeps its rules, and rests on what its model's reports rest on.
fn reported(found: &Found) -> Result<(), RecordError> {
    let report = &found.settled.report;
    report::check(report, &found.settled.blend)
        .map_err(|error| RecordError::ReportInvalid(rule(error).into()))?;
    let release = found
        .models
        .first()
        .and_then(|(_, model)| model.spec.attribution.as_ref());
    let fits = |entry: &ReportEntry| {
        release.is_some_and(|release| entry.evidence.is_of(release.evidence, release.passages))
    };
    match report.iter().all(fits) {
        true => Ok(()),
        false => Err(RecordError::ReportInvalid(
            "an entry rests on other evidence than its model's".into(),
        )),
    }
}

fn rule(error: ReportError) -> &'static str {
    match error {
        ReportError::NotSorted => "its entries are not strictly ascending",
        ReportError::ZeroScore => "a score is zero",
        ReportError::TooMany => "it has too many entries of one sign and kind",
        ReportError::PositiveNotOne => "its positive weights do not sum to one",
        ReportError::NegativeAboveOne => "its negative weights sum to more than one",
        ReportError::WeightsNotOfScores => "a weight is not the share of its score",
    }
}

/// Each contribution that is named is in a version that the model was trained on.
fn trained_on(record: &Record, found: &Found) -> Result<(), RecordError> {
    let places = found.places();
    for ((key, contribution), place) in found.contributions.iter().zip(&places) {
        let invalid = RecordError::MembershipInvalid {
            datanet: key.0,
            contribution: key.1,
        };
        let holds = place.and_then(|place| {
            let version = found.version(place.datanet, place.version)?;
            let path = record.memberships.iter().find(|path| path.is_of(&place))?;
            let same =
                Some(path.leaf_index) == contribution.leaf_index() && path.leaf_count == version.leaves;
            let leaf = contribution.leaf(key.0, key.1).hash();
            (same && membership::verify(version.root, leaf, &path.proof()).is_ok()).then_some(())
        });
        holds.ok_or(invalid)?;
    }
    match record.memberships.get(places.len()) {
        None => Ok(()),
        Some(extra) => Err(RecordError::MembershipInvalid {
            datanet: extra.datanet,
            contribution: extra.contribution,
        }),
    }
}

/// Each worker that was paid has a seat of its own, and the representative's is of the registration that is named.
fn worked(found: &Found) -> Result<(), RecordError> {
    if found.kept.is_none() {
        return Ok(());
    }
    if found.representative().is_none() {
        let worker = found.settled.representative.account.to_string();
        return Err(RecordError::WorkerMismatch(worker));
    }
    match found.workers.iter().find(|paid| !paid.seat.revealed) {
        None => Ok(()),
        Some(paid) => Err(RecordError::WorkerMismatch(paid.seat.worker.account.to_string())),
    }
}

fn signer(record: &Record) -> Result<AccountId, RecordError> {
    let (Some(signer), Some(signature)) = (&record.signer, &record.signature) else {
        return Err(RecordError::NotSigned);
    };
    let bytes = sp_core::bytes::from_hex(signature).map_err(|_| RecordError::BadSignature)?;
    let signature = Signature::decode_all(&mut &bytes[..]).map_err(|_| RecordError::BadSignature)?;
    match signature.verify(&record.payload()?[..], signer) {
        true => Ok(signer.clone()),
        false => Err(RecordError::BadSignature),
    }
}
