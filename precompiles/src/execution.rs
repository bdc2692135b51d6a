// SPDX-License-Identifier: Apache-2.0
//! What every precompile does around its pallet: charge, check, dispatch, log.

use crate::{
    calldata::Calldata,
    refusal::{reason, Refusal},
    values::AccountIdOf,
    Config,
};
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use frame_support::{
    dispatch::{extract_actual_weight, GetDispatchInfo, RawOrigin},
    traits::Get,
    weights::Weight,
};
use pallet_revive::precompiles::{
    alloy::sol_types::{SolEvent, SolInterface},
    Error, Ext, RuntimeCosts, H256,
};
use sp_runtime::traits::{Dispatchable, SaturatedConversion};

/// The call type of the runtime.
pub type RuntimeCallOf<T> = <T as pallet_revive::Config>::RuntimeCall;

/// Computation of any call, picoseconds: ten microseconds.
const CALL_TIME: u64 = 10_000_000;
/// Decoding of a byte of calldata, picoseconds. Measured natively it is a tenth of this.
const DECODE_TIME_PER_BYTE: u64 = 10_000;
/// What the proof of one storage item has beside the item, bytes: the figure of the SDK's benchmarks.
const PROOF_BYTES_PER_ITEM: u64 = 2_500;

/// Charges for the calldata, refuses value, and decodes.
pub fn open<T: Config, I: SolInterface>(input: &Calldata<I>, env: &mut impl Ext<T = T>) -> Result<I, Error> {
    let length: u64 = input.len().saturated_into();
    let time = CALL_TIME.saturating_add(DECODE_TIME_PER_BYTE.saturating_mul(length));
    env.charge(Weight::from_parts(time, 0))?;
    if !env.value_transferred().is_zero() {
        return Err(Refusal::NotPayable.into());
    }
    Ok(input.decode()?)
}

/// The account that acts in a call that changes state.
pub fn actor<T: Config>(env: &impl Ext<T = T>) -> Result<AccountIdOf<T>, Error> {
    if env.is_delegate_call() {
        return Err(Refusal::DelegateCall.into());
    }
    if env.is_read_only() {
        return Err(Refusal::StaticCall.into());
    }
    let caller = env.caller();
    Ok(caller.account_id().map_err(|_| Refusal::CallerNotSigned)?.clone())
}

/// Charges for `items` storage items that are at most as long as a `V`.
pub fn charge_reads<T: Config, V: MaxEncodedLen>(env: &mut impl Ext<T = T>, items: u32) -> Result<(), Error> {
    let items = u64::from(items);
    let longest: u64 = V::max_encoded_len().saturated_into();
    let proof = longest.saturating_add(PROOF_BYTES_PER_ITEM).saturating_mul(items);
    let weight = T::DbWeight::get()
        .reads(items)
        .saturating_add(Weight::from_parts(0, proof));
    env.charge(weight)?;
    Ok(())
}

/// Charges for a pallet's call and makes it as `actor`.
///
/// The call goes through the runtime's filter like any transaction.
pub fn dispatch<T: Config>(
    env: &mut impl Ext<T = T>,
    actor: &AccountIdOf<T>,
    call: impl Into<RuntimeCallOf<T>>,
) -> Result<(), Error> {
    let call = call.into();
    let info = call.get_dispatch_info();
    let charged = env.charge(info.call_weight)?;
    let result = call.dispatch(RawOrigin::Signed(actor.clone()).into());
    env.adjust_gas(charged, extract_actual_weight(&result, &info));
    match result {
        Ok(_) => Ok(()),
        Err(failed) => Err(reason::<T>(failed.error)),
    }
}

/// Emits a log from the precompile's address.
pub fn log<T: Config, E: SolEvent>(env: &mut impl Ext<T = T>, event: E) -> Result<(), Error> {
    let (topics, data) = event.encode_log_data().split();
    env.frame_meter_mut()
        .charge_weight_token(RuntimeCosts::DepositEvent {
            num_topic: topics.len().saturated_into(),
            len: data.len().saturated_into(),
        })?;
    let topics: Vec<H256> = topics.into_iter().map(|topic| H256(topic.0)).collect();
    env.deposit_event(topics, data.to_vec());
    Ok(())
}
