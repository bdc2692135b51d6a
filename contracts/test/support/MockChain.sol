// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAttribution} from "@openledger/precompiles/IAttribution.sol";
import {IDatanets} from "@openledger/precompiles/IDatanets.sol";
import {IInference} from "@openledger/precompiles/IInference.sol";
import {IInferenceCallback} from "@openledger/precompiles/IInferenceCallback.sol";
import {OpenLedgerPrecompiles} from "@openledger/precompiles/OpenLedgerPrecompiles.sol";
import {Test} from "./Vm.sol";

/// @title The inference precompile's money and stages
/// @dev Takes fee and deposit from the caller's balance and gives them back without a call, as holds do.
contract MockInference is Test {
    mapping(uint64 model => uint256) private _prices;
    mapping(uint64 id => IInference.Request) private _requests;
    mapping(uint64 id => bool) private _exists;
    mapping(uint64 id => uint256) private _deposits;
    mapping(uint64 id => bytes) private _answers;
    mapping(uint64 id => IInference.Callback) private _callbacks;
    uint256 private _deposit;
    uint64 private _next;
    bool private _broken;

    function setPrice(uint64 model, uint256 price) external {
        _prices[model] = price;
    }

    function setDeposit(uint256 deposit) external {
        _deposit = deposit;
    }

    /// @dev From now on views fail for a reason that says nothing of the request.
    function setBroken(bool broken) external {
        _broken = broken;
    }

    function quote(uint64 model, uint8 committee) external view returns (uint256) {
        require(_prices[model] != 0, "ModelRegistry.NotForSale");
        return _prices[model] * committee;
    }

    function quoteCallback(uint64 gasLimit, uint256 depositLimit) public pure returns (uint256) {
        return uint256(gasLimit) * 1 gwei + depositLimit + 0.01 ether;
    }

    function requestWithCallback(
        uint64 model,
        bytes calldata input,
        uint256 maxFee,
        uint8 committee,
        uint8 threshold,
        uint64 gasLimit,
        uint256 depositLimit
    ) external returns (uint64 id) {
        id = request(model, input, maxFee, committee, threshold);
        require(msg.sender.code.length != 0, "Callbacks.NotAContract");
        uint256 prepaid = quoteCallback(gasLimit, depositLimit);
        require(msg.sender.balance >= prepaid, "Token.FundsUnavailable");
        vm.deal(msg.sender, msg.sender.balance - prepaid);
        _callbacks[id] = IInference.Callback(msg.sender, gasLimit, 1 gwei, depositLimit, prepaid, false);
    }

    function callbackOf(uint64 id) external view returns (IInference.Callback memory) {
        require(_callbacks[id].consumer != address(0), "Callbacks.NotFound");
        return _callbacks[id];
    }

    function request(uint64 model, bytes calldata input, uint256 maxFee, uint8 committee, uint8 threshold)
        public
        returns (uint64 id)
    {
        require(input.length <= 4096, "Inference.InputTooLarge");
        uint256 fee = _prices[model] * committee;
        require(fee <= maxFee, "Inference.PriceAboveMaximum");
        uint256 taken = fee + _deposit;
        require(msg.sender.balance >= taken, "Token.FundsUnavailable");
        vm.deal(msg.sender, msg.sender.balance - taken);
        id = _next++;
        _exists[id] = true;
        _deposits[id] = _deposit;
        IInference.Request storage made = _requests[id];
        (made.consumer, made.model, made.fee) = (msg.sender, model, fee);
        (made.committee, made.threshold) = (committee, threshold);
    }

    function cancel(uint64 id) external {
        IInference.Request storage made = _known(id);
        require(msg.sender == made.consumer, "Inference.NotAuthorized");
        require(made.stage == IInference.Stage.Waiting, "Inference.AlreadyDrawn");
        _refund(made, IInference.RefundReason.Cancelled);
    }

    function getRequest(uint64 id) external view returns (IInference.Request memory) {
        require(!_broken, "Precompile.Unavailable");
        return _known(id);
    }

    function getAnswer(uint64 id) external view returns (bytes memory) {
        require(_known(id).stage == IInference.Stage.Settled, "Inference.NotFound");
        return _answers[id];
    }

    /// @dev The committee is drawn: too late to cancel.
    function draw(uint64 id) external {
        _known(id).stage = IInference.Stage.Committing;
    }

    /// @dev The request ends. No callback.
    function end(uint64 id, bool settled, bytes calldata output) public {
        IInference.Request storage made = _known(id);
        require(made.stage < IInference.Stage.Settled, "ended already");
        if (settled) {
            made.stage = IInference.Stage.Settled;
            _answers[id] = output;
            MockAttribution(address(OpenLedgerPrecompiles.ATTRIBUTION)).settled(id);
        } else {
            _refund(made, IInference.RefundReason.Inconclusive);
        }
    }

    /// @dev The request ends, and its consumer is called back with the gas that it paid for, and otherwise with much.
    /// Returns whether the call ended well. What it was held for comes back whole: the mock charges no gas.
    function endWithCallback(uint64 id, bool settled, bytes calldata output, bytes32 reportId)
        external
        returns (bool success)
    {
        end(id, settled, output);
        IInference.Callback memory callback = _callbacks[id];
        delete _callbacks[id];
        uint256 gasLimit = callback.consumer == address(0) ? 10_000_000 : callback.gasLimit;
        address consumer = _known(id).consumer;
        bytes memory call = abi.encodeCall(IInferenceCallback.onInferenceResult, (id, settled, output, reportId));
        (success,) = consumer.call{gas: gasLimit}(call);
        vm.deal(consumer, consumer.balance + callback.held);
    }

    /// @dev The request is forgotten, and its deposit comes back.
    function forget(uint64 id) external {
        address consumer = _known(id).consumer;
        vm.deal(consumer, consumer.balance + _deposits[id]);
        delete _requests[id];
        delete _exists[id];
    }

    /// @dev What is held for a request.
    function held(uint64 id) external view returns (uint256) {
        if (!_exists[id]) return 0;
        IInference.Request storage made = _requests[id];
        return _deposits[id] + (made.stage < IInference.Stage.Settled ? made.fee : 0);
    }

    function _refund(IInference.Request storage made, IInference.RefundReason reason) private {
        made.stage = IInference.Stage.Refunded;
        made.refundReason = reason;
        vm.deal(made.consumer, made.consumer.balance + made.fee);
    }

    function _known(uint64 id) private view returns (IInference.Request storage) {
        require(_exists[id], "Inference.NotFound");
        return _requests[id];
    }
}

/// @title The reward ledger: explanations, and claims
contract MockAttribution is Test {
    mapping(uint64 request => bool) private _settled;
    mapping(address account => uint256) private _owed;

    function settled(uint64 request) external {
        _settled[request] = true;
    }

    function pruneForTest(uint64 request) external {
        _settled[request] = false;
    }

    function credit(address account_, uint256 amount) external {
        _owed[account_] += amount;
    }

    function explain(uint64 request) external view returns (IAttribution.Settlement memory settlement) {
        require(_settled[request], "Attribution.NotFound");
        settlement.fromPool = 0;
    }

    function claim(IAttribution.Key[] calldata) external returns (uint256) {
        return _pay(msg.sender);
    }

    function claimFor(address account_, IAttribution.Key[] calldata) external returns (uint256) {
        return _pay(account_);
    }

    function _pay(address to) private returns (uint256 amount) {
        amount = _owed[to];
        require(amount != 0, "Attribution.NothingToClaim");
        _owed[to] = 0;
        vm.deal(to, to.balance + amount);
    }
}

/// @title Datanets: owners, and contributions with a deposit
contract MockDatanets is Test {
    mapping(uint64 datanet => address) private _owners;
    uint256 private _deposit;
    uint64 private _contributions;

    function setOwner(uint64 datanet, address owner) external {
        _owners[datanet] = owner;
    }

    function setDeposit(uint256 deposit) external {
        _deposit = deposit;
    }

    function getDatanet(uint64 datanet) external view returns (IDatanets.Datanet memory found) {
        require(_owners[datanet] != address(0), "Datanets.NotFound");
        found.owner = _owners[datanet];
    }

    function contribute(uint64, bytes32, uint64, string calldata, uint32) external returns (uint64) {
        require(msg.sender.balance >= _deposit, "Token.FundsUnavailable");
        vm.deal(msg.sender, msg.sender.balance - _deposit);
        return _contributions++;
    }
}

/// @title A test on a chain with precompiles.
abstract contract ChainTest is Test {
    MockInference internal constant INFERENCE = MockInference(address(OpenLedgerPrecompiles.INFERENCE));
    MockAttribution internal constant ATTRIBUTION = MockAttribution(address(OpenLedgerPrecompiles.ATTRIBUTION));
    MockDatanets internal constant DATANETS = MockDatanets(address(OpenLedgerPrecompiles.DATANETS));

    function startChain() internal {
        _place(address(INFERENCE), address(new MockInference()));
        _place(address(ATTRIBUTION), address(new MockAttribution()));
        _place(address(DATANETS), address(new MockDatanets()));
    }

    function _place(address at_, address mock) private {
        vm.etch(at_, mock.code);
        vm.allowCheatcodes(at_);
    }
}
