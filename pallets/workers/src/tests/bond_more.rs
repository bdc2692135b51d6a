// SPDX-License-Identifier: Apache-2.0
//! A larger bond.

use super::*;
use sp_runtime::{DispatchError, TokenError};

#[test]
fn a_bond_grows_and_so_does_the_stake_in_draws() {
    use openledger_primitives::traits::WorkerPool;
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::bond_more(signed(1), 50));
            assert_event(Event::BondedMore {
                worker: key(1),
                bond: 150,
            });
            assert_eq!(held(1), 150);
            assert_eq!(WorkersPallet::hosts(0)[0].stake, 150);
        });
}

#[test]
fn only_a_worker_can_bond_more() {
    Builder::default().build_and_execute(|| {
        assert_noop!(WorkersPallet::bond_more(signed(1), 50), Error::<Test>::NotFound);
    });
}

#[test]
fn a_leaving_worker_cannot_bond_more() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_ok!(WorkersPallet::unbond(signed(1)));
        assert_noop!(
            WorkersPallet::bond_more(signed(1), 50),
            Error::<Test>::AlreadyUnbonding
        );
    });
}

#[test]
fn money_that_is_not_there_cannot_be_bonded() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        let unavailable = DispatchError::Token(TokenError::FundsUnavailable);
        assert_noop!(WorkersPallet::bond_more(signed(1), WEALTH), unavailable);
        let overflow = DispatchError::Arithmetic(sp_runtime::ArithmeticError::Overflow);
        assert_noop!(WorkersPallet::bond_more(signed(1), u128::MAX), overflow);
    });
}
