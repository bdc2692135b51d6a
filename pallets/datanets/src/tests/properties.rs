// SPDX-License-Identifier: Apache-2.0
//! Whatever accounts try in whatever order, no money is lost and the invariants hold.

use super::*;
use crate::{Fillings, NextDatanetId};
use openledger_primitives::money::Balance;
use proptest::prelude::*;

const ACTORS: [AccountId; 5] = [OWNER, CURATOR, ALICE, BOB, STRANGER];

/// One attempt: which call, by whom, at what, and one more choice.
type Attempt = (u8, u8, u8, u8);

fn attempt((call, actor, subject, choice): Attempt) {
    let who = ACTORS[usize::from(actor) % ACTORS.len()];
    let other = ACTORS[usize::from(choice) % ACTORS.len()];
    let origin = RuntimeOrigin::signed(who);
    let datanet = u64::from(subject % 2);
    let contribution = u64::from(choice % 12);
    // most of these fail, and a call that fails changes nothing
    let _ = match call % 12 {
        0 | 1 => {
            let bytes = content(&[choice % 16]);
            Datanets::contribute(origin, datanet, bytes, 100, text(b"text/csv"), 3)
        }
        2 | 3 => Datanets::accept(origin, datanet, contribution, None),
        4 => {
            let reason = if subject < 128 {
                RejectReason::Junk
            } else {
                RejectReason::WrongFormat
            };
            Datanets::reject(origin, datanet, contribution, reason)
        }
        5 => Datanets::withdraw(origin, datanet, contribution),
        6 => Datanets::revoke(origin, datanet, contribution),
        7 => Datanets::publish_version(origin, datanet),
        8 => Datanets::grant_access(origin, datanet, other, Some(u64::from(subject))),
        9 => Datanets::revoke_access(origin, datanet, other),
        10 => Datanets::transfer_ownership(origin, datanet, other),
        _ => Datanets::accept_ownership(origin, datanet),
    };
    CurrentTick::mutate(|tick| *tick += u64::from(call % 3));
}

fn wealth() -> Balance {
    ACTORS
        .iter()
        .chain([&TREASURY])
        .map(Balances::total_balance)
        .sum()
}

/// Proves every contribution of every version, and says how many proofs that were.
fn proofs() -> u32 {
    let mut proofs = 0;
    for datanet in 0..NextDatanetId::<Test>::get() {
        let counters = Fillings::<Test>::get(datanet);
        for version in 1..=counters.versions {
            for id in 0..counters.contributions {
                if let Ok((leaf, proof)) = Datanets::membership_proof(datanet, version, id) {
                    assert_eq!(Datanets::verify_membership(version, leaf, proof), Ok(()));
                    proofs += 1;
                }
            }
        }
    }
    proofs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_order_of_calls_breaks_the_books(
        attempts in prop::collection::vec(any::<Attempt>(), 1..200)
    ) {
        ExtBuilder::default().with_datanet(Curated).build_and_execute(|| {
            create(Permissioned);
            let before = wealth();
            attempts.into_iter().for_each(attempt);
            assert_eq!(wealth(), before);
            let published: u64 = (0..2)
                .flat_map(|datanet| (1..=Fillings::<Test>::get(datanet).versions).map(move |id| (datanet, id)))
                .filter_map(|(datanet, id)| Datanets::version(datanet, id))
                .map(|version| version.leaves)
                .sum();
            assert_eq!(u64::from(proofs()), published);
        });
    }
}
