// SPDX-License-Identifier: Apache-2.0
//! A running child behind its pipes: one question, one answer, and its end.

use std::{
    io,
    os::unix::process::ExitStatusExt,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex as Shared, PoisonError},
    time::Duration,
};

use nix::sys::signal::Signal;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

use crate::{
    protocol::{self, FrameError, Request, Response},
    ExecutorConfig, REFERENCE_ISA,
};

/// How long a killed child may take to be gone.
const FAREWELL: Duration = Duration::from_secs(5);
/// How much of the child's last output to its standard error is kept, in bytes.
const LAST_WORDS_BYTES: usize = 1024;

/// What ended a conversation with the child.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// It took too long.
    #[error("{stage} took longer than {after:?}")]
    Late { stage: &'static str, after: Duration },
    /// Its pipe closed.
    #[error("the child ended")]
    Died,
    /// It did not keep to the protocol.
    #[error("{0}")]
    Broken(String),
}

impl Fault {
    /// An answer that does not fit the question.
    pub fn unexpected(response: &Response) -> Self {
        let name = match response {
            Response::Ready { .. } => "Ready",
            Response::Loaded => "Loaded",
            Response::NotLoaded => "NotLoaded",
            Response::Output => "Output",
            Response::Refused(_) => "Refused",
            Response::WrongBytes { .. } => "WrongBytes",
        };
        Self::Broken(format!("`{name}` came out of turn"))
    }
}

impl From<FrameError> for Fault {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Pipe(_) => Self::Died,
            error => Self::Broken(error.to_string()),
        }
    }
}

/// How a child ended.
pub(crate) struct Farewell {
    /// Its exit status in words.
    pub status: String,
    /// It left by a signal that somebody else sent.
    pub from_outside: bool,
    /// The end of its standard error.
    pub words: String,
}

/// A running child. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Worker {
    process: Child,
    input: ChildStdin,
    output: ChildStdout,
    words: Arc<Shared<Vec<u8>>>,
    listener: JoinHandle<()>,
    /// Where the process id is shown while the child is there.
    pid: watch::Sender<Option<u32>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.pid.send_replace(None);
    }
}

impl Worker {
    /// Starts the program with an empty environment and pipes on its three standard files.
    pub fn spawn(config: &ExecutorConfig, pid: watch::Sender<Option<u32>>) -> io::Result<Self> {
        let mut command = Command::new(&config.program);
        if let Some(name) = &config.name {
            command.arg0(name);
        }
        // In a group of its own: a terminal that interrupts the service does not interrupt the job.
        command
            .args(&config.args)
            .env_clear()
            .process_group(0)
            .kill_on_drop(true);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if config.reference_class && !REFERENCE_ISA.is_empty() {
            command.env("TRACT_CPU_ISA", REFERENCE_ISA);
        }
        let mut process = command.spawn()?;
        let missing = || io::Error::other("a pipe of the child is missing");
        let input = process.stdin.take().ok_or_else(missing)?;
        let output = process.stdout.take().ok_or_else(missing)?;
        let errors = process.stderr.take().ok_or_else(missing)?;
        let words = Arc::new(Shared::new(Vec::new()));
        let listener = tokio::spawn(listen(errors, words.clone()));
        pid.send_replace(process.id());
        Ok(Self {
            process,
            input,
            output,
            words,
            listener,
            pid,
        })
    }

    /// The child, unless it has ended.
    pub fn if_alive(mut self) -> Option<Self> {
        matches!(self.process.try_wait(), Ok(None)).then_some(self)
    }

    /// Sends one request and waits for its answer, both within `limit`.
    pub async fn ask(
        &mut self,
        stage: &'static str,
        limit: Duration,
        request: &Request,
        payload: &[u8],
        cap: u32,
    ) -> Result<(Response, Vec<u8>), Fault> {
        let exchange = async {
            protocol::send(&mut self.input, request, payload, cap).await?;
            protocol::receive(&mut self.output, cap).await
        };
        match timeout(limit, exchange).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Fault::Late { stage, after: limit }),
        }
    }

    /// Ends the child and waits until it is gone; a child whose pipe closed is first given the chance to go by itself,
    /// so that its own exit status is seen.
    pub async fn end(mut self, leaving: bool) -> Farewell {
        let own = match leaving {
            true => timeout(FAREWELL, self.process.wait()).await.ok(),
            false => None,
        };
        let from_outside = matches!(&own, Some(Ok(status)) if sent_by_others(status));
        let status = match own {
            Some(status) => Some(status),
            None => {
                let _ = self.process.start_kill();
                timeout(FAREWELL, self.process.wait()).await.ok()
            }
        };
        // Its standard error closes with it; wait for the last lines.
        let _ = timeout(FAREWELL, &mut self.listener).await;
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        Farewell {
            status: match status {
                Some(Ok(status)) => status.to_string(),
                Some(Err(error)) => error.to_string(),
                None => "it does not go away".into(),
            },
            from_outside,
            words: String::from_utf8_lossy(&words).trim().to_owned(),
        }
    }
}

/// Whether a process was ended by an operator, a supervisor or the kernel's guard of the machine's memory. What a model
/// does wrong ends the child by another signal (SIGABRT, SIGSEGV, SIGXCPU …) or with an exit code; a model that fills
/// the machine's memory is told by being killed again.
fn sent_by_others(status: &ExitStatus) -> bool {
    let signal = status.signal().and_then(|number| Signal::try_from(number).ok());
    matches!(
        signal,
        Some(Signal::SIGKILL | Signal::SIGTERM | Signal::SIGINT | Signal::SIGHUP | Signal::SIGQUIT)
    )
}

/// Logs what the child writes to its standard error and keeps the end of it.
async fn listen(mut errors: impl AsyncRead + Unpin, words: Arc<Shared<Vec<u8>>>) {
    let mut chunk = [0; 1024];
    while let Ok(length @ 1..) = errors.read(&mut chunk).await {
        let text = String::from_utf8_lossy(&chunk[..length]);
        tracing::debug!(target: "executor", text = text.trim_end(), "child");
        let mut kept = words.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&chunk[..length]);
        let excess = kept.len().saturating_sub(LAST_WORDS_BYTES);
        kept.drain(..excess);
    }
}
