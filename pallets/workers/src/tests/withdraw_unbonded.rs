// SPDX-License-Identifier: Apache-2.0
//! The end of a registration.

use super::*;
use openledger_primitives::traits::WorkerPool;

#[test]
fn the_bond_comes_back_after_the_delay() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            let worker = key(1);
            assert_ok!(WorkersPallet::unbond(signed(1)));
            Now::mutate(|now| *now += UNBOND_TICKS - 1);
            assert_noop!(
                WorkersPallet::withdraw_unbonded(signed(1)),
                Error::<Test>::TooEarly
            );
            Now::mutate(|now| *now += 1);
            assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
            assert_event(Event::Withdrawn {
                worker: worker.clone(),
                bond: 100,
            });
            assert_eq!(held(1), 0);
            assert_eq!(Balances::free_balance(1), WEALTH);
            assert!(!WorkersPallet::is_registered(&worker));
        });
}

#[test]
fn an_open_request_keeps_the_bond() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            let worker = key(1);
            assert_ok!(WorkersPallet::assign(&worker, 7));
            assert_ok!(WorkersPallet::unbond(signed(1)));
            Now::mutate(|now| *now += UNBOND_TICKS);
            assert_noop!(
                WorkersPallet::withdraw_unbonded(signed(1)),
                Error::<Test>::StillAssigned
            );
            WorkersPallet::release(&worker, 7, false);
            assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
        });
}

#[test]
fn a_request_that_was_served_while_leaving_keeps_the_bond_as_long_as_its_worker_is_liable() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            let worker = key(1);
            assert_ok!(WorkersPallet::assign(&worker, 7));
            assert_ok!(WorkersPallet::unbond(signed(1)));
            Now::mutate(|now| *now += UNBOND_TICKS - 1);
            WorkersPallet::release(&worker, 7, true);
            Now::mutate(|now| *now += LIABLE_TICKS - 1);
            assert_noop!(
                WorkersPallet::withdraw_unbonded(signed(1)),
                Error::<Test>::TooEarly
            );
            Now::mutate(|now| *now += 1);
            assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
        });
}

#[test]
fn a_bond_cannot_be_withdrawn_twice_or_without_leaving() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_noop!(
            WorkersPallet::withdraw_unbonded(signed(2)),
            Error::<Test>::NotFound
        );
        assert_noop!(
            WorkersPallet::withdraw_unbonded(signed(1)),
            Error::<Test>::NotUnbonding
        );
        assert_ok!(WorkersPallet::unbond(signed(1)));
        Now::mutate(|now| *now += UNBOND_TICKS);
        assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
        assert_noop!(
            WorkersPallet::withdraw_unbonded(signed(1)),
            Error::<Test>::NotFound
        );
    });
}
