// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the chain does when it settles an answer, written in Solidity
/// @notice For the comparison of `docs/benchmarks.md` only: the same checks of the report, the same split, the same
/// netting, the same amounts to the planck. It is spared what costs most: of the explanation that the chain stores it
/// keeps a hash, accounts and contributions are registered beforehand, and windows are packed into one slot each.
contract SoliditySettlement {
    struct Entry {
        uint64 datanet;
        uint64 contribution;
        int32 weight;
        int64 score;
    }

    struct Royalty {
        address owner;
        /// Parts per million of the lineage's part.
        uint32 ppm;
    }

    struct Answer {
        uint64 request;
        uint64 model;
        address owner;
        address[] workers;
        Royalty[] royalties;
        Entry[] report;
    }

    struct Registered {
        address owner;
        /// Its place in its datanet.
        uint64 leaf;
        bool payable_;
    }

    struct Window {
        uint128 amount;
        uint64 tick;
        uint64 answer;
    }

    struct Pay {
        address owner;
        Window older;
        Window newer;
    }

    struct Book {
        uint128 nextPool;
        uint64 answers;
        uint64 attributedAt;
    }

    struct Totals {
        uint128 credited;
        uint128 claimable;
        uint128 pending;
        uint128 pools;
    }

    uint256 private constant ONE = 1_000_000_000;
    uint256 private constant MOST_ENTRIES = 16;
    uint256 private constant PLATFORM_PPM = 100_000;
    uint256 private constant WORKERS_PPM = 200_000;
    uint256 private constant LINEAGE_PPM = 200_000;
    uint256 private constant CONTRIBUTORS_PPM = 500_000;

    address public immutable TREASURY;
    uint64 public immutable VEST_ANSWERS;
    uint64 public immutable VEST_TICKS;
    uint64 public immutable CHALLENGE_TICKS;

    Totals public totals;
    mapping(uint64 model => Book) public books;
    mapping(address account => uint256) public claimable;
    mapping(uint64 datanet => mapping(uint64 contribution => Registered)) public contributions;
    mapping(uint64 model => mapping(uint64 datanet => mapping(uint64 contribution => Pay))) private _pending;
    mapping(uint64 datanet => uint64) public leaves;
    mapping(uint64 request => bytes32) public explanations;

    event Credited(uint64 indexed request, address indexed to, uint256 amount);
    event Accrued(uint64 indexed request, uint64 datanet, uint64 contribution, address owner, uint256 amount);
    event TakenBack(uint64 indexed request, uint64 datanet, uint64 contribution, uint256 amount);
    event Settled(uint64 indexed request, uint64 indexed model, uint256 fee, uint256 fromPool, uint256 nextPool);

    error AlreadySettled(uint64 request);
    error NotSorted();
    error ZeroScore();
    error PositiveNotOne();
    error NegativeAboveOne();
    error TooManyEntries();
    error WeightsNotOfScores();
    error NotInSources(uint64 datanet, uint64 contribution);

    constructor(address treasury, uint64 vestAnswers, uint64 vestTicks, uint64 challengeTicks) {
        (TREASURY, VEST_ANSWERS, VEST_TICKS, CHALLENGE_TICKS) = (treasury, vestAnswers, vestTicks, challengeTicks);
    }

    function register(uint64 datanet, address[] calldata owners) external {
        for (uint64 i = 0; i < owners.length; i++) {
            contributions[datanet][i] = Registered(owners[i], i, true);
        }
        leaves[datanet] = uint64(owners.length);
    }

    /// @notice Settles an answer for the value that comes with the call.
    function settle(Answer calldata answer) external payable {
        if (explanations[answer.request] != 0) revert AlreadySettled(answer.request);
        _check(answer.report);
        Totals memory sums = totals;
        uint256 fee = msg.value;
        uint256 treasury = fee * PLATFORM_PPM / 1e6;
        uint256 contributors = fee * CONTRIBUTORS_PPM / 1e6;
        sums.credited += uint128(fee - treasury);
        uint256 fixed_ = _fixedParts(answer, fee, treasury);
        sums.claimable += uint128(fixed_);

        Book memory book = books[answer.model];
        uint256 fromPool = book.nextPool;
        (uint256 taken, uint256 vestedByTaking) = _takeBack(answer, contributors, book.answers);
        book.answers += 1;
        (uint256 accrued, uint256 vestedBySharing) = _share(answer, contributors + fromPool, book.answers);
        uint256 vested = vestedByTaking + vestedBySharing;
        book.nextPool = uint128(taken + contributors + fromPool - accrued);
        book.attributedAt = uint64(block.number);
        books[answer.model] = book;

        sums.pending = uint128(sums.pending + accrued - taken - vested);
        sums.claimable += uint128(vested);
        sums.pools = uint128(sums.pools + book.nextPool - fromPool);
        totals = sums;
        explanations[answer.request] = keccak256(abi.encode(answer, fee, fromPool, block.number));
        emit Settled(answer.request, answer.model, fee, fromPool, book.nextPool);
        (bool sent,) = TREASURY.call{value: treasury}("");
        require(sent, "the treasury takes no money");
    }

    /// @notice What is pending for a contribution.
    function pending(uint64 model, uint64 datanet, uint64 contribution) external view returns (uint256) {
        Pay storage pay = _pending[model][datanet][contribution];
        return uint256(pay.older.amount) + pay.newer.amount;
    }

    /// @dev Workers, owner, royalties and what rounding left. Returns what they got together.
    function _fixedParts(Answer calldata answer, uint256 fee, uint256 treasury) private returns (uint256) {
        uint256 workers = fee * WORKERS_PPM / 1e6;
        uint256 lineage = fee * LINEAGE_PPM / 1e6;
        uint256 each = workers / answer.workers.length;
        for (uint256 i = 0; i < answer.workers.length; i++) {
            _credit(answer.request, answer.workers[i], each);
        }
        uint256 left = lineage;
        for (uint256 i = 0; i < answer.royalties.length; i++) {
            uint256 royalty = lineage * answer.royalties[i].ppm / 1e6;
            left -= royalty;
            _credit(answer.request, answer.royalties[i].owner, royalty);
        }
        _credit(answer.request, answer.owner, left);
        uint256 dust = fee - treasury - lineage - fee * CONTRIBUTORS_PPM / 1e6 - each * answer.workers.length;
        _credit(answer.request, TREASURY, dust);
        return each * answer.workers.length + lineage + dust;
    }

    function _credit(uint64 request, address to, uint256 amount) private {
        if (amount == 0) return;
        claimable[to] += amount;
        emit Credited(request, to, amount);
    }

    /// @dev Each negative entry takes back from its own contribution's pending pay.
    function _takeBack(Answer calldata answer, uint256 contributors, uint64 answers)
        private
        returns (uint256 taken, uint256 vested)
    {
        for (uint256 i = 0; i < answer.report.length; i++) {
            Entry calldata entry = answer.report[i];
            _known(entry);
            if (entry.weight >= 0) continue;
            Pay storage pay = _pending[answer.model][entry.datanet][entry.contribution];
            if (pay.owner == address(0)) continue;
            vested += _vest(pay, answers);
            uint256 limit = contributors * uint256(-int256(entry.weight)) / ONE;
            uint256 left = limit;
            left -= _takeFrom(pay.older, left);
            left -= _takeFrom(pay.newer, left);
            if (limit == left) continue;
            taken += limit - left;
            emit TakenBack(answer.request, entry.datanet, entry.contribution, limit - left);
        }
    }

    function _takeFrom(Window storage window, uint256 most) private returns (uint256 taken) {
        Window memory copy = window;
        if (copy.amount == 0 || most == 0) return 0;
        taken = most < copy.amount ? most : copy.amount;
        copy.amount -= uint128(taken);
        window.amount = copy.amount;
        if (copy.amount == 0) (window.tick, window.answer) = (0, 0);
    }

    /// @dev Shares `pool` among the positive entries. Returns what was accrued; the rest belongs to nobody.
    function _share(Answer calldata answer, uint256 pool, uint64 answers)
        private
        returns (uint256 accrued, uint256 vested)
    {
        uint256[] memory weights = _sizes(answer.report, true, false);
        uint256[] memory amounts = _apportion(pool, weights, ONE);
        uint256 next = 0;
        for (uint256 i = 0; i < answer.report.length; i++) {
            Entry calldata entry = answer.report[i];
            if (entry.weight <= 0) continue;
            uint256 amount = amounts[next++];
            Registered memory registered = contributions[entry.datanet][entry.contribution];
            if (!registered.payable_ || amount == 0) continue;
            Pay storage pay = _pending[answer.model][entry.datanet][entry.contribution];
            if (pay.owner == address(0)) pay.owner = registered.owner;
            else vested += _vest(pay, answers);
            if (pay.older.amount == 0 && pay.newer.amount != 0) {
                pay.older = pay.newer;
                pay.newer = Window(uint128(amount), uint64(block.number), answers);
            } else {
                pay.newer = Window(uint128(pay.newer.amount + amount), uint64(block.number), answers);
            }
            accrued += amount;
            emit Accrued(answer.request, entry.datanet, entry.contribution, registered.owner, amount);
        }
    }

    /// @dev What has vested becomes claimable.
    function _vest(Pay storage pay, uint64 answers) private returns (uint256 vested) {
        vested = _vestWindow(pay.older, answers) + _vestWindow(pay.newer, answers);
        if (vested != 0) claimable[pay.owner] += vested;
    }

    function _vestWindow(Window storage window, uint64 answers) private returns (uint256 vested) {
        Window memory copy = window;
        if (copy.amount == 0) return 0;
        uint256 waited = block.number - copy.tick;
        bool due = waited >= VEST_TICKS || answers - copy.answer >= VEST_ANSWERS;
        if (waited < CHALLENGE_TICKS || !due) return 0;
        (window.amount, window.tick, window.answer) = (0, 0, 0);
        return copy.amount;
    }

    function _known(Entry calldata entry) private view {
        Registered memory registered = contributions[entry.datanet][entry.contribution];
        if (registered.owner == address(0) || registered.leaf >= leaves[entry.datanet]) {
            revert NotInSources(entry.datanet, entry.contribution);
        }
    }

    /// @dev The rules of a report: ascending, no zero scores, weights that sum to one and follow from the scores.
    function _check(Entry[] calldata report) private pure {
        uint256 positive = 0;
        uint256 negative = 0;
        uint256 last = 0;
        for (uint256 i = 0; i < report.length; i++) {
            uint256 key = (uint256(report[i].datanet) << 64 | report[i].contribution) + 1;
            if (key <= last) revert NotSorted();
            last = key;
            if (report[i].score == 0) revert ZeroScore();
            if (report[i].weight > 0) positive += uint256(int256(report[i].weight));
            else negative += uint256(-int256(report[i].weight));
        }
        if (report.length == 0) return;
        if (positive != ONE) revert PositiveNotOne();
        if (negative > ONE) revert NegativeAboveOne();
        uint256[] memory gains = _sizes(report, true, true);
        uint256[] memory losses = _sizes(report, false, true);
        if (gains.length > MOST_ENTRIES || losses.length > MOST_ENTRIES) revert TooManyEntries();
        (uint256 gained, uint256 lost) = (_sum(gains), _sum(losses));
        _follow(report, true, _apportion(ONE, gains, gained));
        _follow(report, false, _apportion(ONE, losses, gained > lost ? gained : lost));
    }

    function _follow(Entry[] calldata report, bool positive, uint256[] memory due) private pure {
        uint256 next = 0;
        for (uint256 i = 0; i < report.length; i++) {
            if (report[i].score > 0 != positive) continue;
            int256 weight = positive ? int256(due[next]) : -int256(due[next]);
            next++;
            if (report[i].weight != weight) revert WeightsNotOfScores();
        }
    }

    /// @dev The sizes of the entries of one sign: of their scores, or of their weights.
    function _sizes(Entry[] calldata report, bool positive, bool ofScores)
        private
        pure
        returns (uint256[] memory sizes)
    {
        uint256 count = 0;
        sizes = new uint256[](report.length);
        for (uint256 i = 0; i < report.length; i++) {
            int256 value = ofScores ? int256(report[i].score) : int256(report[i].weight);
            if (value == 0 || (value > 0) != positive) continue;
            sizes[count++] = uint256(value > 0 ? value : -value);
        }
        assembly ("memory-safe") {
            mstore(sizes, count)
        }
    }

    /// @dev Largest-remainder shares of `amount`; what is left goes to the largest remainders, ties to the lower index.
    function _apportion(uint256 amount, uint256[] memory parts, uint256 total)
        private
        pure
        returns (uint256[] memory shares)
    {
        shares = new uint256[](parts.length);
        if (total == 0) return shares;
        uint256[] memory rests = new uint256[](parts.length);
        uint256 left = amount * _sum(parts) / total;
        for (uint256 i = 0; i < parts.length; i++) {
            shares[i] = amount * parts[i] / total;
            rests[i] = amount * parts[i] % total + 1;
            left -= shares[i];
        }
        for (; left > 0; left--) {
            uint256 best = 0;
            for (uint256 i = 1; i < rests.length; i++) {
                if (rests[i] > rests[best]) best = i;
            }
            shares[best] += 1;
            rests[best] = 0;
        }
    }

    function _sum(uint256[] memory values) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < values.length; i++) {
            sum += values[i];
        }
    }
}
