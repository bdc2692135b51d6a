// SPDX-License-Identifier: Apache-2.0
//! Beginning to leave.

use super::*;
use openledger_primitives::traits::WorkerPool;

#[test]
fn a_leaving_worker_leaves_every_pool_at_once() {
    Builder::default()
        .with_worker(1, 100, &[0, 1])
        .with_worker(2, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::unbond(signed(1)));
            let until = Now::get() + UNBOND_TICKS;
            System::assert_has_event(
                Event::Unhosted {
                    worker: key(1),
                    model: 0,
                }
                .into(),
            );
            System::assert_has_event(
                Event::Unhosted {
                    worker: key(1),
                    model: 1,
                }
                .into(),
            );
            assert_event(Event::Unbonding {
                worker: key(1),
                until,
            });
            assert_eq!(Hosts::<Test>::get(0).into_inner(), vec![key(2)]);
            assert!(!Hosts::<Test>::contains_key(1));
            assert_eq!(
                Workers::<Test>::get(1).unwrap().standing,
                Standing::Unbonding { until }
            );
        });
}

#[test]
fn a_worker_may_begin_to_leave_while_a_request_is_open() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::assign(&key(1), 7));
            assert_ok!(WorkersPallet::unbond(signed(1)));
            assert_eq!(Workers::<Test>::get(1).unwrap().assignments, 1);
        });
}

#[test]
fn leaving_begins_once() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_noop!(WorkersPallet::unbond(signed(2)), Error::<Test>::NotFound);
        assert_ok!(WorkersPallet::unbond(signed(1)));
        Now::mutate(|now| *now += 1);
        assert_noop!(WorkersPallet::unbond(signed(1)), Error::<Test>::AlreadyUnbonding);
    });
}
