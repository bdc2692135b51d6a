// SPDX-License-Identifier: Apache-2.0
//! `revoke`.

use super::*;
use crate::ContributionState;

#[test]
fn a_revoked_contribution_is_not_paid_but_keeps_its_leaf() {
    for who in [ALICE, OWNER] {
        ExtBuilder::default()
            .with_datanet(Curated)
            .with_contributions(1)
            .build_and_execute(|| {
                accept(0);
                let storage = storage_held(ALICE);
                assert_ok!(Datanets::revoke(RuntimeOrigin::signed(who), 0, 0));
                assert_eq!(
                    contribution(0).state,
                    ContributionState::Revoked {
                        leaf_index: 0,
                        by: who,
                        after: 0
                    }
                );
                let info = Datanets::contribution(0, 0).unwrap();
                assert_eq!((info.leaf_index, info.payable), (Some(0), false));
                assert_eq!(storage_held(ALICE), storage);
                assert_eq!(
                    last_event(),
                    Event::ContributionRevoked {
                        datanet: 0,
                        contribution: 0,
                        by: who
                    }
                );
            });
    }
}

#[test]
fn a_revoked_contribution_stays_provable_in_its_version() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(3)
        .build_and_execute(|| {
            (0..3).for_each(accept);
            assert_ok!(Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0));
            assert_ok!(Datanets::revoke(RuntimeOrigin::signed(ALICE), 0, 1));
            let (leaf, proof) = Datanets::membership_proof(0, 1, 1).unwrap();
            assert_eq!(Datanets::verify_membership(1, leaf, proof), Ok(()));
        });
}

#[test]
fn strangers_and_curators_do_not_revoke() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            accept(0);
            for who in [CURATOR, STRANGER] {
                assert_noop!(
                    Datanets::revoke(RuntimeOrigin::signed(who), 0, 0),
                    Error::<Test>::NotAuthorized
                );
            }
        });
}

#[test]
fn only_what_is_accepted_is_revoked_and_only_once() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            let revoke = || Datanets::revoke(RuntimeOrigin::signed(ALICE), 0, 0);
            assert_noop!(revoke(), Error::<Test>::NotAccepted);
            accept(0);
            assert_ok!(revoke());
            assert_noop!(revoke(), Error::<Test>::NotAccepted);
        });
}

#[test]
fn what_does_not_exist_is_not_revoked() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        for datanet in [0, 1] {
            assert_noop!(
                Datanets::revoke(RuntimeOrigin::signed(OWNER), datanet, 0),
                Error::<Test>::NotFound
            );
        }
    });
}

#[test]
fn a_version_counts_the_points_of_what_was_not_revoked_before_it() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(3)
        .build_and_execute(|| {
            let publish = || Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0);
            let points = |version| Datanets::version(0, version).map(|version| version.points);
            let standing = |version, id| {
                Datanets::standing(0, version, id)
                    .map(|standing| (standing.owner, standing.points, standing.payable))
            };
            accept(0);
            assert_ok!(publish());
            accept(1);
            assert_ok!(Datanets::revoke(RuntimeOrigin::signed(ALICE), 0, 0));
            assert_ok!(publish());
            accept(2);
            assert_ok!(Datanets::revoke(RuntimeOrigin::signed(ALICE), 0, 2));

            assert_eq!((points(1), points(2)), (Some(3), Some(3)), "three points each");
            assert_eq!(
                standing(1, 0),
                Some((ALICE, 3, false)),
                "it stood when it was published"
            );
            assert_eq!(standing(2, 0), None, "it was revoked before");
            assert_eq!((standing(1, 1), standing(2, 1)), (None, Some((ALICE, 3, true))));
            assert_eq!(
                (standing(2, 2), standing(3, 1), standing(1, 9)),
                (None, None, None)
            );
        });
}
