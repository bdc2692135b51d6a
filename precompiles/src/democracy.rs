// SPDX-License-Identifier: Apache-2.0
//! `IDemocracy`: `pallet-democracy`, and of `pallet-preimage` what a proposal needs, for Solidity.

use crate::{
    calldata::Calldata,
    execution::{actor, charge_reads, dispatch, log, open},
    interfaces::IDemocracy::{self, IDemocracyCalls as Calls},
    place::Place,
    refusal::{reason, Refusal},
    values::{account, address, amount, hash, planck, word, AccountIdOf},
    Config,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{traits::Bounded, weights::Weight, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use openledger_primitives::money::Balance;
use pallet_democracy::{
    AccountVote, BoundedCallOf, Call, Conviction, Error as PalletError, ReferendumInfo, Vote, VoteThreshold,
    Voting,
};
use pallet_revive::precompiles::{
    alloy::{primitives::Address, sol_types::SolCall},
    AddressMatcher, Error, Ext, Precompile,
};
use sp_runtime::traits::{Hash, SaturatedConversion, StaticLookup};

/// Hashing of a byte of a stored call, picoseconds.
const HASH_TIME_PER_BYTE: u64 = 5_000;

type AllVotes<T> =
    Voting<Balance, AccountIdOf<T>, BlockNumberFor<T>, <T as pallet_democracy::Config>::MaxVotes>;
type Proposals<T> =
    BoundedVec<(u32, BoundedCallOf<T>, AccountIdOf<T>), <T as pallet_democracy::Config>::MaxProposals>;
type Deposits<T> = (
    BoundedVec<AccountIdOf<T>, <T as pallet_democracy::Config>::MaxDeposits>,
    Balance,
);
type Referendum<T> = ReferendumInfo<BlockNumberFor<T>, BoundedCallOf<T>, Balance>;

/// The precompile at [`Place::Democracy`].
pub struct DemocracyPrecompile<T>(PhantomData<T>);

impl<T: Config> Precompile for DemocracyPrecompile<T> {
    type T = T;
    type Interface = Calldata<Calls>;
    const MATCHER: AddressMatcher = Place::Democracy.matcher();
    const HAS_CONTRACT_INFO: bool = false;

    fn call(
        _: &[u8; 20],
        input: &Self::Interface,
        env: &mut impl Ext<T = Self::T>,
    ) -> Result<Vec<u8>, Error> {
        match open(input, env)? {
            Calls::notePreimage(call) => Self::note_preimage(call, env),
            Calls::unnotePreimage(call) => Self::unnote_preimage(call, env),
            Calls::propose(call) => Self::propose(call, env),
            Calls::second(call) => Self::second(call, env),
            Calls::vote(call) => Self::vote(call, env),
            Calls::voteSplit(call) => Self::vote_split(call, env),
            Calls::removeVote(call) => Self::remove_vote(call, env),
            Calls::removeOtherVote(call) => Self::remove_other_vote(call, env),
            Calls::delegate(call) => Self::delegate(call, env),
            Calls::undelegate(_) => Self::undelegate(env),
            Calls::unlock(call) => Self::unlock(call, env),
            Calls::proposalCount(_) => Self::proposal_count(env),
            Calls::getProposals(_) => Self::get_proposals(env),
            Calls::referendumCount(_) => Self::referendum_count(env),
            Calls::getReferendum(call) => Self::get_referendum(call, env),
            Calls::voteOf(call) => Self::vote_of(call, env),
            Calls::delegationOf(call) => Self::delegation_of(call, env),
        }
    }
}

type Output = Result<Vec<u8>, Error>;

impl<T: Config> DemocracyPrecompile<T> {
    fn note_preimage(call: IDemocracy::notePreimageCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let length: u32 = call.encodedCall.len().saturated_into();
        let time = HASH_TIME_PER_BYTE.saturating_mul(length.into());
        env.charge(Weight::from_parts(time, 0))?;
        let bytes = call.encodedCall.to_vec();
        let proposal_hash = T::Hashing::hash(&bytes);
        dispatch(env, &who, pallet_preimage::Call::<T>::note_preimage { bytes })?;
        let stored = word(proposal_hash);
        log(
            env,
            IDemocracy::PreimageNoted {
                proposalHash: stored,
                by: address::<T>(&who),
                length,
            },
        )?;
        Ok(IDemocracy::notePreimageCall::abi_encode_returns(&stored))
    }

    fn unnote_preimage(call: IDemocracy::unnotePreimageCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let hash = hash(call.proposalHash);
        dispatch(env, &who, pallet_preimage::Call::<T>::unnote_preimage { hash })?;
        log(
            env,
            IDemocracy::PreimageCleared {
                proposalHash: call.proposalHash,
            },
        )?;
        Ok(Vec::new())
    }

    fn propose(call: IDemocracy::proposeCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let value = amount(call.deposit)?;
        charge_reads::<T, u32>(env, 1)?;
        let index = pallet_democracy::PublicPropCount::<T>::get();
        let proposal = Bounded::Lookup {
            hash: hash(call.proposalHash),
            len: call.length,
        };
        dispatch(env, &who, Call::<T>::propose { proposal, value })?;
        log(
            env,
            IDemocracy::Proposed {
                proposal: index,
                proposer: address::<T>(&who),
                proposalHash: call.proposalHash,
                deposit: call.deposit,
            },
        )?;
        Ok(IDemocracy::proposeCall::abi_encode_returns(&index))
    }

    fn second(call: IDemocracy::secondCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let proposal = call.proposal;
        dispatch(env, &who, Call::<T>::second { proposal })?;
        let seconder = address::<T>(&who);
        log(env, IDemocracy::Seconded { proposal, seconder })?;
        Ok(Vec::new())
    }

    fn vote(call: IDemocracy::voteCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let vote = AccountVote::Standard {
            vote: Vote {
                aye: call.aye,
                conviction: conviction(call.conviction)?,
            },
            balance: amount(call.balance)?,
        };
        let ref_index = call.referendum;
        dispatch(env, &who, Call::<T>::vote { ref_index, vote })?;
        log(
            env,
            IDemocracy::Voted {
                referendum: call.referendum,
                voter: address::<T>(&who),
                aye: call.aye,
                conviction: call.conviction,
                balance: call.balance,
            },
        )?;
        Ok(Vec::new())
    }

    fn vote_split(call: IDemocracy::voteSplitCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let vote = AccountVote::Split {
            aye: amount(call.ayeBalance)?,
            nay: amount(call.nayBalance)?,
        };
        let ref_index = call.referendum;
        dispatch(env, &who, Call::<T>::vote { ref_index, vote })?;
        log(
            env,
            IDemocracy::SplitVoted {
                referendum: call.referendum,
                voter: address::<T>(&who),
                ayeBalance: call.ayeBalance,
                nayBalance: call.nayBalance,
            },
        )?;
        Ok(Vec::new())
    }

    fn remove_vote(call: IDemocracy::removeVoteCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let index = call.referendum;
        dispatch(env, &who, Call::<T>::remove_vote { index })?;
        let voter = address::<T>(&who);
        log(
            env,
            IDemocracy::VoteRemoved {
                referendum: index,
                voter,
                by: voter,
            },
        )?;
        Ok(Vec::new())
    }

    fn remove_other_vote(call: IDemocracy::removeOtherVoteCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let target = T::Lookup::unlookup(account(env, call.voter)?);
        let index = call.referendum;
        dispatch(env, &who, Call::<T>::remove_other_vote { target, index })?;
        log(
            env,
            IDemocracy::VoteRemoved {
                referendum: index,
                voter: call.voter,
                by: address::<T>(&who),
            },
        )?;
        Ok(Vec::new())
    }

    fn delegate(call: IDemocracy::delegateCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let to = T::Lookup::unlookup(account(env, call.to)?);
        let delegation = Call::<T>::delegate {
            to,
            conviction: conviction(call.conviction)?,
            balance: amount(call.balance)?,
        };
        dispatch(env, &who, delegation)?;
        log(
            env,
            IDemocracy::Delegated {
                from: address::<T>(&who),
                to: call.to,
                conviction: call.conviction,
                balance: call.balance,
            },
        )?;
        Ok(Vec::new())
    }

    fn undelegate(env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(env, &who, Call::<T>::undelegate {})?;
        let from = address::<T>(&who);
        log(env, IDemocracy::Undelegated { from })?;
        Ok(Vec::new())
    }

    fn unlock(call: IDemocracy::unlockCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let target = T::Lookup::unlookup(account(env, call.account)?);
        dispatch(env, &who, Call::<T>::unlock { target })?;
        let account = call.account;
        log(env, IDemocracy::Unlocked { account })?;
        Ok(Vec::new())
    }

    fn proposal_count(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, u32>(env, 1)?;
        let count = pallet_democracy::PublicPropCount::<T>::get();
        Ok(IDemocracy::proposalCountCall::abi_encode_returns(&count))
    }

    fn get_proposals(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, Proposals<T>>(env, 1)?;
        let proposals = pallet_democracy::PublicProps::<T>::get();
        charge_reads::<T, Deposits<T>>(env, proposals.len().saturated_into())?;
        let shown: Vec<_> = proposals
            .iter()
            .map(|(index, call, proposer)| {
                let deposit = pallet_democracy::DepositOf::<T>::get(index);
                let (supporters, each) = deposit.map_or((0, 0), |(who, each)| (who.len(), each));
                IDemocracy::Proposal {
                    index: *index,
                    proposer: address::<T>(proposer),
                    proposalHash: word(call.hash()),
                    deposit: planck(each),
                    supporters: supporters.saturated_into(),
                }
            })
            .collect();
        Ok(IDemocracy::getProposalsCall::abi_encode_returns(&shown))
    }

    fn referendum_count(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, u32>(env, 1)?;
        let count = pallet_democracy::ReferendumCount::<T>::get();
        Ok(IDemocracy::referendumCountCall::abi_encode_returns(&count))
    }

    fn get_referendum(call: IDemocracy::getReferendumCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, Referendum<T>>(env, 1)?;
        let info = pallet_democracy::ReferendumInfoOf::<T>::get(call.referendum)
            .ok_or_else(|| reason::<T>(PalletError::<T>::ReferendumInvalid))?;
        let shown = match info {
            ReferendumInfo::Ongoing(status) => IDemocracy::Referendum {
                state: IDemocracy::ReferendumState::Ongoing,
                end: status.end.saturated_into(),
                proposalHash: word(status.proposal.hash()),
                threshold: shown_threshold(status.threshold),
                delay: status.delay.saturated_into(),
                ayes: planck(status.tally.ayes),
                nays: planck(status.tally.nays),
                turnout: planck(status.tally.turnout),
            },
            ReferendumInfo::Finished { approved, end } => IDemocracy::Referendum {
                state: if approved {
                    IDemocracy::ReferendumState::Approved
                } else {
                    IDemocracy::ReferendumState::Rejected
                },
                end: end.saturated_into(),
                proposalHash: Default::default(),
                threshold: IDemocracy::Threshold::SuperMajorityApprove,
                delay: 0,
                ayes: planck(0),
                nays: planck(0),
                turnout: planck(0),
            },
        };
        Ok(IDemocracy::getReferendumCall::abi_encode_returns(&shown))
    }

    fn vote_of(call: IDemocracy::voteOfCall, env: &mut impl Ext<T = T>) -> Output {
        let given = match Self::voting(env, call.voter)? {
            Voting::Direct { votes, .. } => votes
                .iter()
                .find(|(index, _)| *index == call.referendum)
                .map(|(_, vote)| *vote),
            Voting::Delegating { .. } => None,
        };
        Ok(IDemocracy::voteOfCall::abi_encode_returns(&shown_vote(given)))
    }

    fn delegation_of(call: IDemocracy::delegationOfCall, env: &mut impl Ext<T = T>) -> Output {
        let shown = match Self::voting(env, call.account)? {
            Voting::Delegating {
                target,
                conviction,
                balance,
                ..
            } => IDemocracy::delegationOfReturn {
                to: address::<T>(&target),
                conviction: shown_conviction(conviction),
                balance: planck(balance),
            },
            Voting::Direct { .. } => IDemocracy::delegationOfReturn {
                to: Address::ZERO,
                conviction: IDemocracy::Conviction::None,
                balance: planck(0),
            },
        };
        Ok(IDemocracy::delegationOfCall::abi_encode_returns(&shown))
    }

    fn voting(env: &mut impl Ext<T = T>, who: Address) -> Result<AllVotes<T>, Error> {
        charge_reads::<T, AccountIdOf<T>>(env, 1)?;
        charge_reads::<T, AllVotes<T>>(env, 1)?;
        let account = env.to_account_id(&who.into_array().into());
        Ok(pallet_democracy::VotingOf::<T>::get(account))
    }
}

fn conviction(conviction: IDemocracy::Conviction) -> Result<Conviction, Refusal> {
    match conviction {
        IDemocracy::Conviction::None => Ok(Conviction::None),
        IDemocracy::Conviction::Locked1x => Ok(Conviction::Locked1x),
        IDemocracy::Conviction::Locked2x => Ok(Conviction::Locked2x),
        IDemocracy::Conviction::Locked3x => Ok(Conviction::Locked3x),
        IDemocracy::Conviction::Locked4x => Ok(Conviction::Locked4x),
        IDemocracy::Conviction::Locked5x => Ok(Conviction::Locked5x),
        IDemocracy::Conviction::Locked6x => Ok(Conviction::Locked6x),
        _ => Err(Refusal::MalformedInput),
    }
}

fn shown_conviction(conviction: Conviction) -> IDemocracy::Conviction {
    match conviction {
        Conviction::None => IDemocracy::Conviction::None,
        Conviction::Locked1x => IDemocracy::Conviction::Locked1x,
        Conviction::Locked2x => IDemocracy::Conviction::Locked2x,
        Conviction::Locked3x => IDemocracy::Conviction::Locked3x,
        Conviction::Locked4x => IDemocracy::Conviction::Locked4x,
        Conviction::Locked5x => IDemocracy::Conviction::Locked5x,
        Conviction::Locked6x => IDemocracy::Conviction::Locked6x,
    }
}

fn shown_threshold(threshold: VoteThreshold) -> IDemocracy::Threshold {
    match threshold {
        VoteThreshold::SuperMajorityApprove => IDemocracy::Threshold::SuperMajorityApprove,
        VoteThreshold::SuperMajorityAgainst => IDemocracy::Threshold::SuperMajorityAgainst,
        VoteThreshold::SimpleMajority => IDemocracy::Threshold::SimpleMajority,
    }
}

fn shown_vote(vote: Option<AccountVote<Balance>>) -> IDemocracy::Vote {
    let none = IDemocracy::Vote {
        kind: IDemocracy::VoteKind::None,
        aye: false,
        conviction: IDemocracy::Conviction::None,
        ayeBalance: planck(0),
        nayBalance: planck(0),
    };
    match vote {
        None => none,
        Some(AccountVote::Standard { vote, balance }) => IDemocracy::Vote {
            kind: IDemocracy::VoteKind::Standard,
            aye: vote.aye,
            conviction: shown_conviction(vote.conviction),
            ayeBalance: planck(if vote.aye { balance } else { 0 }),
            nayBalance: planck(if vote.aye { 0 } else { balance }),
        },
        Some(AccountVote::Split { aye, nay }) => IDemocracy::Vote {
            kind: IDemocracy::VoteKind::Split,
            ayeBalance: planck(aye),
            nayBalance: planck(nay),
            ..none
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_is_shown_on_its_side() {
        let vote = |aye| AccountVote::Standard {
            vote: Vote {
                aye,
                conviction: Conviction::Locked3x,
            },
            balance: 7,
        };
        let (for_it, against) = (shown_vote(Some(vote(true))), shown_vote(Some(vote(false))));
        assert_eq!((for_it.ayeBalance, for_it.nayBalance), (planck(7), planck(0)));
        assert_eq!((against.ayeBalance, against.nayBalance), (planck(0), planck(7)));
        assert_eq!(against.conviction, IDemocracy::Conviction::Locked3x);
        let split = shown_vote(Some(AccountVote::Split { aye: 1, nay: 2 }));
        assert_eq!((split.ayeBalance, split.nayBalance), (planck(1), planck(2)));
        assert_eq!(shown_vote(None).kind, IDemocracy::VoteKind::None);
    }

    #[test]
    fn every_conviction_comes_back_unchanged() {
        for byte in 0..=6u8 {
            let solidity = IDemocracy::Conviction::try_from(byte).expect("there are seven");
            let native = conviction(solidity).expect("it is valid");
            assert_eq!(u8::from(native), byte);
            assert_eq!(shown_conviction(native), solidity);
        }
        assert!(IDemocracy::Conviction::try_from(7).is_err());
    }
}
