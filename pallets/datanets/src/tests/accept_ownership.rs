// SPDX-License-Identifier: Apache-2.0
//! `accept_ownership`.

use super::*;
use sp_runtime::TokenError;

fn take(who: AccountId) -> sp_runtime::DispatchResult {
    Datanets::accept_ownership(RuntimeOrigin::signed(who), 0)
}

fn offer(to: AccountId) {
    assert_ok!(Datanets::transfer_ownership(RuntimeOrigin::signed(OWNER), 0, to));
}

#[test]
fn the_deposit_moves_to_the_new_owner_grants_and_versions_included() {
    ExtBuilder::default()
        .with_datanet(Open)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_ok!(Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0));
            assert_ok!(Datanets::grant_access(
                RuntimeOrigin::signed(OWNER),
                0,
                ALICE,
                None
            ));
            offer(BOB);
            assert_ok!(take(BOB));
            assert_eq!(storage_held(OWNER), 0);
            assert_eq!(storage_held(BOB), price(datanet_footprint(1, 1)));
            assert_eq!(Datanets::owner(0), Some(BOB));
            assert_eq!(
                last_event(),
                Event::OwnershipTransferred {
                    datanet: 0,
                    from: OWNER,
                    to: BOB
                }
            );
        });
}

#[test]
fn the_former_owner_has_no_rights_left() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            offer(BOB);
            assert_ok!(take(BOB));
            assert_noop!(
                Datanets::accept(RuntimeOrigin::signed(OWNER), 0, 0, None),
                Error::<Test>::NotAuthorized
            );
            assert_noop!(
                Datanets::set_paused(RuntimeOrigin::signed(OWNER), 0, true),
                Error::<Test>::NotAuthorized
            );
            assert_ok!(Datanets::accept(RuntimeOrigin::signed(BOB), 0, 0, None));
        });
}

#[test]
fn only_who_was_offered_takes_over_and_only_once() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert_noop!(take(BOB), Error::<Test>::NotFound);
        offer(BOB);
        assert_noop!(take(STRANGER), Error::<Test>::NotAuthorized);
        assert_ok!(take(BOB));
        assert_noop!(take(BOB), Error::<Test>::NotFound);
    });
}

#[test]
fn who_cannot_pay_the_deposit_does_not_take_over() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        offer(POOR);
        assert_noop!(take(POOR), TokenError::FundsUnavailable);
    });
}

#[test]
fn a_missing_datanet_is_not_taken_over() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(take(BOB), Error::<Test>::NotFound);
    });
}
