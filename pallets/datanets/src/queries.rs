// SPDX-License-Identifier: Apache-2.0
//! What other pallets and the runtime API ask.

use crate::{mountain_range, AcceptancePolicy, Config, Contributions, Datanets, Grants, Pallet, Versions};
use openledger_primitives::{
    licence::LicenceTerms,
    membership::{self, ContributionLeaf, MembershipError, MembershipProof},
    traits::{ContributionInfo, DatanetVersion, Standing, Ticks},
    ContributionId, DatanetId, VersionId,
};

impl<T: Config> Pallet<T> {
    /// Whether `who` holds a grant that has not expired.
    pub fn holds_grant(datanet: DatanetId, who: &T::AccountId) -> bool {
        Grants::<T>::get(datanet, who).is_some_and(|grant| grant.holds(T::Ticks::now()))
    }

    /// The leaf of a contribution and its path to the root of a version.
    pub fn membership_proof(
        datanet: DatanetId,
        version: VersionId,
        contribution: ContributionId,
    ) -> Result<(ContributionLeaf<T::AccountId>, MembershipProof), MembershipError> {
        let leaf_count = Versions::<T>::get(datanet, version)
            .ok_or(MembershipError::NotFound)?
            .leaves;
        let entry = Contributions::<T>::get(datanet, contribution).ok_or(MembershipError::NotFound)?;
        let leaf_index = entry
            .leaf_index()
            .filter(|index| *index < leaf_count)
            .ok_or(MembershipError::NotInVersion)?;
        let items = mountain_range::path::<T>(datanet, leaf_count, leaf_index)
            .map_err(|_| MembershipError::InvalidProof)?;
        let leaf = Self::leaf(datanet, contribution, &entry);
        Ok((
            leaf,
            MembershipProof {
                leaf_index,
                leaf_count,
                items,
            },
        ))
    }

    /// Checks a path against the root of a version of the leaf's datanet.
    pub fn verify_membership(
        version: VersionId,
        leaf: ContributionLeaf<T::AccountId>,
        proof: MembershipProof,
    ) -> Result<(), MembershipError> {
        let published = Versions::<T>::get(leaf.datanet, version).ok_or(MembershipError::NotFound)?;
        if proof.leaf_count != published.leaves {
            return Err(MembershipError::InvalidProof);
        }
        membership::verify(published.root, leaf.hash(), &proof)
    }
}

impl<T: Config> openledger_primitives::traits::Datanets<T::AccountId> for Pallet<T> {
    fn owner(datanet: DatanetId) -> Option<T::AccountId> {
        Datanets::<T>::get(datanet).map(|record| record.owner)
    }

    fn licence(datanet: DatanetId) -> Option<LicenceTerms> {
        Datanets::<T>::get(datanet).map(|record| record.terms)
    }

    fn version(datanet: DatanetId, version: VersionId) -> Option<DatanetVersion> {
        Versions::<T>::get(datanet, version)
    }

    fn may_train(datanet: DatanetId, who: &T::AccountId) -> bool {
        let Some(record) = Datanets::<T>::get(datanet) else {
            return false;
        };
        let open = matches!(record.policy, AcceptancePolicy::Open);
        !record.paused && (open || record.owner == *who || Self::holds_grant(datanet, who))
    }

    fn contribution(
        datanet: DatanetId,
        contribution: ContributionId,
    ) -> Option<ContributionInfo<T::AccountId>> {
        let entry = Contributions::<T>::get(datanet, contribution)?;
        let (leaf_index, payable) = (entry.leaf_index(), entry.is_payable());
        Some(ContributionInfo {
            owner: entry.owner,
            content: entry.content,
            leaf_index,
            payable,
        })
    }

    fn standing(
        datanet: DatanetId,
        version: VersionId,
        contribution: ContributionId,
    ) -> Option<Standing<T::AccountId>> {
        let leaves = Versions::<T>::get(datanet, version)?.leaves;
        let entry = Contributions::<T>::get(datanet, contribution)?;
        entry.stands_in(version, leaves).then(|| Standing {
            points: entry.leaf_count,
            payable: entry.is_payable(),
            owner: entry.owner,
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn create_for_benchmark(owner: &T::AccountId, terms: LicenceTerms) -> DatanetId {
        crate::benchmarking::published_datanet::<T>(owner, terms)
    }
}
