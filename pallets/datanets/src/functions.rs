// SPDX-License-Identifier: Apache-2.0
//! What the calls do.

use crate::{
    footprint, mountain_range, AcceptancePolicy, AccountsArgument, Config, ContentIndex, Contribution,
    ContributionOf, ContributionState, Contributions, Counters, Curators, Datanet, DatanetOf, Datanets,
    Error, Event, Fillings, Grant, Grants, HoldReason, LeafIndex, MediaType, Modality, Name, NextDatanetId,
    Novelty, Pallet, RejectReason, TextArgument, Versions,
};
use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
        Consideration, Footprint, Get,
    },
};
use openledger_primitives::{
    licence::LicenceTerms,
    membership::ContributionLeaf,
    money::Balance,
    traits::{DatanetVersion, Ticks},
    ContentId, ContributionId, DatanetId, Tick, VersionId,
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

/// Checks a datanet's name.
pub(crate) fn checked_name<T: Config>(name: TextArgument) -> Result<Name, Error<T>> {
    let name = Name::try_from(name.into_inner()).map_err(|_| Error::<T>::NameTooLong)?;
    ensure!(
        !name.is_empty() && core::str::from_utf8(&name).is_ok(),
        Error::<T>::NameNotText
    );
    Ok(name)
}

/// Checks a contribution's media type.
pub(crate) fn checked_media_type<T: Config>(text: TextArgument) -> Result<MediaType, Error<T>> {
    let text = MediaType::try_from(text.into_inner()).map_err(|_| Error::<T>::MediaTypeTooLong)?;
    let printable = text.iter().all(|byte| matches!(byte, b' '..=b'~'));
    ensure!(printable && text.contains(&b'/'), Error::<T>::InvalidMediaType);
    Ok(text)
}

/// Checks a list of curators.
pub(crate) fn checked_curators<T: Config>(
    accounts: AccountsArgument<T::AccountId>,
) -> Result<Curators<T::AccountId>, Error<T>> {
    let curators = Curators::try_from(accounts.into_inner()).map_err(|_| Error::<T>::TooManyCurators)?;
    let distinct: alloc::collections::BTreeSet<_> = curators.iter().collect();
    ensure!(distinct.len() == curators.len(), Error::<T>::DuplicateCurator);
    Ok(curators)
}

/// Checks licence terms at `now`.
pub(crate) fn check_terms<T: Config>(terms: &LicenceTerms, now: Tick) -> Result<(), Error<T>> {
    ensure!(
        terms.within_known().ok_or(Error::<T>::UnknownLicence)?,
        Error::<T>::LicenceTooWide
    );
    ensure!(
        terms.expires_at.is_none_or(|end| now < end),
        Error::<T>::LicenceExpired
    );
    Ok(())
}

/// Checks a contribution's declared sizes.
pub(crate) fn check_sizes<T: Config>(size: u64, leaf_count: u32) -> Result<(), Error<T>> {
    ensure!(size > 0, Error::<T>::ZeroSize);
    ensure!(
        size <= T::MaxContributionBytes::get(),
        Error::<T>::ContributionTooLarge
    );
    ensure!(leaf_count > 0, Error::<T>::ZeroLeafCount);
    ensure!(u64::from(leaf_count) <= size, Error::<T>::LeafCountAboveSize);
    Ok(())
}

impl<T: Config> Pallet<T> {
    fn datanet_footprint(grants: u32, versions: VersionId) -> Footprint {
        footprint::datanet::<T::AccountId, T::Consideration>(grants, versions)
    }

    fn found(datanet: DatanetId) -> Result<DatanetOf<T>, Error<T>> {
        Datanets::<T>::get(datanet).ok_or(Error::<T>::NotFound)
    }

    fn owned(who: &T::AccountId, datanet: DatanetId) -> Result<DatanetOf<T>, Error<T>> {
        let record = Self::found(datanet)?;
        ensure!(record.owner == *who, Error::<T>::NotAuthorized);
        Ok(record)
    }

    /// A waiting contribution, if `who` may judge it.
    fn judged_by(
        who: &T::AccountId,
        datanet: DatanetId,
        contribution: ContributionId,
    ) -> Result<ContributionOf<T>, Error<T>> {
        let record = Self::found(datanet)?;
        ensure!(
            record.owner == *who || record.curators.contains(who),
            Error::<T>::NotAuthorized
        );
        Self::pending(datanet, contribution)
    }

    fn pending(datanet: DatanetId, contribution: ContributionId) -> Result<ContributionOf<T>, Error<T>> {
        let entry = Contributions::<T>::get(datanet, contribution).ok_or(Error::<T>::NotFound)?;
        ensure!(
            matches!(entry.state, ContributionState::Pending),
            Error::<T>::NotPending
        );
        Ok(entry)
    }

    pub(crate) fn do_create(
        owner: T::AccountId,
        name: TextArgument,
        modality: Modality,
        terms: LicenceTerms,
        policy: AcceptancePolicy,
        contribution_deposit: Balance,
        curators: AccountsArgument<T::AccountId>,
    ) -> Result<DatanetId, DispatchError> {
        let name = checked_name::<T>(name)?;
        let curators = checked_curators::<T>(curators)?;
        check_terms::<T>(&terms, T::Ticks::now())?;
        let datanet = NextDatanetId::<T>::get();
        let next = datanet.checked_add(1).ok_or(Error::<T>::TooManyContributions)?;

        let ticket = T::Consideration::new(&owner, Self::datanet_footprint(0, 0))?;
        NextDatanetId::<T>::put(next);
        Datanets::<T>::insert(
            datanet,
            Datanet {
                owner: owner.clone(),
                offered_to: None,
                name: name.clone(),
                modality,
                terms: terms.clone(),
                policy,
                contribution_deposit,
                curators: curators.clone(),
                paused: false,
                grants: 0,
                ticket,
            },
        );
        let terms_hash = terms.version_hash();
        Self::deposit_event(Event::DatanetCreated {
            datanet,
            owner,
            name,
            modality,
            terms,
            terms_hash,
            policy,
            contribution_deposit,
            curators,
        });
        Ok(datanet)
    }

    pub(crate) fn do_contribute(
        who: T::AccountId,
        datanet: DatanetId,
        content: ContentId,
        size: u64,
        media_type: TextArgument,
        leaf_count: u32,
    ) -> Result<ContributionId, DispatchError> {
        let record = Self::found(datanet)?;
        ensure!(!record.paused, Error::<T>::Paused);
        let permitted = match record.policy {
            AcceptancePolicy::Open | AcceptancePolicy::Curated => true,
            AcceptancePolicy::Permissioned => record.owner == who || Self::holds_grant(datanet, &who),
        };
        ensure!(permitted, Error::<T>::NotAuthorized);
        check_sizes::<T>(size, leaf_count)?;
        let media_type = checked_media_type::<T>(media_type)?;
        ensure!(
            !ContentIndex::<T>::contains_key(datanet, content),
            Error::<T>::AlreadyExists
        );
        let mut counters = Fillings::<T>::get(datanet);
        let contribution = counters.contributions;
        counters.contributions = contribution
            .checked_add(1)
            .ok_or(Error::<T>::TooManyContributions)?;
        let at_once = matches!(record.policy, AcceptancePolicy::Open);
        let bond = if at_once {
            Zero::zero()
        } else {
            record.contribution_deposit
        };

        let ticket =
            T::Consideration::new(&who, footprint::contribution::<T::AccountId, T::Consideration>())?;
        if !bond.is_zero() {
            T::Currency::hold(&HoldReason::Contribution.into(), &who, bond)?;
        }
        Fillings::<T>::insert(datanet, counters);
        ContentIndex::<T>::insert(datanet, content, contribution);
        let entry = Contribution {
            owner: who.clone(),
            content,
            size,
            media_type: media_type.clone(),
            leaf_count,
            registered_at: T::Ticks::now(),
            bond,
            state: ContributionState::Pending,
            novelty: None,
            ticket,
        };
        Self::deposit_event(Event::Contributed {
            datanet,
            contribution,
            owner: who,
            content,
            size,
            media_type,
            leaf_count,
            bond,
        });
        if at_once {
            Self::note_accepted(datanet, contribution, entry, None)?;
        } else {
            Contributions::<T>::insert(datanet, contribution, entry);
        }
        Ok(contribution)
    }

    /// Gives a waiting contribution its leaf.
    fn note_accepted(
        datanet: DatanetId,
        contribution: ContributionId,
        mut entry: ContributionOf<T>,
        by: Option<T::AccountId>,
    ) -> DispatchResult {
        let counters = Fillings::<T>::get(datanet);
        let leaf_index = counters.accepted;
        // the bound of `openledger_primitives::membership::verify`
        ensure!(leaf_index < u64::from(u32::MAX), Error::<T>::TooManyContributions);
        let accepted = leaf_index
            .checked_add(1)
            .ok_or(Error::<T>::TooManyContributions)?;
        let points = counters
            .points
            .checked_add(entry.leaf_count.into())
            .ok_or(Error::<T>::TooManyContributions)?;
        let leaf = Self::leaf(datanet, contribution, &entry);

        mountain_range::append::<T>(datanet, leaf_index, leaf.hash())
            .map_err(|_| Error::<T>::CorruptedRange)?;
        Fillings::<T>::insert(
            datanet,
            Counters {
                accepted,
                points,
                ..counters
            },
        );
        LeafIndex::<T>::insert(datanet, leaf_index, contribution);
        entry.state = ContributionState::Accepted {
            leaf_index,
            by: by.clone(),
        };
        let novelty = entry.novelty;
        Contributions::<T>::insert(datanet, contribution, entry);
        Self::deposit_event(Event::ContributionAccepted {
            datanet,
            contribution,
            leaf_index,
            by,
            novelty,
        });
        Ok(())
    }

    /// What a version commits to for a contribution.
    pub(crate) fn leaf(
        datanet: DatanetId,
        contribution: ContributionId,
        entry: &ContributionOf<T>,
    ) -> ContributionLeaf<T::AccountId> {
        ContributionLeaf {
            datanet,
            contribution,
            owner: entry.owner.clone(),
            content: entry.content,
            size: entry.size,
            leaf_count: entry.leaf_count,
        }
    }

    /// Gives the quality bond back.
    fn return_bond(entry: &mut ContributionOf<T>) -> DispatchResult {
        let bond = core::mem::take(&mut entry.bond);
        if !bond.is_zero() {
            T::Currency::release(
                &HoldReason::Contribution.into(),
                &entry.owner,
                bond,
                Precision::BestEffort,
            )?;
        }
        Ok(())
    }

    /// Takes the quality bond away and says how much it was.
    fn forfeit_bond(entry: &mut ContributionOf<T>) -> Result<Balance, DispatchError> {
        let bond = core::mem::take(&mut entry.bond);
        if bond.is_zero() {
            return Ok(bond);
        }
        T::Currency::transfer_on_hold(
            &HoldReason::Contribution.into(),
            &entry.owner,
            &T::ForfeitTo::get(),
            bond,
            Precision::BestEffort,
            Restriction::Free,
            Fortitude::Polite,
        )
    }

    /// Removes a contribution whose bond was dealt with and gives its storage deposit back.
    fn remove(datanet: DatanetId, contribution: ContributionId, entry: ContributionOf<T>) -> DispatchResult {
        Contributions::<T>::remove(datanet, contribution);
        ContentIndex::<T>::remove(datanet, entry.content);
        entry.ticket.drop(&entry.owner)
    }

    pub(crate) fn do_accept(
        who: T::AccountId,
        datanet: DatanetId,
        contribution: ContributionId,
        novelty: Option<Novelty>,
    ) -> DispatchResult {
        let mut entry = Self::judged_by(&who, datanet, contribution)?;
        if let Some(novelty) = &novelty {
            let accepted = Fillings::<T>::get(datanet).accepted;
            ensure!(novelty.against <= accepted, Error::<T>::NoveltyAgainstUnknown);
        }
        entry.novelty = novelty;
        Self::return_bond(&mut entry)?;
        Self::note_accepted(datanet, contribution, entry, Some(who))
    }

    pub(crate) fn do_reject(
        by: T::AccountId,
        datanet: DatanetId,
        contribution: ContributionId,
        reason: RejectReason,
    ) -> DispatchResult {
        let mut entry = Self::judged_by(&by, datanet, contribution)?;
        let forfeited = if reason.forfeits() {
            Self::forfeit_bond(&mut entry)?
        } else {
            Self::return_bond(&mut entry)?;
            Zero::zero()
        };
        Self::remove(datanet, contribution, entry)?;
        Self::deposit_event(Event::ContributionRejected {
            datanet,
            contribution,
            by,
            reason,
            forfeited,
        });
        Ok(())
    }

    pub(crate) fn do_withdraw(
        who: T::AccountId,
        datanet: DatanetId,
        contribution: ContributionId,
    ) -> DispatchResult {
        let mut entry = Contributions::<T>::get(datanet, contribution).ok_or(Error::<T>::NotFound)?;
        ensure!(entry.owner == who, Error::<T>::NotAuthorized);
        ensure!(
            matches!(entry.state, ContributionState::Pending),
            Error::<T>::NotPending
        );
        Self::return_bond(&mut entry)?;
        Self::remove(datanet, contribution, entry)?;
        Self::deposit_event(Event::ContributionWithdrawn {
            datanet,
            contribution,
        });
        Ok(())
    }

    pub(crate) fn do_revoke(
        who: T::AccountId,
        datanet: DatanetId,
        contribution: ContributionId,
    ) -> DispatchResult {
        let record = Self::found(datanet)?;
        let mut entry = Contributions::<T>::get(datanet, contribution).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.owner == who || entry.owner == who,
            Error::<T>::NotAuthorized
        );
        let ContributionState::Accepted { leaf_index, .. } = entry.state else {
            return Err(Error::<T>::NotAccepted.into());
        };
        let mut counters = Fillings::<T>::get(datanet);
        counters.points = counters.points.saturating_sub(entry.leaf_count.into());
        entry.state = ContributionState::Revoked {
            leaf_index,
            by: who.clone(),
            after: counters.versions,
        };
        Fillings::<T>::insert(datanet, counters);
        Contributions::<T>::insert(datanet, contribution, entry);
        Self::deposit_event(Event::ContributionRevoked {
            datanet,
            contribution,
            by: who,
        });
        Ok(())
    }

    pub(crate) fn do_publish_version(
        who: T::AccountId,
        datanet: DatanetId,
    ) -> Result<VersionId, DispatchError> {
        let mut record = Self::owned(&who, datanet)?;
        let counters = Fillings::<T>::get(datanet);
        let leaves = counters.accepted;
        let published = Versions::<T>::get(datanet, counters.versions).map_or(0, |last| last.leaves);
        ensure!(leaves > published, Error::<T>::NothingToPublish);
        let version = counters
            .versions
            .checked_add(1)
            .ok_or(Error::<T>::TooManyContributions)?;
        let root = mountain_range::root::<T>(datanet, leaves).map_err(|_| Error::<T>::CorruptedRange)?;

        record.ticket = record
            .ticket
            .update(&record.owner, Self::datanet_footprint(record.grants, version))?;
        Datanets::<T>::insert(datanet, record);
        Fillings::<T>::insert(
            datanet,
            Counters {
                versions: version,
                ..counters
            },
        );
        let published_at = T::Ticks::now();
        Versions::<T>::insert(
            datanet,
            version,
            DatanetVersion {
                root,
                leaves,
                points: counters.points,
                published_at,
            },
        );
        Self::deposit_event(Event::VersionPublished {
            datanet,
            version,
            root,
            leaves,
            points: counters.points,
        });
        Ok(version)
    }

    pub(crate) fn do_grant_access(
        owner: T::AccountId,
        datanet: DatanetId,
        who: T::AccountId,
        expires_at: Option<Tick>,
    ) -> DispatchResult {
        let mut record = Self::owned(&owner, datanet)?;
        let grant = Grant { expires_at };
        ensure!(grant.holds(T::Ticks::now()), Error::<T>::ExpiryPassed);
        if !Grants::<T>::contains_key(datanet, &who) {
            record.grants = record
                .grants
                .checked_add(1)
                .ok_or(Error::<T>::TooManyContributions)?;
            Self::store_repriced(datanet, record)?;
        }
        Grants::<T>::insert(datanet, &who, grant);
        Self::deposit_event(Event::AccessGranted {
            datanet,
            who,
            expires_at,
        });
        Ok(())
    }

    /// Stores a datanet after its number of grants has changed.
    fn store_repriced(datanet: DatanetId, mut record: DatanetOf<T>) -> DispatchResult {
        let versions = Fillings::<T>::get(datanet).versions;
        record.ticket = record
            .ticket
            .update(&record.owner, Self::datanet_footprint(record.grants, versions))?;
        Datanets::<T>::insert(datanet, record);
        Ok(())
    }

    pub(crate) fn do_revoke_access(
        by: T::AccountId,
        datanet: DatanetId,
        who: T::AccountId,
    ) -> DispatchResult {
        let mut record = Self::found(datanet)?;
        let grant = Grants::<T>::get(datanet, &who).ok_or(Error::<T>::NotFound)?;
        let expired = !grant.holds(T::Ticks::now());
        ensure!(
            expired || by == record.owner || by == who,
            Error::<T>::NotAuthorized
        );
        record.grants = record.grants.saturating_sub(1);
        Self::store_repriced(datanet, record)?;
        Grants::<T>::remove(datanet, &who);
        Self::deposit_event(Event::AccessRevoked { datanet, who, by });
        Ok(())
    }

    pub(crate) fn do_transfer_ownership(
        who: T::AccountId,
        datanet: DatanetId,
        to: T::AccountId,
    ) -> DispatchResult {
        let mut record = Self::owned(&who, datanet)?;
        let to = (to != who).then_some(to);
        record.offered_to = to.clone();
        Datanets::<T>::insert(datanet, record);
        Self::deposit_event(Event::OwnershipOffered { datanet, to });
        Ok(())
    }

    pub(crate) fn do_accept_ownership(who: T::AccountId, datanet: DatanetId) -> DispatchResult {
        let mut record = Self::found(datanet)?;
        let offered_to = record.offered_to.take().ok_or(Error::<T>::NotFound)?;
        ensure!(offered_to == who, Error::<T>::NotAuthorized);
        let versions = Fillings::<T>::get(datanet).versions;

        let ticket = T::Consideration::new(&who, Self::datanet_footprint(record.grants, versions))?;
        let before = core::mem::replace(&mut record.ticket, ticket);
        let from = core::mem::replace(&mut record.owner, who.clone());
        before.drop(&from)?;
        Datanets::<T>::insert(datanet, record);
        Self::deposit_event(Event::OwnershipTransferred {
            datanet,
            from,
            to: who,
        });
        Ok(())
    }

    pub(crate) fn do_set_paused(who: T::AccountId, datanet: DatanetId, paused: bool) -> DispatchResult {
        let mut record = Self::owned(&who, datanet)?;
        record.paused = paused;
        Datanets::<T>::insert(datanet, record);
        Self::deposit_event(Event::PausedSet { datanet, paused });
        Ok(())
    }
}
