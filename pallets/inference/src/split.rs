// SPDX-License-Identifier: Apache-2.0
//! Who gets what of an answered request's fee: a pure function.

use alloc::vec::Vec;
use openledger_primitives::{
    money::{split_fee, Balance, FeeShares},
    ModelId,
};
use sp_runtime::Permill;

/// A fee in the parts of those that get them. They sum to the fee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parts<AccountId> {
    /// To the treasury.
    pub treasury: Balance,
    /// To each agreeing worker.
    pub workers: Vec<(AccountId, Balance)>,
    /// To the model's owner.
    pub owner: Balance,
    /// To each ancestor's owner.
    pub royalties: Vec<(ModelId, AccountId, Balance)>,
    /// To the contributors together.
    pub contributors: Balance,
    /// What rounding left.
    pub dust: Balance,
}

/// Splits `fee`: the four shares rounded down, the workers' share in equal parts, the lineage's share by the royalties
/// rounded down with the rest to the owner. What rounding leaves of the shares and of the workers' parts is dust.
///
/// `None` when the shares do not sum to one, the royalties sum to more than one, or the cluster is empty.
pub fn split<AccountId: Clone>(
    fee: Balance,
    shares: &FeeShares,
    cluster: &[AccountId],
    royalties: &[(ModelId, AccountId, Permill)],
) -> Option<Parts<AccountId>> {
    let whole = split_fee(fee, shares)?;

    let count = Balance::try_from(cluster.len()).ok()?;
    let each = whole.workers.checked_div(count)?;
    let undivided = whole.workers.checked_rem(count)?;

    let royalties: Vec<_> = royalties
        .iter()
        .map(|(model, account, part)| (*model, account.clone(), part.mul_floor(whole.lineage)))
        .collect();
    let owner = royalties
        .iter()
        .try_fold(whole.lineage, |left, (_, _, amount)| left.checked_sub(*amount))?;

    Some(Parts {
        treasury: whole.platform,
        workers: cluster.iter().map(|account| (account.clone(), each)).collect(),
        owner,
        royalties,
        contributors: whole.contributors,
        dust: whole.dust.checked_add(undivided)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fee_is_split_as_the_default_says() {
        let royalties = [(4, "parent", Permill::from_percent(25))];
        let parts = split(1_000, &FeeShares::DEFAULT, &["a", "b", "c"], &royalties).unwrap();
        assert_eq!(
            parts,
            Parts {
                treasury: 100,
                workers: vec![("a", 66), ("b", 66), ("c", 66)],
                owner: 150,
                royalties: vec![(4, "parent", 50)],
                contributors: 500,
                dust: 2,
            }
        );
    }

    #[test]
    fn what_cannot_be_split_is_not() {
        let crooked = FeeShares {
            platform: Permill::one(),
            ..FeeShares::DEFAULT
        };
        assert_eq!(split(1_000, &crooked, &["a"], &[]), None);
        assert_eq!(split::<&str>(1_000, &FeeShares::DEFAULT, &[], &[]), None);
        let greedy = [
            (1, "p", Permill::from_percent(60)),
            (2, "q", Permill::from_percent(60)),
        ];
        assert_eq!(split(1_000, &FeeShares::DEFAULT, &["a"], &greedy), None);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_fee(
            fee in 0u128..1 << 100,
            cluster in 1usize..=7,
            royalties in proptest::collection::vec(0u32..=125_000, 0..=8),
        ) {
            let cluster: Vec<usize> = (0..cluster).collect();
            let royalties: Vec<_> = royalties.iter().map(|p| (0, 0usize, Permill::from_parts(*p))).collect();
            let parts = split(fee, &FeeShares::DEFAULT, &cluster, &royalties).unwrap();
            let sum = parts.treasury
                + parts.workers.iter().map(|(_, amount)| amount).sum::<u128>()
                + parts.owner
                + parts.royalties.iter().map(|(_, _, amount)| amount).sum::<u128>()
                + parts.contributors
                + parts.dust;
            prop_assert_eq!(sum, fee);
            prop_assert!(parts.dust < 4 + 7);
        }
    }
}
