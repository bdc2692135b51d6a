// SPDX-License-Identifier: Apache-2.0
//! The consensus hook: strict everywhere, lifted only on a chain whose genesis set the flag.

use super::{development_chain, local_testnet};
use crate::{
    configs::parachain::{ConsensusHook, VelocityHook},
    constants::{BLOCK_PROCESSING_VELOCITY, UNINCLUDED_SEGMENT_CAPACITY},
    development::relay_slot_info_key,
    genesis_config_presets::PARA_ID,
    Hash, Runtime,
};
use cumulus_pallet_parachain_system::{
    consensus_hook::ConsensusHook as _, relay_state_snapshot::RelayChainStateProof,
};
use cumulus_test_relay_sproof_builder::RelayStateSproofBuilder;
use frame_support::storage::unhashed;
use sp_consensus_aura::Slot;
use std::num::NonZeroU32;
use std::panic::{catch_unwind, AssertUnwindSafe};

fn relay_chain_at(slot: u64) -> RelayChainStateProof {
    let builder = RelayStateSproofBuilder {
        para_id: PARA_ID.into(),
        current_slot: slot.into(),
        ..Default::default()
    };
    let (root, proof) = builder.into_state_root_and_proof();
    RelayChainStateProof::new(PARA_ID.into(), root, proof).expect("the proof has its root")
}

fn make_block_in(slot: u64) {
    pallet_aura::CurrentSlot::<Runtime>::put(Slot::from(slot));
    let (_, capacity) = ConsensusHook::on_state_proof(&relay_chain_at(slot));
    assert_eq!(
        capacity,
        NonZeroU32::new(UNINCLUDED_SEGMENT_CAPACITY)
            .expect("the capacity is not zero")
            .into()
    );
}

fn is_refused(make: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(make)).is_err()
}

#[test]
fn a_development_chain_makes_any_number_of_blocks_in_a_slot() {
    development_chain().execute_with(|| {
        for _ in 0..20 {
            make_block_in(77);
        }
        make_block_in(78);
    });
}

#[test]
fn any_other_chain_is_held_to_the_velocity() {
    local_testnet().execute_with(|| {
        // the hook allows one block more, to fill the segment
        for _ in 0..=BLOCK_PROCESSING_VELOCITY {
            make_block_in(77);
        }
        assert!(is_refused(|| make_block_in(77)));
    });
}

#[test]
fn a_development_chain_still_refuses_a_slot_that_moves_backwards() {
    development_chain().execute_with(|| {
        make_block_in(77);
        assert!(is_refused(|| make_block_in(76)));
    });
}

#[test]
fn a_development_chain_still_refuses_a_clock_that_leaves_the_relay_chain() {
    development_chain().execute_with(|| {
        pallet_aura::CurrentSlot::<Runtime>::put(Slot::from(78));
        assert!(is_refused(|| {
            ConsensusHook::on_state_proof(&relay_chain_at(77));
        }));
    });
}

#[test]
fn the_wrapped_hook_keeps_its_count_where_it_is_reset() {
    local_testnet().execute_with(|| {
        make_block_in(77);
        let stored = unhashed::get::<(Slot, u32)>(&relay_slot_info_key::<Runtime>());
        assert_eq!(stored, Some((Slot::from(77), 1)));
    });
}

#[test]
fn building_is_allowed_again_in_the_same_slot_only_on_a_development_chain() {
    let try_again = || {
        for _ in 0..=BLOCK_PROCESSING_VELOCITY {
            make_block_in(77);
        }
        VelocityHook::can_build_upon(Hash::default(), Slot::from(77))
    };
    assert!(development_chain().execute_with(try_again));
    assert!(!local_testnet().execute_with(try_again));
}
