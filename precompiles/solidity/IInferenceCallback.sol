// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title What a contract has to offer to be called back with an answer.
/// @notice The inference precompile is the caller (`msg.sender`), once for each request made with a callback, in a
/// later step than the one that ended the request. The call has the gas that was paid for and carries no value. If it
/// reverts, or runs out of gas, the request stays ended and paid as it is, and nobody calls again: read the outcome
/// from the precompile. Always check the caller: anybody can call the function.
interface IInferenceCallback {
    /// @notice A request has ended.
    /// @param requestId The request.
    /// @param settled Whether it was answered and paid. Otherwise the whole fee is back on the consumer's balance.
    /// @param output The answer; empty unless settled.
    /// @param reportId BLAKE2b-256 of the SCALE-encoded entries of the attribution report that was paid; zero unless
    /// settled. The request's id leads to the payment itself: `IAttribution.explain`.
    function onInferenceResult(uint64 requestId, bool settled, bytes calldata output, bytes32 reportId) external;
}
