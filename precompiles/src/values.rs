// SPDX-License-Identifier: Apache-2.0
//! Solidity's values and the chain's.

use crate::{execution::charge_reads, refusal::Refusal, Config};
use alloc::{string::String, vec::Vec};
use frame_support::{traits::Get, BoundedVec};
use openledger_primitives::{money::Balance, Tick};
use pallet_revive::precompiles::{
    alloy::primitives::{Address, B256, U256},
    AddressMapper, Error, Ext, H160, H256,
};
use sp_runtime::Permill;

/// The chain's accounts.
pub type AccountIdOf<T> = <T as frame_system::Config>::AccountId;

/// An amount that fits, planck.
pub fn amount(value: U256) -> Result<Balance, Refusal> {
    Balance::try_from(value).map_err(|_| Refusal::AmountTooLarge)
}

/// A price that fits; 0 means none.
pub fn price(value: U256) -> Result<Option<Balance>, Refusal> {
    let price = amount(value)?;
    Ok((price > 0).then_some(price))
}

/// Planck as Solidity counts them.
pub fn planck(amount: Balance) -> U256 {
    U256::from(amount)
}

/// A share of at most one.
pub fn share(ppm: u32) -> Result<Permill, Refusal> {
    if ppm > 1_000_000 {
        return Err(Refusal::ShareAboveOne);
    }
    Ok(Permill::from_parts(ppm))
}

/// The tick at which something ends; 0 means that it does not.
pub fn end(tick: Tick) -> Option<Tick> {
    (tick > 0).then_some(tick)
}

/// A list that is not too long.
pub fn bounded<V, S: Get<u32>>(list: Vec<V>) -> Result<BoundedVec<V, S>, Refusal> {
    BoundedVec::try_from(list).map_err(|_| Refusal::TooLong)
}

/// A hash as the chain has it.
pub fn hash(word: B256) -> H256 {
    H256(word.0)
}

/// A hash as Solidity has it.
pub fn word(hash: H256) -> B256 {
    B256::from(hash.0)
}

/// A text; what is not UTF-8 in it is replaced.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The address under which Solidity knows an account.
pub fn address<T: Config>(account: &AccountIdOf<T>) -> Address {
    Address::from(T::AddressMapper::to_address(account).0)
}

/// The address of an account, or zero for nobody.
pub fn address_or_zero<T: Config>(account: Option<&AccountIdOf<T>>) -> Address {
    account.map(address::<T>).unwrap_or_default()
}

/// The account that an address stands for. The zero address stands for nobody.
pub fn account<T: Config>(env: &mut impl Ext<T = T>, address: Address) -> Result<AccountIdOf<T>, Error> {
    if address.is_zero() {
        return Err(Refusal::InvalidArgument.into());
    }
    charge_reads::<T, AccountIdOf<T>>(env, 1)?;
    Ok(env.to_account_id(&H160(address.into_array())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_of_129_bits_is_too_large() {
        assert_eq!(amount(U256::from(u128::MAX)), Ok(u128::MAX));
        let above = U256::from(u128::MAX) + U256::from(1);
        assert_eq!(amount(above), Err(Refusal::AmountTooLarge));
        assert_eq!(amount(U256::MAX), Err(Refusal::AmountTooLarge));
    }

    #[test]
    fn a_price_of_nothing_is_no_price() {
        assert_eq!(price(U256::ZERO), Ok(None));
        assert_eq!(price(U256::from(1)), Ok(Some(1)));
        assert_eq!(price(U256::MAX), Err(Refusal::AmountTooLarge));
    }

    #[test]
    fn a_share_is_never_cut_to_one() {
        assert_eq!(share(1_000_000), Ok(Permill::one()));
        assert_eq!(share(1_000_001), Err(Refusal::ShareAboveOne));
    }

    #[test]
    fn amounts_come_back_unchanged() {
        for planck_in in [0, 1, u128::MAX] {
            assert_eq!(amount(planck(planck_in)), Ok(planck_in));
        }
    }
}
