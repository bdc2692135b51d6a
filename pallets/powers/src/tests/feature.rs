// SPDX-License-Identifier: Apache-2.0
use super::allowance;
use crate::{mock::*, Error, Event, Featured, FeaturedOf, Power};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::DatanetId;

fn list(datanets: &[DatanetId]) -> FeaturedOf<Test> {
    datanets.to_vec().try_into().unwrap()
}

#[test]
fn a_delegate_replaces_the_list_and_keeps_its_order() {
    Builder::default()
        .with_power(1, Power::FeaturedDatanets)
        .build_and_execute(|| {
            for datanets in [list(&[3, 0, 2]), list(&[4, 3, 2, 1, 0]), list(&[])] {
                assert_ok!(PowersPallet::feature(by(1), datanets.clone()));
                assert_eq!(Featured::<Test>::get(), datanets);
                let by = Some(1);
                assert_event(Event::DatanetsFeatured { by, datanets });
            }
        });
}

#[test]
fn a_referendum_needs_no_power() {
    Builder::default().build_and_execute(|| {
        let datanets = list(&[1]);
        assert_ok!(PowersPallet::feature(RuntimeOrigin::root(), datanets.clone()));
        assert_event(Event::DatanetsFeatured { by: None, datanets });
    });
}

#[test]
fn a_datanet_that_is_not_there_or_named_twice_is_refused() {
    Builder::default()
        .with_power(1, Power::FeaturedDatanets)
        .build_and_execute(|| {
            assert_noop!(
                PowersPallet::feature(by(1), list(&[0, 7])),
                Error::<Test>::NotFound
            );
            assert_noop!(
                PowersPallet::feature(by(1), list(&[0, 1, 0])),
                Error::<Test>::AlreadyExists
            );
        });
}

#[test]
fn who_has_another_power_features_nothing() {
    Builder::default()
        .with_power(1, allowance(10, 10))
        .build_and_execute(|| {
            for who in [1, 2] {
                assert_noop!(
                    PowersPallet::feature(by(who), list(&[0])),
                    Error::<Test>::NotAuthorized
                );
            }
        });
}
