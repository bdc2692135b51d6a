// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IDatanets} from "./IDatanets.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IInference} from "./IInference.sol";
import {IAttribution} from "./IAttribution.sol";
import {IWorkers} from "./IWorkers.sol";
import {IDemocracy} from "./IDemocracy.sol";
import {IPowers} from "./IPowers.sol";

/// @title The chain's own calls, at the addresses where they are.
/// @notice The addresses are the same on every OpenLedger chain and never change.
library OpenLedgerPrecompiles {
    IDatanets internal constant DATANETS = IDatanets(0x0000000000000000000000000000000008010000);
    IModelRegistry internal constant MODEL_REGISTRY = IModelRegistry(0x0000000000000000000000000000000008020000);
    IInference internal constant INFERENCE = IInference(0x0000000000000000000000000000000008030000);
    IAttribution internal constant ATTRIBUTION = IAttribution(0x0000000000000000000000000000000008040000);
    IWorkers internal constant WORKERS = IWorkers(0x0000000000000000000000000000000008050000);
    IDemocracy internal constant DEMOCRACY = IDemocracy(0x0000000000000000000000000000000008060000);
    IPowers internal constant POWERS = IPowers(0x0000000000000000000000000000000008070000);
}

/// @title Why a precompile refused a call.
/// @notice A precompile reverts with Solidity's own `Error(string)`. The string is a name that never changes: the
/// pallet and its error, like `Inference.PriceAboveMaximum`. Beside the pallets' own names there are
///  - `Precompile.UnknownFunction`: the interface has no function with this selector;
///  - `Precompile.MalformedInput`: the arguments are too short, or one is not a value of its type;
///  - `Precompile.NotPayable`: the call carried value; no function takes any;
///  - `Precompile.StaticCall`: a function that changes state in a static call;
///  - `Precompile.DelegateCall`: a function that changes state in a delegate call;
///  - `Precompile.AmountTooLarge`: an amount above 2^128 - 1;
///  - `Precompile.ShareAboveOne`: more than 1,000,000 parts per million;
///  - `Precompile.TooLong`: a text or a list is longer than the call can carry;
///  - `Precompile.InvalidArgument`: a value that its function excludes;
///  - `Precompile.CallerNotSigned`: the caller is not an account;
///  - `Precompile.OwnerIsContract`: a contract would own a model with attribution;
///  - `Precompile.BadOrigin`, `Precompile.Unavailable`: the chain refuses the caller or the call as such;
///  - `Token.FundsUnavailable` and other names of `Token` and `Arithmetic`: the caller has too little money.
library PrecompileReason {
    /// @notice The name in what a failed call returned, or an empty string when it returned something else.
    /// @param returned What `catch (bytes memory returned)` or a low-level call gives.
    function decode(bytes memory returned) internal pure returns (string memory) {
        if (returned.length < 68 || bytes4(returned) != 0x08c379a0) {
            return "";
        }
        bytes memory body = new bytes(returned.length - 4);
        for (uint256 i = 0; i < body.length; i++) {
            body[i] = returned[i + 4];
        }
        return abi.decode(body, (string));
    }

    /// @notice Whether a reason is the one that is called `name`.
    function equals(string memory reason, string memory name) internal pure returns (bool) {
        return keccak256(bytes(reason)) == keccak256(bytes(name));
    }
}
