// SPDX-License-Identifier: Apache-2.0
//! Removal of old explanations.

use super::*;
use crate::{Error, Event, Totals};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use sp_runtime::traits::BadOrigin;

#[test]
fn anybody_removes_an_old_explanation_for_free_and_its_money_stays() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(4, 1_000, &[entry(0, ONE)])));
        let before = Totals::<Test>::get();
        advance(RetentionTicks::get());
        let post = Attribution::prune(RuntimeOrigin::signed(BOB), 4).unwrap();
        assert_eq!(post.pays_fee, Pays::No);
        assert_eq!(Attribution::explain(4), None);
        assert_eq!(Totals::<Test>::get(), before);
        assert_eq!(stored(0), 500);
        System::assert_last_event(Event::Pruned { request: 4 }.into());
    });
}

#[test]
fn an_explanation_stays_until_the_last_tick_of_its_retention() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(4, 1_000, &[entry(0, ONE)])));
        advance(RetentionTicks::get() - 1);
        assert_noop!(
            Attribution::prune(RuntimeOrigin::signed(BOB), 4),
            Error::<Test>::RetentionNotOver
        );
        advance(1);
        assert_ok!(Attribution::prune(RuntimeOrigin::signed(BOB), 4));
    });
}

#[test]
fn what_is_not_there_cannot_be_removed() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Attribution::prune(RuntimeOrigin::signed(BOB), 4),
            Error::<Test>::NotFound
        );
    });
}

#[test]
fn only_a_signed_origin_removes() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(Attribution::prune(RuntimeOrigin::none(), 4), BadOrigin);
    });
}
