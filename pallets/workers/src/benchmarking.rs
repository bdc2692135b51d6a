// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call in its worst case.

use super::*;
use alloc::vec;
use frame_benchmarking::{account, v2::*, whitelisted_caller};
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{
    attestation::WorkerKey,
    money::Balance,
    traits::{Models, Ticks},
    ModelId,
};

fn bond<T: Config>() -> Balance {
    T::MinBond::get().max(T::Currency::minimum_balance())
}

fn capabilities() -> Capabilities {
    Capabilities {
        kernel_class: KernelClass::Avx512,
        memory_mib: u32::MAX,
        engine_version: BoundedVec::truncate_from(vec![b'v'; types::MAX_ENGINE_VERSION_BYTES as usize]),
    }
}

fn fund<T: Config>(who: &T::AccountId) {
    T::Currency::set_balance(who, bond::<T>().saturating_mul(10));
}

fn registered<T: Config>(who: &T::AccountId) -> WorkerKeyOf<T> {
    fund::<T>(who);
    Pallet::<T>::do_register(who, capabilities(), bond::<T>()).expect("a funded account can register")
}

fn new_model<T: Config>() -> ModelId {
    T::Models::create_for_benchmark(&account("owner", 0, 0))
}

/// Registers `who` unless it is a worker already, and lets it host `model`.
pub(crate) fn live_host<T: Config>(who: &T::AccountId, model: ModelId) -> WorkerKeyOf<T> {
    let worker = match Workers::<T>::get(who) {
        Some(registration) => WorkerKey {
            account: who.clone(),
            epoch: registration.epoch,
        },
        None => registered::<T>(who),
    };
    Pallet::<T>::do_host(who, model).expect("a new worker can host a hostable model");
    worker
}

/// Fills the list of the model's hosts but for the last place.
fn crowd<T: Config>(model: ModelId) {
    for n in 1..T::MaxHosts::get() {
        live_host::<T>(&account("host", n, 0), model);
    }
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register() {
        let caller: T::AccountId = whitelisted_caller();
        fund::<T>(&caller);
        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), capabilities(), bond::<T>());
        assert!(Workers::<T>::contains_key(&caller));
    }

    #[benchmark]
    fn bond_more() {
        let caller: T::AccountId = whitelisted_caller();
        registered::<T>(&caller);
        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), bond::<T>());
        assert_eq!(Workers::<T>::get(&caller).unwrap().bond, bond::<T>() * 2);
    }

    #[benchmark]
    fn host() {
        let caller: T::AccountId = whitelisted_caller();
        registered::<T>(&caller);
        let model = new_model::<T>();
        crowd::<T>(model);
        #[extrinsic_call]
        _(RawOrigin::Signed(caller), model);
        assert_eq!(Hosts::<T>::get(model).len() as u32, T::MaxHosts::get());
    }

    #[benchmark]
    fn unhost() {
        let caller: T::AccountId = whitelisted_caller();
        let model = new_model::<T>();
        crowd::<T>(model);
        live_host::<T>(&caller, model);
        #[extrinsic_call]
        _(RawOrigin::Signed(caller), model);
        assert_eq!(Hosts::<T>::get(model).len() as u32, T::MaxHosts::get() - 1);
    }

    #[benchmark]
    fn heartbeat() {
        let caller: T::AccountId = whitelisted_caller();
        registered::<T>(&caller);
        T::Ticks::set(T::Ticks::now() + 1);
        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));
        assert_eq!(Workers::<T>::get(&caller).unwrap().heard_at, T::Ticks::now());
    }

    #[benchmark]
    fn chill() {
        let caller: T::AccountId = whitelisted_caller();
        registered::<T>(&caller);
        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));
        assert_eq!(Workers::<T>::get(&caller).unwrap().standing, Standing::Chilled);
    }

    #[benchmark]
    fn resume() {
        let caller: T::AccountId = whitelisted_caller();
        registered::<T>(&caller);
        Pallet::<T>::do_chill(&caller).unwrap();
        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));
        assert_eq!(Workers::<T>::get(&caller).unwrap().standing, Standing::Active);
    }

    #[benchmark]
    fn unbond() {
        let caller: T::AccountId = whitelisted_caller();
        for _ in 0..T::MaxHosted::get() {
            let model = new_model::<T>();
            crowd::<T>(model);
            live_host::<T>(&caller, model);
        }
        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));
        assert!(matches!(
            Workers::<T>::get(&caller).unwrap().standing,
            Standing::Unbonding { .. }
        ));
    }

    #[benchmark]
    fn withdraw_unbonded() {
        let caller: T::AccountId = whitelisted_caller();
        registered::<T>(&caller);
        Pallet::<T>::do_unbond(&caller).unwrap();
        T::Ticks::set(T::Ticks::now() + T::UnbondTicks::get());
        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));
        assert!(!Workers::<T>::contains_key(&caller));
    }

    impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
