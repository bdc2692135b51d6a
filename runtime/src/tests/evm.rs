// SPDX-License-Identifier: Apache-2.0
//! What Ethereum wallets see of the chain.

use super::development_chain;
use crate::{
    constants::{EVM_CHAIN_ID, GIGA_PLANCK},
    Revive, Runtime,
};
use frame_support::traits::Get;

#[test]
fn the_chain_id_is_frozen() {
    assert_eq!(EVM_CHAIN_ID, 7776);
    let chain_id: u64 = <Runtime as pallet_revive::Config>::ChainId::get();
    assert_eq!(chain_id, EVM_CHAIN_ID);
}

#[test]
fn ordinary_bytecode_is_accepted_and_amounts_are_the_same_on_both_sides() {
    let evm_bytecode: bool = <Runtime as pallet_revive::Config>::AllowEVMBytecode::get();
    assert!(evm_bytecode);
    let ratio: u32 = <Runtime as pallet_revive::Config>::NativeToEthRatio::get();
    assert_eq!(ratio, 1);
    let debug: bool = <Runtime as pallet_revive::Config>::DebugEnabled::get();
    assert!(!debug);
}

#[test]
fn gas_costs_one_billionth_of_an_open_when_blocks_are_not_full() {
    development_chain().execute_with(|| {
        assert_eq!(Revive::evm_base_fee(), GIGA_PLANCK.into());
    });
}
