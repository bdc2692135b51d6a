// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {AnswerFeed} from "../src/AnswerFeed.sol";
import {Misbehaver} from "./support/Misbehaver.sol";
import {ChainTest} from "./support/MockChain.sol";

contract AnswerFeedTest is ChainTest {
    uint64 private constant MODEL = 3;
    uint256 private constant PRICE = 2 ether;
    uint64 private constant GAS = 500_000;
    uint256 private constant STORAGE = 0.1 ether;
    bytes32 private constant REPORT = bytes32(uint256(7));

    AnswerFeed private feed;
    address private mallory = account("mallory");

    function setUp() external {
        startChain();
        INFERENCE.setPrice(MODEL, PRICE);
        INFERENCE.setDeposit(0.3 ether);
        feed = new AnswerFeed(MODEL, 1, 1, GAS, STORAGE);
        vm.deal(address(feed), 10 ether);
    }

    function test_the_chain_brings_the_answer() external {
        uint64 id = feed.ask("x");
        vm.assertEq(uint256(_status(id)), uint256(AnswerFeed.Status.Pending));
        vm.assertTrue(INFERENCE.endWithCallback(id, true, hex"0102", REPORT));
        vm.assertEq(feed.latest(), hex"0102");
        vm.assertEq(uint256(feed.latestId()), uint256(id));
        (, uint64 endedAt, bytes32 answerHash, bytes32 reportId) = feed.questions(id);
        vm.assertEq(uint256(endedAt), block.timestamp);
        vm.assertEq(answerHash, keccak256(hex"0102"));
        vm.assertEq(reportId, REPORT);
        vm.assertEq(uint256(_status(id)), uint256(AnswerFeed.Status.Answered));
        vm.assertEq(uint256(feed.answers()), 1);
    }

    function test_a_question_without_an_answer_is_told_and_its_price_is_back() external {
        uint64 id = feed.ask("x");
        vm.assertTrue(INFERENCE.endWithCallback(id, false, "", 0));
        vm.assertEq(uint256(_status(id)), uint256(AnswerFeed.Status.Failed));
        vm.assertEq(address(feed).balance, 10 ether - 0.3 ether);
        vm.assertEq(feed.latest(), "");
    }

    function test_only_the_chain_brings_answers() external {
        uint64 id = feed.ask("x");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(AnswerFeed.NotInference.selector, mallory));
        feed.onInferenceResult(id, true, "lie", 0);
        vm.prank(address(INFERENCE));
        vm.expectRevert(abi.encodeWithSelector(AnswerFeed.NotPending.selector, uint64(99)));
        feed.onInferenceResult(99, true, "", 0);
    }

    function test_an_answer_comes_once() external {
        uint64 id = feed.ask("x");
        INFERENCE.endWithCallback(id, true, "a", REPORT);
        vm.prank(address(INFERENCE));
        vm.expectRevert(abi.encodeWithSelector(AnswerFeed.NotPending.selector, id));
        feed.onInferenceResult(id, true, "b", 0);
        vm.expectRevert(abi.encodeWithSelector(AnswerFeed.NotPending.selector, id));
        feed.refresh(id);
    }

    function test_anybody_fetches_an_answer_whose_callback_failed() external {
        feed = new AnswerFeed(MODEL, 1, 1, 1_000, STORAGE);
        vm.deal(address(feed), 10 ether);
        uint64 id = feed.ask("x");
        vm.expectRevert(abi.encodeWithSelector(AnswerFeed.StillOpen.selector, id));
        feed.refresh(id);
        vm.assertFalse(INFERENCE.endWithCallback(id, true, hex"03", REPORT));
        vm.assertEq(uint256(_status(id)), uint256(AnswerFeed.Status.Pending));
        vm.prank(mallory);
        feed.refresh(id);
        vm.assertEq(feed.latest(), hex"03");
        vm.assertEq(uint256(_status(id)), uint256(AnswerFeed.Status.Answered));
    }

    function test_anybody_fetches_the_news_of_a_failure() external {
        feed = new AnswerFeed(MODEL, 1, 1, 1_000, STORAGE);
        vm.deal(address(feed), 10 ether);
        uint64 id = feed.ask("x");
        vm.assertFalse(INFERENCE.endWithCallback(id, false, "", 0));
        feed.refresh(id);
        vm.assertEq(uint256(_status(id)), uint256(AnswerFeed.Status.Failed));
    }

    function test_a_request_that_nobody_made_cannot_be_fetched() external {
        vm.expectRevert(bytes("Inference.NotFound"));
        feed.refresh(5);
    }

    function test_its_owner_alone_asks_and_withdraws() external {
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, mallory));
        feed.ask("x");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, mallory));
        feed.withdraw(mallory, 1);
        feed.withdraw(mallory, 1 ether);
        vm.assertEq(mallory.balance, 1 ether);
    }

    function test_a_feed_without_money_asks_nothing() external {
        vm.deal(address(feed), PRICE);
        vm.expectRevert(bytes("Token.FundsUnavailable"));
        feed.ask("x");
    }

    function test_what_a_contract_does_in_its_callback_ends_with_it() external {
        for (uint256 mood = 0; mood <= uint256(type(Misbehaver.Mood).max); mood++) {
            Misbehaver asker = new Misbehaver(Misbehaver.Mood(mood));
            vm.deal(address(asker), 10 ether);
            uint64 id = asker.ask(MODEL, "x", GAS, STORAGE);
            bool ended = INFERENCE.endWithCallback(id, true, "a", REPORT);
            bool calm = mood != uint256(Misbehaver.Mood.Reverts) && mood != uint256(Misbehaver.Mood.BurnsAllGas);
            vm.assertEq(ended, calm);
            vm.assertEq(uint256(asker.calls()), calm ? 1 : 0);
            vm.assertEq(uint256(INFERENCE.getRequest(id).stage), 4);
        }
    }

    function _status(uint64 id) private view returns (AnswerFeed.Status status) {
        (status,,,) = feed.questions(id);
    }
}
