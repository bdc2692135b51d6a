// SPDX-License-Identifier: Apache-2.0
//! Pay by standing: what the contributions of a datanet version earn together, by their data points, when no report
//! says which of them shaped an answer.
//!
//! A pool a datanet version takes such pay, keeps it for the challenge window and then shares it as whole planck a data
//! point. Taking in touches one pool a source, and each contribution's share is worked out when somebody collects it:
//! nothing goes through the contributions.

use crate::{
    book::Book,
    netting::{Clock, VestingRules, Windows},
    types::{SourceList, StandingKey},
    Config, Error, Event, Models, Pallet, StandingCollected, StandingPools,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::Get};
use openledger_primitives::{
    explain::{Part, Reason},
    money::Balance,
    traits::{Datanets, Standing, Ticks},
    ContributionId, DatanetId, ModelId, RequestId, VersionId,
};
use scale_info::TypeInfo;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchResult, Rounding};

/// What the contributions of one datanet version earn together.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StandingPool {
    /// In the challenge window, planck.
    pub windows: Windows,
    /// What a data point has earned since the version was first paid, planck.
    pub per_point: Balance,
    /// Shared and not collected, planck.
    pub shared: Balance,
    /// Not enough for another planck a point; shared with what comes next.
    pub carry: Balance,
}

impl StandingPool {
    /// All that is in it, planck.
    pub fn total(&self) -> Balance {
        self.windows
            .total()
            .saturating_add(self.shared)
            .saturating_add(self.carry)
    }

    /// Shares what has left the challenge window among `points` data points; the same number at all times.
    pub fn vest(&mut self, points: u64, rules: &VestingRules, now: &Clock) {
        let points = Balance::from(points);
        let whole = self.carry.saturating_add(self.windows.vest(rules, now));
        let (Some(each), Some(rest)) = (whole.checked_div(points), whole.checked_rem(points)) else {
            self.carry = whole;
            return;
        };
        self.per_point = self.per_point.saturating_add(each);
        self.shared = self.shared.saturating_add(whole.saturating_sub(rest));
        self.carry = rest;
    }

    /// What `points` data points have earned since a point had earned `collected`. Over all points that is `shared`.
    pub fn owed(&self, points: u32, collected: Balance) -> Balance {
        self.per_point
            .saturating_sub(collected)
            .saturating_mul(Balance::from(points))
            .min(self.shared)
    }
}

/// Splits `amount` in proportion to `points`, to the last planck. `None` without a point.
///
/// Each part is the difference of two rounded-down partial sums, so that the parts sum to the amount.
pub fn split_by_points(amount: Balance, points: &[u64]) -> Option<Vec<Balance>> {
    let total = points
        .iter()
        .try_fold(0, |sum: Balance, points| sum.checked_add(Balance::from(*points)))?;
    if total == 0 {
        return None;
    }
    let upto = |points| multiply_by_rational_with_rounding(amount, points, total, Rounding::Down);
    let (mut sum, mut given): (Balance, Balance) = (0, 0);
    points
        .iter()
        .map(|points| {
            sum = sum.saturating_add(Balance::from(*points));
            let part = upto(sum)?.saturating_sub(given);
            given = given.saturating_add(part);
            Some(part)
        })
        .collect()
}

impl<T: Config> Pallet<T> {
    /// When pay by standing is shared: no later answer takes it back, so the challenge window is all it waits for.
    pub(crate) fn standing_rules() -> VestingRules {
        let challenge_ticks = T::ChallengeTicks::get();
        VestingRules {
            answers: u64::MAX,
            ticks: challenge_ticks,
            challenge_ticks,
        }
    }

    /// Time of the pools, which count no answers.
    pub(crate) fn standing_clock() -> Clock {
        Clock {
            tick: T::Ticks::now(),
            answers: 0,
        }
    }

    /// Puts `amount` into the pools of the datanet versions in `sources`, by their data points, and adds a part for
    /// each. Returns what nobody can be paid: all of it when they have no data point.
    pub(crate) fn accrue_standing(
        request: Option<RequestId>,
        model: ModelId,
        amount: Balance,
        sources: &[(DatanetId, VersionId)],
        book: &mut Book<T>,
        parts: &mut Vec<Part<T::AccountId>>,
    ) -> Balance {
        let points: Vec<u64> = sources
            .iter()
            .map(|(datanet, version)| {
                T::Datanets::version(*datanet, *version).map_or(0, |found| found.points)
            })
            .collect();
        let Some(shares) = split_by_points(amount, &points) else {
            return amount;
        };
        let paid = sources.iter().zip(points).zip(shares);
        for (((datanet, version), points), amount) in paid.filter(|(_, amount)| *amount > 0) {
            let (datanet, version) = (*datanet, *version);
            book.accrue_standing((datanet, version), points, amount);
            Self::deposit_event(Event::StandingAccrued {
                request,
                model,
                datanet,
                version,
                amount,
            });
            parts.push(Part {
                to: None,
                amount,
                reason: Reason::Standing { datanet, version },
            });
        }
        0
    }

    pub(crate) fn do_collect_standing(entries: &[StandingKey]) -> DispatchResult {
        let mut book = Book::<T>::open();
        let shares = entries
            .iter()
            .filter_map(|key| Self::collect_share(key, &mut book));
        ensure!(shares.count() > 0, Error::<T>::NothingToCollect);
        book.close();
        Ok(())
    }

    /// Makes claimable what one contribution has earned in one version since its last time. `None` for nothing.
    fn collect_share(key: &StandingKey, book: &mut Book<T>) -> Option<Balance> {
        let (mut pool, standing) = Self::shared(key)?;
        let place = (key.datanet, key.version, key.contribution);
        let amount = pool.owed(standing.points, StandingCollected::<T>::get(place));
        if amount == 0 {
            return None;
        }
        let to = if standing.payable {
            standing.owner
        } else {
            T::DustSink::get()
        };
        pool.shared = pool.shared.saturating_sub(amount);
        StandingCollected::<T>::insert(place, pool.per_point);
        StandingPools::<T>::insert(key.datanet, key.version, pool);
        book.collect_standing(&to, amount);
        Self::deposit_event(Event::StandingPaid {
            datanet: key.datanet,
            version: key.version,
            contribution: key.contribution,
            to,
            amount,
        });
        Some(amount)
    }

    /// The pool of a version with all that has left the challenge window shared, and a contribution's standing in it.
    fn shared(key: &StandingKey) -> Option<(StandingPool, Standing<T::AccountId>)> {
        let mut pool = StandingPools::<T>::get(key.datanet, key.version)?;
        let points = T::Datanets::version(key.datanet, key.version)?.points;
        let standing = T::Datanets::standing(key.datanet, key.version, key.contribution)?;
        pool.vest(points, &Self::standing_rules(), &Self::standing_clock());
        Some((pool, standing))
    }

    pub(crate) fn do_release_pool(model: ModelId) -> DispatchResult {
        let mut record = Models::<T>::get(model);
        let amount = core::mem::take(&mut record.next_pool);
        ensure!(amount > 0, Error::<T>::NothingToRelease);
        let idle = T::Ticks::now().saturating_sub(record.attributed_at);
        ensure!(idle >= T::PoolTicks::get(), Error::<T>::PoolNotIdle);

        let mut book = Book::<T>::open();
        book.move_pool(amount, 0);
        let dust = Self::accrue_standing(None, model, amount, &record.sources, &mut book, &mut Vec::new());
        book.credit(&T::DustSink::get(), dust);
        book.close();
        Models::<T>::insert(model, record);
        Self::deposit_event(Event::PoolReleased { model, amount, dust });
        Ok(())
    }

    /// What a contribution has earned by its standing in a version and its owner could collect now; for the runtime
    /// API.
    pub fn standing(datanet: DatanetId, version: VersionId, contribution: ContributionId) -> Balance {
        let key = StandingKey {
            datanet,
            version,
            contribution,
        };
        Self::shared(&key)
            .filter(|(_, standing)| standing.payable)
            .map_or(0, |(pool, standing)| {
                let collected = StandingCollected::<T>::get((datanet, version, contribution));
                pool.owed(standing.points, collected)
            })
    }

    /// A model's sources as its book keeps them.
    pub(crate) fn listed(sources: &[(DatanetId, VersionId)]) -> Result<SourceList, Error<T>> {
        SourceList::try_from(sources.to_vec()).map_err(|_| Error::<T>::TooManyParts)
    }
}
