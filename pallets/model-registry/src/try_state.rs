// SPDX-License-Identifier: Apache-2.0
//! What must hold after every block.

use crate::{
    lineage::{lineage, Limits, ParentFacts},
    Bonds, Config, HoldReason, ModelOf, ModelStatus, Models, NextModelId, Pallet,
};
use alloc::collections::BTreeMap;
use codec::{Decode, Encode};
use frame_support::{ensure, traits::fungible::InspectHold};
use openledger_primitives::{money::Balance, ModelId};
use sp_runtime::{Permill, TryRuntimeError};

impl<T: Config> Pallet<T> {
    /// Holds equal what is recorded; every lineage is what its parents make it, so that it is acyclic and under its
    /// caps; version hashes are what they say.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut deposits: BTreeMap<T::AccountId, Balance> = BTreeMap::new();
        for (model, record) in Models::<T>::iter() {
            ensure!(
                model < NextModelId::<T>::get(),
                "a model has an id that was not given out"
            );
            Self::check_model(model, &record)?;
            // a `HoldConsideration` encodes as the amount on hold
            let amount = Balance::decode(&mut record.ticket.encode().as_slice()).unwrap_or_default();
            let sum = deposits.entry(record.owner).or_default();
            *sum = sum.saturating_add(amount);
        }
        let bonds = Self::check_bonds()?;
        for who in frame_system::Account::<T>::iter_keys() {
            let held = T::Currency::balance_on_hold(&HoldReason::Storage.into(), &who);
            let recorded = deposits.get(&who).copied().unwrap_or_default();
            ensure!(
                held == recorded,
                "an account's hold differs from what is recorded"
            );
            let held = T::Currency::balance_on_hold(&HoldReason::Release.into(), &who);
            ensure!(
                held == bonds.get(&who).copied().unwrap_or_default(),
                "an account's hold differs from the bonds of its models' releases"
            );
        }
        Ok(())
    }

    /// The bonds by owner.
    fn check_bonds() -> Result<BTreeMap<T::AccountId, Balance>, TryRuntimeError> {
        let mut bonds: BTreeMap<T::AccountId, Balance> = BTreeMap::new();
        for (model, bond) in Bonds::<T>::iter() {
            let record = Models::<T>::get(model).ok_or("a model that does not exist has a bond")?;
            ensure!(
                record.spec.attribution.is_some(),
                "a model without a release has a bond"
            );
            ensure!(
                bond.ended_at.is_some() == (record.status == ModelStatus::Deprecated),
                "a release's end is not its model's"
            );
            ensure!(
                !bond.refuted || bond.amount == 0 && bond.ended_at.is_some(),
                "a refuted release has a bond or answers"
            );
            let sum = bonds.entry(record.owner).or_default();
            *sum = sum.saturating_add(bond.amount);
        }
        Ok(bonds)
    }

    fn check_model(model: ModelId, record: &ModelOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(
            record.parents.iter().all(|parent| *parent < model),
            "a parent was not registered before its child"
        );
        let facts = |parent| {
            // a parent may have been paused since
            Models::<T>::get(parent).map(|record| ParentFacts {
                active: true,
                depth: record.depth,
                royalty: record.spec.royalty,
                royalties: record.royalties.into_inner(),
            })
        };
        // the cap may have been lowered since
        let limits = Limits {
            cumulative: Permill::one(),
            ..Self::limits()
        };
        let place =
            lineage(model, &record.parents, facts, &limits).map_err(|_| "a lineage breaks the rules")?;
        ensure!(
            place.depth == record.depth,
            "a depth is not what the parents make it"
        );
        ensure!(
            place.royalties == record.royalties.to_vec(),
            "royalties are not what the parents make them"
        );
        ensure!(
            place.cumulative == record.cumulative_royalty,
            "a running sum of royalties is wrong"
        );
        ensure!(
            record.price.is_none() || record.commercial,
            "a model that cannot be sold has a price"
        );
        let hash = record
            .spec
            .version_hash(&Self::version_hashes(&record.parents), &record.sources);
        ensure!(hash == record.version_hash, "a version hash is not what it says");
        Ok(())
    }
}
