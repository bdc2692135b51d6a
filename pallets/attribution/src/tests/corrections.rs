// SPDX-License-Identifier: Apache-2.0
//! Where the money goes when a report was wrong, whatever the answer did with it.

use super::{world::*, *};
use crate::{Models, Settlements, StandingPools, Totals};
use frame_support::assert_ok;
use openledger_primitives::explain::Reason;
use proptest::prelude::*;

/// The sum of the contributors' parts of a request's explanation by reason.
fn parts(request: u64) -> (Balance, Balance, Balance) {
    let explained = Attribution::explain(request).unwrap();
    explained.parts.iter().fold((0, 0, 0), |mut sums, part| {
        match part.reason {
            Reason::Contribution { .. } => sums.0 += part.amount,
            Reason::NextPool => sums.1 += part.amount,
            Reason::Standing { .. } => sums.2 += part.amount,
            _ => (),
        }
        sums
    })
}

#[test]
fn a_wrong_debit_is_given_back_out_of_the_slash_before_anybody_is_rewarded() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[4])]);
        settle_with(0, &world.truth());
        assert_eq!((stored(0), stored(1)), (250, 250));
        // the next answer says that contribution 1 harmed as much as the other helped
        let lie = world.lie(&[(1, -world.scores()[0].1)]);
        settle_with(1, &lie);
        assert_eq!((stored(0), stored(1), next_pool()), (750, 0, 250));
        assert_ok!(challenge(1, 1));
        world.answer(1, 1);
        // contribution 1 has its earlier 250 back, and its half of this answer's 500
        assert_eq!((stored(0), stored(1), next_pool()), (500, 500, 250));
        assert_eq!(WorkerBond::get().0, 600);
        assert_eq!((claimable(CHALLENGER), claimable(TREASURY)), (75, 75));
        assert!(Attribution::explain(1).unwrap().taken_back.is_empty());
    });
}

#[test]
fn a_slash_that_does_not_cover_the_debits_gives_back_what_it_can() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[4])]);
        settle_with(0, &world.truth());
        settle_with(1, &world.lie(&[(1, -world.scores()[0].1)]));
        WorkerBond::set((100, 0));
        assert_ok!(challenge(1, 1));
        world.answer(1, 1);
        assert_eq!(stored(1), 100 + 250);
        assert_eq!((claimable(CHALLENGER), claimable(TREASURY)), (0, 0));
        assert_eq!(Attribution::explain(1).unwrap().taken_back[0].amount, 150);
    });
}

#[test]
fn a_contribution_that_was_spared_is_debited_after_all() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[-4])]);
        settle_with(0, &[entry(0, 500_000_000), entry(1, 500_000_000)]);
        assert_eq!((stored(0), stored(1)), (250, 250));
        settle_with(1, &world.lie(&[(1, 0)]));
        assert_eq!((stored(1), next_pool()), (250, 0));
        assert_ok!(challenge(1, 1));
        world.answer(1, 1);
        assert_eq!((stored(0), stored(1), next_pool()), (750, 0, 250));
        assert_eq!(Attribution::explain(1).unwrap().taken_back[0].amount, 250);
    });
}

#[test]
fn an_empty_report_that_hid_a_contribution_is_paid_out_of_the_datanets_pools() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[-4])]);
        settle_with(0, &[]);
        assert_eq!(parts(0), (0, 0, 500));
        assert_ok!(challenge(0, 0));
        assert_eq!(StandingPools::<Test>::get(DATANET, 1).unwrap().total(), 0);
        world.answer(0, 0);
        assert_eq!((stored(0), parts(0)), (500, (500, 0, 0)));
        assert_eq!(Models::<Test>::get(MODEL).answers, 1);
        assert_eq!(
            Settlements::<Test>::get(0).unwrap().report.len(),
            1,
            "what harmed was not challenged"
        );
    });
}

#[test]
fn an_empty_report_that_was_right_leaves_the_pools_as_they_were() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[-4]), (1, &[-4])]);
        settle_with(0, &world.truth());
        let before = StandingPools::<Test>::get(DATANET, 1);
        assert_ok!(challenge(0, 0));
        advance(4);
        world.answer(0, 0);
        assert_eq!(StandingPools::<Test>::get(DATANET, 1), before);
    });
}

#[test]
fn an_empty_report_of_a_model_with_a_pool_is_paid_out_of_it() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[1])]);
        settle_with(0, &world.truth());
        settle_with(1, &[]);
        assert_eq!(next_pool(), 500);
        assert_ok!(challenge(1, 0));
        assert_eq!((next_pool(), Totals::<Test>::get().disputed), (0, 500));
        world.answer(1, 0);
        assert_eq!((stored(0), next_pool()), (400 + 500, 0));
    });
}

#[test]
fn what_a_later_answer_has_shared_of_a_pool_stays_shared() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[1])]);
        settle_with(0, &world.truth());
        settle_with(1, &[]);
        settle_with(2, &[entry(1, ONE)]);
        assert_eq!((stored(1), next_pool()), (100 + 1_000, 0));
        assert_ok!(challenge(1, 0));
        assert_eq!(Totals::<Test>::get().disputed, 0);
        world.answer(1, 0);
        assert_eq!((stored(0), stored(1)), (400, 1_100));
        assert_eq!(parts(1), (0, 500, 0));
    });
}

#[test]
fn a_report_that_becomes_empty_leaves_its_money_to_the_next_answer() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[-4]), (1, &[-1])]);
        settle_with(0, &world.lie(&[(0, 9)]));
        assert_ok!(challenge(0, 0));
        world.answer(0, 0);
        assert_eq!((stored(0), next_pool(), parts(0)), (0, 500, (0, 500, 0)));
        settle_with(1, &[entry(1, ONE)]);
        assert_eq!(stored(1), 1_000);
    });
}

#[test]
fn the_share_of_a_revoked_contribution_goes_to_the_next_pool() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[4])]);
        settle_with(0, &world.lie(&[(1, 0)]));
        Registry::revoke(DATANET, 1);
        assert_ok!(challenge(0, 1));
        world.answer(0, 1);
        assert_eq!((stored(0), stored(1), next_pool()), (250, 0, 250));
    });
}

#[test]
fn an_author_that_challenges_itself_loses_by_it() {
    ExtBuilder::default().build_and_execute(|| {
        let world = World::new(&[(0, &[4]), (1, &[4])]);
        settle_with(0, &world.lie(&[(1, 0)]));
        let before = WorkerBond::get().0 + claimable(CHALLENGER);
        assert_ok!(challenge(0, 1));
        world.answer(0, 1);
        assert!(WorkerBond::get().0 + claimable(CHALLENGER) < before);
        // a right report that is challenged by its author costs the author nothing but time
        settle_with(1, &world.truth());
        let whole = claimable(WORKER) + Balances::free_balance(CHALLENGER);
        assert_ok!(challenge(1, 1));
        world.answer(1, 1);
        assert_eq!(claimable(WORKER) + Balances::free_balance(CHALLENGER), whole);
    });
}

#[derive(Clone, Debug)]
enum Step {
    /// Settles an answer that lies about contributions: each one's score by how much.
    Answer(Vec<(u64, i64)>),
    /// Settles the truth.
    Truth,
    Challenge(u64, u64),
    /// Shows all of a challenged contribution.
    Show(u64, u64),
    /// Closes where it is overdue.
    Close(u64, u64),
    Advance(u64),
    Claim,
    Revoke(u64),
}

const CONTRIBUTIONS: u64 = 6;

fn step() -> impl Strategy<Value = Step> {
    let contribution = 0..CONTRIBUTIONS + 1;
    let request = 0u64..8;
    prop_oneof![
        2 => prop::collection::vec((0..CONTRIBUTIONS, -9i64..9), 0..4).prop_map(Step::Answer),
        1 => Just(Step::Truth),
        5 => (request.clone(), contribution.clone()).prop_map(|(r, c)| Step::Challenge(r, c)),
        4 => (request.clone(), contribution.clone()).prop_map(|(r, c)| Step::Show(r, c)),
        2 => (request, contribution).prop_map(|(r, c)| Step::Close(r, c)),
        2 => (1u64..12).prop_map(Step::Advance),
        1 => Just(Step::Claim),
        1 => (0..CONTRIBUTIONS).prop_map(Step::Revoke),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn money_is_conserved_and_every_dispute_ends_whatever_is_challenged(
        steps in prop::collection::vec(step(), 1..60),
        effects in prop::collection::vec(prop::collection::vec(-4i16..6, 0..4), CONTRIBUTIONS as usize),
        slash in prop_oneof![Just(0u128), Just(30), Just(400)],
    ) {
        ExtBuilder::default().build_and_execute(|| {
            ReportSlash::set(slash);
            let contributions: Vec<(u64, &[i16])> = (0..).zip(effects.iter().map(Vec::as_slice)).collect();
            // contribution 3 is not in the index; a row of no effect keeps every release from being empty
            let mut contributions: Vec<_> = contributions.into_iter().filter(|(n, _)| *n != 3).collect();
            contributions.push((CONTRIBUTIONS, &[0]));
            let world = World::new(&contributions);
            Registry::put(DATANET, 3, 103);
            let everything = || {
                let totals = Totals::<Test>::get();
                (Balances::total_issuance() + WorkerBond::get().0, totals.claimed + totals.owed() - totals.credited)
            };
            let mut settled = 0u64;
            let mut settle_next = |report: &[openledger_primitives::report::ReportEntry]| {
                let before = everything();
                let settlement = answer(settled, FEE, report);
                let incoming = settlement.fee - settlement.treasury.1;
                settle_with(settled, report);
                assert_eq!(everything(), (before.0 + incoming, before.1), "an answer brings in its fee");
                settled += 1;
            };
            for step in steps {
                match step {
                    Step::Answer(lies) => {
                        let lies: Vec<_> = lies.into_iter().map(|(n, lie)| (n, lie << 26)).collect();
                        settle_next(&world.lie(&lies));
                    }
                    Step::Truth => settle_next(&world.truth()),
                    step => {
                        let before = everything();
                        match step {
                            Step::Challenge(request, contribution) => {
                                let _ = frame_support::storage::with_storage_layer(|| challenge(request, contribution));
                            }
                            Step::Show(request, contribution) => {
                                if is_open(request, contribution) && world.show_place(request, contribution).is_ok() {
                                    let place = world.places.iter().find(|p| p.contribution == contribution);
                                    if let Some(place) = place.filter(|place| place.rows > 0) {
                                        assert_ok!(world.open(request, contribution, place.first, place.rows));
                                    }
                                    assert!(!is_open(request, contribution));
                                }
                            }
                            Step::Close(request, contribution) => {
                                let _ = Attribution::close_challenge(
                                    RuntimeOrigin::signed(BOB),
                                    challenged(request, contribution),
                                );
                            }
                            Step::Advance(ticks) => advance(ticks),
                            Step::Claim => {
                                let all: Vec<_> = (0..CONTRIBUTIONS).collect();
                                let _ = frame_support::storage::with_storage_layer(|| {
                                    Attribution::claim(RuntimeOrigin::signed(ALICE), super::entries(&all))
                                });
                            }
                            Step::Revoke(contribution) => Registry::revoke(DATANET, contribution),
                            Step::Answer(_) | Step::Truth => unreachable!(),
                        }
                        assert_eq!(everything(), before);
                    }
                }
                Attribution::do_try_state().unwrap();
            }
            // whatever is open, anybody can end it
            advance(1_000);
            let open: Vec<_> = crate::Challenges::<Test>::iter_keys().collect();
            for (request, (_, contribution)) in open {
                assert_ok!(Attribution::close_challenge(
                    RuntimeOrigin::signed(BOB),
                    challenged(request, contribution)
                ));
            }
            assert_eq!((bonded(), Totals::<Test>::get().disputed), (0, 0));
        });
    }
}
