// SPDX-License-Identifier: Apache-2.0
//! Keys and layouts beside the runtime's own.

use crate::world::{account, answered};
use codec::{Decode, Encode};
use openledger_record::{
    attestation::REVEAL_CALL,
    stored::{self, Item},
};
use openledger_runtime::{Runtime, RuntimeCall};
use sp_keyring::Sr25519Keyring::Dave;

#[test]
fn keys_are_the_runtimes_own() {
    let dave = account(Dave);
    let pairs = [
        (
            Item::genesis(),
            frame_system::BlockHash::<Runtime>::hashed_key_for(0),
        ),
        (
            Item::settlement(7),
            pallet_attribution::Settlements::<Runtime>::hashed_key_for(7),
        ),
        (
            Item::dispute(7),
            pallet_attribution::Disputes::<Runtime>::hashed_key_for(7),
        ),
        (
            Item::request(7),
            pallet_inference::Requests::<Runtime>::hashed_key_for(7),
        ),
        (
            Item::input(7),
            pallet_inference::Inputs::<Runtime>::hashed_key_for(7),
        ),
        (
            Item::seat(7, &dave),
            pallet_inference::Committee::<Runtime>::hashed_key_for(7, &dave),
        ),
        (
            Item::reveal(7, &dave),
            pallet_inference::Reveals::<Runtime>::hashed_key_for(7, &dave),
        ),
        (
            Item::model(7),
            pallet_model_registry::Models::<Runtime>::hashed_key_for(7),
        ),
        (
            Item::contribution(7, 8),
            pallet_datanets::Contributions::<Runtime>::hashed_key_for(7, 8),
        ),
        (
            Item::version(7, 8),
            pallet_datanets::Versions::<Runtime>::hashed_key_for(7, 8),
        ),
    ];
    for (item, key) in pairs {
        assert_eq!(item.key, key, "{}", item.name);
    }
}

#[test]
fn what_is_read_is_what_the_runtime_stores() {
    let (mut ext, _) = answered();
    ext.execute_with(|| {
        let settled = pallet_attribution::Settlements::<Runtime>::get(0).unwrap();
        let read = stored::Settled::decode(&mut &settled.encode()[..]).unwrap();
        assert_eq!(
            (read.model, read.fee, read.void),
            (settled.model, settled.fee, settled.void)
        );
        assert_eq!(read.parts, settled.parts.to_vec());
        assert_eq!(read.answer, settled.answer);

        let request = pallet_inference::Requests::<Runtime>::get(0).unwrap();
        let read = stored::Request::decode(&mut &request.encode()[..]).unwrap();
        assert_eq!(read.model_version, request.terms.model_version);
        assert_eq!(read.since, request.since);
        assert_eq!(read.fee, request.fee);
        assert_eq!(read.stage, stored::Stage::Settled(settled.representative.clone()));
        assert_eq!(read.evidence, request.terms.evidence);

        let seat = pallet_inference::Committee::<Runtime>::get(0, account(Dave)).unwrap();
        let read = stored::Seat::decode(&mut &seat.encode()[..]).unwrap();
        assert_eq!(
            (read.worker, read.commitment, read.revealed),
            (seat.worker, seat.commitment, true)
        );

        let model = pallet_model_registry::Models::<Runtime>::get(1).unwrap();
        let read = stored::Model::decode(&mut &model.encode()[..]).unwrap();
        assert_eq!(read.version_hash, model.version_hash);
        assert_eq!(read.spec.attribution.encode(), model.spec.attribution.encode());
        assert_eq!(read.royalties, model.royalties.to_vec());

        let contribution = pallet_datanets::Contributions::<Runtime>::get(0, 2).unwrap();
        let read = stored::Contribution::decode(&mut &contribution.encode()[..]).unwrap();
        assert_eq!(read.leaf_index(), Some(2));
        assert_eq!(
            (read.content, read.leaf_count),
            (contribution.content, contribution.leaf_count)
        );
        assert_eq!(read.state.encode(), contribution.state.encode());
        assert_eq!(read.novelty.encode(), contribution.novelty.encode());
        assert!(read.novelty.is_some());
    });
}

#[test]
fn the_call_that_attests_is_the_runtimes_reveal() {
    let call = RuntimeCall::Inference(pallet_inference::Call::reveal {
        request: 4,
        output: vec![1],
        query: vec![-1],
        entries: Vec::new(),
        salt: [3; 32],
    });
    let salt = [3u8; 32];
    let due = (REVEAL_CALL, 4u64, vec![1u8], vec![-1i16], Vec::<u8>::new(), salt).encode();
    assert_eq!(call.encode(), due);
    assert!(openledger_record::attestation::is_reveal(&due, 4));
    assert!(!openledger_record::attestation::is_reveal(&due, 5));
}
