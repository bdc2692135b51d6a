// SPDX-License-Identifier: Apache-2.0
//! What runtime APIs show.

use super::*;
use openledger_primitives::{
    apis::{InputView, OpenRequest, WorkerDuty},
    report::Blend,
};
use sp_io::hashing::blake2_256;

fn duty(who: AccountId, request: RequestId) -> Option<WorkerDuty> {
    Inference::open_requests(&who)
        .into_iter()
        .find(|open| open.request == request)
        .map(|open| open.duty)
}

#[test]
fn a_worker_sees_what_it_has_to_do() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        assert!(Inference::open_requests(&1).is_empty());
        next_block();
        assert_eq!(
            Inference::open_requests(&1),
            vec![OpenRequest {
                request,
                model: TOLERANT,
                model_version: tolerant_service().version_hash,
                input: InputView::Inline(b"a seven?".to_vec()),
                blend: Blend::DEFAULT,
                worker: key(1),
                duty: WorkerDuty::Commit,
                deadline: now() + COMMIT_TICKS,
            }]
        );
        assert!(Inference::open_requests(&2).is_empty());
    });
}

#[test]
fn a_duty_follows_the_request() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 1));
        next_block();
        let workers = committee(request);
        tolerant(1).commit(workers[0], request);
        tolerant(1).commit(workers[1], request);
        assert_eq!(duty(workers[0], request), Some(WorkerDuty::Committed));
        assert_eq!(duty(workers[2], request), Some(WorkerDuty::Commit));
        run_blocks(COMMIT_TICKS + 1);
        assert_eq!(duty(workers[0], request), Some(WorkerDuty::Reveal));
        assert_eq!(duty(workers[2], request), None);
        assert_ok!(tolerant(1).reveal(workers[0], request));
        assert_eq!(duty(workers[0], request), Some(WorkerDuty::Revealed));
        assert_ok!(tolerant(1).reveal(workers[1], request));
        next_block();
        assert!(workers.iter().all(|who| Inference::open_requests(who).is_empty()));
    });
}

#[test]
fn requests_are_listed_by_id_and_stored_inputs_by_hash() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let stored = Input::Stored(H256::repeat_byte(5));
        assert_ok!(Inference::request(
            signed(CONSUMER),
            EXACT,
            stored,
            Balance::MAX,
            Verification::Single
        ));
        ask(TOLERANT, Verification::Single);
        ask(EXACT, Verification::Single);
        next_block();
        let open = Inference::open_requests(&1);
        assert_eq!(
            open.iter().map(|open| open.request).collect::<Vec<_>>(),
            vec![0, 1, 2]
        );
        assert_eq!(open[0].input, InputView::Stored(H256::repeat_byte(5)));
    });
}

#[test]
fn disputes_see_what_a_worker_revealed_until_it_is_forgotten() {
    use openledger_primitives::traits::{Answers, RevealedAnswer};
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        assert_eq!(Inference::revealed(request, &key(1)), None);
        answer(request, |_| tolerant(1));
        let Said { output, query, .. } = tolerant(1);
        assert_eq!(
            Inference::revealed(request, &key(1)),
            Some(RevealedAnswer {
                output,
                query,
                input: H256(blake2_256(b"a seven?")),
            })
        );
        let other = WorkerKey { epoch: 2, ..key(1) };
        assert_eq!(Inference::revealed(request, &other), None);
        next_block();
        assert_settled(request);
        assert!(Inference::revealed(request, &key(1)).is_some());
        run_blocks(RETENTION_TICKS + 2);
        assert_eq!(Inference::revealed(request, &key(1)), None);
    });
}
