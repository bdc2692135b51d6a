// SPDX-License-Identifier: Apache-2.0
//! Forgetting closed requests.

use super::*;

#[test]
fn a_closed_request_is_kept_for_its_reader_and_then_forgotten() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        answer(request, |_| tolerant(1));
        next_block();
        assert_settled(request);
        run_blocks(RETENTION_TICKS);
        assert_eq!(
            Answers::<Test>::get(request).unwrap().into_inner(),
            tolerant(1).output
        );
        assert!(deposit(CONSUMER) > 0);
        run_blocks(2);
        assert!(Requests::<Test>::get(request).is_none());
        assert_eq!(deposit(CONSUMER), 0);
        assert_eq!(Balances::free_balance(CONSUMER), WEALTH - 3 * PRICE);
        assert_eq!(
            Committee::<Test>::iter().count() + Reveals::<Test>::iter().count(),
            0
        );
        assert_eq!(Queue::<Test>::iter().count(), 0);
        System::assert_has_event(Event::Forgotten { request }.into());
    });
}

#[test]
fn idle_blocks_without_weight_forget_nothing_and_lose_nothing() {
    Builder::default().build_and_execute(|| {
        let requests: Vec<_> = (0..3).map(|_| ask(TOLERANT, Verification::Single)).collect();
        for request in &requests {
            assert_ok!(Inference::cancel(signed(CONSUMER), *request));
        }
        run_blocks(RETENTION_TICKS + 1);
        assert_eq!(
            Inference::on_idle(System::block_number(), Weight::zero()),
            Weight::zero()
        );
        assert_eq!(Requests::<Test>::iter().count(), 3);
        // each idle block forgets one
        let step = <() as WeightInfo>::calendar_step();
        let budget = <() as WeightInfo>::forget().saturating_add(step.saturating_mul(4));
        for left in (0..3).rev() {
            let used = Inference::on_idle(System::block_number(), budget);
            assert!(used.all_lte(budget));
            assert_eq!(Requests::<Test>::iter().count(), left);
        }
        assert_eq!(deposit(CONSUMER), 0);
    });
}

#[test]
fn ids_are_not_used_again() {
    Builder::default().build_and_execute(|| {
        assert_eq!(ask(TOLERANT, Verification::Single), 0);
        run_blocks(DRAW_TICKS + RETENTION_TICKS + 4);
        assert_eq!(Requests::<Test>::iter().count(), 0);
        assert_eq!(ask(TOLERANT, Verification::Single), 1);
    });
}
