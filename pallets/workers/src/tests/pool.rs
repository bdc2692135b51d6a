// SPDX-License-Identifier: Apache-2.0
//! What committee draws see and note.

use super::*;
use openledger_primitives::{
    attestation::WorkerKey,
    traits::{Host, WorkerPool},
};

#[test]
fn hosts_are_listed_in_the_order_in_which_they_joined() {
    Builder::default()
        .with_worker(2, 300, &[0])
        .with_worker(1, 100, &[0, 1])
        .build_and_execute(|| {
            assert_eq!(
                WorkersPallet::hosts(0),
                vec![
                    Host {
                        worker: key(2),
                        stake: 300
                    },
                    Host {
                        worker: key(1),
                        stake: 100
                    }
                ]
            );
            assert!(WorkersPallet::hosts(9).is_empty());
        });
}

#[test]
fn a_worker_below_a_raised_minimum_is_not_drawn_until_it_bonds_more() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            MinBond::set(200);
            assert!(WorkersPallet::hosts(0).is_empty());
            assert_ok!(WorkersPallet::bond_more(signed(1), 100));
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
        });
}

#[test]
fn a_worker_with_enough_to_do_is_left_out() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            for request in 0..u64::from(MAX_ASSIGNMENTS) {
                assert_eq!(WorkersPallet::hosts(0).len(), 1);
                assert_ok!(WorkersPallet::assign(&key(1), request));
            }
            assert!(WorkersPallet::hosts(0).is_empty());
            assert_noop!(
                WorkersPallet::assign(&key(1), 9),
                Error::<Test>::TooManyAssignments
            );
            WorkersPallet::release(&key(1), 0, true);
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
        });
}

#[test]
fn a_worker_is_assigned_to_a_request_once() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::assign(&key(1), 7));
            assert_noop!(WorkersPallet::assign(&key(1), 7), Error::<Test>::AlreadyAssigned);
        });
}

#[test]
fn a_key_of_another_registration_opens_nothing() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            let other = WorkerKey { account: 1, epoch: 2 };
            assert!(WorkersPallet::is_registered(&key(1)));
            assert!(!WorkersPallet::is_registered(&other));
            assert_noop!(WorkersPallet::assign(&other, 7), Error::<Test>::NotFound);
        });
}

#[test]
fn releasing_twice_or_without_an_assignment_changes_nothing() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::assign(&key(1), 7));
            WorkersPallet::release(&key(1), 8, false);
            assert_eq!(Workers::<Test>::get(1).unwrap().missed, 0);
            WorkersPallet::release(&key(1), 7, false);
            WorkersPallet::release(&key(1), 7, false);
            let registration = Workers::<Test>::get(1).unwrap();
            assert_eq!((registration.missed, registration.assignments), (1, 0));
        });
}

fn miss(request: u64) {
    assert_ok!(WorkersPallet::assign(&key(1), request));
    WorkersPallet::release(&key(1), request, false);
}

#[test]
fn missing_too_often_in_a_row_chills_without_a_slash() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            miss(0);
            miss(1);
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
            miss(2);
            assert_event(Event::Chilled {
                worker: key(1),
                reason: ChillReason::Missed,
            });
            assert!(WorkersPallet::hosts(0).is_empty());
            assert_eq!(held(1), 100);
            assert_ok!(WorkersPallet::resume(signed(1)));
            assert_eq!(Workers::<Test>::get(1).unwrap().missed, 0);
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
        });
}

#[test]
fn serving_forgives_what_was_missed_and_is_a_sign_of_life() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            miss(0);
            miss(1);
            assert_ok!(WorkersPallet::assign(&key(1), 2));
            Now::mutate(|now| *now += HEARTBEAT_TICKS + 1);
            WorkersPallet::release(&key(1), 2, true);
            miss(3);
            assert_eq!(WorkersPallet::hosts(0).len(), 1);
            assert_eq!(Workers::<Test>::get(1).unwrap().missed, 1);
        });
}

#[test]
fn a_chilled_or_leaving_worker_is_not_chilled_again() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            for request in 0..3 {
                assert_ok!(WorkersPallet::assign(&key(1), request));
            }
            assert_ok!(WorkersPallet::unbond(signed(1)));
            System::reset_events();
            for request in 0..3 {
                WorkersPallet::release(&key(1), request, false);
            }
            assert!(System::events().is_empty());
        });
}
