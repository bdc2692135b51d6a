// SPDX-License-Identifier: Apache-2.0
//! `withdraw`.

use super::*;
use crate::Contributions;

#[test]
fn a_contribution_that_nobody_judges_can_be_taken_back_whole() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_ok!(Datanets::set_paused(RuntimeOrigin::signed(OWNER), 0, true));
            assert_ok!(Datanets::withdraw(RuntimeOrigin::signed(ALICE), 0, 0));
            assert_eq!(Balances::balance(&ALICE), ENDOWMENT);
            assert!(!Contributions::<Test>::contains_key(0, 0));
            assert_eq!(
                last_event(),
                Event::ContributionWithdrawn {
                    datanet: 0,
                    contribution: 0
                }
            );
        });
}

#[test]
fn only_its_owner_withdraws_it() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            for who in [OWNER, CURATOR, STRANGER] {
                assert_noop!(
                    Datanets::withdraw(RuntimeOrigin::signed(who), 0, 0),
                    Error::<Test>::NotAuthorized
                );
            }
        });
}

#[test]
fn a_judged_contribution_cannot_be_withdrawn() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            accept(0);
            assert_noop!(
                Datanets::withdraw(RuntimeOrigin::signed(ALICE), 0, 0),
                Error::<Test>::NotPending
            );
        });
}

#[test]
fn withdrawing_twice_returns_nothing_twice() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(2)
        .build_and_execute(|| {
            assert_ok!(Datanets::withdraw(RuntimeOrigin::signed(ALICE), 0, 0));
            assert_noop!(
                Datanets::withdraw(RuntimeOrigin::signed(ALICE), 0, 0),
                Error::<Test>::NotFound
            );
            assert_eq!(bond_held(ALICE), BOND);
        });
}
