// SPDX-License-Identifier: Apache-2.0
//! What this worker owes for each request it was drawn for, on disk before it is acted on.
//!
//! | on disk | chain says | next | written first |
//! | --- | --- | --- | --- |
//! | nothing | `Commit` | compute | `Seen`, one attempt more |
//! | `Seen` | `Commit` | compute again, once | one attempt more |
//! | `Computed`, `CommitSent` | `Commit` | send the commitment | `CommitSent` |
//! | `Computed`, `CommitSent`, `RevealSent` | `Reveal` | send the reveal | `RevealSent` |
//! | nothing, `Seen` | `Reveal` | nothing: the salt is gone | `Lost` |
//! | any | `Committed`, `Revealed` | wait | nothing |
//! | any | not open | forget | the file is removed |
//! | `Quarantined`, `Failed`, `Lost` | any | nothing; the chain's timeouts settle or refund | nothing |
//!
//! A job belongs to one request in one registration of the worker, and remembers a hash of what was asked: after the
//! chain was reset, a request of the same number is another job.

use crate::files;
use codec::{Decode, Encode};
use openledger_primitives::{
    apis::{OpenRequest, WorkerDuty},
    attestation::{commitment, Domain},
    report::ReportEntry,
    RequestId,
};
use sp_core::{crypto::AccountId32, H256};
use sp_crypto_hashing::blake2_256;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// How often one job is computed: a crash of the worker itself is forgiven once, a killed executor never.
pub const MAX_COMPUTE_ATTEMPTS: u8 = 2;
/// How often a commitment or a reveal is sent again after the chain refused it.
pub const MAX_REFUSALS: u8 = 3;

/// Everything a reveal carries.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Answer {
    /// The output's bytes.
    pub output: Vec<u8>,
    /// The query vector; empty for a model without attribution.
    pub query: Vec<i16>,
    /// The report.
    pub entries: Vec<ReportEntry>,
    /// Makes the commitment unguessable.
    pub salt: [u8; 32],
}

/// How far a job got.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum State {
    /// It is known, and may be computing.
    Seen,
    /// The answer is there; nothing was sent.
    Computed(Answer),
    /// The commitment may have been sent.
    CommitSent(Answer),
    /// The reveal may have been sent.
    RevealSent(Answer),
    /// It killed the executor, or was computing each time the worker died.
    Quarantined(String),
    /// It cannot be answered.
    Failed(String),
    /// The chain has a commitment whose salt this worker does not have.
    Lost,
}

/// A job: one request in one registration of the worker.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Job {
    /// The request.
    pub request: RequestId,
    /// The worker's registration.
    pub epoch: u32,
    /// Hash of what was asked.
    pub fingerprint: H256,
    /// How often it was computed.
    pub attempts: u8,
    /// How often the chain refused a commitment or reveal.
    pub refusals: u8,
    /// How far it got.
    pub state: State,
}

/// A job's name.
pub type JobKey = (RequestId, u32);

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Compute the answer and report it by [`Jobs::computed`] or [`Jobs::stopped`].
    Compute,
    /// Send this commitment.
    Commit(H256),
    /// Send this reveal.
    Reveal(Answer),
    /// Nothing, now.
    Wait,
}

/// Why a computation ended without an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The executor died or had to be killed.
    Killed(String),
    /// The model or the input is at fault: trying again would end the same way.
    Invalid(String),
    /// Something was not there yet; try again at the next block.
    Unavailable(String),
}

/// Why a job could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// The disk failed.
    #[error("cannot {action} `{path}`; check the disk and the permissions of the base path")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },
}

/// The jobs of one worker on one chain, one file each.
#[derive(Debug)]
pub struct Jobs {
    folder: PathBuf,
    jobs: BTreeMap<JobKey, Job>,
    computing: BTreeSet<JobKey>,
}

impl Jobs {
    /// Opens the jobs in `folder`, making it if need be. A file that cannot be read is moved aside: its job counts as
    /// lost if the chain still waits for its reveal.
    pub fn open(folder: &Path) -> Result<Self, JobsError> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| JobsError::Io { action, path, source }
        };
        fs::create_dir_all(folder).map_err(failed("make", folder))?;
        let mut jobs = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(failed("list", folder))? {
            let path = entry.map_err(failed("list", folder))?.path();
            if path.extension().is_none_or(|extension| extension != "job") {
                continue;
            }
            let bytes = fs::read(&path).map_err(failed("read", &path))?;
            match Job::decode(&mut &bytes[..]) {
                Ok(job) => {
                    jobs.insert((job.request, job.epoch), job);
                }
                Err(error) => {
                    tracing::error!(target: "jobs", path = %path.display(), %error, "set a damaged job aside");
                    let aside = path.with_extension("damaged");
                    fs::rename(&path, &aside).map_err(failed("rename", &path))?;
                }
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            jobs,
            computing: BTreeSet::new(),
        })
    }

    /// What to do for `open`. The new state is on disk when this returns.
    pub fn next(&mut self, genesis: H256, open: &OpenRequest<AccountId32>) -> Result<Action, JobsError> {
        let key = (open.request, open.worker.epoch);
        if self.computing.contains(&key) {
            return Ok(Action::Wait);
        }
        let mut job = self.job(key, fingerprint(genesis, open));
        let action = match (open.duty, &job.state) {
            (WorkerDuty::Commit, State::Seen) if job.attempts >= MAX_COMPUTE_ATTEMPTS => {
                job.state = State::Quarantined("the worker died each time it computed this".into());
                Action::Wait
            }
            (WorkerDuty::Commit, State::Seen) => {
                job.attempts = job.attempts.saturating_add(1);
                Action::Compute
            }
            (
                WorkerDuty::Commit,
                State::Computed(answer) | State::CommitSent(answer) | State::RevealSent(answer),
            ) => {
                let hash = commitment_of(genesis, open, answer);
                job.state = State::CommitSent(answer.clone());
                Action::Commit(hash)
            }
            (
                WorkerDuty::Reveal,
                State::Computed(answer) | State::CommitSent(answer) | State::RevealSent(answer),
            ) => {
                let answer = answer.clone();
                job.state = State::RevealSent(answer.clone());
                Action::Reveal(answer)
            }
            (WorkerDuty::Reveal | WorkerDuty::Committed, State::Seen) => {
                tracing::error!(target: "jobs", request = open.request, "the chain has a commitment of ours, but its salt is gone");
                job.state = State::Lost;
                Action::Wait
            }
            _ => Action::Wait,
        };
        if action == Action::Compute {
            self.computing.insert(key);
        }
        self.keep(job)?;
        Ok(action)
    }

    /// Keeps an answer. It is on disk when this returns.
    pub fn computed(&mut self, key: JobKey, answer: Answer) -> Result<(), JobsError> {
        self.computing.remove(&key);
        match self.jobs.get(&key) {
            Some(job) if job.state == State::Seen => {
                let job = Job {
                    state: State::Computed(answer),
                    ..job.clone()
                };
                self.keep(job)
            }
            // it is no longer open, or it was answered before
            _ => Ok(()),
        }
    }

    /// Notes that a computation ended without an answer.
    pub fn stopped(&mut self, key: JobKey, stop: Stop) -> Result<(), JobsError> {
        self.computing.remove(&key);
        let Some(mut job) = self.jobs.get(&key).cloned() else {
            return Ok(());
        };
        match stop {
            Stop::Killed(why) => job.state = State::Quarantined(why),
            Stop::Invalid(why) => job.state = State::Failed(why),
            Stop::Unavailable(_) => job.attempts = job.attempts.saturating_sub(1),
        }
        self.keep(job)
    }

    /// Notes that the chain refused a commitment or reveal of ours. After [`MAX_REFUSALS`] the job is given up, so
    /// that it cannot burn fees for ever.
    pub fn refused(&mut self, key: JobKey, why: &str) -> Result<(), JobsError> {
        let Some(mut job) = self.jobs.get(&key).cloned() else {
            return Ok(());
        };
        job.refusals = job.refusals.saturating_add(1);
        if job.refusals >= MAX_REFUSALS {
            job.state = State::Failed(format!("refused {} times: {why}", job.refusals));
        }
        self.keep(job)
    }

    /// Forgets the jobs whose requests are not in `open`: they are settled or refunded. Returns how many.
    pub fn retain(&mut self, open: &BTreeSet<JobKey>) -> Result<usize, JobsError> {
        let closed: Vec<JobKey> = self
            .jobs
            .keys()
            .filter(|key| !open.contains(key) && !self.computing.contains(key))
            .copied()
            .collect();
        for key in &closed {
            let path = self.path(*key);
            files::remove(&path).map_err(|source| JobsError::Io {
                action: "remove",
                path,
                source,
            })?;
            self.jobs.remove(key);
        }
        Ok(closed.len())
    }

    /// The jobs by name.
    pub fn iter(&self) -> impl Iterator<Item = (&JobKey, &Job)> {
        self.jobs.iter()
    }

    /// Jobs that are computing now.
    pub fn computing(&self) -> usize {
        self.computing.len()
    }

    fn job(&self, key: JobKey, fingerprint: H256) -> Job {
        match self.jobs.get(&key) {
            Some(job) if job.fingerprint == fingerprint => job.clone(),
            _ => Job {
                request: key.0,
                epoch: key.1,
                fingerprint,
                attempts: 0,
                refusals: 0,
                state: State::Seen,
            },
        }
    }

    fn keep(&mut self, job: Job) -> Result<(), JobsError> {
        let key = (job.request, job.epoch);
        if self.jobs.get(&key) == Some(&job) {
            return Ok(());
        }
        let path = self.path(key);
        files::replace(&path, &job.encode()).map_err(|source| JobsError::Io {
            action: "write",
            path,
            source,
        })?;
        self.jobs.insert(key, job);
        Ok(())
    }

    fn path(&self, (request, epoch): JobKey) -> PathBuf {
        self.folder.join(format!("{request}-{epoch}.job"))
    }
}

/// The commitment to `answer` in the domain of `open`.
pub fn commitment_of(genesis: H256, open: &OpenRequest<AccountId32>, answer: &Answer) -> H256 {
    let domain = Domain {
        genesis,
        request: open.request,
        model_version: open.model_version,
        worker: open.worker.clone(),
    };
    commitment(
        &domain,
        &answer.output,
        &answer.query,
        &answer.entries,
        &answer.salt,
    )
}

fn fingerprint(genesis: H256, open: &OpenRequest<AccountId32>) -> H256 {
    let asked = (
        genesis,
        open.request,
        open.model,
        open.model_version,
        &open.input,
        &open.worker,
    );
    H256(blake2_256(&asked.encode()))
}

#[cfg(test)]
#[path = "jobs_tests.rs"]
mod tests;
