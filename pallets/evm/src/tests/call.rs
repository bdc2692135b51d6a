// SPDX-License-Identifier: Apache-2.0
//! `call`: what it does, what it refuses, and what it costs.

use super::*;
use crate::types::Log;
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};

fn log_of(address: H160) -> Event<Test> {
    Event::Log {
        log: Log {
            address,
            topics: vec![H256::from_low_u64_be(7)],
            data: H256::from_low_u64_be(1).as_bytes().to_vec(),
        },
    }
}

#[test]
fn a_contract_is_called_and_its_logs_are_told() {
    in_a_transaction(|| {
        let contract = deployed(code::LOGS);
        let result = Offer::good().call(contract, &[]);
        assert_eq!(told(), [log_of(contract), Event::Executed { address: contract }]);
        let weighed = weighed(result);
        assert!(weighed.all_lte(Evm::weight_of_call(GAS)));
        assert!(weighed.any_gt(Evm::weight_of_call(0)));
        assert_eq!(
            Evm::account_storages(contract, H256::from_low_u64_be(3)),
            H256::from_low_u64_be(5)
        );
        assert_eq!(Evm::account_codes(contract), code::LOGS);
        assert_eq!(Evm::account_storages(contract, H256::zero()), H256::zero());
        assert_eq!(
            Evm::account_storages(address_of(&ALICE), H256::zero()),
            H256::zero()
        );
    });
}

#[test]
fn money_can_be_sent_to_an_address() {
    in_a_transaction(|| {
        let before = Balances::balance(&BOB);
        assert_ok!(Offer {
            value: 7,
            ..Offer::good()
        }
        .call(address_of(&BOB), &[]));
        assert_eq!(Balances::balance(&BOB), before + 7);
        assert_eq!(
            told(),
            [Event::Executed {
                address: address_of(&BOB)
            }]
        );
    });
}

#[test]
fn a_reverted_call_is_told_without_its_logs_and_the_transaction_stands() {
    in_a_transaction(|| {
        let contract = deployed(code::LOGS_AND_REVERTS);
        let balance = Balances::balance(&ALICE);
        assert_ok!(Offer {
            value: 7,
            ..Offer::good()
        }
        .call(contract, &[]));
        assert_eq!(told(), [Event::ExecutedFailed { address: contract }]);
        assert_eq!(Balances::balance(&ALICE), balance, "the value came back");
    });
}

#[test]
fn a_call_that_runs_out_of_gas_pays_for_all_of_it() {
    in_a_transaction(|| {
        let contract = deployed(code::LOOPS);
        let gas_limit = GAS / 10;
        let weighed = weighed(
            Offer {
                gas_limit,
                ..Offer::good()
            }
            .call(contract, &[]),
        );
        assert_eq!(told(), [Event::ExecutedFailed { address: contract }]);
        let most = Evm::weight_of_call(gas_limit);
        assert!(weighed.all_lte(most));
        assert!(
            weighed.ref_time() > most.ref_time() / 2,
            "{weighed:?} of {most:?}"
        );
    });
}

#[test]
fn gas_covers_the_events_of_logs() {
    in_a_transaction(|| {
        let contract = deployed(code::LOGS);
        // The least gas with which the contract is told to have run.
        let runs = |gas_limit| {
            System::reset_events();
            let result = Offer {
                gas_limit,
                ..Offer::good()
            }
            .call(contract, &[]);
            result.is_ok() && told().last() == Some(&Event::Executed { address: contract })
        };
        assert!(runs(GAS));
        let (mut too_little, mut enough) = (0, GAS);
        while enough - too_little > 1 {
            let middle = too_little + (enough - too_little) / 2;
            if runs(middle) {
                enough = middle;
            } else {
                too_little = middle;
            }
        }
        assert!(runs(enough) && !runs(enough - 1));
        let weighed = weighed(
            Offer {
                gas_limit: enough,
                ..Offer::good()
            }
            .call(contract, &[]),
        );
        assert!(
            weighed.all_lte(Evm::weight_of_call(enough)),
            "nothing is used that was not announced"
        );
    });
}

#[test]
fn the_contract_sees_the_chains_price_of_gas() {
    in_a_transaction(|| {
        let contract = deployed(code::KEEPS_THE_PRICE);
        let max_fee_per_gas = price() * 100;
        assert_ok!(Offer {
            max_fee_per_gas,
            ..Offer::good()
        }
        .call(contract, &[]));
        let kept = Evm::account_storages(contract, H256::zero());
        assert_eq!(U256::from_big_endian(kept.as_bytes()), price());
    });
}

#[test]
fn offers_below_the_price_of_gas_are_refused() {
    in_a_transaction(|| {
        let target = address_of(&BOB);
        let low = Offer {
            max_fee_per_gas: price() - 1,
            ..Offer::good()
        };
        assert_noop!(
            low.call(target, &[]).map_err(|e| e.error),
            Error::<Test>::GasPriceTooLow
        );
        let upside_down = Offer {
            max_priority_fee_per_gas: Some(price() + 1),
            ..Offer::good()
        };
        assert_noop!(
            upside_down.call(target, &[]).map_err(|e| e.error),
            Error::<Test>::GasPriceTooLow
        );
        assert_ok!(Offer {
            max_priority_fee_per_gas: Some(price()),
            ..Offer::good()
        }
        .call(target, &[]));
    });
}

#[test]
fn a_nonce_has_to_be_the_transactions_own() {
    in_a_transaction(|| {
        let target = address_of(&BOB);
        for wrong in [1, 2, u64::MAX] {
            let offer = Offer {
                nonce: Some(wrong),
                ..Offer::good()
            };
            assert_noop!(
                offer.call(target, &[]).map_err(|e| e.error),
                Error::<Test>::InvalidNonce
            );
        }
        assert_ok!(Offer {
            nonce: Some(0),
            ..Offer::good()
        }
        .call(target, &[]));
    });
}

#[test]
fn values_and_fees_that_are_not_there_or_do_not_fit_are_refused() {
    in_a_transaction(|| {
        let target = address_of(&BOB);
        let refused = |offer: Offer, error: Error<Test>| {
            assert_noop!(offer.call(target, &[]).map_err(|e| e.error), error);
        };
        refused(
            Offer {
                value: ENDOWMENT + 1,
                ..Offer::good()
            },
            Error::BalanceLow,
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
                max_fee_per_gas: U256::MAX,
                ..Offer::good()
            },
            Error::FeeOverflow,
        );
        let most = U256::MAX / GAS;
        refused(
            Offer {
                max_fee_per_gas: most,
                value: u128::MAX,
                ..Offer::good()
            },
            Error::PaymentOverflow,
        );
        refused(
            Offer {
                gas_limit: 0,
                ..Offer::good()
            },
            Error::GasLimitTooLow,
        );
        refused(
            Offer {
                gas_limit: 21_000,
                ..Offer::good()
            },
            Error::GasLimitTooLow,
        );
    });
}

#[test]
fn a_refused_call_pays_for_its_checks_only() {
    in_a_transaction(|| {
        let refused = Offer {
            nonce: Some(9),
            ..Offer::good()
        }
        .call(address_of(&BOB), &[])
        .unwrap_err();
        assert_eq!(refused.post_info.actual_weight, Some(Evm::weight_of_call(0)));
    });
}
