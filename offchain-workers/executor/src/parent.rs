// SPDX-License-Identifier: Apache-2.0
//! The parent's side: starts the child, gives it one job at a time, ends it when it is late, and remembers which model
//! was to blame.

use std::{
    ffi::OsString,
    future::Future,
    io,
    path::PathBuf,
    sync::{
        atomic::{AtomicU64, Ordering},
        Mutex as Shared, OnceLock, PoisonError,
    },
    time::Duration,
};

use openledger_engine::{Limits, ModelId, Schema};
use tokio::sync::{watch, Mutex};

use crate::{
    pipe::{Farewell, Fault, Worker},
    program::{own_name, running_program},
    protocol::{self, Request, Response},
    quarantine::{hex, Quarantine},
    ExecutorError, ProcessLimits, CHILD_ARGUMENT,
};

/// An error of the caller.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How to start the child and what it may use.
#[derive(Clone, Debug)]
pub struct ExecutorConfig {
    /// The program that becomes the child, by absolute path.
    pub program: PathBuf,
    /// What the child is called in lists of processes, in place of `program`.
    pub name: Option<OsString>,
    /// Its arguments.
    pub args: Vec<String>,
    /// Whether tract is held to the reference instruction set ([`REFERENCE_ISA`](crate::REFERENCE_ISA)), for results that others check.
    pub reference_class: bool,
    /// Limits on the process.
    pub process: ProcessLimits,
    /// Limits on models.
    pub limits: Limits,
    /// Cap on a model or a batch on its way to the child or back, in bytes.
    pub max_payload_bytes: u32,
    /// Time to start and set limits.
    pub start_timeout: Duration,
    /// Time to check and plan one model.
    pub load_timeout: Duration,
    /// Time to run one batch.
    pub run_timeout: Duration,
    /// How often a job is run again, in a new child, after something outside killed the one that ran it.
    pub retries_after_kill: u32,
    /// The file of quarantined models; none to forget them at the end of the process.
    pub quarantine: Option<PathBuf>,
}

impl ExecutorConfig {
    /// The defaults for `program`: 1 GiB of memory, 30 s to load, 10 s to run, one retry after a kill, frames of
    /// 128 MiB, no quarantine file.
    pub fn new(program: impl Into<PathBuf>, args: impl IntoIterator<Item = String>) -> Self {
        Self {
            program: program.into(),
            name: None,
            args: args.into_iter().collect(),
            reference_class: false,
            process: ProcessLimits::default(),
            limits: Limits::default(),
            max_payload_bytes: 128 << 20,
            start_timeout: Duration::from_secs(10),
            load_timeout: Duration::from_secs(30),
            run_timeout: Duration::from_secs(10),
            retries_after_kill: 1,
            quarantine: None,
        }
    }

    /// The defaults for the program that is running, started again with [`CHILD_ARGUMENT`], also after its file was
    /// replaced. Its `main` must begin with [`crate::run_child_if_asked`].
    ///
    /// # Errors
    /// When the system does not tell the path of the running program.
    pub fn this_program() -> io::Result<Self> {
        Ok(Self {
            name: Some(own_name()),
            ..Self::new(running_program()?, [CHILD_ARGUMENT.to_owned()])
        })
    }
}

/// One batch for one model.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// BLAKE2b-256 of the model's bytes.
    pub model: ModelId,
    /// Its agreed interface.
    pub schema: Schema,
    /// `f32 [rows, input]`, row by row.
    pub input: &'a [f32],
    /// Rows; 1 where the result will be compared with someone else's.
    pub rows: usize,
}

/// What a visit to the child gave.
enum Visit {
    /// `f32 [rows, output]`.
    Output(Vec<f32>),
    /// The child does not have the model.
    NotLoaded,
    /// Something outside killed the child, which is forgiven; the exit status in words.
    Killed(String),
}

/// A child process and the jobs for it, one at a time. Share it by reference or `Arc`; callers wait for each other.
#[derive(Debug)]
pub struct Executor {
    config: ExecutorConfig,
    slot: Mutex<Option<Worker>>,
    quarantine: Shared<Quarantine>,
    busy: watch::Sender<Option<ModelId>>,
    pid: watch::Sender<Option<u32>>,
    starts: AtomicU64,
    instruction_set: OnceLock<String>,
}

impl Executor {
    /// Reads the quarantine file and starts the child.
    ///
    /// # Errors
    /// [`ExecutorError::QuarantineFile`], [`ExecutorError::Start`].
    pub async fn spawn(config: ExecutorConfig) -> Result<Self, ExecutorError> {
        let quarantine = Quarantine::open(config.quarantine.clone())?;
        let executor = Self {
            config,
            slot: Mutex::new(None),
            quarantine: Shared::new(quarantine),
            busy: watch::Sender::new(None),
            pid: watch::Sender::new(None),
            starts: AtomicU64::new(0),
            instruction_set: OnceLock::new(),
        };
        let worker = executor.start().await?;
        *executor.slot.lock().await = Some(worker);
        Ok(executor)
    }

    /// Runs `job` and returns `f32 [rows, output]`, row by row. `bytes` is asked for the model only when the child does
    /// not have it; meanwhile other jobs go on.
    ///
    /// A job that is dropped before its end takes the child with it, and nobody is blamed. A child that something
    /// outside killed (an operator, the kernel when the machine has no memory left) is replaced and the job is run
    /// again, [`ExecutorConfig::retries_after_kill`] times.
    ///
    /// # Errors
    /// Every variant of [`ExecutorError`]. After [`ExecutorError::TimedOut`], [`ExecutorError::ChildDied`] and
    /// [`ExecutorError::Protocol`] the model is quarantined and the next job gets a new child.
    pub async fn run<B, F, Fut>(&self, job: Job<'_>, bytes: F) -> Result<Vec<f32>, ExecutorError>
    where
        B: AsRef<[u8]>,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<B, BoxError>>,
    {
        self.refuse_quarantined(&job.model)?;
        let input = protocol::to_bytes(job.input);
        self.check_frame(input.len() as u64)?;
        let mut source = Some(bytes);
        let mut bytes: Option<B> = None;
        let mut retries = self.config.retries_after_kill;
        loop {
            let given = bytes.as_ref().map(AsRef::as_ref);
            match self.attempt(&job, &input, given, retries > 0).await? {
                Visit::Output(output) => return Ok(output),
                Visit::NotLoaded => {
                    let source = source.take().ok_or_else(|| ExecutorError::Protocol {
                        model: hex(&job.model),
                        reason: "a model is missing right after it was loaded".into(),
                    })?;
                    let found = source().await.map_err(|source| ExecutorError::Bytes {
                        model: hex(&job.model),
                        source,
                    })?;
                    self.check_frame(found.as_ref().len() as u64)?;
                    bytes = Some(found);
                }
                Visit::Killed(status) => {
                    retries = retries.saturating_sub(1);
                    let model = hex(&job.model);
                    tracing::warn!(target: "executor", model, status, "the child was killed; running its job again");
                }
            }
        }
    }

    /// What tract may use of the processor in the child, for example `x86_64` in the reference class.
    pub fn instruction_set(&self) -> &str {
        self.instruction_set.get().map_or("", String::as_str)
    }

    /// The model whose job is in the child now. Do not hold a borrow of the value: the executor waits for it.
    pub fn busy(&self) -> watch::Receiver<Option<ModelId>> {
        self.busy.subscribe()
    }

    /// The process id of the child, while there is one.
    pub fn child_pid(&self) -> Option<u32> {
        *self.pid.borrow()
    }

    /// How many children were started so far.
    pub fn starts(&self) -> u64 {
        self.starts.load(Ordering::Relaxed)
    }

    /// The quarantined models (hexadecimal) and what each did.
    pub fn quarantined(&self) -> Vec<(String, String)> {
        self.lock_quarantine().list()
    }

    /// What `model` did, if it is quarantined.
    pub fn quarantine_of(&self, model: &ModelId) -> Option<String> {
        self.lock_quarantine().reason(model).map(str::to_owned)
    }

    /// Takes a model out of the quarantine; says whether it was in it.
    ///
    /// # Errors
    /// [`ExecutorError::QuarantineFile`].
    pub fn pardon(&self, model: &ModelId) -> Result<bool, ExecutorError> {
        self.lock_quarantine().remove(model)
    }

    /// One visit to the child: loads the model if its bytes are given, then runs the job. Whether a kill from outside
    /// is forgiven is for the caller to say.
    async fn attempt(
        &self,
        job: &Job<'_>,
        input: &[u8],
        bytes: Option<&[u8]>,
        forgive: bool,
    ) -> Result<Visit, ExecutorError> {
        let mut slot = self.slot.lock().await;
        // The job before this one may have been of the same model.
        self.refuse_quarantined(&job.model)?;
        // A child that ended between jobs is nobody's fault.
        let mut worker = match slot.take().and_then(Worker::if_alive) {
            Some(worker) => worker,
            None => self.start().await?,
        };
        let busy = Busy::mark(&self.busy, job.model);
        let outcome = self.converse(&mut worker, job, input, bytes).await;
        drop(busy);
        match outcome {
            Ok(answer) => {
                *slot = Some(worker);
                answer
            }
            Err(fault) => {
                let farewell = worker.end(matches!(fault, Fault::Died)).await;
                if forgive && farewell.from_outside {
                    return Ok(Visit::Killed(farewell.status));
                }
                Err(self.blame(&job.model, fault, farewell))
            }
        }
    }

    /// The outer result is the child's health, the inner one its answer.
    async fn converse(
        &self,
        worker: &mut Worker,
        job: &Job<'_>,
        input: &[u8],
        bytes: Option<&[u8]>,
    ) -> Result<Result<Visit, ExecutorError>, Fault> {
        let Job {
            model, schema, rows, ..
        } = *job;
        let cap = self.config.max_payload_bytes;
        if let Some(bytes) = bytes {
            let request = Request::Load {
                model,
                schema,
                limits: self.config.limits.clone(),
            };
            let (response, _) = worker
                .ask("loading", self.config.load_timeout, &request, bytes, cap)
                .await?;
            match response {
                Response::Loaded => {}
                Response::Refused(error) => return Ok(Err(error.into())),
                Response::WrongBytes { found } => {
                    return Ok(Err(ExecutorError::WrongBytes {
                        model: hex(&model),
                        found: hex(&found),
                    }))
                }
                other => return Err(Fault::unexpected(&other)),
            }
        }
        let request = Request::Run { model, schema, rows };
        let (response, payload) = worker
            .ask("running", self.config.run_timeout, &request, input, cap)
            .await?;
        match response {
            Response::Output => check_output(job, &payload).map(|output| Ok(Visit::Output(output))),
            Response::NotLoaded => Ok(Ok(Visit::NotLoaded)),
            Response::Refused(error) => Ok(Err(error.into())),
            other => Err(Fault::unexpected(&other)),
        }
    }

    async fn start(&self) -> Result<Worker, ExecutorError> {
        let failed = |reason: String| ExecutorError::Start {
            program: self.config.program.clone(),
            reason,
        };
        let spawned = Worker::spawn(&self.config, self.pid.clone());
        let mut worker = spawned.map_err(|error| failed(error.to_string()))?;
        self.starts.fetch_add(1, Ordering::Relaxed);
        let request = Request::Start {
            process: self.config.process.clone(),
            max_payload_bytes: self.config.max_payload_bytes,
        };
        let reason = match worker
            .ask("starting", self.config.start_timeout, &request, &[], 0)
            .await
        {
            Ok((Response::Ready { instruction_set }, _)) => {
                let _ = self.instruction_set.set(instruction_set);
                return Ok(worker);
            }
            Ok((other, _)) => Fault::unexpected(&other).to_string(),
            Err(fault) => fault.to_string(),
        };
        let farewell = worker.end(false).await;
        Err(failed(format!(
            "{reason} ({}) {}",
            farewell.status, farewell.words
        )))
    }

    fn blame(&self, model: &ModelId, fault: Fault, farewell: Farewell) -> ExecutorError {
        let name = hex(model);
        let error = match fault {
            Fault::Late { stage, after } => ExecutorError::TimedOut {
                model: name,
                stage,
                after,
            },
            Fault::Died => ExecutorError::ChildDied {
                model: name,
                status: farewell.status,
                words: farewell.words,
            },
            Fault::Broken(reason) => ExecutorError::Protocol { model: name, reason },
        };
        tracing::warn!(target: "executor", %error, "model quarantined");
        if let Err(error) = self.lock_quarantine().add(model, &error.to_string()) {
            tracing::error!(target: "executor", %error, "the quarantine holds only until the end of this process");
        }
        error
    }

    fn refuse_quarantined(&self, model: &ModelId) -> Result<(), ExecutorError> {
        match self.lock_quarantine().reason(model) {
            Some(reason) => Err(ExecutorError::Quarantined {
                model: hex(model),
                reason: reason.to_owned(),
            }),
            None => Ok(()),
        }
    }

    fn check_frame(&self, size: u64) -> Result<(), ExecutorError> {
        let limit = u64::from(self.config.max_payload_bytes);
        if size > limit {
            return Err(ExecutorError::FrameTooLarge { size, limit });
        }
        Ok(())
    }

    fn lock_quarantine(&self) -> std::sync::MutexGuard<'_, Quarantine> {
        self.quarantine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The child is not trusted with the shape of what it returns.
fn check_output(job: &Job<'_>, payload: &[u8]) -> Result<Vec<f32>, Fault> {
    let expected = job.rows.checked_mul(job.schema.output);
    match protocol::to_numbers(payload) {
        Some(output) if Some(output.len()) == expected && output.iter().all(|n| n.is_finite()) => Ok(output),
        _ => Err(Fault::Broken("the result has not the agreed shape".into())),
    }
}

/// Shows the model in [`Executor::busy`] until it is dropped.
struct Busy<'a>(&'a watch::Sender<Option<ModelId>>);

impl<'a> Busy<'a> {
    fn mark(busy: &'a watch::Sender<Option<ModelId>>, model: ModelId) -> Self {
        busy.send_replace(Some(model));
        Self(busy)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.send_replace(None);
    }
}
