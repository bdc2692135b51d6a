// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OpenLedgerPrecompiles} from "@openledger/precompiles/OpenLedgerPrecompiles.sol";
import {DatanetShares} from "./DatanetShares.sol";

/// @title Makes the shares of datanets
/// @notice One contract of shares for each datanet, made by its owner, to whom all shares go.
contract DatanetSharesFactory {
    /// @notice A datanet's shares; zero while nobody made them.
    mapping(uint64 datanet => DatanetShares) public sharesOf;

    /// @notice The owner of `datanet` made its shares.
    event SharesCreated(uint64 indexed datanet, address indexed owner, DatanetShares shares);

    /// @notice Only the datanet's owner may do this.
    error NotDatanetOwner(address caller);
    /// @notice The datanet has shares already.
    error AlreadyExists(DatanetShares shares);

    /// @notice Makes the shares of `datanet`, for its owner.
    function create(uint64 datanet) external returns (DatanetShares shares) {
        if (OpenLedgerPrecompiles.DATANETS.getDatanet(datanet).owner != msg.sender) {
            revert NotDatanetOwner(msg.sender);
        }
        DatanetShares existing = sharesOf[datanet];
        if (address(existing) != address(0)) revert AlreadyExists(existing);
        shares = new DatanetShares(datanet);
        sharesOf[datanet] = shares;
        emit SharesCreated(datanet, msg.sender, shares);
    }
}
