// SPDX-License-Identifier: Apache-2.0
//! Helping an overdue request when blocks have no weight left.

use super::*;

fn starve() {
    Hook::set(Weight::zero());
}

#[test]
fn nothing_can_be_poked_before_it_is_due() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        starve();
        let request = ask(TOLERANT, quorum(2, 1));
        let poked = || Inference::poke(signed(9), request);
        assert_noop!(Inference::poke(signed(9), 99), Error::<Test>::NotFound);
        assert_noop!(poked(), Error::<Test>::NotDue);
        run_blocks(DRAW_TICKS);
        assert_noop!(poked(), Error::<Test>::NotDue);
        next_block();
        assert_eq!(poked().unwrap().pays_fee, Pays::No);
        assert_refunded(request, RefundReason::TooFewWorkers);
        assert_noop!(poked(), Error::<Test>::NotDue);
    });
}

#[test]
fn anybody_can_take_a_starved_request_to_its_end() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        starve();
        let workers = committee(request);
        tolerant(1).commit(workers[0], request);
        tolerant(1).commit(workers[1], request);
        run_blocks(COMMIT_TICKS + 1);
        assert_eq!(stage(request), Stage::Committing);
        assert_ok!(Inference::poke(signed(9), request));
        assert_eq!(stage(request), Stage::Revealing);
        assert_ok!(tolerant(1).reveal(workers[0], request));
        assert_ok!(tolerant(1).reveal(workers[1], request));
        // the representative must not be drawn with a seed that a revealing worker may know
        assert_noop!(Inference::poke(signed(9), request), Error::<Test>::NotDue);
        next_block();
        assert_ok!(Inference::poke(signed(9), request));
        assert_settled(request);
    });
}

#[test]
fn anybody_can_clear_away_a_starved_closed_request() {
    Builder::default().build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        assert_ok!(Inference::cancel(signed(CONSUMER), request));
        starve();
        run_blocks(RETENTION_TICKS);
        assert_noop!(Inference::poke(signed(9), request), Error::<Test>::NotDue);
        next_block();
        assert_ok!(Inference::poke(signed(9), request));
        System::assert_last_event(Event::Forgotten { request }.into());
        assert_eq!(deposit(CONSUMER), 0);
        assert_noop!(Inference::poke(signed(9), request), Error::<Test>::NotFound);
    });
}

#[test]
fn only_a_signed_origin_pokes() {
    Builder::default().build_and_execute(|| {
        assert_noop!(
            Inference::poke(RuntimeOrigin::none(), 0),
            DispatchError::BadOrigin
        );
    });
}
