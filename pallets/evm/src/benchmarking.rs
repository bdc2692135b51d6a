// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of what the calls do besides executing.
//!
//! The calls are measured with an execution that does next to nothing, a transfer of nothing and a contract of one
//! byte: `pallet-revive` weighs those itself, so they are counted twice rather than not at all.

use super::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::{v2::*, whitelisted_caller};
use frame_support::traits::fungible::{Inspect, Mutate};
use frame_system::pallet_prelude::OriginFor;
use pallet_revive::{AddressMapper, BalanceOf};
use sp_core::{H160, H256, U256};
use sp_runtime::Saturating;

/// Gas that every measured execution can do with.
const GAS: u64 = 1_000_000_000_000;

/// A rich account with a number, and its address.
fn sender<T: Config>() -> (T::AccountId, H160) {
    let account: T::AccountId = whitelisted_caller();
    let rich: BalanceOf<T> = T::Currency::minimum_balance().saturating_mul(1_000_000_000u32.into());
    T::Currency::set_balance(&account, rich);
    frame_system::Pallet::<T>::inc_account_nonce(&account);
    let address = T::AddressMapper::to_address(&account);
    (account, address)
}

fn origin<T: Config>(address: &H160) -> OriginFor<T> {
    T::CallOrigin::try_successful_origin(address).expect("the runtime lets somebody call")
}

/// A constructor that returns one byte, followed by `bytes` that nobody reads.
fn init(bytes: u32) -> Vec<u8> {
    let mut code = vec![0x60, 0x01, 0x60, 0x00, 0xf3];
    code.resize((bytes as usize).max(code.len()), 0);
    code
}

fn last<T: Config>(event: Event<T>) {
    let event: <T as frame_system::Config>::RuntimeEvent = event.into();
    frame_system::Pallet::<T>::assert_last_event(event);
}

#[benchmarks]
mod benches {
    use super::*;

    #[benchmark]
    fn withdraw() {
        let (account, address) = sender::<T>();
        let value = T::Currency::minimum_balance();
        let waiting = T::WithdrawMapping::into_account_id(address);
        T::Currency::set_balance(&waiting, value.saturating_mul(2u32.into()));
        let origin =
            T::WithdrawOrigin::try_successful_origin(&address).expect("the runtime lets somebody withdraw");
        let before = T::Currency::balance(&account);

        #[extrinsic_call]
        _(origin as OriginFor<T>, address, value);

        assert_eq!(T::Currency::balance(&account), before.saturating_add(value));
    }

    #[benchmark]
    fn call() {
        let (account, address) = sender::<T>();
        let target = H160::repeat_byte(7);
        let nonce = U256::zero();
        let price = pallet_revive::Pallet::<T>::evm_base_fee();
        assert!(frame_system::Pallet::<T>::account_nonce(&account) == 1u32.into());

        #[extrinsic_call]
        _(
            origin::<T>(&address),
            address,
            target,
            Vec::new(),
            U256::zero(),
            GAS,
            price,
            Some(U256::zero()),
            Some(nonce),
            Vec::new(),
        );

        last::<T>(Event::Executed { address: target });
    }

    #[benchmark]
    fn create(b: Linear<5, 49_152>) {
        let (_, address) = sender::<T>();
        let price = pallet_revive::Pallet::<T>::evm_base_fee();
        let created = pallet_revive::create2(&address, &init(b), &[], &[1; 32]);

        #[extrinsic_call]
        create2(
            origin::<T>(&address),
            address,
            init(b),
            H256::repeat_byte(1),
            U256::zero(),
            GAS,
            price,
            None,
            None,
            Vec::new(),
        );

        last::<T>(Event::Created { address: created });
    }

    #[benchmark]
    fn log(b: Linear<0, 16_384>) {
        // a benchmark's own name is taken
        let told = Log {
            address: H160::repeat_byte(1),
            topics: vec![H256::repeat_byte(2); (b / 32).min(4) as usize],
            data: vec![3; b.saturating_sub((b / 32).min(4) * 32) as usize],
        };

        #[block]
        {
            Pallet::<T>::deposit_event(Event::Log { log: told.clone() });
        }

        last::<T>(Event::Log { log: told });
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
