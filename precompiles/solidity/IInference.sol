// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Inference: paid requests, from the consumer's money to the answer.
/// @notice Precompile at 0x0000000000000000000000000000000008030000.
/// @dev The caller is the consumer: the fee and a storage deposit are held on its own balance, so a contract has to own
/// the money when it asks. No function takes value. Amounts are planck, 10^18 to the OPEN. Deadlines are ticks, which
/// stand still while blocks are full. A request ends settled or refunded without another call, in a later block and
/// without a log: read `getRequest`, or ask with `requestWithCallback` and offer `IInferenceCallback`.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`: `Inference.NotFound`,
/// `.NotAuthorized`, `.InvalidVerification`, `.InputTooLarge`, `.InputInvalid`, `.UnsupportedModel`, `.PriceAboveMaximum`,
/// `.TooManyOpenRequests`, `.AlreadyDrawn`, `.NotDrawn`, `.AlreadyCommitted`, `.DeadlinePassed`, `.NotCommitted`,
/// `.TooEarly`, `.AlreadyRevealed`, `.OutputTooLarge`, `.OutputWrongLength`, `.QueryWrongLength`,
/// `.CommitmentMismatch`, `.ReportInvalid`, `.EntriesNotAscending`, `.ScoreIsZero`, `.WeightsDoNotSum`,
/// `.WeightsNotOfScores`, `.EntryNotInSources`, `.NotDue`; of the registry `ModelRegistry.NotFound`, `.Paused`,
/// `.Deprecated`, `.ReleaseRefuted`, `.NotForSale`; of callbacks `Callbacks.NotAContract`, `.GasLimitTooLow`,
/// `.GasLimitTooHigh`, `.NotFound`.
interface IInference {
    /// Where a request is on its way. The last two are final.
    enum Stage {
        Waiting,
        Committing,
        Revealing,
        Revealed,
        Settled,
        Refunded
    }

    /// Why a request was refunded; `None` unless it was.
    enum RefundReason {
        None,
        Cancelled,
        TooFewWorkers,
        TooFewCommitments,
        TooFewReveals,
        Inconclusive,
        PaymentFailed
    }

    /// What an entry's weight rests on.
    enum Evidence {
        Influence,
        Spans,
        Retrieval
    }

    /// One contribution's signed part in an answer.
    struct Entry {
        uint64 datanet;
        uint64 contribution;
        /// Billionths: the score's share. The positive ones sum to 1,000,000,000.
        int32 weight;
        /// The raw score by the evidence; never 0.
        int64 score;
        Evidence evidence;
    }

    struct Request {
        address consumer;
        uint64 model;
        /// The model's version hash when the request was made.
        bytes32 modelVersion;
        /// Price times committee, planck.
        uint256 fee;
        /// How many workers are drawn.
        uint8 committee;
        /// How many of them have to agree.
        uint8 threshold;
        Stage stage;
        RefundReason refundReason;
        /// The last tick of the stage; of a closed request the last tick that it is kept.
        uint64 deadline;
        uint8 committed;
        uint8 revealed;
        /// The worker whose output and report count; zero unless settled.
        address representative;
    }

    /// A callback that was not made yet.
    struct Callback {
        /// Who asked and is called.
        address consumer;
        uint64 gasLimit;
        /// The price at which gas was paid for, planck.
        uint256 gasPrice;
        /// What the call may take as storage deposits, planck.
        uint256 depositLimit;
        /// What is held for all of it, planck.
        uint256 held;
        /// Whether the request ended, so that the call comes with one of the next blocks.
        bool due;
    }

    event Requested(
        uint64 indexed request,
        address indexed consumer,
        uint64 indexed model,
        uint256 fee,
        uint8 committee,
        uint8 threshold,
        uint64 deadline
    );
    /// After `Requested`, when the consumer paid for being called back.
    event CallbackRequested(
        uint64 indexed request, address indexed consumer, uint64 gasLimit, uint256 depositLimit, uint256 held
    );
    event Cancelled(uint64 indexed request, uint256 fee);
    event Committed(uint64 indexed request, address indexed worker, bytes32 commitment);
    event Revealed(uint64 indexed request, address indexed worker);
    /// The stage after somebody took an overdue request a step further.
    event Poked(uint64 indexed request);

    /// @notice Asks a model about an input.
    /// @param input At most 4096 bytes, and at most what the model takes.
    /// @param maxFee The most that the caller pays for the whole committee, planck.
    /// @param committee How many workers are drawn, 1 to 7. Each is paid the model's price.
    /// @param threshold How many of them have to agree, 1 to `committee`.
    /// @return id The request.
    function request(uint64 model, bytes calldata input, uint256 maxFee, uint8 committee, uint8 threshold)
        external
        returns (uint64 id);

    /// @notice Asks a model about an input that is stored elsewhere.
    /// @param inputHash BLAKE2b-256 of the input.
    function requestStored(uint64 model, bytes32 inputHash, uint256 maxFee, uint8 committee, uint8 threshold)
        external
        returns (uint64 id);

    /// @notice Asks a model about an input and calls the asking contract back with the answer, or with the news that
    /// there is none: `IInferenceCallback.onInferenceResult`, in a block after the request ended.
    /// @dev For contracts only. `quoteCallback` is held on the caller's balance besides fee and deposit; what the call
    /// does not use of it comes back when the call was made, or when the request is cancelled.
    /// @param gasLimit Gas of the call, paid at the price of this moment. `Callbacks.GasLimitTooHigh` above what a block
    /// gives to callbacks.
    /// @param depositLimit The most that the call may take for new storage, planck; 0 if it writes none.
    /// @return id The request.
    function requestWithCallback(
        uint64 model,
        bytes calldata input,
        uint256 maxFee,
        uint8 committee,
        uint8 threshold,
        uint64 gasLimit,
        uint256 depositLimit
    ) external returns (uint64 id);

    /// @notice Takes back a request that still waits for its committee; for its consumer.
    function cancel(uint64 id) external;

    /// @notice Commits to an answer; for a drawn worker.
    function commit(uint64 id, bytes32 commitment) external;

    /// @notice Reveals the answer that was committed to; for a drawn worker.
    /// @param query The query vector from which the report follows.
    /// @param entries The report, ascending by datanet and contribution, at most 32.
    function reveal(uint64 id, bytes calldata output, int16[] calldata query, Entry[] calldata entries, bytes32 salt)
        external;

    /// @notice Takes an overdue request one step further, or forgets a closed one whose time is over.
    function poke(uint64 id) external;

    /// @notice How many requests were ever made; ids count from 0.
    function requestCount() external view returns (uint64);

    /// @notice A request, until it is forgotten.
    function getRequest(uint64 id) external view returns (Request memory);

    /// @notice The output of a settled request, until it is forgotten.
    function getAnswer(uint64 id) external view returns (bytes memory);

    /// @notice The workers that were drawn, in the order of the draw.
    function getCommittee(uint64 id) external view returns (address[] memory);

    /// @notice What a request would cost now, planck, without the storage deposit that comes back.
    function quote(uint64 model, uint8 committee) external view returns (uint256 fee);

    /// @notice What is held for a callback at the present price of gas, planck: gas, its delivery, `depositLimit`, and a
    /// deposit for its record.
    function quoteCallback(uint64 gasLimit, uint256 depositLimit) external view returns (uint256 held);

    /// @notice The callback of a request, until it is made.
    function callbackOf(uint64 id) external view returns (Callback memory);

    /// @notice How many requests an account has open.
    function openRequests(address consumer) external view returns (uint32);

    /// @notice The chain's clock.
    function currentTick() external view returns (uint64);
}
