// SPDX-License-Identifier: Apache-2.0
use super::{allowance, near_the_default};
use crate::{mock::*, Delegates, Error, Event, Power, PowerKind};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::money::FeeShares;
use sp_runtime::DispatchError;

#[test]
fn a_revoked_power_is_gone_at_once_and_others_stay() {
    Builder::default()
        .with_power(1, allowance(100, 10))
        .with_power(1, Power::FeeSplit(near_the_default()))
        .build_and_execute(|| {
            let kind = PowerKind::TreasurySpend;
            assert_ok!(PowersPallet::revoke(RuntimeOrigin::root(), 1, kind));
            assert_event(Event::Revoked { account: 1, kind });
            assert_noop!(PowersPallet::spend(by(1), 2, 1), Error::<Test>::NotAuthorized);
            assert_ok!(PowersPallet::split_fees(by(1), FeeShares::DEFAULT));
        });
}

#[test]
fn the_last_power_takes_the_account_off_the_list() {
    Builder::default()
        .with_power(1, Power::FeaturedDatanets)
        .build_and_execute(|| {
            assert_ok!(PowersPallet::revoke(by(COUNCIL), 1, PowerKind::FeaturedDatanets));
            assert_eq!(Delegates::<Test>::count(), 0);
            assert_noop!(
                PowersPallet::revoke(by(COUNCIL), 1, PowerKind::FeaturedDatanets),
                Error::<Test>::NotFound
            );
        });
}

#[test]
fn what_was_not_delegated_cannot_be_revoked() {
    Builder::default()
        .with_power(1, Power::FeaturedDatanets)
        .build_and_execute(|| {
            for kind in [PowerKind::TreasurySpend, PowerKind::FeeSplit] {
                assert_noop!(
                    PowersPallet::revoke(RuntimeOrigin::root(), 1, kind),
                    Error::<Test>::NotFound
                );
            }
        });
}

#[test]
fn a_delegate_cannot_take_anothers_power() {
    Builder::default()
        .with_power(1, Power::FeaturedDatanets)
        .with_power(2, Power::FeaturedDatanets)
        .build_and_execute(|| {
            assert_noop!(
                PowersPallet::revoke(by(1), 2, PowerKind::FeaturedDatanets),
                DispatchError::BadOrigin
            );
        });
}
