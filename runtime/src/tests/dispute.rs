// SPDX-License-Identifier: Apache-2.0
//! A disputed report through all pallets: the bond of the worker, the challenger's reward, and every planck.

use super::{
    development_chain, local_testnet,
    paid_request::{a_model_that_is_served, account, answer, ask, by, next_block, PRICE},
};
use crate::{
    configs::parameters::{dynamic_params::rewards, ChallengerPart, RuntimeParameters, Ticks},
    constants::OPEN,
    Attribution, Balances, Parameters, Runtime, RuntimeOrigin, Workers,
};
use codec::{Decode, Encode};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Inspect, Get},
};
use pallet_attribution::ChallengeKey;
use sp_keyring::Sr25519Keyring::{Bob, Dave, Ferdie};
use sp_runtime::Permill;

const KEY: ChallengeKey = ChallengeKey {
    request: 0,
    datanet: 0,
    contribution: 0,
};

fn bond_of_dave() -> u128 {
    let registration = pallet_workers::Workers::<Runtime>::get(account(Dave));
    registration.expect("he is registered").bond
}

fn answered() {
    a_model_that_is_served();
    ask();
    next_block();
    answer();
    next_block();
}

#[test]
fn a_worker_that_does_not_stand_by_its_report_is_slashed_and_nothing_is_lost() {
    development_chain().execute_with(|| {
        answered();
        let supply = Balances::total_issuance();
        assert_eq!(Attribution::pending(0, 0, 0), PRICE / 2);
        assert_ok!(Attribution::challenge(by(Ferdie), KEY));
        assert_eq!(Attribution::pending(0, 0, 0), 0);
        assert_eq!(Attribution::open_challenges(&account(Dave)).len(), 1);
        let early = Attribution::close_challenge(by(Bob), KEY);
        assert!(early.is_err());
        for _ in 0..40 {
            next_block();
        }
        assert_ok!(Attribution::close_challenge(by(Bob), KEY));
        assert_eq!(bond_of_dave(), 900 * OPEN);
        assert_eq!(Attribution::claimable(&account(Ferdie)), 50 * OPEN);
        let before = Balances::balance(&account(Ferdie));
        assert_ok!(Attribution::claim(by(Ferdie), Default::default()));
        assert_eq!(Balances::balance(&account(Ferdie)) - before, 50 * OPEN);
        // nobody is left on the report, so the answer's money waits for the next one
        assert_eq!(Attribution::pending(0, 0, 0), 0);
        assert_eq!(pallet_attribution::Models::<Runtime>::get(0).next_pool, PRICE / 2);
        assert_eq!(Balances::total_issuance(), supply);
    });
}

#[test]
fn a_worker_whose_report_is_challenged_keeps_its_bond_on_hold() {
    development_chain().execute_with(|| {
        answered();
        assert_ok!(Workers::unbond(by(Dave)));
        assert_ok!(Attribution::challenge(by(Ferdie), KEY));
        for _ in 0..200 {
            next_block();
        }
        assert_noop!(
            Workers::withdraw_unbonded(by(Dave)),
            pallet_workers::Error::<Runtime>::StillAccused
        );
        assert_ok!(Attribution::close_challenge(by(Bob), KEY));
        assert_ok!(Workers::withdraw_unbonded(by(Dave)));
    });
}

#[test]
fn no_referendum_lets_bonds_or_answers_go_before_reports_can_be_challenged() {
    local_testnet().execute_with(|| {
        let longer = 1_000_000;
        assert_ok!(Parameters::set_parameter(
            RuntimeOrigin::root(),
            RuntimeParameters::Rewards(rewards::Parameters::ChallengeTicks(
                rewards::ChallengeTicks,
                Some(Ticks::within(longer))
            ))
        ));
        assert_eq!(<Runtime as pallet_workers::Config>::UnbondTicks::get(), longer);
        assert_eq!(
            <Runtime as pallet_inference::Config>::RetentionTicks::get(),
            longer
        );
    });
}

#[test]
fn no_referendum_gives_a_challenger_a_whole_slash() {
    assert!(ChallengerPart::decode(&mut &Permill::one().encode()[..]).is_err());
    assert!(ChallengerPart::decode(&mut &Permill::from_percent(90).encode()[..]).is_ok());
}
