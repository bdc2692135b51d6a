// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAttribution} from "@openledger/precompiles/IAttribution.sol";
import {IInference} from "@openledger/precompiles/IInference.sol";
import {IInferenceCallback} from "@openledger/precompiles/IInferenceCallback.sol";
import {OpenLedgerPrecompiles, PrecompileReason} from "@openledger/precompiles/OpenLedgerPrecompiles.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title An application that sells a model's answers
/// @notice A caller pays the model's price, a deposit that comes back, and this application's own fee. The fee is
/// earned by an answer only, and split among the payees to the wei; a call that fails is paid back whole.
/// @dev A call's id is its request's id. All amounts are wei, which are planck. The chain holds fee and deposit on this
/// contract's own account and returns them without a call, so what the contract owes is counted (`owed`), never read
/// from its balance. Model, committee, fee and payees never change: another price is another contract.
contract PayPerCall is IInferenceCallback, ReentrancyGuardTransient {
    using SafeCast for uint256;

    /// @notice The most payees.
    uint256 public constant MAX_PAYEES = 16;

    /// @notice Where a call is. What a caller gets depends on it.
    enum Status {
        /// Never made, or all of its money is paid out.
        None,
        /// The request is open, or nobody told this contract that it ended.
        Pending,
        /// Answered: the payees earned the fee; the deposit comes back when the chain forgets the request.
        Answered,
        /// Failed: the model's price and the fee come back now, the deposit later.
        Refunded,
        /// Failed, and all but the deposit was paid back.
        RefundPaid
    }

    /// @notice A call, until all of its money is paid out.
    struct Call {
        /// Who paid and is paid back.
        address payer;
        Status status;
        /// The model's price for the committee.
        uint128 price;
        /// The storage deposit.
        uint128 deposit;
    }

    /// @notice What a payee gets of a fee.
    struct Payee {
        address account;
        /// Its part, in whatever unit the other payees' parts are.
        uint96 share;
    }

    /// @dev One slot, so that ending a call writes no new storage: `owed` is not zero while a call is pending.
    struct Book {
        /// Everything that the contract owes, and what the chain holds for it.
        uint128 owed;
        /// Calls answered so far.
        uint64 answered;
    }

    IInference private constant INFERENCE = OpenLedgerPrecompiles.INFERENCE;
    IAttribution private constant ATTRIBUTION = OpenLedgerPrecompiles.ATTRIBUTION;

    /// @notice The model that answers.
    uint64 public immutable MODEL;
    /// @notice How many workers are drawn.
    uint8 public immutable COMMITTEE;
    /// @notice How many of them have to agree.
    uint8 public immutable THRESHOLD;
    /// @notice This application's fee for an answer.
    uint256 public immutable FEE;

    /// @notice The payees, in the order in which they were named.
    address[] public payees;
    /// @notice A payee's part of the fee of one answer. The parts sum to the fee.
    mapping(address payee => uint256 amount) public partOf;
    /// @notice What a payee was paid so far.
    mapping(address payee => uint256 amount) public paidTo;
    /// @notice The calls that are not wholly paid out.
    mapping(uint64 id => Call) public calls;
    Book private _book;

    /// @notice `payer` asked: `price` for the model, `fee` for this application, `deposit` for the chain's storage.
    event Asked(uint64 indexed id, address indexed payer, uint256 price, uint256 fee, uint256 deposit);
    /// @notice The answer came. Without a callback `output` and `reportId` are empty: `answer` has it for some days.
    event Answered(uint64 indexed id, bytes output, bytes32 reportId);
    /// @notice The call failed, and its payer can collect.
    event Failed(uint64 indexed id);
    /// @notice Nobody said how the call ended before the chain forgot it. All but the model's price can be collected.
    event Lapsed(uint64 indexed id, uint256 price);
    /// @notice A payer was paid back.
    event Collected(uint64 indexed id, address indexed payer, address indexed to, uint256 amount);
    /// @notice A payee was paid.
    event Withdrawn(address indexed payee, address indexed to, uint256 amount);
    /// @notice OPEN that belonged to no call was paid to the first payee.
    event Swept(address indexed to, uint256 amount);

    /// @notice There has to be a payee, and not more than `most`.
    error WrongNumberOfPayees(uint256 payees, uint256 most);
    /// @notice A payee is nobody, is this contract, is named twice, or has no share.
    error InvalidPayee(address payee);
    /// @notice No such committee can be drawn and can agree.
    error InvalidCommittee(uint8 committee, uint8 threshold);
    /// @notice The call costs `needed`, the deposit included; what is too much comes back at once.
    error ValueTooLow(uint256 sent, uint256 needed);
    /// @notice Only the inference precompile may say so.
    error NotInference(address caller);
    /// @notice No such call, or all of its money is paid out.
    error UnknownCall(uint64 id);
    /// @notice Only who paid for the call may do this.
    error NotPayer(address caller);
    /// @notice There is nothing to be paid now.
    error NothingDue();

    constructor(uint64 model, uint8 committee, uint8 threshold, uint256 fee, Payee[] memory payees_) {
        if (committee == 0 || committee > 7 || threshold == 0 || threshold > committee) {
            revert InvalidCommittee(committee, threshold);
        }
        if (payees_.length == 0 || payees_.length > MAX_PAYEES) {
            revert WrongNumberOfPayees(payees_.length, MAX_PAYEES);
        }
        MODEL = model;
        COMMITTEE = committee;
        THRESHOLD = threshold;
        FEE = fee.toUint128();
        uint256 total = 0;
        for (uint256 i = 0; i < payees_.length; i++) {
            total += payees_[i].share;
        }
        uint256 rest = fee;
        for (uint256 i = 0; i < payees_.length; i++) {
            (address account, uint96 share) = (payees_[i].account, payees_[i].share);
            bool named = false;
            for (uint256 j = 0; j < i; j++) {
                named = named || payees_[j].account == account;
            }
            if (named || share == 0 || account == address(0) || account == address(this)) revert InvalidPayee(account);
            payees.push(account);
            uint256 part = fee * share / total;
            partOf[account] = part;
            rest -= part;
        }
        // What rounding left.
        partOf[payees_[0].account] += rest;
    }

    /// @notice OPEN that comes without a call belongs to no call.
    receive() external payable {}

    /// @notice Asks the model. Send `price()` and the deposit, or more: what is too much comes back at once.
    /// @param input What the model is asked about, in the form that it takes.
    /// @return id The call.
    function ask(bytes calldata input) external payable nonReentrant returns (uint64 id) {
        uint256 price_ = INFERENCE.quote(MODEL, COMMITTEE);
        uint256 before = address(this).balance;
        id = INFERENCE.request(MODEL, input, price_, COMMITTEE, THRESHOLD);
        // The chain's own figure: what it took for the model and for its storage.
        uint256 taken = before - address(this).balance;
        uint256 needed = taken + FEE;
        if (msg.value < needed) revert ValueTooLow(msg.value, needed);
        uint256 deposit = taken - price_;
        calls[id] = Call(msg.sender, Status.Pending, price_.toUint128(), deposit.toUint128());
        _book.owed += needed.toUint128();
        emit Asked(id, msg.sender, price_, FEE, deposit);
        if (msg.value > needed) Address.sendValue(payable(msg.sender), msg.value - needed);
    }

    /// @notice Takes a call back whose workers are not drawn yet, and pays all but the deposit back.
    function cancel(uint64 id) external nonReentrant {
        Call storage call = _known(id);
        if (msg.sender != call.payer) revert NotPayer(msg.sender);
        INFERENCE.cancel(id);
        _collect(id, msg.sender);
    }

    /// @inheritdoc IInferenceCallback
    function onInferenceResult(uint64 requestId, bool settled, bytes calldata output, bytes32 reportId) external {
        if (msg.sender != address(INFERENCE)) revert NotInference(msg.sender);
        Call storage call = _known(requestId);
        if (call.status == Status.Pending) _end(requestId, call, settled, output, reportId);
    }

    /// @notice Takes over from the chain how a call ended, if its callback failed. Anybody may.
    /// @return status Where the call is now.
    function settle(uint64 id) external nonReentrant returns (Status status) {
        Call storage call = _known(id);
        _sync(id, call);
        return call.status;
    }

    /// @notice Pays a call's payer what it gets back now. Anybody may.
    function collect(uint64 id) external nonReentrant returns (uint256 amount) {
        return _collect(id, _known(id).payer);
    }

    /// @notice Pays what a call's payer gets back now to `to`. Only the payer may.
    function collectTo(uint64 id, address to) external nonReentrant returns (uint256 amount) {
        if (msg.sender != _known(id).payer) revert NotPayer(msg.sender);
        return _collect(id, to);
    }

    /// @notice Pays a payee what it has earned. Anybody may.
    function withdraw(address payee) external nonReentrant returns (uint256 amount) {
        return _withdraw(payee, payee);
    }

    /// @notice Pays what the caller has earned to `to`.
    function withdrawTo(address to) external nonReentrant returns (uint256 amount) {
        return _withdraw(msg.sender, to);
    }

    /// @notice Pays what belongs to nobody (gifts, and prices of lapsed calls that the chain gave back) to the first
    /// payee. What the chain holds counts as owed, so this never touches a caller's money.
    function sweep() external nonReentrant returns (uint256 amount) {
        uint256 owed_ = _book.owed;
        uint256 balance = address(this).balance;
        if (balance <= owed_) revert NothingDue();
        amount = balance - owed_;
        emit Swept(payees[0], amount);
        Address.sendValue(payable(payees[0]), amount);
    }

    /// @notice What a call costs now without the deposit: the model's price and this application's fee.
    function price() external view returns (uint256) {
        return INFERENCE.quote(MODEL, COMMITTEE) + FEE;
    }

    /// @notice A call's answer, while the chain keeps it.
    function answer(uint64 id) external view returns (bytes memory) {
        return INFERENCE.getAnswer(id);
    }

    /// @notice What a payee has earned and was not paid.
    function earned(address payee) public view returns (uint256) {
        return partOf[payee] * _book.answered - paidTo[payee];
    }

    /// @notice Calls answered so far.
    function answered() external view returns (uint64) {
        return _book.answered;
    }

    /// @notice Everything that is owed to payers and payees, what the chain holds for open calls included.
    function owed() external view returns (uint256) {
        return _book.owed;
    }

    function _known(uint64 id) private view returns (Call storage call) {
        call = calls[id];
        if (call.status == Status.None) revert UnknownCall(id);
    }

    /// @dev Writes only slots that hold something already, so it costs little and needs no storage deposit.
    function _end(uint64 id, Call storage call, bool settled, bytes memory output, bytes32 reportId) private {
        if (settled) {
            call.status = Status.Answered;
            Book memory book = _book;
            _book = Book(book.owed - call.price, book.answered + 1);
            emit Answered(id, output, reportId);
        } else {
            call.status = Status.Refunded;
            emit Failed(id);
        }
    }

    /// @dev Takes over how a pending call ended. Returns whether the chain has forgotten the request, and has therefore
    /// returned the deposit.
    function _sync(uint64 id, Call storage call) private returns (bool forgotten) {
        try INFERENCE.getRequest(id) returns (IInference.Request memory request) {
            if (call.status != Status.Pending) return false;
            if (request.stage == IInference.Stage.Settled) {
                _end(id, call, true, "", 0);
            } else if (request.stage == IInference.Stage.Refunded) {
                _end(id, call, false, "", 0);
            }
            return false;
        } catch (bytes memory returned) {
            _requireForgotten(returned, "Inference.NotFound");
        }
        if (call.status != Status.Pending) return true;
        // A payment's explanation outlives its request.
        try ATTRIBUTION.explain(id) {
            _end(id, call, true, "", 0);
        } catch (bytes memory returned) {
            _requireForgotten(returned, "Attribution.NotFound");
            uint128 price_ = call.price;
            // Paid or given back: nobody can tell. If it was given back, it is swept.
            call.price = 0;
            _book.owed -= price_;
            call.status = Status.Refunded;
            emit Lapsed(id, price_);
        }
        return true;
    }

    /// @dev Any other failure (too little gas, for example) says nothing about the request.
    function _requireForgotten(bytes memory returned, string memory name) private pure {
        if (PrecompileReason.equals(PrecompileReason.decode(returned), name)) return;
        assembly ("memory-safe") {
            revert(add(returned, 32), mload(returned))
        }
    }

    function _collect(uint64 id, address to) private returns (uint256 amount) {
        Call storage call = calls[id];
        address payer = call.payer;
        bool forgotten = _sync(id, call);
        if (call.status == Status.Refunded) {
            amount = call.price + FEE;
            call.status = Status.RefundPaid;
        }
        if (forgotten) {
            amount += call.deposit;
            delete calls[id];
        }
        if (amount == 0) revert NothingDue();
        _book.owed -= amount.toUint128();
        emit Collected(id, payer, to, amount);
        Address.sendValue(payable(to), amount);
    }

    function _withdraw(address payee, address to) private returns (uint256 amount) {
        amount = earned(payee);
        if (amount == 0) revert NothingDue();
        paidTo[payee] += amount;
        _book.owed -= amount.toUint128();
        emit Withdrawn(payee, to, amount);
        Address.sendValue(payable(to), amount);
    }
}
