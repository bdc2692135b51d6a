// SPDX-License-Identifier: Apache-2.0
//! `set_paused`.

use super::*;

fn pause(who: AccountId, paused: bool) -> sp_runtime::DispatchResult {
    Datanets::set_paused(RuntimeOrigin::signed(who), 0, paused)
}

#[test]
fn nobody_trains_on_a_paused_datanet() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        assert_ok!(pause(OWNER, true));
        assert_eq!(
            last_event(),
            Event::PausedSet {
                datanet: 0,
                paused: true
            }
        );
        for who in [OWNER, STRANGER] {
            assert!(!Datanets::may_train(0, &who));
        }
        assert_ok!(pause(OWNER, false));
        assert!(Datanets::may_train(0, &STRANGER));
    });
}

#[test]
fn judging_and_publishing_go_on_while_paused() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(2)
        .build_and_execute(|| {
            assert_ok!(pause(OWNER, true));
            accept(0);
            assert_ok!(Datanets::reject(
                RuntimeOrigin::signed(CURATOR),
                0,
                1,
                RejectReason::Junk
            ));
            assert_ok!(Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0));
            assert!(Datanets::contribution(0, 0).unwrap().payable);
        });
}

#[test]
fn only_the_owner_pauses() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        for who in [CURATOR, STRANGER] {
            assert_noop!(pause(who, true), Error::<Test>::NotAuthorized);
        }
        assert_noop!(
            Datanets::set_paused(RuntimeOrigin::signed(OWNER), 1, true),
            Error::<Test>::NotFound
        );
    });
}
