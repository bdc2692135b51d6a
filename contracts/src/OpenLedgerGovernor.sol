// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title Governor of gOPEN's holders
/// @notice Proposals of calls, voted on with gOPEN, carried out by the timelock after its delay. Times are seconds.
/// @dev The quorum is a fraction of the wrapped supply, and never less than a floor: with little OPEN wrapped, a
/// fraction alone would let a small holder decide. Both have a history, so a change never moves the quorum of a
/// proposal whose vote has begun.
contract OpenLedgerGovernor is
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl
{
    using Checkpoints for Checkpoints.Trace208;

    /// @notice The most that the quorum's floor can be: a tenth of all OPEN, so that a vote can still reach it.
    uint256 public constant MAX_QUORUM_FLOOR = 100_000_000 ether;

    /// @notice What a governor is set up with. A vote changes each of them later.
    struct Settings {
        /// Seconds from a proposal to the begin of its vote.
        uint48 votingDelay;
        /// Seconds of the vote.
        uint32 votingPeriod;
        /// The votes that a proposer needs.
        uint256 proposalThreshold;
        /// Hundredths of the wrapped supply that have to vote for or abstain.
        uint256 quorumPercent;
        /// The least quorum.
        uint256 quorumFloor;
    }

    Checkpoints.Trace208 private _quorumFloors;

    /// @notice The quorum's floor went from `previous` to `current`.
    event QuorumFloorSet(uint256 previous, uint256 current);

    /// @notice A floor above `most` could never be reached.
    error QuorumFloorTooHigh(uint256 floor, uint256 most);

    constructor(IVotes token_, TimelockController timelock_, Settings memory settings)
        Governor("OpenLedger Governor")
        GovernorSettings(settings.votingDelay, settings.votingPeriod, settings.proposalThreshold)
        GovernorVotes(token_)
        GovernorVotesQuorumFraction(settings.quorumPercent)
        GovernorTimelockControl(timelock_)
    {
        _setQuorumFloor(settings.quorumFloor);
    }

    /// @notice Changes the quorum's floor, for votes that have not begun. Only by a proposal.
    function setQuorumFloor(uint256 floor) external onlyGovernance {
        _setQuorumFloor(floor);
    }

    /// @notice The quorum's floor now.
    function quorumFloor() public view returns (uint256) {
        return _quorumFloors.latest();
    }

    /// @notice The quorum's floor at second `timepoint`.
    function quorumFloor(uint256 timepoint) public view returns (uint256) {
        return _quorumFloors.upperLookupRecent(SafeCast.toUint48(timepoint));
    }

    /// @notice The votes for and abstentions that a proposal needs whose vote began at second `timepoint`.
    function quorum(uint256 timepoint) public view override(Governor, GovernorVotesQuorumFraction) returns (uint256) {
        return Math.max(super.quorum(timepoint), quorumFloor(timepoint));
    }

    function votingDelay() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingDelay();
    }

    function votingPeriod() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingPeriod();
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _setQuorumFloor(uint256 floor) private {
        if (floor > MAX_QUORUM_FLOOR) revert QuorumFloorTooHigh(floor, MAX_QUORUM_FLOOR);
        (uint208 previous,) = _quorumFloors.push(clock(), SafeCast.toUint208(floor));
        emit QuorumFloorSet(previous, floor);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
