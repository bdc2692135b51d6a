// SPDX-License-Identifier: Apache-2.0
//! A disputed row through all pallets: the bond of the model's owner, what becomes of the model and of its money.

use super::{
    development_chain, local_testnet,
    paid_request::{account, answer, ask, attributed, by, next_block, serve, PRICE},
};
use crate::{
    configs::{
        parameters::{
            dynamic_params::{models, rewards},
            RuntimeParameters, Ticks,
        },
        TreasuryAccount,
    },
    constants::OPEN,
    Attribution, Balances, Inference, ModelRegistry, Parameters, Releases, Runtime, RuntimeOrigin,
};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use openledger_primitives::traits::ReleaseBonds;
use pallet_attribution::ChallengeKey;
use pallet_inference::{Input, Verification};
use pallet_model_registry::types::{ArtifactFormat, ModelSpec};
use pallet_releases::RowKey;
use sp_keyring::Sr25519Keyring::{Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::BoundedVec;

/// Charlie's head, served by Dave, has answered Eve.
fn answered() {
    serve(ModelSpec {
        format: ArtifactFormat::Safetensors,
        ..attributed()
    });
    ask();
    next_block();
    answer();
    next_block();
}

fn key(row: u32) -> RowKey<crate::AccountId> {
    RowKey {
        model: 0,
        row,
        challenger: account(Ferdie),
    }
}

fn wait() {
    for _ in 0..40 {
        next_block();
    }
}

#[test]
fn an_owner_that_does_not_stand_by_a_row_loses_the_bond_and_the_model_its_service() {
    development_chain().execute_with(|| {
        answered();
        let supply = Balances::total_issuance();
        let worth = |who| Balances::total_balance(&account(who));
        let (ferdie, charlie) = (worth(Ferdie), worth(Charlie));
        let treasury = Balances::balance(&TreasuryAccount::get());
        assert_ok!(Releases::dispute_row(by(Ferdie), 0, 3));
        assert_ok!(Releases::dispute_row(by(Ferdie), 0, 4));
        assert_eq!(Releases::disputes_against(&account(Charlie)).len(), 2);
        wait();
        assert_ok!(Releases::close(by(Bob), key(3)));
        assert_eq!(worth(Ferdie) - ferdie, 50 * OPEN);
        assert_eq!(charlie - worth(Charlie), 100 * OPEN);
        let gained = Balances::balance(&TreasuryAccount::get()) - treasury;
        assert_eq!(gained, 50 * OPEN);
        let input = Input::Inline(BoundedVec::truncate_from(vec![0; 256]));
        assert_noop!(
            Inference::request(by(Eve), 0, input, PRICE, Verification::Single),
            pallet_model_registry::Error::<Runtime>::ReleaseRefuted
        );
        // the other dispute has nothing left to decide
        assert_ok!(Releases::close(by(Bob), key(4)));
        assert_eq!(worth(Ferdie) - ferdie, 50 * OPEN);
        assert_noop!(
            Releases::dispute_row(by(Ferdie), 0, 3),
            pallet_releases::Error::<Runtime>::NotDisputable
        );
        // what was paid for the answer vests as ever
        assert_eq!(
            Attribution::pending(0, 0, 0) + Attribution::claimable(&account(Bob)),
            PRICE / 2
        );
        wait();
        let entries = vec![pallet_attribution::PendingKey {
            model: 0,
            datanet: 0,
            contribution: 0,
        }];
        assert_ok!(Attribution::claim(by(Bob), BoundedVec::truncate_from(entries)));
        assert_eq!(Balances::total_issuance(), supply);
    });
}

#[test]
fn reports_of_a_refuted_release_can_still_be_challenged_and_end() {
    development_chain().execute_with(|| {
        answered();
        let challenged = ChallengeKey {
            request: 0,
            datanet: 0,
            contribution: 0,
        };
        assert_ok!(<ModelRegistry as ReleaseBonds<_>>::refute(
            0,
            &account(Ferdie),
            sp_runtime::Permill::from_percent(50),
            &TreasuryAccount::get()
        ));
        assert_ok!(Attribution::challenge(by(Ferdie), challenged));
        assert_eq!(Attribution::open_challenges(&account(Dave)).len(), 1);
        wait();
        assert_ok!(Attribution::close_challenge(by(Bob), challenged));
        assert_eq!(Attribution::open_challenges(&account(Dave)).len(), 0);
    });
}

#[test]
fn a_bond_comes_back_after_the_models_end_by_its_owners_call_alone() {
    development_chain().execute_with(|| {
        answered();
        let held = || Balances::total_balance(&account(Charlie)) - Balances::balance(&account(Charlie));
        assert_ok!(ModelRegistry::deprecate(by(Charlie), 0));
        let before = held();
        assert_ok!(Releases::dispute_row(by(Ferdie), 0, 3));
        wait();
        assert_noop!(
            ModelRegistry::reclaim_bond(by(Charlie), 0),
            pallet_model_registry::Error::<Runtime>::ReleaseDisputed
        );
        assert_eq!(held(), before);
    });
    development_chain().execute_with(|| {
        answered();
        let held = || Balances::total_balance(&account(Charlie)) - Balances::balance(&account(Charlie));
        let before = held();
        assert_ok!(ModelRegistry::deprecate(by(Charlie), 0));
        wait();
        assert_ok!(ModelRegistry::reclaim_bond(by(Charlie), 0));
        assert_eq!(before - held(), 100 * OPEN);
    });
}

#[test]
fn no_referendum_lets_a_bond_go_before_reports_can_be_challenged() {
    local_testnet().execute_with(|| {
        let longer = 1_000_000;
        for parameter in [
            RuntimeParameters::Rewards(rewards::Parameters::ChallengeTicks(
                rewards::ChallengeTicks,
                Some(Ticks::within(longer)),
            )),
            RuntimeParameters::Models(models::Parameters::ReleaseTicks(
                models::ReleaseTicks,
                Some(Ticks::within(1)),
            )),
        ] {
            assert_ok!(Parameters::set_parameter(RuntimeOrigin::root(), parameter));
        }
        use frame_support::traits::Get;
        assert_eq!(
            <Runtime as pallet_model_registry::Config>::ReleaseTicks::get(),
            longer
        );
    });
}
