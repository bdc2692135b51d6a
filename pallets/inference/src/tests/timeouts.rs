// SPDX-License-Identifier: Apache-2.0
//! Every stage ends without anybody's help.

use super::*;

/// Says of each drawn worker whether it was released as one that served.
fn released() -> Vec<(AccountId, bool)> {
    let mut released: Vec<_> = Released::get()
        .into_iter()
        .map(|(who, _, served)| (who, served))
        .collect();
    released.sort();
    released
}

#[test]
fn a_request_that_nobody_serves_is_refunded() {
    Builder::default().build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        run_blocks(DRAW_TICKS);
        assert_eq!(stage(request), Stage::Waiting);
        next_block();
        assert_refunded(request, RefundReason::TooFewWorkers);
        run_blocks(RETENTION_TICKS + 2);
        assert_eq!(Balances::free_balance(CONSUMER), WEALTH);
    });
}

#[test]
fn a_committee_that_says_nothing_is_let_go_and_the_consumer_refunded() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        run_blocks(COMMIT_TICKS);
        assert_eq!(stage(request), Stage::Committing);
        next_block();
        assert_refunded(request, RefundReason::TooFewCommitments);
        assert_eq!(released(), vec![(1, false), (2, false), (3, false)]);
        assert_eq!(Assigned::iter().count(), 0);
    });
}

#[test]
fn a_worker_whose_committee_failed_is_not_blamed() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        tolerant(1).commit(2, request);
        run_blocks(COMMIT_TICKS + 1);
        assert_refunded(request, RefundReason::TooFewCommitments);
        assert_eq!(released(), vec![(1, false), (2, true), (3, false)]);
    });
}

#[test]
fn enough_commitments_go_on_without_the_rest() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        tolerant(1).commit(1, request);
        tolerant(1).commit(3, request);
        run_blocks(COMMIT_TICKS + 1);
        assert_eq!(stage(request), Stage::Revealing);
        assert_ok!(tolerant(1).reveal(1, request));
        assert_ok!(tolerant(1).reveal(3, request));
        next_block();
        assert_settled(request);
        assert_eq!(released(), vec![(1, true), (2, false), (3, true)]);
    });
}

#[test]
fn a_worker_that_commits_and_vanishes_costs_it_a_miss_and_the_consumer_nothing() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        tolerant(1).commit(1, request);
        run_blocks(REVEAL_TICKS + 1);
        assert_refunded(request, RefundReason::TooFewReveals);
        assert_eq!(released(), vec![(1, false)]);
    });
}

#[test]
fn enough_reveals_are_settled_at_the_deadline() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        for who in 1..=3 {
            tolerant(1).commit(who, request);
        }
        assert_ok!(tolerant(1).reveal(1, request));
        assert_ok!(tolerant(1).reveal(2, request));
        run_blocks(REVEAL_TICKS);
        assert_eq!(stage(request), Stage::Revealing);
        next_block();
        assert_settled(request);
        assert_eq!(released(), vec![(1, true), (2, true), (3, false)]);
    });
}

#[test]
fn many_overdue_requests_are_closed_over_several_blocks() {
    Builder::default().build_and_execute(|| {
        for _ in 0..MAX_OPEN {
            ask(TOLERANT, Verification::Single);
        }
        run_blocks(DRAW_TICKS);
        // enough for one step, and for every look at an empty tick
        let looks = <() as WeightInfo>::calendar_step().saturating_mul(12);
        let step = Inference::conclude_weight().saturating_add(<() as WeightInfo>::advance_base());
        Hook::set(step.saturating_add(looks));
        for closed in 1..=MAX_OPEN {
            next_block();
            assert_eq!(OpenRequests::<Test>::get(CONSUMER), MAX_OPEN - closed);
        }
        assert_eq!(escrow(CONSUMER), 0);
    });
}

#[test]
fn a_request_in_an_old_tick_is_not_passed_over() {
    Builder::default().build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        Hook::set(Weight::zero());
        run_blocks(30);
        assert_eq!(stage(request), Stage::Waiting);
        Hook::set(Weight::from_parts(1_000_000_000_000, 10_000_000));
        next_block();
        assert_refunded(request, RefundReason::TooFewWorkers);
    });
}
