// SPDX-License-Identifier: Apache-2.0
//! `withdraw`: money that was sent to an address before it had its account.

use super::*;
use frame_support::{
    assert_noop, assert_ok,
    traits::fungible::{Inspect, Mutate},
};
use pallet_revive::AddressMapper;

fn waiting(account: &sp_runtime::AccountId32) -> sp_runtime::AccountId32 {
    <Test as pallet_revive::Config>::AddressMapper::to_fallback_account_id(&address_of(account))
}

#[test]
fn money_that_came_before_the_account_is_brought_home() {
    in_a_transaction(|| {
        // NOBODY was never seen here, so its address means the account of an Ethereum key that nobody has.
        let address = address_of(&NOBODY);
        assert_ok!(Offer {
            value: 500,
            ..Offer::good()
        }
        .call(address, &[]));
        // The sender of the first money pays for the account's existence.
        assert_eq!(Balances::balance(&waiting(&NOBODY)), 510);
        assert_eq!(Balances::balance(&NOBODY), 0);
        let withdraw = |value| Evm::withdraw(RuntimeOrigin::signed(NOBODY), address, value);
        assert_noop!(withdraw(1), sp_runtime::traits::BadOrigin);

        // Its first money maps it.
        assert_ok!(Balances::mint_into(&NOBODY, 100));
        assert_noop!(withdraw(511), Error::<Test>::WithdrawFailed);
        assert_noop!(withdraw(0), Error::<Test>::WithdrawFailed);
        assert_ok!(withdraw(510));
        assert_eq!(Balances::balance(&NOBODY), 610);
        assert_eq!(Balances::balance(&waiting(&NOBODY)), 0);
        assert_noop!(withdraw(1), Error::<Test>::WithdrawFailed);

        // From now on the address is the account.
        assert_ok!(Offer {
            value: 7,
            ..Offer::good()
        }
        .call(address, &[]));
        assert_eq!(Balances::balance(&NOBODY), 617);
    });
}

#[test]
fn nobody_withdraws_for_another() {
    in_a_transaction(|| {
        assert_ok!(Balances::mint_into(&waiting(&BOB), 500));
        let steal = Evm::withdraw(RuntimeOrigin::signed(ALICE), address_of(&BOB), 500);
        assert_noop!(steal, sp_runtime::traits::BadOrigin);
        assert_ok!(Evm::withdraw(RuntimeOrigin::signed(BOB), address_of(&BOB), 500));
    });
}

#[test]
fn an_ethereum_keys_account_has_nothing_to_withdraw() {
    in_a_transaction(|| {
        let address = H160::repeat_byte(0x42);
        let account = <Test as pallet_revive::Config>::AddressMapper::to_fallback_account_id(&address);
        assert_ok!(Balances::mint_into(&account, 500));
        let withdraw = Evm::withdraw(RuntimeOrigin::signed(account), address, 100);
        assert_noop!(withdraw, Error::<Test>::WithdrawFailed);
    });
}
