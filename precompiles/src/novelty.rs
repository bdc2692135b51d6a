// SPDX-License-Identifier: Apache-2.0
//! Acceptance in `IDatanets`, and what was measured of a contribution's novelty.

use crate::{
    datanets::{DatanetsPrecompile, Output},
    execution::{actor, dispatch, log},
    interfaces::IDatanets,
    refusal::Refusal,
    values::{address, hash, share, word},
    Config,
};
use alloc::vec::Vec;
use openledger_primitives::{ContributionId, DatanetId};
use pallet_datanets::{Call, Novelty, NoveltyMethod};
use pallet_revive::precompiles::{alloy::sol_types::SolCall, Ext};

impl<T: Config> DatanetsPrecompile<T> {
    pub(crate) fn accept(call: IDatanets::acceptCall, env: &mut impl Ext<T = T>) -> Output {
        Self::accepted(call.datanet, call.contribution, None, env)
    }

    pub(crate) fn accept_measured(call: IDatanets::acceptMeasuredCall, env: &mut impl Ext<T = T>) -> Output {
        let (datanet, contribution) = (call.datanet, call.contribution);
        let measured = novelty(&call.novelty)?;
        Self::accepted(datanet, contribution, Some(measured), env)?;
        let event = IDatanets::NoveltyRecorded {
            datanet,
            contribution,
            novelty: call.novelty,
        };
        log(env, event)?;
        Ok(Vec::new())
    }

    fn accepted(
        datanet: DatanetId,
        contribution: ContributionId,
        novelty: Option<Novelty>,
        env: &mut impl Ext<T = T>,
    ) -> Output {
        let who = actor(env)?;
        let accept = Call::<T>::accept {
            datanet,
            contribution,
            novelty,
        };
        dispatch(env, &who, accept)?;
        let entry = Self::contribution(env, datanet, contribution)?;
        let event = IDatanets::ContributionAccepted {
            datanet,
            contribution,
            by: address::<T>(&who),
            leafIndex: entry.leaf_index().unwrap_or_default(),
        };
        log(env, event)?;
        Ok(Vec::new())
    }

    pub(crate) fn novelty_of(call: IDatanets::noveltyOfCall, env: &mut impl Ext<T = T>) -> Output {
        let entry = Self::contribution(env, call.datanet, call.contribution)?;
        let shown = IDatanets::noveltyOfReturn {
            measured: entry.novelty.is_some(),
            novelty: shown(entry.novelty),
        };
        Ok(IDatanets::noveltyOfCall::abi_encode_returns(&shown))
    }
}

/// A novelty as Solidity gives it; no hash is no evidence.
fn novelty(given: &IDatanets::Novelty) -> Result<Novelty, Refusal> {
    let method = match given.method {
        IDatanets::NoveltyMethod::Shingles => NoveltyMethod::Shingles,
        IDatanets::NoveltyMethod::Rows => NoveltyMethod::Rows,
        _ => return Err(Refusal::MalformedInput),
    };
    Ok(Novelty {
        share: share(given.sharePpm)?,
        method,
        against: given.against,
        evidence: (!given.evidence.is_zero()).then(|| hash(given.evidence)),
    })
}

fn shown(novelty: Option<Novelty>) -> IDatanets::Novelty {
    let method = match novelty.map(|novelty| novelty.method) {
        Some(NoveltyMethod::Shingles) | None => IDatanets::NoveltyMethod::Shingles,
        Some(NoveltyMethod::Rows) => IDatanets::NoveltyMethod::Rows,
    };
    IDatanets::Novelty {
        sharePpm: novelty.map_or(0, |novelty| novelty.share.deconstruct()),
        method,
        against: novelty.map_or(0, |novelty| novelty.against),
        evidence: word(novelty.and_then(|novelty| novelty.evidence).unwrap_or_default()),
    }
}
