// SPDX-License-Identifier: Apache-2.0
//! Every state a job can be in when the worker dies, and what the next start makes of it.

use super::*;
use openledger_primitives::{
    apis::InputView,
    attestation::WorkerKey,
    report::{Blend, Evidence},
};
use tempfile::TempDir;

const GENESIS: H256 = H256([7; 32]);

fn open(request: RequestId, duty: WorkerDuty) -> OpenRequest<AccountId32> {
    OpenRequest {
        request,
        model: 3,
        model_version: H256([9; 32]),
        input: InputView::Inline(vec![1, 2, 3]),
        blend: Blend::DEFAULT,
        worker: WorkerKey {
            account: AccountId32::new([5; 32]),
            epoch: 1,
        },
        duty,
        deadline: 100,
    }
}

fn answer(salt: u8) -> Answer {
    Answer {
        output: vec![1, 0, 0, 0],
        query: vec![4, -4],
        entries: vec![ReportEntry {
            datanet: 0,
            contribution: 2,
            weight: 1_000_000_000,
            score: 4,
            evidence: Evidence::Influence,
        }],
        salt: [salt; 32],
    }
}

/// A worker that can be killed: everything but the folder is dropped.
struct Worker {
    folder: TempDir,
    jobs: Jobs,
}

impl Worker {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let jobs = Jobs::open(folder.path()).unwrap();
        Self { folder, jobs }
    }

    fn kill(&mut self) {
        self.jobs = Jobs::open(self.folder.path()).unwrap();
    }

    fn next(&mut self, duty: WorkerDuty) -> Action {
        self.jobs.next(GENESIS, &open(1, duty)).unwrap()
    }

    fn state(&self) -> State {
        self.jobs.jobs[&(1, 1)].state.clone()
    }
}

#[test]
fn a_worker_killed_between_any_two_steps_reveals_exactly_what_it_committed() {
    for kill_after in 0..6 {
        let mut worker = Worker::start();
        let mut step = 0;
        let mut tick = |worker: &mut Worker| {
            if step == kill_after {
                worker.kill();
            }
            step += 1;
        };
        assert_eq!(worker.next(WorkerDuty::Commit), Action::Compute);
        tick(&mut worker);
        if worker.jobs.computing() == 0 {
            // the answer died with the worker: it is asked for again
            assert_eq!(worker.next(WorkerDuty::Commit), Action::Compute);
        }
        worker.jobs.computed((1, 1), answer(1)).unwrap();
        tick(&mut worker);
        let Action::Commit(first) = worker.next(WorkerDuty::Commit) else {
            panic!("a computed answer must be committed")
        };
        tick(&mut worker);
        // the chain has not seen it yet: the same commitment again
        assert_eq!(worker.next(WorkerDuty::Commit), Action::Commit(first));
        tick(&mut worker);
        assert_eq!(worker.next(WorkerDuty::Committed), Action::Wait);
        tick(&mut worker);
        let Action::Reveal(revealed) = worker.next(WorkerDuty::Reveal) else {
            panic!("a committed answer must be revealed")
        };
        assert_eq!(
            commitment_of(GENESIS, &open(1, WorkerDuty::Reveal), &revealed),
            first
        );
        tick(&mut worker);
        assert_eq!(
            worker.next(WorkerDuty::Reveal),
            Action::Reveal(revealed),
            "kill {kill_after}"
        );
        assert_eq!(worker.next(WorkerDuty::Revealed), Action::Wait);
        assert_eq!(worker.jobs.retain(&BTreeSet::new()).unwrap(), 1);
        assert_eq!(std::fs::read_dir(worker.folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_second_answer_never_replaces_the_one_that_was_kept() {
    let mut worker = Worker::start();
    worker.next(WorkerDuty::Commit);
    worker.jobs.computed((1, 1), answer(1)).unwrap();
    worker.next(WorkerDuty::Commit);
    worker.jobs.computed((1, 1), answer(2)).unwrap();
    assert_eq!(worker.state(), State::CommitSent(answer(1)));
}

#[test]
fn a_job_is_computed_once_at_a_time() {
    let mut worker = Worker::start();
    assert_eq!(worker.next(WorkerDuty::Commit), Action::Compute);
    assert_eq!(worker.next(WorkerDuty::Commit), Action::Wait);
}

#[test]
fn a_job_that_killed_the_executor_is_never_tried_again() {
    let mut worker = Worker::start();
    worker.next(WorkerDuty::Commit);
    worker
        .jobs
        .stopped((1, 1), Stop::Killed("signal 9".into()))
        .unwrap();
    worker.kill();
    assert_eq!(worker.next(WorkerDuty::Commit), Action::Wait);
    assert_eq!(worker.state(), State::Quarantined("signal 9".into()));
}

#[test]
fn a_job_during_which_the_worker_died_twice_is_quarantined() {
    let mut worker = Worker::start();
    for _ in 0..MAX_COMPUTE_ATTEMPTS {
        assert_eq!(worker.next(WorkerDuty::Commit), Action::Compute);
        worker.kill();
    }
    assert_eq!(worker.next(WorkerDuty::Commit), Action::Wait);
    assert!(matches!(worker.state(), State::Quarantined(_)));
}

#[test]
fn what_was_unavailable_is_tried_at_every_block() {
    let mut worker = Worker::start();
    for _ in 0..5 {
        assert_eq!(worker.next(WorkerDuty::Commit), Action::Compute);
        worker
            .jobs
            .stopped((1, 1), Stop::Unavailable("no such blob".into()))
            .unwrap();
    }
}

#[test]
fn an_impossible_job_fails_for_good() {
    let mut worker = Worker::start();
    worker.next(WorkerDuty::Commit);
    worker
        .jobs
        .stopped((1, 1), Stop::Invalid("NaN in the output".into()))
        .unwrap();
    worker.kill();
    assert_eq!(worker.next(WorkerDuty::Commit), Action::Wait);
}

#[test]
fn a_reveal_without_its_salt_is_lost_and_not_invented() {
    let mut worker = Worker::start();
    assert_eq!(worker.next(WorkerDuty::Reveal), Action::Wait);
    assert_eq!(worker.state(), State::Lost);
    assert_eq!(worker.next(WorkerDuty::Reveal), Action::Wait);
}

#[test]
fn a_commitment_that_the_chain_keeps_refusing_is_given_up() {
    let mut worker = Worker::start();
    worker.next(WorkerDuty::Commit);
    worker.jobs.computed((1, 1), answer(1)).unwrap();
    for _ in 0..MAX_REFUSALS {
        assert!(matches!(worker.next(WorkerDuty::Commit), Action::Commit(_)));
        worker.jobs.refused((1, 1), "DeadlinePassed").unwrap();
    }
    assert_eq!(worker.next(WorkerDuty::Commit), Action::Wait);
    assert!(matches!(worker.state(), State::Failed(_)));
}

#[test]
fn a_request_of_the_same_number_on_a_reset_chain_is_another_job() {
    let mut worker = Worker::start();
    worker.next(WorkerDuty::Commit);
    worker.jobs.computed((1, 1), answer(1)).unwrap();
    let mut other = open(1, WorkerDuty::Commit);
    other.input = InputView::Inline(vec![9]);
    assert_eq!(worker.jobs.next(GENESIS, &other).unwrap(), Action::Compute);
}

#[test]
fn a_later_registration_does_not_see_the_jobs_of_an_earlier_one() {
    let mut worker = Worker::start();
    worker.next(WorkerDuty::Commit);
    worker.jobs.computed((1, 1), answer(1)).unwrap();
    let mut later = open(1, WorkerDuty::Commit);
    later.worker.epoch = 2;
    assert_eq!(worker.jobs.next(GENESIS, &later).unwrap(), Action::Compute);
}

#[test]
fn a_damaged_file_is_set_aside_and_does_not_stop_the_worker() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("1-1.job"), [255; 3]).unwrap();
    let jobs = Jobs::open(folder.path()).unwrap();
    assert_eq!(jobs.iter().count(), 0);
    assert!(folder.path().join("1-1.damaged").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named_in_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = Jobs::open(&file.join("jobs")).unwrap_err();
    assert!(error.to_string().contains("file"));
}
