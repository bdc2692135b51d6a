// SPDX-License-Identifier: Apache-2.0
//! Reports that rest on spans and passages in `IAttribution`: anybody shows a better claim of a quoted token, or a better
//! passage.

use crate::{
    attribution::{AttributionPrecompile, Output},
    challenges::{places, proof},
    execution::{actor, dispatch, log},
    interfaces::IAttribution,
    refusal::Refusal,
    values::{address, bounded, hash},
    Config,
};
use alloc::vec::Vec;
use openledger_primitives::shown::{ShownText, ShownWindow};
use pallet_attribution::{Call, Flaw, ShownDocument, ShownDocuments};
use pallet_revive::precompiles::Ext;

impl<T: Config> AttributionPrecompile<T> {
    pub(crate) fn refute_spans(call: IAttribution::refuteSpansCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let refute = Call::<T>::refute_spans {
            request: call.request,
            release: release(&call.release)?,
            flaw: flaw(&call.flaw)?,
            documents: documents(&call.documents)?,
        };
        dispatch(env, &who, refute)?;
        let (request, by) = (call.request, address::<T>(&who));
        log(env, IAttribution::SpansRefuted { request, by })?;
        Ok(Vec::new())
    }
}

/// A header of another length is of no release.
fn release(given: &IAttribution::TextRelease) -> Result<ShownText, Refusal> {
    let header = given.header.as_ref().try_into();
    Ok(ShownText {
        header: header.map_err(|_| Refusal::InvalidArgument)?,
        table: hash(given.table),
        text: hash(given.text),
        counts: hash(given.counts),
    })
}

/// Reads the fields that the kind of flaw has.
fn flaw(given: &IAttribution::Flaw) -> Result<Flaw, Refusal> {
    let (from, count) = (given.from, given.count);
    Ok(match given.kind {
        IAttribution::FlawKind::Sums => Flaw::Sums,
        IAttribution::FlawKind::Passage => Flaw::Passage {
            from,
            count,
            theirs: window(&given.theirs)?,
        },
        IAttribution::FlawKind::Claim => Flaw::Claim {
            from,
            count,
            position: given.position,
            ours: window(&given.ours)?,
            theirs: match given.theirs.tokens.is_empty() {
                true => None,
                false => Some(window(&given.theirs)?),
            },
        },
        IAttribution::FlawKind::Count => Flaw::Count {
            token: from,
            count: given.tokenCount,
            ordinal: given.ordinal,
            proof: proof(&given.proof)?,
        },
        IAttribution::FlawKind::Term => Flaw::Term {
            question: bounded(given.question.to_vec())?,
            term: from,
            count: given.tokenCount,
            ordinal: given.ordinal,
            proof: proof(&given.proof)?,
        },
        IAttribution::FlawKind::Retrieved => Flaw::Retrieved {
            question: bounded(given.question.to_vec())?,
            document: one_document(&given.document)?.ok_or(Refusal::InvalidArgument)?,
            number: given.ordinal,
            window: window(&given.ours)?,
        },
        IAttribution::FlawKind::Cited => Flaw::Cited {
            position: given.position,
            document: one_document(&given.document)?,
        },
        _ => return Err(Refusal::MalformedInput),
    })
}

fn one_document(given: &[IAttribution::Document]) -> Result<Option<ShownDocument>, Refusal> {
    match given {
        [] => Ok(None),
        [one] => document(one).map(Some),
        _ => Err(Refusal::InvalidArgument),
    }
}

fn window(given: &IAttribution::Window) -> Result<ShownWindow, Refusal> {
    Ok(ShownWindow {
        first_leaf: given.firstLeaf,
        bytes: bounded(given.tokens.to_vec())?,
        proof: proof(&given.proof)?,
    })
}

fn documents(given: &[IAttribution::Document]) -> Result<ShownDocuments, Refusal> {
    bounded(given.iter().map(document).collect::<Result<_, Refusal>>()?)
}

fn document(given: &IAttribution::Document) -> Result<ShownDocument, Refusal> {
    Ok(ShownDocument {
        datanet: given.datanet,
        contribution: given.contribution,
        ordinal: given.ordinal,
        places: places(&given.places)?,
        proof: proof(&given.proof)?,
    })
}
