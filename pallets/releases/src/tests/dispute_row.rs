// SPDX-License-Identifier: Apache-2.0
//! `dispute_row`.

use super::{world::*, *};
use sp_runtime::TokenError;

#[test]
fn a_dispute_holds_a_bond_and_waits_for_the_author() {
    ExtBuilder.build_and_execute(|| {
        World::new(1, 5).install();
        assert_ok!(dispute(3));
        assert_eq!((held(CHALLENGER), stage(3)), (AT_STAKE, Some(Stage::Claim)));
        let event = Event::RowDisputed {
            key: key(3),
            author: AUTHOR,
            bond: AT_STAKE,
            deadline: 11,
        };
        System::assert_last_event(event.into());
        let open = Releases::disputes_against(&AUTHOR);
        assert_eq!((open.len(), open[0].row, open[0].moot), (1, 3, false));
        assert_eq!(
            Releases::dispute_view(MODEL, 3, CHALLENGER),
            open.into_iter().next()
        );
    });
}

#[test]
fn nobody_disputes_a_row_twice_but_several_may_dispute_it() {
    ExtBuilder.build_and_execute(|| {
        World::new(1, 5).install();
        assert_ok!(dispute(3));
        assert_noop!(dispute(3), Error::<Test>::AlreadyExists);
        assert_ok!(dispute(4));
        // a sham dispute of the author's friend keeps nobody away
        assert_ok!(Releases::dispute_row(RuntimeOrigin::signed(STRANGER), MODEL, 3));
        assert_eq!(Releases::disputes_against(&AUTHOR).len(), 3);
        assert_eq!(held(CHALLENGER), 2 * AT_STAKE);
    });
}

#[test]
fn what_does_not_answer_or_is_not_there_cannot_be_disputed() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(dispute(0), Error::<Test>::NotDisputable);
        World::new(1, 5).install();
        assert_noop!(dispute(5), Error::<Test>::RowOutOfRange);
        let unknown = Releases::dispute_row(RuntimeOrigin::signed(CHALLENGER), 8, 0);
        assert_noop!(unknown, Error::<Test>::NotDisputable);
        let own = Releases::dispute_row(RuntimeOrigin::signed(AUTHOR), MODEL, 0);
        assert_noop!(own, Error::<Test>::NotAuthorized);
        let poor = Releases::dispute_row(RuntimeOrigin::signed(POOR), MODEL, 0);
        assert_noop!(poor, TokenError::FundsUnavailable);
    });
}

#[test]
fn a_head_with_more_parameters_than_the_chain_computes_cannot_be_disputed() {
    ExtBuilder.build_and_execute(|| {
        World::new(1, 5).install();
        let shaped = |classes, dims| {
            Released::mutate(|release| {
                let release = release.as_mut().unwrap();
                (release.classes, release.dims) = (classes, dims);
            });
        };
        for (classes, dims) in [(16, 1_024), (u32::MAX, 2), (2, u32::MAX), (0, 7)] {
            shaped(classes, dims);
            assert_noop!(dispute(0), Error::<Test>::NotDisputable);
        }
        shaped(16, 1_023);
        assert_ok!(dispute(0));
    });
}
