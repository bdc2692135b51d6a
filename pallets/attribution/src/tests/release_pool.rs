// SPDX-License-Identifier: Apache-2.0
//! The way out of a next pool that no answer will share.

use super::*;
use crate::{Claimable, Error, Event, StandingPools, Totals};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use openledger_primitives::RequestId;
use sp_runtime::traits::BadOrigin;

/// An answer of a model that was trained on version 1 of the datanet.
fn trained(request: RequestId, report: &[openledger_primitives::report::ReportEntry]) {
    let mut settlement = answer(request, 800, report);
    settlement.sources = vec![(DATANET, 1)];
    assert_ok!(settle(settlement));
}

/// A pool of 400 planck that nobody asks for any more.
fn stranded() {
    Registry::publish(DATANET, 1, &[(0, 3), (1, 1)]);
    trained(0, &[entry(0, ONE)]);
    trained(1, &[]);
    assert_eq!(next_pool(), 400);
}

fn release() -> frame_support::dispatch::DispatchResultWithPostInfo {
    Attribution::release_pool(RuntimeOrigin::signed(CONSUMER), MODEL)
}

#[test]
fn anybody_releases_an_idle_pool_to_the_data_behind_the_model_for_free() {
    ExtBuilder::default().build_and_execute(|| {
        stranded();
        advance(PoolTicks::get());
        assert_eq!(release().unwrap().pays_fee, Pays::No);
        assert_eq!(next_pool(), 0);
        assert_eq!(StandingPools::<Test>::get(DATANET, 1).unwrap().total(), 400);
        System::assert_has_event(
            Event::StandingAccrued {
                request: None,
                model: MODEL,
                datanet: DATANET,
                version: 1,
                amount: 400,
            }
            .into(),
        );
        System::assert_last_event(
            Event::PoolReleased {
                model: MODEL,
                amount: 400,
                dust: 0,
            }
            .into(),
        );
        advance(ChallengeTicks::get());
        assert_eq!(Attribution::standing(DATANET, 1, 0), 300);
    });
}

#[test]
fn a_pool_that_the_next_answer_may_share_is_not_released() {
    ExtBuilder::default().build_and_execute(|| {
        stranded();
        advance(PoolTicks::get() - 1);
        assert_noop!(release(), Error::<Test>::PoolNotIdle);
        // answers that name nobody do not hold it, one that does takes it
        trained(2, &[]);
        trained(3, &[entry(1, ONE)]);
        assert_eq!(next_pool(), 0);
        trained(4, &[]);
        advance(1);
        assert_noop!(release(), Error::<Test>::PoolNotIdle);
        advance(PoolTicks::get() - 1);
        assert_ok!(release());
    });
}

#[test]
fn a_model_that_names_only_revoked_contributions_cannot_hoard_for_ever() {
    ExtBuilder::default().build_and_execute(|| {
        Registry::publish(DATANET, 1, &[(0, 3), (1, 1)]);
        Registry::revoke(DATANET, 0);
        trained(0, &[entry(0, ONE)]);
        trained(1, &[entry(0, ONE)]);
        assert_eq!(next_pool(), 800);
        advance(PoolTicks::get());
        assert_ok!(release());
        assert_eq!(Totals::<Test>::get().standing, 800);
    });
}

#[test]
fn a_pool_without_data_behind_it_goes_to_the_sink() {
    ExtBuilder::default().build_and_execute(|| {
        stranded();
        Registry::publish(DATANET, 1, &[]);
        advance(PoolTicks::get());
        assert_ok!(release());
        assert_eq!(Claimable::<Test>::get(DustSink::get()), 400);
        System::assert_last_event(
            Event::PoolReleased {
                model: MODEL,
                amount: 400,
                dust: 400,
            }
            .into(),
        );
    });
}

#[test]
fn there_is_nothing_to_release_twice_or_of_a_model_without_a_pool() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(release(), Error::<Test>::NothingToRelease);
        stranded();
        advance(PoolTicks::get());
        assert_ok!(release());
        assert_noop!(release(), Error::<Test>::NothingToRelease);
        assert_noop!(Attribution::release_pool(RuntimeOrigin::none(), MODEL), BadOrigin);
    });
}
