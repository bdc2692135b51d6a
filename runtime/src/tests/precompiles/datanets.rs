// SPDX-License-Identifier: Apache-2.0
//! `IDatanets`, from the first contribution to a change of hands.

use super::{
    calls::{create, licence},
    development_chain, last_log, logs, planck, refused, ALITH, BALTATHAR, CHARLETH, DOROTHY,
};
use crate::{constants::OPEN, Runtime};
use openledger_precompiles::{
    interfaces::IDatanets::{self, *},
    Place::Datanets as AT,
};
use pallet_revive::precompiles::alloy::primitives::Address;

fn contribution(content: u8) -> contributeCall {
    contributeCall {
        datanet: 0,
        content: [content; 32].into(),
        size: 1_000,
        mediaType: "text/csv".into(),
        leafCount: 10,
    }
}

fn first(contribution: u64) -> acceptCall {
    acceptCall {
        datanet: 0,
        contribution,
    }
}

#[test]
fn a_created_datanet_is_what_both_sides_read() {
    development_chain().execute_with(|| {
        assert_eq!(ALITH.calls(AT, create(Policy::Curated)), Ok(0));
        assert_eq!(ALITH.calls(AT, create(Policy::Open)), Ok(1));
        assert_eq!(ALITH.calls(AT, datanetCountCall {}), Ok(2));

        let native = pallet_datanets::Datanets::<Runtime>::get(0).expect("it is stored");
        assert_eq!(native.owner, ALITH.account());
        assert_eq!(native.curators.to_vec(), vec![BALTATHAR.account()]);
        assert_eq!(native.contribution_deposit, OPEN);
        assert_eq!(native.terms.expires_at, None);

        let shown = ALITH
            .calls(AT, getDatanetCall { datanet: 0 })
            .expect("it is there");
        assert_eq!(
            shown,
            Datanet {
                owner: ALITH.address(),
                offeredTo: Address::ZERO,
                name: "digits".into(),
                modality: Modality::Tabular,
                policy: Policy::Curated,
                paused: false,
                contributionDeposit: planck(OPEN),
                curators: vec![BALTATHAR.address()],
                contributions: 0,
                accepted: 0,
                points: 0,
                versions: 0,
                grants: 0,
            }
        );
        let terms = ALITH
            .calls(AT, getLicenceCall { datanet: 0 })
            .expect("it is there");
        assert_eq!(terms.licence, licence());
        assert_eq!(terms.termsHash.0, native.terms.version_hash().0);

        let log: DatanetCreated = last_log(AT);
        assert_eq!((log.datanet, log.owner), (1, ALITH.address()));
        assert_eq!((log.name.as_str(), log.termsHash), ("digits", terms.termsHash));
    });
}

#[test]
fn what_a_curator_measured_is_recorded_and_read_by_contracts() {
    development_chain().execute_with(|| {
        ALITH.does(AT, create(Policy::Curated));
        CHARLETH.does(AT, contribution(1));
        CHARLETH.does(AT, contribution(2));
        BALTATHAR.does(AT, first(0));
        let measured = Novelty {
            sharePpm: 250_000,
            method: NoveltyMethod::Rows,
            against: 1,
            evidence: [7; 32].into(),
        };
        let accept = |novelty: &Novelty| acceptMeasuredCall {
            datanet: 0,
            contribution: 1,
            novelty: novelty.clone(),
        };
        let with = |change: fn(&mut Novelty)| {
            let mut changed = measured.clone();
            change(&mut changed);
            BALTATHAR.calls(AT, accept(&changed))
        };
        refused(
            with(|novelty| novelty.sharePpm = 1_000_001),
            "Precompile.ShareAboveOne",
        );
        refused(
            with(|novelty| novelty.against = 2),
            "Datanets.NoveltyAgainstUnknown",
        );
        refused(CHARLETH.calls(AT, accept(&measured)), "Datanets.NotAuthorized");
        BALTATHAR.does(AT, accept(&measured));
        let log: NoveltyRecorded = last_log(AT);
        assert_eq!((log.datanet, log.contribution), (0, 1));
        assert_eq!(log.novelty, measured);
        let of = |contribution| {
            let shown = ALITH.does(
                AT,
                noveltyOfCall {
                    datanet: 0,
                    contribution,
                },
            );
            (shown.measured, shown.novelty)
        };
        assert_eq!(of(1), (true, measured.clone()));
        let (known, nothing) = of(0);
        assert!(!known);
        assert_eq!((nothing.sharePpm, nothing.against), (0, 0));
        let native = pallet_datanets::Contributions::<Runtime>::get(0, 1).expect("it is stored");
        let novelty = native.novelty.expect("it was measured");
        assert_eq!((novelty.share.deconstruct(), novelty.against), (250_000, 1));
    });
}

#[test]
fn contributions_are_judged_and_published() {
    development_chain().execute_with(|| {
        ALITH.does(AT, create(Policy::Curated));
        for (id, content) in [(0, 1), (1, 2), (2, 3)] {
            assert_eq!(CHARLETH.calls(AT, contribution(content)), Ok(id));
        }
        let log: Contributed = last_log(AT);
        assert_eq!(
            (log.contribution, log.owner, log.bond),
            (2, CHARLETH.address(), planck(OPEN))
        );
        refused(CHARLETH.calls(AT, contribution(1)), "Datanets.AlreadyExists");
        refused(DOROTHY.calls(AT, first(0)), "Datanets.NotAuthorized");

        BALTATHAR.does(AT, first(0));
        let log: ContributionAccepted = last_log(AT);
        assert_eq!(
            (log.contribution, log.by, log.leafIndex),
            (0, BALTATHAR.address(), 0)
        );
        refused(BALTATHAR.calls(AT, first(0)), "Datanets.NotPending");

        let reject = |reason, note: &str| rejectCall {
            datanet: 0,
            contribution: 1,
            reason,
            note: note.into(),
        };
        refused(
            ALITH.calls(AT, reject(RejectReason::Junk, "no")),
            "Precompile.InvalidArgument",
        );
        ALITH.does(AT, reject(RejectReason::Other, "blurred"));
        let log: ContributionRejected = last_log(AT);
        assert_eq!((log.contribution, log.reason), (1, RejectReason::Other));

        CHARLETH.does(
            AT,
            withdrawCall {
                datanet: 0,
                contribution: 2,
            },
        );
        let log: ContributionWithdrawn = last_log(AT);
        assert_eq!(log.contribution, 2);

        assert_eq!(ALITH.calls(AT, publishVersionCall { datanet: 0 }), Ok(1));
        let log: VersionPublished = last_log(AT);
        let version = ALITH
            .calls(
                AT,
                getVersionCall {
                    datanet: 0,
                    version: 1,
                },
            )
            .expect("it is published");
        assert_eq!((log.version, log.root), (1, version.root));
        assert_eq!((log.leaves, log.points), (1, 10));
        assert_eq!((version.leaves, version.points), (1, 10));
        refused(
            ALITH.calls(AT, publishVersionCall { datanet: 0 }),
            "Datanets.NothingToPublish",
        );

        let shown = ALITH
            .calls(
                AT,
                getContributionCall {
                    datanet: 0,
                    contribution: 0,
                },
            )
            .expect("it is there");
        assert_eq!((shown.owner, shown.state), (CHARLETH.address(), State::Accepted));
        assert_eq!((shown.mediaType.as_str(), shown.leafCount), ("text/csv", 10));
        let found = ALITH
            .calls(
                AT,
                contributionOfCall {
                    datanet: 0,
                    content: [1; 32].into(),
                },
            )
            .expect("it answers");
        assert!(found.found && found.contribution == 0);
        let found = ALITH
            .calls(
                AT,
                contributionOfCall {
                    datanet: 0,
                    content: [2; 32].into(),
                },
            )
            .expect("it answers");
        assert!(!found.found);

        CHARLETH.does(
            AT,
            revokeCall {
                datanet: 0,
                contribution: 0,
            },
        );
        let log: ContributionRevoked = last_log(AT);
        assert_eq!((log.contribution, log.by), (0, CHARLETH.address()));
        let shown = ALITH
            .calls(
                AT,
                getContributionCall {
                    datanet: 0,
                    contribution: 0,
                },
            )
            .expect("it is there");
        assert_eq!(shown.state, State::Revoked);
    });
}

#[test]
fn an_open_datanet_logs_the_acceptance_with_the_contribution() {
    development_chain().execute_with(|| {
        ALITH.does(AT, create(Policy::Open));
        let before = logs().len();
        CHARLETH.does(AT, contribution(1));
        assert_eq!(logs().len(), before + 2);
        let log: ContributionAccepted = last_log(AT);
        assert_eq!((log.datanet, log.contribution, log.by), (0, 0, Address::ZERO));
    });
}

#[test]
fn access_is_granted_until_a_tick_and_taken_back() {
    development_chain().execute_with(|| {
        ALITH.does(AT, create(Policy::Curated));
        let who = DOROTHY.address();
        let may = || ALITH.calls(AT, mayTrainCall { datanet: 0, who });
        let grant = |expires_at| grantAccessCall {
            datanet: 0,
            who,
            expiresAt: expires_at,
        };
        assert_eq!(may(), Ok(false));
        refused(DOROTHY.calls(AT, grant(0)), "Datanets.NotAuthorized");

        ALITH.does(AT, grant(2));
        let log: AccessGranted = last_log(AT);
        assert_eq!((log.who, log.expiresAt), (who, 2));
        assert_eq!(may(), Ok(true));
        let shown = ALITH
            .calls(AT, grantOfCall { datanet: 0, who })
            .expect("it answers");
        assert!(shown.holds && shown.expiresAt == 2);
        super::next_block();
        super::next_block();
        assert_eq!(may(), Ok(false));
        refused(ALITH.calls(AT, grant(1)), "Datanets.ExpiryPassed");

        ALITH.does(AT, grant(0));
        assert_eq!(may(), Ok(true));
        DOROTHY.does(AT, revokeAccessCall { datanet: 0, who });
        let log: AccessRevoked = last_log(AT);
        assert_eq!((log.who, log.by), (who, who));
        assert_eq!(may(), Ok(false));
        refused(
            ALITH.calls(AT, revokeAccessCall { datanet: 0, who }),
            "Datanets.NotFound",
        );
    });
}

#[test]
fn ownership_changes_hands_and_a_pause_stops_contributions() {
    development_chain().execute_with(|| {
        ALITH.does(AT, create(Policy::Open));
        let offer = |to| transferOwnershipCall { datanet: 0, to };
        let accept = acceptOwnershipCall { datanet: 0 };

        ALITH.does(AT, offer(DOROTHY.address()));
        let log: OwnershipOffered = last_log(AT);
        assert_eq!(log.to, DOROTHY.address());
        ALITH.does(AT, offer(ALITH.address()));
        let log: OwnershipOffered = last_log(AT);
        assert_eq!(log.to, Address::ZERO);
        refused(DOROTHY.calls(AT, accept.clone()), "Datanets.NotFound");

        ALITH.does(AT, offer(DOROTHY.address()));
        DOROTHY.does(AT, accept);
        let log: OwnershipTransferred = last_log(AT);
        assert_eq!((log.from, log.to), (ALITH.address(), DOROTHY.address()));

        let pause = |paused| setPausedCall { datanet: 0, paused };
        refused(ALITH.calls(AT, pause(true)), "Datanets.NotAuthorized");
        DOROTHY.does(AT, pause(true));
        let log: PausedSet = last_log(AT);
        assert!(log.paused);
        refused(CHARLETH.calls(AT, contribution(1)), "Datanets.Paused");
        DOROTHY.does(AT, pause(false));
        CHARLETH.does(AT, contribution(1));
    });
}

#[test]
fn what_the_pallet_refuses_has_the_pallets_name() {
    development_chain().execute_with(|| {
        let with = |change: fn(&mut IDatanets::createCall)| {
            let mut call = create(Policy::Open);
            change(&mut call);
            ALITH.calls(AT, call)
        };
        refused(with(|call| call.name = "".into()), "Datanets.NameNotText");
        refused(with(|call| call.name = "n".repeat(65)), "Datanets.NameTooLong");
        refused(with(|call| call.name = "n".repeat(257)), "Precompile.TooLong");
        refused(
            with(|call| call.licence.id = "MIT".into()),
            "Datanets.UnknownLicence",
        );
        refused(
            with(|call| call.licence.id = "CC-BY-NC-4.0".into()),
            "Datanets.LicenceTooWide",
        );
        refused(
            with(|call| call.licence.contributorSharePpm = 1_000_001),
            "Precompile.ShareAboveOne",
        );
        refused(
            with(|call| call.curators = vec![BALTATHAR.address(); 2]),
            "Datanets.DuplicateCurator",
        );
        refused(
            with(|call| call.curators = vec![BALTATHAR.address(); 65]),
            "Precompile.TooLong",
        );
        refused(
            with(|call| call.curators = vec![Address::ZERO]),
            "Precompile.InvalidArgument",
        );
        refused(
            ALITH.calls(AT, getDatanetCall { datanet: 0 }),
            "Datanets.NotFound",
        );
    });
}
