// SPDX-License-Identifier: Apache-2.0
//! `IPowers`: `pallet-powers` for Solidity, for the timelock of a governor above all.

use crate::{
    calldata::Calldata,
    execution::{actor, charge_reads, dispatch, log, open},
    interfaces::IPowers::{self, IPowersCalls as Calls},
    place::Place,
    refusal::Refusal,
    values::{account, address, amount, bounded, planck, share, AccountIdOf},
    Config,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use openledger_primitives::money::FeeShares;
use pallet_powers::{Call, Delegates, Featured, FeaturedOf, FeeSplit as _, PowersOf};
use pallet_revive::precompiles::{alloy::sol_types::SolCall, AddressMatcher, Error, Ext, Precompile};
use sp_runtime::traits::SaturatedConversion;

/// The precompile at [`Place::Powers`].
pub struct PowersPrecompile<T>(PhantomData<T>);

impl<T: Config> Precompile for PowersPrecompile<T> {
    type T = T;
    type Interface = Calldata<Calls>;
    const MATCHER: AddressMatcher = Place::Powers.matcher();
    const HAS_CONTRACT_INFO: bool = false;

    fn call(
        _: &[u8; 20],
        input: &Self::Interface,
        env: &mut impl Ext<T = Self::T>,
    ) -> Result<Vec<u8>, Error> {
        match open(input, env)? {
            Calls::spend(call) => Self::spend(call, env),
            Calls::splitFees(call) => Self::split_fees(call, env),
            Calls::feature(call) => Self::feature(call, env),
            Calls::powersOf(call) => Self::powers_of(call, env),
            Calls::feeShares(_) => Self::fee_shares(env),
            Calls::featured(_) => Self::featured(env),
        }
    }
}

type Output = Result<Vec<u8>, Error>;

impl<T: Config> PowersPrecompile<T> {
    fn spend(call: IPowers::spendCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let beneficiary: AccountIdOf<T> = account(env, call.beneficiary)?;
        let amount = amount(call.amount)?;
        dispatch(env, &who, Call::<T>::spend { beneficiary, amount })?;
        let event = IPowers::Spent {
            by: address::<T>(&who),
            beneficiary: call.beneficiary,
            amount: planck(amount),
        };
        log(env, event)?;
        Ok(Vec::new())
    }

    fn split_fees(call: IPowers::splitFeesCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let shares = shares(&call.shares)?;
        dispatch(env, &who, Call::<T>::split_fees { shares })?;
        let event = IPowers::FeesSplit {
            by: address::<T>(&who),
            shares: call.shares,
        };
        log(env, event)?;
        Ok(Vec::new())
    }

    fn feature(call: IPowers::featureCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let datanets: FeaturedOf<T> = bounded(call.datanets.clone())?;
        dispatch(env, &who, Call::<T>::feature { datanets })?;
        let event = IPowers::DatanetsFeatured {
            by: address::<T>(&who),
            datanets: call.datanets,
        };
        log(env, event)?;
        Ok(Vec::new())
    }

    fn powers_of(call: IPowers::powersOfCall, env: &mut impl Ext<T = T>) -> Output {
        let account: AccountIdOf<T> = account(env, call.account)?;
        charge_reads::<T, PowersOf<T>>(env, 1)?;
        let powers = Delegates::<T>::get(&account).unwrap_or_default();
        let now = frame_system::Pallet::<T>::block_number();
        let allowance = powers.treasury_spend.as_ref();
        let bounds = powers.fee_split;
        let shown = IPowers::Powers {
            treasurySpend: allowance.is_some(),
            cap: planck(allowance.map_or(0, |allowance| allowance.cap)),
            period: allowance.map_or(0, |allowance| allowance.period.saturated_into()),
            left: planck(allowance.map_or(0, |allowance| allowance.left(now))),
            feeSplit: bounds.is_some(),
            least: shown_shares(bounds.map(|bounds| bounds.least)),
            most: shown_shares(bounds.map(|bounds| bounds.most)),
            featuredDatanets: powers.featured_datanets,
        };
        Ok(IPowers::powersOfCall::abi_encode_returns(&shown))
    }

    fn fee_shares(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, FeeShares>(env, 1)?;
        let shares = <T as pallet_powers::Config>::FeeSplit::in_force();
        Ok(IPowers::feeSharesCall::abi_encode_returns(&shown_shares(Some(
            shares,
        ))))
    }

    fn featured(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, FeaturedOf<T>>(env, 1)?;
        let featured = Featured::<T>::get().into_inner();
        Ok(IPowers::featuredCall::abi_encode_returns(&featured))
    }
}

fn shares(shown: &IPowers::Shares) -> Result<FeeShares, Refusal> {
    Ok(FeeShares {
        platform: share(shown.platform)?,
        workers: share(shown.workers)?,
        lineage: share(shown.lineage)?,
        contributors: share(shown.contributors)?,
    })
}

/// The shares as Solidity counts them; nothing when there are none.
fn shown_shares(shares: Option<FeeShares>) -> IPowers::Shares {
    let parts = |part: fn(&FeeShares) -> sp_runtime::Permill| {
        shares.as_ref().map_or(0, |shares| part(shares).deconstruct())
    };
    IPowers::Shares {
        platform: parts(|shares| shares.platform),
        workers: parts(|shares| shares.workers),
        lineage: parts(|shares| shares.lineage),
        contributors: parts(|shares| shares.contributors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_back_unchanged_and_more_than_all_is_refused() {
        let shown = shown_shares(Some(FeeShares::DEFAULT));
        assert_eq!(shares(&shown), Ok(FeeShares::DEFAULT));
        let more = IPowers::Shares {
            workers: 1_000_001,
            ..shown
        };
        assert_eq!(shares(&more), Err(Refusal::ShareAboveOne));
        assert_eq!(shown_shares(None).platform, 0);
    }
}
