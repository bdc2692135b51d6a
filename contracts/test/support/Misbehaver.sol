// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IInference} from "@openledger/precompiles/IInference.sol";
import {IInferenceCallback} from "@openledger/precompiles/IInferenceCallback.sol";
import {OpenLedgerPrecompiles} from "@openledger/precompiles/OpenLedgerPrecompiles.sol";

/// @title A contract that asks, and does what it should not when it is called back.
contract Misbehaver is IInferenceCallback {
    enum Mood {
        Calm,
        Reverts,
        BurnsAllGas,
        /// Asks again, for as long as it has money.
        AsksAgain,
        /// Tries to end its own request once more, and to be called back inside its callback.
        Reenters
    }

    error Grumpy(uint64 id);

    IInference private constant INFERENCE = OpenLedgerPrecompiles.INFERENCE;

    Mood public mood;
    uint64 public calls;
    uint64 public refusals;
    uint64 public lastId;
    bool public lastSettled;
    bytes32 public lastReport;
    bytes public lastOutput;

    constructor(Mood mood_) {
        mood = mood_;
    }

    receive() external payable {}

    function ask(uint64 model, bytes calldata input, uint64 gasLimit, uint256 depositLimit)
        external
        payable
        returns (uint64)
    {
        return _ask(model, input, gasLimit, depositLimit);
    }

    function cancel(uint64 id) external {
        INFERENCE.cancel(id);
    }

    function onInferenceResult(uint64 requestId, bool settled, bytes calldata output, bytes32 reportId) external {
        require(msg.sender == address(INFERENCE), "only the chain calls back");
        calls++;
        (lastId, lastSettled, lastReport, lastOutput) = (requestId, settled, reportId, output);
        if (mood == Mood.Reverts) revert Grumpy(requestId);
        if (mood == Mood.BurnsAllGas) {
            uint256 burnt = 0;
            while (true) burnt++;
        }
        if (mood == Mood.AsksAgain) {
            IInference.Request memory done = INFERENCE.getRequest(requestId);
            _ask(done.model, new bytes(256), uint64(1_000_000), 0.05 ether);
        }
        if (mood == Mood.Reenters) {
            _refused(abi.encodeCall(IInference.poke, (requestId)));
            _refused(abi.encodeCall(IInference.cancel, (requestId)));
            _refused(abi.encodeCall(IInference.callbackOf, (requestId)));
        }
    }

    function _ask(uint64 model, bytes memory input, uint64 gasLimit, uint256 depositLimit) private returns (uint64) {
        return INFERENCE.requestWithCallback(model, input, INFERENCE.quote(model, 1), 1, 1, gasLimit, depositLimit);
    }

    function _refused(bytes memory call) private {
        (bool success,) = address(INFERENCE).call(call);
        if (!success) refusals++;
    }
}
