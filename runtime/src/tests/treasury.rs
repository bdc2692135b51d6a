// SPDX-License-Identifier: Apache-2.0
//! The treasury: referenda spend, bounties are curated, and delegated powers stay within their bounds.

use super::development_chain;
use crate::{
    configs::{governance::CouncilCollective, parameters::FeeSharesInForce, TreasuryAccount},
    constants::OPEN,
    AccountId, Balances, Bounties, Powers, Preimage, Runtime, RuntimeHoldReason, RuntimeOrigin, System,
    Treasury,
};
use frame_support::{
    assert_noop, assert_ok,
    traits::{
        fungible::{Inspect, InspectHold, Mutate},
        Get, StorePreimage,
    },
};
use openledger_primitives::money::FeeShares;
use pallet_powers::{FeeBounds, Power, PowerKind};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use sp_runtime::{DispatchError, Permill};

fn funded(test: impl FnOnce()) {
    development_chain().execute_with(|| {
        assert_ok!(Balances::mint_into(&TreasuryAccount::get(), 1_000 * OPEN));
        let issued = Balances::total_issuance();
        test();
        assert_eq!(Balances::total_issuance(), issued, "no money was made or lost");
    });
}

fn by(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

#[test]
fn a_spend_approved_by_referendum_is_paid_out_once() {
    funded(|| {
        let bob = Bob.to_account_id();
        let before = Balances::balance(&bob);
        assert_noop!(
            Treasury::spend(by(&bob), Box::new(()), 5 * OPEN, Box::new(bob.clone()), None),
            DispatchError::BadOrigin
        );
        assert_ok!(Treasury::spend(
            RuntimeOrigin::root(),
            Box::new(()),
            5 * OPEN,
            Box::new(bob.clone()),
            None
        ));
        // anybody may have it paid out
        assert_ok!(Treasury::payout(by(&Alice.to_account_id()), 0));
        assert_eq!(Balances::balance(&bob), before + 5 * OPEN);
        assert_noop!(
            Treasury::payout(by(&bob), 0),
            pallet_treasury::Error::<Runtime>::AlreadyAttempted
        );
    });
}

#[test]
fn a_bounty_goes_from_its_referendum_to_who_did_the_work() {
    funded(|| {
        let (curator, worker) = (Bob.to_account_id(), Charlie.to_account_id());
        let metadata = Preimage::note(b"Write the operator's guide".to_vec().into()).expect("it is noted");
        let fund =
            |origin| Bounties::fund_bounty(origin, Box::new(()), 50 * OPEN, curator.clone().into(), metadata);
        assert_noop!(fund(by(&curator)), DispatchError::BadOrigin);
        assert_ok!(fund(RuntimeOrigin::root()));
        assert_ok!(Bounties::check_status(by(&worker), 0, None));
        assert_ok!(Bounties::accept_curator(by(&curator), 0, None));
        let reason = RuntimeHoldReason::Bounties(pallet_multi_asset_bounties::HoldReason::CuratorDeposit);
        assert_eq!(Balances::balance_on_hold(&reason, &curator), 5 * OPEN);
        let before = Balances::balance(&worker);
        assert_noop!(
            Bounties::award_bounty(by(&worker), 0, None, worker.clone()),
            pallet_multi_asset_bounties::Error::<Runtime>::RequireCurator
        );
        assert_ok!(Bounties::award_bounty(by(&curator), 0, None, worker.clone()));
        assert_eq!(Balances::balance(&worker), before + 50 * OPEN);
        assert_ok!(Bounties::check_status(by(&worker), 0, None));
        assert_eq!(Balances::balance_on_hold(&reason, &curator), 0);
        assert!(pallet_multi_asset_bounties::Bounties::<Runtime>::iter()
            .next()
            .is_none());
    });
}

#[test]
fn a_curator_that_gives_up_gets_its_deposit_back_and_the_money_returns_to_the_treasury() {
    funded(|| {
        let curator = Bob.to_account_id();
        let metadata = Preimage::note(b"Nobody does it".to_vec().into()).expect("it is noted");
        let treasury = Balances::balance(&TreasuryAccount::get());
        let free = Balances::balance(&curator);
        assert_ok!(Bounties::fund_bounty(
            RuntimeOrigin::root(),
            Box::new(()),
            50 * OPEN,
            curator.clone().into(),
            metadata
        ));
        assert_ok!(Bounties::check_status(by(&curator), 0, None));
        assert_ok!(Bounties::accept_curator(by(&curator), 0, None));
        assert_ok!(Bounties::close_bounty(by(&curator), 0, None));
        assert_ok!(Bounties::check_status(by(&curator), 0, None));
        assert_eq!(Balances::balance(&curator), free);
        assert_eq!(Balances::balance(&TreasuryAccount::get()), treasury);
    });
}

#[test]
fn a_bounty_never_empties_the_treasury_or_starts_beyond_it() {
    funded(|| {
        let curator = Bob.to_account_id();
        let metadata = Preimage::note(b"Too much".to_vec().into()).expect("it is noted");
        let all = Balances::balance(&TreasuryAccount::get());
        assert_noop!(
            Bounties::fund_bounty(
                RuntimeOrigin::root(),
                Box::new(()),
                all,
                curator.clone().into(),
                metadata
            ),
            pallet_multi_asset_bounties::Error::<Runtime>::FundingError
        );
    });
}

#[test]
fn a_delegated_power_moves_the_fee_split_within_its_bounds_and_is_taken_back_by_the_council() {
    funded(|| {
        let timelock = Charlie.to_account_id();
        let nothing = Permill::zero();
        let all = Permill::one();
        let bounds = FeeBounds {
            least: FeeShares {
                contributors: Permill::from_percent(40),
                platform: nothing,
                workers: nothing,
                lineage: nothing,
            },
            most: FeeShares {
                platform: Permill::from_percent(10),
                workers: all,
                lineage: all,
                contributors: all,
            },
        };
        assert_ok!(Powers::delegate(
            RuntimeOrigin::root(),
            timelock.clone(),
            Power::FeeSplit(bounds)
        ));
        let chosen = FeeShares {
            platform: Permill::from_percent(5),
            contributors: Permill::from_percent(55),
            ..FeeShares::DEFAULT
        };
        assert_ok!(Powers::split_fees(by(&timelock), chosen));
        assert_eq!(FeeSharesInForce::get(), chosen);
        let greedy = FeeShares {
            platform: Permill::from_percent(11),
            contributors: Permill::from_percent(49),
            ..FeeShares::DEFAULT
        };
        assert_noop!(
            Powers::split_fees(by(&timelock), greedy),
            pallet_powers::Error::<Runtime>::SharesOutOfBounds
        );
        let council = pallet_collective::RawOrigin::<AccountId, CouncilCollective>::Members(2, 3);
        assert_ok!(Powers::revoke(
            council.into(),
            timelock.clone(),
            PowerKind::FeeSplit
        ));
        assert_noop!(
            Powers::split_fees(by(&timelock), FeeShares::DEFAULT),
            pallet_powers::Error::<Runtime>::NotAuthorized
        );
    });
}

#[test]
fn a_delegated_power_spends_from_the_treasury_within_its_cap() {
    funded(|| {
        let (timelock, payee) = (Charlie.to_account_id(), Bob.to_account_id());
        let power = Power::TreasurySpend {
            cap: 10 * OPEN,
            period: 100,
        };
        assert_ok!(Powers::delegate(RuntimeOrigin::root(), timelock.clone(), power));
        let before = Balances::balance(&payee);
        assert_ok!(Powers::spend(by(&timelock), payee.clone(), 10 * OPEN));
        assert_eq!(Balances::balance(&payee), before + 10 * OPEN);
        System::set_block_number(System::block_number() + 99);
        assert_noop!(
            Powers::spend(by(&timelock), payee.clone(), 1),
            pallet_powers::Error::<Runtime>::CapExceeded
        );
        System::set_block_number(System::block_number() + 1);
        assert_ok!(Powers::spend(by(&timelock), payee, 1));
    });
}

#[test]
fn only_datanets_that_exist_are_featured() {
    funded(|| {
        assert!(pallet_datanets::Datanets::<Runtime>::iter().next().is_none());
        let none = vec![0].try_into().expect("it is short");
        assert_noop!(
            Powers::feature(RuntimeOrigin::root(), none),
            pallet_powers::Error::<Runtime>::NotFound
        );
    });
}
