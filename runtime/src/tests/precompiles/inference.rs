// SPDX-License-Identifier: Apache-2.0
//! `IInference`: a contract asks, an Ethereum account answers, everybody is paid.

use super::{
    development_chain, forwarder, fund, last_log, model_registry::base, next_block, planck, refused, through,
    workers::a_host, Opcode, Somebody, ALITH, BALTATHAR, CHARLETH, DOROTHY,
};
use crate::{constants::OPEN, Balance, Balances, Inference, System};
use frame_support::traits::fungible::InspectHold;
use openledger_precompiles::{
    interfaces::{
        IInference::{self, *},
        IModelRegistry,
    },
    Place::{self, Inference as AT},
};
use openledger_primitives::{
    attestation::{commitment, Domain},
    fixed::WEIGHT_ONE,
    report::{Evidence as NativeEvidence, ReportEntry},
};
use pallet_revive::precompiles::alloy::{
    primitives::{Address, U256},
    sol_types::SolCall,
};

pub const PRICE: Balance = 10 * OPEN;

/// Charleth's model, trained on Baltathar's contribution to Alith's datanet, served by Dorothy.
pub fn a_model_that_is_served() {
    CHARLETH.does(Place::ModelRegistry, base(planck(PRICE)));
    a_host(DOROTHY, 0);
}

pub fn question() -> requestCall {
    requestCall {
        model: 0,
        input: vec![0; 256].into(),
        maxFee: planck(PRICE),
        committee: 1,
        threshold: 1,
    }
}

/// Dorothy's answer to a request that was drawn: her commitment and what she reveals. The report is all for the first
/// contribution, or empty.
fn answer(id: u64, named: bool) -> (commitCall, revealCall) {
    answer_scored(id, named.then_some(40))
}

fn answer_scored(id: u64, score: Option<i64>) -> (commitCall, revealCall) {
    let entry = |score| ReportEntry {
        datanet: 0,
        contribution: 0,
        weight: WEIGHT_ONE as i32,
        score,
        evidence: NativeEvidence::Influence,
    };
    let report: Vec<_> = score.map(entry).into_iter().collect();
    answered(id, vec![7; 40], vec![1, -2, 3, 4], &report)
}

/// Dorothy's commitment and what she reveals.
fn answered(id: u64, output: Vec<u8>, query: Vec<i16>, report: &[ReportEntry]) -> (commitCall, revealCall) {
    let open = Inference::open_requests(&DOROTHY.account());
    let duty = open
        .iter()
        .find(|duty| duty.request == id)
        .expect("she was drawn");
    let salt = [5; 32];
    let entries = report.iter().map(|entry| Entry {
        datanet: entry.datanet,
        contribution: entry.contribution,
        weight: entry.weight,
        score: entry.score,
        evidence: match entry.evidence {
            NativeEvidence::Influence => Evidence::Influence,
            NativeEvidence::Spans => Evidence::Spans,
            NativeEvidence::Retrieval => Evidence::Retrieval,
        },
    });
    let domain = Domain {
        genesis: System::block_hash(0),
        request: id,
        model_version: duty.model_version,
        worker: duty.worker.clone(),
    };
    let commit = commitCall {
        id,
        commitment: commitment(&domain, &output, &query, report, &salt).0.into(),
    };
    let reveal = revealCall {
        id,
        entries: entries.collect(),
        output: output.into(),
        query,
        salt: salt.into(),
    };
    (commit, reveal)
}

/// Takes a request from its draw to its settlement.
pub fn serve(id: u64, named: bool) {
    serve_scored(id, named.then_some(40));
}

/// The same with a score of one's own for the first contribution.
pub fn serve_scored(id: u64, score: Option<i64>) {
    next_block();
    give(answer_scored(id, score));
}

/// The same with an answer of one's own.
pub fn serve_with(id: u64, output: Vec<u8>, query: Vec<i16>, report: &[ReportEntry]) {
    next_block();
    give(answered(id, output, query, report));
}

fn give((commit, reveal): (commitCall, revealCall)) {
    DOROTHY.does(AT, commit);
    DOROTHY.does(AT, reveal);
    next_block();
}

fn shown(id: u64) -> IInference::Request {
    ALITH.calls(AT, getRequestCall { id }).expect("it is there")
}

#[test]
fn a_contract_asks_and_reads_the_answer() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        let contract = forwarder(Opcode::Call);
        fund(contract, 100 * OPEN);
        let consumer = Somebody(contract);

        let ask = through(AT, &question().abi_encode());
        let output = ALITH.sends(contract, 0, ask).expect("it is asked");
        assert_eq!(requestCall::abi_decode_returns_validate(&output), Ok(0));
        let log: Requested = last_log(AT);
        assert_eq!((log.request, log.consumer, log.model), (0, consumer.address(), 0));
        assert_eq!((log.fee, log.committee, log.threshold), (planck(PRICE), 1, 1));
        assert!(Balances::total_balance_on_hold(&consumer.account()) > PRICE);
        let open = openRequestsCall {
            consumer: consumer.address(),
        };
        assert_eq!(ALITH.calls(AT, open.clone()), Ok(1));
        assert_eq!(shown(0).stage, Stage::Waiting);

        next_block();
        assert_eq!(
            ALITH.calls(AT, getCommitteeCall { id: 0 }),
            Ok(vec![DOROTHY.address()])
        );
        let (commit, reveal) = answer(0, true);
        refused(ALITH.calls(AT, commit.clone()), "Inference.NotDrawn");
        DOROTHY.does(AT, commit.clone());
        let log: Committed = last_log(AT);
        assert_eq!(
            (log.worker, log.commitment),
            (DOROTHY.address(), commit.commitment)
        );
        refused(DOROTHY.calls(AT, commit), "Inference.AlreadyCommitted");
        assert_eq!(shown(0).stage, Stage::Revealing);

        let lie = revealCall {
            output: vec![8; 40].into(),
            ..reveal.clone()
        };
        refused(DOROTHY.calls(AT, lie), "Inference.CommitmentMismatch");
        refused(ALITH.calls(AT, getAnswerCall { id: 0 }), "Inference.NotFound");
        DOROTHY.does(AT, reveal);
        let log: Revealed = last_log(AT);
        assert_eq!(log.worker, DOROTHY.address());

        next_block();
        let settled = shown(0);
        assert_eq!(settled.stage, Stage::Settled);
        assert_eq!(settled.refundReason, RefundReason::None);
        assert_eq!(settled.representative, DOROTHY.address());
        let answer = ALITH.calls(AT, getAnswerCall { id: 0 }).expect("it was answered");
        assert_eq!(answer.to_vec(), vec![7; 40]);
        assert_eq!(ALITH.calls(AT, open), Ok(0));
    });
}

#[test]
fn a_request_is_cancelled_before_the_draw_only() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        let before = Balances::total_balance_on_hold(&BALTATHAR.account());
        assert_eq!(BALTATHAR.calls(AT, question()), Ok(0));
        refused(ALITH.calls(AT, cancelCall { id: 0 }), "Inference.NotAuthorized");
        BALTATHAR.does(AT, cancelCall { id: 0 });
        let log: Cancelled = last_log(AT);
        assert_eq!((log.request, log.fee), (0, planck(PRICE)));
        let refunded = shown(0);
        assert_eq!(
            (refunded.stage, refunded.refundReason),
            (Stage::Refunded, RefundReason::Cancelled)
        );
        let held = Balances::total_balance_on_hold(&BALTATHAR.account());
        assert!(held - before < PRICE, "only the storage deposit is left");

        assert_eq!(BALTATHAR.calls(AT, question()), Ok(1));
        assert_eq!(ALITH.calls(AT, requestCountCall {}), Ok(2));
        next_block();
        refused(
            BALTATHAR.calls(AT, cancelCall { id: 1 }),
            "Inference.AlreadyDrawn",
        );
    });
}

#[test]
fn a_stored_input_is_named_by_its_hash() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        let call = requestStoredCall {
            model: 0,
            inputHash: [9; 32].into(),
            maxFee: planck(3 * PRICE),
            committee: 3,
            threshold: 2,
        };
        assert_eq!(ALITH.calls(AT, call), Ok(0));
        let request = shown(0);
        assert_eq!((request.committee, request.threshold), (3, 2));
        assert_eq!(request.fee, planck(3 * PRICE));
        assert_eq!(request.consumer, ALITH.address());
        assert_eq!(request.representative, Address::ZERO);
    });
}

#[test]
fn anybody_takes_an_overdue_request_further() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        ALITH.does(AT, question());
        refused(BALTATHAR.calls(AT, pokeCall { id: 0 }), "Inference.NotDue");
        refused(BALTATHAR.calls(AT, pokeCall { id: 1 }), "Inference.NotFound");
        next_block();
        let tick = ALITH.calls(AT, currentTickCall {}).expect("it answers");
        assert_eq!(tick, Inference::tick());
        // the clock goes on, but no block has weight left for deadlines
        pallet_inference::CurrentTick::<crate::Runtime>::put(shown(0).deadline + 1);
        BALTATHAR.does(AT, pokeCall { id: 0 });
        let log: Poked = last_log(AT);
        assert_eq!(log.request, 0);
        assert_eq!(shown(0).refundReason, RefundReason::TooFewCommitments);
    });
}

#[test]
fn a_quote_is_what_a_request_costs() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        let quote = |model, committee| ALITH.calls(AT, quoteCall { model, committee });
        assert_eq!(quote(0, 1), Ok(planck(PRICE)));
        assert_eq!(quote(0, 7), Ok(planck(7 * PRICE)));
        refused(quote(0, 0), "Inference.InvalidVerification");
        refused(quote(0, 8), "Inference.InvalidVerification");
        refused(quote(1, 1), "ModelRegistry.NotFound");
        CHARLETH.does(
            Place::ModelRegistry,
            IModelRegistry::setPriceCall {
                model: 0,
                price: U256::ZERO,
            },
        );
        refused(quote(0, 1), "ModelRegistry.NotForSale");
    });
}

#[test]
fn what_the_pallets_refuse_has_their_names() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        let with = |change: fn(&mut requestCall)| {
            let mut call = question();
            change(&mut call);
            ALITH.calls(AT, call)
        };
        refused(with(|call| call.model = 9), "ModelRegistry.NotFound");
        refused(with(|call| call.threshold = 2), "Inference.InvalidVerification");
        refused(with(|call| call.committee = 0), "Inference.InvalidVerification");
        refused(
            with(|call| call.maxFee = planck(PRICE - 1)),
            "Inference.PriceAboveMaximum",
        );
        refused(
            with(|call| call.input = vec![0; 257].into()),
            "Inference.InputTooLarge",
        );
        refused(
            with(|call| call.input = vec![0; 4_097].into()),
            "Precompile.TooLong",
        );

        let poor = Somebody(forwarder(Opcode::Call));
        let ask = through(AT, &question().abi_encode());
        refused(ALITH.sends(poor.0, 0, ask), "Token.FundsUnavailable");
        assert_eq!(ALITH.calls(AT, requestCountCall {}), Ok(0));
    });
}
