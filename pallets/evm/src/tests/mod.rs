// SPDX-License-Identifier: Apache-2.0
//! Tests by call, against the real `pallet-revive`.

mod call;
mod create;
mod origins;
mod withdraw;

use crate::{mock::*, pallet::*};
use frame_support::{dispatch::DispatchResultWithPostInfo, weights::Weight};
use sp_core::{H160, H256, U256};

/// What a call of the tests says; as good as can be unless a test changes it.
struct Offer {
    signer: sp_runtime::AccountId32,
    source: H160,
    value: u128,
    gas_limit: u64,
    max_fee_per_gas: U256,
    max_priority_fee_per_gas: Option<U256>,
    nonce: Option<u64>,
}

impl Offer {
    fn good() -> Self {
        Self {
            signer: ALICE,
            source: address_of(&ALICE),
            value: 0,
            gas_limit: GAS,
            max_fee_per_gas: price(),
            max_priority_fee_per_gas: None,
            nonce: None,
        }
    }

    fn call(self, target: H160, input: &[u8]) -> DispatchResultWithPostInfo {
        Evm::call(
            RuntimeOrigin::signed(self.signer),
            self.source,
            target,
            input.to_vec(),
            self.value.into(),
            self.gas_limit,
            self.max_fee_per_gas,
            self.max_priority_fee_per_gas,
            self.nonce.map(Into::into),
            vec![(target, vec![H256::zero()])],
        )
    }

    fn create(self, init: &[u8]) -> DispatchResultWithPostInfo {
        Evm::create(
            RuntimeOrigin::signed(self.signer),
            self.source,
            init.to_vec(),
            self.value.into(),
            self.gas_limit,
            self.max_fee_per_gas,
            self.max_priority_fee_per_gas,
            self.nonce.map(Into::into),
            vec![],
        )
    }

    fn create2(self, init: &[u8], salt: u8) -> DispatchResultWithPostInfo {
        Evm::create2(
            RuntimeOrigin::signed(self.signer),
            self.source,
            init.to_vec(),
            H256::repeat_byte(salt),
            self.value.into(),
            self.gas_limit,
            self.max_fee_per_gas,
            self.max_priority_fee_per_gas,
            self.nonce.map(Into::into),
            vec![],
        )
    }
}

/// A constructor that puts `runtime` (at most 32 bytes) on the chain.
fn constructor_of(runtime: &[u8]) -> Vec<u8> {
    let length = u8::try_from(runtime.len()).unwrap();
    assert!((1..=32).contains(&length));
    // PUSHn runtime, MSTORE at 0, RETURN the last n bytes of the word
    let mut code = vec![0x5f + length];
    code.extend_from_slice(runtime);
    code.extend_from_slice(&[0x60, 0, 0x52, 0x60, length, 0x60, 32 - length, 0xf3]);
    code
}

/// A contract on the chain.
fn deployed(runtime: &[u8]) -> H160 {
    System::reset_events();
    Offer::good().create(&constructor_of(runtime)).unwrap();
    let [.., Event::Created { address }] = &told()[..] else {
        panic!("{:?}", told())
    };
    let address = *address;
    System::reset_events();
    address
}

/// This pallet's events.
fn told() -> Vec<Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Evm(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// What a call weighed after it was done.
fn weighed(result: DispatchResultWithPostInfo) -> Weight {
    result.unwrap().actual_weight.unwrap()
}

/// Runtime codes of contracts.
mod code {
    /// Writes a log with one topic (7) and the word 1 as data, and stores 5 at index 3.
    pub const LOGS: &[u8] = &[
        0x60, 5, 0x60, 3, 0x55, 0x60, 1, 0x60, 0, 0x52, 0x60, 7, 0x60, 32, 0x60, 0, 0xa1, 0x00,
    ];
    /// Writes the same log and reverts.
    pub const LOGS_AND_REVERTS: &[u8] = &[
        0x60, 1, 0x60, 0, 0x52, 0x60, 7, 0x60, 32, 0x60, 0, 0xa1, 0x60, 0, 0x60, 0, 0xfd,
    ];
    /// Runs for ever.
    pub const LOOPS: &[u8] = &[0x5b, 0x60, 0, 0x56];
    /// Stores the price of gas at index 0.
    pub const KEEPS_THE_PRICE: &[u8] = &[0x3a, 0x60, 0, 0x55, 0x00];
}
