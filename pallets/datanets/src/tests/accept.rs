// SPDX-License-Identifier: Apache-2.0
//! `accept`.

use super::*;
use crate::{ContributionState, LeafIndex, Nodes, Novelty, NoveltyMethod};
use openledger_primitives::ids::content_id;
use sp_runtime::Permill;

#[test]
fn accepting_returns_the_bond_and_keeps_the_storage_deposit() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(2)
        .build_and_execute(|| {
            let storage = storage_held(ALICE);
            assert_eq!(bond_held(ALICE), 2 * BOND);
            assert_ok!(Datanets::accept(RuntimeOrigin::signed(CURATOR), 0, 1, None));
            assert_eq!((bond_held(ALICE), storage_held(ALICE)), (BOND, storage));
            assert_eq!(
                contribution(1).state,
                ContributionState::Accepted {
                    leaf_index: 0,
                    by: Some(CURATOR)
                }
            );
            assert_eq!(
                last_event(),
                Event::ContributionAccepted {
                    datanet: 0,
                    contribution: 1,
                    leaf_index: 0,
                    by: Some(CURATOR),
                    novelty: None,
                }
            );
            assert_eq!(contribution(1).novelty, None);
        });
}

#[test]
fn what_the_curator_measured_stays_with_the_contribution_also_when_it_is_revoked() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(3)
        .build_and_execute(|| {
            accept(0);
            let novelty = Novelty {
                share: Permill::from_parts(312_500),
                method: NoveltyMethod::Rows,
                against: 1,
                evidence: Some(content_id(b"what was found")),
            };
            let by = RuntimeOrigin::signed(CURATOR);
            assert_ok!(Datanets::accept(by, 0, 1, Some(novelty)));
            assert_eq!(contribution(1).novelty, Some(novelty));
            assert_eq!(
                last_event(),
                Event::ContributionAccepted {
                    datanet: 0,
                    contribution: 1,
                    leaf_index: 1,
                    by: Some(CURATOR),
                    novelty: Some(novelty),
                }
            );
            assert_ok!(Datanets::revoke(RuntimeOrigin::signed(ALICE), 0, 1));
            assert_eq!(contribution(1).novelty, Some(novelty));
        });
}

#[test]
fn nothing_was_compared_with_contributions_that_were_not_accepted_yet() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(2)
        .build_and_execute(|| {
            accept(0);
            let novelty = |against| Novelty {
                share: Permill::one(),
                method: NoveltyMethod::Shingles,
                against,
                evidence: None,
            };
            let by = || RuntimeOrigin::signed(CURATOR);
            assert_noop!(
                Datanets::accept(by(), 0, 1, Some(novelty(2))),
                Error::<Test>::NoveltyAgainstUnknown
            );
            assert_ok!(Datanets::accept(by(), 0, 1, Some(novelty(1))));
        });
}

#[test]
fn leaves_follow_the_order_of_acceptance() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(3)
        .build_and_execute(|| {
            for id in [2, 0, 1] {
                accept(id);
            }
            let order: Vec<_> = (0..3).map(|leaf| LeafIndex::<Test>::get(0, leaf)).collect();
            assert_eq!(order, [Some(2), Some(0), Some(1)]);
            assert_eq!(Nodes::<Test>::iter_key_prefix(0).count(), 4);
            assert_eq!(
                Nodes::<Test>::get(0, 0),
                Some(Datanets::leaf(0, 2, &contribution(2)).hash())
            );
        });
}

#[test]
fn the_owner_may_judge_too() {
    ExtBuilder::default()
        .with_datanet(Permissioned)
        .build_and_execute(|| {
            contribute(OWNER, b"rows");
            assert_ok!(Datanets::accept(RuntimeOrigin::signed(OWNER), 0, 0, None));
        });
}

#[test]
fn nobody_else_accepts_not_even_the_contributor() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            for who in [ALICE, STRANGER] {
                assert_noop!(
                    Datanets::accept(RuntimeOrigin::signed(who), 0, 0, None),
                    Error::<Test>::NotAuthorized
                );
            }
        });
}

#[test]
fn accepting_twice_is_refused() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            accept(0);
            assert_noop!(
                Datanets::accept(RuntimeOrigin::signed(CURATOR), 0, 0, None),
                Error::<Test>::NotPending
            );
            assert_ok!(Datanets::revoke(RuntimeOrigin::signed(ALICE), 0, 0));
            assert_noop!(
                Datanets::accept(RuntimeOrigin::signed(CURATOR), 0, 0, None),
                Error::<Test>::NotPending
            );
        });
}

#[test]
fn what_does_not_exist_is_not_accepted() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        for datanet in [0, 1] {
            assert_noop!(
                Datanets::accept(RuntimeOrigin::signed(CURATOR), datanet, 0, None),
                Error::<Test>::NotFound
            );
        }
    });
}

#[test]
fn a_damaged_range_refuses_new_leaves() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(2)
        .build()
        .execute_with(|| {
            accept(0);
            Nodes::<Test>::remove(0, 0);
            assert_noop!(
                Datanets::accept(RuntimeOrigin::signed(CURATOR), 0, 1, None),
                Error::<Test>::CorruptedRange
            );
        });
}
