// SPDX-License-Identifier: Apache-2.0
//! `publish_version`.

use super::*;
use crate::Fillings;
use openledger_primitives::traits::DatanetVersion;

fn publish() -> sp_runtime::DispatchResult {
    Datanets::publish_version(RuntimeOrigin::signed(OWNER), 0)
}

#[test]
fn a_version_commits_to_everything_accepted_so_far() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(4)
        .build_and_execute(|| {
            (0..3).for_each(accept);
            CurrentTick::set(7);
            assert_ok!(publish());
            let version = Datanets::version(0, 1).unwrap();
            assert_eq!((version.leaves, version.points, version.published_at), (3, 9, 7));
            assert_eq!(storage_held(OWNER), price(datanet_footprint(0, 1)));
            assert_eq!(
                last_event(),
                Event::VersionPublished {
                    datanet: 0,
                    version: 1,
                    root: version.root,
                    leaves: 3,
                    points: 9
                }
            );
        });
}

#[test]
fn a_later_version_leaves_earlier_ones_as_they_were() {
    ExtBuilder::default()
        .with_datanet(Open)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_ok!(publish());
            let first: DatanetVersion = Datanets::version(0, 1).unwrap();
            contribute(BOB, b"rows");
            assert_ok!(publish());
            assert_eq!(Datanets::version(0, 1), Some(first));
            assert_eq!(Datanets::version(0, 2).map(|version| version.leaves), Some(2));
            assert_eq!(Datanets::version(0, 3), None);
            assert_eq!(Datanets::version(0, 0), None);
        });
}

#[test]
fn a_version_needs_something_new() {
    ExtBuilder::default()
        .with_datanet(Curated)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_noop!(publish(), Error::<Test>::NothingToPublish);
            accept(0);
            assert_ok!(publish());
            assert_noop!(publish(), Error::<Test>::NothingToPublish);
        });
}

#[test]
fn only_the_owner_publishes() {
    ExtBuilder::default()
        .with_datanet(Open)
        .with_contributions(1)
        .build_and_execute(|| {
            assert_noop!(
                Datanets::publish_version(RuntimeOrigin::signed(CURATOR), 0),
                Error::<Test>::NotAuthorized
            );
            assert_noop!(
                Datanets::publish_version(RuntimeOrigin::signed(OWNER), 1),
                Error::<Test>::NotFound
            );
        });
}

#[test]
fn version_ids_that_have_run_out_are_never_reused() {
    ExtBuilder::default()
        .with_datanet(Open)
        .with_contributions(1)
        .build()
        .execute_with(|| {
            Fillings::<Test>::mutate(0, |counters| counters.versions = u32::MAX);
            assert_noop!(publish(), Error::<Test>::TooManyContributions);
        });
}

#[test]
fn a_damaged_range_is_not_published() {
    ExtBuilder::default()
        .with_datanet(Open)
        .with_contributions(1)
        .build()
        .execute_with(|| {
            crate::Nodes::<Test>::remove(0, 0);
            assert_noop!(publish(), Error::<Test>::CorruptedRange);
            assert!(Datanets::do_try_state().is_err());
        });
}
