// SPDX-License-Identifier: Apache-2.0
//! What must hold between any two calls.

use crate::{
    types::{LedgerTotals, PendingKey},
    ChallengeKey, Challenges, ChallengesAgainst, Claimable, Config, Corrections, Disputes, HoldReason,
    Models, Pallet, Pending, PendingOf, Settlements, StandingCollected, StandingPools, Totals,
};
use alloc::collections::BTreeMap;
use frame_support::{
    ensure,
    traits::fungible::{Inspect, InspectHold},
};
use openledger_primitives::{explain::Reason, money::Balance, report, traits::Datanets};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let totals = Totals::<T>::get();
        Self::sums_are_kept(&totals)?;
        Self::index_agrees_with_pending()?;
        Self::standing_is_shared()?;
        Self::settlements_are_whole()?;
        Self::disputes_are_whole(&totals)?;
        ensure!(
            T::Currency::balance(&Self::account_id()) >= totals.owed(),
            "the ledger's account is short"
        );
        Ok(())
    }

    fn sums_are_kept(totals: &LedgerTotals) -> Result<(), TryRuntimeError> {
        ensure!(
            totals.claimed.checked_add(totals.owed()) == Some(totals.credited),
            "credited is not claimed, claimable, pending, pools, standing and disputed"
        );
        ensure!(
            sum(Claimable::<T>::iter_values()) == totals.claimable,
            "claimable differs from its sum"
        );
        ensure!(
            sum(Pending::<T>::iter_values().map(|pay| pay.windows.total())) == totals.pending,
            "pending differs from its sum"
        );
        ensure!(
            sum(Models::<T>::iter_values().map(|model| model.next_pool)) == totals.pools,
            "pools differ from their sum"
        );
        ensure!(
            sum(StandingPools::<T>::iter_values().map(|pool| pool.total())) == totals.standing,
            "standing differs from its sum"
        );
        ensure!(
            Models::<T>::iter_values().all(|model| model.next_pool == 0 || model.answers > 0),
            "a model that never named a contribution has a pool"
        );
        ensure!(
            Claimable::<T>::iter_values().all(|amount| amount > 0),
            "a claimable entry is empty"
        );
        Ok(())
    }

    fn index_agrees_with_pending() -> Result<(), TryRuntimeError> {
        for ((model, datanet, contribution), pay) in Pending::<T>::iter() {
            ensure!(pay.windows.total() > 0, "a pending entry is empty");
            let key = PendingKey {
                model,
                datanet,
                contribution,
            };
            ensure!(
                PendingOf::<T>::contains_key(&pay.owner, key),
                "a pending entry is not in the index"
            );
        }
        ensure!(
            Pending::<T>::iter_keys().count() == PendingOf::<T>::iter_keys().count(),
            "the index has strays"
        );
        Ok(())
    }

    /// What the points of a version have earned is what was collected for contributions and what is left.
    fn standing_is_shared() -> Result<(), TryRuntimeError> {
        for (datanet, version, pool) in StandingPools::<T>::iter() {
            let points = T::Datanets::version(datanet, version)
                .ok_or("a version that does not exist was paid")?
                .points;
            ensure!(points > 0, "a version without data points was paid");
            ensure!(
                pool.carry < Balance::from(points),
                "a version keeps back what its points could share"
            );
            let mut collected: Balance = 0;
            for (contribution, upto) in StandingCollected::<T>::iter_prefix((datanet, version)) {
                let standing = T::Datanets::standing(datanet, version, contribution)
                    .ok_or("a contribution that a version does not count was paid by it")?;
                ensure!(
                    upto <= pool.per_point,
                    "a contribution was paid more than its points earned"
                );
                collected = collected.saturating_add(upto.saturating_mul(standing.points.into()));
            }
            ensure!(
                collected.checked_add(pool.shared) == pool.per_point.checked_mul(points.into()),
                "a version's pay is not what was collected and what is left"
            );
        }
        let paid = |(datanet, version, _)| StandingPools::<T>::contains_key(datanet, version);
        ensure!(
            StandingCollected::<T>::iter_keys().all(paid),
            "a share was collected of a version that was never paid"
        );
        Ok(())
    }

    fn disputes_are_whole(totals: &LedgerTotals) -> Result<(), TryRuntimeError> {
        let (mut withheld, mut open): (Balance, usize) = (0, 0);
        for (request, dispute) in Disputes::<T>::iter() {
            let settled = Settlements::<T>::get(request).ok_or("a report without settlement is disputed")?;
            ensure!(
                settled.representative == dispute.author,
                "a report has two authors"
            );
            let challenges = Challenges::<T>::iter_key_prefix(request).count();
            ensure!(
                challenges > 0 && u32::try_from(challenges) == Ok(dispute.open),
                "a report's challenges are not counted right"
            );
            open = open.saturating_add(challenges);
            withheld = withheld.saturating_add(sum(dispute.withheld.iter().map(|share| share.amount)));
        }
        ensure!(
            withheld == totals.disputed,
            "what is withheld differs from its sum"
        );
        let mut bonds: BTreeMap<T::AccountId, Balance> = BTreeMap::new();
        for (request, (datanet, contribution), challenge) in Challenges::<T>::iter() {
            let author = Disputes::<T>::get(request)
                .ok_or("a challenge is of no dispute")?
                .author;
            let key = ChallengeKey {
                request,
                datanet,
                contribution,
            };
            ensure!(
                ChallengesAgainst::<T>::contains_key(&author.account, key),
                "an author does not see a challenge"
            );
            let bond = bonds.entry(challenge.challenger).or_default();
            *bond = bond.saturating_add(challenge.bond);
        }
        ensure!(
            ChallengesAgainst::<T>::iter_keys().count() == open
                && Challenges::<T>::iter_keys().count() == open,
            "a challenge is left of no dispute"
        );
        for (challenger, bond) in bonds {
            ensure!(
                T::Currency::balance_on_hold(&HoldReason::Challenge.into(), &challenger) == bond,
                "a challenger's held bond is not the sum of its challenges"
            );
        }
        Ok(())
    }

    fn settlements_are_whole() -> Result<(), TryRuntimeError> {
        ensure!(
            Corrections::<T>::iter_keys().all(Settlements::<T>::contains_key),
            "credits are corrected of no settlement"
        );
        for settled in Settlements::<T>::iter_values() {
            let paid = sum(settled.parts.iter().map(|part| part.amount));
            ensure!(
                settled.fee.checked_add(settled.from_pool) == Some(paid),
                "a settlement's parts do not sum to its fee and its share of the pool"
            );
            ensure!(
                report::check(&settled.report, &settled.blend).is_ok(),
                "a settlement's report has no shape"
            );
            let contributors = settled.parts.iter().filter(|part| {
                matches!(
                    part.reason,
                    Reason::Contribution { .. }
                        | Reason::NextPool
                        | Reason::Standing { .. }
                        | Reason::Unattributed
                )
            });
            let answer_paid = sum(contributors.map(|part| part.amount)).saturating_sub(settled.from_pool);
            let taken = sum(settled.taken_back.iter().map(|entry| entry.amount));
            ensure!(taken <= answer_paid, "an answer took back more than it paid");
        }
        Ok(())
    }
}

fn sum(amounts: impl Iterator<Item = Balance>) -> Balance {
    amounts.fold(0, |sum, amount| sum.saturating_add(amount))
}
