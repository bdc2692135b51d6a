// SPDX-License-Identifier: Apache-2.0
//! How an answered request's fee is split. All amounts are in planck.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// The balance type of OPEN: 18 decimals, 10^9 OPEN fit with room to spare.
pub type Balance = u128;

/// One OPEN in planck.
pub const OPEN: Balance = 1_000_000_000_000_000_000;

/// The four shares of a fee. They must sum to exactly one.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct FeeShares {
    /// To the treasury.
    pub platform: Permill,
    /// To the workers of the agreeing cluster, in equal parts.
    pub workers: Permill,
    /// To the model's owner and its ancestors.
    pub lineage: Permill,
    /// To contributors, by attribution weight.
    pub contributors: Permill,
}

impl FeeShares {
    /// 10 % platform, 20 % workers, 20 % lineage, 50 % contributors.
    pub const DEFAULT: FeeShares = FeeShares {
        platform: Permill::from_percent(10),
        workers: Permill::from_percent(20),
        lineage: Permill::from_percent(20),
        contributors: Permill::from_percent(50),
    };

    /// Whether the shares sum to one.
    pub const fn is_whole(&self) -> bool {
        // at most 10^6 each, so nothing saturates
        self.platform
            .deconstruct()
            .saturating_add(self.workers.deconstruct())
            .saturating_add(self.lineage.deconstruct())
            .saturating_add(self.contributors.deconstruct())
            == 1_000_000
    }
}

const _: () = assert!(FeeShares::DEFAULT.is_whole());

/// A fee in parts. `platform + workers + lineage + contributors + dust` is the fee.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FeeSplit {
    /// To the treasury.
    pub platform: Balance,
    /// To the agreeing workers.
    pub workers: Balance,
    /// To the model's lineage.
    pub lineage: Balance,
    /// To the contributors.
    pub contributors: Balance,
    /// What rounding left, to the dust sink.
    pub dust: Balance,
}

/// Splits `fee` by `shares`, each part rounded down. `None` when the shares do not sum to one.
pub fn split_fee(fee: Balance, shares: &FeeShares) -> Option<FeeSplit> {
    if !shares.is_whole() {
        return None;
    }
    let platform = shares.platform.mul_floor(fee);
    let workers = shares.workers.mul_floor(fee);
    let lineage = shares.lineage.mul_floor(fee);
    let contributors = shares.contributors.mul_floor(fee);
    let dust = fee
        .checked_sub(platform)?
        .checked_sub(workers)?
        .checked_sub(lineage)?
        .checked_sub(contributors)?;
    Some(FeeSplit {
        platform,
        workers,
        lineage,
        contributors,
        dust,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_that_do_not_sum_to_one_split_nothing() {
        let shares = FeeShares {
            platform: Permill::from_percent(11),
            ..FeeShares::DEFAULT
        };
        assert_eq!(split_fee(100, &shares), None);
    }

    proptest! {
        #[test]
        fn a_split_conserves_the_fee(fee: u128, a in 0u32..=1_000_000, b in 0u32..=1_000_000, c in 0u32..=1_000_000) {
            let mut cuts = [a, b, c];
            cuts.sort();
            let shares = FeeShares {
                platform: Permill::from_parts(cuts[0]),
                workers: Permill::from_parts(cuts[1] - cuts[0]),
                lineage: Permill::from_parts(cuts[2] - cuts[1]),
                contributors: Permill::from_parts(1_000_000 - cuts[2]),
            };
            let split = split_fee(fee, &shares).unwrap();
            prop_assert_eq!(split.platform + split.workers + split.lineage + split.contributors + split.dust, fee);
            prop_assert!(split.dust < 4);
        }
    }
}
