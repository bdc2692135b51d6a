// SPDX-License-Identifier: Apache-2.0
//! Withdrawing the offer of a model.

use super::*;

#[test]
fn a_worker_stops_offering_a_model_and_the_others_stay() {
    Builder::default()
        .with_worker(1, 100, &[0, 1])
        .with_worker(2, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::unhost(signed(1), 0));
            assert_event(Event::Unhosted {
                worker: key(1),
                model: 0,
            });
            assert_eq!(Hosts::<Test>::get(0).into_inner(), vec![key(2)]);
            assert_eq!(Workers::<Test>::get(1).unwrap().hosted.into_inner(), vec![1]);
        });
}

#[test]
fn a_model_without_hosts_leaves_nothing_in_storage() {
    Builder::default()
        .with_worker(1, 100, &[0])
        .build_and_execute(|| {
            assert_ok!(WorkersPallet::unhost(signed(1), 0));
            assert!(!Hosts::<Test>::contains_key(0));
        });
}

#[test]
fn a_model_that_is_not_hosted_cannot_be_unhosted() {
    Builder::default().with_worker(1, 100, &[]).build_and_execute(|| {
        assert_noop!(WorkersPallet::unhost(signed(1), 0), Error::<Test>::NotHosted);
        assert_noop!(WorkersPallet::unhost(signed(2), 0), Error::<Test>::NotFound);
    });
}
