// SPDX-License-Identifier: Apache-2.0
//! Pay by standing: when it arises, how it is shared and how it is collected.

use super::*;
use crate::{
    netting::Clock,
    standing::{split_by_points, StandingPool},
    Claimable, CollectEntries, Error, Event, StandingCollected, StandingKey, StandingPools, Totals,
};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::{explain::Reason, DatanetId, RequestId, VersionId};
use proptest::prelude::*;
use sp_runtime::{traits::BadOrigin, DispatchResult};

const OTHER: DatanetId = 5;

/// Versions 1 of two datanets: three points of Alice, one of Bob, and four of Charlie.
fn published() {
    Registry::publish(DATANET, 1, &[(0, 3), (1, 1)]);
    Registry::put(OTHER, 0, CHARLIE);
    Registry::publish(OTHER, 1, &[(0, 4)]);
}

fn unattributed(request: RequestId, fee: Balance, sources: &[(DatanetId, VersionId)]) -> DispatchResult {
    let mut settlement = answer(request, fee, &[]);
    settlement.sources = sources.to_vec();
    settle(settlement)
}

fn shares(places: &[(DatanetId, ContributionId)]) -> CollectEntries {
    let key = |(datanet, contribution): &(_, _)| StandingKey {
        datanet: *datanet,
        version: 1,
        contribution: *contribution,
    };
    places.iter().map(key).collect::<Vec<_>>().try_into().unwrap()
}

fn collect(places: &[(DatanetId, ContributionId)]) -> DispatchResult {
    frame_support::storage::with_storage_layer(|| {
        Attribution::collect_standing(RuntimeOrigin::signed(CONSUMER), shares(places))
    })
}

fn claimable(who: AccountId) -> Balance {
    Claimable::<Test>::get(who)
}

#[test]
fn a_model_without_attribution_pays_the_versions_by_their_data_points() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        assert_ok!(unattributed(0, 1_600, &[(DATANET, 1), (OTHER, 1)]));
        let standing = |datanet, amount| openledger_primitives::explain::Part {
            to: None,
            amount,
            reason: Reason::Standing { datanet, version: 1 },
        };
        let parts = Attribution::explain(0).unwrap().parts;
        assert!(parts.contains(&standing(DATANET, 400)));
        assert!(parts.contains(&standing(OTHER, 400)));
        assert_eq!(next_pool(), 0);
        assert_eq!(claimable(DustSink::get()), 0);
        System::assert_has_event(
            Event::StandingAccrued {
                request: Some(0),
                model: MODEL,
                datanet: OTHER,
                version: 1,
                amount: 400,
            }
            .into(),
        );
    });
}

#[test]
fn each_contribution_gets_its_points_share_after_the_challenge_window() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        assert_ok!(unattributed(0, 800, &[(DATANET, 1)]));
        advance(ChallengeTicks::get() - 1);
        assert_eq!(Attribution::standing(DATANET, 1, 0), 0);
        assert_noop!(collect(&[(DATANET, 0)]), Error::<Test>::NothingToCollect);
        advance(1);
        assert_eq!(Attribution::standing(DATANET, 1, 0), 300);
        assert_eq!(Attribution::standing(DATANET, 1, 1), 100);
        assert_ok!(collect(&[(DATANET, 0)]));
        assert_eq!((claimable(ALICE), claimable(BOB)), (300, 0));
        System::assert_last_event(
            Event::StandingPaid {
                datanet: DATANET,
                version: 1,
                contribution: 0,
                to: ALICE,
                amount: 300,
            }
            .into(),
        );
        // what came meanwhile is shared from where each of them stopped
        assert_ok!(unattributed(1, 80, &[(DATANET, 1)]));
        advance(ChallengeTicks::get());
        assert_ok!(collect(&[(DATANET, 1), (DATANET, 0)]));
        assert_eq!((claimable(ALICE), claimable(BOB)), (330, 110));
        assert_eq!(Totals::<Test>::get().standing, 0);
        assert_ok!(Attribution::claim(
            RuntimeOrigin::signed(BOB),
            ClaimEntries::new()
        ));
    });
}

#[test]
fn nothing_is_collected_twice_nor_by_naming_it_twice() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        assert_ok!(unattributed(0, 800, &[(DATANET, 1)]));
        advance(ChallengeTicks::get());
        assert_ok!(collect(&[(DATANET, 1), (DATANET, 1), (DATANET, 1)]));
        assert_eq!(claimable(BOB), 100);
        assert_noop!(collect(&[(DATANET, 1)]), Error::<Test>::NothingToCollect);
    });
}

#[test]
fn a_collection_of_nothing_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        assert_noop!(collect(&[]), Error::<Test>::NothingToCollect);
        assert_noop!(collect(&[(DATANET, 0)]), Error::<Test>::NothingToCollect);
        assert_ok!(unattributed(0, 800, &[(DATANET, 1)]));
        advance(ChallengeTicks::get());
        // in another datanet, not in the version, not there at all
        for place in [(OTHER, 0), (DATANET, 2), (DATANET, 77), (99, 0)] {
            assert_noop!(collect(&[place]), Error::<Test>::NothingToCollect);
        }
        assert_noop!(
            Attribution::collect_standing(RuntimeOrigin::none(), shares(&[(DATANET, 0)])),
            BadOrigin
        );
    });
}

#[test]
fn the_share_of_a_revoked_contribution_goes_to_the_sink_and_raises_nobodys() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        assert_ok!(unattributed(0, 800, &[(DATANET, 1)]));
        advance(ChallengeTicks::get());
        Registry::revoke(DATANET, 0);
        assert_eq!(Attribution::standing(DATANET, 1, 0), 0);
        assert_ok!(collect(&[(DATANET, 0), (DATANET, 1)]));
        assert_eq!((claimable(ALICE), claimable(BOB)), (0, 100));
        assert_eq!(claimable(DustSink::get()), 300);
    });
}

#[test]
fn versions_without_data_points_are_paid_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        Registry::publish(DATANET, 2, &[]);
        assert_ok!(unattributed(0, 800, &[(DATANET, 2), (OTHER, 1)]));
        assert_eq!(StandingPools::<Test>::get(DATANET, 2), None);
        assert_eq!(Totals::<Test>::get().standing, 400);
        assert_ok!(unattributed(1, 800, &[(DATANET, 2)]));
        assert_eq!(claimable(DustSink::get()), 400);
    });
}

#[test]
fn planck_that_the_points_cannot_share_wait_for_more() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        assert_ok!(unattributed(0, 6, &[(DATANET, 1)]));
        advance(ChallengeTicks::get());
        assert_noop!(collect(&[(DATANET, 0)]), Error::<Test>::NothingToCollect);
        assert_ok!(unattributed(1, 2, &[(DATANET, 1)]));
        advance(ChallengeTicks::get());
        assert_ok!(collect(&[(DATANET, 0)]));
        assert_eq!(claimable(ALICE), 3);
        assert_eq!(StandingCollected::<Test>::get((DATANET, 1, 0)), 1);
    });
}

#[test]
fn the_first_report_that_names_contributions_ends_pay_by_standing() {
    ExtBuilder::default().build_and_execute(|| {
        published();
        assert_ok!(unattributed(0, 800, &[(DATANET, 1)]));
        assert_ok!(settle(answer(1, 800, &[entry(0, ONE)])));
        assert_ok!(unattributed(2, 800, &[(DATANET, 1)]));
        assert_eq!(Totals::<Test>::get().standing, 400);
        assert_eq!(next_pool(), 400);
    });
}

#[test]
fn more_sources_than_a_model_has_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut settlement = answer(0, 800, &[entry(0, ONE)]);
        settlement.sources = (0..9).map(|datanet| (datanet, 1)).collect();
        fund(&settlement);
        use openledger_primitives::traits::RewardLedger;
        assert_noop!(Attribution::settle(settlement), Error::<Test>::TooManyParts);
    });
}

proptest! {
    #[test]
    fn a_split_by_points_is_whole_and_no_part_is_a_planck_off(
        amount in 0u128..1 << 100,
        points in prop::collection::vec(0u64..1 << 40, 0..8),
    ) {
        let total: u128 = points.iter().copied().map(u128::from).sum();
        let Some(parts) = split_by_points(amount, &points) else {
            prop_assert_eq!(total, 0);
            return Ok(());
        };
        prop_assert_eq!(parts.iter().sum::<u128>(), amount);
        for (part, points) in parts.iter().zip(&points) {
            let exact = sp_runtime::helpers_128bit::multiply_by_rational_with_rounding(
                amount, u128::from(*points), total, sp_runtime::Rounding::Down,
            ).unwrap();
            prop_assert!(part.abs_diff(exact) <= 1);
            prop_assert!(*points > 0 || *part == 0);
        }
    }

    #[test]
    fn a_pool_pays_all_it_shared_in_whatever_order_it_is_collected(
        points in prop::collection::vec(1u32..1_000, 1..6),
        steps in prop::collection::vec((0u128..1 << 90, 0usize..6, 0u64..8), 1..60),
    ) {
        let total: u64 = points.iter().copied().map(u64::from).sum();
        let rules = crate::netting::VestingRules { answers: u64::MAX, ticks: 5, challenge_ticks: 5 };
        let (mut pool, mut now) = (StandingPool::default(), Clock { tick: 0, answers: 0 });
        let mut collected = vec![0; points.len()];
        let (mut taken_in, mut paid) = (0u128, vec![0u128; points.len()]);
        let mut collect = |pool: &mut StandingPool, who: usize, paid: &mut Vec<u128>| {
            let amount = pool.owed(points[who], collected[who]);
            pool.shared -= amount;
            collected[who] = pool.per_point;
            paid[who] += amount;
        };
        for (amount, who, ticks) in steps {
            pool.vest(total, &rules, &now);
            pool.windows.credit(amount, &now);
            taken_in += amount;
            now.tick += ticks;
            pool.vest(total, &rules, &now);
            collect(&mut pool, who % points.len(), &mut paid);
            prop_assert_eq!(paid.iter().sum::<u128>() + pool.total(), taken_in);
        }
        now.tick += 10;
        pool.vest(total, &rules, &now);
        (0..points.len()).for_each(|who| collect(&mut pool, who, &mut paid));
        prop_assert_eq!(pool.total(), pool.carry);
        prop_assert!(pool.carry < u128::from(total));
        for (paid, points) in paid.iter().zip(&points) {
            prop_assert_eq!(*paid, pool.per_point * u128::from(*points));
        }
    }
}
