// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Attribution: who was paid for an answer, and what waits to be claimed.
/// @notice Precompile at 0x0000000000000000000000000000000008040000.
/// @dev No function takes value. Amounts are planck, 10^18 to the OPEN. Times are ticks.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`:
/// `Attribution.NothingToClaim`, `.BelowMinimumClaim`, `.ClaimBelowExistentialDeposit`, `.NotFound`,
/// `.NothingToCollect`, `.NothingToRelease`, `.PoolNotIdle`, `.RetentionNotOver`.
interface IAttribution {
    /// A contribution as a source of one model's answers: what pending pay belongs to.
    struct Key {
        uint64 model;
        uint64 datanet;
        uint64 contribution;
    }

    /// A contribution as a part of a version of its datanet: what pay by standing belongs to.
    struct StandingKey {
        uint64 datanet;
        uint32 version;
        uint64 contribution;
    }

    /// Why an amount went where it went. `Standing` is to all contributions of a datanet version, by their data
    /// points, when the model has no attributable data.
    enum Reason {
        Treasury,
        Worker,
        ModelOwner,
        Royalty,
        Contribution,
        NextPool,
        Dust,
        Unattributed,
        Standing
    }

    struct Part {
        /// Who was credited; zero for a pool or dust.
        address to;
        /// Planck.
        uint256 amount;
        Reason reason;
        /// The ancestor of a royalty; 0 otherwise.
        uint64 model;
        /// Of a contribution or of standing; 0 otherwise.
        uint64 datanet;
        /// Of standing; 0 otherwise.
        uint32 version;
        /// Of a contribution; 0 otherwise.
        uint64 contribution;
        /// Billionths, of a contribution; 0 otherwise.
        int32 weight;
    }

    /// What a negative entry of a report took back from earlier pending pay.
    struct TakenBack {
        uint64 datanet;
        uint64 contribution;
        /// Planck, moved to the model's next pool.
        uint256 amount;
    }

    struct Settlement {
        uint64 model;
        address consumer;
        /// Planck. The parts' amounts minus `fromPool` sum to it.
        uint256 fee;
        /// What the model's pool of earlier answers added, planck.
        uint256 fromPool;
        /// The worker whose reveal gave the report.
        address representative;
        /// Tick.
        uint64 settledAt;
        Part[] parts;
        TakenBack[] takenBack;
    }

    /// The ledger's sums, planck: `credited = claimed + claimable + pending + pools + standing`.
    struct Totals {
        uint256 credited;
        uint256 claimed;
        uint256 claimable;
        uint256 pending;
        uint256 pools;
        uint256 standing;
    }

    event Claimed(address indexed account, address indexed by, uint256 amount);
    event Pruned(uint64 indexed request);
    event StandingCollected(address indexed by, uint256 amount);
    event PoolReleased(uint64 indexed model, uint256 amount);

    /// @notice Pays the caller all that it can claim.
    /// @param entries Pending pay that is vested first as far as its time has come, at most 64. Others are passed over.
    /// @return amount What was paid, planck.
    function claim(Key[] calldata entries) external returns (uint256 amount);

    /// @notice Pays an account all that it can claim. Anybody may call it.
    function claimFor(address account, Key[] calldata entries) external returns (uint256 amount);

    /// @notice Removes the explanation of an old settlement. Anybody may call it.
    function prune(uint64 request) external;

    /// @notice Makes claimable, for their owners, what contributions earned by their standing. Anybody may call it.
    /// @param entries At most 64; those that earned nothing are passed over.
    /// @return amount What became claimable, planck.
    function collectStanding(StandingKey[] calldata entries) external returns (uint256 amount);

    /// @notice Pays out the next pool of a model that has named no contribution for long, by standing. Anybody may
    /// call it.
    /// @return amount What was in the pool, planck.
    function releasePool(uint64 model) external returns (uint256 amount);

    /// @notice What an account can claim without naming entries, planck.
    function claimable(address account) external view returns (uint256);

    /// @notice Pay of a contribution under a model that was not moved to its owner's claimable balance.
    /// @return owner Whose it is; zero when there is none.
    /// @return vested What a claim that names the entry makes claimable now, planck.
    /// @return pending What can still be taken back, planck.
    function pendingOf(uint64 model, uint64 datanet, uint64 contribution)
        external
        view
        returns (address owner, uint256 vested, uint256 pending);

    /// @notice What a contribution earned by its standing in a version and nobody has collected, planck.
    function standingOf(uint64 datanet, uint32 version, uint64 contribution) external view returns (uint256);

    /// @notice Every part of a settled request's payment, until it is pruned.
    function explain(uint64 request) external view returns (Settlement memory);

    /// @notice What the next attributed answer of a model adds to its contributors' part, planck, and how many
    /// attributed answers the model gave.
    function modelBook(uint64 model) external view returns (uint256 nextPool, uint64 answers);

    function totals() external view returns (Totals memory);
}
