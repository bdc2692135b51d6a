// SPDX-License-Identifier: Apache-2.0
//! Membership proofs, as the runtime API makes and checks them.

use super::*;
use openledger_primitives::membership::{MembershipError, MembershipProof};
use sp_core::H256;

/// Versions 1, 2 and 3 with 1, 6 and 13 leaves.
fn three_versions() {
    for (n, publish) in (0u8..13).map(|n| (n, [0, 5, 12].contains(&n))) {
        contribute(ALICE, &[n]);
        if publish {
            assert_ok!(Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0));
        }
    }
}

#[test]
fn every_contribution_is_provable_in_every_version_that_has_it() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        three_versions();
        for (version, leaves) in [(1, 1), (2, 6), (3, 13)] {
            for id in 0..leaves {
                let (leaf, proof) = Datanets::membership_proof(0, version, id).unwrap();
                assert_eq!(leaf.contribution, id);
                assert_eq!(proof.leaf_count, leaves);
                assert_eq!(Datanets::verify_membership(version, leaf, proof), Ok(()));
            }
            assert_eq!(
                Datanets::membership_proof(0, version, leaves).err(),
                Some(if leaves == 13 {
                    MembershipError::NotFound
                } else {
                    MembershipError::NotInVersion
                })
            );
        }
    });
}

#[test]
fn a_pending_contribution_is_in_no_version() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(2)
        .build_and_execute(|| {
            accept(0);
            assert_ok!(Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0));
            assert_eq!(
                Datanets::membership_proof(0, 1, 1).err(),
                Some(MembershipError::NotInVersion)
            );
            accept(1);
            assert_eq!(
                Datanets::membership_proof(0, 1, 1).err(),
                Some(MembershipError::NotInVersion)
            );
        });
}

#[test]
fn what_does_not_exist_has_no_proof() {
    ExtBuilder::default()
        .with_datanet(Open)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_eq!(
                Datanets::membership_proof(0, 1, 0).err(),
                Some(MembershipError::NotFound)
            );
            assert_ok!(Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0));
            assert_eq!(
                Datanets::membership_proof(0, 1, 1).err(),
                Some(MembershipError::NotFound)
            );
            assert_eq!(
                Datanets::membership_proof(1, 1, 0).err(),
                Some(MembershipError::NotFound)
            );
            let (leaf, proof) = Datanets::membership_proof(0, 1, 0).unwrap();
            assert_eq!(
                Datanets::verify_membership(2, leaf, proof),
                Err(MembershipError::NotFound)
            );
        });
}

#[test]
fn a_forged_leaf_or_path_is_refused() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        three_versions();
        let (leaf, proof) = Datanets::membership_proof(0, 3, 4).unwrap();
        let refused = |leaf: &openledger_primitives::membership::ContributionLeaf<AccountId>,
                       proof: &MembershipProof| {
            assert_eq!(
                Datanets::verify_membership(3, leaf.clone(), proof.clone()),
                Err(MembershipError::InvalidProof)
            );
        };

        let mut forged = leaf.clone();
        forged.owner = STRANGER;
        refused(&forged, &proof);
        forged = leaf.clone();
        forged.leaf_count += 1;
        refused(&forged, &proof);

        let mut wrong = proof.clone();
        wrong.leaf_index = 5;
        refused(&leaf, &wrong);
        wrong = proof.clone();
        wrong.leaf_count = 12;
        refused(&leaf, &wrong);
        wrong = proof.clone();
        wrong.items[0] = H256::zero();
        refused(&leaf, &wrong);
        wrong = proof.clone();
        wrong.items.pop();
        refused(&leaf, &wrong);
        wrong = proof.clone();
        wrong.items.push(H256::zero());
        refused(&leaf, &wrong);
        wrong = proof.clone();
        wrong.items = vec![H256::zero(); 100_000];
        refused(&leaf, &wrong);
        wrong = proof.clone();
        wrong.leaf_index = u64::MAX;
        refused(&leaf, &wrong);
    });
}

#[test]
fn a_proof_of_one_datanet_or_version_is_worth_nothing_in_another() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        three_versions();
        let other = create(Open);
        let bob = RuntimeOrigin::signed(BOB);
        assert_ok!(Datanets::contribute(
            bob,
            other,
            content(&[0]),
            100,
            text(b"text/csv"),
            3
        ));
        assert_ok!(Datanets::publish_version(RuntimeOrigin::signed(OWNER), other));
        let (mut leaf, proof) = Datanets::membership_proof(0, 1, 0).unwrap();
        assert_eq!(
            Datanets::verify_membership(2, leaf.clone(), proof.clone()),
            Err(MembershipError::InvalidProof)
        );
        leaf.datanet = other;
        assert_eq!(
            Datanets::verify_membership(1, leaf, proof),
            Err(MembershipError::InvalidProof)
        );
    });
}
