// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call in its worst case.

use super::*;
use alloc::vec::Vec;
use frame_benchmarking::{account, v2::*, whitelisted_caller};
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        EnsureOrigin, Get,
    },
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use openledger_primitives::{
    licence::LicenceTerms,
    money::{Balance, FeeShares},
    traits::Datanets,
};
use sp_core::H256;
use sp_runtime::{traits::Bounded, Permill};

fn allowance<T: Config>(cap: Balance) -> PowerOf<T> {
    Power::TreasurySpend {
        cap,
        period: BlockNumberFor::<T>::max_value(),
    }
}

fn any_split<T: Config>() -> PowerOf<T> {
    let all = |part| FeeShares {
        platform: part,
        workers: part,
        lineage: part,
        contributors: part,
    };
    Power::FeeSplit(FeeBounds {
        least: all(Permill::zero()),
        most: all(Permill::one()),
    })
}

fn terms() -> LicenceTerms {
    LicenceTerms {
        id: BoundedVec::truncate_from(b"CC-BY-4.0".to_vec()),
        training: true,
        commercial: true,
        contributor_share: Permill::from_percent(50),
        expires_at: None,
        text: H256::repeat_byte(6),
    }
}

fn origin<T: Config>(of: Result<T::RuntimeOrigin, ()>) -> Result<T::RuntimeOrigin, BenchmarkError> {
    of.map_err(|_| BenchmarkError::Weightless)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn delegate() -> Result<(), BenchmarkError> {
        let origin = origin::<T>(T::DelegateOrigin::try_successful_origin())?;
        let account: T::AccountId = account("delegate", 0, 0);
        let power = any_split::<T>();
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, account.clone(), power.clone());
        frame_system::Pallet::<T>::assert_last_event(
            <T as frame_system::Config>::RuntimeEvent::from(Event::<T>::Delegated { account, power }).into(),
        );
        Ok(())
    }

    #[benchmark]
    fn revoke() -> Result<(), BenchmarkError> {
        let origin = origin::<T>(T::RevokeOrigin::try_successful_origin())?;
        let account: T::AccountId = account("delegate", 0, 0);
        Pallet::<T>::do_delegate(account.clone(), any_split::<T>())?;
        let kind = PowerKind::FeeSplit;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, account.clone(), kind);
        frame_system::Pallet::<T>::assert_last_event(
            <T as frame_system::Config>::RuntimeEvent::from(Event::<T>::Revoked { account, kind }).into(),
        );
        Ok(())
    }

    #[benchmark]
    fn spend() -> Result<(), BenchmarkError> {
        let by: T::AccountId = whitelisted_caller();
        let beneficiary: T::AccountId = account("beneficiary", 0, 0);
        let amount = T::Currency::minimum_balance().max(1);
        let rich = amount.saturating_mul(1_000_000);
        T::Currency::set_balance(&T::TreasuryAccount::get(), rich);
        Pallet::<T>::do_delegate(by.clone(), allowance::<T>(rich))?;
        for block in 1..T::MaxSpends::get() {
            frame_system::Pallet::<T>::set_block_number(block.into());
            Pallet::<T>::do_spend(by.clone(), beneficiary.clone(), amount)?;
        }
        frame_system::Pallet::<T>::set_block_number(T::MaxSpends::get().into());
        #[extrinsic_call]
        _(RawOrigin::Signed(by.clone()), beneficiary, amount);
        let powers = Delegates::<T>::get(&by).ok_or(BenchmarkError::Stop("the delegate is gone"))?;
        let remembered = powers.treasury_spend.map(|allowance| allowance.spends.len());
        assert_eq!(remembered, Some(T::MaxSpends::get() as usize));
        Ok(())
    }

    #[benchmark]
    fn split_fees() -> Result<(), BenchmarkError> {
        let by: T::AccountId = whitelisted_caller();
        Pallet::<T>::do_delegate(by.clone(), any_split::<T>())?;
        let shares = FeeShares::DEFAULT;
        #[extrinsic_call]
        _(RawOrigin::Signed(by.clone()), shares);
        frame_system::Pallet::<T>::assert_last_event(
            <T as frame_system::Config>::RuntimeEvent::from(Event::<T>::FeesSplit { by, shares }).into(),
        );
        Ok(())
    }

    #[benchmark]
    fn feature(n: Linear<0, { T::MaxFeatured::get() }>) -> Result<(), BenchmarkError> {
        let by: T::AccountId = whitelisted_caller();
        Pallet::<T>::do_delegate(by.clone(), Power::FeaturedDatanets)?;
        let owner: T::AccountId = account("owner", 0, 0);
        let datanets: Vec<_> = (0..n)
            .map(|_| T::Datanets::create_for_benchmark(&owner, terms()))
            .collect();
        let datanets: FeaturedOf<T> = BoundedVec::truncate_from(datanets);
        #[extrinsic_call]
        _(RawOrigin::Signed(by), datanets.clone());
        assert_eq!(Featured::<T>::get(), datanets);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
