// SPDX-License-Identifier: Apache-2.0
//! Named powers: what a referendum lets an account do, such as the timelock of the governor on the EVM.

use super::{
    governance::Council,
    money::TreasuryAccount,
    parameters::{dynamic_params::payments, FeeSharesInForce, RuntimeParameters, WholeFeeShares},
};
use crate::{AccountId, Balances, Datanets, Parameters, Runtime, RuntimeOrigin};
use frame_support::traits::{ConstU32, EitherOfDiverse, Get};
use frame_system::EnsureRoot;
use openledger_primitives::money::FeeShares;
use pallet_powers::Error;
use sp_runtime::DispatchResult;

/// The parameter `Payments.Shares`.
pub struct SharesParameter;

impl pallet_powers::FeeSplit for SharesParameter {
    fn in_force() -> FeeShares {
        FeeSharesInForce::get()
    }

    fn set(shares: FeeShares) -> DispatchResult {
        let whole = WholeFeeShares::new(shares).ok_or(Error::<Runtime>::SharesNotWhole)?;
        let parameter = payments::Parameters::Shares(payments::Shares, Some(whole));
        // The power was delegated by root, within bounds that are checked by now.
        Parameters::set_parameter(RuntimeOrigin::root(), RuntimeParameters::Payments(parameter))
    }
}

impl pallet_powers::Config for Runtime {
    type Currency = Balances;
    type TreasuryAccount = TreasuryAccount;
    type FeeSplit = SharesParameter;
    type Datanets = Datanets;
    // Only a referendum gives; two thirds of the council can take as well, as they can stop a referendum.
    type DelegateOrigin = EnsureRoot<AccountId>;
    type RevokeOrigin = EitherOfDiverse<EnsureRoot<AccountId>, Council<2, 3>>;
    type MaxDelegates = ConstU32<16>;
    type MaxSpends = ConstU32<64>;
    type MaxFeatured = ConstU32<32>;
    type WeightInfo = pallet_powers::weights::SubstrateWeight<Runtime>;
}
