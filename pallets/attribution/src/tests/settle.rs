// SPDX-License-Identifier: Apache-2.0
//! What a settlement credits, and which ones are refused.

use super::*;
use crate::{Claimable, Error, Event, Totals};
use frame_support::traits::Get;
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::{
    explain::Reason,
    traits::{RewardLedger, MAX_ROYALTIES},
};
use sp_runtime::Permill;

fn claimable(who: AccountId) -> Balance {
    Claimable::<Test>::get(who)
}

#[test]
fn every_part_of_a_fee_is_credited() {
    ExtBuilder::default().build_and_execute(|| {
        let mut settlement = answer(0, 1_000, &[entry(0, 600_000_000), entry(1, 400_000_000)]);
        settlement.workers = vec![(WORKER, 120), (OTHER_WORKER, 80)];
        settlement.model_owner.1 = 150;
        settlement.royalties = vec![(ANCESTOR, ANCESTOR_OWNER, 50)];
        assert_ok!(settle(settlement));

        assert_eq!(claimable(WORKER), 120);
        assert_eq!(claimable(OTHER_WORKER), 80);
        assert_eq!(claimable(MODEL_OWNER), 150);
        assert_eq!(claimable(ANCESTOR_OWNER), 50);
        assert_eq!(claimable(TREASURY), 0, "the treasury was paid directly");
        assert_eq!((stored(0), stored(1)), (300, 200));
        assert_eq!(Totals::<Test>::get().credited, 900);
        System::assert_last_event(
            Event::Settled {
                request: 0,
                model: MODEL,
                consumer: CONSUMER,
                fee: 1_000,
                from_pool: 0,
                next_pool: 0,
                report: vec![entry(0, 600_000_000), entry(1, 400_000_000)],
            }
            .into(),
        );
        System::assert_has_event(
            Event::Accrued {
                request: 0,
                model: MODEL,
                datanet: DATANET,
                contribution: 0,
                owner: ALICE,
                amount: 300,
            }
            .into(),
        );
        System::assert_has_event(
            Event::Credited {
                request: 0,
                to: ANCESTOR_OWNER,
                amount: 50,
                reason: Reason::Royalty { model: ANCESTOR },
            }
            .into(),
        );
    });
}

#[test]
fn what_rounding_leaves_goes_to_the_sink() {
    ExtBuilder::default().build_and_execute(|| {
        let settlement = answer(0, 1_019, &[entry(0, ONE)]);
        assert_eq!(settlement.dust, 3);
        assert_ok!(settle(settlement));
        assert_eq!(claimable(DustSink::get()), 3);
    });
}

#[test]
fn one_account_in_several_roles_gets_all_its_parts() {
    ExtBuilder::default().build_and_execute(|| {
        let mut settlement = answer(0, 1_000, &[entry(0, ONE)]);
        settlement.workers = vec![(ALICE, 200)];
        settlement.model_owner.0 = ALICE;
        assert_ok!(settle(settlement));
        assert_eq!(claimable(ALICE), 400);
        assert_eq!(stored(0), 500);
    });
}

#[test]
fn the_smallest_settlement_is_taken() {
    ExtBuilder::default().build_and_execute(|| {
        const { assert!(1 < EXISTENTIAL_DEPOSIT) };
        let mut settlement = answer(0, 1, &[entry(0, ONE)]);
        settlement.contributors = 1;
        settlement.dust = 0;
        assert_ok!(settle(settlement));
        assert_eq!(stored(0), 1);
    });
}

#[test]
fn an_answer_for_nothing_settles() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 0, &[entry(0, ONE), entry(1, -ONE)])));
        assert_eq!(stored(0), 0);
        assert!(Attribution::explain(0).unwrap().parts.is_empty());
    });
}

#[test]
fn the_part_of_a_contribution_that_is_not_paid_waits_for_the_next_answer() {
    ExtBuilder::default().build_and_execute(|| {
        Registry::revoke(DATANET, 1);
        let unknown = 99;
        assert_ok!(settle(answer(
            0,
            1_000,
            &[
                entry(0, 500_000_000),
                entry(1, 300_000_000),
                entry(unknown, 200_000_000)
            ],
        )));
        assert_eq!(stored(0), 250);
        assert_eq!((stored(1), stored(unknown)), (0, 0));
        assert_eq!(next_pool(), 250);

        assert_ok!(settle(answer(1, 1_000, &[entry(2, ONE)])));
        assert_eq!(stored(2), 750);
        assert_eq!(next_pool(), 0);
        assert_eq!(Attribution::explain(1).unwrap().from_pool, 250);
    });
}

#[test]
fn a_pool_belongs_to_its_model() {
    ExtBuilder::default().build_and_execute(|| {
        Registry::revoke(DATANET, 1);
        assert_ok!(settle(answer(0, 1_000, &[entry(1, ONE)])));
        let mut other = answer(1, 1_000, &[entry(0, ONE)]);
        other.model = MODEL + 1;
        assert_ok!(settle(other));
        assert_eq!(next_pool(), 500);
        assert_eq!(Attribution::explain(1).unwrap().from_pool, 0);
    });
}

#[test]
fn a_model_that_was_trained_on_no_data_pays_the_contributors_part_to_the_sink() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[])));
        assert_eq!(next_pool(), 0);
        assert_eq!(claimable(DustSink::get()), 500);
        System::assert_has_event(
            Event::Credited {
                request: 0,
                to: DustSink::get(),
                amount: 500,
                reason: Reason::Unattributed,
            }
            .into(),
        );
    });
}

#[test]
fn a_model_that_named_contributions_keeps_their_part_of_an_answer_that_names_none() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        assert_ok!(settle(answer(1, 1_000, &[])));
        assert_ok!(settle(answer(2, 1_000, &[])));
        assert_eq!(next_pool(), 1_000);
        assert_eq!(Attribution::explain(2).unwrap().from_pool, 0);
        assert_ok!(settle(answer(3, 1_000, &[entry(1, ONE)])));
        assert_eq!(stored(1), 1_500);
    });
}

#[test]
fn parts_that_do_not_sum_to_the_fee_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut short = answer(0, 1_000, &[entry(0, ONE)]);
        fund(&short);
        short.contributors -= 1;
        assert_noop!(Attribution::settle(short), Error::<Test>::UnbalancedSettlement);
        let mut over = answer(0, 1_000, &[entry(0, ONE)]);
        over.workers.push((OTHER_WORKER, 1));
        assert_noop!(Attribution::settle(over), Error::<Test>::UnbalancedSettlement);
        let mut wrapping = answer(0, 1_000, &[entry(0, ONE)]);
        wrapping.workers = vec![(WORKER, Balance::MAX), (OTHER_WORKER, 201)];
        assert_noop!(Attribution::settle(wrapping), Error::<Test>::UnbalancedSettlement);
    });
}

#[test]
fn a_settlement_whose_money_did_not_arrive_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let paid = answer(0, 1_000, &[entry(0, ONE)]);
        assert_ok!(settle(paid));
        assert_noop!(
            Attribution::settle(answer(1, 1_000, &[entry(0, ONE)])),
            Error::<Test>::UnfundedSettlement
        );
    });
}

#[test]
fn a_report_without_shape_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        for report in [
            vec![entry(0, ONE - 1)],
            vec![entry(1, 500_000_000), entry(0, 500_000_000)],
            vec![entry(0, ONE), entry(1, 0)],
            vec![entry(0, -ONE)],
            (0..40).map(|n| entry(n, ONE / 40)).collect(),
        ] {
            let settlement = answer(0, 1_000, &report);
            fund(&settlement);
            assert_noop!(Attribution::settle(settlement), Error::<Test>::InvalidReport);
        }
    });
}

#[test]
fn more_parts_than_an_explanation_holds_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        // one kind of part may use up what the others leave, so only the sum counts
        let mut settlement = answer(0, 1_000, &[entry(0, ONE)]);
        let spare = crate::types::MaxParts::<Test>::get() + 1;
        settlement.workers = (0..spare).map(|n| (1_000 + u64::from(n), 1)).collect();
        settlement.model_owner.1 = 400 - Balance::from(spare);
        fund(&settlement);
        assert_noop!(Attribution::settle(settlement), Error::<Test>::TooManyParts);
    });
}

#[test]
fn the_largest_settlement_fits_an_explanation() {
    ExtBuilder::default().build_and_execute(|| {
        let positive = (0..16).map(|n| entry(n, ONE / 16));
        let negative = (16..32).map(|n| entry(n, -ONE / 16));
        (0..15).for_each(|n| Registry::put(DATANET, n, 200 + n));
        let mut settlement = answer(0, 10_007, &positive.chain(negative).collect::<Vec<_>>());
        settlement.workers = (0..4).map(|n| (50 + n, 500)).collect();
        settlement.workers[0].1 += settlement.fee / 5 - 2_000;
        let royalty = Permill::from_percent(10).mul_floor(settlement.model_owner.1);
        settlement.royalties = (0..u64::from(MAX_ROYALTIES))
            .map(|n| (n, 300 + n, royalty))
            .collect();
        settlement.model_owner.1 -= royalty * Balance::from(MAX_ROYALTIES);
        assert_ok!(settle(settlement));
        // treasury, 4 workers, owner, 8 royalties, 15 contributions, next pool, dust
        assert_eq!(
            Attribution::explain(0).unwrap().parts.len(),
            1 + 4 + 1 + 8 + 15 + 1 + 1
        );
    });
}
