// SPDX-License-Identifier: Apache-2.0
//! `contribute`.

use super::*;
use crate::{ContentIndex, ContributionState, Fillings};
use sp_runtime::TokenError;

fn try_contribute(who: AccountId, bytes: &[u8], size: u64, leaf_count: u32) -> sp_runtime::DispatchResult {
    Datanets::contribute(
        RuntimeOrigin::signed(who),
        0,
        content(bytes),
        size,
        text(b"text/csv"),
        leaf_count,
    )
}

#[test]
fn a_contribution_to_a_curated_datanet_waits_with_its_bond() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert_ok!(try_contribute(ALICE, b"rows", 100, 3));
        let entry = contribution(0);
        assert_eq!(entry.state, ContributionState::Pending);
        assert_eq!(
            (entry.owner, entry.size, entry.leaf_count, entry.bond),
            (ALICE, 100, 3, BOND)
        );
        assert_eq!(bond_held(ALICE), BOND);
        assert_eq!(storage_held(ALICE), price(contribution_footprint()));
        let info = Datanets::contribution(0, 0).unwrap();
        assert_eq!((info.owner, info.leaf_index, info.payable), (ALICE, None, false));
        assert!(matches!(
            last_event(),
            Event::Contributed {
                datanet: 0,
                contribution: 0,
                owner: ALICE,
                bond: BOND,
                ..
            }
        ));
    });
}

#[test]
fn an_open_datanet_accepts_at_once_and_holds_no_bond() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        assert_ok!(try_contribute(ALICE, b"rows", 100, 3));
        assert_ok!(try_contribute(BOB, b"more", 100, 3));
        assert_eq!(
            contribution(1).state,
            ContributionState::Accepted {
                leaf_index: 1,
                by: None
            }
        );
        assert_eq!(bond_held(BOB), 0);
        assert!(Datanets::contribution(0, 1).unwrap().payable);
        assert_eq!(
            last_event(),
            Event::ContributionAccepted {
                datanet: 0,
                contribution: 1,
                leaf_index: 1,
                by: None,
                novelty: None,
            }
        );
    });
}

#[test]
fn only_the_owner_and_holders_of_a_grant_contribute_to_a_permissioned_datanet() {
    ExtBuilder::default()
        .with_datanet(Permissioned)
        .build_and_execute(|| {
            assert_noop!(
                try_contribute(ALICE, b"rows", 100, 3),
                Error::<Test>::NotAuthorized
            );
            assert_ok!(Datanets::grant_access(
                RuntimeOrigin::signed(OWNER),
                0,
                ALICE,
                Some(5)
            ));
            assert_ok!(try_contribute(ALICE, b"rows", 100, 3));
            assert_eq!(contribution(0).state, ContributionState::Pending);
            assert_ok!(try_contribute(OWNER, b"own rows", 100, 3));
            CurrentTick::set(5);
            assert_noop!(
                try_contribute(ALICE, b"late rows", 100, 3),
                Error::<Test>::NotAuthorized
            );
        });
}

#[test]
fn the_first_registered_owner_of_some_content_stands() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert_ok!(try_contribute(ALICE, b"rows", 100, 3));
        assert_noop!(try_contribute(BOB, b"rows", 100, 3), Error::<Test>::AlreadyExists);
        assert_noop!(
            try_contribute(ALICE, b"rows", 99, 2),
            Error::<Test>::AlreadyExists
        );
        accept(0);
        assert_noop!(try_contribute(BOB, b"rows", 100, 3), Error::<Test>::AlreadyExists);
        assert_ok!(Datanets::revoke(RuntimeOrigin::signed(ALICE), 0, 0));
        assert_noop!(try_contribute(BOB, b"rows", 100, 3), Error::<Test>::AlreadyExists);
    });
}

#[test]
fn the_same_content_may_be_in_two_datanets() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        let other = create(Open);
        assert_ok!(try_contribute(ALICE, b"rows", 100, 3));
        assert_ok!(Datanets::contribute(
            RuntimeOrigin::signed(BOB),
            other,
            content(b"rows"),
            100,
            text(b"text/csv"),
            3
        ));
        assert_eq!(ContentIndex::<Test>::get(other, content(b"rows")), Some(0));
    });
}

#[test]
fn impossible_sizes_have_names() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        assert_noop!(try_contribute(ALICE, b"rows", 0, 3), Error::<Test>::ZeroSize);
        assert_noop!(
            try_contribute(ALICE, b"rows", 100, 0),
            Error::<Test>::ZeroLeafCount
        );
        assert_noop!(
            try_contribute(ALICE, b"rows", MAX_BYTES + 1, 3),
            Error::<Test>::ContributionTooLarge
        );
        assert_ok!(try_contribute(ALICE, b"rows", MAX_BYTES, 3));
    });
}

#[test]
fn a_size_lie_of_more_data_points_than_bytes_is_refused() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        assert_noop!(
            try_contribute(ALICE, b"rows", 100, 101),
            Error::<Test>::LeafCountAboveSize
        );
        assert_ok!(try_contribute(ALICE, b"rows", 100, 100));
    });
}

#[test]
fn a_media_type_is_short_printable_and_has_a_slash() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        let typed = |media_type: &[u8]| {
            Datanets::contribute(
                RuntimeOrigin::signed(ALICE),
                0,
                content(b"rows"),
                100,
                text(media_type),
                3,
            )
        };
        assert_noop!(typed(&[b'/'; 65]), Error::<Test>::MediaTypeTooLong);
        assert_noop!(typed(b""), Error::<Test>::InvalidMediaType);
        assert_noop!(typed(b"csv"), Error::<Test>::InvalidMediaType);
        assert_noop!(typed(b"text/csv\n"), Error::<Test>::InvalidMediaType);
        assert_ok!(typed(b"text/csv; header=absent"));
    });
}

#[test]
fn a_datanet_that_does_not_exist_takes_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(try_contribute(ALICE, b"rows", 100, 3), Error::<Test>::NotFound);
    });
}

#[test]
fn a_paused_datanet_takes_nothing() {
    ExtBuilder::default().with_datanet(Open).build_and_execute(|| {
        assert_ok!(Datanets::set_paused(RuntimeOrigin::signed(OWNER), 0, true));
        assert_noop!(try_contribute(ALICE, b"rows", 100, 3), Error::<Test>::Paused);
        assert_ok!(Datanets::set_paused(RuntimeOrigin::signed(OWNER), 0, false));
        assert_ok!(try_contribute(ALICE, b"rows", 100, 3));
    });
}

#[test]
fn who_cannot_pay_the_deposits_contributes_nothing() {
    ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
        assert_noop!(
            try_contribute(POOR, b"rows", 100, 3),
            TokenError::FundsUnavailable
        );
        let storage = price(contribution_footprint());
        assert_ok!(Balances::transfer_allow_death(
            RuntimeOrigin::signed(BOB),
            POOR,
            storage
        ));
        assert_noop!(
            try_contribute(POOR, b"rows", 100, 3),
            TokenError::FundsUnavailable
        );
    });
}

#[test]
fn ids_are_not_reused_after_a_withdrawal() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_ok!(Datanets::withdraw(RuntimeOrigin::signed(ALICE), 0, 0));
            assert_eq!(contribute(ALICE, &[0]), 1);
            assert_eq!(Fillings::<Test>::get(0).contributions, 2);
        });
}

#[test]
fn a_full_datanet_says_so() {
    ExtBuilder::default().with_datanet(Open).build().execute_with(|| {
        Fillings::<Test>::mutate(0, |counters| counters.contributions = u64::MAX);
        assert_noop!(
            try_contribute(ALICE, b"rows", 100, 3),
            Error::<Test>::TooManyContributions
        );
        Fillings::<Test>::mutate(0, |counters| {
            counters.contributions = u64::from(u32::MAX);
            counters.accepted = u64::from(u32::MAX);
        });
        assert_noop!(
            try_contribute(ALICE, b"rows", 100, 3),
            Error::<Test>::TooManyContributions
        );
    });
}
