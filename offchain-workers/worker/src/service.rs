// SPDX-License-Identifier: Apache-2.0
//! The whole worker, as a task that a program or the node runs.

use crate::{
    artifacts::Artifacts,
    chain::{Capabilities, Chain, ChainError, Client, ConnectError, Connection, Signer},
    challenges::Defender,
    compute::Computer,
    driver::Driver,
    duties::Duties,
    hosting::Hosting,
    jobs::{Jobs, JobsError},
    metrics::Metrics,
    registration::Registrar,
    rows::author::Advocate,
    transactions::{Rules, Transactions},
};
use futures::{stream::BoxStream, StreamExt};
use openledger_blobs::{BlobError, Blobs};
use openledger_executor::{Executor, ExecutorConfig, ExecutorError};
use openledger_primitives::money::Balance;
use std::{
    fs::{self, File, TryLockError},
    future::Future,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use substrate_prometheus_endpoint::PrometheusError;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Pause before a lost subscription is opened again.
const RESUBSCRIBE: Duration = Duration::from_millis(500);
/// How long a connection may take to come up before it is mentioned again.
const CONNECT_REMINDER: Duration = Duration::from_secs(10);

/// What a worker needs to know.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// WebSocket RPC of a node.
    pub url: String,
    /// The worker's key.
    pub signer: Signer,
    /// Folder for jobs, transactions and fetched artifacts.
    pub base_path: PathBuf,
    /// Store of artifacts; none for a folder under the base path.
    pub blobs: Option<String>,
    /// Register with this bond, planck, if the account is not registered.
    pub bond: Option<Balance>,
    /// The models to host.
    pub hosting: Hosting,
    /// Answers computed at a time.
    pub parallel: usize,
    /// Hold the engine to the instruction set of arbitration.
    pub reference_class: bool,
    /// The program that becomes the executor child; none for the running program, whose `main` must then begin with
    /// `openledger_executor::run_child_if_asked`.
    pub executor: Option<PathBuf>,
    /// The figures to keep; none for figures that nobody sees. A worker that is started again goes on with them.
    pub metrics: Option<Metrics>,
}

impl WorkerConfig {
    /// A worker that signs by `signer`, with everything else at its default.
    pub fn new(url: impl Into<String>, signer: Signer, base_path: impl Into<PathBuf>) -> Self {
        Self {
            url: url.into(),
            signer,
            base_path: base_path.into(),
            blobs: None,
            bond: None,
            hosting: Hosting::Listed(Vec::new()),
            parallel: 2,
            reference_class: false,
            executor: None,
            metrics: None,
        }
    }
}

/// Why a worker could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// No node.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The node does not answer as expected.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The disk fails.
    #[error(transparent)]
    Jobs(#[from] JobsError),
    /// The artifact store fails.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The executor cannot be started.
    #[error(transparent)]
    Executor(#[from] ExecutorError),
    /// The base path cannot be used.
    #[error("cannot use `{path}`; check that it is a folder that the worker may write")]
    BasePath {
        /// The folder or file.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },
    /// Two workers with one account would race for nonces.
    #[error("another worker runs with this account in `{0}`; stop it, or give this one another base path and account")]
    Locked(PathBuf),
    /// The figures cannot be made.
    #[error("cannot make the metrics: {0}")]
    Metrics(#[from] PrometheusError),
}

/// Runs a worker until `stop`. Waits for the node as long as it takes; what it was doing when it last stopped goes on.
///
/// # Errors
/// [`WorkerError`], for what does not get better by waiting.
pub async fn run(config: WorkerConfig, stop: CancellationToken) -> Result<(), WorkerError> {
    let metrics = match &config.metrics {
        Some(metrics) => metrics.clone(),
        None => Metrics::new()?,
    };
    let Some(connection) = unless(&stop, connect(&config.url)).await else {
        return Ok(());
    };
    let connection = connection?;
    let client = Arc::new(Client::new(connection.clone(), config.signer.clone()));
    let account = config.signer.account();
    let folder = state_folder(&config, &client)?;
    let _lock = lock(&folder)?;
    tracing::info!(target: "worker", %account, url = config.url, folder = %folder.display(), "connected");

    let blobs = match &config.blobs {
        Some(url) => Blobs::open(url)?,
        None => Blobs::open_folder(config.base_path.join("blobs"))?,
    };
    let artifacts = Artifacts::in_front_of(&connection, blobs);
    let library = Arc::new(artifacts.clone());
    let executor = executor_config(&config)?;
    let memory = executor.process.memory_bytes;
    let executor = Executor::spawn(executor).await?;
    let capabilities = Capabilities::of(executor.instruction_set(), memory);
    let computer = Arc::new(Computer::new(executor, artifacts));

    let (best, best_seen) = watch::channel(0);
    let (finalized, finalized_seen) = watch::channel(0);
    let (transactions, transacting) = Transactions::start(
        client.clone(),
        folder.join("transactions.scale"),
        Rules::default(),
        best_seen,
        metrics.clone(),
        stop.clone(),
    )
    .map_err(|source| base_path(&folder, source))?;
    let jobs = Jobs::open(&folder.join("jobs"))?;
    let driver = Driver::new(
        client.clone(),
        computer.clone(),
        account.clone(),
        jobs,
        transactions.clone(),
        metrics.clone(),
        config.parallel,
    );
    let defender = Defender::new(client.clone(), computer.clone(), metrics.clone(), account.clone());
    let defender = Duties::new(defender, transactions.clone());
    let advocate = Advocate::new(client.clone(), library, metrics.clone(), account.clone());
    let advocate = Duties::new(advocate, transactions.clone());
    let registrar = Registrar::new(
        client.clone(),
        computer,
        transactions,
        metrics.clone(),
        account,
        config.bond.map(|bond| (bond, capabilities)),
        config.hosting.clone(),
    );

    let follow_best = follow(|| connection.best_blocks(), best, &metrics, RESUBSCRIBE);
    let follow_finalized = follow(|| finalized_numbers(&client), finalized, &metrics, RESUBSCRIBE);
    tokio::select! {
        _ = stop.cancelled() => Ok(()),
        _ = transacting => Ok(()),
        _ = follow_best => Ok(()),
        _ = follow_finalized => Ok(()),
        _ = registrar.run(finalized_seen.clone()) => Ok(()),
        _ = defender.run(finalized_seen.clone()) => Ok(()),
        _ = advocate.run(finalized_seen.clone()) => Ok(()),
        ended = driver.run(finalized_seen, stop.clone()) => Ok(ended?),
    }
}

async fn connect(url: &str) -> Result<Connection, ConnectError> {
    let mut opening = Box::pin(Connection::open(url));
    loop {
        match tokio::time::timeout(CONNECT_REMINDER, &mut opening).await {
            Ok(opened) => return opened,
            Err(_) => tracing::warn!(target: "worker", url, "waiting for the node"),
        }
    }
}

async fn finalized_numbers(client: &Client) -> Result<BoxStream<'static, u64>, ChainError> {
    let blocks = client.finalized().await?;
    Ok(blocks
        .take_while(|block| std::future::ready(block.is_ok()))
        .filter_map(|block| async { block.ok().map(|block| block.number) })
        .boxed())
}

/// Keeps `latest` at the last number of a subscription that is opened again whenever it ends.
async fn follow<F, Fut>(subscribe: F, latest: watch::Sender<u64>, metrics: &Metrics, pause: Duration)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<BoxStream<'static, u64>, ChainError>>,
{
    loop {
        match subscribe().await {
            Ok(mut numbers) => {
                while let Some(number) = numbers.next().await {
                    latest.send_replace(number);
                }
                tracing::warn!(target: "worker", "the block subscription ended; opening it again");
            }
            Err(error) => {
                tracing::warn!(target: "worker", %error, "cannot follow the chain; trying again");
            }
        }
        metrics.reconnects.inc();
        tokio::time::sleep(pause).await;
    }
}

async fn unless<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        _ = stop.cancelled() => None,
        done = work => Some(done),
    }
}

/// One folder for each chain and account, so that neither meets the other's jobs and nonces.
fn state_folder(config: &WorkerConfig, client: &Client) -> Result<PathBuf, WorkerError> {
    let genesis = array_bytes::bytes2hex("", &client.genesis().0[..8]);
    let folder = config
        .base_path
        .join("chains")
        .join(genesis)
        .join(config.signer.account().to_string());
    fs::create_dir_all(&folder).map_err(|source| base_path(&folder, source))?;
    Ok(folder)
}

/// Held as long as the file is open.
fn lock(folder: &Path) -> Result<File, WorkerError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|source| base_path(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WorkerError::Locked(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(base_path(&path, source)),
    }
}

fn executor_config(config: &WorkerConfig) -> Result<ExecutorConfig, WorkerError> {
    let mut executor = match &config.executor {
        Some(program) => {
            let argument = openledger_executor::CHILD_ARGUMENT.to_owned();
            ExecutorConfig::new(program, [argument])
        }
        None => ExecutorConfig::this_program()
            .map_err(|source| base_path(Path::new("the running program"), source))?,
    };
    executor.reference_class = config.reference_class;
    executor.quarantine = Some(config.base_path.join("quarantine"));
    Ok(executor)
}

fn base_path(path: &Path, source: io::Error) -> WorkerError {
    WorkerError::BasePath {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_workers_never_share_a_state_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path()).unwrap();
        assert!(matches!(lock(folder.path()), Err(WorkerError::Locked(_))));
        drop(first);
        lock(folder.path()).unwrap();
    }

    #[tokio::test]
    async fn a_worker_without_a_node_waits_until_it_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::from_uri("//Worker1").unwrap();
        // nothing listens on the discard port
        let config = WorkerConfig::new("ws://127.0.0.1:9", signer, folder.path());
        let stop = CancellationToken::new();
        let mut running = tokio::spawn(run(config, stop.clone()));
        let waited = tokio::time::timeout(Duration::from_millis(300), &mut running).await;
        assert!(waited.is_err());
        stop.cancel();
        running.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_subscription_that_ends_is_opened_again() {
        let (latest, mut seen) = watch::channel(0);
        let metrics = Metrics::new().unwrap();
        let opened = std::sync::atomic::AtomicU64::new(0);
        let subscribe = || {
            let number = opened.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            async move { Ok(futures::stream::iter([number]).boxed()) }
        };
        tokio::select! {
            _ = follow(subscribe, latest, &metrics, Duration::ZERO) => unreachable!(),
            _ = seen.wait_for(|number| *number >= 3) => {}
        }
        assert!(metrics.reconnects.get() >= 2);
    }
}
