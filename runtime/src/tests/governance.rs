// SPDX-License-Identifier: Apache-2.0
//! A referendum on a development chain, from the preimage to what it decided.

use super::development_chain;
use crate::{
    configs::parameters::{dynamic_params::payments, FeeSharesInForce, RuntimeParameters, WholeFeeShares},
    constants::OPEN,
    Democracy, Preimage, Runtime, RuntimeCall, RuntimeOrigin, Scheduler, System,
};
use codec::Encode;
use frame_support::{
    assert_ok,
    traits::{Bounded, Get, Hooks},
};
use openledger_primitives::money::FeeShares;
use pallet_democracy::{AccountVote, Conviction, Vote};
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    Permill,
};

fn blocks(count: u32) {
    for _ in 0..count {
        let block = System::block_number() + 1;
        System::set_block_number(block);
        Scheduler::on_initialize(block);
        Democracy::on_initialize(block);
    }
}

#[test]
fn a_referendum_changes_the_fee_shares_within_twenty_blocks() {
    development_chain().execute_with(|| {
        let shares = FeeShares {
            platform: Permill::from_percent(5),
            workers: Permill::from_percent(25),
            ..FeeShares::DEFAULT
        };
        let key_value = RuntimeParameters::Payments(payments::Parameters::Shares(
            payments::Shares,
            WholeFeeShares::new(shares),
        ));
        let call =
            RuntimeCall::from(pallet_parameters::Call::<Runtime>::set_parameter { key_value }).encode();
        let proposal = Bounded::Lookup {
            hash: BlakeTwo256::hash(&call),
            len: call.len() as u32,
        };
        let alice = || RuntimeOrigin::signed(Alice.to_account_id());

        assert_ok!(Preimage::note_preimage(alice(), call));
        assert_ok!(Democracy::propose(alice(), proposal, 100 * OPEN));
        blocks(5);
        let vote = Vote {
            aye: true,
            conviction: Conviction::None,
        };
        assert_ok!(Democracy::vote(
            alice(),
            0,
            AccountVote::Standard {
                vote,
                balance: 1_000 * OPEN
            }
        ));
        assert_eq!(FeeSharesInForce::get(), FeeShares::DEFAULT);
        blocks(15);
        assert_eq!(FeeSharesInForce::get(), shares);
    });
}
