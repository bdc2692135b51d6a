// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Powers: what a referendum lets an account do, such as a governor's timelock.
/// @notice Precompile at 0x0000000000000000000000000000000008070000.
/// @dev The caller acts with its own account and needs the power. Only the chain's governance delegates and revokes
/// powers, so there is no function for either. No function takes value. Amounts are planck, 10^18 to the OPEN; shares
/// are parts per million.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`: `Powers.NotAuthorized`,
/// `.NotFound`, `.NothingToSpend`, `.CapExceeded`, `.TooManySpends`, `.SharesNotWhole`, `.SharesOutOfBounds`,
/// `.AlreadyExists`.
interface IPowers {
    /// The parts of a fee. Together they are 1,000,000.
    struct Shares {
        /// To the treasury.
        uint32 platform;
        /// To the workers of the agreeing cluster, in equal parts.
        uint32 workers;
        /// To the model's owner and its ancestors.
        uint32 lineage;
        /// To contributors, by attribution weight.
        uint32 contributors;
    }

    struct Powers {
        /// Whether the account may spend the treasury's money.
        bool treasurySpend;
        /// What it may spend in any `period` blocks in a row, planck.
        uint256 cap;
        /// Blocks.
        uint32 period;
        /// What is left of the cap now, planck.
        uint256 left;
        /// Whether it may split fees.
        bool feeSplit;
        /// No part of a fee may be smaller.
        Shares least;
        /// No part of a fee may be larger.
        Shares most;
        /// Whether it may choose the featured datanets.
        bool featuredDatanets;
    }

    event Spent(address indexed by, address indexed beneficiary, uint256 amount);
    event FeesSplit(address indexed by, Shares shares);
    event DatanetsFeatured(address indexed by, uint64[] datanets);

    /// @notice Pays from the treasury.
    /// @param amount Planck.
    function spend(address beneficiary, uint256 amount) external;

    /// @notice Splits every fee from now on in other parts.
    function splitFees(Shares calldata shares) external;

    /// @notice Replaces the list of datanets that clients show first, in this order.
    function feature(uint64[] calldata datanets) external;

    /// @notice What an account may do.
    function powersOf(address account) external view returns (Powers memory);

    /// @notice How fees are split now.
    function feeShares() external view returns (Shares memory);

    /// @notice The datanets that clients show first.
    function featured() external view returns (uint64[] memory);
}
