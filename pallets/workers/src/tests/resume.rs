// SPDX-License-Identifier: Apache-2.0
//! Coming back into the draws.

use super::*;
use openledger_primitives::traits::WorkerPool;

#[test]
fn a_chilled_worker_resumes_as_if_it_was_heard_of() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::chill(signed(1)));
            Now::mutate(|now| *now += HEARTBEAT_TICKS * 2);
            assert_ok!(WorkersPallet::resume(signed(1)));
            assert_event(Event::Resumed { worker: key(1) });
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
        });
}

#[test]
fn only_a_chilled_worker_resumes() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_noop!(WorkersPallet::resume(signed(2)), Error::<Test>::NotFound);
        assert_noop!(WorkersPallet::resume(signed(1)), Error::<Test>::NotChilled);
        assert_ok!(WorkersPallet::unbond(signed(1)));
        assert_noop!(WorkersPallet::resume(signed(1)), Error::<Test>::AlreadyUnbonding);
    });
}
