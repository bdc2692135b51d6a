// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The model registry: base models and adapters, their lineage, licences and prices.
/// @notice Precompile at 0x0000000000000000000000000000000008020000.
/// @dev The caller acts with its own account, which owns what it registers and holds the deposit. No function takes
/// value. Amounts are planck, 10^18 to the OPEN; a price of 0 means that the model is not for sale. Times are ticks.
/// Shares are parts per million.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`:
/// `ModelRegistry.NotFound`, `.NotAuthorized`, `.TooManyModels`, `.InvalidInputSchema`, `.InvalidOutputSchema`,
/// `.ComparatorMismatch`, `.InvalidAttribution`, `.InvalidEvaluation`, `.NoParent`, `.TooManyParents`,
/// `.LineageCycle`, `.ParentNotFound`, `.ParentNotActive`, `.LineageTooDeep`, `.TooManyAncestors`,
/// `.RoyaltyCapExceeded`, `.TooManySources`, `.DuplicateSource`, `.DatanetNotFound`, `.VersionNotFound`,
/// `.LicenceChanged`, `.LicenceForbidsTraining`, `.LicenceExpired`, `.LicenceForbidsCommercialUse`,
/// `.ShareAboveBound`, `.ShareUnpayable`, `.PriceTooLow`, `.Deprecated`; of its release `.ReleaseDisputed`.
interface IModelRegistry {
    enum Kind {
        Base,
        Adapter
    }

    /// How to read an artifact. A `Corpus` answers with tokens and its attribution rests on spans; the others take
    /// numbers, and theirs rests on influence.
    enum Format {
        Onnx,
        Safetensors,
        Corpus
    }

    /// What an input is: single-precision numbers, text in UTF-8, or tokens of two bytes. A `Corpus` takes one of the last
    /// two.
    enum InputType {
        Numbers,
        Text,
        Tokens
    }

    /// Whether a model answers. `Deprecated` is final.
    enum Status {
        Active,
        Paused,
        Deprecated
    }

    /// When two outputs are the same answer: equal bytes, or near enough in every place.
    enum Rule {
        Exact,
        Tolerance
    }

    struct Comparator {
        Rule rule;
        /// In units of the output's last place; 0 for `Exact`.
        uint32 absoluteTolerance;
        /// Parts per million of the larger magnitude; 0 for `Exact`.
        uint32 relativePpm;
    }

    /// What attribution needs; all zero for a model without.
    struct Attribution {
        /// Root over the header, table and rows of the index, or over a text's release.
        bytes32 root;
        /// BLAKE2b-256 of the influence index; for a `Corpus` the artifact.
        bytes32 index;
        /// BLAKE2b-256 of the training features; for a `Corpus` the config.
        bytes32 features;
        /// Of both; for a `Corpus` its documents.
        uint32 rows;
        /// Most passages of a `Corpus` that an answer is made with, 0 to 4; its input has to be `Tokens` unless it is 0.
        uint8 passages;
    }

    /// How good the model is, as its owner says; all zero when it does not.
    struct Evaluation {
        /// BLAKE2b-256 of the held-out data.
        bytes32 dataset;
        /// Right answers, parts per million.
        uint32 accuracyPpm;
        uint32 samples;
    }

    struct Spec {
        /// BLAKE2b-256 of the weights.
        bytes32 artifact;
        /// BLAKE2b-256 of what says how to run them.
        bytes32 config;
        Format format;
        InputType inputType;
        /// How many numbers an input has, or the most bytes of a text, or the most tokens.
        uint32 inputWidth;
        /// Exact length of an output, bytes.
        uint32 outputBytes;
        /// Values of the query vector in a reveal; 0 without attribution.
        uint32 queryLen;
        /// Classes of a classifier; 0 for other models.
        uint32 classes;
        Comparator comparator;
        /// The part of the lineage's share that each descendant pays to this model's owner, parts per million.
        uint32 royaltyPpm;
        /// Hash of how it was trained.
        bytes32 trainingConfig;
        Attribution attribution;
        Evaluation evaluation;
    }

    /// A datanet version that a model was trained on, and what its owner accepts to do so.
    struct Source {
        uint64 datanet;
        uint32 version;
        /// See `IDatanets.getLicence`.
        bytes32 licenceHash;
        /// The largest contributors' share that is accepted, parts per million.
        uint32 maxSharePpm;
    }

    struct Royalty {
        /// The ancestor.
        uint64 model;
        /// Its part of the lineage's share, parts per million.
        uint32 ppm;
    }

    struct Model {
        address owner;
        /// Who may take the ownership over; zero when it is not offered.
        address offeredTo;
        Kind kind;
        Status status;
        /// Whether the licences of its sources and ancestors allow paid answers.
        bool commercial;
        /// Planck for one answer; 0 while it is not for sale.
        uint256 price;
        /// What commitments name.
        bytes32 versionHash;
        /// Steps to its farthest ancestor.
        uint32 depth;
        /// What all ancestors get of the lineage's share, parts per million.
        uint32 ancestorsPpm;
        /// Tick.
        uint64 registeredAt;
    }

    event ModelRegistered(
        uint64 indexed model, address indexed owner, Kind kind, bytes32 artifact, bytes32 versionHash, uint256 price
    );
    event PriceSet(uint64 indexed model, uint256 price);
    event PausedSet(uint64 indexed model, bool paused);
    event ModelDeprecated(uint64 indexed model);
    /// `to` is zero when an offer was taken back.
    event OwnershipOffered(uint64 indexed model, address indexed to);
    event OwnershipTransferred(uint64 indexed model, address indexed from, address indexed to);

    /// @notice Registers a model that stands alone.
    /// @param sources At most 8 datanet versions.
    /// @param price Planck for one answer; 0 when it is not for sale.
    /// @return model The new model's id.
    function registerBase(Spec calldata spec, Source[] calldata sources, uint256 price)
        external
        returns (uint64 model);

    /// @notice Registers a model that runs on top of its parents and pays them royalties.
    /// @param parents At most 4 models.
    function registerAdapter(Spec calldata spec, uint64[] calldata parents, Source[] calldata sources, uint256 price)
        external
        returns (uint64 model);

    /// @notice Sets the price of an answer; for the owner. 0 takes the model off sale.
    function setPrice(uint64 model, uint256 price) external;

    /// @notice Pauses or resumes a model; for the owner.
    function setPaused(uint64 model, bool paused) external;

    /// @notice Ends a model for ever; for the owner.
    function deprecate(uint64 model) external;

    /// @notice Offers the ownership; for the owner. To offer it to oneself takes an offer back.
    function transferOwnership(uint64 model, address to) external;

    /// @notice Takes an offered ownership over, and the storage deposit with it.
    function acceptOwnership(uint64 model) external;

    /// @notice How many models there are; ids count from 0.
    function modelCount() external view returns (uint64);

    function getModel(uint64 model) external view returns (Model memory);

    function getSpec(uint64 model) external view returns (Spec memory);

    function getParents(uint64 model) external view returns (uint64[] memory);

    function getSources(uint64 model) external view returns (Source[] memory);

    /// @notice Which ancestors get what of the lineage's share.
    function getRoyalties(uint64 model) external view returns (Royalty[] memory);
}
