// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Attribution: who was paid for an answer, and what waits to be claimed.
/// @notice Precompile at 0x0000000000000000000000000000000008040000.
/// @dev No function takes value. Amounts are planck, 10^18 to the OPEN. Times are ticks.
///
/// Reverts with `Error(string)` and one of these names, or one of those in `PrecompileReason`:
/// `Attribution.NothingToClaim`, `.BelowMinimumClaim`, `.ClaimBelowExistentialDeposit`, `.NotFound`,
/// `.NothingToCollect`, `.NothingToRelease`, `.PoolNotIdle`, `.RetentionNotOver`, `.ReportDisputed`; of challenges
/// `.WindowClosed`, `.AlreadyChallenged`, `.NotAttributed`, `.ForeignContribution`, `.AnswerForgotten`, `.ReportVoid`,
/// `.AlreadyPlaced`, `.NotPlaced`, `.WrongRelease`, `.WrongPlace`, `.RowOutOfRange`, `.RowsWrongLength`,
/// `.ProofInvalid`, `.DeadlinePassed`, `.DeadlineNotPassed`, `.OutputRight`; of spans also `.WrongEvidence`,
/// `.TokenOutOfRange`, `.WindowTooShort`, `.SpansRight`.
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
        /// What that weight rests on; means nothing for other reasons.
        Evidence evidence;
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

    /// What an entry's weight rests on.
    enum Evidence {
        Influence,
        Spans,
        Retrieval
    }

    /// One contribution's signed part in an answer.
    struct ReportEntry {
        uint64 datanet;
        uint64 contribution;
        /// Billionths.
        int32 weight;
        /// What a challenge disputes; compares within one report and one kind of evidence only.
        int64 score;
        Evidence evidence;
    }

    /// What a challenge waits for. `None`: there is no such challenge, or it has ended.
    enum Stage {
        None,
        Unplaced,
        Rows
    }

    /// How a challenge ended. `Moot`: the answer's output was refuted meanwhile, and the bond came back.
    enum Verdict {
        Upheld,
        Corrected,
        Moot
    }

    struct Challenge {
        Stage stage;
        address challenger;
        /// Planck, on hold at the challenger.
        uint256 bond;
        /// The last tick in which the rows can be shown.
        uint64 deadline;
        /// The first row that is not open, and the one after the contribution's last; 0 until its place is shown.
        uint32 nextRow;
        uint32 endRow;
    }

    /// What the root of a model's release is made of.
    struct Release {
        /// The index's header, 58 bytes.
        bytes header;
        bytes32 table;
        bytes32 rows;
    }

    /// An entry of a release's table of contributions.
    struct ReleasePlace {
        uint64 datanet;
        uint64 contribution;
        /// Tick of the registration, as the release says.
        uint64 registered;
        uint32 first;
        uint32 rows;
    }

    /// What the root of a text's release is made of.
    struct TextRelease {
        /// 54 bytes.
        bytes header;
        bytes32 table;
        bytes32 text;
        bytes32 counts;
    }

    /// One or two neighbouring leaves of a text, 512 tokens of two bytes each. No tokens: none is shown.
    struct Window {
        uint32 firstLeaf;
        bytes tokens;
        bytes32[] proof;
    }

    /// What is wrong with the credits of an answer that quotes. `Sums`: no credit, but an entry's score. `Passage`:
    /// `count` tokens of the output, the first being `from`, are credited to positions where too little of the output
    /// stands. `Claim`: they have better claims at `position` and after. `Count`: the token `from` stands `tokenCount`
    /// times in the text. Of the passages that it was made with: `Term`: the question's term `from` stands `tokenCount`
    /// times in the text. `Retrieved`: a passage has another score, or should be cited. `Cited`: at `position` no passage
    /// begins.
    enum FlawKind {
        Sums,
        Passage,
        Claim,
        Count,
        Term,
        Retrieved,
        Cited
    }

    struct Flaw {
        FlawKind kind;
        uint16 from;
        uint16 count;
        uint32 position;
        /// The text around `position`.
        Window ours;
        /// The text around the credited positions: for `Passage`, and for a `Claim` at a higher position or of a short
        /// run.
        Window theirs;
        uint32 tokenCount;
        /// The token's number among the text's distinct ones, and the siblings of its count. For `Retrieved` the passage's
        /// number among its contribution's.
        uint32 ordinal;
        bytes32[] proof;
        /// What was asked: for `Term` and `Retrieved`.
        bytes question;
        /// Whose the passage is, for `Retrieved`; whose text stands at `position`, for `Cited` inside the text. One at most.
        Document[] document;
    }

    /// Where a contribution stands in the table of a text's release: its own entry, or the one or two beside where it
    /// would be, of which `ordinal` is the first.
    struct Document {
        uint64 datanet;
        uint64 contribution;
        uint32 ordinal;
        ReleasePlace[] places;
        bytes32[] proof;
    }

    /// The ledger's sums, planck: `credited = claimed + claimable + pending + pools + standing + disputed`.
    struct Totals {
        uint256 credited;
        uint256 claimed;
        uint256 claimable;
        uint256 pending;
        uint256 pools;
        uint256 standing;
        uint256 disputed;
    }

    event Claimed(address indexed account, address indexed by, uint256 amount);
    event Pruned(uint64 indexed request);
    event StandingCollected(address indexed by, uint256 amount);
    event PoolReleased(uint64 indexed model, uint256 amount);
    event Challenged(
        uint64 indexed request,
        uint64 indexed datanet,
        uint64 indexed contribution,
        address challenger,
        uint256 bond,
        uint64 deadline
    );
    event PlaceShown(uint64 indexed request, uint64 indexed datanet, uint64 indexed contribution);
    event RowsOpened(uint64 indexed request, uint64 indexed datanet, uint64 indexed contribution, uint32 first);
    event ChallengeEnded(
        uint64 indexed request, uint64 indexed datanet, uint64 indexed contribution, Verdict verdict
    );
    event OutputRefuted(uint64 indexed request, address indexed by);
    event SpansRefuted(uint64 indexed request, address indexed by);

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

    /// @notice Says that a request's report is wrong about a contribution: that its score is another one, or that it
    /// is missing. The bond is held on the caller's account. It comes back with a part of the author's slash, which
    /// `claim` pays, if the report is wrong or nobody shows in time that it is right; otherwise the author gets it.
    /// @return bond What was put on hold, planck: more for a contribution with more data points.
    function challenge(uint64 request, uint64 datanet, uint64 contribution) external returns (uint256 bond);

    /// @notice Shows where a challenged contribution's rows lie in the model's release. Anybody may call it.
    /// @param places Its own entry of the table, or the one or two beside where it would be, which ends the challenge
    /// with a score of zero.
    /// @param ordinal The place of the first of them in the table.
    /// @param proof Siblings of these entries, at most 64.
    function showPlace(
        uint64 request,
        uint64 datanet,
        uint64 contribution,
        Release calldata release,
        uint32 ordinal,
        ReleasePlace[] calldata places,
        bytes32[] calldata proof
    ) external;

    /// @notice Opens the next rows of a challenged contribution; the last ones end the challenge. Anybody may call it.
    /// @param first The first row that is not open: see `challengeOf`.
    /// @param rows Whole rows as they lie in the index, as many as calldata carries.
    /// @param proof Siblings of these rows, at most 64.
    function openRows(
        uint64 request,
        uint64 datanet,
        uint64 contribution,
        uint32 first,
        bytes calldata rows,
        bytes32[] calldata proof
    ) external;

    /// @notice Ends a challenge whose rows were not shown in time: the report counts as wrong. Anybody may call it.
    function closeChallenge(uint64 request, uint64 datanet, uint64 contribution) external;

    /// @notice Proves that an answer's output is not what the model's head gives for its query vector: the report is
    /// void, and the caller gets a part of the author's slash, which `claim` pays. Anybody may call it.
    /// @param head The head's file, whose BLAKE2b-256 is the model's artifact; at most what calldata carries, 128 KiB. The
    /// native call takes larger ones.
    function refuteOutput(uint64 request, bytes calldata head) external;

    /// @notice Shows what is wrong with the credits of an answer that quotes, or with the sums of its report, which is
    /// corrected. Who shows the first flaw gets a part of the author's slash, which `claim` pays. Anybody may call it.
    /// @param documents The contributions whose scores are summed anew, at most 4.
    function refuteSpans(
        uint64 request,
        TextRelease calldata release,
        Flaw calldata flaw,
        Document[] calldata documents
    ) external;

    /// @notice An open challenge; `Stage.None` when there is none.
    function challengeOf(uint64 request, uint64 datanet, uint64 contribution) external view returns (Challenge memory);

    /// @notice The dispute about a report.
    /// @return challenges How many are open; 0 when the report is not disputed.
    /// @return author The worker whose report it is.
    /// @return withheld The contributors' money that nobody gets until it ends, planck.
    function disputeOf(uint64 request)
        external
        view
        returns (uint32 challenges, address author, uint256 withheld);

    /// @notice A settled request's report, until it is pruned.
    /// @return entries What stands now: a challenge may have corrected it.
    /// @return refuted Whether the answer's output was refuted: the report is empty for good.
    function reportOf(uint64 request) external view returns (ReportEntry[] memory entries, bool refuted);

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
