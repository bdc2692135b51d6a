// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A contract that takes no money unless it is told to, and calls what it is told.
contract Refuser {
    bool public accepts;

    receive() external payable {
        require(accepts, "no money here");
    }

    function accept(bool yes) external {
        accepts = yes;
    }

    function run(address target, uint256 value, bytes calldata data) external payable returns (bytes memory) {
        (bool success, bytes memory returned) = target.call{value: value}(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(returned, 32), mload(returned))
            }
        }
        return returned;
    }
}

/// @title A contract that, when paid, calls back the one that pays it, and remembers whether that worked.
contract Reenterer {
    address private immutable VICTIM;
    bytes private _again;
    uint256 public attempts;
    uint256 public successes;

    constructor(address victim) {
        VICTIM = victim;
    }

    receive() external payable {
        if (_again.length == 0) return;
        attempts++;
        (bool success,) = VICTIM.call(_again);
        if (success) successes++;
    }

    function run(uint256 value, bytes calldata first, bytes calldata again) external payable returns (bytes memory) {
        _again = again;
        (bool success, bytes memory returned) = VICTIM.call{value: value}(first);
        require(success, "the first call failed");
        return returned;
    }
}
