// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAttribution} from "@openledger/precompiles/IAttribution.sol";
import {DatanetShares} from "../src/DatanetShares.sol";
import {DatanetSharesFactory} from "../src/DatanetSharesFactory.sol";
import {ChainTest} from "./support/MockChain.sol";
import {Reenterer, Refuser} from "./support/Refuser.sol";

contract DatanetSharesTest is ChainTest {
    uint64 private constant DATANET = 7;
    uint256 private constant ALL = 1_000_000 * 10 ** 6;

    DatanetShares private shares;
    address private owner = account("owner");
    address private bob = account("bob");
    address private carol = account("carol");

    function setUp() external {
        startChain();
        DATANETS.setOwner(DATANET, owner);
        shares = new DatanetShares(DATANET);
    }

    function test_all_shares_are_the_datanets_owners() external view {
        vm.assertEq(shares.balanceOf(owner), ALL);
        vm.assertEq(shares.totalSupply(), ALL);
        vm.assertEq(shares.name(), "Datanet 7 shares");
        vm.assertEq(shares.symbol(), "DN7");
        vm.assertEq(uint256(shares.decimals()), 6);
    }

    function test_a_datanet_that_does_not_exist_has_no_shares() external {
        vm.expectRevert(bytes("Datanets.NotFound"));
        new DatanetShares(8);
    }

    function test_revenue_is_its_holders_in_proportion() external {
        _give(bob, ALL / 4);
        _earn(8 ether);
        vm.assertEq(shares.claimable(owner), 6 ether);
        vm.assertEq(shares.claimable(bob), 2 ether);
        vm.prank(owner);
        vm.assertEq(shares.claim(), 6 ether);
        vm.assertEq(shares.claimFor(bob), 2 ether);
        vm.assertEq(owner.balance, 6 ether);
        vm.assertEq(bob.balance, 2 ether);
        vm.expectRevert(DatanetShares.NothingDue.selector);
        shares.claimFor(bob);
    }

    function test_revenue_before_a_transfer_stays_the_sellers() external {
        _earn(3 ether);
        _give(bob, ALL);
        _earn(5 ether);
        vm.assertEq(shares.claimable(owner), 3 ether);
        vm.assertEq(shares.claimable(bob), 5 ether);
        vm.assertEq(shares.claimFor(owner), 3 ether);
        vm.assertEq(shares.claimFor(bob), 5 ether);
        vm.assertEq(address(shares).balance, 0);
    }

    function test_a_transfer_to_oneself_changes_nothing() external {
        _earn(3 ether);
        _give(owner, ALL / 2);
        _earn(1 ether);
        vm.assertEq(shares.claimable(owner), 4 ether);
        vm.assertEq(shares.balanceOf(owner), ALL);
    }

    function test_what_does_not_divide_is_carried() external {
        _earn(ALL - 1);
        vm.assertEq(shares.claimable(owner), 0);
        _give(bob, 1);
        vm.assertEq(shares.carry(), ALL - 1);
        _earn(1);
        // The last wei makes it one wei a unit.
        vm.assertEq(shares.claimable(bob), 1);
        vm.assertEq(shares.claimable(owner), ALL - 1);
        vm.assertEq(shares.claimFor(bob), 1);
        vm.assertEq(shares.carry(), 0);
        vm.assertEq(shares.claimFor(owner), ALL - 1);
        vm.assertEq(address(shares).balance, 0);
    }

    function test_the_ledgers_pay_is_collected_by_anybody() external {
        ATTRIBUTION.credit(address(shares), 2 ether);
        IAttribution.Key[] memory keys = new IAttribution.Key[](1);
        keys[0] = IAttribution.Key(1, DATANET, 0);
        vm.prank(carol);
        vm.assertEq(shares.collect(keys), 2 ether);
        vm.assertEq(shares.claimable(owner), 2 ether);
        vm.expectRevert(bytes("Attribution.NothingToClaim"));
        shares.collect(keys);
    }

    function test_pay_that_somebody_else_claimed_for_it_is_counted_too() external {
        ATTRIBUTION.credit(address(shares), 2 ether);
        ATTRIBUTION.claimFor(address(shares), new IAttribution.Key[](0));
        vm.assertEq(shares.claimFor(owner), 2 ether);
    }

    function test_the_owner_contributes_with_its_own_deposit() external {
        DATANETS.setDeposit(1 ether);
        _earn(5 ether);
        vm.deal(owner, 3 ether);
        vm.prank(owner);
        vm.assertEq(uint256(shares.contribute{value: 3 ether}(keccak256("x"), 1, "text/csv", 1)), 0);
        vm.assertEq(owner.balance, 2 ether);
        vm.assertEq(shares.claimable(owner), 5 ether);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(DatanetShares.ValueTooLow.selector, 1 ether - 1, 1 ether));
        shares.contribute{value: 1 ether - 1}(keccak256("y"), 1, "text/csv", 1);
    }

    function test_only_the_datanets_present_owner_contributes() external {
        DATANETS.setOwner(DATANET, bob);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(DatanetShares.NotDatanetOwner.selector, owner));
        shares.contribute(keccak256("x"), 1, "text/csv", 1);
        vm.prank(bob);
        shares.contribute(keccak256("x"), 1, "text/csv", 1);
    }

    function test_the_contract_holds_no_shares_in_itself() external {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(DatanetShares.InvalidHolder.selector, address(shares)));
        shares.transfer(address(shares), 1);
    }

    function test_a_holder_that_refuses_money_blocks_nobody_and_names_another() external {
        Refuser refuser = new Refuser();
        _give(address(refuser), ALL / 2);
        _earn(2 ether);
        vm.expectRevert(bytes("no money here"));
        shares.claimFor(address(refuser));
        shares.claimFor(owner);
        refuser.run(address(shares), 0, abi.encodeCall(DatanetShares.claimTo, (carol)));
        vm.assertEq(carol.balance, 1 ether);
    }

    function test_claiming_again_or_selling_while_being_paid_gets_nothing_more() external {
        Reenterer thief = new Reenterer(address(shares));
        _give(address(thief), ALL / 2);
        _earn(2 ether);
        bytes memory claim = abi.encodeCall(DatanetShares.claim, ());
        thief.run(0, claim, claim);
        vm.assertEq(thief.successes(), 0);
        vm.assertEq(address(thief).balance, 1 ether);
        _earn(2 ether);
        thief.run(0, claim, abi.encodeWithSignature("transfer(address,uint256)", bob, ALL / 2));
        vm.assertEq(thief.successes(), 1);
        vm.assertEq(address(thief).balance, 2 ether);
        vm.assertEq(shares.claimable(bob), 0);
        vm.assertEq(shares.claimable(owner), 2 ether);
    }

    function test_a_datanet_has_shares_once_and_by_its_owner() external {
        DatanetSharesFactory factory = new DatanetSharesFactory();
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(DatanetSharesFactory.NotDatanetOwner.selector, bob));
        factory.create(DATANET);
        vm.prank(owner);
        DatanetShares made = factory.create(DATANET);
        vm.assertEq(made.balanceOf(owner), ALL);
        vm.assertEq(address(factory.sharesOf(DATANET)), address(made));
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(DatanetSharesFactory.AlreadyExists.selector, address(made)));
        factory.create(DATANET);
    }

    function test_fuzz_every_wei_is_a_holders_or_carried(uint96 first, uint96 second, uint64 sold) external {
        uint256 units = within(sold, 0, ALL);
        _earn(first);
        _give(bob, units);
        _earn(second);
        uint256 owed = shares.claimable(owner) + shares.claimable(bob);
        uint256 rest = uint256(first) + second - owed;
        vm.assertLt(rest, ALL, "the carry is less than one wei a unit");
        if (shares.claimable(bob) > 0) shares.claimFor(bob);
        if (shares.claimable(owner) > 0) shares.claimFor(owner);
        vm.assertEq(address(shares).balance, rest);
    }

    function _give(address to, uint256 units) private {
        vm.prank(owner);
        shares.transfer(to, units);
    }

    /// As a native transfer: no code runs.
    function _earn(uint256 amount) private {
        vm.deal(address(shares), address(shares).balance + amount);
    }
}
