// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAttribution} from "@openledger/precompiles/IAttribution.sol";
import {DatanetShares} from "../src/DatanetShares.sol";
import {ChainTest} from "./support/MockChain.sol";
import {InvariantTest} from "./support/Vm.sol";

/// @title Holders that trade and claim while revenue comes by every way, at random.
contract DatanetSharesHandler is ChainTest {
    DatanetShares private immutable SHARES;
    address[4] public people = [address(0xA11CE), address(0xB0B), address(0xCA401), address(0xDA5E)];
    uint256 public revenue;
    uint256 public paidOut;

    constructor(DatanetShares shares) {
        SHARES = shares;
    }

    function transfer(uint256 from, uint256 to, uint256 units) external {
        address seller = people[from % 4];
        units = within(units, 0, SHARES.balanceOf(seller));
        vm.prank(seller);
        SHARES.transfer(people[to % 4], units);
    }

    function send(uint256 amount) external {
        amount = within(amount, 0, 3 ether);
        vm.deal(address(this), amount);
        (bool success,) = address(SHARES).call{value: amount}("");
        vm.assertTrue(success);
        revenue += amount;
    }

    /// Less than a wei a unit, without any code run.
    function drip(uint256 amount) external {
        amount = within(amount, 0, 2 * SHARES.TOTAL_UNITS());
        vm.deal(address(SHARES), address(SHARES).balance + amount);
        revenue += amount;
    }

    function collect(uint256 amount) external {
        amount = within(amount, 1, 1 ether);
        ATTRIBUTION.credit(address(SHARES), amount);
        SHARES.collect(new IAttribution.Key[](0));
        revenue += amount;
    }

    function contribute(uint256 deposit, uint256 extra) external {
        deposit = within(deposit, 0, 1 ether);
        uint256 value = deposit + within(extra, 0, 1 ether);
        DATANETS.setDeposit(deposit);
        vm.deal(people[0], value);
        vm.prank(people[0]);
        SHARES.contribute{value: value}(keccak256("x"), 1, "text/csv", 1);
        vm.assertEq(people[0].balance, value - deposit);
    }

    function claim(uint256 who) external {
        address person = people[who % 4];
        uint256 expected = SHARES.claimable(person);
        if (expected == 0) return;
        vm.assertEq(SHARES.claimFor(person), expected);
        paidOut += expected;
    }
}

contract DatanetSharesInvariants is ChainTest, InvariantTest {
    DatanetShares private shares;
    DatanetSharesHandler private handler;

    function setUp() external {
        startChain();
        DATANETS.setOwner(7, address(0xA11CE));
        shares = new DatanetShares(7);
        handler = new DatanetSharesHandler(shares);
        target(address(handler));
    }

    function invariant_every_wei_was_paid_or_is_there() external view {
        vm.assertEq(address(shares).balance + handler.paidOut(), handler.revenue());
    }

    function invariant_what_is_there_is_the_holders_but_for_less_than_a_wei_a_unit() external view {
        uint256 owed;
        for (uint256 i = 0; i < 4; i++) {
            owed += shares.claimable(handler.people(i));
        }
        uint256 pool = address(shares).balance - owed;
        vm.assertLt(pool, shares.TOTAL_UNITS(), "only what does not divide is nobody's yet");
        uint256 uncounted = address(shares).balance - shares.accounted();
        vm.assertEq(pool, (shares.carry() + uncounted) % shares.TOTAL_UNITS());
    }

    function invariant_the_supply_never_changes() external view {
        uint256 units;
        for (uint256 i = 0; i < 4; i++) {
            units += shares.balanceOf(handler.people(i));
        }
        vm.assertEq(units, shares.TOTAL_UNITS());
        vm.assertEq(units, shares.totalSupply());
    }
}
