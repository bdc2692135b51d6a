// SPDX-License-Identifier: Apache-2.0
//! Reports that rest on spans in `IAttribution`: anybody shows a better claim of a quoted token.

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
        _ => return Err(Refusal::MalformedInput),
    })
}

fn window(given: &IAttribution::Window) -> Result<ShownWindow, Refusal> {
    Ok(ShownWindow {
        first_leaf: given.firstLeaf,
        bytes: bounded(given.tokens.to_vec())?,
        proof: proof(&given.proof)?,
    })
}

fn documents(given: &[IAttribution::Document]) -> Result<ShownDocuments, Refusal> {
    let documents = given.iter().map(|document| {
        Ok(ShownDocument {
            datanet: document.datanet,
            contribution: document.contribution,
            ordinal: document.ordinal,
            places: places(&document.places)?,
            proof: proof(&document.proof)?,
        })
    });
    bounded(documents.collect::<Result<_, Refusal>>()?)
}
