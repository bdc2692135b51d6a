// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of what is done around the contracts. The address that is called has no code: contracts are weighed by
//! `pallet-revive`.

use super::*;
use crate::types::Callback;
use alloc::vec;
use frame_benchmarking::{v2::*, whitelisted_caller};
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate, MutateHold},
        Get, Hooks,
    },
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{
    money::Balance,
    traits::{Ending, OnRequestEnd},
    RequestId,
};
use pallet_revive::AddressMapper;
use sp_core::{H160, H256};

const REQUEST: RequestId = 7;
const GAS: u64 = 500_000;

fn rich<T: Config>(account: &T::AccountId) {
    let much: Balance = T::Currency::minimum_balance().saturating_mul(1_000_000_000_000);
    T::Currency::set_balance(account, much);
}

/// Pays for a callback as [`Pallet::register`] does, of an address without code.
fn paid_for<T: Config>(ended: bool) -> CallbackOf<T> {
    let contract = H160::repeat_byte(0x77);
    let account = T::AddressMapper::to_account_id(&contract);
    rich::<T>(&account);
    rich::<T>(&T::FeeDestination::get());
    let held = Pallet::<T>::quote(GAS, 0).expect("a block has room for it");
    T::Currency::hold(&HoldReason::Prepaid.into(), &account, held).expect("the account is rich");
    let output = BoundedVec::truncate_from(vec![3; T::MaxOutputBytes::get() as usize]);
    let callback = Callback {
        contract,
        account,
        gas_limit: GAS,
        weight: Pallet::<T>::weight_of(GAS),
        gas_price: Pallet::<T>::gas_price(),
        deposit_limit: 0,
        held,
        ended: ended.then(|| Outcome::Answered {
            output,
            report: H256::repeat_byte(9),
        }),
    };
    Waiting::<T>::insert(REQUEST, callback.clone());
    if ended {
        Queue::<T>::insert(0, REQUEST);
        QueueEnds::<T>::put((0, 1));
    }
    callback
}

#[benchmarks]
mod benches {
    use super::*;

    // What registering does, and the look at the contract's record: an address without code is refused after it.
    #[benchmark]
    fn register() {
        let callback = paid_for::<T>(false);
        Waiting::<T>::remove(REQUEST);
        Pallet::<T>::release(&callback.account, callback.held);
        let refused = Pallet::<T>::register(REQUEST, callback.contract, GAS, 0);
        assert_eq!(refused, Err(Error::<T>::NotAContract.into()));

        #[block]
        {
            let _ = Pallet::<T>::register(REQUEST, callback.contract, GAS, 0);
            let held = Pallet::<T>::quote(GAS, 0).expect("a block has room for it");
            T::Currency::hold(&HoldReason::Prepaid.into(), &callback.account, held)
                .expect("the account is rich");
            Waiting::<T>::insert(REQUEST, callback);
        }

        assert!(Waiting::<T>::contains_key(REQUEST));
    }

    #[benchmark]
    fn request_ended() {
        paid_for::<T>(false);
        let output = vec![3; T::MaxOutputBytes::get() as usize];

        #[block]
        {
            Pallet::<T>::request_ended(
                REQUEST,
                Ending::Answered {
                    output: &output,
                    report: &[],
                },
            );
        }

        assert_eq!(Queue::<T>::get(0), Some(REQUEST));
    }

    #[benchmark]
    fn deliver_base() {
        #[block]
        {
            Pallet::<T>::deliver_due(&mut WeightMeter::new());
        }

        assert_eq!(QueueEnds::<T>::get(), (0, 0));
    }

    #[benchmark]
    fn deliver() {
        let callback = paid_for::<T>(true);
        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), REQUEST, callback.weight);

        assert!(!Waiting::<T>::contains_key(REQUEST));
        Pallet::<T>::on_idle(frame_system::Pallet::<T>::block_number(), Weight::MAX);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
