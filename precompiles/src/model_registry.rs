// SPDX-License-Identifier: Apache-2.0
//! `IModelRegistry`: `pallet-model-registry` for Solidity.

use crate::{
    calldata::Calldata,
    execution::{actor, charge_reads, dispatch, log, open},
    interfaces::IModelRegistry::{self, IModelRegistryCalls as Calls},
    place::Place,
    refusal::{reason, Refusal},
    values::{account, address, address_or_zero, bounded, hash, planck, price, share, word, AccountIdOf},
    Config,
};
use alloc::{boxed::Box, vec::Vec};
use core::marker::PhantomData;
use openledger_primitives::{comparator::Comparator, report::Evidence};
use pallet_model_registry::{
    types::{
        ArtifactFormat, Attribution, DataType, Evaluation, InputSchema, ModelKind, ModelSpec, ModelStatus,
        OutputSchema, Source, SourcesArgument,
    },
    Call, Error as PalletError, ModelOf,
};
use pallet_revive::precompiles::{
    alloy::{primitives::U256, sol_types::SolCall},
    AddressMatcher, Error, Ext, Precompile,
};

/// The precompile at [`Place::ModelRegistry`].
pub struct ModelRegistryPrecompile<T>(PhantomData<T>);

impl<T: Config> Precompile for ModelRegistryPrecompile<T> {
    type T = T;
    type Interface = Calldata<Calls>;
    const MATCHER: AddressMatcher = Place::ModelRegistry.matcher();
    const HAS_CONTRACT_INFO: bool = false;

    fn call(
        _: &[u8; 20],
        input: &Self::Interface,
        env: &mut impl Ext<T = Self::T>,
    ) -> Result<Vec<u8>, Error> {
        match open(input, env)? {
            Calls::registerBase(call) => Self::register_base(call, env),
            Calls::registerAdapter(call) => Self::register_adapter(call, env),
            Calls::setPrice(call) => Self::set_price(call, env),
            Calls::setPaused(call) => Self::set_paused(call, env),
            Calls::deprecate(call) => Self::deprecate(call, env),
            Calls::transferOwnership(call) => Self::transfer_ownership(call, env),
            Calls::acceptOwnership(call) => Self::accept_ownership(call, env),
            Calls::modelCount(_) => Self::model_count(env),
            Calls::getModel(call) => Self::get_model(call, env),
            Calls::getSpec(call) => Self::get_spec(call, env),
            Calls::getParents(call) => Self::get_parents(call, env),
            Calls::getSources(call) => Self::get_sources(call, env),
            Calls::getRoyalties(call) => Self::get_royalties(call, env),
        }
    }
}

type Output = Result<Vec<u8>, Error>;

impl<T: Config> ModelRegistryPrecompile<T> {
    fn register_base(call: IModelRegistry::registerBaseCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let spec = spec(&call.spec)?;
        Self::ensure_answerable(env, &spec)?;
        let registration = Call::<T>::register_base {
            spec: Box::new(spec),
            sources: sources(call.sources)?,
            price: price(call.price)?,
        };
        let model = Self::register(env, &who, registration, call.price)?;
        Ok(IModelRegistry::registerBaseCall::abi_encode_returns(&model))
    }

    fn register_adapter(call: IModelRegistry::registerAdapterCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let spec = spec(&call.spec)?;
        Self::ensure_answerable(env, &spec)?;
        let registration = Call::<T>::register_adapter {
            spec: Box::new(spec),
            parents: bounded(call.parents)?,
            sources: sources(call.sources)?,
            price: price(call.price)?,
        };
        let model = Self::register(env, &who, registration, call.price)?;
        Ok(IModelRegistry::registerAdapterCall::abi_encode_returns(&model))
    }

    /// Refuses a contract as the owner of a release, which somebody has to answer for by native calls.
    fn ensure_answerable(env: &impl Ext<T = T>, spec: &ModelSpec) -> Result<(), Error> {
        // only contracts are called by somebody else
        match spec.attribution.is_some() && !env.caller_is_origin(false) {
            true => Err(Refusal::OwnerIsContract.into()),
            false => Ok(()),
        }
    }

    /// Makes the call and returns the new model's id.
    fn register(
        env: &mut impl Ext<T = T>,
        who: &AccountIdOf<T>,
        registration: Call<T>,
        price: U256,
    ) -> Result<u64, Error> {
        charge_reads::<T, u64>(env, 1)?;
        let model = pallet_model_registry::NextModelId::<T>::get();
        dispatch(env, who, registration)?;
        let record = Self::record(env, model)?;
        log(
            env,
            IModelRegistry::ModelRegistered {
                model,
                owner: address::<T>(who),
                kind: shown_kind(record.kind),
                artifact: word(record.spec.artifact),
                versionHash: word(record.version_hash),
                price,
            },
        )?;
        Ok(model)
    }

    fn set_price(call: IModelRegistry::setPriceCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (model, price) = (call.model, price(call.price)?);
        dispatch(env, &who, Call::<T>::set_price { model, price })?;
        log(
            env,
            IModelRegistry::PriceSet {
                model,
                price: call.price,
            },
        )?;
        Ok(Vec::new())
    }

    fn set_paused(call: IModelRegistry::setPausedCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (model, paused) = (call.model, call.paused);
        dispatch(env, &who, Call::<T>::set_paused { model, paused })?;
        log(env, IModelRegistry::PausedSet { model, paused })?;
        Ok(Vec::new())
    }

    fn deprecate(call: IModelRegistry::deprecateCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let model = call.model;
        dispatch(env, &who, Call::<T>::deprecate { model })?;
        log(env, IModelRegistry::ModelDeprecated { model })?;
        Ok(Vec::new())
    }

    fn transfer_ownership(call: IModelRegistry::transferOwnershipCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let to = account(env, call.to)?;
        let model = call.model;
        dispatch(env, &who, Call::<T>::transfer_ownership { model, to })?;
        let record = Self::record(env, model)?;
        log(
            env,
            IModelRegistry::OwnershipOffered {
                model,
                to: address_or_zero::<T>(record.offered_to.as_ref()),
            },
        )?;
        Ok(Vec::new())
    }

    fn accept_ownership(call: IModelRegistry::acceptOwnershipCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let model = call.model;
        let record = Self::record(env, model)?;
        Self::ensure_answerable(env, &record.spec)?;
        let from = record.owner;
        dispatch(env, &who, Call::<T>::accept_ownership { model })?;
        log(
            env,
            IModelRegistry::OwnershipTransferred {
                model,
                from: address::<T>(&from),
                to: address::<T>(&who),
            },
        )?;
        Ok(Vec::new())
    }

    fn model_count(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, u64>(env, 1)?;
        let count = pallet_model_registry::NextModelId::<T>::get();
        Ok(IModelRegistry::modelCountCall::abi_encode_returns(&count))
    }

    fn get_model(call: IModelRegistry::getModelCall, env: &mut impl Ext<T = T>) -> Output {
        let record = Self::record(env, call.model)?;
        let model = IModelRegistry::Model {
            owner: address::<T>(&record.owner),
            offeredTo: address_or_zero::<T>(record.offered_to.as_ref()),
            kind: shown_kind(record.kind),
            status: shown_status(record.status),
            commercial: record.commercial,
            price: planck(record.price.unwrap_or_default()),
            versionHash: word(record.version_hash),
            depth: record.depth,
            ancestorsPpm: record.cumulative_royalty.deconstruct(),
            registeredAt: record.registered_at,
        };
        Ok(IModelRegistry::getModelCall::abi_encode_returns(&model))
    }

    fn get_spec(call: IModelRegistry::getSpecCall, env: &mut impl Ext<T = T>) -> Output {
        let shown = shown_spec(&Self::record(env, call.model)?.spec);
        Ok(IModelRegistry::getSpecCall::abi_encode_returns(&shown))
    }

    fn get_parents(call: IModelRegistry::getParentsCall, env: &mut impl Ext<T = T>) -> Output {
        let parents = Self::record(env, call.model)?.parents.into_inner();
        Ok(IModelRegistry::getParentsCall::abi_encode_returns(&parents))
    }

    fn get_sources(call: IModelRegistry::getSourcesCall, env: &mut impl Ext<T = T>) -> Output {
        let record = Self::record(env, call.model)?;
        let sources = record.sources.iter().map(shown_source).collect();
        Ok(IModelRegistry::getSourcesCall::abi_encode_returns(&sources))
    }

    fn get_royalties(call: IModelRegistry::getRoyaltiesCall, env: &mut impl Ext<T = T>) -> Output {
        let record = Self::record(env, call.model)?;
        let royalties = record
            .royalties
            .iter()
            .map(|(model, part)| IModelRegistry::Royalty {
                model: *model,
                ppm: part.deconstruct(),
            })
            .collect();
        Ok(IModelRegistry::getRoyaltiesCall::abi_encode_returns(&royalties))
    }

    fn record(env: &mut impl Ext<T = T>, model: u64) -> Result<ModelOf<T>, Error> {
        charge_reads::<T, ModelOf<T>>(env, 1)?;
        pallet_model_registry::Models::<T>::get(model).ok_or_else(|| reason::<T>(PalletError::<T>::NotFound))
    }
}

fn spec(spec: &IModelRegistry::Spec) -> Result<ModelSpec, Refusal> {
    let (format, evidence) = match spec.format {
        IModelRegistry::Format::Onnx => (ArtifactFormat::Onnx, Evidence::Influence),
        IModelRegistry::Format::Safetensors => (ArtifactFormat::Safetensors, Evidence::Influence),
        IModelRegistry::Format::Corpus => (ArtifactFormat::Corpus, Evidence::Spans),
        _ => return Err(Refusal::MalformedInput),
    };
    let dtype = match spec.inputType {
        IModelRegistry::InputType::Numbers => DataType::F32,
        IModelRegistry::InputType::Text => DataType::Utf8,
        IModelRegistry::InputType::Tokens => DataType::Token,
        _ => return Err(Refusal::MalformedInput),
    };
    Ok(ModelSpec {
        artifact: hash(spec.artifact),
        config: hash(spec.config),
        format,
        input: InputSchema {
            dtype,
            width: spec.inputWidth,
        },
        output: OutputSchema {
            output_bytes: spec.outputBytes,
            query_len: spec.queryLen,
            classes: spec.classes,
        },
        comparator: comparator(&spec.comparator)?,
        royalty: share(spec.royaltyPpm)?,
        training_config: hash(spec.trainingConfig),
        attribution: attribution(&spec.attribution, evidence),
        evaluation: evaluation(&spec.evaluation),
    })
}

fn comparator(comparator: &IModelRegistry::Comparator) -> Result<Comparator, Refusal> {
    let (absolute, relative_ppm) = (comparator.absoluteTolerance, comparator.relativePpm);
    match comparator.rule {
        IModelRegistry::Rule::Exact if (absolute, relative_ppm) == (0, 0) => Ok(Comparator::Exact),
        IModelRegistry::Rule::Exact => Err(Refusal::InvalidArgument),
        IModelRegistry::Rule::Tolerance => Ok(Comparator::Tolerance {
            absolute,
            relative_ppm,
        }),
        _ => Err(Refusal::MalformedInput),
    }
}

/// All zero means none. Anything else goes to the pallet, which knows what is valid.
fn attribution(given: &IModelRegistry::Attribution, evidence: Evidence) -> Option<Attribution> {
    let attribution = Attribution {
        root: hash(given.root),
        index: hash(given.index),
        features: hash(given.features),
        rows: given.rows,
        evidence,
        passages: given.passages,
    };
    let none = attribution.root.is_zero()
        && attribution.index.is_zero()
        && attribution.features.is_zero()
        && attribution.rows == 0
        && attribution.passages == 0;
    (!none).then_some(attribution)
}

/// All zero means none.
fn evaluation(given: &IModelRegistry::Evaluation) -> Option<Evaluation> {
    let evaluation = Evaluation {
        dataset: hash(given.dataset),
        accuracy_ppm: given.accuracyPpm,
        samples: given.samples,
    };
    let none = evaluation.dataset.is_zero() && evaluation.accuracy_ppm == 0 && evaluation.samples == 0;
    (!none).then_some(evaluation)
}

fn sources(given: Vec<IModelRegistry::Source>) -> Result<SourcesArgument, Refusal> {
    let mut sources = Vec::new();
    for source in given {
        sources.push(Source {
            datanet: source.datanet,
            version: source.version,
            licence_hash: hash(source.licenceHash),
            max_share: share(source.maxSharePpm)?,
        });
    }
    bounded(sources)
}

fn shown_spec(spec: &ModelSpec) -> IModelRegistry::Spec {
    let (rule, absolute, relative) = match spec.comparator {
        Comparator::Exact => (IModelRegistry::Rule::Exact, 0, 0),
        Comparator::Tolerance {
            absolute,
            relative_ppm,
        } => (IModelRegistry::Rule::Tolerance, absolute, relative_ppm),
    };
    IModelRegistry::Spec {
        artifact: word(spec.artifact),
        config: word(spec.config),
        format: match spec.format {
            ArtifactFormat::Onnx => IModelRegistry::Format::Onnx,
            ArtifactFormat::Safetensors => IModelRegistry::Format::Safetensors,
            ArtifactFormat::Corpus => IModelRegistry::Format::Corpus,
        },
        inputType: match spec.input.dtype {
            DataType::F32 => IModelRegistry::InputType::Numbers,
            DataType::Utf8 => IModelRegistry::InputType::Text,
            DataType::Token => IModelRegistry::InputType::Tokens,
        },
        inputWidth: spec.input.width,
        outputBytes: spec.output.output_bytes,
        queryLen: spec.output.query_len,
        classes: spec.output.classes,
        comparator: IModelRegistry::Comparator {
            rule,
            absoluteTolerance: absolute,
            relativePpm: relative,
        },
        royaltyPpm: spec.royalty.deconstruct(),
        trainingConfig: word(spec.training_config),
        attribution: spec
            .attribution
            .map(|attribution| IModelRegistry::Attribution {
                root: word(attribution.root),
                index: word(attribution.index),
                features: word(attribution.features),
                rows: attribution.rows,
                passages: attribution.passages,
            })
            .unwrap_or_default(),
        evaluation: spec
            .evaluation
            .map(|evaluation| IModelRegistry::Evaluation {
                dataset: word(evaluation.dataset),
                accuracyPpm: evaluation.accuracy_ppm,
                samples: evaluation.samples,
            })
            .unwrap_or_default(),
    }
}

fn shown_source(source: &Source) -> IModelRegistry::Source {
    IModelRegistry::Source {
        datanet: source.datanet,
        version: source.version,
        licenceHash: word(source.licence_hash),
        maxSharePpm: source.max_share.deconstruct(),
    }
}

fn shown_kind(kind: ModelKind) -> IModelRegistry::Kind {
    match kind {
        ModelKind::Base => IModelRegistry::Kind::Base,
        ModelKind::Adapter => IModelRegistry::Kind::Adapter,
    }
}

fn shown_status(status: ModelStatus) -> IModelRegistry::Status {
    match status {
        ModelStatus::Active => IModelRegistry::Status::Active,
        ModelStatus::Paused => IModelRegistry::Status::Paused,
        ModelStatus::Deprecated => IModelRegistry::Status::Deprecated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(absolute: u32) -> IModelRegistry::Comparator {
        IModelRegistry::Comparator {
            rule: IModelRegistry::Rule::Exact,
            absoluteTolerance: absolute,
            relativePpm: 0,
        }
    }

    #[test]
    fn an_exact_rule_has_no_tolerance() {
        assert_eq!(comparator(&exact(0)), Ok(Comparator::Exact));
        assert_eq!(comparator(&exact(1)), Err(Refusal::InvalidArgument));
    }

    #[test]
    fn only_what_is_zero_throughout_is_none() {
        let nothing = IModelRegistry::Attribution::default();
        let attribution = |given| attribution(given, Evidence::Influence);
        assert_eq!(attribution(&nothing), None);
        let something = IModelRegistry::Attribution {
            root: [1; 32].into(),
            ..nothing
        };
        assert!(attribution(&something).is_some_and(|given| given.rows == 0));
        assert_eq!(evaluation(&IModelRegistry::Evaluation::default()), None);
    }

    #[test]
    fn a_spec_comes_back_unchanged() {
        let given = IModelRegistry::Spec {
            artifact: [1; 32].into(),
            config: [2; 32].into(),
            format: IModelRegistry::Format::Safetensors,
            inputType: IModelRegistry::InputType::Numbers,
            inputWidth: 64,
            outputBytes: 40,
            queryLen: 33,
            classes: 10,
            comparator: IModelRegistry::Comparator {
                rule: IModelRegistry::Rule::Tolerance,
                absoluteTolerance: 2,
                relativePpm: 3,
            },
            royaltyPpm: 50_000,
            trainingConfig: [3; 32].into(),
            attribution: IModelRegistry::Attribution {
                root: [4; 32].into(),
                index: [5; 32].into(),
                features: [6; 32].into(),
                rows: 7,
                passages: 0,
            },
            evaluation: IModelRegistry::Evaluation {
                dataset: [8; 32].into(),
                accuracyPpm: 900_000,
                samples: 100,
            },
        };
        let read = spec(&given).expect("it is valid");
        assert_eq!(shown_spec(&read), given);
        let text = IModelRegistry::Spec {
            format: IModelRegistry::Format::Corpus,
            inputType: IModelRegistry::InputType::Tokens,
            attribution: IModelRegistry::Attribution {
                passages: 4,
                ..given.attribution.clone()
            },
            ..given.clone()
        };
        let read = spec(&text).expect("it is valid");
        assert_eq!(read.input.dtype, DataType::Token);
        assert!(read
            .attribution
            .is_some_and(|given| (given.evidence, given.passages) == (Evidence::Spans, 4)));
        assert_eq!(shown_spec(&read), text);
        let too_much = IModelRegistry::Spec {
            royaltyPpm: 1_000_001,
            ..given
        };
        assert_eq!(spec(&too_much), Err(Refusal::ShareAboveOne));
    }
}
