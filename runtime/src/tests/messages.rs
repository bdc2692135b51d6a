// SPDX-License-Identifier: Apache-2.0
//! Messages from other chains: what is paid executes, what is not does not, and nobody calls anything.

use super::local_testnet;
use crate::{
    configs::xcm::{Barrier, LocationToAccountId, XcmConfig},
    constants::OPEN,
    AccountId, Balance, Balances, RuntimeCall,
};
use codec::Encode;
use frame_support::{
    traits::fungible::{Inspect, Mutate},
    weights::Weight,
};
use sp_keyring::Sr25519Keyring::Bob;
use staging_xcm::latest::prelude::*;
use staging_xcm_executor::{
    traits::{ConvertLocation, Properties, ShouldExecute},
    XcmExecutor,
};

const SIBLING: u32 = 2_001;

fn sibling() -> Location {
    Location::new(1, [Parachain(SIBLING)])
}

fn open(amount: Balance) -> Asset {
    (Location::here(), amount).into()
}

fn bob() -> AccountId {
    Bob.to_account_id()
}

/// Gives the sibling's account here some OPEN, as a reserve transfer to it does.
fn fund_sibling() -> AccountId {
    let account = LocationToAccountId::convert_location(&sibling()).expect("a sibling has an account");
    Balances::mint_into(&account, 100 * OPEN).expect("the account can be opened");
    account
}

fn withdraw() -> Instruction<RuntimeCall> {
    WithdrawAsset(open(10 * OPEN).into())
}

fn pay() -> Instruction<RuntimeCall> {
    BuyExecution {
        fees: open(OPEN),
        weight_limit: Unlimited,
    }
}

fn deposit() -> Instruction<RuntimeCall> {
    let id = bob().into();
    DepositAsset {
        assets: Wild(AllCounted(1)),
        beneficiary: AccountId32 { network: None, id }.into(),
    }
}

fn receive(from: Location, instructions: Vec<Instruction<RuntimeCall>>) -> Result<(), XcmError> {
    let message = Xcm(instructions);
    let mut id = message.using_encoded(sp_io::hashing::blake2_256);
    XcmExecutor::<XcmConfig>::prepare_and_execute(from, message, &mut id, Weight::MAX, Weight::zero())
        .ensure_complete()
        .map_err(|error| error.error)
}

#[test]
fn open_comes_back_from_the_chain_that_holds_it_when_the_message_is_paid() {
    local_testnet().execute_with(|| {
        let account = fund_sibling();
        let before = Balances::balance(&bob());
        assert_eq!(receive(sibling(), vec![withdraw(), pay(), deposit()]), Ok(()));
        assert_eq!(Balances::balance(&account), 90 * OPEN);
        let got = Balances::balance(&bob()) - before;
        assert!(got > 9 * OPEN && got < 10 * OPEN, "all but the fee: {got}");
    });
}

#[test]
fn a_message_that_is_not_paid_does_nothing() {
    local_testnet().execute_with(|| {
        let account = fund_sibling();
        let unpaid = UnpaidExecution {
            weight_limit: Unlimited,
            check_origin: None,
        };
        for message in [vec![withdraw(), deposit()], vec![unpaid, withdraw(), deposit()]] {
            assert_eq!(receive(sibling(), message.clone()), Err(XcmError::Barrier));
            assert_eq!(receive(Location::parent(), message), Err(XcmError::Barrier));
        }
        assert_eq!(Balances::balance(&account), 100 * OPEN);
    });
}

#[test]
fn a_chain_cannot_spend_what_it_does_not_hold_here() {
    local_testnet().execute_with(|| {
        let message = vec![withdraw(), pay(), deposit()];
        assert!(receive(sibling(), message).is_err());
    });
}

#[test]
fn only_the_relay_chain_and_siblings_may_pay_their_way_in() {
    local_testnet().execute_with(|| {
        let enters = |origin: Location| {
            let mut message = [withdraw(), pay(), deposit()];
            let mut properties = Properties {
                weight_credit: Weight::zero(),
                message_id: None,
            };
            Barrier::should_execute(&origin, &mut message, Weight::from_parts(1, 1), &mut properties).is_ok()
        };
        assert!(enters(Location::parent()));
        assert!(enters(sibling()));
        assert!(!enters(Location::new(1, [Parachain(SIBLING), PalletInstance(1)])));
        assert!(!enters(Location::new(
            2,
            [GlobalConsensus(NetworkId::Polkadot), Parachain(SIBLING)]
        )));
    });
}

#[test]
fn nobody_makes_a_call_by_message() {
    local_testnet().execute_with(|| {
        fund_sibling();
        let call = RuntimeCall::from(frame_system::Call::remark { remark: vec![] });
        for origin_kind in [
            OriginKind::SovereignAccount,
            OriginKind::Native,
            OriginKind::Superuser,
        ] {
            let transact = Transact {
                origin_kind,
                fallback_max_weight: None,
                call: call.encode().into(),
            };
            assert_eq!(
                receive(sibling(), vec![withdraw(), pay(), transact]),
                Err(XcmError::NoPermission)
            );
        }
    });
}
