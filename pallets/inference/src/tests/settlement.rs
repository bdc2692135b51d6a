// SPDX-License-Identifier: Apache-2.0
//! Agreement and payment.

use super::*;

#[test]
fn an_answer_is_paid_to_the_planck() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        answer(request, |_| tolerant(5));
        next_block();
        assert_eq!(assert_settled(request), key(1));
        assert_eq!(escrow(CONSUMER), 0);
        assert_eq!(Balances::free_balance(TREASURY), 1 + 100);
        assert_eq!(Balances::free_balance(LEDGER), 1 + 900);
        let settlement = Settlements::get().pop().unwrap();
        assert_eq!(settlement.request, request);
        assert_eq!(settlement.consumer, CONSUMER);
        assert_eq!(settlement.fee, PRICE);
        assert_eq!(settlement.treasury, (TREASURY, 100));
        assert_eq!(settlement.workers, vec![(1, 200)]);
        assert_eq!(settlement.model_owner, (OWNER, 150));
        assert_eq!(settlement.royalties, vec![(9, PARENT, 50)]);
        assert_eq!((settlement.contributors, settlement.dust), (500, 0));
        assert_eq!(settlement.sources, vec![(0, 1)]);
        assert_eq!(settlement.representative, key(1));
        assert_eq!(settlement.report, tolerant(5).entries);
        System::assert_last_event(
            Event::Settled {
                request,
                representative: key(1),
                cluster: vec![key(1)],
                output: tolerant(5).output.try_into().unwrap(),
                fee: PRICE,
            }
            .into(),
        );
    });
}

#[test]
fn a_quorum_of_three_with_one_dissenting_pays_the_two() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        let workers = committee(request);
        answer(request, |place| tolerant(if place == 1 { 900 } else { 5 }));
        next_block();
        let representative = assert_settled(request).account;
        assert!([workers[0], workers[2]].contains(&representative));
        let settlement = Settlements::get().pop().unwrap();
        assert_eq!(settlement.workers, vec![(workers[0], 300), (workers[2], 300)]);
        assert_eq!(
            Answers::<Test>::get(request).unwrap().into_inner(),
            tolerant(5).output
        );
        // the dissenter did its work in time
        assert!(Released::get().iter().all(|(_, _, served)| *served));
    });
}

#[test]
fn outputs_within_the_tolerance_are_one_answer() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 3));
        next_block();
        answer(request, |place| tolerant(100 + place as i32));
        next_block();
        let representative = assert_settled(request).account;
        let place = committee(request)
            .iter()
            .position(|who| *who == representative)
            .unwrap();
        let output = Answers::<Test>::get(request).unwrap().into_inner();
        assert_eq!(output, tolerant(100 + place as i32).output);
        assert_eq!(Settlements::get()[0].workers.len(), 3);
    });
}

#[test]
fn a_chain_of_near_answers_is_not_a_cluster() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        // each within the tolerance of the next, the ends are not
        let request = ask(TOLERANT, quorum(3, 3));
        next_block();
        answer(request, |place| tolerant(100 + 2 * place as i32));
        next_block();
        assert_refunded(request, RefundReason::Inconclusive);
    });
}

#[test]
fn a_committee_without_agreement_is_refunded_and_blames_nobody() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(EXACT, quorum(3, 2));
        next_block();
        answer(request, |place| exact(&[place as u8; 4]));
        next_block();
        assert_refunded(request, RefundReason::Inconclusive);
        assert!(Released::get().iter().all(|(_, _, served)| *served));
        assert!(Answers::<Test>::get(request).is_none());
    });
}

#[test]
fn two_reports_for_one_query_vector_do_not_agree() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(2, 2));
        next_block();
        let greedy = || Said {
            entries: vec![entry(0, 0, 1_000_000_000)],
            ..tolerant(5)
        };
        answer(request, |place| if place == 0 { tolerant(5) } else { greedy() });
        next_block();
        assert_refunded(request, RefundReason::Inconclusive);
    });
}

#[test]
fn what_three_workers_cannot_share_equally_is_dust() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        Services::mutate(|services| services[1].1.price = 1_001);
        let request = ask(EXACT, quorum(3, 2));
        next_block();
        answer(request, |_| exact(b"okay"));
        next_block();
        let settlement = Settlements::get().pop().unwrap();
        // 3003: 300 treasury, 600 workers, 600 lineage, 1501 contributors
        assert_eq!(settlement.fee, 3_003);
        assert_eq!((settlement.treasury.1, settlement.contributors), (300, 1_501));
        assert_eq!(
            settlement
                .workers
                .iter()
                .map(|(_, amount)| *amount)
                .collect::<Vec<_>>(),
            vec![200; 3]
        );
        assert_eq!((settlement.model_owner.1, settlement.dust), (600, 2));
        assert_settled(request);
    });
}

#[test]
fn a_ledger_that_refuses_undoes_the_payment_and_the_consumer_is_refunded() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        answer(request, |_| tolerant(5));
        LedgerFails::set(true);
        next_block();
        assert_refunded(request, RefundReason::PaymentFailed);
        assert_eq!(Balances::free_balance(TREASURY), 1);
        assert_eq!(Balances::free_balance(LEDGER), 1);
    });
}

#[test]
fn shares_that_do_not_sum_to_one_pay_nobody() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        answer(request, |_| tolerant(5));
        Shares::set(FeeShares {
            platform: sp_runtime::Permill::one(),
            ..FeeShares::DEFAULT
        });
        next_block();
        assert_refunded(request, RefundReason::PaymentFailed);
    });
}

#[test]
fn a_full_committee_settles() {
    Builder::default().with_hosts(7).build_and_execute(|| {
        let request = ask(EXACT, quorum(7, 7));
        next_block();
        answer(request, |_| exact(b"okay"));
        next_block();
        assert_settled(request);
        assert_eq!(Settlements::get()[0].workers.len(), 7);
    });
}

#[test]
fn whoever_wants_to_know_is_told_once_how_a_request_ended() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let answered = ask(TOLERANT, Verification::Single);
        next_block();
        answer(answered, |_| tolerant(5));
        let cancelled = ask(TOLERANT, Verification::Single);
        assert_ok!(Inference::cancel(RuntimeOrigin::signed(CONSUMER), cancelled));
        assert_eq!(Endings::get(), vec![(cancelled, Some(vec![]))]);
        next_block();
        let failed = ask(TOLERANT, quorum(3, 2));
        for _ in 0..DRAW_TICKS + 2 {
            next_block();
        }
        let told = vec![
            (cancelled, Some(vec![])),
            (answered, Some(tolerant(5).output)),
            (failed, None),
        ];
        assert_eq!(Endings::get(), told);
    });
}
