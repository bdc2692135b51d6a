// SPDX-License-Identifier: Apache-2.0
//! `IDatanets`: `pallet-datanets` for Solidity.

use crate::{
    calldata::Calldata,
    execution::{actor, charge_reads, dispatch, log, open},
    interfaces::IDatanets::{self, IDatanetsCalls as Calls},
    place::Place,
    refusal::{reason, Refusal},
    values::{account, address, address_or_zero, amount, bounded, end, hash, planck, share, text, word},
    Config,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use openledger_primitives::{
    licence::LicenceTerms,
    traits::{DatanetVersion, Datanets as _},
};
use pallet_datanets::{
    AcceptancePolicy, AccountsArgument, Call, ContributionOf, ContributionState, Counters, DatanetOf,
    Error as PalletError, Grant, Modality, Pallet, RejectReason,
};
use pallet_revive::precompiles::{
    alloy::{primitives::Address, sol_types::SolCall},
    AddressMatcher, Error, Ext, Precompile,
};

/// The precompile at [`Place::Datanets`].
pub struct DatanetsPrecompile<T>(PhantomData<T>);

impl<T: Config> Precompile for DatanetsPrecompile<T> {
    type T = T;
    type Interface = Calldata<Calls>;
    const MATCHER: AddressMatcher = Place::Datanets.matcher();
    const HAS_CONTRACT_INFO: bool = false;

    fn call(
        _: &[u8; 20],
        input: &Self::Interface,
        env: &mut impl Ext<T = Self::T>,
    ) -> Result<Vec<u8>, Error> {
        match open(input, env)? {
            Calls::create(call) => Self::create(call, env),
            Calls::contribute(call) => Self::contribute(call, env),
            Calls::accept(call) => Self::accept(call, env),
            Calls::acceptMeasured(call) => Self::accept_measured(call, env),
            Calls::reject(call) => Self::reject(call, env),
            Calls::withdraw(call) => Self::withdraw(call, env),
            Calls::revoke(call) => Self::revoke(call, env),
            Calls::publishVersion(call) => Self::publish_version(call, env),
            Calls::grantAccess(call) => Self::grant_access(call, env),
            Calls::revokeAccess(call) => Self::revoke_access(call, env),
            Calls::transferOwnership(call) => Self::transfer_ownership(call, env),
            Calls::acceptOwnership(call) => Self::accept_ownership(call, env),
            Calls::setPaused(call) => Self::set_paused(call, env),
            Calls::datanetCount(_) => Self::datanet_count(env),
            Calls::getDatanet(call) => Self::get_datanet(call, env),
            Calls::getLicence(call) => Self::get_licence(call, env),
            Calls::getContribution(call) => Self::get_contribution(call, env),
            Calls::noveltyOf(call) => Self::novelty_of(call, env),
            Calls::contributionOf(call) => Self::contribution_of(call, env),
            Calls::getVersion(call) => Self::get_version(call, env),
            Calls::mayTrain(call) => Self::may_train(call, env),
            Calls::grantOf(call) => Self::grant_of(call, env),
        }
    }
}

pub(crate) type Output = Result<Vec<u8>, Error>;

impl<T: Config> DatanetsPrecompile<T> {
    fn create(call: IDatanets::createCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (modality, policy) = (modality(call.modality)?, policy(call.policy)?);
        let terms = terms(&call.licence)?;
        let terms_hash = word(terms.version_hash());
        let contribution_deposit = amount(call.contributionDeposit)?;
        // the length first, so that no more accounts are looked up than the call can carry
        let named: AccountsArgument<Address> = bounded(call.curators)?;
        let mut curators = Vec::new();
        for curator in named {
            curators.push(account(env, curator)?);
        }
        charge_reads::<T, u64>(env, 1)?;
        let datanet = pallet_datanets::NextDatanetId::<T>::get();

        let name = bounded(call.name.clone().into_bytes())?;
        let curators = bounded(curators)?;
        dispatch(
            env,
            &who,
            Call::<T>::create {
                name,
                modality,
                terms,
                policy,
                contribution_deposit,
                curators,
            },
        )?;
        log(
            env,
            IDatanets::DatanetCreated {
                datanet,
                owner: address::<T>(&who),
                name: call.name,
                modality: call.modality,
                policy: call.policy,
                termsHash: terms_hash,
            },
        )?;
        Ok(IDatanets::createCall::abi_encode_returns(&datanet))
    }

    fn contribute(call: IDatanets::contributeCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (datanet, size, leaf_count) = (call.datanet, call.size, call.leafCount);
        let (content, media_type) = (hash(call.content), bounded(call.mediaType.into_bytes())?);
        charge_reads::<T, Counters>(env, 1)?;
        let contribution = pallet_datanets::Fillings::<T>::get(datanet).contributions;
        dispatch(
            env,
            &who,
            Call::<T>::contribute {
                datanet,
                content,
                size,
                media_type,
                leaf_count,
            },
        )?;
        let entry = Self::contribution(env, datanet, contribution)?;
        log(
            env,
            IDatanets::Contributed {
                datanet,
                contribution,
                owner: address::<T>(&who),
                content: call.content,
                size,
                leafCount: leaf_count,
                bond: planck(entry.bond),
            },
        )?;
        if let ContributionState::Accepted { leaf_index, by } = entry.state {
            log(
                env,
                IDatanets::ContributionAccepted {
                    datanet,
                    contribution,
                    by: address_or_zero::<T>(by.as_ref()),
                    leafIndex: leaf_index,
                },
            )?;
        }
        Ok(IDatanets::contributeCall::abi_encode_returns(&contribution))
    }

    fn reject(call: IDatanets::rejectCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (datanet, contribution) = (call.datanet, call.contribution);
        let reason = reject_reason(call.reason, call.note.into_bytes())?;
        dispatch(
            env,
            &who,
            Call::<T>::reject {
                datanet,
                contribution,
                reason,
            },
        )?;
        log(
            env,
            IDatanets::ContributionRejected {
                datanet,
                contribution,
                by: address::<T>(&who),
                reason: call.reason,
            },
        )?;
        Ok(Vec::new())
    }

    fn withdraw(call: IDatanets::withdrawCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (datanet, contribution) = (call.datanet, call.contribution);
        dispatch(
            env,
            &who,
            Call::<T>::withdraw {
                datanet,
                contribution,
            },
        )?;
        log(
            env,
            IDatanets::ContributionWithdrawn {
                datanet,
                contribution,
            },
        )?;
        Ok(Vec::new())
    }

    fn revoke(call: IDatanets::revokeCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (datanet, contribution) = (call.datanet, call.contribution);
        dispatch(
            env,
            &who,
            Call::<T>::revoke {
                datanet,
                contribution,
            },
        )?;
        log(
            env,
            IDatanets::ContributionRevoked {
                datanet,
                contribution,
                by: address::<T>(&who),
            },
        )?;
        Ok(Vec::new())
    }

    fn publish_version(call: IDatanets::publishVersionCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let datanet = call.datanet;
        dispatch(env, &who, Call::<T>::publish_version { datanet })?;
        charge_reads::<T, Counters>(env, 1)?;
        let version = pallet_datanets::Fillings::<T>::get(datanet).versions;
        let published = Self::version(env, datanet, version)?;
        log(
            env,
            IDatanets::VersionPublished {
                datanet,
                version,
                root: word(published.root),
                leaves: published.leaves,
                points: published.points,
            },
        )?;
        Ok(IDatanets::publishVersionCall::abi_encode_returns(&version))
    }

    fn grant_access(call: IDatanets::grantAccessCall, env: &mut impl Ext<T = T>) -> Output {
        let owner = actor(env)?;
        let who = account(env, call.who)?;
        dispatch(
            env,
            &owner,
            Call::<T>::grant_access {
                datanet: call.datanet,
                who,
                expires_at: end(call.expiresAt),
            },
        )?;
        log(
            env,
            IDatanets::AccessGranted {
                datanet: call.datanet,
                who: call.who,
                expiresAt: call.expiresAt,
            },
        )?;
        Ok(Vec::new())
    }

    fn revoke_access(call: IDatanets::revokeAccessCall, env: &mut impl Ext<T = T>) -> Output {
        let by = actor(env)?;
        let who = account(env, call.who)?;
        dispatch(
            env,
            &by,
            Call::<T>::revoke_access {
                datanet: call.datanet,
                who,
            },
        )?;
        log(
            env,
            IDatanets::AccessRevoked {
                datanet: call.datanet,
                who: call.who,
                by: address::<T>(&by),
            },
        )?;
        Ok(Vec::new())
    }

    fn transfer_ownership(call: IDatanets::transferOwnershipCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let to = account(env, call.to)?;
        let datanet = call.datanet;
        dispatch(env, &who, Call::<T>::transfer_ownership { datanet, to })?;
        let record = Self::record(env, datanet)?;
        log(
            env,
            IDatanets::OwnershipOffered {
                datanet,
                to: address_or_zero::<T>(record.offered_to.as_ref()),
            },
        )?;
        Ok(Vec::new())
    }

    fn accept_ownership(call: IDatanets::acceptOwnershipCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let datanet = call.datanet;
        let from = Self::record(env, datanet)?.owner;
        dispatch(env, &who, Call::<T>::accept_ownership { datanet })?;
        log(
            env,
            IDatanets::OwnershipTransferred {
                datanet,
                from: address::<T>(&from),
                to: address::<T>(&who),
            },
        )?;
        Ok(Vec::new())
    }

    fn set_paused(call: IDatanets::setPausedCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (datanet, paused) = (call.datanet, call.paused);
        dispatch(env, &who, Call::<T>::set_paused { datanet, paused })?;
        log(env, IDatanets::PausedSet { datanet, paused })?;
        Ok(Vec::new())
    }

    fn datanet_count(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, u64>(env, 1)?;
        let count = pallet_datanets::NextDatanetId::<T>::get();
        Ok(IDatanets::datanetCountCall::abi_encode_returns(&count))
    }

    fn get_datanet(call: IDatanets::getDatanetCall, env: &mut impl Ext<T = T>) -> Output {
        let record = Self::record(env, call.datanet)?;
        charge_reads::<T, Counters>(env, 1)?;
        let filled = pallet_datanets::Fillings::<T>::get(call.datanet);
        let datanet = IDatanets::Datanet {
            owner: address::<T>(&record.owner),
            offeredTo: address_or_zero::<T>(record.offered_to.as_ref()),
            name: text(&record.name),
            modality: shown_modality(record.modality),
            policy: shown_policy(record.policy),
            paused: record.paused,
            contributionDeposit: planck(record.contribution_deposit),
            curators: record.curators.iter().map(address::<T>).collect(),
            contributions: filled.contributions,
            accepted: filled.accepted,
            points: filled.points,
            versions: filled.versions,
            grants: record.grants,
        };
        Ok(IDatanets::getDatanetCall::abi_encode_returns(&datanet))
    }

    fn get_licence(call: IDatanets::getLicenceCall, env: &mut impl Ext<T = T>) -> Output {
        let terms = Self::record(env, call.datanet)?.terms;
        let shown = IDatanets::getLicenceReturn {
            termsHash: word(terms.version_hash()),
            licence: IDatanets::Licence {
                id: text(&terms.id),
                training: terms.training,
                commercial: terms.commercial,
                contributorSharePpm: terms.contributor_share.deconstruct(),
                expiresAt: terms.expires_at.unwrap_or_default(),
                text: word(terms.text),
            },
        };
        Ok(IDatanets::getLicenceCall::abi_encode_returns(&shown))
    }

    fn get_contribution(call: IDatanets::getContributionCall, env: &mut impl Ext<T = T>) -> Output {
        let entry = Self::contribution(env, call.datanet, call.contribution)?;
        let contribution = IDatanets::Contribution {
            owner: address::<T>(&entry.owner),
            content: word(entry.content),
            size: entry.size,
            mediaType: text(&entry.media_type),
            leafCount: entry.leaf_count,
            registeredAt: entry.registered_at,
            bond: planck(entry.bond),
            state: shown_state(&entry.state),
            leafIndex: entry.leaf_index().unwrap_or_default(),
        };
        Ok(IDatanets::getContributionCall::abi_encode_returns(&contribution))
    }

    fn contribution_of(call: IDatanets::contributionOfCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, u64>(env, 1)?;
        let id = pallet_datanets::ContentIndex::<T>::get(call.datanet, hash(call.content));
        let found = IDatanets::contributionOfReturn {
            found: id.is_some(),
            contribution: id.unwrap_or_default(),
        };
        Ok(IDatanets::contributionOfCall::abi_encode_returns(&found))
    }

    fn get_version(call: IDatanets::getVersionCall, env: &mut impl Ext<T = T>) -> Output {
        let published = Self::version(env, call.datanet, call.version)?;
        let version = IDatanets::Version {
            root: word(published.root),
            leaves: published.leaves,
            points: published.points,
            publishedAt: published.published_at,
        };
        Ok(IDatanets::getVersionCall::abi_encode_returns(&version))
    }

    fn may_train(call: IDatanets::mayTrainCall, env: &mut impl Ext<T = T>) -> Output {
        let who = account(env, call.who)?;
        charge_reads::<T, DatanetOf<T>>(env, 1)?;
        charge_reads::<T, Grant>(env, 2)?;
        let may = Pallet::<T>::may_train(call.datanet, &who);
        Ok(IDatanets::mayTrainCall::abi_encode_returns(&may))
    }

    fn grant_of(call: IDatanets::grantOfCall, env: &mut impl Ext<T = T>) -> Output {
        let who = account(env, call.who)?;
        charge_reads::<T, Grant>(env, 3)?;
        let grant = pallet_datanets::Grants::<T>::get(call.datanet, &who);
        let shown = IDatanets::grantOfReturn {
            holds: Pallet::<T>::holds_grant(call.datanet, &who),
            expiresAt: grant.and_then(|grant| grant.expires_at).unwrap_or_default(),
        };
        Ok(IDatanets::grantOfCall::abi_encode_returns(&shown))
    }

    fn record(env: &mut impl Ext<T = T>, datanet: u64) -> Result<DatanetOf<T>, Error> {
        charge_reads::<T, DatanetOf<T>>(env, 1)?;
        pallet_datanets::Datanets::<T>::get(datanet).ok_or_else(|| reason::<T>(PalletError::<T>::NotFound))
    }

    pub(crate) fn contribution(
        env: &mut impl Ext<T = T>,
        datanet: u64,
        id: u64,
    ) -> Result<ContributionOf<T>, Error> {
        charge_reads::<T, ContributionOf<T>>(env, 1)?;
        pallet_datanets::Contributions::<T>::get(datanet, id)
            .ok_or_else(|| reason::<T>(PalletError::<T>::NotFound))
    }

    fn version(env: &mut impl Ext<T = T>, datanet: u64, version: u32) -> Result<DatanetVersion, Error> {
        charge_reads::<T, DatanetVersion>(env, 1)?;
        pallet_datanets::Versions::<T>::get(datanet, version)
            .ok_or_else(|| reason::<T>(PalletError::<T>::NotFound))
    }
}

fn terms(licence: &IDatanets::Licence) -> Result<LicenceTerms, Refusal> {
    Ok(LicenceTerms {
        id: bounded(licence.id.clone().into_bytes())?,
        training: licence.training,
        commercial: licence.commercial,
        contributor_share: share(licence.contributorSharePpm)?,
        expires_at: end(licence.expiresAt),
        text: hash(licence.text),
    })
}

fn modality(modality: IDatanets::Modality) -> Result<Modality, Refusal> {
    match modality {
        IDatanets::Modality::Text => Ok(Modality::Text),
        IDatanets::Modality::Image => Ok(Modality::Image),
        IDatanets::Modality::Audio => Ok(Modality::Audio),
        IDatanets::Modality::Tabular => Ok(Modality::Tabular),
        _ => Err(Refusal::MalformedInput),
    }
}

fn shown_modality(modality: Modality) -> IDatanets::Modality {
    match modality {
        Modality::Text => IDatanets::Modality::Text,
        Modality::Image => IDatanets::Modality::Image,
        Modality::Audio => IDatanets::Modality::Audio,
        Modality::Tabular => IDatanets::Modality::Tabular,
    }
}

fn policy(policy: IDatanets::Policy) -> Result<AcceptancePolicy, Refusal> {
    match policy {
        IDatanets::Policy::Open => Ok(AcceptancePolicy::Open),
        IDatanets::Policy::Curated => Ok(AcceptancePolicy::Curated),
        IDatanets::Policy::Permissioned => Ok(AcceptancePolicy::Permissioned),
        _ => Err(Refusal::MalformedInput),
    }
}

fn shown_policy(policy: AcceptancePolicy) -> IDatanets::Policy {
    match policy {
        AcceptancePolicy::Open => IDatanets::Policy::Open,
        AcceptancePolicy::Curated => IDatanets::Policy::Curated,
        AcceptancePolicy::Permissioned => IDatanets::Policy::Permissioned,
    }
}

/// Only `Other` has a note.
fn reject_reason(reason: IDatanets::RejectReason, note: Vec<u8>) -> Result<RejectReason, Refusal> {
    let reason = match reason {
        IDatanets::RejectReason::Other => return Ok(RejectReason::Other(bounded(note)?)),
        IDatanets::RejectReason::Duplicate => RejectReason::Duplicate,
        IDatanets::RejectReason::Junk => RejectReason::Junk,
        IDatanets::RejectReason::SizeMismatch => RejectReason::SizeMismatch,
        IDatanets::RejectReason::WrongFormat => RejectReason::WrongFormat,
        _ => return Err(Refusal::MalformedInput),
    };
    if note.is_empty() {
        Ok(reason)
    } else {
        Err(Refusal::InvalidArgument)
    }
}

fn shown_state<AccountId>(state: &ContributionState<AccountId>) -> IDatanets::State {
    match state {
        ContributionState::Pending => IDatanets::State::Pending,
        ContributionState::Accepted { .. } => IDatanets::State::Accepted,
        ContributionState::Revoked { .. } => IDatanets::State::Revoked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_note_goes_with_other_reasons_only() {
        assert_eq!(
            reject_reason(IDatanets::RejectReason::Junk, vec![]),
            Ok(RejectReason::Junk)
        );
        assert_eq!(
            reject_reason(IDatanets::RejectReason::Junk, vec![1]),
            Err(Refusal::InvalidArgument)
        );
        assert!(reject_reason(IDatanets::RejectReason::Other, vec![1]).is_ok());
        assert_eq!(
            reject_reason(IDatanets::RejectReason::Other, vec![1; 129]),
            Err(Refusal::TooLong)
        );
    }
}
