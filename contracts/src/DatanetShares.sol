// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAttribution} from "@openledger/precompiles/IAttribution.sol";
import {OpenLedgerPrecompiles} from "@openledger/precompiles/OpenLedgerPrecompiles.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Shares in a datanet's revenue
/// @notice Whatever OPEN reaches this contract belongs to who holds shares at that moment, in proportion. It comes as
/// pay of the contributions that the contract registers in its datanet (`contribute`, `collect`), or as plain
/// transfers, native ones included. Holders `claim` when they like.
/// @dev Revenue is added to one whole number of wei for each unit of shares; what does not divide is carried to the
/// next revenue. So `balance = owed to holders + carry` holds to the wei, always. The supply never changes.
contract DatanetShares is ERC20, ReentrancyGuardTransient {
    /// @notice All units of shares: a million shares with six decimals.
    uint256 public constant TOTAL_UNITS = 1_000_000 * 10 ** 6;

    /// @notice The datanet.
    uint64 public immutable DATANET;

    /// @notice Wei that one unit of shares has ever earned.
    uint256 public earnedPerUnit;
    /// @notice Wei of revenue already counted that nobody was paid: what holders can claim, and the carry.
    uint256 public accounted;
    /// @notice Wei that did not divide among the units. Less than `TOTAL_UNITS`.
    uint256 public carry;
    mapping(address holder => uint256) private _countedPerUnit;
    mapping(address holder => uint256) private _counted;

    /// @notice Revenue of `amount` wei was counted; one unit of shares has now earned `earnedPerUnit` in all.
    event RevenueCounted(uint256 amount, uint256 earnedPerUnit);
    /// @notice A holder's revenue was paid.
    event Claimed(address indexed holder, address indexed to, uint256 amount);
    /// @notice Content was registered in the datanet, with this contract as the one who is paid for it.
    event Contributed(uint64 indexed contribution, bytes32 content, uint256 deposit);

    /// @notice Only the datanet's owner may do this.
    error NotDatanetOwner(address caller);
    /// @notice This contract cannot hold shares in itself: nobody could claim for it.
    error InvalidHolder(address holder);
    /// @notice The chain asks for a deposit of `needed`; what is too much comes back at once.
    error ValueTooLow(uint256 sent, uint256 needed);
    /// @notice There is nothing to be paid now.
    error NothingDue();

    /// @notice All shares of the datanet go to its owner.
    constructor(uint64 datanet)
        ERC20(
            string.concat("Datanet ", Strings.toString(datanet), " shares"),
            string.concat("DN", Strings.toString(datanet))
        )
    {
        DATANET = datanet;
        _mint(OpenLedgerPrecompiles.DATANETS.getDatanet(datanet).owner, TOTAL_UNITS);
    }

    /// @notice Revenue. It is counted when shares next move or somebody claims.
    receive() external payable {}

    /// @notice Registers content in the datanet so that its pay comes here; for the datanet's owner, who sends the
    /// chain's deposits. What the chain returns of them later is revenue.
    /// @return contribution The contribution's id.
    function contribute(bytes32 content, uint64 size, string calldata mediaType, uint32 leafCount)
        external
        payable
        nonReentrant
        returns (uint64 contribution)
    {
        if (OpenLedgerPrecompiles.DATANETS.getDatanet(DATANET).owner != msg.sender) {
            revert NotDatanetOwner(msg.sender);
        }
        uint256 before = address(this).balance;
        contribution = OpenLedgerPrecompiles.DATANETS.contribute(DATANET, content, size, mediaType, leafCount);
        uint256 deposit = before - address(this).balance;
        // The holders' money is no deposit.
        if (deposit > msg.value) revert ValueTooLow(msg.value, deposit);
        emit Contributed(contribution, content, deposit);
        if (msg.value > deposit) Address.sendValue(payable(msg.sender), msg.value - deposit);
    }

    /// @notice Claims what the chain's reward ledger owes to this contract. Anybody may.
    /// @param keys Pending pay that is vested first, at most 64 entries.
    function collect(IAttribution.Key[] calldata keys) external nonReentrant returns (uint256 amount) {
        amount = OpenLedgerPrecompiles.ATTRIBUTION.claim(keys);
        _countRevenue();
    }

    /// @notice Pays the caller its revenue.
    function claim() external nonReentrant returns (uint256 amount) {
        return _claim(msg.sender, msg.sender);
    }

    /// @notice Pays the caller's revenue to `to`.
    function claimTo(address to) external nonReentrant returns (uint256 amount) {
        return _claim(msg.sender, to);
    }

    /// @notice Pays a holder its revenue. Anybody may.
    function claimFor(address holder) external nonReentrant returns (uint256 amount) {
        return _claim(holder, holder);
    }

    /// @notice What a holder can claim now, revenue included that is not counted yet.
    function claimable(address holder) external view returns (uint256) {
        uint256 perUnit = earnedPerUnit + (_uncounted() + carry) / TOTAL_UNITS;
        return _counted[holder] + balanceOf(holder) * (perUnit - _countedPerUnit[holder]);
    }

    /// @notice One share has a million units.
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @dev Revenue up to now is its holders' of now: it is counted for both sides before shares move.
    function _update(address from, address to, uint256 value) internal override {
        if (to == address(this)) revert InvalidHolder(to);
        if (from != address(0)) {
            _countRevenue();
            _countFor(from);
            _countFor(to);
        }
        super._update(from, to, value);
    }

    function _uncounted() private view returns (uint256) {
        uint256 balance = address(this).balance;
        return balance > accounted ? balance - accounted : 0;
    }

    function _countRevenue() private {
        uint256 revenue = _uncounted();
        if (revenue == 0) return;
        uint256 whole = revenue + carry;
        earnedPerUnit += whole / TOTAL_UNITS;
        carry = whole % TOTAL_UNITS;
        accounted += revenue;
        emit RevenueCounted(revenue, earnedPerUnit);
    }

    function _countFor(address holder) private {
        uint256 earned = balanceOf(holder) * (earnedPerUnit - _countedPerUnit[holder]);
        _countedPerUnit[holder] = earnedPerUnit;
        if (earned != 0) _counted[holder] += earned;
    }

    function _claim(address holder, address to) private returns (uint256 amount) {
        _countRevenue();
        _countFor(holder);
        amount = _counted[holder];
        if (amount == 0) revert NothingDue();
        _counted[holder] = 0;
        accounted -= amount;
        emit Claimed(holder, to, amount);
        Address.sendValue(payable(to), amount);
    }
}
