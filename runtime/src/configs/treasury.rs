// SPDX-License-Identifier: Apache-2.0
//! The treasury: who spends its money, and bounties paid out of it.

use super::{
    governance::Council,
    money::{TreasuryAccount, TREASURY_PALLET_ID},
    parameters::{dynamic_params::treasury, BlocksOf},
};
use crate::{
    constants::OPEN, AccountId, Balance, Balances, Preimage, Runtime, RuntimeEvent, RuntimeHoldReason, System,
};
use frame_support::{
    parameter_types,
    traits::{
        fungible::{HoldConsideration, Mutate},
        tokens::{PayFromAccount, PayWithSource, PaymentStatus, Preservation, UnityAssetBalanceConversion},
        ConstU32, EitherOfDiverse,
    },
    PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess};
use pallet_multi_asset_bounties::{
    BountyAccountPrefix, BountySourceFromPalletId, ChildBountyAccountPrefix, ChildBountySourceFromPalletId,
    CuratorDepositAmount, PalletIdAsFundingSource,
};
use sp_runtime::{
    traits::{Identity, IdentityLookup},
    DispatchError, Permill,
};

parameter_types! {
    // The treasury's money is the community's: none is burnt.
    pub const Burn: Permill = Permill::zero();
    pub const TreasuryPalletId: PalletId = TREASURY_PALLET_ID;
    pub const MaxSpend: Balance = Balance::MAX;
}

/// A referendum, or half of the council.
type MayReject = EitherOfDiverse<EnsureRoot<AccountId>, Council<1, 2>>;

impl pallet_treasury::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RejectOrigin = MayReject;
    type SpendPeriod = BlocksOf<treasury::SpendPeriod>;
    type Burn = Burn;
    type PalletId = TreasuryPalletId;
    type BurnDestination = ();
    type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
    type SpendFunds = ();
    type MaxApprovals = ConstU32<100>;
    // Money leaves by referendum, and within the bounds of a power that a referendum has delegated (`pallet-powers`).
    type SpendOrigin = EnsureRootWithSuccess<AccountId, MaxSpend>;
    type AssetKind = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = IdentityLookup<AccountId>;
    type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
    type BalanceConverter = UnityAssetBalanceConversion;
    type PayoutPeriod = BlocksOf<treasury::PayoutPeriod>;
    type BlockNumberProvider = System;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

/// Moves OPEN between the treasury's account, the bounties' and who is paid. The treasury's account stays alive.
pub struct PayBetweenAccounts;

impl PayWithSource for PayBetweenAccounts {
    type Balance = Balance;
    type Source = AccountId;
    type Beneficiary = AccountId;
    type AssetKind = ();
    type Id = ();
    type Error = DispatchError;

    fn pay(source: &AccountId, beneficiary: &AccountId, _: (), amount: Balance) -> Result<(), DispatchError> {
        let preservation = match *source == TreasuryAccount::get() {
            true => Preservation::Preserve,
            false => Preservation::Expendable,
        };
        <Balances as Mutate<_>>::transfer(source, beneficiary, amount, preservation).map(|_| ())
    }

    fn check_payment(_: ()) -> PaymentStatus {
        // it is done or it has failed at once
        PaymentStatus::Success
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn ensure_successful(source: &AccountId, _: &AccountId, _: (), amount: Balance) {
        let amount = amount.saturating_add(OPEN);
        let _ = <Balances as Mutate<_>>::mint_into(source, amount);
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn ensure_concluded(_: ()) {}
}

parameter_types! {
    pub const BountyMinimum: Balance = OPEN;
    /// A curator deposits a tenth of the bounty, within these limits.
    pub const CuratorDepositPart: Permill = Permill::from_percent(10);
    pub const CuratorDepositMinimum: Balance = OPEN;
    pub const CuratorDepositMaximum: Balance = 10_000 * OPEN;
    pub const CuratorDepositReason: RuntimeHoldReason =
        RuntimeHoldReason::Bounties(pallet_multi_asset_bounties::HoldReason::CuratorDeposit);
}

impl pallet_multi_asset_bounties::Config for Runtime {
    type Balance = Balance;
    // A referendum, or half of the council, removes a curator, who loses the deposit, and closes a bounty.
    type RejectOrigin = MayReject;
    // A referendum funds a bounty.
    type SpendOrigin = EnsureRootWithSuccess<AccountId, MaxSpend>;
    type AssetKind = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = IdentityLookup<AccountId>;
    type BountyValueMinimum = BountyMinimum;
    type ChildBountyValueMinimum = BountyMinimum;
    type MaxActiveChildBountyCount = ConstU32<100>;
    type WeightInfo = pallet_multi_asset_bounties::weights::SubstrateWeight<Runtime>;
    type FundingSource = PalletIdAsFundingSource<TreasuryPalletId, Runtime, Identity>;
    type BountySource = BountySourceFromPalletId<TreasuryPalletId, BountyAccountPrefix, Runtime, Identity>;
    type ChildBountySource =
        ChildBountySourceFromPalletId<TreasuryPalletId, ChildBountyAccountPrefix, Runtime, Identity>;
    type Paymaster = PayBetweenAccounts;
    type BalanceConverter = UnityAssetBalanceConversion;
    type Preimages = Preimage;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        CuratorDepositReason,
        CuratorDepositAmount<CuratorDepositPart, CuratorDepositMinimum, CuratorDepositMaximum, Balance>,
        Balance,
    >;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}
