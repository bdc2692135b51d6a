// SPDX-License-Identifier: Apache-2.0
//! Challenges of reports in `IAttribution`: anybody puts down a bond, anybody shows what the report rests on.

use crate::{
    attribution::{AttributionPrecompile, Output},
    execution::{actor, charge_reads, dispatch, log},
    interfaces::IAttribution,
    refusal::{reason, Refusal},
    values::{address, address_or_zero, bounded, hash, planck, AccountIdOf},
    Config,
};
use alloc::vec::Vec;
use openledger_primitives::{
    fixed::release::HEADER_BYTES,
    money::Balance,
    report::{Evidence, ReportEntry},
    ContributionId, DatanetId, RequestId,
};
use pallet_attribution::{
    dispute::{Challenge, Dispute, Progress},
    types::Settled,
    Call, ChallengeKey, Challenges, Disputes, Error as PalletError, RangeProof, Settlements, ShownPlace,
    ShownPlaces, ShownRelease,
};
use pallet_revive::precompiles::{
    alloy::{primitives::B256, sol_types::SolCall},
    Error, Ext,
};

impl<T: Config> AttributionPrecompile<T> {
    pub(crate) fn challenge(call: IAttribution::challengeCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let key = key(call.request, call.datanet, call.contribution);
        dispatch(env, &who, Call::<T>::challenge { key })?;
        charge_reads::<T, Challenge<AccountIdOf<T>>>(env, 1)?;
        let made = challenge_of::<T>(&key).ok_or_else(not_found::<T>)?;
        let bond = planck(made.bond);
        let event = IAttribution::Challenged {
            request: key.request,
            datanet: key.datanet,
            contribution: key.contribution,
            challenger: address::<T>(&who),
            bond,
            deadline: made.deadline,
        };
        log(env, event)?;
        Ok(IAttribution::challengeCall::abi_encode_returns(&bond))
    }

    pub(crate) fn show_place(call: IAttribution::showPlaceCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let key = key(call.request, call.datanet, call.contribution);
        let before = Self::report_before(env, &key)?;
        let show = Call::<T>::show_place {
            key,
            release: ShownRelease {
                header: header(&call.release.header)?,
                table: hash(call.release.table),
                rows: hash(call.release.rows),
            },
            ordinal: call.ordinal,
            places: places(&call.places)?,
            proof: proof(&call.proof)?,
        };
        dispatch(env, &who, show)?;
        let event = IAttribution::PlaceShown {
            request: key.request,
            datanet: key.datanet,
            contribution: key.contribution,
        };
        log(env, event)?;
        Self::log_end(env, &key, &before)
    }

    pub(crate) fn open_rows(call: IAttribution::openRowsCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let key = key(call.request, call.datanet, call.contribution);
        let before = Self::report_before(env, &key)?;
        let open = Call::<T>::open_rows {
            key,
            first: call.first,
            rows: bounded(call.rows.to_vec())?,
            proof: proof(&call.proof)?,
        };
        dispatch(env, &who, open)?;
        let event = IAttribution::RowsOpened {
            request: key.request,
            datanet: key.datanet,
            contribution: key.contribution,
            first: call.first,
        };
        log(env, event)?;
        Self::log_end(env, &key, &before)
    }

    pub(crate) fn close_challenge(
        call: IAttribution::closeChallengeCall,
        env: &mut impl Ext<T = T>,
    ) -> Output {
        let who = actor(env)?;
        let key = key(call.request, call.datanet, call.contribution);
        charge_reads::<T, Settled<T>>(env, 1)?;
        let void = Settlements::<T>::get(key.request).is_some_and(|settled| settled.void);
        dispatch(env, &who, Call::<T>::close_challenge { key })?;
        // nobody showed anything, which counts as wrong whatever the report says
        let verdict = match void {
            true => IAttribution::Verdict::Moot,
            false => IAttribution::Verdict::Corrected,
        };
        ended(env, &key, verdict)
    }

    pub(crate) fn refute_output(call: IAttribution::refuteOutputCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let request = call.request;
        let head = bounded(call.head.to_vec())?;
        dispatch(env, &who, Call::<T>::refute_output { request, head })?;
        let by = address::<T>(&who);
        log(env, IAttribution::OutputRefuted { request, by })?;
        Ok(Vec::new())
    }

    /// The report before a call that may end a challenge of it, and whether it is void.
    fn report_before(
        env: &mut impl Ext<T = T>,
        key: &ChallengeKey,
    ) -> Result<(Vec<ReportEntry>, bool), Error> {
        charge_reads::<T, Settled<T>>(env, 2)?;
        charge_reads::<T, Challenge<AccountIdOf<T>>>(env, 1)?;
        let settled = Settlements::<T>::get(key.request).ok_or_else(not_found::<T>)?;
        Ok((settled.report.to_vec(), settled.void))
    }

    /// Tells how the challenge ended, if it did. A wrong report is never the one that stands afterwards.
    fn log_end(
        env: &mut impl Ext<T = T>,
        key: &ChallengeKey,
        (report, void): &(Vec<ReportEntry>, bool),
    ) -> Output {
        if challenge_of::<T>(key).is_some() {
            return Ok(Vec::new());
        }
        let now = Settlements::<T>::get(key.request).ok_or_else(not_found::<T>)?;
        let verdict = match (void, now.report.as_slice() == report.as_slice()) {
            (true, _) => IAttribution::Verdict::Moot,
            (false, true) => IAttribution::Verdict::Upheld,
            (false, false) => IAttribution::Verdict::Corrected,
        };
        ended(env, key, verdict)
    }

    pub(crate) fn challenge_state(call: IAttribution::challengeOfCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, Challenge<AccountIdOf<T>>>(env, 1)?;
        let found = challenge_of::<T>(&key(call.request, call.datanet, call.contribution));
        let shown = match found {
            None => IAttribution::Challenge {
                stage: IAttribution::Stage::None,
                challenger: Default::default(),
                bond: planck(0),
                deadline: 0,
                nextRow: 0,
                endRow: 0,
            },
            Some(found) => {
                let (stage, next, end) = match found.progress {
                    Progress::Unplaced => (IAttribution::Stage::Unplaced, 0, 0),
                    Progress::Rows { next, end, .. } => (IAttribution::Stage::Rows, next, end),
                };
                IAttribution::Challenge {
                    stage,
                    challenger: address::<T>(&found.challenger),
                    bond: planck(found.bond),
                    deadline: found.deadline,
                    nextRow: next,
                    endRow: end,
                }
            }
        };
        Ok(IAttribution::challengeOfCall::abi_encode_returns(&shown))
    }

    pub(crate) fn dispute_of(call: IAttribution::disputeOfCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, Dispute<T>>(env, 1)?;
        let found = Disputes::<T>::get(call.request);
        let withheld = found.as_ref().map_or(0, |dispute| {
            let amounts = dispute.withheld.iter().map(|part| part.amount);
            amounts.fold(0, Balance::saturating_add)
        });
        let shown = IAttribution::disputeOfReturn {
            challenges: found.as_ref().map_or(0, |dispute| dispute.open),
            author: address_or_zero::<T>(found.as_ref().map(|dispute| &dispute.author.account)),
            withheld: planck(withheld),
        };
        Ok(IAttribution::disputeOfCall::abi_encode_returns(&shown))
    }

    pub(crate) fn report_of(call: IAttribution::reportOfCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, Settled<T>>(env, 1)?;
        let settled = Settlements::<T>::get(call.request).ok_or_else(not_found::<T>)?;
        let entries = settled.report.iter().map(|entry| IAttribution::ReportEntry {
            datanet: entry.datanet,
            contribution: entry.contribution,
            weight: entry.weight,
            score: entry.score,
            evidence: shown_evidence(entry.evidence),
        });
        let shown = IAttribution::reportOfReturn {
            entries: entries.collect(),
            refuted: settled.void,
        };
        Ok(IAttribution::reportOfCall::abi_encode_returns(&shown))
    }
}

/// A kind of evidence as Solidity names it.
pub(crate) fn shown_evidence(evidence: Evidence) -> IAttribution::Evidence {
    match evidence {
        Evidence::Influence => IAttribution::Evidence::Influence,
        Evidence::Spans => IAttribution::Evidence::Spans,
        Evidence::Retrieval => IAttribution::Evidence::Retrieval,
    }
}

fn key(request: RequestId, datanet: DatanetId, contribution: ContributionId) -> ChallengeKey {
    ChallengeKey {
        request,
        datanet,
        contribution,
    }
}

fn not_found<T: Config>() -> Error {
    reason::<T>(PalletError::<T>::NotFound)
}

fn challenge_of<T: Config>(key: &ChallengeKey) -> Option<Challenge<AccountIdOf<T>>> {
    Challenges::<T>::get(key.request, (key.datanet, key.contribution))
}

fn ended<T: Config>(env: &mut impl Ext<T = T>, key: &ChallengeKey, verdict: IAttribution::Verdict) -> Output {
    let event = IAttribution::ChallengeEnded {
        request: key.request,
        datanet: key.datanet,
        contribution: key.contribution,
        verdict,
    };
    log(env, event)?;
    Ok(Vec::new())
}

/// An index's header. One of another length is of no release.
fn header(given: &[u8]) -> Result<[u8; HEADER_BYTES], Refusal> {
    given.try_into().map_err(|_| Refusal::InvalidArgument)
}

pub(crate) fn places(given: &[IAttribution::ReleasePlace]) -> Result<ShownPlaces, Refusal> {
    let places = given.iter().map(|place| ShownPlace {
        datanet: place.datanet,
        contribution: place.contribution,
        registered: place.registered,
        first: place.first,
        rows: place.rows,
    });
    bounded(places.collect())
}

pub(crate) fn proof(given: &[B256]) -> Result<RangeProof, Refusal> {
    bounded(given.iter().map(|word| hash(*word)).collect())
}
