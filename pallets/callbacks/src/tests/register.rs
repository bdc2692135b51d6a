// SPDX-License-Identifier: Apache-2.0
//! Paying for a callback.

use super::*;

#[test]
fn what_a_callback_may_cost_is_held() {
    build_and_execute(|| {
        let (contract, before, sum) = paid(RECORDER, 3);
        assert_eq!(Callbacks::quote(GAS, DEPOSIT), Ok(sum));
        assert_eq!(held(contract), sum);
        assert_eq!(free(&account_of(&contract)), before - sum);
        assert!(sum > DEPOSIT + RECORD + Balance::from(GAS));
        assert_eq!(
            last_event(),
            Event::Registered {
                request: 3,
                contract,
                gas_limit: GAS,
                deposit_limit: DEPOSIT,
                held: sum,
            }
        );
    });
}

#[test]
fn only_contracts_are_called_back() {
    build_and_execute(|| {
        for nobody in [H160::repeat_byte(5), CALLER, H160::zero()] {
            let refused = Callbacks::register(0, nobody, GAS, 0);
            assert_eq!(refused, Err(Error::<Test>::NotAContract.into()));
        }
    });
}

#[test]
fn a_request_has_one_callback() {
    build_and_execute(|| {
        let (contract, _, sum) = paid(RECORDER, 3);
        let refused = Callbacks::register(3, contract, GAS, 0);
        assert_eq!(refused, Err(Error::<Test>::AlreadyExists.into()));
        assert_eq!(held(contract), sum);
    });
}

#[test]
fn gas_is_between_one_and_what_a_block_gives() {
    build_and_execute(|| {
        let contract = contract(RECORDER);
        let register = |gas| Callbacks::register(0, contract, gas, 0);
        assert_eq!(register(0), Err(Error::<Test>::GasLimitTooLow.into()));
        for gas in [Callbacks::max_gas() + 1, u64::MAX] {
            assert_eq!(register(gas), Err(Error::<Test>::GasLimitTooHigh.into()));
        }
        assert_ok!(register(Callbacks::max_gas()));
        // and a block can really make that call
        answered(0);
        idle(Weight::MAX);
        assert!(matches!(
            last_event(),
            Event::Failed { .. } | Event::Delivered { .. }
        ));
    });
}

#[test]
fn who_cannot_pay_is_not_called_back() {
    build_and_execute(|| {
        let contract = contract(RECORDER);
        let account = account_of(&contract);
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            account,
            1_000_000
        ));
        let refused = Callbacks::register(0, contract, GAS, DEPOSIT);
        assert_eq!(refused, Err(DispatchError::Token(TokenError::FundsUnavailable)));
        let refused = Callbacks::register(0, contract, GAS, Balance::MAX);
        assert_eq!(refused, Err(DispatchError::Token(TokenError::FundsUnavailable)));
        assert_eq!(held(contract), 0);
    });
}

#[test]
fn all_of_it_comes_back_when_the_request_is_cancelled() {
    build_and_execute(|| {
        let (contract, before, sum) = paid(RECORDER, 3);
        Callbacks::request_ended(3, Ending::Cancelled);
        assert_eq!(
            last_event(),
            Event::Dropped {
                request: 3,
                returned: sum
            }
        );
        assert_eq!((held(contract), free(&account_of(&contract))), (0, before));
        idle(Weight::MAX);
        assert_eq!(slot(contract, 2), U256::zero(), "nobody called");
    });
}

#[test]
fn requests_without_a_callback_end_without_a_trace() {
    build_and_execute(|| {
        answered(1);
        Callbacks::request_ended(2, Ending::Failed);
        Callbacks::request_ended(3, Ending::Cancelled);
        assert_eq!(QueueEnds::<Test>::get(), (0, 0));
        assert!(System::events().is_empty());
    });
}
