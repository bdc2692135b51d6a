// SPDX-License-Identifier: Apache-2.0
//! `create`.

use super::*;
use crate::{AcceptancePolicy, Modality, NextDatanetId};
use openledger_primitives::licence::LicenceTerms;
use sp_runtime::{DispatchError, TokenError};

fn try_create(
    who: AccountId,
    name: &[u8],
    terms: LicenceTerms,
    curators: Vec<AccountId>,
) -> sp_runtime::DispatchResult {
    Datanets::create(
        RuntimeOrigin::signed(who),
        text(name),
        Modality::Image,
        terms,
        AcceptancePolicy::Curated,
        BOND,
        BoundedVec::try_from(curators).unwrap(),
    )
}

fn licence(id: &[u8]) -> LicenceTerms {
    LicenceTerms {
        id: BoundedVec::try_from(id.to_vec()).unwrap(),
        ..terms()
    }
}

#[test]
fn the_caller_owns_the_datanet_and_pays_for_its_bytes() {
    ExtBuilder::default().build_and_execute(|| {
		assert_ok!(try_create(OWNER, b"digits", terms(), vec![CURATOR, BOB]));
		let record = datanet(0);
		assert_eq!((record.owner, record.modality, record.paused), (OWNER, Modality::Image, false));
		assert_eq!(record.curators.to_vec(), vec![CURATOR, BOB]);
		assert_eq!(record.terms, terms());
		assert_eq!(storage_held(OWNER), price(datanet_footprint(0, 0)));
		assert_eq!(Datanets::owner(0), Some(OWNER));
		assert_eq!(Datanets::licence(0), Some(terms()));
		assert!(matches!(
			last_event(),
			Event::DatanetCreated { datanet: 0, owner: OWNER, terms_hash, .. } if terms_hash == terms().version_hash()
		));
	});
}

#[test]
fn ids_count_up_and_names_may_repeat() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(try_create(OWNER, b"digits", terms(), vec![]));
        assert_ok!(try_create(BOB, b"digits", terms(), vec![]));
        assert_eq!((Datanets::owner(0), Datanets::owner(1)), (Some(OWNER), Some(BOB)));
        assert_eq!(NextDatanetId::<Test>::get(), 2);
    });
}

#[test]
fn a_name_of_64_bytes_is_taken_and_one_of_65_is_not() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(try_create(OWNER, &[b'a'; 64], terms(), vec![]));
        assert_noop!(
            try_create(OWNER, &[b'a'; 65], terms(), vec![]),
            Error::<Test>::NameTooLong
        );
    });
}

#[test]
fn a_name_must_be_text() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            try_create(OWNER, b"", terms(), vec![]),
            Error::<Test>::NameNotText
        );
        assert_noop!(
            try_create(OWNER, &[0xff, 0xfe], terms(), vec![]),
            Error::<Test>::NameNotText
        );
        assert_ok!(try_create(OWNER, "手書き".as_bytes(), terms(), vec![]));
    });
}

#[test]
fn curators_are_at_most_16_and_distinct() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(try_create(OWNER, b"digits", terms(), (100..116).collect()));
        assert_noop!(
            try_create(OWNER, b"digits", terms(), (100..117).collect()),
            Error::<Test>::TooManyCurators
        );
        assert_noop!(
            try_create(OWNER, b"digits", terms(), vec![CURATOR, BOB, CURATOR]),
            Error::<Test>::DuplicateCurator
        );
    });
}

#[test]
fn an_unknown_licence_is_refused() {
    ExtBuilder::default().build_and_execute(|| {
        for id in [&b""[..], b"MIT", b"cc0-1.0", b"CC0-1.0 "] {
            assert_noop!(
                try_create(OWNER, b"digits", licence(id), vec![]),
                Error::<Test>::UnknownLicence
            );
        }
    });
}

#[test]
fn terms_cannot_allow_more_than_the_licence_they_name() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            try_create(OWNER, b"digits", licence(b"CC-BY-NC-4.0"), vec![]),
            Error::<Test>::LicenceTooWide
        );
        assert_noop!(
            try_create(OWNER, b"digits", licence(b"CC-BY-ND-4.0"), vec![]),
            Error::<Test>::LicenceTooWide
        );
        let unpaid = LicenceTerms {
            commercial: false,
            ..licence(b"CC-BY-NC-4.0")
        };
        assert_ok!(try_create(OWNER, b"digits", unpaid, vec![]));
    });
}

#[test]
fn terms_that_have_expired_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        CurrentTick::set(10);
        let until = |tick| LicenceTerms {
            expires_at: Some(tick),
            ..terms()
        };
        assert_noop!(
            try_create(OWNER, b"digits", until(10), vec![]),
            Error::<Test>::LicenceExpired
        );
        assert_ok!(try_create(OWNER, b"digits", until(11), vec![]));
    });
}

#[test]
fn who_cannot_pay_the_deposit_creates_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            try_create(POOR, b"digits", terms(), vec![]),
            TokenError::FundsUnavailable
        );
    });
}

#[test]
fn nobody_creates_without_a_signature() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Datanets::create(
                RuntimeOrigin::none(),
                text(b"digits"),
                Modality::Text,
                terms(),
                AcceptancePolicy::Open,
                0,
                BoundedVec::new()
            ),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn ids_that_have_run_out_are_never_reused() {
    ExtBuilder::default().build().execute_with(|| {
        NextDatanetId::<Test>::put(u64::MAX);
        assert_noop!(
            try_create(OWNER, b"digits", terms(), vec![]),
            Error::<Test>::TooManyContributions
        );
    });
}
