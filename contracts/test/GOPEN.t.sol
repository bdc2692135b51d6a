// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {GOPEN} from "../src/GOPEN.sol";
import {Reenterer, Refuser} from "./support/Refuser.sol";
import {InvariantTest, Test} from "./support/Vm.sol";

contract GOPENTest is Test {
    GOPEN private token;
    uint256 private constant KEY = 0xA11CE;
    address private alice;
    address private bob = account("bob");

    function setUp() external {
        token = new GOPEN();
        alice = vm.addr(KEY);
        vm.deal(alice, 100 ether);
        vm.warp(1_000);
    }

    function test_one_open_is_one_token_and_back() external {
        vm.startPrank(alice);
        token.deposit{value: 3 ether}();
        vm.assertEq(token.balanceOf(alice), 3 ether);
        vm.assertEq(address(token).balance, 3 ether);
        token.withdraw(3 ether);
        vm.assertEq(token.totalSupply(), 0);
        vm.assertEq(alice.balance, 100 ether);
    }

    function test_a_plain_transfer_wraps() external {
        vm.prank(alice);
        (bool success,) = address(token).call{value: 1}("");
        vm.assertTrue(success);
        vm.assertEq(token.balanceOf(alice), 1);
    }

    function test_wrapping_and_unwrapping_can_be_for_somebody_else() external {
        vm.startPrank(alice);
        vm.expectEmit(true, true, false, true, address(token));
        emit GOPEN.Deposit(alice, bob, 2 ether);
        token.depositTo{value: 2 ether}(bob);
        vm.assertEq(token.balanceOf(bob), 2 ether);
        vm.stopPrank();
        vm.prank(bob);
        vm.expectEmit(true, true, false, true, address(token));
        emit GOPEN.Withdrawal(bob, alice, 2 ether);
        token.withdrawTo(payable(alice), 2 ether);
        vm.assertEq(alice.balance, 100 ether);
    }

    function test_nothing_is_neither_wrapped_nor_unwrapped() external {
        vm.startPrank(alice);
        vm.expectRevert(GOPEN.ZeroAmount.selector);
        token.deposit();
        vm.expectRevert(GOPEN.ZeroAmount.selector);
        token.withdraw(0);
    }

    function test_more_than_one_has_is_not_unwrapped() external {
        vm.startPrank(alice);
        token.deposit{value: 1 ether}();
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 1 ether, 1 ether + 1)
        );
        token.withdraw(1 ether + 1);
    }

    function test_the_token_and_nobody_hold_no_tokens() external {
        vm.startPrank(alice);
        token.deposit{value: 1 ether}();
        vm.expectRevert(abi.encodeWithSelector(GOPEN.InvalidRecipient.selector, address(token)));
        token.transfer(address(token), 1);
        vm.expectRevert(abi.encodeWithSelector(GOPEN.InvalidRecipient.selector, address(token)));
        token.depositTo{value: 1}(address(token));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        token.depositTo{value: 1}(address(0));
        vm.expectRevert(abi.encodeWithSelector(GOPEN.InvalidRecipient.selector, address(token)));
        token.withdrawTo(payable(address(token)), 1);
        vm.expectRevert(abi.encodeWithSelector(GOPEN.InvalidRecipient.selector, address(0)));
        token.withdrawTo(payable(address(0)), 1);
    }

    function test_who_refuses_the_open_keeps_the_tokens() external {
        Refuser refuser = new Refuser();
        vm.prank(alice);
        token.depositTo{value: 1 ether}(address(refuser));
        vm.expectRevert(bytes("no money here"));
        refuser.run(address(token), 0, abi.encodeCall(GOPEN.withdraw, (1 ether)));
        vm.assertEq(token.balanceOf(address(refuser)), 1 ether);
        refuser.run(address(token), 0, abi.encodeCall(GOPEN.withdrawTo, (payable(bob), 1 ether)));
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_unwrapping_again_while_being_paid_takes_no_more() external {
        vm.prank(alice);
        token.deposit{value: 10 ether}();
        Reenterer thief = new Reenterer(address(token));
        vm.deal(address(thief), 1 ether);
        bytes memory withdraw = abi.encodeCall(GOPEN.withdraw, (1 ether));
        thief.run(1 ether, abi.encodeCall(GOPEN.deposit, ()), "");
        thief.run(0, withdraw, withdraw);
        vm.assertEq(thief.attempts(), 1);
        vm.assertEq(thief.successes(), 0);
        vm.assertEq(address(thief).balance, 1 ether);
        vm.assertEq(address(token).balance, token.totalSupply());
    }

    function test_only_delegated_tokens_vote() external {
        vm.startPrank(alice);
        token.deposit{value: 5 ether}();
        vm.assertEq(token.getVotes(alice), 0);
        token.delegate(bob);
        vm.assertEq(token.getVotes(bob), 5 ether);
        vm.warp(1_001);
        token.withdraw(2 ether);
        vm.assertEq(token.getVotes(bob), 3 ether);
        vm.assertEq(token.getPastVotes(bob, 1_000), 5 ether);
        vm.assertEq(token.getPastTotalSupply(1_000), 5 ether);
    }

    function test_the_clock_is_the_timestamp() external {
        vm.warp(1_234_567);
        vm.assertEq(token.clock(), 1_234_567);
        vm.assertEq(token.CLOCK_MODE(), "mode=timestamp");
    }

    function test_a_permit_allows_once_and_until_its_deadline() external {
        bytes32 typed = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                alice,
                bob,
                7,
                0,
                2_000
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), typed));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        vm.warp(2_001);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, 2_000));
        token.permit(alice, bob, 7, 2_000, v, r, s);
        vm.warp(2_000);
        token.permit(alice, bob, 7, 2_000, v, r, s);
        vm.assertEq(token.allowance(alice, bob), 7);
        vm.assertEq(token.nonces(alice), 1);
        vm.expectRevert();
        token.permit(alice, bob, 7, 2_000, v, r, s);
    }

    function test_fuzz_any_amount_comes_back(uint96 amount, uint96 part) external {
        vm.assume(amount > 0);
        vm.deal(alice, amount);
        vm.startPrank(alice);
        token.deposit{value: amount}();
        uint256 first = within(part, 0, amount);
        if (first > 0) token.withdraw(first);
        vm.assertEq(alice.balance, first);
        if (first < amount) token.withdraw(amount - first);
        vm.assertEq(alice.balance, amount);
        vm.assertEq(address(token).balance, 0);
    }
}

/// @title People that wrap, move, delegate and unwrap at random.
contract GOPENHandler is Test {
    GOPEN private immutable TOKEN;
    address[] public people;

    constructor(GOPEN token) {
        TOKEN = token;
        for (uint160 i = 1; i <= 4; i++) {
            people.push(address(uint160(0xABCD0000) + i));
            vm.deal(people[i - 1], 1_000 ether);
        }
    }

    function deposit(uint256 who, uint256 to, uint256 amount) external {
        address person = _person(who);
        if (person.balance == 0) return;
        vm.prank(person);
        TOKEN.depositTo{value: within(amount, 1, person.balance)}(_person(to));
    }

    function withdraw(uint256 who, uint256 to, uint256 amount) external {
        address person = _person(who);
        uint256 has = TOKEN.balanceOf(person);
        if (has == 0) return;
        vm.prank(person);
        TOKEN.withdrawTo(payable(_person(to)), within(amount, 1, has));
    }

    function transfer(uint256 who, uint256 to, uint256 amount) external {
        address person = _person(who);
        uint256 some = within(amount, 0, TOKEN.balanceOf(person));
        vm.prank(person);
        TOKEN.transfer(_person(to), some);
    }

    function delegate(uint256 who, uint256 to) external {
        vm.prank(_person(who));
        TOKEN.delegate(to % 5 == 4 ? address(0) : _person(to));
    }

    function count() external view returns (uint256) {
        return people.length;
    }

    function _person(uint256 seed) private view returns (address) {
        return people[seed % people.length];
    }
}

contract GOPENInvariants is InvariantTest {
    GOPEN private token;
    GOPENHandler private handler;

    function setUp() external {
        token = new GOPEN();
        handler = new GOPENHandler(token);
        target(address(handler));
    }

    function invariant_every_token_is_backed_by_one_wei() external view {
        vm.assertEq(address(token).balance, token.totalSupply());
    }

    function invariant_no_open_is_made_or_lost() external view {
        uint256 sum = address(token).balance;
        for (uint256 i = 0; i < handler.count(); i++) {
            sum += handler.people(i).balance;
        }
        vm.assertEq(sum, 4_000 ether);
    }

    function invariant_votes_are_the_delegated_tokens() external view {
        uint256 votes;
        uint256 delegated;
        for (uint256 i = 0; i < handler.count(); i++) {
            address person = handler.people(i);
            votes += token.getVotes(person);
            if (token.delegates(person) != address(0)) delegated += token.balanceOf(person);
        }
        vm.assertEq(votes, delegated);
    }
}
