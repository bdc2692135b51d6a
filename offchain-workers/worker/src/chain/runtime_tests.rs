// SPDX-License-Identifier: Apache-2.0
//! What is signed and read, against the runtime's own types: no node needed.

use super::{
    config::{parameters, signed},
    row_calls::tests::refutations,
    span_calls::tests::span_calls,
    Call, Capabilities, Challenged, OpenLedgerConfig, RowKey, ShownPlace, ShownRow, Signer,
};
use codec::{Decode, Encode};
use openledger_primitives::{
    fixed::release::HEADER_BYTES,
    report::{Evidence, ReportEntry},
};
use openledger_runtime::{Runtime, RuntimeCall, UncheckedExtrinsic, VERSION};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{traits::Checkable, BoundedVec};
use std::sync::Arc;
use subxt::{
    client::{OfflineClient, OfflineClientAtBlock},
    config::substrate::{SpecVersionForRange, SubstrateConfig},
    utils, Metadata,
};

const GENESIS: [u8; 32] = [7; 32];

/// The chain at genesis, known by the runtime's metadata alone.
pub(crate) fn chain() -> OfflineClientAtBlock<OpenLedgerConfig> {
    // constants that referenda can change are read from the storage
    let bytes = sp_io::TestExternalities::default().execute_with(|| {
        let versions = Runtime::metadata_versions().into_iter();
        let newest = versions.filter(|version| *version < 100).max();
        Runtime::metadata_at_version(newest.unwrap()).unwrap()
    });
    let metadata = Arc::new(Metadata::decode(&mut &bytes[..]).unwrap());
    let config = SubstrateConfig::builder()
        .set_genesis_hash(utils::H256(GENESIS))
        .set_metadata_for_spec_versions([(VERSION.spec_version, metadata)])
        .set_spec_version_for_block_ranges([SpecVersionForRange {
            block_range: 0..u64::MAX,
            spec_version: VERSION.spec_version,
            transaction_version: VERSION.transaction_version,
        }])
        .build();
    OfflineClient::new_with_config(OpenLedgerConfig(config))
        .at_block(0u64)
        .unwrap()
}

fn entry(evidence: Evidence) -> ReportEntry {
    ReportEntry {
        datanet: 2,
        contribution: 9,
        weight: -5,
        score: -(1 << 60),
        evidence,
    }
}

/// Calls of the worker beside the runtime's own, one of each kind without flaws.
fn calls() -> Vec<(Call, RuntimeCall)> {
    let capabilities = Capabilities::of("x86_64,avx,avx2", 1 << 30);
    let claimed = pallet_workers::Capabilities {
        kernel_class: pallet_workers::KernelClass::Avx2,
        memory_mib: 1024,
        engine_version: capabilities
            .engine_version
            .clone()
            .into_bytes()
            .try_into()
            .unwrap(),
    };
    let reveal = Call::Reveal {
        request: 4,
        output: vec![1, 2, 3, 4],
        query: vec![-1, 0, i16::MAX],
        entries: vec![entry(Evidence::Influence), entry(Evidence::Spans)],
        salt: [3; 32],
    };
    let challenged = Challenged {
        request: 4,
        datanet: 1,
        contribution: 7,
    };
    let key = pallet_attribution::ChallengeKey {
        request: 4,
        datanet: 1,
        contribution: 7,
    };
    let disputed = RowKey {
        model: 4,
        row: 9,
        challenger: AccountId32::new([9; 32]),
    };
    let native = pallet_releases::RowKey {
        model: 4,
        row: 9,
        challenger: AccountId32::new([9; 32]),
    };
    let shown = ShownRow {
        released: vec![1, 2, 3],
        released_proof: vec![H256([3; 32])],
        features: vec![4, 5],
        features_proof: vec![],
    };
    let native_row = pallet_releases::ShownRow {
        released: BoundedVec::truncate_from(vec![1, 2, 3]),
        released_proof: BoundedVec::truncate_from(vec![H256([3; 32])]),
        features: BoundedVec::truncate_from(vec![4, 5]),
        features_proof: Default::default(),
    };
    let release = pallet_attribution::ShownRelease {
        header: [6; HEADER_BYTES],
        table: H256([1; 32]),
        rows: H256([2; 32]),
    };
    use pallet_attribution::Call as Disputes;
    use pallet_inference::Call as Inference;
    use pallet_releases::Call as Releases;
    use pallet_workers::Call as Workers;
    vec![
        (
            Call::Register {
                bond: 1 << 70,
                capabilities,
            },
            Workers::register {
                capabilities: claimed,
                bond: 1 << 70,
            }
            .into(),
        ),
        (Call::Host(3), Workers::host { model: 3 }.into()),
        (Call::Unhost(3), Workers::unhost { model: 3 }.into()),
        (Call::Resume, Workers::resume {}.into()),
        (Call::Heartbeat, Workers::heartbeat {}.into()),
        (
            Call::Commit {
                request: 4,
                commitment: H256([8; 32]),
            },
            Inference::commit {
                request: 4,
                commitment: H256([8; 32]),
            }
            .into(),
        ),
        (
            reveal,
            Inference::reveal {
                request: 4,
                output: vec![1, 2, 3, 4],
                query: vec![-1, 0, i16::MAX],
                entries: vec![entry(Evidence::Influence), entry(Evidence::Spans)],
                salt: [3; 32],
            }
            .into(),
        ),
        (
            Call::ShowPlace {
                key: challenged,
                header: [6; HEADER_BYTES],
                table: H256([1; 32]),
                rows: H256([2; 32]),
                ordinal: 5,
                places: vec![ShownPlace {
                    datanet: 1,
                    contribution: 2,
                    registered: 3,
                    first: 4,
                    rows: 5,
                }],
                proof: vec![H256([3; 32]), H256([4; 32])],
            },
            Disputes::show_place {
                key,
                release: pallet_attribution::ShownRelease {
                    header: [6; HEADER_BYTES],
                    table: H256([1; 32]),
                    rows: H256([2; 32]),
                },
                ordinal: 5,
                places: BoundedVec::truncate_from(vec![pallet_attribution::ShownPlace {
                    datanet: 1,
                    contribution: 2,
                    registered: 3,
                    first: 4,
                    rows: 5,
                }]),
                proof: BoundedVec::truncate_from(vec![H256([3; 32]), H256([4; 32])]),
            }
            .into(),
        ),
        (
            Call::OpenRows {
                key: challenged,
                first: 9,
                rows: vec![1, 2, 3],
                proof: vec![],
            },
            Disputes::open_rows {
                key,
                first: 9,
                rows: BoundedVec::truncate_from(vec![1, 2, 3]),
                proof: Default::default(),
            }
            .into(),
        ),
        (
            Call::DisputeRow { model: 4, row: 9 },
            Releases::dispute_row { model: 4, row: 9 }.into(),
        ),
        (
            Call::ClaimSums {
                key: disputed.clone(),
                header: [6; HEADER_BYTES],
                table: H256([1; 32]),
                rows: H256([2; 32]),
                row: shown,
                sums: vec![1; 32],
                head: vec![2; 9],
            },
            Releases::claim_sums {
                key: native.clone(),
                release,
                row: native_row,
                sums: BoundedVec::truncate_from(vec![1; 32]),
                head: BoundedVec::truncate_from(vec![2; 9]),
            }
            .into(),
        ),
        (
            Call::SplitSums {
                key: disputed.clone(),
                inner: vec![H256([7; 32]); 15],
            },
            Releases::split {
                key: native.clone(),
                inner: BoundedVec::truncate_from(vec![H256([7; 32]); 15]),
            }
            .into(),
        ),
        (
            Call::ChoosePart {
                key: disputed.clone(),
                part: 3,
            },
            Releases::choose {
                key: native.clone(),
                part: 3,
            }
            .into(),
        ),
        (
            Call::ProveTerm {
                key: disputed.clone(),
                sums: vec![1; 32],
                released: vec![3; 5],
                features: vec![4; 6],
                features_proof: vec![H256([5; 32])],
                head: vec![2; 9],
            },
            Releases::prove_term {
                key: native.clone(),
                sums: BoundedVec::truncate_from(vec![1; 32]),
                released: BoundedVec::truncate_from(vec![3; 5]),
                features: BoundedVec::truncate_from(vec![4; 6]),
                features_proof: BoundedVec::truncate_from(vec![H256([5; 32])]),
                head: BoundedVec::truncate_from(vec![2; 9]),
            }
            .into(),
        ),
        (
            Call::CloseRow { key: disputed },
            Releases::close { key: native }.into(),
        ),
        (
            Call::Nothing,
            frame_system::Call::remark { remark: vec![] }.into(),
        ),
    ]
}

fn every_call() -> impl Iterator<Item = (Call, RuntimeCall)> {
    calls().into_iter().chain(refutations()).chain(span_calls())
}

#[test]
fn every_call_of_the_worker_is_the_runtimes_call() {
    let chain = chain();
    for (call, expected) in every_call() {
        let bytes = chain.tx().call_data(&call.payload()).unwrap();
        assert_eq!(bytes, expected.encode(), "{}", call.name());
    }
}

#[test]
fn a_signed_transaction_passes_the_runtimes_check() {
    let chain = chain();
    let signer = Signer::from_uri("//Worker1").unwrap();
    for (nonce, (call, expected)) in (5u64..).zip(every_call()) {
        let parameters = parameters(nonce, 77, 64, (0, utils::H256(GENESIS)));
        let payload = call.payload();
        let unsigned = chain.tx().create_signable_offline(&payload, parameters).unwrap();
        let bytes = signed(&signer, unsigned).unwrap().into_encoded();
        let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..]).unwrap();
        let checked = sp_io::TestExternalities::default().execute_with(|| {
            frame_system::BlockHash::<Runtime>::insert(0, H256(GENESIS));
            frame_system::Pallet::<Runtime>::set_block_number(1);
            extrinsic.check(&frame_system::ChainContext::<Runtime>::default())
        });
        let checked = checked.unwrap_or_else(|error| panic!("{}: {error:?}", call.name()));
        assert_eq!(checked.function, expected);
    }
}
