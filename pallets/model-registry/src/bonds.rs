// SPDX-License-Identifier: Apache-2.0
//! What answers for the rows of a model's release: put down at registration, taken back after the model's end, lost when a
//! row is proved wrong.

use crate::{
    types::ArtifactFormat, Bonds, Config, Error, Event, HoldReason, ModelOf, ModelStatus, Models, Pallet,
    ReleaseBond,
};
use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
        Get,
    },
};
use openledger_primitives::{
    money::Balance,
    traits::{BondedRelease, ReleaseBonds, Ticks},
    ModelId, Tick,
};
use sp_runtime::{DispatchError, DispatchResult, Permill};

impl<T: Config> Pallet<T> {
    /// Takes the bond of a new model with attribution.
    pub(crate) fn bond_release(owner: &T::AccountId, model: ModelId) -> DispatchResult {
        let amount = T::ReleaseBond::get();
        T::Currency::hold(&HoldReason::Release.into(), owner, amount)?;
        let bond = ReleaseBond {
            amount,
            ..Default::default()
        };
        Bonds::<T>::insert(model, bond);
        Self::deposit_event(Event::ReleaseBonded { model, amount });
        Ok(())
    }

    /// Notes when a model ended.
    pub(crate) fn end_release(model: ModelId, now: Tick) {
        Bonds::<T>::mutate_extant(model, |bond| {
            bond.ended_at.get_or_insert(now);
        });
    }

    /// Takes the bond of a model's new owner and lets go of the former one's.
    pub(crate) fn move_bond(from: &T::AccountId, to: &T::AccountId, model: ModelId) -> DispatchResult {
        let Some(bond) = Bonds::<T>::get(model) else {
            return Ok(());
        };
        ensure!(bond.accused == 0, Error::<T>::ReleaseDisputed);
        let reason = HoldReason::Release.into();
        T::Currency::hold(&reason, to, bond.amount)?;
        T::Currency::release(&reason, from, bond.amount, Precision::BestEffort).map(|_| ())
    }

    pub(crate) fn do_reclaim_bond(who: T::AccountId, model: ModelId) -> DispatchResult {
        Self::owned(&who, model)?;
        let bond = Bonds::<T>::get(model)
            .filter(|bond| !bond.refuted)
            .ok_or(Error::<T>::NotFound)?;
        ensure!(bond.accused == 0, Error::<T>::ReleaseDisputed);
        let ended_at = bond.ended_at.ok_or(Error::<T>::BondLocked)?;
        let since = T::Ticks::now().saturating_sub(ended_at);
        ensure!(since >= T::ReleaseTicks::get(), Error::<T>::BondLocked);
        let amount = T::Currency::release(
            &HoldReason::Release.into(),
            &who,
            bond.amount,
            Precision::BestEffort,
        )?;
        Bonds::<T>::remove(model);
        Self::deposit_event(Event::ReleaseBondReturned { model, amount });
        Ok(())
    }

    /// Whether a row of the model's release was proved wrong.
    pub(crate) fn is_refuted(model: ModelId) -> bool {
        Bonds::<T>::get(model).is_some_and(|bond| bond.refuted)
    }

    fn lose(from: &T::AccountId, to: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount == 0 {
            return Ok(());
        }
        T::Currency::transfer_on_hold(
            &HoldReason::Release.into(),
            from,
            to,
            amount,
            Precision::Exact,
            Restriction::Free,
            Fortitude::Force,
        )
        .map(|_: Balance| ())
    }
}

/// What a dispute needs of a model with attribution and a head.
fn bonded<T: Config>(record: ModelOf<T>) -> Option<BondedRelease<T::AccountId>> {
    let attribution = record.spec.attribution?;
    let head = record.spec.format == ArtifactFormat::Safetensors;
    head.then_some(BondedRelease {
        author: record.owner,
        root: attribution.root,
        head: record.spec.artifact,
        // a head's output is one logit of four bytes for each class
        classes: record.spec.output.output_bytes.checked_div(4)?,
        dims: record.spec.output.query_len,
        rows: attribution.rows,
    })
}

impl<T: Config> ReleaseBonds<T::AccountId> for Pallet<T> {
    fn bonded(model: ModelId) -> Option<BondedRelease<T::AccountId>> {
        Bonds::<T>::get(model).filter(|bond| !bond.refuted)?;
        bonded::<T>(Models::<T>::get(model)?)
    }

    fn accuse(model: ModelId) {
        Bonds::<T>::mutate_extant(model, |bond| bond.accused = bond.accused.saturating_add(1));
    }

    fn acquit(model: ModelId) {
        Bonds::<T>::mutate_extant(model, |bond| bond.accused = bond.accused.saturating_sub(1));
    }

    fn refute(
        model: ModelId,
        challenger: &T::AccountId,
        share: Permill,
        sink: &T::AccountId,
    ) -> Result<(Balance, Balance), DispatchError> {
        let mut record = Models::<T>::get(model).ok_or(Error::<T>::NotFound)?;
        let mut bond = Bonds::<T>::get(model).ok_or(Error::<T>::NotFound)?;
        ensure!(!bond.refuted, Error::<T>::ReleaseRefuted);
        let slashed = core::mem::take(&mut bond.amount);
        let reward = share.mul_floor(slashed);
        let rest = slashed.saturating_sub(reward);
        frame_support::storage::with_storage_layer(|| {
            Self::lose(&record.owner, challenger, reward)?;
            Self::lose(&record.owner, sink, rest)
        })?;
        bond.refuted = true;
        bond.ended_at.get_or_insert(T::Ticks::now());
        record.status = ModelStatus::Deprecated;
        record.offered_to = None;
        Models::<T>::insert(model, record);
        Bonds::<T>::insert(model, bond);
        Self::deposit_event(Event::ReleaseRefuted { model, slashed });
        Ok((reward, rest))
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_bonded_for_benchmark(release: BondedRelease<T::AccountId>) -> ModelId {
        crate::benchmarking::bonded_model::<T>(release)
    }
}
