// SPDX-License-Identifier: Apache-2.0
//! What the calls do.

use crate::{
    pallet::*,
    types::{Capabilities, ChillReason, Registration, Standing},
};
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, Get},
    BoundedVec,
};
use openledger_primitives::{
    attestation::WorkerKey,
    money::Balance,
    traits::{Models, Ticks},
    ModelId,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register(
        who: &T::AccountId,
        capabilities: Capabilities,
        bond: Balance,
    ) -> Result<WorkerKeyOf<T>, DispatchError> {
        ensure!(!Workers::<T>::contains_key(who), Error::<T>::AlreadyExists);
        ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooSmall);
        let epoch = Epochs::<T>::get(who)
            .checked_add(1)
            .ok_or(Error::<T>::TooManyEpochs)?;

        T::Currency::hold(&HoldReason::Bond.into(), who, bond)?;
        Epochs::<T>::insert(who, epoch);
        Workers::<T>::insert(
            who,
            Registration {
                epoch,
                capabilities: capabilities.clone(),
                bond,
                standing: Standing::Active,
                heard_at: T::Ticks::now(),
                missed: 0,
                assignments: 0,
                hosted: BoundedVec::new(),
            },
        );
        let worker = WorkerKey {
            account: who.clone(),
            epoch,
        };
        Self::deposit_event(Event::Registered {
            worker: worker.clone(),
            bond,
            capabilities,
        });
        Ok(worker)
    }

    pub(crate) fn do_bond_more(who: &T::AccountId, amount: Balance) -> DispatchResult {
        Self::change(who, |registration, worker| {
            Self::ensure_staying(registration)?;
            // More than exists cannot be held.
            let bond = registration
                .bond
                .checked_add(amount)
                .ok_or(sp_runtime::ArithmeticError::Overflow)?;
            T::Currency::hold(&HoldReason::Bond.into(), who, amount)?;
            registration.bond = bond;
            Self::deposit_event(Event::BondedMore { worker, bond });
            Ok(())
        })
    }

    pub(crate) fn do_host(who: &T::AccountId, model: ModelId) -> DispatchResult {
        Self::change(who, |registration, worker| {
            Self::ensure_staying(registration)?;
            let Err(place) = registration.hosted.binary_search(&model) else {
                return Err(Error::<T>::AlreadyHosted.into());
            };
            ensure!(T::Models::can_host(model), Error::<T>::ModelNotHostable);
            registration
                .hosted
                .try_insert(place, model)
                .map_err(|_| Error::<T>::TooManyHosted)?;
            Hosts::<T>::try_mutate(model, |hosts| hosts.try_push(worker.clone()))
                .map_err(|_| Error::<T>::TooManyHosts)?;
            Self::deposit_event(Event::Hosted { worker, model });
            Ok(())
        })
    }

    pub(crate) fn do_unhost(who: &T::AccountId, model: ModelId) -> DispatchResult {
        Self::change(who, |registration, worker| {
            let Ok(place) = registration.hosted.binary_search(&model) else {
                return Err(Error::<T>::NotHosted.into());
            };
            registration.hosted.remove(place);
            Self::leave_pool(model, &worker);
            Self::deposit_event(Event::Unhosted { worker, model });
            Ok(())
        })
    }

    pub(crate) fn do_heartbeat(who: &T::AccountId) -> DispatchResult {
        Self::change(who, |registration, worker| {
            Self::ensure_staying(registration)?;
            registration.heard_at = T::Ticks::now();
            Self::deposit_event(Event::Heard { worker });
            Ok(())
        })
    }

    pub(crate) fn do_chill(who: &T::AccountId) -> DispatchResult {
        Self::change(who, |registration, worker| {
            Self::ensure_staying(registration)?;
            ensure!(
                registration.standing == Standing::Active,
                Error::<T>::AlreadyChilled
            );
            registration.standing = Standing::Chilled;
            Self::deposit_event(Event::Chilled {
                worker,
                reason: ChillReason::OwnWish,
            });
            Ok(())
        })
    }

    pub(crate) fn do_resume(who: &T::AccountId) -> DispatchResult {
        Self::change(who, |registration, worker| {
            Self::ensure_staying(registration)?;
            ensure!(registration.standing == Standing::Chilled, Error::<T>::NotChilled);
            registration.standing = Standing::Active;
            registration.heard_at = T::Ticks::now();
            registration.missed = 0;
            Self::deposit_event(Event::Resumed { worker });
            Ok(())
        })
    }

    pub(crate) fn do_unbond(who: &T::AccountId) -> DispatchResult {
        Self::change(who, |registration, worker| {
            Self::ensure_staying(registration)?;
            let until = T::Ticks::now().saturating_add(T::UnbondTicks::get());
            for model in core::mem::take(&mut registration.hosted) {
                Self::leave_pool(model, &worker);
                Self::deposit_event(Event::Unhosted {
                    worker: worker.clone(),
                    model,
                });
            }
            registration.standing = Standing::Unbonding { until };
            Self::deposit_event(Event::Unbonding { worker, until });
            Ok(())
        })
    }

    pub(crate) fn do_withdraw_unbonded(who: &T::AccountId) -> DispatchResult {
        let registration = Workers::<T>::get(who).ok_or(Error::<T>::NotFound)?;
        let Standing::Unbonding { until } = registration.standing else {
            return Err(Error::<T>::NotUnbonding.into());
        };
        ensure!(T::Ticks::now() >= until, Error::<T>::TooEarly);
        ensure!(registration.assignments == 0, Error::<T>::StillAssigned);
        let worker = WorkerKey {
            account: who.clone(),
            epoch: registration.epoch,
        };
        ensure!(Accusations::<T>::get(&worker) == 0, Error::<T>::StillAccused);

        let bond = registration.bond;
        T::Currency::release(&HoldReason::Bond.into(), who, bond, Precision::Exact)?;
        Workers::<T>::remove(who);
        Self::deposit_event(Event::Withdrawn { worker, bond });
        Ok(())
    }

    /// Changes the registration of `who`; nothing is written when `f` refuses.
    fn change(
        who: &T::AccountId,
        f: impl FnOnce(&mut RegistrationOf<T>, WorkerKeyOf<T>) -> DispatchResult,
    ) -> DispatchResult {
        Workers::<T>::try_mutate(who, |stored| {
            let registration = stored.as_mut().ok_or(Error::<T>::NotFound)?;
            let worker = WorkerKey {
                account: who.clone(),
                epoch: registration.epoch,
            };
            f(registration, worker)
        })
    }

    fn ensure_staying(registration: &RegistrationOf<T>) -> DispatchResult {
        let leaving = matches!(registration.standing, Standing::Unbonding { .. });
        ensure!(!leaving, Error::<T>::AlreadyUnbonding);
        Ok(())
    }

    fn leave_pool(model: ModelId, worker: &WorkerKeyOf<T>) {
        Hosts::<T>::mutate_exists(model, |stored| {
            if let Some(hosts) = stored {
                hosts.retain(|host| host != worker);
                if hosts.is_empty() {
                    *stored = None;
                }
            }
        });
    }
}
