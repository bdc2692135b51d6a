// SPDX-License-Identifier: Apache-2.0
//! The clock.

use super::*;
use openledger_primitives::traits::Ticks;
use sp_runtime::traits::Get;

#[test]
fn every_block_that_is_not_full_is_a_tick() {
    Builder::default().build_and_execute(|| {
        run_blocks(3);
        assert_eq!(<Inference as Ticks>::now(), 3);
        Inference::set(9);
        assert_eq!(Inference::tick(), 9);
    });
}

#[test]
fn full_blocks_stop_the_clock() {
    Builder::default().build_and_execute(|| {
        fill_block();
        next_block();
        assert_eq!(now(), 0);
        next_block();
        assert_eq!(now(), 1);
    });
}

#[test]
fn a_block_is_full_by_proof_size_as_well() {
    Builder::default().build_and_execute(|| {
        let limits: frame_system::limits::BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
        let most = limits
            .get(frame_support::dispatch::DispatchClass::Normal)
            .max_total
            .unwrap();
        let part = FullBlock::get();
        let proof = part.mul_floor(most.proof_size());
        System::set_block_consumed_resources(Weight::from_parts(0, proof), 0);
        next_block();
        assert_eq!(now(), 1);
        System::set_block_consumed_resources(Weight::from_parts(0, proof + 1), 0);
        next_block();
        assert_eq!(now(), 1);
    });
}

#[test]
fn migrations_stop_the_clock() {
    Builder::default().build_and_execute(|| {
        Migrating::set(true);
        run_blocks(3);
        assert_eq!(now(), 0);
        Migrating::set(false);
        next_block();
        assert_eq!(now(), 1);
    });
}

#[test]
fn a_congested_chain_does_not_make_a_worker_late() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        for _ in 0..COMMIT_TICKS * 3 {
            fill_block();
            next_block();
        }
        tolerant(1).commit(1, request);
        assert_ok!(tolerant(1).reveal(1, request));
        fill_block();
        next_block();
        assert_settled(request);
    });
}
