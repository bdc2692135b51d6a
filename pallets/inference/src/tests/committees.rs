// SPDX-License-Identifier: Apache-2.0
//! The draw of committees by blocks.

use super::*;

#[test]
fn a_committee_is_drawn_in_the_next_block() {
    Builder::default().with_hosts(5).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        assert!(committee(request).is_empty());
        next_block();
        let workers = committee(request);
        assert_eq!(workers.len(), 3);
        let deadline = now() + COMMIT_TICKS;
        let keys = workers.iter().copied().map(key).collect();
        System::assert_last_event(
            Event::Drawn {
                request,
                workers: keys,
                deadline,
            }
            .into(),
        );
        assert!(workers.iter().all(|who| Assigned::contains_key((*who, request))));
        assert_eq!(stage(request), Stage::Committing);
    });
}

#[test]
fn a_request_is_not_drawn_with_the_seed_of_its_own_block() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        Inference::draw_committee(request);
        // it was put back; taking it from the queue a second time is passed over
        assert_eq!(stage(request), Stage::Waiting);
        Queue::<Test>::remove(Lane::Draw, 0);
        next_block();
        assert_eq!(stage(request), Stage::Committing);
    });
}

#[test]
fn too_few_hosts_leave_a_request_waiting_until_one_more_comes() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        run_blocks(2);
        assert_eq!(stage(request), Stage::Waiting);
        host(TOLERANT, 3, 100);
        next_block();
        assert_eq!(stage(request), Stage::Committing);
    });
}

#[test]
fn a_worker_without_stake_is_not_drawn() {
    Builder::default()
        .with_host(TOLERANT, 1, 0)
        .build_and_execute(|| {
            let request = ask(TOLERANT, Verification::Single);
            next_block();
            assert_eq!(stage(request), Stage::Waiting);
        });
}

#[test]
fn a_pool_that_refuses_a_worker_undoes_the_whole_draw() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        AssignFails::set(true);
        next_block();
        assert_eq!(stage(request), Stage::Waiting);
        assert_eq!(Assigned::iter().count(), 0);
        AssignFails::set(false);
        next_block();
        assert_eq!(committee(request).len(), 3);
    });
}

#[test]
fn stake_buys_a_place() {
    Builder::default()
        .with_host(TOLERANT, 1, 1)
        .with_host(TOLERANT, 2, 1_000_000)
        .build_and_execute(|| {
            for _ in 0..20 {
                let request = ask(TOLERANT, Verification::Single);
                next_block();
                assert_eq!(committee(request), vec![2]);
                answer(request, |_| tolerant(1));
                next_block();
            }
        });
}

#[test]
fn requests_that_nobody_serves_do_not_hold_up_the_others() {
    Builder::default().with_host(EXACT, 1, 100).build_and_execute(|| {
        for _ in 0..3 {
            ask(TOLERANT, Verification::Single);
        }
        let request = ask(EXACT, Verification::Single);
        // enough for one draw in a block
        let one = <() as WeightInfo>::draw(16);
        Hook::set(
            one.saturating_add(<() as WeightInfo>::advance_base())
                .saturating_add(one.saturating_div(2)),
        );
        run_blocks(3);
        assert_eq!(stage(request), Stage::Waiting);
        next_block();
        assert_eq!(stage(request), Stage::Committing);
        Hook::set(Weight::from_parts(1_000_000_000_000, 10_000_000));
        run_blocks(DRAW_TICKS);
    });
}

#[test]
fn without_weight_nothing_is_drawn_and_nothing_is_lost() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        Hook::set(Weight::zero());
        run_blocks(3);
        assert_eq!(stage(request), Stage::Waiting);
        Hook::set(Weight::from_parts(1_000_000_000_000, 10_000_000));
        next_block();
        assert_eq!(stage(request), Stage::Committing);
    });
}
