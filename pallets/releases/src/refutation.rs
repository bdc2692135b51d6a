// SPDX-License-Identifier: Apache-2.0
//! Rows that are wrong at sight: proved in one call, without a deadline or a bond.

use crate::{pallet::*, RowKey, ShownRow};
use frame_support::ensure;
use openledger_primitives::{fixed::is_near, shown::ShownRelease};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_refute(
        key: RowKey<T::AccountId>,
        release: ShownRelease,
        row: &ShownRow,
        leader: Option<&ShownRow>,
    ) -> DispatchResult {
        let bonded = Self::disputable(key.model)?;
        let shape = Self::opened(&bonded, &release)?;
        let (released, own) = Self::opened_row(&shape, &release, key.row, row)?;
        let wrong = match leader {
            None => {
                let other = (released.ordinal, released.label) != (own.ordinal, own.label);
                other || own.label >= shape.classes || released.leader >= shape.rows
            }
            Some(leader) => {
                ensure!(released.leader != key.row, Error::<T>::NotItsLeader);
                let (leading, features) = Self::opened_row(&shape, &release, released.leader, leader)?;
                leading.leader != released.leader
                    || features.label != own.label
                    || !is_near(&features.features, &own.features, shape.threshold)
            }
        };
        ensure!(wrong, Error::<T>::RowRight);
        Self::punish(key, bonded.author)
    }
}
