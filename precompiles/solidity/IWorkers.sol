// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Workers: bonded accounts that run models.
/// @notice Precompile at 0x0000000000000000000000000000000008050000.
/// @dev The caller acts with its own account, on which the bond is held. No function takes value. Amounts are planck,
/// 10^18 to the OPEN. Times are ticks, which stand still while blocks are full.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`: `Workers.NotFound`,
/// `.AlreadyExists`, `.BondTooSmall`, `.ModelNotHostable`, `.AlreadyHosted`, `.NotHosted`, `.TooManyHosted`,
/// `.TooManyHosts`, `.AlreadyChilled`, `.NotChilled`, `.AlreadyUnbonding`, `.NotUnbonding`, `.TooEarly`,
/// `.StillAssigned`, `.StillAccused`, `.TooManyEpochs`.
interface IWorkers {
    /// The kernels that a worker's engine picks. Two workers of one class give the same bits.
    enum KernelClass {
        Generic,
        Avx2,
        Avx512,
        Cuda,
        Other
    }

    /// Whether a worker can be drawn.
    enum Standing {
        Active,
        Chilled,
        Unbonding
    }

    struct Worker {
        /// Counted up at each registration of the account, from 1.
        uint32 epoch;
        KernelClass kernelClass;
        /// Memory that a model may use, MiB.
        uint32 memoryMib;
        string engineVersion;
        /// Planck.
        uint256 bond;
        Standing standing;
        /// The tick from which the bond can be withdrawn; 0 unless it is unbonding.
        uint64 unbondsAt;
        /// Tick.
        uint64 heardAt;
        /// Requests missed since the last one that it served.
        uint32 missed;
        /// Open requests that it is drawn for.
        uint32 assignments;
        /// The models it offers, ascending.
        uint64[] hosted;
    }

    event Registered(address indexed worker, uint32 epoch, uint256 bond);
    /// `bond` is the whole bond now.
    event BondedMore(address indexed worker, uint256 bond);
    event Hosted(address indexed worker, uint64 indexed model);
    event Unhosted(address indexed worker, uint64 indexed model);
    event Heard(address indexed worker);
    event Chilled(address indexed worker);
    event Resumed(address indexed worker);
    event Unbonding(address indexed worker, uint64 until);
    event Withdrawn(address indexed worker, uint256 bond);

    /// @notice Registers the caller as a worker.
    /// @param memoryMib Memory that a model may use, MiB.
    /// @param engineVersion At most 32 bytes of UTF-8.
    /// @param bond Planck, held until `withdrawUnbonded`.
    /// @return epoch Which registration of the account this is, from 1.
    function register(KernelClass kernelClass, uint32 memoryMib, string calldata engineVersion, uint256 bond)
        external
        returns (uint32 epoch);

    /// @notice Adds to the caller's bond.
    /// @param amount Planck.
    function bondMore(uint256 amount) external;

    /// @notice Offers to answer requests for a model.
    function host(uint64 model) external;

    /// @notice Stops offering a model.
    function unhost(uint64 model) external;

    /// @notice Says that the caller is alive.
    function heartbeat() external;

    /// @notice Takes the caller out of committee draws.
    function chill() external;

    /// @notice Lets the caller be drawn again.
    function resume() external;

    /// @notice Begins to leave.
    /// @return until The tick from which the bond can be withdrawn.
    function unbond() external returns (uint64 until);

    /// @notice Ends the registration and returns the bond.
    function withdrawUnbonded() external;

    /// @notice Whether an account is registered.
    function isWorker(address account) external view returns (bool);

    function getWorker(address account) external view returns (Worker memory);

    /// @notice The workers that offer a model, those included that cannot be drawn now.
    function hostsOf(uint64 model) external view returns (address[] memory);
}
