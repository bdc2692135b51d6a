// SPDX-License-Identifier: Apache-2.0
//! Attacks that have to fail.

use super::*;

#[test]
fn a_commitment_replayed_on_another_request_cannot_be_revealed() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let first = ask(TOLERANT, Verification::Single);
        let second = ask(TOLERANT, Verification::Single);
        next_block();
        let commitment = tolerant(1).commitment_of(1, first);
        assert_ok!(Inference::commit(signed(1), first, commitment));
        assert_ok!(Inference::commit(signed(1), second, commitment));
        assert_ok!(tolerant(1).reveal(1, first));
        assert_noop!(tolerant(1).reveal(1, second), Error::<Test>::CommitmentMismatch);
    });
}

#[test]
fn a_commitment_copied_from_another_worker_cannot_be_revealed() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(2, 1));
        next_block();
        let workers = committee(request);
        let commitment = tolerant(1).commitment_of(workers[0], request);
        assert_ok!(Inference::commit(signed(workers[0]), request, commitment));
        assert_ok!(Inference::commit(signed(workers[1]), request, commitment));
        assert_ok!(tolerant(1).reveal(workers[0], request));
        // the copier knows everything now, and it helps nothing
        assert_noop!(
            tolerant(1).reveal(workers[1], request),
            Error::<Test>::CommitmentMismatch
        );
        run_blocks(REVEAL_TICKS + 1);
        assert_eq!(assert_settled(request), key(workers[0]));
        assert_eq!(Settlements::get()[0].workers, vec![(workers[0], 400)]);
    });
}

#[test]
fn a_commitment_for_another_model_version_cannot_be_revealed() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let old = ask(EXACT, Verification::Single);
        Services::mutate(|services| services[1].1.version_hash = H256::zero());
        let new = ask(EXACT, Verification::Single);
        next_block();
        exact(b"okay").commit(1, old);
        let of_old_version = exact(b"okay").commitment_under(exact_service().version_hash, 1, new);
        assert_ok!(Inference::commit(signed(1), new, of_old_version));
        assert_noop!(exact(b"okay").reveal(1, new), Error::<Test>::CommitmentMismatch);
    });
}

#[test]
fn a_commitment_of_another_registration_cannot_be_revealed() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(EXACT, Verification::Single);
        Pool::mutate(|pool| pool.iter_mut().for_each(|(_, host)| host.worker.epoch = 2));
        next_block();
        // the stand-in worker commits under epoch 1
        exact(b"okay").commit(1, request);
        assert_noop!(
            exact(b"okay").reveal(1, request),
            Error::<Test>::CommitmentMismatch
        );
    });
}

#[test]
fn a_commitment_of_another_chain_cannot_be_revealed() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(EXACT, Verification::Single);
        next_block();
        exact(b"okay").commit(1, request);
        frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(99));
        assert_noop!(
            exact(b"okay").reveal(1, request),
            Error::<Test>::CommitmentMismatch
        );
    });
}

#[test]
fn an_undrawn_worker_can_neither_commit_nor_reveal() {
    Builder::default()
        .with_host(TOLERANT, 1, 100)
        .build_and_execute(|| {
            let request = ask(TOLERANT, Verification::Single);
            next_block();
            assert_noop!(
                Inference::commit(signed(2), request, H256::zero()),
                Error::<Test>::NotDrawn
            );
            tolerant(1).commit(1, request);
            assert_noop!(tolerant(1).reveal(2, request), Error::<Test>::NotDrawn);
            assert_noop!(tolerant(1).reveal(CONSUMER, request), Error::<Test>::NotDrawn);
        });
}

#[test]
fn a_request_is_not_settled_twice() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        answer(request, |_| tolerant(1));
        // a second entry in the queue, as if it had been put there by mistake
        Inference::enqueue(Lane::Settle, request);
        Inference::settle_complete(request);
        for place in 1..3 {
            Queue::<Test>::remove(Lane::Settle, place);
        }
        next_block();
        assert_settled(request);
        assert_noop!(Inference::poke(signed(9), request), Error::<Test>::NotDue);
        Inference::settle_complete(request);
        run_blocks(REVEAL_TICKS + 2);
        assert_eq!(Settlements::get().len(), 1);
        assert_eq!(Balances::free_balance(TREASURY), 1 + 100);
    });
}

#[test]
fn a_refunded_request_is_not_settled_by_late_reveals() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        tolerant(1).commit(1, request);
        run_blocks(REVEAL_TICKS + 1);
        assert_refunded(request, RefundReason::TooFewReveals);
        assert_noop!(tolerant(1).reveal(1, request), Error::<Test>::DeadlinePassed);
        assert_noop!(
            Inference::commit(signed(1), request, H256::zero()),
            Error::<Test>::AlreadyCommitted
        );
        run_blocks(2);
        assert_refunded(request, RefundReason::TooFewReveals);
    });
}

#[test]
fn a_consumer_cannot_spend_or_take_back_the_fee_while_workers_work() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        Services::mutate(|services| services[1].1.price = WEALTH / 2);
        let request = ask(EXACT, Verification::Single);
        next_block();
        let spend = frame_support::traits::tokens::Preservation::Expendable;
        use frame_support::traits::fungible::Mutate;
        assert!(Balances::transfer(&CONSUMER, &OTHER_CONSUMER, WEALTH / 2, spend).is_err());
        assert_noop!(
            Inference::cancel(signed(CONSUMER), request),
            Error::<Test>::AlreadyDrawn
        );
    });
}

#[test]
fn the_representative_is_not_known_when_the_salts_are_chosen() {
    // the same reveals in another block have another representative sooner or later
    let representative = |wait: u64| {
        let mut chosen = 0;
        Builder::default().with_hosts(2).build_and_execute(|| {
            let request = ask(EXACT, quorum(2, 2));
            next_block();
            let workers = committee(request);
            workers
                .iter()
                .for_each(|who| exact(b"okay").commit(*who, request));
            run_blocks(wait);
            for who in &workers {
                assert_ok!(exact(b"okay").reveal(*who, request));
            }
            next_block();
            chosen = assert_settled(request).account;
        });
        chosen
    };
    let chosen: Vec<_> = (0..REVEAL_TICKS).map(representative).collect();
    assert!(chosen.iter().any(|who| *who != chosen[0]), "{chosen:?}");
}
