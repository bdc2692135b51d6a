// SPDX-License-Identifier: Apache-2.0
//! A model's contributors' pay over many answers, by the pallet's arithmetic: its windows, its rules of vesting, its
//! limit of what a negative entry takes back, and the protocol's split by weights.

use std::collections::BTreeMap;

use openledger_fixed::split_by_weights;
use pallet_attribution::netting::{debit_limit, Clock, VestingRules, Windows};

/// Planck of a fee.
pub const FEE: u128 = 1_000_000_000_000_000_000;
/// Planck of it for the contributors: one half, as the network starts.
pub const CONTRIBUTORS: u128 = FEE / 2;
/// Rules that the network starts with. A tick is a block of six seconds.
const RULES: VestingRules = VestingRules {
    answers: 1_000,
    ticks: 7 * 14_400,
    challenge_ticks: 14_400,
};
/// Ticks between two answers, three minutes: a thousand answers take longer than a report can be challenged.
const TICKS_AN_ANSWER: u64 = 30;

/// A report's weights, by contribution.
pub type Weights = Vec<(u64, i32)>;

/// The pay of one model's contributions.
#[derive(Default)]
pub struct Ledger {
    pending: BTreeMap<u64, Windows>,
    vested: BTreeMap<u64, u128>,
    next_pool: u128,
    answers: u64,
    tick: u64,
}

impl Ledger {
    /// Settles an answer as `pallet_attribution` does: negative entries take back first, then the contributors' part
    /// and the pool of earlier answers are shared among the positive ones; what was taken joins the next pool.
    /// Returns what `watched` lost.
    pub fn answer(&mut self, report: &[(u64, i32)], watched: Option<u64>) -> u128 {
        self.tick += TICKS_AN_ANSWER;
        if report.is_empty() {
            self.next_pool += CONTRIBUTORS;
            return 0;
        }
        let (mut taken, mut lost) = (0, 0);
        for (contribution, weight) in report.iter().filter(|(_, weight)| *weight < 0) {
            let part = self
                .opened(*contribution)
                .take(debit_limit(*weight, CONTRIBUTORS));
            taken += part;
            if watched == Some(*contribution) {
                lost += part;
            }
        }
        let pool = CONTRIBUTORS + self.next_pool;
        self.answers += 1;
        let positive: Weights = report.iter().copied().filter(|(_, weight)| *weight > 0).collect();
        let weights: Vec<u32> = positive.iter().map(|(_, weight)| weight.unsigned_abs()).collect();
        let now = self.now();
        for ((contribution, _), amount) in positive.iter().zip(split_by_weights(pool, &weights)) {
            self.opened(*contribution).credit(amount, &now);
        }
        self.next_pool = taken;
        lost
    }

    /// What is pending for a contribution.
    pub fn pending(&self, contribution: u64) -> u128 {
        self.pending.get(&contribution).map_or(0, Windows::total)
    }

    /// Everything that was earned, by contribution, once the model has been idle until all of it vested.
    pub fn vest_all(mut self) -> BTreeMap<u64, u128> {
        self.tick += 2 * RULES.ticks;
        let contributions: Vec<u64> = self.pending.keys().copied().collect();
        contributions.into_iter().for_each(|contribution| {
            self.opened(contribution);
        });
        self.vested
    }

    fn now(&self) -> Clock {
        Clock {
            tick: self.tick,
            answers: self.answers,
        }
    }

    /// A contribution's windows, without what has vested in them.
    fn opened(&mut self, contribution: u64) -> &mut Windows {
        let now = self.now();
        let windows = self.pending.entry(contribution).or_default();
        *self.vested.entry(contribution).or_default() += windows.vest(&RULES, &now);
        windows
    }
}

/// A report in which no entry takes back.
pub fn unnetted(report: &[(u64, i32)]) -> Weights {
    report.iter().copied().filter(|(_, weight)| *weight > 0).collect()
}

/// Share of the money that went to the contributions of `wanted`.
pub fn share(paid: &BTreeMap<u64, u128>, wanted: impl Fn(u64) -> bool) -> f64 {
    let all: u128 = paid.values().sum();
    let part: u128 = paid
        .iter()
        .filter(|(key, _)| wanted(**key))
        .map(|(_, amount)| amount)
        .sum();
    if all == 0 {
        return 0.0;
    }
    part as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i32 = 1_000_000_000;

    #[test]
    fn no_planck_is_lost_between_answers_and_vested_pay() {
        let mut ledger = Ledger::default();
        for answer in 0..2_500u64 {
            let (winner, loser) = (answer % 7, (answer + 3) % 7);
            ledger.answer(&[(winner, ONE), (loser, -ONE / 3)], None);
        }
        let (pool, empty) = (ledger.next_pool, BTreeMap::new());
        let paid = ledger.vest_all();
        assert_eq!(paid.values().sum::<u128>() + pool, 2_500 * CONTRIBUTORS);
        assert_eq!(share(&empty, |_| true), 0.0);
        assert!((share(&paid, |_| true) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn negative_entries_take_back_and_the_next_answer_gets_it() {
        let mut ledger = Ledger::default();
        ledger.answer(&[(0, ONE)], None);
        assert_eq!(
            ledger.answer(&[(0, -ONE / 2), (1, ONE)], Some(0)),
            CONTRIBUTORS / 2
        );
        ledger.answer(&[(1, ONE)], None);
        let paid = ledger.vest_all();
        assert_eq!(paid[&0], CONTRIBUTORS / 2);
        assert_eq!(paid[&1], CONTRIBUTORS * 5 / 2);
    }

    #[test]
    fn what_has_vested_cannot_be_taken_back() {
        let mut ledger = Ledger::default();
        ledger.answer(&[(0, ONE)], None);
        for _ in 0..1_000 {
            ledger.answer(&[(1, ONE)], None);
        }
        assert_eq!(ledger.answer(&[(0, -ONE), (1, ONE)], Some(0)), 0);
    }

    #[test]
    fn report_of_nobody_pays_the_next_answer() {
        let mut ledger = Ledger::default();
        ledger.answer(&[], None);
        ledger.answer(&[(5, ONE)], None);
        assert_eq!(ledger.vest_all()[&5], 2 * CONTRIBUTORS);
    }
}
