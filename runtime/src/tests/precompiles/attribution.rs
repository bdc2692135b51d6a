// SPDX-License-Identifier: Apache-2.0
//! `IAttribution`: what an answer paid, and how it is claimed.

use super::{
    development_chain,
    inference::{a_model_that_is_served, question, serve, PRICE},
    last_log, next_block, planck, refused, ALITH, BALTATHAR, CHARLETH, DOROTHY,
};
use crate::{Balances, Runtime};
use frame_support::traits::{fungible::Inspect, Get};
use openledger_precompiles::{
    interfaces::IAttribution::{self, *},
    Place::{self, Attribution as AT},
};
use pallet_revive::precompiles::alloy::primitives::{Address, U256};

/// A settled request of Alith's.
fn an_answer() {
    a_model_that_is_served();
    ALITH.does(Place::Inference, question());
    serve(0, true);
}

fn entry() -> Key {
    Key {
        model: 0,
        datanet: 0,
        contribution: 0,
    }
}

fn pending() -> IAttribution::pendingOfReturn {
    ALITH
        .calls(
            AT,
            pendingOfCall {
                model: 0,
                datanet: 0,
                contribution: 0,
            },
        )
        .expect("it answers")
}

#[test]
fn every_part_of_a_payment_is_explained() {
    development_chain().execute_with(|| {
        an_answer();
        let shown = ALITH
            .calls(AT, explainCall { request: 0 })
            .expect("it was settled");
        assert_eq!((shown.consumer, shown.fee), (ALITH.address(), planck(PRICE)));
        assert_eq!((shown.model, shown.fromPool), (0, U256::ZERO));
        assert_eq!(shown.representative, DOROTHY.address());
        let sum = shown.parts.iter().fold(U256::ZERO, |sum, part| sum + part.amount);
        assert_eq!(sum, planck(PRICE));

        let part = |reason| {
            shown
                .parts
                .iter()
                .find(|part| part.reason == reason)
                .expect("it was paid")
        };
        assert_eq!(part(Reason::Treasury).amount, planck(PRICE / 10));
        assert_eq!(part(Reason::Worker).to, DOROTHY.address());
        assert_eq!(part(Reason::ModelOwner).to, CHARLETH.address());
        let contribution = part(Reason::Contribution);
        assert_eq!(contribution.to, BALTATHAR.address());
        assert_eq!(contribution.amount, planck(PRICE / 2));
        assert_eq!(contribution.weight, 1_000_000_000);
        assert!(shown.takenBack.is_empty());
        refused(
            ALITH.calls(AT, explainCall { request: 1 }),
            "Attribution.NotFound",
        );

        let book = ALITH.calls(AT, modelBookCall { model: 0 }).expect("it answers");
        assert_eq!((book.nextPool, book.answers), (U256::ZERO, 1));
        let totals = ALITH.calls(AT, totalsCall {}).expect("it answers");
        assert_eq!(
            totals.credited,
            totals.claimed
                + totals.claimable
                + totals.pending
                + totals.pools
                + totals.standing
                + totals.disputed
        );
    });
}

#[test]
fn pay_is_claimed_once_it_has_vested() {
    development_chain().execute_with(|| {
        an_answer();
        let claim = |entries| claimCall { entries };
        refused(
            BALTATHAR.calls(AT, claim(vec![entry()])),
            "Attribution.NothingToClaim",
        );
        let waiting = pending();
        assert_eq!(waiting.owner, BALTATHAR.address());
        assert_eq!((waiting.vested, waiting.pending), (U256::ZERO, planck(PRICE / 2)));

        for _ in 0..25 {
            next_block();
        }
        let vested = pending();
        assert_eq!((vested.vested, vested.pending), (planck(PRICE / 2), U256::ZERO));
        let account = BALTATHAR.address();
        assert_eq!(ALITH.calls(AT, claimableCall { account }), Ok(U256::ZERO));

        let before = Balances::balance(&BALTATHAR.account());
        assert_eq!(BALTATHAR.calls(AT, claim(vec![entry()])), Ok(planck(PRICE / 2)));
        assert_eq!(Balances::balance(&BALTATHAR.account()) - before, PRICE / 2);
        let log: Claimed = last_log(AT);
        assert_eq!((log.account, log.by), (account, account));
        assert_eq!(log.amount, planck(PRICE / 2));
        assert_eq!(pending().owner, Address::ZERO);
        refused(
            BALTATHAR.calls(AT, claim(vec![entry(); 65])),
            "Precompile.TooLong",
        );
    });
}

#[test]
fn anybody_claims_for_somebody_else_and_gains_nothing() {
    development_chain().execute_with(|| {
        an_answer();
        let account = DOROTHY.address();
        assert_eq!(ALITH.calls(AT, claimableCall { account }), Ok(planck(PRICE / 5)));
        let (alith, dorothy) = (
            Balances::balance(&ALITH.account()),
            Balances::balance(&DOROTHY.account()),
        );
        let call = claimForCall {
            account,
            entries: vec![],
        };
        assert_eq!(ALITH.calls(AT, call), Ok(planck(PRICE / 5)));
        let log: Claimed = last_log(AT);
        assert_eq!((log.account, log.by), (account, ALITH.address()));
        assert_eq!(Balances::balance(&ALITH.account()), alith);
        assert_eq!(Balances::balance(&DOROTHY.account()) - dorothy, PRICE / 5);
    });
}

#[test]
fn an_old_explanation_is_removed() {
    development_chain().execute_with(|| {
        an_answer();
        let prune = pruneCall { request: 0 };
        refused(BALTATHAR.calls(AT, prune.clone()), "Attribution.RetentionNotOver");
        let kept: u64 = <Runtime as pallet_attribution::Config>::RetentionTicks::get();
        pallet_inference::CurrentTick::<Runtime>::mutate(|tick| *tick += kept);
        BALTATHAR.does(AT, prune.clone());
        let log: Pruned = last_log(AT);
        assert_eq!(log.request, 0);
        refused(BALTATHAR.calls(AT, prune), "Attribution.NotFound");
    });
}

#[test]
fn what_nobody_can_be_named_for_is_released_and_collected_by_standing() {
    development_chain().execute_with(|| {
        an_answer();
        ALITH.does(Place::Inference, question());
        serve(1, false);
        let release = releasePoolCall { model: 0 };
        refused(CHARLETH.calls(AT, release.clone()), "Attribution.PoolNotIdle");
        let idle: u64 = <Runtime as pallet_attribution::Config>::PoolTicks::get();
        pallet_inference::CurrentTick::<Runtime>::mutate(|tick| *tick += idle);
        assert_eq!(CHARLETH.calls(AT, release.clone()), Ok(planck(PRICE / 2)));
        let log: PoolReleased = last_log(AT);
        assert_eq!((log.model, log.amount), (0, planck(PRICE / 2)));
        refused(CHARLETH.calls(AT, release), "Attribution.NothingToRelease");

        let standing = || {
            ALITH.does(
                AT,
                standingOfCall {
                    datanet: 0,
                    version: 1,
                    contribution: 0,
                },
            )
        };
        let share = StandingKey {
            datanet: 0,
            version: 1,
            contribution: 0,
        };
        let collect = |entries| CHARLETH.calls(AT, collectStandingCall { entries });
        assert_eq!(standing(), U256::ZERO);
        refused(collect(vec![share.clone()]), "Attribution.NothingToCollect");
        refused(collect(vec![share.clone(); 65]), "Precompile.TooLong");
        pallet_inference::CurrentTick::<Runtime>::mutate(|tick| *tick += idle);
        assert_eq!(standing(), planck(PRICE / 2));
        assert_eq!(ALITH.does(AT, totalsCall {}).standing, planck(PRICE / 2));
        assert_eq!(collect(vec![share]), Ok(planck(PRICE / 2)));
        let log: StandingCollected = last_log(AT);
        assert_eq!((log.by, log.amount), (CHARLETH.address(), planck(PRICE / 2)));
        assert_eq!(standing(), U256::ZERO);
        let account = BALTATHAR.address();
        assert_eq!(ALITH.does(AT, claimableCall { account }), planck(PRICE / 2));
    });
}
