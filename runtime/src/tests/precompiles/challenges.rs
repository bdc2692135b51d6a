// SPDX-License-Identifier: Apache-2.0
//! `IAttribution`: a contract disputes a report, and an Ethereum account stands by one.

use super::{
    calls::spec,
    development_chain, forwarder, fund,
    inference::{question, serve, serve_scored, PRICE},
    last_log,
    model_registry::published_source,
    next_block, planck, refused, through,
    workers::a_host,
    Opcode, Somebody, ALITH, BALTATHAR, CHARLETH, DOROTHY,
};
use crate::{constants::OPEN, Balances, RuntimeHoldReason};
use frame_support::traits::fungible::{Inspect, InspectHold};
use openledger_precompiles::{
    interfaces::{
        IAttribution::{self, *},
        IInference::requestCall,
        IModelRegistry,
    },
    Place::{self, Attribution as AT},
};
use openledger_primitives::{
    fixed::{
        self,
        release::{self, leaf, release_root, row_bytes, row_score},
    },
    ids::content_id,
};
use pallet_revive::precompiles::alloy::{primitives::U256, sol_types::SolCall};
use sp_io::hashing::blake2_256;

/// What Dorothy reveals: ten equal logits, and her query vector.
const OUTPUT: [u8; 40] = [7; 40];
const QUERY: [i16; 4] = [1, -2, 3, 4];

/// The only row of the release: it helped the answer.
fn row() -> Vec<u8> {
    let mut row = vec![0; row_bytes(10, 4)];
    // leave-one-out probability
    row[6..8].copy_from_slice(&u16::MAX.to_le_bytes());
    // on the bias of the second class
    let bias = release::ROW_HEADER_BYTES + (5 + 4) * 2;
    row[bias..bias + 2].copy_from_slice(&1_000i16.to_le_bytes());
    row
}

fn score() -> i64 {
    let logits: Vec<i32> = OUTPUT
        .chunks(4)
        .map(|bytes| i32::from_le_bytes(bytes.try_into().expect("four bytes")))
        .collect();
    let score = row_score(&row(), 0, &fixed::delta(&logits), &QUERY).expect("the row has this shape");
    assert!(score > 0);
    score
}

/// The first contribution's place, and what the root is made of. The release has it, or one after it alone.
fn released(contribution: u64) -> (ReleasePlace, Release) {
    let place = ReleasePlace {
        datanet: 0,
        contribution,
        registered: 3,
        first: 0,
        rows: 1,
    };
    let bytes = release::Place {
        datanet: place.datanet,
        contribution: place.contribution,
        registered: place.registered,
        first: place.first,
        rows: place.rows,
    };
    let mut header = [0; release::HEADER_BYTES];
    header[..12].copy_from_slice(b"OLIX\x04\0\x0a\0\x04\0\x0a\0");
    header[12..16].copy_from_slice(&1u32.to_le_bytes());
    header[16..20].copy_from_slice(&1u32.to_le_bytes());
    header[20..22].copy_from_slice(&256u16.to_le_bytes());
    // the regulariser, which is never nothing
    header[22] = 1;
    let release = Release {
        header: header.to_vec().into(),
        table: leaf(blake2_256, &bytes.to_bytes()).into(),
        rows: leaf(blake2_256, &row()).into(),
    };
    (place, release)
}

/// Charleth's model with that release, served by Dorothy, who answered a question of Alith's with `score`.
fn an_answer(release: &Release, score: i64) {
    let mut spec = spec();
    let header: [u8; release::HEADER_BYTES] = release.header.as_ref().try_into().expect("it is one");
    spec.attribution.root = release_root(blake2_256, &header, &release.table.0, &release.rows.0).into();
    spec.attribution.rows = 1;
    let register = IModelRegistry::registerBaseCall {
        spec,
        sources: vec![published_source()],
        price: planck(PRICE),
    };
    CHARLETH.does(Place::ModelRegistry, register);
    a_host(DOROTHY, 0);
    ALITH.does(Place::Inference, question());
    serve_scored(0, Some(score));
}

const CHALLENGE: challengeCall = challengeCall {
    request: 0,
    datanet: 0,
    contribution: 0,
};

fn state() -> Challenge {
    ALITH.does(
        AT,
        challengeOfCall {
            request: 0,
            datanet: 0,
            contribution: 0,
        },
    )
}

fn close() -> closeChallengeCall {
    closeChallengeCall {
        request: 0,
        datanet: 0,
        contribution: 0,
    }
}

fn show(place: &ReleasePlace, release: &Release) -> showPlaceCall {
    showPlaceCall {
        request: 0,
        datanet: 0,
        contribution: 0,
        release: release.clone(),
        ordinal: 0,
        places: vec![place.clone()],
        proof: vec![],
    }
}

fn open(first: u32) -> openRowsCall {
    openRowsCall {
        request: 0,
        datanet: 0,
        contribution: 0,
        first,
        rows: row().into(),
        proof: vec![],
    }
}

fn bond_held(who: Somebody) -> u128 {
    let reason = RuntimeHoldReason::Attribution(pallet_attribution::HoldReason::Challenge);
    Balances::balance_on_hold(&reason, &who.account())
}

#[test]
fn a_contract_puts_down_the_bond_and_is_rewarded_when_nobody_stands_by_the_report() {
    development_chain().execute_with(|| {
        let (_, release) = released(0);
        an_answer(&release, score());
        let contract = forwarder(Opcode::Call);
        fund(contract, 1_000 * OPEN);
        let challenger = Somebody(contract);
        assert_eq!(state().stage, Stage::None);

        let output = ALITH
            .sends(contract, 0, through(AT, &CHALLENGE.abi_encode()))
            .expect("it is challenged");
        let bond = challengeCall::abi_decode_returns_validate(&output).expect("it returns the bond");
        let held = || planck(bond_held(challenger));
        assert_eq!(held(), bond);
        let log: Challenged = last_log(AT);
        assert_eq!(
            (log.request, log.challenger, log.bond),
            (0, challenger.address(), bond)
        );
        let made = state();
        assert_eq!(
            (made.stage, made.challenger),
            (Stage::Unplaced, challenger.address())
        );
        assert_eq!((made.bond, made.deadline), (bond, log.deadline));
        let dispute = ALITH.does(AT, disputeOfCall { request: 0 });
        assert_eq!((dispute.challenges, dispute.author), (1, DOROTHY.address()));
        assert_eq!(dispute.withheld, planck(PRICE / 2));
        assert_eq!(ALITH.does(AT, totalsCall {}).disputed, planck(PRICE / 2));
        refused(BALTATHAR.calls(AT, CHALLENGE), "Attribution.AlreadyChallenged");
        refused(BALTATHAR.calls(AT, close()), "Attribution.DeadlineNotPassed");
        refused(BALTATHAR.calls(AT, open(0)), "Attribution.NotPlaced");

        for _ in 0..40 {
            next_block();
        }
        let (place, release) = released(0);
        refused(
            DOROTHY.calls(AT, show(&place, &release)),
            "Attribution.DeadlinePassed",
        );
        BALTATHAR.does(AT, close());
        let log: ChallengeEnded = last_log(AT);
        assert_eq!((log.request, log.verdict), (0, Verdict::Corrected));
        assert_eq!(state().stage, Stage::None);
        assert_eq!(ALITH.does(AT, disputeOfCall { request: 0 }).challenges, 0);
        assert_eq!(held(), U256::ZERO);
        let account = challenger.address();
        let reward = ALITH.does(AT, claimableCall { account });
        assert!(reward > U256::ZERO);
        let claim = through(AT, &claimCall { entries: vec![] }.abi_encode());
        let before = Balances::balance(&challenger.account());
        ALITH.sends(contract, 0, claim).expect("it is paid");
        assert_eq!(planck(Balances::balance(&challenger.account()) - before), reward);
        assert!(ALITH.does(AT, reportOfCall { request: 0 }).entries.is_empty());
        refused(BALTATHAR.calls(AT, close()), "Attribution.NotFound");
    });
}

#[test]
fn whoever_shows_that_a_report_is_right_lets_its_author_have_the_bond() {
    development_chain().execute_with(|| {
        let (place, release) = released(0);
        an_answer(&release, score());
        let report = ALITH.does(AT, reportOfCall { request: 0 });
        assert_eq!((report.entries.len(), report.refuted), (1, false));
        assert_eq!(
            (report.entries[0].score, report.entries[0].weight),
            (score(), 1_000_000_000)
        );
        assert_eq!(report.entries[0].evidence, IAttribution::Evidence::Influence);
        let bond = BALTATHAR.does(AT, CHALLENGE);

        let mut wrong = release.clone();
        wrong.table = [1; 32].into();
        refused(
            DOROTHY.calls(AT, show(&place, &wrong)),
            "Attribution.WrongRelease",
        );
        let mut call = show(&place, &release);
        call.release.header = vec![1; 22].into();
        refused(DOROTHY.calls(AT, call), "Precompile.InvalidArgument");
        let mut call = show(&place, &release);
        call.proof = vec![[1; 32].into()];
        refused(DOROTHY.calls(AT, call), "Attribution.ProofInvalid");
        let mut call = show(&place, &release);
        call.ordinal = 1;
        refused(DOROTHY.calls(AT, call), "Attribution.RowOutOfRange");
        let mut call = show(&place, &release);
        call.places = vec![place.clone(); 3];
        refused(DOROTHY.calls(AT, call), "Precompile.TooLong");
        let mut call = show(&place, &release);
        call.proof = vec![[1; 32].into(); 65];
        refused(DOROTHY.calls(AT, call), "Precompile.TooLong");
        DOROTHY.does(AT, show(&place, &release));
        let log: PlaceShown = last_log(AT);
        assert_eq!((log.request, log.contribution), (0, 0));
        let shown = state();
        assert_eq!((shown.stage, shown.nextRow, shown.endRow), (Stage::Rows, 0, 1));
        refused(
            DOROTHY.calls(AT, show(&place, &release)),
            "Attribution.AlreadyPlaced",
        );

        refused(DOROTHY.calls(AT, open(1)), "Attribution.RowOutOfRange");
        let mut call = open(0);
        call.rows = vec![1; 3].into();
        refused(DOROTHY.calls(AT, call), "Attribution.RowsWrongLength");
        DOROTHY.does(AT, open(0));
        let log: ChallengeEnded = last_log(AT);
        assert_eq!((log.contribution, log.verdict), (0, Verdict::Upheld));
        assert_eq!(state().stage, Stage::None);
        let account = DOROTHY.address();
        let earned = ALITH.does(AT, claimableCall { account });
        assert_eq!(earned, planck(PRICE / 5) + bond);
        assert_eq!(bond_held(BALTATHAR), 0);
    });
}

#[test]
fn a_wrong_score_is_corrected_by_the_rows_and_by_a_place_that_is_not_there() {
    development_chain().execute_with(|| {
        let (place, release) = released(0);
        an_answer(&release, score() + 1);
        BALTATHAR.does(AT, CHALLENGE);
        DOROTHY.does(AT, show(&place, &release));
        DOROTHY.does(AT, open(0));
        let log: ChallengeEnded = last_log(AT);
        assert_eq!(log.verdict, Verdict::Corrected);
        let report = ALITH.does(AT, reportOfCall { request: 0 });
        assert_eq!(report.entries[0].score, score());
    });
    development_chain().execute_with(|| {
        let (place, release) = released(1);
        an_answer(&release, 40);
        BALTATHAR.does(AT, CHALLENGE);
        DOROTHY.does(AT, show(&place, &release));
        let log: ChallengeEnded = last_log(AT);
        assert_eq!(log.verdict, Verdict::Corrected);
        assert!(ALITH.does(AT, reportOfCall { request: 0 }).entries.is_empty());
    });
}

#[test]
fn a_challenge_that_cannot_be_is_refused_by_name() {
    development_chain().execute_with(|| {
        let (_, release) = released(0);
        an_answer(&release, score());
        let about = |request, contribution| challengeCall {
            request,
            datanet: 0,
            contribution,
        };
        refused(BALTATHAR.calls(AT, about(1, 0)), "Attribution.NotFound");
        refused(
            BALTATHAR.calls(AT, about(0, 9)),
            "Attribution.ForeignContribution",
        );
        let no_head = refuteOutputCall {
            request: 0,
            head: vec![1].into(),
        };
        refused(BALTATHAR.calls(AT, no_head), "Attribution.NotAttributed");
        let poor = Somebody(pallet_revive::precompiles::H160([0x77; 20]));
        fund(poor.0, OPEN);
        refused(poor.calls(AT, CHALLENGE), "Token.FundsUnavailable");
        refused(
            ALITH.calls(AT, reportOfCall { request: 1 }),
            "Attribution.NotFound",
        );
        for _ in 0..40 {
            next_block();
        }
        refused(BALTATHAR.calls(AT, CHALLENGE), "Attribution.WindowClosed");
    });
}

/// The canonical file of a head of ten classes on four features, whose biases are `bias` and whose weights are zero.
fn head(bias: i32) -> Vec<u8> {
    let header = b"{\"tensors\":0}  ";
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    // the optimum, which the chain does not read
    file.extend([7; 10 * 8 + 10 * 4 * 8]);
    file.extend((0..10).flat_map(|_| bias.to_le_bytes()));
    file.extend([0; 10 * 4 * 4]);
    file
}

/// Charleth's adapter whose head is `head`, answered by Dorothy, the base's only contribution named.
fn an_answer_of(head: &[u8]) {
    let (_, release) = released(0);
    an_answer(&release, 40);
    let mut spec = spec();
    spec.format = IModelRegistry::Format::Safetensors;
    spec.artifact = content_id(head).0.into();
    let licence = ALITH.does(
        Place::Datanets,
        openledger_precompiles::interfaces::IDatanets::getLicenceCall { datanet: 0 },
    );
    let source = IModelRegistry::Source {
        datanet: 0,
        version: 1,
        licenceHash: licence.termsHash,
        maxSharePpm: 500_000,
    };
    let register = IModelRegistry::registerAdapterCall {
        spec,
        parents: vec![0],
        sources: vec![source],
        price: planck(PRICE),
    };
    assert_eq!(CHARLETH.does(Place::ModelRegistry, register), 1);
    DOROTHY.does(
        Place::Workers,
        openledger_precompiles::interfaces::IWorkers::hostCall { model: 1 },
    );
    ALITH.does(
        Place::Inference,
        requestCall {
            model: 1,
            ..question()
        },
    );
    serve(1, true);
}

#[test]
fn an_output_that_the_head_does_not_give_is_refuted_and_a_right_one_is_not() {
    let refute = |request, head: Vec<u8>| refuteOutputCall {
        request,
        head: head.into(),
    };
    development_chain().execute_with(|| {
        let lied = head(5);
        an_answer_of(&lied);
        refused(
            BALTATHAR.calls(AT, refute(1, head(6))),
            "Attribution.WrongRelease",
        );
        let about = challengeCall {
            request: 1,
            ..CHALLENGE
        };
        BALTATHAR.does(AT, about.clone());
        CHARLETH.does(AT, refute(1, lied.clone()));
        let log: OutputRefuted = last_log(AT);
        assert_eq!((log.request, log.by), (1, CHARLETH.address()));
        let report = ALITH.does(AT, reportOfCall { request: 1 });
        assert_eq!((report.entries.len(), report.refuted), (0, true));
        refused(BALTATHAR.calls(AT, refute(1, lied)), "Attribution.ReportVoid");
        for _ in 0..40 {
            next_block();
        }
        BALTATHAR.does(
            AT,
            closeChallengeCall {
                request: 1,
                ..close()
            },
        );
        let log: ChallengeEnded = last_log(AT);
        assert_eq!((log.request, log.verdict), (1, Verdict::Moot));
    });
    development_chain().execute_with(|| {
        let right = head(i32::from_le_bytes([7; 4]));
        an_answer_of(&right);
        refused(BALTATHAR.calls(AT, refute(1, right)), "Attribution.OutputRight");
    });
}
