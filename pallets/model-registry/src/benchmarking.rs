// SPDX-License-Identifier: Apache-2.0
//! Benchmarks: registrations with the most sources, parents and royalties.

use super::*;
use crate::Pallet as Registry;
use alloc::{boxed::Box, vec::Vec};
use frame_benchmarking::{account, v2::*, BenchmarkError};
use frame_support::{
    assert_ok,
    traits::{fungible::Mutate, Get},
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{
    comparator::Comparator,
    licence::LicenceTerms,
    money::Balance,
    report::Evidence,
    traits::{BondedRelease, Datanets, Ticks, MAX_SOURCES},
    ModelId, Tick,
};
use sp_core::H256;
use sp_runtime::Permill;

fn funded<T: Config>(name: &'static str) -> T::AccountId {
    let who: T::AccountId = account(name, 0, 0);
    fund::<T>(&who);
    who
}

fn fund<T: Config>(who: &T::AccountId) {
    T::Currency::set_balance(who, Balance::MAX / 1_000_000);
}

/// A model without sources.
fn plain_spec<T: Config>() -> ModelSpec {
    ModelSpec {
        artifact: H256::repeat_byte(1),
        config: H256::repeat_byte(2),
        format: ArtifactFormat::Onnx,
        input: InputSchema {
            dtype: DataType::F32,
            width: 1,
        },
        output: OutputSchema {
            output_bytes: 4,
            query_len: 0,
            classes: 1,
        },
        comparator: Comparator::Tolerance {
            absolute: 1,
            relative_ppm: 0,
        },
        royalty: Permill::zero(),
        training_config: H256::repeat_byte(3),
        attribution: None,
        evaluation: Some(Evaluation {
            dataset: H256::repeat_byte(4),
            accuracy_ppm: 1,
            samples: 1,
        }),
    }
}

/// A model with attribution.
fn attributed_spec<T: Config>() -> ModelSpec {
    let root = H256::repeat_byte(5);
    let output = OutputSchema {
        query_len: 1,
        ..plain_spec::<T>().output
    };
    let attribution = Some(Attribution {
        root,
        index: root,
        features: root,
        rows: 1,
        evidence: Evidence::Influence,
        passages: 0,
    });
    ModelSpec {
        output,
        attribution,
        ..plain_spec::<T>()
    }
}

/// As many published datanets as a model may be trained on.
fn sources<T: Config>(owner: &T::AccountId) -> SourcesArgument {
    let terms = LicenceTerms {
        id: BoundedVec::truncate_from(b"OPENLEDGER-TRAIN-1.0".to_vec()),
        training: true,
        commercial: true,
        contributor_share: T::ContributorsShare::get(),
        expires_at: Some(Tick::MAX),
        text: H256::repeat_byte(6),
    };
    let licence_hash = terms.version_hash();
    let max_share = Permill::one();
    let published = (0..MAX_SOURCES).map(|_| Source {
        datanet: T::Datanets::create_for_benchmark(owner, terms.clone()),
        version: 1,
        licence_hash,
        max_share,
    });
    BoundedVec::truncate_from(published.collect::<Vec<_>>())
}

fn register<T: Config>(owner: &T::AccountId, royalty: Permill, parents: &[ModelId]) -> ModelId {
    let model = NextModelId::<T>::get();
    let origin = RawOrigin::Signed(owner.clone()).into();
    let spec = Box::new(ModelSpec {
        royalty,
        ..plain_spec::<T>()
    });
    let (sources, price) = (SourcesArgument::new(), Some(Balance::MAX));
    if parents.is_empty() {
        assert_ok!(Registry::<T>::register_base(origin, spec, sources, price));
    } else {
        let parents = BoundedVec::truncate_from(parents.to_vec());
        assert_ok!(Registry::<T>::register_adapter(
            origin, spec, parents, sources, price
        ));
    }
    model
}

/// Four adapters, each on a base of its own: four parents and eight royalties.
fn ancestors<T: Config>(owner: &T::AccountId) -> ParentsArgument {
    let royalty = Permill::from_parts(1);
    let parents = (0..MAX_PARENTS).map(|_| {
        let base = register::<T>(owner, royalty, &[]);
        register::<T>(owner, royalty, &[base])
    });
    BoundedVec::truncate_from(parents.collect::<Vec<_>>())
}

/// A model that can be asked, with the most ancestors and without sources.
pub(crate) fn servable_model<T: Config>(owner: &T::AccountId) -> ModelId {
    fund::<T>(owner);
    let parents = ancestors::<T>(owner);
    let model = NextModelId::<T>::get();
    let origin = RawOrigin::Signed(owner.clone()).into();
    let price = Some(T::MinPrice::get().max(1));
    let spec = Box::new(plain_spec::<T>());
    assert_ok!(Registry::<T>::register_adapter(
        origin,
        spec,
        parents,
        SourcesArgument::new(),
        price
    ));
    model
}

/// A model with attribution and the most sources.
pub(crate) fn released_model<T: Config>(owner: &T::AccountId) -> ModelId {
    fund::<T>(owner);
    let sources = sources::<T>(owner);
    let model = NextModelId::<T>::get();
    let origin = RawOrigin::Signed(owner.clone()).into();
    let spec = Box::new(attributed_spec::<T>());
    assert_ok!(Registry::<T>::register_base(origin, spec, sources, None));
    model
}

/// A model of a release's author with this release.
pub(crate) fn bonded_model<T: Config>(release: BondedRelease<T::AccountId>) -> ModelId {
    fund::<T>(&release.author);
    let sources = sources::<T>(&release.author);
    let model = NextModelId::<T>::get();
    let origin = RawOrigin::Signed(release.author).into();
    let output_bytes = release.classes.saturating_mul(4);
    let plain = plain_spec::<T>();
    let spec = Box::new(ModelSpec {
        artifact: release.head,
        format: ArtifactFormat::Safetensors,
        output: OutputSchema {
            output_bytes,
            query_len: release.dims,
            classes: release.classes,
        },
        attribution: Some(Attribution {
            root: release.root,
            index: release.root,
            features: release.root,
            rows: release.rows,
            evidence: Evidence::Influence,
            passages: 0,
        }),
        ..plain
    });
    assert_ok!(Registry::<T>::register_base(origin, spec, sources, None));
    model
}

/// A deprecated model whose release cannot be disputed any more.
fn ended<T: Config>(owner: &T::AccountId) -> ModelId {
    let model = released_model::<T>(owner);
    assert_ok!(Registry::<T>::deprecate(
        RawOrigin::Signed(owner.clone()).into(),
        model
    ));
    T::Ticks::set(T::Ticks::now().saturating_add(T::ReleaseTicks::get()));
    model
}

fn assert_last<T: Config>(event: Event<T>) {
    frame_system::Pallet::<T>::assert_last_event(event.into());
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register_base() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner");
        let sources = sources::<T>(&owner);
        let spec = Box::new(attributed_spec::<T>());
        fund::<T>(&owner);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), spec, sources, Some(Balance::MAX));
        assert!(Models::<T>::contains_key(0));
        Ok(())
    }

    #[benchmark]
    fn register_adapter() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner");
        let sources = sources::<T>(&owner);
        fund::<T>(&owner);
        let parents = ancestors::<T>(&owner);
        let spec = Box::new(attributed_spec::<T>());
        let model = NextModelId::<T>::get();
        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            spec,
            parents,
            sources,
            Some(Balance::MAX),
        );
        assert!(Models::<T>::get(model).is_some_and(|record| record.royalties.len() == 8));
        Ok(())
    }

    #[benchmark]
    fn set_price() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner");
        let model = register::<T>(&owner, Permill::zero(), &[]);
        let price = Some(Balance::MAX);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, price);
        assert_last::<T>(Event::PriceSet { model, price });
        Ok(())
    }

    #[benchmark]
    fn set_paused() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner");
        let model = register::<T>(&owner, Permill::zero(), &[]);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, true);
        assert_last::<T>(Event::PausedSet { model, paused: true });
        Ok(())
    }

    #[benchmark]
    fn deprecate() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner");
        let model = released_model::<T>(&owner);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);
        assert_last::<T>(Event::ModelDeprecated { model });
        Ok(())
    }

    #[benchmark]
    fn transfer_ownership() -> Result<(), BenchmarkError> {
        let (owner, to) = (funded::<T>("owner"), funded::<T>("buyer"));
        let model = register::<T>(&owner, Permill::zero(), &[]);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, to.clone());
        assert_last::<T>(Event::OwnershipOffered { model, to: Some(to) });
        Ok(())
    }

    #[benchmark]
    fn accept_ownership() -> Result<(), BenchmarkError> {
        let (from, to) = (funded::<T>("owner"), funded::<T>("buyer"));
        let model = released_model::<T>(&from);
        let origin = RawOrigin::Signed(from.clone()).into();
        assert_ok!(Registry::<T>::transfer_ownership(origin, model, to.clone()));
        #[extrinsic_call]
        _(RawOrigin::Signed(to.clone()), model);
        assert_last::<T>(Event::OwnershipTransferred { model, from, to });
        Ok(())
    }

    #[benchmark]
    fn reclaim_bond() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner");
        let model = ended::<T>(&owner);
        let amount = T::ReleaseBond::get();
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);
        assert_last::<T>(Event::ReleaseBondReturned { model, amount });
        Ok(())
    }

    impl_benchmark_test_suite!(
        Registry,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
