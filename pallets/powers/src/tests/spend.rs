// SPDX-License-Identifier: Apache-2.0
use super::allowance;
use crate::{mock::*, Delegates, Error, Event, Power, PowerKind};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{ArithmeticError, TokenError};

#[test]
fn a_delegate_spends_up_to_the_cap_and_not_a_planck_more() {
    Builder::default()
        .with_power(1, allowance(100, 10))
        .build_and_execute(|| {
            assert_ok!(PowersPallet::spend(by(1), 2, 60));
            assert_event(Event::Spent {
                by: 1,
                beneficiary: 2,
                amount: 60,
                left: 40,
            });
            assert_noop!(PowersPallet::spend(by(1), 2, 41), Error::<Test>::CapExceeded);
            assert_ok!(PowersPallet::spend(by(1), 3, 40));
            assert_noop!(PowersPallet::spend(by(1), 2, 1), Error::<Test>::CapExceeded);
            assert_eq!(Balances::free_balance(2), 60);
            assert_eq!(Balances::free_balance(3), 40);
            assert_eq!(Balances::free_balance(TREASURY), WEALTH - 100);
        });
}

#[test]
fn the_window_moves_with_the_chain_so_splitting_around_a_boundary_gains_nothing() {
    Builder::default()
        .with_power(1, allowance(100, 10))
        .build_and_execute(|| {
            System::set_block_number(9);
            assert_ok!(PowersPallet::spend(by(1), 2, 100));
            for block in 10..19 {
                System::set_block_number(block);
                assert_noop!(PowersPallet::spend(by(1), 2, 1), Error::<Test>::CapExceeded);
            }
            System::set_block_number(19);
            assert_ok!(PowersPallet::spend(by(1), 2, 100));
        });
}

#[test]
fn many_small_spends_are_bounded_in_number_and_wait_for_the_oldest() {
    Builder::default()
        .with_power(1, allowance(100, 10))
        .build_and_execute(|| {
            for block in 1..=u64::from(MAX_SPENDS) {
                System::set_block_number(block);
                assert_ok!(PowersPallet::spend(by(1), 2, 1));
            }
            // a further one in the same block takes no place
            assert_ok!(PowersPallet::spend(by(1), 2, 1));
            System::set_block_number(10);
            assert_noop!(PowersPallet::spend(by(1), 2, 1), Error::<Test>::TooManySpends);
            System::set_block_number(11);
            assert_ok!(PowersPallet::spend(by(1), 2, 1));
        });
}

#[test]
fn delegating_again_does_not_forget_what_was_spent() {
    Builder::default()
        .with_power(1, allowance(100, 10))
        .build_and_execute(|| {
            assert_ok!(PowersPallet::spend(by(1), 2, 100));
            assert_ok!(PowersPallet::delegate(
                RuntimeOrigin::root(),
                1,
                allowance(150, 10)
            ));
            assert_eq!(PowersPallet::left_to_spend(&1), 50);
            assert_noop!(PowersPallet::spend(by(1), 2, 51), Error::<Test>::CapExceeded);
            // a cap below what was spent leaves nothing, and takes nothing back
            assert_ok!(PowersPallet::delegate(
                RuntimeOrigin::root(),
                1,
                allowance(10, 10)
            ));
            assert_eq!(PowersPallet::left_to_spend(&1), 0);
            // only a revocation forgets
            assert_ok!(PowersPallet::revoke(
                RuntimeOrigin::root(),
                1,
                PowerKind::TreasurySpend
            ));
            assert_ok!(PowersPallet::delegate(
                RuntimeOrigin::root(),
                1,
                allowance(10, 10)
            ));
            assert_eq!(PowersPallet::left_to_spend(&1), 10);
        });
}

#[test]
fn two_delegates_have_a_cap_each() {
    Builder::default()
        .with_power(1, allowance(100, 10))
        .with_power(2, allowance(5, 10))
        .build_and_execute(|| {
            assert_ok!(PowersPallet::spend(by(1), 3, 100));
            assert_ok!(PowersPallet::spend(by(2), 3, 5));
            assert_noop!(PowersPallet::spend(by(2), 3, 1), Error::<Test>::CapExceeded);
        });
}

#[test]
fn who_has_no_power_or_another_one_spends_nothing() {
    Builder::default()
        .with_power(1, Power::FeaturedDatanets)
        .build_and_execute(|| {
            for who in [1, 2, TREASURY, COUNCIL] {
                assert_noop!(PowersPallet::spend(by(who), 2, 1), Error::<Test>::NotAuthorized);
            }
        });
}

#[test]
fn the_treasury_keeps_what_keeps_its_account_alive_and_a_failed_spend_counts_nothing() {
    Builder::default()
        .with_power(1, allowance(10 * WEALTH, 10))
        .build_and_execute(|| {
            assert_noop!(PowersPallet::spend(by(1), 2, 0), Error::<Test>::NothingToSpend);
            assert_noop!(PowersPallet::spend(by(1), 2, WEALTH), TokenError::NotExpendable);
            assert_noop!(
                PowersPallet::spend(by(1), 2, 2 * WEALTH),
                ArithmeticError::Underflow
            );
            assert!(Delegates::<Test>::get(1)
                .unwrap()
                .treasury_spend
                .unwrap()
                .spends
                .is_empty());
            assert_ok!(PowersPallet::spend(by(1), 2, WEALTH - 1));
        });
}
