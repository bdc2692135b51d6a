// SPDX-License-Identifier: Apache-2.0
//! A contract's log, and what a transaction says besides what it does.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use sp_core::{H160, H256, U256};

/// A log as Frontier's events carry it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Log {
    /// The contract.
    pub address: H160,
    /// Up to four.
    pub topics: Vec<H256>,
    /// The rest.
    pub data: Vec<u8>,
}

/// What the sender offers.
pub(crate) struct Terms {
    /// Wei that go along.
    pub value: U256,
    /// Gas.
    pub gas_limit: u64,
    /// The most that one gas may cost, in wei.
    pub max_fee_per_gas: U256,
    /// The most of it for the block's author, in wei; there is no such fee here.
    pub max_priority_fee_per_gas: Option<U256>,
    /// The number of this transaction, if the sender wants it checked.
    pub nonce: Option<U256>,
}

/// A contract to be.
pub(crate) struct Creation {
    /// Who creates it.
    pub source: H160,
    /// The constructor and its arguments.
    pub init: Vec<u8>,
    /// For an address that does not depend on the sender's nonce.
    pub salt: Option<[u8; 32]>,
}
