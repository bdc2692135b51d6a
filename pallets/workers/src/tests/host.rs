// SPDX-License-Identifier: Apache-2.0
//! Offering a model.

use super::*;

#[test]
fn a_worker_offers_a_model() {
    Builder::default()
        .with_worker(1, 100, &[2])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::host(signed(1), 0));
            assert_event(Event::Hosted {
                worker: key(1),
                model: 0,
            });
            assert_eq!(Workers::<Test>::get(1).unwrap().hosted.into_inner(), vec![0, 2]);
            assert_eq!(Hosts::<Test>::get(0).into_inner(), vec![key(1)]);
        });
}

#[test]
fn only_a_worker_can_host() {
    Builder::default().build_and_execute(|| {
        assert_noop!(WorkersPallet::host(signed(1), 0), Error::<Test>::NotFound);
    });
}

#[test]
fn a_model_that_may_not_be_hosted_is_refused() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_noop!(
            WorkersPallet::host(signed(1), 99),
            Error::<Test>::ModelNotHostable
        );
    });
}

#[test]
fn a_model_is_hosted_once_by_a_worker() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_noop!(WorkersPallet::host(signed(1), 0), Error::<Test>::AlreadyHosted);
        });
}

#[test]
fn a_worker_hosts_no_more_than_it_may() {
    Builder::default()
        .with_worker(1, 100, &[0, 1, 2])
        .build_and_execute(|| {
            assert_noop!(WorkersPallet::host(signed(1), 3), Error::<Test>::TooManyHosted);
        });
}

#[test]
fn a_model_has_no_more_hosts_than_it_may() {
    (1..=4)
        .fold(Builder::default(), |b, who| b.with_worker(who, 100, &[0]))
        .with_worker(5, 100, &[])
        .build_and_execute(|| {
            assert_noop!(WorkersPallet::host(signed(5), 0), Error::<Test>::TooManyHosts);
            assert!(Workers::<Test>::get(5).unwrap().hosted.is_empty());
        });
}

#[test]
fn a_leaving_worker_cannot_host() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_ok!(WorkersPallet::unbond(signed(1)));
        assert_noop!(WorkersPallet::host(signed(1), 0), Error::<Test>::AlreadyUnbonding);
    });
}
