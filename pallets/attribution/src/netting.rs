// SPDX-License-Identifier: Apache-2.0
//! Pending pay: how it is credited, taken back and vests. Plain arithmetic over plain types, without storage.
//!
//! A contribution's pending pay under one model lies in two windows. Credits go to the *newer* one. When a credit
//! finds the *older* one empty, the newer one becomes the older and is closed. A window vests as a whole, by the time
//! of its **last** credit, so that:
//!
//! * no credit vests before [`VestingRules::challenge_ticks`], because none is younger than the last one;
//! * no later credit can hold back a closed window, so every credit vests within twice the longer of
//!   [`VestingRules::ticks`] and [`VestingRules::challenge_ticks`], however busy the contribution is;
//! * every operation touches two numbers, however many credits there were.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use openledger_primitives::{fixed::WEIGHT_ONE, money::Balance, Tick};
use scale_info::TypeInfo;

/// Where a model's time stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// The chain's tick.
    pub tick: Tick,
    /// Attributed answers that the model has given.
    pub answers: u64,
}

/// When pending pay vests: after `answers` further answers of the model **or** `ticks`, and never before
/// `challenge_ticks`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VestingRules {
    /// Answers of the model in which a negative entry can still take the pay back.
    pub answers: u64,
    /// Ticks after which it vests though the model is idle.
    pub ticks: Tick,
    /// Ticks in which a report can be challenged.
    pub challenge_ticks: Tick,
}

impl VestingRules {
    /// Whether what was last credited at `window`'s time has vested at `now`.
    pub fn has_vested(&self, window: &Window, now: &Clock) -> bool {
        let waited = now.tick.saturating_sub(window.last_tick);
        let answered = now.answers.saturating_sub(window.last_answer);
        waited >= self.challenge_ticks && (waited >= self.ticks || answered >= self.answers)
    }
}

/// Credits that vest together.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Window {
    /// Planck.
    pub amount: Balance,
    /// The tick of the last credit.
    pub last_tick: Tick,
    /// The model's count of attributed answers with the last credit's answer.
    pub last_answer: u64,
}

/// The pending pay of one contribution under one model.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Windows {
    /// Closed: takes no more credits.
    pub older: Window,
    /// Takes the credits.
    pub newer: Window,
}

impl Windows {
    /// All that is in them, planck.
    pub fn total(&self) -> Balance {
        self.older.amount.saturating_add(self.newer.amount)
    }

    /// What [`Windows::vest`] would give.
    pub fn vested(&self, rules: &VestingRules, now: &Clock) -> Balance {
        let mut copy = *self;
        copy.vest(rules, now)
    }

    /// Empties the windows that have vested and returns what was in them.
    pub fn vest(&mut self, rules: &VestingRules, now: &Clock) -> Balance {
        let mut vested: Balance = 0;
        for window in [&mut self.older, &mut self.newer] {
            if rules.has_vested(window, now) {
                vested = vested.saturating_add(window.amount);
                *window = Window::default();
            }
        }
        vested
    }

    /// Adds `amount`, credited at `now`.
    pub fn credit(&mut self, amount: Balance, now: &Clock) {
        if amount == 0 {
            return;
        }
        if self.older.amount == 0 {
            self.older = core::mem::take(&mut self.newer);
        }
        self.newer = Window {
            amount: self.newer.amount.saturating_add(amount),
            last_tick: now.tick,
            last_answer: now.answers,
        };
    }

    /// Adds what was credited at `at` and then taken out. It vests no earlier than it would have, and what is there no
    /// later.
    pub fn restore(&mut self, amount: Balance, at: &Clock) {
        if amount == 0 {
            return;
        }
        self.newer = Window {
            amount: self.newer.amount.saturating_add(amount),
            last_tick: self.newer.last_tick.max(at.tick),
            last_answer: self.newer.last_answer.max(at.answers),
        };
    }

    /// Takes back up to `at_most`, the oldest pay first, and returns what was taken.
    pub fn take(&mut self, at_most: Balance) -> Balance {
        Self::take_from([&mut self.older, &mut self.newer], at_most)
    }

    /// Takes out up to `at_most`, from the window first that a credit of `tick` went into, and returns what was taken.
    pub fn take_credited(&mut self, tick: Tick, at_most: Balance) -> Balance {
        match self.older.amount > 0 && self.older.last_tick >= tick {
            true => Self::take_from([&mut self.older, &mut self.newer], at_most),
            false => Self::take_from([&mut self.newer, &mut self.older], at_most),
        }
    }

    fn take_from(windows: [&mut Window; 2], at_most: Balance) -> Balance {
        let mut left = at_most;
        for window in windows {
            let taken = left.min(window.amount);
            window.amount = window.amount.saturating_sub(taken);
            left = left.saturating_sub(taken);
            if window.amount == 0 {
                *window = Window::default();
            }
        }
        at_most.saturating_sub(left)
    }
}

/// The most that an entry of `weight` may take back: its part, rounded down, of what this answer paid to
/// contributors. As the negative weights of a report sum to at most one, all of them together take back at most
/// `contributors`: whoever makes a model answer in order to take pay back spends more than that.
pub fn debit_limit(weight: i32, contributors: Balance) -> Balance {
    let one = Balance::from(WEIGHT_ONE);
    let parts = Balance::from(weight.unsigned_abs()).min(one);
    // whole ones and the rest apart, so that no product exceeds 128 bits
    let whole = contributors.checked_div(one).unwrap_or(0);
    let rest = contributors.checked_rem(one).unwrap_or(0);
    let of_rest = rest.saturating_mul(parts).checked_div(one).unwrap_or(0);
    whole.saturating_mul(parts).saturating_add(of_rest)
}
