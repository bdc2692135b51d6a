// SPDX-License-Identifier: Apache-2.0
//! The chain's own calls through their precompiles, as Ethereum wallets and contracts make them.

mod attribution;
mod boundaries;
mod callbacks;
mod calls;
mod challenges;
mod datanets;
mod democracy;
mod inference;
mod model_registry;
mod powers;
mod quotes;
mod workers;

use super::{
    accounts::{ethereum_transaction, start_block},
    development_chain,
};
use crate::{
    constants::{RuntimeBlockWeights, OPEN},
    genesis_config_presets::ETHEREUM_TEST_ADDRESSES,
    AccountId, Balance, Balances, Executive, Inference, Revive, Runtime, RuntimeEvent, RuntimeOrigin, System,
};
use frame_support::{
    assert_ok,
    dispatch::DispatchClass,
    traits::{
        fungible::{Inspect, InspectHold},
        Hooks,
    },
    weights::{Weight, WeightMeter},
};
use openledger_precompiles::{interfaces::IDatanets, Place};
use openledger_primitives::signature::account_of_ethereum_address;
use pallet_revive::{
    precompiles::{
        alloy::{
            primitives::{Address, LogData, B256, U256},
            sol_types::{Revert, SolCall, SolError, SolEvent},
        },
        TransactionLimits, H160,
    },
    Code, ExecConfig,
};

/// Somebody with an Ethereum key and a million OPEN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Somebody(H160);

const fn test_key(index: usize) -> Somebody {
    Somebody(H160(ETHEREUM_TEST_ADDRESSES[index]))
}

const ALITH: Somebody = test_key(0);
const BALTATHAR: Somebody = test_key(1);
const CHARLETH: Somebody = test_key(2);
const DOROTHY: Somebody = test_key(3);

impl Somebody {
    fn account(self) -> AccountId {
        account_of_ethereum_address(self.0 .0)
    }

    fn address(self) -> Address {
        Address::from(self.0 .0)
    }

    fn origin(self) -> RuntimeOrigin {
        RuntimeOrigin::signed(self.account())
    }

    /// Calls a precompile: what it returns, or the name of the error.
    fn calls<C: SolCall>(self, place: Place, call: C) -> Result<C::Return, String> {
        let output = self.sends(H160(place.address()), 0, call.abi_encode())?;
        Ok(C::abi_decode_returns_validate(&output).expect("the output is what the interface says"))
    }

    /// Makes a call that nothing speaks against.
    fn does<C: SolCall>(self, place: Place, call: C) -> C::Return {
        self.calls(place, call)
            .unwrap_or_else(|name| panic!("{}: {name}", C::SIGNATURE))
    }

    /// Calls any address with value: what comes back, or the name of the error.
    fn sends(self, to: H160, value: Balance, data: Vec<u8>) -> Result<Vec<u8>, String> {
        self.sends_within(most_weight(), to, value, data).0
    }

    /// As [`Somebody::sends`], and how much weight it took.
    fn sends_within(
        self,
        weight: Weight,
        to: H160,
        value: Balance,
        data: Vec<u8>,
    ) -> (Result<Vec<u8>, String>, Weight) {
        let config = ExecConfig::new_substrate_tx();
        let outcome = Revive::bare_call(self.origin(), to, value.into(), limits(weight), data, &config);
        let result = match outcome.result {
            Ok(returned) if returned.did_revert() => Err(reason_of(&returned.data)),
            Ok(returned) => Ok(returned.data),
            Err(error) => Err(format!("{error:?}")),
        };
        (result, outcome.weight_consumed)
    }
}

fn limits(weight_limit: Weight) -> TransactionLimits<Runtime> {
    TransactionLimits::WeightAndDeposit {
        weight_limit,
        deposit_limit: Balance::MAX,
    }
}

fn most_weight() -> Weight {
    RuntimeBlockWeights::get()
        .get(DispatchClass::Normal)
        .max_extrinsic
        .expect("transactions are bounded")
}

/// The name in a revert, as a contract would decode it.
fn reason_of(data: &[u8]) -> String {
    Revert::abi_decode(data)
        .map(|revert| revert.reason)
        .unwrap_or_else(|_| format!("not an Error(string): {data:02x?}"))
}

fn refused<V>(result: Result<V, String>, name: &str) {
    assert_eq!(result.map(|_| ()), Err(name.to_owned()));
}

/// The last log that a precompile emitted.
fn last_log<E: SolEvent>(place: Place) -> E {
    let (contract, log) = logs().pop().expect("there is a log");
    assert_eq!(contract, H160(place.address()));
    E::decode_log_data_validate(&log).expect("the log is the event")
}

fn logs() -> Vec<(H160, LogData)> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Revive(pallet_revive::Event::ContractEmitted {
                contract,
                data,
                topics,
            }) => {
                let topics = topics.into_iter().map(|topic| B256::from(topic.0)).collect();
                Some((contract, LogData::new_unchecked(topics, data.into())))
            }
            _ => None,
        })
        .collect()
}

fn next_block() {
    let block = System::block_number() + 1;
    System::set_block_number(block);
    Inference::on_initialize(block);
    Inference::on_poll(block, &mut WeightMeter::with_limit(Weight::MAX));
    Inference::on_idle(block, Weight::MAX);
    Inference::on_finalize(block);
}

fn planck(amount: Balance) -> U256 {
    U256::from(amount)
}

/// How a [`forwarder`] calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Opcode {
    Call = 0xf1,
    DelegateCall = 0xf4,
    StaticCall = 0xfa,
}

/// Deploys a contract that forwards: the first word of its calldata is an address, which it calls by `opcode` with the
/// rest; what comes back it returns or reverts with.
fn forwarder(opcode: Opcode) -> H160 {
    let value: &[u8] = if opcode == Opcode::Call { &[0x5f] } else { &[] };
    let code = [
        // size = calldatasize - 32; calldatacopy(0, 32, size)
        &[0x60, 0x20, 0x36, 0x03, 0x80, 0x60, 0x20, 0x5f, 0x37][..],
        // return area, arguments, value, address, gas
        &[0x5f, 0x5f, 0x82, 0x5f],
        value,
        &[0x5f, 0x35, 0x5a, opcode as u8],
        // returndatacopy(0, 0, returndatasize)
        &[0x3d, 0x5f, 0x5f, 0x3e],
    ]
    .concat();
    // jumpi over revert(0, returndatasize) to return(0, returndatasize)
    let target = code.len() as u8 + 6;
    let tail = [0x60, target, 0x57, 0x3d, 0x5f, 0xfd, 0x5b, 0x3d, 0x5f, 0xf3];
    let runtime = [code.as_slice(), tail.as_slice()].concat();
    let init = [
        0x60,
        runtime.len() as u8,
        0x80,
        0x60,
        0x09,
        0x5f,
        0x39,
        0x5f,
        0xf3,
    ];
    let deployed = Revive::bare_instantiate(
        ALITH.origin(),
        0.into(),
        limits(most_weight()),
        Code::Upload([init.as_slice(), runtime.as_slice()].concat()),
        vec![],
        Some([opcode as u8; 32]),
        &ExecConfig::new_substrate_tx(),
    );
    let deployed = deployed.result.expect("it is deployed");
    assert!(!deployed.result.did_revert());
    deployed.addr
}

/// Gives an address some of Alith's money.
fn fund(address: H160, amount: Balance) {
    let to = Somebody(address).account();
    assert_ok!(Balances::transfer_keep_alive(ALITH.origin(), to.into(), amount));
}

/// Calldata with which a [`forwarder`] makes `call` at `place`.
fn through(place: Place, call: &[u8]) -> Vec<u8> {
    [&[0; 12], place.address().as_slice(), call].concat()
}

#[test]
fn an_ethereum_transaction_creates_a_datanet_and_pays_gas_and_deposit() {
    development_chain().execute_with(|| {
        start_block();
        let before = Balances::total_balance(&ALITH.account());
        let call = calls::create(IDatanets::Policy::Open).abi_encode();
        let to = H160(Place::Datanets.address());
        let transaction = ethereum_transaction(0, to, 0, call);
        assert_ok!(Executive::apply_extrinsic(transaction).expect("it is valid"));

        let shown = BALTATHAR.does(Place::Datanets, IDatanets::getDatanetCall { datanet: 0 });
        assert_eq!(shown.owner, ALITH.address());
        let log: IDatanets::DatanetCreated = last_log(Place::Datanets);
        assert_eq!(log.owner, ALITH.address());
        assert!(Balances::total_balance_on_hold(&ALITH.account()) > 0);
        let fee = before - Balances::total_balance(&ALITH.account());
        assert!(fee > 0 && fee < OPEN / 100, "{fee}");

        // a refused one pays its gas and changes nothing else
        let again = ethereum_transaction(1, to, OPEN, vec![1, 2, 3, 4]);
        assert_ok!(Executive::apply_extrinsic(again).expect("it is valid"));
        assert!(System::events().iter().any(|record| matches!(
            record.event,
            RuntimeEvent::Revive(pallet_revive::Event::EthExtrinsicRevert { .. })
        )));
        assert_eq!(
            BALTATHAR.calls(Place::Datanets, IDatanets::datanetCountCall {}),
            Ok(1)
        );
        assert_eq!(Balances::total_balance(&Somebody(to).account()), 0);
    });
}

#[test]
fn every_address_answers_and_its_neighbours_do_not() {
    development_chain().execute_with(|| {
        for place in Place::ALL {
            let address = H160(place.address());
            refused(ALITH.sends(address, 0, vec![]), "Precompile.UnknownFunction");
            assert_ne!(
                Revive::code(&address).len(),
                0,
                "{place:?} has code for `extcodesize`"
            );
            let mut beside = address;
            beside.0[19] = 1;
            assert_eq!(ALITH.sends(beside, 0, vec![1, 2, 3, 4]), Ok(vec![]));
        }
    });
}
