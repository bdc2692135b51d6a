// SPDX-License-Identifier: Apache-2.0
//! Who may act for an Ethereum address: Frontier's traits, and their answers on this chain.

use core::marker::PhantomData;
use frame_system::RawOrigin;
use pallet_revive::AddressMapper;
use sp_core::H160;
use sp_runtime::traits::BadOrigin;

/// A check of an origin that depends on an address.
pub trait EnsureAddressOrigin<OuterOrigin> {
    /// What the check yields.
    type Success;

    /// Checks, and says only that it failed.
    fn ensure_address_origin(address: &H160, origin: OuterOrigin) -> Result<Self::Success, BadOrigin> {
        Self::try_address_origin(address, origin).map_err(|_| BadOrigin)
    }

    /// Checks, and gives the origin back if it failed.
    fn try_address_origin(address: &H160, origin: OuterOrigin) -> Result<Self::Success, OuterOrigin>;

    /// An origin that passes for `address`.
    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin(address: &H160) -> Result<OuterOrigin, ()>;
}

/// From an address to an account.
pub trait AddressMapping<AccountId> {
    /// The account.
    fn into_account_id(address: H160) -> AccountId;
}

/// The account that acts for the address: the one that was mapped to it, or else the one of its Ethereum key.
pub struct MappedAddress<T>(PhantomData<T>);

impl<T: pallet_revive::Config> AddressMapping<T::AccountId> for MappedAddress<T> {
    fn into_account_id(address: H160) -> T::AccountId {
        T::AddressMapper::to_account_id(&address)
    }
}

/// The account of the address's Ethereum key, whether or not another one was mapped to it.
pub struct FallbackAddress<T>(PhantomData<T>);

impl<T: pallet_revive::Config> AddressMapping<T::AccountId> for FallbackAddress<T> {
    fn into_account_id(address: H160) -> T::AccountId {
        T::AddressMapper::to_fallback_account_id(&address)
    }
}

/// The account that acts for the address, as in [`MappedAddress`], has signed.
pub struct EnsureAddressMapped<T>(PhantomData<T>);

impl<T, O> EnsureAddressOrigin<O> for EnsureAddressMapped<T>
where
    T: pallet_revive::Config,
    O: Into<Result<RawOrigin<T::AccountId>, O>> + From<RawOrigin<T::AccountId>>,
{
    type Success = T::AccountId;

    fn try_address_origin(address: &H160, origin: O) -> Result<T::AccountId, O> {
        match origin.into()? {
            RawOrigin::Signed(who) if T::AddressMapper::to_account_id(address) == who => Ok(who),
            other => Err(O::from(other)),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin(address: &H160) -> Result<O, ()> {
        Ok(O::from(RawOrigin::Signed(T::AddressMapper::to_account_id(
            address,
        ))))
    }
}

/// Root, for any address.
pub struct EnsureAddressRoot<AccountId>(PhantomData<AccountId>);

impl<O, AccountId> EnsureAddressOrigin<O> for EnsureAddressRoot<AccountId>
where
    O: Into<Result<RawOrigin<AccountId>, O>> + From<RawOrigin<AccountId>>,
{
    type Success = ();

    fn try_address_origin(_: &H160, origin: O) -> Result<(), O> {
        match origin.into()? {
            RawOrigin::Root => Ok(()),
            other => Err(O::from(other)),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin(_: &H160) -> Result<O, ()> {
        Ok(O::from(RawOrigin::Root))
    }
}

/// Nobody.
pub struct EnsureAddressNever<AccountId>(PhantomData<AccountId>);

impl<O, AccountId> EnsureAddressOrigin<O> for EnsureAddressNever<AccountId> {
    type Success = AccountId;

    fn try_address_origin(_: &H160, origin: O) -> Result<AccountId, O> {
        Err(origin)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin(_: &H160) -> Result<O, ()> {
        Err(())
    }
}
