// SPDX-License-Identifier: Apache-2.0
//! Registration.

use super::*;
use crate::Epochs;
use frame_support::traits::tokens::fungible::Mutate;
use sp_runtime::{DispatchError, TokenError};

#[test]
fn a_worker_registers_and_its_bond_is_held() {
    Builder::default().build_and_execute(|| {
        assert_ok!(WorkersPallet::register(signed(1), capabilities(), 150));
        assert_event(Event::Registered {
            worker: key(1),
            bond: 150,
            capabilities: capabilities(),
        });
        assert_eq!(held(1), 150);
        let registration = Workers::<Test>::get(1).unwrap();
        assert_eq!((registration.epoch, registration.heard_at), (1, Now::get()));
        assert_eq!(registration.standing, Standing::Active);
    });
}

#[test]
fn each_registration_of_an_account_has_its_own_epoch() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_ok!(WorkersPallet::unbond(signed(1)));
        Now::mutate(|now| *now += UNBOND_TICKS);
        assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
        assert_ok!(WorkersPallet::register(signed(1), capabilities(), 100));
        assert_eq!(key(1).epoch, 2);
        assert_eq!(Epochs::<Test>::get(1), 2);
    });
}

#[test]
fn nobody_registers_twice() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        let again = WorkersPallet::register(signed(1), capabilities(), 100);
        assert_noop!(again, Error::<Test>::AlreadyExists);
    });
}

#[test]
fn a_bond_below_the_minimum_is_refused() {
    Builder::default().build_and_execute(|| {
        let little = WorkersPallet::register(signed(1), capabilities(), MinBond::get() - 1);
        assert_noop!(little, Error::<Test>::BondTooSmall);
    });
}

#[test]
fn a_bond_that_the_account_does_not_have_is_refused() {
    Builder::default().build_and_execute(|| {
        let rich = WorkersPallet::register(signed(1), capabilities(), WEALTH + 1);
        assert_noop!(rich, DispatchError::Token(TokenError::FundsUnavailable));
    });
}

#[test]
fn an_account_out_of_epochs_is_refused() {
    Builder::default().build_and_execute(|| {
        Epochs::<Test>::insert(1, u32::MAX);
        let last = WorkersPallet::register(signed(1), capabilities(), 100);
        assert_noop!(last, Error::<Test>::TooManyEpochs);
    });
}

#[test]
fn only_a_signed_origin_registers() {
    Builder::default().build_and_execute(|| {
        let unsigned = WorkersPallet::register(RuntimeOrigin::none(), capabilities(), 100);
        assert_noop!(unsigned, DispatchError::BadOrigin);
    });
}

#[test]
fn a_held_bond_cannot_be_spent() {
    Builder::default().with_worker(1, 900, &[]).build_and_execute(|| {
        let preservation = frame_support::traits::tokens::Preservation::Expendable;
        assert!(Balances::transfer(&1, &2, 101, preservation).is_err());
    });
}
