// SPDX-License-Identifier: Apache-2.0
//! Seeds of draws depend on the relay chain, on the parent block and on what is drawn for.

use super::development_chain;
use crate::{
    configs::parachain::ConsensusHook, draw_seed::RelayRandomness, genesis_config_presets::PARA_ID, DrawSeed,
    Hash, Runtime, System,
};
use codec::Encode;
use cumulus_pallet_parachain_system::{
    consensus_hook::ConsensusHook as _, relay_state_snapshot::RelayChainStateProof,
};
use cumulus_primitives_core::relay_chain::well_known_keys::CURRENT_BLOCK_RANDOMNESS;
use cumulus_test_relay_sproof_builder::RelayStateSproofBuilder;
use openledger_primitives::traits::DrawSeed as _;

fn on_relay_block(author_randomness: Option<Hash>, epoch_randomness: Hash) {
    let builder = RelayStateSproofBuilder {
        para_id: PARA_ID.into(),
        randomness: epoch_randomness,
        additional_key_values: author_randomness
            .map(|value| (CURRENT_BLOCK_RANDOMNESS.to_vec(), Some(value).encode()))
            .into_iter()
            .collect(),
        ..Default::default()
    };
    let (root, proof) = builder.into_state_root_and_proof();
    let proof = RelayChainStateProof::new(PARA_ID.into(), root, proof).expect("the proof has its root");
    let _ = ConsensusHook::on_state_proof(&proof);
}

#[test]
fn the_author_of_the_relay_chain_block_gives_the_randomness() {
    development_chain().execute_with(|| {
        on_relay_block(Some(Hash::repeat_byte(7)), Hash::repeat_byte(1));
        assert_eq!(RelayRandomness::<Runtime>::get(), Hash::repeat_byte(7));
    });
}

#[test]
fn without_an_author_the_epoch_gives_the_randomness() {
    development_chain().execute_with(|| {
        on_relay_block(None, Hash::repeat_byte(1));
        assert_eq!(RelayRandomness::<Runtime>::get(), Hash::repeat_byte(1));
    });
}

#[test]
fn a_seed_depends_on_randomness_parent_and_subject() {
    development_chain().execute_with(|| {
        let mut seeds = vec![DrawSeed::seed(b"request 1"), DrawSeed::seed(b"request 2")];
        System::initialize(&2, &Hash::repeat_byte(9), &Default::default());
        seeds.push(DrawSeed::seed(b"request 1"));
        RelayRandomness::<Runtime>::put(Hash::repeat_byte(8));
        seeds.push(DrawSeed::seed(b"request 1"));
        let count = seeds.len();
        seeds.sort();
        seeds.dedup();
        assert_eq!(seeds.len(), count);
    });
}
