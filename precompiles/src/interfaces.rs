// SPDX-License-Identifier: Apache-2.0
//! The interfaces of `solidity/`, as types.

// The macro writes the code.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::too_many_arguments,
    clippy::unwrap_used,
    missing_docs
)]

use pallet_revive::precompiles::alloy;

alloy::sol!(
    #[sol(all_derives)]
    "solidity/IDatanets.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "solidity/IModelRegistry.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "solidity/IInference.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "solidity/IAttribution.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "solidity/IWorkers.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "solidity/IDemocracy.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "solidity/IInferenceCallback.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "solidity/IPowers.sol"
);

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::sol_types::SolCall;

    #[test]
    fn contracts_are_called_back_by_the_function_that_they_implement() {
        assert_eq!(
            IInferenceCallback::onInferenceResultCall::SELECTOR,
            pallet_callbacks::result_selector()
        );
    }
}
