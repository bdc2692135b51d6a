// SPDX-License-Identifier: Apache-2.0
//! What must hold after every block.

use crate::{
    mountain_range, Config, ContentIndex, ContributionOf, ContributionState, Contributions, Datanets,
    Fillings, Grants, HoldReason, LeafIndex, NextDatanetId, Nodes, Pallet, Versions,
};
use alloc::collections::BTreeMap;
use codec::{Decode, Encode};
use frame_support::{ensure, traits::fungible::InspectHold};
use openledger_primitives::{money::Balance, DatanetId};
use sp_runtime::TryRuntimeError;

/// The amount behind a ticket: a `HoldConsideration` encodes as it.
fn amount<Ticket: Encode>(ticket: &Ticket) -> Balance {
    Balance::decode(&mut ticket.encode().as_slice()).unwrap_or_default()
}

fn add<AccountId: Ord>(sums: &mut BTreeMap<AccountId, Balance>, who: AccountId, amount: Balance) {
    let sum = sums.entry(who).or_default();
    *sum = sum.saturating_add(amount);
}

fn count<I: Iterator>(items: I) -> u64 {
    items.fold(0, |sum: u64, _| sum.saturating_add(1))
}

impl<T: Config> Pallet<T> {
    /// Holds equal what is recorded; indexes agree with what they index; ranges, versions and counters agree.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::check_holds()?;
        Self::check_indexes()?;
        for datanet in 0..NextDatanetId::<T>::get() {
            Self::check_datanet(datanet)?;
        }
        let strays = Datanets::<T>::iter_keys().any(|id| id >= NextDatanetId::<T>::get());
        ensure!(!strays, "a datanet has an id that was not given out");
        Ok(())
    }

    fn check_holds() -> Result<(), TryRuntimeError> {
        let (mut storage, mut bonds) = (BTreeMap::new(), BTreeMap::new());
        for record in Datanets::<T>::iter_values() {
            add(&mut storage, record.owner, amount(&record.ticket));
        }
        for entry in Contributions::<T>::iter_values() {
            let pending = matches!(entry.state, ContributionState::Pending);
            ensure!(
                pending || entry.bond == 0,
                "a judged contribution still has a bond"
            );
            add(&mut storage, entry.owner.clone(), amount(&entry.ticket));
            add(&mut bonds, entry.owner, entry.bond);
        }
        for who in frame_system::Account::<T>::iter_keys() {
            for (reason, sums) in [
                (HoldReason::Storage, &storage),
                (HoldReason::Contribution, &bonds),
            ] {
                let recorded = sums.get(&who).copied().unwrap_or_default();
                let held = T::Currency::balance_on_hold(&reason.into(), &who);
                ensure!(
                    held == recorded,
                    "an account's hold differs from what is recorded"
                );
            }
        }
        Ok(())
    }

    fn check_indexes() -> Result<(), TryRuntimeError> {
        for (datanet, contribution, entry) in Contributions::<T>::iter() {
            ensure!(
                ContentIndex::<T>::get(datanet, entry.content) == Some(contribution),
                "a contribution is missing from the content index"
            );
            ensure!(
                contribution < Fillings::<T>::get(datanet).contributions,
                "a contribution has an id that was not given out"
            );
            ensure!(
                entry
                    .novelty
                    .is_none_or(|novelty| entry.leaf_index().is_some_and(|leaf| novelty.against <= leaf)),
                "a contribution was compared with later ones"
            );
            if let Some(leaf_index) = entry.leaf_index() {
                ensure!(
                    LeafIndex::<T>::get(datanet, leaf_index) == Some(contribution),
                    "an accepted contribution is missing from the leaf index"
                );
            }
        }
        let contributions = count(Contributions::<T>::iter_keys());
        ensure!(
            count(ContentIndex::<T>::iter_keys()) == contributions,
            "the content index has entries without a contribution"
        );
        Ok(())
    }

    fn check_datanet(datanet: DatanetId) -> Result<(), TryRuntimeError> {
        let record = Datanets::<T>::get(datanet).ok_or("a datanet is missing")?;
        let counters = Fillings::<T>::get(datanet);
        ensure!(
            count(Grants::<T>::iter_key_prefix(datanet)) == u64::from(record.grants),
            "a datanet counts its grants wrongly"
        );
        let accepted =
            Contributions::<T>::iter_prefix(datanet).filter(|(_, entry)| entry.leaf_index().is_some());
        ensure!(
            count(accepted) == counters.accepted,
            "a datanet counts its leaves wrongly"
        );
        let points_of = |stands: &dyn Fn(&ContributionOf<T>) -> bool| {
            Contributions::<T>::iter_prefix_values(datanet)
                .filter(|entry| stands(entry))
                .fold(0u64, |sum, entry| sum.saturating_add(entry.leaf_count.into()))
        };
        ensure!(
            points_of(&|entry| entry.is_payable()) == counters.points,
            "a datanet counts its data points wrongly"
        );
        ensure!(
            count(LeafIndex::<T>::iter_key_prefix(datanet)) == counters.accepted,
            "the leaf index has entries without a leaf"
        );
        ensure!(
            count(Nodes::<T>::iter_key_prefix(datanet)) == mountain_range::size(counters.accepted),
            "a mountain range has another size than its leaves need"
        );
        ensure!(
            count(Versions::<T>::iter_key_prefix(datanet)) == u64::from(counters.versions),
            "a datanet counts its versions wrongly"
        );
        let mut leaves = 0;
        for id in 1..=counters.versions {
            let version = Versions::<T>::get(datanet, id).ok_or("a version is missing")?;
            ensure!(
                version.leaves > leaves,
                "a version adds nothing to the one before"
            );
            leaves = version.leaves;
            ensure!(
                leaves <= counters.accepted,
                "a version commits to leaves that do not exist"
            );
            ensure!(
                points_of(&|entry| entry.stands_in(id, leaves)) == version.points,
                "a version's standing weights do not sum to its whole"
            );
            let root =
                mountain_range::root::<T>(datanet, leaves).map_err(|_| "a mountain range lacks a node")?;
            ensure!(
                root == version.root,
                "a version's root is not its mountain range's"
            );
        }
        Ok(())
    }
}
