// SPDX-License-Identifier: Apache-2.0
//! Who may act for which address.

use super::*;
use crate::{EnsureAddressNever, EnsureAddressOrigin, EnsureAddressRoot};
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate};
use pallet_revive::AddressMapper;
use sp_runtime::{traits::BadOrigin, AccountId32};

#[test]
fn nobody_acts_for_another_address() {
    in_a_transaction(|| {
        let target = address_of(&BOB);
        let forged = Offer {
            source: address_of(&BOB),
            ..Offer::good()
        };
        assert_noop!(forged.call(target, &[]).map_err(|e| e.error), BadOrigin);
        let forged = Offer {
            source: address_of(&BOB),
            ..Offer::good()
        };
        assert_noop!(forged.create(&[0]).map_err(|e| e.error), BadOrigin);
        let forged = Offer {
            source: address_of(&BOB),
            ..Offer::good()
        };
        assert_noop!(forged.create2(&[0], 1).map_err(|e| e.error), BadOrigin);
        // The first bytes of an account are not its address here.
        let truncated = Offer {
            source: H160::repeat_byte(1),
            ..Offer::good()
        };
        assert_noop!(truncated.call(target, &[]).map_err(|e| e.error), BadOrigin);
    });
}

#[test]
fn an_account_that_was_never_mapped_acts_for_no_address() {
    in_a_transaction(|| {
        let unmapped = Offer {
            signer: NOBODY,
            source: address_of(&NOBODY),
            ..Offer::good()
        };
        assert_noop!(
            unmapped.call(address_of(&BOB), &[]).map_err(|e| e.error),
            BadOrigin
        );
    });
}

#[test]
fn an_ethereum_keys_account_acts_for_its_own_address() {
    in_a_transaction(|| {
        let source = H160::repeat_byte(0x42);
        let signer = <Test as pallet_revive::Config>::AddressMapper::to_fallback_account_id(&source);
        assert_ok!(Balances::mint_into(&signer, ENDOWMENT));
        assert_ok!(Offer {
            signer,
            source,
            value: 5,
            ..Offer::good()
        }
        .call(address_of(&BOB), &[]));
        assert_eq!(
            told(),
            [Event::Executed {
                address: address_of(&BOB)
            }]
        );
    });
}

#[test]
fn root_and_nobody_are_what_they_say() {
    let address = H160::zero();
    let root = |origin| EnsureAddressRoot::<AccountId32>::ensure_address_origin(&address, origin);
    assert_ok!(root(RuntimeOrigin::root()));
    assert!(root(RuntimeOrigin::signed(ALICE)).is_err());
    let never = |origin| EnsureAddressNever::<AccountId32>::ensure_address_origin(&address, origin);
    assert!(never(RuntimeOrigin::root()).is_err());
    assert!(never(RuntimeOrigin::signed(ALICE)).is_err());
}
