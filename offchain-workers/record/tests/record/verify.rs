// SPDX-License-Identifier: Apache-2.0
//! Records of a real payment: they hold as they are, and each change of them is refused by its name.

use crate::world::{
    account, answered, attestation, falsified, forget, quoted, record, signed, unsigned, GENESIS, OPEN,
};
use codec::{Decode, Encode};
use openledger_primitives::report::Evidence;
use openledger_record::{record::FORMAT, verify, Attestation, Header, Record, RecordError, Trusted};
use openledger_runtime::Runtime;
use pallet_attribution::Settlements;
use serde_json::{json, Value};
use sp_core::{Pair, H256};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{Bob, Dave, Eve, Ferdie};

fn verdict(record: &Record, header: &Header) -> Result<(), RecordError> {
    verify(record, &Trusted::Hash(header.hash())).map(|_| ())
}

/// The name by which a record is refused after a change, though its signer signed the change.
fn refusal(change: impl FnOnce(&mut Record)) -> &'static str {
    let (mut record, header) = record();
    change(&mut record);
    verdict(&signed(record), &header).unwrap_err().name()
}

/// The name by which the record of a state is refused that the chain would never have.
fn refusal_of_state(change: impl FnOnce()) -> &'static str {
    let (mut ext, attestation) = answered();
    falsified(&mut ext, change);
    let (record, header) = unsigned(&mut ext, Some(attestation));
    verdict(&signed(record), &header).unwrap_err().name()
}

fn settlement(change: impl FnOnce(&mut pallet_attribution::types::Settled<Runtime>)) {
    Settlements::<Runtime>::mutate(0, |settled| change(settled.as_mut().unwrap()));
}

#[test]
fn a_record_holds_by_the_header_alone() {
    let (record, header) = record();
    let text = serde_json::to_string_pretty(&record).unwrap();
    let read = Record::from_json(&text).unwrap();
    assert_eq!(read, record);
    let json = serde_json::to_string(&header).unwrap();
    let scale = sp_core::bytes::to_hex(&header.encode(), false);
    for trusted in [json, scale.clone(), format!("\"{scale}\"\n")] {
        let trusted = Trusted::from_header_text(&trusted).unwrap();
        let verified = verify(&read, &trusted).unwrap();
        assert_eq!(
            (verified.request, verified.block, verified.number),
            (0, header.hash(), 12)
        );
        assert_eq!((verified.signer, verified.attested), (account(Ferdie), true));
        assert_eq!((verified.genesis, verified.fee), (GENESIS, 10 * OPEN));
    }
}

#[test]
fn the_explanation_names_everybody_and_every_reason() {
    let (record, _) = record();
    let json = serde_json::to_value(&record.explanation).unwrap();
    let kinds: Vec<_> = json["payment"]["parts"].as_array().unwrap().iter().collect();
    let kinds: Vec<_> = kinds
        .iter()
        .map(|part| part["reason"]["kind"].as_str().unwrap())
        .collect();
    for kind in ["treasury", "worker", "modelOwner", "royalty", "contribution"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert_eq!(json["payment"]["report"].as_array().unwrap().len(), 3);
    assert_eq!(json["models"].as_array().unwrap().len(), 2);
    assert_eq!(json["contributions"][1]["owner"], account(Bob).to_string());
    assert_eq!(json["versions"][0]["points"], 30);
    assert_eq!(json["answers"][0]["worker"]["account"], account(Dave).to_string());
    assert_eq!(json["question"]["committee"], 1);
    assert_eq!((&json["void"], &json["disputed"]), (&json!(false), &json!(false)));
}

#[test]
fn a_record_of_an_answer_that_quotes_names_its_evidence_and_holds() {
    let (mut ext, attestation) = quoted();
    let (record, header) = unsigned(&mut ext, Some(attestation));
    let record = signed(record);
    verdict(&record, &header).unwrap();
    let json = serde_json::to_value(&record.explanation).unwrap();
    for report in [&json["payment"]["report"], &json["answers"][0]["report"]] {
        let kinds: Vec<_> = report
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| &entry["evidence"])
            .collect();
        assert_eq!(kinds, ["spans", "spans", "retrieval"]);
    }
    assert_eq!(json["payment"]["blend"]["retrieval"], 1);
    let parts = json["payment"]["parts"].as_array().unwrap().iter();
    let paid: Vec<_> = parts
        .filter(|part| part["reason"]["kind"] == "contribution")
        .collect();
    assert_eq!(paid.len(), 3);
    assert_eq!(paid[2]["reason"]["evidence"], "retrieval");
    assert_eq!(json["models"][0]["release"]["evidence"], "spans");
    assert_eq!(json["models"][0]["release"]["passages"], 1);
    assert_eq!(json["answers"][0]["query"].as_array().unwrap().len(), 76);
}

#[test]
fn a_report_that_rests_on_other_evidence_than_its_models_is_refused() {
    let falsify = |ext: &mut TestExternalities, evidence| {
        falsified(ext, || {
            settlement(|settled| {
                settled
                    .report
                    .iter_mut()
                    .for_each(|entry| entry.evidence = evidence)
            })
        })
    };
    for ((mut ext, attestation), evidence) in [(answered(), Evidence::Spans), (quoted(), Evidence::Influence)]
    {
        falsify(&mut ext, evidence);
        let (record, header) = unsigned(&mut ext, Some(attestation));
        let error = verdict(&signed(record), &header).unwrap_err();
        assert_eq!(error.name(), "ReportInvalid", "{error}");
    }
}

#[test]
fn once_the_request_is_forgotten_the_payment_is_still_proved() {
    let (mut ext, signature) = answered();
    forget(&mut ext);
    let (record, header) = unsigned(&mut ext, None);
    assert!(record.explanation.answers.is_empty() && record.explanation.question.is_none());
    let record = signed(record);
    let verified = verify(&record, &Trusted::Header(header.clone())).unwrap();
    assert!(!verified.attested);
    let claimed = signed(Record {
        attestation: Some(signature),
        ..record
    });
    assert_eq!(
        verdict(&claimed, &header).unwrap_err().name(),
        "AttestationForeign"
    );
}

#[test]
fn what_is_no_record_is_malformed() {
    let (record, _) = record();
    let value = serde_json::to_value(&record).unwrap();
    let refused = |value: &Value| Record::from_json(&value.to_string()).unwrap_err().name();
    let mut changed = value.clone();
    changed["surplus"] = json!(1);
    assert_eq!(refused(&changed), "Malformed");
    changed = value.clone();
    changed["explanation"]["payment"]["fee"] = json!("010000000000000000000");
    assert_eq!(
        refused(&changed),
        "Malformed",
        "the same amount, written in another way"
    );
    changed = value.clone();
    changed["format"] = json!("openledger/audit-record/v2");
    assert_eq!(refused(&changed), "UnknownFormat");
    assert_eq!(refused(&json!("text")), "Malformed");
    let twice = value
        .to_string()
        .replacen('{', &format!("{{\"format\":\"{FORMAT}\","), 1);
    assert_eq!(
        Record::from_json(&twice).unwrap_err().name(),
        "Malformed",
        "a member that is there twice"
    );
    let node = refusal(|record| record.state.proof[0] = "0xzz".into());
    assert_eq!(node, "Malformed");
}

#[test]
fn what_is_no_header_is_refused() {
    let (_, header) = record();
    for text in ["", "{}", "0x00", "not hexadecimal"] {
        let error = Trusted::from_header_text(text).unwrap_err();
        assert_eq!(error.name(), "HeaderMalformed", "{text}");
    }
    let long = sp_core::bytes::to_hex(&(header, 0u8).encode(), false);
    assert_eq!(
        Trusted::from_header_text(&long).unwrap_err().name(),
        "HeaderMalformed"
    );
}

#[test]
fn a_header_of_another_block_is_refused() {
    let (record, mut header) = record();
    header.number += 1;
    assert_eq!(verdict(&record, &header).unwrap_err().name(), "WrongBlock");
}

#[test]
fn what_the_record_says_of_its_block_is_its_headers() {
    assert_eq!(refusal(|record| record.block.number += 1), "BlockMismatch");
    assert_eq!(
        refusal(|record| record.block.hash = H256::zero()),
        "BlockMismatch"
    );
    assert_eq!(
        refusal(|record| record.block.state_root = H256::zero()),
        "BlockMismatch"
    );
    assert_eq!(refusal(|record| record.block.header.push(0)), "BlockMismatch");
}

#[test]
fn a_record_cannot_bring_a_state_of_its_own() {
    let (mut record, header) = record();
    let mut own = header.clone();
    own.state_root = H256::repeat_byte(1);
    record.block.header = own.encode();
    (record.block.hash, record.block.state_root) = (own.hash(), own.state_root);
    let record = signed(record);
    assert_eq!(verdict(&record, &header).unwrap_err().name(), "WrongBlock");
    assert_eq!(
        verdict(&record, &own).unwrap_err().name(),
        "NotProved",
        "nor a root without its nodes"
    );
}

#[test]
fn a_proof_that_lacks_a_node_or_changes_one_proves_nothing() {
    let nodes = record().0.state.proof.len();
    for place in 0..nodes {
        let lacking = refusal(|record| {
            record.state.proof.remove(place);
        });
        assert_eq!(lacking, "NotProved", "without node {place}");
    }
    let changed = refusal(|record| record.state.proof[0].push_str("00"));
    assert_eq!(changed, "NotProved");
}

#[test]
fn a_request_that_is_not_settled_has_no_record() {
    assert_eq!(refusal(|record| record.request = 1), "NotSettled");
    let gone = refusal_of_nothing(|| Settlements::<Runtime>::remove(0));
    assert_eq!(gone, "NotSettled");
}

/// The name by which a record is refused whose proof is of a state without what it needs.
fn refusal_of_nothing(change: impl FnOnce()) -> &'static str {
    let (mut ext, _) = answered();
    let (mut record, _) = unsigned(&mut ext, None);
    falsified(&mut ext, change);
    let keys: Vec<_> = record.state.items.iter().map(|item| item.key.clone()).collect();
    let proof = sp_state_machine::prove_read(ext.as_backend(), &keys).unwrap();
    let hex = |node: Vec<u8>| sp_core::bytes::to_hex(&node, false);
    record.state.proof = proof.into_iter_nodes().map(hex).collect();
    let mut header = Header::decode(&mut &record.block.header[..]).unwrap();
    header.state_root = *ext.as_backend().root();
    record.block.header = header.encode();
    (record.block.hash, record.block.state_root) = (header.hash(), header.state_root);
    verdict(&signed(record), &header).unwrap_err().name()
}

#[test]
fn what_a_settlement_refers_to_has_to_be_there_and_readable() {
    let missing = refusal_of_nothing(|| pallet_model_registry::Models::<Runtime>::remove(1));
    assert_eq!(missing, "Missing");
    let key = pallet_model_registry::Models::<Runtime>::hashed_key_for(1);
    let unreadable = refusal_of_nothing(move || sp_io::storage::set(&key, &[1, 2, 3]));
    assert_eq!(unreadable, "Unreadable");
}

#[test]
fn raw_values_are_the_proven_ones_all_of_them_and_no_others() {
    assert_eq!(
        refusal(|record| record.state.items[0].value = Some("0x00".into())),
        "ValueMismatch"
    );
    assert_eq!(
        refusal(|record| record.state.items[0].name.push('!')),
        "ValueMismatch"
    );
    assert_eq!(
        refusal(|record| {
            record.state.items.pop();
        }),
        "ValueMismatch"
    );
    let doubled = |record: &mut Record| record.state.items.push(record.state.items[0].clone());
    assert_eq!(refusal(doubled), "ValueMismatch");
}

#[test]
fn a_record_of_another_chain_is_refused() {
    assert_eq!(refusal(|record| record.genesis = H256::zero()), "WrongChain");
}

#[test]
fn what_people_read_is_what_the_bytes_say() {
    let (mut changed, header) = record();
    changed.explanation.payment.parts[1].amount += 1;
    assert_eq!(
        verdict(&signed(changed), &header),
        Err(RecordError::ExplanationMismatch("/payment/parts/1/amount".into()))
    );
    let paid_another = |record: &mut Record| record.explanation.payment.parts[0].to = Some(account(Eve));
    assert_eq!(refusal(paid_another), "ExplanationMismatch");
    assert_eq!(
        refusal(|record| record.explanation.disputed = true),
        "ExplanationMismatch"
    );
    assert_eq!(
        refusal(|record| {
            record.explanation.payment.report.pop();
        }),
        "ExplanationMismatch"
    );
    assert_eq!(
        refusal(|record| record.explanation.answers[0].output[0] = 1),
        "ExplanationMismatch"
    );
    assert_eq!(
        refusal(|record| record.explanation.contributions[0].owner = account(Eve)),
        "ExplanationMismatch"
    );
}

#[test]
fn parts_that_are_not_the_whole_are_refused() {
    assert_eq!(
        refusal_of_state(|| settlement(|settled| settled.fee += 1)),
        "PartsDoNotSum"
    );
    let overflowing = || settlement(|settled| settled.parts[0].amount = u128::MAX);
    assert_eq!(refusal_of_state(overflowing), "PartsDoNotSum");
}

#[test]
fn weights_that_are_not_the_shares_of_their_scores_are_refused() {
    let swapped = || {
        settlement(|settled| {
            let weight = settled.report[0].weight;
            settled.report[0].weight = settled.report[2].weight;
            settled.report[2].weight = weight;
        })
    };
    assert_eq!(refusal_of_state(swapped), "ReportInvalid");
    assert_eq!(
        refusal_of_state(|| settlement(|settled| settled.report[1].score = 0)),
        "ReportInvalid"
    );
}

#[test]
fn each_contribution_is_proved_to_have_been_trained_on() {
    assert_eq!(
        refusal(|record| {
            record.memberships.remove(1);
        }),
        "MembershipInvalid"
    );
    assert_eq!(
        refusal(|record| record.memberships[1].items[0] = H256::zero()),
        "MembershipInvalid"
    );
    assert_eq!(
        refusal(|record| record.memberships[1].leaf_index = 0),
        "MembershipInvalid"
    );
    assert_eq!(
        refusal(|record| record.memberships[1].leaf_count += 1),
        "MembershipInvalid"
    );
    let surplus = |record: &mut Record| record.memberships.push(record.memberships[0].clone());
    assert_eq!(refusal(surplus), "MembershipInvalid");
    let other_bytes = || {
        pallet_datanets::Contributions::<Runtime>::mutate(0, 1, |contribution| {
            contribution.as_mut().unwrap().content = H256::zero();
        })
    };
    assert_eq!(refusal_of_state(other_bytes), "MembershipInvalid");
}

#[test]
fn a_worker_that_was_not_drawn_or_did_not_reveal_is_refused() {
    let seat = |change: fn(&mut pallet_inference::SeatOf<Runtime>)| {
        refusal_of_state(move || {
            pallet_inference::Committee::<Runtime>::mutate(0, account(Dave), |seat| {
                change(seat.as_mut().unwrap())
            })
        })
    };
    assert_eq!(seat(|seat| seat.revealed = false), "WorkerMismatch");
    assert_eq!(seat(|seat| seat.worker.epoch += 1), "WorkerMismatch");
}

#[test]
fn an_attestation_of_something_else_is_foreign() {
    let with = |change: fn(&mut Vec<u8>)| {
        refusal(move |record| {
            let mut call = record.attestation.as_ref().unwrap().call.clone();
            change(&mut call);
            record.attestation = Some(attestation(call, Dave));
        })
    };
    assert_eq!(with(|call| call[1] = 2), "AttestationForeign", "another call");
    assert_eq!(with(|call| call[2] = 1), "AttestationForeign", "another request");
    assert_eq!(with(|call| call[11] = 1), "AttestationForeign", "another output");
    assert_eq!(with(|call| call.push(0)), "AttestationForeign", "a byte too many");
}

#[test]
fn a_reveal_that_was_not_committed_to_is_refused() {
    let other_salt = |record: &mut Record| {
        let mut call = record.attestation.as_ref().unwrap().call.clone();
        *call.last_mut().unwrap() ^= 1;
        record.attestation = Some(attestation(call, Dave));
    };
    assert_eq!(refusal(other_salt), "CommitmentMismatch");
}

#[test]
fn only_the_representative_attests() {
    let by_another = |record: &mut Record| {
        let call = record.attestation.as_ref().unwrap().call.clone();
        record.attestation = Some(attestation(call, Eve));
    };
    assert_eq!(refusal(by_another), "AttestationSignature");
    let garbled =
        |change: fn(&mut Attestation)| refusal(move |record| change(record.attestation.as_mut().unwrap()));
    assert_eq!(
        garbled(|attestation| attestation.extensions[0] ^= 1),
        "AttestationSignature"
    );
    assert_eq!(
        garbled(|attestation| attestation.signature.clear()),
        "AttestationSignature"
    );
}

#[test]
fn somebody_has_to_answer_for_a_record() {
    let (mut record, header) = record();
    record.signature = None;
    assert_eq!(verdict(&record, &header), Err(RecordError::NotSigned));
    let (mut ext, _) = answered();
    let (unsigned, header) = unsigned(&mut ext, None);
    assert_eq!(verdict(&unsigned, &header), Err(RecordError::NotSigned));
}

#[test]
fn a_signature_is_of_this_signer_and_of_every_member() {
    let (record, header) = record();
    let bad = |record: &Record| assert_eq!(verdict(record, &header), Err(RecordError::BadSignature));
    let mut changed = record.clone();
    changed.signer = Some(account(Eve));
    bad(&changed);
    changed = record.clone();
    changed.attestation = None;
    bad(&changed);
    changed = record.clone();
    changed.memberships.reverse();
    bad(&changed);
    changed = record.clone();
    changed.signature = Some("0x01".into());
    bad(&changed);
    changed.signature = Some("no hexadecimal".into());
    bad(&changed);
}

#[test]
fn any_key_of_the_chain_signs_an_ethereum_wallet_too() {
    use openledger_primitives::signature::{account_of_ethereum_address, eip191_message, Signature};
    let pair = sp_core::ecdsa::KeccakPair::from_seed(&[0x42; 32]);
    let address = sp_core::bytes::from_hex("0x17c5185167401ed00cf5f5b2fc97d9bbfdb7d025").unwrap();
    let wallet = account_of_ethereum_address(address.try_into().unwrap());
    let (record, header) = record();
    let sign = |payload: &[u8]| Ok::<_, ()>(Signature::from(pair.sign(&eip191_message(payload))));
    let record = record.signed(wallet, sign).unwrap().unwrap();
    assert_eq!(verdict(&record, &header), Ok(()));
}
