// SPDX-License-Identifier: Apache-2.0
//! What the calls do.

use crate::{
    lineage::{lineage, Limits, Lineage, LineageError, ParentFacts},
    Config, Error, Event, Model, ModelKind, ModelOf, ModelSpec, ModelStatus, Models, NextModelId, Pallet,
    Parents, ParentsArgument, Royalties, Source, Sources, SourcesArgument, MAX_PARENTS,
};
use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use codec::MaxEncodedLen;
use frame_support::{
    ensure,
    traits::{Consideration, Footprint, Get},
};
use openledger_primitives::{
    money::Balance,
    traits::{Datanets, Ticks, MAX_ROYALTIES},
    ModelId, Tick,
};
use sp_core::H256;
use sp_runtime::{traits::One, DispatchError, DispatchResult};

impl<T> From<LineageError> for Error<T> {
    fn from(error: LineageError) -> Self {
        match error {
            LineageError::TooManyParents => Error::TooManyParents,
            LineageError::Cycle => Error::LineageCycle,
            LineageError::ParentNotFound => Error::ParentNotFound,
            LineageError::ParentNotActive => Error::ParentNotActive,
            LineageError::TooDeep => Error::LineageTooDeep,
            LineageError::TooManyAncestors => Error::TooManyAncestors,
            LineageError::RoyaltyCapExceeded => Error::RoyaltyCapExceeded,
        }
    }
}

/// Checks what a model says of itself; `has_sources` is whether it was trained on datanets.
pub(crate) fn check_spec<T: Config>(spec: &ModelSpec, has_sources: bool) -> Result<(), Error<T>> {
    let (input, output) = (&spec.input, &spec.output);
    // `bytes` saturates above every limit that could be configured
    let input_fits = input.width > 0 && input.bytes() <= T::MaxInputBytes::get();
    ensure!(
        input_fits && input.bytes() < u32::MAX,
        Error::<T>::InvalidInputSchema
    );
    let logits = output.classes == 0 || output.classes.checked_mul(4) == Some(output.output_bytes);
    let output_fits = output.output_bytes > 0 && output.output_bytes <= T::MaxOutputBytes::get();
    ensure!(
        logits && output_fits && output.query_len <= T::MaxQueryLen::get(),
        Error::<T>::InvalidOutputSchema
    );
    let length = usize::try_from(output.output_bytes).map_err(|_| Error::<T>::InvalidOutputSchema)?;
    ensure!(
        spec.comparator.accepts_length(length),
        Error::<T>::ComparatorMismatch
    );
    let attributable = match &spec.attribution {
        Some(attribution) => has_sources && attribution.rows > 0 && output.query_len > 0,
        None => output.query_len == 0,
    };
    ensure!(attributable && spec.spans_fit(), Error::<T>::InvalidAttribution);
    if let Some(evaluation) = &spec.evaluation {
        let possible = evaluation.samples > 0 && evaluation.accuracy_ppm <= 1_000_000;
        ensure!(possible, Error::<T>::InvalidEvaluation);
    }
    ensure!(
        spec.royalty <= T::MaxCumulativeRoyalty::get(),
        Error::<T>::RoyaltyCapExceeded
    );
    Ok(())
}

/// Checks that `who` may train on a source now, on the terms that are named. Says whether paid use is allowed.
pub(crate) fn check_source<T: Config>(
    who: &T::AccountId,
    source: &Source,
    now: Tick,
) -> Result<bool, Error<T>> {
    let terms = T::Datanets::licence(source.datanet).ok_or(Error::<T>::DatanetNotFound)?;
    ensure!(
        T::Datanets::version(source.datanet, source.version).is_some(),
        Error::<T>::VersionNotFound
    );
    ensure!(
        terms.version_hash() == source.licence_hash,
        Error::<T>::LicenceChanged
    );
    ensure!(terms.training, Error::<T>::LicenceForbidsTraining);
    ensure!(terms.allows_training(now), Error::<T>::LicenceExpired);
    ensure!(
        terms.contributor_share <= source.max_share,
        Error::<T>::ShareAboveBound
    );
    ensure!(
        terms.contributor_share <= T::ContributorsShare::get(),
        Error::<T>::ShareUnpayable
    );
    ensure!(
        T::Datanets::may_train(source.datanet, who),
        Error::<T>::NotAuthorized
    );
    Ok(terms.commercial)
}

impl<T: Config> Pallet<T> {
    fn footprint() -> Footprint {
        let size = <(ModelId, ModelOf<T>)>::max_encoded_len();
        Footprint {
            count: 1,
            size: u64::try_from(size).unwrap_or(u64::MAX),
        }
    }

    pub(crate) fn owned(who: &T::AccountId, model: ModelId) -> Result<ModelOf<T>, Error<T>> {
        let record = Models::<T>::get(model).ok_or(Error::<T>::NotFound)?;
        ensure!(record.owner == *who, Error::<T>::NotAuthorized);
        Ok(record)
    }

    fn owned_and_alive(who: &T::AccountId, model: ModelId) -> Result<ModelOf<T>, Error<T>> {
        let record = Self::owned(who, model)?;
        ensure!(record.status != ModelStatus::Deprecated, Error::<T>::Deprecated);
        Ok(record)
    }

    /// What the network allows a lineage.
    pub(crate) fn limits() -> Limits {
        Limits {
            parents: MAX_PARENTS,
            depth: T::MaxDepth::get(),
            royalties: MAX_ROYALTIES,
            cumulative: T::MaxCumulativeRoyalty::get(),
        }
    }

    /// The place of model `id` over `parents`, which must all be active.
    pub fn lineage_of(id: ModelId, parents: &[ModelId]) -> Result<Lineage, LineageError> {
        let facts = |parent| {
            Models::<T>::get(parent).map(|record| ParentFacts {
                active: record.status == ModelStatus::Active,
                depth: record.depth,
                royalty: record.spec.royalty,
                royalties: record.royalties.into_inner(),
            })
        };
        lineage(id, parents, facts, &Self::limits())
    }

    fn check_price(price: Option<Balance>, commercial: bool) -> Result<(), Error<T>> {
        if let Some(price) = price {
            // a price of nothing would make requests free: there is no such sale
            ensure!(
                price >= T::MinPrice::get().max(Balance::one()),
                Error::<T>::PriceTooLow
            );
            ensure!(commercial, Error::<T>::LicenceForbidsCommercialUse);
        }
        Ok(())
    }

    pub(crate) fn do_register(
        owner: T::AccountId,
        kind: ModelKind,
        spec: ModelSpec,
        parents: ParentsArgument,
        sources: SourcesArgument,
        price: Option<Balance>,
    ) -> Result<ModelId, DispatchError> {
        check_spec::<T>(&spec, !sources.is_empty())?;
        let model = NextModelId::<T>::get();
        let next = model.checked_add(1).ok_or(Error::<T>::TooManyModels)?;
        ensure!(
            kind == ModelKind::Base || !parents.is_empty(),
            Error::<T>::NoParent
        );
        let parents = Parents::try_from(parents.into_inner()).map_err(|_| Error::<T>::TooManyParents)?;
        let place = Self::lineage_of(model, &parents).map_err(Error::<T>::from)?;
        let royalties = Royalties::try_from(place.royalties).map_err(|_| Error::<T>::TooManyAncestors)?;
        let sources = Sources::try_from(sources.into_inner()).map_err(|_| Error::<T>::TooManySources)?;
        let commercial = Self::check_sources(&owner, &sources)? && Self::parents_are_commercial(&parents);
        Self::check_price(price, commercial)?;
        let version_hash = spec.version_hash(&Self::version_hashes(&parents), &sources);

        let ticket = T::Consideration::new(&owner, Self::footprint())?;
        if spec.attribution.is_some() {
            Self::bond_release(&owner, model)?;
        }
        NextModelId::<T>::put(next);
        Models::<T>::insert(
            model,
            Model {
                owner: owner.clone(),
                offered_to: None,
                kind,
                spec,
                parents: parents.clone(),
                sources: sources.clone(),
                depth: place.depth,
                royalties: royalties.clone(),
                cumulative_royalty: place.cumulative,
                commercial,
                version_hash,
                price,
                status: ModelStatus::Active,
                registered_at: T::Ticks::now(),
                ticket,
            },
        );
        Self::deposit_event(Event::ModelRegistered {
            model,
            owner,
            kind,
            spec: Box::new(spec),
            parents,
            sources,
            royalties,
            version_hash,
            price,
        });
        Ok(model)
    }

    /// Checks every source and says whether all of them allow paid use.
    fn check_sources(who: &T::AccountId, sources: &Sources) -> Result<bool, Error<T>> {
        let now = T::Ticks::now();
        let (mut seen, mut commercial) = (BTreeSet::new(), true);
        for source in sources {
            ensure!(seen.insert(source.datanet), Error::<T>::DuplicateSource);
            commercial &= check_source::<T>(who, source, now)?;
        }
        Ok(commercial)
    }

    fn parents_are_commercial(parents: &Parents) -> bool {
        parents
            .iter()
            .all(|parent| Models::<T>::get(parent).is_some_and(|record| record.commercial))
    }

    /// The version hashes of models that exist.
    pub(crate) fn version_hashes(models: &[ModelId]) -> Vec<H256> {
        models
            .iter()
            .filter_map(Models::<T>::get)
            .map(|record| record.version_hash)
            .collect()
    }

    pub(crate) fn do_set_price(who: T::AccountId, model: ModelId, price: Option<Balance>) -> DispatchResult {
        let mut record = Self::owned_and_alive(&who, model)?;
        Self::check_price(price, record.commercial)?;
        record.price = price;
        Models::<T>::insert(model, record);
        Self::deposit_event(Event::PriceSet { model, price });
        Ok(())
    }

    pub(crate) fn do_set_paused(who: T::AccountId, model: ModelId, paused: bool) -> DispatchResult {
        let mut record = Self::owned_and_alive(&who, model)?;
        record.status = if paused {
            ModelStatus::Paused
        } else {
            ModelStatus::Active
        };
        Models::<T>::insert(model, record);
        Self::deposit_event(Event::PausedSet { model, paused });
        Ok(())
    }

    pub(crate) fn do_deprecate(who: T::AccountId, model: ModelId) -> DispatchResult {
        let mut record = Self::owned_and_alive(&who, model)?;
        record.status = ModelStatus::Deprecated;
        Models::<T>::insert(model, record);
        Self::end_release(model, T::Ticks::now());
        Self::deposit_event(Event::ModelDeprecated { model });
        Ok(())
    }

    pub(crate) fn do_transfer_ownership(
        who: T::AccountId,
        model: ModelId,
        to: T::AccountId,
    ) -> DispatchResult {
        let mut record = Self::owned(&who, model)?;
        let to = (to != who).then_some(to);
        record.offered_to = to.clone();
        Models::<T>::insert(model, record);
        Self::deposit_event(Event::OwnershipOffered { model, to });
        Ok(())
    }

    pub(crate) fn do_accept_ownership(who: T::AccountId, model: ModelId) -> DispatchResult {
        let mut record = Models::<T>::get(model).ok_or(Error::<T>::NotFound)?;
        let offered_to = record.offered_to.take().ok_or(Error::<T>::NotFound)?;
        ensure!(offered_to == who, Error::<T>::NotAuthorized);

        let ticket = T::Consideration::new(&who, Self::footprint())?;
        let before = core::mem::replace(&mut record.ticket, ticket);
        let from = core::mem::replace(&mut record.owner, who.clone());
        Self::move_bond(&from, &who, model)?;
        before.drop(&from)?;
        Models::<T>::insert(model, record);
        Self::deposit_event(Event::OwnershipTransferred { model, from, to: who });
        Ok(())
    }
}
