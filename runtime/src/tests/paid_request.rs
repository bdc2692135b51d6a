// SPDX-License-Identifier: Apache-2.0
//! A paid request through all pallets: who gets what, and that nothing is lost on the way.

use super::development_chain;
use crate::{
    configs::TreasuryAccount, constants::OPEN, AccountId, Attribution, Balance, Balances, Datanets, Hash,
    Inference, ModelRegistry, Runtime, RuntimeOrigin, System, Workers,
};
use frame_support::{
    assert_ok,
    traits::{fungible::Inspect, Hooks},
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use openledger_primitives::{
    apis::WorkerDuty,
    attestation::{commitment, Domain},
    comparator::Comparator,
    fixed::WEIGHT_ONE,
    ids::content_id,
    licence::LicenceTerms,
    report::{Evidence, ReportEntry},
};
use pallet_attribution::{PendingKey, StandingKey};
use pallet_inference::{Input, Stage, Verification};
use pallet_model_registry::types::{
    ArtifactFormat, Attribution as AttributionSpec, DataType, InputSchema, ModelSpec, OutputSchema, Source,
};
use pallet_workers::{Capabilities, KernelClass};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::Permill;

pub(super) const PRICE: Balance = 10 * OPEN;
const SALT: [u8; 32] = [5; 32];

pub(super) fn account(key: Sr25519Keyring) -> AccountId {
    key.to_account_id()
}

pub(super) fn by(key: Sr25519Keyring) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(key))
}

pub(super) fn next_block() {
    let block = System::block_number() + 1;
    System::set_block_number(block);
    Inference::on_initialize(block);
    Inference::on_poll(block, &mut WeightMeter::with_limit(Weight::MAX));
    Inference::on_idle(block, Weight::MAX);
    Inference::on_finalize(block);
}

fn terms() -> LicenceTerms {
    LicenceTerms {
        id: BoundedVec::truncate_from(b"OPENLEDGER-TRAIN-1.0".to_vec()),
        training: true,
        commercial: true,
        contributor_share: Permill::from_percent(50),
        expires_at: None,
        text: content_id(b"the licence's text"),
    }
}

/// Alice curates a datanet to which Bob contributes; Charlie sells a model that was trained on it; Dave serves it.
pub(super) fn a_model_that_is_served() {
    serve(attributed());
}

pub(super) fn attributed() -> ModelSpec {
    ModelSpec {
        artifact: content_id(b"artifact"),
        config: content_id(b"config"),
        format: ArtifactFormat::Onnx,
        input: InputSchema {
            dtype: DataType::F32,
            width: 64,
        },
        output: OutputSchema {
            output_bytes: 40,
            query_len: 4,
            classes: 10,
        },
        comparator: Comparator::Tolerance {
            absolute: 2,
            relative_ppm: 0,
        },
        royalty: Permill::zero(),
        training_config: Hash::repeat_byte(1),
        attribution: Some(AttributionSpec {
            root: Hash::repeat_byte(2),
            index: content_id(b"index"),
            features: content_id(b"features"),
            rows: 10,
            evidence: Evidence::Influence,
            passages: 0,
        }),
        evaluation: None,
    }
}

pub(super) fn serve(spec: ModelSpec) {
    let text = |text: &str| BoundedVec::truncate_from(text.as_bytes().to_vec());
    let (modality, policy) = (
        pallet_datanets::Modality::Tabular,
        pallet_datanets::AcceptancePolicy::Curated,
    );
    assert_ok!(Datanets::create(
        by(Alice),
        text("digits"),
        modality,
        terms(),
        policy,
        OPEN,
        Default::default()
    ));
    let content = content_id(b"ten digits");
    assert_ok!(Datanets::contribute(
        by(Bob),
        0,
        content,
        1_000,
        text("text/csv"),
        10
    ));
    assert_ok!(Datanets::accept(by(Alice), 0, 0, None));
    assert_ok!(Datanets::publish_version(by(Alice), 0));
    assert_ok!(Datanets::grant_access(by(Alice), 0, account(Charlie), None));

    let source = Source {
        datanet: 0,
        version: 1,
        licence_hash: terms().version_hash(),
        max_share: Permill::from_percent(50),
    };
    let sources = BoundedVec::truncate_from(vec![source]);
    assert_ok!(ModelRegistry::register_base(
        by(Charlie),
        Box::new(spec),
        sources,
        Some(PRICE)
    ));

    let capabilities = Capabilities {
        kernel_class: KernelClass::Generic,
        memory_mib: 1_024,
        engine_version: BoundedVec::truncate_from(b"test".to_vec()),
    };
    assert_ok!(Workers::register(by(Dave), capabilities, 1_000 * OPEN));
    assert_ok!(Workers::host(by(Dave), 0));
}

pub(super) fn ask() {
    let input = Input::Inline(BoundedVec::truncate_from(vec![0; 256]));
    assert_ok!(Inference::request(by(Eve), 0, input, PRICE, Verification::Single));
}

pub(super) fn answer() {
    let entries = vec![ReportEntry {
        datanet: 0,
        contribution: 0,
        weight: WEIGHT_ONE as i32,
        score: 40,
        evidence: Evidence::Influence,
    }];
    answer_with(vec![1, 2, 3, 4], entries);
}

fn answer_with(query: Vec<i16>, entries: Vec<ReportEntry>) {
    let open = Inference::open_requests(&account(Dave));
    assert_eq!((open.len(), open[0].duty), (1, WorkerDuty::Commit));
    let output = vec![0; 40];
    let domain = Domain {
        genesis: System::block_hash(0),
        request: open[0].request,
        model_version: open[0].model_version,
        worker: open[0].worker.clone(),
    };
    let commitment = commitment(&domain, &output, &query, &entries, &SALT);
    assert_ok!(Inference::commit(by(Dave), open[0].request, commitment));
    assert_ok!(Inference::reveal(
        by(Dave),
        open[0].request,
        output,
        query,
        entries,
        SALT
    ));
}

#[test]
fn a_request_is_answered_and_everybody_is_paid_to_the_planck() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        let supply = Balances::total_issuance();
        let treasury = Balances::balance(&TreasuryAccount::get());
        let eve = Balances::total_balance(&account(Eve));

        ask();
        next_block();
        answer();
        next_block();
        let stage = pallet_inference::Requests::<Runtime>::get(0)
            .expect("it is kept")
            .stage;
        assert!(matches!(stage, Stage::Settled { .. }), "{stage:?}");

        assert_eq!(eve - Balances::total_balance(&account(Eve)), PRICE);
        assert_eq!(Balances::balance(&TreasuryAccount::get()) - treasury, PRICE / 10);
        assert_eq!(Attribution::claimable(&account(Dave)), PRICE / 5);
        assert_eq!(Attribution::claimable(&account(Charlie)), PRICE / 5);
        assert_eq!(Attribution::pending(0, 0, 0), PRICE / 2);
        assert!(Attribution::explain(0).is_some());

        for _ in 0..25 {
            next_block();
        }
        let bob = Balances::balance(&account(Bob));
        assert_eq!(Attribution::claimable(&account(Bob)), PRICE / 2);
        let entries = BoundedVec::truncate_from(vec![PendingKey {
            model: 0,
            datanet: 0,
            contribution: 0,
        }]);
        assert_ok!(Attribution::claim(by(Bob), entries));
        assert_eq!(Balances::balance(&account(Bob)) - bob, PRICE / 2);
        assert_eq!(Balances::total_issuance(), supply);
    });
}

#[test]
fn a_model_without_attribution_pays_the_data_behind_it_by_standing() {
    development_chain().execute_with(|| {
        let mut plain = attributed();
        plain.output.query_len = 0;
        plain.attribution = None;
        serve(plain);
        let supply = Balances::total_issuance();
        ask();
        next_block();
        answer_with(Vec::new(), Vec::new());
        next_block();
        assert_eq!(
            Attribution::standing(0, 1, 0),
            0,
            "the challenge window comes first"
        );
        for _ in 0..10 {
            next_block();
        }
        assert_eq!(Attribution::standing(0, 1, 0), PRICE / 2);
        let share = StandingKey {
            datanet: 0,
            version: 1,
            contribution: 0,
        };
        let shares = BoundedVec::truncate_from(vec![share]);
        assert_ok!(Attribution::collect_standing(by(Eve), shares));
        let bob = Balances::balance(&account(Bob));
        assert_ok!(Attribution::claim(by(Bob), Default::default()));
        assert_eq!(Balances::balance(&account(Bob)) - bob, PRICE / 2);
        assert_eq!(Balances::total_issuance(), supply);
    });
}

#[test]
fn a_request_that_nobody_serves_is_refunded_by_the_chain_alone() {
    development_chain().execute_with(|| {
        a_model_that_is_served();
        assert_ok!(Workers::chill(by(Dave)));
        let eve = Balances::balance(&account(Eve));
        ask();
        assert!(Balances::balance(&account(Eve)) < eve - PRICE);
        for _ in 0..30 {
            next_block();
        }
        let stage = pallet_inference::Requests::<Runtime>::get(0)
            .expect("it is kept")
            .stage;
        assert!(matches!(stage, Stage::Refunded { .. }), "{stage:?}");
        assert!(Balances::balance(&account(Eve)) > eve - PRICE);
        assert_eq!(Balances::total_balance(&account(Eve)), eve);
    });
}
