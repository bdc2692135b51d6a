// SPDX-License-Identifier: Apache-2.0
//! Whole games: whoever is right wins, whatever the other side says.

use super::{world::*, *};
use openledger_primitives::fixed::equation::{boundary, parts, Sums};
use proptest::prelude::*;

/// How somebody lies.
#[derive(Clone, Copy, Debug)]
enum Lie {
    /// What is missing is added in the step over one row.
    Step(u32),
    /// It is spread over all steps.
    Spread,
    /// The first rows' allowance is far too large.
    Allowance(u32),
    /// Inner sums are made up.
    Noise(u64),
    /// Silence after so many moves.
    Silence(u32),
}

fn lies() -> impl Strategy<Value = Lie> {
    prop_oneof![
        any::<u32>().prop_map(Lie::Step),
        Just(Lie::Spread),
        any::<u32>().prop_map(Lie::Allowance),
        any::<u64>().prop_map(Lie::Noise),
        (0u32..6).prop_map(Lie::Silence),
    ]
}

/// What an author that has to defend a wrong row says its sums are.
fn told(world: &World, row: u32, upto: u32, lie: Lie) -> Sums {
    let (mut sums, rows) = (world.sums(row, upto), world.rows());
    let missing = world.missing(row);
    match lie {
        Lie::Allowance(at) if upto > at % rows => {
            sums.allowed
                .iter_mut()
                .for_each(|allowed| *allowed += i128::MAX / 2);
        }
        Lie::Allowance(_) => (),
        Lie::Spread => {
            let of = i128::from(rows);
            for (term, missing) in sums.terms.iter_mut().zip(missing) {
                // all of it in the end
                *term += missing * i128::from(upto) / of;
            }
        }
        Lie::Step(at) | Lie::Silence(at) => {
            if upto > at % rows {
                sums.terms
                    .iter_mut()
                    .zip(missing)
                    .for_each(|(term, missing)| *term += missing);
            }
        }
        Lie::Noise(_) => {
            if upto == rows {
                sums.terms
                    .iter_mut()
                    .zip(missing)
                    .for_each(|(term, missing)| *term += missing);
            }
        }
    }
    sums
}

/// Plays a dispute of `row` to its end. `author` says what the sums up to a row are, and may be silent; `challenger`
/// chooses a part by the commitments to the parts' ends and the step's sums, and may be silent.
fn play(
    world: &World,
    row: u32,
    mut author: impl FnMut(u32) -> Option<H256>,
    claimed: Sums,
    mut challenger: impl FnMut(u32, u32, &[H256]) -> Option<u32>,
) {
    assert_ok!(dispute(row));
    let mut moves = 0;
    while let Some(stage) = stage(row) {
        moves += 1;
        assert!(moves < 30, "a dispute ends");
        let moved: Option<DispatchResult> = match stage {
            Stage::Claim => author(world.rows()).map(|_| world.claim(row, &claimed)),
            Stage::Split(interval) => {
                let inner: Option<Vec<H256>> =
                    inner_ends(interval.low, interval.high).map(&mut author).collect();
                inner.map(|inner| split(row, inner))
            }
            Stage::Choose(interval, inner) => {
                let ends: Vec<H256> = inner.into_iter().chain([interval.end]).collect();
                challenger(interval.low, interval.high, &ends).map(|part| choose(row, part))
            }
            Stage::Prove(interval) => {
                let ends = [interval.end];
                challenger(interval.low, interval.high, &ends)
                    .map(|_| world.prove(row, interval.low, &world.sums(row, interval.low)))
            }
        };
        match moved {
            Some(result) => {
                assert_ok!(result);
            }
            None => {
                Now::mutate(|now| *now += ANSWER_TICKS + 1);
                assert_ok!(close(row));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_honest_challenger_refutes_a_wrong_row_whatever_its_author_says(
        seed in any::<u64>(),
        rows in 1usize..60,
        spoilt in any::<u32>(),
        lie in lies(),
    ) {
        ExtBuilder.build_and_execute(|| {
            let row = spoilt % rows as u32;
            let world = World::new(seed, rows).spoil(row as usize).install();
            let mut said = 0;
            let author = |upto: u32| {
                said += 1;
                match lie {
                    Lie::Silence(moves) if said > moves => None,
                    Lie::Noise(noise) if upto < world.rows() => {
                        Some(H256(blake2_256(&[noise.to_le_bytes(), u64::from(upto).to_le_bytes()].concat())))
                    }
                    lie => Some(commitment(&told(&world, row, upto, lie))),
                }
            };
            let claimed = told(&world, row, world.rows(), lie);
            play(&world, row, author, claimed, |low, high, ends| {
                let own = |part| commitment(&world.sums(row, boundary(low, high, part + 1)));
                let part = (0..parts(low, high)).zip(ends).find(|(part, end)| own(*part) != **end);
                Some(part.expect("the ends differ").0)
            });
            assert!(is_refuted(), "{lie:?}");
            assert_eq!(Balances::free_balance(CHALLENGER), ENDOWMENT + 400);
            assert_eq!(Balances::free_balance(AUTHOR), ENDOWMENT - BOND);
        });
    }

    #[test]
    fn an_honest_author_keeps_its_bond_whatever_a_challenger_chooses(
        seed in any::<u64>(),
        rows in 1usize..60,
        disputed in any::<u32>(),
        choices in any::<u64>(),
        silent_after in 0u32..6,
    ) {
        ExtBuilder.build_and_execute(|| {
            let row = disputed % rows as u32;
            let world = World::new(seed, rows).install();
            let claimed = world.sums(row, world.rows());
            let mut numbers = Numbers(choices);
            let mut said = 0;
            play(&world, row, |upto| Some(commitment(&world.sums(row, upto))), claimed, |low, high, _| {
                said += 1;
                (said <= silent_after).then(|| numbers.below(u64::from(parts(low, high))) as u32)
            });
            assert!(!is_refuted());
            assert_eq!(Balances::free_balance(CHALLENGER), ENDOWMENT - AT_STAKE);
            assert_eq!(Balances::free_balance(AUTHOR), ENDOWMENT + AT_STAKE);
        });
    }
}
