// SPDX-License-Identifier: Apache-2.0
use crate::Allowance;
use frame_support::traits::ConstU32;
use openledger_primitives::money::Balance;
use proptest::prelude::*;

proptest! {
    #[test]
    fn no_window_of_a_period_ever_holds_more_than_the_cap(
        cap in 0..1_000u128,
        period in 1..20u64,
        tries in prop::collection::vec((0..4u64, 1..600u128), 1..60),
    ) {
        let mut allowance = Allowance::<u64, ConstU32<8>> { cap, period, spends: Default::default() };
        let mut spent: Vec<(u64, Balance)> = Vec::new();
        let mut now = 0;
        for (wait, amount) in tries {
            now += wait;
            let before = allowance.clone();
            match allowance.spend(now, amount) {
                Ok(left) => {
                    spent.push((now, amount));
                    prop_assert_eq!(left, allowance.left(now));
                }
                // the caller throws a failed one away
                Err(_) => allowance = before,
            }
        }
        for start in 0..=now {
            let window = start..start + period;
            let sum: Balance = spent.iter().filter(|(at, _)| window.contains(at)).map(|(_, amount)| amount).sum();
            prop_assert!(sum <= cap);
        }
    }
}
