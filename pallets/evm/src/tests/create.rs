// SPDX-License-Identifier: Apache-2.0
//! `create` and `create2`: addresses, constructors that fail, and what is left.

use super::*;
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};

#[test]
fn a_contract_gets_the_address_that_ethereum_gives_it() {
    in_a_transaction(|| {
        let expected = pallet_revive::create1(&address_of(&ALICE), 0);
        let result = Offer {
            nonce: Some(0),
            ..Offer::good()
        }
        .create(&constructor_of(code::LOGS));
        assert!(weighed(result).all_lte(Evm::weight_of_creation(GAS, constructor_of(code::LOGS).len())));
        assert_eq!(told(), [Event::Created { address: expected }]);
        assert_eq!(Evm::account_codes(expected), code::LOGS);
    });
}

#[test]
fn two_creations_of_one_batch_get_two_addresses() {
    in_a_transaction(|| {
        let first = deployed(code::LOOPS);
        let second = deployed(code::LOOPS);
        assert_ne!(first, second);
        assert_eq!(second, pallet_revive::create1(&address_of(&ALICE), 1));
    });
}

#[test]
fn create2_depends_on_salt_and_code_only() {
    in_a_transaction(|| {
        let init = constructor_of(code::LOGS);
        let expected = pallet_revive::create2(&address_of(&ALICE), &init, &[], &[5; 32]);
        assert_ok!(Offer::good().create2(&init, 5));
        assert_eq!(told(), [Event::Created { address: expected }]);

        System::reset_events();
        assert_ok!(Offer::good().create2(&init, 5));
        assert_eq!(
            told(),
            [Event::CreatedFailed { address: expected }],
            "it is there already"
        );
    });
}

#[test]
fn a_constructor_that_reverts_leaves_nothing() {
    in_a_transaction(|| {
        let address = pallet_revive::create1(&address_of(&ALICE), 0);
        let balance = Balances::total_balance(&ALICE);
        assert_ok!(Offer {
            value: 50,
            ..Offer::good()
        }
        .create(code::LOGS_AND_REVERTS));
        assert_eq!(told(), [Event::CreatedFailed { address }]);
        assert!(Evm::account_codes(address).is_empty());
        assert_eq!(Balances::total_balance(&ALICE), balance);
        assert_eq!(System::account_nonce(&ALICE), 1);
    });
}

#[test]
fn logs_of_a_constructor_are_told() {
    in_a_transaction(|| {
        // Writes a log, and ends with no code.
        assert_ok!(Offer::good().create2(code::LOGS, 1));
        assert!(
            matches!(&told()[..], [Event::Log { .. }, Event::Created { .. }]),
            "{:?}",
            told()
        );
    });
}

#[test]
fn bytes_that_are_no_constructor_fail_without_a_panic() {
    in_a_transaction(|| {
        for init in [&[0xfe][..], &[0xef, 0x00], &[0x56], b"PVM\0nonsense"] {
            System::reset_events();
            assert_ok!(Offer::good().create2(init, 1));
            assert!(
                matches!(&told()[..], [Event::CreatedFailed { .. }]),
                "{init:?}: {:?}",
                told()
            );
        }
    });
}

#[test]
fn creations_are_refused_on_the_same_terms_as_calls() {
    in_a_transaction(|| {
        let init = constructor_of(code::LOOPS);
        let refused = |offer: Offer, error: Error<Test>| {
            assert_noop!(offer.create(&init).map_err(|e| e.error), error);
        };
        refused(
            Offer {
                nonce: Some(1),
                ..Offer::good()
            },
            Error::InvalidNonce,
        );
        refused(
            Offer {
                max_fee_per_gas: U256::zero(),
                ..Offer::good()
            },
            Error::GasPriceTooLow,
        );
        refused(
            Offer {
                value: u128::MAX,
                ..Offer::good()
            },
            Error::BalanceLow,
        );
        refused(
            Offer {
                gas_limit: 1,
                ..Offer::good()
            },
            Error::GasLimitTooLow,
        );
    });
}
