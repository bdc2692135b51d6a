// SPDX-License-Identifier: Apache-2.0
//! What holds for any sequence of answers, claims and ticks.

use super::*;
use crate::{
    book::Book,
    netting::{debit_limit, Clock, VestingRules, Windows},
    Claimable, Pending, Totals,
};
use frame_support::assert_ok;
use openledger_primitives::fixed::report;
use proptest::prelude::*;

const CONTRIBUTIONS: u64 = 6;

#[derive(Clone, Debug)]
enum Step {
    Settle { fee: Balance, scores: Vec<i64> },
    Advance(u64),
    Claim(ContributionId),
    Collect(ContributionId),
    Release,
    Revoke(ContributionId),
}

fn fees() -> impl Strategy<Value = Balance> {
    prop_oneof![0u128..40, 1_000u128..100_000, (1u128 << 60)..(1u128 << 90)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let settle = (
        fees(),
        prop::collection::vec(-100i64..100, CONTRIBUTIONS as usize),
    )
        .prop_map(|(fee, scores)| Step::Settle { fee, scores });
    let step = prop_oneof![
        6 => settle,
        2 => (0u64..70).prop_map(Step::Advance),
        2 => (0..CONTRIBUTIONS).prop_map(Step::Claim),
        1 => (0..CONTRIBUTIONS).prop_map(Step::Collect),
        1 => Just(Step::Release),
        1 => (0..CONTRIBUTIONS).prop_map(Step::Revoke),
    ];
    prop::collection::vec(step, 1..40)
}

/// Plays `steps` with each contribution owned by `owner_of`, checks the ledger after each, lets everything vest and
/// returns what all owners got.
fn play(steps: &[Step], owner_of: impl Fn(ContributionId) -> AccountId) -> Balance {
    ExtBuilder::default().build().execute_with(|| {
        (0..CONTRIBUTIONS).for_each(|n| Registry::put(DATANET, n, owner_of(n)));
        let points: Vec<_> = (0..CONTRIBUTIONS).map(|n| (n, n as u32 + 1)).collect();
        Registry::publish(DATANET, 1, &points);
        let collect = |n: ContributionId| {
            let key = crate::StandingKey {
                datanet: DATANET,
                version: 1,
                contribution: n,
            };
            // refused where there is nothing
            let _ = frame_support::storage::with_storage_layer(|| {
                Attribution::collect_standing(RuntimeOrigin::signed(CONSUMER), vec![key].try_into().unwrap())
            });
        };
        PoolTicks::set(40);
        for (number, step) in steps.iter().enumerate() {
            match step {
                Step::Settle { fee, scores } => {
                    let scores: Vec<_> = (0u64..).zip(scores.iter().copied()).collect();
                    let mut entries = report(&scores, 16);
                    if entries.iter().all(|(_, weight)| *weight < 0) {
                        entries.clear();
                    }
                    let entries: Vec<_> = entries.into_iter().map(|(n, weight)| entry(n, weight)).collect();
                    let before = Totals::<Test>::get();
                    let mut settlement = answer(number as u64, *fee, &entries);
                    settlement.sources = vec![(DATANET, 1)];
                    let incoming = settlement.fee - settlement.treasury.1;
                    assert_ok!(settle(settlement));
                    let after = Totals::<Test>::get();
                    assert_eq!(after.credited - before.credited, incoming);
                    assert_eq!(after.owed() - before.owed(), incoming);
                }
                Step::Advance(ticks) => advance(*ticks),
                Step::Claim(n) => {
                    let before = Balances::free_balance(owner_of(*n));
                    let promised = Attribution::claimable(&owner_of(*n));
                    let all: Vec<_> = (0..CONTRIBUTIONS).collect();
                    let origin = RuntimeOrigin::signed(CONSUMER);
                    let claimed = frame_support::storage::with_storage_layer(|| {
                        Attribution::claim_for(origin, owner_of(*n), super::entries(&all))
                    });
                    let paid = Balances::free_balance(owner_of(*n)) - before;
                    assert_eq!(paid, if claimed.is_ok() { promised } else { 0 });
                }
                Step::Collect(n) => collect(*n),
                Step::Release => {
                    let _ = Attribution::release_pool(RuntimeOrigin::signed(CONSUMER), MODEL);
                }
                Step::Revoke(n) => Registry::revoke(DATANET, *n),
            }
            assert_ok!(Attribution::do_try_state());
        }
        advance(2 * VestTicks::get());
        let mut book = Book::<Test>::open();
        (0..CONTRIBUTIONS).for_each(|n| book.vest(&key(n)));
        book.close();
        (0..CONTRIBUTIONS).for_each(collect);
        assert_ok!(Attribution::do_try_state());
        assert!(
            Totals::<Test>::get().standing < 21,
            "less than a planck a point is left of pay by standing"
        );
        assert_eq!(
            Pending::<Test>::iter().count(),
            0,
            "everything vests by ticks alone"
        );
        let mut owners: Vec<_> = (0..CONTRIBUTIONS).map(owner_of).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
            .into_iter()
            .map(|owner| Balances::free_balance(owner) + Claimable::<Test>::get(owner))
            .sum()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn money_is_conserved_to_the_planck_and_no_answer_is_ever_blocked(steps in steps()) {
        play(&steps, |n| 1_000 + n % 4);
    }

    #[test]
    fn spreading_contributions_over_accounts_gains_nothing(steps in steps()) {
        // claims are left out: a small account's claim may wait for the minimum, which moves nothing but time
        let steps: Vec<_> = steps.into_iter().filter(|step| !matches!(step, Step::Claim(_))).collect();
        prop_assert_eq!(play(&steps, |_| 1_000), play(&steps, |n| 1_000 + n));
    }
}

#[derive(Clone, Debug)]
enum Move {
    Credit(Balance),
    Take(Balance),
    Wait(u64),
    Answers(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (1u128..1_000).prop_map(Move::Credit),
        1 => (0u128..2_000).prop_map(Move::Take),
        3 => (0u64..25).prop_map(Move::Wait),
        2 => (0u64..3).prop_map(Move::Answers),
    ];
    prop::collection::vec(one, 1..120)
}

fn rules() -> impl Strategy<Value = VestingRules> {
    (0u64..8, 0u64..60, 0u64..60).prop_map(|(answers, ticks, challenge_ticks)| VestingRules {
        answers,
        ticks,
        challenge_ticks,
    })
}

proptest! {
    #[test]
    fn no_credit_vests_before_its_own_time_nor_long_after_it(moves in moves(), rules in rules()) {
        let (mut windows, mut now) = (Windows::default(), Clock { tick: 0, answers: 0 });
        let mut credits: Vec<(Clock, Balance)> = Vec::new();
        let mut vested = 0;
        let longest = 2 * rules.ticks.max(rules.challenge_ticks);
        for step in moves {
            vested += windows.vest(&rules, &now);
            match step {
                Move::Credit(amount) => {
                    credits.push((now, amount));
                    windows.credit(amount, &now);
                }
                Move::Take(_) => {}
                Move::Wait(ticks) => now.tick += ticks,
                Move::Answers(answers) => now.answers += answers,
            }
            vested += windows.vest(&rules, &now);
            let due = |credit: &&(Clock, Balance)| {
                let waited = now.tick - credit.0.tick;
                waited >= rules.challenge_ticks
                    && (waited >= rules.ticks || now.answers - credit.0.answers >= rules.answers)
            };
            let may: Balance = credits.iter().filter(due).map(|credit| credit.1).sum();
            let must: Balance =
                credits.iter().filter(|credit| credit.0.tick + longest <= now.tick).map(|credit| credit.1).sum();
            prop_assert!(vested <= may, "{vested} vested, {may} was due");
            prop_assert!(vested >= must, "{vested} vested, {must} was overdue");
        }
    }

    #[test]
    fn credits_are_vested_or_taken_back_or_still_there(moves in moves(), rules in rules()) {
        let (mut windows, mut now) = (Windows::default(), Clock { tick: 0, answers: 0 });
        let (mut credited, mut gone) = (0, 0);
        for step in moves {
            let view = windows.vested(&rules, &now);
            let vested = windows.vest(&rules, &now);
            prop_assert_eq!(view, vested);
            gone += vested;
            match step {
                Move::Credit(amount) => {
                    credited += amount;
                    windows.credit(amount, &now);
                }
                Move::Take(at_most) => {
                    let there = windows.total();
                    let taken = windows.take(at_most);
                    prop_assert_eq!(taken, at_most.min(there));
                    gone += taken;
                }
                Move::Wait(ticks) => now.tick += ticks,
                Move::Answers(answers) => now.answers += answers,
            }
            prop_assert_eq!(credited, gone + windows.total());
        }
    }

    #[test]
    fn a_debit_is_its_part_of_the_answers_pay_rounded_down(weight in -ONE..=ONE, pay in 0u128..(1 << 90)) {
        let parts = u128::from(weight.unsigned_abs());
        prop_assert_eq!(debit_limit(weight, pay), pay * parts / 1_000_000_000);
    }

    #[test]
    fn no_weight_takes_more_than_the_answer_paid(weight: i32, pay: u128) {
        prop_assert!(debit_limit(weight, pay) <= pay);
    }

    #[test]
    fn all_debits_of_a_report_together_take_no_more_than_the_answer_paid(
        scores in prop::collection::vec(-1_000_000i64..1_000_000, 1..60),
        pay: u128,
    ) {
        let scores: Vec<_> = (0u64..).zip(scores).collect();
        let debits = report(&scores, 16).into_iter().filter(|(_, weight)| *weight < 0);
        let taken = debits.fold(0u128, |sum, (_, weight)| sum.checked_add(debit_limit(weight, pay)).unwrap());
        prop_assert!(taken <= pay);
    }
}
