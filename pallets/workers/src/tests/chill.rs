// SPDX-License-Identifier: Apache-2.0
//! Leaving the draws for a while.

use super::*;
use openledger_primitives::traits::WorkerPool;

#[test]
fn a_chilled_worker_is_not_drawn_but_keeps_its_models() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::chill(signed(1)));
            assert_event(Event::Chilled {
                worker: key(1),
                reason: ChillReason::OwnWish,
            });
            assert!(WorkersPallet::hosts(0).is_empty());
            assert_eq!(Hosts::<Test>::get(0).into_inner(), vec![key(1)]);
        });
}

#[test]
fn chilling_needs_an_active_worker() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_noop!(WorkersPallet::chill(signed(2)), Error::<Test>::NotFound);
        assert_ok!(WorkersPallet::chill(signed(1)));
        assert_noop!(WorkersPallet::chill(signed(1)), Error::<Test>::AlreadyChilled);
        assert_ok!(WorkersPallet::unbond(signed(1)));
        assert_noop!(WorkersPallet::chill(signed(1)), Error::<Test>::AlreadyUnbonding);
    });
}
