// SPDX-License-Identifier: Apache-2.0
//! What the calls do, behind their origins.

use crate::{
    pallet::*,
    types::{Exhausted, Power, PowerKind},
    FeeSplit,
};
use alloc::collections::BTreeSet;
use frame_support::{
    ensure,
    traits::{fungible::Mutate, tokens::Preservation, Get},
};
use openledger_primitives::{
    money::{Balance, FeeShares},
    traits::Datanets,
    DatanetId,
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_delegate(account: T::AccountId, power: PowerOf<T>) -> DispatchResult {
        match &power {
            Power::TreasurySpend { period, .. } => {
                ensure!(!period.is_zero(), Error::<T>::PeriodTooShort);
            }
            Power::FeeSplit(bounds) => ensure!(bounds.can_be_met(), Error::<T>::BoundsImpossible),
            Power::FeaturedDatanets => {}
        }
        let mut powers = match Delegates::<T>::get(&account) {
            Some(powers) => powers,
            None => {
                let delegates = Delegates::<T>::count();
                ensure!(delegates < T::MaxDelegates::get(), Error::<T>::TooManyDelegates);
                PowersOf::<T>::default()
            }
        };
        powers.add(power.clone());
        Delegates::<T>::insert(&account, powers);
        Self::deposit_event(Event::Delegated { account, power });
        Ok(())
    }

    pub(crate) fn do_revoke(account: T::AccountId, kind: PowerKind) -> DispatchResult {
        Delegates::<T>::try_mutate_exists(&account, |entry| {
            let powers = entry.as_mut().ok_or(Error::<T>::NotFound)?;
            ensure!(powers.remove(kind), Error::<T>::NotFound);
            if powers.is_empty() {
                *entry = None;
            }
            Ok::<_, DispatchError>(())
        })?;
        Self::deposit_event(Event::Revoked { account, kind });
        Ok(())
    }

    pub(crate) fn do_spend(by: T::AccountId, beneficiary: T::AccountId, amount: Balance) -> DispatchResult {
        let mut powers = Delegates::<T>::get(&by).ok_or(Error::<T>::NotAuthorized)?;
        let allowance = powers.treasury_spend.as_mut().ok_or(Error::<T>::NotAuthorized)?;
        ensure!(amount > 0, Error::<T>::NothingToSpend);
        let now = frame_system::Pallet::<T>::block_number();
        let left = allowance
            .spend(now, amount)
            .map_err(|exhausted| match exhausted {
                Exhausted::Cap => Error::<T>::CapExceeded,
                Exhausted::Memory => Error::<T>::TooManySpends,
            })?;
        T::Currency::transfer(
            &T::TreasuryAccount::get(),
            &beneficiary,
            amount,
            Preservation::Preserve,
        )?;
        Delegates::<T>::insert(&by, powers);
        Self::deposit_event(Event::Spent {
            by,
            beneficiary,
            amount,
            left,
        });
        Ok(())
    }

    pub(crate) fn do_split_fees(by: T::AccountId, shares: FeeShares) -> DispatchResult {
        let bounds = Delegates::<T>::get(&by)
            .and_then(|powers| powers.fee_split)
            .ok_or(Error::<T>::NotAuthorized)?;
        ensure!(shares.is_whole(), Error::<T>::SharesNotWhole);
        ensure!(bounds.contain(&shares), Error::<T>::SharesOutOfBounds);
        T::FeeSplit::set(shares)?;
        Self::deposit_event(Event::FeesSplit { by, shares });
        Ok(())
    }

    pub(crate) fn do_feature(by: Option<T::AccountId>, datanets: FeaturedOf<T>) -> DispatchResult {
        if let Some(by) = &by {
            let may = Delegates::<T>::get(by).is_some_and(|powers| powers.featured_datanets);
            ensure!(may, Error::<T>::NotAuthorized);
        }
        let distinct: BTreeSet<&DatanetId> = datanets.iter().collect();
        ensure!(distinct.len() == datanets.len(), Error::<T>::AlreadyExists);
        for datanet in &datanets {
            ensure!(T::Datanets::owner(*datanet).is_some(), Error::<T>::NotFound);
        }
        Featured::<T>::put(&datanets);
        Self::deposit_event(Event::DatanetsFeatured { by, datanets });
        Ok(())
    }

    /// What an account may spend of the treasury's money in this block, planck.
    pub fn left_to_spend(account: &T::AccountId) -> Balance {
        let now = frame_system::Pallet::<T>::block_number();
        Delegates::<T>::get(account)
            .and_then(|powers| powers.treasury_spend)
            .map_or(0, |allowance| allowance.left(now))
    }
}
