// SPDX-License-Identifier: Apache-2.0
//! Signs of life.

use super::*;
use openledger_primitives::traits::WorkerPool;

#[test]
fn a_silent_worker_is_not_drawn_until_it_is_heard_of() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            Now::mutate(|now| *now += HEARTBEAT_TICKS);
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
            Now::mutate(|now| *now += 1);
            assert!(WorkersPallet::hosts(0).is_empty());
            assert_ok!(WorkersPallet::heartbeat(signed(1)));
            assert_event(Event::Heard { worker: key(1) });
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
        });
}

#[test]
fn only_a_worker_has_a_heartbeat() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_noop!(WorkersPallet::heartbeat(signed(2)), Error::<Test>::NotFound);
        assert_ok!(WorkersPallet::unbond(signed(1)));
        assert_noop!(
            WorkersPallet::heartbeat(signed(1)),
            Error::<Test>::AlreadyUnbonding
        );
    });
}
