// SPDX-License-Identifier: Apache-2.0
//! What must hold after every block.

use crate::{functions::place, Config, Disputes, DisputesAgainst, HoldReason, Pallet, RowKey, Stage};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use openledger_primitives::{fixed::equation::parts, money::Balance};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Held bonds are those of open disputes; every dispute is seen by its author; intervals are what their stages say.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut bonds: BTreeMap<T::AccountId, Balance> = BTreeMap::new();
        let mut open: usize = 0;
        for ((model, row, challenger), dispute) in Disputes::<T>::iter() {
            let key = RowKey {
                model,
                row,
                challenger,
            };
            ensure!(
                DisputesAgainst::<T>::contains_key(&dispute.author, &key),
                "an author does not see a dispute"
            );
            Self::check_stage(&dispute.stage)?;
            open = open.saturating_add(1);
            let bond = bonds.entry(key.challenger).or_default();
            *bond = bond.saturating_add(dispute.bond);
        }
        for (author, key) in DisputesAgainst::<T>::iter_keys() {
            let found = Disputes::<T>::get(place(&key)).ok_or("a dispute that ended is listed")?;
            ensure!(found.author == author, "a dispute is listed under somebody else");
        }
        ensure!(
            DisputesAgainst::<T>::iter_keys().count() == open,
            "a dispute is listed twice"
        );
        for who in frame_system::Account::<T>::iter_keys() {
            let held = T::Currency::balance_on_hold(&HoldReason::RowDispute.into(), &who);
            ensure!(
                held == bonds.get(&who).copied().unwrap_or_default(),
                "an account's hold is not the sum of its disputes' bonds"
            );
        }
        Ok(())
    }

    fn check_stage(stage: &Stage) -> Result<(), TryRuntimeError> {
        let (interval, rows, inner) = match stage {
            Stage::Claim => return Ok(()),
            Stage::Split(interval) => (interval, 2.., None),
            Stage::Choose(interval, inner) => (interval, 2.., Some(inner.len())),
            Stage::Prove(interval) => (interval, 1.., None),
        };
        let length = interval.high.saturating_sub(interval.low);
        ensure!(
            rows.contains(&length) && interval.high <= interval.rows,
            "an interval is not one of its stage"
        );
        ensure!(
            length == 1 || !matches!(stage, Stage::Prove(_)),
            "more than one row is to be proved"
        );
        let ends = usize::try_from(parts(interval.low, interval.high)).unwrap_or(usize::MAX);
        ensure!(
            inner.is_none_or(|inner| inner.checked_add(1) == Some(ends)),
            "an interval has not as many parts as commitments"
        );
        Ok(())
    }
}
