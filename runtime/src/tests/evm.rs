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

#[test]
fn frontiers_calls_and_events_have_frontiers_names_and_arguments() {
    use scale_info::{form::MetaForm, Type, TypeDef, TypeInfo};

    fn variants(of: Type<MetaForm>) -> Vec<(u8, String)> {
        let TypeDef::Variant(variants) = of.type_def else {
            panic!("{of:?}")
        };
        let text = |variant: &scale_info::Variant| {
            let fields: Vec<_> = variant.fields.iter().filter_map(|field| field.name).collect();
            (variant.index, format!("{}({})", variant.name, fields.join(", ")))
        };
        variants.variants.iter().map(text).collect()
    }

    let offer = "value, gas_limit, max_fee_per_gas, max_priority_fee_per_gas, nonce, access_list";
    assert_eq!(
        variants(pallet_evm::Call::<Runtime>::type_info()),
        [
            (0, "withdraw(address, value)".to_owned()),
            (1, format!("call(source, target, input, {offer})")),
            (2, format!("create(source, init, {offer})")),
            (3, format!("create2(source, init, salt, {offer})")),
        ]
    );
    let events = variants(pallet_evm::Event::<Runtime>::type_info());
    assert_eq!(
        events.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
        [
            "Log(log)",
            "Created(address)",
            "CreatedFailed(address)",
            "Executed(address)",
            "ExecutedFailed(address)"
        ]
    );
}
