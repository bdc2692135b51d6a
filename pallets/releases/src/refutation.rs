// SPDX-License-Identifier: Apache-2.0
//! Rows that are wrong beside their influence: proved in one call, without a deadline or a bond.
//!
//! Here what is shown is opened; the conditions are [`openledger_primitives::fixed::flaws`].

use crate::{pallet::*, RowFlaw, RowKey, ShownEntry, ShownLeaf, ShownRow};
use frame_support::ensure;
use openledger_primitives::{
    fixed::{
        flaws::{self, Row},
        release::{IndexShape, Place, ReleasedRow},
    },
    shown::ShownRelease,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_refute(
        key: RowKey<T::AccountId>,
        release: ShownRelease,
        row: &ShownRow,
        flaw: &RowFlaw,
    ) -> DispatchResult {
        let bonded = Self::disputable(key.model)?;
        let shape = Self::opened(&bonded, &release)?;
        let (released, own) = Self::opened_row(&shape, &release, key.row, row)?;
        let subject = Row {
            number: key.row,
            released: &released,
            own: &own,
        };
        let wrong = match flaw {
            RowFlaw::Itself => flaws::itself(&shape, subject).is_some(),
            RowFlaw::Leader(leader) => {
                ensure!(!subject.leads(), Error::<T>::NotItsLeader);
                let number = released.leader;
                let (leading, features) = Self::opened_row(&shape, &release, number, leader)?;
                let leading = Row {
                    number,
                    released: &leading,
                    own: &features,
                };
                flaws::leader(&shape, subject, leading)
            }
            RowFlaw::Earlier {
                number,
                other,
                leader,
                entries: [of_other, of_leader],
            } => {
                let (earlier, features) = Self::opened_row(&shape, &release, *number, other)?;
                let leading = Self::opened_leaf(&shape, &release, released.leader, leader)?;
                let ticks = [
                    Self::registered(&shape, &release, earlier.ordinal, of_other)?,
                    Self::registered(&shape, &release, leading.ordinal, of_leader)?,
                ];
                let other = Row {
                    number: *number,
                    released: &earlier,
                    own: &features,
                };
                flaws::earlier(&shape, subject, other, ticks)
            }
            RowFlaw::Link { next, leader } => {
                let next = Self::opened_leaf(&shape, &release, released.next, next)?;
                let (bytes, proof) = (&leader.bytes, &leader.proof);
                let features = Self::features_row(&shape, released.leader, bytes, proof)?;
                flaws::link(&released, &next, &features.features)
            }
            RowFlaw::Skipped { number, other } => {
                let other = Self::opened_leaf(&shape, &release, *number, other)?;
                flaws::skipped((key.row, &released), (*number, &other))
            }
            RowFlaw::Probability { number, last, head } => {
                let last = Self::opened_leaf(&shape, &release, *number, last)?;
                let ends = subject.leads() && flaws::ends(key.row, &last);
                ensure!(ends, Error::<T>::NotItsLast);
                let logits = Self::answer(&bonded, head, &own.features)?;
                flaws::probability(&shape, subject, &last, &logits)
            }
        };
        ensure!(wrong, Error::<T>::RowRight);
        Self::punish(key, bonded.author)
    }

    /// A row of the index alone, proved.
    fn opened_leaf(
        shape: &IndexShape,
        release: &ShownRelease,
        number: u32,
        shown: &ShownLeaf,
    ) -> Result<ReleasedRow, Error<T>> {
        Self::released_row(shape, release, number, &shown.bytes, &shown.proof)
    }

    /// The tick in which the contribution at `ordinal` of the table was registered, proved.
    fn registered(
        shape: &IndexShape,
        release: &ShownRelease,
        ordinal: u32,
        shown: &ShownEntry,
    ) -> Result<u64, Error<T>> {
        Self::proved(
            release.table,
            shape.contributions,
            ordinal,
            &shown.place,
            &shown.proof,
        )?;
        let place = Place::read(&shown.place).ok_or(Error::<T>::ProofInvalid)?;
        Ok(place.registered)
    }
}
