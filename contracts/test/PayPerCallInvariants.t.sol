// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PayPerCall} from "../src/PayPerCall.sol";
import {ChainTest} from "./support/MockChain.sol";
import {InvariantTest} from "./support/Vm.sol";

/// @title Callers, payees, the chain and passers-by, at random.
contract PayPerCallHandler is ChainTest {
    PayPerCall private immutable APP;
    uint256 private immutable FEE;
    uint64 private constant MODEL = 3;

    address[3] private _people = [address(0xA11CE), address(0xB0B), address(0xCA401)];
    uint64[] private _asked;
    /// What a payer has put in less what it got back.
    uint256 public paidIn;
    uint256 public paidOut;
    /// What the chain kept for answers.
    uint256 public keptByModel;
    uint256 public gifts;

    constructor(PayPerCall app) {
        APP = app;
        FEE = app.FEE();
    }

    function ask(uint256 who, uint256 price, uint256 deposit, uint256 extra) external {
        price = within(price, 1, 1 ether);
        deposit = within(deposit, 0, 0.1 ether);
        INFERENCE.setPrice(MODEL, price);
        INFERENCE.setDeposit(deposit);
        uint256 cost = price + deposit + FEE;
        address person = _people[who % 3];
        vm.deal(person, cost + within(extra, 0, 1 ether));
        uint256 before = person.balance;
        vm.prank(person);
        _asked.push(APP.ask{value: before}("x"));
        vm.assertEq(person.balance, before - cost, "the change comes back");
        paidIn += cost;
    }

    function end(uint256 which, bool settled, bool callback) external {
        (uint64 id, bool found) = _pick(which);
        if (!found || !_isOpen(id)) return;
        if (settled) keptByModel += INFERENCE.getRequest(id).fee;
        if (callback) INFERENCE.endWithCallback(id, settled, "a", 0);
        else INFERENCE.end(id, settled, "a");
    }

    function forget(uint256 which) external {
        (uint64 id, bool found) = _pick(which);
        if (!found || !_exists(id) || _isOpen(id)) return;
        INFERENCE.forget(id);
    }

    function prune(uint256 which) external {
        (uint64 id, bool found) = _pick(which);
        // The chain keeps explanations longer than requests.
        if (found && !_exists(id)) ATTRIBUTION.pruneForTest(id);
    }

    function cancel(uint256 which) external {
        (uint64 id, bool found) = _pick(which);
        (address payer, PayPerCall.Status status,,) = APP.calls(id);
        if (!found || status == PayPerCall.Status.None || !_isOpen(id)) return;
        uint256 before = payer.balance;
        vm.prank(payer);
        APP.cancel(id);
        paidOut += payer.balance - before;
    }

    function settle(uint256 which) external {
        (uint64 id, bool found) = _pick(which);
        if (found) try APP.settle(id) {} catch {}
    }

    function collect(uint256 which) external {
        (uint64 id, bool found) = _pick(which);
        if (!found) return;
        try APP.collect(id) returns (uint256 amount) {
            paidOut += amount;
        } catch {}
    }

    function withdraw(uint256 which) external {
        try APP.withdraw(APP.payees(which % 3)) returns (uint256 amount) {
            paidOut += amount;
        } catch {}
    }

    function sweep() external {
        try APP.sweep() returns (uint256 amount) {
            paidOut += amount;
        } catch {}
    }

    function give(uint256 amount) external {
        amount = within(amount, 0, 1 ether);
        vm.deal(address(APP), address(APP).balance + amount);
        gifts += amount;
    }

    function heldByChain() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _asked.length; i++) {
            sum += INFERENCE.held(_asked[i]);
        }
    }

    /// What every call and payee is owed, call by call.
    function owedInAll() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _asked.length; i++) {
            (, PayPerCall.Status status, uint128 price, uint128 deposit) = APP.calls(_asked[i]);
            if (status == PayPerCall.Status.None) continue;
            sum += deposit;
            if (status == PayPerCall.Status.Pending || status == PayPerCall.Status.Refunded) sum += price + FEE;
        }
        for (uint256 i = 0; i < 3; i++) {
            sum += APP.earned(APP.payees(i));
        }
    }

    /// Everything ends, is forgotten and is paid out.
    function finish() external {
        for (uint256 i = 0; i < _asked.length; i++) {
            uint64 id = _asked[i];
            if (_isOpen(id)) INFERENCE.end(id, false, "");
            if (_exists(id)) {
                (, PayPerCall.Status status,,) = APP.calls(id);
                if (status != PayPerCall.Status.None) APP.settle(id);
                INFERENCE.forget(id);
            }
            this.collect(i);
        }
        for (uint256 i = 0; i < 3; i++) {
            this.withdraw(i);
        }
        this.sweep();
    }

    function _pick(uint256 which) private view returns (uint64, bool) {
        return _asked.length == 0 ? (0, false) : (_asked[which % _asked.length], true);
    }

    function _exists(uint64 id) private view returns (bool) {
        try INFERENCE.getRequest(id) {
            return true;
        } catch {
            return false;
        }
    }

    function _isOpen(uint64 id) private view returns (bool) {
        return _exists(id) && uint256(INFERENCE.getRequest(id).stage) < 4;
    }
}

contract PayPerCallInvariants is ChainTest, InvariantTest {
    PayPerCall private app;
    PayPerCallHandler private handler;

    function setUp() external {
        startChain();
        PayPerCall.Payee[] memory payees = new PayPerCall.Payee[](3);
        payees[0] = PayPerCall.Payee(address(0x1001), 3);
        payees[1] = PayPerCall.Payee(address(0x1002), 3);
        payees[2] = PayPerCall.Payee(address(0x1003), 1);
        app = new PayPerCall(3, 1, 1, 0.01 ether + 5, payees);
        handler = new PayPerCallHandler(app);
        target(address(handler));
    }

    function invariant_what_is_owed_is_the_sum_of_what_each_is_owed() external view {
        vm.assertEq(app.owed(), handler.owedInAll());
    }

    function invariant_everything_owed_is_in_hand_or_held_or_kept_for_an_answer_nobody_reported() external view {
        uint256 assets = address(app).balance + handler.heldByChain();
        vm.assertEq(assets + handler.paidOut() + handler.keptByModel(), handler.paidIn() + handler.gifts());
    }

    function invariant_in_the_end_everybody_is_paid_and_nothing_is_left() external {
        handler.finish();
        vm.assertEq(app.owed(), 0);
        vm.assertEq(address(app).balance, 0);
        vm.assertEq(handler.paidOut() + handler.keptByModel(), handler.paidIn() + handler.gifts());
    }
}
