// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Democracy: proposals and referenda of the chain itself.
/// @notice Precompile at 0x0000000000000000000000000000000008060000.
/// @dev The caller acts with its own account, on which deposits are reserved and votes are locked. No function takes
/// value. Amounts are planck, 10^18 to the OPEN. Times are block numbers.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`: `Democracy.ValueLow`,
/// `.ProposalMissing`, `.ProposalBlacklisted`, `.ReferendumInvalid`, `.NotVoter`, `.NoPermission`,
/// `.AlreadyDelegating`, `.InsufficientFunds`, `.NotDelegating`, `.VotesExist`, `.Nonsense`, `.MaxVotesReached`,
/// `.TooMany`; `Preimage.TooBig`, `.AlreadyNoted`, `.NotAuthorized`, `.NotNoted`, `.Requested`.
interface IDemocracy {
    /// How much a vote weighs and how long it locks: `None` a tenth without a lock, `LockedNx` N times for 1, 2, 4, 8,
    /// 16 or 32 locking periods.
    enum Conviction {
        None,
        Locked1x,
        Locked2x,
        Locked3x,
        Locked4x,
        Locked5x,
        Locked6x
    }

    /// What carries a referendum.
    enum Threshold {
        SuperMajorityApprove,
        SuperMajorityAgainst,
        SimpleMajority
    }

    enum ReferendumState {
        Ongoing,
        Approved,
        Rejected
    }

    enum VoteKind {
        None,
        Standard,
        Split
    }

    struct Proposal {
        uint32 index;
        address proposer;
        /// BLAKE2b-256 of the SCALE-encoded call.
        bytes32 proposalHash;
        /// What each of its supporters has reserved, planck.
        uint256 deposit;
        /// How many support it, the proposer included.
        uint32 supporters;
    }

    struct Referendum {
        ReferendumState state;
        /// The block at which the vote ends or ended.
        uint64 end;
        /// BLAKE2b-256 of the SCALE-encoded call; zero once it is over.
        bytes32 proposalHash;
        Threshold threshold;
        /// Blocks from the end to the enactment.
        uint64 delay;
        /// Votes for, with conviction, planck.
        uint256 ayes;
        /// Votes against, with conviction, planck.
        uint256 nays;
        /// Tokens that vote, planck.
        uint256 turnout;
    }

    struct Vote {
        VoteKind kind;
        /// Of a standard vote.
        bool aye;
        /// Of a standard vote.
        Conviction conviction;
        /// Planck for; of a standard vote the whole balance when `aye`.
        uint256 ayeBalance;
        /// Planck against; of a standard vote the whole balance unless `aye`.
        uint256 nayBalance;
    }

    event PreimageNoted(bytes32 indexed proposalHash, address indexed by, uint32 length);
    event PreimageCleared(bytes32 indexed proposalHash);
    event Proposed(uint32 indexed proposal, address indexed proposer, bytes32 indexed proposalHash, uint256 deposit);
    event Seconded(uint32 indexed proposal, address indexed seconder);
    event Voted(uint32 indexed referendum, address indexed voter, bool aye, Conviction conviction, uint256 balance);
    event SplitVoted(uint32 indexed referendum, address indexed voter, uint256 ayeBalance, uint256 nayBalance);
    event VoteRemoved(uint32 indexed referendum, address indexed voter, address indexed by);
    event Delegated(address indexed from, address indexed to, Conviction conviction, uint256 balance);
    event Undelegated(address indexed from);
    event Unlocked(address indexed account);

    /// @notice Stores an encoded call, so that a proposal of it can be enacted.
    /// @param encodedCall SCALE.
    /// @return proposalHash BLAKE2b-256 of it.
    function notePreimage(bytes calldata encodedCall) external returns (bytes32 proposalHash);

    /// @notice Removes an encoded call that nobody needs; for who stored it.
    function unnotePreimage(bytes32 proposalHash) external;

    /// @notice Proposes a call for a referendum.
    /// @param length Length of the encoded call, bytes.
    /// @param deposit Planck, reserved until the proposal becomes a referendum.
    /// @return proposal The proposal.
    function propose(bytes32 proposalHash, uint32 length, uint256 deposit) external returns (uint32 proposal);

    /// @notice Supports a proposal with its deposit.
    function second(uint32 proposal) external;

    /// @notice Votes, or changes a vote.
    /// @param balance Planck that vote and are locked.
    function vote(uint32 referendum, bool aye, Conviction conviction, uint256 balance) external;

    /// @notice Votes both ways, without conviction.
    function voteSplit(uint32 referendum, uint256 ayeBalance, uint256 nayBalance) external;

    /// @notice Removes the caller's vote.
    function removeVote(uint32 referendum) external;

    /// @notice Removes somebody's vote whose lock has ended.
    function removeOtherVote(address voter, uint32 referendum) external;

    /// @notice Lets another account vote with the caller's tokens.
    /// @param balance Planck.
    function delegate(address to, Conviction conviction, uint256 balance) external;

    /// @notice Ends the caller's delegation.
    function undelegate() external;

    /// @notice Unlocks an account's tokens whose locks have ended.
    function unlock(address account) external;

    /// @notice How many proposals were ever made; indices count from 0.
    function proposalCount() external view returns (uint32);

    /// @notice The proposals that wait to become referenda, at most 100.
    function getProposals() external view returns (Proposal[] memory);

    /// @notice How many referenda were ever started; indices count from 0.
    function referendumCount() external view returns (uint32);

    function getReferendum(uint32 referendum) external view returns (Referendum memory);

    /// @notice How an account votes in a referendum.
    function voteOf(address voter, uint32 referendum) external view returns (Vote memory);

    /// @notice Whom an account lets vote with its tokens.
    /// @return to Zero when it does not.
    /// @return conviction How much the tokens weigh.
    /// @return balance Planck.
    function delegationOf(address account)
        external
        view
        returns (address to, Conviction conviction, uint256 balance);
}
