// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title Governance OPEN
/// @notice Native OPEN, wrapped one to one, that votes. Wrap with `deposit`, unwrap with `withdraw`, and delegate, to
/// yourself or to somebody else: only delegated tokens vote. The clock is the block's timestamp in seconds.
/// @dev Every token is backed by one wei that the contract holds. OPEN that reaches the contract's account by other
/// ways than `deposit` (a native transfer, for example) is wrapped for nobody and stays.
contract GOPEN is ERC20, ERC20Permit, ERC20Votes {
    /// @notice `account` wrapped `amount` wei, and `to` has the tokens.
    event Deposit(address indexed account, address indexed to, uint256 amount);
    /// @notice `account` unwrapped `amount` wei, and `to` has them.
    event Withdrawal(address indexed account, address indexed to, uint256 amount);

    /// @notice Nothing was sent, or nothing was asked for.
    error ZeroAmount();
    /// @notice Nobody could take out again what this contract or nobody holds.
    error InvalidRecipient(address to);

    constructor() ERC20("Governance OPEN", "gOPEN") ERC20Permit("Governance OPEN") {}

    /// @notice A plain transfer wraps what was sent.
    receive() external payable {
        _wrap(msg.sender);
    }

    /// @notice Wraps what was sent.
    function deposit() external payable {
        _wrap(msg.sender);
    }

    /// @notice Wraps what was sent, for `to`.
    function depositTo(address to) external payable {
        _wrap(to);
    }

    /// @notice Unwraps `amount` of the caller's tokens.
    function withdraw(uint256 amount) external {
        _unwrap(payable(msg.sender), amount);
    }

    /// @notice Unwraps `amount` of the caller's tokens and sends the OPEN to `to`.
    function withdrawTo(address payable to, uint256 amount) external {
        _unwrap(to, amount);
    }

    /// @notice Seconds since 1970, as votes and proposals count them.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice ERC-6372's description of the clock.
    // forge-lint: disable-next-line(mixed-case-function)
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice The next unused number of `owner`'s signed permits and delegations.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _wrap(address to) private {
        if (msg.value == 0) revert ZeroAmount();
        _mint(to, msg.value);
        emit Deposit(msg.sender, to, msg.value);
    }

    function _unwrap(address payable to, uint256 amount) private {
        if (amount == 0) revert ZeroAmount();
        if (to == address(this) || to == address(0)) revert InvalidRecipient(to);
        // The tokens are gone before anybody else's code runs.
        _burn(msg.sender, amount);
        emit Withdrawal(msg.sender, to, amount);
        Address.sendValue(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        if (to == address(this)) revert InvalidRecipient(to);
        super._update(from, to, value);
    }
}
