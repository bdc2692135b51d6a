// SPDX-License-Identifier: Apache-2.0
//! What is stored of a callback.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    pallet_prelude::{ConstU32, Get},
    weights::Weight,
    BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use openledger_primitives::money::Balance;
use scale_info::TypeInfo;
use sp_core::{H160, H256};
use sp_runtime::DispatchError;

/// The most bytes that an event shows of what a contract reverted with.
pub const MAX_REVERT_BYTES: u32 = 256;

/// How the request ended, as the contract is told.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxOutputBytes))]
#[codec(mel_bound())]
pub enum Outcome<MaxOutputBytes: Get<u32>> {
    /// It was answered and paid.
    #[codec(index = 0)]
    Answered {
        /// The answer.
        output: BoundedVec<u8, MaxOutputBytes>,
        /// The id of the attribution report: [`openledger_primitives::report::report_id`].
        report: H256,
    },
    /// The fee is back on the contract's account.
    #[codec(index = 1)]
    Refunded,
}

/// A call that a contract paid for.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxOutputBytes))]
#[codec(mel_bound(AccountId: MaxEncodedLen))]
pub struct Callback<AccountId: Clone + PartialEq + Eq + core::fmt::Debug, MaxOutputBytes: Get<u32>> {
    /// Who is called.
    pub contract: H160,
    /// The contract's account, on which the money is held.
    pub account: AccountId,
    /// Gas of the call, without that of its delivery.
    pub gas_limit: u64,
    /// The weight that this gas buys.
    pub weight: Weight,
    /// The price of gas when it was paid for, planck.
    pub gas_price: Balance,
    /// What the call may take for what it stores, planck.
    pub deposit_limit: Balance,
    /// What is held under `HoldReason::Prepaid`, planck: gas at its price, `deposit_limit`, and the record's deposit.
    pub held: Balance,
    /// How the request ended, once it did.
    pub ended: Option<Outcome<MaxOutputBytes>>,
}

/// How a callback failed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Failure {
    /// The contract reverted.
    #[codec(index = 0)]
    Reverted {
        /// The first bytes of what it reverted with.
        data: BoundedVec<u8, ConstU32<MAX_REVERT_BYTES>>,
    },
    /// The call was ended: it ran out of gas, stored more than was paid for, or did what the machine does not know.
    #[codec(index = 1)]
    Trapped {
        /// Why.
        error: DispatchError,
    },
    /// The money could not be moved, so what the contract did is undone. All of it came back.
    #[codec(index = 2)]
    Undeliverable {
        /// Why.
        error: DispatchError,
    },
}
