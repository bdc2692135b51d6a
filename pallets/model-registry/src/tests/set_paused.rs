// SPDX-License-Identifier: Apache-2.0
//! `set_paused`.

use super::*;

fn pause(who: AccountId, paused: bool) -> DispatchResult {
    Registry::set_paused(RuntimeOrigin::signed(who), 0, paused)
}

#[test]
fn a_paused_model_takes_no_requests_but_may_be_hosted() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(register_base(OWNER, spec(), vec![], Some(MIN_PRICE)));
        assert_ok!(pause(OWNER, true));
        assert_eq!(
            last_event(),
            Event::PausedSet {
                model: 0,
                paused: true
            }
        );
        assert_noop!(Registry::service(0), Error::<Test>::Paused);
        assert!(Registry::can_host(0));
        assert_ok!(pause(OWNER, false));
        assert_ok!(Registry::service(0));
    });
}

#[test]
fn only_the_owner_of_a_model_that_lives_pauses_it() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(pause(BOB, true), Error::<Test>::NotAuthorized);
        assert_noop!(
            Registry::set_paused(RuntimeOrigin::signed(OWNER), 1, true),
            Error::<Test>::NotFound
        );
    });
}

#[test]
fn resuming_does_not_bring_a_deprecated_model_back() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_ok!(Registry::deprecate(RuntimeOrigin::signed(OWNER), 0));
        assert_noop!(pause(OWNER, false), Error::<Test>::Deprecated);
        assert_eq!(model(0).status, ModelStatus::Deprecated);
    });
}
