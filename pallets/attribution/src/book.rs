// SPDX-License-Identifier: Apache-2.0
//! The moves that money makes inside the ledger, each of which keeps its sums.

use crate::{
    netting::Clock,
    types::{LedgerTotals, PendingKey, PendingPay},
    Claimable, Config, Event, Pallet, Pending, PendingOf, StandingPools, Totals,
};
use openledger_primitives::{money::Balance, DatanetId, Tick, VersionId};
use sp_runtime::ArithmeticError;

/// The ledger's sums while a call moves money. [`Book::close`] stores them.
///
/// Every amount moved inside is part of `credited - claimed`, which [`Book::receive`] checks, so the saturating sums
/// below never saturate.
pub(crate) struct Book<T: Config> {
    totals: LedgerTotals,
    _config: core::marker::PhantomData<T>,
}

impl<T: Config> Book<T> {
    pub(crate) fn open() -> Self {
        Book {
            totals: Totals::<T>::get(),
            _config: core::marker::PhantomData,
        }
    }

    pub(crate) fn close(self) {
        Totals::<T>::put(self.totals);
    }

    /// What the ledger owes once it has taken in `amount`, which the caller then moves on.
    pub(crate) fn receive(&mut self, amount: Balance) -> Result<Balance, ArithmeticError> {
        let owed = self
            .totals
            .owed()
            .checked_add(amount)
            .ok_or(ArithmeticError::Overflow)?;
        self.totals.credited = self
            .totals
            .credited
            .checked_add(amount)
            .ok_or(ArithmeticError::Overflow)?;
        Ok(owed)
    }

    /// Received or vested money becomes claimable.
    pub(crate) fn credit(&mut self, who: &T::AccountId, amount: Balance) {
        if amount == 0 {
            return;
        }
        Claimable::<T>::mutate(who, |balance| *balance = balance.saturating_add(amount));
        self.totals.claimable = self.totals.claimable.saturating_add(amount);
    }

    /// Received money becomes pending, for `owner` unless the entry names one already.
    pub(crate) fn accrue(&mut self, key: &PendingKey, owner: &T::AccountId, amount: Balance, now: &Clock) {
        if amount == 0 {
            return;
        }
        let mut pay = self.opened(key, now).unwrap_or_else(|| PendingPay {
            owner: owner.clone(),
            windows: Default::default(),
        });
        pay.windows.credit(amount, now);
        self.totals.pending = self.totals.pending.saturating_add(amount);
        Self::store(key, pay);
    }

    /// Up to `at_most` of what is pending leaves the entry; the caller moves it on.
    pub(crate) fn take_back(&mut self, key: &PendingKey, at_most: Balance, now: &Clock) -> Balance {
        let Some(mut pay) = self.opened(key, now) else {
            return 0;
        };
        let taken = pay.windows.take(at_most);
        self.totals.pending = self.totals.pending.saturating_sub(taken);
        Self::store(key, pay);
        taken
    }

    /// Up to `at_most` that was credited at `tick` leaves the entry for a dispute.
    pub(crate) fn withhold(&mut self, key: &PendingKey, tick: Tick, at_most: Balance) -> Balance {
        let Some(mut pay) = self.opened(key, &Pallet::<T>::clock(key.model)) else {
            return 0;
        };
        let taken = pay.windows.take_credited(tick, at_most);
        self.totals.pending = self.totals.pending.saturating_sub(taken);
        self.totals.disputed = self.totals.disputed.saturating_add(taken);
        Self::store(key, pay);
        taken
    }

    /// Up to `at_most` that was credited at `tick` leaves a datanet version's challenge window for a dispute.
    pub(crate) fn withhold_standing(
        &mut self,
        place: (DatanetId, VersionId),
        tick: Tick,
        at_most: Balance,
    ) -> Balance {
        let (datanet, version) = place;
        let Some(mut pool) = StandingPools::<T>::get(datanet, version) else {
            return 0;
        };
        let taken = pool.windows.take_credited(tick, at_most);
        self.totals.standing = self.totals.standing.saturating_sub(taken);
        self.totals.disputed = self.totals.disputed.saturating_add(taken);
        StandingPools::<T>::insert(datanet, version, pool);
        taken
    }

    /// Money went from a model's next pool into a dispute.
    pub(crate) fn withhold_pool(&mut self, amount: Balance) {
        self.totals.pools = self.totals.pools.saturating_sub(amount);
        self.totals.disputed = self.totals.disputed.saturating_add(amount);
    }

    /// Money leaves a dispute; the caller moves it on.
    pub(crate) fn settle_dispute(&mut self, amount: Balance) {
        self.totals.disputed = self.totals.disputed.saturating_sub(amount);
    }

    /// Money that was credited at `at` and taken out becomes pending again, for `owner` unless the entry names one.
    pub(crate) fn restore(&mut self, key: &PendingKey, owner: &T::AccountId, amount: Balance, at: &Clock) {
        if amount == 0 {
            return;
        }
        let mut pay = self
            .opened(key, &Pallet::<T>::clock(key.model))
            .unwrap_or_else(|| PendingPay {
                owner: owner.clone(),
                windows: Default::default(),
            });
        pay.windows.restore(amount, at);
        self.totals.pending = self.totals.pending.saturating_add(amount);
        Self::store(key, pay);
    }

    /// Money that was credited at `at` and taken out goes back to a datanet version's challenge window.
    pub(crate) fn restore_standing(&mut self, place: (DatanetId, VersionId), amount: Balance, at: &Clock) {
        let (datanet, version) = place;
        StandingPools::<T>::mutate(datanet, version, |pool| {
            pool.get_or_insert_default().windows.restore(amount, at);
        });
        self.totals.standing = self.totals.standing.saturating_add(amount);
    }

    /// Money goes into a model's next pool.
    pub(crate) fn restore_pool(&mut self, amount: Balance) {
        self.totals.pools = self.totals.pools.saturating_add(amount);
    }

    /// Makes claimable what has vested in an entry.
    pub(crate) fn vest(&mut self, key: &PendingKey) {
        if let Some(pay) = self.opened(key, &Pallet::<T>::clock(key.model)) {
            Self::store(key, pay);
        }
    }

    /// A model's next pool went from `before` to `after`.
    pub(crate) fn move_pool(&mut self, before: Balance, after: Balance) {
        self.totals.pools = self.totals.pools.saturating_sub(before).saturating_add(after);
    }

    /// Received or released money goes to the pool of a datanet version with so many data points.
    pub(crate) fn accrue_standing(&mut self, place: (DatanetId, VersionId), points: u64, amount: Balance) {
        let (datanet, version) = place;
        let mut pool = StandingPools::<T>::get(datanet, version).unwrap_or_default();
        let now = Pallet::<T>::standing_clock();
        pool.vest(points, &Pallet::<T>::standing_rules(), &now);
        pool.windows.credit(amount, &now);
        self.totals.standing = self.totals.standing.saturating_add(amount);
        StandingPools::<T>::insert(datanet, version, pool);
    }

    /// Money that has left a datanet version's pool becomes claimable.
    pub(crate) fn collect_standing(&mut self, who: &T::AccountId, amount: Balance) {
        self.totals.standing = self.totals.standing.saturating_sub(amount);
        self.credit(who, amount);
    }

    /// Claimable money of one account was paid out.
    pub(crate) fn pay_out(&mut self, amount: Balance) {
        self.totals.claimable = self.totals.claimable.saturating_sub(amount);
        self.totals.claimed = self.totals.claimed.saturating_add(amount);
    }

    /// The entry without what has vested in it, which is credited. The caller stores the entry.
    fn opened(&mut self, key: &PendingKey, now: &Clock) -> Option<PendingPay<T::AccountId>> {
        let mut pay = Pending::<T>::get((key.model, key.datanet, key.contribution))?;
        let vested = pay.windows.vest(&Pallet::<T>::vesting_rules(), now);
        if vested > 0 {
            self.totals.pending = self.totals.pending.saturating_sub(vested);
            self.credit(&pay.owner, vested);
            Pallet::<T>::deposit_event(Event::Vested {
                model: key.model,
                datanet: key.datanet,
                contribution: key.contribution,
                owner: pay.owner.clone(),
                amount: vested,
            });
        }
        Some(pay)
    }

    fn store(key: &PendingKey, pay: PendingPay<T::AccountId>) {
        let place = (key.model, key.datanet, key.contribution);
        if pay.windows.total() == 0 {
            PendingOf::<T>::remove(&pay.owner, key);
            Pending::<T>::remove(place);
        } else {
            PendingOf::<T>::insert(&pay.owner, key, ());
            Pending::<T>::insert(place, pay);
        }
    }
}
