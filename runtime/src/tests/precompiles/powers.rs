// SPDX-License-Identifier: Apache-2.0
//! `IPowers`: what a referendum has delegated, used from the EVM.

use super::{calls::create, development_chain, last_log, planck, refused, ALITH, BALTATHAR, CHARLETH};
use crate::{
    configs::{parameters::FeeSharesInForce, TreasuryAccount},
    constants::OPEN,
    Balances, Powers, RuntimeOrigin, TxPause,
};
use frame_support::{
    assert_ok,
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
};
use openledger_precompiles::{
    interfaces::{
        IDatanets::Policy,
        IPowers::{self, *},
    },
    Place::{self, Powers as AT},
};
use openledger_primitives::money::FeeShares;
use pallet_powers::{FeeBounds, Power, PowerKind};
use pallet_revive::precompiles::alloy::primitives::{Address, U256};
use sp_runtime::Permill;

fn delegated(power: Power<u32>) {
    assert_ok!(Powers::delegate(RuntimeOrigin::root(), ALITH.account(), power));
}

fn around_the_default() -> FeeBounds {
    let by = |more: i32| {
        let part = |of: Permill| Permill::from_parts(of.deconstruct().saturating_add_signed(more));
        FeeShares {
            platform: part(FeeShares::DEFAULT.platform),
            workers: part(FeeShares::DEFAULT.workers),
            lineage: part(FeeShares::DEFAULT.lineage),
            contributors: part(FeeShares::DEFAULT.contributors),
        }
    };
    FeeBounds {
        least: by(-50_000),
        most: by(50_000),
    }
}

fn split(platform: u32, contributors: u32) -> splitFeesCall {
    splitFeesCall {
        shares: IPowers::Shares {
            platform,
            workers: 200_000,
            lineage: 200_000,
            contributors,
        },
    }
}

fn pay(who: Address, amount: U256) -> spendCall {
    spendCall {
        beneficiary: who,
        amount,
    }
}

#[test]
fn a_delegate_spends_within_the_cap() {
    development_chain().execute_with(|| {
        assert_ok!(Balances::mint_into(&TreasuryAccount::get(), 100 * OPEN));
        let payee = BALTATHAR.address();
        refused(ALITH.calls(AT, pay(payee, planck(OPEN))), "Powers.NotAuthorized");
        delegated(Power::TreasurySpend {
            cap: 10 * OPEN,
            period: 50,
        });
        let before = Balances::balance(&BALTATHAR.account());
        ALITH.does(AT, pay(payee, planck(4 * OPEN)));
        let log: Spent = last_log(AT);
        assert_eq!(
            (log.by, log.beneficiary, log.amount),
            (ALITH.address(), payee, planck(4 * OPEN))
        );
        assert_eq!(Balances::balance(&BALTATHAR.account()), before + 4 * OPEN);
        refused(
            ALITH.calls(AT, pay(payee, planck(6 * OPEN + 1))),
            "Powers.CapExceeded",
        );
        refused(ALITH.calls(AT, pay(payee, planck(0))), "Powers.NothingToSpend");
        refused(
            ALITH.calls(AT, pay(payee, U256::MAX)),
            "Precompile.AmountTooLarge",
        );
        refused(
            ALITH.calls(AT, pay(Address::ZERO, planck(1))),
            "Precompile.InvalidArgument",
        );
        let account = ALITH.address();
        let shown = CHARLETH.does(AT, powersOfCall { account });
        assert!(shown.treasurySpend && !shown.feeSplit && !shown.featuredDatanets);
        assert_eq!(
            (shown.cap, shown.period, shown.left),
            (planck(10 * OPEN), 50, planck(6 * OPEN))
        );
    });
}

#[test]
fn a_delegate_splits_fees_within_its_bounds_until_the_power_is_revoked() {
    development_chain().execute_with(|| {
        delegated(Power::FeeSplit(around_the_default()));
        ALITH.does(AT, split(150_000, 450_000));
        assert_eq!(FeeSharesInForce::get().platform, Permill::from_percent(15));
        let log: FeesSplit = last_log(AT);
        assert_eq!((log.by, log.shares.platform), (ALITH.address(), 150_000));
        assert_eq!(CHARLETH.does(AT, feeSharesCall {}).contributors, 450_000);
        refused(
            ALITH.calls(AT, split(160_000, 440_000)),
            "Powers.SharesOutOfBounds",
        );
        refused(ALITH.calls(AT, split(150_000, 450_001)), "Powers.SharesNotWhole");
        refused(ALITH.calls(AT, split(1_000_001, 0)), "Precompile.ShareAboveOne");
        let kind = PowerKind::FeeSplit;
        assert_ok!(Powers::revoke(RuntimeOrigin::root(), ALITH.account(), kind));
        refused(ALITH.calls(AT, split(100_000, 500_000)), "Powers.NotAuthorized");
    });
}

#[test]
fn a_delegate_chooses_the_featured_datanets() {
    development_chain().execute_with(|| {
        delegated(Power::FeaturedDatanets);
        let feature = |datanets: &[u64]| featureCall {
            datanets: datanets.to_vec(),
        };
        refused(ALITH.calls(AT, feature(&[0])), "Powers.NotFound");
        for _ in 0..2 {
            CHARLETH.does(Place::Datanets, create(Policy::Open));
        }
        ALITH.does(AT, feature(&[1, 0]));
        let log: DatanetsFeatured = last_log(AT);
        assert_eq!(log.datanets, [1, 0]);
        assert_eq!(BALTATHAR.does(AT, featuredCall {}), [1, 0]);
        refused(ALITH.calls(AT, feature(&[1, 1])), "Powers.AlreadyExists");
        refused(ALITH.calls(AT, feature(&[0; 33])), "Precompile.TooLong");
    });
}

#[test]
fn a_call_paused_in_an_emergency_is_paused_for_contracts_too() {
    development_chain().execute_with(|| {
        let name = |text: &str| text.as_bytes().to_vec().try_into().expect("it is short");
        assert_ok!(TxPause::pause(
            RuntimeOrigin::root(),
            (name("Datanets"), name("create"))
        ));
        refused(
            CHARLETH.calls(Place::Datanets, create(Policy::Open)),
            "System.CallFiltered",
        );
        assert_ok!(TxPause::unpause(
            RuntimeOrigin::root(),
            (name("Datanets"), name("create"))
        ));
        CHARLETH.does(Place::Datanets, create(Policy::Open));
    });
}
