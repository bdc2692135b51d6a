// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IInference} from "@openledger/precompiles/IInference.sol";
import {IInferenceCallback} from "@openledger/precompiles/IInferenceCallback.sol";
import {OpenLedgerPrecompiles, PrecompileReason} from "@openledger/precompiles/OpenLedgerPrecompiles.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A model's latest answers, for other contracts to read
/// @notice Its owner asks the model out of the feed's own balance, and the chain brings the answer: nobody has to poll.
/// @dev What a callback does not use of its gas and deposit comes back to the feed's balance, as do the deposits of
/// requests. All of it is the owner's.
contract AnswerFeed is IInferenceCallback, Ownable {
    /// @notice Where a question is.
    enum Status {
        /// Never asked.
        None,
        /// The request is open, or its callback did not come yet.
        Pending,
        Answered,
        /// The chain gave the price back.
        Failed
    }

    /// @notice A question, and what became of it.
    struct Question {
        Status status;
        /// When it ended, by the chain's clock.
        uint64 endedAt;
        /// Keccak-256 of the answer.
        bytes32 answerHash;
        /// The attribution report that was paid.
        bytes32 reportId;
    }

    IInference private constant INFERENCE = OpenLedgerPrecompiles.INFERENCE;

    /// @notice The model that answers.
    uint64 public immutable MODEL;
    /// @notice How many workers are drawn.
    uint8 public immutable COMMITTEE;
    /// @notice How many of them have to agree.
    uint8 public immutable THRESHOLD;
    /// @notice Gas of a callback.
    uint64 public immutable GAS_LIMIT;
    /// @notice What a callback may take for its storage.
    uint256 public immutable DEPOSIT_LIMIT;

    /// @notice Questions by their request.
    mapping(uint64 id => Question) public questions;
    /// @notice The request of the latest answer; meaningless before the first.
    uint64 public latestId;
    /// @notice How many answers came.
    uint64 public answers;
    bytes private _latest;

    /// @notice The owner asked.
    event Asked(uint64 indexed id);
    /// @notice The answer came.
    event Answered(uint64 indexed id, bytes output, bytes32 reportId);
    /// @notice There is no answer, and the price is back.
    event Failed(uint64 indexed id);

    /// @notice Only the inference precompile may say so.
    error NotInference(address caller);
    /// @notice Nobody waits for an answer to this request.
    error NotPending(uint64 id);
    /// @notice The request is still open.
    error StillOpen(uint64 id);

    constructor(uint64 model, uint8 committee, uint8 threshold, uint64 gasLimit, uint256 depositLimit)
        Ownable(msg.sender)
    {
        (MODEL, COMMITTEE, THRESHOLD) = (model, committee, threshold);
        (GAS_LIMIT, DEPOSIT_LIMIT) = (gasLimit, depositLimit);
    }

    /// @notice Money for questions.
    receive() external payable {}

    /// @notice Asks the model out of the feed's balance.
    function ask(bytes calldata input) external onlyOwner returns (uint64 id) {
        uint256 price = INFERENCE.quote(MODEL, COMMITTEE);
        id = INFERENCE.requestWithCallback(MODEL, input, price, COMMITTEE, THRESHOLD, GAS_LIMIT, DEPOSIT_LIMIT);
        questions[id].status = Status.Pending;
        emit Asked(id);
    }

    /// @inheritdoc IInferenceCallback
    function onInferenceResult(uint64 requestId, bool settled, bytes calldata output, bytes32 reportId) external {
        if (msg.sender != address(INFERENCE)) revert NotInference(msg.sender);
        _end(requestId, settled, output, reportId);
    }

    /// @notice Takes over how a request ended whose callback failed: it had too little gas, or could not store enough.
    /// Anybody may, while the chain keeps the request. The report's id is not known then.
    function refresh(uint64 id) external {
        // A callback that still waits would come to a question that has ended.
        try INFERENCE.callbackOf(id) returns (IInference.Callback memory) {
            revert StillOpen(id);
        } catch Error(string memory reason) {
            if (!PrecompileReason.equals(reason, "Callbacks.NotFound")) revert(reason);
        }
        IInference.Stage stage = INFERENCE.getRequest(id).stage;
        if (stage == IInference.Stage.Settled) _end(id, true, INFERENCE.getAnswer(id), 0);
        else if (stage == IInference.Stage.Refunded) _end(id, false, "", 0);
        else revert StillOpen(id);
    }

    /// @notice Pays out of the feed's balance.
    function withdraw(address to, uint256 amount) external onlyOwner {
        Address.sendValue(payable(to), amount);
    }

    /// @notice The latest answer.
    function latest() external view returns (bytes memory) {
        return _latest;
    }

    function _end(uint64 id, bool settled, bytes memory output, bytes32 reportId) private {
        Question storage question = questions[id];
        if (question.status != Status.Pending) revert NotPending(id);
        question.endedAt = uint64(block.timestamp);
        if (!settled) {
            question.status = Status.Failed;
            emit Failed(id);
            return;
        }
        question.status = Status.Answered;
        (question.answerHash, question.reportId) = (keccak256(output), reportId);
        (latestId, answers, _latest) = (id, answers + 1, output);
        emit Answered(id, output, reportId);
    }
}
