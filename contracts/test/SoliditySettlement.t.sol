// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SoliditySettlement} from "./support/SoliditySettlement.sol";
import {Test} from "./support/Vm.sol";

/// @title The yardstick of the gas comparison conserves money and refuses reports that the chain refuses.
contract SoliditySettlementTest is Test {
    uint256 private constant FEE = 1 ether + 7;

    SoliditySettlement private ledger;
    address private treasury = account("treasury");
    address private worker = account("worker");
    address private owner = account("owner");
    address private parent = account("parent");

    function setUp() external {
        ledger = new SoliditySettlement(treasury, 20, 20, 10);
        address[] memory owners = new address[](4);
        for (uint256 i = 0; i < 4; i++) {
            owners[i] = address(uint160(0x1000 + i));
        }
        ledger.register(0, owners);
        vm.deal(address(this), 100 ether);
    }

    function test_the_parts_are_the_fee() external {
        ledger.settle{value: FEE}(_answer(1, 600_000_000, 400_000_000, -250_000_000));
        vm.assertEq(treasury.balance, FEE / 10);
        vm.assertEq(address(ledger).balance, FEE - FEE / 10);
        (uint128 credited, uint128 claimable, uint128 pending, uint128 pools) = ledger.totals();
        vm.assertEq(uint256(credited), uint256(claimable) + pending + pools);
        vm.assertEq(uint256(pending), FEE / 2);
        vm.assertEq(ledger.claimable(worker), FEE / 5);
        vm.assertEq(ledger.claimable(parent), FEE / 5 / 10);
        vm.assertEq(ledger.pending(1, 0, 0), FEE / 2 * 6 / 10 + 1);
    }

    function test_what_hurt_takes_back_from_its_own_pay() external {
        ledger.settle{value: FEE}(_answer(1, 600_000_000, 400_000_000, -250_000_000));
        SoliditySettlement.Answer memory answer = _answer(2, 600_000_000, 400_000_000, -250_000_000);
        (answer.report[0].weight, answer.report[0].score) = (-250_000_000, -25);
        (answer.report[2].weight, answer.report[2].score) = (600_000_000, 60);
        uint256 before = ledger.pending(1, 0, 0);
        ledger.settle{value: FEE}(answer);
        vm.assertEq(ledger.pending(1, 0, 0), before - FEE / 2 / 4);
        (uint128 credited, uint128 claimable, uint128 pending, uint128 pools) = ledger.totals();
        vm.assertEq(uint256(pools), FEE / 2 / 4);
        vm.assertEq(uint256(credited), uint256(claimable) + pending + pools);
    }

    function test_an_answer_is_settled_once_and_by_a_true_report() external {
        SoliditySettlement.Answer memory answer = _answer(1, 600_000_000, 400_000_001, -250_000_000);
        vm.expectRevert(SoliditySettlement.PositiveNotOne.selector);
        ledger.settle{value: FEE}(answer);
        answer = _answer(1, 500_000_000, 500_000_000, -250_000_000);
        vm.expectRevert(SoliditySettlement.WeightsNotOfScores.selector);
        ledger.settle{value: FEE}(answer);
        answer = _answer(1, 600_000_000, 400_000_000, -250_000_000);
        answer.report[2].contribution = 9;
        vm.expectRevert(abi.encodeWithSelector(SoliditySettlement.NotInSources.selector, uint64(0), uint64(9)));
        ledger.settle{value: FEE}(answer);
        answer.report[2].contribution = 1;
        vm.expectRevert(SoliditySettlement.NotSorted.selector);
        ledger.settle{value: FEE}(answer);
        answer = _answer(1, 600_000_000, 400_000_000, -250_000_000);
        ledger.settle{value: FEE}(answer);
        vm.expectRevert(abi.encodeWithSelector(SoliditySettlement.AlreadySettled.selector, uint64(1)));
        ledger.settle{value: FEE}(answer);
    }

    function _answer(uint64 request, int32 first, int32 second, int32 third)
        private
        view
        returns (SoliditySettlement.Answer memory answer)
    {
        (answer.request, answer.model, answer.owner) = (request, 1, owner);
        answer.workers = new address[](1);
        answer.workers[0] = worker;
        answer.royalties = new SoliditySettlement.Royalty[](1);
        answer.royalties[0] = SoliditySettlement.Royalty(parent, 100_000);
        answer.report = new SoliditySettlement.Entry[](3);
        answer.report[0] = SoliditySettlement.Entry(0, 0, first, 60);
        answer.report[1] = SoliditySettlement.Entry(0, 1, second, 40);
        answer.report[2] = SoliditySettlement.Entry(0, 2, third, -25);
    }
}
