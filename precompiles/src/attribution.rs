// SPDX-License-Identifier: Apache-2.0
//! `IAttribution`: `pallet-attribution` for Solidity.

use crate::{
    calldata::Calldata,
    challenges::shown_evidence,
    execution::{actor, charge_reads, dispatch, log, open},
    interfaces::IAttribution::{self, IAttributionCalls as Calls},
    place::Place,
    refusal::{reason, Refusal},
    values::{account, address, address_or_zero, bounded, planck, AccountIdOf},
    Config,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use openledger_primitives::{
    explain::{Part, Reason},
    money::Balance,
    traits::DatanetVersion,
};
use pallet_attribution::{
    standing::StandingPool,
    types::{LedgerTotals, ModelBook, PendingPay, Settled},
    Call, ClaimEntries, CollectEntries, Error as PalletError, Pallet, PendingKey, StandingKey,
};
use pallet_datanets::ContributionOf;
use pallet_revive::precompiles::{alloy::sol_types::SolCall, AddressMatcher, Error, Ext, Precompile};

/// Settings that say what has vested: three parameters, the clock and the model's answers.
const VESTING_ITEMS: u32 = 5;

/// The precompile at [`Place::Attribution`].
pub struct AttributionPrecompile<T>(PhantomData<T>);

impl<T: Config> Precompile for AttributionPrecompile<T> {
    type T = T;
    type Interface = Calldata<Calls>;
    const MATCHER: AddressMatcher = Place::Attribution.matcher();
    const HAS_CONTRACT_INFO: bool = false;

    fn call(
        _: &[u8; 20],
        input: &Self::Interface,
        env: &mut impl Ext<T = Self::T>,
    ) -> Result<Vec<u8>, Error> {
        match open(input, env)? {
            Calls::claim(call) => Self::claim(call, env),
            Calls::claimFor(call) => Self::claim_for(call, env),
            Calls::prune(call) => Self::prune(call, env),
            Calls::collectStanding(call) => Self::collect_standing(call, env),
            Calls::releasePool(call) => Self::release_pool(call, env),
            Calls::challenge(call) => Self::challenge(call, env),
            Calls::showPlace(call) => Self::show_place(call, env),
            Calls::openRows(call) => Self::open_rows(call, env),
            Calls::closeChallenge(call) => Self::close_challenge(call, env),
            Calls::refuteOutput(call) => Self::refute_output(call, env),
            Calls::refuteSpans(call) => Self::refute_spans(call, env),
            Calls::challengeOf(call) => Self::challenge_state(call, env),
            Calls::disputeOf(call) => Self::dispute_of(call, env),
            Calls::reportOf(call) => Self::report_of(call, env),
            Calls::claimable(call) => Self::claimable(call, env),
            Calls::pendingOf(call) => Self::pending_of(call, env),
            Calls::standingOf(call) => Self::standing_of(call, env),
            Calls::explain(call) => Self::explain(call, env),
            Calls::modelBook(call) => Self::model_book(call, env),
            Calls::totals(_) => Self::totals(env),
        }
    }
}

pub(crate) type Output = Result<Vec<u8>, Error>;

impl<T: Config> AttributionPrecompile<T> {
    fn claim(call: IAttribution::claimCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let entries = claim_entries(&call.entries)?;
        let paid = Self::pay(env, &who, &who, Call::<T>::claim { entries })?;
        Ok(IAttribution::claimCall::abi_encode_returns(&planck(paid)))
    }

    fn claim_for(call: IAttribution::claimForCall, env: &mut impl Ext<T = T>) -> Output {
        let by = actor(env)?;
        let account = account(env, call.account)?;
        let entries = claim_entries(&call.entries)?;
        let claim = Call::<T>::claim_for {
            account: account.clone(),
            entries,
        };
        let paid = Self::pay(env, &account, &by, claim)?;
        Ok(IAttribution::claimForCall::abi_encode_returns(&planck(paid)))
    }

    /// Makes the claim and returns what was paid.
    fn pay(
        env: &mut impl Ext<T = T>,
        account: &AccountIdOf<T>,
        by: &AccountIdOf<T>,
        claim: Call<T>,
    ) -> Result<Balance, Error> {
        charge_reads::<T, LedgerTotals>(env, 2)?;
        let before = pallet_attribution::Totals::<T>::get().claimed;
        dispatch(env, by, claim)?;
        let paid = pallet_attribution::Totals::<T>::get()
            .claimed
            .saturating_sub(before);
        log(
            env,
            IAttribution::Claimed {
                account: address::<T>(account),
                by: address::<T>(by),
                amount: planck(paid),
            },
        )?;
        Ok(paid)
    }

    fn prune(call: IAttribution::pruneCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let request = call.request;
        dispatch(env, &who, Call::<T>::prune { request })?;
        log(env, IAttribution::Pruned { request })?;
        Ok(Vec::new())
    }

    fn collect_standing(call: IAttribution::collectStandingCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let entries = collect_entries(&call.entries)?;
        charge_reads::<T, LedgerTotals>(env, 2)?;
        let before = pallet_attribution::Totals::<T>::get().standing;
        dispatch(env, &who, Call::<T>::collect_standing { entries })?;
        let after = pallet_attribution::Totals::<T>::get().standing;
        let amount = planck(before.saturating_sub(after));
        let by = address::<T>(&who);
        log(env, IAttribution::StandingCollected { by, amount })?;
        Ok(IAttribution::collectStandingCall::abi_encode_returns(&amount))
    }

    fn release_pool(call: IAttribution::releasePoolCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let model = call.model;
        charge_reads::<T, ModelBook>(env, 1)?;
        let amount = planck(pallet_attribution::Models::<T>::get(model).next_pool);
        dispatch(env, &who, Call::<T>::release_pool { model })?;
        log(env, IAttribution::PoolReleased { model, amount })?;
        Ok(IAttribution::releasePoolCall::abi_encode_returns(&amount))
    }

    fn claimable(call: IAttribution::claimableCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, AccountIdOf<T>>(env, 2)?;
        let account = env.to_account_id(&call.account.into_array().into());
        let claimable = pallet_attribution::Claimable::<T>::get(account);
        Ok(IAttribution::claimableCall::abi_encode_returns(&planck(
            claimable,
        )))
    }

    fn pending_of(call: IAttribution::pendingOfCall, env: &mut impl Ext<T = T>) -> Output {
        let (model, datanet, contribution) = (call.model, call.datanet, call.contribution);
        charge_reads::<T, PendingPay<AccountIdOf<T>>>(env, 2)?;
        charge_reads::<T, ModelBook>(env, VESTING_ITEMS)?;
        let pay = pallet_attribution::Pending::<T>::get((model, datanet, contribution));
        let pending = Pallet::<T>::pending(model, datanet, contribution);
        let total = pay.as_ref().map_or(0, |pay| pay.windows.total());
        let shown = IAttribution::pendingOfReturn {
            owner: address_or_zero::<T>(pay.as_ref().map(|pay| &pay.owner)),
            vested: planck(total.saturating_sub(pending)),
            pending: planck(pending),
        };
        Ok(IAttribution::pendingOfCall::abi_encode_returns(&shown))
    }

    fn standing_of(call: IAttribution::standingOfCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, StandingPool>(env, 1)?;
        charge_reads::<T, DatanetVersion>(env, 2)?;
        charge_reads::<T, ContributionOf<T>>(env, 1)?;
        charge_reads::<T, Balance>(env, VESTING_ITEMS)?;
        let standing = Pallet::<T>::standing(call.datanet, call.version, call.contribution);
        Ok(IAttribution::standingOfCall::abi_encode_returns(&planck(
            standing,
        )))
    }

    fn explain(call: IAttribution::explainCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, Settled<T>>(env, 1)?;
        let settled = pallet_attribution::Settlements::<T>::get(call.request)
            .ok_or_else(|| reason::<T>(PalletError::<T>::NotFound))?;
        let settlement = IAttribution::Settlement {
            model: settled.model,
            consumer: address::<T>(&settled.consumer),
            fee: planck(settled.fee),
            fromPool: planck(settled.from_pool),
            representative: address::<T>(&settled.representative.account),
            settledAt: settled.settled_at,
            parts: settled.parts.iter().map(shown_part::<T>).collect(),
            takenBack: settled
                .taken_back
                .iter()
                .map(|taken| IAttribution::TakenBack {
                    datanet: taken.datanet,
                    contribution: taken.contribution,
                    amount: planck(taken.amount),
                })
                .collect(),
        };
        Ok(IAttribution::explainCall::abi_encode_returns(&settlement))
    }

    fn model_book(call: IAttribution::modelBookCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, ModelBook>(env, 1)?;
        let book = pallet_attribution::Models::<T>::get(call.model);
        let shown = IAttribution::modelBookReturn {
            nextPool: planck(book.next_pool),
            answers: book.answers,
        };
        Ok(IAttribution::modelBookCall::abi_encode_returns(&shown))
    }

    fn totals(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, LedgerTotals>(env, 1)?;
        let totals = pallet_attribution::Totals::<T>::get();
        let shown = IAttribution::Totals {
            credited: planck(totals.credited),
            claimed: planck(totals.claimed),
            claimable: planck(totals.claimable),
            pending: planck(totals.pending),
            pools: planck(totals.pools),
            standing: planck(totals.standing),
            disputed: planck(totals.disputed),
        };
        Ok(IAttribution::totalsCall::abi_encode_returns(&shown))
    }
}

fn claim_entries(given: &[IAttribution::Key]) -> Result<ClaimEntries, Refusal> {
    let keys = given.iter().map(|key| PendingKey {
        model: key.model,
        datanet: key.datanet,
        contribution: key.contribution,
    });
    bounded(keys.collect())
}

fn collect_entries(given: &[IAttribution::StandingKey]) -> Result<CollectEntries, Refusal> {
    let keys = given.iter().map(|key| StandingKey {
        datanet: key.datanet,
        version: key.version,
        contribution: key.contribution,
    });
    bounded(keys.collect())
}

fn shown_part<T: Config>(part: &Part<AccountIdOf<T>>) -> IAttribution::Part {
    let paid = IAttribution::Part {
        to: address_or_zero::<T>(part.to.as_ref()),
        amount: planck(part.amount),
        reason: IAttribution::Reason::Treasury,
        model: 0,
        datanet: 0,
        version: 0,
        contribution: 0,
        weight: 0,
        evidence: IAttribution::Evidence::Influence,
    };
    let because = |reason| IAttribution::Part {
        reason,
        ..paid.clone()
    };
    match part.reason {
        Reason::Treasury => paid,
        Reason::Worker => because(IAttribution::Reason::Worker),
        Reason::ModelOwner => because(IAttribution::Reason::ModelOwner),
        Reason::Royalty { model } => IAttribution::Part {
            model,
            ..because(IAttribution::Reason::Royalty)
        },
        Reason::Contribution {
            datanet,
            contribution,
            weight,
            evidence,
        } => IAttribution::Part {
            datanet,
            contribution,
            weight,
            evidence: shown_evidence(evidence),
            ..because(IAttribution::Reason::Contribution)
        },
        Reason::NextPool => because(IAttribution::Reason::NextPool),
        Reason::Dust => because(IAttribution::Reason::Dust),
        Reason::Unattributed => because(IAttribution::Reason::Unattributed),
        Reason::Standing { datanet, version } => IAttribution::Part {
            datanet,
            version,
            ..because(IAttribution::Reason::Standing)
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_claim_names_at_most_64_entries() {
        let key = IAttribution::Key {
            model: 1,
            datanet: 2,
            contribution: 3,
        };
        assert!(claim_entries(&vec![key.clone(); 64]).is_ok());
        assert_eq!(claim_entries(&vec![key; 65]), Err(Refusal::TooLong));
    }
}
