// SPDX-License-Identifier: Apache-2.0
//! `grant_access`.

use super::*;

fn grant(who: AccountId, expires_at: Option<u64>) -> sp_runtime::DispatchResult {
    Datanets::grant_access(RuntimeOrigin::signed(OWNER), 0, who, expires_at)
}

#[test]
fn training_on_a_datanet_that_is_not_open_needs_a_grant() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert!(!Datanets::may_train(0, &BOB));
        assert!(Datanets::may_train(0, &OWNER));
        assert_ok!(grant(BOB, None));
        assert!(Datanets::may_train(0, &BOB));
        assert!(!Datanets::may_train(0, &STRANGER));
        assert_eq!(
            last_event(),
            Event::AccessGranted {
                datanet: 0,
                who: BOB,
                expires_at: None
            }
        );
    });
}

#[test]
fn anybody_trains_on_an_open_datanet_and_nobody_on_a_missing_one() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        assert!(Datanets::may_train(0, &STRANGER));
        assert!(!Datanets::may_train(1, &STRANGER));
    });
}

#[test]
fn a_grant_ends_at_its_expiry() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert_ok!(grant(BOB, Some(10)));
        CurrentTick::set(9);
        assert!(Datanets::may_train(0, &BOB));
        CurrentTick::set(10);
        assert!(!Datanets::may_train(0, &BOB));
    });
}

#[test]
fn granting_again_changes_the_expiry_and_costs_nothing_more() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert_ok!(grant(BOB, Some(10)));
        let held = storage_held(OWNER);
        assert_eq!(held, price(datanet_footprint(1, 0)));
        assert_ok!(grant(BOB, None));
        assert_eq!(storage_held(OWNER), held);
        assert_eq!(datanet(0).grants, 1);
        CurrentTick::set(1_000);
        assert!(Datanets::may_train(0, &BOB));
    });
}

#[test]
fn a_grant_that_has_expired_already_is_refused() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        CurrentTick::set(10);
        assert_noop!(grant(BOB, Some(10)), Error::<Test>::ExpiryPassed);
        assert_ok!(grant(BOB, Some(11)));
    });
}

#[test]
fn only_the_owner_grants() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        for who in [CURATOR, STRANGER] {
            assert_noop!(
                Datanets::grant_access(RuntimeOrigin::signed(who), 0, who, None),
                Error::<Test>::NotAuthorized
            );
        }
        assert_noop!(
            Datanets::grant_access(RuntimeOrigin::signed(OWNER), 1, BOB, None),
            Error::<Test>::NotFound
        );
    });
}

#[test]
fn a_counter_of_grants_that_is_full_says_so() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .build()
        .execute_with(|| {
            crate::Datanets::<Test>::mutate(0, |record| record.as_mut().unwrap().grants = u32::MAX);
            assert_noop!(grant(BOB, None), Error::<Test>::TooManyContributions);
        });
}
