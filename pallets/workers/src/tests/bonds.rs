// SPDX-License-Identifier: Apache-2.0
//! What disputes do to bonds.

use super::*;
use crate::Accusations;
use openledger_primitives::{
    attestation::WorkerKey,
    traits::{Bonds, WorkerPool},
};

#[test]
fn an_accused_worker_keeps_its_bond_until_it_was_acquitted_as_often() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        let worker = key(1);
        WorkersPallet::accuse(&worker);
        WorkersPallet::accuse(&worker);
        assert_ok!(WorkersPallet::unbond(signed(1)));
        Now::mutate(|now| *now += UNBOND_TICKS);
        for _ in 0..2 {
            assert_noop!(
                WorkersPallet::withdraw_unbonded(signed(1)),
                Error::<Test>::StillAccused
            );
            WorkersPallet::acquit(&worker);
        }
        assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
        assert_eq!(Accusations::<Test>::iter().count(), 0);
        WorkersPallet::acquit(&worker);
        assert_eq!(Accusations::<Test>::iter().count(), 0);
    });
}

#[test]
fn a_slash_moves_held_money_and_lowers_the_stake() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            let before = Balances::free_balance(2);
            assert_eq!(WorkersPallet::slash(&key(1), 30, &2), 30);
            assert_event(Event::Slashed {
                worker: key(1),
                amount: 30,
                bond: 70,
            });
            assert_eq!((held(1), Balances::free_balance(2)), (70, before + 30));
            assert_eq!(Balances::free_balance(1), WEALTH - 100);
            assert!(WorkersPallet::hosts(0).is_empty(), "below the least bond");
        });
}

#[test]
fn a_slash_never_takes_more_than_the_bond() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_eq!(WorkersPallet::slash(&key(1), 1_000, &2), 100);
        assert_eq!(WorkersPallet::slash(&key(1), 1_000, &2), 0);
        assert_eq!(held(1), 0);
        assert_ok!(WorkersPallet::unbond(signed(1)));
        Now::mutate(|now| *now += UNBOND_TICKS);
        assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
    });
}

#[test]
fn a_registration_that_ended_cannot_be_slashed_for_by_a_new_one() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        let old = key(1);
        assert_ok!(WorkersPallet::unbond(signed(1)));
        Now::mutate(|now| *now += UNBOND_TICKS);
        assert_ok!(WorkersPallet::withdraw_unbonded(signed(1)));
        assert_ok!(WorkersPallet::register(signed(1), capabilities(), 100));
        assert_eq!(WorkersPallet::slash(&old, 30, &2), 0);
        let stranger = WorkerKey { account: 9, epoch: 1 };
        assert_eq!(WorkersPallet::slash(&stranger, 30, &2), 0);
        assert_eq!(held(1), 100);
    });
}
