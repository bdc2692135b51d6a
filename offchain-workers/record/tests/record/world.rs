// SPDX-License-Identifier: Apache-2.0
//! A paid, attributed answer on the real runtime, and a record of it.

use codec::Encode;
use frame_support::{
    assert_ok,
    traits::Hooks,
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use openledger_primitives::{
    attestation::{commitment, Domain},
    comparator::Comparator,
    fixed::{
        retrieval::{Cited, Log},
        spans::{credits_to_query, output_bytes, Credit},
    },
    ids::content_id,
    licence::LicenceTerms,
    report::{self, Blend, Evidence, ReportEntry, Scored},
    signature::{AccountId, Signature},
};
use openledger_record::{
    attestation::REVEAL_CALL, record::MembershipView, Attestation, Header, Record, Source, State,
};
use openledger_runtime::{
    genesis_config_presets, Attribution, Datanets, Inference, ModelRegistry, Runtime, RuntimeGenesisConfig,
    RuntimeOrigin, System, Workers,
};
use pallet_inference::{Input, Verification};
use pallet_model_registry::types::{
    ArtifactFormat, Attribution as Release, DataType, InputSchema, ModelSpec, OutputSchema, Source as Trained,
};
use pallet_workers::{Capabilities, KernelClass};
use sp_core::{Blake2Hasher, Pair, H256};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::{BuildStorage, Permill};
use sp_state_machine::{prove_read, Backend, InMemoryBackend};
use std::sync::OnceLock;

pub const OPEN: u128 = 1_000_000_000_000_000_000;
pub const GENESIS: H256 = H256([9; 32]);
const SALT: [u8; 32] = [5; 32];

pub fn account(key: Sr25519Keyring) -> AccountId {
    key.to_account_id()
}

fn by(key: Sr25519Keyring) -> RuntimeOrigin {
    RuntimeOrigin::signed(account(key))
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
    match (base, patch) {
        (serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                merge(base.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

/// The development chain at block 1.
fn chain() -> TestExternalities {
    let id = sp_genesis_builder::PresetId::from(sp_genesis_builder::DEV_RUNTIME_PRESET);
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    let patch = genesis_config_presets::get_preset(&id).unwrap();
    merge(&mut config, serde_json::from_slice(&patch).unwrap());
    let config: RuntimeGenesisConfig = serde_json::from_value(config).unwrap();
    let mut ext = TestExternalities::new(config.build_storage().unwrap());
    ext.execute_with(|| {
        System::set_block_number(1);
        frame_system::BlockHash::<Runtime>::insert(0, GENESIS);
    });
    ext
}

fn next_block() {
    let block = System::block_number() + 1;
    System::set_block_number(block);
    Inference::on_initialize(block);
    Inference::on_poll(block, &mut WeightMeter::with_limit(Weight::MAX));
    Inference::on_idle(block, Weight::MAX);
    Inference::on_finalize(block);
}

fn text<S: frame_support::traits::Get<u32>>(text: &str) -> BoundedVec<u8, S> {
    BoundedVec::truncate_from(text.as_bytes().to_vec())
}

fn terms() -> LicenceTerms {
    LicenceTerms {
        id: text("OPENLEDGER-TRAIN-1.0"),
        training: true,
        commercial: true,
        contributor_share: Permill::from_percent(50),
        expires_at: None,
        text: content_id(b"the licence's text"),
    }
}

fn spec(artifact: &[u8], royalty: Permill) -> ModelSpec {
    ModelSpec {
        artifact: content_id(artifact),
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
        royalty,
        training_config: H256::repeat_byte(1),
        attribution: Some(Release {
            root: H256::repeat_byte(2),
            index: content_id(b"index"),
            features: content_id(b"features"),
            rows: 30,
            evidence: Evidence::Influence,
            passages: 0,
        }),
        evaluation: None,
    }
}

/// A text that answers with at most two tokens and one passage.
fn text_spec() -> ModelSpec {
    let (corpus, tokenizer) = (content_id(b"corpus"), content_id(b"tokenizer"));
    ModelSpec {
        artifact: corpus,
        config: tokenizer,
        format: ArtifactFormat::Corpus,
        input: InputSchema {
            dtype: DataType::Token,
            width: 128,
        },
        output: OutputSchema {
            output_bytes: 4,
            query_len: 8 + 4 + 64,
            classes: 0,
        },
        comparator: Comparator::Exact,
        attribution: Some(Release {
            root: H256::repeat_byte(2),
            index: corpus,
            features: tokenizer,
            rows: 3,
            evidence: Evidence::Spans,
            passages: 1,
        }),
        ..spec(b"corpus", Permill::zero())
    }
}

/// Three contributions of Bob, and how Charlie's models are trained on them.
fn prepare_data() -> Trained {
    let (modality, policy) = (
        pallet_datanets::Modality::Tabular,
        pallet_datanets::AcceptancePolicy::Curated,
    );
    let none = Default::default();
    assert_ok!(Datanets::create(
        by(Alice),
        text("digits"),
        modality,
        terms(),
        policy,
        OPEN,
        none
    ));
    for number in 0..3u8 {
        let content = content_id(&[number]);
        assert_ok!(Datanets::contribute(
            by(Bob),
            0,
            content,
            1_000,
            text("text/csv"),
            10
        ));
        accept(number.into());
    }
    assert_ok!(Datanets::publish_version(by(Alice), 0));
    assert_ok!(Datanets::grant_access(by(Alice), 0, account(Charlie), None));
    Trained {
        datanet: 0,
        version: 1,
        licence_hash: terms().version_hash(),
        max_share: Permill::from_percent(50),
    }
}

/// Charlie's base, Alice's adapter on it, Dave serves it.
fn prepare() {
    let source = prepare_data();
    let sources = || BoundedVec::truncate_from(vec![source]);
    let base = Box::new(spec(b"base", Permill::from_percent(10)));
    assert_ok!(ModelRegistry::register_base(
        by(Charlie),
        base,
        sources(),
        Some(10 * OPEN)
    ));
    let adapter = Box::new(spec(b"adapter", Permill::zero()));
    let parents = BoundedVec::truncate_from(vec![0]);
    assert_ok!(ModelRegistry::register_adapter(
        by(Alice),
        adapter,
        parents,
        sources(),
        Some(10 * OPEN)
    ));
    prepare_worker(1);
}

/// Charlie's text, Dave serves it.
fn prepare_text() {
    let sources = BoundedVec::truncate_from(vec![prepare_data()]);
    let text = Box::new(text_spec());
    assert_ok!(ModelRegistry::register_base(
        by(Charlie),
        text,
        sources,
        Some(10 * OPEN)
    ));
    prepare_worker(0);
}

fn prepare_worker(model: u64) {
    let capabilities = Capabilities {
        kernel_class: KernelClass::Generic,
        memory_mib: 1_024,
        engine_version: text("test"),
    };
    assert_ok!(Workers::register(by(Dave), capabilities, 1_000 * OPEN));
    assert_ok!(Workers::host(by(Dave), model));
}

fn accept(contribution: u64) {
    let novelty = pallet_datanets::Novelty {
        share: Permill::from_percent(75),
        method: pallet_datanets::NoveltyMethod::Rows,
        against: contribution,
        evidence: Some(content_id(b"what was found")),
    };
    assert_ok!(Datanets::accept(by(Alice), 0, contribution, Some(novelty)));
}

/// Output, query vector and report.
type Answer = (Vec<u8>, Vec<i16>, Vec<ReportEntry>);

fn by_influence() -> Answer {
    let scores = [((0, 0), 30), ((0, 1), -8), ((0, 2), 10)];
    let entries = report::from_scores(&scores, Evidence::Influence);
    (vec![0; 40], vec![1, 2, 3, 4], entries)
}

fn by_spans() -> Answer {
    let scored = |contribution, evidence, score| Scored {
        datanet: 0,
        contribution,
        evidence,
        score,
    };
    let scores = [
        scored(0, Evidence::Spans, 30),
        scored(2, Evidence::Spans, 10),
        scored(2, Evidence::Retrieval, 7),
    ];
    let entries = report::blended(&scores, &Blend::DEFAULT);
    let credits = [7, 9].map(|position| Credit { position, count: 3 });
    let cited = Cited {
        position: 6,
        score: 7,
    };
    let mut query = credits_to_query(&credits);
    query.extend(Log::new(vec![3], [cited], 1).to_query(1));
    (output_bytes(&[300, 301], 2).unwrap(), query, entries)
}

/// What Dave reveals, and how he signs it.
fn answer((output, query, entries): Answer) -> Attestation {
    let open = Inference::open_requests(&account(Dave)).remove(0);
    let domain = Domain {
        genesis: GENESIS,
        request: open.request,
        model_version: open.model_version,
        worker: open.worker,
    };
    let commitment = commitment(&domain, &output, &query, &entries, &SALT);
    assert_ok!(Inference::commit(by(Dave), open.request, commitment));
    let reveal = (open.request, &output, &query, &entries, SALT);
    let attestation = attestation((REVEAL_CALL, &reveal).encode(), Dave);
    assert_ok!(Inference::reveal(
        by(Dave),
        open.request,
        output,
        query,
        entries,
        SALT
    ));
    attestation
}

/// A call as `key` signs it in a transaction.
pub fn attestation(call: Vec<u8>, key: Sr25519Keyring) -> Attestation {
    let extensions = (1u32, 1u32, GENESIS, GENESIS).encode();
    let payload = [&call[..], &extensions].concat();
    let signed = match payload.len() > 256 {
        true => key.sign(&sp_io::hashing::blake2_256(&payload)),
        false => key.sign(&payload),
    };
    Attestation {
        call,
        extensions,
        signature: Signature::from(signed).encode(),
    }
}

/// State in memory.
struct Live(InMemoryBackend<Blake2Hasher>);

impl State for Live {
    type Error = String;

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, String> {
        self.0.storage(key)
    }
}

/// The chain after its first answer, with what Dave signed.
pub fn answered() -> (TestExternalities, Attestation) {
    answered_by(prepare, 1, by_influence())
}

/// The same, of an answer that quotes.
pub fn quoted() -> (TestExternalities, Attestation) {
    answered_by(prepare_text, 0, by_spans())
}

fn answered_by(prepare: fn(), model: u64, by_model: Answer) -> (TestExternalities, Attestation) {
    let mut ext = chain();
    let attestation = ext.execute_with(|| {
        prepare();
        let input = Input::Inline(BoundedVec::truncate_from(vec![0; 256]));
        assert_ok!(Inference::request(
            by(Eve),
            model,
            input,
            10 * OPEN,
            Verification::Single
        ));
        next_block();
        let attestation = answer(by_model);
        next_block();
        assert!(Attribution::explain(0).is_some());
        attestation
    });
    ext.commit_all().unwrap();
    (ext, attestation)
}

/// Blocks until the request is forgotten.
pub fn forget(ext: &mut TestExternalities) {
    ext.execute_with(|| {
        while pallet_inference::Requests::<Runtime>::contains_key(0) {
            next_block();
        }
    });
    ext.commit_all().unwrap();
}

/// Changes storage behind the chain's back.
pub fn falsified(ext: &mut TestExternalities, change: impl FnOnce()) {
    ext.execute_with(change);
    ext.commit_all().unwrap();
}

/// A record of request 0 that nobody signed, and the header of its block.
pub fn unsigned(ext: &mut TestExternalities, attestation: Option<Attestation>) -> (Record, Header) {
    let (found, log) = openledger_record::read(&Live(ext.as_backend()), 0).unwrap();
    let backend = ext.as_backend();
    let keys: Vec<_> = log.iter().map(|(item, _)| item.key.clone()).collect();
    let proof = prove_read(backend, &keys).unwrap();
    let places = found.places().into_iter().flatten();
    let places: Vec<_> = places.collect();
    let memberships = ext.execute_with(|| {
        let path = |place: openledger_record::reasons::Place| {
            let (_, proof) =
                Datanets::membership_proof(place.datanet, place.version, place.contribution).unwrap();
            MembershipView::new(place, proof)
        };
        places.into_iter().map(path).collect()
    });
    let header = Header {
        parent_hash: H256::repeat_byte(4),
        number: 12,
        state_root: *ext.as_backend().root(),
        extrinsics_root: H256::repeat_byte(5),
        digest: Default::default(),
    };
    let source = Source {
        header: header.clone(),
        found,
        log,
        proof: proof.into_iter_nodes().collect(),
        memberships,
        attestation,
    };
    (Record::unsigned(source), header)
}

/// Signed by Ferdie.
pub fn signed(record: Record) -> Record {
    let sign = |payload: &[u8]| Ok::<_, ()>(Signature::from(Ferdie.pair().sign(payload)));
    record.signed(account(Ferdie), sign).unwrap().unwrap()
}

/// A record of a first answer that holds, and the header of its block.
pub fn record() -> (Record, Header) {
    static MADE: OnceLock<(Record, Header)> = OnceLock::new();
    let make = || {
        let (mut ext, attestation) = answered();
        let (record, header) = unsigned(&mut ext, Some(attestation));
        (signed(record), header)
    };
    MADE.get_or_init(make).clone()
}
