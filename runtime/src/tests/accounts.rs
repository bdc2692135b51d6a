// SPDX-License-Identifier: Apache-2.0
//! One Ethereum key is one account: by a native extrinsic, by an Ethereum transaction and in the EVM.

use super::development_chain;
use crate::{
    constants::{EVM_CHAIN_ID, OPEN},
    AccountId, Address, Balance, Balances, Executive, Hash, Nonce, Revive, Runtime, RuntimeCall, Signature,
    SignedPayload, System, TxExtension, UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::{assert_ok, traits::fungible::Inspect};
use openledger_primitives::signature::{account_of_ethereum_address, eip191_message, Signer};
use pallet_revive::{
    evm::{Account, GenericTransaction},
    AddressMapper as _,
};
use sp_core::{ecdsa, Pair, H160};
use sp_runtime::{
    generic::{Era, ExtrinsicFormat},
    traits::{Checkable, Header as _, IdentifyAccount, StaticLookup},
};

const ALITH_SECRET: [u8; 32] =
    hex_literal::hex!("5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133");
const ALITH: [u8; 20] = hex_literal::hex!("f24ff3a9cf04c71dbc94d0b566f7a27b94566cac");

fn extension(nonce: Nonce) -> TxExtension {
    (
        frame_system::CheckNonZeroSender::<Runtime>::new(),
        frame_system::CheckSpecVersion::<Runtime>::new(),
        frame_system::CheckTxVersion::<Runtime>::new(),
        frame_system::CheckGenesis::<Runtime>::new(),
        frame_system::CheckEra::<Runtime>::from(Era::Immortal),
        frame_system::CheckNonce::<Runtime>::from(nonce),
        frame_system::CheckWeight::<Runtime>::new(),
        pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(0),
        frame_metadata_hash_extension::CheckMetadataHash::<Runtime>::new(false),
        pallet_revive::evm::tx_extension::SetOrigin::<Runtime>::default(),
    )
        .into()
}

fn signed(call: RuntimeCall, nonce: Nonce, wrapped: bool) -> UncheckedExtrinsic {
    let pair = ecdsa::KeccakPair::from_seed(&ALITH_SECRET);
    let account = Signer::from(pair.public()).into_account();
    let payload = SignedPayload::new(call.clone(), extension(nonce)).expect("the implicit data is there");
    let signature = payload.using_encoded(|bytes| {
        if wrapped {
            pair.sign(&eip191_message(bytes))
        } else {
            pair.sign(bytes)
        }
    });
    sp_runtime::generic::UncheckedExtrinsic::new_signed(
        call,
        Address::from(account),
        Signature::Eth(signature),
        extension(nonce),
    )
    .into()
}

fn signer_of(extrinsic: UncheckedExtrinsic) -> Option<AccountId> {
    let checked = extrinsic
        .check(&frame_system::ChainContext::<Runtime>::default())
        .ok()?;
    match checked.format {
        ExtrinsicFormat::Signed(account, _) => Some(account),
        _ => None,
    }
}

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![7] }.into()
}

#[test]
fn a_native_extrinsic_signed_with_an_ethereum_key_comes_from_its_ethereum_account() {
    development_chain().execute_with(|| {
        frame_system::BlockHash::<Runtime>::insert(0, Hash::default());
        for wrapped in [false, true] {
            assert_eq!(
                signer_of(signed(remark(), 0, wrapped)),
                Some(account_of_ethereum_address(ALITH))
            );
        }
    });
}

#[test]
fn the_account_is_the_one_that_the_evm_knows() {
    development_chain().execute_with(|| {
        use pallet_revive::{AccountId32Mapper, AddressMapper};
        let account = account_of_ethereum_address(ALITH);
        assert_eq!(AccountId32Mapper::<Runtime>::to_address(&account), H160(ALITH));
        assert_eq!(AccountId32Mapper::<Runtime>::to_account_id(&H160(ALITH)), account);
        let balance = Balances::reducible_balance(
            &account,
            frame_support::traits::tokens::Preservation::Preserve,
            frame_support::traits::tokens::Fortitude::Polite,
        );
        assert_eq!(Revive::evm_balance(&H160(ALITH)), balance.into());
    });
}

#[test]
fn an_ethereum_address_is_a_destination_of_native_calls() {
    development_chain().execute_with(|| {
        start_block();
        let alith = account_of_ethereum_address(ALITH);
        let stranger = [3; 20];
        let transfer = |dest| -> RuntimeCall {
            pallet_balances::Call::<Runtime>::transfer_keep_alive { dest, value: OPEN }.into()
        };
        assert_ok!(
            Executive::apply_extrinsic(signed(transfer(Address::Address20(stranger)), 0, false))
                .expect("it is valid")
        );
        assert_eq!(Balances::balance(&account_of_ethereum_address(stranger)), OPEN);

        // the address of an account with a key of another kind is that account's
        let bob = sp_keyring::Sr25519Keyring::Bob.to_account_id();
        let address = <Runtime as pallet_revive::Config>::AddressMapper::to_address(&bob);
        let before = Balances::balance(&bob);
        assert_ok!(
            Executive::apply_extrinsic(signed(transfer(Address::Address20(address.0)), 1, false))
                .expect("it is valid")
        );
        assert_eq!(Balances::balance(&bob), before + OPEN);

        // other kinds of addresses are nobody's
        let lookup = |address| <Runtime as frame_system::Config>::Lookup::lookup(address);
        assert!(lookup(Address::Raw(vec![1; 32])).is_err());
        assert!(lookup(Address::Address32([1; 32])).is_err());
        assert!(lookup(Address::Index(())).is_err());
        assert_eq!(
            <Runtime as frame_system::Config>::Lookup::unlookup(alith.clone()),
            Address::Id(alith)
        );
    });
}

#[test]
fn a_signature_for_another_call_is_refused() {
    development_chain().execute_with(|| {
        frame_system::BlockHash::<Runtime>::insert(0, Hash::default());
        let mut extrinsic = signed(remark(), 0, false);
        extrinsic.0.function = frame_system::Call::remark { remark: vec![8] }.into();
        assert_eq!(signer_of(extrinsic), None);
    });
}

pub(super) fn start_block() {
    System::set_block_number(0);
    let header = crate::Header::new(
        1,
        Hash::default(),
        Hash::default(),
        Hash::default(),
        Default::default(),
    );
    Executive::initialize_block(&header);
}

/// A transaction of Alith's.
pub(super) fn ethereum_transaction(
    nonce: Nonce,
    to: H160,
    value: Balance,
    data: Vec<u8>,
) -> UncheckedExtrinsic {
    let transaction = GenericTransaction {
        chain_id: Some(EVM_CHAIN_ID.into()),
        nonce: Some(nonce.into()),
        to: Some(to),
        value: Some(value.into()),
        gas: Some(5_000_000u64.into()),
        gas_price: Some(Revive::evm_base_fee()),
        input: data.into(),
        ..Default::default()
    };
    let unsigned = transaction
        .try_into_unsigned()
        .expect("the transaction is complete");
    let payload = Account::from_secret_key(ALITH_SECRET)
        .sign_transaction(unsigned)
        .signed_payload();
    let call = pallet_revive::Call::<Runtime>::eth_transact { payload };
    sp_runtime::generic::UncheckedExtrinsic::new_bare(call.into()).into()
}

#[test]
fn three_ways_of_signing_share_one_account_one_nonce_and_one_balance() {
    development_chain().execute_with(|| {
        start_block();
        let alith = account_of_ethereum_address(ALITH);
        let receiver = account_of_ethereum_address([3; 20]);
        let before = Balances::balance(&alith);

        // a native extrinsic, signed by the wallet's `personal_sign`
        let transfer = |value| pallet_balances::Call::<Runtime>::transfer_keep_alive {
            dest: Address::from(receiver.clone()),
            value,
        };
        assert_ok!(Executive::apply_extrinsic(signed(transfer(OPEN).into(), 0, true)).expect("it is valid"));
        assert_eq!(
            (System::account_nonce(&alith), Balances::balance(&receiver)),
            (1, OPEN)
        );

        // a plain Ethereum transfer
        let plain = ethereum_transaction(1, H160([3; 20]), 2 * OPEN, vec![]);
        assert_ok!(Executive::apply_extrinsic(plain).expect("it is valid"));
        assert_eq!(
            (System::account_nonce(&alith), Balances::balance(&receiver)),
            (2, 3 * OPEN)
        );

        // a native call inside an Ethereum transaction
        let call = RuntimeCall::from(transfer(4 * OPEN)).encode();
        let dispatch = ethereum_transaction(2, pallet_revive::RUNTIME_PALLETS_ADDR, 0, call);
        assert_ok!(Executive::apply_extrinsic(dispatch).expect("it is valid"));
        assert_eq!(
            (System::account_nonce(&alith), Balances::balance(&receiver)),
            (3, 7 * OPEN)
        );

        let spent = before - Balances::balance(&alith);
        assert!(spent > 7 * OPEN && spent < 8 * OPEN, "the rest is fees: {spent}");
    });
}

#[test]
fn an_ethereum_transaction_for_another_chain_or_with_a_used_nonce_is_refused() {
    development_chain().execute_with(|| {
        start_block();
        let first = ethereum_transaction(0, H160([3; 20]), OPEN, vec![]);
        assert_ok!(Executive::apply_extrinsic(first.clone()).expect("it is valid"));
        assert!(Executive::apply_extrinsic(first).is_err());

        let transaction = GenericTransaction {
            chain_id: Some((EVM_CHAIN_ID + 1).into()),
            nonce: Some(1.into()),
            to: Some(H160([3; 20])),
            gas: Some(5_000_000u64.into()),
            gas_price: Some(Revive::evm_base_fee()),
            ..Default::default()
        };
        let unsigned = transaction
            .try_into_unsigned()
            .expect("the transaction is complete");
        let payload = Account::from_secret_key(ALITH_SECRET)
            .sign_transaction(unsigned)
            .signed_payload();
        let call = pallet_revive::Call::<Runtime>::eth_transact { payload };
        let elsewhere = sp_runtime::generic::UncheckedExtrinsic::new_bare(call.into()).into();
        assert!(Executive::apply_extrinsic(elsewhere).is_err());
    });
}
