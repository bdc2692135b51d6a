// SPDX-License-Identifier: Apache-2.0
//! A call for each flaw beside the runtime's own.

use super::*;
use openledger_primitives::{
    fixed::spans::HEADER_BYTES,
    shown::{ShownText, ShownWindow as NativeWindow},
};
use openledger_runtime::RuntimeCall;
use pallet_attribution::{Flaw as NativeFlaw, ShownDocument as NativeDocument, ShownPlace as NativePlace};
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
    let mut calls: Vec<_> = flaws
        .into_iter()
        .map(|(flaw, native)| call(flaw, native))
        .collect();
    calls.extend(log_flaws(ours, native_ours).map(|(flaw, native)| call(flaw, native)));
    calls
}

fn log_flaws(ours: TextWindow, native: NativeWindow) -> [(SpanFlaw, NativeFlaw); 4] {
    let (document, native_document) = documents();
    let (question, position) = (vec![1, 0, 2, 0], 70_000);
    let native_question = BoundedVec::truncate_from(question.clone());
    let cited = |document, native| {
        let own = SpanFlaw::Cited { position, document };
        let native = NativeFlaw::Cited {
            position,
            document: native,
        };
        (own, native)
    };
    [
        (
            SpanFlaw::Term {
                question: question.clone(),
                term: 1,
                count: 70_000,
                ordinal: 6,
                proof: vec![H256([8; 32])],
            },
            NativeFlaw::Term {
                question: native_question.clone(),
                term: 1,
                count: 70_000,
                ordinal: 6,
                proof: BoundedVec::truncate_from(vec![H256([8; 32])]),
            },
        ),
        (
            SpanFlaw::Retrieved {
                question,
                document: document.clone(),
                number: 3,
                window: ours,
            },
            NativeFlaw::Retrieved {
                question: native_question,
                document: native_document.clone(),
                number: 3,
                window: native,
            },
        ),
        cited(None, None),
        cited(Some(document), Some(native_document)),
    ]
}

fn documents() -> (ShownDocument, NativeDocument) {
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
    (document, native_document)
}

fn call(flaw: SpanFlaw, native: NativeFlaw) -> (Call, RuntimeCall) {
    let release = ShownText {
        header: [6; HEADER_BYTES],
        table: H256([1; 32]),
        text: H256([2; 32]),
        counts: H256([3; 32]),
    };
    let (document, native_document) = documents();
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
