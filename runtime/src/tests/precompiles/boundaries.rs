// SPDX-License-Identifier: Apache-2.0
//! What every precompile refuses, function by function: nothing is changed and the error has a name.

use super::{
    calls::{create, every_call, spec, Encoded},
    development_chain, forwarder, limits, logs, most_weight, planck, refused, through, Opcode, ALITH,
    BALTATHAR,
};
use crate::{constants::OPEN, Balances, Datanets, Revive, Runtime, RuntimeOrigin};
use frame_support::{assert_ok, traits::fungible::InspectHold, weights::Weight};
use openledger_precompiles::{
    interfaces::{IDatanets, IDemocracy, IInference, IModelRegistry, IWorkers},
    Place,
};
use pallet_datanets::WeightInfo;
use pallet_revive::{
    precompiles::{
        alloy::{
            primitives::{Address, U256},
            sol_types::SolCall,
        },
        H160,
    },
    ExecConfig,
};
use sp_runtime::StateVersion;

fn state() -> Vec<u8> {
    sp_io::storage::root(StateVersion::V1)
}

/// Every call that `chosen` takes is refused by `name` when it is sent as `sent` says, and leaves the state as it was.
fn all_refused(
    chosen: impl Fn(&Encoded) -> bool,
    name: &str,
    sent: impl Fn(&Encoded) -> Result<Vec<u8>, String>,
) {
    let before = state();
    let mut count = 0;
    for call in every_call().iter().filter(|call| chosen(call)) {
        assert_eq!(sent(call), Err(name.to_owned()), "{}", call.signature);
        count += 1;
    }
    assert!(count > 0);
    assert_eq!(state(), before);
}

#[test]
fn no_function_takes_value() {
    development_chain().execute_with(|| {
        all_refused(
            |_| true,
            "Precompile.NotPayable",
            |call| ALITH.sends(H160(call.place.address()), OPEN, call.bytes.clone()),
        );
    });
}

#[test]
fn a_static_call_cannot_write() {
    development_chain().execute_with(|| {
        let contract = forwarder(Opcode::StaticCall);
        all_refused(
            |call| call.writes,
            "Precompile.StaticCall",
            |call| ALITH.sends(contract, 0, through(call.place, &call.bytes)),
        );
    });
}

#[test]
fn a_delegate_call_cannot_write() {
    development_chain().execute_with(|| {
        let contract = forwarder(Opcode::DelegateCall);
        all_refused(
            |call| call.writes,
            "Precompile.DelegateCall",
            |call| ALITH.sends(contract, 0, through(call.place, &call.bytes)),
        );
    });
}

#[test]
fn a_view_reads_the_same_in_every_kind_of_call_and_writes_nothing() {
    development_chain().execute_with(|| {
        let contracts = [Opcode::Call, Opcode::StaticCall, Opcode::DelegateCall].map(forwarder);
        let before = state();
        for call in every_call().iter().filter(|call| !call.writes) {
            let direct = ALITH.sends(H160(call.place.address()), 0, call.bytes.clone());
            if let Err(name) = &direct {
                assert!(!name.starts_with("Precompile."), "{}: {name}", call.signature);
            }
            for contract in contracts {
                let forwarded = ALITH.sends(contract, 0, through(call.place, &call.bytes));
                assert_eq!(forwarded, direct, "{}", call.signature);
            }
        }
        assert_eq!(state(), before);
    });
}

#[test]
fn a_truncated_call_is_malformed() {
    development_chain().execute_with(|| {
        all_refused(
            |call| call.bytes.len() > 4,
            "Precompile.MalformedInput",
            |call| {
                let address = H160(call.place.address());
                let a_word_short = call.bytes[..call.bytes.len() - 32].to_vec();
                refused(ALITH.sends(address, 0, a_word_short), "Precompile.MalformedInput");
                ALITH.sends(address, 0, call.bytes[..5].to_vec())
            },
        );
    });
}

#[test]
fn an_unknown_selector_is_an_unknown_function() {
    development_chain().execute_with(|| {
        all_refused(
            |_| true,
            "Precompile.UnknownFunction",
            |call| {
                let mut bytes = call.bytes.clone();
                bytes[..4].copy_from_slice(&[0xde, 0xad, 0xbe, 0xef]);
                ALITH.sends(H160(call.place.address()), 0, bytes)
            },
        );
    });
}

#[test]
fn another_interfaces_function_is_an_unknown_function() {
    development_chain().execute_with(|| {
        let call = IWorkers::heartbeatCall {}.abi_encode();
        for place in Place::ALL {
            let name = match place {
                Place::Workers => "Workers.NotFound",
                _ => "Precompile.UnknownFunction",
            };
            refused(ALITH.sends(H160(place.address()), 0, call.clone()), name);
        }
    });
}

#[test]
fn no_amount_is_cut_to_128_bits() {
    development_chain().execute_with(|| {
        let above = U256::from(u128::MAX) + U256::from(1);
        let before = state();
        let large = |place: Place, call: Vec<u8>| {
            refused(
                ALITH.sends(H160(place.address()), 0, call),
                "Precompile.AmountTooLarge",
            );
        };
        for amount in [above, U256::MAX] {
            let create = IDatanets::createCall {
                contributionDeposit: amount,
                ..create(IDatanets::Policy::Open)
            };
            large(Place::Datanets, create.abi_encode());
            let base = IModelRegistry::registerBaseCall {
                spec: spec(),
                sources: vec![],
                price: amount,
            };
            large(Place::ModelRegistry, base.abi_encode());
            let adapter = IModelRegistry::registerAdapterCall {
                spec: spec(),
                parents: vec![0],
                sources: vec![],
                price: amount,
            };
            large(Place::ModelRegistry, adapter.abi_encode());
            let price = IModelRegistry::setPriceCall {
                model: 0,
                price: amount,
            };
            large(Place::ModelRegistry, price.abi_encode());
            let request = IInference::requestCall {
                model: 0,
                input: vec![1].into(),
                maxFee: amount,
                committee: 1,
                threshold: 1,
            };
            large(Place::Inference, request.abi_encode());
            let stored = IInference::requestStoredCall {
                model: 0,
                inputHash: [1; 32].into(),
                maxFee: amount,
                committee: 1,
                threshold: 1,
            };
            large(Place::Inference, stored.abi_encode());
            let with_callback = IInference::requestWithCallbackCall {
                model: 0,
                input: vec![1].into(),
                maxFee: planck(1),
                committee: 1,
                threshold: 1,
                gasLimit: 1,
                depositLimit: amount,
            };
            large(Place::Inference, with_callback.abi_encode());
            let quote = IInference::quoteCallbackCall {
                gasLimit: 1,
                depositLimit: amount,
            };
            large(Place::Inference, quote.abi_encode());
            let register = IWorkers::registerCall {
                kernelClass: IWorkers::KernelClass::Generic,
                memoryMib: 1,
                engineVersion: "1".into(),
                bond: amount,
            };
            large(Place::Workers, register.abi_encode());
            large(Place::Workers, IWorkers::bondMoreCall { amount }.abi_encode());
            let propose = IDemocracy::proposeCall {
                proposalHash: [1; 32].into(),
                length: 1,
                deposit: amount,
            };
            large(Place::Democracy, propose.abi_encode());
            let vote = IDemocracy::voteCall {
                referendum: 0,
                aye: true,
                conviction: IDemocracy::Conviction::None,
                balance: amount,
            };
            large(Place::Democracy, vote.abi_encode());
            for (ayes, nays) in [(amount, planck(1)), (planck(1), amount)] {
                let split = IDemocracy::voteSplitCall {
                    referendum: 0,
                    ayeBalance: ayes,
                    nayBalance: nays,
                };
                large(Place::Democracy, split.abi_encode());
            }
            let delegate = IDemocracy::delegateCall {
                to: BALTATHAR.address(),
                conviction: IDemocracy::Conviction::None,
                balance: amount,
            };
            large(Place::Democracy, delegate.abi_encode());
        }
        assert_eq!(state(), before);
    });
}

#[test]
fn nothing_is_given_to_the_zero_address() {
    development_chain().execute_with(|| {
        let (who, to, account) = (Address::ZERO, Address::ZERO, Address::ZERO);
        let datanets = |call: Vec<u8>| ALITH.sends(H160(Place::Datanets.address()), 0, call);
        for result in [
            datanets(
                IDatanets::grantAccessCall {
                    datanet: 0,
                    who,
                    expiresAt: 0,
                }
                .abi_encode(),
            ),
            datanets(IDatanets::transferOwnershipCall { datanet: 0, to }.abi_encode()),
            ALITH
                .calls(
                    Place::ModelRegistry,
                    IModelRegistry::transferOwnershipCall { model: 0, to },
                )
                .map(|_| vec![]),
            ALITH
                .calls(Place::Democracy, IDemocracy::unlockCall { account })
                .map(|_| vec![]),
        ] {
            refused(result, "Precompile.InvalidArgument");
        }
    });
}

#[test]
fn weight_is_charged_before_the_pallet_works() {
    development_chain().execute_with(|| {
        let call = create(IDatanets::Policy::Open).abi_encode();
        let address = H160(Place::Datanets.address());
        let least = <Runtime as pallet_datanets::Config>::WeightInfo::create();

        let before = state();
        let (result, _) = ALITH.sends_within(least, address, 0, call.clone());
        assert!(result.is_err_and(|error| error.contains("OutOfGas")));
        assert_eq!(state(), before);

        let (result, consumed) = ALITH.sends_within(most_weight(), address, 0, call);
        assert_ok!(result);
        assert!(consumed.all_gte(least), "{consumed:?} {least:?}");
    });
}

#[test]
fn a_view_pays_for_what_it_reads() {
    development_chain().execute_with(|| {
        for call in every_call().iter().filter(|call| !call.writes) {
            let address = H160(call.place.address());
            let (_, consumed) = ALITH.sends_within(most_weight(), address, 0, call.bytes.clone());
            let read = <Runtime as frame_system::Config>::DbWeight::get().reads(1);
            let least = Weight::from_parts(read.ref_time(), 2_500);
            assert!(consumed.all_gte(least), "{}: {consumed:?}", call.signature);
            let (result, _) =
                ALITH.sends_within(Weight::from_parts(1_000_000, 0), address, 0, call.bytes.clone());
            assert!(result.is_err(), "{}", call.signature);
        }
    });
}

#[test]
fn deposits_are_those_of_the_native_call() {
    development_chain().execute_with(|| {
        let held = |who: super::Somebody| Balances::total_balance_on_hold(&who.account());
        ALITH.does(Place::Datanets, create(IDatanets::Policy::Open));
        let record = pallet_datanets::Datanets::<Runtime>::get(0).expect("it was created");
        assert_ok!(Datanets::create(
            RuntimeOrigin::signed(super::CHARLETH.account()),
            frame_support::BoundedVec::truncate_from(record.name.to_vec()),
            record.modality,
            record.terms,
            record.policy,
            record.contribution_deposit,
            frame_support::BoundedVec::truncate_from(record.curators.to_vec()),
        ));
        assert!(held(ALITH) > 0);
        assert_eq!(held(ALITH), held(super::CHARLETH));
    });
}

#[test]
fn a_call_that_cannot_pay_its_deposit_is_undone() {
    development_chain().execute_with(|| {
        let contract = forwarder(Opcode::Call);
        let call = create(IDatanets::Policy::Open).abi_encode();
        let before = state();
        refused(
            ALITH.sends(contract, 0, through(Place::Datanets, &call)),
            "Token.FundsUnavailable",
        );
        assert_eq!(state(), before);
    });
}

#[test]
fn a_contract_acts_with_its_own_account_and_money() {
    development_chain().execute_with(|| {
        let contract = forwarder(Opcode::Call);
        super::fund(contract, 100 * OPEN);
        let alith = Balances::total_balance_on_hold(&ALITH.account());
        let call = create(IDatanets::Policy::Open).abi_encode();
        assert_ok!(ALITH.sends(contract, 0, through(Place::Datanets, &call)));

        let shown = ALITH
            .calls(Place::Datanets, IDatanets::getDatanetCall { datanet: 0 })
            .expect("it was created");
        assert_eq!(shown.owner, super::Somebody(contract).address());
        assert!(Balances::total_balance_on_hold(&super::Somebody(contract).account()) > 0);
        assert_eq!(Balances::total_balance_on_hold(&ALITH.account()), alith);
    });
}

#[test]
fn what_a_reverted_contract_did_leaves_no_log() {
    development_chain().execute_with(|| {
        refused(
            ALITH.calls(
                Place::Datanets,
                IDatanets::acceptCall {
                    datanet: 0,
                    contribution: 0,
                },
            ),
            "Datanets.NotFound",
        );
        assert!(logs().is_empty());
    });
}

#[test]
fn root_is_no_caller() {
    development_chain().execute_with(|| {
        let outcome = Revive::bare_call(
            RuntimeOrigin::root(),
            H160(Place::Workers.address()),
            0.into(),
            limits(most_weight()),
            IWorkers::heartbeatCall {}.abi_encode(),
            &ExecConfig::new_substrate_tx(),
        );
        let returned = outcome.result.expect("it ran");
        assert!(returned.did_revert());
        assert_eq!(super::reason_of(&returned.data), "Precompile.CallerNotSigned");
    });
}
