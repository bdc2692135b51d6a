// SPDX-License-Identifier: Apache-2.0
//! What is read of the chain's storage, against the runtime's own types: no node needed.

use super::{
    models, quotes, runtime_tests::chain, Asked, Attribution, ChainError, Model, Network, Quoted, Text,
};
use codec::{Decode, Encode};
use openledger_primitives::{comparator::Comparator, report::Evidence, ModelId, RequestId};
use openledger_runtime::Runtime;
use pallet_model_registry as registry;
use scale_info::{MetaType, PortableRegistry, Registry, TypeInfo};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{BoundedVec, Permill};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType};

/// Reads `value` as the chain's storage is read: by a description of its type.
fn reread<T: Encode + TypeInfo + 'static, Record: DecodeAsType>(value: &T) -> Record {
    let mut types = Registry::new();
    let id = types.register_type(&MetaType::new::<T>()).id;
    let types: PortableRegistry = types.into();
    Record::decode_as_type(&mut &value.encode()[..], id, &types).unwrap()
}

pub(crate) fn model(kind: registry::ModelKind) -> registry::Model<AccountId32, u128> {
    registry::Model {
        owner: AccountId32::new([1; 32]),
        offered_to: None,
        kind,
        spec: registry::ModelSpec {
            artifact: H256([2; 32]),
            config: H256([3; 32]),
            format: registry::ArtifactFormat::Safetensors,
            input: registry::InputSchema {
                dtype: registry::DataType::F32,
                width: 64,
            },
            output: registry::OutputSchema {
                output_bytes: 128,
                query_len: 32,
                classes: 10,
            },
            comparator: Comparator::Exact,
            royalty: Permill::zero(),
            training_config: H256([4; 32]),
            attribution: Some(registry::Attribution {
                root: H256([5; 32]),
                index: H256([6; 32]),
                features: H256([7; 32]),
                rows: 600,
                evidence: Evidence::Influence,
                passages: 0,
            }),
            evaluation: None,
        },
        parents: BoundedVec::try_from(vec![8]).unwrap(),
        sources: Default::default(),
        depth: 1,
        royalties: Default::default(),
        cumulative_royalty: Permill::zero(),
        commercial: true,
        version_hash: H256([9; 32]),
        price: Some(1),
        status: registry::ModelStatus::Active,
        registered_at: 0,
        ticket: 0,
    }
}

/// Puts a model on the chain.
pub(crate) fn insert(id: ModelId, record: registry::Model<AccountId32, u128>) {
    let record = registry::Model {
        ticket: Decode::decode(&mut &[0; 16][..]).unwrap(),
        owner: record.owner,
        offered_to: None,
        kind: record.kind,
        spec: record.spec,
        parents: record.parents,
        sources: record.sources,
        depth: record.depth,
        royalties: record.royalties,
        cumulative_royalty: record.cumulative_royalty,
        commercial: record.commercial,
        version_hash: record.version_hash,
        price: record.price,
        status: record.status,
        registered_at: record.registered_at,
    };
    registry::Models::<Runtime>::insert(id, record);
}

/// What stands of an answer that quotes, read as a worker reads it.
pub(crate) fn stands(request: RequestId) -> Option<Quoted> {
    let settled = pallet_attribution::Settlements::<Runtime>::get(request)?;
    let worker = &settled.representative.account;
    let reveal = pallet_inference::Reveals::<Runtime>::get(request, worker)?;
    let input = pallet_inference::Inputs::<Runtime>::get(request)?;
    let corrections = pallet_attribution::Corrections::<Runtime>::get(request);
    let model = registry::Models::<Runtime>::get(settled.model)?;
    let model: models::ModelRecord = reread(&model);
    let Ok(Model::Text(text)) = models::base(&model.spec) else {
        return None;
    };
    Some(quotes::stands(
        reread(&settled),
        (reread(&input), reread(&reveal)),
        corrections.map(|corrected| reread(&corrected)),
        text.passages,
    ))
}

#[test]
fn settled_answers_are_looked_up_under_the_runtimes_keys() {
    let chain = chain();
    let storage = chain.storage();
    let key = |item: quotes::Item| {
        let entry = storage.entry(item.address::<Value>()).unwrap();
        entry.fetch_key(item.keys).unwrap()
    };
    let worker = [9; 32];
    assert_eq!(
        key(quotes::Item::settlement(7)),
        pallet_attribution::Settlements::<Runtime>::hashed_key_for(7)
    );
    assert_eq!(
        key(quotes::Item::input(7)),
        pallet_inference::Inputs::<Runtime>::hashed_key_for(7)
    );
    assert_eq!(
        key(quotes::Item::corrections(7)),
        pallet_attribution::Corrections::<Runtime>::hashed_key_for(7)
    );
    assert_eq!(
        key(quotes::Item::reveal(7, worker)),
        pallet_inference::Reveals::<Runtime>::hashed_key_for(7, AccountId32::new(worker))
    );
}

/// The record of a text model.
fn text_model() -> registry::Model<AccountId32, u128> {
    let mut record = model(registry::ModelKind::Base);
    record.spec.format = registry::ArtifactFormat::Corpus;
    record.spec.input = registry::InputSchema {
        dtype: registry::DataType::Utf8,
        width: 512,
    };
    record.spec.attribution = Some(registry::Attribution {
        evidence: Evidence::Spans,
        ..record.spec.attribution.unwrap()
    });
    record
}

#[test]
fn a_text_model_is_read_by_the_names_of_the_registrys_fields() {
    let record: models::ModelRecord = reread(&text_model());
    let read = models::base(&record.spec).unwrap();
    let expected = Text {
        corpus: H256([2; 32]),
        tokenizer: H256([3; 32]),
        root: H256([5; 32]),
        documents: 600,
        asked: Asked::Text,
        prompt_bytes: 512,
        passages: 0,
        output_bytes: 128,
        query_len: 32,
    };
    assert_eq!(read, Model::Text(expected.clone()));
    let mut from_passages = text_model();
    from_passages.spec.input.dtype = registry::DataType::Token;
    if let Some(attribution) = &mut from_passages.spec.attribution {
        attribution.passages = 4;
    }
    let record: models::ModelRecord = reread(&from_passages);
    let from_passages = Text {
        asked: Asked::Tokens,
        prompt_bytes: 1_024,
        passages: 4,
        ..expected
    };
    assert_eq!(models::base(&record.spec).unwrap(), Model::Text(from_passages));
    assert_eq!(read.artifact(), H256([2; 32]));
    let head: models::ModelRecord = reread(&model(registry::ModelKind::Adapter));
    let error = models::on_top(&head.spec, read, 7).unwrap_err();
    assert!(matches!(error, ChainError::NotFound(_)), "{error}");
}

#[test]
fn models_that_the_registry_does_not_take_are_not_read() {
    let mut numbers = text_model();
    numbers.spec.input.dtype = registry::DataType::F32;
    let mut unattributed = text_model();
    unattributed.spec.attribution = None;
    let mut network = text_model();
    network.spec.format = registry::ArtifactFormat::Onnx;
    for record in [numbers, unattributed, network] {
        let record: models::ModelRecord = reread(&record);
        let error = models::base(&record.spec).unwrap_err();
        assert!(matches!(error, ChainError::Unreadable { .. }), "{error}");
    }
    let mut head = model(registry::ModelKind::Adapter);
    let base: models::ModelRecord = reread(&head);
    let base = models::base(&base.spec).unwrap();
    head.spec.attribution = text_model().spec.attribution;
    let head: models::ModelRecord = reread(&head);
    let error = models::on_top(&head.spec, base, 7).unwrap_err();
    assert!(matches!(error, ChainError::Unreadable { .. }), "{error}");
}

#[test]
fn a_model_is_read_by_the_names_of_the_registrys_fields() {
    let record: models::ModelRecord = reread(&model(registry::ModelKind::Adapter));
    assert!(matches!(record.kind, models::KindRecord::Adapter));
    assert_eq!(record.parents, [8]);
    let base: models::ModelRecord = reread(&model(registry::ModelKind::Base));
    let base = models::base(&base.spec).unwrap();
    let network = Network {
        base: H256([2; 32]),
        inputs: 64,
        features: 32,
        adapter: None,
    };
    assert_eq!(base, Model::Network(network));
    let model = models::on_top(&record.spec, base, 7).unwrap();
    let adapter = model.adapter().unwrap();
    assert_eq!(adapter.head, H256([2; 32]));
    let registered = Attribution {
        index: H256([6; 32]),
        features: H256([7; 32]),
        root: H256([5; 32]),
        rows: 600,
    };
    assert_eq!(adapter.attribution, Some(registered));
}

#[test]
fn a_refuted_release_is_read_by_the_names_of_the_registrys_fields() {
    let bond = |refuted| registry::ReleaseBond {
        amount: 5,
        accused: 1,
        ended_at: None,
        refuted,
    };
    for refuted in [false, true] {
        let record: models::BondRecord = reread(&bond(refuted));
        assert_eq!(record.refuted, refuted);
    }
}

#[test]
fn a_registration_is_read_by_the_names_of_the_workers_fields() {
    let registered = |standing| pallet_workers::Registration::<sp_core::ConstU32<4>> {
        epoch: 3,
        capabilities: pallet_workers::Capabilities {
            kernel_class: pallet_workers::KernelClass::Generic,
            memory_mib: 1,
            engine_version: Default::default(),
        },
        bond: 5,
        standing,
        heard_at: 11,
        missed: 0,
        assignments: 0,
        hosted: BoundedVec::try_from(vec![1, 2]).unwrap(),
    };
    use pallet_workers::Standing;
    let read = |standing| {
        let record: models::WorkerRecord = reread(&registered(standing));
        let registration = models::registered(record);
        assert_eq!((registration.epoch, &registration.hosted[..]), (3, &[1, 2][..]));
        assert_eq!(registration.heard_at, 11);
        (registration.chilled, registration.leaving)
    };
    assert_eq!(read(Standing::Active), (false, false));
    assert_eq!(read(Standing::Chilled), (true, false));
    assert_eq!(read(Standing::Unbonding { until: 7 }), (false, true));
}

#[test]
fn what_is_asked_of_workers_is_read_from_the_parameters_and_the_constants() {
    use openledger_runtime::configs::parameters::{
        dynamic_params::workers::{HeartbeatTicks, ParametersKey, ParametersValue},
        RuntimeParametersKey, RuntimeParametersValue, Ticks,
    };
    let chain = chain();
    let key = RuntimeParametersKey::Workers(ParametersKey::HeartbeatTicks(HeartbeatTicks));
    let storage = chain.storage();
    let entry = storage.entry(models::parameters()).unwrap();
    assert_eq!(
        entry.fetch_key((models::heartbeat_parameter(),)).unwrap(),
        pallet_parameters::Parameters::<Runtime>::hashed_key_for(key)
    );
    let value = RuntimeParametersValue::Workers(ParametersValue::HeartbeatTicks(Ticks::within(77)));
    assert_eq!(models::heartbeat_ticks(reread(&value)), 77);

    let constant = |name| {
        chain
            .constants()
            .entry(subxt::dynamic::constant::<u64>("Workers", name))
    };
    assert_eq!(constant("MaxHosted").unwrap(), 64);
    assert_eq!(constant("HeartbeatTicks").unwrap(), 600);
}
