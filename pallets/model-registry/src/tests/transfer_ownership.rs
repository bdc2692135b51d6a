// SPDX-License-Identifier: Apache-2.0
//! `transfer_ownership`.

use super::*;

fn offer(who: AccountId, to: AccountId) -> DispatchResult {
    Registry::transfer_ownership(RuntimeOrigin::signed(who), 0, to)
}

#[test]
fn an_offer_changes_nothing_by_itself() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_ok!(offer(OWNER, BOB));
        assert_eq!((model(0).owner, model(0).offered_to), (OWNER, Some(BOB)));
        assert_eq!(
            last_event(),
            Event::OwnershipOffered {
                model: 0,
                to: Some(BOB)
            }
        );
    });
}

#[test]
fn offering_to_oneself_takes_the_offer_back() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_ok!(offer(OWNER, BOB));
        assert_ok!(offer(OWNER, OWNER));
        assert_eq!(last_event(), Event::OwnershipOffered { model: 0, to: None });
        assert_noop!(
            Registry::accept_ownership(RuntimeOrigin::signed(BOB), 0),
            Error::<Test>::NotFound
        );
    });
}

#[test]
fn only_the_owner_offers() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(offer(BOB, BOB), Error::<Test>::NotAuthorized);
        assert_noop!(
            Registry::transfer_ownership(RuntimeOrigin::signed(OWNER), 1, BOB),
            Error::<Test>::NotFound
        );
    });
}
