// SPDX-License-Identifier: Apache-2.0
//! Time, money and weight in the units that the settings use.

use crate::{Balance, BlockNumber};
use frame_support::{
    parameter_types,
    weights::{
        constants::{BlockExecutionWeight, ExtrinsicBaseWeight, WEIGHT_REF_TIME_PER_SECOND},
        Weight,
    },
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::Perbill;

pub use openledger_primitives::money::OPEN;

/// One thousandth of an OPEN, planck.
pub const MILLI_OPEN: Balance = OPEN / 1_000;
/// One millionth of an OPEN, planck.
pub const MICRO_OPEN: Balance = OPEN / 1_000_000;
/// A billion planck, the unit in which Ethereum wallets show gas prices.
pub const GIGA_PLANCK: Balance = 1_000_000_000;

/// An account with less than this does not exist, planck.
pub const EXISTENTIAL_DEPOSIT: Balance = 100 * MICRO_OPEN;

/// The deposit for `items` storage items of together `bytes` bytes, planck.
///
/// An item costs 0.01 OPEN and a byte 0.0001 OPEN. It comes back when the storage is cleared.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
    items as Balance * 10 * MILLI_OPEN + bytes as Balance * 100 * MICRO_OPEN
}

/// Milliseconds from one collator's turn to the next.
pub const SLOT_DURATION: u64 = 6_000;
/// Milliseconds from one relay-chain block to the next.
pub const RELAY_CHAIN_SLOT_DURATION_MILLIS: u32 = 6_000;
/// Blocks that collators may make on one relay-chain parent.
pub const BLOCK_PROCESSING_VELOCITY: u32 = 1;
/// Blocks that may wait for their inclusion in the relay chain.
pub const UNINCLUDED_SEGMENT_CAPACITY: u32 = 3;

/// Blocks in a minute.
pub const MINUTES: BlockNumber = (60_000 / SLOT_DURATION) as BlockNumber;
/// Blocks in an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks in a day.
pub const DAYS: BlockNumber = 24 * HOURS;
/// Blocks in a month, the twelfth part of 365 days and six hours.
pub const MONTHS: BlockNumber = 730 * HOURS + HOURS / 2;

/// What hooks take of a block; bounds the weight of one extrinsic.
const AVERAGE_ON_INITIALIZE_RATIO: Perbill = Perbill::from_percent(5);
/// What of a block ordinary extrinsics may fill.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Two seconds of execution and the largest proof that the relay chain takes.
pub const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(
    WEIGHT_REF_TIME_PER_SECOND.saturating_mul(2),
    cumulus_primitives_core::relay_chain::MAX_POV_SIZE as u64,
);
/// The largest block, bytes.
const MAXIMUM_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

parameter_types! {
    /// How long blocks may be.
    pub RuntimeBlockLength: BlockLength = BlockLength::builder()
        .max_length(MAXIMUM_BLOCK_BYTES)
        .modify_max_length_for_class(frame_support::dispatch::DispatchClass::Normal, |length| {
            *length = NORMAL_DISPATCH_RATIO * *length;
        })
        .build();
    /// How heavy blocks may be.
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
        .base_block(BlockExecutionWeight::get())
        .for_class(frame_support::dispatch::DispatchClass::all(), |weights| {
            weights.base_extrinsic = ExtrinsicBaseWeight::get();
        })
        .for_class(frame_support::dispatch::DispatchClass::Normal, |weights| {
            weights.max_total = Some(NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .for_class(frame_support::dispatch::DispatchClass::Operational, |weights| {
            weights.max_total = Some(MAXIMUM_BLOCK_WEIGHT);
            // The rest is left to operational extrinsics even when ordinary ones have filled their part.
            weights.reserved = Some(MAXIMUM_BLOCK_WEIGHT - NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .avg_block_initialization(AVERAGE_ON_INITIALIZE_RATIO)
        .build_or_panic();
}

/// The chain's EIP-155 id: the signature of an Ethereum transaction is bound to it.
pub const EVM_CHAIN_ID: u64 = 7776;
/// The prefix of addresses in SS58: the generic one, until one is registered.
pub const SS58_PREFIX: u16 = 42;

const _: () = assert!(
    MAXIMUM_BLOCK_WEIGHT.proof_size() > 0,
    "a block has room for its proof"
);
const _: () = assert!(
    SLOT_DURATION == RELAY_CHAIN_SLOT_DURATION_MILLIS as u64,
    "the hook compares the slots"
);
