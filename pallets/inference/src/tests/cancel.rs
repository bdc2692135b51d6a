// SPDX-License-Identifier: Apache-2.0
//! Taking a request back.

use super::*;

#[test]
fn a_waiting_request_can_be_taken_back() {
    Builder::default().build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        run_blocks(2);
        assert_ok!(Inference::cancel(signed(CONSUMER), request));
        assert_refunded(request, RefundReason::Cancelled);
    });
}

#[test]
fn only_the_consumer_takes_a_request_back() {
    Builder::default().build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        assert_noop!(
            Inference::cancel(signed(OTHER_CONSUMER), request),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(Inference::cancel(signed(CONSUMER), 99), Error::<Test>::NotFound);
    });
}

#[test]
fn a_drawn_or_closed_request_cannot_be_taken_back() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        assert_noop!(
            Inference::cancel(signed(CONSUMER), request),
            Error::<Test>::AlreadyDrawn
        );
        answer(request, |_| tolerant(1));
        next_block();
        assert_noop!(
            Inference::cancel(signed(CONSUMER), request),
            Error::<Test>::AlreadyDrawn
        );
    });
}

#[test]
fn a_request_taken_back_is_never_drawn_and_pays_no_second_refund() {
    Builder::default().build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        assert_ok!(Inference::cancel(signed(CONSUMER), request));
        host(TOLERANT, 1, 100);
        run_blocks(3);
        assert_refunded(request, RefundReason::Cancelled);
        assert_noop!(
            Inference::cancel(signed(CONSUMER), request),
            Error::<Test>::AlreadyDrawn
        );
    });
}
