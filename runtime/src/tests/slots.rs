// SPDX-License-Identifier: Apache-2.0
//! The slot's length is in every block's digest and in every collator's schedule.

use crate::{
    constants::{
        BLOCK_PROCESSING_VELOCITY, DAYS, MINUTES, MONTHS, RELAY_CHAIN_SLOT_DURATION_MILLIS, SLOT_DURATION,
        UNINCLUDED_SEGMENT_CAPACITY,
    },
    Runtime,
};
use frame_support::traits::Get;

#[test]
fn slot_constants_are_frozen() {
    assert_eq!(SLOT_DURATION, 6_000);
    assert_eq!(RELAY_CHAIN_SLOT_DURATION_MILLIS, 6_000);
    assert_eq!(BLOCK_PROCESSING_VELOCITY, 1);
    assert_eq!(UNINCLUDED_SEGMENT_CAPACITY, 3);
}

#[test]
fn aura_and_the_clock_use_the_slot_constant() {
    let slot: u64 = <Runtime as pallet_aura::Config>::SlotDuration::get();
    assert_eq!(slot, SLOT_DURATION);
    let several: bool = <Runtime as pallet_aura::Config>::AllowMultipleBlocksPerSlot::get();
    assert!(several);
    let least: u64 = <Runtime as pallet_timestamp::Config>::MinimumPeriod::get();
    assert_eq!(least, 0);
}

#[test]
fn periods_are_counted_in_blocks_of_a_slot() {
    assert_eq!(MINUTES, 10);
    assert_eq!(DAYS, 14_400);
    assert_eq!(12 * MONTHS, 36_525 * DAYS / 100);
}
