// SPDX-License-Identifier: Apache-2.0
//! One Ethereum key is one account: by a native extrinsic, by an Ethereum transaction and in the EVM.

use super::development_chain;
use crate::{
    AccountId, Address, Balances, Hash, Nonce, Revive, Runtime, RuntimeCall, Signature, SignedPayload,
    TxExtension, UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::traits::fungible::Inspect;
use openledger_primitives::signature::{account_of_ethereum_address, eip191_message, Signer};
use sp_core::{ecdsa, Pair, H160};
use sp_runtime::{
    generic::{Era, ExtrinsicFormat},
    traits::{Checkable, IdentifyAccount},
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
fn a_signature_for_another_call_is_refused() {
    development_chain().execute_with(|| {
        frame_system::BlockHash::<Runtime>::insert(0, Hash::default());
        let mut extrinsic = signed(remark(), 0, false);
        extrinsic.0.function = frame_system::Call::remark { remark: vec![8] }.into();
        assert_eq!(signer_of(extrinsic), None);
    });
}
