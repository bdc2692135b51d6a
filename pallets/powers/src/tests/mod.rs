// SPDX-License-Identifier: Apache-2.0
//! One file a call, and one for the arithmetic of the window.

mod delegate;
mod feature;
mod revoke;
mod spend;
mod split_fees;
mod window;

use crate::{FeeBounds, Power, PowerOf};
use openledger_primitives::money::{Balance, FeeShares};
use sp_runtime::Permill;

/// `cap` in any `period` blocks.
fn allowance(cap: Balance, period: u64) -> PowerOf<crate::mock::Test> {
    Power::TreasurySpend { cap, period }
}

/// Shares in hundredths.
fn shares([platform, workers, lineage, contributors]: [u32; 4]) -> FeeShares {
    FeeShares {
        platform: Permill::from_percent(platform),
        workers: Permill::from_percent(workers),
        lineage: Permill::from_percent(lineage),
        contributors: Permill::from_percent(contributors),
    }
}

/// The default shares, and up to five hundredths more or less.
fn near_the_default() -> FeeBounds {
    FeeBounds {
        least: shares([5, 15, 15, 45]),
        most: shares([15, 25, 25, 55]),
    }
}
