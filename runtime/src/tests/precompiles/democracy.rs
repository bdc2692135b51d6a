// SPDX-License-Identifier: Apache-2.0
//! `IDemocracy`: a referendum by Ethereum accounts alone.

use super::{development_chain, last_log, planck, refused, ALITH, BALTATHAR, CHARLETH, DOROTHY};
use crate::{
    constants::OPEN, Balances, Democracy, Runtime, RuntimeCall, RuntimeHoldReason, Scheduler, System,
};
use codec::Encode;
use frame_support::traits::{fungible::InspectHold, Hooks};
use openledger_precompiles::{
    interfaces::IDemocracy::{self, *},
    Place::Democracy as AT,
};
use pallet_revive::precompiles::alloy::primitives::{Address, B256, U256};
use sp_runtime::traits::{BlakeTwo256, Hash};

const DEPOSIT: crate::Balance = 100 * OPEN;

fn blocks(count: u32) {
    for _ in 0..count {
        let block = System::block_number() + 1;
        System::set_block_number(block);
        Scheduler::on_initialize(block);
        Democracy::on_initialize(block);
    }
}

/// A call that leaves a trace.
fn encoded_call() -> Vec<u8> {
    let items = vec![(b"referendum".to_vec(), b"passed".to_vec())];
    RuntimeCall::from(frame_system::Call::<Runtime>::set_storage { items }).encode()
}

fn hash_of(call: &[u8]) -> B256 {
    B256::from(BlakeTwo256::hash(call).0)
}

/// Alith's proposal of [`encoded_call`].
fn a_proposal() {
    let call = encoded_call();
    let note = notePreimageCall {
        encodedCall: call.clone().into(),
    };
    assert_eq!(ALITH.calls(AT, note), Ok(hash_of(&call)));
    let propose = proposeCall {
        proposalHash: hash_of(&call),
        length: call.len() as u32,
        deposit: planck(DEPOSIT),
    };
    assert_eq!(ALITH.calls(AT, propose), Ok(0));
}

fn vote(aye: bool, balance: crate::Balance) -> voteCall {
    voteCall {
        referendum: 0,
        aye,
        conviction: Conviction::Locked1x,
        balance: planck(balance),
    }
}

fn referendum() -> IDemocracy::Referendum {
    ALITH
        .calls(AT, getReferendumCall { referendum: 0 })
        .expect("it is there")
}

#[test]
fn ethereum_accounts_carry_a_referendum() {
    development_chain().execute_with(|| {
        a_proposal();
        let log: Proposed = last_log(AT);
        assert_eq!((log.proposal, log.proposer), (0, ALITH.address()));
        assert_eq!(
            (log.proposalHash, log.deposit),
            (hash_of(&encoded_call()), planck(DEPOSIT))
        );
        BALTATHAR.does(AT, secondCall { proposal: 0 });
        let log: Seconded = last_log(AT);
        assert_eq!(log.seconder, BALTATHAR.address());
        let shown = ALITH.calls(AT, getProposalsCall {}).expect("it answers");
        assert_eq!(
            shown,
            vec![IDemocracy::Proposal {
                index: 0,
                proposer: ALITH.address(),
                proposalHash: hash_of(&encoded_call()),
                deposit: planck(DEPOSIT),
                supporters: 2,
            }]
        );
        assert_eq!(ALITH.calls(AT, proposalCountCall {}), Ok(1));
        assert_eq!(ALITH.calls(AT, referendumCountCall {}), Ok(0));
        refused(ALITH.calls(AT, vote(true, OPEN)), "Democracy.ReferendumInvalid");

        blocks(5);
        assert_eq!(ALITH.calls(AT, referendumCountCall {}), Ok(1));
        ALITH.does(AT, vote(true, 1_000 * OPEN));
        let log: Voted = last_log(AT);
        assert_eq!((log.voter, log.aye), (ALITH.address(), true));
        let split = voteSplitCall {
            referendum: 0,
            ayeBalance: planck(20 * OPEN),
            nayBalance: planck(10 * OPEN),
        };
        BALTATHAR.does(AT, split);
        let log: SplitVoted = last_log(AT);
        assert_eq!(
            (log.ayeBalance, log.nayBalance),
            (planck(20 * OPEN), planck(10 * OPEN))
        );

        let open = referendum();
        assert_eq!(open.state, ReferendumState::Ongoing);
        assert_eq!((open.ayes, open.nays), (planck(1_002 * OPEN), planck(OPEN)));
        assert_eq!(open.turnout, planck(1_030 * OPEN));
        assert_eq!(open.proposalHash, hash_of(&encoded_call()));
        assert_eq!(open.threshold, Threshold::SuperMajorityApprove);

        blocks(15);
        assert_eq!(referendum().state, ReferendumState::Approved);
        assert_eq!(
            sp_io::storage::get(b"referendum").map(|value| value.to_vec()),
            Some(b"passed".to_vec())
        );
    });
}

#[test]
fn a_vote_is_shown_changed_and_removed() {
    development_chain().execute_with(|| {
        a_proposal();
        blocks(5);
        let vote_of = |voter: Address| {
            ALITH
                .calls(AT, voteOfCall { voter, referendum: 0 })
                .expect("it answers")
        };
        assert_eq!(vote_of(CHARLETH.address()).kind, VoteKind::None);
        CHARLETH.does(AT, vote(true, OPEN));
        CHARLETH.does(AT, vote(false, 2 * OPEN));
        let shown = vote_of(CHARLETH.address());
        assert_eq!((shown.kind, shown.aye), (VoteKind::Standard, false));
        assert_eq!(
            (shown.ayeBalance, shown.nayBalance),
            (U256::ZERO, planck(2 * OPEN))
        );
        assert_eq!(shown.conviction, Conviction::Locked1x);
        refused(
            CHARLETH.calls(AT, vote(true, 2_000_000 * OPEN)),
            "Democracy.InsufficientFunds",
        );

        let other = |voter| removeOtherVoteCall { voter, referendum: 0 };
        refused(
            ALITH.calls(AT, other(CHARLETH.address())),
            "Democracy.NoPermission",
        );
        CHARLETH.does(AT, removeVoteCall { referendum: 0 });
        let log: VoteRemoved = last_log(AT);
        assert_eq!((log.voter, log.by), (CHARLETH.address(), CHARLETH.address()));
        assert_eq!(vote_of(CHARLETH.address()).kind, VoteKind::None);
        refused(
            CHARLETH.calls(AT, removeVoteCall { referendum: 0 }),
            "Democracy.NotVoter",
        );
        let account = CHARLETH.address();
        ALITH.does(AT, unlockCall { account });
        let log: Unlocked = last_log(AT);
        assert_eq!(log.account, account);

        // a vote that lost can be removed by anybody when the referendum is over
        CHARLETH.does(AT, vote(false, OPEN));
        ALITH.does(AT, vote(true, 1_000 * OPEN));
        blocks(15);
        ALITH.does(AT, other(account));
        let log: VoteRemoved = last_log(AT);
        assert_eq!((log.voter, log.by), (account, ALITH.address()));
    });
}

#[test]
fn votes_are_delegated_and_taken_back() {
    development_chain().execute_with(|| {
        let delegation = || {
            ALITH
                .calls(
                    AT,
                    delegationOfCall {
                        account: CHARLETH.address(),
                    },
                )
                .expect("it answers")
        };
        let to = |to| delegateCall {
            to,
            conviction: Conviction::Locked2x,
            balance: planck(5 * OPEN),
        };
        assert_eq!(delegation().to, Address::ZERO);
        refused(CHARLETH.calls(AT, to(CHARLETH.address())), "Democracy.Nonsense");
        CHARLETH.does(AT, to(DOROTHY.address()));
        let log: Delegated = last_log(AT);
        assert_eq!((log.from, log.to), (CHARLETH.address(), DOROTHY.address()));
        let shown = delegation();
        assert_eq!((shown.to, shown.balance), (DOROTHY.address(), planck(5 * OPEN)));
        assert_eq!(shown.conviction, Conviction::Locked2x);
        CHARLETH.does(AT, undelegateCall {});
        let log: Undelegated = last_log(AT);
        assert_eq!(log.from, CHARLETH.address());
        refused(CHARLETH.calls(AT, undelegateCall {}), "Democracy.NotDelegating");
    });
}

#[test]
fn a_preimage_is_held_for_and_cleared_by_who_noted_it() {
    development_chain().execute_with(|| {
        let call = encoded_call();
        let note = notePreimageCall {
            encodedCall: call.clone().into(),
        };
        let clear = unnotePreimageCall {
            proposalHash: hash_of(&call),
        };
        let held = || {
            let reason = RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
            Balances::balance_on_hold(&reason, &ALITH.account())
        };
        ALITH.does(AT, note.clone());
        let log: PreimageNoted = last_log(AT);
        assert_eq!((log.proposalHash, log.by), (hash_of(&call), ALITH.address()));
        assert_eq!(log.length, call.len() as u32);
        assert!(held() > 0);
        refused(BALTATHAR.calls(AT, note), "Preimage.AlreadyNoted");
        refused(BALTATHAR.calls(AT, clear.clone()), "Preimage.NotAuthorized");
        ALITH.does(AT, clear.clone());
        let log: PreimageCleared = last_log(AT);
        assert_eq!(log.proposalHash, hash_of(&call));
        assert_eq!(held(), 0);
        refused(ALITH.calls(AT, clear), "Preimage.NotNoted");
    });
}

#[test]
fn what_the_pallet_refuses_has_the_pallets_name() {
    development_chain().execute_with(|| {
        let cheap = proposeCall {
            proposalHash: hash_of(&encoded_call()),
            length: 1,
            deposit: planck(DEPOSIT - 1),
        };
        refused(ALITH.calls(AT, cheap), "Democracy.ValueLow");
        refused(
            ALITH.calls(AT, secondCall { proposal: 0 }),
            "Democracy.ProposalMissing",
        );
        refused(
            ALITH.calls(AT, getReferendumCall { referendum: 0 }),
            "Democracy.ReferendumInvalid",
        );
    });
}
