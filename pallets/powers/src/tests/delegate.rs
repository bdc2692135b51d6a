// SPDX-License-Identifier: Apache-2.0
use super::{allowance, near_the_default, shares};
use crate::{mock::*, Delegates, Error, Event, FeeBounds, Power, PowerKind};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn a_referendum_delegates_powers_one_by_one() {
    Builder::default().build_and_execute(|| {
        for power in [
            allowance(100, 10),
            Power::FeeSplit(near_the_default()),
            Power::FeaturedDatanets,
        ] {
            assert_ok!(PowersPallet::delegate(RuntimeOrigin::root(), 1, power.clone()));
            assert_event(Event::Delegated { account: 1, power });
        }
        let powers = Delegates::<Test>::get(1).unwrap();
        assert_eq!(powers.treasury_spend.unwrap().cap, 100);
        assert_eq!(powers.fee_split, Some(near_the_default()));
        assert!(powers.featured_datanets);
        assert_eq!(Delegates::<Test>::count(), 1);
    });
}

#[test]
fn nobody_delegates_but_a_referendum() {
    Builder::default()
        .with_power(1, Power::FeaturedDatanets)
        .build_and_execute(|| {
            for who in [1, 2, COUNCIL] {
                assert_noop!(
                    PowersPallet::delegate(by(who), 2, allowance(1, 1)),
                    DispatchError::BadOrigin
                );
            }
        });
}

#[test]
fn bounds_that_bound_nothing_or_allow_nothing_are_refused() {
    Builder::default().build_and_execute(|| {
        assert_noop!(
            PowersPallet::delegate(RuntimeOrigin::root(), 1, allowance(1, 0)),
            Error::<Test>::PeriodTooShort
        );
        let impossible = [
            // too much at least
            (shares([20, 30, 30, 30]), shares([100, 100, 100, 100])),
            // too little at most
            (shares([0, 0, 0, 0]), shares([20, 20, 20, 30])),
            // a least above its most
            (shares([30, 0, 0, 0]), shares([20, 100, 100, 100])),
        ];
        for (least, most) in impossible {
            let power = Power::FeeSplit(FeeBounds { least, most });
            assert_noop!(
                PowersPallet::delegate(RuntimeOrigin::root(), 1, power),
                Error::<Test>::BoundsImpossible
            );
        }
    });
}

#[test]
fn the_number_of_delegates_is_bounded_and_revoking_makes_room() {
    Builder::default().build_and_execute(|| {
        for who in 0..u64::from(MAX_DELEGATES) {
            assert_ok!(PowersPallet::delegate(
                RuntimeOrigin::root(),
                who,
                Power::FeaturedDatanets
            ));
        }
        assert_noop!(
            PowersPallet::delegate(RuntimeOrigin::root(), 77, Power::FeaturedDatanets),
            Error::<Test>::TooManyDelegates
        );
        // one that has a power already takes no room
        assert_ok!(PowersPallet::delegate(RuntimeOrigin::root(), 0, allowance(1, 1)));
        assert_ok!(PowersPallet::revoke(
            RuntimeOrigin::root(),
            1,
            PowerKind::FeaturedDatanets
        ));
        assert_ok!(PowersPallet::delegate(
            RuntimeOrigin::root(),
            77,
            Power::FeaturedDatanets
        ));
    });
}
