// SPDX-License-Identifier: Apache-2.0
//! `split`.

use super::{world::*, *};

fn claimed(rows: usize) -> World {
    let world = World::new(5, rows).install();
    assert_ok!(dispute(0));
    assert_ok!(world.claim(0, &world.sums(0, rows as u32)));
    world
}

#[test]
fn an_interval_is_split_into_sixteen_parts_or_as_many_as_it_has_rows() {
    ExtBuilder.build_and_execute(|| {
        for (rows, ends) in [(2, 1), (16, 15), (17, 15), (40, 15)] {
            claimed(rows);
            for wrong in [ends - 1, ends + 1] {
                if wrong <= 15 {
                    let refused = split(0, vec![H256::zero(); wrong]);
                    assert_noop!(refused, Error::<Test>::WrongNumberOfSums);
                }
            }
            assert_ok!(split(0, vec![H256::zero(); ends]));
            assert!(matches!(stage(0), Some(Stage::Choose(_, inner)) if inner.len() == ends));
            let deadline = Now::get() + ANSWER_TICKS;
            System::assert_last_event(
                Event::SumsSplit {
                    key: key(0),
                    deadline,
                }
                .into(),
            );
            Now::mutate(|now| *now += ANSWER_TICKS + 1);
            assert_ok!(close(0));
        }
    });
}

#[test]
fn only_the_author_splits_in_its_turn_and_in_time() {
    ExtBuilder.build_and_execute(|| {
        let world = World::new(5, 2).install();
        assert_ok!(dispute(0));
        assert_noop!(split(0, vec![H256::zero()]), Error::<Test>::WrongStage);
        assert_ok!(world.claim(0, &world.sums(0, 2)));
        let inner = vec![H256::zero()].try_into().unwrap();
        let other = Releases::split(RuntimeOrigin::signed(CHALLENGER), key(0), inner);
        assert_noop!(other, Error::<Test>::NotAuthorized);
        assert_noop!(split(1, vec![H256::zero()]), Error::<Test>::NotFound);
        Now::set(12);
        assert_noop!(split(0, vec![H256::zero()]), Error::<Test>::DeadlinePassed);
        Now::set(11);
        assert_ok!(split(0, vec![H256::zero()]));
        assert_noop!(split(0, vec![H256::zero()]), Error::<Test>::WrongStage);
    });
}
