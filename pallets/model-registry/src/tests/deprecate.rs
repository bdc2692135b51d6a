// SPDX-License-Identifier: Apache-2.0
//! `deprecate`.

use super::*;

fn deprecate(who: AccountId) -> DispatchResult {
    Registry::deprecate(RuntimeOrigin::signed(who), 0)
}

#[test]
fn a_deprecated_model_is_neither_served_nor_hosted_and_its_record_stays_paid_for() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(register_base(OWNER, spec(), vec![], Some(MIN_PRICE)));
        assert_ok!(deprecate(OWNER));
        assert_eq!(last_event(), Event::ModelDeprecated { model: 0 });
        assert_noop!(Registry::service(0), Error::<Test>::Deprecated);
        assert!(!Registry::can_host(0));
        assert_eq!(storage_held(OWNER), deposit());
    });
}

#[test]
fn children_outlive_their_parents() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_ok!(register_adapter(BOB, spec(), &[0], vec![], Some(MIN_PRICE)));
        assert_ok!(deprecate(OWNER));
        assert_ok!(Registry::service(1));
    });
}

#[test]
fn only_the_owner_deprecates_and_only_once() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(deprecate(BOB), Error::<Test>::NotAuthorized);
        assert_noop!(
            Registry::deprecate(RuntimeOrigin::signed(OWNER), 1),
            Error::<Test>::NotFound
        );
        assert_ok!(deprecate(OWNER));
        assert_noop!(deprecate(OWNER), Error::<Test>::Deprecated);
    });
}
