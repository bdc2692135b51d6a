// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {GOPEN} from "../src/GOPEN.sol";

/// @title The part of forge's cheat codes that the script uses.
interface VmBroadcast {
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// @title Wraps OPEN and makes it vote
/// @notice `tools/forge script script/Wrap.s.sol --sig 'run(address,uint256)' GOPEN WEI --rpc-url URL --private-key KEY
/// --broadcast --skip-simulation`. Without the last flag forge takes the gas from its own simulation, which does not know
/// what storage costs on this chain.
contract Wrap {
    VmBroadcast private constant VM = VmBroadcast(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    function run(GOPEN token, uint256 amount) external {
        VM.startBroadcast();
        token.deposit{value: amount}();
        token.delegate(msg.sender);
        VM.stopBroadcast();
    }
}
