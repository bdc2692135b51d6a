// SPDX-License-Identifier: Apache-2.0
//! What other pallets ask.

use crate::{types::ArtifactFormat, Config, Error, ModelStatus, Models, Pallet};
use alloc::vec::Vec;
use frame_support::ensure;
use openledger_primitives::{
    traits::{Release, Service},
    ModelId,
};
use sp_runtime::DispatchError;

impl<T: Config> openledger_primitives::traits::Models<T::AccountId> for Pallet<T> {
    fn service(model: ModelId) -> Result<Service<T::AccountId>, DispatchError> {
        let record = Models::<T>::get(model).ok_or(Error::<T>::NotFound)?;
        match record.status {
            ModelStatus::Active => (),
            ModelStatus::Paused => return Err(Error::<T>::Paused.into()),
            ModelStatus::Deprecated if Self::is_refuted(model) => {
                return Err(Error::<T>::ReleaseRefuted.into())
            }
            ModelStatus::Deprecated => return Err(Error::<T>::Deprecated.into()),
        }
        let price = record.price.ok_or(Error::<T>::NotForSale)?;
        // owners as they are now: a royalty follows the ancestor
        let royalties: Vec<_> = record
            .royalties
            .iter()
            .filter_map(|(id, part)| Models::<T>::get(id).map(|ancestor| (*id, ancestor.owner, *part)))
            .collect();
        ensure!(
            royalties.len() == record.royalties.len(),
            Error::<T>::ParentNotFound
        );
        Ok(Service {
            price,
            comparator: record.spec.comparator,
            output_bytes: record.spec.output.output_bytes,
            input: record.spec.input.rule(),
            query_len: record.spec.output.query_len,
            evidence: record.spec.attribution.map(|attribution| attribution.evidence),
            passages: record
                .spec
                .attribution
                .map_or(0, |attribution| attribution.passages),
            version_hash: record.version_hash,
            owner: record.owner,
            royalties,
            sources: record
                .sources
                .iter()
                .map(|source| (source.datanet, source.version))
                .collect(),
        })
    }

    fn release(model: ModelId) -> Option<Release> {
        let record = Models::<T>::get(model)?;
        let attribution = record.spec.attribution?;
        Some(Release {
            evidence: attribution.evidence,
            passages: attribution.passages,
            root: attribution.root,
            sources: record
                .sources
                .iter()
                .map(|source| (source.datanet, source.version))
                .collect(),
            head: (record.spec.format == ArtifactFormat::Safetensors).then_some(record.spec.artifact),
        })
    }

    fn can_host(model: ModelId) -> bool {
        Models::<T>::get(model).is_some_and(|record| record.status != ModelStatus::Deprecated)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(owner: &T::AccountId) -> ModelId {
        crate::benchmarking::servable_model::<T>(owner)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_released_for_benchmark(owner: &T::AccountId) -> ModelId {
        crate::benchmarking::released_model::<T>(owner)
    }
}
