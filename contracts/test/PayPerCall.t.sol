// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PayPerCall} from "../src/PayPerCall.sol";
import {ChainTest} from "./support/MockChain.sol";
import {Reenterer, Refuser} from "./support/Refuser.sol";

contract PayPerCallTest is ChainTest {
    uint64 private constant MODEL = 3;
    uint256 private constant PRICE = 2 ether;
    uint256 private constant DEPOSIT = 0.3 ether;
    /// Not divisible by the shares.
    uint256 private constant FEE = 1 ether + 1;
    uint256 private constant COST = PRICE + DEPOSIT + FEE;

    PayPerCall private app;
    address private alice = account("alice");
    address private mallory = account("mallory");
    address private owner = account("owner");
    address private author = account("author");

    function setUp() external {
        startChain();
        INFERENCE.setPrice(MODEL, PRICE);
        INFERENCE.setDeposit(DEPOSIT);
        app = new PayPerCall(MODEL, 1, 1, FEE, _payees(owner, 2, author, 1));
        vm.deal(alice, 100 ether);
    }

    function test_an_answer_pays_model_payees_and_leaves_the_deposit() external {
        uint64 id = _ask(COST);
        vm.assertEq(app.owed(), COST);
        vm.assertEq(address(app).balance, FEE);
        INFERENCE.endWithCallback(id, true, hex"0102", bytes32(uint256(7)));
        vm.assertEq(uint256(_status(id)), uint256(PayPerCall.Status.Answered));
        vm.assertEq(app.answer(id), hex"0102");
        app.withdraw(owner);
        vm.prank(author);
        app.withdrawTo(mallory);
        // Two thirds of the fee and what rounding left; one third.
        vm.assertEq(owner.balance, FEE - FEE / 3);
        vm.assertEq(mallory.balance, FEE / 3);
        vm.assertEq(app.owed(), DEPOSIT);
        INFERENCE.forget(id);
        app.collect(id);
        vm.assertEq(alice.balance, 100 ether - PRICE - FEE);
        vm.assertEq(app.owed(), 0);
        vm.assertEq(address(app).balance, 0);
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.UnknownCall.selector, id));
        app.collect(id);
    }

    function test_a_failed_call_is_paid_back_whole() external {
        uint64 id = _ask(COST);
        INFERENCE.endWithCallback(id, false, "", 0);
        vm.assertEq(app.collect(id), PRICE + FEE);
        vm.expectRevert(PayPerCall.NothingDue.selector);
        app.collect(id);
        INFERENCE.forget(id);
        vm.assertEq(app.collect(id), DEPOSIT);
        vm.assertEq(alice.balance, 100 ether);
        vm.assertEq(app.owed(), 0);
        vm.assertEq(app.answered(), 0);
    }

    function test_what_is_too_much_comes_back_at_once() external {
        _ask(COST + 5 ether);
        vm.assertEq(alice.balance, 100 ether - COST);
    }

    function test_too_little_is_refused_and_takes_nothing() external {
        vm.deal(address(app), 50 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.ValueTooLow.selector, COST - 1, COST));
        app.ask{value: COST - 1}("x");
        vm.assertEq(alice.balance, 100 ether);
        vm.assertEq(app.owed(), 0);
    }

    function test_the_chains_own_reason_reaches_the_caller() external {
        INFERENCE.setPrice(MODEL, 0);
        vm.prank(alice);
        vm.expectRevert(bytes("ModelRegistry.NotForSale"));
        app.ask{value: COST}("x");
        INFERENCE.setPrice(MODEL, PRICE);
        vm.prank(alice);
        vm.expectRevert(bytes("Inference.InputTooLarge"));
        app.ask{value: COST}(new bytes(4097));
    }

    function test_its_payer_cancels_a_call_that_still_waits() external {
        uint64 id = _ask(COST);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.NotPayer.selector, mallory));
        app.cancel(id);
        vm.prank(alice);
        app.cancel(id);
        vm.assertEq(alice.balance, 100 ether - DEPOSIT);
        uint64 drawn = _ask(COST);
        INFERENCE.draw(drawn);
        vm.prank(alice);
        vm.expectRevert(bytes("Inference.AlreadyDrawn"));
        app.cancel(drawn);
    }

    function test_only_the_chain_says_how_a_call_ended() external {
        uint64 id = _ask(COST);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.NotInference.selector, mallory));
        app.onInferenceResult(id, true, "lie", 0);
        vm.prank(address(INFERENCE));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.UnknownCall.selector, uint64(99)));
        app.onInferenceResult(99, true, "", 0);
    }

    function test_a_second_callback_changes_nothing() external {
        uint64 id = _ask(COST);
        INFERENCE.endWithCallback(id, true, "a", 0);
        vm.prank(address(INFERENCE));
        app.onInferenceResult(id, false, "", 0);
        vm.prank(address(INFERENCE));
        app.onInferenceResult(id, true, "a", 0);
        vm.assertEq(app.answered(), 1);
        vm.assertEq(app.owed(), FEE + DEPOSIT);
    }

    function test_anybody_settles_a_call_whose_callback_failed() external {
        (uint64 answered, uint64 failed) = (_ask(COST), _ask(COST));
        INFERENCE.end(answered, true, "a");
        INFERENCE.end(failed, false, "");
        vm.prank(mallory);
        vm.assertEq(uint256(app.settle(answered)), uint256(PayPerCall.Status.Answered));
        vm.assertEq(uint256(app.settle(failed)), uint256(PayPerCall.Status.Refunded));
        vm.assertEq(app.owed(), FEE + DEPOSIT + COST);
    }

    function test_an_open_call_stays_pending() external {
        uint64 id = _ask(COST);
        vm.assertEq(uint256(app.settle(id)), uint256(PayPerCall.Status.Pending));
        vm.expectRevert(PayPerCall.NothingDue.selector);
        app.collect(id);
    }

    function test_an_explanation_tells_what_a_forgotten_request_was() external {
        uint64 id = _ask(COST);
        INFERENCE.end(id, true, "a");
        INFERENCE.forget(id);
        vm.assertEq(app.collect(id), DEPOSIT);
        vm.assertEq(app.earned(owner) + app.earned(author), FEE);
        vm.assertEq(app.owed(), FEE);
    }

    function test_a_lapsed_call_gives_back_all_but_the_price_and_the_price_is_swept() external {
        uint64 id = _ask(COST);
        INFERENCE.end(id, false, "");
        INFERENCE.forget(id);
        vm.expectEmit(true, false, false, true, address(app));
        emit PayPerCall.Lapsed(id, PRICE);
        vm.assertEq(app.collect(id), FEE + DEPOSIT);
        vm.assertEq(app.owed(), 0);
        vm.assertEq(app.sweep(), PRICE);
        vm.assertEq(owner.balance, PRICE);
    }

    function test_another_failure_of_the_chain_is_not_taken_for_forgetting() external {
        uint64 id = _ask(COST);
        INFERENCE.setBroken(true);
        vm.expectRevert(bytes("Precompile.Unavailable"));
        app.settle(id);
        vm.expectRevert(bytes("Precompile.Unavailable"));
        app.collect(id);
    }

    function test_sweeping_touches_no_callers_money() external {
        _ask(COST);
        vm.expectRevert(PayPerCall.NothingDue.selector);
        app.sweep();
        // The chain holds price and deposit; they count as owed.
        vm.deal(address(app), address(app).balance + PRICE + DEPOSIT);
        vm.expectRevert(PayPerCall.NothingDue.selector);
        app.sweep();
        vm.deal(address(app), address(app).balance + 1);
        vm.assertEq(app.sweep(), 1);
    }

    function test_a_payer_that_refuses_money_blocks_nobody_and_names_another() external {
        Refuser refuser = new Refuser();
        vm.deal(address(refuser), COST);
        bytes memory returned = refuser.run(address(app), COST, abi.encodeCall(PayPerCall.ask, ("x")));
        uint64 id = abi.decode(returned, (uint64));
        uint64 other = _ask(COST);
        INFERENCE.endWithCallback(id, false, "", 0);
        INFERENCE.endWithCallback(other, false, "", 0);
        vm.expectRevert(bytes("no money here"));
        app.collect(id);
        app.collect(other);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.NotPayer.selector, mallory));
        app.collectTo(id, mallory);
        refuser.run(address(app), 0, abi.encodeCall(PayPerCall.collectTo, (id, author)));
        vm.assertEq(author.balance, PRICE + FEE);
    }

    function test_collecting_again_while_being_paid_gets_nothing_more() external {
        Reenterer thief = new Reenterer(address(app));
        vm.deal(address(thief), COST);
        uint64 id = abi.decode(thief.run(COST, abi.encodeCall(PayPerCall.ask, ("x")), ""), (uint64));
        uint64 other = _ask(COST);
        INFERENCE.end(id, false, "");
        INFERENCE.end(other, false, "");
        bytes memory collect = abi.encodeCall(PayPerCall.collect, (id));
        thief.run(0, collect, collect);
        vm.assertEq(thief.attempts(), 1);
        vm.assertEq(thief.successes(), 0);
        vm.assertEq(address(thief).balance, PRICE + FEE);
        app.collect(other);
    }

    function test_calling_back_while_getting_change_is_refused() external {
        Reenterer thief = new Reenterer(address(app));
        vm.deal(address(thief), 2 * COST);
        thief.run(COST + 1, abi.encodeCall(PayPerCall.ask, ("x")), abi.encodeCall(PayPerCall.settle, (0)));
        vm.assertEq(thief.attempts(), 1);
        vm.assertEq(thief.successes(), 0);
        vm.assertEq(uint256(app.settle(0)), uint256(PayPerCall.Status.Pending));
    }

    function test_who_earned_nothing_is_paid_nothing() external {
        vm.expectRevert(PayPerCall.NothingDue.selector);
        app.withdraw(mallory);
    }

    function test_bad_terms_are_refused() external {
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.InvalidCommittee.selector, uint8(0), uint8(0)));
        new PayPerCall(MODEL, 0, 0, FEE, _payees(owner, 1, author, 1));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.InvalidCommittee.selector, uint8(8), uint8(1)));
        new PayPerCall(MODEL, 8, 1, FEE, _payees(owner, 1, author, 1));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.InvalidCommittee.selector, uint8(2), uint8(3)));
        new PayPerCall(MODEL, 2, 3, FEE, _payees(owner, 1, author, 1));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.InvalidPayee.selector, owner));
        new PayPerCall(MODEL, 1, 1, FEE, _payees(owner, 1, owner, 1));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.InvalidPayee.selector, author));
        new PayPerCall(MODEL, 1, 1, FEE, _payees(owner, 1, author, 0));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.InvalidPayee.selector, address(0)));
        new PayPerCall(MODEL, 1, 1, FEE, _payees(address(0), 1, author, 1));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.WrongNumberOfPayees.selector, 0, 16));
        new PayPerCall(MODEL, 1, 1, FEE, new PayPerCall.Payee[](0));
        vm.expectRevert(abi.encodeWithSelector(PayPerCall.WrongNumberOfPayees.selector, 17, 16));
        new PayPerCall(MODEL, 1, 1, FEE, new PayPerCall.Payee[](17));
    }

    function test_an_application_without_a_fee_works() external {
        app = new PayPerCall(MODEL, 3, 2, 0, _payees(owner, 1, author, 1));
        vm.assertEq(app.price(), 3 * PRICE);
        uint64 id = _ask(3 * PRICE + DEPOSIT);
        INFERENCE.endWithCallback(id, true, "a", 0);
        vm.assertEq(app.owed(), DEPOSIT);
    }

    function test_fuzz_the_parts_are_the_fee(uint128 fee, uint96 first, uint96 second, uint8 answers) external {
        vm.assume(first > 0 && second > 0);
        fee = uint128(within(fee, 0, 1e30));
        app = new PayPerCall(MODEL, 1, 1, fee, _payees(owner, first, author, second));
        vm.assertEq(app.partOf(owner) + app.partOf(author), fee);
        uint256 cost = PRICE + DEPOSIT + fee;
        uint256 count = within(answers, 1, 3);
        for (uint256 i = 0; i < count; i++) {
            vm.deal(alice, cost);
            uint64 id = _ask(cost);
            INFERENCE.endWithCallback(id, true, "a", 0);
        }
        vm.assertEq(app.earned(owner) + app.earned(author), fee * count);
        vm.assertEq(address(app).balance, fee * count);
    }

    function _ask(uint256 value) private returns (uint64) {
        vm.prank(alice);
        return app.ask{value: value}("what is this?");
    }

    function _status(uint64 id) private view returns (PayPerCall.Status status) {
        (, status,,) = app.calls(id);
    }

    function _payees(address first, uint96 share, address second, uint96 other)
        private
        pure
        returns (PayPerCall.Payee[] memory payees)
    {
        payees = new PayPerCall.Payee[](2);
        payees[0] = PayPerCall.Payee(first, share);
        payees[1] = PayPerCall.Payee(second, other);
    }
}
