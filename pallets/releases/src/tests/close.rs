// SPDX-License-Identifier: Apache-2.0
//! `close`.

use super::{world::*, *};
use frame_support::dispatch::Pays;

#[test]
fn an_author_that_is_silent_is_convicted() {
    ExtBuilder.build_and_execute(|| {
        World::new(1, 5).install();
        assert_ok!(dispute(2));
        Now::set(11);
        assert_noop!(close(2), Error::<Test>::DeadlineNotPassed);
        Now::set(12);
        assert_eq!(close(2).unwrap().pays_fee, Pays::No);
        assert!(is_refuted());
        assert_eq!(Balances::free_balance(CHALLENGER), ENDOWMENT + 400);

        let world = World::new(1, 5).install();
        assert_ok!(dispute(2));
        assert_ok!(world.claim(2, &world.sums(2, 5)));
        Now::set(23);
        assert_ok!(close(2));
        assert!(is_refuted());
    });
}

#[test]
fn a_challenger_that_is_silent_loses_its_bond() {
    ExtBuilder.build_and_execute(|| {
        let world = World::new(1, 2).install();
        let to_choice = || {
            assert_ok!(dispute(1));
            assert_ok!(world.claim(1, &world.sums(1, 2)));
            assert_ok!(split(1, vec![commitment(&world.sums(1, 1))]));
        };
        to_choice();
        Now::set(12);
        assert_ok!(close(1));
        assert_eq!(Balances::free_balance(AUTHOR), ENDOWMENT + AT_STAKE);
        to_choice();
        assert_ok!(choose(1, 0));
        Now::set(23);
        assert_ok!(close(1));
        assert_eq!(Balances::free_balance(AUTHOR), ENDOWMENT + 2 * AT_STAKE);
        assert!(!is_refuted());
        assert_noop!(close(1), Error::<Test>::NotFound);
    });
}

#[test]
fn disputes_of_a_release_that_was_refuted_meanwhile_end_without_a_loser() {
    ExtBuilder.build_and_execute(|| {
        World::new(1, 5).install();
        assert_ok!(dispute(2));
        assert_ok!(dispute(3));
        Now::set(12);
        assert_ok!(close(2));
        assert!(Releases::disputes_against(&AUTHOR)[0].moot);
        Now::set(1);
        assert_ok!(close(3));
        assert_eq!(held(CHALLENGER), 0);
        assert_eq!(Balances::free_balance(CHALLENGER), ENDOWMENT + 400);
        System::assert_last_event(Event::DisputeMoot { key: key(3) }.into());
    });
}

#[test]
fn a_dispute_without_a_bond_ends_like_any_other() {
    ExtBuilder.build_and_execute(|| {
        RowBond::set(0);
        let world = World::new(1, 1).install();
        assert_ok!(dispute(0));
        assert_ok!(world.claim(0, &world.sums(0, 1)));
        Now::set(12);
        assert_ok!(close(0));
        assert_eq!(Balances::free_balance(AUTHOR), ENDOWMENT);
    });
}
