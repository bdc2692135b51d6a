// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Datanets: collections of contributions under one licence.
/// @notice Precompile at 0x0000000000000000000000000000000008010000.
/// @dev The caller acts with its own account: a contract that creates a datanet owns it, and deposits are held on the
/// contract's balance. No function takes value. Amounts are planck, 10^18 to the OPEN, as wei is to the ether. Times
/// are ticks, which stand still while blocks are full; 0 means no end. Shares are parts per million.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`: `Datanets.NotFound`,
/// `.NotAuthorized`, `.AlreadyExists`, `.NameTooLong`, `.NameNotText`, `.TooManyCurators`, `.DuplicateCurator`,
/// `.UnknownLicence`, `.LicenceTooWide`, `.LicenceExpired`, `.MediaTypeTooLong`, `.InvalidMediaType`, `.ZeroSize`,
/// `.ContributionTooLarge`, `.ZeroLeafCount`, `.LeafCountAboveSize`, `.Paused`, `.NotPending`, `.NotAccepted`,
/// `.NothingToPublish`, `.ExpiryPassed`, `.TooManyContributions`.
interface IDatanets {
    /// What a datanet collects.
    enum Modality {
        Text,
        Image,
        Audio,
        Tabular
    }

    /// Who may contribute and who decides: anybody and nobody, anybody and a curator, holders of a grant and a
    /// curator.
    enum Policy {
        Open,
        Curated,
        Permissioned
    }

    /// Why a contribution is rejected. The first two forfeit its quality bond.
    enum RejectReason {
        Duplicate,
        Junk,
        SizeMismatch,
        WrongFormat,
        Other
    }

    /// Where a contribution stands.
    enum State {
        Pending,
        Accepted,
        Revoked
    }

    /// What contributors allow.
    struct Licence {
        /// A licence that the chain knows, like `CC-BY-4.0`.
        string id;
        /// Whether models may be trained on the data.
        bool training;
        /// Whether such models may answer paid requests.
        bool commercial;
        /// The part of each answer's fee that the contributors get, parts per million.
        uint32 contributorSharePpm;
        /// No new model may be trained from this tick on; 0 for no end.
        uint64 expiresAt;
        /// BLAKE2b-256 of the licence's text.
        bytes32 text;
    }

    struct Datanet {
        address owner;
        /// Who may take the ownership over; zero when it is not offered.
        address offeredTo;
        string name;
        Modality modality;
        Policy policy;
        bool paused;
        /// Quality bond of a contribution that waits for a judgement, planck.
        uint256 contributionDeposit;
        address[] curators;
        /// Contributions ever made: the next contribution's id.
        uint64 contributions;
        /// Contributions ever accepted.
        uint64 accepted;
        /// Data points of the accepted contributions that were not revoked.
        uint64 points;
        /// The newest version; 0 before the first.
        uint32 versions;
        /// Grants of access, those included that have expired.
        uint32 grants;
    }

    struct Contribution {
        address owner;
        /// BLAKE2b-256 of its bytes.
        bytes32 content;
        /// Bytes.
        uint64 size;
        /// Like `text/csv`.
        string mediaType;
        /// Data points in it.
        uint32 leafCount;
        /// Tick.
        uint64 registeredAt;
        /// Quality bond on hold, planck.
        uint256 bond;
        State state;
        /// Its place among the accepted contributions; 0 while it is pending.
        uint64 leafIndex;
    }

    /// How a contribution was compared: text by runs of five words, or rows of numbers with a label. Algorithm and
    /// parameters are in docs/attribution.md.
    enum NoveltyMethod {
        Shingles,
        Rows
    }

    /// How much of a contribution is new, as whoever accepted it says. Anybody who has the bytes can compute it again.
    struct Novelty {
        /// The new part, parts per million.
        uint32 sharePpm;
        NoveltyMethod method;
        /// Compared with so many contributions, the first ones in the order of acceptance.
        uint64 against;
        /// BLAKE2b-256 of what was found; zero if it is not stored.
        bytes32 evidence;
    }

    struct Version {
        /// Root of the mountain range over the contributions accepted so far.
        bytes32 root;
        /// How many it commits to.
        uint64 leaves;
        /// Data points of those of them that were not revoked by then.
        uint64 points;
        /// Tick.
        uint64 publishedAt;
    }

    event DatanetCreated(
        uint64 indexed datanet, address indexed owner, string name, Modality modality, Policy policy, bytes32 termsHash
    );
    event Contributed(
        uint64 indexed datanet,
        uint64 indexed contribution,
        address indexed owner,
        bytes32 content,
        uint64 size,
        uint32 leafCount,
        uint256 bond
    );
    event ContributionAccepted(
        uint64 indexed datanet, uint64 indexed contribution, address indexed by, uint64 leafIndex
    );
    event NoveltyRecorded(uint64 indexed datanet, uint64 indexed contribution, Novelty novelty);
    event ContributionRejected(
        uint64 indexed datanet, uint64 indexed contribution, address indexed by, RejectReason reason
    );
    event ContributionWithdrawn(uint64 indexed datanet, uint64 indexed contribution);
    event ContributionRevoked(uint64 indexed datanet, uint64 indexed contribution, address indexed by);
    event VersionPublished(uint64 indexed datanet, uint32 indexed version, bytes32 root, uint64 leaves, uint64 points);
    event AccessGranted(uint64 indexed datanet, address indexed who, uint64 expiresAt);
    event AccessRevoked(uint64 indexed datanet, address indexed who, address indexed by);
    /// `to` is zero when an offer was taken back.
    event OwnershipOffered(uint64 indexed datanet, address indexed to);
    event OwnershipTransferred(uint64 indexed datanet, address indexed from, address indexed to);
    event PausedSet(uint64 indexed datanet, bool paused);

    /// @notice Creates a datanet that the caller owns. Its licence is fixed for ever.
    /// @param name 1 to 64 bytes of UTF-8.
    /// @param contributionDeposit Quality bond of a contribution that waits for a judgement, planck.
    /// @param curators At most 16 accounts that judge beside the owner.
    /// @return datanet The new datanet's id.
    function create(
        string calldata name,
        Modality modality,
        Licence calldata licence,
        Policy policy,
        uint256 contributionDeposit,
        address[] calldata curators
    ) external returns (uint64 datanet);

    /// @notice Registers content. Whoever registers some content first stands as its owner and is paid for it.
    /// @param content BLAKE2b-256 of the bytes.
    /// @param size Their length, bytes.
    /// @param mediaType How to read them, at most 64 bytes like `text/csv`.
    /// @param leafCount Data points in them.
    /// @return contribution The contribution's id inside the datanet.
    function contribute(uint64 datanet, bytes32 content, uint64 size, string calldata mediaType, uint32 leafCount)
        external
        returns (uint64 contribution);

    /// @notice Accepts a waiting contribution and returns its quality bond; for the owner and the curators.
    function accept(uint64 datanet, uint64 contribution) external;

    /// @notice The same, and records how much of the contribution is new.
    function acceptMeasured(uint64 datanet, uint64 contribution, Novelty calldata novelty) external;

    /// @notice Rejects a waiting contribution; for the owner and the curators.
    /// @param note Free text, at most 128 bytes; empty unless the reason is `Other`.
    function reject(uint64 datanet, uint64 contribution, RejectReason reason, string calldata note) external;

    /// @notice Takes a waiting contribution back; for its owner.
    function withdraw(uint64 datanet, uint64 contribution) external;

    /// @notice Ends training on and pay for an accepted contribution; for its owner and the datanet's.
    function revoke(uint64 datanet, uint64 contribution) external;

    /// @notice Publishes everything accepted so far as the next version; for the owner.
    /// @return version The new version.
    function publishVersion(uint64 datanet) external returns (uint32 version);

    /// @notice Lets an account train on the datanet, and contribute where it is permissioned; for the owner.
    /// @param expiresAt The first tick at which the grant no longer holds; 0 for no end.
    function grantAccess(uint64 datanet, address who, uint64 expiresAt) external;

    /// @notice Removes a grant; for the owner, its holder, and for anybody once it has expired.
    function revokeAccess(uint64 datanet, address who) external;

    /// @notice Offers the ownership; for the owner. To offer it to oneself takes an offer back.
    function transferOwnership(uint64 datanet, address to) external;

    /// @notice Takes an offered ownership over, and the storage deposit with it.
    function acceptOwnership(uint64 datanet) external;

    /// @notice Pauses or resumes contributions and training; for the owner.
    function setPaused(uint64 datanet, bool paused) external;

    /// @notice How many datanets there are; ids count from 0.
    function datanetCount() external view returns (uint64);

    function getDatanet(uint64 datanet) external view returns (Datanet memory);

    /// @notice The licence, and the hash of it that a model's registration has to name.
    function getLicence(uint64 datanet) external view returns (Licence memory licence, bytes32 termsHash);

    function getContribution(uint64 datanet, uint64 contribution) external view returns (Contribution memory);

    /// @notice How much of an accepted contribution was new.
    /// @return measured Whether whoever accepted it said so.
    /// @return novelty What it said.
    function noveltyOf(uint64 datanet, uint64 contribution)
        external
        view
        returns (bool measured, Novelty memory novelty);

    /// @notice Which contribution registered some content.
    /// @return found Whether one did.
    /// @return contribution Its id.
    function contributionOf(uint64 datanet, bytes32 content) external view returns (bool found, uint64 contribution);

    function getVersion(uint64 datanet, uint32 version) external view returns (Version memory);

    /// @notice Whether an account may train on the datanet now.
    function mayTrain(uint64 datanet, address who) external view returns (bool);

    /// @notice Whether an account holds a grant that has not expired, and when it ends (0 for no end).
    function grantOf(uint64 datanet, address who) external view returns (bool holds, uint64 expiresAt);
}
