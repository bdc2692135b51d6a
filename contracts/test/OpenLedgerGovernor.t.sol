// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {GOPEN} from "../src/GOPEN.sol";
import {OpenLedgerGovernor} from "../src/OpenLedgerGovernor.sol";
import {Test} from "./support/Vm.sol";

/// @title Something that only the timelock may change.
contract Knob {
    address private immutable OWNER;
    uint256 public value;

    error NotOwner(address caller);

    constructor(address owner) {
        OWNER = owner;
    }

    function set(uint256 to) external payable {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        value = to;
    }
}

contract OpenLedgerGovernorTest is Test {
    uint256 private constant TIMELOCK_DELAY = 500;

    GOPEN private token;
    TimelockController private timelock;
    OpenLedgerGovernor private governor;
    Knob private knob;
    address private alice = account("alice");
    address private bob = account("bob");
    address private carol = account("carol");
    /// The time; the compiler may read `block.timestamp` once for a whole test.
    uint256 private time = 10_000;

    /// A proposal of one call.
    address[] private targets;
    uint256[] private values;
    bytes[] private calls;

    function setUp() external {
        vm.warp(time);
        token = new GOPEN();
        timelock = new TimelockController(TIMELOCK_DELAY, new address[](0), new address[](0), address(this));
        governor = new OpenLedgerGovernor(token, timelock, _settings());
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(governor));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(governor));
        timelock.grantRole(timelock.EXECUTOR_ROLE(), address(0));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), address(this));
        knob = new Knob(address(timelock));
        _wrap(alice, 600 ether);
        _wrap(bob, 300 ether);
        _wrap(carol, 100 ether);
        _pass(1);
        _call(address(knob), 0, abi.encodeCall(Knob.set, (42)));
    }

    function test_a_carried_proposal_is_queued_and_then_done() external {
        uint256 id = _propose(alice);
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Pending));
        _vote(id, alice, 1);
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Succeeded));
        _queue();
        vm.assertEq(governor.proposalEta(id), time + TIMELOCK_DELAY);
        _pass(TIMELOCK_DELAY - 1);
        vm.expectRevert();
        _execute();
        _pass(1);
        _execute();
        vm.assertEq(knob.value(), 42);
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Executed));
    }

    function test_the_timelocks_open_is_spent_by_a_vote_alone() external {
        vm.deal(address(timelock), 5 ether);
        _call(carol, 2 ether, "");
        uint256 id = _propose(alice);
        _vote(id, alice, 1);
        _queue();
        _pass(TIMELOCK_DELAY);
        _execute();
        vm.assertEq(carol.balance, 2 ether);
        vm.assertEq(address(timelock).balance, 3 ether);
    }

    function test_more_against_than_for_defeats() external {
        uint256 id = _propose(alice);
        _pass(governor.votingDelay() + 1);
        _cast(id, alice, 0);
        _cast(id, bob, 1);
        _pass(governor.votingPeriod());
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Defeated));
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                id,
                IGovernor.ProposalState.Defeated,
                bytes32(1 << uint8(IGovernor.ProposalState.Succeeded))
            )
        );
        _queue();
    }

    function test_too_few_votes_defeat() external {
        // A quarter of 1,000 is the quorum; 100 are for.
        uint256 id = _propose(alice);
        _vote(id, carol, 1);
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Defeated));
    }

    function test_abstentions_count_for_the_quorum() external {
        uint256 id = _propose(alice);
        _pass(governor.votingDelay() + 1);
        _cast(id, carol, 1);
        _cast(id, bob, 2);
        _pass(governor.votingPeriod());
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Succeeded));
    }

    function test_the_floor_holds_when_little_is_wrapped() external {
        _unwrap(alice, 600 ether);
        _unwrap(bob, 300 ether);
        _pass(1);
        // A quarter of the 100 that are left would be 25.
        vm.assertEq(governor.quorum(time - 1), 150 ether);
        uint256 id = _propose(carol);
        _vote(id, carol, 1);
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Defeated));
    }

    function test_the_fraction_holds_when_much_is_wrapped() external view {
        vm.assertEq(governor.quorum(time - 1), 250 ether);
    }

    function test_a_vote_changes_the_floor_for_later_votes_only() external {
        _call(address(governor), 0, abi.encodeCall(OpenLedgerGovernor.setQuorumFloor, (900 ether)));
        uint256 id = _propose(alice);
        uint256 snapshot = governor.proposalSnapshot(id);
        _vote(id, alice, 1);
        _queue();
        _pass(TIMELOCK_DELAY);
        vm.expectEmit(false, false, false, true, address(governor));
        emit OpenLedgerGovernor.QuorumFloorSet(150 ether, 900 ether);
        _execute();
        vm.assertEq(governor.quorumFloor(), 900 ether);
        vm.assertEq(governor.quorum(snapshot), 250 ether);
        _pass(1);
        vm.assertEq(governor.quorum(time - 1), 900 ether);
    }

    function test_nobody_sets_the_floor_without_a_vote() external {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, address(this)));
        governor.setQuorumFloor(1);
        vm.prank(address(timelock));
        vm.expectRevert();
        governor.setQuorumFloor(1);
    }

    function test_a_floor_that_no_vote_could_reach_is_refused() external {
        OpenLedgerGovernor.Settings memory settings = _settings();
        settings.quorumFloor = governor.MAX_QUORUM_FLOOR() + 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                OpenLedgerGovernor.QuorumFloorTooHigh.selector, settings.quorumFloor, governor.MAX_QUORUM_FLOOR()
            )
        );
        new OpenLedgerGovernor(token, timelock, settings);
    }

    function test_a_quorum_above_everything_is_refused() external {
        OpenLedgerGovernor.Settings memory settings = _settings();
        settings.quorumPercent = 101;
        vm.expectRevert(
            abi.encodeWithSelector(
                GovernorVotesQuorumFraction.GovernorInvalidQuorumFraction.selector, uint256(101), uint256(100)
            )
        );
        new OpenLedgerGovernor(token, timelock, settings);
    }

    function test_who_has_too_few_votes_cannot_propose() external {
        address dave = account("dave");
        _wrap(dave, 9 ether);
        _pass(1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorInsufficientProposerVotes.selector, dave, uint256(9 ether), uint256(10 ether)
            )
        );
        _propose(dave);
    }

    function test_tokens_that_come_after_the_snapshot_do_not_vote() external {
        uint256 id = _propose(alice);
        _pass(governor.votingDelay() + 1);
        address dave = account("dave");
        _wrap(dave, 5_000 ether);
        vm.assertEq(_cast(id, dave, 0), 0);
    }

    function test_nobody_votes_twice() external {
        uint256 id = _propose(alice);
        _pass(governor.votingDelay() + 1);
        _cast(id, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, alice));
        _cast(id, alice, 0);
    }

    function test_its_proposer_cancels_what_is_not_voted_on_yet() external {
        uint256 id = _propose(alice);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, bob));
        vm.prank(bob);
        governor.cancel(targets, values, calls, keccak256("why"));
        vm.prank(alice);
        governor.cancel(targets, values, calls, keccak256("why"));
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Canceled));
    }

    function test_a_proposal_whose_call_fails_can_be_carried_out_later() external {
        _call(carol, 2 ether, "");
        uint256 id = _propose(alice);
        _vote(id, alice, 1);
        _queue();
        _pass(TIMELOCK_DELAY);
        vm.expectRevert();
        _execute();
        vm.deal(address(timelock), 2 ether);
        _execute();
        vm.assertEq(uint256(governor.state(id)), uint256(IGovernor.ProposalState.Executed));
    }

    function test_who_set_the_timelock_up_has_no_power_left() external {
        bytes32 proposer = timelock.PROPOSER_ROLE();
        bytes32 admin = timelock.DEFAULT_ADMIN_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, address(this), admin)
        );
        timelock.grantRole(proposer, address(this));
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, address(this), proposer)
        );
        timelock.schedule(address(knob), 0, "", 0, 0, TIMELOCK_DELAY);
    }

    function test_clock_and_its_mode_are_the_tokens() external view {
        vm.assertEq(governor.clock(), uint48(time));
        vm.assertEq(governor.CLOCK_MODE(), "mode=timestamp");
    }

    function test_fuzz_the_quorum_is_the_larger_of_fraction_and_floor(uint96 wrapped) external {
        vm.assume(wrapped > 0);
        address dave = account("dave");
        _wrap(dave, wrapped);
        _pass(1);
        uint256 fraction = (uint256(wrapped) + 1_000 ether) * 25 / 100;
        vm.assertEq(governor.quorum(time - 1), fraction > 150 ether ? fraction : 150 ether);
    }

    function _settings() private pure returns (OpenLedgerGovernor.Settings memory) {
        return OpenLedgerGovernor.Settings({
            votingDelay: 60, votingPeriod: 300, proposalThreshold: 10 ether, quorumPercent: 25, quorumFloor: 150 ether
        });
    }

    function _wrap(address who, uint256 amount) private {
        vm.deal(who, amount);
        vm.startPrank(who);
        token.deposit{value: amount}();
        token.delegate(who);
        vm.stopPrank();
    }

    function _unwrap(address who, uint256 amount) private {
        vm.prank(who);
        token.withdraw(amount);
    }

    function _pass(uint256 secs) private {
        time += secs;
        vm.warp(time);
    }

    function _call(address target, uint256 value, bytes memory data) private {
        delete targets;
        delete values;
        delete calls;
        targets.push(target);
        values.push(value);
        calls.push(data);
    }

    function _propose(address who) private returns (uint256) {
        vm.prank(who);
        return governor.propose(targets, values, calls, "why");
    }

    function _cast(uint256 id, address who, uint8 support) private returns (uint256) {
        vm.prank(who);
        return governor.castVote(id, support);
    }

    /// One vote, from the begin of the voting period to its end.
    function _vote(uint256 id, address who, uint8 support) private {
        _pass(governor.votingDelay() + 1);
        _cast(id, who, support);
        _pass(governor.votingPeriod());
    }

    function _queue() private {
        governor.queue(targets, values, calls, keccak256("why"));
    }

    function _execute() private {
        governor.execute(targets, values, calls, keccak256("why"));
    }
}
