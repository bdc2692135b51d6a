// SPDX-License-Identifier: Apache-2.0
//! `revoke_access`.

use super::*;

fn granted(expires_at: Option<u64>) {
    assert_ok!(Datanets::grant_access(
        RuntimeOrigin::signed(OWNER),
        0,
        BOB,
        expires_at
    ));
}

#[test]
fn the_owner_ends_a_grant_and_gets_its_deposit_back() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        let before = storage_held(OWNER);
        granted(None);
        assert_ok!(Datanets::revoke_access(RuntimeOrigin::signed(OWNER), 0, BOB));
        assert!(!Datanets::may_train(0, &BOB));
        assert_eq!(storage_held(OWNER), before);
        assert_eq!(
            last_event(),
            Event::AccessRevoked {
                datanet: 0,
                who: BOB,
                by: OWNER
            }
        );
    });
}

#[test]
fn the_holder_may_give_a_grant_up() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        granted(None);
        assert_ok!(Datanets::revoke_access(RuntimeOrigin::signed(BOB), 0, BOB));
    });
}

#[test]
fn anybody_clears_a_grant_but_only_once_it_has_expired() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        granted(Some(10));
        let clear = || Datanets::revoke_access(RuntimeOrigin::signed(STRANGER), 0, BOB);
        CurrentTick::set(9);
        assert_noop!(clear(), Error::<Test>::NotAuthorized);
        CurrentTick::set(10);
        assert_ok!(clear());
        assert_eq!(storage_held(OWNER), price(datanet_footprint(0, 0)));
    });
}

#[test]
fn what_was_never_granted_is_not_revoked() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        for datanet in [0, 1] {
            assert_noop!(
                Datanets::revoke_access(RuntimeOrigin::signed(OWNER), datanet, BOB),
                Error::<Test>::NotFound
            );
        }
    });
}
