// SPDX-License-Identifier: Apache-2.0
//! `reject`.

use super::*;
use crate::{ContentIndex, Contributions};

fn reject(reason: RejectReason) -> sp_runtime::DispatchResult {
    Datanets::reject(RuntimeOrigin::signed(CURATOR), 0, 0, reason)
}

#[test]
fn duplicates_and_junk_forfeit_the_bond_to_the_treasury() {
    for reason in [RejectReason::Duplicate, RejectReason::Junk] {
        ExtBuilder::default()
            .with_datanet(Curated)
            .with_contributions(1)
            .build_and_execute(|| {
                assert_ok!(reject(reason.clone()));
                assert_eq!((bond_held(ALICE), storage_held(ALICE)), (0, 0));
                assert_eq!(Balances::balance(&ALICE), ENDOWMENT - BOND);
                assert_eq!(Balances::balance(&TREASURY), ENDOWMENT + BOND);
                assert_eq!(
                    last_event(),
                    Event::ContributionRejected {
                        datanet: 0,
                        contribution: 0,
                        by: CURATOR,
                        reason: reason.clone(),
                        forfeited: BOND
                    }
                );
            });
    }
}

#[test]
fn other_reasons_return_everything() {
    let other = RejectReason::Other(BoundedVec::try_from(b"too dark".to_vec()).unwrap());
    for reason in [RejectReason::SizeMismatch, RejectReason::WrongFormat, other] {
        ExtBuilder::default()
            .with_datanet(Curated)
            .with_contributions(1)
            .build_and_execute(|| {
                assert_ok!(reject(reason.clone()));
                assert_eq!(Balances::balance(&ALICE), ENDOWMENT);
                assert_eq!(Balances::balance(&TREASURY), ENDOWMENT);
                assert!(matches!(
                    last_event(),
                    Event::ContributionRejected { forfeited: 0, .. }
                ));
            });
    }
}

#[test]
fn a_rejected_contribution_leaves_nothing_behind() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_ok!(reject(RejectReason::Junk));
            assert!(!Contributions::<Test>::contains_key(0, 0));
            assert!(!ContentIndex::<Test>::contains_key(0, content(&[0])));
            assert_eq!(contribute(BOB, &[0]), 1);
        });
}

#[test]
fn a_bond_of_nothing_forfeits_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Datanets::create(
            RuntimeOrigin::signed(OWNER),
            text(b"free"),
            crate::Modality::Text,
            terms(),
            Curated,
            0,
            BoundedVec::try_from(vec![CURATOR]).unwrap()
        ));
        contribute(ALICE, b"rows");
        assert_ok!(reject(RejectReason::Junk));
        assert_eq!(Balances::balance(&ALICE), ENDOWMENT);
    });
}

#[test]
fn only_the_owner_and_curators_reject() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            for who in [ALICE, STRANGER] {
                assert_noop!(
                    Datanets::reject(RuntimeOrigin::signed(who), 0, 0, RejectReason::Junk),
                    Error::<Test>::NotAuthorized
                );
            }
            assert_ok!(Datanets::reject(
                RuntimeOrigin::signed(OWNER),
                0,
                0,
                RejectReason::Junk
            ));
        });
}

#[test]
fn an_accepted_contribution_cannot_be_rejected_for_its_bond() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            accept(0);
            assert_noop!(reject(RejectReason::Junk), Error::<Test>::NotPending);
        });
}

#[test]
fn what_does_not_exist_is_not_rejected() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert_noop!(reject(RejectReason::Junk), Error::<Test>::NotFound);
        assert_noop!(
            Datanets::reject(RuntimeOrigin::signed(CURATOR), 7, 0, RejectReason::Junk),
            Error::<Test>::NotFound
        );
    });
}
