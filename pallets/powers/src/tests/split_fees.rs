// SPDX-License-Identifier: Apache-2.0
use super::{allowance, near_the_default, shares};
use crate::{mock::*, Error, Event, Power};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::money::FeeShares;

#[test]
fn a_delegate_moves_the_shares_up_to_their_bounds() {
    Builder::default()
        .with_power(1, Power::FeeSplit(near_the_default()))
        .build_and_execute(|| {
            for within in [[5, 25, 15, 55], [15, 15, 25, 45], [10, 20, 20, 50]] {
                let shares = shares(within);
                assert_ok!(PowersPallet::split_fees(by(1), shares));
                assert_eq!(Shares::get(), shares);
                assert_event(Event::FeesSplit { by: 1, shares });
            }
        });
}

#[test]
fn shares_beyond_a_bound_or_that_lose_money_are_refused() {
    Builder::default()
        .with_power(1, Power::FeeSplit(near_the_default()))
        .build_and_execute(|| {
            for beyond in [[4, 25, 25, 46], [16, 20, 20, 44], [0, 0, 0, 100]] {
                assert_noop!(
                    PowersPallet::split_fees(by(1), shares(beyond)),
                    Error::<Test>::SharesOutOfBounds
                );
            }
            for broken in [[10, 20, 20, 49], [11, 20, 20, 50]] {
                assert_noop!(
                    PowersPallet::split_fees(by(1), shares(broken)),
                    Error::<Test>::SharesNotWhole
                );
            }
            assert_eq!(Shares::get(), FeeShares::DEFAULT);
        });
}

#[test]
fn who_has_another_power_splits_nothing() {
    Builder::default()
        .with_power(1, allowance(10, 10))
        .build_and_execute(|| {
            for who in [1, 2] {
                assert_noop!(
                    PowersPallet::split_fees(by(who), FeeShares::DEFAULT),
                    Error::<Test>::NotAuthorized
                );
            }
        });
}
