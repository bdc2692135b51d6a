// SPDX-License-Identifier: Apache-2.0
//! Tunables: long by default, short on a development chain, and never a split that loses money.

use super::{development_chain, local_testnet};
use crate::{
    configs::parameters::{
        dynamic_params::{payments, rewards, voting},
        Answers, BlendInForce, Blocks, Bond, CountedBlend, FeeSharesInForce, Least, RuntimeParameters,
        ShortPeriods, Ticks, WholeFeeShares,
    },
    constants::{DAYS, EXISTENTIAL_DEPOSIT, OPEN},
    Parameters, Runtime, RuntimeCall, RuntimeOrigin,
};
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok, traits::Get};
use openledger_primitives::{money::FeeShares, report::Blend};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, DispatchError, Permill};

fn set_shares(shares: FeeShares) -> RuntimeParameters {
    RuntimeParameters::Payments(payments::Parameters::Shares(
        payments::Shares,
        WholeFeeShares::new(shares),
    ))
}

fn other_shares() -> FeeShares {
    FeeShares {
        platform: Permill::from_percent(5),
        workers: Permill::from_percent(25),
        lineage: Permill::from_percent(20),
        contributors: Permill::from_percent(50),
    }
}

#[test]
fn a_referendum_changes_the_fee_shares() {
    local_testnet().execute_with(|| {
        assert_eq!(FeeSharesInForce::get(), FeeShares::DEFAULT);
        assert_ok!(Parameters::set_parameter(
            RuntimeOrigin::root(),
            set_shares(other_shares())
        ));
        assert_eq!(FeeSharesInForce::get(), other_shares());
    });
}

#[test]
fn nobody_else_changes_a_parameter() {
    local_testnet().execute_with(|| {
        let alice = RuntimeOrigin::signed(Sr25519Keyring::Alice.to_account_id());
        assert_noop!(
            Parameters::set_parameter(alice, set_shares(other_shares())),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn shares_that_do_not_sum_to_one_cannot_even_be_decoded() {
    let call = RuntimeCall::from(pallet_parameters::Call::<Runtime>::set_parameter {
        key_value: set_shares(FeeShares::DEFAULT),
    });
    let mut bytes = call.encode();
    assert_eq!(RuntimeCall::decode(&mut &bytes[..]).unwrap(), call);
    // the last four bytes are the contributors' part
    let contributors = bytes.len() - 4;
    bytes[contributors..].copy_from_slice(&Permill::from_percent(51).encode());
    assert!(RuntimeCall::decode(&mut &bytes[..]).is_err());
    assert_eq!(
        WholeFeeShares::new(FeeShares {
            platform: Permill::zero(),
            ..FeeShares::DEFAULT
        }),
        None
    );
}

#[test]
fn a_referendum_changes_what_evidence_counts_and_takes_none_of_it_away() {
    let call = |blend: Blend| {
        let bytes = RuntimeCall::from(pallet_parameters::Call::<Runtime>::set_parameter {
            key_value: RuntimeParameters::Rewards(rewards::Parameters::EvidenceBlend(
                rewards::EvidenceBlend,
                Some(CountedBlend::DEFAULT),
            )),
        })
        .encode();
        // the last six bytes are the three kinds' parts
        let head = &bytes[..bytes.len() - 6];
        RuntimeCall::decode(&mut &[head, &blend.encode()].concat()[..])
    };
    let other = Blend {
        influence: 1,
        spans: 10_000,
        retrieval: 2,
    };
    local_testnet().execute_with(|| {
        assert_eq!(BlendInForce::get(), Blend::DEFAULT);
        assert_ok!(call(other).unwrap().dispatch(RuntimeOrigin::root()));
        assert_eq!(BlendInForce::get(), other);
    });
    for bad in [
        Blend {
            influence: 0,
            ..other
        },
        Blend {
            spans: 10_001,
            ..other
        },
        Blend {
            retrieval: 0,
            ..other
        },
    ] {
        assert!(call(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn votes_take_days_on_the_network_and_blocks_on_a_development_chain() {
    local_testnet().execute_with(|| {
        assert_eq!(
            <Runtime as pallet_democracy::Config>::VotingPeriod::get(),
            7 * DAYS
        );
        assert_eq!(
            <Runtime as pallet_democracy::Config>::EnactmentPeriod::get(),
            2 * DAYS
        );
    });
    development_chain().execute_with(|| {
        assert_eq!(<Runtime as pallet_democracy::Config>::VotingPeriod::get(), 10);
        assert_eq!(<Runtime as pallet_democracy::Config>::EnactmentPeriod::get(), 2);
        assert_eq!(
            pallet_parameters::Parameters::<Runtime>::iter().count(),
            ShortPeriods::parameters().count(),
            "what is short is visible on the chain",
        );
    });
}

/// Whether a number can be decoded as a bounded one.
fn fits<Bounded: Decode>(number: impl Encode) -> bool {
    Bounded::decode(&mut &number.encode()[..]).is_ok()
}

#[test]
fn numbers_outside_their_bounds_cannot_even_be_decoded() {
    assert!(fits::<Blocks>(1u32) && fits::<Blocks>(365 * DAYS));
    assert!(!fits::<Blocks>(0u32) && !fits::<Blocks>(365 * DAYS + 1));
    assert!(fits::<Ticks>(1u64) && fits::<Ticks>(u64::from(365 * DAYS)));
    assert!(!fits::<Ticks>(0u64) && !fits::<Ticks>(u64::from(365 * DAYS) + 1));
    assert!(fits::<Answers>(1u32) && fits::<Answers>(1_000_000u32));
    assert!(!fits::<Answers>(0u32) && !fits::<Answers>(1_000_001u32));
    assert!(fits::<Least>(0u128) && fits::<Least>(10 * OPEN));
    assert!(!fits::<Least>(10 * OPEN + 1) && !fits::<Least>(u128::MAX));
    assert!(fits::<Bond>(EXISTENTIAL_DEPOSIT) && fits::<Bond>(1_000_000 * OPEN));
    assert!(!fits::<Bond>(EXISTENTIAL_DEPOSIT - 1) && !fits::<Bond>(1_000_000 * OPEN + 1));

    let periods = voting::Parameters::LaunchPeriod(voting::LaunchPeriod, Some(Blocks::within(1)));
    let call = RuntimeCall::from(pallet_parameters::Call::<Runtime>::set_parameter {
        key_value: RuntimeParameters::Voting(periods),
    });
    let mut bytes = call.encode();
    assert_eq!(RuntimeCall::decode(&mut &bytes[..]).unwrap(), call);
    // the last four bytes are the period
    let period = bytes.len() - 4;
    bytes[period..].fill(0);
    assert!(RuntimeCall::decode(&mut &bytes[..]).is_err());
}

#[test]
fn votes_stay_locked_at_least_until_what_they_decided_whatever_a_referendum_sets() {
    for mut chain in [local_testnet(), development_chain()] {
        chain.execute_with(|| {
            let long =
                voting::Parameters::EnactmentPeriod(voting::EnactmentPeriod, Some(Blocks::within(30 * DAYS)));
            assert_ok!(Parameters::set_parameter(
                RuntimeOrigin::root(),
                RuntimeParameters::Voting(long)
            ));
            let locking = <Runtime as pallet_democracy::Config>::VoteLockingPeriod::get();
            let enactment = <Runtime as pallet_democracy::Config>::EnactmentPeriod::get();
            assert_eq!((enactment, locking), (30 * DAYS, 30 * DAYS));
        });
    }
}
